"""A reader's result into the database: whole or not at all, with every fault at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from psycopg.errors import DiskFull

from geo.errors import Fault, InputError, gettext_noop
from geo.loading.aside import tell_aside
from geo.loading.assessment import ASSESSED, load_assessed
from geo.loading.bases import load_bases
from geo.loading.changing import missing_from, told_again
from geo.loading.deciding import load_decisions, load_management_areas
from geo.loading.ground import (
    load_areas,
    load_barriers,
    load_buildings,
    load_compounds,
    load_crossings,
)
from geo.loading.job import Job, Row, rows_of
from geo.loading.leaving import left_aside, without_faulty
from geo.loading.providers import load_bans, load_providers, load_roles
from geo.loading.serving import load_contracts
from geo.models import ImportBatch, ImportedCodes
from geo.models.storage import NAME_LENGTH
from geo.readers import Kind, Reading
from geo.readers.sandbox import DISK_FULL
from geo.words import Secrecy

REFUSED = gettext_noop("数据库拒绝入库，约束“{constraint}”不满足；该文件未入库任何内容。")
ASK_AGAIN = gettext_noop("如有他人同时导入，请稍后重试；否则请核对该文件。")

LOADERS: Mapping[Kind, Callable[[Sequence[Row], Sequence[Any], Job], None]] = {
    Kind.AREA: load_areas,
    Kind.PROVIDER: load_providers,
    Kind.COMPOUND: load_compounds,
    Kind.BUILDING: load_buildings,
    Kind.MANAGEMENT_AREA: load_management_areas,
    Kind.BARRIER: load_barriers,
    Kind.CROSSING: load_crossings,
    Kind.CONTRACT: load_contracts,
    Kind.DECISION: load_decisions,
    Kind.BASE: load_bases,
    Kind.BAN: load_bans,
    Kind.ROLE: load_roles,
    **{kind: load_assessed(kind) for kind in ASSESSED},
}
"""In the order in which kinds refer to one another: what is referred to comes first."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What became of a file."""

    batch: ImportBatch
    counts: Mapping[str, int]
    """created, updated, unchanged: things or dated facts; facts: what rows say beside."""
    notices: tuple[Fault, ...]
    """What the reader and the loader understood or changed on the way."""
    faults: tuple[Fault, ...] = ()
    """What is wrong with the rows that were left aside, where that was asked for."""


def in_order(readings: Iterable[Reading]) -> list[Reading]:
    """Return readings so that none refers to a later one; files of one kind keep their order."""
    order = list(LOADERS)
    return sorted(readings, key=lambda reading: order.index(reading.kind))


def load_reading(  # noqa: PLR0913 (each is one thing that a person says about an import)
    reading: Reading,
    *,
    update: bool = False,
    is_sample: bool = False,
    secrecy: Secrecy = Secrecy.INTERNAL,
    skip_faulty: bool = False,
    by: Any = None,
    now: datetime | None = None,
) -> Loaded:
    """Store the content of one file in one transaction.

    Parameters
    ----------
    reading
        What a reader made of the file.
    update
        Whether known things are brought up to date, instead of refused.
    is_sample
        Whether the file is sample data (示例数据).
    secrecy
        Who may see what it brings, as the person says who imports it.
    skip_faulty
        Whether rows that cannot be stored are left aside and told, instead of refusing the file.
    by
        The user who imports.
    now
        The moment of the import; None = the clock's.

    Raises
    ------
    InputError
        With every fault; then nothing is stored.

    """
    said = {"is_sample": is_sample, "secrecy": secrecy, "takes_good_rows": skip_faulty}
    said |= {"imported_at": now or timezone.now(), "imported_by": by}
    while True:
        try:
            with transaction.atomic():
                return _load(reading, _batch(reading, said), update=update)
        except IntegrityError as error:
            raise InputError(_refusal(error)) from error
        except OperationalError as error:
            if isinstance(error.__cause__, DiskFull):
                raise InputError(DISK_FULL) from error
            raise
        except InputError as error:
            if not skip_faulty:
                raise
            # each time with fewer rows: what rests on a row that is left aside is left aside too
            reading = without_faulty(reading, error)


def _load(reading: Reading, batch: ImportBatch, *, update: bool) -> Loaded:
    job = Job(batch=batch, update=update, now=batch.imported_at)
    rows = rows_of(reading.frame.drop(columns="geometry", errors="ignore"))
    shapes = _shapes(reading)
    tell_aside(reading.kind, rows, shapes, reading.source.datum, job)
    LOADERS[reading.kind](rows, shapes, job)
    again = told_again(batch)
    if job.faults:
        faults = sorted(job.faults, key=lambda fault: fault.row or 0)
        raise InputError(*([again] if again and not update else []), *faults)
    notices = (*([again] if again else []), *reading.notices, *job.notices)
    batch.counts = dict(job.counts)
    batch.changes = {"added": job.added, "changed": job.changed} | missing_from(batch, job.codes)
    batch.notices = [notice.sentence() for notice in notices]
    batch.save(update_fields=["counts", "changes", "notices"])
    if job.codes:
        ImportedCodes.objects.create(batch=batch, codes=job.codes)
    return Loaded(
        batch=batch, counts=dict(job.counts), notices=notices, faults=tuple(reading.faults)
    )


def _batch(reading: Reading, said: Mapping[str, Any]) -> ImportBatch:
    source = reading.source
    return ImportBatch.objects.create(
        kind=str(reading.kind),
        file_name=source.name[:NAME_LENGTH],
        sha256=source.sha256,
        format=str(source.format),
        encoding=source.encoding,
        srid=source.srid,
        datum=str(source.datum or ""),
        layer=source.layer[:NAME_LENGTH],
        rows=source.rows,
        skipped=[fault.sentence() for fault in reading.faults],
        left_aside=len(left_aside(reading.faults)),
        **said,
    )


def _shapes(reading: Reading) -> list[Any]:
    if isinstance(reading.frame, geopandas.GeoDataFrame):
        return list(reading.frame.geometry)
    return [None] * len(reading.frame)


def _refusal(error: IntegrityError) -> Fault:
    """Say which promise of the database a file breaks that no check had foreseen."""
    diagnosis = getattr(error.__cause__, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None) or str(error)
    return Fault(REFUSED, {"constraint": constraint}, ASK_AGAIN)
