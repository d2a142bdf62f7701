"""Whether coordinates can be what they are said to be: degrees in China, metres in a zone."""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import GEOGRAPHIC_SRIDS, MERCATOR_SRID, in_china, to_storage
from geo.errors import Fault, gettext_noop

METRES = gettext_noop("坐标（{x}, {y}）像是以米计的投影坐标，文件却声明为经纬度。{n} 个图形如此。")
DEGREES = gettext_noop(
    "坐标（{x}, {y}）像是经纬度，文件却声明为投影坐标 EPSG:{srid}。{n} 个图形如此。"
)
SWAPPED = gettext_noop("坐标（{x}, {y}）的经度和纬度像是写反了。{n} 个图形如此。")
OUTSIDE = gettext_noop("坐标（{x}, {y}）不在中国范围内。{n} 个图形如此。")
WRONG_ZONE = gettext_noop(
    "坐标（{x}, {y}）与坐标系 EPSG:{srid} 不符，换算后不在中国范围内。{n} 个图形如此。"
)
SAY_CRS = gettext_noop("请用 --crs EPSG 指明正确的坐标系。")
SAY_ZONE = gettext_noop("像是带号 {zone} 的高斯-克吕格坐标，请核对后用 --crs {guess} 指明。")
SAY_MERIDIAN = gettext_noop(
    "像是不带带号的高斯-克吕格坐标，请用 --crs 指明中央经线，例如 --crs 4548（117°）。"
)
SWAP = gettext_noop("请在源软件中交换后再导入，x 为经度，y 为纬度。")
CHECK = gettext_noop("请核对坐标和坐标系。")

_GREATEST_DEGREE = 400.0
_ZONE_M = 1_000_000
_EASTINGS_M = (100_000.0, 900_000.0)
_NORTHINGS_M = (300_000.0, 6_200_000.0)
_SIX_DEGREE_ZONES, _THREE_DEGREE_ZONES = range(13, 24), range(25, 46)

_Mask = NDArray[np.bool_]


def range_faults(
    geometries: NDArray[np.object_], srid: int
) -> Iterator[tuple[Fault, NDArray[np.intp]]]:
    """Yield what is wrong with the ranges of coordinates, and the positions it is wrong at.

    Parameters
    ----------
    geometries
        In the CRS `srid`; None is left alone.
    srid
        One of the allowed ones.

    """
    bounds = shapely.bounds(geometries)
    known: _Mask = ~np.isnan(bounds[:, 0])
    judge = _in_degrees if srid in GEOGRAPHIC_SRIDS else _in_metres
    for text, wrong in judge(bounds, srid):
        positions = np.flatnonzero(wrong & known)
        known &= ~wrong
        if len(positions):
            example = positions[np.abs(bounds[positions]).max(axis=1).argmax()]
            x, y = bounds[example, 2:]
            values = {"x": f"{x:.8g}", "y": f"{y:.8g}", "n": len(positions), "srid": srid}
            fix, more = _remedy(text, float(x), float(y))
            yield Fault(text, values | more, fix), positions


def _in_degrees(bounds: NDArray[np.float64], _srid: int) -> Iterator[tuple[str, _Mask]]:
    yield METRES, np.abs(bounds).max(axis=1) > _GREATEST_DEGREE
    yield SWAPPED, _inside(bounds[:, [1, 0, 3, 2]]) & ~_inside(bounds)
    yield OUTSIDE, ~_inside(bounds)


def _in_metres(bounds: NDArray[np.float64], srid: int) -> Iterator[tuple[str, _Mask]]:
    yield DEGREES, np.abs(bounds).max(axis=1) < _GREATEST_DEGREE
    corners = np.asarray(shapely.points(np.nan_to_num(bounds).reshape(-1, 2)), dtype=object)
    lonlat = shapely.get_coordinates(to_storage(corners, srid)).reshape(-1, 4)
    wrong: _Mask = ~_inside(lonlat)
    if srid != MERCATOR_SRID:
        wrong = wrong | ~_plausible_easting(bounds)
    yield WRONG_ZONE, wrong


def _inside(bounds: NDArray[np.float64]) -> _Mask:
    inside: _Mask = in_china(bounds[:, :2]) & in_china(bounds[:, 2:])
    return inside


def _plausible_easting(bounds: NDArray[np.float64]) -> _Mask:
    """Tell which eastings, zone prefix apart, lie within their zone and the next."""
    eastings = bounds[:, [0, 2]] % _ZONE_M
    low, high = _EASTINGS_M
    plausible = ((eastings >= low) & (eastings <= high)).all(axis=1)
    return np.asarray(plausible)


def _remedy(text: str, x: float, y: float) -> tuple[str, dict[str, object]]:
    if text == SWAPPED:
        return SWAP, {}
    if text not in {METRES, WRONG_ZONE}:
        return CHECK, {}
    low, high = _NORTHINGS_M
    zone = int(x // _ZONE_M)
    if not low <= y <= high:
        return SAY_CRS, {}
    if zone in _SIX_DEGREE_ZONES:
        return SAY_ZONE, {"zone": zone, "guess": 4478 + zone}
    if zone in _THREE_DEGREE_ZONES:
        return SAY_ZONE, {"zone": zone, "guess": 4488 + zone}
    return (SAY_MERIDIAN if zone == 0 else SAY_CRS), {}
