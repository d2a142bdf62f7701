"""Which provider is proposed (拟推荐) for which zone, and why the others were refused.

Eligibility is decided pair by pair with every reason kept; then the pairs that are left are
chosen together, so that no provider takes more than it can or the policy lets one have, and no area
has more providers than the policy wants: first as little floor area as possible stays without a
provider, then the sum of the policy's weights is least. The software proposes; owners decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from layers.assignment.choice import best_offers
from layers.assignment.eligibility import ServedZone
from layers.assignment.explain import explain_choice, explain_chosen, over_plan
from layers.assignment.limits import Tally, limits_of
from layers.assignment.offers import NOBODY, PER_COST, Offers, cost_of, offers_for
from layers.assignment.providers import Providers
from layers.chosen import Choice
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


def assign_providers(  # noqa: PLR0913 (zones, providers, and what planners chose before)
    zones: Sequence[ServedZone],
    sites: Sites,
    providers: Providers,
    policy: Policy,
    *,
    on_date: date,
    seed: int = 0,
    choices: Mapping[str, Choice] | None = None,
) -> Assignment:
    """Propose a provider for every zone that somebody may serve on a day.

    `choices` are the zones, by label, whose provider a planner chose: they keep it, allowed or not,
    and the others get what it leaves.
    """
    offers = offers_for(zones, sites, providers, policy, on_date=on_date)
    chosen = {
        z: choices[one.label] for z, one in enumerate(zones) if choices and one.label in choices
    }
    fixed = _fixed(chosen, providers)
    free = replace(
        offers, costs={p: cost for p, cost in offers.costs.items() if p[0] not in chosen}
    )
    limits = limits_of(offers.register, fixed=fixed)
    found = best_offers(free, limits, seed=seed)
    tally = Tally(limits, found.provider_of)
    provider_of = [fixed.get(z, who) for z, who in enumerate(found.provider_of)]
    told = _Told(offers, free, tally, Tally(limits_of(offers.register), provider_of))
    served = [(z, p) for z, p in enumerate(provider_of) if p != NOBODY]
    is_backstop = np.zeros(len(zones), dtype=bool)
    for z, p in served:
        is_backstop[z] = offers.register.is_backstop(p, zones[z])
    return Assignment(
        provider_of=np.array(provider_of, dtype=np.int64),
        is_backstop=is_backstop,
        reasons=tuple(
            told.of_choice(z, p, chosen[z]) if z in chosen else explain_choice(z, p, free, tally)
            for z, p in enumerate(provider_of)
        ),
        refusals=tuple(
            Refusal(zones[z].label, str(providers.ids[p]), why)
            for (z, p), why in offers.refused.items()
        ),
        cost=sum(cost_of(pair, offers) for pair in served) / PER_COST,
        status="optimal" if found.gap_percent == 0 else "feasible",
        gap_percent=found.gap_percent,
    )


def _fixed(chosen: Mapping[int, Choice], providers: Providers) -> dict[int, int]:
    """Return the position of each chosen provider that the register still has, by zone."""
    at = {name: position for position, name in enumerate(providers.ids.tolist())}
    return {z: at[choice.provider] for z, choice in chosen.items() if choice.provider in at}


@dataclass(frozen=True)
class _Told:
    """All that the reasons of chosen providers are made from."""

    offers: Offers
    free: Offers
    tally: Tally
    """What the zones without a choice take of what is left."""
    whole: Tally
    """What all zones take."""

    def of_choice(self, zone: int, provider: int, choice: Choice) -> tuple[Reason, ...]:
        """Return why a zone has the provider that a planner chose."""
        if provider == NOBODY:
            return (Reason("zone.chosen_unknown", {"provider": choice.provider, "by": choice.by}),)
        alone = self.offers.refused.get((zone, provider), ())
        joint = over_plan((zone, provider), self.whole)
        # Beside the other zones a capacity is shorter than for the zone alone.
        known = {reason.key for reason in joint}
        refused = (*(reason for reason in alone if reason.key not in known), *joint)
        return explain_chosen(
            choice, (zone, provider), self.offers, refused=refused, best=self._best(zone)
        )

    def _best(self, zone: int) -> int:
        """Return whom the zone would have, did the others keep what they have."""
        able = (who for _, who in self.offers.able.get(zone, []))
        return next((who for who in able if not self.tally.over(zone, who)), NOBODY)
