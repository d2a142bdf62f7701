"""Better zones, step by step: merge neighbours and cut anew, then move units over borders."""

from collections.abc import Sequence

import numpy as np

from layers.bundling.blocks import Block
from layers.bundling.construct import Lot, random_zones
from layers.bundling.judge import Judge, UnitZone, Worth, total
from layers.bundling.work import Work

MOST_NEIGHBOURS = 3
"""A step merges a zone with at most this many neighbours."""
PLAY = 0.2
"""At first a step may lengthen the spread by this share, if nothing before it gets worse."""
PASSES = 8
"""Rounds of moving single units; most drafts rest after three."""


class Draft:
    """The zones of a block while they change."""

    def __init__(self, block: Block, zones: Sequence[UnitZone]) -> None:
        self.block = block
        self.zones: dict[int, UnitZone] = {}
        self.zone_of = [-1] * len(block.units)
        self._next = 0
        self.replace((), zones)

    def replace(self, old: Sequence[int], new: Sequence[UnitZone]) -> None:
        """Put new zones in the place of those with the numbers `old`."""
        for number in old:
            del self.zones[number]
        for zone in new:
            self.zones[self._next] = zone
            for unit in zone:
                self.zone_of[unit] = self._next
            self._next += 1

    def around(self, zone: UnitZone) -> list[int]:
        """Return the numbers of the zones that touch this one, sorted."""
        own = self.zone_of[zone[0]]
        near = {self.zone_of[other] for unit in zone for other in self.block.ways[unit]}
        return sorted(near - {own})


def improve(
    draft: Draft, judge: Judge, *, rounds: int, rng: np.random.Generator, work: Work
) -> None:
    """Merge 2–4 neighbouring zones and cut them anew, `rounds` times; keep what is no worse."""
    block = draft.block
    for step in range(rounds):
        if not work.may_go_on():
            return
        chosen = _neighbouring_zones(draft, judge, rng)
        old = [draft.zones[number] for number in chosen]
        new = random_zones(block, sorted(unit for zone in old for unit in zone), rng)
        play = 1 + PLAY * (1 - step / rounds)
        if sorted(old) != new and _is_no_worse(new, old, judge, play=play):
            draft.replace(chosen, new)


def _neighbouring_zones(draft: Draft, judge: Judge, rng: np.random.Generator) -> list[int]:
    """Return the numbers of a zone and some neighbours; zones in need are asked for more often."""
    numbers = list(draft.zones)
    draws = rng.random(MOST_NEIGHBOURS + 3).tolist()
    seeds = [numbers[int(draw * len(numbers))] for draw in draws[:2]]
    chosen = [max(seeds, key=lambda number: judge.first(draft.zones[number])[:3])]
    for draw in draws[2 : 3 + int(draws[-1] * MOST_NEIGHBOURS)]:
        near = {other for number in chosen for other in draft.around(draft.zones[number])}
        if not (fresh := sorted(near - set(chosen))):
            break
        chosen.append(fresh[int(draw * len(fresh))])
    return chosen


def _is_no_worse(
    new: Sequence[UnitZone], old: Sequence[UnitZone], judge: Judge, *, play: float
) -> bool:
    first_new, first_old = total(map(judge.first, new)), total(map(judge.first, old))
    if first_new != first_old:
        return first_new < first_old
    return sum(map(judge.spread, new)) <= play * sum(map(judge.spread, old))


def polish(draft: Draft, judge: Judge, *, work: Work) -> None:
    """Move single units over the borders of their zones while that is better."""
    for _ in range(PASSES):
        moved = [unit for unit in range(len(draft.zone_of)) if _move(unit, draft, judge, work)]
        if not moved:
            return


def _move(unit: int, draft: Draft, judge: Judge, work: Work) -> bool:
    """Move the unit to the neighbouring zone where it does most good; False if none does any."""
    if not work.may_go_on():
        return False
    home = draft.zones[draft.zone_of[unit]]
    rest = tuple(other for other in home if other != unit)
    if rest and not hangs_together(draft.block, rest):
        return False
    best: tuple[Worth, int] | None = None
    for number in sorted({draft.zone_of[other] for other in draft.block.ways[unit]}):
        change = _change(unit, home, rest, draft.zones[number], judge)
        if change is not None and (best is None or (change, number) < best):
            best = change, number
    if best is None:
        return False
    target = tuple(sorted((*draft.zones[best[1]], unit)))
    new = [rest, target] if rest else [target]
    draft.replace([draft.zone_of[unit], best[1]], new)
    return True


def _change(
    unit: int, home: UnitZone, rest: UnitZone, target: UnitZone, judge: Judge
) -> Worth | None:
    """Return by how much the worth falls (a negative worth) if it does; else None."""
    block = judge.block
    if target == home or not Lot(block, target).can_take(Lot(block, [unit]), block):
        return None
    after = [zone for zone in (rest, tuple(sorted((*target, unit)))) if zone]
    first_after = total(map(judge.first, after))
    first_before = total(map(judge.first, (home, target)))
    if first_after > first_before:
        return None
    after_all, before_all = total(map(judge.worth, after)), total(map(judge.worth, (home, target)))
    if after_all >= before_all:
        return None
    return Worth(*(a - b for a, b in zip(after_all, before_all, strict=True)))


def hangs_together(block: Block, zone: UnitZone) -> bool:
    """Tell whether the block's ways join the units of the zone."""
    inside = set(zone)
    reached, queue = {zone[0]}, [zone[0]]
    for unit in queue:
        for other in block.ways[unit]:
            if other in inside and other not in reached:
                reached.add(other)
                queue.append(other)
    return len(reached) == len(zone)
