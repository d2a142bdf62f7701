"""What facts say of each compound on a day: who serves, who decides, which conditions are met."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from geo.models import Committee, ConditionFact, ContractItem, Member, ZoningWish
from geo.words import CommitteeKind

_Served = tuple[int | None, int | None, str, date | None]
_Decided = tuple[int | None, int | None, str]


def holders(*, valid: date, known: datetime) -> dict[int, int]:
    """Return the management area that holds each compound, row ids both."""
    members = Member.objects.as_of(valid=valid, known=known).filter(compound__isnull=False)
    return dict(members.values_list("compound_id", "management_area_id"))


def conditions(*, valid: date, known: datetime) -> dict[int, dict[str, bool]]:
    """Return what is known of each compound's conditions."""
    said: dict[int, dict[str, bool]] = {}
    facts = ConditionFact.objects.as_of(valid=valid, known=known)
    for compound, key, is_met in facts.values_list("compound_id", "key", "is_met"):
        said.setdefault(compound, {})[key] = is_met
    return said


WISHES = ("is_lead", "spare_m2", "together", "apart")


def wishes(thing: str, *, valid: date, known: datetime) -> dict[int, dict[str, Any]]:
    """Return what is wanted in zones of each compound or management area."""
    facts = ZoningWish.objects.as_of(valid=valid, known=known)
    told = facts.filter(**{f"{thing}__isnull": False}).values(f"{thing}_id", *WISHES)
    return {row.pop(f"{thing}_id"): row for row in told}


def providers_of_compounds(
    holders: Mapping[int, int], *, valid: date, known: datetime
) -> dict[int, str]:
    """Return the name of who serves each compound; its own contract counts before its area's.

    Where several serve, it is the one that came last, and of these the first by name. A contract
    whose day of entry still lies ahead is not service.
    """
    items = ContractItem.objects.as_of(valid=valid, known=known).filter(
        Q(in_service_from__isnull=True) | Q(in_service_from__lte=valid)
    )
    rows: list[_Served] = list(
        items.values_list(
            "compound_id", "management_area_id", "contract__provider__name", "valid_from"
        )
    )
    rows.sort(key=lambda row: row[2], reverse=True)
    rows.sort(key=lambda row: row[3] or date.min)
    own = {compound: name for compound, _, name, _ in rows if compound is not None}
    of_area = {area: name for _, area, name, _ in rows if area is not None}
    return {c: of_area[area] for c, area in holders.items() if area in of_area} | own


def committees_of_compounds(
    holders: Mapping[int, int], *, valid: date, known: datetime
) -> dict[int, str]:
    """Return who decides for the owners of each compound; its area's committee counts first."""
    facts = Committee.objects.as_of(valid=valid, known=known)
    rows: list[_Decided] = list(facts.values_list("compound_id", "management_area_id", "kind"))
    own = {c: CommitteeKind.label_of(kind) for c, _, kind in rows if c is not None}
    of_area = {area: CommitteeKind.label_of(kind) for _, area, kind in rows if area is not None}
    return own | {c: of_area[area] for c, area in holders.items() if area in of_area}
