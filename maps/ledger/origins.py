"""Where the values of a page of rows come from: source, moment and person behind each cell.

A thing's row is walked from its oldest revision to now; a value comes from the version that first
said it. That version came from a file (its batch says which, and who imported it) or from a person
at the ledger, whom the audit names. A fact says all of this itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext

from geo.models import (
    Committee,
    ConditionFact,
    ContractItem,
    Fact,
    Grade,
    ImportBatch,
    Registered,
    Revision,
    ZoningWish,
)
from geo.recording.things import RENAMED, WISHES
from maps.asked import Asked
from maps.ledger.columns import Column
from maps.models import User

STORED = {"area": "area_id", "compound": "compound_id", "fee": "fee_low"} | RENAMED
"""Columns of the grid that bear another name in the table."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where one value comes from."""

    source: str
    at: datetime
    person: str = ""
    reason: str = ""
    """Why it was entered late or put right."""

    @property
    def text(self) -> str:
        """Return it in one line."""
        day = timezone.localtime(self.at).strftime("%Y-%m-%d %H:%M")
        parts = [gettext("来源：{source}").format(source=self.source or gettext("不详")), day]
        if self.person:
            parts.append(self.person)
        if self.reason:
            parts.append(gettext("理由：{reason}").format(reason=self.reason))
        return "　".join(parts)


@dataclass(frozen=True, kw_only=True)
class Version:
    """What a row said from a moment on."""

    values: Mapping[str, Any]
    origin: Origin


def versions_of(model: type[Registered], pks: Sequence[int]) -> dict[int, list[Version]]:
    """Return every version of each row, the oldest first. Five queries, whatever the rows."""
    table = model._meta.db_table  # noqa: SLF001 (the public way to a model's table)
    told: dict[int, list[dict[str, Any]]] = defaultdict(list)
    revisions = Revision.objects.filter(table=table, object_id__in=pks).order_by("superseded_at")
    for pk, before in revisions.values_list("object_id", "before"):
        told[pk].append(before)
    names = [field.attname for field in plain_fields(model)]
    for row in model.objects.filter(pk__in=pks).values(*names):
        told[row["id"]].append(row)
    batches = _batches(row["batch_id"] for rows in told.values() for row in rows)
    authors = _authors(model, pks)
    return {
        pk: [
            _version(row, rows[n - 1] if n else None, batches, authors)
            for n, row in enumerate(rows)
        ]
        for pk, rows in told.items()
    }


def plain_fields(model: type[models.Model]) -> list[Any]:
    """Return the columns of a table but for its shapes."""
    fields = model._meta.concrete_fields  # noqa: SLF001 (the public way to a model's fields)
    return [field for field in fields if not isinstance(field, GeometryField)]


def _version(
    row: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    batches: Mapping[int, tuple[str, str]],
    authors: Mapping[tuple[int, datetime | None], str],
) -> Version:
    at = _moment(row["changed_at"])
    if row["batch_id"] is not None:
        source, person = batches[row["batch_id"]]
    else:
        source = row["source"]
        since = _moment(before["changed_at"]) if before else None
        person = authors.get((row["id"], since), "")
    return Version(values=row, origin=Origin(source=source, at=at, person=person))


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _batches(ids: Iterable[int | None]) -> dict[int, tuple[str, str]]:
    """Return file name and importer of each batch."""
    found = ImportBatch.objects.filter(pk__in={one for one in ids if one is not None})
    return {
        batch.pk: (batch.file_name, name_of(batch.imported_by))
        for batch in found.select_related("imported_by")
    }


def _authors(model: type[Registered], pks: Sequence[int]) -> dict[tuple[int, datetime | None], str]:
    """Return who made a row's next version, by row and the moment of the version before."""
    events = model.pgh_event_model.objects.filter(pgh_obj_id__in=pks, pgh_context__isnull=False)  # type: ignore[attr-defined]
    told = list(
        events.values_list("pgh_obj_id", "pgh_label", "changed_at", "pgh_context__metadata__user")
    )
    people = people_called({user for *_, user in told if user})
    return {
        (pk, None if label == "insert" else at): people.get(user, "")
        for pk, label, at, user in told
    }


def people_called(ids: Iterable[Any]) -> dict[int, str]:
    """Return the names of people by row id."""
    return {user.pk: name_of(user) for user in User.objects.filter(pk__in=list(ids))}


def name_of(user: Any) -> str:
    """Return how a person is called; nobody is ""."""
    return (user.get_full_name() or user.username) if user is not None else ""


def origins_of_thing(versions: Sequence[Version], keys: Iterable[str]) -> dict[str, Origin]:
    """Return where each attribute of a row comes from."""
    found = {}
    for key in keys:
        name = STORED.get(key, key)
        first = versions[0]
        for before, version in pairwise(versions):
            if differ(before.values.get(name), version.values.get(name)):
                first = version
        found[key] = first.origin
    return found


def differ(one: Any, other: Any) -> bool:
    """Compare a value of a revision, where days are text and whole numbers bare, with a row's."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one != other
    return str(one) != str(other) if None not in {one, other} else one is not other


def origin_of_fact(fact: Fact) -> Origin:
    """Return where a fact comes from."""
    batch = fact.batch
    return Origin(
        source=fact.source or (batch.file_name if batch else ""),
        at=fact.recorded_at,
        person=name_of(fact.recorded_by or (batch.imported_by if batch else None)),
        reason=fact.late_reason,
    )


def facts_called(model: type[Fact], pks: Iterable[int | None]) -> dict[int, Fact]:
    """Return facts with what their origin needs."""
    found = model.objects.filter(pk__in={pk for pk in pks if pk is not None})
    return {fact.pk: fact for fact in found.select_related("recorded_by", "batch__imported_by")}


FACTS: Mapping[str, tuple[type[Fact], tuple[str, ...]]] = {
    "f_provider": (ContractItem, ("provider",)),
    "f_committee": (Committee, ("committee",)),
    "f_grade": (Grade, ("grade",)),
    "f_wish": (ZoningWish, WISHES),
}
"""Facts that a query names, each with the columns that it tells."""


def origins_of(
    model: type[models.Model],
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    asked: Asked,
) -> dict[tuple[int, str], Origin]:
    """Return where each cell of a page comes from, by row id and key."""
    pks = [row["pk"] for row in rows]
    if issubclass(model, Fact):
        facts = facts_called(model, pks)
        return {(pk, c.key): origin_of_fact(facts[pk]) for pk in pks for c in columns}
    assert issubclass(model, Registered)  # noqa: S101 (tells the type)
    attributes = [each.key for each in columns if not each.is_fact]
    found: dict[tuple[int, str], Origin] = {}
    for pk, versions in versions_of(model, pks).items():
        for key, origin in origins_of_thing(versions, attributes).items():
            found[(pk, key)] = origin
    for name, (kind, told) in FACTS.items():
        keys = [each.key for each in columns if each.key in told]
        if keys and any(name in row for row in rows):
            facts = facts_called(kind, [row[name] for row in rows])
            for row in rows:
                if fact := facts.get(row[name]):
                    found |= {(row["pk"], key): origin_of_fact(fact) for key in keys}
    return found | _origins_of_conditions(pks, columns, asked)


def _origins_of_conditions(
    pks: Sequence[int], columns: Sequence[Column], asked: Asked
) -> dict[tuple[int, str], Origin]:
    keys = [each.key for each in columns if each.is_fact and each.group == "conditions"]
    if not keys:
        return {}
    facts = ConditionFact.objects.as_of(valid=asked.valid, known=asked.known)
    told = facts.filter(compound_id__in=pks, key__in=keys)
    return {
        (fact.compound_id, fact.key): origin_of_fact(fact)
        for fact in told.select_related("recorded_by", "batch__imported_by")
    }
