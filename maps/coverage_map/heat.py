"""The heat map of what is not covered (未覆盖热力图): households per hectare, radius in metres.

The density is computed here on a grid, not by pixels in the browser: the radius stays the same
on the ground at every zoom, and the legend can say how many households a colour means.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from maps import statuses
from maps.coverage_map.density import M2_PER_HECTARE, convolved, quartic_kernel
from maps.coverage_map.ground import WEB_MERCATOR, ground_scale, latitude, longitude

RADIUS_M = 300.0
"""Where the kernel has faded away: about four minutes on foot."""
CELL_M = 15.0
CELLS_MAX = 700
BANDS = 8
RAMP = np.array([[254, 235, 226], [247, 104, 161], [174, 1, 126], [73, 0, 106]], dtype=float)
"""Light to dark violet: no status colour, and readable in grey."""


@dataclass(frozen=True, kw_only=True)
class Heat:
    """One picture and what its colours mean."""

    image: NDArray[np.uint8]
    """(rows, columns, 4) red, green, blue, opacity; the first row is the northern one."""
    bounds: tuple[float, float, float, float]
    """West, south, east, north in degrees."""
    peak_per_hectare: float
    unit: str
    """What is counted: household or site."""
    guessed: int
    """Sites of unknown households, counted with the median of the others."""


def uncovered_heat(sites: gpd.GeoDataFrame) -> Heat | None:
    """Return the density of what nobody serves, or None where everything is served.

    Parameters
    ----------
    sites
        `status`, `households` and geometry, in any declared CRS. The weight of a site is spread
        evenly over its polygon.
    """
    bare = sites[sites["status"].isin(statuses.NOT_COVERED) & sites.geometry.notna()]
    if bare.empty:
        return None
    weights, unit, guessed = _weights(bare)
    return heat_of_weights(bare.geometry, weights, unit=unit, guessed=guessed)


def heat_of_weights(
    places: gpd.GeoSeries, weights: NDArray[np.float64], *, unit: str, guessed: int = 0
) -> Heat:
    """Return the density of weights (n,), each spread evenly over its place, in any CRS."""
    shapes = places.to_crs(WEB_MERCATOR).to_numpy()
    west, south, east, north = shapely.total_bounds(shapes)
    scale = ground_scale(latitude((south + north) / 2))
    pad = RADIUS_M / scale
    west, south, east, north = west - pad, south - pad, east + pad, north + pad
    cell = max(CELL_M / scale, (east - west) / CELLS_MAX, (north - south) / CELLS_MAX)
    xs, ys = np.arange(west + cell / 2, east, cell), np.arange(south + cell / 2, north, cell)
    spread = _spread(shapes, weights, xs, ys)
    cell_m = cell * scale
    density = np.maximum(convolved(spread, quartic_kernel(RADIUS_M / cell_m)), 0)
    per_hectare = density / cell_m**2 * M2_PER_HECTARE
    top, right = south + cell * len(ys), west + cell * len(xs)
    return Heat(
        image=paint(per_hectare / per_hectare.max())[::-1],
        bounds=(longitude(west), latitude(south), longitude(right), latitude(top)),
        peak_per_hectare=float(per_hectare.max()),
        unit=unit,
        guessed=guessed,
    )


def _weights(bare: gpd.GeoDataFrame) -> tuple[NDArray[np.float64], str, int]:
    """Return the weight of each site, what it counts, and how many had to be guessed."""
    households = bare["households"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    known = households[~np.isnan(households)]
    if not known.sum():
        return np.ones(len(bare)), "site", 0
    guess = np.median(known)
    return np.where(np.isnan(households), guess, households), "household", len(bare) - len(known)


def _spread(
    shapes: NDArray[np.object_],
    weights: NDArray[np.float64],
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the weights on the grid (len(ys), len(xs)): each over the cells of its polygon."""
    centres = np.stack(np.meshgrid(xs, ys), axis=-1)
    cells, owners = shapely.STRtree(shapes).query(
        shapely.points(centres.reshape(-1, 2)), predicate="within"
    )
    grid = np.zeros(len(xs) * len(ys))
    held = np.bincount(owners, minlength=len(shapes))
    np.add.at(grid, cells, weights[owners] / held[owners])
    # a point, or a polygon smaller than a cell, holds no centre
    small = held == 0
    places = shapely.point_on_surface(shapes[small])
    cell = xs[1] - xs[0]
    columns = ((shapely.get_x(places) - xs[0]) / cell).round().astype(int)
    rows = ((shapely.get_y(places) - ys[0]) / cell).round().astype(int)
    np.add.at(grid, rows * len(xs) + columns, weights[small])
    return grid.reshape(len(ys), len(xs))


def paint(share: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return colours in bands, so that the eye finds lines of equal density."""
    band = np.ceil(share * BANDS) / BANDS
    stops = np.linspace(0, 1, len(RAMP))
    channels = [np.interp(band, stops, RAMP[:, channel]) for channel in range(3)]
    opacity = np.where(share * BANDS > 1 / BANDS, 60 + 150 * band, 0)
    return np.stack([*channels, opacity], axis=-1).astype(np.uint8)
