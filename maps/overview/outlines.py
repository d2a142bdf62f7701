"""The outlines of the areas below as GeoJSON, simplified together so that borders stay shared."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from numpy.typing import NDArray

from geo.models import ManagingArea
from layers.planning.read_version import TableVersion, data_version

KEPT = 256
STEPS = 800
"""The larger side of the whole is told this finely: more than a screen shows."""
DECIMALS = 6


def areas_below(area: ManagingArea, day: date) -> list[ManagingArea]:
    """Return the areas right below one that exist on a day, without their outlines. One query."""
    return list(area.children.existing_on(day).defer("geometry").order_by("code"))


def outlines(area: ManagingArea, day: date) -> dict[str, Any]:
    """Return the outlines right below an area as GeoJSON, or its own where nothing lies below."""
    return _kept(area.pk, day, data_version().of(ManagingArea))


@lru_cache(maxsize=KEPT)
def _kept(area: int, day: date, version: TableVersion) -> dict[str, Any]:  # noqa: ARG001 (a key)
    drawn = ManagingArea.objects.filter(geometry__isnull=False).annotate(wkb=AsWKB("geometry"))
    below = drawn.filter(parent=area).existing_on(day).order_by("code")
    named = [*below.values_list("code", "name", "wkb")] or [
        *drawn.filter(pk=area).values_list("code", "name", "wkb")
    ]
    shapes = simplified(shapely.from_wkb([bytes(wkb) for _code, _name, wkb in named]))
    return {
        "type": "FeatureCollection",
        "features": [
            _feature(code, name, shape)
            for (code, name, _wkb), shape in zip(named, shapes, strict=True)
        ],
    }


def simplified(shapes: Sequence[Any] | NDArray[np.object_]) -> NDArray[np.object_]:
    """Return outlines with fewer corners; neighbours keep the same border."""
    found = np.asarray(shapes, dtype=object)
    if not len(found):
        return found
    west, south, east, north = shapely.total_bounds(found)
    tolerance = max(east - west, north - south) / STEPS
    simple: NDArray[np.object_] = shapely.coverage_simplify(found, tolerance)
    return simple


def _feature(code: str, name: str, shape: Any) -> dict[str, Any]:
    rounded = shapely.transform(shape, lambda xy: np.round(xy, DECIMALS))
    widest = shapely.get_point(shapely.maximum_inscribed_circle(shape), 0)
    return {
        "type": "Feature",
        "id": code,
        "geometry": shapely.geometry.mapping(rounded),
        "properties": {
            "code": code,
            "name": name,
            "label": [round(widest.x, DECIMALS), round(widest.y, DECIMALS)],
        },
    }
