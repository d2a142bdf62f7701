"""Shapefiles, zipped or loose: geometry by GDAL, attributes by our own strict reader."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from geo.errors import Fault, InputError, gettext_noop

from . import archives
from .dbf import Attributes, read_dbf
from .gdal import read_layer
from .layers import choose_layer, without_survey
from .parsed import Format, Job, Parsed
from .parts import grouped, of_job

PART_MISSING = gettext_noop("图层“{layer}”缺少 {parts} 文件。请把同名的各个文件一起压缩为 zip。")
NOT_A_SHAPEFILE = gettext_noop(".shp 文件的内容不是 Shapefile，或已损坏。")
ROWS_DIFFER = gettext_noop("属性表有 {rows} 行，图形却有 {figures} 个；.shp 与 .dbf 不是一套文件。")

ENDINGS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NEEDED = (".shx", ".dbf")
_MAGIC = b"\x00\x00\x27\x0a"


def layers_of(members: dict[str, ZipInfo]) -> dict[str, dict[str, ZipInfo]]:
    """Return the parts of each shapefile in a zip, by the layer's readable name."""
    groups = grouped(members, ENDINGS)
    return {layer: parts for layer, parts in groups.items() if ".shp" in parts}


def unpacked(
    job: Job, archive: ZipFile, layers: dict[str, dict[str, ZipInfo]]
) -> Callable[[], Parsed]:
    """Unpack one shapefile of a zip, and return what parses it."""
    kept, notices = without_survey(layers) if job.layer is None else (list(layers), [])
    layer = choose_layer(kept, job.layer)
    _unpack(archive, layers[layer], Path(job.folder), layer)
    return partial(_parse, job, layer, notices)


def parse_loose(job: Job) -> Parsed:
    """Read a shapefile that lies with its parts in the job's folder."""
    parts = of_job(job, ENDINGS)
    _refuse_missing(job.stem, list(parts))
    for part, path in parts.items():
        shutil.move(path, _target(Path(job.folder), part))
    return _parse(job, choose_layer([job.stem], None), [])


def _unpack(archive: ZipFile, parts: dict[str, ZipInfo], folder: Path, layer: str) -> None:
    _refuse_missing(layer, list(parts))
    for part, member in parts.items():
        archives.unpack(archive, member, _target(folder, part))


def _refuse_missing(layer: str, parts: list[str]) -> None:
    if missing := [part for part in _NEEDED if part not in parts]:
        raise InputError(Fault(PART_MISSING, {"layer": layer, "parts": "、".join(missing)}))


def _target(folder: Path, part: str) -> Path:
    """Return where a part goes: the table apart, so that GDAL reads the geometry alone."""
    target = folder / ("table" if part in {".dbf", ".cpg"} else "shape") / f"layer{part}"
    target.parent.mkdir(exist_ok=True)
    return target


def _parse(job: Job, layer: str, notices: list[Fault]) -> Parsed:
    shape = _target(Path(job.folder), ".shp")
    with shape.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise InputError(NOT_A_SHAPEFILE)
    table = _attributes(job)
    content = read_layer(str(shape), None, with_attributes=False)
    if len(content.figures) != len(table.is_deleted):
        values = {"rows": len(table.is_deleted), "figures": len(content.figures)}
        raise InputError(Fault(ROWS_DIFFER, values))
    kept = [i for i, deleted in enumerate(table.is_deleted) if not deleted]
    return Parsed(
        format=Format.SHAPEFILE,
        layer=layer,
        encoding=table.encoding,
        columns=table.columns,
        cells=[[column[i] for i in kept] for column in table.cells],
        rows=[i + 1 for i in kept],
        figures=[content.figures[i] for i in kept],
        crs=content.crs,
        notices=[*notices, *table.notices],
        cut_columns=table.cut,
    )


def _attributes(job: Job) -> Attributes:
    folder = Path(job.folder)
    page = _target(folder, ".cpg")
    declared = page.read_bytes()[:40].decode("latin-1") if page.is_file() else ""
    return read_dbf(_target(folder, ".dbf").read_bytes(), declared=declared, wanted=job.encoding)
