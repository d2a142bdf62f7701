"""Figures from the sandbox → checked geometries in EPSG:4490, or a fault for each that is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import Datum, to_storage, to_wgs84
from geo.errors import Fault, gettext_noop
from geo.polygons import EMPTY, LEAST_AREA, close_rings, repair, why_invalid
from geo.readers.fields import Shape
from geo.readers.kinds import MAY_LACK_PLACE, SHAPES, Kind
from geo.readers.parsing.parsed import Figure
from geo.readers.ranges import range_faults
from geo.readers.rings import why_unreadable

NO_PLACE = gettext_noop("没有图形或坐标。")
WRONG_SHAPE = gettext_noop("图形是{given}，这里需要{wanted}。")
NO_LENGTH = gettext_noop("线的长度为零。")
ONE_LINE = gettext_noop("通道须是一条连续的线，这里有 {parts} 段。")
TOO_WIDE = gettext_noop("图形跨度超过 {degrees} 度，不可能是一个管理对象。请核对坐标。")
CHANGED_TOO_MUCH = gettext_noop("自动修复会使面积改变 {percent}%，超过 1%，没有修复。")
REPAIRED = gettext_noop("已自动修复，面积改变 {percent}%。")
CLOSED = gettext_noop("已闭合 {count} 个图形的边界（首尾点不重合）。")
FLATTENED = gettext_noop("{count} 个图形带有高程，已舍去高程。")

SHAPE_NAMES = {
    Shape.POINT: gettext_noop("点"),
    Shape.LINE: gettext_noop("线"),
    Shape.POLYGON: gettext_noop("面"),
}
_SHAPES = {
    0: Shape.POINT,
    1: Shape.LINE,
    3: Shape.POLYGON,
    4: Shape.POINT,
    5: Shape.LINE,
    6: Shape.POLYGON,
}
"""By shapely's type ids."""
_POLYGONS = (3, 6)
_LINES = (1, 5)
_MULTI = (4, 5)
MOST_DEGREES = 5.0
MOST_AREA_CHANGE = 0.01

Geometries = NDArray[np.object_]


@dataclass
class Placed:
    """Geometries of a file on their way to EPSG:4490, and what was found on it."""

    geometries: Geometries
    """None where there is none, or where a fault says why."""
    faults: dict[int, list[Fault]] = field(default_factory=dict)
    """By position."""
    file_faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    repairs: dict[int, Fault] = field(default_factory=dict)
    """By position: what was wrong and is mended."""

    def reject(self, position: int, fault: Fault) -> None:
        """Note what is wrong with a geometry and leave it out."""
        self.faults.setdefault(position, []).append(fault)
        self.geometries[position] = None


def shapes_of(figures: Iterable[Figure]) -> frozenset[Shape]:
    """Return the families of geometry among figures."""
    kinds = {int.from_bytes(figure.wkb[1:5], "little") for figure in figures if figure.wkb}
    families = {1: Shape.POINT, 2: Shape.LINE, 3: Shape.POLYGON}
    return frozenset(families[kind - 3 if kind > 3 else kind] for kind in kinds)  # noqa: PLR2004 (multi = 3 + single)


def no_places(rows: int) -> Placed:
    """Return as many rows without a geometry."""
    return Placed(np.full(rows, None, dtype=object))


def place(
    figures: list[Figure], kind: Kind, *, srid: int, datum: Datum, mend: bool = False
) -> Placed:
    """Return the figures' geometries in EPSG:4490.

    Parameters
    ----------
    figures
        One per row.
    kind
        What the rows are; decides which geometries they may have.
    srid, datum
        What the coordinates are.
    mend
        Whether rings are closed and invalid polygons repaired.

    """
    placed = _read(figures, mend=mend)
    _check_shapes(placed, kind)
    _check_ranges(placed, srid)
    if placed.file_faults:
        return placed
    placed.geometries = _to_degrees(placed.geometries, srid, datum)
    _check_extent(placed)
    _check_lines(placed)
    _check_polygons(placed, mend=mend)
    _check_lacking(placed, kind)
    return placed


def _read(figures: list[Figure], *, mend: bool) -> Placed:
    wkbs = np.array([figure.wkb for figure in figures], dtype=object)
    placed = Placed(np.atleast_1d(shapely.from_wkb(wkbs, on_invalid="ignore")))
    closed = 0
    for i, figure in enumerate(figures):
        if figure.trouble is not None:
            placed.reject(i, figure.trouble)
        elif figure.wkb is not None and placed.geometries[i] is None:
            mended = close_rings(figure.wkb) if mend else None
            placed.geometries[i] = mended
            closed += mended is not None
            if mended is None:
                placed.reject(i, why_unreadable(figure.wkb))
    heights = sum(figure.has_height for figure in figures)
    counted = ((CLOSED, closed), (FLATTENED, heights))
    placed.notices += [Fault(text, {"count": count}) for text, count in counted if count]
    return placed


def _check_shapes(placed: Placed, kind: Kind) -> None:
    wanted = SHAPES.get(kind, frozenset())
    type_ids = shapely.get_type_id(placed.geometries)
    allowed = [type_id for type_id, shape in _SHAPES.items() if shape in wanted]
    for i in np.flatnonzero((type_ids >= 0) & ~np.isin(type_ids, allowed)):
        given = SHAPE_NAMES[_SHAPES[int(type_ids[i])]]
        names = "、".join(SHAPE_NAMES[shape] for shape in sorted(wanted))
        placed.reject(int(i), Fault(WRONG_SHAPE, {"given": given, "wanted": names}))
    _unwrap(placed, kind)
    empty = shapely.is_empty(placed.geometries)
    placed.geometries[empty] = None
    if kind not in MAY_LACK_PLACE:
        for i in np.flatnonzero(empty):
            placed.reject(int(i), Fault(EMPTY))


def _unwrap(placed: Placed, kind: Kind) -> None:
    """Take single points and lines out of their multi-geometries; a crossing must be one line."""
    type_ids = shapely.get_type_id(placed.geometries)
    for i in np.flatnonzero(np.isin(type_ids, _MULTI)):
        geometry = placed.geometries[i]
        parts = shapely.get_num_geometries(geometry)
        if parts == 1:
            placed.geometries[i] = shapely.get_geometry(geometry, 0)
        elif kind is Kind.CROSSING:
            placed.reject(int(i), Fault(ONE_LINE, {"parts": int(parts)}))


def _check_ranges(placed: Placed, srid: int) -> None:
    """Say once what is wrong with most of a file; leave out the few where it is only few."""
    known = int((~shapely.is_missing(placed.geometries)).sum())
    for fault, positions in range_faults(placed.geometries, srid):
        if len(positions) * 2 > known:
            placed.file_faults.append(fault)
            return  # the rest is of the same cause
        for i in positions:
            placed.reject(int(i), replace(fault, values={**fault.values, "n": 1}))


def _to_degrees(geometries: Geometries, srid: int, datum: Datum) -> Geometries:
    stored = to_storage(geometries, srid)
    if not datum.is_shifted:
        return stored
    moved: Geometries = shapely.transform(stored, lambda lonlat: to_wgs84(lonlat, datum))
    return moved


def _check_extent(placed: Placed) -> None:
    bounds = shapely.bounds(placed.geometries)
    spans = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    for i in np.flatnonzero(spans > MOST_DEGREES):
        placed.reject(int(i), Fault(TOO_WIDE, {"degrees": MOST_DEGREES}))


def _check_lines(placed: Placed) -> None:
    is_line = np.isin(shapely.get_type_id(placed.geometries), _LINES)
    for i in np.flatnonzero(is_line & (shapely.length(placed.geometries) == 0)):
        placed.reject(int(i), Fault(NO_LENGTH))


def _check_polygons(placed: Placed, *, mend: bool) -> None:
    is_polygon = np.isin(shapely.get_type_id(placed.geometries), _POLYGONS)
    is_good = shapely.is_valid(placed.geometries) & (shapely.area(placed.geometries) >= LEAST_AREA)
    for i in np.flatnonzero(is_polygon & ~is_good):
        reason = why_invalid(placed.geometries[i]) or Fault(EMPTY)
        if mend:
            _mend(placed, int(i), reason)
        else:
            placed.reject(int(i), reason)


def _mend(placed: Placed, position: int, reason: Fault) -> None:
    """Repair a polygon where that leaves its area as it is, to a hundredth."""
    mended = repair(placed.geometries[position])
    values = {**reason.values, "percent": f"{mended.area_change_share * 100:.2g}"}
    if mended.area_change_share > MOST_AREA_CHANGE:
        placed.reject(position, replace(reason, values=values, fix=CHANGED_TOO_MUCH))
        return
    placed.geometries[position] = mended.geometry
    placed.repairs[position] = replace(reason, values=values, fix=REPAIRED)


def _check_lacking(placed: Placed, kind: Kind) -> None:
    if kind in SHAPES and kind not in MAY_LACK_PLACE:
        for i in np.flatnonzero(shapely.is_missing(placed.geometries)):
            if int(i) not in placed.faults:
                placed.reject(int(i), Fault(NO_PLACE))
