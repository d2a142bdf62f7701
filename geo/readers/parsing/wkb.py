"""WKB from GDAL → two-dimensional WKB whose numbers are checked, without a geometry library."""

import struct
from typing import Any

import numpy as np

from geo.errors import Fault, gettext_noop

from .figures import (
    LINE,
    MULTIPOLYGON,
    PART_OF,
    POINT,
    POLYGON,
    BadFigureError,
    Encoder,
    wrong_type,
)
from .parsed import Figure

CURVED = gettext_noop("图形含有圆弧等曲线。请先在源软件中转换为折线再导入。")
DAMAGED = gettext_noop("图形数据已损坏，无法读取。")

_COLLECTION = 7
_CURVES = frozenset(range(8, 18))
_DIMENSIONS = (2, 3, 3, 4)
"""Ordinates by the thousands of ISO WKB: plain, Z, M, ZM."""
_OLD_Z, _OLD_M, _OLD_SRID = 0x80000000, 0x40000000, 0x20000000


class _Cursor:
    def __init__(self, wkb: bytes) -> None:
        self.wkb = wkb
        self.at = 0
        self.order = "<"

    def head(self) -> tuple[int, int]:
        """Return type and number of ordinates."""
        self.order = "<" if self.wkb[self.at] else ">"
        self.at += 1
        code = self.count()
        ordinates = _DIMENSIONS[code % _OLD_SRID // 1000]
        ordinates += bool(code & _OLD_Z) + bool(code & _OLD_M)
        if code & _OLD_SRID:
            self.count()
        return code % _OLD_SRID % 1000, ordinates

    def count(self) -> int:
        (number,) = struct.unpack_from(f"{self.order}I", self.wkb, self.at)
        self.at += 4
        return int(number)

    def points(self, number: int, ordinates: int) -> Any:
        values = np.frombuffer(self.wkb, f"{self.order}f8", number * ordinates, self.at)
        self.at += values.nbytes
        return values.reshape(number, ordinates) if number else []


def figure_of_wkb(wkb: bytes | None) -> Figure:
    """Return the figure of one feature; None has none."""
    if wkb is None:
        return Figure()
    encoder = Encoder()
    try:
        flat = encoder.encode(*_decoded(_Cursor(wkb)))
    except BadFigureError as error:
        return Figure(points=encoder.points, trouble=error.fault)
    except (struct.error, ValueError, IndexError):
        return Figure(trouble=Fault(DAMAGED))
    return Figure(wkb=flat, points=encoder.points, has_height=encoder.has_height)


def _decoded(cursor: _Cursor) -> tuple[int, Any]:
    kind, ordinates = cursor.head()
    if kind in _CURVES:
        raise BadFigureError(Fault(CURVED))
    if kind == _COLLECTION:
        return MULTIPOLYGON, _polygons(cursor)
    if not POINT <= kind <= MULTIPOLYGON:
        raise BadFigureError(wrong_type(kind))
    if kind == POINT:
        return kind, cursor.points(1, ordinates)[0]
    number = cursor.count()
    if kind == LINE:
        return kind, cursor.points(number, ordinates)
    if kind == POLYGON:
        return kind, [cursor.points(cursor.count(), ordinates) for _ in range(number)]
    return kind, [_part(cursor, PART_OF[kind]) for _ in range(number)]


def _polygons(cursor: _Cursor) -> Any:
    """Return the polygons of a collection that holds nothing else."""
    polygons: list[Any] = []
    for _ in range(cursor.count()):
        kind, coordinates = _decoded(cursor)
        if kind not in {POLYGON, MULTIPOLYGON}:
            raise BadFigureError(wrong_type("GeometryCollection"))
        polygons += [coordinates] if kind == POLYGON else coordinates
    if not polygons:
        raise BadFigureError(wrong_type("GeometryCollection"))
    return polygons


def _part(cursor: _Cursor, wanted: int) -> Any:
    kind, coordinates = _decoded(cursor)
    if kind != wanted:
        raise ValueError
    return coordinates
