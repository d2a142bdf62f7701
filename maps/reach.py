"""What a person may bring in: only what lies in the area that they answer for."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from geo.errors import Fault, InputError, gettext_noop
from geo.loading.assessment import ASSESSED
from geo.models import (
    Barrier,
    Building,
    Compound,
    ContractItem,
    Crossing,
    ImportBatch,
    ManagementArea,
    ManagingArea,
    OwnersDecision,
    Registered,
    Revision,
)
from geo.models.contracts import COVERED
from geo.readers import KIND_NAMES, Kind
from maps.access import at_or_below

OF_THE_CITY = frozenset({Kind.AREA, Kind.PROVIDER, Kind.BASE, Kind.BAN, Kind.ROLE})
"""Kinds that hold for the whole city: only who answers for it may bring them in."""
THINGS: Mapping[Kind, type[Registered]] = {
    Kind.COMPOUND: Compound,
    Kind.BUILDING: Building,
    Kind.MANAGEMENT_AREA: ManagementArea,
}
DRAWN: Mapping[Kind, type[Registered]] = {Kind.BARRIER: Barrier, Kind.CROSSING: Crossing}
NAMED = 10
NOT_YOURS = gettext_noop("“{name}”（{code}）不在{area}辖区内，未入库任何内容。")
NOT_YOURS_REMEDY = gettext_noop("请删去这些行，或由其所在辖区、市级人员导入。")
NO_AREA_THERE = gettext_noop("未落入任何辖区的位置")
AND_OTHERS = gettext_noop("另有 {count} 处不在{area}辖区内。")
CITY_ONLY = gettext_noop("“{kind}”关系全市，只能在市级导入。请切换到市级辖区，或交市级人员导入。")


def refuse_outside(area: ManagingArea, batch: ImportBatch) -> None:
    """Refuse a batch that was just stored where some of it lies outside the area.

    Called in the transaction that stored it, which the error takes back.

    Raises
    ------
    InputError
        Naming what lies outside.
    """
    if area.parent_id is None:
        return
    kind = Kind(batch.kind)
    if kind in OF_THE_CITY:
        raise InputError(Fault(CITY_ONLY, {"kind": KIND_NAMES[kind]}))
    outside = sorted(set(_outside(kind, area, batch)))
    if not outside:
        return
    faults = [
        Fault(NOT_YOURS, {"name": name or code, "code": code, "area": area.name}, NOT_YOURS_REMEDY)
        for code, name in outside[:NAMED]
    ]
    if len(outside) > NAMED:
        values = {"count": len(outside) - NAMED, "area": area.name}
        faults.append(Fault(AND_OTHERS, values))
    raise InputError(*faults)


def _outside(kind: Kind, area: ManagingArea, batch: ImportBatch) -> list[tuple[str, str]]:
    inside = sorted(
        ManagingArea.objects.filter(pk__in=at_or_below(area)).values_list("pk", flat=True)
    )
    if kind in THINGS:
        return _things_outside(THINGS[kind], area, inside, batch)
    if kind in DRAWN:
        return _drawn_outside(DRAWN[kind], area, batch)
    if kind in ASSESSED:
        return _assessed_outside(kind, inside, batch)
    return _served_outside(inside, batch) if kind is Kind.CONTRACT else _decided(inside, batch)


def _things_outside(
    model: type[Registered], area: ManagingArea, inside: list[int], batch: ImportBatch
) -> list[tuple[str, str]]:
    here = Q(area__in=inside)
    if area.geometry:
        here |= Q(area=None, geometry__intersects=area.geometry)
    stray = model.objects.filter(batch=batch).exclude(here).values_list("code", "name")
    return [*stray, *_taken_from_others(model._meta.db_table, inside, batch)]  # noqa: SLF001 (the public way to a table)


def _drawn_outside(
    model: type[Registered], area: ManagingArea, batch: ImportBatch
) -> list[tuple[str, str]]:
    stray = model.objects.filter(batch=batch)
    if area.geometry:
        stray = stray.exclude(Q(geometry__intersects=area.geometry))
    return list(stray.values_list("code", "name"))


def _served_outside(inside: list[int], batch: ImportBatch) -> list[tuple[str, str]]:
    here = Q()
    for thing in COVERED:
        here |= Q(**{f"{thing}__area__in": inside})
    items = ContractItem.objects.filter(batch=batch).exclude(here)
    named = [items.values_list(f"{thing}__code", f"{thing}__name") for thing in COVERED]
    return [(code, name) for rows in named for code, name in rows if code is not None]


def _assessed_outside(kind: Kind, inside: list[int], batch: ImportBatch) -> list[tuple[str, str]]:
    """Return the compounds that are judged and lie elsewhere, then areas and points that do."""
    facts: Any = ASSESSED[kind].model.objects
    stray = facts.filter(batch=batch)
    stray = stray.exclude(compound__area__in=inside)
    held = stray.filter(compound__isnull=False)
    named = list(held.values_list("compound__code", "compound__name"))
    if not _has_area(kind):
        return named
    others = stray.filter(compound=None).exclude(area__in=inside)
    told = others.values_list("area__code", "area__name")
    return named + [(code or "—", name or NO_AREA_THERE) for code, name in told]


def _has_area(kind: Kind) -> bool:
    fields = ASSESSED[kind].model._meta.get_fields()  # noqa: SLF001 (the public way to a model's fields)
    return any(field.name == "area" for field in fields)


def _decided(inside: list[int], batch: ImportBatch) -> list[tuple[str, str]]:
    stray = OwnersDecision.objects.filter(batch=batch).exclude(management_area__area__in=inside)
    return list(stray.values_list("management_area__code", "management_area__name"))


def _taken_from_others(table: str, inside: list[int], batch: ImportBatch) -> list[tuple[str, str]]:
    """Return things that stood in another area before the batch changed them."""
    before = Revision.objects.filter(table=table, superseded_at=batch.imported_at)
    return [
        (revision.code, str(revision.before.get("name", "")))
        for revision in before
        if revision.before.get("area_id") not in {*inside, None}
    ]
