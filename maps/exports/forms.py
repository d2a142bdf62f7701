"""Empty forms to fill in, one for each kind, made of the very fields that the readers know."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from geo.errors import gettext_noop
from geo.readers import KIND_NAMES, SHAPES, Field, Kind, Reads, Shape
from geo.readers.field_table import readable_fields

NAME = gettext_noop("{kind}导入表.xlsx")
TITLE = gettext_noop(
    "{kind}导入表。第 3 行是表头，从第 4 行起填写，一行一个；必填的列已标色。"
    "不详的留空，不要填 0；列可以删去，不要改表头的名称。"
)
REQUIRED = gettext_noop("必填。")
AS_TEXT = gettext_noop("文字")
NOTES: Mapping[Reads, str] = {
    Reads.TEXT: AS_TEXT,
    Reads.CODE: gettext_noop("编码，按文字填写，保留前面的 0"),
    Reads.CREDIT_CODE: gettext_noop("18 位统一社会信用代码"),
    Reads.COUNT: gettext_noop("整数"),
    Reads.NUMBER: gettext_noop("数字"),
    Reads.AREA: gettext_noop("数字"),
    Reads.FEE: gettext_noop("数字，或写范围，如 0.3至1"),
    Reads.SHARE: gettext_noop("0.67 或 67%"),
    Reads.YEAR: gettext_noop("四位年份，如 1998"),
    Reads.DATE: gettext_noop("日期，如 2026-11-22"),
    Reads.FLAG: gettext_noop("是、否，不详留空"),
    Reads.CHOICE: gettext_noop("选填其一：{choices}"),
}
IN_UNIT = gettext_noop("{note}，单位{unit}")
PLACES: Mapping[str, str] = {
    "lon": gettext_noop("经度，如 121.612345；须与纬度同填"),
    "lat": gettext_noop("纬度，如 38.912345"),
    "wkt": gettext_noop("边界的 WKT，如 POLYGON ((…))；有图形文件的不必填"),
}
"""Notes on the places that a form asks for; a table may tell them in other ways too."""
YES_NO = ("是", "否")
FIRST_ROW, LAST_ROW = 3, 5_000
"""Rows, counted from 0, that help with what may be filled in."""
NUMBERS = frozenset({Reads.COUNT, Reads.NUMBER, Reads.AREA, Reads.SHARE, Reads.YEAR})
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""Written into each form, so that the same fields give the same file."""
WIDTH = 18
LONGEST_LIST = 255
"""Characters that a spreadsheet takes as a list of choices."""


def form_name(kind: Kind) -> str:
    """Return the file name of a kind's form."""
    return NAME.format(kind=KIND_NAMES[kind])


def fields_of(kind: Kind) -> list[Field]:
    """Return the fields that a form asks for, in their order."""
    asked = [field for field in readable_fields(kind) if not field.is_filter]
    return [field for field in asked if not field.is_place or field.key in _places(kind)]


def _places(kind: Kind) -> set[str]:
    shapes = SHAPES.get(kind, frozenset())
    has_outline = bool(shapes - {Shape.POINT})
    return ({"lon", "lat"} if Shape.POINT in shapes else set()) | (
        {"wkt"} if has_outline else set()
    )


def note_of(field: Field) -> str:
    """Return what is to be written into a column."""
    if field.is_place:
        return PLACES[field.key]
    note = NOTES[field.reads].format(choices=field.listed_choices)
    if field.unit:
        note = IN_UNIT.format(note=note, unit=field.unit)
    return (REQUIRED if field.is_required else "") + note


def write_form(out: Path | IO[bytes], kind: Kind) -> None:
    """Write the empty form of a kind: a title, a row of notes, the headings.

    One sheet only, so that a filled form is read without asking which.
    """
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": MADE_AT})
        page = book.add_worksheet(KIND_NAMES[kind])
        page.write_string(
            0, 0, TITLE.format(kind=KIND_NAMES[kind]), book.add_format({"bold": True})
        )
        for column, field in enumerate(fields_of(kind)):
            _column(book, page, column, field)
        page.set_row(1, 60)
        page.freeze_panes(FIRST_ROW, 0)


def _column(book: Any, page: Any, column: int, field: Field) -> None:
    strong = {"bold": True, "border": 1, "bg_color": "#FFE8B3" if field.is_required else "#E8EEF4"}
    soft = {"text_wrap": True, "valign": "top", "font_color": "#51606D", "font_size": 9}
    cells = None if field.reads in NUMBERS else book.add_format({"num_format": "@"})
    page.set_column(column, column, WIDTH, cells)
    page.write_string(1, column, note_of(field), book.add_format(soft))
    page.write_string(2, column, field.heading, book.add_format(strong))
    allowed = _allowed(field)
    if allowed and len(",".join(allowed)) <= LONGEST_LIST:
        rule = {"validate": "list", "source": allowed, "error_type": "warning"}
        page.data_validation(FIRST_ROW, column, LAST_ROW, column, rule)


def _allowed(field: Field) -> list[str]:
    if field.reads is Reads.FLAG:
        return list(YES_NO)
    return field.listed_choices.split("、") if field.choices else []
