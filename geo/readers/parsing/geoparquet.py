"""GeoParquet by pyarrow: one table with a column of WKB and what is said about it."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from geo.errors import Fault, InputError, gettext_noop

from . import limits
from .geojson import TOO_MANY_IN_FILE, as_cell
from .parsed import Cell, Figure, Format, Job, Parsed
from .wkb import figure_of_wkb

NOT_PARQUET = gettext_noop("文件的内容不是 GeoParquet，或已损坏。")
NOT_GEO = gettext_noop(
    "文件是普通的 Parquet，没有说明哪一列是图形。请另存为 GeoParquet 或 GeoPackage。"
)
OTHER_ENCODING = gettext_noop("GeoParquet 的图形编码“{encoding}”不支持。请以 WKB 编码另存。")
TOO_MANY_FEATURES = gettext_noop("文件超过 {limit} 个要素。请拆分后再导入。")


def parse_geoparquet(job: Job) -> Parsed:
    """Read the features of a GeoParquet file."""
    try:
        with pq.ParquetFile(job.path) as file:
            said = _said(file.schema_arrow)
            if file.metadata.num_rows > limits.FEATURES:
                raise InputError(Fault(TOO_MANY_FEATURES, {"limit": limits.FEATURES}))
            table = file.read(use_threads=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError):
        raise InputError(NOT_PARQUET) from None
    return _parsed(job, table, said)


def _said(schema: Any) -> dict[str, Any]:
    """Return what the file says about its main column of geometry."""
    try:
        document = json.loads((schema.metadata or {})[b"geo"])
        name = document["primary_column"]
        told = document["columns"][name] | {"name": name}
    except (KeyError, TypeError, ValueError, RecursionError):
        raise InputError(NOT_GEO) from None
    if told.get("encoding") != "WKB":
        raise InputError(Fault(OTHER_ENCODING, {"encoding": str(told.get("encoding"))[:40]}))
    if name not in schema.names:
        raise InputError(NOT_GEO)
    return dict(told)


def _parsed(job: Job, table: Any, said: dict[str, Any]) -> Parsed:
    figures = _figures(table.column(said["name"]))
    columns = [str(name) for name in table.column_names if name not in {said["name"], "bbox"}]
    return Parsed(
        format=Format.GEOPARQUET,
        layer=job.stem,
        encoding="utf-8",
        columns=columns,
        cells=[[_cell(value) for value in table.column(name).to_pylist()] for name in columns],
        rows=list(range(1, table.num_rows + 1)),
        figures=figures,
        crs=_crs(said),
    )


def _figures(column: Any) -> list[Figure]:
    values = column.to_pylist()
    if not all(value is None or isinstance(value, bytes) for value in values):
        raise InputError(NOT_PARQUET)
    figures = [figure_of_wkb(value) for value in values]
    if sum(figure.points for figure in figures) > limits.POINTS_PER_FILE:
        raise InputError(Fault(TOO_MANY_IN_FILE, {"limit": limits.POINTS_PER_FILE}))
    return figures


def _cell(value: Any) -> Cell:
    return None if isinstance(value, bytes) or value != value else as_cell(value)  # noqa: PLR0124 (NaN)


def _crs(said: dict[str, Any]) -> str:
    """Return the CRS by its number: absent means longitude and latitude of WGS84."""
    if "crs" not in said:
        return "EPSG:4326"
    crs = said["crs"]
    known = crs.get("id") if isinstance(crs, dict) else None
    if not isinstance(known, dict):
        return str(crs.get("name", crs)) if isinstance(crs, dict) else str(crs or "")
    is_lonlat = (known.get("authority"), known.get("code")) == ("OGC", "CRS84")
    return "EPSG:4326" if is_lonlat else f"EPSG:{known.get('code')}"
