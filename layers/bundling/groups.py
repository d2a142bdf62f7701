"""Every connected group of units that keeps the maxima, each once.

The enumeration is that of Wernicke (2006, ESU): a group grows by units after its first one, and
only by neighbours that no earlier member brought. A group over a maximum is never grown, since no
larger one can keep it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.bundling.compiled import compiled
from layers.bundling.construct import NONE, fit_together
from layers.bundling.ground import (
    MEMBERS_PER_ZONE,
    NO_MAXIMUM,
    SUMS,
    WORTHS,
    Desk,
    Ground,
    Whole,
    desk_for,
)
from layers.bundling.worth import is_short, keeps_sums, keeps_walk, whole_worth

Numbers = NDArray[np.int32]
"""Half the room of `Whole`: lists of groups are long."""


@dataclass(frozen=True)
class Groups:
    """k groups of units."""

    start: Whole
    """(k + 1,) where the members of each begin."""
    members: Numbers
    """Units, ascending in each group."""

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, number: int) -> Numbers:
        return self.members[self.start[number] : self.start[number + 1]]


def possible_zones(g: Ground, *, most: int) -> Groups | None:
    """Return every connected group of units that keeps the maxima; None if more than `most`.

    A net of ways may get shorter by one unit more, so that maximum is looked at last.
    """
    start = np.zeros(most + 2, dtype=np.int64)
    members = np.zeros(most * MEMBERS_PER_ZONE, dtype=np.int32)
    count = 0
    for root in range(len(g.sums)):
        count = groups_from(g, root, start, members, count, most)
        if count > most:
            return None
    listed = Groups(start[: count + 1].copy(), members[: start[count]].copy())
    return listed if g.walk_max == NO_MAXIMUM else _with_short_walks(g, listed)


def _with_short_walks(g: Ground, groups: Groups) -> Groups:
    desk, sizes = desk_for(g), np.diff(groups.start)
    is_short = np.zeros(len(groups), dtype=np.bool_)
    _note_short_walks(g, desk, groups.start, groups.members, is_short)
    start = np.concatenate([[0], np.cumsum(sizes[is_short])])
    return Groups(start, groups.members[np.repeat(is_short, sizes)])


@compiled
def _note_short_walks(
    g: Ground, desk: Desk, start: Whole, members: Numbers, is_short: NDArray[np.bool_]
) -> None:
    for group in range(len(start) - 1):
        count = start[group + 1] - start[group]
        desk.members[:count] = members[start[group] : start[group + 1]]
        is_short[group] = keeps_walk(g, desk, count)


def seen_zones(desk: Desk) -> Groups:
    """Return the zones of the desk's pool, each once."""
    starts = desk.pool_start[: desk.seen[0] + 1]
    cut = zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    once = dict.fromkeys(desk.pool[first:last].tobytes() for first, last in cut)
    zones = [np.frombuffer(zone, dtype=np.int32) for zone in once]
    sizes = np.array([len(zone) for zone in zones], dtype=np.int64)
    return Groups(np.concatenate([[0], np.cumsum(sizes)]), np.concatenate(zones))


def worths_of(g: Ground, desk: Desk, groups: Groups, numbers: Whole, *, spread: bool) -> Whole:
    """Return (k, 8) what the groups of these numbers are worth."""
    worths = np.zeros((len(numbers), WORTHS), dtype=np.int64)
    _write_worths(g, desk, groups.start, groups.members, numbers, worths, spread)
    return worths


def can_reach_the_minimum(g: Ground, unit: int, *, patience: int) -> bool:
    """Tell whether some zone that keeps all limits holds the unit.

    After `patience` groups the answer is yes, for want of proof that there is none.
    """
    return _reaches_minimum(g, unit, patience)


@compiled
def groups_from(g: Ground, root: int, start: Whole, members: Numbers, count: int, most: int) -> int:
    """Write all groups whose first unit is `root`, behind the first `count`.

    Returns how many there are now; more than `most` where there is no room.
    """
    n = len(g.sums)
    brought = np.full(n, NONE, dtype=np.int64)
    group, sums = np.zeros(n, dtype=np.int64), np.zeros((n + 1, SUMS), dtype=np.int64)
    open_units, ends = np.zeros(n + 1, dtype=np.int64), np.zeros(n + 2, dtype=np.int64)
    size = _add(g, root, root, 0, group, sums, brought, open_units, ends)
    nexts = np.zeros(n + 2, dtype=np.int64)
    is_new = True
    while size > 0:
        if is_new:
            at = start[count]
            if count >= most or at + size > len(members):
                return most + 1
            members[at : at + size] = np.sort(group[:size])
            count += 1
            start[count] = at + size
            is_new = False
        if nexts[size] < ends[size]:
            unit = open_units[nexts[size]]
            nexts[size] += 1
            if _may_join(g, unit, group, size, sums):
                grown = _add(g, unit, root, size, group, sums, brought, open_units, ends)
                nexts[grown] = nexts[size]
                size = grown
                is_new = True
        else:
            _take_back(g, group[size - 1], size, brought)
            size -= 1
    return count


@compiled
def _may_join(g: Ground, unit: int, group: Whole, size: int, sums: Whole) -> bool:
    if not keeps_sums(g, sums[size] + g.sums[unit]):
        return False
    if g.asks_pairs:
        for member in group[:size]:
            if not fit_together(g, unit, member):
                return False
    return True


@compiled
def _add(
    g: Ground,
    unit: int,
    root: int,
    size: int,
    group: Whole,
    sums: Whole,
    brought: Whole,
    open_units: Whole,
    ends: Whole,
) -> int:
    """Add a unit to the group of `size`, and what it brings behind the units that are open."""
    group[size] = unit
    sums[size + 1] = sums[size] + g.sums[unit]
    end = ends[size]
    if size == 0:
        brought[unit] = 0
    for way in range(g.start[unit], g.start[unit + 1]):
        other = g.near[way]
        if other > root and brought[other] == NONE:
            brought[other] = size + 1
            open_units[end] = other
            end += 1
    ends[size + 1] = end
    return size + 1


@compiled
def _take_back(g: Ground, unit: int, size: int, brought: Whole) -> None:
    """Forget what the last unit of a group of `size` brought."""
    for way in range(g.start[unit], g.start[unit + 1]):
        if brought[g.near[way]] == size:
            brought[g.near[way]] = NONE


@compiled
def _reaches_minimum(g: Ground, root: int, patience: int) -> bool:
    n = len(g.sums)
    brought = np.full(n, NONE, dtype=np.int64)
    group, sums = np.zeros(n, dtype=np.int64), np.zeros((n + 1, SUMS), dtype=np.int64)
    open_units, ends = np.zeros(n + 1, dtype=np.int64), np.zeros(n + 2, dtype=np.int64)
    nexts = np.zeros(n + 2, dtype=np.int64)
    size = _add(g, root, NONE, 0, group, sums, brought, open_units, ends)
    tried = 0
    while size > 0:
        if not is_short(g, sums[size]):
            return True
        if nexts[size] < ends[size]:
            unit = open_units[nexts[size]]
            nexts[size] += 1
            if unit != root and _may_join(g, unit, group, size, sums):
                tried += 1
                if tried > patience:
                    return True
                grown = _add(g, unit, NONE, size, group, sums, brought, open_units, ends)
                nexts[grown] = nexts[size]
                size = grown
        else:
            _take_back(g, group[size - 1], size, brought)
            size -= 1
    return False


@compiled
def _write_worths(
    g: Ground,
    desk: Desk,
    start: Whole,
    members: Numbers,
    numbers: Whole,
    worths: Whole,
    spread: bool,
) -> None:
    for place in range(len(numbers)):
        first, last = start[numbers[place]], start[numbers[place] + 1]
        desk.members[: last - first] = members[first:last]
        whole_worth(g, desk, last - first, worths[place], spread)
