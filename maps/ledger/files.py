"""A grid as a file: all rows that are shown, under the headings that the importer understands."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from django.utils.translation import gettext

from geo.errors import Fault, InputError, gettext_noop
from geo.models import ImportBatch, ManagingArea
from geo.readers import KIND_NAMES, Kind, Reads
from maps.asked import Asked
from maps.exports.columns import guarded, is_text_column
from maps.exports.shapefile import write_zip
from maps.exports.tables import write_xlsx
from maps.ledger.asking import DUE_NAMES, View, rows_of
from maps.ledger.columns import COLUMNS, Column
from maps.ledger.page import values_of
from maps.ledger.queries import Inside
from maps.ledger.shown import is_unknown, typed
from maps.notices import Notices

MOST_ROWS = 50_000
TOO_MANY = gettext_noop("符合条件的有 {rows} 行，一次最多导出 {most} 行。")
NARROW = gettext_noop("请选择下级辖区，或用查找、缺项缩小范围。")
NAME_OF_THING = gettext_noop("对象名称")
WHOLE_NUMBERS = frozenset({Reads.COUNT, Reads.YEAR})
NUMBERS = WHOLE_NUMBERS | {Reads.NUMBER, Reads.AREA}

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that is given out."""

    name: str
    content: bytes
    content_type: str
    rows: int


def file_of(view: View, *, area: ManagingArea, asked: Asked, inside: Inside, form: str) -> File:
    """Return the rows of a grid as XLSX, or as a zip with CSV and notices."""
    rows = list(values_of(_checked(view, asked, inside), COLUMNS[view.kind]))
    kind = KIND_NAMES[view.kind]
    notices = Notices(
        title=f"{area.name} {gettext('台账')} {gettext(kind)}",
        source=gettext("连片台账"),
        data_date=asked.valid,
        written_at=asked.known,
        measure=told(view),
        is_sample=ImportBatch.objects.filter(is_sample=True).exists(),
    )
    frame = frame_of(view.kind, rows)
    stem = f"{area.code}-{kind}-{asked.valid}"
    with TemporaryDirectory() as folder:
        if form == "csv":
            path = Path(folder) / f"{stem}.zip"
            write_zip(path, _members(kind, frame, notices))
            content_type = "application/zip"
        else:
            path = Path(folder) / f"{stem}.xlsx"
            write_xlsx({kind: frame}, path, notices)
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return File(
            name=path.name, content=path.read_bytes(), content_type=content_type, rows=len(rows)
        )


def _checked(view: View, asked: Asked, inside: Inside) -> Any:
    rows = rows_of(view, asked=asked, inside=inside)
    if (count := rows.count()) > MOST_ROWS:
        raise InputError(Fault(TOO_MANY, {"rows": count, "most": MOST_ROWS}, NARROW))
    return rows


def told(view: View) -> str:
    """Return the filters of a grid in words; "" where it shows all."""
    parts = []
    if view.search:
        parts.append(gettext("查找“{given}”").format(given=view.search))
    if view.gap:
        heading = next(c.field.heading for c in COLUMNS[view.kind] if c.key == view.gap)
        parts.append(gettext("缺“{heading}”").format(heading=heading))
    if view.finding:
        parts.append(gettext(view.finding.label))
    if view.kind is Kind.CONTRACT:
        parts.append(str(DUE_NAMES[view.due]))
    return "；".join(parts)


def frame_of(kind: Kind, rows: Sequence[Row]) -> pd.DataFrame:
    """Return rows under the headings of the readers, unknown left empty."""
    columns: dict[str, Any] = {}
    for column in COLUMNS[kind]:
        code = f"v_{column.key}_code"
        is_thing = bool(rows) and code in rows[0] and not column.is_editable
        if is_thing:
            columns[column.heading] = [row[code] for row in rows]
            columns[NAME_OF_THING] = [row[f"v_{column.key}"] for row in rows]
        else:
            columns[column.heading] = _values(column, rows)
    return pd.DataFrame(columns)


def _values(column: Column, rows: Sequence[Row]) -> Any:
    if column.field.reads in NUMBERS:
        dtype = "Int64" if column.field.reads in WHOLE_NUMBERS else "Float64"
        return pd.Series([row[f"v_{column.key}"] for row in rows], dtype=dtype)
    return [_text(column, row) for row in rows]


def _text(column: Column, row: Row) -> str:
    value = row[f"v_{column.key}"]
    if isinstance(value, list):
        return "、".join(value)
    return "" if is_unknown(value) else typed(column, row)


def _members(kind: str, frame: pd.DataFrame, notices: Notices) -> dict[str, bytes]:
    safe = frame.apply(lambda values: values.map(guarded) if is_text_column(values) else values)
    table = safe.to_csv(index=False, lineterminator="\r\n")
    return {
        f"{kind}.csv": table.encode("utf-8-sig"),
        "说明.txt": notices.text().encode("utf-8-sig"),
    }
