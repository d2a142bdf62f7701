"""Faces that tile the ground exactly, and regions grown from them along shared borders."""

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
import shapely

from .shapes import Flags, Floats, Indices, Shapes

GRID_M = 0.01
"""Vertices of tiles lie on this grid, so that neighbours share them to the last digit."""
LEAST_BORDER_M = 1.0


@dataclass(frozen=True)
class Borders:
    """Pairs of faces that share a line, each pair once."""

    left: Indices
    right: Indices
    lines: Shapes
    length_m: Floats


def faces_of(lines: Shapes) -> Shapes:
    """Return the faces that lines enclose, noded on the grid."""
    noded = shapely.union_all(lines, grid_size=GRID_M)
    faces: Shapes = shapely.get_parts(shapely.polygonize([noded]))
    order = np.lexsort(shapely.get_coordinates(shapely.centroid(faces)).T)
    return faces[order]


def borders_of(faces: Shapes) -> Borders:
    """Return all borders between faces of one tiling."""
    left, right = shapely.STRtree(faces).query(faces, predicate="intersects")
    is_once = left < right
    left, right = left[is_once], right[is_once]
    rims = shapely.boundary(faces)
    lines = shapely.intersection(rims[left], rims[right])
    length_m = shapely.length(lines)
    is_border = length_m > LEAST_BORDER_M
    order = np.lexsort((right[is_border], left[is_border]))
    return Borders(*(a[is_border][order] for a in (left, right, lines, length_m)))


def without_slivers(faces: Shapes, least_m2: float, group: Indices) -> tuple[Shapes, Indices]:
    """Join every face under the limit to the neighbour of its group with the longest border.

    Returns the faces and the group of each.
    """
    while True:
        borders = borders_of(faces)
        is_inside = group[borders.left] == group[borders.right]
        target = _longest_neighbour(len(faces), borders, is_inside)
        is_sliver = (shapely.area(faces) < least_m2) & (target >= 0)
        if not is_sliver.any():
            return faces, group
        label = _followed(np.where(is_sliver, target, np.arange(len(faces))))
        kept = np.unique(label)
        faces, group = dissolved(faces, np.searchsorted(kept, label)), group[kept]


def dissolved(faces: Shapes, label: Indices) -> Shapes:
    """Return one polygon for every label 0..k-1."""
    order = np.argsort(label, kind="stable")
    groups = np.split(faces[order], np.flatnonzero(np.diff(label[order])) + 1)
    return np.array([shapely.normalize(shapely.coverage_union_all(group)) for group in groups])


def largest_connected(count: int, borders: Borders) -> Indices:
    """Return the indices of the largest set of faces that hang together."""
    label = np.arange(count)
    while True:
        lower = np.minimum(label[borders.left], label[borders.right])
        spread = label.copy()
        np.minimum.at(spread, borders.left, lower)
        np.minimum.at(spread, borders.right, lower)
        if (spread == label).all():
            return np.flatnonzero(label == np.bincount(label).argmax())
        label = spread


def grown_regions(
    places: Floats, borders: Borders, cost: Floats, members: Indices, count: int
) -> Indices:
    """Return for every member the number of the region that reaches it first.

    Parameters
    ----------
    places
        (n, 2) centres of all faces, metres.
    cost
        Cost of stepping over each border.
    members
        Indices of the faces to divide, which hang together.
    count
        Number of regions; each grows from a seed and hangs together.
    """
    steps = _steps(borders, cost, set(members.tolist()))
    region = np.full(len(places), -1)
    queue = [(0.0, int(seed), number) for number, seed in enumerate(_seeds(places, members, count))]
    while queue:
        reached, face, number = heappop(queue)
        if region[face] >= 0:
            continue
        region[face] = number
        for onward, price in steps.get(face, ()):
            heappush(queue, (reached + price, onward, number))
    return region[members]


def _steps(borders: Borders, cost: Floats, members: set[int]) -> dict[int, list[tuple[int, float]]]:
    steps: dict[int, list[tuple[int, float]]] = {}
    for left, right, price in zip(
        borders.left.tolist(), borders.right.tolist(), cost.tolist(), strict=True
    ):
        if left in members and right in members:
            steps.setdefault(left, []).append((right, price))
            steps.setdefault(right, []).append((left, price))
    return steps


def _seeds(places: Floats, members: Indices, count: int) -> Indices:
    """Return members far from one another, the first farthest from their middle."""
    points = places[members]
    away = np.hypot(*(points - points.mean(axis=0)).T)
    chosen = [int(away.argmax())]
    nearest = np.full(len(points), np.inf)
    for _ in range(1, min(count, len(points))):
        nearest = np.minimum(nearest, np.hypot(*(points - points[chosen[-1]]).T))
        chosen.append(int(nearest.argmax()))
    return members[chosen]


def _longest_neighbour(count: int, borders: Borders, is_allowed: Flags) -> Indices:
    pairs = [
        np.concatenate([one[is_allowed], other[is_allowed]])
        for one, other in ((borders.left, borders.right), (borders.right, borders.left))
    ]
    length_m = np.tile(borders.length_m[is_allowed], 2)
    target = np.full(count, -1)
    order = np.argsort(length_m, kind="stable")
    target[pairs[0][order]] = pairs[1][order]
    return target


def _followed(target: Indices) -> Indices:
    """Return the least index that each chain of targets leads together with."""
    label = np.arange(len(target))
    while True:
        lower = np.minimum(label, label[target])
        spread = lower.copy()
        np.minimum.at(spread, target, lower)
        if (spread == label).all():
            return label
        label = spread
