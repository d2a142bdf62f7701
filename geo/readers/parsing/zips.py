"""Zip archives: of what is in one, the data."""

import importlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from geo.errors import InputError, gettext_noop

from . import archives, geodatabase, limits, mapinfo, shapefile
from .layers import choose_layer
from .parsed import Job, Parsed
from .single import SINGLE

NO_DATA = gettext_noop(
    "压缩包中没有可以导入的数据。请把 .shp、.shx、.dbf、.prj 一起压缩为 zip，"
    "或压缩一个 GeoPackage、文件地理数据库（.gdb 文件夹）、MapInfo 表、KML、DXF、Excel 或 CSV。"
)

_LIKELY_NOTES = frozenset({".txt", ".csv", ".json"})
"""Endings that also go with other data as its notes."""


def parse_zip(job: Job) -> Parsed:
    """Read one layer of what a zip holds."""
    with archives.opened(job.path, members=limits.GEODATABASE_MEMBERS) as archive:
        parse = _unpacked(job, archive)
    return parse()


def parse_kmz(job: Job) -> Parsed:
    """Read the document of a KMZ; its pictures stay where they are."""
    with archives.opened(job.path, members=limits.GEODATABASE_MEMBERS) as archive:
        members = archives.files(archive)
        documents = {name: m for name, m in members.items() if _ending(name) == ".kml"}
        main = {name: m for name, m in documents.items() if name.lower() == "doc.kml"}
        parse = _single(job, archive, main or documents, shown=job.stem)
    return parse()


def _unpacked(job: Job, archive: ZipFile) -> Callable[[], Parsed]:
    """Unpack what is meant, and return what parses it."""
    members = archives.files(archive)
    if geodatabase.databases(members):
        return geodatabase.unpacked(job, archive, members)
    archives.refuse_too_many(archive, limits.ARCHIVE_MEMBERS)
    if layers := shapefile.layers_of(members):
        return shapefile.unpacked(job, archive, layers)
    if layers := mapinfo.layers_of(members):
        return mapinfo.unpacked(job, archive, layers)
    return _single(job, archive, members)


def _single(
    job: Job, archive: ZipFile, members: dict[str, ZipInfo], *, shown: str = ""
) -> Callable[[], Parsed]:
    """Unpack the one file of a zip that holds data, chosen by name where there are several."""
    fit = {name: member for name, member in members.items() if _ending(name) in SINGLE}
    likely = {name: m for name, m in fit.items() if _ending(name) not in _LIKELY_NOTES} or fit
    if not likely:
        raise InputError(NO_DATA)
    several = len(likely) > 1
    chosen = choose_layer(list(likely), job.layer if several else None)
    ending = _ending(chosen)
    stem = shown or PurePosixPath(chosen.replace("\\", "/")).stem
    within = replace(job, suffix=ending, stem=stem, layer=None if several else job.layer)
    archives.unpack(archive, likely[chosen], Path(within.path))
    module, function = SINGLE[ending]
    parser = getattr(importlib.import_module(f".{module}", __package__), function)
    return partial(parser, within)


def _ending(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()
