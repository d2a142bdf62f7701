"""Ways over crossings (通道): which outlines each one joins, and how long the way is.

Everything here is in one metric CRS and knows neither sites nor policies.
"""

from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.pieces import SETS, KindSets, Pieces
from layers.ragged import Positions, batches, products
from layers.ways import TOUCH_M

WAYS_AT_ONCE = 1_000_000
"""Ways are compared in batches of about so many, so that memory stays bounded."""
_ORDER = np.argsort(sorted(range(len(SETS)), key=lambda bits: SETS[bits]))
"""The place of each set of kinds among all of them in the order of their words."""


@dataclass(frozen=True, kw_only=True)
class CrossingWays:
    """The shortest way over a crossing for each of m pairs of outlines, sorted by (a, b)."""

    a: Positions
    b: Positions
    """Positions of two outlines, a < b."""
    walk_m: NDArray[np.float64]
    """Length of the way from outline to outline."""
    spanned: KindSets
    """Kinds of barrier that the crossing leads over."""
    met: KindSets
    """Kinds of barrier between its ends and the two outlines."""

    def take(self, rows: Positions | NDArray[np.bool_]) -> "CrossingWays":
        """Return some of the ways."""
        return CrossingWays(**{c.name: getattr(self, c.name)[rows] for c in fields(self)})


def crossing_ways(
    lines: NDArray[np.object_],
    outlines: NDArray[np.object_],
    pieces: Pieces,
    *,
    reach_m: float,
    hard: int,
) -> CrossingWays:
    """Return the shortest way over a crossing for each pair of outlines that one joins.

    Parameters
    ----------
    lines
        (k,) crossings, metric.
    outlines
        (n,) polygons or points, metric.
    pieces
        The barriers, metric.
    reach_m
        A crossing joins the outlines this near to its first end with those at its last.
    hard
        Kinds that end a way between crossing and outline, unless the crossing leads over them.
    """
    merged = shapely.line_merge(lines)
    spanned = pieces.kinds_near(merged, distance_m=TOUCH_M)
    approaches = _approaches(merged, outlines, pieces, reach_m=reach_m)
    counts = np.diff(approaches.begins)
    found = [_NO_WAYS]
    for batch in batches(counts[::2] * counts[1::2], most=WAYS_AT_ONCE):
        crossings = np.arange(batch.start, batch.stop)
        ways = _ways_over(crossings, approaches, shapely.length(merged), spanned)
        found.append(_shortest(ways.take(ways.met & ~ways.spanned & hard == 0)))
    return _shortest(_joined(found))


_NO_WAYS = CrossingWays(
    a=np.empty(0, np.int64),
    b=np.empty(0, np.int64),
    walk_m=np.empty(0),
    spanned=np.empty(0, np.uint8),
    met=np.empty(0, np.uint8),
)


def _joined(parts: list[CrossingWays]) -> CrossingWays:
    columns = [column.name for column in fields(CrossingWays)]
    return CrossingWays(**{c: np.concatenate([getattr(p, c) for p in parts]) for c in columns})


@dataclass(frozen=True, kw_only=True)
class _Approaches:
    """The straight ways from the ends of crossings to outlines, end by end."""

    begins: Positions
    """Where those of each end begin; ends 0 and 1 are one crossing's, 2 and 3 the next one's."""
    outline: Positions
    length_m: NDArray[np.float64]
    met: KindSets


def _approaches(
    lines: NDArray[np.object_], outlines: NDArray[np.object_], pieces: Pieces, *, reach_m: float
) -> _Approaches:
    """Return the ways from each end to the outlines that belong to it."""
    ends = _ends(lines)
    end, outline = shapely.STRtree(outlines).query(ends, predicate="dwithin", distance=reach_m)
    length_m = shapely.distance(ends[end], outlines[outline])
    is_nearer = length_m <= shapely.distance(ends[end ^ 1], outlines[outline])
    end, outline, length_m = end[is_nearer], outline[is_nearer], length_m[is_nearer]
    order = np.lexsort((outline, end))
    end, outline, length_m = end[order], outline[order], length_m[order]
    met = np.zeros(len(end), dtype=np.uint8)
    outside = np.flatnonzero(length_m > 0)
    ways = np.array(shapely.shortest_line(ends[end[outside]], outlines[outline[outside]]), object)
    met[outside] = pieces.kinds_near(ways, distance_m=TOUCH_M)
    begins = np.searchsorted(end, np.arange(len(ends) + 1))
    return _Approaches(begins=begins, outline=outline, length_m=length_m, met=met)


def _ends(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the first and the last point of each line, (2 k,)."""
    vertices, row = shapely.get_coordinates(lines, return_index=True)
    begins = np.searchsorted(row, np.arange(len(lines) + 1))
    ends = np.empty(2 * len(lines), dtype=object)
    at = np.stack([begins[:-1], begins[1:] - 1], axis=1).ravel()
    shapely.points(vertices[at], out=ends)
    return ends


def _ways_over(
    crossings: Positions,
    approaches: _Approaches,
    length_m: NDArray[np.float64],
    spanned: KindSets,
) -> CrossingWays:
    """Return all ways over some crossings: from every start to every other stop."""
    begins = approaches.begins
    first, middle, last = (begins[2 * crossings + step] for step in (0, 1, 2))
    row, i, j = products(middle - first, last - middle)
    start, stop = first[row] + i, middle[row] + j
    one, other = approaches.outline[start], approaches.outline[stop]
    walk_m = approaches.length_m[start] + length_m[crossings[row]] + approaches.length_m[stop]
    ways = CrossingWays(
        a=np.minimum(one, other),
        b=np.maximum(one, other),
        walk_m=walk_m,
        spanned=spanned[crossings[row]],
        met=approaches.met[start] | approaches.met[stop],
    )
    return ways.take(one != other)


def _shortest(ways: CrossingWays) -> CrossingWays:
    """Return the shortest way of each pair."""
    # the kinds break ties, so that the order of the crossings cannot
    tie = _ORDER[ways.met] * len(SETS) + _ORDER[ways.spanned]
    order = np.lexsort((tie, ways.walk_m, ways.b, ways.a))
    a, b = ways.a[order], ways.b[order]
    is_first = np.ones(len(order), dtype=np.bool_)
    is_first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    return ways.take(order[is_first])
