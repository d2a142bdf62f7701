"""Growing connected groups of faces from seeds over their common borders."""

import heapq

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_city.blocks import Ints
from data.sample_city.ground import Floats, Shapes

Pairs = NDArray[np.int64]


def shared_borders(faces: Shapes) -> Pairs:
    """Return the pairs (m, 2) of faces of a valid coverage that have a border in common."""
    points, owner = shapely.get_coordinates(faces, return_index=True)
    is_edge = owner[1:] == owner[:-1]
    start, end, owner = points[:-1][is_edge], points[1:][is_edge], owner[:-1][is_edge]
    is_backward = (start[:, 0] > end[:, 0]) | (
        (start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1])
    )
    forth, back = np.hstack([start, end]), np.hstack([end, start])
    edges = np.where(is_backward[:, None], back, forth)
    order = np.lexsort(tuple(edges.T))
    same = (edges[order][1:] == edges[order][:-1]).all(axis=1)
    found = np.c_[owner[order][:-1][same], owner[order][1:][same]]
    pairs: Pairs = np.unique(np.sort(found, axis=1), axis=0)
    return pairs


def spread_seeds(middles: Floats, count: int, rng: np.random.Generator) -> Ints:
    """Return that many faces, well apart and each in the middle of its surroundings."""
    count = min(count, len(middles))
    seeds = [int(rng.integers(len(middles)))]
    while len(seeds) < count:
        away = np.linalg.norm(middles[:, None] - middles[seeds], axis=2).min(axis=1)
        seeds.append(int(np.argmax(away * rng.uniform(0.85, 1, len(away)))))
    centres = middles[seeds]
    for _ in range(3):
        nearest = _nearest(middles, centres)
        held = [middles[nearest == i] for i in range(count)]
        centres = np.array(
            [m.mean(axis=0) if len(m) else c for m, c in zip(held, centres, strict=True)]
        )
    return np.unique(_nearest(centres, middles))


def _nearest(points: Floats, others: Floats) -> Ints:
    found: Ints = np.linalg.norm(points[:, None] - others, axis=2).argmin(axis=1)
    return found


def grow(middles: Floats, pairs: Pairs, cost: Floats, seeds: Ints) -> Ints:
    """Return for each face the number of the seed that reaches it first over common borders."""
    ways: list[list[tuple[int, float]]] = [[] for _ in middles]
    for (one, other), metres in zip(pairs.tolist(), cost.tolist(), strict=True):
        ways[one].append((other, metres))
        ways[other].append((one, metres))
    label = np.full(len(middles), -1, dtype=np.int64)
    queue = [(0.0, int(seed), number) for number, seed in enumerate(seeds)]
    heapq.heapify(queue)
    while queue:
        metres, face, number = heapq.heappop(queue)
        if label[face] < 0:
            label[face] = number
            for other, further in ways[face]:
                if label[other] < 0:
                    heapq.heappush(queue, (metres + further, other, number))
    lost = np.flatnonzero(label < 0)
    if len(lost):
        label[lost] = _nearest(middles[lost], middles[seeds])
    return label
