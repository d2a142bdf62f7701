"""Who could take over (可接替) what a provider leaves: proposed together, judged pair by pair."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from layers.assignment.assign import Refusal, assign_providers
from layers.assignment.eligibility import ServedZone
from layers.assignment.explain import RULE_WORDS
from layers.assignment.keep import with_taken
from layers.assignment.offers import NOBODY, PER_COST, offers_for
from layers.assignment.providers import Providers
from layers.policy import Policy
from layers.reasons import Reason
from layers.sites import Sites

MOST_OTHERS = 3


@dataclass(frozen=True, kw_only=True)
class Takeover:
    """Who could take one thing over."""

    label: str
    provider: str
    """Id of who is proposed; "" = nobody can."""
    reasons: tuple[Reason, ...]
    others: tuple[tuple[str, float], ...]
    """Ids of those who come next, each with the points by which it costs more."""
    refusals: tuple[Refusal, ...]

    @property
    def refused_by_rule(self) -> tuple[tuple[str, int], ...]:
        """How many each rule refuses, the commonest first."""
        words = [
            word
            for refusal in self.refusals
            for word in {RULE_WORDS[reason.key] for reason in refusal.reasons}
        ]
        return tuple(sorted(Counter(words).items(), key=lambda each: (-each[1], each[0])))


def takeovers(  # noqa: PLR0913 (what is left, who leaves it, and all that the others rest on)
    left: Sequence[ServedZone],
    leaving: str,
    sites: Sites,
    providers: Providers,
    policy: Policy,
    *,
    on_date: date,
    given: Mapping[str, Sequence[int]] | None = None,
) -> tuple[Takeover, ...]:
    """Return for each thing that a provider leaves who could take it over, nobody beyond capacity.

    Parameters
    ----------
    left
        What is left, each as a zone.
    leaving
        Id of the provider; it is no candidate.
    given
        Positions of the sites that a plan gives to each of the others besides.
    """
    others = providers.take(providers.ids != leaving)
    others = with_taken(others, given or {}, sites)
    found = assign_providers(left, sites, others, policy, on_date=on_date)
    offers = offers_for(left, sites, others, policy, on_date=on_date)
    refusals: dict[str, list[Refusal]] = {}
    for refusal in found.refusals:
        refusals.setdefault(refusal.zone, []).append(refusal)
    taken = []
    for at, zone in enumerate(left):
        chosen = int(found.provider_of[at])
        own = offers.costs.get((at, chosen), 0)
        next_ones = [(cost, who) for cost, who in offers.able.get(at, []) if who != chosen]
        taken.append(
            Takeover(
                label=zone.label,
                provider="" if chosen == NOBODY else str(others.ids[chosen]),
                reasons=found.reasons[at],
                others=tuple(
                    (str(others.ids[who]), (cost - own) / PER_COST)
                    for cost, who in next_ones[:MOST_OTHERS]
                ),
                refusals=tuple(refusals.get(zone.label, ())),
            )
        )
    return tuple(taken)
