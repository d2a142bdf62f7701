"""What is on the ground of one place, as frames: the same from files and from the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

import geopandas as gpd
import pandas as pd

from geo.crs import STORAGE_SRID
from geo.readers.field_table import columns_of
from geo.readers.kinds import Kind
from geo.words import AreaLevel


def no_rows(kind: Kind) -> gpd.GeoDataFrame:
    """Return the frame of a kind without rows, with its columns and their types."""
    columns = {name: pd.Series(dtype=dtype) for name, dtype in columns_of(kind).items()}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=STORAGE_SRID))


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Frames in EPSG:4490 with the keys of the formats; a kind that nobody gave has no rows."""

    areas: gpd.GeoDataFrame = field(default_factory=partial(no_rows, Kind.AREA))
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Code → level of managing areas outside the place: a register of the city names them too."""
    compounds: gpd.GeoDataFrame = field(default_factory=partial(no_rows, Kind.COMPOUND))
    buildings: gpd.GeoDataFrame = field(default_factory=partial(no_rows, Kind.BUILDING))
    management_areas: gpd.GeoDataFrame = field(
        default_factory=partial(no_rows, Kind.MANAGEMENT_AREA)
    )
    barriers: gpd.GeoDataFrame = field(default_factory=partial(no_rows, Kind.BARRIER))
    crossings: gpd.GeoDataFrame = field(default_factory=partial(no_rows, Kind.CROSSING))
    providers: gpd.GeoDataFrame = field(default_factory=partial(no_rows, Kind.PROVIDER))
    courtyards: gpd.GeoDataFrame | None = None
    """Courtyards that are stored already (code, name, members)."""
    contracts: pd.DataFrame | None = field(default_factory=partial(no_rows, Kind.CONTRACT))
    bans: pd.DataFrame = field(default_factory=partial(no_rows, Kind.BAN))
    roles: pd.DataFrame = field(default_factory=partial(no_rows, Kind.ROLE))

    @classmethod
    def from_kinds(cls, frames: Mapping[Kind, pd.DataFrame]) -> Self:
        """Return the ground of frames by kind; kinds that no plan needs are passed over."""
        wanted: dict[str, Any] = {
            PLACES[kind]: frame for kind, frame in frames.items() if kind in PLACES
        }
        return cls(**wanted)

    def districts(self) -> tuple[str, ...]:
        """Return the name of the district, where the place is one or lies in one; else nothing."""
        is_district = self.areas["level"].astype(object) == str(AreaLevel.DISTRICT)
        names = tuple(self.areas.loc[is_district.astype(bool), "name"].astype(str))
        return names if len(names) == 1 else ()

    def middle(self) -> tuple[float, float]:
        """Return longitude and latitude of the middle of all sites; NaN where none has a place."""
        west, south, east, north = pd.concat(
            [self.compounds.geometry, self.buildings.geometry]
        ).total_bounds
        return (float(west + east) / 2, float(south + north) / 2)


PLACES: Mapping[Kind, str] = {
    Kind.AREA: "areas",
    Kind.COMPOUND: "compounds",
    Kind.BUILDING: "buildings",
    Kind.MANAGEMENT_AREA: "management_areas",
    Kind.BARRIER: "barriers",
    Kind.CROSSING: "crossings",
    Kind.PROVIDER: "providers",
    Kind.CONTRACT: "contracts",
    Kind.BAN: "bans",
    Kind.ROLE: "roles",
}
"""Which frame of the ground holds which kind of input."""
