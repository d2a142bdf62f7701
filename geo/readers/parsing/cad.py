"""DXF drawings, as survey offices make them with CASS: one layer, its closed lines, its texts."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
from numpy.typing import NDArray

from geo.errors import Fault, InputError, gettext_noop

from .gdal import LayerContent, read_layer
from .inside import inside
from .layers import choose_layer, without_survey
from .parsed import Cell, Figure, Format, Job, Parsed
from .texts import GB, UTF8, decode_file, read_bytes

NOT_DXF = gettext_noop("文件的内容不是 DXF 图纸，或已损坏。")
BINARY = gettext_noop("二进制 DXF 不能导入。请在 CAD 中另存为文本（ASCII）格式的 DXF。")
NO_ENTITIES = gettext_noop("图纸中没有可以导入的图形。")
CLOSED = gettext_noop("{count} 条闭合线已按面读取。")
OPEN = gettext_noop(
    "图层“{layer}”有 {count} 条线没有闭合，另有 {closed} 个面；没有闭合的线没有读取。"
)
TEXTS = gettext_noop("已把落在面内的文字填入“注记”列：{count} 个面。")

CASS = {
    "JZD": gettext_noop("界址线"),
    "JMD": gettext_noop("居民地"),
    "DLSS": gettext_noop("道路"),
    "SXSS": gettext_noop("水系"),
    "DLDW": gettext_noop("独立地物"),
    "GXYZ": gettext_noop("管线"),
    "DMTZ": gettext_noop("地貌"),
    "ZBTZ": gettext_noop("植被"),
    "JJ": gettext_noop("境界"),
    "ZJ": gettext_noop("注记"),
    "TK": gettext_noop("图框"),
}
"""Layers of CASS drawings and what is drawn on them."""
SHAPES = {1: gettext_noop("点"), 2: gettext_noop("线"), 3: gettext_noop("面")}
TEXT = "注记"
_LAYER, _PAPER, _TEXT = "Layer", "PaperSpace", "Text"
_BINARY = b"AutoCAD Binary DXF"
_START = re.compile(r"\s*(?:999\s*?\n.*\n)*\s*0\s*\n\s*SECTION\s*\n")
_HEAD_CHARACTERS = 100_000
_VARIABLE = r"\${name}\s*\n\s*\d\s*\n\s*(?P<value>\S+)"
_UNICODE_SINCE = "AC1021"
_POINT, _LINE, _POLYGON = 1, 2, 3
_FEWEST = 4


def parse_dxf(job: Job) -> Parsed:
    """Read one layer of a drawing; closed lines are polygons."""
    encoding, notices = _made_utf8(job)
    content = read_layer(job.path, None, with_attributes=True)
    names, spaces, texts = (_column(content, name) for name in (_LAYER, _PAPER, _TEXT))
    drawn = [i for i, space in enumerate(spaces) if not space]
    figures = {i: _closed(content.figures[i]) for i in drawn}
    layer, more = _chosen(job, [(str(names[i]), figures[i], texts[i]) for i in drawn])
    mine = [i for i in drawn if str(names[i]) == layer and not texts[i]]
    mine, left = _alike(mine, figures, layer)
    marks = [(str(texts[i]), figures[i]) for i in drawn if texts[i]]
    written = _texts_within([figures[i] for i in mine], marks)
    filled = sum(text is not None for text in written)
    counts = ((CLOSED, _count_closed(mine, figures, content)), (TEXTS, filled))
    return Parsed(
        format=Format.DXF,
        layer=layer,
        encoding=encoding,
        columns=[TEXT],
        cells=[written],
        rows=list(range(1, len(mine) + 1)),
        figures=[figures[i] for i in mine],
        notices=[*notices, *more, *left, *(Fault(t, {"count": n}) for t, n in counts if n)],
    )


def _made_utf8(job: Job) -> tuple[str, list[Fault]]:
    """Write the drawing anew as UTF-8: GDAL would guess what it does not say, and replace."""
    content = read_bytes(job.path)
    if content.startswith(_BINARY):
        raise InputError(BINARY)
    text, encoding, notices = decode_file(content, job.encoding or _says(content))
    text = text.replace("\r\n", "\n")
    if not _START.match(text[:_HEAD_CHARACTERS]):
        raise InputError(NOT_DXF)
    Path(job.path).write_text(text, "utf-8")
    pyogrio.set_gdal_config_options({"DXF_ENCODING": "UTF-8"})
    return encoding, notices


def _says(content: bytes) -> str | None:
    """Return the encoding that the header says; None where it says nothing of use."""
    head = content[:_HEAD_CHARACTERS].decode("latin-1").replace("\r\n", "\n")
    version, page = (_variable(head, name) for name in ("ACADVER", "DWGCODEPAGE"))
    if version >= _UNICODE_SINCE:
        return UTF8
    return {"ANSI_936": GB, "GB2312": GB, "ANSI_950": "big5"}.get(page.upper())


def _variable(head: str, name: str) -> str:
    found = re.search(_VARIABLE.format(name=name), head)
    return found["value"] if found else ""


def _column(content: LayerContent, name: str) -> list[Cell]:
    return content.cells[content.columns.index(name)]


def _closed(figure: Figure) -> Figure:
    """Return a closed line as the polygon that it bounds."""
    points = _points(figure)
    if points is None or len(points) < _FEWEST or tuple(points[0]) != tuple(points[-1]):
        return figure
    head = b"\x01" + np.array([_POLYGON, 1], "<u4").tobytes()
    wkb = head + (figure.wkb or b"")[5:]
    return Figure(wkb=wkb, points=figure.points, has_height=figure.has_height)


def _kind(figure: Figure) -> int:
    return 0 if figure.wkb is None else int.from_bytes(figure.wkb[1:5], "little")


def _points(figure: Figure) -> NDArray[np.float64] | None:
    """Return the points of a line, None of anything else."""
    if figure.wkb is None or _kind(figure) != _LINE:
        return None
    return np.frombuffer(figure.wkb, "<f8", offset=9).reshape(-1, 2)


def _ring(figure: Figure) -> NDArray[np.float64]:
    """Return the outer ring of a polygon."""
    wkb = figure.wkb or b""
    number = int.from_bytes(wkb[9:13], "little")
    return np.frombuffer(wkb, "<f8", number * 2, 13).reshape(-1, 2)


def _chosen(job: Job, entities: Sequence[tuple[str, Figure, Cell]]) -> tuple[str, list[Fault]]:
    """Return the layer that is meant; those of texts alone are none."""
    drawn = [(layer, figure) for layer, figure, text in entities if not text and figure != Figure()]
    if not drawn:
        raise InputError(NO_ENTITIES)
    layers = list(dict.fromkeys(layer for layer, _ in drawn))
    kept, notices = without_survey(layers)
    counts = Counter((layer, _kind(figure)) for layer, figure in drawn)
    if job.layer is not None:
        return choose_layer(layers, job.layer), notices
    return choose_layer(kept, None, {layer: _told(layer, counts) for layer in kept}), notices


def _told(layer: str, counts: Mapping[tuple[str, int], int]) -> str:
    """Say what is drawn on a layer: 居民地，124 面."""
    shapes = [f"{counts[layer, k]} {name}" for k, name in SHAPES.items() if counts[layer, k]]
    known = CASS.get(layer.upper())
    return "，".join([*([known] if known else []), *shapes])


def _alike(
    mine: list[int], figures: Mapping[int, Figure], layer: str
) -> tuple[list[int], list[Fault]]:
    """Leave out the open lines of a layer of polygons, and say so."""
    areas = [i for i in mine if _kind(figures[i]) == _POLYGON]
    lines = [i for i in mine if _kind(figures[i]) == _LINE]
    if not areas or not lines:
        return mine, []
    told = {"layer": layer, "count": len(lines), "closed": len(areas)}
    return [i for i in mine if i not in set(lines)], [Fault(OPEN, told)]


def _count_closed(mine: list[int], figures: Mapping[int, Figure], content: LayerContent) -> int:
    return sum(figures[i] is not content.figures[i] for i in mine)


def _texts_within(areas: Sequence[Figure], marks: Sequence[tuple[str, Figure]]) -> list[Cell]:
    """Return the texts that stand within each polygon, in the order of the drawing."""
    placed = [(text, figure.wkb) for text, figure in marks if _kind(figure) == _POINT]
    if not placed:
        return [None] * len(areas)
    spots = np.array([np.frombuffer(wkb or b"", "<f8", 2, 5) for _, wkb in placed])
    written: list[Cell] = []
    for area in areas:
        hits = _within(spots, area) if _kind(area) == _POLYGON else []
        written.append("、".join(dict.fromkeys(placed[i][0].strip() for i in hits)) or None)
    return written


def _within(spots: NDArray[np.float64], area: Figure) -> Any:
    ring = _ring(area)
    near = np.flatnonzero(((spots >= ring.min(0)) & (spots <= ring.max(0))).all(axis=1))
    return near[inside(spots[near], ring)]
