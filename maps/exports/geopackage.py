"""Layers and tables as one GeoPackage: long names, UTF-8, one closed file."""

from collections.abc import Mapping
from datetime import UTC
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from maps.notices import Notices

NOTICES_LAYER = "notices"


def write_geopackage(
    layers: Mapping[str, gpd.GeoDataFrame | pd.DataFrame], path: Path, notices: Notices
) -> None:
    """Write the layers under their names and keys, and the notices as a table beside them.

    The same layers and notices give the same bytes: the stamp of every layer is
    `notices.written_at`, not the clock. Missing geometries stay rows without one.
    """
    path.unlink(missing_ok=True)
    labels = pd.DataFrame(notices.rows(), columns=["label", "text"])
    stamp = notices.written_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    # GDAL has no option of the layer for it; the setting is taken back whatever happens
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    try:
        for name, layer in {**layers, NOTICES_LAYER: labels}.items():
            _write_layer(layer, path, name)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _write_layer(layer: gpd.GeoDataFrame | pd.DataFrame, path: Path, name: str) -> None:
    if not isinstance(layer, gpd.GeoDataFrame):
        pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG")
        return
    pyogrio.write_dataframe(
        layer,
        path,
        layer=name,
        driver="GPKG",
        geometry_type=_geometry_type(layer),
        promote_to_multi=_geometry_type(layer).startswith("Multi"),
    )


def _geometry_type(layer: gpd.GeoDataFrame) -> str:
    kinds = {kind.removeprefix("Multi") for kind in layer.geom_type.dropna()}
    family = {"LinearRing": "LineString"}.get(*kinds, *kinds) if len(kinds) == 1 else ""
    return f"Multi{family}" if family in {"Polygon", "LineString", "Point"} else "Unknown"
