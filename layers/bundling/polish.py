"""Neater zones by moving single units over borders, as long as that is better."""

import numpy as np

from layers.bundling.compiled import compiled
from layers.bundling.construct import NONE, fit_together, is_better
from layers.bundling.ground import WORTHS, Desk, Ground, Whole
from layers.bundling.worth import keeps_sums, keeps_walk, whole_worth
from layers.bundling.zoning import Zoning, aim, drop_zone, hand_over, link_unit, unlink_unit

TRIES = 8
"""Zones that are tried as a new home for a unit."""


@compiled
def polish(g: Ground, desk: Desk, z: Zoning, units: Whole) -> int:
    """Move units over the borders of their zones where that is better; return how many."""
    moved = 0
    for unit in units:
        moved += _move(g, desk, z, unit)
    return moved


@compiled
def _move(g: Ground, desk: Desk, z: Zoning, unit: int) -> int:
    """Move the unit to the neighbouring zone where it does most good; 0 if none does any."""
    home = z.of[unit]
    best, at = np.zeros(WORTHS, dtype=np.int64), NONE
    left, joined = np.zeros(WORTHS, dtype=np.int64), np.zeros(WORTHS, dtype=np.int64)
    best_left, best_joined = left.copy(), joined.copy()
    is_ready = False
    tried = np.full(TRIES, NONE, dtype=np.int64)
    for way in range(g.start[unit], g.start[unit + 1]):
        zone = z.of[g.near[way]]
        if zone == home or not _is_new(tried, zone):
            continue
        if not is_ready:
            if not _leaves_whole(g, desk, z, unit, left):
                return 0
            is_ready = True
        if not _may_enter(g, z, unit, zone):
            continue
        desk.members[0] = unit
        count = hand_over(z, zone, desk.members, 1)
        if not keeps_walk(g, desk, count):
            continue
        whole_worth(g, desk, count, joined, True)
        old, new = z.worth[home] + z.worth[zone], left + joined
        aim(g, z, old, new)
        if is_better(g, new - old, best, g.order[-1]):
            best[:] = new - old
            best_left[:], best_joined[:] = left, joined
            at = zone
    if at == NONE:
        return 0
    _shift(z, unit, at, best_left, best_joined)
    return 1


@compiled
def _is_new(tried: Whole, zone: int) -> bool:
    """Note a zone; False where it was tried before, or the list is full."""
    for place in range(len(tried)):
        if tried[place] == zone:
            return False
        if tried[place] == NONE:
            tried[place] = zone
            return True
    return False


@compiled
def _leaves_whole(g: Ground, desk: Desk, z: Zoning, unit: int, left: Whole) -> bool:
    """Tell whether the zone hangs together without the unit, and write what it is worth then."""
    left[:] = 0
    home = z.of[unit]
    unlink_unit(z, unit)
    count = hand_over(z, home, desk.members, 0)
    link_unit(z, unit, home)
    if count == 0:
        return True
    if not hangs_together(g, desk, count) or not keeps_walk(g, desk, count):
        return False
    whole_worth(g, desk, count, left, True)
    return True


@compiled
def hangs_together(g: Ground, desk: Desk, count: int) -> bool:
    """Tell whether ways join the first `count` of `desk.members`."""
    for place in range(count):
        desk.local[desk.members[place]] = place
    desk.order[0] = desk.members[0]
    desk.local[desk.members[0]] = NONE
    seen = 1
    step = 0
    while step < seen:
        unit = desk.order[step]
        step += 1
        for way in range(g.start[unit], g.start[unit + 1]):
            other = g.near[way]
            if desk.local[other] != NONE:
                desk.local[other] = NONE
                desk.order[seen] = other
                seen += 1
    for place in range(count):
        desk.local[desk.members[place]] = NONE
    return seen == count


@compiled
def _may_enter(g: Ground, z: Zoning, unit: int, zone: int) -> bool:
    """Tell whether the zone keeps the maxima and the locks with the unit."""
    sums = g.sums[unit].copy()
    member = z.head[zone]
    while member != NONE:
        sums += g.sums[member]
        if g.asks_pairs and not fit_together(g, unit, member):
            return False
        member = z.after[member]
    return keeps_sums(g, sums)


@compiled
def _shift(z: Zoning, unit: int, zone: int, left: Whole, joined: Whole) -> None:
    home = z.of[unit]
    z.total[:] += left + joined - z.worth[home] - z.worth[zone]
    unlink_unit(z, unit)
    link_unit(z, unit, zone)
    z.worth[home], z.worth[zone] = left, joined
    if z.size[home] == 0:
        drop_zone(z, home)
