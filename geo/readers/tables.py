"""A parsed layer or sheet → columns with headings; titles, totals and notes are not rows."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from geo.errors import Fault, InputError, gettext_noop
from geo.readers.headings import Heading, as_heading
from geo.readers.parsing.parsed import Cell, Figure, Format, Parsed

NO_HEADINGS = gettext_noop("前 {rows} 行中没有找到表头。表头须含有字段名，例如：{examples}。")
NO_ROWS = gettext_noop("表头之下没有数据。")
TITLES = gettext_noop("表头在第 {row} 行，其上的标题行没有导入。")
TOTALS = gettext_noop("合计行没有导入：第 {rows} 行。")
NOTES = gettext_noop("备注行和重复的表头没有导入：第 {rows} 行。")
TOO_WIDE = gettext_noop("该行有 {cells} 个单元格，多于表头的 {columns} 列。")
QUOTE_COMMAS = gettext_noop("含逗号的文字须用双引号括起。")
UNHEADED = gettext_noop("没有表头的列未读取：第 {columns} 列。")

_TITLE_ROWS = 30
_EXAMPLES = "小区名称、户数、建筑面积"
_TOTAL = re.compile(r"(?:合|总|小|共)计[:\d.,个处户栋幢套m2平方米万]*")
_NOTE = re.compile(r"(?:注|备注|说明|填表|制表|审核|填报|单位负责人).*")
_LEADING_CELLS = 3


@dataclass(frozen=True)
class Table:
    """Columns of cells with their headings."""

    headings: list[Heading]
    cells: list[list[Cell]]
    rows: list[int]
    """Number of each row as a person counts."""
    figures: list[Figure] | None
    notices: list[Fault]
    faults: dict[int, Fault]
    """By position."""


def as_table(parsed: Parsed, names: frozenset[str]) -> Table:
    """Return the rows of a layer or sheet as columns.

    Parameters
    ----------
    parsed
        What the sandbox handed back.
    names
        Headings that may occur, in the form of `Heading.name`.

    """
    if parsed.columns is None:
        return _of_grid(parsed, names)
    headings = [
        as_heading(text, is_cut=i in parsed.cut_columns) for i, text in enumerate(parsed.columns)
    ]
    if not parsed.rows:
        raise InputError(NO_ROWS)
    return Table(headings, parsed.cells, parsed.rows, parsed.figures, parsed.notices, {})


def _of_grid(parsed: Parsed, names: frozenset[str]) -> Table:
    at = _header_at(parsed.cells, names)
    headings = [as_heading(text) for text in parsed.cells[at]]
    kept: list[int] = []
    totals: list[int] = []
    notes: list[int] = []
    for i in range(at + 1, len(parsed.rows)):
        role = _role(parsed.cells[i], headings)
        (kept if role is None else totals if role == TOTALS else notes).append(i)
    if not kept:
        raise InputError(NO_ROWS)
    notices = [Fault(TITLES, {"row": parsed.rows[at]})] if at else []
    for text, dropped in ((TOTALS, totals), (NOTES, notes)):
        if dropped:
            listed = "、".join(str(parsed.rows[i]) for i in dropped)
            notices.append(Fault(text, {"rows": listed}))
    rows = [parsed.cells[i] for i in kept]
    return Table(
        headings=headings,
        cells=[[row[c] if c < len(row) else None for row in rows] for c in range(len(headings))],
        rows=[parsed.rows[i] for i in kept],
        figures=None,
        notices=[*parsed.notices, *notices, *_unheaded(headings, rows)],
        faults=_too_wide(rows, len(headings)) if parsed.format is Format.CSV else {},
    )


def _header_at(rows: list[list[Cell]], names: frozenset[str]) -> int:
    """Return which row holds the headings: the first with most words that are fields."""
    hits = [sum(as_heading(cell).name in names for cell in row) for row in rows[:_TITLE_ROWS]]
    best = max(hits, default=0)
    if not best:
        raise InputError(Fault(NO_HEADINGS, {"rows": _TITLE_ROWS, "examples": _EXAMPLES}))
    return hits.index(best)


def _role(row: list[Cell], headings: list[Heading]) -> str | None:
    """Return what a row is beside data, None where it is data."""
    filled = [cell for cell in row if cell is not None and str(cell).strip()]
    if any(_TOTAL.fullmatch(_squeezed(cell)) for cell in filled[:_LEADING_CELLS]):
        return TOTALS
    if len(filled) == 1 and isinstance(filled[0], str) and _NOTE.fullmatch(_squeezed(filled[0])):
        return NOTES
    names = [as_heading(cell).name for cell in row]
    wanted = [heading.name for heading in headings]
    return NOTES if len(filled) > 1 and names == wanted[: len(names)] else None


def _squeezed(cell: Cell) -> str:
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())


def _too_wide(rows: list[list[Cell]], columns: int) -> dict[int, Fault]:
    return {
        i: Fault(TOO_WIDE, {"cells": len(row), "columns": columns}, QUOTE_COMMAS)
        for i, row in enumerate(rows)
        if any(cell is not None for cell in row[columns:])
    }


def _unheaded(headings: list[Heading], rows: Iterable[list[Cell]]) -> list[Fault]:
    empty = [i for i, heading in enumerate(headings) if not heading.name]
    used = [i for i in empty if any(i < len(row) and row[i] is not None for row in rows)]
    listed = "、".join(str(i + 1) for i in used)
    return [Fault(UNHEADED, {"columns": listed})] if used else []
