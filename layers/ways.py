"""The straight ways from one outline to another, and which barriers stop them all.

Everything here is in one metric CRS.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.pieces import KindSets, Pieces
from layers.ragged import Positions, batches, products, spans

STEP_M = 5.0
"""Greatest distance between two points of an outline where ways may begin: every corner, and as
many points between as that takes. A shared edge shorter than one step is a corner contact."""
EDGE_M = 0.5
"""A barrier this near to an outline runs along it (digitising and rounding move lines by
decimetres); deeper in, it lies inside the site and does not count."""
TOUCH_M = 0.01
"""A way this near to a barrier touches it: crossings of floating-point lines are not exact."""
ROUNDING_M = 1e-6
"""Far more than coordinates lose in an overlay, far less than a barrier is wide."""
SAMPLE = 16
"""One way in so many is tried before all of them: a way past a barrier is soon found."""
WAYS_AT_ONCE = 500_000
"""Ways are tried in batches of about so many, so that memory stays bounded."""


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """m pairs of outlines with ways between them, and the barriers that may stop those."""

    outlines: NDArray[np.object_]
    """(n,) polygons or points."""
    one: Positions
    other: Positions
    """(m,) positions in `outlines`."""
    shortest: NDArray[np.object_]
    """(m,) the shortest way of each pair, a line or a point."""
    asked: KindSets
    """(m,) the kinds of barrier that are asked for."""
    pieces: Pieces
    reach_m: float
    """Greatest length of a way."""

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """The frame of each outline, (n, 4) in metres."""
        bounds: NDArray[np.float64] = shapely.bounds(self.outlines)
        return bounds

    @cached_property
    def points(self) -> "_Points":
        """The points of each outline where ways may begin: every corner among them."""
        is_area = shapely.get_dimensions(self.outlines) == 2  # noqa: PLR2004 (areas have two dimensions)
        lines = np.where(is_area, shapely.boundary(self.outlines), self.outlines)
        at, row = shapely.get_coordinates(shapely.segmentize(lines, STEP_M), return_index=True)
        return _Points.of(at, row, rows=len(lines))

    @cached_property
    def ends(self) -> tuple["_Points", "_Points"]:
        """The points where the ways of each pair may begin, and those where they may end."""
        return self._facing(self.one, self.other), self._facing(self.other, self.one)

    def _facing(self, near: Positions, far: Positions) -> "_Points":
        """Return, for each pair, the points of one outline within reach of the other's frame."""
        begins = self.points.begins[near]
        counts = self.points.begins[near + 1] - begins
        at, row = self.points.at[spans(begins, counts)], np.repeat(np.arange(len(near)), counts)
        low, high = self.bounds[far, :2] - self.reach_m, self.bounds[far, 2:] + self.reach_m
        is_facing = ((at >= low[row]) & (at <= high[row])).all(axis=1)
        return _Points.of(at[is_facing], row[is_facing], rows=len(near))

    @cached_property
    def rooms(self) -> NDArray[np.object_]:
        """The box that holds every way of each pair: within the reach of both."""
        one, other = self.bounds[self.one], self.bounds[self.other]
        low = np.maximum(one[:, :2], other[:, :2]) - self.reach_m
        high = np.minimum(one[:, 2:], other[:, 2:]) + self.reach_m
        return np.asarray(shapely.box(*low.T, *high.T), dtype=object)

    @cached_property
    def hulls(self) -> NDArray[np.object_]:
        """A convex shape that holds every way of each pair but the shortest; None without ways."""
        one, other = self.ends
        at, row = np.concatenate([one.at, other.at]), np.concatenate([one.row, other.row])
        has_ways = (one.counts > 0) & (other.counts > 0)
        at, row = at[has_ways[row]], row[has_ways[row]]
        order = np.argsort(row, kind="stable")
        lines = np.full(len(self.one), None, dtype=object)
        shapely.linestrings(at[order], indices=row[order], out=lines)
        hulls: NDArray[np.object_] = shapely.convex_hull(lines)
        return hulls


@dataclass(frozen=True, kw_only=True)
class _Points:
    """Points (k, 2) of some rows, one row after the other."""

    at: NDArray[np.float64]
    row: Positions
    begins: Positions
    """Where those of each row begin."""

    @classmethod
    def of(cls, at: NDArray[np.float64], row: Positions, *, rows: int) -> "_Points":
        return cls(at=at, row=row, begins=np.searchsorted(row, np.arange(rows + 1)))

    @property
    def counts(self) -> Positions:
        return np.diff(self.begins)


@dataclass(frozen=True, kw_only=True)
class _Walls:
    """For some of the pairs and kinds of barrier, the shape that stops ways."""

    pair: Positions
    kind: KindSets
    shapes: NDArray[np.object_]

    def take(self, rows: Positions) -> "_Walls":
        return _Walls(pair=self.pair[rows], kind=self.kind[rows], shapes=self.shapes[rows])


def stopping_kinds(gaps: Gaps, *, hard: int) -> tuple[KindSets, NDArray[np.bool_]]:
    """Return for each pair the kinds that stop all its ways, and whether the hard ones do.

    Where only several hard kinds together stop every way, all that stop any are named.
    """
    walls = _walls(gaps)
    is_whole = _stop_all(walls, gaps)
    kinds = np.zeros(len(gaps.one), dtype=np.uint8)
    np.bitwise_or.at(kinds, walls.pair[is_whole], walls.kind[is_whole])
    is_closed = (kinds & hard) > 0
    partial = walls.take(np.flatnonzero((walls.kind & hard > 0) & ~is_closed[walls.pair]))
    for pair, together in _several(partial):
        stopped = _stopped(together, pair, gaps)
        if stopped.any(axis=0).all():
            is_closed[pair] = True
            kinds[pair] |= np.bitwise_or.reduce(together.kind[stopped.any(axis=1)])
    return kinds, is_closed


def _walls(gaps: Gaps) -> _Walls:
    """Return, for each pair and kind, the barrier that a way may meet outside the two outlines."""
    pieces = gaps.pieces
    pair, piece = pieces.tree.query(gaps.rooms)
    is_asked = (gaps.asked[pair] & pieces.kinds[piece]) > 0
    pair, piece = pair[is_asked], piece[is_asked]
    order = np.lexsort((piece, pieces.kinds[piece], pair))
    pair, piece = pair[order], piece[order]
    is_new = np.ones(len(pair), dtype=np.bool_)
    is_new[1:] = (np.diff(pair) > 0) | (np.diff(pieces.kinds[piece]) > 0)
    shapes = shapely.geometrycollections(pieces.geometries[piece], indices=np.cumsum(is_new) - 1)
    pair, kind = pair[is_new], pieces.kinds[piece[is_new]]
    # one thick shape, because a prepared `intersects` is several times faster than `dwithin`,
    # and because the same road often comes as many lines
    shapes = shapely.buffer(shapes, TOUCH_M, quad_segs=1)
    inside = shapely.buffer(gaps.outlines, -EDGE_M)
    for side in (gaps.one, gaps.other):
        shapes = shapely.difference(shapes, inside[side[pair]])
    shapely.prepare(shapes)
    return _Walls(pair=pair, kind=kind, shapes=shapes)


def _stop_all(walls: _Walls, gaps: Gaps) -> NDArray[np.bool_]:
    """Return which walls touch every way of their pair."""
    is_whole: NDArray[np.bool_] = shapely.intersects(walls.shapes, gaps.shortest[walls.pair])
    asked = np.flatnonzero(is_whole)
    asked = asked[~_part(walls.take(asked), gaps)]
    for batch in batches(_most_ways(walls.pair[asked], gaps), most=WAYS_AT_ONCE):
        is_whole[asked[batch]] = _touch_all(walls.take(asked[batch]), gaps)
    return is_whole


def _part(walls: _Walls, gaps: Gaps) -> NDArray[np.bool_]:
    """Return which walls part their pair: what they leave of its room never joins the two.

    Then no way avoids the wall, and none needs to be tried.
    """
    left, wall = shapely.get_parts(
        shapely.difference(gaps.hulls[walls.pair], walls.shapes), return_index=True
    )
    for side in (gaps.one, gaps.other):
        outlines = gaps.outlines[side[walls.pair[wall]]]
        touches = shapely.dwithin(left, outlines, ROUNDING_M)
        left, wall = left[touches], wall[touches]
    is_parted = np.ones(len(walls.pair), dtype=np.bool_)
    is_parted[wall] = False
    return is_parted


def _most_ways(pairs: Positions, gaps: Gaps) -> Positions:
    one, other = gaps.ends
    return one.counts[pairs] * other.counts[pairs]


def _touch_all(walls: _Walls, gaps: Gaps) -> NDArray[np.bool_]:
    """Return which walls touch every way of their pair but the shortest."""
    row, ways = _ways(walls.pair, gaps)
    is_whole = np.ones(len(walls.pair), dtype=np.bool_)
    for nth in (SAMPLE, 1):
        wall, some = row[::nth], ways[::nth]
        is_open_question = is_whole[wall]
        wall, some = wall[is_open_question], some[is_open_question]
        is_clear = ~shapely.intersects(walls.shapes[wall], some)
        is_whole[wall[is_clear]] = False
    return is_whole


def _ways(pairs: Positions, gaps: Gaps) -> tuple[Positions, NDArray[np.object_]]:
    """Return every straight segment of at most the reach between points of the two of each pair.

    With each comes the row of its pair among those asked for.
    """
    one, other = gaps.ends
    row, i, j = products(one.counts[pairs], other.counts[pairs])
    starts, stops = one.at[one.begins[pairs][row] + i], other.at[other.begins[pairs][row] + j]
    square_m2 = ((starts - stops) ** 2).sum(axis=1)
    is_way = (square_m2 > 0) & (square_m2 <= gaps.reach_m**2)
    ways = np.empty(int(is_way.sum()), dtype=object)
    shapely.linestrings(np.stack([starts[is_way], stops[is_way]], axis=1), out=ways)
    return row[is_way], ways


def _several(walls: _Walls) -> Iterator[tuple[int, _Walls]]:
    """Yield the walls of each pair that has more than one."""
    pairs, first, counts = np.unique(walls.pair, return_index=True, return_counts=True)
    for pair, begin, count in zip(pairs.tolist(), first.tolist(), counts.tolist(), strict=True):
        if count > 1:
            yield pair, walls.take(np.arange(begin, begin + count))


def _stopped(walls: _Walls, pair: int, gaps: Gaps) -> NDArray[np.bool_]:
    """Return which walls (rows) touch which ways (columns) of their pair."""
    _, ways = _ways(np.array([pair]), gaps)
    every = np.append(ways, gaps.shortest[pair])
    stopped: NDArray[np.bool_] = shapely.intersects(walls.shapes[:, np.newaxis], every)
    return stopped
