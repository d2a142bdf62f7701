"""Registered things into their tables: new ones created, known ones refused or updated.

An unknown value in a file never erases a known one in the database.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import GEOSGeometry
from django.contrib.postgres.fields import ArrayField
from numpy.typing import NDArray

from geo.crs import STORAGE_SRID
from geo.errors import Fault, gettext_noop
from geo.loading.changing import note_changes
from geo.loading.copying import copy_rows
from geo.loading.job import Job
from geo.models import Registered
from geo.models.registered import NEVER

CHUNK = 2_000
"""Rows a statement."""
KNOWN_ALREADY = gettext_noop("编码“{code}”已在库中（{name}）。")
TOO_LONG = gettext_noop("文字有 {length} 个字符，上限为 {limit} 个。")
SAY_UPDATE = gettext_noop("如要更新已有记录，请选择更新（--update）。")


@dataclass(frozen=True)
class Stored:
    """A thing as it stands in the database after loading."""

    pk: int
    is_new: bool
    row: int
    """Number of the row that it came from."""


def store(
    model: type[Registered],
    rows: Sequence[Mapping[str, Any]],
    *,
    job: Job,
    unfinished: Collection[str] = (),
) -> dict[str, Stored]:
    """Store rows of columns (and "row") by their codes, and return what became of each code.

    Geometries are shapely's. Nothing is written once the job has faults. Codes that are
    `unfinished` may be filled in even where known ones are refused.
    """
    check_lengths(rows, _lengths(model), job)
    on_record = _known(model, rows)
    gone = {code for code, row in on_record.items() if row["valid_to"] == NEVER}
    known = {code: row for code, row in on_record.items() if code not in gone}
    if not job.update:
        for row in rows:
            if row["code"] in known and row["code"] not in unfinished:
                told = {"code": row["code"], "name": known[row["code"]]["name"]}
                job.reject(row, KNOWN_ALREADY, told, SAY_UPDATE)
    if job.faults:
        return {}
    merged = {row["code"]: _over(known.get(row["code"]), row) for row in rows}
    fresh = [row for code, row in merged.items() if code not in known]
    again = [row | {"valid_to": None} for row in fresh if row["code"] in gone]
    never_seen = [row for row in fresh if row["code"] not in gone]
    changed = [row for code, row in merged.items() if code in known and row["is_changed"]]
    job.counts["created"] += len(fresh)
    job.counts["updated"] += len(changed)
    job.counts["unchanged"] += len(rows) - len(fresh) - len(changed)
    note_changes(model, fresh, changed, known, job=job)
    ids = _write(model, never_seen, changed, job=job) | _write(model, [], again, job=job)
    numbers = {row["code"]: row["row"] for row in rows}
    return {
        code: Stored(
            ids[code] if code in ids else known[code]["id"], code not in known, numbers[code]
        )
        for code in merged
    }


def check_lengths(rows: Sequence[Mapping[str, Any]], limits: Mapping[str, int], job: Job) -> None:
    """Refuse texts that are longer than their columns."""
    for row in rows:
        for name, limit in limits.items():
            text = row.get(name)
            if text and len(text) > limit:
                values = {"length": len(text), "limit": limit}
                job.faults.append(Fault(TOO_LONG, values, row=row["row"], column=name))


def _lengths(model: type[models.Model]) -> dict[str, int]:
    fields = model._meta.concrete_fields  # noqa: SLF001 (the public way to a model's fields)
    texts = [field for field in fields if isinstance(field, models.CharField)]
    return {field.attname: field.max_length for field in texts if field.max_length}


def _known(model: type[Registered], rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the rows of the database that bear the codes, their geometries as shapely's."""
    if not rows:
        return {}
    shapes = [name for name in rows[0] if name in shape_columns(model)]
    plain = [name for name in (*rows[0], "valid_to") if name not in {*shapes, "row"}]
    wkb = {f"{name}_wkb": AsWKB(name) for name in shapes}
    some = model.objects.filter(_bears_one_of([row["code"] for row in rows]))
    found: dict[str, dict[str, Any]] = {}
    for row in some.values("id", "name", *(n for n in plain if n != "name"), **wkb):
        for name in shapes:
            row[name] = _shape(row.pop(f"{name}_wkb"))
        found[row["code"]] = row
    return found


def _bears_one_of(codes: Sequence[str]) -> models.Func:
    """Return the condition; one list is one parameter, where `code__in` makes one of each code."""
    listed = models.Value(list(codes), output_field=ArrayField(models.CharField()))
    return models.Func(
        models.F("code"),
        listed,
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=models.BooleanField(),
    )


def _shape(wkb: Any) -> Any:
    return None if wkb is None else shapely.from_wkb(bytes(wkb))


def shape_columns(model: type[models.Model]) -> dict[str, Any]:
    """Return the geometry fields of a model by name."""
    fields = model._meta.concrete_fields  # noqa: SLF001 (the public way to a model's fields)
    return {f.attname: f for f in fields if isinstance(f, models.GeometryField)}


def _over(known: Mapping[str, Any] | None, row: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a row over what is known: unknown values leave the known ones."""
    if known is None:
        return dict(row) | {"is_changed": True}
    told = {name: value for name, value in row.items() if name != "row"}
    laid = {name: known[name] if _is_unknown(value) else value for name, value in told.items()}
    is_changed = any(not _same(value, known[name]) for name, value in laid.items())
    return laid | {"row": row["row"], "is_changed": is_changed}


def _is_unknown(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, shapely.Geometry) and isinstance(other, shapely.Geometry):
        return bool(shapely.equals_identical(one, other))
    return bool(one == other)


def _write(
    model: type[Registered],
    fresh: Sequence[Mapping[str, Any]],
    changed: Sequence[Mapping[str, Any]],
    *,
    job: Job,
) -> dict[str, int]:
    """Insert new rows and update known ones; return the ids by code."""
    mine = {"batch_id": job.batch.pk, "changed_at": job.now, "source": job.batch.file_name}
    ids = copy_rows(model, [{**row, **mine, "recorded_at": job.now} for row in fresh])
    new = dict(zip((row["code"] for row in fresh), ids, strict=True))
    return new | _update(model, changed, mine, job=job)


def _update(
    model: type[Registered],
    rows: Sequence[Mapping[str, Any]],
    mine: Mapping[str, Any],
    *,
    job: Job,
) -> dict[str, int]:
    """Update rows whose code is known, many in a statement: an INSERT that always conflicts."""
    if not rows:
        return {}
    columns = [name for name in rows[0] if name not in {"row", "is_changed", "code"}]
    shapes = shape_columns(model)
    things = [
        model(
            code=row["code"],
            recorded_at=job.now,
            **mine,
            **{name: geos(row[name]) if name in shapes else row[name] for name in columns},
        )
        for row in rows
    ]
    names = {f.attname: f.name for f in model._meta.concrete_fields}  # noqa: SLF001 (the public way to a model's fields)
    written = model.objects.bulk_create(
        things,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[names[name] for name in (*columns, *mine)],
    )
    return {thing.code: thing.pk for thing in written}


def geos(shape: shapely.Geometry | None) -> GEOSGeometry | None:
    """Return a geometry as Django stores it; it crosses as WKB."""
    if shape is None:
        return None
    return GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=STORAGE_SRID)


def as_array(shapes: Sequence[Any]) -> NDArray[np.object_]:
    """Return geometries as an array of objects, however many there are."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = list(shapes)
    return array


def as_multipolygons(shapes: Sequence[Any]) -> list[Any]:
    """Return polygons as multipolygons; None where there is no surface."""
    given = as_array(shapes)
    kinds = shapely.get_type_id(given)
    single = kinds == shapely.GeometryType.POLYGON
    several = kinds == shapely.GeometryType.MULTIPOLYGON
    polygons = given[single]
    given[single] = shapely.multipolygons(polygons, indices=np.arange(len(polygons)))
    given[~(single | several)] = None
    surfaces: list[Any] = given.tolist()
    return surfaces


def as_points(shapes: Sequence[Any]) -> list[Any]:
    """Return points; None where there is none."""
    return [shape if shape is not None and shape.geom_type == "Point" else None for shape in shapes]
