"""Why a provider is proposed for a zone, who comes next, and why nobody can."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from geo.errors import gettext_noop
from layers.assignment.offers import (
    M_PER_KM,
    NOBODY,
    PER_COST,
    Offers,
    Pair,
    sites_served_already,
    wants_backstop,
)
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
    "provider.own_compound_only": gettext_noop("只管理本小区"),
}


def explain_choice(zone: int, provider: int, offers: Offers) -> tuple[Reason, ...]:
    """Return why the zone has this provider, and how far behind the next one is; or why nobody."""
    able = offers.able.get(zone, [])
    if provider == NOBODY:
        return (
            _why_nobody(len(able), [why for (z, _), why in offers.refused.items() if z == zone]),
        )
    others = [(cost, other) for cost, other in able if other != provider]
    return (*_why_this((zone, provider), offers), *_who_else((zone, provider), others, offers))


def _why_this(pair: Pair, offers: Offers) -> list[Reason]:
    register, provider = offers.register, pair[1]
    zone = register.zones[pair[0]]
    key = "zone.provider"
    if register.is_backstop(provider, zone):
        is_first = wants_backstop(zone, register.policy)
        key = "zone.provider_backstop_first" if is_first else "zone.provider_backstop"
    reasons = [Reason(key, {"provider": str(register.providers.names[provider])})]
    if not np.isnan(register.providers.base[provider]).any():
        km = float(offers.away_m[pair]) / M_PER_KM
        reasons.append(Reason("provider.distance", {"km": km}))
    if grade := str(register.providers.grades[provider]):
        reasons.append(Reason("provider.grade", {"grade": grade}))
    if count := sites_served_already(pair, register):
        reasons.append(Reason("provider.incumbent", {"count": count}))
    return reasons


def _who_else(pair: Pair, others: list[tuple[int, int]], offers: Offers) -> list[Reason]:
    """Return the cheapest of the others; one that would be cheaper is taken up elsewhere."""
    if not others:
        return []
    cost, other = others[0]
    more = (cost - offers.costs[pair]) / PER_COST
    name = str(offers.register.providers.names[other])
    if more < 0:
        return [Reason("zone.cheaper_provider_full", {"provider": name})]
    return [Reason("zone.second_provider", {"provider": name, "more": more})]


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
