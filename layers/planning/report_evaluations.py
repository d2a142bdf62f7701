"""Report evaluations: what a quarter's scores come to, by the policy's parties and weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from geo.models import QuarterGrade, Score
from geo.quarters import Quarter
from geo.words import QuarterMark
from layers.assessment.treating import Graded, months_before
from layers.assessment.weighing import HUNDREDTH, Total, Weights, grade_of, ranks, weigh, weights_of
from layers.planning.read_assessed import Place, Places, facts_of
from layers.policy import Policy
from layers.policy_parts import Evaluation

_Where = tuple[int, int | None, int | None]
"""Provider, and the compound or the area."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One provider in one compound or area for one quarter."""

    provider: int
    compound: int | None
    area: int | None
    quarter: Quarter
    total: Total
    given: str
    """The grade that an office gave, a QuarterMark; "" = none."""
    document: str
    derived: QuarterMark | None
    """What the total gives by the policy's lines; None = there is no total."""

    @property
    def grade(self) -> str:
        """Return the grade that counts: the given one, else what the total gives."""
        return self.given or str(self.derived or "")


@dataclass(frozen=True, kw_only=True)
class ProviderTotal:
    """What a provider got in all its places of the quarter."""

    provider: int
    places: int
    mean: Decimal | None
    """Of the totals, every place alike."""
    rank: int | None


@dataclass(frozen=True, kw_only=True)
class EvaluationReport:
    """The evaluations of one quarter."""

    quarter: Quarter
    weights: Weights | None
    """None = the policy names no parties."""
    rows: Sequence[Judged]
    ranks: Sequence[int | None]
    """Of the rows, by their totals."""
    providers: Sequence[ProviderTotal]


def report_evaluations(places: Places, policy: Policy, quarter: Quarter) -> EvaluationReport:
    """Return what a quarter's scores come to, the best first; without a total at the end."""
    judged = read_judged(places, policy, first=quarter.first, last=quarter.last)
    rows = sorted(judged, key=lambda row: _order(row, places))
    totals = [row.total.total for row in rows]
    return EvaluationReport(
        quarter=quarter,
        weights=_weights(policy),
        rows=rows,
        ranks=ranks(totals),
        providers=_providers(rows),
    )


def _order(row: Judged, places: Places) -> tuple[object, ...]:
    total = row.total.total
    name = places.providers[row.provider][1]
    return (total is None, -(total or Decimal(0)), name, row.compound or 0, row.area or 0)


def _weights(policy: Policy) -> Weights | None:
    judged = policy.evaluation
    return weights_of(judged, policy.assessment) if judged else None


def _providers(rows: Sequence[Judged]) -> list[ProviderTotal]:
    by_provider: dict[int, list[Decimal]] = {}
    for row in rows:
        totals = by_provider.setdefault(row.provider, [])
        if row.total.total is not None:
            totals.append(row.total.total)
    means = [_mean(totals) for totals in by_provider.values()]
    found = [
        ProviderTotal(provider=provider, places=len(totals), mean=mean, rank=rank)
        for (provider, totals), mean, rank in zip(
            by_provider.items(), means, ranks(means), strict=True
        )
    ]
    return sorted(found, key=lambda each: (each.rank is None, each.rank or 0, each.provider))


def _mean(totals: Sequence[Decimal]) -> Decimal | None:
    if not totals:
        return None
    return (sum(totals, Decimal(0)) / len(totals)).quantize(HUNDREDTH, ROUND_HALF_UP)


def read_judged(
    places: Places, policy: Policy, *, first: date, last: date, with_above: bool = False
) -> list[Judged]:
    """Return every provider, place and quarter of a period that was scored or graded."""
    scores: dict[tuple[_Where, date], dict[str, Decimal]] = {}
    facts = (
        facts_of(Score, places, with_above=with_above)
        .filter(valid_from__range=(first, last))
        .order_by("pk")
    )
    for fact in facts:
        key = (fact.provider_id, fact.compound_id, fact.area_id), fact.valid_from
        scores.setdefault(key, {})[fact.party] = fact.score
    given = {
        ((fact.provider_id, fact.compound_id, fact.area_id), fact.valid_from): fact
        for fact in facts_of(QuarterGrade, places, with_above=with_above)
        .filter(valid_from__range=(first, last))
        .order_by("pk")
    }
    return [
        _judged(key, scores.get(key, {}), given.get(key), policy)
        for key in sorted({*scores, *given}, key=repr)
    ]


def _judged(
    key: tuple[_Where, date],
    scores: Mapping[str, Decimal],
    given: QuarterGrade | None,
    policy: Policy,
) -> Judged:
    (provider, compound, area), begins = key
    # Without parties in the document, all who scored weigh the same.
    judged = policy.evaluation or Evaluation(parties=tuple(sorted(scores)) or ("",))
    total = weigh(scores, weights_of(judged, policy.assessment))
    return Judged(
        provider=provider,
        compound=compound,
        area=area,
        quarter=Quarter.of(begins),
        total=total,
        given=given.grade if given else "",
        document=given.document if given else "",
        derived=grade_of(total.total, policy.assessment),
    )


def latest_grades(places: Places, policy: Policy) -> dict[int, Graded]:
    """Return the latest grade of each compound within the policy's months.

    Of the provider that serves on the day: its own there, else in the nearest area around it.
    """
    months = policy.assessment.within_months
    first = months_before(places.day, months)
    judged = read_judged(places, policy, first=first, last=places.day, with_above=True)
    known: dict[_Where, Judged] = {}
    for row in sorted(judged, key=lambda each: each.quarter):
        if row.grade:
            known[row.provider, row.compound, row.area] = row
    found = {}
    for place in places.compounds.values():
        nearest = _nearest(place, places, known)
        if nearest is not None:
            found[place.id] = Graded(
                grade=nearest.grade,
                quarter=str(nearest.quarter),
                document=nearest.document,
                provider=places.providers[nearest.provider][1],
            )
    return found


def _nearest(
    place: Place,
    places: Places,
    known: Mapping[_Where, Judged],
) -> Judged | None:
    provider = places.provider_of(place.id)
    if provider is None:
        return None
    keys: list[_Where] = [(provider, place.id, None)]
    keys += [(provider, None, area) for area in places.tree.path(place.area)]
    return next((known[key] for key in keys if key in known), None)
