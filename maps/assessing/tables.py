"""Tables of assessment: the same cells on the page, in a workbook and as CSV."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from geo.models import ImportBatch, ManagingArea
from maps.asked import Asked
from maps.exporting import XLSX, give_out
from maps.exports.columns import guarded, is_text_column
from maps.exports.rows import write_rows
from maps.exports.shapefile import write_zip
from maps.notices import Notices

ZIP = "application/zip"
UNKNOWN = "—"
Value = str | int | float | Decimal | None


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What a column is called."""

    text: str
    is_number: bool = False


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One value as it is shown, and as it stands in a file."""

    value: Value
    text: str = ""
    """"" = as the value reads."""
    link: str = ""
    note: str = ""
    is_fault: bool = False

    @property
    def shown(self) -> str:
        """Return what the page shows."""
        if self.text:
            return self.text
        if self.value is None or self.value == "":
            return UNKNOWN
        if isinstance(self.value, str):
            return self.value
        return f"{self.value:,}"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of cells under headings."""

    name: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""
    """What the page says where there are no rows."""

    @property
    def lines(self) -> list[list[tuple[Heading, Cell]]]:
        """Return each row with the headings of its cells."""
        return [list(zip(self.headings, row, strict=True)) for row in self.rows]


def words(*texts: str) -> list[Heading]:
    """Return headings of texts."""
    return [Heading(text=gettext(text)) for text in texts]


def numbers(*texts: str) -> list[Heading]:
    """Return headings of numbers."""
    return [Heading(text=gettext(text), is_number=True) for text in texts]


def hand_out(
    request: HttpRequest, area: ManagingArea, table: Table, *, asked: Asked, measure: str
) -> HttpResponse:
    """Return the answer that carries a table: a workbook, or a zip with CSV where asked for."""
    form = "csv" if request.POST.get("format") == "csv" else "xlsx"
    notices = Notices(
        title=f"{area.name} {table.name}",
        source=gettext("连片台账"),
        data_date=asked.valid,
        written_at=asked.known,
        measure=measure,
        is_sample=ImportBatch.objects.filter(is_sample=True).exists(),
    )
    ending = "zip" if form == "csv" else "xlsx"
    return give_out(
        as_csv(table, notices) if form == "csv" else as_xlsx(table, notices),
        by=request.user,
        area=area,
        what=table.name,
        format=form,
        file_name=f"{area.code}-{table.name}-{asked.valid}.{ending}",
        details={
            "rows": len(table.rows),
            "date": str(asked.valid),
            "known": str(asked.known_on),
            "asked": request.GET.dict(),
        },
        content_type=ZIP if form == "csv" else XLSX,
    )


def as_xlsx(table: Table, notices: Notices) -> bytes:
    """Return a workbook of one sheet and what must be said with it."""
    file = io.BytesIO()
    rows = [[_plain(cell) for cell in row] for row in table.rows]
    write_rows(file, table.name, [each.text for each in table.headings], rows, notices)
    return file.getvalue()


def as_csv(table: Table, notices: Notices) -> bytes:
    """Return a zip with the table and what must be said with it."""
    rows = [["" if cell.value is None else str(cell.value) for cell in row] for row in table.rows]
    frame = pd.DataFrame(rows, columns=[each.text for each in table.headings], dtype="str")
    safe = frame.apply(lambda values: values.map(guarded) if is_text_column(values) else values)
    told = safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.zip"
        about = notices.text().encode("utf-8-sig")
        write_zip(path, {f"{table.name}.csv": told, "说明.txt": about})
        return path.read_bytes()


def _plain(cell: Cell) -> str | float | None:
    return float(cell.value) if isinstance(cell.value, Decimal) else cell.value
