"""Layers as tables for people: CSV for every program, XLSX for the meeting."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import xlsxwriter

from geo.errors import Fault, gettext_noop
from maps.exports.columns import guarded, is_text_column, plain_column
from maps.exports.fields import Field, field_of, short_names
from maps.exports.polygons import representative_lonlat
from maps.exports.rows import write_about
from maps.exports.shapefile import field_table, write_zip
from maps.notices import Notices

CELL_CHARACTERS = 32_767
"""What Excel holds in a cell; XlsxWriter would leave a longer text out."""
WIDEST, NARROWEST = 48, 10
SAFE_WORKBOOK = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
}


def write_csv_zip(
    frame: gpd.GeoDataFrame | pd.DataFrame, path: Path, notices: Notices, *, layer: str = "zones"
) -> None:
    """Write a zip with LAYER.csv (UTF-8 with BOM, CRLF), 字段说明.csv and 说明.txt.

    Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay.
    """
    fields, columns = _plain(frame, layer)
    safe = {
        key: values.map(guarded) if is_text_column(values) else values
        for key, values in columns.items()
    }
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow([field.title for field in fields.values()])
    for row in zip(*safe.values(), strict=True):
        writer.writerow(["" if pd.isna(value) else value for value in row])
    members = {
        f"{layer}.csv": table.getvalue().encode("utf-8-sig"),
        "字段说明.csv": field_table(fields, short_names(fields, layer=layer)),
        "说明.txt": notices.text().encode("utf-8-sig"),
    }
    write_zip(path, members)


def write_xlsx(
    layers: Mapping[str, gpd.GeoDataFrame | pd.DataFrame], path: Path, notices: Notices
) -> tuple[Fault, ...]:
    """Write a sheet per layer and the sheet 说明; return which cells were cut.

    `layers` maps the title of a sheet to its rows.
    """
    faults: list[Fault] = []
    with xlsxwriter.Workbook(path, SAFE_WORKBOOK) as book:
        for title, frame in layers.items():
            faults += _write_sheet(book, title, frame)
        write_about(book, notices)
    return tuple(faults)


def _plain(
    frame: gpd.GeoDataFrame | pd.DataFrame, layer: str
) -> tuple[dict[str, Field], dict[str, "pd.Series[Any]"]]:
    """Return fields and columns; geometry becomes the longitude and latitude of a point inside."""
    table = pd.DataFrame(frame)
    if isinstance(frame, gpd.GeoDataFrame):
        table = table.drop(columns=frame.geometry.name)
        table[["lon", "lat"]] = representative_lonlat(frame).round(7)
    fields = {str(key): field_of(str(key), layer=layer) for key in table.columns}
    return fields, {key: plain_column(table[key], field) for key, field in fields.items()}


def _write_sheet(
    book: xlsxwriter.Workbook, title: str, frame: gpd.GeoDataFrame | pd.DataFrame
) -> list[Fault]:
    fields, columns = _plain(frame, LAYER_OF_SHEET.get(title, ""))
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4"})
    for place, (key, field) in enumerate(fields.items()):
        look = book.add_format({"num_format": _number_format(field)})
        sheet.set_column(place, place, _width(columns[key], field), look)
        sheet.write_string(0, place, field.heading, heading)
    faults = []
    for row, values in enumerate(zip(*columns.values(), strict=True), 1):
        for place, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(row, place, value[:CELL_CHARACTERS])
                if len(value) > CELL_CHARACTERS:
                    faults.append(_too_long(row, list(fields.values())[place].heading))
            elif not pd.isna(value):
                sheet.write_number(row, place, float(value))
    sheet.autofilter(0, 0, max(len(frame), 1), max(len(fields) - 1, 0))
    return faults


LAYER_OF_SHEET = {gettext_noop("片区"): "zones", gettext_noop("未推荐原因"): "refusals"}
"""Sheets whose fields have a sense of their own."""


def _number_format(field: Field) -> str:
    if field.is_text or not (field.unit or field.decimals):
        return "General"
    number = "#,##0" + ("." + "0" * field.decimals if field.decimals else "")
    return f'{number}" {field.unit}"' if field.unit else number


def _width(values: "pd.Series[Any]", field: Field) -> int:
    """Return the width of a column in characters; a Chinese one takes two."""
    longest = max([field.heading, *map(str, values.head(200))], key=lambda text: len(text.encode()))
    wide = sum(1 if letter.isascii() else 2 for letter in longest) + len(field.unit) * 2
    return min(max(wide + 2, NARROWEST), WIDEST)


def _too_long(row: int, column: str) -> Fault:
    text = gettext_noop("文字超过 32767 个字，Excel 放不下，已截断；")
    return Fault(text, fix=gettext_noop("完整内容见 GeoPackage。"), row=row, column=column)
