"""The lie of the land: where the old cores are and how the street grid bends."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_city.plans import CityPlan

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

STEP_M = 40.0
"""Distance between the vertices of a bent street."""


@dataclass(frozen=True)
class Ground:
    """A bent sheet: straight grid coordinates go in, metric coordinates come out."""

    centre: Floats
    half_m: float
    """About half the width of the city."""
    turn: float
    """Rotation of the grid in radians."""
    waves: Floats
    """(k, 5): wave vector x, y in 1/m, phase, shift x, y in metres."""
    cores: Floats
    """(c, 3): offset x, y from the centre and the radius over which the city grows newer."""

    def to_metric(self, grid: Floats) -> Floats:
        """Return metric coordinates of grid coordinates (n, 2), both in metres."""
        lift = np.sin(grid @ self.waves[:, :2].T + self.waves[:, 2])
        bent = grid + lift @ self.waves[:, 3:]
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        turned = bent @ np.array([[cos, sin], [-sin, cos]])
        metric: Floats = turned + self.centre
        return metric

    def newness(self, points: Floats) -> Floats:
        """Return 0 in an old core … about 1 in the outskirts for metric points (n, 2)."""
        away = np.linalg.norm(points[:, None] - self.centre - self.cores[:, :2], axis=2)
        ring: Floats = (away / self.cores[:, 2]).min(axis=1)
        return np.minimum(ring, 1.3)

    def bend(self, line: Floats) -> shapely.LineString:
        """Return the metric line of a straight-edged grid line (n, 2), overshooting its ends.

        The overshoot makes every street meet the one it ends on; what juts out is no border.
        """
        pieces = []
        for start, end in pairwise(line):
            steps = max(int(np.hypot(*(end - start)) // STEP_M), 1)
            pieces.append(start + (end - start) * (np.arange(steps) / steps)[:, None])
        ends = _unit(line[0] - line[1]), _unit(line[-1] - line[-2])
        grid = np.vstack(
            [line[0] + ends[0], *pieces[:1], *pieces[1:], line[-1], line[-1] + ends[1]]
        )
        return shapely.LineString(self.to_metric(grid))


def _unit(vector: Floats) -> Floats:
    length = float(np.hypot(*vector))
    unit: Floats = vector / length
    return unit


def lay_ground(plan: CityPlan, rng: np.random.Generator) -> Ground:
    """Return the ground of a city of the plan's size."""
    half_m = float(np.sqrt(plan.compounds * plan.land_per_compound_m2 / 0.8) / 2)
    length_m = np.array([1.1, 0.7, 0.45]) * max(half_m, 2_000.0) * rng.uniform(0.8, 1.2, 3)
    length_m = np.clip(length_m, 1_800.0, 6_000.0)
    heading = rng.uniform(0, 2 * np.pi, 3)
    vectors = (2 * np.pi / length_m)[:, None] * np.c_[np.cos(heading), np.sin(heading)]
    across = rng.uniform(0, 2 * np.pi, 3)
    shift = (length_m * rng.uniform(0.012, 0.028, 3))[:, None]
    shifts = shift * np.c_[np.cos(across), np.sin(across)]
    waves = np.c_[vectors, rng.uniform(0, 2 * np.pi, 3), shifts]
    return Ground(
        np.array(plan.centre),
        half_m,
        float(rng.uniform(-0.2, 0.2)),
        waves,
        _cores(plan, half_m, rng),
    )


def _cores(plan: CityPlan, half_m: float, rng: np.random.Generator) -> Floats:
    """Return the main core and a smaller one for each further district."""
    others = len(plan.districts) - 1
    if not others:
        return np.array([[0.0, 0.0, half_m]])
    heading = np.arange(others) * 2 * np.pi / others + rng.uniform(0, 2 * np.pi)
    away = half_m * rng.uniform(0.5, 0.75, others)
    radius = half_m * rng.uniform(0.3, 0.5, others)
    minor = np.c_[away * np.cos(heading), away * np.sin(heading), radius]
    return np.vstack([[0.0, 0.0, half_m * 0.85], minor])
