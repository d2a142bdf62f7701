"""Set when the steps of a plan are due, hand items over to offices, and cross them off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from geo.errors import Fault, InputError, gettext_noop
from geo.models.storage import NAME_LENGTH
from layers.models import DispatchItem, Plan, WayStep

TEXT_MISSING = gettext_noop("请写明交办事项。")
DUTY_MISSING = gettext_noop("请填写责任单位或岗位（不填个人姓名）。")
DUTY_LONG = gettext_noop("责任单位或岗位不超过 {most} 字。")
DAYS_MISSING = gettext_noop("请填写交办日期和办结期限。")
DUE_BEFORE = gettext_noop("办结期限 {due} 早于交办日期 {handed}。")
NO_ZONE = gettext_noop("方案中没有 {number}号片区。")
NOTE_MISSING = gettext_noop("销号须写明办理结果。")
CLOSED_ALREADY = gettext_noop("该事项已于 {day} 销号。")
CLOSED_BEFORE = gettext_noop("销号日期 {closed} 早于交办日期 {handed}。")


@dataclass(frozen=True, kw_only=True)
class Due:
    """When a step is due, and who answers for it."""

    due_on: date | None
    duty: str


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What is handed over."""

    text: str
    duty: str
    handed_on: date | None
    due_on: date | None
    zone: int | None
    """Number of the zone; None = the plan as a whole."""


@transaction.atomic
def set_dues(plan: Plan, dues: Mapping[WayStep, Due]) -> None:
    """Set by when each step is to be taken in all sites of a plan."""
    faults = [fault for due in dues.values() for fault in _why_no_office(due.duty)]
    if faults:
        raise InputError(*faults)
    for step, due in dues.items():
        told = {"due_on": due.due_on, "duty": due.duty}
        plan.dues.update_or_create(step=step, defaults=told)


def hand_over(plan: Plan, given: Handed, *, by: Any) -> DispatchItem:
    """Hand an item over to an office."""
    faults = [*_why_not_handed(given), *_why_no_office(given.duty)]
    zone = plan.zones.filter(number=given.zone).first() if given.zone is not None else None
    if given.zone is not None and zone is None:
        faults.append(Fault(NO_ZONE, {"number": given.zone}))
    if faults or given.handed_on is None or given.due_on is None:
        raise InputError(*faults)
    return DispatchItem.objects.create(
        plan=plan,
        zone=zone,
        text=given.text,
        duty=given.duty,
        handed_on=given.handed_on,
        due_on=given.due_on,
        recorded_by=by,
    )


def _why_not_handed(given: Handed) -> list[Fault]:
    faults = []
    if not given.text:
        faults.append(Fault(TEXT_MISSING))
    if not given.duty:
        faults.append(Fault(DUTY_MISSING))
    if given.handed_on is None or given.due_on is None:
        faults.append(Fault(DAYS_MISSING))
    elif given.due_on < given.handed_on:
        told = {"due": given.due_on, "handed": given.handed_on}
        faults.append(Fault(DUE_BEFORE, told))
    return faults


def _why_no_office(duty: str) -> list[Fault]:
    return [Fault(DUTY_LONG, {"most": NAME_LENGTH})] if len(duty) > NAME_LENGTH else []


@transaction.atomic
def close_item(plan: Plan, item: int, *, on: date, note: str) -> DispatchItem:
    """Cross an item off, with what came of it.

    Raises
    ------
    InputError
        Where it is crossed off already, or nothing is said of what came of it.
    DispatchItem.DoesNotExist
        Where the plan has no such item.
    """
    found = DispatchItem.objects.select_for_update().get(plan=plan, pk=item)
    if found.closed_on is not None:
        raise InputError(Fault(CLOSED_ALREADY, {"day": found.closed_on}))
    if not note:
        raise InputError(Fault(NOTE_MISSING))
    if on < found.handed_on:
        raise InputError(Fault(CLOSED_BEFORE, {"closed": on, "handed": found.handed_on}))
    found.closed_on, found.note = on, note
    found.save(update_fields=["closed_on", "note"])
    return found
