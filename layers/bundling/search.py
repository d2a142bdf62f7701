"""The zones of one block: with proof where every possible zone can be listed, else by search."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layers.bundling.blocks import Block
from layers.bundling.bounds import bounds_of
from layers.bundling.construct import random_zones
from layers.bundling.exact import best_choice
from layers.bundling.groups import possible_zones
from layers.bundling.improve import PASSES, Draft, improve, polish
from layers.bundling.judge import Judge, UnitZone, Worth, total
from layers.bundling.work import Work

MOST_LISTED = 10_000
"""Blocks with at most this many possible zones are solved with proof."""
EASILY_PROVEN = 1_000
"""Up to this many possible zones the proof needs no plan to start from."""
PROOF_EFFORT = 2.0
"""CP-SAT's deterministic time for each objective of one block; most blocks need 1 % of it."""
STARTS = 6
"""Random drafts of a block, of which the best is improved."""
ROUNDS_PER_UNIT = 20
LEAST_ROUNDS = 1_500
"""Merge-and-recut steps for each unit of a block."""


@dataclass(frozen=True)
class Found:
    """The zones of a block, what they are worth, and what no others could beat."""

    zones: list[UnitZone]
    left_out: list[UnitZone]
    """Groups under the minimum that the policy leaves out."""
    worth: Worth
    bounds: tuple[int | None, ...]


def planned_work(block: Block) -> int:
    """Return how much work the block may take, for the progress that is told."""
    return MOST_LISTED + STARTS + _rounds(block) + PASSES * len(block.units)


def _rounds(block: Block) -> int:
    return max(LEAST_ROUNDS, ROUNDS_PER_UNIT * len(block.units))


def search(block: Block, *, seed: int, name: str, work: Work) -> Found:
    """Return the best zones of the block that the budget finds.

    `name` is the id of the block's first site: each block draws its own numbers, so that a change
    in one part of a city leaves the rest as it was.
    """
    judge = Judge(block)
    if len(block.units) == 1:
        work.may_go_on()
        only = judge.worth((0,))
        return _found([(0,)], judge, bounds=only)
    listed = None if work.is_stopped else possible_zones(block, most=MOST_LISTED)
    is_easy = listed is not None and len(listed) <= EASILY_PROVEN
    rng = np.random.default_rng([seed, *hashlib.sha256(name.encode()).digest()[:8]])
    singles = [(unit,) for unit in range(len(block.units))]
    zones = singles if is_easy else _searched(block, judge, rng=rng, work=work)
    if listed is not None and work.may_go_on(len(listed)):
        choice = best_choice(listed, judge, known=zones, seed=seed, effort=PROOF_EFFORT)
        return _found(choice.zones, judge, bounds=choice.bounds)
    if is_easy:
        zones = _searched(block, judge, rng=rng, work=work)
    return _found(zones, judge, bounds=bounds_of(block, total(map(judge.first, zones))))


def _searched(
    block: Block, judge: Judge, *, rng: np.random.Generator, work: Work
) -> list[UnitZone]:
    every = range(len(block.units))
    drafts = [random_zones(block, every, rng)]
    drafts += [random_zones(block, every, rng) for _ in range(1, STARTS) if work.may_go_on()]
    best = min(drafts, key=lambda zones: total(map(judge.first, zones)))
    draft = Draft(block, best)
    draft = improve(draft, judge, rounds=_rounds(block), rng=rng, work=work)
    polish(draft, judge, work=work)
    return sorted(draft.zones.values())


def _found(zones: Sequence[UnitZone], judge: Judge, *, bounds: tuple[int | None, ...]) -> Found:
    left_out = [zone for zone in zones if judge.is_left_out(zone)]
    kept = [zone for zone in zones if not judge.is_left_out(zone)]
    return Found(kept, left_out, total(map(judge.worth, zones)), tuple(bounds))
