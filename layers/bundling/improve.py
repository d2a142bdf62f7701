"""Better zones, step by step: merge neighbours and cut anew, then move units over borders."""

from collections.abc import Sequence

import numpy as np

from layers.bundling.blocks import Block
from layers.bundling.construct import Lot, random_zones
from layers.bundling.judge import NOTHING, Judge, UnitZone, Worth, plus, total
from layers.bundling.work import Work

MOST_NEIGHBOURS = 3
"""A step merges a zone with at most this many neighbours."""
HEAT = 0.1
"""At first a step may on average make things worse by this share of the objective's scale."""
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
) -> Draft:
    """Merge 2–4 neighbouring zones and cut them anew, `rounds` times; return the best draft met.

    While the search is warm it may take a step that makes things worse, the less the later, so
    that it leaves plans that no single step makes better (simulated annealing).
    """
    worth = best_worth = total(map(judge.worth, draft.zones.values()))
    best = list(draft.zones.values())
    for step in range(rounds):
        if not work.may_go_on():
            break
        chosen = _neighbouring_zones(draft, judge, rng)
        old = [draft.zones[number] for number in chosen]
        new = random_zones(draft.block, sorted(unit for zone in old for unit in zone), rng)
        warmth = (1 - step / rounds) * float(rng.exponential())
        if sorted(old) == new or not _is_acceptable(new, old, judge, warmth=warmth):
            continue
        draft.replace(chosen, new)
        worth = plus(worth, _change(new, old, judge))
        if worth < best_worth:
            best_worth, best = worth, list(draft.zones.values())
    return Draft(draft.block, best)


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


def _is_acceptable(
    new: Sequence[UnitZone], old: Sequence[UnitZone], judge: Judge, *, warmth: float
) -> bool:
    """Tell whether the new zones are better, or no worse than the warmth allows.

    The first objective in which they differ decides, each on its own scale: the minimum of a zone,
    the cost of a zone, twice the spread; zones and parts are never given away.
    """
    limits = judge.block.limits
    first_new, first_old = total(map(judge.first, new)), total(map(judge.first, old))
    scales = (limits.floor_min, 0, max(0, limits.cost_of_a_zone), 0)
    for after, before, scale in zip(first_new, first_old, scales, strict=False):
        if after != before:
            return after - before <= HEAT * warmth * scale
    spread = sum(map(judge.spread, old))
    return sum(map(judge.spread, new)) <= spread * (1 + 2 * HEAT * warmth)


def _change(new: Sequence[UnitZone], old: Sequence[UnitZone], judge: Judge) -> Worth:
    """Return by how much the plan's worth changes when new zones replace old ones."""
    return plus(total(map(judge.worth, new)), total(map(judge.worth, old)), times=-1)


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
    best = NOTHING, -1
    for number in sorted({draft.zone_of[other] for other in draft.block.ways[unit]}):
        target = draft.zones[number]
        if target != home and Lot(draft.block, target).can_take(
            Lot(draft.block, [unit]), draft.block
        ):
            new = _after(unit, rest, target)
            best = min(best, (_change(new, (home, target), judge), number))
    if best[0] == NOTHING:
        return False
    target = draft.zones[best[1]]
    draft.replace([draft.zone_of[unit], best[1]], _after(unit, rest, target))
    return True


def _after(unit: int, rest: UnitZone, target: UnitZone) -> list[UnitZone]:
    """Return the two zones after the move, or the one that is left."""
    return [zone for zone in (rest, tuple(sorted((*target, unit)))) if zone]


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
