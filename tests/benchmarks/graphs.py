"""Grounds that are made from a seed: rook lattices, Voronoi cities, and towns with streets.

Households are log-normal as in the measurements of the field: σ 0.8, median 180, 80 m² each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isqrt
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi

from layers.adjacency import Links
from layers.sites import Sites

MEDIAN_HOUSEHOLDS, SIGMA = 180, 0.8
M2_PER_HOUSEHOLD = 80.0
SIDE_M = 170.0
"""Mean side of a unit."""
WITHOUT_STREETS = 0.94
"""A unit's share of its cell's width in a town: about 10 m are street."""
SITES_PER_SUBDISTRICT = 100
SHORTEST_EDGE_M = 1e-6
METRIC_SRID = 4548


@dataclass(frozen=True, kw_only=True)
class Ground:
    """n units that tile a square, with the pairs that share an edge."""

    name: str
    polygons: NDArray[np.object_]
    households: NDArray[np.float64]
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    """Rook pairs, a < b, sorted."""
    subdistrict: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.households)

    @property
    def floor_area_m2(self) -> NDArray[np.float64]:
        """Floor area of each unit."""
        return self.households * M2_PER_HOUSEHOLD

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what a peer needs of the units: pairs, middles and households."""
        middle = shapely.centroid(self.polygons)
        return {
            "a": self.a,
            "b": self.b,
            "x": shapely.get_x(middle),
            "y": shapely.get_y(middle),
            "households": self.households,
        }

    def sites(self) -> Sites:
        """Return the units as the engine reads them."""
        n = len(self)
        nothing = np.full(n, "", dtype="U16")
        return Sites(
            srid=METRIC_SRID,
            ids=np.array([f"s{row:07d}" for row in range(n)]),
            names=np.array([f"s{row:07d}" for row in range(n)]),
            kinds=np.full(n, "compound"),
            polygons=self.polygons,
            floor_area_m2=self.floor_area_m2,
            households=self.households,
            district=np.full(n, "D"),
            subdistrict=self.subdistrict,
            community=nothing,
            fee=np.full(n, np.nan),
            is_served=np.zeros(n, dtype=bool),
            is_lead=np.zeros(n, dtype=bool),
            provider=nothing,
            lock=nothing,
        )

    def links(self) -> Links:
        """Return the rook pairs as the engine reads them: without a gap, all open."""
        m = len(self.a)
        return Links(
            a=self.a,
            b=self.b,
            gap_m=np.zeros(m),
            walk_m=np.full(m, np.nan),
            cost_m=np.zeros(m),
            kind=np.full(m, "near", dtype="U8"),
            barrier=np.full(m, "", dtype="U16"),
            is_open=np.ones(m, dtype=bool),
        )


def ragged(polygons: NDArray[np.object_]) -> dict[str, NDArray[Any]]:
    """Return polygons as plain arrays, for another process."""
    _kind, corners, offsets = shapely.to_ragged_array(polygons)
    return {"corners": corners} | {f"offsets_{i}": each for i, each in enumerate(offsets)}


def from_ragged(arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.object_]:
    """Return the polygons of plain arrays."""
    offsets = tuple(arrays[key] for key in sorted(arrays) if key.startswith("offsets_"))
    corners = arrays["corners"]
    polygons: NDArray[np.object_] = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, corners, offsets
    )
    return polygons


def as_arrays(ground: Ground) -> dict[str, NDArray[Any]]:
    """Return a ground as plain arrays, for another process."""
    names = ("households", "a", "b", "subdistrict")
    return ragged(ground.polygons) | {name: getattr(ground, name) for name in names}


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Ground:
    """Return the ground of plain arrays."""
    names = ("households", "a", "b", "subdistrict")
    known = {name: arrays[name] for name in names}
    return Ground(name="received", polygons=from_ragged(arrays), **known)


def lattice(n: int, *, seed: int) -> Ground:
    """Return n squares in rows and columns, as near to a square as n allows."""
    rows = next(divisor for divisor in range(isqrt(n), 0, -1) if n % divisor == 0)
    columns = n // rows
    row, column = np.divmod(np.arange(n), columns)
    cells = shapely.box(column * SIDE_M, row * SIDE_M, (column + 1) * SIDE_M, (row + 1) * SIDE_M)
    number = np.arange(n).reshape(rows, columns)
    beside = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    above = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    return _ground("lattice", cells, np.vstack([beside, above]), seed=seed)


def voronoi_city(n: int, *, seed: int) -> Ground:
    """Return the Voronoi cells of n random points in a square.

    The points are mirrored at the four sides, whereby the cells end there by themselves and
    neighbours share their corners to the last bit.
    """
    side = SIDE_M * np.sqrt(n)
    points = np.random.default_rng([seed, n]).random((n, 2)) * side
    left, right = points * (-1, 1), points * (-1, 1) + (2 * side, 0)
    below, above = points * (1, -1), points * (1, -1) + (0, 2 * side)
    cells = Voronoi(np.vstack([points, left, right, below, above]))
    regions = [cells.regions[cells.point_region[unit]] for unit in range(n)]
    polygons = [_convex(cells.vertices[corners]) for corners in regions]
    ends = cells.vertices[np.array(cells.ridge_vertices)]
    is_edge = np.hypot(*(ends[:, 0] - ends[:, 1]).T) > SHORTEST_EDGE_M
    is_inside = (cells.ridge_points < n).all(axis=1)
    pairs = cells.ridge_points[is_edge & is_inside]
    return _ground("Voronoi", np.array(polygons, dtype=object), pairs, seed=seed)


def town(n: int, *, seed: int) -> Ground:
    """Return a Voronoi city with streets between the units."""
    city = voronoi_city(n, seed=seed)
    corners, of = shapely.get_coordinates(city.polygons, return_index=True)
    middle = shapely.get_coordinates(shapely.centroid(city.polygons))[of]
    shrunk = shapely.set_coordinates(
        city.polygons.copy(), middle + WITHOUT_STREETS * (corners - middle)
    )
    return replace(city, name="town", polygons=shrunk)


def _convex(corners: NDArray[np.float64]) -> shapely.Polygon:
    """Return the polygon of corners in any order, turning once around their middle."""
    east, north = (corners - corners.mean(axis=0)).T
    return shapely.Polygon(corners[np.argsort(np.arctan2(north, east))])


def _ground(
    name: str, polygons: NDArray[np.object_], pairs: NDArray[np.int64], *, seed: int
) -> Ground:
    rng = np.random.default_rng([seed, len(polygons), 1])
    households = np.exp(rng.normal(np.log(MEDIAN_HOUSEHOLDS), SIGMA, len(polygons)))
    pairs = np.sort(pairs.astype(np.int64), axis=1)
    pairs = pairs[np.lexsort(pairs.T[::-1])]
    return Ground(
        name=name,
        polygons=polygons,
        households=np.maximum(households.round(), 1),
        a=pairs[:, 0].copy(),
        b=pairs[:, 1].copy(),
        subdistrict=_squares(polygons),
    )


def _squares(polygons: NDArray[np.object_]) -> NDArray[np.str_]:
    """Return the square of about a hundred units that holds each unit's middle."""
    middle = shapely.get_coordinates(shapely.centroid(polygons))
    column, row = (middle // (SIDE_M * np.sqrt(SITES_PER_SUBDISTRICT))).astype(int).T
    return np.array([f"D{r:03d}{c:03d}" for r, c in zip(row, column, strict=True)])
