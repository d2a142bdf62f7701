"""GeoPackage by GDAL."""

from pathlib import Path

from geo.errors import InputError, gettext_noop

from .gdal import chosen_layer, parsed_layer
from .parsed import Format, Job, Parsed

NOT_A_GEOPACKAGE = gettext_noop("文件的内容不是 GeoPackage，或已损坏。")

_MAGIC = b"SQLite format 3\0"


def parse_geopackage(job: Job) -> Parsed:
    """Read one layer of a GeoPackage; where one alone has geometry, it is meant."""
    with Path(job.path).open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise InputError(NOT_A_GEOPACKAGE)
    layer = chosen_layer(job.path, job.layer)
    return parsed_layer(job.path, layer, format=Format.GEOPACKAGE)
