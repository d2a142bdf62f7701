"""Facts into their tables: new ones recorded, changed ones superseded, none overwritten.

A file without dates tells how things are on the day of its import. Where it contradicts what was
recorded on an earlier day, things have changed: the old fact ends the day before, the new one
begins. Where it contradicts what was recorded on the same day, it puts a mistake right: the old
fact is superseded and the new one holds in its place.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django.utils import timezone

from geo.errors import gettext_noop
from geo.loading.copying import copy_rows
from geo.loading.job import Job, Row
from geo.loading.registered import CHUNK, SAY_UPDATE
from geo.models import Fact
from geo.models.facts import NEVER_COPIED

SAID_TWICE = gettext_noop("与第 {row} 行是同一{what}。")
SAID_ALREADY = gettext_noop("库中已有同一{what}。")
UPDATED_BY_IMPORT = gettext_noop("随文件“{file}”更新")

_Key = TypeVar("_Key", bound=Hashable)

Values = dict[str, Any]
"""Column values of a fact."""


def create(model: type[Fact], rows: Sequence[Values], *, job: Job) -> None:
    """Record new facts."""
    common = {"recorded_at": job.now, "batch_id": job.batch.pk, "source": job.batch.file_name}
    common |= {"recorded_by_id": job.batch.imported_by_id}
    copy_rows(model, [common | row for row in rows])


def supersede(model: type[Fact], facts: Iterable[Fact], *, job: Job) -> None:
    """End the belief in facts."""
    because = UPDATED_BY_IMPORT.format(file=job.batch.file_name)
    ids = [fact.pk for fact in facts]
    for start in range(0, len(ids), CHUNK):
        some = model.objects.filter(pk__in=ids[start : start + CHUNK])
        some.supersede(because=because, now=job.now)


def content(fact: Fact) -> Values:
    """Return the column values of a fact, without its history."""
    fields = fact._meta.concrete_fields  # noqa: SLF001 (the public way to a model's fields)
    return {f.attname: getattr(fact, f.attname) for f in fields if f.name not in NEVER_COPIED}


def replace(model: type[Fact], pairs: Sequence[tuple[Fact, Values]], *, job: Job) -> None:
    """Supersede facts, each by its own content with some values changed."""
    supersede(model, [old for old, _ in pairs], job=job)
    reason = UPDATED_BY_IMPORT.format(file=job.batch.file_name)
    mine = {"late_reason": reason, "batch_id": job.batch.pk, "source": job.batch.file_name}
    create(model, [content(old) | mine | values for old, values in pairs], job=job)


def conclude(model: type[Fact], facts: Iterable[Fact], *, on: date, job: Job) -> None:
    """Let facts hold no longer than the day `on`; what began later, or today, was never so."""
    ending = list(facts)
    never = [fact for fact in ending if _is_of_today(fact, job) or _begins_after(fact, on)]
    supersede(model, never, job=job)
    told = {fact.pk for fact in never}
    replace(model, [(f, {"valid_to": on}) for f in ending if f.pk not in told], job=job)


def _begins_after(fact: Fact, day: date) -> bool:
    return fact.valid_from is not None and fact.valid_from > day


def state(
    model: type[Fact],
    told: Mapping[_Key, Values],
    *,
    job: Job,
    key: Callable[[Any], _Key],
    among: Mapping[str, Any],
) -> None:
    """Record how things are today, one undated fact a key.

    Parameters
    ----------
    model
        Kind of fact.
    told
        Column values of each key.
    job
        The file's job.
    key
        What tells facts of this kind apart.
    among
        Filter that holds all facts of these keys.

    """
    if not told:
        return
    believed = list(model.objects.current().filter(**among))
    current = {key(fact): fact for fact in believed if _holds_today(fact, job)}
    # What held until some day before today leaves room for the new fact from today on only.
    earlier = {key(fact) for fact in believed} - set(current)
    new = [
        values | ({"valid_from": job.today} if one in earlier else {})
        for one, values in told.items()
        if one not in current
    ]
    changed = [
        (current[one], values)
        for one, values in told.items()
        if one in current and any(getattr(current[one], n) != v for n, v in values.items())
    ]
    mistakes = [pair for pair in changed if _is_of_today(pair[0], job)]
    events = [pair for pair in changed if not _is_of_today(pair[0], job)]
    job.counts["facts"] += len(new) + len(changed)
    replace(model, mistakes, job=job)
    conclude(model, [old for old, _ in events], on=job.yesterday, job=job)
    begun = [values | {"valid_from": job.today, "valid_to": old.valid_to} for old, values in events]
    create(model, [*new, *begun], job=job)


def _holds_today(fact: Fact, job: Job) -> bool:
    begins, ends = fact.valid_from or date.min, fact.valid_to or date.max
    return begins <= job.today <= ends


def _is_of_today(fact: Fact, job: Job) -> bool:
    return timezone.localdate(fact.recorded_at) >= job.today or (
        fact.valid_from is not None and fact.valid_from >= job.today
    )


def known_values(values: Values) -> Values:
    """Leave out what a row does not tell, so that it erases nothing."""
    return {name: value for name, value in values.items() if value is not None and value != ""}


def _reject_repeated(told: Sequence[tuple[Row, Hashable]], what: str, job: Job) -> None:
    first: dict[Hashable, int] = {}
    for row, one in told:
        if one in first:
            job.reject(row, SAID_TWICE, {"what": what, "row": first[one]})
        first.setdefault(one, row["row"])


def enter(
    model: type[Fact],
    told: Sequence[tuple[Row, _Key, Values]],
    *,
    job: Job,
    current: Mapping[_Key, Fact],
    what: str,
) -> None:
    """Record dated facts: known ones are refused, or superseded where they changed.

    Parameters
    ----------
    model
        Kind of fact.
    told
        File row, identity and column values of each fact.
    job
        The file's job.
    current
        The facts that are believed now, by identity.
    what
        What the facts are, in Chinese.

    """
    _reject_repeated([(row, one) for row, one, _ in told], what, job)
    known = [
        (row, current[one], known_values(values)) for row, one, values in told if one in current
    ]
    if known and not job.update:
        for row, _, _ in known:
            job.reject(row, SAID_ALREADY, {"what": what}, SAY_UPDATE)
    if job.faults:
        return
    new = [values for _, one, values in told if one not in current]
    changed = [
        (old, values)
        for _, old, values in known
        if any(getattr(old, name) != value for name, value in values.items())
    ]
    job.counts["created"] += len(new)
    job.counts["updated"] += len(changed)
    job.counts["unchanged"] += len(known) - len(changed)
    replace(model, changed, job=job)
    create(model, new, job=job)
