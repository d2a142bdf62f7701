"""What separates compounds (water, tracks, roads, walls) and the ways that reopen it."""

from dataclasses import dataclass

import numpy as np
import shapely

from .ground import Ground
from .names import street_names
from .shapes import Floats, Shape, Shapes
from .streets import CORRIDOR_M

EVERY_M = {"river": 850.0, "railway": 600.0, "expressway": 420.0}
"""Least distance between two roads that get over a barrier; others end before it."""
BEYOND_M = 12.0
"""How far a way over reaches past the water or the strip kept free beside tracks."""
WAY_OVER = {"river": "bridge", "railway": "underpass", "expressway": "underpass"}
NOTE = {"bridge": "{road}大桥", "underpass": "{road}下穿通道"}
LEAST_SINE = 0.45
"""Roads that meet a barrier more aslant than this end before it."""
PROBE_M = 500.0
ZEBRA_EVERY_M = 420.0
ZEBRA_M = 56.0
WALL_SHARE = 0.16
GATE_SHARE = 0.5
GATE_M = 6.0
SHORTEST_ROAD_M = 150.0
SHORTEST_WALL_M = 40.0
RIVER, RAILWAY, EXPRESSWAY = "清河", "铁路", "环城高速"


@dataclass(frozen=True)
class Row:
    """One barrier (kind, name, shape) or one crossing (kind, note, shape)."""

    kind: str
    text: str
    shape: Shape


@dataclass(frozen=True)
class Barriers:
    """All that separates, and all that reopens it."""

    barriers: list[Row]
    crossings: list[Row]


def lay_barriers(ground: Ground, city: Shape, lanes: Shapes, rng: np.random.Generator) -> Barriers:
    """Decide which roads get over which barrier, and where walls, gates and zebras are."""
    hard = _hard_barriers(ground, city)
    roads = _roads(ground, city, rng)
    crossings: list[Row] = []
    for row in hard:
        ways, closed = _ways_over(row, roads, ground)
        crossings.extend(ways)
        roads = [Row(r.kind, r.text, r.shape.difference(closed)) for r in roads]
    arterials = _single(roads, SHORTEST_ROAD_M)
    arterials.extend(_embankments(ground, city))
    walls = _walls(lanes, rng)
    crossings.extend(_zebras(arterials))
    crossings.extend(_gates(walls, rng))
    water = Row("river", RIVER, ground.river.intersection(city))
    return Barriers([water, *_single(hard[1:], 1.0), *arterials, *walls], crossings)


def _hard_barriers(ground: Ground, city: Shape) -> list[Row]:
    """Return the river's middle line, then tracks and expressways; all run through the city."""
    rows = [Row("river", RIVER, ground.river_line.intersection(city))]
    for kind, name, lines in (
        ("railway", RAILWAY, ground.railways),
        ("expressway", EXPRESSWAY, ground.expressways),
    ):
        rows.extend(
            Row(kind, f"{name}{number}线" if len(lines) > 1 else name, line.intersection(city))
            for number, line in enumerate(lines, start=1)
        )
    return rows


def _roads(ground: Ground, city: Shape, rng: np.random.Generator) -> list[Row]:
    names = street_names(len(ground.arterials), suffix="", rng=rng)
    kinds = rng.choice(["路", "大街", "大道"], len(names), p=[0.6, 0.28, 0.12])
    return [
        Row("arterial", name + kind, road.intersection(city))
        for name, kind, road in zip(names, kinds.tolist(), ground.arterials, strict=True)
    ]


def _ways_over(barrier: Row, roads: list[Row], ground: Ground) -> tuple[list[Row], Shape]:
    """Return the ways over one barrier, and the strips where other roads end before it."""
    last_m = -np.inf
    ways, closed = [], []
    half_m = CORRIDOR_M[barrier.kind]
    for along_m, point, road in _meetings(barrier, roads):
        way = _way_over(barrier, point, road, ground)
        if way is not None and along_m - last_m >= EVERY_M[barrier.kind]:
            ways.append(way)
            last_m = along_m
        else:
            strip = barrier.shape.intersection(point.buffer(2.5 * half_m))
            closed.append(strip.buffer(half_m, cap_style="flat"))
    return ways, shapely.union_all(np.array(closed, dtype=object))


def _meetings(barrier: Row, roads: list[Row]) -> list[tuple[float, shapely.Point, Row]]:
    shapes = np.array([road.shape for road in roads])
    points, owner = shapely.get_parts(
        shapely.intersection(shapes, barrier.shape), return_index=True
    )
    is_point = shapely.get_type_id(points) == shapely.GeometryType.POINT
    points, owner = points[is_point], owner[is_point]
    along_m = shapely.line_locate_point(shapely.line_merge(barrier.shape), points)
    order = np.argsort(along_m, kind="stable")
    return [(float(along_m[i]), points[i], roads[owner[i]]) for i in order]


def _way_over(barrier: Row, point: shapely.Point, road: Row, ground: Ground) -> Row | None:
    """Return a straight way along the road over the barrier; None where they meet too aslant."""
    ahead, across = _heading(road.shape, point), _heading(barrier.shape, point)
    sine = abs(ahead[0] * across[1] - ahead[1] * across[0])
    if sine < LEAST_SINE:
        return None
    here = np.array([point.x, point.y])
    before_m = after_m = CORRIDOR_M[barrier.kind] / sine
    if barrier.kind == "river":
        before_m, after_m = (
            _width_m(shapely.LineString([here, here + sign * PROBE_M * ahead]), ground.river)
            for sign in (-1.0, 1.0)
        )
    ends = [here - (before_m + BEYOND_M) * ahead, here + (after_m + BEYOND_M) * ahead]
    kind = WAY_OVER[barrier.kind]
    return Row(kind, NOTE[kind].format(road=road.text), shapely.LineString(ends))


def _heading(line: Shape, point: shapely.Point) -> Floats:
    """Return the unit vector along the line near a point on it."""
    near = shapely.get_coordinates(line.intersection(point.buffer(20.0)))
    ahead = near[-1] - near[0]
    unit: Floats = ahead / np.hypot(*ahead)
    return unit


def _width_m(probe: shapely.LineString, river: shapely.Polygon) -> float:
    """Return how far the water reaches along a line that starts in it."""
    dry = probe.difference(river)
    return float(shapely.Point(probe.coords[0]).distance(dry))


def _single(rows: list[Row], shortest_m: float) -> list[Row]:
    """Return a row per unbroken line."""
    return [
        Row(row.kind, row.text, line)
        for row in rows
        for line in shapely.get_parts(_merged(row.shape))
        if line.length > shortest_m
    ]


def _merged(shape: Shape) -> Shape:
    is_many = shapely.get_type_id(shape) == shapely.GeometryType.MULTILINESTRING
    return shapely.line_merge(shape) if is_many else shape


def _embankments(ground: Ground, city: Shape) -> list[Row]:
    names = ("滨河北路", "滨河南路")
    rows = [
        Row("arterial", name, line.intersection(city))
        for name, line in zip(names, ground.embankments, strict=True)
    ]
    return _single(rows, SHORTEST_ROAD_M)


def _zebras(arterials: list[Row]) -> list[Row]:
    return [
        Row("zebra", f"{road.text}人行横道", _across(road.shape, along_m, ZEBRA_M))
        for road in arterials
        for along_m in np.arange(ZEBRA_EVERY_M / 2, road.shape.length, ZEBRA_EVERY_M)
    ]


def _across(line: Shape, along_m: float, length_m: float) -> shapely.LineString:
    point = line.interpolate(along_m)
    ahead = _heading(line, point)
    half = np.array([-ahead[1], ahead[0]]) * length_m / 2.0
    here = np.array([point.x, point.y])
    return shapely.LineString([here - half, here + half])


def _walls(lanes: Shapes, rng: np.random.Generator) -> list[Row]:
    chosen = lanes[
        (rng.random(len(lanes)) < WALL_SHARE) & (shapely.length(lanes) > SHORTEST_WALL_M)
    ]
    return [Row("wall", "围墙", lane) for lane in chosen]


def _gates(walls: list[Row], rng: np.random.Generator) -> list[Row]:
    return [
        Row("gate", "便门", _across(wall.shape, wall.shape.length * rng.uniform(0.3, 0.7), GATE_M))
        for wall in walls
        if rng.random() < GATE_SHARE
    ]
