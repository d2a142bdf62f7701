"""Entries of the audit, the newest first: one union over all tables of events, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import BigIntegerField, F, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from maps.auditing.sources import SOURCES, Inside, Source

PAGE_ROWS = 50


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What of the audit a person asks for."""

    person: int | None = None
    source: str = ""
    since: date | None = None
    until: date | None = None
    thing: str = ""
    page: int = 1

    def query(self, page: int = 1) -> str:
        """Return what an address needs to ask the same."""
        told = {
            "person": self.person,
            "kind": self.source,
            "from": self.since,
            "to": self.until,
            "thing": self.thing,
            "page": page if page > 1 else None,
        }
        return "?" + urlencode({name: value for name, value in told.items() if value})


@dataclass(frozen=True)
class Mark:
    """Which event an entry tells."""

    at: datetime
    source: str
    label: str
    row: int
    """Id of the event, or of the row that is its own record."""
    thing: int
    """Id of the row that was changed."""
    person: int | None
    context: Any
    """Id of the request, as the audit keeps it."""


def marks(wanted: Wanted, inside: Inside) -> QuerySet[Any, Any]:
    """Return the events that are asked for, the newest first, as tuples in the order of `Mark`."""
    chosen = [SOURCES[wanted.source]] if wanted.source else list(SOURCES.values())
    parts = [_marks_of(source, wanted, inside) for source in chosen]
    whole = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    newest_first: QuerySet[Any, Any] = whole.order_by("-m_at", "-m_row")
    return newest_first


def as_marks(rows: Sequence[Mapping[str, Any]]) -> list[Mark]:
    """Return rows of `marks` as marks."""
    return [Mark(**{name.removeprefix("m_"): value for name, value in row.items()}) for row in rows]


def _marks_of(source: Source, wanted: Wanted, inside: Inside) -> QuerySet[Any, Any]:
    rows = source.rows().filter(source.lies(inside), _in_period(source, wanted))
    if wanted.thing:
        rows = rows.filter(_about(source, wanted.thing))
    if source.has_events:
        user = KeyTextTransform("user", "pgh_context__metadata")
        told = {
            "label": F("pgh_label"),
            "row": F("pgh_id"),
            "thing": F("pgh_obj_id"),
            "person": Cast(user, BigIntegerField()),
            "context": Cast("pgh_context_id", TextField()),
        }
    else:
        told = {
            "label": Value(source.key, output_field=TextField()),
            "row": F("pk"),
            "thing": F("pk"),
            "person": F(source.author),
            "context": Value("", output_field=TextField()),
        }
    if wanted.person is not None:
        author = "pgh_context__metadata__user" if source.has_events else source.author
        rows = rows.filter(**{author: wanted.person})
    name = Value(source.key, output_field=TextField())
    whole = {"at": F(source.moment), "source": name, **told}
    marks: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(**{f"m_{key}": told for key, told in whole.items()})
        .values(*(f"m_{key}" for key in whole))
    )
    return marks


def _in_period(source: Source, wanted: Wanted) -> Q:
    condition = Q()
    if wanted.since:
        condition &= Q(**{f"{source.moment}__gte": _begin_of(wanted.since)})
    if wanted.until:
        condition &= Q(**{f"{source.moment}__lt": _begin_of(wanted.until + timedelta(days=1))})
    return condition


def _begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _about(source: Source, text: str) -> Q:
    condition = Q(pk__in=[])
    for name in source.named:
        condition |= Q(**{f"{name}__icontains": text})
    return condition
