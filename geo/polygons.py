"""Why a polygon is invalid, in words and with its place; and how it can be repaired."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import Fault, gettext_noop

LEAST_AREA = 1e-12
"""Square degrees; a hundredth of a square metre, below which a ring is a slip of the hand."""

EMPTY = gettext_noop("没有图形（空几何）。")
NO_AREA = gettext_noop("边界围成的面积不足 0.01 平方米。")
INVALID = gettext_noop("边界有错误（{reason}），位置 {lon}, {lat}。")
WORDS = {
    "Self-intersection": gettext_noop("边界自相交，位置 {lon}, {lat}。"),
    "Ring Self-intersection": gettext_noop("边界在一点上自相接触，位置 {lon}, {lat}。"),
    "Duplicate Rings": gettext_noop("同一条边界重复出现，位置 {lon}, {lat}。"),
    "Hole lies outside shell": gettext_noop("内洞在外边界之外，位置 {lon}, {lat}。"),
    "Holes are nested": gettext_noop("内洞相互嵌套，位置 {lon}, {lat}。"),
    "Nested holes": gettext_noop("内洞相互嵌套，位置 {lon}, {lat}。"),
    "Nested shells": gettext_noop("多个部分相互嵌套，位置 {lon}, {lat}。"),
    "Interior is disconnected": gettext_noop("内部被边界分割成不相连的几块，位置 {lon}, {lat}。"),
    "Too few points in geometry component": gettext_noop(
        "边界的不同顶点不足 3 个，围不成面，位置 {lon}, {lat}。"
    ),
}
"""GEOS's reasons in the planner's words."""
FIX_INVALID = gettext_noop("请在源软件中修正，或选择自动修复（--repair）。")


@dataclass(frozen=True)
class Repair:
    """A repaired polygon and how much its area changed."""

    geometry: shapely.Geometry
    area_change_share: float
    """Difference of the areas as a share of the larger, 0 to 1; 1 = nothing is left of it."""


def why_invalid(geometry: shapely.Geometry) -> Fault | None:
    """Say what is wrong with a polygon and where, or None where nothing is.

    Parameters
    ----------
    geometry
        Polygon or multipolygon in EPSG:4490 with finite coordinates.

    """
    if shapely.is_empty(geometry):
        return Fault(EMPTY)
    if not shapely.is_valid(geometry):
        return _fault_of(shapely.is_valid_reason(geometry))
    if shapely.area(geometry) < LEAST_AREA:
        return Fault(NO_AREA)
    return None


def repair(geometry: shapely.Geometry) -> Repair:
    """Make a polygon valid without adding area that its rings do not enclose.

    The structure method keeps polygons polygons: the default one turns a spike into a collection
    of a polygon and a line. Crossing lobes are all kept.
    """
    mended = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    before, after = abs(shapely.area(geometry)), shapely.area(mended)
    larger = max(before, after)
    share = abs(after - before) / larger if larger else 1.0
    return Repair(mended, float(share))


def close_rings(wkb: bytes) -> shapely.Geometry | None:
    """Read a polygon whose rings may lack their last point; None where it still is no polygon."""
    geometries: NDArray[np.object_] = np.atleast_1d(shapely.from_wkb([wkb], on_invalid="fix"))
    closed: shapely.Geometry | None = geometries[0]
    return closed


def _fault_of(reason: str) -> Fault:
    """Translate GEOS's `Self-intersection[116.45 39.93]`."""
    what, _, place = reason.rstrip("]").partition("[")
    lon, lat = (float(ordinate) for ordinate in place.split())
    values = {"lon": round(lon, 6), "lat": round(lat, 6), "reason": what}
    return Fault(WORDS.get(what, INVALID), values, FIX_INVALID, place=(lon, lat))
