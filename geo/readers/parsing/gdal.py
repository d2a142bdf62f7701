"""The two formats that GDAL opens, with every other driver switched off by the environment."""

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
from .parsed import Cell, Figure
from .wkb import figure_of_wkb

UNREADABLE = gettext_noop("文件已损坏，或不是所声明的格式。")
BROKEN_TEXT = gettext_noop("文件中有无法识别的文字。请另存为 UTF-8 编码后再导入。")

_FAILURES = (CRSError, DataLayerError, DataSourceError, FeatureError, GeometryError)


@dataclass(frozen=True)
class LayerContent:
    """What GDAL finds in a layer."""

    columns: list[str]
    cells: list[list[Cell]]
    figures: list[Figure]
    crs: str


def layer_names(path: str) -> dict[str, bool]:
    """Return the layers of a file, and whether each has geometry."""
    try:
        return {str(name): kind is not None for name, kind in pyogrio.list_layers(path)}
    except _FAILURES:
        raise InputError(UNREADABLE) from None


def read_layer(path: str, layer: str | None, *, with_attributes: bool) -> LayerContent:
    """Read a layer of a file whose name and content we have checked."""
    try:
        meta, _, geometries, values = raw.read(
            path, layer=layer, columns=None if with_attributes else [], datetime_as_string=True
        )
    except _FAILURES:
        raise InputError(UNREADABLE) from None
    except UnicodeDecodeError:
        raise InputError(BROKEN_TEXT) from None
    figures = [figure_of_wkb(wkb) for wkb in _all_or_none(geometries, values)]
    if sum(figure.points for figure in figures) > limits.POINTS_PER_FILE:
        raise InputError(Fault(TOO_MANY_IN_FILE, {"limit": limits.POINTS_PER_FILE}))
    return LayerContent(
        columns=[str(name) for name in meta["fields"]],
        cells=[[_cell(value) for value in column.tolist()] for column in values],
        figures=figures,
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
