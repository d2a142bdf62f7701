"""Which of the pairs that may be are taken: least floor area unserved, then least cost."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ortools.sat.python import cp_model

from layers.assignment.columns import Taken, priced_sets
from layers.assignment.limits import Limits, Tally
from layers.assignment.offers import NOBODY, Offers, Pair
from layers.assignment.relaxed import Relaxed, relaxed_costs
from layers.policy_keys import Effort

WORK = {Effort.QUICK: 2.0, Effort.THOROUGH: 20.0, Effort.PROOF: 100.0}
"""CP-SAT's deterministic time for each search, by the policy's effort: work, not seconds."""
ENOUGH = 3
"""Pairs of each zone that the first search looks at, those that promise most."""
MOST_PAIRS = 10_000
"""Pairs up to which sets of zones are looked for."""
FIRST_GAP = 0.002
"""How far above their bound the first sets may lie, of the bound."""
TOLERANCE = 1e-6

_Pick = TypeVar("_Pick", bound=Hashable)


@dataclass(frozen=True)
class Found:
    """A choice, and how far from the best it may be."""

    provider_of: list[int]
    gap_percent: float


@dataclass(frozen=True)
class Searched(Generic[_Pick]):
    """What a search took, its value, and what it could prove of others."""

    taken: list[_Pick]
    value: float
    bound: float
    is_known: bool = True
    """False where the work ran out before anything was found."""

    @property
    def gap_percent(self) -> float:
        """How far the value may be from the best, in percent of the larger of the two."""
        if not self.is_known:
            return 100.0
        return 100 * abs(self.value - self.bound) / max(1.0, abs(self.value), abs(self.bound))


def best_offers(offers: Offers, limits: Limits, *, seed: int) -> Found:
    """Return the provider of each zone, and the gap in percent of what could be proved."""
    cheapest = [NOBODY] * len(limits.gains)
    for zone, able in offers.able.items():
        cheapest[zone] = able[0][1]
    if Tally(limits, cheapest).keeps():
        # Each zone has its cheapest, and nobody takes too much: there is nothing to trade.
        return Found(cheapest, 0.0)
    most = _most_served(offers, limits, seed=seed)
    least = _least_cost(offers, limits, most.taken, seed=seed)
    provider_of = dict(least.taken)
    chosen = [provider_of.get(zone, NOBODY) for zone in range(len(limits.gains))]
    return Found(chosen, max(most.gap_percent, least.gap_percent))


def _most_served(offers: Offers, limits: Limits, *, seed: int) -> Searched[Pair]:
    """Leave as little floor area as possible without a provider."""
    packed = _packed(offers, limits)
    all_gains = sum(limits.gains[zone] for zone in offers.able)
    if len(packed) == len(offers.able):
        return Searched(packed, all_gains, all_gains)
    model, picks = _model(offers.costs, limits)
    model.maximize(sum(limits.gains[z] * pick for (z, _), pick in picks.items()))
    return _solve(model, picks, packed, work=_work(offers), seed=seed)


def _least_cost(offers: Offers, limits: Limits, known: list[Pair], *, seed: int) -> Searched[Pair]:
    """Serve as much at the least cost, looking first where the relaxed costs say it is.

    What a search among the pairs up to a reduced cost finds is the best of all, if it costs no more
    than the bound and that reduced cost. If it costs more, whatever is better has only pairs up to
    the difference, and a second search looks at them all.
    """
    served = sum(limits.gains[zone] for zone, _ in known)
    is_all = len(known) == len(offers.able)
    if is_all and (proven := _proven_by_sets(offers, limits, known, seed=seed)):
        return proven
    relaxed = relaxed_costs(offers.costs, limits, served=served, is_all=is_all)
    if relaxed is None:
        return _search(offers.costs, offers, limits, known, seed=seed)
    reach = _reach(relaxed, known)
    found = _search(_within(relaxed, reach, known), offers, limits, known, seed=seed)
    if found.value > relaxed.bound + reach + TOLERANCE:
        reach = found.value - relaxed.bound
        wider = _within(relaxed, reach, found.taken)
        found = _search(wider, offers, limits, found.taken, seed=seed)
    bound = max(min(found.bound, relaxed.bound + reach), relaxed.bound)
    # Costs are whole numbers: less than the next one above the bound there is none.
    return Searched(found.taken, found.value, min(found.value, bound), found.is_known)


def _proven_by_sets(
    offers: Offers, limits: Limits, known: list[Pair], *, seed: int
) -> Searched[Pair] | None:
    """Return the least cost of serving all zones, with proof; None where sets are too many.

    Few sets are listed first. What is best among them is best of all if it lies within the gap that
    they were listed by; else the gap widens, at most to the best that is known.
    """
    if limits.per_area is not None or len(offers.costs) > MOST_PAIRS:
        return None
    priced = priced_sets(offers.costs, limits, known)
    if priced is None:
        return None
    cost = float(sum(offers.costs[pair] for pair in known))
    widest = cost - priced.bound
    if widest < 1:
        # Costs are whole numbers: less than the next one above the bound there is none.
        return Searched(known, cost, cost)
    gap = min(widest, max(1.0, FIRST_GAP * abs(priced.bound)))
    while (costs := priced.within(gap)) is not None:
        found = _best_sets(costs, known, work=_work(offers), seed=seed)
        if found.is_known and found.value <= priced.bound + gap + TOLERANCE:
            pairs = [(zone, provider) for provider, zones in found.taken for zone in zones]
            return Searched(sorted(pairs), found.value, found.bound)
        if gap >= widest:
            return None
        widest = min(widest, found.value - priced.bound) if found.is_known else widest
        gap = min(widest, 2 * gap)
    return None


def _best_sets(
    costs: Mapping[Taken, int], known: list[Pair], *, work: float, seed: int
) -> Searched[Taken]:
    """Return the cheapest sets that serve every zone once, at most one for each provider."""
    model = cp_model.CpModel()
    picks = {taken: model.new_bool_var("") for taken in costs}
    zones: dict[int, list[cp_model.IntVar]] = {}
    providers: dict[int, list[cp_model.IntVar]] = {}
    for (provider, held), pick in picks.items():
        providers.setdefault(provider, []).append(pick)
        for zone in held:
            zones.setdefault(zone, []).append(pick)
    for mine in zones.values():
        model.add_exactly_one(mine)
    for mine in providers.values():
        model.add_at_most_one(mine)
    model.minimize(sum(cost * picks[taken] for taken, cost in costs.items()))
    held_by: dict[int, list[int]] = {}
    for zone, provider in sorted(known):
        held_by.setdefault(provider, []).append(zone)
    begun = [(provider, tuple(held)) for provider, held in held_by.items()]
    return _solve(model, picks, begun, work=work, seed=seed)


def _reach(relaxed: Relaxed, known: Collection[Pair]) -> float:
    """Return the reduced cost within which every zone has some pairs to choose from."""
    by_zone: dict[int, list[float]] = {}
    for (zone, _), more in relaxed.more.items():
        by_zone.setdefault(zone, []).append(more)
    return max(sorted(held)[:ENOUGH][-1] for held in by_zone.values()) if known else 0.0


def _within(relaxed: Relaxed, reach: float, known: Collection[Pair]) -> list[Pair]:
    kept = set(known)
    return [pair for pair, more in relaxed.more.items() if more <= reach or pair in kept]


def _search(
    pairs: Collection[Pair], offers: Offers, limits: Limits, known: list[Pair], *, seed: int
) -> Searched[Pair]:
    """Return the cheapest choice among some pairs that serves as much as a known one."""
    is_all = len(known) == len(offers.able)
    model, picks = _model(pairs, limits, is_all=is_all)
    if not is_all:
        served = sum(limits.gains[z] * pick for (z, _), pick in picks.items())
        model.add(served >= sum(limits.gains[z] for z, _ in known))
    model.minimize(sum(offers.costs[pair] * pick for pair, pick in picks.items()))
    found = _solve(model, picks, known, work=_work(offers), seed=seed)
    if found.is_known:
        return found
    cost = float(sum(offers.costs[pair] for pair in known))
    return Searched(known, cost, found.bound, is_known=False)


def _model(
    pairs: Collection[Pair], limits: Limits, *, is_all: bool = False
) -> tuple[cp_model.CpModel, Mapping[Pair, cp_model.IntVar]]:
    """Return a model that keeps every limit; each zone has a provider, or may go without."""
    model = cp_model.CpModel()
    picks = {pair: model.new_bool_var("") for pair in pairs}
    zones: dict[int, list[cp_model.IntVar]] = {}
    for (zone, _), pick in picks.items():
        zones.setdefault(zone, []).append(pick)
    for mine in zones.values():
        (model.add_exactly_one if is_all else model.add_at_most_one)(mine)
    _hold_loads(model, picks, limits)
    _hold_areas(model, picks, limits)
    return model, picks


def _hold_loads(
    model: cp_model.CpModel, picks: Mapping[Pair, cp_model.IntVar], limits: Limits
) -> None:
    """Let no provider take more than it may."""
    for load in limits.loads:
        mine: dict[int, list[cp_model.LinearExprT]] = {}
        for (zone, provider), pick in picks.items():
            mine.setdefault(provider, []).append(load.takes(zone, provider) * pick)
        for provider, terms in mine.items():
            if (most := load.most[provider]) is not None:
                model.add(sum(terms) <= max(0, most))


def _hold_areas(
    model: cp_model.CpModel, picks: Mapping[Pair, cp_model.IntVar], limits: Limits
) -> None:
    """Let no more providers into an area than the policy does."""
    for area, zones in limits.areas().items():
        held: dict[int, list[cp_model.IntVar]] = {}
        there = limits.fixed_in(area)
        for (zone, provider), pick in picks.items():
            if zone in zones and provider not in there:
                held.setdefault(provider, []).append(pick)
        is_here = {provider: model.new_bool_var("") for provider in held}
        for provider, mine in held.items():
            for pick in mine:
                model.add_implication(pick, is_here[provider])
        model.add(sum(is_here.values()) <= limits.room_in(area))


def _packed(offers: Offers, limits: Limits) -> list[Pair]:
    """Return a choice to begin with: large zones first, each with the cheapest that has room."""
    tally = Tally(limits)
    for zone in sorted(offers.able, key=lambda z: (-limits.gains[z], z)):
        fitting = (who for _, who in offers.able[zone] if not tally.over(zone, who))
        tally.give(zone, next(fitting, NOBODY))
    return [(zone, who) for zone, who in enumerate(tally.provider_of) if who != NOBODY]


def _work(offers: Offers) -> float:
    return WORK[offers.register.policy.bundling.effort]


def _solve(
    model: cp_model.CpModel,
    picks: Mapping[_Pick, cp_model.IntVar],
    known: list[_Pick],
    *,
    work: float,
    seed: int,
) -> Searched[_Pick]:
    """Return what is chosen, or what is known if none was found in time."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    # Else Ctrl-C would end the whole process on the spot from here on, and tidy up nothing.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = work
    solver.parameters.linearization_level = 2
    begun = set(known)
    for taken, pick in picks.items():
        model.add_hint(pick, taken in begun)
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Searched(known, 0.0, 0.0, is_known=False)
    chosen = [taken for taken, pick in picks.items() if solver.value(pick)]
    return Searched(chosen, solver.objective_value, solver.best_objective_bound)
