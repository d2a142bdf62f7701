"""Why a provider is proposed for a zone, who comes next, and why nobody can."""

from collections import Counter

import numpy as np

from geo.errors import gettext_noop
from layers.assignment.limits import PER_AMOUNT, Tally
from layers.assignment.mends import cheapest_mend, mend_reason
from layers.assignment.offers import (
    M_PER_KM,
    NOBODY,
    PER_COST,
    Offers,
    Pair,
    cost_of,
    sites_held,
    sites_served_already,
    wants_backstop,
)
from layers.chosen import Choice
from layers.reasons import Reason

RULE_WORDS = {
    "provider.banned": gettext_noop("禁入"),
    "provider.banned_without_end": gettext_noop("禁入"),
    "provider.capacity_households": gettext_noop("可承接户数不足"),
    "provider.capacity_m2": gettext_noop("可承接面积不足"),
    "provider.grade_below": gettext_noop("信用等级不够"),
    "provider.grade_unknown": gettext_noop("信用等级不详"),
    "provider.not_company": gettext_noop("不是物业服务企业"),
    "provider.other_kind": gettext_noop("性质不符"),
    "provider.outside_service_area": gettext_noop("不在服务区域内"),
    "provider.over_share": gettext_noop("超过份额上限"),
    "provider.own_compound_only": gettext_noop("只管理本小区"),
    "provider.too_many_here": gettext_noop("本辖区已达家数"),
}


WHY_NOT_CHEAPER = {
    "capacity_households": "zone.cheaper_provider_full",
    "capacity_m2": "zone.cheaper_provider_full",
    "per_area": "zone.cheaper_provider_not_here",
    "share": "zone.cheaper_provider_share",
}

CHOSEN_NOT_ALLOWED = "zone.chosen_not_allowed"
"""A choice that the rules refuse, without a reason on record: a finding, until somebody acts."""


def explain_chosen(
    choice: Choice, pair: Pair, offers: Offers, *, refused: tuple[Reason, ...], best: int
) -> tuple[Reason, ...]:
    """Return why a zone has the provider that a planner chose, and what speaks against it.

    Parameters
    ----------
    refused
        Every rule that refuses the provider, those of the plan as a whole included.
    best
        The provider that the rules would propose; NOBODY where they have none.
    """
    name = str(offers.register.providers.names[pair[1]])
    told = [Reason("zone.chosen", {"provider": name, "by": choice.by, "on": choice.on})]
    if refused and not choice.reason:
        told.append(Reason(CHOSEN_NOT_ALLOWED, {"provider": name}))
    elif refused:
        told.append(Reason("zone.chosen_against_rules", {"why": choice.reason}))
    elif choice.reason:
        told.append(Reason("zone.chosen_because", {"why": choice.reason}))
    _role, *facts = _why_this(pair, offers)
    return (*told, *refused, *facts, *_instead_of(pair, best, offers))


def _instead_of(pair: Pair, best: int, offers: Offers) -> list[Reason]:
    """Return whom the rules would propose instead, and by how much it is better."""
    if best in {NOBODY, pair[1]}:
        return []
    name = str(offers.register.providers.names[best])
    less = (cost_of(pair, offers) - cost_of((pair[0], best), offers)) / PER_COST
    return [Reason("zone.chosen_instead", {"provider": name, "less": less})] if less > 0 else []


def over_plan(pair: Pair, tally: Tally) -> list[Reason]:
    """Return as reasons by how much a provider would break what binds all zones together."""
    return [_over(rule, amount, pair, tally) for rule, amount in sorted(tally.over(*pair).items())]


def _over(rule: str, amount: int, pair: Pair, tally: Tally) -> Reason:
    if rule == "per_area":
        return Reason("provider.too_many_here", {"most": tally.limits.per_area or 0})
    short = amount / PER_AMOUNT
    if rule == "share":
        return Reason("provider.over_share", {"short": short})
    wanted = next(load.takes(*pair) for load in tally.limits.loads if load.rule == rule)
    return Reason(
        f"provider.{rule}", {"free": max(0.0, wanted / PER_AMOUNT - short), "short": short}
    )


def explain_choice(zone: int, provider: int, offers: Offers, tally: Tally) -> tuple[Reason, ...]:
    """Return why the zone has this provider, and how far behind the next one is; or why nobody."""
    able = offers.able.get(zone, [])
    if provider == NOBODY:
        return _why_nobody(zone, offers, tally)
    others = [(cost, other) for cost, other in able if other != provider]
    pair = (zone, provider)
    return (*_why_this(pair, offers), *_who_else(pair, others, offers, tally))


def _why_this(pair: Pair, offers: Offers) -> list[Reason]:
    register, provider = offers.register, pair[1]
    zone = register.zones[pair[0]]
    key = "zone.provider"
    if is_backstop := register.is_backstop(provider, zone):
        is_first = wants_backstop(zone, register.policy)
        key = "zone.provider_backstop_first" if is_first else "zone.provider_backstop"
    reasons = [Reason(key, {"provider": str(register.providers.names[provider])})]
    if is_backstop and (documents := register.backstop_documents(provider, zone)):
        reasons.append(Reason("provider.backstop_by", {"document": "；".join(documents)}))
    if not np.isnan(register.providers.base[provider]).any():
        km = float(offers.away_m[pair]) / M_PER_KM
        reasons.append(Reason("provider.distance", {"km": km}))
    if register.policy.providers.cost_per_km_running and _runs_something(pair, offers):
        km = float(offers.beside_m[pair]) / M_PER_KM
        reasons.append(Reason("provider.distance_running", {"km": km}))
    if grade := str(register.providers.grades[provider]):
        reasons.append(Reason("provider.grade", {"grade": grade}))
    if count := sites_served_already(pair, register):
        reasons.append(Reason("provider.incumbent", {"count": count}))
    if count := sites_held(pair, register):
        reasons.append(Reason("provider.held", {"count": count}))
    return reasons


def _runs_something(pair: Pair, offers: Offers) -> bool:
    running = offers.register.providers.running
    return bool(running) and len(running[pair[1]]) > 0


def _who_else(
    pair: Pair, others: list[tuple[int, int]], offers: Offers, tally: Tally
) -> list[Reason]:
    """Return the cheapest of the others; one that would be cheaper is kept from it by a limit."""
    if not others:
        return []
    cost, other = others[0]
    more = (cost - offers.costs[pair]) / PER_COST
    name = str(offers.register.providers.names[other])
    if more < 0:
        over = tally.over(pair[0], other)
        # Without one, the whole plan costs less as it is, or the work ran out.
        key = WHY_NOT_CHEAPER.get(min(over, default=""), "zone.cheaper_provider_full")
        return [Reason(key, {"provider": name})]
    return [Reason("zone.second_provider", {"provider": name, "more": more})]


def _why_nobody(zone: int, offers: Offers, tally: Tally) -> tuple[Reason, ...]:
    """Return why a zone has no provider: the rule most in the way, and the cheapest mend."""
    if not len(offers.register.providers.ids):
        return (Reason("zone.no_provider_known"),)
    mend = mend_reason(cheapest_mend(zone, offers, tally), offers)
    if able := offers.able.get(zone, []):
        rules = Counter(rule for _, who in able for rule in tally.over(zone, who))
        is_policy = bool(rules) and rules.most_common(1)[0][0] in {"share", "per_area"}
        key = "zone.no_provider_within_limits" if is_policy else "zone.no_capacity_left"
        return (Reason(key, {"count": len(able)}), mend)
    refused = [why for (z, _), why in offers.refused.items() if z == zone]
    # A rule that alone refuses somebody is the one to lift; without one, the commonest.
    alone = [reasons[0].key for reasons in refused if len(reasons) == 1]
    counts = Counter(alone or [reason.key for reasons in refused for reason in reasons])
    key = min(counts, key=lambda rule: (-counts[rule], rule))
    return (Reason("zone.no_provider", {"count": len(refused), "rule": RULE_WORDS[key]}), mend)
