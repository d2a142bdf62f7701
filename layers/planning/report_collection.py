"""Report the fee collection rate (收缴率): of an area, of those below it, and per provider."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from geo.models import Compound, FeeCollection
from layers.assessment.collecting import Collected, Fees, collected
from layers.planning.read_assessed import Places, read_fees


@dataclass(frozen=True, kw_only=True)
class CollectionRow:
    """The rate of one area, provider or compound."""

    code: str
    name: str
    rate: Collected


@dataclass(frozen=True, kw_only=True)
class CollectionReport:
    """The rates of an area over a period."""

    first: date
    last: date
    whole: Collected
    below: Sequence[CollectionRow]
    """Areas right below."""
    providers: Sequence[CollectionRow]
    compounds: Sequence[CollectionRow]
    """Those with figures, the lowest rate first."""


def report_collection(places: Places, *, first: date, last: date) -> CollectionReport:
    """Return the rates of the area over a period, and of its parts."""
    fees = read_fees(places)

    def rate(compounds: frozenset[int]) -> Collected:
        return collected(fees, compounds, first=first, last=last)

    def of_provider(provider: int, compounds: frozenset[int]) -> Collected:
        own = [each for each in fees if each.provider == provider]
        with_own = compounds | {each.compound for each in own}
        return collected(own, frozenset(with_own), first=first, last=last)

    areas: dict[int, set[int]] = {}
    served: dict[int, set[int]] = {}
    for place in places.compounds.values():
        below, provider = places.below_of(place.area), places.provider_of(place.id)
        if below is not None:
            areas.setdefault(below, set()).add(place.id)
        if provider is not None:
            served.setdefault(provider, set()).add(place.id)
    for each in fees:
        if each.provider is not None:
            served.setdefault(each.provider, set())
    own: dict[int, list[Fees]] = {}
    for each in fees:
        own.setdefault(each.compound, []).append(each)
    each_compound = [
        CollectionRow(
            code=places.compounds[pk].code,
            name=places.compounds[pk].name,
            rate=collected(those, frozenset({pk}), first=first, last=last),
        )
        for pk, those in own.items()
    ]
    known = [row for row in each_compound if row.rate.known]
    return CollectionReport(
        first=first,
        last=last,
        whole=rate(frozenset(places.compounds)),
        below=_sorted(
            CollectionRow(
                code=places.areas[pk][0], name=places.areas[pk][1], rate=rate(frozenset(those))
            )
            for pk, those in areas.items()
            if pk != places.area.pk
        ),
        providers=_sorted(
            CollectionRow(
                code=places.providers[pk][0],
                name=places.providers[pk][1],
                rate=of_provider(pk, frozenset(those)),
            )
            for pk, those in served.items()
        ),
        compounds=sorted(known, key=lambda row: (row.rate.percent or 0, row.code)),
    )


def _sorted(rows: Iterable[CollectionRow]) -> list[CollectionRow]:
    return sorted(rows, key=lambda row: (-row.rate.known, row.name))


def collection_inside(
    inside: Collection[int], *, first: date, last: date, valid: date, known: datetime
) -> Collected:
    """Return the rate of all compounds in some areas together. Two queries."""
    facts = FeeCollection.objects.known_at(known).filter(
        compound__area__in=sorted(inside), valid_from__lte=last, valid_to__gte=first
    )
    columns = ("compound_id", "valid_from", "valid_to", "due_yuan", "received_yuan")
    fees = [
        Fees(
            compound=compound,
            provider=None,
            first=begins,
            last=ends,
            due_yuan=due,
            received_yuan=received,
        )
        for compound, begins, ends, due, received in facts.values_list(*columns)
    ]
    compounds = Compound.objects.known_at(known).existing_on(valid)
    ids = compounds.filter(area__in=sorted(inside)).values_list("pk", flat=True)
    return collected(fees, frozenset(ids), first=first, last=last)
