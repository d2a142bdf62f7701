"""Whether a zone keeps its proposed provider after a planner changed it; nobody else is chosen.

What a planner draws moves no other zone: so the provider that was proposed stays where it still may
serve, beside all that the plan gives it elsewhere. Where it may not, the zone has none until
providers are proposed anew for the whole plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from layers.assignment.assign import Refusal
from layers.assignment.eligibility import ServedZone
from layers.assignment.explain import WHY_NOT_CHEAPER, explain_choice
from layers.assignment.limits import Tally, limits_of
from layers.assignment.offers import NOBODY, PER_COST, Offers, offers_for
from layers.assignment.providers import Providers
from layers.policy import Policy
from layers.reasons import Reason
from layers.sites import Sites


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Who serves a changed zone, why, and why the others may not."""

    provider: str
    """Id of the provider; "" = nobody."""
    is_backstop: bool
    reasons: tuple[Reason, ...]
    refusals: tuple[Refusal, ...]


def keep_providers(  # noqa: PLR0913 (the changed zones, and all that the others rest on)
    zones: Sequence[ServedZone],
    held: Mapping[str, str],
    others: Mapping[str, Sequence[int]],
    sites: Sites,
    providers: Providers,
    policy: Policy,
    *,
    on_date: date,
) -> tuple[Kept, ...]:
    """Return for each changed zone whether its provider may still serve it.

    Zones that want the same provider take of its capacity one after the other.

    Parameters
    ----------
    zones
        The changed zones.
    held
        Id of the provider of each changed zone by its label; a zone without one is missing.
    others
        Positions of all sites that the plan gives to each provider, by id, in zones that did not
        change.
    """
    taken = {provider: list(members) for provider, members in others.items()}
    kept = []
    for zone in zones:
        register = with_taken(providers, taken, sites)
        offers = offers_for([zone], sites, register, policy, on_date=on_date)
        one = _kept(zone, held.get(zone.label, ""), offers)
        if one.provider:
            taken.setdefault(one.provider, []).extend(zone.members)
        kept.append(one)
    return tuple(kept)


def with_taken(providers: Providers, taken: Mapping[str, Sequence[int]], sites: Sites) -> Providers:
    """Return the providers with what a plan gives them added to what they serve."""
    return replace(
        providers,
        used_m2=_used(providers, providers.used_m2, taken, sites, sites.floor_area_m2),
        used_households=_used(providers, providers.used_households, taken, sites, sites.households),
    )


def _used(
    providers: Providers,
    used: NDArray[np.float64],
    taken: Mapping[str, Sequence[int]],
    sites: Sites,
    amounts: NDArray[np.float64],
) -> NDArray[np.float64]:
    more = np.zeros(len(providers.ids))
    for position, provider in enumerate(providers.ids.tolist()):
        rows = [site for site in taken.get(provider, ()) if sites.provider[site] != provider]
        more[position] = np.nansum(amounts[rows])
    total: NDArray[np.float64] = np.nan_to_num(used) + more
    return total


def _kept(zone: ServedZone, provider: str, offers: Offers) -> Kept:
    ids = offers.register.providers.ids
    refusals = tuple(
        Refusal(zone.label, str(ids[position]), why)
        for (_, position), why in offers.refused.items()
    )
    found = [at for _, at in offers.costs if ids[at] == provider]
    if not found:
        why = _why_lost(provider, offers) if provider else _why_nobody(offers)
        return Kept(provider="", is_backstop=False, reasons=why, refusals=refusals)
    return Kept(
        provider=provider,
        is_backstop=offers.register.is_backstop(found[0], zone),
        reasons=_why_kept(found[0], offers),
        refusals=refusals,
    )


def _why_nobody(offers: Offers) -> tuple[Reason, ...]:
    """Return why a zone has nobody that had nobody before."""
    if offers.costs:
        return (Reason("zone.provider_not_proposed"),)
    return explain_choice(0, NOBODY, offers, Tally(limits_of(offers.register)))


def _why_lost(provider: str, offers: Offers) -> tuple[Reason, ...]:
    """Return why the provider of a zone may not serve it any more."""
    register = offers.register.providers
    refused = [
        reason
        for (_, at), why in offers.refused.items()
        if register.ids[at] == provider
        for reason in why
    ]
    # Who left the register has no name there any more.
    names = dict(zip(register.ids.tolist(), register.names.tolist(), strict=True))
    lost = Reason("zone.provider_lost", {"provider": names.get(provider, provider)})
    return (lost, *refused)


def _why_kept(position: int, offers: Offers) -> tuple[Reason, ...]:
    """Return the reasons for the provider; one that would now be better is named."""
    best = min(offers.costs, key=lambda pair: (offers.costs[pair], pair))
    less = (offers.costs[0, position] - offers.costs[best]) / PER_COST
    told = explain_choice(0, position, offers, Tally(limits_of(offers.register), [position]))
    if less <= 0:
        return told
    name = str(offers.register.providers.names[best[1]])
    better = Reason("zone.kept_provider", {"provider": name, "less": less})
    return (*(why for why in told if why.key not in WHY_NOT_CHEAPER.values()), better)
