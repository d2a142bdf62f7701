"""Refused rows as a workbook: their own headings and cells, and before them what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from geo.errors import gettext_noop
from geo.readers import Originals
from geo.readers.mending import ADVICE, LEAVE_OUT, REASON, ROW

FAULTS = gettext_noop("问题表")
FAULT_HEADINGS = (
    gettext_noop("行"),
    gettext_noop("列"),
    gettext_noop("所填内容"),
    gettext_noop("问题"),
    gettext_noop("处理建议"),
)
KEYS = ("row", "column", "given", "text", "fix")
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""No text of a file may act in the reader's spreadsheet."""
MOST_DIGITS = 10**15
"""Numbers from here on a spreadsheet rounds; they are written as text."""
HOW = gettext_noop(
    "怎样改：在“{sheet}”中直接改标色的单元格，存盘后在原来的导入页“放回”。"
    "“原行号”请勿改动：没有列在这里的图形按它取自原文件。“问题”“处理建议”两列放回时不读。"
    "不要的行，在“不导入”一列填“是”。"
)
WIDTHS = {ROW: 8, REASON: 44, ADVICE: 36, LEAVE_OUT: 9}
WIDTH = 16

Told = Mapping[str, Any]
"""A fault as it is kept: row, also, column, given, text, fix."""


@dataclass(frozen=True, kw_only=True)
class Looks:
    """How cells look."""

    strong: Any
    folded: Any
    text: Any
    wrong: Any


def write_refused(out: Path, sheet: str, originals: Originals, faults: Sequence[Told]) -> None:
    """Write the rows to mend, each with its reasons, and behind them every fault by itself.

    Parameters
    ----------
    out
        Where the workbook goes.
    sheet
        Name of the sheet of rows; it tells which file they belong to.
    originals
        The refused rows as they stand in the file.
    faults
        What is wrong.

    """
    with xlsxwriter.Workbook(out, {**SAFE, "in_memory": True}) as book:
        looks = Looks(
            strong=book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            folded=book.add_format({"text_wrap": True, "valign": "top", "font_color": "#9C1C00"}),
            # as text, so that a code that is typed anew keeps its zeros and an = stays a letter
            text=book.add_format({"num_format": "@"}),
            wrong=book.add_format({"num_format": "@", "bg_color": "#FFE8B3"}),
        )
        if originals.rows:
            _rows(book.add_worksheet(sheet), originals, faults, looks)
        _faults(book.add_worksheet(FAULTS), sheet, faults, looks)


def _rows(page: Any, originals: Originals, faults: Sequence[Told], looks: Looks) -> None:
    headings = (ROW, REASON, ADVICE, LEAVE_OUT, *originals.headings)
    for column, heading in enumerate(headings):
        page.write_string(0, column, heading, looks.strong)
        page.set_column(column, column, WIDTHS.get(heading, WIDTH))
    by_row = _by_row(faults)
    for at, (row, cells) in enumerate(originals.rows.items(), start=1):
        mine = by_row.get(row, [])
        page.write_number(at, 0, row)
        page.write_string(at, 1, _lines(_reason(fault) for fault in mine), looks.folded)
        page.write_string(at, 2, _lines(fault["fix"] for fault in mine), looks.folded)
        page.write_string(at, 3, "", looks.text)
        wrong = {fault["column"] for fault in mine}
        for column, (heading, cell) in enumerate(
            zip(originals.headings, cells, strict=True), start=4
        ):
            _write(page, at, column, cell, looks.wrong if heading in wrong else looks.text)
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, len(originals.rows), len(headings) - 1)


def _by_row(faults: Sequence[Told]) -> dict[int, list[Told]]:
    found: dict[int, list[Told]] = {}
    for fault in faults:
        if fault["row"] is not None:
            for row in (fault["row"], *fault["also"]):
                found.setdefault(row, []).append(fault)
    return found


def _reason(fault: Told) -> str:
    return f"“{fault['column']}”：{fault['text']}" if fault["column"] else str(fault["text"])


def _lines(texts: Any) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))


def _write(page: Any, row: int, column: int, cell: Any, look: Any) -> None:
    """Write a cell as what it is; text stays text, whatever it begins with."""
    if cell is None:
        page.write_blank(row, column, None, look)
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, int | float) and abs(cell) < MOST_DIGITS:
        page.write_number(row, column, cell)
    else:
        page.write_string(row, column, str(cell), look)


def _faults(page: Any, sheet: str, faults: Sequence[Told], looks: Looks) -> None:
    for column, heading in enumerate(FAULT_HEADINGS):
        page.write_string(0, column, heading, looks.strong)
    for at, fault in enumerate(faults, start=1):
        for column, key in enumerate(KEYS):
            _write(page, at, column, fault[key], looks.text)
    page.write_string(len(faults) + 2, 0, HOW.format(sheet=sheet))
    page.set_column(0, 2, WIDTH)
    page.set_column(3, 4, WIDTHS[REASON])
    page.freeze_panes(1, 0)
