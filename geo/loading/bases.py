"""Frozen base lists: stored once; put right as facts, never rewritten."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from geo.errors import gettext_noop
from geo.loading.ground import check_words
from geo.loading.job import Job, Row
from geo.loading.recorded import create, supersede
from geo.loading.references import Things
from geo.loading.registered import SAY_UPDATE, check_lengths
from geo.models import BaseList, BaseRow
from geo.models.storage import NAME_LENGTH
from geo.words import BaseUnit

NO_FREEZE_DATE = gettext_noop("底数“{name}”没有冻结日期。")
TWO_VERSIONS = gettext_noop("底数“{name}”的单位、文号或冻结日期前后不一致（见第 {row} 行）。")
LIST_FROZEN = gettext_noop("底数“{name}”已冻结在库。")
LIST_DIFFERS = gettext_noop("底数“{name}”在库中的单位、文号或冻结日期不同；冻结的底数不能改动。")
RENAME_LIST = gettext_noop("如为新的底数，请另取名称。")
ROW_TWICE = gettext_noop("“{code}”与第 {row} 行重复。")


def load_bases(rows: Sequence[Row], _shapes: Sequence[Any], job: Job) -> None:
    """Store base lists. A frozen one is refused; with update its rows are put right, as facts."""
    check_words(rows, "unit", BaseUnit, job)
    check_lengths(rows, {"list": NAME_LENGTH, "document": NAME_LENGTH}, job)
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["list"]].append(row)
    things = {str(unit): Things((str(unit),)) for unit in BaseUnit}
    for name, of_list in groups.items():
        _check_list(name, of_list, job)
        if of_list[0]["unit"] in things:
            _load_list(name, of_list, things[of_list[0]["unit"]], job)


def _check_list(name: str, rows: Sequence[Row], job: Job) -> None:
    first = rows[0]
    if first["frozen_on"] is None:
        job.reject(first, NO_FREEZE_DATE, {"name": name})
    for row in rows[1:]:
        if _version(row) != _version(first):
            job.reject(row, TWO_VERSIONS, {"name": name, "row": first["row"]})
            return


def _version(row: Row) -> tuple[Any, ...]:
    return row["unit"], row["document"], row["frozen_on"]


def _load_list(name: str, rows: Sequence[Row], things: Things, job: Job) -> None:
    first = rows[0]
    known = BaseList.objects.filter(name=name).first()
    if known and not job.update and known.rows.current().exists():
        job.reject(first, LIST_FROZEN, {"name": name}, SAY_UPDATE)
    elif known and (known.unit, known.document, known.frozen_on) != _version(first):
        job.reject(first, LIST_DIFFERS, {"name": name}, RENAME_LIST)
    found = things.resolve(job, rows, "code")
    wanted: dict[int, int] = {}
    for row, thing in zip(rows, found, strict=True):
        if thing and thing[1] in wanted:
            job.reject(row, ROW_TWICE, {"code": row["code"], "row": wanted[thing[1]]})
        elif thing:
            wanted[thing[1]] = row["row"]
    if job.faults:
        return
    base = known or BaseList.objects.create(
        name=name,
        unit=first["unit"],
        document=first["document"],
        frozen_on=first["frozen_on"],
        recorded_at=job.now,
        batch=job.batch,
    )
    _put_right(base, set(wanted), job)


def _put_right(base: BaseList, wanted: set[int], job: Job) -> None:
    column = f"{base.unit}_id"
    held = {getattr(fact, column): fact for fact in base.rows.current()}
    gone = [fact for thing, fact in held.items() if thing not in wanted]
    supersede(BaseRow, gone, job=job)
    new = sorted(wanted - set(held))
    create(BaseRow, [{"base_list_id": base.pk, column: thing} for thing in new], job=job)
    job.counts["created"] += len(new)
    job.counts["updated"] += len(gone)
    job.counts["unchanged"] += len(wanted) - len(new)
