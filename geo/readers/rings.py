"""Why WKB is no polygon: the ring that is open or too short, with its place."""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from geo.errors import Fault, gettext_noop
from geo.polygons import FIX_INVALID

UNCLOSED = gettext_noop("边界没有闭合：首点 {first}，末点 {last}。")
TOO_FEW = gettext_noop("边界只有 {points} 个点，至少需要 4 个（首尾相同）。")
SHORT_LINE = gettext_noop("线只有 1 个点。")
REDRAW = gettext_noop("请在源软件中重新绘制，或删除该图形。")
_LINE, _POLYGON, _MULTI = 2, 3, (5, 6)
_FEWEST = 4


def why_unreadable(wkb: bytes) -> Fault:
    """Say why GEOS refuses the little-endian, two-dimensional WKB of a line or polygon.

    What it refuses is a ring that is open or has fewer than four points, or a line of one point.
    """
    for kind, points in _paths(wkb, 0):
        if kind == _LINE:
            continue
        is_open = len(points) > 0 and tuple(points[0]) != tuple(points[-1])
        if len(points) - (not is_open) < _FEWEST - 1 and len(points):
            return Fault(TOO_FEW, {"points": len(points)}, REDRAW)
        if is_open:
            first, last = (", ".join(f"{v:.10g}" for v in points[end]) for end in (0, -1))
            return Fault(UNCLOSED, {"first": first, "last": last}, FIX_INVALID)
    return Fault(SHORT_LINE, fix=REDRAW)


def _paths(wkb: bytes, start: int) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield the type and points of every line and ring."""
    at = start
    pending = 1
    while pending:
        kind, number = struct.unpack_from("<xII", wkb, at)
        at += 9
        pending -= 1
        if kind in _MULTI:
            pending += number
            continue
        for _ in range(number if kind == _POLYGON else 1):
            if kind == _POLYGON:
                (number_of_points,) = struct.unpack_from("<I", wkb, at)
                at += 4
            else:
                number_of_points = number
            yield kind, np.frombuffer(wkb, "<f8", number_of_points * 2, at).reshape(-1, 2)
            at += number_of_points * 16
