"""The heat of what nobody serves (未覆盖热力图), as a picture for the map of the site."""

import base64
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from django.db import connection

from geo.crs import STORAGE_SRID
from maps.coverage_map.density import png
from maps.coverage_map.heat import uncovered_heat
from maps.district_map.served import buildings, compounds
from maps.district_map.then import statement
from maps.statuses import NOT_COVERED

_BARE = ", ".join(f"'{status}'" for status in NOT_COVERED)
_COMPOUNDS = statement(
    *compounds("true"),
    select=f"""
        SELECT status, households, ST_AsBinary(shape) FROM compound
        WHERE status IN ({_BARE}) AND shape IS NOT NULL ORDER BY id
    """,  # noqa: S608 (constants)
)
_BUILDINGS = statement(
    *buildings("it.compound_id IS NULL"),
    select=f"""
        SELECT status, households, ST_AsBinary(geometry) FROM building
        WHERE status IN ({_BARE}) AND geometry IS NOT NULL ORDER BY id
    """,  # noqa: S608 (constants)
)


def heat_of(parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the picture with its bounds and what its darkest colour means; None = all is served.

    What counts is households; where none are known, sites.
    """
    heat = uncovered_heat(_bare_sites(parameters))
    if heat is None:
        return None
    return {
        "picture": f"data:image/png;base64,{base64.b64encode(png(heat.image)).decode()}",
        "bounds": heat.bounds,
        "peak_per_hectare": heat.peak_per_hectare,
        "unit": heat.unit,
        "guessed": heat.guessed,
    }


def _bare_sites(parameters: Mapping[str, Any]) -> gpd.GeoDataFrame:
    rows = []
    with connection.cursor() as cursor:
        for sql in (_COMPOUNDS, _BUILDINGS):
            cursor.execute(sql, parameters)
            rows += cursor.fetchall()
    statuses, households, wkb = zip(*rows, strict=True) if rows else ((), (), ())
    shapes = [shapely.from_wkb(bytes(each)) for each in wkb]
    return gpd.GeoDataFrame(
        {"status": list(statuses), "households": pd.array(list(households), dtype="Float64")},
        geometry=shapes,
        crs=STORAGE_SRID,
    )
