"""An import taken back: a step of its own, dated and on record, that deletes nothing.

What the file brought is there no more, on no day; what it changed says again what it said before;
facts that it ended hold again. As known on a day between, everything stays as it was then:
revisions keep what the rows said, and facts keep the moments between which they were believed.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.gis.db import models
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from geo.crs import STORAGE_SRID
from geo.errors import Fault, InputError, gettext_noop
from geo.loading.copying import copy_rows
from geo.loading.recorded import UPDATED_BY_IMPORT, content
from geo.loading.registered import CHUNK, shape_columns
from geo.loading.resting import resting_on
from geo.models import Fact, ImportBatch, Registered, Revision
from geo.models.registered import NEVER

NO_REASON = gettext_noop("撤销导入须写明理由。")
UNDONE_ALREADY = gettext_noop("“{file}”的导入已于 {when} 撤销。")
CHANGED_SINCE = gettext_noop("其中 {count} 个{kind}此后又改过：{names}。")
FACTS_CHANGED_SINCE = gettext_noop("其中 {count} 条{kind}此后又改过。")
UNDO_LATER_FIRST = gettext_noop("请先撤销后来的导入，或在台账中逐条更正。")
IN_THE_WAY = gettext_noop("数据库拒绝撤销，约束“{constraint}”不满足；没有撤销任何内容。")
UNDONE = gettext_noop("撤销导入“{file}”：{because}")
NAMED = 3
KEPT_AS_IT_IS = frozenset({"id", "code", "recorded_at", "changed_at"})


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What was taken back."""

    batch: ImportBatch
    removed: int
    """Things that the file had brought."""
    restored: int
    """Things that it had changed."""
    facts: int
    """Facts that it had recorded."""


def undo_import(
    batch: ImportBatch, *, because: str, by: Any = None, now: datetime | None = None
) -> Undone:
    """Take back what an import brought, in one transaction.

    Parameters
    ----------
    batch
        The import.
    because
        Why; kept with it.
    by
        The user who takes it back.
    now
        The moment; None = the clock's.

    Raises
    ------
    InputError
        Where it was taken back already, or where later imports, edits or plans rest on its rows:
        which and how many. Then nothing is changed.

    """
    if not because.strip():
        raise InputError(NO_REASON)
    try:
        with transaction.atomic():
            return _undo(batch.pk, because=because.strip(), by=by, now=now or timezone.now())
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        constraint = getattr(diagnosis, "constraint_name", None) or str(error)
        raise InputError(Fault(IN_THE_WAY, {"constraint": constraint})) from error


def _undo(pk: int, *, because: str, by: Any, now: datetime) -> Undone:
    batch = ImportBatch.objects.select_for_update().get(pk=pk)
    if batch.undone_at is not None:
        told = {"file": batch.file_name, "when": f"{batch.undone_at:%Y-%m-%d}"}
        raise InputError(Fault(UNDONE_ALREADY, told))
    brought = {model: _brought(model, batch) for model in _kinds_of(Registered)}
    if faults := [*_changed_since(batch), *resting_on(brought, batch)]:
        raise InputError(*faults)
    batch.undone_at, batch.undone_by, batch.undone_because = now, by, because
    counts: Counter[str] = Counter()
    for model in _kinds_of(Fact):
        counts["facts"] += _take_back_facts(model, batch, now=now)
    for model, ids in brought.items():
        counts["restored"] += _restore(model, batch)
        gone = {"valid_from": None, "valid_to": NEVER, "changed_at": now}
        for start in range(0, len(ids), CHUNK):
            model.objects.filter(pk__in=ids[start : start + CHUNK]).update(**gone)
        counts["removed"] += len(ids)
    batch.save(update_fields=["undone_at", "undone_by", "undone_because"])
    return Undone(
        batch=batch,
        removed=counts["removed"],
        restored=counts["restored"],
        facts=counts["facts"],
    )


def _kinds_of(kind: type[Any]) -> list[type[Any]]:
    return [model for model in apps.get_app_config("geo").get_models() if issubclass(model, kind)]


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table  # noqa: SLF001 (the public way to a model's table)


def _brought(model: type[Registered], batch: ImportBatch) -> list[int]:
    """Return the rows that the import created, and that still say what it said."""
    mine = model.objects.filter(batch=batch, recorded_at=batch.imported_at)
    return sorted(mine.values_list("pk", flat=True))


def _changed_since(batch: ImportBatch) -> Iterator[Fault]:
    """Yield what later imports and edits made of the things and facts of an import."""
    undone = _undone_moments()
    for model in _kinds_of(Registered):
        # A later import that was itself undone gave the row back, with this import's number.
        later = Revision.objects.filter(table=_table(model), before__batch_id=batch.pk)
        found = sorted(set(later.exclude(superseded_at__in=undone).values_list("code", flat=True)))
        if found:
            told = {"count": len(found), "kind": str(model._meta.verbose_name)}  # noqa: SLF001 (the public way to a model's name)
            told |= {"names": "、".join(found[:NAMED])}
            yield Fault(CHANGED_SINCE, told, UNDO_LATER_FIRST)
    for model in _kinds_of(Fact):
        later = model.objects.filter(batch=batch, superseded_at__gt=batch.imported_at)
        if count := later.exclude(superseded_at__in=undone).count():
            told = {"count": count, "kind": str(model._meta.verbose_name)}  # noqa: SLF001 (the public way to a model's name)
            yield Fault(FACTS_CHANGED_SINCE, told, UNDO_LATER_FIRST)


def _undone_moments() -> set[datetime]:
    """Return when imports were made that do not stand any more."""
    undone = ImportBatch.objects.filter(undone_at__isnull=False)
    return set(undone.values_list("imported_at", flat=True))


def _take_back_facts(model: type[Fact], batch: ImportBatch, *, now: datetime) -> int:
    """End the belief in what the import recorded, and record anew what it had ended."""
    because = UNDONE.format(file=batch.file_name, because=batch.undone_because)
    mine = model.objects.filter(batch=batch)
    count = mine.supersede(because=because, now=now)
    ended = model.objects.filter(
        superseded_at=batch.imported_at,
        superseded_because=UPDATED_BY_IMPORT.format(file=batch.file_name),
    ).exclude(batch=batch)
    told = {"recorded_at": now, "late_reason": because}
    copy_rows(model, [content(fact) | told for fact in ended])
    return count


def _restore(model: type[Registered], batch: ImportBatch) -> int:
    """Let the rows that the import changed say again what they said before."""
    fields = model._meta.concrete_fields  # noqa: SLF001 (the public way to a model's fields)
    shapes = sorted(shape_columns(model))
    columns = [f.column for f in fields if f.column not in KEPT_AS_IT_IS]
    values = ", ".join(
        f"{name} = ST_SetSRID(decode(r.before->>'{name}', 'hex')::geometry, {STORAGE_SRID})"
        if name in shapes
        else f"{name} = b.{name}"
        for name in columns
    )
    table = _table(model)
    statement = f"""
        UPDATE {table} AS it SET {values}, changed_at = %(now)s
        FROM geo_revision r,
             LATERAL jsonb_populate_record(NULL::{table}, r.before - %(shapes)s::text[]) b
        WHERE r."table" = '{table}' AND r.superseded_at = %(then)s
          AND r.object_id = it.id AND it.batch_id = %(batch)s
    """  # noqa: S608 (names of our own tables and columns)
    told = {"now": batch.undone_at, "then": batch.imported_at, "batch": batch.pk, "shapes": shapes}
    with connection.cursor() as cursor:
        cursor.execute(statement, told)
        return int(cursor.rowcount)
