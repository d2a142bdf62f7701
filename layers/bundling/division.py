"""A block in so many zones of even size: random spanning trees, cut where both sides are even.

Where a number of zones is wanted within tight limits, zones that grow one by one leave rests that
fit nowhere. A cut that leaves on either side an even share for so many zones leaves none. The idea
is that of recursive tree partition (ReCom: DeFord, Duchin, Solomon 2021); the best cut of several
trees is taken, on whichever number of zones it falls.
"""

import numpy as np

from layers.bundling.compiled import compiled
from layers.bundling.construct import (
    NONE,
    clear,
    draw_tree,
    fit_together,
    lay_out,
    part_at,
    sum_branches,
)
from layers.bundling.ground import FLOOR, HOUSEHOLDS, NO_MAXIMUM, SUMS, Desk, Ground, Whole
from layers.bundling.worth import is_short, keeps_sums, keeps_walk

ATTEMPTS = 20
"""Divisions that are begun before it is believed that none keeps the rules."""
MOST_COMPARED = 24
"""Cuts of one tree that are compared by the links they part."""
TREES = 10
"""Trees that are drawn for one cut, unless one of the first is even enough."""
EVEN = 0.002
"""A cut that misses even shares by no more than this is good enough."""


@compiled
def divided(g: Ground, desk: Desk, rng: np.random.Generator) -> Whole:
    """Return (n,) the zone of each unit, as many zones as are wanted; empty where none are found.

    Each zone keeps every rule for zones.
    """
    zone, lots = np.zeros(len(g.sums), dtype=np.int64), np.zeros(g.target, dtype=np.int64)
    for _ in range(ATTEMPTS):
        zone[:] = 0
        lots[:] = 0
        lots[0], pieces, piece = g.target, 1, 0
        while piece < pieces:
            if lots[piece] == 1:
                piece += 1
                continue
            taken = _part(g, desk, zone, piece, lots[piece], pieces, rng)
            if taken == 0:
                break
            lots[pieces] = taken
            lots[piece] -= taken
            pieces += 1
        if pieces == g.target and piece == pieces and _keeps_rules(g, desk, zone, pieces):
            return zone
    return zone[:0]


@compiled
def _part(
    g: Ground,
    desk: Desk,
    zone: Whole,
    piece: int,
    lots: int,
    new: int,
    rng: np.random.Generator,
) -> int:
    """Part a piece in two, the second named `new`; return for how many zones it is; 0 = nowhere."""
    count = 0
    for unit in range(len(zone)):
        if zone[unit] == piece:
            desk.units[count] = unit
            count += 1
    least, share = np.inf, 0
    is_cut_off = np.zeros(count, dtype=np.bool_)
    lay_out(desk, count)
    for _ in range(TREES):
        draw_tree(g, desk, count, rng)
        missed, at, taken = _most_even_cut(g, desk, count, lots)
        if missed < least:
            least, share = missed, taken
            is_cut_off[:] = False
            is_cut_off[at] = True
            for step in range(1, count):
                place = desk.order[step]
                is_cut_off[place] |= is_cut_off[desk.above[place]]
        if least <= EVEN:
            break
    clear(desk, count)
    for place in range(count):
        if is_cut_off[place]:
            zone[desk.units[place]] = new
    return share


@compiled
def _most_even_cut(g: Ground, desk: Desk, count: int, lots: int) -> tuple[float, int, int]:
    """Return how far the best cut misses even shares, the position below it, and its zones."""
    whole = sum_branches(g, desk, count)
    column = HOUSEHOLDS if g.households_min > 0 or g.households_max < NO_MAXIMUM else FLOOR
    share = max(1.0, whole[column] / lots)
    least, best, taken = np.inf, NONE, 0
    for step in range(1, count):
        place = desk.order[step]
        held = desk.sums[place, column]
        lot = min(lots - 1, max(1, round(held / share)))
        # What one zone of the smaller side would have too much or too little.
        missed = abs(held / share - lot) / min(lot, lots - lot)
        if missed >= least:
            continue
        rest = whole - desk.sums[place]
        if _may_hold(g, desk.sums[place], lot) and _may_hold(g, rest, lots - lot):
            least, best, taken = missed, place, lot
    return least, best, taken


@compiled
def neat_cut(g: Ground, desk: Desk, count: int, rng: np.random.Generator) -> bool:
    """Cut the tree in hand once, both sides being as a zone must, where it parts the fewest ways.

    False where no cut leaves two such sides. In a tree with many such cuts some are compared.
    """
    whole = sum_branches(g, desk, count)
    found = 0
    for step in range(1, count):
        place = desk.order[step]
        if _is_sound(g, desk.sums[place]) and _is_sound(g, whole - desk.sums[place]):
            desk.tail[found] = place
            found += 1
    least, at = np.inf, NONE
    first = int(rng.random() * found)
    for number in range(min(found, MOST_COMPARED)):
        place = desk.tail[(first + number) % found]
        parted = _ways_parted(g, desk, count, place)
        if parted < least:
            least, at = parted, place
    if at == NONE:
        return False
    return part_at(g, desk, count, at)


@compiled
def _is_sound(g: Ground, sums: Whole) -> bool:
    return not is_short(g, sums) and keeps_sums(g, sums)


@compiled
def _ways_parted(g: Ground, desk: Desk, count: int, at: int) -> int:
    """Return how many ways lead from below a position of the tree to the rest of it."""
    below = desk.lot
    for place in range(count):
        below[place] = 0
    below[at] = 1
    parted = 0
    for step in range(1, count):
        place = desk.order[step]
        if place != at:
            below[place] = below[desk.above[place]]
    for place in range(count):
        if below[place] == 0:
            continue
        unit = desk.units[place]
        for way in range(g.start[unit], g.start[unit + 1]):
            other = desk.local[g.near[way]]
            parted += other != NONE and below[other] == 0
    return parted


@compiled
def _may_hold(g: Ground, sums: Whole, lots: int) -> bool:
    """Tell whether sums are enough, and not too much, for so many zones."""
    is_enough = sums[FLOOR] >= lots * g.floor_min and sums[HOUSEHOLDS] >= lots * g.households_min
    return bool(
        is_enough
        and (g.floor_max >= NO_MAXIMUM or sums[FLOOR] <= lots * g.floor_max)
        and (g.households_max >= NO_MAXIMUM or sums[HOUSEHOLDS] <= lots * g.households_max)
    )


@compiled
def _keeps_rules(g: Ground, desk: Desk, zone: Whole, zones: int) -> bool:
    """Tell whether every zone keeps the minima, the maxima and the pairs."""
    sums = np.zeros(SUMS, dtype=np.int64)
    for number in range(zones):
        sums[:] = 0
        count = 0
        for unit in range(len(zone)):
            if zone[unit] == number:
                for other in desk.members[:count]:
                    if g.asks_pairs and not fit_together(g, unit, other):
                        return False
                desk.members[count] = unit
                sums += g.sums[unit]
                count += 1
        if is_short(g, sums) or not keeps_sums(g, sums) or not keeps_walk(g, desk, count):
            return False
    return True
