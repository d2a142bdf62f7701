"""Whether a barrier parts two outlines, as the independent check sees it: with shapely alone."""

import numpy as np
import shapely
from numpy.typing import NDArray

STEP_M = 5.0
"""Ways over a gap begin at every corner of an outline, and at most this far apart."""
ALONG_M = 0.5
"""A barrier this near to an outline runs along it; deeper inside a site it does not count."""
TOUCHING_M = 0.01


def is_blocked(
    a: shapely.Geometry,
    b: shapely.Geometry,
    walls: NDArray[np.object_],
    *,
    reach_m: float,
) -> bool:
    """Tell whether no straight way of at most the reach between two outlines avoids the walls.

    Parts of a wall inside either outline do not count. Outlines that share an edge are parted
    where walls cover over half of it.
    """
    wall = shapely.union_all(walls)
    if shapely.distance(a, b) < TOUCHING_M:
        edge = shapely.intersection(shapely.boundary(a), shapely.buffer(b, ALONG_M))
        if shapely.length(edge) >= STEP_M:
            covered = shapely.intersection(edge, shapely.buffer(wall, ALONG_M, cap_style="flat"))
            return bool(shapely.length(covered) > shapely.length(edge) / 2)
    inside = shapely.union_all([shapely.buffer(shape, -ALONG_M) for shape in (a, b)])
    outside = shapely.difference(wall, inside)
    shapely.prepare(outside)
    ways = _ways_between(a, b, reach_m)
    return bool(shapely.intersects(outside, ways).all())


def _ways_between(a: shapely.Geometry, b: shapely.Geometry, reach_m: float) -> NDArray[np.object_]:
    """Return straight ways from points of one outline to points of the other."""
    starts, ends = (_points_on(shape) for shape in (a, b))
    far = np.hypot(*(starts[:, None] - ends[None, :]).transpose(2, 0, 1))
    at, to = np.nonzero((far <= reach_m) & (far > 0))
    ways = np.atleast_1d(np.asarray(shapely.linestrings(np.stack([starts[at], ends[to]], axis=1))))
    shortest = shapely.shortest_line(a, b)
    # A line from a point to itself is invalid.
    way = shortest if shapely.length(shortest) > 0 else shapely.get_point(shortest, 0)
    return np.concatenate([ways, np.array([way], dtype=object)])


def _points_on(shape: shapely.Geometry) -> NDArray[np.float64]:
    outline = shapely.boundary(shape) if shapely.get_dimensions(shape) == 2 else shape  # noqa: PLR2004 (a polygon)
    steps = [shapely.segmentize(outline, step_m) for step_m in (STEP_M, STEP_M / 2)]
    points: NDArray[np.float64] = np.concatenate([shapely.get_coordinates(each) for each in steps])
    return points
