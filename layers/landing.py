"""Whether compounds land on their buildings: the quickest sign of a wrong coordinate system.

A survey draws compound lines along streets and walls, not through houses. Where many buildings are
cut by a line, or hardly any lies inside, one of the two files is hundreds of metres off.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import to_metric

GRAZED = 0.05
"""A twentieth of a building over a line is a line drawn along its wall."""


@dataclass(frozen=True, kw_only=True)
class Landing:
    """How the ground that buildings cover lies to the lines of compounds.

    The rest of the cover lies outside of all compounds.
    """

    inside_m2: float
    """Footprints of the buildings inside one compound."""
    cut_m2: float
    """Footprints of the buildings that a compound's line cuts."""
    cover_m2: float
    """Footprints of all buildings."""

    @property
    def inside_share(self) -> float:
        """Return which part of the cover lies inside compounds."""
        return self.inside_m2 / self.cover_m2

    @property
    def cut_share(self) -> float:
        """Return which part of the cover is cut by a compound's line."""
        return self.cut_m2 / self.cover_m2


def landing_of(
    compounds: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, *, srid: int
) -> Landing | None:
    """Return how buildings lie to compounds; None where there are no polygons to compare.

    Parameters
    ----------
    compounds, buildings
        Frames in EPSG:4490; rows without a polygon are passed over.
    srid
        The metric CRS that areas are measured in.
    """
    outlines, houses = (
        to_metric(
            frame.geometry[frame.geom_type.isin(["Polygon", "MultiPolygon"])].to_numpy(), srid
        )
        for frame in (compounds, buildings)
    )
    if not len(outlines) or not len(houses):
        return None
    size_m2 = shapely.area(houses)
    house, outline = shapely.STRtree(outlines).query(houses, predicate="intersects")
    shared_m2 = shapely.area(shapely.intersection(houses[house], outlines[outline]))
    most_m2 = np.zeros(len(houses))
    np.maximum.at(most_m2, house, shared_m2)
    is_inside = most_m2 >= (1 - GRAZED) * size_m2
    is_cut = ~is_inside & (most_m2 > GRAZED * size_m2)
    return Landing(
        inside_m2=float(size_m2[is_inside].sum()),
        cut_m2=float(size_m2[is_cut].sum()),
        cover_m2=float(size_m2.sum()),
    )
