"""What a file adds and changes, told thing by thing before and after it is accepted."""

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from django.contrib.gis.db import models

from geo.errors import Fault, gettext_noop
from geo.loading.job import Job
from geo.models import (
    Barrier,
    Building,
    Compound,
    Crossing,
    ImportBatch,
    ManagementArea,
    ManagingArea,
    Provider,
    Registered,
)
from geo.readers import Kind

SHOWN = 500
"""Things of each sort that are kept by name; how many there are is always kept."""
EARLIER = 5
"""Imports that a file is compared with, the newest first."""
SAME_FILE = gettext_noop("同一文件已于 {when} 由{who}导入过，未撤销。")
IMPORT_ANEW = gettext_noop("如只是重复上传，不必再导入。")
OUTLINE = gettext_noop("图形，{points} 个折点")
SOMEBODY = gettext_noop("命令行")
REGISTERS: Mapping[Kind, type[Registered]] = {
    Kind.AREA: ManagingArea,
    Kind.COMPOUND: Compound,
    Kind.BUILDING: Building,
    Kind.MANAGEMENT_AREA: ManagementArea,
    Kind.BARRIER: Barrier,
    Kind.CROSSING: Crossing,
    Kind.PROVIDER: Provider,
}


def note_changes(
    model: type[Registered],
    fresh: Sequence[Mapping[str, Any]],
    changed: Sequence[Mapping[str, Any]],
    known: Mapping[str, Mapping[str, Any]],
    *,
    job: Job,
) -> None:
    """Note which things come and which change, in what."""
    job.codes += [*(row["code"] for row in fresh), *known]
    labels = _labels(model)
    job.added += [_named(row) for row in fresh[: SHOWN - len(job.added)]]
    job.changed += [
        _named(row) | {"columns": _differences(known[row["code"]], row, labels)}
        for row in changed[: SHOWN - len(job.changed)]
    ]


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": row["code"], "name": row.get("name") or ""}


def _labels(model: type[models.Model]) -> dict[str, str]:
    fields = model._meta.concrete_fields  # noqa: SLF001 (the public way to a model's fields)
    return {field.attname: str(field.verbose_name) for field in fields}


def _differences(
    known: Mapping[str, Any], row: Mapping[str, Any], labels: Mapping[str, str]
) -> list[list[str]]:
    """Return what changes: column, value before, value after."""
    return [
        [labels[name], _said(known[name]), _said(value)]
        for name, value in row.items()
        if name in labels and name in known and not _same(known[name], value)
    ]


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other or not (one or other)
    return bool(one == other)


def _said(value: Any) -> str:
    if isinstance(value, shapely.Geometry):
        return OUTLINE.format(points=shapely.get_num_coordinates(value))
    return "" if value is None else str(value)


def missing_from(batch: ImportBatch, codes: Sequence[str]) -> dict[str, Any]:
    """Return what an earlier file told of and this one does not.

    Compared is the newest import of the kind that stands and of whose things this file holds at
    least half: a file of another district says nothing about this one's.
    """
    kind, told = Kind(batch.kind), set(codes)
    if kind not in REGISTERS or not told:
        return {}
    earlier = ImportBatch.objects.filter(kind=batch.kind, undone_at=None, codes__len__gt=0)
    for one in earlier.exclude(pk=batch.pk).only("codes")[:EARLIER]:
        if 2 * len(told & set(one.codes)) >= len(one.codes):
            lacking = REGISTERS[kind].objects.filter(
                code__in=sorted(set(one.codes) - told), valid_to=None
            )
            found = [{"code": c, "name": n} for c, n in lacking.values_list("code", "name")]
            return {"earlier": one.pk, "missing": found[:SHOWN], "missing_count": len(found)}
    return {}


def told_again(batch: ImportBatch) -> Fault | None:
    """Return what to tell of a file that was imported before and still stands."""
    before = ImportBatch.objects.filter(sha256=batch.sha256, kind=batch.kind, undone_at=None)
    first = before.exclude(pk=batch.pk).select_related("imported_by").first()
    if first is None:
        return None
    told = {"when": f"{first.imported_at:%Y-%m-%d}", "who": str(first.imported_by or SOMEBODY)}
    return Fault(SAME_FILE, told, IMPORT_ANEW)
