"""FlatGeobuf by GDAL."""

from pathlib import Path

from geo.errors import InputError, gettext_noop

from .gdal import chosen_layer, parsed_layer
from .parsed import Format, Job, Parsed

NOT_A_FLATGEOBUF = gettext_noop("文件的内容不是 FlatGeobuf，或已损坏。")

_MAGIC = b"fgb\x03fgb"


def parse_flatgeobuf(job: Job) -> Parsed:
    """Read the one layer of a FlatGeobuf."""
    with Path(job.path).open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise InputError(NOT_A_FLATGEOBUF)
    layer = chosen_layer(job.path, None)
    return parsed_layer(job.path, layer, format=Format.FLATGEOBUF, shown=job.stem)
