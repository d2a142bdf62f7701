"""One feature's coordinates → WKB, with every number checked before GEOS sees any."""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import Fault, gettext_noop

from . import limits
from .parsed import Figure

NOT_NUMBERS = gettext_noop("坐标不是成对的数字。")
NOT_FINITE = gettext_noop("坐标含有 NaN 或无穷大。")
TOO_FAR = gettext_noop("坐标 {ordinate} 超出了任何坐标系的范围。")
TOO_MANY_POINTS = gettext_noop("图形有 {points} 个顶点，上限为 {limit} 个。请先简化图形再导入。")
COLLECTION = gettext_noop("几何集合（GeometryCollection）不能导入。请拆分为单一类型的图形。")
WRONG_TYPE = gettext_noop("图形类型“{type}”不能导入。可用：点、线、面及多线、多面。")

POINT, LINE, POLYGON, MULTIPOINT, MULTILINE, MULTIPOLYGON, ANY = 1, 2, 3, 4, 5, 6, 7
WKB_TYPES: Mapping[str, int] = {
    "Point": POINT,
    "LineString": LINE,
    "Polygon": POLYGON,
    "MultiPoint": MULTIPOINT,
    "MultiLineString": MULTILINE,
    "MultiPolygon": MULTIPOLYGON,
}
PART_OF = {MULTIPOINT: POINT, MULTILINE: LINE, MULTIPOLYGON: POLYGON}
_HEAD = struct.Struct("<BI")
_COUNT = struct.Struct("<I")
_MIN_ORDINATES, _MAX_ORDINATES = 2, 4


class BadFigureError(Exception):
    """The figure cannot be taken; the one argument is the fault."""

    @property
    def fault(self) -> Fault:
        """Return what is wrong."""
        fault: Fault = self.args[0]
        return fault


class Encoder:
    """Counts a figure's points while its coordinates become WKB."""

    def __init__(self) -> None:
        self.points = 0
        self.has_height = False

    def encode(self, kind: int, coordinates: Any) -> bytes:
        """Return the WKB of nested lists of coordinates, or of arrays of shape (n, 2 to 4)."""
        head = _HEAD.pack(1, kind)
        if kind == POINT:
            return head + self._points([coordinates]).tobytes()
        if kind == LINE:
            return head + self._counted(coordinates)
        if not isinstance(coordinates, list):
            raise BadFigureError(Fault(NOT_NUMBERS))
        if kind == POLYGON:
            parts = [self._counted(ring) for ring in coordinates]
        else:
            parts = [self.encode(PART_OF[kind], part) for part in coordinates]
        return head + _COUNT.pack(len(parts)) + b"".join(parts)

    def _counted(self, line: Any) -> bytes:
        points = self._points(line)
        return _COUNT.pack(len(points)) + points.tobytes()

    def _points(self, line: Any) -> NDArray[np.float64]:
        if isinstance(line, list) and not line:
            return np.empty((0, 2))
        points = _as_array(line)
        self.has_height |= points.shape[1] > _MIN_ORDINATES
        self.points += len(points)
        if self.points > limits.POINTS_PER_FEATURE:
            values = {"points": self.points, "limit": limits.POINTS_PER_FEATURE}
            raise BadFigureError(Fault(TOO_MANY_POINTS, values))
        return _within_bounds(np.ascontiguousarray(points[:, :2], dtype="<f8"))


def figure_of(kind: str, coordinates: Any) -> Figure:
    """Return the figure of coordinates of one of the types of GeoJSON in `WKB_TYPES`."""
    encoder = Encoder()
    try:
        wkb = encoder.encode(WKB_TYPES[kind], coordinates)
    except BadFigureError as error:
        return Figure(points=encoder.points, trouble=error.fault)
    return Figure(wkb=wkb, points=encoder.points, has_height=encoder.has_height)


def combined(figures: Sequence[Any]) -> Figure:
    """Return the polygons of a collection as one; a collection of anything else is refused."""
    kinds = [_kind(figure) for figure in figures]
    faults = [each.trouble for each in figures if isinstance(each, Figure) and each.trouble]
    if not kinds or not set(kinds) <= {POLYGON, MULTIPOLYGON}:
        return Figure(trouble=faults[0] if faults else Fault(COLLECTION))
    parts = [
        each.wkb if kind == POLYGON else each.wkb[_HEAD.size + _COUNT.size :]
        for each, kind in zip(figures, kinds, strict=True)
    ]
    numbers = [
        1 if kind == POLYGON else _COUNT.unpack_from(each.wkb, _HEAD.size)[0]
        for each, kind in zip(figures, kinds, strict=True)
    ]
    return Figure(
        wkb=_HEAD.pack(1, MULTIPOLYGON) + _COUNT.pack(sum(numbers)) + b"".join(parts),
        points=sum(each.points for each in figures),
        has_height=any(each.has_height for each in figures),
    )


def _kind(figure: Any) -> int:
    """Return the type of a figure; 0 = there is none."""
    if not isinstance(figure, Figure) or figure.wkb is None:
        return 0
    return int(_HEAD.unpack_from(figure.wkb)[1])


def wrong_type(kind: object) -> Fault:
    """Say that a type of geometry is not taken."""
    if kind == "GeometryCollection":
        return Fault(COLLECTION)
    return Fault(WRONG_TYPE, {"type": str(kind)[:40]})


def _as_array(line: Any) -> NDArray[Any]:
    try:
        points: NDArray[Any] = np.array(line)
    except (ValueError, OverflowError):
        raise BadFigureError(Fault(NOT_NUMBERS)) from None
    is_list_of_points = points.ndim == 2 and _MIN_ORDINATES <= points.shape[1] <= _MAX_ORDINATES  # noqa: PLR2004 (axes)
    if not is_list_of_points or points.dtype.kind not in "iuf":
        raise BadFigureError(Fault(NOT_NUMBERS))
    return points


def _within_bounds(points: NDArray[np.float64]) -> NDArray[np.float64]:
    if not np.isfinite(points).all():
        raise BadFigureError(Fault(NOT_FINITE))
    farthest = points.flat[np.abs(points).argmax()]
    if abs(farthest) > limits.ORDINATE:
        raise BadFigureError(Fault(TOO_FAR, {"ordinate": f"{farthest:g}"}))
    return points
