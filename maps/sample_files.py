"""A sample city as files of several formats, with the headings that clerks use.

They are read back by the same importer as anybody's files, so the formats are spread on purpose:
a GBK shapefile, GeoPackage, GeoJSON, workbooks and comma-separated text.
"""

import csv
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
import xlsxwriter

from data.sample_city import City, Table
from geo.crs import STORAGE_SRID, to_storage
from geo.errors import gettext_noop
from geo.readers.field_table import FIELDS
from geo.readers.kinds import Kind

MARK = gettext_noop("示例数据：虚构，不代表任何真实小区、企业或合同。")
YES, NO = "是", "否"

Column = list[object]
Writer = Callable[[Path, Mapping[str, Column], np.ndarray | None], None]


def write_city(city: City, folder: Path) -> dict[Kind, Path]:
    """Write every table of the city into the folder; return the file of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[Kind, Path] = {}
    for kind, (suffix, write) in FORMATS.items():
        table = city.tables.get(kind)
        if table is not None and any(table.columns.values()):
            files[kind] = folder / f"{kind}{suffix}"
            write(files[kind], headed(kind, table), placed(table, srid=city.srid))
    (folder / "README.txt").write_text(f"{city.name}\r\n{MARK}\r\n", encoding="utf-8-sig")
    return files


def headed(kind: Kind, table: Table) -> dict[str, Column]:
    """Return the table's columns under their Chinese headings, with the words of a clerk."""
    columns: dict[str, Column] = {}
    for field in FIELDS[kind]:
        words = {code: word for word, code in reversed(list(field.choices.items()))}
        for key in field.columns:
            if key in table.columns:
                heading = field.heading if key == field.key else heading_of(kind, key)
                columns[heading] = [said(value, words) for value in table.columns[key]]
    return columns


def heading_of(kind: Kind, key: str) -> str:
    """Return the Chinese heading of a key."""
    return next(field.heading for field in FIELDS[kind] if field.key == key)


def said(value: object, words: Mapping[str, str]) -> object:
    """Return a value as a clerk writes it; unknown is empty."""
    match value:
        case None:
            return None
        case bool():
            return YES if value else NO
        case date():
            return value.isoformat()
        case str():
            return words.get(value, value)
        case _:
            return value


def placed(table: Table, *, srid: int) -> np.ndarray | None:
    """Return the table's geometries in CGCS2000 longitude and latitude (EPSG:4490)."""
    return None if table.geometries is None else to_storage(table.geometries, srid)


def frame(columns: Mapping[str, Column], shapes: np.ndarray | None) -> gpd.GeoDataFrame:
    """Return columns and geometries as a frame."""
    return gpd.GeoDataFrame(dict(columns), geometry=shapes, crs=STORAGE_SRID)


def write_geopackage(path: Path, columns: Mapping[str, Column], shapes: np.ndarray | None) -> None:
    """Write a GeoPackage, anew."""
    path.unlink(missing_ok=True)
    pyogrio.write_dataframe(frame(columns, shapes), path, layer=path.stem)


def write_geojson(path: Path, columns: Mapping[str, Column], shapes: np.ndarray | None) -> None:
    """Write GeoJSON; coordinates are CGCS2000, which the format cannot say."""
    path.unlink(missing_ok=True)
    pyogrio.write_dataframe(
        frame(columns, shapes), path, driver="GeoJSON", COORDINATE_PRECISION=8, RFC7946="NO"
    )


def write_shapefile(path: Path, columns: Mapping[str, Column], shapes: np.ndarray | None) -> None:
    """Write a zipped shapefile in GBK, in which a heading may have five characters."""
    with TemporaryDirectory() as scratch:
        inside = Path(scratch) / f"{path.stem}.shp"
        pyogrio.write_dataframe(frame(columns, shapes), inside, encoding="GBK")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(scratch).iterdir()):
                archive.write(part, part.name)


def write_workbook(path: Path, columns: Mapping[str, Column], shapes: np.ndarray | None) -> None:
    """Write a workbook with a title above the headings, as they come from offices."""
    columns = with_places(columns, shapes)
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, max(1, len(columns) - 1), MARK)
        for at, (heading, values) in enumerate(columns.items()):
            sheet.write_string(1, at, heading)
            sheet.write_column(2, at, ["" if value is None else value for value in values])


def write_text(path: Path, columns: Mapping[str, Column], shapes: np.ndarray | None) -> None:
    """Write comma-separated text with the mark that Excel needs to read UTF-8."""
    columns = with_places(columns, shapes)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(columns)
        sheet.writerows(zip(*columns.values(), strict=True))


def with_places(columns: Mapping[str, Column], shapes: np.ndarray | None) -> Mapping[str, Column]:
    """Return the columns with longitude and latitude, where the rows have points."""
    if shapes is None:
        return columns
    at = [("", "") if shape is None else shapely.get_coordinates(shape)[0] for shape in shapes]
    return {**columns, "经度": [x for x, _y in at], "纬度": [y for _x, y in at]}


FORMATS: Mapping[Kind, tuple[str, Writer]] = {
    Kind.AREA: (".zip", write_shapefile),
    Kind.COMPOUND: (".geojson", write_geojson),
    Kind.BUILDING: (".gpkg", write_geopackage),
    Kind.MANAGEMENT_AREA: (".gpkg", write_geopackage),
    Kind.BARRIER: (".gpkg", write_geopackage),
    Kind.CROSSING: (".geojson", write_geojson),
    Kind.PROVIDER: (".xlsx", write_workbook),
    Kind.CONTRACT: (".csv", write_text),
    Kind.DECISION: (".xlsx", write_workbook),
    Kind.BASE: (".csv", write_text),
    Kind.BAN: (".xlsx", write_workbook),
    Kind.ROLE: (".xlsx", write_workbook),
    Kind.EVENT: (".xlsx", write_workbook),
    Kind.SCORE: (".xlsx", write_workbook),
    Kind.CHECK: (".csv", write_text),
    Kind.COLLECTION: (".csv", write_text),
}
"""In the order in which they refer to one another."""
