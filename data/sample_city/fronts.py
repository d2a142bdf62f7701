"""Street buildings with shops along the longest sides of a piece of land."""

import numpy as np
import shapely

from .rows import Slots
from .shapes import Flags, Floats, Indices, Shapes, rotated

SHORTEST_SIDE_M = 60.0
LEAST_LAND_M2 = 9_000.0
"""Smaller land has no room behind a front."""
DEPTH_M = (8.0, 13.0)
PIECE_M = (34.0, 84.0)
GATE_M = (7.0, 12.0)
INSET_M = 2.0
CORNER_M = 7.0
CLEARANCE_M = 4.0


def line_fronts(land: Shapes, sides: Floats, rng: np.random.Generator) -> tuple[Slots, Shapes]:
    """Place street buildings along up to `sides` (n,) of each polygon.

    Returns the places and the land that is left behind them.
    """
    owner, start, stop = _longest_sides(land, sides)
    depth_m = rng.uniform(*DEPTH_M, len(owner))
    slots = _pieces(owner, start, stop, depth_m, rng)
    shapes = slots.shapes()
    shapely.prepare(land)
    slots = slots.chosen(shapely.covers(land[slots.owner], shapes))
    slots = slots.chosen(_first_of_touching(slots))
    return slots, _land_behind(land, slots)


def _longest_sides(land: Shapes, sides: Floats) -> tuple[Indices, Floats, Floats]:
    """Return the land, start and end of the sides that carry a front; the land lies on the left."""
    rims = shapely.get_exterior_ring(shapely.orient_polygons(shapely.simplify(land, 1.5)))
    points, owner = shapely.get_coordinates(rims, return_index=True)
    is_side = owner[1:] == owner[:-1]
    start, stop, owner = points[:-1][is_side], points[1:][is_side], owner[:-1][is_side]
    length_m = np.hypot(*(stop - start).T)
    order = np.lexsort((-length_m, owner))
    first = np.searchsorted(owner[order], owner[order])
    rank = np.empty(len(owner), dtype=np.int64)
    rank[order] = np.arange(len(owner)) - first
    is_front = (rank < sides[owner]) & (length_m >= SHORTEST_SIDE_M)
    is_front &= shapely.area(land)[owner] >= LEAST_LAND_M2
    return owner[is_front], start[is_front], stop[is_front]


def _pieces(
    owner: Indices, start: Floats, stop: Floats, depth_m: Floats, rng: np.random.Generator
) -> Slots:
    side_m = np.hypot(*(stop - start).T) - 2.0 * CORNER_M
    gate_m = rng.uniform(*GATE_M, len(owner))
    usual_m = rng.uniform(*PIECE_M, len(owner))
    count = np.maximum(np.round((side_m + gate_m) / (usual_m + gate_m)), 1).astype(np.int64)
    length_m = (side_m - (count - 1) * gate_m) / count
    side = np.repeat(np.arange(len(owner)), count)
    number = np.arange(len(side)) - np.repeat(np.cumsum(count) - count, count)
    along = CORNER_M + (number + 0.5) * length_m[side] + number * gate_m[side]
    angle = np.arctan2(stop[:, 1] - start[:, 1], stop[:, 0] - start[:, 0])[side]
    inward = INSET_M + depth_m[side] / 2.0
    centre = start[side] + rotated(np.column_stack([along, inward]), angle)
    trimmed_m = length_m[side] * rng.uniform(0.8, 1.0, len(side))
    return Slots(owner[side], centre, angle, trimmed_m, depth_m[side], np.zeros(len(side)))


def _first_of_touching(slots: Slots) -> Flags:
    """Return True for places that stand clear of every earlier one."""
    return clear_of_earlier(slots.shapes(), gap_m=5.0)


def clear_of_earlier(shapes: Shapes, *, gap_m: float) -> Flags:
    """Return True for shapes farther than the gap from every earlier shape that stays."""
    later, earlier = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=gap_m)
    is_pair = earlier < later
    later, earlier = later[is_pair], earlier[is_pair]
    stays = np.ones(len(shapes), dtype=bool)
    for one, other in sorted(zip(later.tolist(), earlier.tolist(), strict=True)):
        if stays[other]:
            stays[one] = False
    return stays


def _land_behind(land: Shapes, slots: Slots) -> Shapes:
    taken = np.full(len(land), None, dtype=object)
    grown = shapely.buffer(slots.shapes(), CLEARANCE_M, join_style="mitre")
    order = np.argsort(slots.owner, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(slots.owner[order])) + 1):
        taken[slots.owner[group[:1]]] = shapely.union_all(grown[group])
    left = shapely.difference(land, taken)
    behind: Shapes = np.where(shapely.is_missing(taken), land, left)
    return behind
