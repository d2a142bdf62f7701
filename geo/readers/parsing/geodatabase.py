"""Zipped file geodatabases of ArcGIS, by GDAL: only parts whose names such a one can have."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from geo.errors import Fault, InputError, gettext_noop

from . import archives
from .gdal import chosen_layer, parsed_layer
from .parsed import Format, Job, Parsed

SEVERAL_DATABASES = gettext_noop("压缩包中有多个文件地理数据库：{names}。请分别压缩后导入。")

_FOLDER = re.compile(r"(?P<database>(?:.*/)?[^/]+\.gdb)/[^/]+", re.IGNORECASE)
_MEMBER = re.compile(
    r"a[0-9a-f]{8}\.(?:gdbtable|gdbtablx|gdbindexes|freelist|horizon|spx|\w{1,80}\.atx)"
    r"|gdb|timestamps",
    re.IGNORECASE,
)


def databases(names: Iterable[str]) -> list[str]:
    """Return the folders among a zip's members that are file geodatabases."""
    found = [_FOLDER.fullmatch(name.replace("\\", "/")) for name in names]
    return sorted({each["database"] for each in found if each})


def unpacked(job: Job, archive: ZipFile, members: dict[str, ZipInfo]) -> Callable[[], Parsed]:
    """Unpack the only file geodatabase of a zip, and return what parses it."""
    database, *more = databases(members)
    if more:
        raise InputError(Fault(SEVERAL_DATABASES, {"names": "、".join([database, *more])}))
    folder = Path(job.folder) / "upload.gdb"
    folder.mkdir()
    paths = {PurePosixPath(name.replace("\\", "/")): member for name, member in members.items()}
    for path, member in paths.items():
        if str(path.parent) == database and _MEMBER.fullmatch(path.name):
            archives.unpack(archive, member, folder / path.name)
    return partial(_parse, str(folder), job.layer)


def _parse(folder: str, wanted: str | None) -> Parsed:
    layer = chosen_layer(folder, wanted)
    return parsed_layer(folder, layer, format=Format.GEODATABASE)
