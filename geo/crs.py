"""Coordinate systems: storage in CGCS2000 degrees, metres in the place's own Gauss-Krüger zone.

GCJ-02 and BD-09 are the shifted coordinates of Chinese web maps. Their forward formulas are
public; the inverse is found by a fixed point, which is exact to far below a millimetre where the
usual one-step inverse is off by metres.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import cache

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.errors import Fault, InputError, gettext_noop

STORAGE_SRID = 4490
"""CGCS2000, degrees, x = longitude."""
WGS84_SRID = 4326
MERCATOR_SRID = 3857
GEOGRAPHIC_SRIDS = frozenset({STORAGE_SRID, WGS84_SRID})
METRIC_SRIDS = frozenset(range(4491, 4555))
"""CGCS2000 Gauss-Krüger: 6-degree zones 4491-4512, 3-degree zones 4513-4554."""
ALLOWED_SRIDS = GEOGRAPHIC_SRIDS | METRIC_SRIDS | {MERCATOR_SRID}
"""What a file may be in; everything else is refused, never guessed."""

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east and north of the box in which GCJ-02 is defined, degrees."""

_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_ROUNDS = 10
"""A round shrinks the error of the inverse about a hundredfold; ten leave only rounding."""
_FIRST_CM, _LAST_CM = 75, 135

_Points = NDArray[np.float64]

OUTSIDE_ZONES = gettext_noop(
    "经度 {lon} 不在中国大陆的高斯-克吕格分带范围内（73.5–136.5）。请检查坐标。"
)
SRID_NOT_ALLOWED = gettext_noop(
    "不支持坐标系 EPSG:{srid}。可用：4490、4326、3857，"
    "CGCS2000 六度带 4491–4512，CGCS2000 三度带 4513–4554。"
)


class Datum(StrEnum):
    """What a file's degrees refer to, as its maker says."""

    CGCS2000 = "cgcs2000"
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"

    @property
    def is_shifted(self) -> bool:
        """Tell whether the degrees are those of a web map, hundreds of metres off."""
        return self in {Datum.GCJ02, Datum.BD09}


def in_china(lonlat: _Points) -> NDArray[np.bool_]:
    """Tell which points lie inside the box around China.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees.

    """
    west, south, east, north = CHINA
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    inside: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def from_wgs84(lonlat: _Points, datum: Datum) -> _Points:
    """Return where a web map shows these points.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees in WGS84 or CGCS2000 (they differ by less than a metre).
    datum
        Wanted datum. Points outside the box around China stay, as the shift is not defined there.

    """
    if not datum.is_shifted:
        return lonlat
    shift = _gcj02 if datum is Datum.GCJ02 else _bd09
    return np.where(in_china(lonlat)[:, np.newaxis], shift(lonlat), lonlat)


def to_wgs84(lonlat: _Points, datum: Datum) -> _Points:
    """Return the true place of points given in `datum`, to far below a millimetre.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees in `datum`.
    datum
        Points outside the box around China stay as they are.

    """
    if not datum.is_shifted:
        return lonlat
    shift = _gcj02 if datum is Datum.GCJ02 else _bd09
    true = lonlat
    for _ in range(_ROUNDS):
        true = true + (lonlat - shift(true))
    return np.where(in_china(lonlat)[:, np.newaxis], true, lonlat)


def metric_srid(lon: float) -> int:
    """Return the 3-degree Gauss-Krüger zone of a longitude (EPSG, easting without zone prefix)."""
    central_meridian = 3 * int(np.floor(lon / 3 + 0.5)) if np.isfinite(lon) else 0
    if not _FIRST_CM <= central_meridian <= _LAST_CM:
        raise InputError(Fault(OUTSIDE_ZONES, {"lon": lon}))
    return 4534 + (central_meridian - _FIRST_CM) // 3


def to_metric(geometries: NDArray[np.object_], srid: int) -> NDArray[np.object_]:
    """Return geometries in EPSG:4490 as metres of the CRS `srid`."""
    return _transformed(geometries, STORAGE_SRID, srid)


def to_storage(geometries: NDArray[np.object_], srid: int) -> NDArray[np.object_]:
    """Return geometries in one of `ALLOWED_SRIDS` as degrees in EPSG:4490, x = longitude."""
    return _transformed(geometries, srid, STORAGE_SRID)


def _transformed(geometries: NDArray[np.object_], source: int, target: int) -> NDArray[np.object_]:
    for srid in (source, target):
        if srid not in ALLOWED_SRIDS:
            raise InputError(Fault(SRID_NOT_ALLOWED, {"srid": srid}))
    if source == target or {source, target} <= GEOGRAPHIC_SRIDS:
        return geometries
    moved: NDArray[np.object_] = shapely.transform(geometries, _mover(source, target))
    return moved


@cache
def _mover(source: int, target: int) -> Callable[[_Points], _Points]:
    """Return what takes points of shape (n, 2) from one CRS to the other."""
    # Web Mercator is defined on WGS84. PROJ knows no parameters between that and CGCS2000 and
    # would call its own identity a guess, so the identity is stated here.
    pair = {source, target}
    source, target = (
        WGS84_SRID if srid == STORAGE_SRID and MERCATOR_SRID in pair else srid
        for srid in (source, target)
    )
    transformer = pyproj.Transformer.from_crs(
        source, target, always_xy=True, allow_ballpark=False, only_best=True
    )

    def move(points: _Points) -> _Points:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return move


def _gcj02(lonlat: _Points) -> _Points:
    """Shift WGS84 as the published GCJ-02 formula does."""
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    east_m, north_m = _offset_m(x, y)
    lat = np.radians(lonlat[:, 1])
    magic = 1 - _ECCENTRICITY_2 * np.sin(lat) ** 2
    meridian_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_2) / (magic * np.sqrt(magic))
    parallel_m = _SEMI_MAJOR_M / np.sqrt(magic) * np.cos(lat)
    return lonlat + np.degrees(np.column_stack([east_m / parallel_m, north_m / meridian_m]))


def _offset_m(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[_Points, _Points]:
    """Return the shift to the east and to the north, metres, by the published polynomial."""
    root = np.sqrt(np.abs(x))
    ripple = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple * 2 / 3
    east += (20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    north += (20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    return east, north


def _bd09(lonlat: _Points) -> _Points:
    """Shift WGS84 to GCJ-02 and that to BD-09, as Baidu's maps do."""
    shifted = _gcj02(lonlat)
    lon, lat = shifted[:, 0], shifted[:, 1]
    turn = np.pi * 3000.0 / 180.0
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * turn)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * turn)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])
