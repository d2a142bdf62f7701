"""What a person put right in a list of refused rows, laid over the file that they came from.

The list holds every refused row with its own headings, and beside it why. Nothing is told apart by
its content: a mended row stands for the row of its number, and keeps that row's geometry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from geo.errors import Fault, InputError, gettext_noop
from geo.readers.headings import Heading
from geo.readers.parsing.parsed import Cell
from geo.readers.sandbox import parse_upload
from geo.readers.tables import Table

ROW = "原行号"
LEAVE_OUT = "不导入"
REASON = "问题"
ADVICE = "处理建议"
OUR_COLUMNS = (ROW, REASON, ADVICE, LEAVE_OUT)
"""Columns that stand before the file's own, and never come in with them."""
SHEET = "问题行"
YES = frozenset({"是", "1", "true", "yes", "y", "√", "不导入"})
NOT_THE_LIST = gettext_noop(
    "“{name}”不是这个文件的问题表：没有工作表“{sheet}”。请用从本页下载的问题表改。"
)
NO_NUMBER = gettext_noop("问题表缺少“{heading}”一列，不知道各行对应原文件的哪一行。")
NOT_A_NUMBER = gettext_noop("“{heading}”为“{given}”，应是原文件的行号；该列请勿改动。")


@dataclass(frozen=True, kw_only=True)
class Mends:
    """What is put right in a file."""

    cells: Mapping[int, Mapping[str, Cell]] = field(default_factory=dict)
    """Row of the file → heading → what stands there now."""
    left_out: frozenset[int] = frozenset()
    """Rows that the person gives up."""
    is_rest: bool = False
    """Whether only these rows are read, since the others are stored already."""


def sheet_of(sha256: str) -> str:
    """Return the name of the sheet of a file's refused rows; it tells the file."""
    return f"{SHEET}-{sha256[:8]}"


def read_mends(paths: Sequence[Path], *, sha256: str, is_rest: bool = False) -> Mends:
    """Read lists of refused rows that were mended, the later over the earlier.

    Parameters
    ----------
    paths
        Workbooks, each one that was given out for the file.
    sha256
        Of the file that they belong to.
    is_rest
        Whether only the rows of the lists are read.

    """
    cells: dict[int, dict[str, Cell]] = {}
    left_out: set[int] = set()
    for path in paths:
        for row, (values, is_left) in _rows_of(path, sha256).items():
            cells[row] = cells.get(row, {}) | values
            (left_out.add if is_left else left_out.discard)(row)
    return Mends(cells=cells, left_out=frozenset(left_out), is_rest=is_rest)


def _rows_of(path: Path, sha256: str) -> dict[int, tuple[dict[str, Cell], bool]]:
    try:
        grid = parse_upload(path, layer=sheet_of(sha256)).parsed
    except InputError as error:
        told = {"name": path.name, "sheet": sheet_of(sha256)}
        raise InputError(Fault(NOT_THE_LIST, told), *error.faults) from error
    headings, *rows = grid.cells
    names = ["" if name is None else str(name) for name in headings]
    if ROW not in names:
        raise InputError(Fault(NO_NUMBER, {"heading": ROW}))
    return dict(_row_of(names, row) for row in rows)


def _row_of(names: Sequence[str], row: Sequence[Cell]) -> tuple[int, tuple[dict[str, Cell], bool]]:
    full = [*row, *[None] * (len(names) - len(row))]
    told = dict(zip(names, full, strict=False))
    number = str(told[ROW] if told[ROW] is not None else "").strip().removesuffix(".0")
    if not (number.isascii() and number.isdigit()):
        raise InputError(Fault(NOT_A_NUMBER, {"heading": ROW, "given": number[:40]}))
    values = {name: cell for name, cell in told.items() if name and name not in OUR_COLUMNS}
    left = str(told.get(LEAVE_OUT) or "").strip().casefold()
    return int(number), (values, left in YES)


def mended(table: Table, mends: Mends) -> Table:
    """Return a table with what was put right in it."""
    cells = [
        [
            mends.cells.get(row, {}).get(heading.text, cell)
            for row, cell in zip(table.rows, column, strict=True)
        ]
        for heading, column in zip(table.headings, table.cells, strict=True)
    ]
    kept = [
        i
        for i, row in enumerate(table.rows)
        if row not in mends.left_out and (row in mends.cells or not mends.is_rest)
    ]
    return _only(replace(table, cells=cells), kept)


def _only(table: Table, kept: Sequence[int]) -> Table:
    """Return some rows of a table, by position."""
    if len(kept) == len(table.rows):
        return table
    return replace(
        table,
        cells=[[column[i] for i in kept] for column in table.cells],
        rows=[table.rows[i] for i in kept],
        figures=None if table.figures is None else [table.figures[i] for i in kept],
        faults={at: table.faults[i] for at, i in enumerate(kept) if i in table.faults},
    )


@dataclass(frozen=True, kw_only=True)
class Originals:
    """Rows of a file as they stand in it."""

    headings: tuple[str, ...]
    rows: Mapping[int, tuple[Cell, ...]]


def originals(table: Table, wanted: frozenset[int]) -> Originals:
    """Return rows of a table by their numbers, as the file has them."""
    shown = [i for i, heading in enumerate(table.headings) if _is_told(heading)]
    return Originals(
        headings=tuple(table.headings[i].text for i in shown),
        rows={
            row: tuple(table.cells[i][at] for i in shown)
            for at, row in enumerate(table.rows)
            if row in wanted
        },
    )


def _is_told(heading: Heading) -> bool:
    return bool(heading.text) and heading.text not in OUR_COLUMNS
