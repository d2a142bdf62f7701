"""Which of the pairs that may be are taken: least floor area unserved, then least cost."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from ortools.sat.python import cp_model

from layers.assignment.eligibility import Register
from layers.assignment.offers import NOBODY, Offers, Pair

EFFORT = 20.0
"""CP-SAT's deterministic time for each of the two objectives: work, not seconds."""
PER_AMOUNT = 100
"""m² and households are counted in whole hundredths."""


def best_offers(offers: Offers, *, seed: int) -> tuple[list[int], float]:
    """Return the provider of each zone, and the gap in percent of what could be proved."""
    register, costs = offers.register, offers.costs
    best = [NOBODY] * len(register.zones)
    for zone, provider in sorted(costs, key=lambda pair: (costs[pair], pair), reverse=True):
        best[zone] = provider
    if all(_fits(best, takes, free) for takes, free in _amounts(register)):
        # Each zone has its cheapest, and nobody takes too much: there is nothing to trade.
        return best, 0.0
    return _traded(offers, seed=seed)


def _amounts(register: Register) -> list[tuple[list[int], list[int | None]]]:
    """Return, in m² and in households, what each zone takes and what each provider can take."""
    sites = register.sites
    columns = (
        (sites.floor_area_m2, register.free_m2),
        (sites.households, register.free_households),
    )
    return [
        (
            [
                round(float(np.nansum(amounts[list(zone.members)])) * PER_AMOUNT)
                for zone in register.zones
            ],
            [None if np.isnan(left) else round(float(left) * PER_AMOUNT) for left in free],
        )
        for amounts, free in columns
    ]


def _fits(provider_of: Sequence[int], takes: list[int], free: list[int | None]) -> bool:
    taken = Counter[int]()
    for zone, provider in enumerate(provider_of):
        taken[provider] += takes[zone]
    return all(
        provider == NOBODY or (left := free[provider]) is None or amount <= left
        for provider, amount in taken.items()
    )


def _traded(offers: Offers, *, seed: int) -> tuple[list[int], float]:
    """Leave as little floor area as possible without a provider, then choose the least cost."""
    register = offers.register
    model = cp_model.CpModel()
    picks = {pair: model.new_bool_var("") for pair in offers.costs}
    for zone in range(len(register.zones)):
        model.add_at_most_one(pick for (z, _), pick in picks.items() if z == zone)
    amounts = _amounts(register)
    for takes, free in amounts:
        for provider, left in enumerate(free):
            mine = [takes[z] * pick for (z, p), pick in picks.items() if p == provider]
            if mine and left is not None:
                model.add(sum(mine) <= left)
    # A zone of unknown floor area still counts for something.
    gains = [floor_area + 1 for floor_area in amounts[0][0]]
    served = sum(gains[z] * pick for (z, _), pick in picks.items())
    model.maximize(served)
    first, first_gap = _solve(model, picks, [], seed=seed)
    model.add(served >= sum(gains[z] for z, _ in first))
    model.minimize(sum(offers.costs[pair] * pick for pair, pick in picks.items()))
    last, last_gap = _solve(model, picks, first, seed=seed)
    provider_of = dict(last)
    return [provider_of.get(z, NOBODY) for z in range(len(gains))], max(first_gap, last_gap)


def _solve(
    model: cp_model.CpModel,
    picks: Mapping[Pair, cp_model.IntVar],
    known: list[Pair],
    *,
    seed: int,
) -> tuple[list[Pair], float]:
    """Return the pairs chosen, or those known if none was found in time, and the gap in percent."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    # Else Ctrl-C would end the whole process on the spot from here on, and tidy up nothing.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = EFFORT
    model.clear_hints()  # type: ignore[no-untyped-call]
    for pair, pick in picks.items():
        model.add_hint(pick, pair in known)
    status = solver.solve(model)
    if status == cp_model.UNKNOWN:
        return known, 100.0
    chosen = [pair for pair, pick in picks.items() if solver.value(pick)]
    value, bound = solver.objective_value, solver.best_objective_bound
    return chosen, 100 * abs(value - bound) / max(1.0, abs(value), abs(bound))
