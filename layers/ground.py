"""What is on the ground of one place, as frames: the same from files and from the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Self

import geopandas as gpd
import pandas as pd

from geo.crs import STORAGE_SRID
from geo.readers.kinds import Kind, columns_of


def no_rows(kind: Kind) -> gpd.GeoDataFrame:
    """Return the frame of a kind without rows, with its columns and their types."""
    columns = {name: pd.Series(dtype=dtype) for name, dtype in columns_of(kind).items()}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=STORAGE_SRID))


def _of(kind: Kind) -> gpd.GeoDataFrame:
    return field(default_factory=partial(no_rows, kind), metadata={"kind": kind})


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Frames in EPSG:4490 with the keys of the formats; a kind that nobody gave has no rows."""

    areas: gpd.GeoDataFrame = _of(Kind.AREA)
    compounds: gpd.GeoDataFrame = _of(Kind.COMPOUND)
    buildings: gpd.GeoDataFrame = _of(Kind.BUILDING)
    management_areas: gpd.GeoDataFrame = _of(Kind.MANAGEMENT_AREA)
    barriers: gpd.GeoDataFrame = _of(Kind.BARRIER)
    crossings: gpd.GeoDataFrame = _of(Kind.CROSSING)
    providers: gpd.GeoDataFrame = _of(Kind.PROVIDER)
    courtyards: gpd.GeoDataFrame | None = None
    """Courtyards that are stored already (code, name, members)."""
    contracts: pd.DataFrame = _of(Kind.CONTRACT)
    bans: pd.DataFrame = _of(Kind.BAN)
    roles: pd.DataFrame = _of(Kind.ROLE)

    @classmethod
    def from_kinds(cls, frames: Mapping[Kind, pd.DataFrame]) -> Self:
        """Return the ground of frames by kind; kinds that no plan needs are passed over."""
        wanted = {each.metadata["kind"]: each.name for each in fields(cls)}
        return cls(**{wanted[kind]: frame for kind, frame in frames.items() if kind in wanted})

    def middle(self) -> tuple[float, float]:
        """Return longitude and latitude of the middle of all sites."""
        west, south, east, north = pd.concat(
            [self.compounds.geometry, self.buildings.geometry]
        ).total_bounds
        return (float(west + east) / 2, float(south + north) / 2)
