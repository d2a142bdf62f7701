"""KML by a parser that knows no DOCTYPE: placemarks in folders, always longitude and latitude."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree as SafeXml
from defusedxml.common import DefusedXmlException

from geo.errors import Fault, InputError, gettext_noop

from . import limits
from .figures import NOT_NUMBERS, WKB_TYPES, figure_of, wrong_type
from .geojson import TOO_MANY_IN_FILE
from .layers import choose_layer, without_survey
from .parsed import Cell, Figure, Format, Job, Parsed
from .texts import codec_name, decode_file, read_bytes

BROKEN = gettext_noop("第 {line} 行处不是有效的 XML，文件不是 KML 或已损坏。")
DOCTYPE = gettext_noop("文件含有 DOCTYPE 或实体声明，不是正常的 KML 文件，已拒绝。")
NO_PLACEMARKS = gettext_noop("KML 中没有任何地标（Placemark）。")
WHOSE_DEGREES = gettext_noop(
    "KML 按 WGS84 读取。如由奥维、高德、百度等地图导出，坐标可能已偏移，请核对坐标基准。"
)

FOLDER = "文件夹"
"""Heading of the column that says in which folder a placemark lies."""
_DECLARATION = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.\-]{1,40})[\"']"
)
_XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
_SHAPES = frozenset({"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry"})
_OTHER_SHAPES = frozenset({"Model", "Track", "MultiTrack"})
_PLAIN = ("name", "address")
_RING = "outerBoundaryIs", "innerBoundaryIs"


def parse_kml(job: Job) -> Parsed:
    """Read the placemarks of a KML; of several folders those that belong together."""
    text, encoding = _text(job)
    marks = list(_placemarks(_root(text), ""))
    if not marks:
        raise InputError(NO_PLACEMARKS)
    notices = [Fault(WHOSE_DEGREES)]
    layer, marks, more = _of_layer(job, marks)
    figures = [_figure(mark) for _, mark in marks]
    if sum(figure.points for figure in figures) > limits.POINTS_PER_FILE:
        raise InputError(Fault(TOO_MANY_IN_FILE, {"limit": limits.POINTS_PER_FILE}))
    rows = [_attributes(folder, mark) for folder, mark in marks]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return Parsed(
        format=Format.KML,
        layer=layer,
        encoding=encoding,
        columns=columns,
        cells=[[row.get(name) for row in rows] for name in columns],
        rows=list(range(1, len(rows) + 1)),
        figures=figures,
        crs="EPSG:4326",
        notices=[*notices, *more],
    )


def _text(job: Job) -> tuple[str, str]:
    """Return the text, which expat would not read from GBK itself."""
    content = read_bytes(job.path)
    said = _DECLARATION.match(content)
    wanted = job.encoding or (codec_name(said[1].decode("ascii")) if said else None)
    text, encoding, _ = decode_file(content, wanted)
    return _XML_HEAD.sub("", text), encoding


def _root(text: str) -> Element:
    try:
        root: Element = SafeXml.fromstring(text, forbid_dtd=True)
    except DefusedXmlException:
        raise InputError(DOCTYPE) from None
    except ParseError as error:
        raise InputError(Fault(BROKEN, {"line": error.position[0]})) from None
    return root


def _placemarks(root: Element, folder: str) -> Iterator[tuple[str, Element]]:
    """Yield placemarks with the path of their folder, without recursion."""
    pending = [(folder, root)]
    while pending:
        folder, element = pending.pop()
        for child in reversed(element):
            kind = _tag(child)
            if kind in {"Folder", "Document"}:
                inner = _said(child, "name") if kind == "Folder" else ""
                pending.append(("/".join(filter(None, (folder, inner))), child))
            elif kind == "Placemark":
                pending.append((folder, child))
        if _tag(element) == "Placemark":
            yield folder, element


def _of_layer(
    job: Job, marks: list[tuple[str, Element]]
) -> tuple[str, list[tuple[str, Element]], list[Fault]]:
    """Return the folder that is meant; folders of shapes of one family are read together."""
    folders = list(dict.fromkeys(folder for folder, _ in marks))
    if job.layer is not None:
        layer = choose_layer(folders, job.layer)
        return layer, [mark for mark in marks if mark[0] == layer], []
    kept, notices = without_survey(folders)
    marks = [mark for mark in marks if mark[0] in kept]
    if len(kept) > 1 and len({_family(mark) for _, mark in marks}) > 1:
        choose_layer(kept, None)
    return kept[0] if len(kept) == 1 and kept[0] else job.stem, marks, notices


def _family(mark: Element) -> str:
    shapes = [_tag(part) for part in mark.iter() if _tag(part) in _SHAPES - {"MultiGeometry"}]
    rings = {"LinearRing"} if "Polygon" in shapes else set()
    return "、".join(sorted(set(shapes) - rings))


def _attributes(folder: str, mark: Element) -> dict[str, Cell]:
    plain = {name: _said(mark, name) for name in _PLAIN}
    more = {
        str(part.get("name")): _said(part, "value") if _tag(part) == "Data" else _own(part)
        for part in mark.iter()
        if _tag(part) in {"Data", "SimpleData"} and part.get("name")
    }
    told = plain | more | {FOLDER: folder}
    return {name: value for name, value in told.items() if value}


def _figure(mark: Element) -> Figure:
    shapes = [part for part in mark if _tag(part) in _SHAPES | _OTHER_SHAPES]
    if not shapes:
        return Figure()
    parts = list(_flat(shapes[0]))
    kinds = {kind for kind, _ in parts}
    if len(kinds) != 1:
        return Figure(trouble=wrong_type("GeometryCollection"))
    (kind,) = kinds
    if kind not in WKB_TYPES:
        return Figure(trouble=wrong_type(kind))
    try:
        coordinates = [_coordinates(kind, part) for _, part in parts]
    except ValueError:
        return Figure(trouble=Fault(NOT_NUMBERS))
    return (
        figure_of(f"Multi{kind}", coordinates)
        if len(parts) > 1
        else figure_of(kind, coordinates[0])
    )


def _flat(shape: Element) -> Iterator[tuple[str, Element]]:
    """Yield the single shapes of a shape with GeoJSON's word for each."""
    pending = [shape]
    while pending:
        part = pending.pop()
        if _tag(part) == "MultiGeometry":
            pending.extend(child for child in reversed(part) if _tag(child) in _SHAPES)
        else:
            yield {"LinearRing": "LineString"}.get(_tag(part), _tag(part)), part


def _coordinates(kind: str, shape: Element) -> Any:
    if kind == "Point":
        return next(iter(_points(shape)), None)
    if kind == "LineString":
        return _points(shape)
    bounds = {name: [part for part in shape if _tag(part) == name] for name in _RING}
    return [_points(part) for name in _RING for part in bounds[name]]


def _points(shape: Element) -> list[list[float]]:
    """Return longitude and latitude; the height only where there is any."""
    text = next((part.text or "" for part in shape.iter() if _tag(part) == "coordinates"), "")
    points = [[float(number) for number in point.split(",")] for point in text.split()]
    is_flat = all(point[2:] in ([], [0.0]) for point in points)
    return [point[:2] for point in points] if is_flat else points


def _said(element: Element, name: str) -> str:
    return next((_own(child) for child in element if _tag(child) == name), "")


def _own(element: Element) -> str:
    return (element.text or "").strip()


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
