"""Streets in three ranks: arterials, secondary streets and local ones, by splitting quads."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_city.ground import Floats, Ground, Shapes

Ints = NDArray[np.int64]

ARTERIAL, SECONDARY, LOCAL = 0, 1, 2
LARGE_M2 = 320_000.0
"""A street that splits so much land is a secondary one."""
HALF_WIDTH_M = np.array([20.0, 11.0, 6.5])
"""Half the street from house line to house line, by rank."""
SPACING_M = (800.0, 1_200.0)


@dataclass(frozen=True)
class Streets:
    """Centre lines with their rank, and the extent of the city that they lie in."""

    lines: Shapes
    ranks: Ints
    roads: Ints
    """Number of the arterial road that a line is a stretch of; -1 for smaller streets."""
    extent: shapely.Polygon


def lay_streets(ground: Ground, rng: np.random.Generator) -> Streets:
    """Return arterials on a bent grid, and smaller streets splitting what lies between."""
    across, down = _positions(ground.half_m, rng), _positions(ground.half_m, rng)
    quads = _kept_quads(across, down, ground, rng)
    sides = {_key(quad[i], quad[(i + 1) % 4]) for quad in quads for i in range(4)}
    borders = [np.array(side) for side in sorted(sides)]
    cuts, ranks = _split(quads, ground, rng)
    lines = [ground.bend(line) for line in [*borders, *cuts]]
    diagonal = _diagonal(across, down, ground)
    all_ranks = [ARTERIAL] * len(borders) + ranks
    roads = _roads(borders) + [-1] * len(ranks)
    if diagonal is not None:
        lines.append(diagonal)
        all_ranks.append(ARTERIAL)
        roads.append(max(roads) + 1)
    outlines = [
        shapely.Polygon(ground.bend(np.vstack([quad, quad[:1]])).coords[1:-1]) for quad in quads
    ]
    extent = shapely.union_all(shapely.buffer(outlines, 0.5, join_style="mitre"))
    return Streets(
        np.array(lines), np.array(all_ranks), np.array(roads), shapely.buffer(extent, -0.5)
    )


def _positions(half_m: float, rng: np.random.Generator) -> Floats:
    """Return where the arterials lie along one axis, 800 to 1,200 m apart."""
    count = max(round(2 * half_m / float(np.mean(SPACING_M))), 1)
    steps = rng.uniform(*SPACING_M, count)
    positions: Floats = np.r_[0.0, np.cumsum(steps)] - steps.sum() / 2
    return positions


def _kept_quads(across: Floats, down: Floats, ground: Ground, rng: np.random.Generator) -> Floats:
    """Return the quads (n, 4, 2) between the arterials that lie within a lobed outline."""
    few = 3
    lobes = rng.uniform(0, 2 * np.pi, 3)
    quads = []
    for left, right in pairwise(across):
        for low, high in pairwise(down):
            x, y = (left + right) / 2, (low + high) / 2
            angle = np.arctan2(y, x)
            limit = 1.04 + 0.1 * np.sin(angle * 2 + lobes[0]) + 0.06 * np.sin(angle * 5 + lobes[1])
            is_small = min(len(across), len(down)) <= few
            if is_small or np.hypot(x, y) < limit * ground.half_m:
                quads.append([(left, low), (right, low), (right, high), (left, high)])
    return np.array(quads)


def _key(start: Floats, end: Floats) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return a border between two quads the same way from both sides."""
    first, second = sorted([(float(start[0]), float(start[1])), (float(end[0]), float(end[1]))])
    return first, second


def _roads(borders: list[Floats]) -> list[int]:
    """Return the same number for all stretches on one line of the grid."""
    lines = [(0, b[0, 0]) if b[0, 0] == b[1, 0] else (1, b[0, 1]) for b in borders]
    number = {line: place for place, line in enumerate(sorted(set(lines)))}
    return [number[line] for line in lines]


def _diagonal(across: Floats, down: Floats, ground: Ground) -> shapely.LineString | None:
    """Return an avenue from the core to a corner of the grid, where the city is large enough."""
    enough = 5
    if min(len(across), len(down)) < enough:
        return None
    column, row = len(across) // 2, len(down) // 2
    reach = min(len(across) - 1 - column, row, 4)
    return ground.bend(
        np.array([(across[column], down[row]), (across[column + reach], down[row - reach])])
    )


def _split(
    quads: Floats, ground: Ground, rng: np.random.Generator
) -> tuple[list[Floats], list[int]]:
    """Split the quads until each is a block; return the cuts and their ranks."""
    cuts: list[Floats] = []
    ranks: list[int] = []
    while len(quads):
        quads = _long_side_first(quads)
        area = _area(quads)
        newness = ground.newness(ground.to_metric(quads.mean(axis=1)))
        target = np.interp(newness, [0.1, 0.4, 0.8, 1.1], [2.6e4, 5e4, 9e4, 2.2e5])
        is_open = area > target * rng.uniform(0.9, 2.2, len(quads))
        quads, area, newness = quads[is_open], area[is_open], newness[is_open]
        skew = rng.uniform(-1, 1, len(quads)) * np.interp(newness, [0.2, 0.6], [0.13, 0.035])
        share = rng.uniform(0.38, 0.62, len(quads))
        first = _between(quads[:, 0], quads[:, 1], share + skew)
        second = _between(quads[:, 3], quads[:, 2], share - skew)
        cuts += list(np.stack([first, second], axis=1))
        ranks += np.where(area > LARGE_M2, SECONDARY, LOCAL).tolist()
        a, b, c, d = (quads[:, i] for i in range(4))
        quads = np.concatenate(
            [np.stack([a, first, second, d], axis=1), np.stack([first, b, c, second], axis=1)]
        )
    return cuts, ranks


def _between(start: Floats, end: Floats, share: Floats) -> Floats:
    point: Floats = start + (end - start) * share[:, None]
    return point


def _long_side_first(quads: Floats) -> Floats:
    """Turn each quad (n, 4, 2) so that its first and third side are the longer pair."""
    side = np.linalg.norm(np.roll(quads, -1, axis=1) - quads, axis=2)
    is_upright = side[:, 0] + side[:, 2] < side[:, 1] + side[:, 3]
    turned: Floats = np.where(is_upright[:, None, None], np.roll(quads, -1, axis=1), quads)
    return turned


def _area(quads: Floats) -> Floats:
    one, other = quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1]
    area: Floats = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2
    return area
