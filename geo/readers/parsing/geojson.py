"""GeoJSON, and the near-GeoJSON of web scrapers, by Python's own parser: GDAL never sees it."""

import json
import re
from collections.abc import Iterable
from typing import Any

from geo.errors import Fault, InputError, gettext_noop

from . import limits
from .figures import WKB_TYPES, combined, figure_of, wrong_type
from .parsed import Cell, Figure, Format, Job, Parsed
from .texts import decode_file, read_bytes

BROKEN = gettext_noop("第 {line} 行第 {column} 个字符处不是有效的 JSON。")
TOO_DEEP = gettext_noop("括号嵌套过深，不是正常的 GeoJSON 文件。")
NOT_GEOJSON = gettext_noop(
    "内容不是 GeoJSON。请选择由 FeatureCollection、Feature 或图形组成的文件。"
)
NOT_A_FEATURE = gettext_noop("这一项不是 GeoJSON 要素。")
NO_FEATURES = gettext_noop("文件中没有任何要素。")
BARE_ARRAY = gettext_noop("文件是未加 FeatureCollection 外壳的 JSON 数组，已按要素逐项读取。")
FOREIGN_CRS = gettext_noop(
    "文件的 crs 不是以 EPSG 编号写明的坐标系。请改为 EPSG:4490 等编号，或用 --crs 指明。"
)
TOO_MANY_IN_FILE = gettext_noop("文件的顶点总数超过上限 {limit} 个。请拆分文件或先简化图形再导入。")

_EPSG = re.compile(r"(?:urn:ogc:def:crs:)?EPSG:[\d.]*:?(?P<srid>\d{4,5})", re.IGNORECASE)
_CRS84 = re.compile(r"(?:urn:ogc:def:crs:)?OGC:[\d.]*:?CRS84", re.IGNORECASE)


def parse_geojson(job: Job) -> Parsed:
    """Read the features of a GeoJSON file."""
    text, encoding, notices = decode_file(read_bytes(job.path), job.encoding)
    document = _loaded(text)
    members, is_bare = _members(document)
    if not members:
        raise InputError(NO_FEATURES)
    figures, properties = _walked(members)
    columns = list(dict.fromkeys(name for row in properties for name in row))
    return Parsed(
        format=Format.GEOJSON,
        layer=job.stem,
        encoding=encoding,
        columns=columns,
        cells=[[as_cell(row.get(name)) for row in properties] for name in columns],
        rows=list(range(1, len(members) + 1)),
        figures=figures,
        crs=_crs(document),
        notices=[*notices, *([Fault(BARE_ARRAY)] if is_bare else [])],
    )


class _PointCount:
    """Turns each geometry into a figure as it is read: nested lists never fill the memory."""

    def __init__(self) -> None:
        self.points = 0

    def __call__(self, members: dict[str, Any]) -> Any:
        if members.get("type") == "GeometryCollection" and "properties" not in members:
            inner = members.get("geometries")
            return combined(inner) if isinstance(inner, list) else members
        if members.get("type") not in WKB_TYPES or "coordinates" not in members:
            return members
        figure = figure_of(members["type"], members["coordinates"])
        self.points += figure.points
        if self.points > limits.POINTS_PER_FILE:
            raise InputError(Fault(TOO_MANY_IN_FILE, {"limit": limits.POINTS_PER_FILE}))
        return figure


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, object_hook=_PointCount())
    except json.JSONDecodeError as error:
        values = {"line": error.lineno, "column": error.colno}
        raise InputError(Fault(BROKEN, values)) from None
    except RecursionError:
        raise InputError(TOO_DEEP) from None
    except (ValueError, TypeError):  # a number of thousands of digits; a type that is a list
        raise InputError(NOT_GEOJSON) from None


def _members(document: Any) -> tuple[list[Any], bool]:
    """Return the features, and whether they stood in a bare array."""
    if isinstance(document, list):
        return document, True
    if isinstance(document, Figure):
        return [document], False
    if not isinstance(document, dict):
        raise InputError(NOT_GEOJSON)
    if document.get("type") == "Feature":
        return [document], False
    features = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise InputError(NOT_GEOJSON)
    return features, False


def _walked(members: Iterable[Any]) -> tuple[list[Figure], list[dict[str, Any]]]:
    figures, properties = [], []
    for member in members:
        figures.append(_figure(member))
        row = member.get("properties") if isinstance(member, dict) else None
        properties.append(row if isinstance(row, dict) else {})
    return figures, properties


def _figure(member: Any) -> Figure:
    if isinstance(member, Figure):
        return member
    if not isinstance(member, dict) or "geometry" not in member:
        return Figure(trouble=Fault(NOT_A_FEATURE))
    geometry = member["geometry"]
    if geometry is None:
        return Figure()
    if isinstance(geometry, Figure):
        return geometry
    kind = geometry.get("type") if isinstance(geometry, dict) else geometry
    return Figure(trouble=wrong_type(kind))


def _crs(document: Any) -> str:
    """Return the CRS that the file names; a link is never followed."""
    crs = document.get("crs") if isinstance(document, dict) else None
    if crs is None:
        return "EPSG:4326"
    named = crs.get("properties") if isinstance(crs, dict) and crs.get("type") == "name" else None
    name = str(named.get("name")) if isinstance(named, dict) else ""
    if _CRS84.fullmatch(name):
        return "EPSG:4326"
    found = _EPSG.fullmatch(name)
    if found is None:
        raise InputError(FOREIGN_CRS)
    return f"EPSG:{found['srid']}"


def as_cell(value: Any) -> Cell:
    """Return an attribute as a cell; what is nested becomes its JSON."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)[: limits.CELL_CHARACTERS + 1]
