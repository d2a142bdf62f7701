"""River, railway and expressway: corridors that cut freely through the grid of streets."""

from dataclasses import dataclass

import numpy as np
import shapely

from data.sample_city.ground import Floats, Ground, Shapes
from data.sample_city.plans import CityPlan
from data.sample_city.streets import Streets

BANK_M = {"river": 18.0, "railway": 17.0, "expressway": 32.0}
"""Land kept free on each side of the centre line; for a river, of the water."""


@dataclass(frozen=True)
class Corridor:
    """A hard barrier: its centre line reaches beyond the city on both ends."""

    kind: str
    line: shapely.LineString
    half_width_m: float
    """Half of the water; 0 for what the barrier table holds as a line."""

    def kept_free(self) -> shapely.Polygon:
        """Return the land that no block may take."""
        reach_m = self.half_width_m + BANK_M[self.kind]
        return shapely.buffer(self.line, reach_m, cap_style="flat", quad_segs=4)

    def barrier(self, extent: shapely.Polygon) -> Shapes:
        """Return the barrier's parts inside the city: water, or lines."""
        shape: shapely.Geometry = self.line
        if self.half_width_m:
            shape = shapely.buffer(self.line, self.half_width_m, cap_style="flat", quad_segs=4)
        parts = shapely.get_parts(shapely.intersection(shape, extent))
        stub_m = 20.0
        return parts[shapely.length(parts) > stub_m]


def lay_corridors(plan: CityPlan, ground: Ground, rng: np.random.Generator) -> list[Corridor]:
    """Return the corridors of the plan, rivers first."""
    heading = rng.uniform(-0.4, 0.4)
    found = []
    for number in range(plan.rivers):
        away_m = ground.half_m * (0.3 - 0.95 * number)
        line = _meander(ground, heading + number * 0.5, away_m, 0.16, rng)
        found.append(Corridor("river", line, plan.river_width_m / 2 / (1 + number)))
    away_m = -0.34 * ground.half_m
    turns = heading + 0.55 + 1.3 * np.arange(plan.railways)
    found += [Corridor("railway", _meander(ground, t, away_m, 0.04, rng), 0.0) for t in turns]
    bypasses = [_bypass(ground, number, rng) for number in range(plan.expressways)]
    return found + [Corridor("expressway", line, 0.0) for line in bypasses]


def _meander(
    ground: Ground, heading: float, away_m: float, swing: float, rng: np.random.Generator
) -> shapely.LineString:
    """Return a line that passes the centre at a distance, winding by a share of the half width."""
    reach_m = ground.half_m * 1.8
    along = np.arange(-reach_m, reach_m, 60.0)
    length_m = np.clip(ground.half_m * rng.uniform(1.0, 1.3), 1_500.0, 9_000.0)
    wide_m = swing * min(ground.half_m, 6_000.0)
    phase = rng.uniform(0, 2 * np.pi, 2)
    aside = (
        away_m
        + wide_m * np.sin(2 * np.pi * along / length_m + phase[0])
        + 0.35 * wide_m * np.sin(2 * np.pi * along / (0.43 * length_m) + phase[1])
    )
    return shapely.LineString(_turned(np.c_[along, aside], heading) + ground.centre)


def _bypass(ground: Ground, number: int, rng: np.random.Generator) -> shapely.LineString:
    """Return a wide arc around the core, its ends leading out of the city."""
    radius_m = ground.half_m * (0.68 - 0.3 * (number % 2))
    opening = np.linspace(-1.15, 1.15, 60)
    arc = radius_m * np.c_[np.sin(opening), np.cos(opening)]
    tangent = (arc[-1] - arc[-2]) / np.linalg.norm(arc[-1] - arc[-2])
    out = arc[-1] + tangent * np.arange(1, 30)[:, None] * ground.half_m * 0.06
    line = np.vstack([out[::-1] * [-1, 1], arc, out])
    heading = rng.uniform(-0.5, 0.5) + 2.4 + number * 2.1
    return shapely.LineString(_turned(line, heading) + ground.centre)


def _turned(points: Floats, angle: float) -> Floats:
    cos, sin = np.cos(angle), np.sin(angle)
    turned: Floats = points @ np.array([[cos, sin], [-sin, cos]])
    return turned


def crossings(corridor: Corridor, streets: Streets, *, over_m: float = 35.0) -> Shapes:
    """Return short lines over the corridor along streets, one end on each side.

    Every arterial that meets it crosses it; smaller streets do where the next crossing is far.
    """
    far_m, reach_m = 700.0, corridor.half_width_m + over_m
    found: list[shapely.LineString] = []
    taken: list[float] = []
    for street in _by_rank(streets):
        for place in shapely.get_parts(shapely.intersection(street.line, corridor.line)):
            at = shapely.line_locate_point(corridor.line, place)
            apart = min((abs(at - other) for other in taken), default=np.inf)
            is_inside = shapely.contains(streets.extent, shapely.buffer(place, 1.5 * reach_m))
            if is_inside and apart > (0 if street.is_arterial else far_m):
                line = _over(street.line, place, reach_m, corridor.line)
                if line is not None:
                    found.append(line)
                    taken.append(at)
    return np.array(found, dtype=object)


@dataclass(frozen=True)
class _Street:
    line: shapely.LineString
    is_arterial: bool


def _by_rank(streets: Streets) -> list[_Street]:
    """Return whole arterials first, then secondary and local streets."""
    found = []
    for number in range(streets.roads.max() + 1):
        whole = shapely.line_merge(
            shapely.union_all(streets.lines[streets.roads == number], grid_size=0.01)
        )
        found += [_Street(line, is_arterial=True) for line in shapely.get_parts(whole)]
    smaller = np.flatnonzero(streets.roads < 0)
    ordered = smaller[np.argsort(streets.ranks[smaller], kind="stable")]
    return found + [_Street(streets.lines[i], is_arterial=False) for i in ordered]


def _over(
    street: shapely.LineString, place: shapely.Point, reach_m: float, line: shapely.LineString
) -> shapely.LineString | None:
    """Return the way along the street over the corridor, or None where it does not reach across."""
    along = shapely.line_locate_point(street, place)
    ends = [_far_end(street, along, reach_m, side, line) for side in (-1, 1)]
    if ends[0] is None or ends[1] is None:
        return None
    way = shapely.LineString(np.array(ends))
    # A street that only touches the corridor has both ends on one side of it.
    return way if shapely.crosses(way, line) else None


def _far_end(
    street: shapely.LineString, along: float, reach_m: float, side: int, line: shapely.LineString
) -> Floats | None:
    """Return where the street is first as far as asked from the corridor's middle, or None."""
    for step in np.arange(reach_m, 3 * reach_m, 5.0):
        at = along + side * step
        if not 0 < at < street.length:
            return None
        point = shapely.line_interpolate_point(street, at)
        if shapely.distance(point, line) >= reach_m:
            return np.array([shapely.get_x(point), shapely.get_y(point)])
    return None
