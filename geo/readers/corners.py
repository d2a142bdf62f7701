"""Tables of boundary points (界址点): a row is a corner, and many rows are one boundary."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from geo.errors import Fault, gettext_noop
from geo.readers.headings import Heading
from geo.readers.parsing.exchange import axes, rings_as_polygon
from geo.readers.parsing.parsed import Cell, Figure
from geo.readers.tables import Table

JOINED = gettext_noop("已把 {points} 个界址点连成 {plots} 个边界。")
NOT_A_CORNER = gettext_noop("第 {line} 行的坐标“{given}”不是数字。")

_FIRST = frozenset({"x", "x坐标", "x坐标值", "纵坐标", "纵坐标x", "北坐标", "北坐标x", "x北"})
_SECOND = frozenset({"y", "y坐标", "y坐标值", "横坐标", "横坐标y", "东坐标", "东坐标y", "y东"})
_CORNER = frozenset(
    {"点号", "界址点号", "界址点", "界址点编号", "拐点", "拐点号", "顶点", "顶点号"}
)
_RING = frozenset({"圈号", "地块圈号", "环号"})
CORNER_NAMES = _FIRST | _SECOND | _CORNER | _RING
"""Headings of such a table, in the form of `Heading.name`."""

_Point = tuple[float, float]


def gathered(table: Table, named: frozenset[str]) -> Table | None:
    """Return a table of corners as one of boundaries; None where it is none of corners.

    Parameters
    ----------
    table
        Rows of a sheet.
    named
        Headings that tell one thing from another, in the form of `Heading.name`: a row whose cell
        is empty there goes on with the thing above it.

    """
    columns = _columns(table.headings)
    if table.figures is not None or not {"first", "second", "corner"} <= columns.keys():
        return None
    told = [i for i, heading in enumerate(table.headings) if heading.name in named]
    groups = list(_groups(table, told))
    plots = [_rings(table, columns, group) for group in groups]
    points = [
        point for rings in plots if isinstance(rings, list) for ring in rings for point in ring
    ]
    north_first, how = axes(points)
    kept = [i for i in range(len(table.headings)) if i not in columns.values()]
    joined = Fault(JOINED, {"points": len(points), "plots": len(plots)})
    return replace(
        table,
        headings=[table.headings[i] for i in kept],
        cells=[[table.cells[i][group[0]] for group in groups] for i in kept],
        rows=[table.rows[group[0]] for group in groups],
        figures=[_figure(rings, north_first=north_first) for rings in plots],
        notices=[*table.notices, *how, joined],
        faults={},
    )


def _columns(headings: Sequence[Heading]) -> dict[str, int]:
    """Return which column is what of a corner."""
    roles = (("first", _FIRST), ("second", _SECOND), ("corner", _CORNER), ("ring", _RING))
    return {
        role: i
        for i, heading in enumerate(headings)
        for role, names in roles
        if heading.name in names
    }


def _groups(table: Table, told: Sequence[int]) -> Iterator[list[int]]:
    """Yield the positions of the rows of each boundary, which stand one below the other."""
    group: list[int] = []
    last: tuple[Cell, ...] = ()
    for i in range(len(table.rows)):
        who = tuple(table.cells[column][i] for column in told)
        is_told = any(cell is not None for cell in who)
        if group and is_told and who != last:
            yield group
            group = []
        group.append(i)
        last = who if is_told else last
    yield group


def _rings(
    table: Table, columns: Mapping[str, int], group: Sequence[int]
) -> list[list[_Point]] | Fault:
    """Return the rings of a boundary: one ends where it closes, or its number changes."""
    rings: list[list[_Point]] = []
    last: Cell = None
    for i in group:
        pair = [table.cells[columns[role]][i] for role in ("first", "second")]
        ring = table.cells[columns["ring"]][i] if "ring" in columns else None
        point = _point(pair)
        if point is None:
            given = "、".join("" if cell is None else str(cell) for cell in pair)[:40]
            return Fault(NOT_A_CORNER, {"line": table.rows[i], "given": given})
        is_closed = bool(rings) and len(rings[-1]) > 1 and rings[-1][0] == rings[-1][-1]
        if not rings or is_closed or (ring is not None and ring != last):
            rings.append([])
        rings[-1].append(point)
        last = ring
    return rings


def _point(pair: Sequence[Cell]) -> _Point | None:
    try:
        x, y = (float(str(cell).replace(",", "")) for cell in pair)
    except ValueError:
        return None
    return x, y


def _figure(rings: list[list[_Point]] | Fault, *, north_first: bool) -> Figure:
    if isinstance(rings, Fault):
        return Figure(trouble=rings)
    return rings_as_polygon(
        [[(y, x) if north_first else (x, y) for x, y in ring] for ring in rings]
    )
