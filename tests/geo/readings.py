"""Readings made by hand: what a reader would hand over, without a file."""

import hashlib
from itertools import count

import geopandas
import pandas as pd

from geo.crs import Datum
from geo.errors import Fault
from geo.readers import SHAPES, Kind, Reading, Source, columns_of

FILES = count()
"""No two files are the same unless a test says so."""


def reading(kind, rows, *, name="小区.gpkg", notices=(), faults=(), sha256=None):
    """Return a reading of rows; a column that a row does not name is unknown."""
    kind = Kind(kind)
    columns = {
        column: _column([row.get(column) for row in rows], dtype)
        for column, dtype in columns_of(kind).items()
    }
    index = pd.Index(range(1, len(rows) + 1))
    frame = pd.DataFrame(columns).set_index(index)
    if kind in SHAPES:
        shapes = [row.get("geometry") for row in rows]
        frame = geopandas.GeoDataFrame(frame, geometry=shapes, crs=4490)
    return Reading(
        kind=kind,
        frame=frame,
        notices=tuple(Fault(notice) for notice in notices),
        faults=tuple(Fault(fault) for fault in faults),
        source=Source(
            name=name,
            sha256=sha256 or hashlib.sha256(str(next(FILES)).encode()).hexdigest(),
            format="GPKG",
            encoding="utf-8",
            srid=4490,
            datum=Datum.CGCS2000,
            layer="",
            rows=len(rows),
        ),
    )


def _column(values, dtype):
    if dtype == "str":
        return pd.Series(["" if value is None else value for value in values], dtype=object)
    return pd.Series(values, dtype=dtype)
