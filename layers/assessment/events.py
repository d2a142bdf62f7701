"""Complaints and inspections counted: per compound, zone, provider or area, over a period.

What turned out to be unfounded (不属实) is kept and told, and not counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geo.errors import gettext_noop
from geo.words import EventKind, EventResult

DEFINITION = gettext_noop(
    "期间内发生的投诉和巡查问题，按发生日期计；“不属实”的不计；每千户按台账户数计，户数不详的另列。"
)

_THOUSAND = 1000


@dataclass(frozen=True, kw_only=True)
class Told:
    """One event, as it is counted."""

    day: date
    kind: str
    category: str
    result: str
    compound: int | None
    """What the database calls its compound; None = it lies in none."""
    document: str = ""

    @property
    def counts(self) -> bool:
        """Tell whether it is counted."""
        return self.result != EventResult.UNFOUNDED


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a thing is that events are counted for."""

    compounds: int = 0
    households: float = 0.0
    """Of the compounds whose households are known."""
    unknown: int = 0
    """Compounds whose households are not."""


@dataclass(frozen=True, kw_only=True)
class Count:
    """The events of one thing."""

    key: str
    complaints: int
    inspections: int
    unfounded: int
    """Not counted above."""
    open: int
    """Counted, and still being dealt with."""
    by_category: Mapping[str, int]
    size: Size
    events_placed: int
    """Counted events of compounds whose households are known."""

    @property
    def total(self) -> int:
        """Return how many events count."""
        return self.complaints + self.inspections

    @property
    def per_thousand(self) -> float | None:
        """Return counted events per 1,000 households; None where households are unknown.

        Events of compounds of unknown size are left out above as below.
        """
        if not self.size.households:
            return None
        return _THOUSAND * self.events_placed / self.size.households


def in_period(events: Iterable[Told], *, first: date, last: date) -> list[Told]:
    """Return the events of a period, both days included."""
    return [event for event in events if first <= event.day <= last]


def count_events(
    events: Sequence[Told],
    *,
    key_of: Callable[[Told], str],
    sizes: Mapping[str, Size],
    is_sized: Callable[[Told], bool],
) -> list[Count]:
    """Return the count of every thing that has events or a size, the most events first.

    Parameters
    ----------
    events
        Those of the period.
    key_of
        What an event is counted for; "" = nothing.
    sizes
        By the same key.
    is_sized
        Whether the households of an event's compound are known.

    """
    by_key: dict[str, list[Told]] = {key: [] for key in sizes}
    for event in events:
        by_key.setdefault(key_of(event), []).append(event)
    counts = [_count(key, those, sizes.get(key, Size()), is_sized) for key, those in by_key.items()]
    return sorted(counts, key=lambda count: (-count.total, count.key))


def _count(key: str, events: Sequence[Told], size: Size, is_sized: Callable[[Told], bool]) -> Count:
    counted = [event for event in events if event.counts]
    kinds = Counter(event.kind for event in counted)
    return Count(
        key=key,
        complaints=kinds[EventKind.COMPLAINT],
        inspections=kinds[EventKind.INSPECTION],
        unfounded=len(events) - len(counted),
        open=sum(event.result == EventResult.OPEN for event in counted),
        by_category=dict(Counter(event.category for event in counted)),
        size=size,
        events_placed=sum(is_sized(event) for event in counted),
    )
