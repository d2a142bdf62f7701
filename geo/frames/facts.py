"""Frames of providers, and of what facts say on a day."""

from datetime import date, datetime
from typing import Any

import geopandas
import pandas as pd
from django.contrib.gis.db.models.functions import AsWKB
from django.db.models import F, Q

from geo.frames.past import Tree, managing_tree, records
from geo.frames.tables import SEPARATOR, frame, geoframe
from geo.models import (
    Ban,
    Base,
    BaseRow,
    ContractItem,
    Grade,
    OwnersDecision,
    Provider,
    Role,
    ServiceArea,
)
from geo.models.contracts import COVERED
from geo.words import DecisionWay


def providers(*, area: str | None, valid: date, known: datetime) -> geopandas.GeoDataFrame:
    """Return every provider with grade, base and service areas (codes); `area` leaves none out."""
    tree = managing_tree(area=area, known=known)
    plain = ["name", "kind", "credit_code", "capacity_m2", "capacity_households"]
    found = records(Provider, plain, valid=valid, known=known)
    grades = dict(Grade.objects.as_of(valid=valid, known=known).values_list("provider_id", "grade"))
    bases = Base.objects.as_of(valid=valid, known=known)
    places = dict(bases.values_list("provider_id", AsWKB("geometry")))
    served: dict[int, list[str]] = {}
    facts = ServiceArea.objects.as_of(valid=valid, known=known)
    for provider, served_area in facts.values_list("provider_id", "area_id"):
        served.setdefault(provider, []).append(tree.codes[served_area])
    rows = [
        row
        | {
            "grade": grades.get(row["id"]),
            "service_areas": SEPARATOR.join(sorted(served.get(row["id"], []))),
        }
        for row in sorted(found, key=lambda row: row["name"])
    ]
    columns = [
        *("name", "kind", "credit_code", "grade", "capacity_m2", "capacity_households"),
        "service_areas",
    ]
    return geoframe(rows, columns, [places.get(row["id"]) for row in rows])


def contracts(*, area: str | None, valid: date, known: datetime) -> pd.DataFrame:
    """Return what contracts cover on the day, a row each; `what` is the covered thing's code."""
    inside = managing_tree(area=area, known=known).inside()
    items = ContractItem.objects.as_of(valid=valid, known=known)
    if inside is not None:
        lies = [Q(**{f"{thing}__area_id__in": inside}) for thing in COVERED]
        items = items.filter(lies[0] | lies[1] | lies[2] | lies[3])
    answer = items.values(
        *("mode", "signed_on", "filed_on", "in_service_from", "fee_low", "fee_high", "grade"),
        *(f"{thing}__code" for thing in COVERED),
        provider=F("contract__provider__name"),
        ends_on=F("valid_to"),
        document=F("contract__document"),
    )
    rows = [
        row | {"what": next(row[f"{t}__code"] for t in COVERED if row[f"{t}__code"])}
        for row in answer
    ]
    rows.sort(key=lambda row: (row["what"], row["provider"], row["document"]))
    columns = [
        *("provider", "what", "mode", "signed_on", "filed_on", "in_service_from", "ends_on"),
        *("fee_low", "fee_high", "grade", "document"),
    ]
    return frame(rows, columns)


def decisions(*, area: str | None, valid: date, known: datetime) -> pd.DataFrame:
    """Return what owners had decided by the day."""
    inside = managing_tree(area=area, known=known).inside()
    facts = OwnersDecision.objects.as_of(valid=valid, known=known)
    if inside is not None:
        facts = facts.filter(management_area__area_id__in=inside)
    shares = ["area_share", "count_share", "area_in_favour", "count_in_favour"]
    rows = [
        row | {"way": DecisionWay.label_of(row["way"])}
        for row in facts.order_by("management_area__code", "valid_from", "pk").values(
            *("way", *shares, "document"), code=F("management_area__code"), date=F("valid_from")
        )
    ]
    told = [row | {"management_area": row["code"]} for row in rows]
    return frame(told, ["management_area", "way", "date", *shares, "document"])


def bans(*, area: str | None, valid: date, known: datetime) -> pd.DataFrame:
    """Return the bans in force on the day in the area, above it or below it."""
    tree = managing_tree(area=area, known=known)
    facts = _concerning(Ban.objects.as_of(valid=valid, known=known), tree)
    return _granted(facts, tree, "reason")


def roles(*, area: str | None, valid: date, known: datetime) -> pd.DataFrame:
    """Return the roles held on the day in the area, above it or below it."""
    tree = managing_tree(area=area, known=known)
    facts = _concerning(Role.objects.as_of(valid=valid, known=known), tree)
    return _granted(facts, tree, "role")[
        ["provider", "role", "area", "document", "valid_from", "valid_to"]
    ]


def _concerning(facts: Any, tree: Tree) -> Any:
    touching = tree.touching()
    if touching is None:
        return facts
    return facts.filter(Q(area__isnull=True) | Q(area_id__in=touching))


def _granted(facts: Any, tree: Tree, what: str) -> pd.DataFrame:
    rows = [
        row | {"provider": row["provider__name"], "area": tree.codes.get(row["area_id"])}
        for row in facts.order_by("provider__name", "area__code", "pk").values(
            "provider__name", "area_id", what, "document", "valid_from", "valid_to"
        )
    ]
    return frame(rows, ["provider", "area", what, "document", "valid_from", "valid_to"])


def bases(*, area: str | None, valid: date, known: datetime) -> pd.DataFrame:
    """Return the rows of the base lists that were frozen by the day."""
    inside = managing_tree(area=area, known=known).inside()
    facts = BaseRow.objects.as_of(valid=valid, known=known).filter(base_list__frozen_on__lte=valid)
    things = ("compound", "management_area", "building")
    if inside is not None:
        lies = [Q(**{f"{thing}__area_id__in": inside}) for thing in things]
        facts = facts.filter(lies[0] | lies[1] | lies[2])
    answer = facts.values(
        *(f"{thing}__code" for thing in things),
        list=F("base_list__name"),
        unit=F("base_list__unit"),
        document=F("base_list__document"),
        frozen_on=F("base_list__frozen_on"),
    )
    rows = [row | {"code": row[f"{row['unit']}__code"]} for row in answer]
    rows.sort(key=lambda row: (row["list"], row["code"]))
    return frame(rows, ["list", "unit", "code", "document", "frozen_on"])
