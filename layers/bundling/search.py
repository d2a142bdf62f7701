"""The zones of one block: with proof where every possible zone can be listed, else by search."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from layers.bundling.blocks import Block
from layers.bundling.bounds import Bounds, bounds_of
from layers.bundling.budget import LARGE, SMALL, Budget
from layers.bundling.construct import is_better
from layers.bundling.division import divided
from layers.bundling.exact import best_choice, objectives_of
from layers.bundling.ground import (
    CHANGE,
    LOCKS,
    PARTS,
    SHORT,
    SUBSIDY,
    ZONES,
    Ground,
    Whole,
    desk_for,
)
from layers.bundling.groups import Groups, possible_zones, seen_zones
from layers.bundling.improve import anneal, first_zones
from layers.bundling.packing import drop_zones, empty_packing, filled_up
from layers.bundling.polish import polish
from layers.bundling.present import may_be_one_zone, present_zones
from layers.bundling.work import Work
from layers.bundling.worth import is_short
from layers.bundling.zoning import Zoning, aimed, zoning_of

DROPS_PER_STEP = 8
"""So many of them are as much work as one of the steps that follow."""
STRIDE = 4_096
"""Steps between two looks at whether somebody asked to stop."""
SETTLING = [SHORT, PARTS, SUBSIDY, ZONES]
"""Objectives that ask which zones there are, not how neat they are."""
PASSES = 8
"""Rounds of moving single units; most zonings rest after three."""


@dataclass(frozen=True)
class Found:
    """The zones of a block, what they are worth, and what no others could beat."""

    zones: list[Whole]
    """Units of each zone, ascending, in the order of their first unit."""
    left_out: list[Whole]
    """Groups under the minimum that the policy leaves out."""
    worth: tuple[int, ...]
    """For each objective, in the order of the policy."""
    bounds: tuple[int | None, ...]
    changed: int = 0
    """Sites that come from another zone of the present plan."""


def planned_work(block: Block, budget: Budget) -> int:
    """Return how much work the block may take, for the progress that is told."""
    units = len(block.units)
    if units == 1:
        return 0
    steps = budget.steps(units) + _drops(block.ground, budget) // DROPS_PER_STEP
    starts = _starts(block.ground, budget)
    return starts * steps + budget.neater_steps(units) + PASSES * units


def _starts(g: Ground, budget: Budget) -> int:
    units = len(g.sums)
    return budget.starts if 1 < units <= (SMALL if g.wants_many else LARGE) else 1


def _drops(g: Ground, budget: Budget) -> int:
    return budget.drops_per_unit * len(g.sums) if g.wants_many else 0


def search(block: Block, budget: Budget, *, seed: int, name: str, work: Work) -> Found:
    """Return the best zones of the block that the budget finds.

    `name` is the id of the block's first site: each block draws its own numbers, so that a change
    in one part of a city leaves the rest as it was.
    """
    g = block.ground
    rng = np.random.default_rng([seed, *hashlib.sha256(name.encode()).digest()[:8]])
    if len(g.sums) == 1 or (g.is_whole and may_be_one_zone(g)):
        zoning = zoning_of(g, desk_for(g), np.zeros(len(g.sums), dtype=np.int64), True)
        return _found(g, zoning, dict(enumerate(aimed(g, zoning.total).tolist())))
    searched = Search(g, budget, rng, work)
    if proven := searched.proven(seed=seed, planned=planned_work(block, budget)):
        return _found(g, *proven)
    zoning = searched.best()
    if work.is_stopped:
        return _found(g, zoning, bounds_of(g, aimed(g, zoning.total)))
    if listed := possible_zones(g, most=budget.listed(len(g.sums))):
        return _found(g, *_chosen(g, budget, work, listed, zoning, seed=seed))
    if len(g.sums) <= budget.most_chosen:
        zoning, _ = _chosen(g, budget, work, searched.seen(), zoning, seed=seed)
    return _found(g, zoning, bounds_of(g, aimed(g, zoning.total)))


def _chosen(
    g: Ground, budget: Budget, work: Work, groups: Groups, known: Zoning, *, seed: int
) -> tuple[Zoning, Bounds]:
    """Return the best choice among the groups and the zones known; bounds for such choices."""
    all_groups, numbers = _with(groups, _zones_of(known))
    choice = best_choice(
        g,
        all_groups,
        work,
        known=numbers,
        seed=seed,
        effort=budget.proof_effort,
        most_left=budget.most_left,
    )
    of = np.zeros(len(g.sums), dtype=np.int64)
    for number in choice.zones.tolist():
        of[all_groups[number]] = number
    bounds = dict(zip(objectives_of(g), choice.bounds, strict=True))
    return zoning_of(g, desk_for(g), of, True), bounds


class Search:
    """One search of a block by merging and cutting anew."""

    def __init__(self, g: Ground, budget: Budget, rng: np.random.Generator, work: Work) -> None:
        self._g, self._budget, self._rng, self._work = g, budget, rng, work
        self._desk = desk_for(g, pool=budget.pool if len(g.sums) <= budget.most_chosen else 0)

    def proven(self, *, seed: int, planned: int) -> tuple[Zoning, Bounds] | None:
        """Return the best zones without a search, where so few are possible that it takes none."""
        listed = possible_zones(self._g, most=self._budget.few_listed)
        if listed is None or not self._work.may_go_on(0):
            return None
        draw = present_zones if len(self._g.present) else first_zones
        known = zoning_of(self._g, self._desk, draw(self._g, self._desk, self._rng), True)
        zoning, bounds = _chosen(self._g, self._budget, self._work, listed, known, seed=seed)
        if None in bounds.values():
            return None
        self._work.may_go_on(planned)
        return zoning, bounds

    def seen(self) -> Groups:
        """Return zones that the search has seen."""
        return seen_zones(self._desk)

    def best(self) -> Zoning:
        """Return the best zones that the budget finds."""
        units = len(self._g.sums)
        steps, firsts = self._budget.neater_steps(units), self._firsts()
        begun = next(firsts)
        if self._is_settled(begun):
            # Only neater zones are left to look for: all steps are for them.
            steps += _starts(self._g, self._budget) * self._budget.steps(units)
        else:
            starts = [self._fullest(first) for first in chain([begun], firsts)]
            begun = min(starts, key=lambda start: start[0])[1]
        z = zoning_of(self._g, self._desk, begun, True)
        self._anneal(z, z.of.copy(), z.total.copy(), steps=steps, leads=False)
        self._polish(z)
        return z

    def _is_settled(self, zones: Whole) -> bool:
        """Tell whether as many zones as are wanted are as good as can be but for neatness."""
        if not self._g.target:
            return False
        worth = aimed(self._g, zoning_of(self._g, self._desk, zones, False).total)
        return not worth[SETTLING].any()

    def _firsts(self) -> Iterator[Whole]:
        """Yield zones to begin with: the present plan's first, and no others where they bind."""
        units, left = len(self._g.sums), _starts(self._g, self._budget)
        if len(self._g.present):
            yield present_zones(self._g, self._desk, self._rng)
            left -= 1
        for _ in range(left):
            if self._g.most_changed < units:
                yield present_zones(self._g, self._desk, self._rng)
            else:
                yield self._first()

    def _first(self) -> Whole:
        if self._g.target > 1:
            even = divided(self._g, self._desk, self._rng)
            if len(even):
                return even
        if not self._g.wants_many:
            return first_zones(self._g, self._desk, self._rng)
        packing, drops = empty_packing(len(self._g.sums)), _drops(self._g, self._budget)
        for begin in range(0, drops, STRIDE * DROPS_PER_STEP):
            end = min(drops, begin + STRIDE * DROPS_PER_STEP)
            if not self._work.may_go_on((end - begin) // DROPS_PER_STEP):
                break
            drop_zones(self._g, packing, self._rng, begin, end, drops)
        return filled_up(self._g, self._desk, packing)

    def _fullest(self, first: Whole) -> tuple[list[int], Whole]:
        """Return zones found from these, and what they are worth but for the spread."""
        units = len(self._g.sums)
        z = zoning_of(self._g, self._desk, first, False)
        best, worth = z.of.copy(), z.total.copy()
        self._anneal(z, best, worth, steps=self._budget.steps(units), leads=True)
        worth, last = aimed(self._g, worth), aimed(self._g, z.total)
        if not is_better(self._g, worth, last, ZONES):
            best[:], worth[:] = z.of, last
        return worth[self._g.order].tolist(), best

    def _polish(self, z: Zoning) -> None:
        units = len(self._g.sums)
        for _ in range(PASSES):
            if not self._work.may_go_on(units):
                break
            if not polish(self._g, self._desk, z, np.arange(units)):
                break

    def _anneal(self, z: Zoning, best: Whole, worth: Whole, *, steps: int, leads: bool) -> None:
        for begin in range(0, steps, STRIDE):
            end = min(steps, begin + STRIDE)
            if not self._work.may_go_on(end - begin):
                break
            anneal(self._g, self._desk, z, best, worth, self._rng, begin, end, steps, leads)


def _zones_of(z: Zoning) -> list[Whole]:
    order = np.argsort(z.of, kind="stable")
    cuts = np.flatnonzero(np.diff(z.of[order])) + 1
    return sorted(np.split(order, cuts), key=lambda zone: int(zone[0]))


def _with(groups: Groups, zones: list[Whole]) -> tuple[Groups, Whole]:
    """Return the groups and the zones behind them, and the numbers of these."""
    sizes = [len(zone) for zone in zones]
    start = np.concatenate([groups.start, groups.start[-1] + np.cumsum(sizes)])
    members = np.concatenate([groups.members, *zones], dtype=np.int32)
    return Groups(start, members), len(groups) + np.arange(len(zones))


def _found(g: Ground, zoning: Zoning, bounds: Bounds) -> Found:
    zones, worth = _zones_of(zoning), aimed(g, zoning.total)
    is_out = [_is_left_out(g, zone) for zone in zones]
    objectives = objectives_of(g)
    return Found(
        [zone for zone, out in zip(zones, is_out, strict=True) if not out],
        [zone for zone, out in zip(zones, is_out, strict=True) if out],
        tuple(int(worth[objective]) for objective in objectives),
        tuple(bounds.get(objective) for objective in objectives),
        int(worth[CHANGE]),
    )


def _is_left_out(g: Ground, zone: Whole) -> bool:
    """Tell whether the policy leaves the zone out; what a planner locked always stays."""
    sums = g.sums[zone].sum(axis=0)
    return bool(g.leaves_out and is_short(g, sums) and not sums[LOCKS])
