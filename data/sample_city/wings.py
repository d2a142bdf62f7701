"""Variety of footprints: wings on slabs, and towers with cut corners."""

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_city.draws import chance
from data.sample_city.ground import Floats, Shapes
from data.sample_city.rows import Footprints

APART_M = 6.0
"""What a wing keeps free to the next building."""


def with_wings(
    slabs: Footprints, parcels: Shapes, share: Floats, reach_m: Floats, rng: np.random.Generator
) -> Shapes:
    """Return the slabs (m,), a share of those per parcel with a wing of up to that reach.

    A wing is dropped where it would leave the parcel or come near another building.
    """
    shapes = slabs.shapes.copy()
    chosen = np.flatnonzero(rng.random(len(shapes)) < share[slabs.owner])
    if not len(chosen):
        return shapes
    ring = shapely.get_coordinates(shapes[chosen]).reshape(-1, 5, 2)[:, :4]
    reach = reach_m[slabs.owner[chosen]] * rng.uniform(0.5, 1, len(chosen))
    winged = _wing(ring, reach, is_left=chance(rng, 0.5, len(chosen)))
    is_inside = shapely.contains_properly(parcels[slabs.owner[chosen]], winged)
    winged, chosen = winged[is_inside], chosen[is_inside]
    is_free = np.ones(len(chosen), dtype=bool)
    grown = shapes.copy()
    grown[chosen] = winged
    one, other = shapely.STRtree(grown).query(winged, predicate="dwithin", distance=APART_M)
    is_free[one[chosen[one] != other]] = False
    shapes[chosen[is_free]] = winged[is_free]
    return shapes


def _wing(ring: Floats, reach_m: Floats, *, is_left: NDArray[np.bool_]) -> Shapes:
    """Return L-shaped polygons: a rectangle (n, 4, 2) with a wing at one end of its first side."""
    a, b, c, d = (ring[:, i] for i in range(4))
    along = (b - a) / np.linalg.norm(b - a, axis=1)[:, None]
    out = (a - d) / np.linalg.norm(a - d, axis=1)[:, None]
    wide = along * np.linalg.norm(a - d, axis=1)[:, None]
    far = out * reach_m[:, None]
    left = np.stack([a, a + far, a + far + wide, a + wide, b, c, d], axis=1)
    right = np.stack([a, b - wide, b - wide + far, b + far, b, c, d], axis=1)
    winged: Shapes = np.asarray(shapely.polygons(np.where(is_left[:, None, None], left, right)))
    return winged


def with_cut_corners(shapes: Shapes, chosen: NDArray[np.bool_], share: float) -> Shapes:
    """Return the rectangles, those chosen with all four corners cut out as towers have them."""
    cut = shapes.copy()
    if not chosen.any():
        return cut
    ring = shapely.get_coordinates(shapes[chosen]).reshape(-1, 5, 2)[:, :4]
    a, b, _, d = (ring[:, i] for i in range(4))
    u, v = (b - a), (d - a)
    low, high = share, 1 - share
    places = np.array(
        [
            *[(low, 0), (high, 0), (high, low), (1, low), (1, high), (high, high)],
            *[(high, 1), (low, 1), (low, high), (0, high), (0, low), (low, low)],
        ]
    )
    corners = a[:, None] + u[:, None] * places[:, :1] + v[:, None] * places[:, 1:]
    cut[chosen] = shapely.polygons(corners)
    return cut
