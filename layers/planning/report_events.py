"""Report complaints and inspections: counted per compound, zone, provider or area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geo.errors import gettext_noop
from geo.words import Word
from layers.assessment.events import Count, Size, Told, count_events, in_period
from layers.planning.read_assessed import Place, Places, read_events

NO_COMPOUND = gettext_noop("未落入小区")
NO_ZONE = gettext_noop("未归入片区")
NO_PROVIDER = gettext_noop("当时无服务主体或不详")


class By(Word):
    """What events are counted for."""

    COMPOUND = "compound", gettext_noop("小区")
    ZONE = "zone", gettext_noop("片区")
    PROVIDER = "provider", gettext_noop("服务主体")
    AREA = "area", gettext_noop("辖区")


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """The events of one thing, with what it is called."""

    count: Count
    code: str
    """"" = it is nothing that has one."""
    name: str
    is_named: bool
    """Whether the name is a thing's own; else it is a sentence to be translated."""


@dataclass(frozen=True, kw_only=True)
class EventReport:
    """The events of an area over a period."""

    by: By
    first: date
    last: date
    rows: Sequence[EventRow]
    events: Sequence[Told]
    """Of the period."""
    whole: Count


def report_events(places: Places, *, by: By, first: date, last: date) -> EventReport:
    """Return the events of a period, counted, the most first."""
    events = in_period(read_events(places), first=first, last=last)
    keys = _Keys(places, by)
    counts = count_events(events, key_of=keys.of, sizes=_sizes(places, keys), is_sized=keys.sized)
    rows = [keys.named(count) for count in counts if count.total or count.unfounded or count.key]
    whole = count_events(
        events,
        key_of=lambda _event: "all",
        sizes={"all": _size(list(places.compounds.values()))},
        is_sized=keys.sized,
    )
    return EventReport(by=by, first=first, last=last, rows=rows, events=events, whole=whole[0])


class _Keys:
    """What each event and compound counts for."""

    def __init__(self, places: Places, by: By) -> None:
        self.places, self.by = places, by

    def of(self, event: Told) -> str:
        if event.compound is None:
            return ""
        if self.by is By.PROVIDER:
            return str(self.places.provider_of(event.compound, event.day) or "")
        return self.of_place(self.places.compounds[event.compound])

    def of_place(self, place: Place) -> str:
        if self.by is By.COMPOUND:
            return str(place.id)
        if self.by is By.ZONE:
            return place.zone
        if self.by is By.PROVIDER:
            return str(self.places.provider_of(place.id) or "")
        return str(self.places.below_of(place.area) or "")

    def sized(self, event: Told) -> bool:
        place = self.places.compounds.get(event.compound or 0)
        return place is not None and bool(place.households)

    def named(self, count: Count) -> EventRow:
        nothing = {By.ZONE: NO_ZONE, By.PROVIDER: NO_PROVIDER}.get(self.by, NO_COMPOUND)
        if not count.key:
            return EventRow(count=count, code="", name=nothing, is_named=False)
        code, name = self._thing(count.key)
        return EventRow(count=count, code=code, name=name, is_named=True)

    def _thing(self, key: str) -> tuple[str, str]:
        if self.by is By.ZONE:
            return key, self.places.zones[key]
        if self.by is By.COMPOUND:
            place = self.places.compounds[int(key)]
            return place.code, place.name or place.code
        known: Mapping[int, tuple[str, str]] = (
            self.places.providers if self.by is By.PROVIDER else self.places.areas
        )
        return known[int(key)]


def _sizes(places: Places, keys: _Keys) -> dict[str, Size]:
    held: dict[str, list[Place]] = {}
    for place in places.compounds.values():
        held.setdefault(keys.of_place(place), []).append(place)
    return {key: _size(those) for key, those in held.items()}


def _size(places: Sequence[Place]) -> Size:
    known = [place.households for place in places if place.households]
    return Size(
        compounds=len(places), households=float(sum(known)), unknown=len(places) - len(known)
    )
