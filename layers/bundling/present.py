"""Zones that are there before any search: those of the present plan, and a whole area as one."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from layers.bundling.construct import (
    NONE,
    clear,
    cut_tree,
    draw_tree,
    fit_together,
    lay_out,
)
from layers.bundling.ground import NO_MAXIMUM, Desk, Ground, Whole, desk_for
from layers.bundling.improve import part_long_lots
from layers.bundling.worth import keeps_sums, keeps_walk


def present_zones(g: Ground, desk: Desk, rng: np.random.Generator) -> Whole:
    """Return (n,) the zones of the present plan, as far as they still keep the maxima.

    Where one falls apart, or is too large by now, its pieces are as large as they may be; what is
    in no zone yet forms zones of its own.
    """
    zones = np.arange(len(g.sums))
    for piece in _pieces(g, _present_zone(g)):
        desk.units[: len(piece)] = piece
        lay_out(desk, len(piece))
        draw_tree(g, desk, len(piece), rng)
        cut_tree(g, desk, len(piece), NO_MAXIMUM)
        clear(desk, len(piece))
        part_long_lots(g, desk, len(piece))
        zones[piece] = piece[desk.lot[: len(piece)]]
    return zones


def may_be_one_zone(g: Ground) -> bool:
    """Tell whether all units together keep every maximum."""
    n, desk = len(g.sums), desk_for(g)
    desk.members[:n] = np.arange(n)
    is_kept = keeps_sums(g, g.sums.sum(axis=0)) and keeps_walk(g, desk, n)
    return is_kept and (
        not g.asks_pairs
        or all(fit_together(g, one, other) for one in range(n) for other in range(one))
    )


def _present_zone(g: Ground) -> Whole:
    """Return (n,) the zone of the present plan that holds most of each unit; NONE = none."""
    zone = np.full(len(g.sums), NONE, dtype=np.int64)
    for unit in range(len(zone)):
        rows = slice(g.present_start[unit], g.present_start[unit + 1])
        if len(g.present[rows]):
            zone[unit] = g.present[rows][g.present_count[rows].argmax()]
    return zone


def _pieces(g: Ground, zone: Whole) -> list[NDArray[np.int64]]:
    """Return the connected pieces of the zones."""
    n = len(zone)
    ends = np.repeat(np.arange(n), np.diff(g.start))
    is_inside = zone[ends] == zone[g.near]
    inside = (np.ones(int(is_inside.sum())), (ends[is_inside], g.near[is_inside]))
    count, label = connected_components(csr_array(inside, shape=(n, n)), directed=False)
    return [np.flatnonzero(label == piece) for piece in range(count)]
