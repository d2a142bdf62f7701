"""The zones of a block while they change: who is in which zone, and what each zone is worth."""

from typing import NamedTuple

import numpy as np

from layers.bundling.compiled import compiled
from layers.bundling.construct import NONE
from layers.bundling.ground import CHANGE, SHORT, WORTHS, ZONES, Desk, Ground, Whole
from layers.bundling.worth import whole_worth

FORBIDDEN = 2**40
"""Floor area that weighs more than any that could be left out: a million km²."""


class Zoning(NamedTuple):
    """Zones by number, each a linked list of its units; numbers are used again."""

    of: Whole
    """(n,) the zone of each unit."""
    head: Whole
    """(n,) first unit of each zone; `after` and `before` are the next and the last one."""
    after: Whole
    before: Whole
    size: Whole
    worth: Whole
    """(n, 9) of each zone."""
    total: Whole
    """(9,) of all zones."""
    live: Whole
    """(n,) the numbers in use come first; `at` is where each stands."""
    at: Whole
    used: Whole
    """(1,) how many are in use."""


@compiled
def empty_zoning(n: int) -> Zoning:
    """Return no zones, with room for n."""
    return Zoning(
        np.full(n, NONE, dtype=np.int64),
        np.full(n, NONE, dtype=np.int64),
        np.full(n, NONE, dtype=np.int64),
        np.full(n, NONE, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        np.zeros((n, WORTHS), dtype=np.int64),
        np.zeros(WORTHS, dtype=np.int64),
        np.arange(n),
        np.arange(n),
        np.zeros(1, dtype=np.int64),
    )


@compiled
def add_zone(z: Zoning, members: Whole, worth: Whole) -> int:
    """Add a zone of these units."""
    zone = z.live[z.used[0]]
    z.used[0] += 1
    z.head[zone] = NONE
    z.size[zone] = 0
    for unit in members[::-1]:
        link_unit(z, unit, zone)
    z.worth[zone] = worth
    z.total[:] += worth
    return int(zone)


@compiled
def drop_zone(z: Zoning, zone: int) -> None:
    """Drop a zone; its units are in none until they are added to another."""
    z.total[:] -= z.worth[zone]
    z.used[0] -= 1
    last = z.live[z.used[0]]
    place = z.at[zone]
    z.live[place], z.at[last] = last, place
    z.live[z.used[0]], z.at[zone] = zone, z.used[0]
    unit = z.head[zone]
    while unit != NONE:
        z.of[unit] = NONE
        unit = z.after[unit]
    z.head[zone] = NONE


@compiled
def link_unit(z: Zoning, unit: int, zone: int) -> None:
    """Put a unit at the head of a zone's list."""
    z.of[unit] = zone
    z.before[unit] = NONE
    z.after[unit] = z.head[zone]
    if z.head[zone] != NONE:
        z.before[z.head[zone]] = unit
    z.head[zone] = unit
    z.size[zone] += 1


@compiled
def unlink_unit(z: Zoning, unit: int) -> None:
    """Take a unit out of its zone's list."""
    zone = z.of[unit]
    if z.before[unit] == NONE:
        z.head[zone] = z.after[unit]
    else:
        z.after[z.before[unit]] = z.after[unit]
    if z.after[unit] != NONE:
        z.before[z.after[unit]] = z.before[unit]
    z.of[unit] = NONE
    z.size[zone] -= 1


@compiled
def hand_over(z: Zoning, zone: int, into: Whole, count: int) -> int:
    """Write the units of a zone behind the first `count`; return how many there are now."""
    unit = z.head[zone]
    while unit != NONE:
        into[count] = unit
        count += 1
        unit = z.after[unit]
    return count


@compiled
def zoning_of(
    g: Ground,
    desk: Desk,
    of: Whole,
    spread: bool,
) -> Zoning:
    """Return the zones of a list that names the zone of each unit, from 0."""
    z = empty_zoning(len(of))
    order = np.argsort(of, kind="mergesort")
    worth = np.zeros(WORTHS, dtype=np.int64)
    begin = 0
    for end in range(1, len(of) + 1):
        if end == len(of) or of[order[end]] != of[order[begin]]:
            desk.members[: end - begin] = order[begin:end]
            whole_worth(g, desk, end - begin, worth, spread)
            add_zone(z, order[begin:end], worth)
            begin = end
    return z


@compiled
def aimed(g: Ground, total: Whole) -> Whole:
    """Return what all zones are worth, with how far their number is off where one is wanted."""
    worth = total.copy()
    if g.target > 0:
        worth[ZONES] = abs(worth[ZONES] - g.target)
    return worth


@compiled
def aim(g: Ground, z: Zoning, old: Whole, new: Whole) -> None:
    """Let the zones that some are to replace, and those, count by how far all are off then."""
    if g.target > 0:
        others = z.total[ZONES] - old[ZONES]
        old[ZONES] = abs(others + old[ZONES] - g.target)
        new[ZONES] = abs(others + new[ZONES] - g.target)
    if len(g.present) > 0:
        # More may change than is allowed only where that cannot be helped.
        before = z.total[CHANGE]
        after = before - old[CHANGE] + new[CHANGE]
        new[SHORT] += FORBIDDEN * max(0, after - max(before, g.most_changed))
