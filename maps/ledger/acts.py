"""What a person may do at a row, and the act that does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pghistory
from django.db.models import Model
from django.http import QueryDict
from django.utils import timezone

from geo.errors import Fault
from geo.models import ContractItem, Registered
from geo.models.facts import Fact
from geo.readers import Field, Kind, Reads
from geo.readers.values import read_column
from geo.recording.contracts import (
    end_contract,
    mend_contract,
    mend_decision,
    record_decision,
    sign_contract,
    successor_of,
)
from geo.recording.merging import merge_area
from geo.recording.telling import CellFaultsError, Telling
from geo.recording.things import (
    change_building,
    change_compound,
    change_management_area,
    change_provider,
    stamp_of,
)
from maps.ledger.forms import WAS
from maps.ledger.page import MODELS
from maps.ledger.queries import Inside, inside_of

SINCE = Field(key="since", heading="起始日期", reads=Reads.DATE)
ENTERED = (Kind.CONTRACT, Kind.DECISION)
"""Kinds of which a person may enter new rows; things with a shape come by import."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """What a person sent."""

    given: Mapping[str, str]
    stamp: str
    inside: Inside
    telling: Telling
    succeeds: bool


def act_of(given: QueryDict, *, inside: Inside, by: Any) -> Act:
    """Return what a person sent, with the reason kept for the audit."""
    since, faults = read_column([given.get("since", "")], SINCE)
    if faults:
        raise CellFaultsError({"since": Fault(faults[0].text, faults[0].values, column="起始日期")})
    telling = Telling(
        by=by,
        now=timezone.now(),
        since=since[0],
        reason=given.get("reason", "").strip(),
        is_mistake=given.get("is_mistake") == "1",
    )
    if telling.reason:
        pghistory.context(reason=telling.reason)
    return Act(
        given={key: str(given[key]) for key in given if given[key] != given.get(WAS + key)},
        stamp=given.get("stamp", ""),
        inside=inside,
        telling=telling,
        succeeds=given.get("succeeds") == "1",
    )


CHANGES: Mapping[Kind, Callable[[int, Act], Model]] = {
    Kind.COMPOUND: lambda pk, act: change_compound(
        pk, act.given, stamp=act.stamp, inside=act.inside, telling=act.telling
    ),
    Kind.BUILDING: lambda pk, act: change_building(
        pk, act.given, stamp=act.stamp, inside=act.inside, telling=act.telling
    ),
    Kind.MANAGEMENT_AREA: lambda pk, act: change_management_area(
        pk, act.given, stamp=act.stamp, telling=act.telling
    ),
    Kind.PROVIDER: lambda pk, act: change_provider(
        pk, act.given, stamp=act.stamp, telling=act.telling
    ),
    Kind.CONTRACT: lambda pk, act: mend_contract(pk, act.given, telling=act.telling),
    Kind.DECISION: lambda pk, act: mend_decision(pk, act.given, telling=act.telling),
}


def change_row(kind: Kind, pk: int, act: Act) -> int:
    """Change a row and return the id that it has now."""
    return CHANGES[kind](pk, act).pk  # type: ignore[no-any-return]


def enter_row(kind: Kind, act: Act) -> int:
    """Enter a row and return its id."""
    if kind is Kind.CONTRACT:
        return sign_contract(
            act.given, inside=act.inside, succeeds=act.succeeds, telling=act.telling
        ).pk
    return record_decision(act.given, inside=act.inside, telling=act.telling).pk


def end_row(pk: int, act: Act) -> int:
    """End a contract and return the id that its item has now."""
    return end_contract(pk, act.given, telling=act.telling).pk


def merge_row(pk: int, act: Act) -> int:
    """Let a management area go into another and return the id of the common one."""
    return merge_area(pk, act.given, stamp=act.stamp, inside=act.inside, telling=act.telling).pk


def stamp_of_row(kind: Kind, pk: int) -> str:
    """Return what tells whether a row has been changed since."""
    row = MODELS[kind].objects.get(pk=pk)
    return stamp_of(row) if isinstance(row, Registered) else str(row.pk)


def newest_of(kind: Kind, pk: int) -> int | None:
    """Return the id of what a fact says now; None where it was withdrawn."""
    model = MODELS[kind]
    if not issubclass(model, Fact):
        return pk
    newest = successor_of(model.objects.get(pk=pk))
    return newest.pk if newest else None


def serves_elsewhere(pk: int, inside: Inside) -> bool:
    """Tell whether a provider also serves outside the areas, so that others answer for its row."""
    items = ContractItem.objects.current().filter(contract__provider=pk)
    return items.filter(~inside_of(inside)).exists()
