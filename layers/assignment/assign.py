"""Which provider is proposed (拟推荐) for which zone, and why the others were refused.

Eligibility is decided pair by pair with every reason kept; then the pairs that are left are
chosen together, so that no provider takes more than it can or the policy lets one have, and no area
has more providers than the policy wants: first as little floor area as possible stays without a
provider, then the sum of the policy's weights is least. The software proposes; owners decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from layers.assignment.choice import best_offers
from layers.assignment.eligibility import ServedZone
from layers.assignment.explain import explain_choice
from layers.assignment.limits import Tally, limits_of
from layers.assignment.offers import NOBODY, PER_COST, offers_for
from layers.assignment.providers import Providers
from layers.policy import Policy
from layers.reasons import Reason
from layers.sites import Sites


@dataclass(frozen=True)
class Refusal:
    """Why one provider may not serve one zone."""

    zone: str
    provider: str
    """Id of the provider."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """The provider proposed for each zone, in the order of the zones."""

    provider_of: NDArray[np.int64]
    """Position in `Providers` for each zone (z,); NOBODY where none can."""
    is_backstop: NDArray[np.bool_]
    """True where the provider is proposed in its backstop's role."""
    reasons: tuple[tuple[Reason, ...], ...]
    refusals: tuple[Refusal, ...]
    """Every refused pair, with all its reasons."""
    cost: float
    """Sum of the weights of policy.providers."""
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
    offers = offers_for(zones, sites, providers, policy, on_date=on_date)
    limits = limits_of(offers)
    found = best_offers(offers, limits, seed=seed)
    provider_of, tally = found.provider_of, Tally(limits, found.provider_of)
    served = [(z, p) for z, p in enumerate(provider_of) if p != NOBODY]
    is_backstop = np.zeros(len(zones), dtype=bool)
    for z, p in served:
        is_backstop[z] = offers.register.is_backstop(p, zones[z])
    return Assignment(
        provider_of=np.array(provider_of, dtype=np.int64),
        is_backstop=is_backstop,
        reasons=tuple(explain_choice(z, p, offers, tally) for z, p in enumerate(provider_of)),
        refusals=tuple(
            Refusal(zones[z].label, str(providers.ids[p]), why)
            for (z, p), why in offers.refused.items()
        ),
        cost=sum(offers.costs[pair] for pair in served) / PER_COST,
        status="optimal" if found.gap_percent == 0 else "feasible",
        gap_percent=found.gap_percent,
    )
