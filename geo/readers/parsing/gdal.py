"""The formats that GDAL opens, with every other driver switched off by the environment."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyogrio
from numpy.typing import NDArray
from pyogrio import raw
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, GeometryError

from geo.errors import Fault, InputError, gettext_noop

from . import limits
from .geojson import TOO_MANY_IN_FILE, as_cell
from .layers import choose_layer, without_survey
from .parsed import Cell, Figure, Format, Parsed
from .wkb import figure_of_wkb

UNREADABLE = gettext_noop("文件已损坏，或不是所声明的格式。")
BROKEN_TEXT = gettext_noop("文件中有无法识别的文字。请另存为 UTF-8 编码后再导入。")
NO_LAYER = gettext_noop("文件中没有任何图层。")

_FAILURES = (CRSError, DataLayerError, DataSourceError, FeatureError, GeometryError)


class BrokenTextError(InputError):
    """The texts are not in the encoding that they were read by."""


@dataclass(frozen=True)
class LayerContent:
    """What GDAL finds in a layer."""

    columns: list[str]
    cells: list[list[Cell]]
    figures: list[Figure]
    """One per row, empty ones where the layer has no geometry."""
    has_geometry: bool
    crs: str


def layer_names(path: str) -> dict[str, bool]:
    """Return the layers of a file, and whether each has geometry."""
    try:
        return {str(name): kind is not None for name, kind in pyogrio.list_layers(path)}
    except _FAILURES:
        raise InputError(UNREADABLE) from None


def chosen_layer(path: str, wanted: str | None) -> str:
    """Return the layer that is meant; where one alone has geometry, it is that."""
    layers = layer_names(path)
    if not layers:
        raise InputError(NO_LAYER)
    if wanted is not None:
        return choose_layer(list(layers), wanted)
    placed = [name for name, has_geometry in layers.items() if has_geometry]
    kept, _ = without_survey(placed or layers)
    return choose_layer(kept, None)


def parsed_layer(
    path: str,
    layer: str | None,
    *,
    format: Format,  # noqa: A002 (what the field of `Parsed` is called)
    shown: str = "",
    encoding: str | None = None,
) -> Parsed:
    """Return a layer with all its attributes.

    Parameters
    ----------
    path, layer
        Where it lies; None = the only one.
    format
        What the file is.
    shown
        The layer's name for display, where the file's own is ours.
    encoding
        Of the text, where the format does not settle it.

    """
    content = read_layer(path, layer, with_attributes=True, encoding=encoding)
    return Parsed(
        format=format,
        layer=shown or layer or "",
        encoding=encoding or "utf-8",
        columns=content.columns,
        cells=content.cells,
        rows=list(range(1, len(content.figures) + 1)),
        figures=content.figures if content.has_geometry else None,
        crs=content.crs,
    )


def read_layer(
    path: str, layer: str | None, *, with_attributes: bool, encoding: str | None = None
) -> LayerContent:
    """Read a layer of a file whose name and content we have checked."""
    try:
        meta, _, geometries, values = raw.read(
            path,
            layer=layer,
            columns=None if with_attributes else [],
            datetime_as_string=True,
            encoding=encoding,
        )
    except _FAILURES:
        raise InputError(UNREADABLE) from None
    except UnicodeDecodeError:
        raise BrokenTextError(BROKEN_TEXT) from None
    figures = [figure_of_wkb(wkb) for wkb in _all_or_none(geometries, values)]
    if sum(figure.points for figure in figures) > limits.POINTS_PER_FILE:
        raise InputError(Fault(TOO_MANY_IN_FILE, {"limit": limits.POINTS_PER_FILE}))
    return LayerContent(
        columns=[str(name) for name in meta["fields"]],
        cells=[[_cell(value) for value in column.tolist()] for column in values],
        figures=figures,
        has_geometry=geometries is not None,
        crs=meta["crs"] or "",
    )


def _all_or_none(geometries: Any, values: list[NDArray[Any]]) -> Any:
    """Return a layer's geometries; a layer without any has as many Nones as rows."""
    if geometries is not None:
        return geometries
    return [None] * (len(values[0]) if values else 0)


def _cell(value: Any) -> Cell:
    if isinstance(value, bytes) or (isinstance(value, float) and np.isnan(value)):
        return None
    return as_cell(value)
