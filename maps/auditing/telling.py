"""Entries in words: who, when, what was done to which thing, every value before and after."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db.models import ForeignKey
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from pghistory.models import Context

from geo.models import ImportBatch
from maps.auditing.entries import Mark
from maps.auditing.sources import SOURCES, Source
from maps.models import Export, User

UNKNOWN = "—"
DONE = {
    "insert": gettext_lazy("录入"),
    "update": gettext_lazy("更改"),
    "delete": gettext_lazy("删除"),
    "import": gettext_lazy("导入"),
    "export": gettext_lazy("导出"),
    "confirmation": gettext_lazy("确认"),
}
MENDED, WITHDRAWN = gettext_lazy("更正"), gettext_lazy("撤回")
NEVER_TOLD = frozenset(
    {"id", "changed_at", "recorded_at", "superseded_at", "superseded_because", "source", "code"}
    | {"batch", "recorded_by", "late_reason", "only_named"}
)
"""Columns that keep the books; what they say stands in the entry itself."""
SUBJECTS = ("compound_id", "management_area_id", "building_id", "courtyard_id", "provider_id")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One value that changed."""

    heading: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One act of one person."""

    at: datetime
    person: str
    done: str
    kind: str
    thing: str
    differences: tuple[Difference, ...] = ()
    note: str = ""
    reason: str = ""
    request: str = ""
    address: str = ""
    url: str = ""


def entries_of(marks: Sequence[Mark]) -> list[Entry]:
    """Return entries in words; a fixed number of queries for each table that occurs."""
    people = {user.pk: user for user in User.objects.filter(pk__in={m.person for m in marks})}
    contexts = Context.objects.in_bulk({mark.context for mark in marks if mark.context})
    by_text = {str(pk): context.metadata for pk, context in contexts.items()}
    told: dict[tuple[str, int], Entry] = {}
    for key in {mark.source for mark in marks}:
        mine = [mark for mark in marks if mark.source == key]
        told |= _entries_of_source(SOURCES[key], mine, people, by_text)
    return [told[mark.source, mark.row] for mark in marks]


def _entries_of_source(
    source: Source,
    marks: Sequence[Mark],
    people: Mapping[int, User],
    contexts: Mapping[str, Mapping[str, Any]],
) -> dict[tuple[str, int], Entry]:
    pairs = _pairs(source, marks)
    words = _Words(source, [row for pair in pairs.values() for row in pair if row is not None])
    found = {}
    for mark in marks:
        before, after = pairs[mark.row]
        row = after or before
        context = contexts.get(str(mark.context), {})
        person = people.get(mark.person) if mark.person else None
        found[source.key, mark.row] = Entry(
            at=mark.at,
            person=(person.get_full_name() or person.username) if person else "",
            done=_done(source, mark, before, after),
            kind=str(source.title),
            thing=words.name_of(row),
            differences=words.differences(before, after) if source.has_events else (),
            note=_note(row),
            reason=context.get("reason", "") or getattr(row, "late_reason", ""),
            request=context.get("request", ""),
            address=context.get("address", ""),
            url=context.get("url", ""),
        )
    return found


_Pair = tuple[Any, Any]


def _pairs(source: Source, marks: Sequence[Mark]) -> dict[int, _Pair]:
    """Return the row before and after each event; None where there was none."""
    if not source.has_events:
        rows = source.model.objects.in_bulk([mark.row for mark in marks])  # type: ignore[attr-defined]
        return {pk: (None, row) for pk, row in rows.items()}
    things = {mark.thing for mark in marks}
    current = source.model.objects.in_bulk(things)  # type: ignore[attr-defined]
    model = source.model.pgh_event_model  # type: ignore[attr-defined]
    later: dict[int, list[Any]] = defaultdict(list)
    first = min(mark.row for mark in marks)
    for event in model.objects.filter(pgh_obj_id__in=things, pgh_id__gte=first).order_by("pgh_id"):
        later[event.pgh_obj_id].append(event)
    if source.is_fact:
        return _pairs_of_facts(source, marks, later, current)
    pairs: dict[int, _Pair] = {}
    for events in later.values():
        for n, event in enumerate(events):
            following = events[n + 1] if n + 1 < len(events) else current.get(event.pgh_obj_id)
            pairs[event.pgh_id] = {
                "insert": (None, event),
                "update": (event, following),
                "delete": (event, None),
            }[event.pgh_label]
    return pairs


def _pairs_of_facts(
    source: Source,
    marks: Sequence[Mark],
    events: Mapping[int, Sequence[Any]],
    current: Mapping[int, Any],
) -> dict[int, _Pair]:
    """Return a fact with the one whose place it took; one withdrawn has nothing after it."""
    by_row = {event.pgh_id: event for some in events.values() for event in some}
    moments = {current[mark.thing].recorded_at for mark in marks if mark.label == "insert"}
    replaced = list(source.model.objects.filter(superseded_at__in=moments))  # type: ignore[attr-defined]
    pairs: dict[int, _Pair] = {}
    for mark in marks:
        fact = current[mark.thing]
        if mark.label == "insert":
            older = [each for each in replaced if _took_place(fact, each)]
            pairs[mark.row] = (older[0] if older else None, fact)
        else:
            pairs[mark.row] = (by_row[mark.row], None)
    return pairs


def _took_place(fact: Any, older: Any) -> bool:
    same = [name for name in (*SUBJECTS, "key") if hasattr(fact, name)]
    return older.superseded_at == fact.recorded_at and all(
        getattr(fact, name) == getattr(older, name) for name in same
    )


def _done(source: Source, mark: Mark, before: Any, after: Any) -> str:
    if source.is_fact and mark.label == "insert" and before is not None:
        return str(MENDED)
    if source.is_fact and after is None:
        return str(WITHDRAWN)
    return str(DONE[mark.label])


def _note(row: Any) -> str:
    """Return what an import or an export brought, in one line."""
    if isinstance(row, ImportBatch):
        return gettext("{rows} 行").format(rows=row.rows)
    if isinstance(row, Export):
        said = [row.format, gettext("密级：{secrecy}").format(secrecy=row.get_secrecy_display())]
        said += [row.details["filter"]] if row.details.get("filter") else []
        return "　".join([*said, gettext("校验值 {sha}").format(sha=row.sha256[:12])])
    return ""


class _Words:
    """The columns of a table in words; what they refer to is looked up once."""

    def __init__(self, source: Source, rows: Iterable[Any]) -> None:
        self.model = source.model
        fields = source.model._meta.concrete_fields  # noqa: SLF001 (the public way to a model's fields)
        self.fields = [field for field in fields if field.name not in NEVER_TOLD]
        self.rows = list(rows)
        self.referred: dict[str, Mapping[Any, Any]] = {}
        for field in self.fields:
            if isinstance(field, ForeignKey):
                ids = {getattr(row, field.attname, None) for row in self.rows} - {None}
                self.referred[field.name] = field.related_model.objects.in_bulk(ids)  # type: ignore[union-attr]

    def name_of(self, row: Any) -> str:
        """Return what the changed thing is called: by its own name, else by what it speaks of."""
        for name in ("code", "file_name", "username"):
            if told := getattr(row, name, ""):
                return str(getattr(row, "name", "") or told)
        for name in (*(subject.removesuffix("_id") for subject in SUBJECTS), "plan", "user"):
            referred = self.referred.get(name, {}).get(getattr(row, f"{name}_id", None))
            if referred is not None:
                return f"{referred} {getattr(row, 'number', '')}".strip()
        return str(row) if isinstance(row, self.model) else getattr(row, "name", "")

    def differences(self, before: Any, after: Any) -> tuple[Difference, ...]:
        """Return every value that changed; of what is new, every value that is known."""
        told = []
        for field in self.fields:
            name = field.attname
            if not (hasattr(before or after, name) and hasattr(after or before, name)):
                continue
            first, last = getattr(before, name, None), getattr(after, name, None)
            if first == last or (first in {None, ""} and last in {None, ""}):
                continue
            texts = self._both(field, first, last)
            heading = str(field.verbose_name)
            told.append(Difference(heading=heading, before=texts[0], after=texts[1]))
        return tuple(told)

    def _both(self, field: Any, first: Any, last: Any) -> tuple[str, str]:
        if isinstance(field, GeometryField):
            drawn = gettext("原图形"), gettext("新图形")
            return (drawn[0] if first else UNKNOWN, drawn[1] if last else UNKNOWN)
        return self._text(field, first), self._text(field, last)

    def _text(self, field: Any, value: Any) -> str:
        if value is None or value in ("", [], {}):
            return UNKNOWN
        if field.name in self.referred:
            return str(self.referred[field.name].get(value, value))
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return f"{value:,.12g}" if isinstance(value, float) else str(value)
