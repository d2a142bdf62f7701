"""Which pairs of zone and provider may be, and what each of them costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from layers.assignment.eligibility import GRADES, Register, ServedZone
from layers.assignment.providers import Providers
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
    beside_m: NDArray[np.float64]
    """Metres from the nearest place that each provider runs to the middle of each zone, (z, k)."""
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
    beside_m = _nearest_m(register, away_m)
    costs = {
        pair: sum(parts.values())
        for pair in pairs
        if pair not in refused
        for parts in (cost_parts(pair, register, away_m, beside_m),)
    }
    return Offers(register=register, away_m=away_m, beside_m=beside_m, costs=costs, refused=refused)


def _middles(register: Register) -> NDArray[np.float64]:
    """Return the middle of each zone's places, (z, 2)."""
    at = register.sites.places
    middles = [at[list(zone.members)].mean(axis=0) for zone in register.zones]
    return np.array(middles, dtype=np.float64).reshape(-1, 2)


def _distances_m(register: Register) -> NDArray[np.float64]:
    """Return metres from each base to the middle of each zone, (z, k).

    A provider whose base is unknown counts as far as the farthest that is known, so that not
    telling one's base never helps.
    """
    apart = _middles(register)[:, None, :] - register.providers.base[None, :, :]
    away_m = np.hypot(apart[..., 0], apart[..., 1])
    farthest = np.nan_to_num(away_m).max(axis=1, initial=0.0, keepdims=True)
    filled: NDArray[np.float64] = np.where(np.isnan(away_m), farthest, away_m)
    return filled


def _nearest_m(register: Register, away_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return metres from the nearest place that each provider runs, (z, k); else from its base."""
    middles, nearest_m = _middles(register), away_m.copy()
    for provider, running in enumerate(register.providers.running):
        if len(running):
            apart = middles[:, None, :] - running[None, :, :]
            nearest_m[:, provider] = np.hypot(apart[..., 0], apart[..., 1]).min(axis=1)
    return nearest_m


def cost_parts(
    pair: Pair, register: Register, away_m: NDArray[np.float64], beside_m: NDArray[np.float64]
) -> dict[str, int]:
    """Return what makes up the cost of a pair, in thousandths, by the policy's own keys."""
    rules, zone = register.policy.providers, register.zones[pair[0]]
    grade = str(register.providers.grades[pair[1]]) or GRADES[-1]
    is_unasked = register.is_backstop(pair[1], zone) != wants_backstop(zone, register.policy)
    parts = {
        "cost_per_km": rules.cost_per_km * float(away_m[pair]) / M_PER_KM,
        "cost_per_km_running": rules.cost_per_km_running * float(beside_m[pair]) / M_PER_KM,
        "cost_per_grade": rules.cost_per_grade * GRADES.index(grade),
        "cost_when_full": rules.cost_when_full * _share_of_spare(pair, register),
        "incumbent_bonus": -rules.incumbent_bonus * bool(sites_served_already(pair, register)),
        "continuity_bonus": -rules.continuity_bonus
        * sites_held(pair, register)
        / len(zone.members),
        "backstop_cost": rules.backstop_cost * is_unasked,
    }
    return {name: round(part * PER_COST) for name, part in parts.items()}


def cost_of(pair: Pair, offers: Offers) -> int:
    """Return what a pair costs in thousandths, whether rules allow it or not."""
    known = offers.costs.get(pair)
    if known is not None:
        return known
    return sum(cost_parts(pair, offers.register, offers.away_m, offers.beside_m).values())


def wants_backstop(zone: ServedZone, policy: Policy) -> bool:
    """Tell whether the policy gives the zone to a backstop before others."""
    is_small = zone.exception == ZoneException.BELOW_MINIMUM
    return is_small and policy.bundling.below_minimum == "backstop_zone"


def sites_served_already(pair: Pair, register: Register) -> int:
    """Return how many sites of the zone the provider serves today."""
    served_by = register.sites.provider[list(register.zones[pair[0]].members)]
    return int((served_by == register.providers.ids[pair[1]]).sum())


def sites_held(pair: Pair, register: Register) -> int:
    """Return how many sites of the zone the present plan gives to the provider."""
    held_by = register.sites.held[list(register.zones[pair[0]].members)]
    return int((held_by == register.providers.ids[pair[1]]).sum())


def _share_of_spare(pair: Pair, register: Register) -> float:
    """Return how much of what the provider can still take the zone would; all where unknown."""
    rows, provider = list(register.zones[pair[0]].members), pair[1]
    taken = [
        float(np.nansum(amounts[rows])) / max(float(free[provider]), 1.0)
        for free, amounts in (
            (register.free_m2, register.sites.floor_area_m2),
            (register.free_households, register.sites.households),
        )
        if not np.isnan(free[provider])
    ]
    return min(1.0, max(taken, default=1.0))
