"""Registered things as they were known at a moment, and the tree of managing areas."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import AsWKB
from django.db.models import Q

from geo.errors import Fault, InputError, gettext_noop
from geo.frames.tables import DATES
from geo.models import ManagingArea, Registered, Revision
from geo.models.registered import exists_on

NO_SUCH_AREA = gettext_noop("没有编码为“{code}”的辖区。")


@dataclass(frozen=True)
class Tree:
    """The managing areas on a day: codes by row id, and who lies below whom."""

    codes: Mapping[int, str]
    parents: Mapping[int, int | None]
    code: str | None
    """The area that was asked for; None = everywhere."""

    def path(self, area: int | None) -> list[int]:
        """Return the rows from an area up to its root; a loop in the records ends it."""
        found: list[int] = []
        while area is not None and area not in found:
            found.append(area)
            area = self.parents.get(area)
        return found

    @property
    def asked(self) -> int | None:
        """Return the row of the area that was asked for."""
        return next((row for row, code in self.codes.items() if code == self.code), None)

    def inside(self) -> frozenset[int] | None:
        """Return the rows of the asked area and all below it; None = everywhere."""
        if self.code is None:
            return None
        return frozenset(row for row in self.codes if self.asked in self.path(row))

    def touching(self) -> frozenset[int] | None:
        """Return the rows below and above the asked area: where a ban concerns it."""
        inside = self.inside()
        return None if inside is None else inside | set(self.path(self.asked))


def managing_tree(*, area: str | None, known: datetime) -> Tree:
    """Return the tree of managing areas as known at a moment; refuse a code it does not hold."""
    rows = records(ManagingArea, ["id", "code", "parent_id"], valid=None, known=known)
    tree = Tree(
        codes={row["id"]: row["code"] for row in rows},
        parents={row["id"]: row["parent_id"] for row in rows},
        code=area,
    )
    if area is not None and tree.asked is None:
        raise InputError(Fault(NO_SUCH_AREA, {"code": area}))
    return tree


def records(
    model: type[Registered],
    columns: Sequence[str],
    *,
    valid: date | None,
    known: datetime,
    inside: Collection[int] | None = None,
    where: Q | None = None,
) -> list[dict[str, Any]]:
    """Return rows of registered things as they were known at a moment, sorted by code.

    Geometry columns come as WKB. `valid` None = whether or not the thing exists on any day;
    `inside` keeps what lies in these managing areas. Two queries.
    """
    shapes = [name for name in columns if _is_geometry(model, name)]
    needed = dict.fromkeys([*columns, "id", "code", "valid_from", "valid_to", "changed_at"])
    if inside is not None:
        needed["area_id"] = None
    changed = Q(changed_at__gt=known)
    rows = model.objects.known_at(known).filter(where or Q())
    if valid is not None:
        rows = rows.filter(exists_on(valid) | changed)
    if inside is not None:
        rows = rows.filter(Q(area_id__in=inside) | changed)
    plain = [name for name in needed if name not in shapes]
    answer = rows.values(*plain, **{f"{name}_wkb": AsWKB(name) for name in shapes})
    before = _revisions(model, known)
    told = [
        _told(row, before.get(row["id"]), list(needed), shapes) for row in answer.order_by("code")
    ]
    return [row for row in told if _exists(row, valid) and _lies(row, inside)]


def columns(
    model: type[Registered], names: Sequence[str], *, known: datetime, where: Q | None = None
) -> dict[str, Sequence[Any]]:
    """Return columns of registered things as they were known at a moment, in the order of codes.

    For arithmetic over many things, on whatever days they exist: "id" is always among the columns,
    geometries are not. Two queries.
    """
    wanted = ["id", *names]
    told = model.objects.known_at(known).filter(where or Q()).order_by("code")
    rows: list[Sequence[Any]] = list(told.values_list(*wanted))
    if before := _revisions(model, known):
        rows = [_past(row, before.get(row[0]), wanted) for row in rows]
    return (
        dict(zip(wanted, zip(*rows, strict=True), strict=True))
        if rows
        else dict.fromkeys(wanted, ())
    )


def _past(
    row: Sequence[Any], before: Mapping[str, Any] | None, names: Sequence[str]
) -> Sequence[Any]:
    if before is None:
        return row
    return [_restored(name, before[name], is_shape=False) for name in names]


def _is_geometry(model: type[models.Model], name: str) -> bool:
    fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001 (the public way to a model's fields)
    return isinstance(fields[name], models.GeometryField)


def _revisions(model: type[Registered], known: datetime) -> dict[int, Mapping[str, Any]]:
    table = model._meta.db_table  # noqa: SLF001 (the public way to a model's table)
    past = Revision.objects.filter(table=table, recorded_at__lte=known, superseded_at__gt=known)
    return dict(past.values_list("object_id", "before"))


def _told(
    row: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    names: Sequence[str],
    shapes: Sequence[str],
) -> dict[str, Any]:
    if before is None:
        return {name: row[f"{name}_wkb"] if name in shapes else row[name] for name in names}
    return {name: _restored(name, before[name], is_shape=name in shapes) for name in names}


def _restored(name: str, value: Any, *, is_shape: bool) -> Any:
    if value is None:
        return None
    if is_shape:
        return bytes.fromhex(value)
    return date.fromisoformat(value) if name in DATES else value


def _exists(row: Mapping[str, Any], valid: date | None) -> bool:
    if valid is None:
        return True
    begins, ends = row["valid_from"], row["valid_to"]
    return (begins is None or begins <= valid) and (ends is None or ends >= valid)


def _lies(row: Mapping[str, Any], inside: Collection[int] | None) -> bool:
    return inside is None or row["area_id"] in inside
