"""Rows of the database as tables with the column types of a reader."""

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely

from geo.crs import STORAGE_SRID
from geo.words import Condition

SEPARATOR = "、"

TYPES: Mapping[str, str] = {
    **dict.fromkeys(("built", "households", "buildings", "capacity_households"), "Int64"),
    **dict.fromkeys(
        (
            *("floor_area_m2", "fee_low", "fee_high", "storeys", "height_m", "capacity_m2"),
            *("spare_m2", "area_share", "count_share", "area_in_favour", "count_in_favour"),
        ),
        "Float64",
    ),
    **dict.fromkeys(("old_list", "is_lead", *Condition), "boolean"),
}
"""Types of columns that may be unknown; text where none is named, dates stay objects."""

DATES = frozenset(
    {
        *("valid_from", "valid_to", "decided_on", "signed_on", "filed_on"),
        *("in_service_from", "ends_on", "date", "frozen_on"),
    }
)


def frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Return rows as a table with typed columns; unknown is NA, or "" where the column is text."""
    table = pd.DataFrame({name: [row.get(name) for row in rows] for name in columns}, dtype=object)
    for name in columns:
        if name in TYPES:
            table[name] = pd.array(table[name].to_list(), dtype=TYPES[name])  # type: ignore[call-overload]
        elif name not in DATES:
            table[name] = table[name].map(_text).astype("str")
    return table


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def geoframe(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], wkb: Sequence[Any]
) -> geopandas.GeoDataFrame:
    """Return rows with their geometries, given as WKB, in EPSG:4490."""
    binary = np.array([None if one is None else bytes(one) for one in wkb], dtype=object)
    outlines = shapely.from_wkb(binary) if len(binary) else np.array([], dtype=object)
    return geopandas.GeoDataFrame(frame(rows, columns), geometry=outlines, crs=STORAGE_SRID)
