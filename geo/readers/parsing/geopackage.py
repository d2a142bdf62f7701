"""GeoPackage by GDAL."""

from pathlib import Path

from geo.errors import InputError, gettext_noop

from .gdal import layer_names, read_layer
from .layers import choose_layer
from .parsed import Format, Job, Parsed

NOT_A_GEOPACKAGE = gettext_noop("文件的内容不是 GeoPackage，或已损坏。")
NO_LAYER = gettext_noop("GeoPackage 中没有任何图层。")

_MAGIC = b"SQLite format 3\0"


def parse_geopackage(job: Job) -> Parsed:
    """Read one layer of a GeoPackage; where one alone has geometry, it is meant."""
    with Path(job.path).open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise InputError(NOT_A_GEOPACKAGE)
    layers = layer_names(job.path)
    if not layers:
        raise InputError(NO_LAYER)
    placed = [name for name, has_geometry in layers.items() if has_geometry]
    is_clear = job.layer is None and placed
    layer = choose_layer(placed if is_clear else list(layers), job.layer)
    content = read_layer(job.path, layer, with_attributes=True)
    return Parsed(
        format=Format.GEOPACKAGE,
        layer=layer,
        encoding="utf-8",
        columns=content.columns,
        cells=content.cells,
        rows=list(range(1, len(content.figures) + 1)),
        figures=content.figures if layers[layer] else None,
        crs=content.crs,
    )
