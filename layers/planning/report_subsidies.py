"""Report subsidies: the rows of a period with their formula and limits, and their sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from geo.models import Subsidy
from layers.assessment.subsidies import Paid, Sum, limits_of, lines_of, sums_by
from layers.planning.read_assessed import Places, facts_of
from layers.policy import Policy


@dataclass(frozen=True, kw_only=True)
class SubsidyRow:
    """One subsidy with what its money line says."""

    fact: Subsidy
    provider: str
    place: str
    limits: Sequence[tuple[str, Mapping[str, object]]]


@dataclass(frozen=True, kw_only=True)
class SubsidyReport:
    """The subsidies that a period touches; sums count each whole."""

    rows: Sequence[SubsidyRow]
    by_provider: Sequence[Sum]
    by_area: Sequence[Sum]
    by_zone: Sequence[Sum]
    """By the zone's key; "" = in no zone."""
    free_yuan: Decimal
    fenced_yuan: Decimal


def report_subsidies(places: Places, policy: Policy, *, first: date, last: date) -> SubsidyReport:
    """Return the subsidies whose period ends within the days that are asked for."""
    lines = lines_of(policy.money_lines)
    facts = facts_of(Subsidy, places).filter(valid_to__range=(first, last))
    rows, paid = [], []
    for fact in facts.order_by("valid_from", "line", "pk"):
        each = _paid(fact, places)
        paid.append((fact, each))
        limits = limits_of(each, lines)
        rows.append(SubsidyRow(fact=fact, provider=each.provider, place=each.place, limits=limits))
    whole = sums_by([("", each) for _, each in paid], lines)
    return SubsidyReport(
        rows=rows,
        by_provider=sums_by([(each.provider, each) for _, each in paid], lines),
        by_area=sums_by([(_area(fact, places), each) for fact, each in paid], lines),
        by_zone=sums_by([(_zone(fact, places), each) for fact, each in paid], lines),
        free_yuan=whole[0].free_yuan if whole else Decimal(0),
        fenced_yuan=whole[0].fenced_yuan if whole else Decimal(0),
    )


def _paid(fact: Subsidy, places: Places) -> Paid:
    place = places.compounds.get(fact.compound_id or 0)
    return Paid(
        line=fact.line,
        provider=places.providers[fact.provider_id][1],
        place=(place.name or place.code) if place else places.areas[fact.area_id or 0][1],
        amount_yuan=fact.amount_yuan,
        vote=fact.vote,
    )


def _area(fact: Subsidy, places: Places) -> str:
    place = places.compounds.get(fact.compound_id or 0)
    below = places.below_of(place.area if place else fact.area_id)
    return places.areas[below or places.area.pk][1]


def _zone(fact: Subsidy, places: Places) -> str:
    """Return the key of the zone that a compound is in, in its newest plan; "" = none."""
    place = places.compounds.get(fact.compound_id or 0)
    return place.zone if place else ""
