"""What would have to change so that a zone finds a provider, the least first (最省的补救).

A mend changes one thing for one provider, the rest of the plan staying as it is: a wider service
area, more capacity, a backstop's role, a larger share. A ban is a decision and is never mended.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from layers.assignment.limits import PER_AMOUNT, Tally
from layers.assignment.offers import Offers
from layers.reasons import Reason

CAPACITIES = ("capacity_m2", "capacity_households")
MENDS = {
    "backstop": "zone.provider_mend_backstop",
    "capacity_households": "zone.provider_mend_capacity_households",
    "capacity_m2": "zone.provider_mend_capacity_m2",
    "per_area": "zone.provider_mend_per_area",
    "service_area": "zone.provider_mend_service_area",
    "share": "zone.provider_mend_share",
}
BY_ROLE = frozenset(
    {
        *("provider.grade_below", "provider.grade_unknown"),
        *("provider.not_company", "provider.outside_service_area"),
    }
)
"""Rules that a backstop's document stands in for; who governs only itself is no backstop."""


@dataclass(frozen=True, order=True)
class Mend:
    """One change for one provider. The cheaper sorts first."""

    effort: int
    """0 = a wider service area, 1 = more capacity, 2 = a larger share or one provider more in the
    area, 3 = a role granted by a document."""
    part: float
    """Of two of a kind, the smaller change: of capacity, as a share of what the zone needs."""
    cost: int
    provider: int
    rule: str
    short: float = 0.0
    """By how many m² or households the capacity falls short."""
    site: str = ""
    count: int = 0
    """Sites outside the service area, the first by name."""


def cheapest_mend(zone: int, offers: Offers, tally: Tally) -> Mend | None:
    """Return the cheapest single change by which a zone without provider would have one."""
    providers = range(len(offers.register.providers.ids))
    return min((m for who in providers for m in _mends(zone, who, offers, tally)), default=None)


def mend_reason(mend: Mend | None, offers: Offers) -> Reason:
    """Return a mend as a reason."""
    if mend is None:
        return Reason("zone.provider_mend_none")
    values: dict[str, str | int | float] = {
        "provider": str(offers.register.providers.names[mend.provider])
    }
    if mend.rule in CAPACITIES:
        values["short"] = mend.short
    elif mend.rule == "service_area":
        values |= {"site": mend.site, "count": mend.count}
    return Reason(MENDS[mend.rule], values)


def _mends(zone: int, provider: int, offers: Offers, tally: Tally) -> Iterator[Mend]:
    """Tell what would lift all that speaks against a provider, beside what the plan gives it."""
    refused = {reason.key: reason for reason in offers.refused.get((zone, provider), ())}
    barred = refused.keys() - {f"provider.{rule}" for rule in CAPACITIES}
    over, cost = tally.over(zone, provider), round(float(offers.away_m[zone, provider]))
    if barred == {"provider.outside_service_area"} and not over:
        values = refused["provider.outside_service_area"].values
        site, count = str(values["site"]), int(values["count"])
        yield Mend(0, count, cost, provider, "service_area", site=site, count=count)
    if not barred and len(over) == 1:
        ((rule, amount),) = over.items()
        is_capacity = rule in CAPACITIES
        part = amount / max(1, _wanted(zone, rule, tally)) if is_capacity else 0.0
        short = amount / PER_AMOUNT if is_capacity else 0.0
        yield Mend(1 if is_capacity else 2, part, cost, provider, rule, short=short)
    if barred and barred <= BY_ROLE and over.keys() <= {"share"}:
        yield Mend(3, 0.0, cost, provider, "backstop")


def _wanted(zone: int, rule: str, tally: Tally) -> int:
    """Return what a zone takes of something, in hundredths."""
    return next(load.amounts[zone] for load in tally.limits.loads if load.rule == rule)
