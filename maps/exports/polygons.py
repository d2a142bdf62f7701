"""Geometries for a file of polygons: nothing vanishes without being reported."""

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import Fault, InputError, gettext_noop

POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def polygons_only(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[Fault, ...]]:
    """Return the frame with flat polygons; every other geometry is mended or left out, and told.

    A row always stays: without a polygon it keeps its attributes and an empty geometry.
    """
    given = frame.geometry.to_numpy()
    kept = np.array([_polygonal_part(shape) for shape in shapely.force_2d(given)], dtype=object)
    missing = shapely.is_missing(given) | shapely.is_empty(given)
    lost = ~missing & shapely.is_missing(kept)
    cut = ~lost & ~missing & ~np.isin(shapely.get_type_id(given), POLYGONAL)
    faults = [
        _fault(missing, gettext_noop("{count} 行没有边界，只写属性，不写图形。")),
        _fault(lost, gettext_noop("{count} 行的图形不是面，只写属性，不写图形。")),
        _fault(cut, gettext_noop("{count} 行的图形混有点或线，只写其中的面。")),
        _fault(shapely.has_z(given), gettext_noop("{count} 行带有高程，已去掉高程。")),
    ]
    flat = frame.set_geometry(gpd.GeoSeries(kept, index=frame.index, crs=frame.crs))
    return flat, tuple(fault for fault in faults if fault)


def in_crs(frame: gpd.GeoDataFrame, srid: int) -> gpd.GeoDataFrame:
    """Return the frame in the CRS `srid`; a frame that does not know its own is refused."""
    if frame.crs is None:
        raise InputError(Fault(gettext_noop("数据没有坐标系，不能导出；请先指定坐标系。")))
    return frame if frame.crs.to_epsg() == srid else frame.to_crs(epsg=srid)


def representative_lonlat(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return a point inside each geometry as longitude and latitude (n, 2), NaN where none is."""
    points = shapely.point_on_surface(frame.geometry.to_numpy())
    inside = gpd.GeoSeries(points, crs=frame.crs)
    lonlat = inside.to_crs(epsg=4490) if inside.crs is not None else inside
    return np.column_stack([shapely.get_x(lonlat.to_numpy()), shapely.get_y(lonlat.to_numpy())])


def _polygonal_part(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    if shape is None or shapely.is_empty(shape):
        return None
    if shapely.get_type_id(shape) in POLYGONAL:
        return shape
    parts = [part for part in shapely.get_parts(shape) if shapely.get_type_id(part) in POLYGONAL]
    return shapely.union_all(parts) if parts else None


def _fault(rows: NDArray[np.bool_], text: str) -> Fault | None:
    count = int(rows.sum())
    return Fault(text, {"count": count}, row=int(rows.argmax()) + 1) if count else None
