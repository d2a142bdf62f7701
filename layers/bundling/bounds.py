"""What no plan of a block can beat, in each objective, without searching it.

Each bound holds for every plan that keeps the maxima and puts every unit in a zone, and is as good
as the one in hand in the objectives before.
"""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from layers.bundling.ground import (
    CHANGE,
    FLOOR,
    GAIN,
    HOUSEHOLDS,
    LEADS,
    LOCKS,
    NO_MAXIMUM,
    PARTS,
    SHORT,
    SUBSIDY,
    WEIGHT,
    ZONES,
    Ground,
    Whole,
)
from layers.bundling.groups import can_reach_the_minimum

PATIENCE = 5_000
"""Groups that are tried around a unit before it is believed that some zone can hold it."""

Bounds = dict[int, int | None]
"""For each objective a value that no plan can beat; None = not known."""


def bounds_of(g: Ground, worth: Whole) -> Bounds:
    """Return for each objective of `worth` (9,) a value that no plan can beat.

    short: the weight of the hopeless units, which no group that reaches the minimum can hold.
    parts: no zone has fewer than one part.
    subsidy, zones: where only hopeless units are short, no zone holds both them and others, so
    the block falls apart into pieces of either sort. In each piece k zones cost k × the fixed
    cost less the gains, and k is at least all floor area (households) over the maximum; where many
    zones are wanted, k is at most what the minimum and the subsidy allow.
    """
    is_hopeless = ~can_reach_the_minimum(g, patience=PATIENCE)
    short = int(g.sums[is_hopeless, WEIGHT].sum())
    bounds: Bounds = dict.fromkeys(g.order.tolist())
    bounds |= {SHORT: short, PARTS: 0, CHANGE: 0}
    if g.leaves_out:
        # A plan may leave units out, and these need neither subsidy nor a zone.
        return bounds
    if worth[SHORT] > short:
        is_hopeless[:] = False
    lost, sound = _pieces(g, is_hopeless), _pieces(g, ~is_hopeless)
    bounds[SUBSIDY] = sum(_least_subsidy(g, piece) for piece in lost + sound)
    if g.target > 0:
        bounds[ZONES] = 0
    elif g.wants_many:
        order = g.order.tolist()
        is_dear = order.index(SUBSIDY) < order.index(ZONES)
        subsidy = int(worth[SUBSIDY]) if is_dear else NO_MAXIMUM
        bounds[ZONES] = len(lost) - _most_zones(g, sound, subsidy)
    else:
        bounds[ZONES] = sum(_fewest_zones(g, piece) for piece in lost + sound)
    return bounds


def zones_within(g: Ground) -> tuple[int, int]:
    """Return the fewest and the most zones that a block can have at all, one at least."""
    units = np.arange(len(g.sums))
    fewest = _fewest_zones(g, units)
    return fewest, max(fewest, _most_zones(g, [units], NO_MAXIMUM))


def _pieces(g: Ground, is_in: np.typing.NDArray[np.bool_]) -> list[Whole]:
    """Return the connected pieces of the units that are in, each as their numbers."""
    n = len(g.sums)
    graph = csr_array((np.ones(len(g.near), dtype=np.int8), g.near, g.start), shape=(n, n))
    units = np.flatnonzero(is_in)
    if not len(units):
        return []
    count, label = connected_components(graph[units][:, units], directed=False)
    return [units[label == piece] for piece in range(count)]


def _least_subsidy(g: Ground, piece: Whole) -> int:
    return max(0, _fewest_zones(g, piece) * g.cost_of_a_zone - _useful_gain(g, piece))


def _useful_gain(g: Ground, piece: Whole) -> int:
    """Return the most that the gains of a piece can take off the fixed costs of its zones.

    What a unit gains beyond the cost of one zone helps no other.
    """
    gains = g.sums[piece, GAIN]
    return min(int(gains.sum()), int(np.clip(gains, 0, max(0, g.cost_of_a_zone)).sum()))


def _fewest_zones(g: Ground, piece: Whole) -> int:
    sums = g.sums[piece].sum(axis=0)
    by_floor = -(-int(sums[FLOOR]) // g.floor_max)
    by_households = -(-int(sums[HOUSEHOLDS]) // g.households_max)
    by_leads = -(-int(sums[LEADS]) // g.leads_max)
    return max(1, by_floor, by_households, by_leads, int(sums[LOCKS]))


def _most_zones(g: Ground, pieces: list[Whole], subsidy: int) -> int:
    """Return the most zones that reach the minimum, within a subsidy for the whole block.

    A unit above the minimum counts as the minimum: the rest of it makes no second zone.
    """
    most = 0
    for piece in pieces:
        fit = [len(piece)]
        for column, minimum in ((FLOOR, g.floor_min), (HOUSEHOLDS, g.households_min)):
            if minimum:
                fit.append(int(np.minimum(g.sums[piece, column], minimum).sum()) // minimum)
        if g.leads_min:
            fit.append(int(g.sums[piece, LEADS].sum()) // g.leads_min)
        most += min(fit)
    if g.cost_of_a_zone <= 0:
        return most
    gained = sum(_useful_gain(g, piece) for piece in pieces)
    return min(most, (subsidy + gained) // g.cost_of_a_zone)
