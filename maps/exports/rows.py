"""Plain rows as a sheet: reports that have no geometry and no fields of the model."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO

import xlsxwriter

from geo.errors import gettext_noop
from maps.notices import Notices

SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""No text of a file may act in the reader's spreadsheet."""
WIDEST = 60
ABOUT_WIDTHS = (10, 96)


def write_rows(
    out: Path | IO[bytes],
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str | float | None]],
    notices: Notices | None = None,
) -> None:
    """Write a sheet with a heading row that stays in sight, and the sheet 说明 where it leaves."""
    with xlsxwriter.Workbook(out, {**SAFE, "in_memory": True}) as book:
        sheet = book.add_worksheet(title)
        strong, folded = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        sheet.write_row(0, 0, headings, strong)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row, folded)
        for column, heading in enumerate(headings):
            texts = [heading, *(str(row[column]) for row in rows)]
            sheet.set_column(column, column, min(WIDEST, 2 * max(map(len, texts)) + 2))
        sheet.freeze_panes(1, 0)
        if notices:
            write_about(book, notices)


def write_about(book: xlsxwriter.Workbook, notices: Notices) -> None:
    """Write the sheet 说明: where the workbook comes from, and what must be said with it."""
    # else the file would carry the time of writing
    book.set_properties({"title": notices.title, "created": notices.written_at})
    about = book.add_worksheet(gettext_noop("说明"))
    for column, width in enumerate(ABOUT_WIDTHS):
        about.set_column(column, column, width)
    for row, (label, text) in enumerate(notices.rows()):
        about.write_string(row, 0, label)
        about.write_string(row, 1, text)
