"""Zones as a zipped shapefile that ArcGIS, SuperMap, CASS and QGIS read without a question."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.errors import Fault, InputError, gettext_noop
from maps.exports.cells import cells_of
from maps.exports.columns import plain_column
from maps.exports.fields import Field, field_of, short_names
from maps.exports.polygons import in_crs, polygons_only
from maps.notices import Notices

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
ENCODINGS = ("utf-8", "gbk")
EXPORT_SRIDS = (4490, *range(4513, 4555))
"""CGCS2000 in degrees, and its 3-degree Gauss-Krüger zones with and without zone number."""
FIELD_TABLE = (
    gettext_noop("字段"),
    gettext_noop("名称"),
    gettext_noop("单位"),
    gettext_noop("内部名称"),
    gettext_noop("取值"),
)
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""The same bytes whenever it is written; the true date stands in 说明.txt."""


def write_shapefile_zip(
    frame: gpd.GeoDataFrame,
    path: Path,
    notices: Notices,
    *,
    layer: str = "zones",
    srid: int = 4490,
    encoding: str = "utf-8",
) -> tuple[Fault, ...]:
    """Write the layer's five parts, 字段说明.csv and 说明.txt; return what had to be changed.

    Parameters
    ----------
    frame
        Polygons in any declared CRS; other geometries are reported.
    path
        The .zip to write.
    notices
        What 说明.txt says.
    layer
        ASCII base name of the parts, and the sense in which fields are read.
    srid
        One of `EXPORT_SRIDS`.
    encoding
        "utf-8", or "gbk" for programs that know nothing else.
    """
    _check(layer, srid, encoding)
    flat, shape_faults = polygons_only(frame)
    known = {str(key): field_of(str(key), layer=layer) for key in _attributes(flat)}
    cells = {
        key: cells_of(plain_column(flat[key], field), key, field, encoding)
        for key, field in known.items()
    }
    faults = [*shape_faults, *(fault for each in cells.values() for fault in each.faults)]
    fields = {part: field for key, field in known.items() for part, field in cells[key].named(key)}
    names = short_names(fields, layer=layer)
    columns = [values for each in cells.values() for values in each.parts]
    table = pd.DataFrame(dict(zip(names.values(), columns, strict=True)))
    shapes = in_crs(gpd.GeoDataFrame(table, geometry=flat.geometry, crs=flat.crs), srid)
    members = _parts(shapes, layer, encoding, notices)
    members["字段说明.csv"] = field_table(fields, names)
    remarks = tuple(fault.sentence() for fault in faults)
    members["说明.txt"] = notices.text(remarks).encode("utf-8-sig")
    write_zip(path, members)
    return tuple(faults)


def field_table(fields: Mapping[str, Field], names: Mapping[str, str]) -> bytes:
    """Return 字段说明.csv: short name, heading, unit, key and words of every field."""
    rows = [list(FIELD_TABLE)]
    for key, field in fields.items():
        words = "；".join(f"{stored}={word}" for stored, word in field.words.items())
        rows.append([names[key], field.heading, field.unit, key, words])
    table = io.StringIO()
    csv.writer(table, lineterminator="\r\n").writerows(rows)
    return table.getvalue().encode("utf-8-sig")


def write_zip(path: Path, members: Mapping[str, bytes]) -> None:
    """Write the members in their order, the same bytes whenever it is written."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, ZIP_DATE)
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)


def _check(layer: str, srid: int, encoding: str) -> None:
    faults = []
    if not (layer.isascii() and layer.isidentifier()):
        faults.append(
            Fault(
                gettext_noop("文件名“{layer}”不能用；只用英文字母、数字和下划线。"),
                {"layer": layer},
            )
        )
    if srid not in EXPORT_SRIDS:
        faults.append(
            Fault(
                gettext_noop("坐标系 EPSG:{srid} 不能用；可用 4490 和 4513 至 4554。"),
                {"srid": srid},
            )
        )
    if encoding not in ENCODINGS:
        faults.append(
            Fault(
                gettext_noop("编码“{encoding}”不能用；可用 utf-8 和 gbk。"),
                {"encoding": encoding},
            )
        )
    if faults:
        raise InputError(*faults)


def _attributes(frame: gpd.GeoDataFrame) -> list[str]:
    return [key for key in frame.columns if key != frame.geometry.name]


def _parts(
    shapes: gpd.GeoDataFrame, layer: str, encoding: str, notices: Notices
) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        pyogrio.write_dataframe(
            shapes,
            Path(folder, f"{layer}.shp"),
            driver="ESRI Shapefile",
            encoding=encoding.upper(),
            geometry_type="Polygon",
            # else the .dbf would carry the day of writing
            layer_options={"DBF_DATE_LAST_UPDATE": notices.data_date.isoformat()},
        )
        return {f"{layer}{part}": Path(folder, f"{layer}{part}").read_bytes() for part in PARTS}
