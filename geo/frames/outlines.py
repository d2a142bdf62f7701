"""Outlines on their way into the database: as WKB, so that two GEOS libraries never meet."""

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE_SRID

POLYGON_TYPES = frozenset({"Polygon", "MultiPolygon"})


def stored_outline(shape: BaseGeometry | None) -> MultiPolygon | None:
    """Return polygons as the multipolygon that is stored; anything else is no outline."""
    if shape is None or shape.geom_type not in POLYGON_TYPES:
        return None
    whole = shapely.MultiPolygon(list(shapely.get_parts(shapely.force_2d(shape))))
    stored = GEOSGeometry(memoryview(whole.wkb), srid=STORAGE_SRID)
    assert isinstance(stored, MultiPolygon)  # noqa: S101 (tells the type)
    return stored
