"""Which provider is proposed (拟推荐) for which zone, and why the others were refused.

Eligibility is decided pair by pair with every reason kept; then the pairs that are left are
chosen together, so that no provider takes more than it can: first as little floor area as
possible stays without a provider, then the sum of distance, grade, incumbency and backstop costs
is least. The software proposes; owners decide.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from geo.errors import gettext_noop
from layers.eligibility import GRADES, Register, ServedZone
from layers.measures import places
from layers.policy import Policy
from layers.providers import Backstop, Ban, ProviderKind, Providers, no_providers
from layers.reasons import Reason
from layers.rules import ZoneException
from layers.sites import Sites

__all__ = [
    "NOBODY",
    "Assignment",
    "Backstop",
    "Ban",
    "ProviderKind",
    "Providers",
    "Refusal",
    "assign_providers",
    "no_providers",
]

NOBODY = -1
"""The provider of a zone that nobody can serve."""
EFFORT = 20.0
"""CP-SAT's deterministic time for each of the two objectives."""
PER_COST = 1_000
PER_AMOUNT = 100
"""Costs, m² and households are counted in whole thousandths and hundredths."""
M_PER_KM = 1_000

RULE_WORDS = {
    "provider.banned": gettext_noop("禁入"),
    "provider.banned_without_end": gettext_noop("禁入"),
    "provider.capacity_households": gettext_noop("可承接户数不足"),
    "provider.capacity_m2": gettext_noop("可承接面积不足"),
    "provider.grade_below": gettext_noop("信用等级不够"),
    "provider.grade_unknown": gettext_noop("信用等级不详"),
    "provider.not_company": gettext_noop("不是物业服务企业"),
    "provider.outside_service_area": gettext_noop("不在服务区域内"),
    "provider.own_compound_only": gettext_noop("只管理本小区"),
}

Pair = tuple[int, int]
"""Positions of a zone and of a provider."""


@dataclass(frozen=True)
class Refusal:
    """Why one provider may not serve one zone."""

    zone: str
    provider: str
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """The provider proposed for each zone, in the order of the zones."""

    provider_of: NDArray[np.int64]
    """Position in `Providers` for each zone (z,); NOBODY where none can."""
    is_backstop: NDArray[np.bool_]
    """True where the provider is proposed in its backstop's role."""
    reasons: tuple[tuple[Reason, ...], ...]
    refusals: tuple[Refusal, ...]
    """Every refused pair, once for each reason."""
    cost: float
    status: str
    """optimal | feasible"""
    gap_percent: float


def assign_providers(
    zones: Sequence[ServedZone],
    sites: Sites,
    providers: Providers,
    policy: Policy,
    *,
    on_date: date,
    seed: int = 0,
) -> Assignment:
    """Propose a provider for every zone that somebody may serve on a day."""
    register = Register(
        providers=providers, sites=sites, policy=policy, on_date=on_date, zones=zones
    )
    pairs = [(z, p) for z in range(len(zones)) for p in range(len(providers.ids))]
    refused = {pair: why for pair in pairs if (why := _why_refused(pair, register))}
    away_m = _distances_m(register)
    costs = {pair: _cost(pair, register, away_m) for pair in pairs if pair not in refused}
    provider_of, gap = _chosen(costs, register, seed=seed)
    served = [(z, p) for z, p in enumerate(provider_of) if p != NOBODY]
    return Assignment(
        provider_of=np.array(provider_of, dtype=np.int64),
        is_backstop=np.array(
            [p != NOBODY and register.is_backstop(p, zones[z]) for z, p in enumerate(provider_of)],
            dtype=bool,
        ),
        reasons=tuple(
            tuple(_reasons(zone, provider_of[zone], costs, refused, register, away_m))
            for zone in range(len(zones))
        ),
        refusals=tuple(
            Refusal(zones[z].label, str(providers.ids[p]), reason)
            for (z, p), reasons in refused.items()
            for reason in reasons
        ),
        cost=sum(costs[pair] for pair in served) / PER_COST,
        status="optimal" if gap == 0 else "feasible",
        gap_percent=gap,
    )


def _why_refused(pair: Pair, register: Register) -> tuple[Reason, ...]:
    return register.why_refused(pair[1], register.zones[pair[0]])


def _distances_m(register: Register) -> NDArray[np.float64]:
    """Return metres from each base to the middle of each zone's places, (z, k).

    A provider whose base is unknown counts as far as the farthest that is known, so that not
    telling one's base never helps.
    """
    at = places(register.sites.polygons)
    middles = np.array([at[list(zone.members)].mean(axis=0) for zone in register.zones])
    base = register.providers.base
    away = np.hypot(*(middles.reshape(-1, 1, 2) - base[None, :, :]).T).T
    farthest = np.nan_to_num(away).max(axis=1, initial=0.0)
    return np.where(np.isnan(away), farthest[:, None], away)


def _cost(pair: Pair, register: Register, away_m: NDArray[np.float64]) -> int:
    """Return what the pair costs in thousandths: distance, grade, incumbency, backstop."""
    rules, zone = register.policy.providers, register.zones[pair[0]]
    grade = str(register.providers.grades[pair[1]]) or GRADES[-1]
    cost = rules.cost_per_km * float(away_m[pair]) / M_PER_KM
    cost += rules.cost_per_grade * GRADES.index(grade)
    if _served_already(pair, register):
        cost -= rules.incumbent_bonus
    if register.is_backstop(pair[1], zone) != _wants_backstop(zone, register.policy):
        cost += rules.backstop_cost
    return round(cost * PER_COST)


def _wants_backstop(zone: ServedZone, policy: Policy) -> bool:
    """Tell whether the policy gives the zone to a backstop before others."""
    is_small = zone.exception is ZoneException.BELOW_MINIMUM
    return is_small and policy.bundling.below_minimum == "backstop_zone"


def _served_already(pair: Pair, register: Register) -> int:
    served_by = register.sites.provider[list(register.zones[pair[0]].members)]
    return int((served_by == register.providers.ids[pair[1]]).sum())


def _chosen(costs: Mapping[Pair, int], register: Register, *, seed: int) -> tuple[list[int], float]:
    """Return the provider of each zone, and the gap in percent of what the solver could prove."""
    best = [NOBODY] * len(register.zones)
    for zone, provider in sorted(costs, key=lambda pair: (costs[pair], pair), reverse=True):
        best[zone] = provider
    if all(_fits(best, *amounts) for amounts in _amounts(register)):
        return best, 0.0
    return _solved(costs, register, seed=seed)


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


def _solved(costs: Mapping[Pair, int], register: Register, *, seed: int) -> tuple[list[int], float]:
    """Leave as little floor area as possible without a provider, then choose the least cost."""
    model = cp_model.CpModel()
    picks = {pair: model.new_bool_var("") for pair in costs}
    for zone in range(len(register.zones)):
        model.add_at_most_one(pick for (z, _), pick in picks.items() if z == zone)
    for takes, free in _amounts(register):
        for provider, left in enumerate(free):
            mine = [takes[z] * pick for (z, p), pick in picks.items() if p == provider]
            if mine and left is not None:
                model.add(sum(mine) <= left)
    floor_area = _amounts(register)[0][0]
    served = sum((floor_area[z] + 1) * pick for (z, _), pick in picks.items())
    model.maximize(served)
    first, first_gap = _solve(model, picks, [], seed=seed)
    model.add(served >= sum(floor_area[z] + 1 for z, _ in first))
    model.minimize(sum(costs[pair] * pick for pair, pick in picks.items()))
    last, last_gap = _solve(model, picks, first, seed=seed)
    provider_of = [NOBODY] * len(register.zones)
    for zone, provider in last:
        provider_of[zone] = provider
    return provider_of, max(first_gap, last_gap)


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


def _reasons(
    zone: int,
    provider: int,
    costs: Mapping[Pair, int],
    refused: Mapping[Pair, tuple[Reason, ...]],
    register: Register,
    away_m: NDArray[np.float64],
) -> list[Reason]:
    able = sorted((cost, p) for (z, p), cost in costs.items() if z == zone)
    if provider == NOBODY:
        return [_why_nobody(len(able), [why for (z, _), why in refused.items() if z == zone])]
    reasons = _why_this((zone, provider), register, away_m)
    for cost, other in able:
        if other != provider:
            more = (cost - costs[zone, provider]) / PER_COST
            values = {"provider": str(register.providers.names[other]), "more": more}
            key = "zone.second_provider" if more >= 0 else "zone.cheaper_provider_full"
            return [*reasons, Reason(key, values)]
    return reasons


def _why_this(pair: Pair, register: Register, away_m: NDArray[np.float64]) -> list[Reason]:
    zone, provider = register.zones[pair[0]], pair[1]
    name = {"provider": str(register.providers.names[provider])}
    if not register.is_backstop(provider, zone):
        reasons = [Reason("zone.provider", name)]
    elif _wants_backstop(zone, register.policy):
        reasons = [Reason("zone.provider_backstop_first", name)]
    else:
        reasons = [Reason("zone.provider_backstop", name)]
    if not np.isnan(register.providers.base[provider]).any():
        reasons.append(Reason("provider.distance", {"km": float(away_m[pair]) / M_PER_KM}))
    if grade := str(register.providers.grades[provider]):
        reasons.append(Reason("provider.grade", {"grade": grade}))
    if count := _served_already(pair, register):
        reasons.append(Reason("provider.incumbent", {"count": count}))
    return reasons


def _why_nobody(able: int, refused: Sequence[tuple[Reason, ...]]) -> Reason:
    """Return the reason why a zone has no provider, with the rule that stands most in the way."""
    if able:
        return Reason("zone.no_capacity_left", {"count": able})
    if not refused:
        return Reason("zone.no_provider_known")
    # A rule that alone refuses somebody is the one to lift; without one, the commonest.
    alone = [reasons[0].key for reasons in refused if len(reasons) == 1]
    counts = Counter(alone or [reason.key for reasons in refused for reason in reasons])
    key = min(counts, key=lambda rule: (-counts[rule], rule))
    return Reason("zone.no_provider", {"count": len(refused), "rule": RULE_WORDS[key]})
