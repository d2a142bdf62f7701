"""The best choice of zones out of a list, with proof: set partitioning by CP-SAT."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from layers.bundling.bounds import bounds_of
from layers.bundling.judge import Judge, UnitZone, Worth, total


@dataclass(frozen=True)
class Choice:
    """Zones that hold every unit once, and bounds that no other choice can beat."""

    zones: list[UnitZone]
    bounds: tuple[int | None, ...]
    """For each objective of `Worth` the least value, given that those before it are at theirs;
    None after the first objective whose proof ran out of effort."""


def best_choice(
    zones: Sequence[UnitZone],
    judge: Judge,
    *,
    known: Sequence[UnitZone],
    seed: int,
    effort: float,
) -> Choice:
    """Choose zones that hold every unit once, best in each objective in turn (set partitioning).

    `known` is a choice among `zones` that is known already; what `bounds_of` says of it need not
    be proved again. `effort` is CP-SAT's deterministic time for each objective: work, not seconds.
    """
    model = cp_model.CpModel()
    picks = [model.new_bool_var("") for _ in zones]
    holders: list[list[cp_model.IntVar]] = [[] for _ in judge.block.units]
    for pick, zone in zip(picks, zones, strict=True):
        for unit in zone:
            holders[unit].append(pick)
    for held in holders:
        model.add_exactly_one(held)
    in_known = set(known)
    chosen = [zone in in_known for zone in zones]
    worths = [judge.worth(zone) for zone in zones]
    floors = bounds_of(judge.block, total(map(judge.worth, known)))
    bounds: list[int | None] = []
    for objective, floor in enumerate(floors):
        prices = [worth[objective] for worth in worths]
        least = 0 if min(prices) >= 0 else -sum(map(abs, prices))
        least = least if floor is None else max(least, floor)
        solver = _solver(seed=seed, effort=effort)
        chosen, bound = _cheapest(model, picks, prices, chosen, solver=solver, least=least)
        bounds.append(None if _is_loose(bounds, worths, chosen) else bound)
    return Choice([zone for zone, is_in in zip(zones, chosen, strict=True) if is_in], tuple(bounds))


def _solver(*, seed: int, effort: float) -> cp_model.CpSolver:
    """Return a solver whose answers repeat: one worker, a seed, and a budget of work."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    # Else Ctrl-C would end the whole process on the spot from here on, and tidy up nothing.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = effort
    return solver


def _cheapest(
    model: cp_model.CpModel,
    picks: Sequence[cp_model.IntVar],
    prices: Sequence[int],
    chosen: list[bool],
    *,
    solver: cp_model.CpSolver,
    least: int,
) -> tuple[list[bool], int]:
    """Return the cheapest choice found and a price that none can beat; keep the model to it."""
    cost = cp_model.LinearExpr.weighted_sum(picks, prices)
    price = _price(prices, chosen)
    if price > least:
        model.minimize(cost)
        model.clear_hints()  # type: ignore[no-untyped-call]
        for pick, is_in in zip(picks, chosen, strict=True):
            model.add_hint(pick, is_in)
        if solver.solve(model) in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            chosen = [bool(solver.value(pick)) for pick in picks]
            least = max(least, math.ceil(solver.best_objective_bound - 1e-6))
        price = _price(prices, chosen)
    model.add(cost <= price)
    return chosen, min(price, least)


def _price(prices: Sequence[int], chosen: Sequence[bool]) -> int:
    return sum(price for price, is_in in zip(prices, chosen, strict=True) if is_in)


def _is_loose(bounds: list[int | None], worths: Sequence[Worth], chosen: list[bool]) -> bool:
    """Tell whether an objective before this one is not proven, so that no bound holds after it."""
    sums = [_price([worth[k] for worth in worths], chosen) for k in range(len(bounds))]
    return bounds != sums
