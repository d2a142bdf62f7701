"""Where the rows of a page stand: outlines as GeoJSON, CGCS2000 longitude and latitude."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import F, QuerySet

from geo.models import (
    Base,
    Building,
    Compound,
    ContractItem,
    ManagementArea,
    ManagingArea,
    Member,
    OwnersDecision,
)
from geo.readers import Kind
from maps.asked import Asked

DECIMALS = 6

Feature = dict[str, Any]


def places(kind: Kind, pks: Sequence[int], *, asked: Asked) -> list[Feature]:
    """Return the shapes of rows, each with the row's id; one without a place has none."""
    if kind is Kind.COMPOUND:
        return _shapes(Compound.objects.filter(pk__in=pks), ("geometry", "point"))
    if kind is Kind.BUILDING:
        return _shapes(Building.objects.filter(pk__in=pks), ("geometry",))
    if kind is Kind.MANAGEMENT_AREA:
        return _of_management_areas({pk: [pk] for pk in pks}, asked)
    if kind is Kind.PROVIDER:
        bases = Base.objects.as_of(valid=asked.valid, known=asked.known)
        return _shapes(bases.filter(provider__in=pks), ("geometry",), row="provider_id")
    if kind is Kind.DECISION:
        decisions = OwnersDecision.objects.filter(pk__in=pks)
        return _of_management_areas(_rows_of(decisions), asked)
    return _of_contracts(pks, asked)


def outline_of(area: ManagingArea) -> list[Feature]:
    """Return the outline of the managing area itself."""
    features = _shapes(ManagingArea.objects.filter(pk=area.pk), ("geometry",))
    return [feature | {"id": "area"} for feature in features]


def _shapes(rows: QuerySet[Any, Any], names: Iterable[str], row: str = "pk") -> list[Feature]:
    """Return the first shape that a row has."""
    shapes = {f"shape_{n}": AsGeoJSON(F(name), precision=DECIMALS) for n, name in enumerate(names)}
    return [
        {"type": "Feature", "id": pk, "properties": {}, "geometry": json.loads(first)}
        for pk, *told in rows.annotate(**shapes).values_list(row, *shapes)
        for first in [next((shape for shape in told if shape), None)]
        if first
    ]


def _rows_of(facts: QuerySet[Any, Any]) -> dict[int, list[int]]:
    """Return the rows that speak of each management area."""
    rows: dict[int, list[int]] = {}
    told = facts.filter(management_area__isnull=False)
    for pk, area in told.values_list("pk", "management_area_id"):
        rows.setdefault(area, []).append(pk)
    return rows


def _of_management_areas(rows: dict[int, list[int]], asked: Asked) -> list[Feature]:
    """Return the outlines of management areas, for one without the compounds it holds."""
    drawn = _shapes(ManagementArea.objects.filter(pk__in=rows), ("geometry",))
    missing = set(rows) - {feature["id"] for feature in drawn}
    members = Member.objects.as_of(valid=asked.valid, known=asked.known)
    held = _shapes(
        members.filter(management_area__in=missing),
        ("compound__geometry", "compound__point", "building__geometry"),
        row="management_area_id",
    )
    return [feature | {"id": pk} for feature in drawn + held for pk in rows[feature["id"]]]


def _of_contracts(pks: Sequence[int], asked: Asked) -> list[Feature]:
    items = ContractItem.objects.filter(pk__in=pks)
    names = ("compound__geometry", "compound__point", "building__geometry", "courtyard__geometry")
    return _shapes(items, names) + _of_management_areas(_rows_of(items), asked)
