"""Barriers (阻隔) in small pieces with their index, and sets of their kinds as bits of a number."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.words import BarrierKind

PIECE_M = 250.0
"""Barriers are cut until no piece is wider or higher, so that an index finds the near ones."""

KINDS = tuple(sorted(str(kind) for kind in BarrierKind))
KindSets = NDArray[np.uint8]
"""For each row a set of kinds: bit k is set where the k-th of `KINDS` is in it."""


def bits_of(kinds: Iterable[str]) -> int:
    """Return a set of kinds as a number."""
    return sum(1 << KINDS.index(kind) for kind in set(kinds))


def kinds_in(bits: int) -> tuple[str, ...]:
    """Return the kinds of a set, sorted."""
    return tuple(kind for place, kind in enumerate(KINDS) if bits >> place & 1)


SETS = tuple(kinds_in(bits) for bits in range(1 << len(KINDS)))
"""Every set of kinds, at the position that is its number."""


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Barriers cut into pieces of at most 250 m × 250 m, in a metric CRS, with their index."""

    kinds: KindSets
    """The one kind of each piece."""
    geometries: NDArray[np.object_]
    tree: shapely.STRtree

    def kinds_near(
        self, geometries: NDArray[np.object_], *, distance_m: float | NDArray[np.float64]
    ) -> KindSets:
        """Return, for each geometry, the kinds of barrier within the distance."""
        found = np.zeros(len(geometries), dtype=np.uint8)
        row, piece = self.tree.query(geometries, predicate="dwithin", distance=distance_m)
        np.bitwise_or.at(found, row, self.kinds[piece])
        return found


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
    bits = np.array([bits_of([kind]) for kind in kinds.tolist()], dtype=np.uint8)
    return Pieces(kinds=bits[rows], geometries=cut, tree=shapely.STRtree(cut))


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
