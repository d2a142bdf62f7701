"""XLSX, read row by row with a bound on everything: a far-away cell must not fill the memory."""

import datetime as dt
import re
import warnings
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
from openpyxl.utils import range_boundaries

from geo.errors import Fault, InputError, gettext_noop

from . import archives, limits
from .csvs import refuse_too_large
from .layers import choose_layer
from .parsed import Cell, Format, Job, Parsed

NOT_A_WORKBOOK = gettext_noop("文件不是有效的 Excel 工作簿（.xlsx），或已损坏。")
LOCKED_OR_OLD = gettext_noop(
    "文件设有密码，或是旧版 .xls。请在 Excel 中去掉密码并另存为 .xlsx 再导入。"
)
MACROS = gettext_noop("工作簿含有宏，不能导入。请在 Excel 中另存为不含宏的 .xlsx。")
DOCTYPE = gettext_noop("工作簿内含有 DOCTYPE 声明，不是正常的 Excel 文件，已拒绝。")
EMPTY_BOOK = gettext_noop("工作簿中没有内容。")
NOT_CALCULATED = gettext_noop("公式没有计算结果。")
CALCULATE = gettext_noop("请用 Excel 打开并保存一次，或把公式粘贴为数值。")
STOPPED = gettext_noop("第 {row} 行之后连续 {limit} 行为空，其后如有内容则没有读取。")
UNMERGED = gettext_noop("已把 {count} 处合并单元格的文字填入所合并的各行；数字不重复填入。")

_OLE = b"\xd0\xcf\x11\xe0"
_MERGED = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_FORMULA = re.compile(rb"<f[\s/>]")
_CHUNK, _OVERLAP = 4 * 1024 * 1024, 200
_HEAD_BYTES = 2048


def parse_workbook(job: Job) -> Parsed:
    """Read one sheet; where one alone has content, it is meant."""
    with Path(job.path).open("rb") as file:
        if file.read(len(_OLE)) == _OLE:
            raise InputError(LOCKED_OR_OLD)
    with archives.opened(job.path, members=limits.WORKBOOK_MEMBERS) as archive:
        _refuse_what_no_clerk_writes(archive)
        try:
            return _parse(job, archive)
        except InputError:
            raise
        except Exception as error:  # openpyxl raises whatever a broken file leads it to
            raise InputError(NOT_A_WORKBOOK) from error


def _refuse_what_no_clerk_writes(archive: ZipFile) -> None:
    for member in archive.infolist():
        if member.filename.lower().endswith("vbaproject.bin"):
            raise InputError(MACROS)
        if member.filename.lower().endswith((".xml", ".rels")):
            with archive.open(member) as part:
                if b"<!DOCTYPE" in part.read(_HEAD_BYTES).replace(b"\0", b""):
                    raise InputError(DOCTYPE)


def _parse(job: Job, archive: ZipFile) -> Parsed:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations, which are not read
        book = openpyxl.load_workbook(job.path, read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if _has_content(sheet)]
        if not sheets:
            raise InputError(EMPTY_BOOK)
        title = choose_layer([sheet.title for sheet in sheets], job.layer)
        sheet: Any = next(sheet for sheet in sheets if sheet.title == title)
        rows, notices = _rows(sheet)
        source = str(sheet._worksheet_path)  # noqa: SLF001 (no public name for the sheet's part)
        merged, has_formulas = _scanned(archive, source.removeprefix("/"))
        faults = _uncalculated(job.path, title, rows) if has_formulas else []
        book.close()
    if faults:
        raise InputError(*faults)
    filled = _fill_merged(rows, merged)
    return Parsed(
        format=Format.XLSX,
        layer=title,
        encoding="utf-8",
        columns=None,
        cells=list(rows.values()),
        rows=list(rows),
        notices=[*notices, *([Fault(UNMERGED, {"count": filled})] if filled else [])],
    )


def _has_content(sheet: Any) -> bool:
    return any(any(cell is not None for cell in row) for row in _bounded(sheet, limits.EMPTY_ROWS))


def _bounded(sheet: Any, last_row: int) -> Iterator[tuple[Any, ...]]:
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(
        min_row=1, max_row=last_row, max_col=limits.TABLE_COLUMNS + 1, values_only=True
    )
    return rows


def _rows(sheet: Any) -> tuple[dict[int, list[Cell]], list[Fault]]:
    """Return the rows that have content by number."""
    rows: dict[int, list[Cell]] = {}
    last = 0
    for number, values in enumerate(_bounded(sheet, limits.TABLE_ROWS + limits.EMPTY_ROWS), 1):
        width = max((i for i, value in enumerate(values, 1) if _is_filled(value)), default=0)
        if width:
            refuse_too_large(len(rows) + 1, width)
            rows[number] = [_cell(value) for value in values[:width]]
            last = number
        elif number - last >= limits.EMPTY_ROWS:
            return rows, [Fault(STOPPED, {"row": last, "limit": limits.EMPTY_ROWS})]
    return rows, []


def _is_filled(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _cell(value: Any) -> Cell:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def _scanned(archive: ZipFile, source: str) -> tuple[list[str], bool]:
    """Return the merged ranges of a sheet, which openpyxl leaves out, and whether it calculates."""
    merged: dict[str, None] = {}
    has_formulas = False
    rest = b""
    with archive.open(source) as part:
        while chunk := part.read(_CHUNK):
            text = rest + chunk
            has_formulas = has_formulas or _FORMULA.search(text) is not None
            merged |= dict.fromkeys(found.decode() for found in _MERGED.findall(text))
            rest = text[-_OVERLAP:]
    return list(merged), has_formulas


def _uncalculated(path: str, title: str, rows: dict[int, list[Cell]]) -> list[Fault]:
    """Return the cells whose formula no program has worked out: they would pass for empty."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    faults = []
    for number, values in enumerate(_bounded(book[title], max(rows, default=0)), 1):
        known = rows.get(number, [])
        for column, value in enumerate(values):
            is_known = column < len(known) and known[column] is not None
            if not is_known and isinstance(value, str) and value.startswith("="):
                faults.append(Fault(NOT_CALCULATED, fix=CALCULATE, row=number, given=value[:40]))
    book.close()
    return faults


def _fill_merged(rows: dict[int, list[Cell]], merged: list[str]) -> int:
    """Write the text of a cell that is merged over rows into each of them."""
    filled = 0
    for reference in merged:
        left, top, _, bottom = (int(edge or 0) for edge in range_boundaries(reference))
        value = _at(rows.get(top, []), left - 1)
        below = [row for row in rows if top < row <= bottom]
        if isinstance(value, str) and not _is_number(value) and below:
            for row in below:
                _put(rows[row], left - 1, value)
            filled += 1
    return filled


def _at(row: list[Cell], column: int) -> Cell:
    return row[column] if column < len(row) else None


def _put(row: list[Cell], column: int, value: Cell) -> None:
    row.extend(repeat(None, column + 1 - len(row)))
    row[column] = value


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdigit()
