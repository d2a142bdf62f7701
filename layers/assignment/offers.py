"""Which pairs of zone and provider may be, and what each of them costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from layers.assignment.eligibility import Register, ServedZone
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
    costs: dict[Pair, int] = {}
    for zone in range(len(zones)):
        able = [p for p in range(len(providers.ids)) if (zone, p) not in refused]
        weights = _costs(zone, able, register, away_m, beside_m).tolist()
        costs.update(zip(((zone, p) for p in able), weights, strict=True))
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


def _costs(
    at: int,
    able: list[int],
    register: Register,
    away_m: NDArray[np.float64],
    beside_m: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return what a zone costs by each of some providers, in thousandths, by the policy's keys."""
    rules, zone = register.policy.providers, register.zones[at]
    ids = register.providers.ids[able]
    wanted = wants_backstop(zone, register.policy)
    is_unasked = np.array([register.is_backstop(p, zone) != wanted for p in able], dtype=bool)
    parts = (
        rules.cost_per_km * away_m[at, able] / M_PER_KM,
        rules.cost_per_km_running * beside_m[at, able] / M_PER_KM,
        rules.cost_per_grade * register.grades_behind[able],
        rules.cost_when_full * _shares_of_spare(zone, able, register),
        -rules.incumbent_bonus * np.isin(ids, _providers(register.sites.provider, zone)),
        -rules.continuity_bonus * _share_held(zone, ids, register),
        rules.backstop_cost * is_unasked,
    )
    whole = (np.rint(part * PER_COST).astype(np.int64) for part in parts)
    return sum(whole, start=np.zeros(len(able), dtype=np.int64))


def _providers(of_sites: NDArray[np.str_], zone: ServedZone) -> NDArray[np.str_]:
    return of_sites[list(zone.members)]


def _share_held(zone: ServedZone, ids: NDArray[np.str_], register: Register) -> NDArray[np.float64]:
    """Return the share of the zone's sites that the present plan gives to each provider."""
    held_by = _providers(register.sites.held, zone)
    share: NDArray[np.float64] = (held_by[:, None] == ids).mean(axis=0)
    return share


def cost_of(pair: Pair, offers: Offers) -> int:
    """Return what a pair costs in thousandths, whether rules allow it or not."""
    known = offers.costs.get(pair)
    if known is not None:
        return known
    zone, provider = pair
    return int(_costs(zone, [provider], offers.register, offers.away_m, offers.beside_m)[0])


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


def _shares_of_spare(zone: ServedZone, able: list[int], register: Register) -> NDArray[np.float64]:
    """Return how much of what each provider can still take the zone would; all where unknown."""
    wanted = np.nan_to_num([register.known_m2(zone), register.known_households(zone)])
    free = np.array([register.free_m2[able], register.free_households[able]])
    taken = wanted[:, None] / np.maximum(free, 1.0)
    most = np.where(np.isnan(free), -np.inf, taken).max(axis=0, initial=-np.inf)
    share: NDArray[np.float64] = np.where(np.isneginf(most), 1.0, np.minimum(1.0, most))
    return share
