"""Plain rows as a sheet: reports that have no geometry and no fields of the model."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO

import xlsxwriter

SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""No text of a file may act in the reader's spreadsheet."""
WIDEST = 60


def write_rows(
    out: Path | IO[bytes],
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str | float | None]],
) -> None:
    """Write one sheet with a heading row that stays in sight."""
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
