"""Which straight ways between two outlines no barrier stops.

The question is the same for two sites of a zone and for two buildings of a courtyard: is there a
straight segment, not longer than the reach, from one outline to the other, that keeps clear of a
barrier? Everything here is in one metric CRS and knows neither sites nor policies.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

STEP_M = 5.0
"""Greatest distance between two points of an outline where ways may begin: every corner, and as
many points between as that takes. A shared edge shorter than one step is a corner contact."""
EDGE_M = 0.5
"""A barrier this near to an outline runs along it (digitising and rounding move lines by
decimetres); deeper in, it lies inside the site and does not count."""
TOUCH_M = 0.01
"""A way this near to a barrier touches it: crossings of floating-point lines are not exact."""
PIECE_M = 250.0
"""Barriers are cut until no piece is wider or higher, so that an index finds the near ones."""


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Barriers cut into pieces of at most 250 m × 250 m, in a metric CRS, with their index."""

    kinds: NDArray[np.str_]
    geometries: NDArray[np.object_]
    tree: shapely.STRtree

    def kinds_near(
        self, geometries: NDArray[np.object_], *, distance_m: float
    ) -> list[frozenset[str]]:
        """Return, for each geometry, the kinds of barrier within the distance."""
        found: list[set[str]] = [set() for _ in geometries]
        near = self.tree.query(geometries, predicate="dwithin", distance=distance_m)
        for position, piece in near.T:
            found[position].add(str(self.kinds[piece]))
        return [frozenset(kinds) for kinds in found]


@dataclass(frozen=True, kw_only=True)
class Separation:
    """What lies between the two of a pair."""

    kinds: frozenset[str] = frozenset()
    """Kinds of barrier that no way avoids; where only several together stop every way, those."""
    is_closed: bool = False
    """True where the hard kinds together stop every way."""


_NOTHING = Separation()


def cut_barriers(kinds: NDArray[np.str_], geometries: NDArray[np.object_]) -> Pieces:
    """Return the barriers (m kinds, m lines or polygons) in small pieces."""
    pieces, origin = shapely.get_parts(geometries, return_index=True)
    done: list[tuple[NDArray[np.object_], NDArray[np.intp]]] = []
    while len(pieces):
        bounds = shapely.bounds(pieces)
        sides = bounds[:, 2:] - bounds[:, :2]
        is_small = sides.max(axis=1) <= PIECE_M
        done.append((pieces[is_small], origin[is_small]))
        pieces, origin = _halved(pieces[~is_small], origin[~is_small], bounds[~is_small])
    cut = np.concatenate([part for part, _ in done]) if done else np.empty(0, dtype=object)
    rows = np.concatenate([rows for _, rows in done]) if done else np.empty(0, dtype=np.intp)
    return Pieces(kinds=kinds[rows], geometries=cut, tree=shapely.STRtree(cut))


def _halved(
    pieces: NDArray[np.object_], origin: NDArray[np.intp], bounds: NDArray[np.float64]
) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Cut each piece across its longer side, in the middle."""
    left, bottom, right, top = bounds.T
    is_wide = right - left >= top - bottom
    middle_x = np.where(is_wide, (left + right) / 2, right)
    middle_y = np.where(is_wide, top, (bottom + top) / 2)
    first = shapely.box(left, bottom, middle_x, middle_y)
    second = shapely.box(
        np.where(is_wide, middle_x, left), np.where(is_wide, bottom, middle_y), right, top
    )
    halves = np.concatenate(
        [shapely.intersection(pieces, first), shapely.intersection(pieces, second)]
    )
    parts, index = shapely.get_parts(halves, return_index=True)
    return parts, np.concatenate([origin, origin])[index]


def near_pairs(
    geometries: NDArray[np.object_], *, reach_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs (a < b) of outlines within the reach, sorted, with their gaps in metres."""
    tree = shapely.STRtree(geometries)
    # a hair more, because the index and `distance` round apart; the exact test follows
    a, b = tree.query(geometries, predicate="dwithin", distance=reach_m + TOUCH_M)
    a, b = a[a < b], b[a < b]
    gap_m = shapely.distance(geometries[a], geometries[b])
    is_near = gap_m <= reach_m
    a, b, gap_m = a[is_near], b[is_near], gap_m[is_near]
    order = np.lexsort((b, a))
    return a[order].astype(np.int64), b[order].astype(np.int64), gap_m[order]


def separations(
    geometries: NDArray[np.object_],
    pairs: NDArray[np.int64],
    pieces: Pieces,
    *,
    reach_m: float,
    hard: Collection[str],
) -> list[Separation]:
    """Return what lies between the two of each pair.

    Parameters
    ----------
    geometries
        (n,) polygons or points, metric.
    pairs
        (m, 2) positions in `geometries`; the two of a pair lie within the reach.
    pieces
        The barriers, metric.
    reach_m
        Greatest length of a way.
    hard
        Kinds that close a pair when together they stop every way.

    Notes
    -----
    Most pairs are settled by their shortest way, in one question to the index; only where that is
    stopped are all ways between the outlines tried.
    """
    found = [_NOTHING] * len(pairs)
    if not len(pairs) or not len(pieces.geometries):
        return found
    one, other = geometries[pairs[:, 0]], geometries[pairs[:, 1]]
    shared = _shared_edges(one, other)
    shortest = _shortest_ways(one, other)
    # both halves of a shared edge are in it
    has_edge = shapely.length(shared) / 2 >= STEP_M
    hits = _hits(pieces, np.where(has_edge, shared, shortest), np.where(has_edge, EDGE_M, TOUCH_M))
    ground = _Ground(geometries, pairs[list(hits)], pieces, reach_m=reach_m)
    for row, (position, kinds) in enumerate(hits.items()):
        # where one hard kind leaves a way, another one may stop just that
        asked = kinds | set(hard) if kinds & set(hard) else kinds
        if has_edge[position]:
            found[position] = ground.along_edge(row, shared[position], asked, hard=hard)
        else:
            found[position] = ground.across(row, shortest[position], asked, hard=hard)
    return found


def _shared_edges(one: NDArray[np.object_], other: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the edge that the two of each pair share; empty where they do not touch."""
    edges = np.full(len(one), shapely.LineString(), dtype=object)
    touching = np.flatnonzero(shapely.intersects(one, other))
    if len(touching):
        one, other = one[touching], other[touching]
        halves = [
            shapely.intersection(shapely.boundary(one), shapely.buffer(other, EDGE_M)),
            shapely.intersection(shapely.boundary(other), shapely.buffer(one, EDGE_M)),
        ]
        # a collection, not a union: the two halves run beside each other within EDGE_M, so the
        # covered share of both together is that of the edge
        edges[touching] = shapely.geometrycollections(np.stack(halves, axis=1))
    return edges


def _shortest_ways(one: NDArray[np.object_], other: NDArray[np.object_]) -> NDArray[np.object_]:
    ways: NDArray[np.object_] = shapely.shortest_line(one, other)
    is_point = shapely.length(ways) == 0
    # a line from a point to itself is invalid
    ways[is_point] = shapely.get_point(ways[is_point], 0)
    return ways


def _hits(
    pieces: Pieces, lines: NDArray[np.object_], tolerance_m: NDArray[np.float64]
) -> dict[int, set[str]]:
    """Return the kinds of barrier on each line that any barrier is on, in order of the lines."""
    near = pieces.tree.query(lines, predicate="dwithin", distance=tolerance_m)
    kinds: dict[int, set[str]] = {position: set() for position in sorted(set(near[0].tolist()))}
    for position, piece in near.T.tolist():
        kinds[position].add(str(pieces.kinds[piece]))
    return kinds


class _Ground:
    """The outlines of the doubtful pairs and the pieces of barrier near each of them."""

    def __init__(
        self,
        geometries: NDArray[np.object_],
        pairs: NDArray[np.int64],
        pieces: Pieces,
        *,
        reach_m: float,
    ) -> None:
        self.pairs = pairs
        self.pieces = pieces
        self.reach_m = reach_m
        self.row_of = {int(site): row for row, site in enumerate(np.unique(pairs))}
        sites = geometries[np.unique(pairs)]
        self.inside = shapely.buffer(sites, -EDGE_M)
        self.points = _outline_points(sites)
        self.near = self._pieces_near(shapely.bounds(sites))

    def _pieces_near(self, bounds: NDArray[np.float64]) -> list[list[int]]:
        """Return the pieces that a way of each pair may meet: within the reach of both."""
        rows = np.array([[self.row_of[int(site)] for site in pair] for pair in self.pairs])
        first, second = (
            (bounds[rows[:, side]] for side in (0, 1)) if len(rows) else (bounds, bounds)
        )
        low = np.maximum(first[:, :2], second[:, :2]) - self.reach_m
        high = np.minimum(first[:, 2:], second[:, 2:]) + self.reach_m
        near: list[list[int]] = [[] for _ in self.pairs]
        boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
        for pair, piece in self.pieces.tree.query(boxes).T.tolist():
            near[pair].append(piece)
        return near

    def _of_kinds(self, row: int, kinds: Collection[str]) -> dict[str, NDArray[np.object_]]:
        near = np.array(sorted(self.near[row]), dtype=np.intp)
        names = self.pieces.kinds[near]
        return {
            kind: self.pieces.geometries[near[names == kind]]
            for kind in sorted(kinds)
            if (names == kind).any()
        }

    def along_edge(
        self, row: int, edge: shapely.Geometry, kinds: Collection[str], *, hard: Collection[str]
    ) -> Separation:
        """Judge a pair that shares an edge: separated where a kind covers over half of it."""
        half = shapely.length(edge) / 2
        strips = {
            kind: shapely.union_all(shapely.buffer(geometries, EDGE_M, cap_style="flat"))
            for kind, geometries in self._of_kinds(row, kinds).items()
        }
        halves = shapely.get_parts(edge)
        covering = {kind: strip for kind, strip in strips.items() if _length_in(halves, strip) > 0}
        alone = {kind for kind, strip in covering.items() if _length_in(halves, strip) > half}
        walls = {kind: strip for kind, strip in covering.items() if kind in hard}
        together = shapely.union_all(list(walls.values()))
        is_closed = bool(_length_in(halves, together) > half)
        return _separation(alone, walls, is_closed=is_closed)

    def across(
        self, row: int, shortest: shapely.Geometry, kinds: Collection[str], *, hard: Collection[str]
    ) -> Separation:
        """Judge a pair by its ways: separated where a kind stops them all."""
        one, other = (self.row_of[int(site)] for site in self.pairs[row])
        ways = _ways(self.points[one], self.points[other], reach_m=self.reach_m)
        ways = np.concatenate([np.array([shortest], dtype=object), ways])
        stopped = {}
        for kind, geometries in self._of_kinds(row, kinds).items():
            stopped[kind] = self._is_stopped(ways, geometries, inside=self.inside[[one, other]])
        alone = {kind for kind, is_stopped in stopped.items() if is_stopped.all()}
        walls = {kind: s for kind, s in stopped.items() if kind in hard and s.any()}
        is_closed = bool(walls) and bool(np.logical_or.reduce(list(walls.values())).all())
        return _separation(alone, walls, is_closed=is_closed)

    def _is_stopped(
        self,
        ways: NDArray[np.object_],
        barriers: NDArray[np.object_],
        *,
        inside: NDArray[np.object_],
    ) -> NDArray[np.bool_]:
        """Return which ways touch the barriers outside the two sites."""
        # one thick shape, because a prepared `intersects` is several times faster than `dwithin`,
        # and because the same road often comes as many lines
        barrier = shapely.buffer(shapely.geometrycollections(barriers), TOUCH_M, quad_segs=1)
        for site in inside:
            barrier = shapely.difference(barrier, site)
        shapely.prepare(barrier)
        return shapely.intersects(barrier, ways)


def _separation(alone: set[str], walls: Collection[str], *, is_closed: bool) -> Separation:
    """Name the kinds that separate; where no hard kind does alone, all that do together."""
    if is_closed and alone.isdisjoint(walls):
        alone = alone.union(walls)
    return Separation(kinds=frozenset(alone), is_closed=is_closed)


def _length_in(lines: NDArray[np.object_], strip: shapely.Geometry) -> float:
    return float(shapely.length(shapely.intersection(lines, strip)).sum())


def _outline_points(sites: NDArray[np.object_]) -> list[NDArray[np.float64]]:
    """Return points on each outline (k, 2), at most one step apart, every corner among them."""
    is_area = shapely.get_dimensions(sites) == 2  # noqa: PLR2004 (areas have two dimensions)
    outlines = np.where(is_area, shapely.boundary(sites), sites)
    dense = shapely.segmentize(outlines, STEP_M)
    points, rows = shapely.get_coordinates(dense, return_index=True)
    return np.split(points, np.searchsorted(rows, np.arange(1, len(sites))))


def _ways(
    one: NDArray[np.float64], other: NDArray[np.float64], *, reach_m: float
) -> NDArray[np.object_]:
    """Return every straight segment of at most the reach from one outline to the other."""
    one, other = _facing(one, other, reach_m=reach_m), _facing(other, one, reach_m=reach_m)
    near = cKDTree(one).sparse_distance_matrix(cKDTree(other), reach_m, output_type="ndarray")
    near = near[near["v"] > 0]
    ends = np.stack([one[near["i"]], other[near["j"]]], axis=1)
    ways = np.empty(len(ends), dtype=object)
    shapely.linestrings(ends, out=ways)
    return ways


def _facing(
    points: NDArray[np.float64], other: NDArray[np.float64], *, reach_m: float
) -> NDArray[np.float64]:
    """Return the points within the reach of the other's frame."""
    low, high = other.min(axis=0) - reach_m, other.max(axis=0) + reach_m
    facing: NDArray[np.float64] = points[((points >= low) & (points <= high)).all(axis=1)]
    return facing
