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

from layers.pieces import KindSets, Pieces, bits_of
from layers.ragged import Positions
from layers.ways import EDGE_M, STEP_M, TOUCH_M, Gaps, stopping_kinds

OUTLINES_AT_ONCE = 20_000
PAIRS_AT_ONCE = 200_000
GAPS_AT_ONCE = 5_000
"""Questions to the index come in batches, so that memory stays bounded."""


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """m pairs of outlines, sorted by (a, b); a < b are positions among the outlines."""

    a: Positions
    b: Positions
    gap_m: NDArray[np.float64]
    """Distance between the two."""

    def take(self, rows: Positions | NDArray[np.bool_]) -> "Pairs":
        """Return some of the pairs."""
        return Pairs(a=self.a[rows], b=self.b[rows], gap_m=self.gap_m[rows])


@dataclass(frozen=True, kw_only=True)
class Separations:
    """What lies between the two of each of m pairs."""

    kinds: KindSets
    """Kinds of barrier that no way avoids; where only several together stop every way, those."""
    is_closed: NDArray[np.bool_]
    """True where the hard kinds together stop every way."""


def near_pairs(geometries: NDArray[np.object_], *, reach_m: float) -> Pairs:
    """Return the pairs of outlines (n polygons or points) within the reach."""
    tree = shapely.STRtree(geometries)
    bounds = shapely.bounds(geometries)
    # a hair more than the reach, because sums round; the exact test follows
    low, high = bounds[:, :2] - (reach_m + TOUCH_M), bounds[:, 2:] + (reach_m + TOUCH_M)
    found = []
    for first in range(0, len(geometries), OUTLINES_AT_ONCE):
        asked = slice(first, first + OUTLINES_AT_ONCE)
        a, b = tree.query(shapely.box(*low[asked].T, *high[asked].T))
        a += first
        a, b = a[a < b], b[a < b]
        apart_m = np.maximum(bounds[a, :2], bounds[b, :2]) - np.minimum(
            bounds[a, 2:], bounds[b, 2:]
        )
        is_frame_near = np.hypot(*np.maximum(apart_m, 0).T) <= reach_m + TOUCH_M
        a, b = a[is_frame_near], b[is_frame_near]
        gap_m = shapely.distance(geometries[a], geometries[b])
        order = np.lexsort((b, a))
        found.append(Pairs(a=a, b=b, gap_m=gap_m).take(order[gap_m[order] <= reach_m]))
    return _joined(found)


def _joined(parts: list[Pairs]) -> Pairs:
    nothing = Pairs(a=np.empty(0, np.int64), b=np.empty(0, np.int64), gap_m=np.empty(0))
    columns = ("a", "b", "gap_m")
    return Pairs(**{c: np.concatenate([getattr(p, c) for p in [nothing, *parts]]) for c in columns})


def separations(
    geometries: NDArray[np.object_],
    pairs: Pairs,
    pieces: Pieces,
    *,
    reach_m: float,
    hard: Collection[str],
) -> Separations:
    """Return what lies between the two of each pair.

    Parameters
    ----------
    geometries
        (n,) polygons or points, metric.
    pairs
        Pairs of them that lie within the reach.
    pieces
        The barriers, metric.
    reach_m
        Greatest length of a way.
    hard
        Kinds that close a pair when together they stop every way.

    Notes
    -----
    Most pairs are settled because no kind of barrier is near both, and most others by their
    shortest way; only where that is stopped are all ways between the outlines tried.
    """
    kinds = np.zeros(len(pairs.a), dtype=np.uint8)
    is_closed = np.zeros(len(pairs.a), dtype=np.bool_)
    suspects = _suspects(geometries, pairs, pieces, reach_m=reach_m)
    for first in range(0, len(suspects), PAIRS_AT_ONCE):
        rows = suspects[first : first + PAIRS_AT_ONCE]
        some = _Suspects(geometries, pairs.take(rows), pieces, reach_m=reach_m, hard=bits_of(hard))
        kinds[rows], is_closed[rows] = some.separations()
    return Separations(kinds=kinds, is_closed=is_closed)


def _suspects(
    geometries: NDArray[np.object_], pairs: Pairs, pieces: Pieces, *, reach_m: float
) -> Positions:
    """Return the rows of the pairs where one kind of barrier is near both outlines."""
    near = pieces.kinds_near(geometries, distance_m=reach_m + EDGE_M)
    return np.flatnonzero(near[pairs.a] & near[pairs.b])


class _Suspects:
    """Pairs that a barrier may separate, and the line between the two that settles most of them."""

    def __init__(
        self,
        geometries: NDArray[np.object_],
        pairs: Pairs,
        pieces: Pieces,
        *,
        reach_m: float,
        hard: int,
    ) -> None:
        self.geometries, self.pairs, self.pieces = geometries, pairs, pieces
        self.reach_m, self.hard = reach_m, hard
        one, other = geometries[pairs.a], geometries[pairs.b]
        shared = _shared_edges(one, other, gap_m=pairs.gap_m)
        # both halves of a shared edge are in it
        self.has_edge = shapely.length(shared) / 2 >= STEP_M
        self.lines = np.where(self.has_edge, shared, _shortest_ways(one, other))
        tolerance_m = np.where(self.has_edge, EDGE_M, TOUCH_M)
        met = pieces.kinds_near(self.lines, distance_m=tolerance_m)
        # where one hard kind leaves a way, another one may stop just that
        self.asked = np.where(met & hard, met | hard, met).astype(np.uint8)

    def separations(self) -> tuple[KindSets, NDArray[np.bool_]]:
        """Return for each pair the kinds that separate it, and whether the hard ones close it."""
        kinds = np.zeros(len(self.asked), dtype=np.uint8)
        is_closed = np.zeros(len(self.asked), dtype=np.bool_)
        across = np.flatnonzero((self.asked > 0) & ~self.has_edge)
        for first in range(0, len(across), GAPS_AT_ONCE):
            rows = across[first : first + GAPS_AT_ONCE]
            kinds[rows], is_closed[rows] = stopping_kinds(self._gaps(rows), hard=self.hard)
        for row in np.flatnonzero((self.asked > 0) & self.has_edge).tolist():
            kinds[row], is_closed[row] = self._along_edge(row)
        return kinds, is_closed

    def _gaps(self, rows: Positions) -> Gaps:
        sites, at = np.unique([self.pairs.a[rows], self.pairs.b[rows]], return_inverse=True)
        one, other = at.reshape(2, -1)
        return Gaps(
            outlines=self.geometries[sites],
            one=one,
            other=other,
            shortest=self.lines[rows],
            asked=self.asked[rows],
            pieces=self.pieces,
            reach_m=self.reach_m,
        )

    def _along_edge(self, row: int) -> tuple[int, bool]:
        """Judge a pair that shares an edge: separated where a kind covers over half of it."""
        edge = self.lines[row]
        half = shapely.length(edge) / 2
        halves = shapely.get_parts(edge)
        strips = self._strips(edge, int(self.asked[row]))
        covering = {kind: strip for kind, strip in strips.items() if _length_in(halves, strip) > 0}
        alone = [kind for kind, strip in covering.items() if _length_in(halves, strip) > half]
        walls = {kind: strip for kind, strip in covering.items() if kind & self.hard}
        together = shapely.union_all(list(walls.values()))
        is_closed = bool(_length_in(halves, together) > half)
        if is_closed and not sum(alone) & self.hard:
            alone = [*{*alone, *walls}]
        return sum(alone), is_closed

    def _strips(self, edge: shapely.Geometry, asked: int) -> dict[int, shapely.Geometry]:
        """Return the ground that each kind of barrier near the edge covers."""
        near = np.sort(self.pieces.tree.query(edge, predicate="dwithin", distance=2 * EDGE_M))
        kinds = self.pieces.kinds[near]
        strips = shapely.buffer(self.pieces.geometries[near], EDGE_M, cap_style="flat")
        return {
            kind: shapely.union_all(strips[kinds == kind])
            for kind in np.unique(kinds[kinds & asked > 0]).tolist()
        }


def _shared_edges(
    one: NDArray[np.object_], other: NDArray[np.object_], *, gap_m: NDArray[np.float64]
) -> NDArray[np.object_]:
    """Return the edge that the two of each pair share; empty where they do not touch."""
    edges = np.full(len(one), shapely.LineString(), dtype=object)
    near = np.flatnonzero(gap_m <= TOUCH_M)
    touching = near[shapely.intersects(one[near], other[near])]
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
    ways = np.array(shapely.shortest_line(one, other), dtype=object)
    is_point = shapely.length(ways) == 0
    # a line from a point to itself is invalid
    ways[is_point] = shapely.get_point(ways[is_point], 0)
    return ways


def _length_in(lines: NDArray[np.object_], strip: shapely.Geometry) -> float:
    return float(shapely.length(shapely.intersection(lines, strip)).sum())
