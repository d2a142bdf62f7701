"""A layer as GeoJSON (RFC 7946), the notices as foreign members."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from maps.exports.polygons import in_crs
from maps.notices import Notices

DEGREE_DECIMALS = 7
"""About one centimetre; RFC 7946 advises no more."""


def geojson_text(frame: gpd.GeoDataFrame, notices: Notices, *, name: str = "zones") -> str:
    """Return a FeatureCollection in CGCS2000 longitude and latitude, without `crs` member.

    The difference to WGS 84 is far below a metre. A missing geometry is a feature with null.
    """
    shapes = rounded(in_crs(frame, 4490).geometry.to_numpy(), decimals=DEGREE_DECIMALS)
    table = frame.drop(columns=frame.geometry.name)
    features = [
        {"type": "Feature", "properties": _properties(row), "geometry": _geometry(shape)}
        for row, shape in zip(table.to_dict("records"), shapes, strict=True)
    ]
    facts = dict(row for row in notices.rows() if row[1] not in notices.warnings())
    collection = {
        "type": "FeatureCollection",
        "name": name,
        "notices": list(notices.warnings()),
        "about": facts,
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def rounded(shapes: np.ndarray, *, decimals: int) -> np.ndarray:
    """Return the geometries with rounded ordinates and right-hand rings, no Z."""
    flat = shapely.transform(shapely.force_2d(shapes), lambda lonlat: np.round(lonlat, decimals))
    righted: np.ndarray = shapely.orient_polygons(flat)
    return righted


def _properties(row: dict[object, object]) -> dict[str, object]:
    return {str(key): _value(value) for key, value in row.items()}


def _value(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if isinstance(value, bool | int | str) else str(value)


def _geometry(shape: shapely.Geometry | None) -> object:
    return (
        None if shape is None or shapely.is_empty(shape) else json.loads(shapely.to_geojson(shape))
    )
