"""Neighbour links as their description says them: pair after pair, way after way, kind after kind.

It shares nothing with the product but the four lengths of tolerance, and has no index and no batch.
"""

import math
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np
import shapely
from hypothesis import assume

from layers.adjacency import Override
from layers.policy import LinkRules
from layers.ways import EDGE_M, STEP_M, TOUCH_M


@dataclass(frozen=True)
class Link:
    gap_m: float
    kinds: frozenset[str]
    costly: frozenset[str]
    is_open: bool
    kind: str = "near"
    walk_m: float = math.nan

    def row(self, rules: LinkRules) -> tuple:
        cost_m = self.gap_m + sum(rules.impedance_m.get(kind, 0) for kind in self.costly)
        lengths = (round(self.gap_m, 6), round(self.walk_m, 6), round(cost_m, 6))
        return *map(str, lengths), self.kind, "+".join(sorted(self.kinds)), self.is_open


@dataclass(frozen=True)
class Place:
    """Sites by name, (kind, shape) of barriers, lines of crossings."""

    shapes: dict[str, shapely.Geometry]
    barriers: list[tuple[str, shapely.Geometry]]
    crossings: list[list[tuple[float, float]]]
    rules: LinkRules

    def by_kind(self) -> dict[str, shapely.Geometry]:
        kinds = {kind for kind, _ in self.barriers}
        return {
            each: shapely.union_all([shape for kind, shape in self.barriers if kind == each])
            for each in sorted(kinds)
        }

    def kinds_on(self, line: shapely.Geometry) -> frozenset[str]:
        return frozenset(
            k for k, shape in self.by_kind().items() if line.distance(shape) <= TOUCH_M
        )

    def links(self, overrides: list[Override]) -> dict[tuple[str, str], Link]:
        links = self.near_links()
        for pair, way in self.ways_over_crossings().items():
            links[pair] = self.over_crossing(pair, way, links.get(pair))
        for override in overrides:
            pair = tuple(sorted((override.a_id, override.b_id)))
            if set(pair) <= set(self.shapes):
                new = Link(self.gap_m(*pair), frozenset(), frozenset(), override.is_open)
                links[pair] = replace(
                    links.get(pair, new), is_open=override.is_open, kind="planner"
                )
        return links

    def gap_m(self, a: str, b: str) -> float:
        return self.shapes[a].distance(self.shapes[b])

    def near_links(self) -> dict[tuple[str, str], Link]:
        links = {}
        for a, b in combinations(sorted(self.shapes), 2):
            if self.gap_m(a, b) <= self.rules.reach_m:
                kinds, is_closed = self.separation(self.shapes[a], self.shapes[b])
                soft = kinds - set(self.rules.hard)
                links[a, b] = Link(self.gap_m(a, b), kinds, soft, not is_closed)
        return links

    def separation(self, one, other) -> tuple[frozenset[str], bool]:
        """Return the kinds of barrier between two, and whether the hard ones close the link."""
        edge = one.boundary.intersection(other.boundary)
        if one.distance(other) == 0 and edge.length >= STEP_M:
            alone, some, is_closed = self.along(edge)
        else:
            alone, some, is_closed = self.across(one, other)
        if is_closed and alone.isdisjoint(self.rules.hard):
            alone |= some
        return alone, is_closed

    def along(self, edge) -> tuple[frozenset[str], frozenset[str], bool]:
        def share(shape) -> float:
            covered = edge.intersection(shape.buffer(EDGE_M)).length / edge.length
            # the ends of edge and barrier are decimetres of tolerance
            assume(abs(covered - 0.5) > 0.1)
            assume(covered == 0 or covered > 0.1)
            return covered

        shares = {kind: share(shape) for kind, shape in self.by_kind().items()}
        hard = [shape for kind, shape in self.by_kind().items() if kind in self.rules.hard]
        is_closed = share(shapely.union_all(hard)) > 0.5
        alone = frozenset(kind for kind, covered in shares.items() if covered > 0.5)
        some = {kind for kind, covered in shares.items() if covered > 0} & set(self.rules.hard)
        return alone, frozenset(some), is_closed

    def across(self, one, other) -> tuple[frozenset[str], frozenset[str], bool]:
        ways = [shapely.shortest_line(one, other)]
        ways += [
            shapely.LineString([start, stop])
            for start in points_every_five_metres(one)
            for stop in points_every_five_metres(other)
            if 0 < math.dist(start, stop) <= self.rules.reach_m
        ]
        inside = one.buffer(-EDGE_M) | other.buffer(-EDGE_M)
        stopped = {
            kind: shapely.distance(ways, shape - inside) <= TOUCH_M
            for kind, shape in self.by_kind().items()
        }
        walls = {k: by for k, by in stopped.items() if k in self.rules.hard and by.any()}
        is_closed = bool(walls) and bool(np.logical_or.reduce(list(walls.values())).all())
        alone = frozenset(kind for kind, by in stopped.items() if by.all())
        return alone, frozenset(walls), is_closed

    def ways_over_crossings(self) -> dict[tuple[str, str], tuple]:
        """Return (length, kinds met, kinds led over) of the shortest way of each pair."""
        best = {}
        for line in map(shapely.LineString, self.crossings):
            over = self.kinds_on(line)
            starts, stops = self.approaches(line)
            for start, (before_m, met_before) in starts.items():
                for stop, (after_m, met_after) in stops.items():
                    met = met_before | met_after
                    if start == stop or (met - over) & set(self.rules.hard):
                        continue
                    pair = tuple(sorted((start, stop)))
                    way = before_m + line.length + after_m, sorted(met), sorted(over)
                    best[pair] = min(best.get(pair, way), way)
        return best

    def approaches(self, line) -> tuple[dict, dict]:
        """Return for each end the sites that belong to it, with what lies between."""
        first, last = (shapely.Point(line.coords[end]) for end in (0, -1))
        found = {}, {}
        for name, shape in self.shapes.items():
            for end, other, belonging in ((first, last, found[0]), (last, first, found[1])):
                length_m = end.distance(shape)
                if length_m <= min(self.rules.crossing_reach_m, other.distance(shape)):
                    way = shapely.shortest_line(end, shape)
                    belonging[name] = length_m, self.kinds_on(way) if length_m else frozenset()
        return found

    def over_crossing(self, pair, way, link: Link | None) -> Link:
        walk_m, met, over = way
        if link and link.is_open and link.kinds.isdisjoint(over):
            return link
        return Link(
            gap_m=self.gap_m(*pair),
            kinds=(link.kinds if link else frozenset(over)).union(met),
            costly=frozenset(met) - set(self.rules.hard),
            is_open=True,
            kind="crossing",
            walk_m=walk_m,
        )


def points_every_five_metres(outline: shapely.Geometry) -> list[tuple[float, float]]:
    points = []
    for start, stop in pairwise(shapely.get_coordinates(outline.boundary)):
        parts = int(np.ceil(np.hypot(*(stop - start)) / STEP_M))
        points += [tuple(start + (stop - start) * k / parts) for k in range(parts)]
    return points
