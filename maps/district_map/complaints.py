"""The heat of complaints and inspections, as a picture for the map of the site."""

import base64
from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import AsWKB
from django.db.models.functions import Coalesce

from geo.crs import STORAGE_SRID
from geo.models import Event
from geo.words import EventResult
from layers.planning.read_assessed import Places, facts_of
from maps.coverage_map.density import png
from maps.coverage_map.heat import heat_of_weights


def event_heat(places: Places, *, first: date, last: date) -> dict[str, Any] | None:
    """Return the picture of a period with its bounds and what its darkest colour means.

    An event without a point of its own is spread over its compound; None = nothing to show.
    """
    facts = facts_of(Event, places).filter(valid_from__range=(first, last))
    counted = facts.exclude(result=EventResult.UNFOUNDED).order_by("pk")
    shape: Any = GeometryField(srid=STORAGE_SRID)
    drawn = Coalesce("geometry", "compound__geometry", "compound__point", output_field=shape)
    found = list(counted.annotate(wkb=AsWKB(drawn)).values_list("wkb", flat=True))
    shapes = _shapes([wkb for wkb in found if wkb is not None])
    if not len(shapes):
        return None
    heat = heat_of_weights(shapes, np.ones(len(shapes)), unit="event")
    return {
        "picture": f"data:image/png;base64,{base64.b64encode(png(heat.image)).decode()}",
        "bounds": heat.bounds,
        "peak_per_hectare": heat.peak_per_hectare,
        "events": len(shapes),
        "unplaced": len(found) - len(shapes),
    }


def _shapes(wkbs: Sequence[Any]) -> gpd.GeoSeries:
    shapes = [shapely.from_wkb(bytes(wkb)) for wkb in wkbs]
    return gpd.GeoSeries(shapes, crs=STORAGE_SRID)
