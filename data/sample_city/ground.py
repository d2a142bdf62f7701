"""What lies under the city: its outline, a river, railways, expressways and arterial roads."""

from dataclasses import dataclass

import numpy as np
import shapely

from .shapes import Floats, Shape, Shapes, rotated

STEP_M = 60.0
"""Distance between the points of a drawn line."""
OVERSHOOT = 1.45
"""Lines run on to this multiple of the radius, so that faces at the rim close."""
EMBANKMENT_M = 40.0
"""From the water to the middle of the road along it."""
LARGE_CITY_M = 8_000.0
"""Beyond this radius a city has more than one ring and one railway."""
SMALL_TOWN_M = 2_000.0
"""Within this radius a town has neither a ring nor a road aslant."""
ARTERIAL_EVERY_M = (800.0, 1_200.0)
CORE_ARTERIAL_EVERY_M = (550.0, 750.0)
DROPPED_SHARE = 0.14
"""Share of arterial sections beyond the core that were never built."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Lines are in metres from the city's centre and run past its outline."""

    radius_m: float
    outline: shapely.Polygon
    river_line: shapely.LineString
    river: shapely.Polygon
    embankments: Shapes
    railways: Shapes
    expressways: Shapes
    arterials: Shapes
    """MultiLineStrings, one per named road."""


@dataclass(frozen=True)
class Warp:
    """A smooth bending of the plane, so that no street grid is perfect."""

    waves: Floats
    """(k, 2) wave vectors, radians per metre."""
    phases: Floats
    shifts_m: Floats
    """(k, 2) greatest shift by each wave."""
    turn: float
    """Radians by which the whole grid is turned."""

    def __call__(self, points: Floats) -> Floats:
        """Return (n, 2) points bent."""
        swing = np.sin(points @ self.waves.T + self.phases)
        bent = points + swing @ self.shifts_m
        return rotated(bent, np.full(len(bent), self.turn))


def lay_ground(radius_m: float, rng: np.random.Generator) -> Ground:
    """Draw the ground of a city of about this radius."""
    warp = _draw_warp(rng)
    outline = _blob(radius_m, rng)
    centre, banks = _draw_river(radius_m, rng)
    river = shapely.Polygon(np.concatenate([banks[0], banks[1][::-1]]))
    grid = _arterial_grid(radius_m, warp, rng)
    roads = [*grid, *_diagonals(radius_m, warp, rng)]
    return Ground(
        radius_m=radius_m,
        outline=outline,
        river_line=shapely.LineString(centre),
        river=river,
        embankments=np.array([_beside(centre, bank) for bank in banks]),
        railways=_railways(radius_m, rng),
        expressways=_expressways(radius_m, rng),
        arterials=np.array(_off_the_bank(roads, river)),
    )


def _draw_warp(rng: np.random.Generator) -> Warp:
    length_m = np.array([2_600.0, 4_300.0, 7_900.0])
    heading = rng.uniform(0.0, 2.0 * np.pi, 3)
    waves = (2.0 * np.pi / length_m)[:, None] * np.column_stack([np.cos(heading), np.sin(heading)])
    shifts_m = rng.uniform(-1.0, 1.0, (3, 2)) * (0.028 * length_m)[:, None]
    return Warp(waves, rng.uniform(0.0, 2.0 * np.pi, 3), shifts_m, rng.uniform(-0.14, 0.14))


def _blob(radius_m: float, rng: np.random.Generator) -> shapely.Polygon:
    angle = np.linspace(0.0, 2.0 * np.pi, 180, endpoint=False)
    swells = {2: 0.10, 3: 0.06, 4: 0.04, 7: 0.022, 11: 0.014, 17: 0.008}
    phase = rng.uniform(0.0, 2.0 * np.pi, len(swells))
    swell = sum(
        share * np.sin(turns * angle + shift)
        for (turns, share), shift in zip(swells.items(), phase, strict=True)
    )
    reach = radius_m * (1.0 + swell)
    return shapely.Polygon(np.column_stack([reach * np.cos(angle), reach * np.sin(angle)]))


def _draw_river(radius_m: float, rng: np.random.Generator) -> tuple[Floats, tuple[Floats, Floats]]:
    """Return the middle line and both banks; the river flows a little north of the core."""
    reach = OVERSHOOT * radius_m
    x = np.arange(-reach, reach + STEP_M, STEP_M)
    phase = rng.uniform(0.0, 2.0 * np.pi, 3)
    y = (
        0.34 * radius_m
        + 0.16 * radius_m * np.sin(1.7 * x / radius_m + phase[0])
        + 0.05 * radius_m * np.sin(4.6 * x / radius_m + phase[1])
    )
    width_m = (40.0 + 0.02 * radius_m) * (1.0 + 0.25 * np.sin(5.0 * x / radius_m + phase[2]))
    centre = rotated(np.column_stack([x, y]), np.full(len(x), rng.uniform(-0.45, 0.45)))
    across = _normals(centre) * (width_m / 2.0)[:, None]
    return centre, (centre + across, centre - across)


def _normals(line: Floats) -> Floats:
    ahead = np.gradient(line, axis=0)
    unit = ahead / np.hypot(*ahead.T)[:, None]
    return np.column_stack([-unit[:, 1], unit[:, 0]])


def _beside(centre: Floats, bank: Floats) -> shapely.LineString:
    outward = bank - centre
    outward /= np.hypot(*outward.T)[:, None]
    return shapely.LineString(bank + outward * EMBANKMENT_M)


def _railways(radius_m: float, rng: np.random.Generator) -> Shapes:
    """Return railways that pass south of the core, in wide curves."""
    count = 1 if radius_m < LARGE_CITY_M else 3
    return np.array([_railway(radius_m, rng, place) for place in range(count)])


def _railway(radius_m: float, rng: np.random.Generator, place: int) -> shapely.LineString:
    reach = OVERSHOOT * radius_m
    x = np.arange(-reach, reach + STEP_M, STEP_M)
    y = -radius_m * (0.42 + 0.25 * (place % 2)) + 0.09 * radius_m * np.sin(
        1.5 * x / radius_m + rng.uniform(0.0, 2.0 * np.pi)
    )
    heading = rng.uniform(-0.3, 0.3) + 1.3 * place
    return shapely.LineString(rotated(np.column_stack([x, y]), np.full(len(x), heading)))


def _expressways(radius_m: float, rng: np.random.Generator) -> Shapes:
    """Return pieces of ring that leave the city straight at both ends."""
    rings: tuple[float, ...] = (0.62,) if radius_m < LARGE_CITY_M else (0.24, 0.5, 0.76)
    if radius_m < SMALL_TOWN_M:
        rings = ()
    pieces = [_ring_piece(share * radius_m, radius_m, rng) for share in rings]
    return np.array(pieces, dtype=object)


def _ring_piece(ring_m: float, radius_m: float, rng: np.random.Generator) -> shapely.LineString:
    start = rng.uniform(0.0, 2.0 * np.pi)
    angle = np.linspace(start, start + rng.uniform(3.2, 4.4), max(12, int(4 * ring_m / STEP_M)))
    arc = ring_m * np.column_stack([1.08 * np.cos(angle), 0.94 * np.sin(angle)])
    run_out = OVERSHOOT * radius_m
    ends = []
    for tip, before in ((arc[0], arc[1]), (arc[-1], arc[-2])):
        ahead = (tip - before) / np.hypot(*(tip - before))
        ends.append(tip + ahead * run_out)
    return shapely.LineString(np.concatenate([ends[:1], arc, ends[1:]]))


def _arterial_grid(radius_m: float, warp: Warp, rng: np.random.Generator) -> Shapes:
    """Return the two families of arterials, some sections beyond the core left out."""
    across, along = _spaced(radius_m, rng), _spaced(radius_m, rng)
    families = [(across, along, False), (along, across, True)]
    roads = []
    for fixed, stops, is_turned in families:
        for place in fixed:
            sections = [
                _section(place, stops[i], stops[i + 1], warp, is_turned=is_turned)
                for i in range(len(stops) - 1)
                if _is_built(place, stops[i], radius_m, rng)
            ]
            roads.append(shapely.union_all(sections))
    return np.array(roads)


def _spaced(radius_m: float, rng: np.random.Generator) -> list[float]:
    """Return places from -reach to reach, nearer together in the core."""
    places = [float(rng.uniform(-300.0, 300.0))]
    for sign in (-1.0, 1.0):
        place = places[0]
        while abs(place) < OVERSHOOT * radius_m:
            is_core = abs(place) < 0.25 * radius_m
            place += sign * rng.uniform(*(CORE_ARTERIAL_EVERY_M if is_core else ARTERIAL_EVERY_M))
            places.append(float(place))
    return sorted(places)


def _is_built(place: float, stop: float, radius_m: float, rng: np.random.Generator) -> bool:
    is_outside_core = max(abs(place), abs(stop)) > 0.35 * radius_m
    return not (is_outside_core and rng.random() < DROPPED_SHARE)


def _section(
    place: float, start: float, stop: float, warp: Warp, *, is_turned: bool
) -> shapely.LineString:
    along = np.linspace(start, stop, int((stop - start) / STEP_M) + 2)
    points = np.column_stack([np.full_like(along, place), along])
    return shapely.LineString(warp(points[:, ::-1] if is_turned else points))


def _diagonals(radius_m: float, warp: Warp, rng: np.random.Generator) -> list[shapely.LineString]:
    """Return roads that leave the core aslant, as old highways do."""
    if radius_m < SMALL_TOWN_M:
        return []
    headings = rng.uniform(0.55, 1.0) + np.array([0.0, np.pi]) + rng.normal(0.0, 0.15, 2)
    return [_diagonal(heading, radius_m, warp) for heading in headings]


def _diagonal(heading: float, radius_m: float, warp: Warp) -> shapely.LineString:
    reach = np.arange(0.22 * radius_m, OVERSHOOT * radius_m, STEP_M)
    return shapely.LineString(warp(np.outer(reach, np.array([np.cos(heading), np.sin(heading)]))))


def _off_the_bank(roads: list[Shape], river: shapely.Polygon) -> list[Shape]:
    """Leave out stretches that run along the water; those that cross it stay."""
    reach_m = EMBANKMENT_M + 60.0
    near = river.buffer(reach_m)
    longest_m = 2.6 * (2.0 * river.area / river.length + 2.0 * reach_m)
    kept = []
    for road in roads:
        wet = shapely.get_parts(road.intersection(near))
        along = wet[shapely.length(wet) > longest_m]
        kept.append(road.difference(shapely.union_all(along)))
    return kept
