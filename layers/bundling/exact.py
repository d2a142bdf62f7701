"""The best zones of a small block, with proof: list every possible zone, choose the best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from layers.bundling.blocks import Block, bits
from layers.bundling.judge import Judge, UnitZone, Worth


@dataclass(frozen=True)
class Choice:
    """Zones that hold every unit once, and bounds that no other choice can beat."""

    zones: list[UnitZone]
    bounds: tuple[int | None, ...]
    """For each objective of `Worth` the least value, given that those before it are at theirs;
    None after the first objective whose proof ran out of effort."""


def possible_zones(block: Block, *, most: int) -> list[UnitZone] | None:
    """Return every connected group of units that keeps the maxima; None if more than `most`.

    Each group is reached once: from its smallest unit, adding or for ever refusing one neighbour
    at a time. A group over a maximum is never grown, since no larger one can keep it.
    """
    around = tuple(sum(1 << other for other in near) for near in block.ways)
    found: list[UnitZone] = []
    for root in range(len(block.units)):
        refused = (2 << root) - 1
        near = around[root] & ~refused & block.fits[root]
        stack = [(1 << root, near, refused, block.fits[root])]
        sums = [(block.floor[root], block.households[root])]
        while stack:
            mask, open_, refused, fits = stack.pop()
            floor, households = sums.pop()
            found.append(tuple(bits(mask)))
            if len(found) + len(stack) > most:
                return None
            for unit in bits(open_):
                refused |= 1 << unit
                both = floor + block.floor[unit], households + block.households[unit]
                if both[0] > block.limits.floor_max or both[1] > block.limits.households_max:
                    continue
                kept = fits & block.fits[unit]
                onward = (open_ | around[unit]) & ~refused & kept
                stack.append((mask | 1 << unit, onward, refused, kept))
                sums.append(both)
    return found


def best_choice(
    zones: Sequence[UnitZone],
    judge: Judge,
    *,
    known: Sequence[UnitZone],
    seed: int,
    effort: float,
) -> Choice:
    """Choose zones that hold every unit once, best in each objective in turn (set partitioning).

    `known` is a choice among `zones` that is known already. `effort` is CP-SAT's deterministic
    time for each objective: work, not seconds.
    """
    model = cp_model.CpModel()
    picks = [model.new_bool_var("") for _ in zones]
    holders: list[list[cp_model.IntVar]] = [[] for _ in judge.block.units]
    for pick, zone in zip(picks, zones, strict=True):
        for unit in zone:
            holders[unit].append(pick)
    for held in holders:
        model.add_exactly_one(held)
    chosen = [zone in set(known) for zone in zones]
    worths = [judge.worth(zone) for zone in zones]
    bounds: list[int | None] = []
    for objective in range(len(Worth._fields)):
        prices = [worth[objective] for worth in worths]
        solver = _solver(seed=seed, effort=effort)
        chosen, bound = _cheapest(model, picks, prices, chosen, solver)
        bounds.append(None if _is_loose(bounds, worths, chosen) else bound)
    return Choice([zone for zone, is_in in zip(zones, chosen, strict=True) if is_in], tuple(bounds))


def _solver(*, seed: int, effort: float) -> cp_model.CpSolver:
    """Return a solver whose answers repeat: one worker, a seed, and a budget of work."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = effort
    return solver


def _cheapest(
    model: cp_model.CpModel,
    picks: Sequence[cp_model.IntVar],
    prices: Sequence[int],
    chosen: list[bool],
    solver: cp_model.CpSolver,
) -> tuple[list[bool], int]:
    """Return the cheapest choice found and a price that none can beat; keep the model to it."""
    price = sum(price for price, is_in in zip(prices, chosen, strict=True) if is_in)
    if price == 0 and min(prices) >= 0:
        model.add(cp_model.LinearExpr.weighted_sum(picks, prices) <= 0)
        return chosen, 0
    cost = cp_model.LinearExpr.weighted_sum(picks, prices)
    model.minimize(cost)
    model.clear_hints()  # type: ignore[no-untyped-call]
    for pick, is_in in zip(picks, chosen, strict=True):
        model.add_hint(pick, is_in)
    if solver.solve(model) in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        chosen = [bool(solver.value(pick)) for pick in picks]
    price = sum(price for price, is_in in zip(prices, chosen, strict=True) if is_in)
    model.add(cost <= price)
    return chosen, min(price, math.ceil(solver.best_objective_bound - 1e-6))


def _is_loose(bounds: list[int | None], worths: Sequence[Worth], chosen: list[bool]) -> bool:
    """Tell whether an objective before this one is not proven, so that no bound holds after it."""
    sums = [
        sum(worth[k] for worth, is_in in zip(worths, chosen, strict=True) if is_in)
        for k in range(len(bounds))
    ]
    return bounds != sums
