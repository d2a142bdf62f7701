"""Cells → values, by the way their field reads; what is unknown stays unknown, never 0."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from geo.errors import Fault, gettext_noop
from geo.quarters import Quarter
from geo.readers.amounts import (
    UnreadableError,
    read_area,
    read_count,
    read_decimal,
    read_fee,
    read_number,
    read_share,
    unreadable,
)
from geo.readers.fields import Field, Reads
from geo.readers.parsing import limits
from geo.readers.parsing.parsed import Cell
from geo.readers.personal import PRIVATE_CELL, is_personal, masked

GARBLED = gettext_noop("“{given}”含有乱码或控制字符。请核对文件的编码（--encoding）。")
EXCEL_ERROR = gettext_noop("“{given}”是 Excel 的错误值。请修正公式或改填数值。")
TOO_LONG = gettext_noop("文字有 {length} 个字符，上限为 {limit} 个。")
ROUNDED_CODE = gettext_noop("编码“{given}”已被 Excel 变成科学计数法，末尾数字可能丢失。")
LOST_DIGITS = gettext_noop("编码“{given}”超过 15 位却存为数字，Excel 已丢失末尾数字。")
CODE_AS_TEXT = gettext_noop("请把该列设为“文本”格式后重新填写。")
WRONG_CREDIT_CODE = gettext_noop("“{given}”不是有效的统一社会信用代码（校验位不符或长度不对）。")
NOT_A_YEAR = gettext_noop("“{given}”不是年份。请写成 1985 或 1985年。")
NOT_A_DATE = gettext_noop("“{given}”不是日期。请写成 2021-05-03 或 2021年5月3日。")
NOT_A_QUARTER = gettext_noop("“{given}”不是季度。请写成 2026年第三季度 或 2026Q3。")
NOT_A_FLAG = gettext_noop("“{given}”不能理解。请填 是、否 或 不详。")
NOT_A_CHOICE = gettext_noop("“{given}”不在可选范围内。可选：{choices}。")

UNKNOWN_WORDS = frozenset(
    {
        "",
        "暂无资料",
        "不详",
        "暂无信息",
        "暂无数据",
        "暂无",
        "未知",
        "无资料",
        "无数据",
        "待核实",
        "待补充",
    }
    | {"-", "--", "—", "——", "/", "\\", "?", "n/a", "na", "nan", "null", "none", "nil"}
)
_YES = frozenset(
    {"是", "有", "√", "✓", "✔", "对", "1", "y", "yes", "t", "true"}
    | {"明确", "齐备", "齐全", "到位", "具备", "符合", "能", "可", "可以"}
)
_NO = frozenset(
    {"否", "无", "×", "✗", "✘", "x", "不是", "没有", "0", "n", "no", "f", "false"}
    | {
        "难以划定",
        "不明确",
        "不齐备",
        "不齐全",
        "不到位",
        "未到位",
        "不具备",
        "不符合",
        "不能",
        "不可",
    }
)
_EXCEL_ERRORS = frozenset({"#ref!", "#n/a", "#value!", "#div/0!", "#name?", "#null!", "#num!"})
_BAD_CHARACTER = re.compile("[\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?e\+?\d+", re.IGNORECASE)
_FLOATED = re.compile(r"(?P<digits>\d+)\.0+")
_EXACT_DIGITS = 10**15
_YEAR = re.compile(r"(?:约|建于)?(?P<year>\d{4})年?(?:建成?|竣工)?")
_YEARS = range(1840, 2101)
_DATE = re.compile(
    r"(?P<y>\d{4})(?P<sep>[-/.年])(?P<m>\d{1,2})(?:(?P=sep)|月)(?P<d>\d{1,2})日?(?:[ T]\d.*)?"
)
_PACKED_DATE = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})")
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = [3**i % 31 for i in range(17)]
_OLD_REGISTRATION = re.compile(r"\d{15}")
_CREDIT_LENGTH = 18

_Reader = Callable[[Any, Field, str], Any]


def read_cell(cell: Cell, field: Field, heading_unit: str = "") -> Any:
    """Return a cell's value, None where it is unknown; a fee is a pair.

    Raises
    ------
    UnreadableError
        Where the cell says something, but not what the field asks for.

    """
    plain = clean(cell)
    if plain is None or plain in field.means_none:
        return None
    return _READERS[field.reads](plain, field, heading_unit)


def read_column(
    cells: list[Cell], field: Field, heading_unit: str = ""
) -> tuple[list[Any], dict[int, Fault]]:
    """Return the values of a column and the faults by position; equal cells are read once."""
    known: dict[tuple[type, Cell], tuple[Any, Fault | None]] = {}
    values: list[Any] = []
    faults: dict[int, Fault] = {}
    for i, cell in enumerate(cells):
        if cell is None:
            values.append(None)
            continue
        key = (type(cell), cell)
        if key not in known:
            known[key] = _tried(cell, field, heading_unit)
        value, fault = known[key]
        values.append(value)
        if fault is not None:
            faults[i] = fault
    return values, faults


def clean(cell: Cell) -> Cell:
    """Return a cell trimmed and in NFKC; None where it says that nothing is known."""
    if not isinstance(cell, str):
        return None if isinstance(cell, float) and cell != cell else cell  # noqa: PLR0124 (NaN)
    if _BAD_CHARACTER.search(cell):
        raise unreadable(GARBLED, cell.encode("ascii", "backslashreplace").decode())
    text = cell if cell.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", cell))
    text = " ".join(text.split())
    if text.casefold() in UNKNOWN_WORDS:
        return None
    if text.casefold() in _EXCEL_ERRORS:
        raise unreadable(EXCEL_ERROR, text)
    return text


def _tried(cell: Cell, field: Field, heading_unit: str) -> tuple[Any, Fault | None]:
    try:
        return read_cell(cell, field, heading_unit), None
    except UnreadableError as error:
        return None, error.fault


def _text(cell: Cell, _field: Field, _unit: str) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if len(text) > limits.CELL_CHARACTERS:
        raise unreadable(TOO_LONG, text, length=len(text), limit=limits.CELL_CHARACTERS)
    return text


def _public_text(cell: Cell, field: Field, unit: str) -> str:
    if is_personal(cell):
        raise unreadable(PRIVATE_CELL, masked(str(cell)))
    return _text(cell, field, unit)


def _code(cell: Cell, field: Field, unit: str) -> str:
    if isinstance(cell, float | int) and abs(cell) >= _EXACT_DIGITS:
        raise UnreadableError(_code_fault(LOST_DIGITS, cell))
    text = _text(cell, field, unit)
    if isinstance(cell, str) and _SCIENTIFIC.fullmatch(text):
        raise UnreadableError(_code_fault(ROUNDED_CODE, cell))
    floated = _FLOATED.fullmatch(text)
    return floated["digits"] if floated else text


def _code_fault(text: str, cell: Cell) -> Fault:
    return Fault(text, {"given": str(cell)[:40]}, CODE_AS_TEXT)


def _credit_code(cell: Cell, field: Field, unit: str) -> str:
    code = _code(cell, field, unit).replace(" ", "").upper()
    if _OLD_REGISTRATION.fullmatch(code):
        return code
    if len(code) != _CREDIT_LENGTH or set(code) - set(_CREDIT):
        raise unreadable(WRONG_CREDIT_CODE, cell)
    total = sum(_CREDIT.index(c) * w for c, w in zip(code, _WEIGHTS, strict=False))
    if _CREDIT[-total % len(_CREDIT)] != code[-1]:
        raise unreadable(WRONG_CREDIT_CODE, cell)
    return code


def _year(cell: Cell, _field: Field, _unit: str) -> int:
    text = _text(cell, _field, _unit).replace(" ", "")
    found = _YEAR.fullmatch(text)
    if found is None:
        day = _day(_text(cell, _field, _unit))
        if day is None:
            raise unreadable(NOT_A_YEAR, cell)
        return day.year
    year = int(found["year"])
    if year not in _YEARS:
        raise unreadable(NOT_A_YEAR, cell)
    return year


def _date(cell: Cell, field: Field, unit: str) -> dt.date:
    day = _day(_text(cell, field, unit))
    if day is None:
        raise unreadable(NOT_A_DATE, cell)
    return day


def _day(text: str) -> dt.date | None:
    found = _DATE.fullmatch(text) or _PACKED_DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return dt.date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None


def _quarter(cell: Cell, field: Field, unit: str) -> Quarter:
    quarter = Quarter.from_text(_text(cell, field, unit))
    if quarter is None:
        raise unreadable(NOT_A_QUARTER, cell)
    return quarter


def _flag(cell: Cell, _field: Field, _unit: str) -> bool:
    word = _text(cell, _field, _unit).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise unreadable(NOT_A_FLAG, cell)


def _choice(cell: Cell, field: Field, unit: str) -> str:
    word = _text(cell, field, unit)
    # a cell comes in NFKC, whose brackets are not those of our words
    folded = {_folded(key): value for key, value in field.choices.items()}
    folded |= {value.casefold(): value for value in field.choices.values()}
    stored = folded.get(word.replace(" ", "").casefold())
    if stored is None:
        raise unreadable(NOT_A_CHOICE, cell, choices=field.listed_choices)
    return stored


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


_READERS: Mapping[Reads, _Reader] = {
    Reads.TEXT: _public_text,
    Reads.CODE: _code,
    Reads.CREDIT_CODE: _credit_code,
    Reads.COUNT: lambda cell, _field, _unit: read_count(cell),
    Reads.NUMBER: lambda cell, field, _unit: read_number(cell, field.unit),
    Reads.AREA: lambda cell, _field, unit: read_area(cell, unit),
    Reads.FEE: lambda cell, _field, _unit: read_fee(cell),
    Reads.SHARE: lambda cell, _field, unit: read_share(cell, unit),
    Reads.YEAR: _year,
    Reads.DATE: _date,
    Reads.FLAG: _flag,
    Reads.CHOICE: _choice,
    Reads.DECIMAL: lambda cell, field, unit: read_decimal(cell, field.unit, unit),
    Reads.QUARTER: _quarter,
}
