"""Read what is judged in an area: its compounds with zone and provider, and what was told of them.

Everything is as known at a moment. A compound's zone is that of the newest plan that holds it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from geo.frames.past import Tree, managing_tree, records
from geo.models import (
    CheckFact,
    Compound,
    ConditionFact,
    ContractItem,
    Event,
    Fact,
    FeeCollection,
    ManagingArea,
    Member,
    Provider,
)
from geo.words import AreaLevel
from layers.assessment.checklists import Check
from layers.assessment.collecting import Fees
from layers.assessment.events import Told
from layers.assessment.serving import Served, Span
from layers.assessment.treating import Recorded
from layers.models import PlanSite, PlanStatus


@dataclass(frozen=True, kw_only=True)
class Place:
    """One compound that is judged."""

    id: int
    code: str
    name: str
    households: int | None
    area: int | None
    zone: str
    """Plan and number of its zone, as 3/7; "" = it is in none."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """The compounds of an area on a day."""

    area: ManagingArea
    day: date
    known: datetime
    tree: Tree
    compounds: Mapping[int, Place]
    served: Served
    providers: Mapping[int, tuple[str, str]]
    """Code and name."""
    areas: Mapping[int, tuple[str, str]]
    """Code and name."""
    zones: Mapping[str, str]
    """What each zone is called."""
    streets: frozenset[int]
    """Rows of the subdistricts."""

    @property
    def inside(self) -> frozenset[int]:
        """Return the rows of the area and of all below it."""
        return self.tree.inside() or frozenset()

    def provider_of(self, compound: int | None, day: date | None = None) -> int | None:
        """Return who serves a compound, on the day of the places or on another."""
        return self.served.on(compound, day or self.day)

    def street_of(self, area: int | None) -> int | None:
        """Return the subdistrict that an area lies in; where there is none, the topmost area."""
        path = self.tree.path(area)
        return next((each for each in path if each in self.streets), path[-1] if path else None)

    def below_of(self, area: int | None) -> int | None:
        """Return the area right below the asked one that holds an area; itself at the end."""
        path = self.tree.path(area)
        if self.area.pk not in path:
            return None
        at = path.index(self.area.pk)
        return path[at - 1] if at else self.area.pk


def read_places(area: ManagingArea, *, valid: date, known: datetime) -> Places:
    """Return the compounds of an area on a day as known at a moment. A handful of queries."""
    tree = managing_tree(area=area.code, known=known)
    inside = tree.inside() or frozenset()
    names = ["name", "households", "area_id"]
    rows = records(Compound, names, valid=valid, known=known, inside=inside)
    ids = [row["id"] for row in rows]
    zone_of, zones = _zones(ids)
    return Places(
        area=area,
        day=valid,
        known=known,
        tree=tree,
        compounds={row["id"]: _place(row, zone_of) for row in rows},
        served=Served(_spans(ids, known)),
        providers={pk: (code, name) for pk, code, name in _named(Provider)},
        areas={pk: (code, name) for pk, code, name in _named(ManagingArea)},
        zones=zones,
        streets=frozenset(_at(AreaLevel.SUBDISTRICT)),
    )


def _at(level: AreaLevel) -> QuerySet[Any, int]:
    return ManagingArea.objects.filter(level=level).values_list("pk", flat=True)


def _place(row: Mapping[str, Any], zones: Mapping[int, str]) -> Place:
    return Place(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        households=row["households"],
        area=row["area_id"],
        zone=zones.get(row["id"], ""),
    )


def _named(model: Any) -> Any:
    return model.objects.values_list("pk", "code", "name")


def _zones(compounds: Sequence[int]) -> tuple[dict[int, str], dict[str, str]]:
    """Return the zone of each compound in the newest plan that holds it, and the zones' names."""
    sites = PlanSite.objects.filter(zone__isnull=False).exclude(plan__status=PlanStatus.ABORTED)
    told = [
        *sites.filter(compound__in=compounds).values_list("plan_id", "compound_id", "zone__number"),
        *sites.filter(management_area__members__compound__in=compounds).values_list(
            "plan_id", "management_area__members__compound_id", "zone__number"
        ),
    ]
    of_compound, names = {}, {}
    for plan, compound, number in sorted(told):
        key = f"{plan}/{number}"
        of_compound[compound] = key
        names[key] = str(number)
    return of_compound, names


def _spans(compounds: Sequence[int], known: datetime) -> dict[int, list[Span]]:
    """Return who served each compound and when, as known at a moment."""
    wanted = set(compounds)
    members: dict[int, list[int]] = {}
    for held, compound in (
        Member.objects.known_at(known)
        .filter(compound__in=compounds)
        .values_list("management_area_id", "compound_id")
    ):
        members.setdefault(held, []).append(compound or 0)
    items = ContractItem.objects.known_at(known).filter(
        Q(compound__in=compounds) | Q(management_area__in=members)
    )
    spans: dict[int, list[Span]] = {}
    for own, held, provider, first, last, begun in items.values_list(
        "compound_id",
        "management_area_id",
        "contract__provider_id",
        "valid_from",
        "valid_to",
        "in_service_from",
    ):
        covered = members.get(held, [own])
        span = Span(provider=provider, first=begun or first, last=last, is_own=held not in members)
        for compound in wanted.intersection(covered):
            spans.setdefault(compound, []).append(span)
    return spans


def read_events(places: Places) -> list[Told]:
    """Return the events in the area, as known at the moment, by day."""
    facts = _known(Event, places, has_area=True).order_by("valid_from", "pk")
    columns = ("valid_from", "kind", "category", "result", "compound_id", "document")
    return [
        Told(
            day=day, kind=kind, category=category, result=result, compound=compound, document=paper
        )
        for day, kind, category, result, compound, paper in facts.values_list(*columns)
    ]


def streets_with_events(places: Places, *, first: date, last: date) -> frozenset[int | None]:
    """Return the subdistricts of which any event of a period is on record, wherever they lie."""
    facts = Event.objects.known_at(places.known).filter(valid_from__range=(first, last))
    areas = facts.order_by().values_list("compound__area_id", "area_id").distinct()
    return frozenset(places.street_of(held or area) for held, area in areas)


def read_checks(places: Places) -> list[Check]:
    """Return what was found of five-good items."""
    facts = _known(CheckFact, places).order_by("pk")
    columns = ("compound_id", "item", "is_met", "valid_from", "document")
    return [
        Check(compound=compound, item=item, is_met=is_met, day=day, document=paper)
        for compound, item, is_met, day, paper in facts.values_list(*columns)
    ]


def read_fees(places: Places) -> list[Fees]:
    """Return fees due and received; who collected is who is named, else who served at the end."""
    facts = _known(FeeCollection, places).order_by("pk")
    columns = (
        *("compound_id", "provider_id", "valid_from", "valid_to", "due_yuan", "received_yuan"),
    )
    return [
        Fees(
            compound=compound,
            provider=provider or places.provider_of(compound, last),
            first=first,
            last=last,
            due_yuan=due,
            received_yuan=received,
        )
        for compound, provider, first, last, due, received in facts.values_list(*columns)
    ]


def read_conditions(places: Places) -> dict[int, dict[str, Recorded]]:
    """Return the recorded conditions of each compound on the day."""
    facts = ConditionFact.objects.as_of(valid=places.day, known=places.known).filter(
        compound__in=places.compounds
    )
    found: dict[int, dict[str, Recorded]] = {}
    for compound, key, is_met, since, source in facts.order_by("pk").values_list(
        "compound_id", "key", "is_met", "valid_from", "source"
    ):
        recorded = Recorded(is_met=is_met, since=since, source=source)
        found.setdefault(compound, {})[key] = recorded
    return found


def facts_of(
    model: type[Fact], places: Places, *, has_area: bool = True, with_above: bool = False
) -> Any:
    """Return the facts of a kind about the area, as known at the moment.

    `with_above` takes in what is said of the areas that it lies in.
    """
    facts = _known(model, places, has_area=has_area)
    if with_above:
        above = sorted(places.tree.touching() or ())
        facts |= model.objects.known_at(places.known).filter(Q(compound=None, area__in=above))
    return facts


def _known(model: type[Fact], places: Places, *, has_area: bool = False) -> Any:
    here = Q(compound__in=places.compounds)
    if has_area:
        here |= Q(compound=None, area__in=_list(places.inside))
    return model.objects.known_at(places.known).filter(here)


def _list(rows: Collection[int]) -> list[int]:
    return sorted(rows)
