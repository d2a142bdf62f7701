"""Places that stand in the cells of a table: longitude and latitude, a pair, or WKT."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.errors import Fault, gettext_noop
from geo.readers.amounts import UnreadableError, unreadable
from geo.readers.headings import Heading, place_columns
from geo.readers.parsing.figures import figure_of
from geo.readers.parsing.parsed import Cell, Figure
from geo.readers.parsing.wkt import figure_of_wkt
from geo.readers.values import clean

NOT_A_COORDINATE = gettext_noop("“{given}”不是坐标。请填写十进制的度数，例如 116.4501。")
NOT_A_PAIR = gettext_noop("“{given}”不是一对坐标。请写成 经度,纬度，例如 116.4501,39.9344。")
HALF = gettext_noop("经度和纬度只填了一个。")

_DECIMAL = re.compile(r"[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?°?", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;\s]+")


@dataclass(frozen=True)
class Spots:
    """The figures of a table's rows."""

    figures: list[Figure]
    heading: str
    """Heading of the column that tells the place; it may say whose coordinates they are."""


def spots_of(
    headings: Sequence[Heading], cells: Sequence[list[Cell]], by_hand: Mapping[str, str]
) -> Spots | None:
    """Return the figures that a table's cells tell, None where no column does."""
    columns = place_columns(headings, by_hand)
    shapes = [cells[columns["wkt"]]] if "wkt" in columns else []
    pairs = [cells[columns["lonlat"]]] if "lonlat" in columns else []
    singles = (
        [cells[columns["lon"]], cells[columns["lat"]]] if {"lon", "lat"} <= set(columns) else []
    )
    used = shapes + pairs + singles
    if not used:
        return None
    first = next(columns[key] for key in ("lon", "lonlat", "wkt") if key in columns)
    ways = ((_of_wkt, shapes), (_of_pair, pairs), (_of_singles, singles))
    given = [(way, those) for way, those in ways if those]
    figures = [
        _first_told([way(*(column[i] for column in those)) for way, those in given])
        for i in range(len(used[0]))
    ]
    return Spots(figures, headings[first].text)


def _first_told(figures: list[Figure]) -> Figure:
    """Return the first that tells something: a boundary goes before a point."""
    return next((figure for figure in figures if figure != Figure()), Figure())


def _of_wkt(cell: Cell) -> Figure:
    text = str(cell).strip() if cell is not None else ""
    return figure_of_wkt(text) if text else Figure()


def _of_pair(cell: Cell) -> Figure:
    try:
        text = clean(cell)
        if text is None:
            return Figure()
        parts = _BETWEEN.split(str(text).strip("()[] "))
        if len(parts) != 2:  # noqa: PLR2004 (a pair)
            raise unreadable(NOT_A_PAIR, cell)
        return figure_of("Point", [_degrees(part) for part in parts])
    except UnreadableError as error:
        return Figure(trouble=error.fault)


def _of_singles(lon: Cell, lat: Cell) -> Figure:
    try:
        plain = [clean(lon), clean(lat)]
        if plain == [None, None]:
            return Figure()
        if None in plain:
            return Figure(trouble=Fault(HALF))
        return figure_of("Point", [_degrees(cell) for cell in plain])
    except UnreadableError as error:
        return Figure(trouble=error.fault)


def _degrees(cell: Cell) -> float:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    if not _DECIMAL.fullmatch(str(cell)):
        raise unreadable(NOT_A_COORDINATE, cell)
    return float(str(cell).rstrip("°"))
