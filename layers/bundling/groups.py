"""Every connected group of units that keeps the maxima, each once.

The enumeration is that of Wernicke (2006, ESU): a group grows by units after its first one, and
only by neighbours that no earlier member brought. A group over a maximum is never grown, since no
larger one can keep it.
"""

from dataclasses import dataclass
from typing import NamedTuple

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
    walk = _walk_over(g)
    count = 0
    for root in range(len(g.sums)):
        count = groups_from(g, walk, root, start, members, count, most)
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


def can_reach_the_minimum(g: Ground, *, patience: int) -> NDArray[np.bool_]:
    """Tell of each unit whether some zone that keeps all limits holds it.

    After `patience` groups the answer is yes, for want of proof that there is none.
    """
    answers = np.zeros(len(g.sums), dtype=np.bool_)
    _ask_all(g, _walk_over(g), patience, answers)
    return answers


class Walk(NamedTuple):
    """Room for a walk over the groups that hold a unit; nothing is in it before and after."""

    group: Whole
    """(n,) the units of the group in hand."""
    sums: Whole
    """(n + 1, 8) of the first so many of them."""
    brought: Whole
    """(n,) the size of the group when a unit came beside it; -1 = it is not beside it."""
    open_units: Whole
    """(n + 1,) the units beside the group, in the order in which they came."""
    ends: Whole
    """(n + 2,) how many of them there were at each size of the group; `nexts` the next to try."""
    nexts: Whole
    is_peace: NDArray[np.bool_]
    """(n, n) which units may share a zone; (0, 0) where that is asked pair by pair, or not."""


MOST_PAIRED = 512
"""With more units it is not asked of all pairs beforehand."""


def _walk_over(g: Ground) -> Walk:
    n = len(g.sums)
    paired = n if g.asks_pairs and n <= MOST_PAIRED else 0
    is_peace = np.zeros((paired, paired), dtype=np.bool_)
    _ask_pairs(g, is_peace)
    return Walk(
        is_peace=is_peace,
        group=np.zeros(n, dtype=np.int64),
        sums=np.zeros((n + 1, SUMS), dtype=np.int64),
        brought=np.full(n, NONE, dtype=np.int64),
        open_units=np.zeros(n + 1, dtype=np.int64),
        ends=np.zeros(n + 2, dtype=np.int64),
        nexts=np.zeros(n + 2, dtype=np.int64),
    )


@compiled
def groups_from(
    g: Ground, walk: Walk, root: int, start: Whole, members: Numbers, count: int, most: int
) -> int:
    """Write all groups whose first unit is `root`, behind the first `count`.

    Returns how many there are now; more than `most` where there is no room.
    """
    size = _begin(g, walk, root, root)
    is_new = True
    while size > 0:
        if is_new:
            at = start[count]
            if count >= most or at + size > len(members):
                return most + 1
            members[at : at + size] = np.sort(walk.group[:size])
            count += 1
            start[count] = at + size
        is_new, size = _step(g, walk, size, root)
    walk.brought[root] = NONE
    return count


@compiled
def _ask_all(g: Ground, walk: Walk, patience: int, answers: NDArray[np.bool_]) -> None:
    for root in range(len(g.sums)):
        answers[root] = _reaches_minimum(g, walk, root, patience)


@compiled
def _reaches_minimum(g: Ground, walk: Walk, root: int, patience: int) -> bool:
    size = _begin(g, walk, root, NONE)
    tried = 0
    while size > 0 and tried <= patience and is_short(g, walk.sums[size]):
        is_new, size = _step(g, walk, size, NONE)
        if is_new:
            tried += 1
    is_found = size > 0
    while size > 0:
        _take_back(g, walk, size)
        size -= 1
    walk.brought[root] = NONE
    return is_found


@compiled
def _begin(g: Ground, walk: Walk, root: int, first: int) -> int:
    """Begin with a group of one unit, to be grown by units after `first`; return its size."""
    walk.brought[root] = 0
    walk.ends[0] = 0
    walk.nexts[1] = 0
    return _add(g, walk, root, 0, first)


@compiled
def _step(g: Ground, walk: Walk, size: int, first: int) -> tuple[bool, int]:
    """Grow the group by the next unit that may join, or take its last one back.

    Returns whether it grew, and its size now.
    """
    while walk.nexts[size] < walk.ends[size]:
        unit = walk.open_units[walk.nexts[size]]
        walk.nexts[size] += 1
        if _may_join(g, walk, unit, size):
            walk.nexts[size + 1] = walk.nexts[size]
            return True, _add(g, walk, unit, size, first)
    _take_back(g, walk, size)
    return False, size - 1


@compiled
def _may_join(g: Ground, walk: Walk, unit: int, size: int) -> bool:
    _write_sums(g, walk, unit, size)
    if not keeps_sums(g, walk.sums[size + 1]):
        return False
    if len(walk.is_peace) > 0:
        for member in walk.group[:size]:
            if not walk.is_peace[unit, member]:
                return False
    elif g.asks_pairs:
        for member in walk.group[:size]:
            if not fit_together(g, unit, member):
                return False
    return True


@compiled
def _ask_pairs(g: Ground, is_peace: NDArray[np.bool_]) -> None:
    for unit in range(len(is_peace)):
        for other in range(unit):
            is_peace[unit, other] = is_peace[other, unit] = fit_together(g, unit, other)


@compiled
def _write_sums(g: Ground, walk: Walk, unit: int, size: int) -> None:
    """Write the sums of the group of `size` with the unit."""
    for column in range(SUMS):
        walk.sums[size + 1, column] = walk.sums[size, column] + g.sums[unit, column]


@compiled
def _add(g: Ground, walk: Walk, unit: int, size: int, first: int) -> int:
    """Add a unit to the group of `size`, and what it brings behind the units that are open."""
    walk.group[size] = unit
    _write_sums(g, walk, unit, size)
    end = walk.ends[size]
    for way in range(g.start[unit], g.start[unit + 1]):
        other = g.near[way]
        if other > first and walk.brought[other] == NONE:
            walk.brought[other] = size + 1
            walk.open_units[end] = other
            end += 1
    walk.ends[size + 1] = end
    return size + 1


@compiled
def _take_back(g: Ground, walk: Walk, size: int) -> None:
    """Forget what the last unit of a group of `size` brought."""
    unit = walk.group[size - 1]
    for way in range(g.start[unit], g.start[unit + 1]):
        if walk.brought[g.near[way]] == size:
            walk.brought[g.near[way]] = NONE


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
