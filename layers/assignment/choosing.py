"""A zone's providers as a planner chooses among them: who can, who cannot and why (人工选定).

One zone is looked at beside all that the plan gives in its other zones. The rules are those of the
proposal, pair by pair and for the plan as a whole: capacity, shares, providers per area.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from layers.assignment.assign import Refusal
from layers.assignment.eligibility import Register, ServedZone
from layers.assignment.explain import explain_choice, explain_chosen, over_plan
from layers.assignment.keep import Kept, with_taken
from layers.assignment.limits import Tally, limits_of
from layers.assignment.offers import NOBODY, PER_COST, Offers, cost_of, offers_for
from layers.assignment.providers import Providers
from layers.chosen import Choice
from layers.policy import Policy
from layers.reasons import Reason
from layers.rules import ZoneException
from layers.sites import Sites

M_PER_KM = 1_000
OF_THE_PLAN = frozenset({"provider.over_share", "provider.too_many_here"})
"""Capacity is told of already: a zone alone is judged beside what the others take."""


@dataclass(frozen=True)
class OtherZone:
    """A zone of the plan that is not looked at, as it stands."""

    label: str
    members: tuple[int, ...]
    provider: str
    """Id of the provider; "" = nobody."""
    exception: ZoneException = ZoneException.NONE


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A provider as a planner looks at it for one zone. NaN = unknown."""

    provider: str
    name: str
    cost: float
    """By the policy's weights; the least is proposed."""
    away_km: float
    grade: str
    spare_m2: float
    """What it can still take beside all that the plan gives it, before this zone."""
    spare_households: float
    is_backstop: bool
    refused: tuple[Reason, ...]
    """Every rule that refuses it; none = it may."""


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """One zone with every provider judged for it, beside the other zones of the plan."""

    zone: ServedZone
    offers: Offers
    refused: Mapping[int, tuple[Reason, ...]]
    """By position of the provider; those that may are missing."""

    @property
    def able(self) -> list[int]:
        """Positions of the providers that may serve the zone, the cheapest first."""
        return [who for _, who in self.offers.able.get(0, []) if who not in self.refused]

    def at(self, provider: str) -> int:
        """Return the position of a provider by its id; NOBODY where the register has it not."""
        (found,) = np.nonzero(self.offers.register.providers.ids == provider)
        return int(found[0]) if len(found) else NOBODY

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the refused providers with every reason."""
        ids = self.offers.register.providers.ids
        return tuple(
            Refusal(self.zone.label, str(ids[who]), why) for who, why in self.refused.items()
        )


def hear_providers(
    zone: ServedZone,
    others: Sequence[OtherZone],
    sites: Sites,
    providers: Providers,
    policy: Policy,
    *,
    on_date: date,
) -> Hearing:
    """Judge every provider for one zone, beside the other zones of its plan."""
    taken: dict[str, list[int]] = {}
    for other in others:
        taken.setdefault(other.provider, []).extend(other.members)
    beside = with_taken(providers, taken, sites)
    offers = offers_for([zone], sites, beside, policy, on_date=on_date)
    refused = {who: why for (_, who), why in offers.refused.items()}
    whole = Register(
        providers=providers, sites=sites, policy=policy, on_date=on_date, zones=(zone, *others)
    )
    for who, more in _refused_by_plan(whole, others).items():
        refused[who] = (*refused.get(who, ()), *more)
    return Hearing(zone=zone, offers=offers, refused=dict(sorted(refused.items())))


def candidates(hearing: Hearing) -> tuple[Candidate, ...]:
    """Return all providers for a zone: those that may, the cheapest first, then those refused."""
    able = hearing.able
    by_cost = sorted(hearing.refused, key=lambda who: (cost_of((0, who), hearing.offers), who))
    return tuple(_candidate(who, hearing) for who in (*able, *by_cost))


def choose_provider(choice: Choice, hearing: Hearing) -> Kept:
    """Return what is said of a zone whose provider a planner chose, allowed or not."""
    who = hearing.at(choice.provider)
    if who == NOBODY:
        gone = Reason("zone.chosen_unknown", {"provider": choice.provider, "by": choice.by})
        return Kept(provider="", is_backstop=False, reasons=(gone,), refusals=hearing.refusals())
    best = hearing.able[0] if hearing.able else NOBODY
    reasons = explain_chosen(
        choice, (0, who), hearing.offers, refused=hearing.refused.get(who, ()), best=best
    )
    return Kept(
        provider=choice.provider,
        is_backstop=hearing.offers.register.is_backstop(who, hearing.zone),
        reasons=reasons,
        refusals=hearing.refusals(),
    )


def recommend_provider(hearing: Hearing) -> Kept:
    """Return the provider that the rules propose for one zone, the others staying as they are."""
    offers, able = hearing.offers, hearing.able
    free = {(0, who): offers.costs[0, who] for who in able}
    told = replace(offers, costs=free, refused={(0, k): why for k, why in hearing.refused.items()})
    tally = Tally(limits_of(offers.register))
    who = able[0] if able else NOBODY
    return Kept(
        provider=str(offers.register.providers.ids[who]) if able else "",
        is_backstop=bool(able) and offers.register.is_backstop(who, hearing.zone),
        reasons=explain_choice(0, who, told, tally),
        refusals=hearing.refusals(),
    )


def _refused_by_plan(whole: Register, others: Sequence[OtherZone]) -> dict[int, tuple[Reason, ...]]:
    """Return whom the share of one provider, or the number in an area, keeps from the zone."""
    rules = whole.policy.providers
    if rules.share_max is None and rules.per_area_max is None:
        return {}
    at = {name: position for position, name in enumerate(whole.providers.ids.tolist())}
    given = [NOBODY, *(at.get(other.provider, NOBODY) for other in others)]
    tally = Tally(limits_of(whole), given)
    told = {who: over_plan((0, who), tally) for who in at.values()}
    joint = {who: tuple(w for w in why if w.key in OF_THE_PLAN) for who, why in told.items()}
    return {who: why for who, why in joint.items() if why}


def _candidate(who: int, hearing: Hearing) -> Candidate:
    offers, register = hearing.offers, hearing.offers.register
    return Candidate(
        provider=str(register.providers.ids[who]),
        name=str(register.providers.names[who]),
        cost=cost_of((0, who), offers) / PER_COST,
        away_km=_known_km(who, offers),
        grade=str(register.providers.grades[who]),
        spare_m2=float(register.free_m2[who]),
        spare_households=float(register.free_households[who]),
        is_backstop=register.is_backstop(who, hearing.zone),
        refused=hearing.refused.get(who, ()),
    )


def _known_km(who: int, offers: Offers) -> float:
    is_known = not np.isnan(offers.register.providers.base[who]).any()
    return float(offers.away_m[0, who]) / M_PER_KM if is_known else float("nan")
