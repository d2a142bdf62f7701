"""What a coverage map shows: frames for the drawing, facts for the words around it."""

from dataclasses import dataclass, field, replace

import geopandas as gpd
import pandas as pd
import shapely

from maps.notices import Notices
from maps.statuses import ServiceStatus


@dataclass(frozen=True, kw_only=True)
class Rate:
    """One rate with its 口径; a rate without one means nothing."""

    name: str
    """物业企业服务覆盖率, 签约率 …"""
    numerator: float
    denominator: float
    unit: str
    """小区, 物业管理区域, 户（套）, ㎡ …"""
    measure: str
    """Base list with date and document, area, numerator."""

    @property
    def percent(self) -> str:
        """Return the share in per cent, or a dash when there is nothing to divide by."""
        return f"{100 * self.numerator / self.denominator:.2f}" if self.denominator else "—"


@dataclass(frozen=True, kw_only=True)
class MapFacts:
    """The title block of a map."""

    title: str
    district: str
    rates: tuple[Rate, ...]
    notices: Notices


def nothing() -> gpd.GeoDataFrame:
    """Return a layer without rows."""
    return gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=4490)


@dataclass(frozen=True, kw_only=True)
class MapFrames:
    """The layers, each in any declared CRS. A column that is missing is unknown.

    Values are read by these keys:

    areas       name, level
    sites       site, name, status (`maps.statuses`), zone, provider, mode, households,
                floor_area_m2, built, address, exception, reason; polygon, or point without boundary
    zones       zone, floor_area_m2, households, margin_yuan, provider, diameter_m, exception;
                outline
    barriers    kind, name
    crossings   kind, note
    buildings   name, compound ("" = scattered), storeys, status
    """

    areas: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame = field(default_factory=nothing)
    barriers: gpd.GeoDataFrame = field(default_factory=nothing)
    crossings: gpd.GeoDataFrame = field(default_factory=nothing)
    buildings: gpd.GeoDataFrame = field(default_factory=nothing)

    def completed(self) -> "MapFrames":
        """Return the frames with the columns that the drawing reads; unknown where missing."""
        sites, areas = self.sites.copy(), self.areas.copy()
        status = sites.get("status", pd.Series(index=sites.index, dtype=object))
        sites["status"] = status.astype(object).where(status.notna() & (status != ""), None)
        sites["status"] = sites["status"].fillna(ServiceStatus.UNKNOWN).map(ServiceStatus).map(str)
        for frame, key, unknown in ((sites, "households", pd.NA), (areas, "level", "")):
            if key not in frame:
                frame[key] = unknown
        return replace(self, sites=sites, areas=areas)

    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north of what the map is about, in degrees.

        The sites and zones; without any, the areas.
        """
        about = [self.sites, self.zones] if self.has_sites_on_the_ground() else [self.areas]
        shapes = [shape for frame in about for shape in frame.to_crs(4490).geometry]
        west, south, east, north = shapely.total_bounds(shapes)
        return float(west), float(south), float(east), float(north)

    def has_sites_on_the_ground(self) -> bool:
        """Return whether any site or zone has a geometry."""
        return any(frame.geometry.notna().any() for frame in (self.sites, self.zones))
