"""CSV from clerks: strict about its encoding, easy about its separator."""

import csv
import io

from geo.errors import Fault, InputError, gettext_noop

from . import limits
from .exchange import is_exchange, parse_exchange
from .parsed import Cell, Format, Job, Parsed
from .texts import decode_file, read_bytes

BROKEN_QUOTES = gettext_noop(
    "第 {line} 行的引号不成对，无法分清单元格。请在 Excel 中重新另存为 CSV。"
)
TOO_MANY_ROWS = gettext_noop("表格超过 {limit} 行。请拆分后再导入。")
TOO_MANY_COLUMNS = gettext_noop("表格超过 {limit} 列。请删去多余的列再导入。")

_SEPARATORS = (",", "\t", ";")
_HEAD_CHARACTERS = 4096


def parse_csv(job: Job) -> Parsed:
    """Read every row of a CSV, or the plots of a file of boundary points."""
    text, encoding, notices = decode_file(read_bytes(job.path), job.encoding)
    if is_exchange(text):
        return parse_exchange(text, job, encoding, notices)
    rows, numbers = _rows(text)
    return Parsed(
        format=Format.CSV,
        layer=job.stem,
        encoding=encoding,
        columns=None,
        cells=rows,
        rows=numbers,
        notices=notices,
    )


def _rows(text: str) -> tuple[list[list[Cell]], list[int]]:
    csv.field_size_limit(limits.PLACE_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    first = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([cell or None for cell in row])
                numbers.append(first)
                refuse_too_large(len(rows), len(row))
            first = reader.line_num + 1
    except csv.Error:
        raise InputError(Fault(BROKEN_QUOTES, {"line": first})) from None
    return rows, numbers


def refuse_too_large(rows: int, columns: int) -> None:
    """Refuse a table that is larger than any ledger."""
    if rows > limits.TABLE_ROWS:
        raise InputError(Fault(TOO_MANY_ROWS, {"limit": limits.TABLE_ROWS}))
    if columns > limits.TABLE_COLUMNS:
        raise InputError(Fault(TOO_MANY_COLUMNS, {"limit": limits.TABLE_COLUMNS}))


def _separator(text: str) -> str:
    head = text[:_HEAD_CHARACTERS]
    return max(_SEPARATORS, key=head.count)
