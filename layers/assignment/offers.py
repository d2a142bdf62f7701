"""Which pairs of zone and provider may be, and what each of them costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from layers.assignment.eligibility import GRADES, Register, ServedZone
from layers.assignment.providers import Providers
from layers.measures import places
from layers.policy import Policy
from layers.reasons import Reason
from layers.rules import ZoneException
from layers.sites import Sites

NOBODY = -1
"""The provider of a zone that nobody can serve."""
PER_COST = 1_000
"""Costs are counted in whole thousandths."""
M_PER_KM = 1_000

Pair = tuple[int, int]
"""Positions of a zone and of a provider."""


@dataclass(frozen=True, kw_only=True)
class Offers:
    """All pairs of zones and providers: those that may be, with their cost, and those refused."""

    register: Register
    away_m: NDArray[np.float64]
    """Metres from each provider's base to the middle of each zone, (z, k)."""
    costs: Mapping[Pair, int]
    refused: Mapping[Pair, tuple[Reason, ...]]

    @cached_property
    def able(self) -> Mapping[int, list[tuple[int, int]]]:
        """For each zone that somebody may serve, the costs and providers, the cheapest first."""
        able: dict[int, list[tuple[int, int]]] = {}
        for (zone, provider), cost in self.costs.items():
            able.setdefault(zone, []).append((cost, provider))
        return {zone: sorted(offers) for zone, offers in able.items()}


def offers_for(
    zones: Sequence[ServedZone],
    sites: Sites,
    providers: Providers,
    policy: Policy,
    *,
    on_date: date,
) -> Offers:
    """Return what the register of providers offers to each zone on a day."""
    register = Register(
        providers=providers, sites=sites, policy=policy, on_date=on_date, zones=zones
    )
    pairs = [(z, p) for z in range(len(zones)) for p in range(len(providers.ids))]
    refused = {(z, p): why for z, p in pairs if (why := register.why_refused(p, zones[z]))}
    away_m = _distances_m(register)
    costs = {pair: _cost(pair, register, away_m) for pair in pairs if pair not in refused}
    return Offers(register=register, away_m=away_m, costs=costs, refused=refused)


def _distances_m(register: Register) -> NDArray[np.float64]:
    """Return metres from each base to the middle of each zone's places, (z, k).

    A provider whose base is unknown counts as far as the farthest that is known, so that not
    telling one's base never helps.
    """
    at = places(register.sites.polygons)
    away_m = np.full((len(register.zones), len(register.providers.ids)), np.nan)
    for row, zone in enumerate(register.zones):
        away_m[row] = np.hypot(*(register.providers.base - at[list(zone.members)].mean(axis=0)).T)
    farthest = np.nan_to_num(away_m).max(axis=1, initial=0.0, keepdims=True)
    filled: NDArray[np.float64] = np.where(np.isnan(away_m), farthest, away_m)
    return filled


def _cost(pair: Pair, register: Register, away_m: NDArray[np.float64]) -> int:
    """Return what the pair costs in thousandths: distance, grade, incumbency, backstop."""
    rules, zone = register.policy.providers, register.zones[pair[0]]
    grade = str(register.providers.grades[pair[1]]) or GRADES[-1]
    cost = rules.cost_per_km * float(away_m[pair]) / M_PER_KM
    cost += rules.cost_per_grade * GRADES.index(grade)
    if sites_served_already(pair, register):
        cost -= rules.incumbent_bonus
    if register.is_backstop(pair[1], zone) != wants_backstop(zone, register.policy):
        cost += rules.backstop_cost
    return round(cost * PER_COST)


def wants_backstop(zone: ServedZone, policy: Policy) -> bool:
    """Tell whether the policy gives the zone to a backstop before others."""
    is_small = zone.exception == ZoneException.BELOW_MINIMUM
    return is_small and policy.bundling.below_minimum == "backstop_zone"


def sites_served_already(pair: Pair, register: Register) -> int:
    """Return how many sites of the zone the provider serves today."""
    served_by = register.sites.provider[list(register.zones[pair[0]].members)]
    return int((served_by == register.providers.ids[pair[1]]).sum())
