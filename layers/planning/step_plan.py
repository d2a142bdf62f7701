"""Take a plan from one state to the next, or back; every step is kept with who took it and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Q

from geo.errors import Fault, InputError, gettext_noop
from layers.models import Plan, PlanStatus, PlanStep, Zone
from layers.planning.check_plan import check_plan
from layers.planning.store_plan import CHOICE_RULE

NO_SUCH_STEP = gettext_noop("没有名为“{step}”的办理步骤。")
NOT_FROM_HERE = gettext_noop("方案处于“{status}”，不能办理“{step}”。")
CHANGED_SINCE = gettext_noop(
    "方案在您查看之后又有修改（现为第 {revision} 次修改），请核对后再办理。"
)
COMMENT_MISSING = gettext_noop("办理“{step}”须写明意见。")
PROBLEMS_UNSAID = gettext_noop(
    "{zones}号片区仍有未满足的规则。请先调整，或在意见中说明理由后再报审。"
)
DOCUMENT_MISSING = gettext_noop("审定须填写文号。")
NOTICE_MISSING = gettext_noop("公示须填写起止日期。")
NOTICE_BACKWARDS = gettext_noop("公示截止日期 {last} 早于开始日期 {first}。")


class StepName(StrEnum):
    """What can be done with a plan as a whole."""

    CONSULT = "consult"
    SUBMIT = "submit"
    RETURN = "return"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    PUBLISH = "publish"


class Taker(StrEnum):
    """Who takes a step: the words of the rights that it asks for."""

    PLANNER = "plan"
    APPROVER = "approve"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a plan: from which states to which, who takes it, and what must be said."""

    word: str
    begins: tuple[PlanStatus, ...]
    ends: PlanStatus
    taker: Taker
    needs_comment: bool = False
    needs_document: bool = False
    needs_notice: bool = False


STEPS: Mapping[StepName, Step] = {
    StepName.CONSULT: Step(
        word=gettext_noop("征求意见"),
        begins=(PlanStatus.DRAFT,),
        ends=PlanStatus.CONSULTING,
        taker=Taker.PLANNER,
    ),
    StepName.SUBMIT: Step(
        word=gettext_noop("报审"),
        begins=(PlanStatus.DRAFT, PlanStatus.CONSULTING),
        ends=PlanStatus.SUBMITTED,
        taker=Taker.PLANNER,
    ),
    StepName.RETURN: Step(
        word=gettext_noop("退回"),
        begins=(PlanStatus.SUBMITTED,),
        ends=PlanStatus.DRAFT,
        taker=Taker.APPROVER,
        needs_comment=True,
    ),
    StepName.WITHDRAW: Step(
        word=gettext_noop("撤回"),
        begins=(PlanStatus.CONSULTING, PlanStatus.SUBMITTED),
        ends=PlanStatus.DRAFT,
        taker=Taker.PLANNER,
    ),
    StepName.APPROVE: Step(
        word=gettext_noop("审定"),
        begins=(PlanStatus.SUBMITTED,),
        ends=PlanStatus.APPROVED,
        taker=Taker.APPROVER,
        needs_document=True,
    ),
    StepName.PUBLISH: Step(
        word=gettext_noop("公示"),
        begins=(PlanStatus.APPROVED,),
        ends=PlanStatus.PUBLISHED,
        taker=Taker.APPROVER,
        needs_notice=True,
    ),
}
"""草案 → 征求意见 → 报审 → 审定（文号） → 公示（起止日）; 退回 and 撤回 lead back to 草案."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A step as somebody asks for it, on the revision that they looked at."""

    step: str
    revision: int
    by: Any
    now: datetime
    comment: str = ""
    document: str = ""
    notice_from: date | None = None
    notice_to: date | None = None


@transaction.atomic
def step_plan(plan: Plan, wanted: Wanted) -> PlanStep:
    """Take a step of a plan, and return it as the plan's history keeps it.

    Raises
    ------
    InputError
        Where the state does not allow the step, others edited the plan since, or what must be said
        is missing; every fault at once.
    """
    step = step_named(wanted.step)
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)
    if faults := [*_why_not_now(plan, step, wanted), *_why_unsaid(plan, step, wanted)]:
        raise InputError(*faults)
    begins, plan.status = plan.status, step.ends
    if step.ends is not PlanStatus.DRAFT:
        plan.checked = _checked(plan, now=wanted.now)
    if step.needs_document:
        plan.document = wanted.document.strip()
    if step.needs_notice:
        plan.notice_from, plan.notice_to = wanted.notice_from, wanted.notice_to
    plan.save(update_fields=["status", "document", "notice_from", "notice_to", "checked"])
    return PlanStep.objects.create(
        plan=plan,
        step=wanted.step,
        from_status=begins,
        to_status=plan.status,
        revision=plan.revision,
        plan_hash=plan.plan_hash,
        comment=wanted.comment.strip(),
        document=plan.document if step.needs_document else "",
        notice_from=plan.notice_from if step.needs_notice else None,
        notice_to=plan.notice_to if step.needs_notice else None,
        by=wanted.by,
        at=wanted.now,
    )


def _checked(plan: Plan, *, now: datetime) -> Any:
    """Return the check of the plan as it stands; one of an older version cannot be checked."""
    is_known = plan.checked and plan.checked.get("revision", 0) == plan.revision
    return plan.checked if is_known or not plan.register else check_plan(plan, now=now)


def step_named(name: str) -> Step:
    """Return the step of that name."""
    for known, step in STEPS.items():
        if known == name:
            return step
    raise InputError(Fault(NO_SUCH_STEP, {"step": name}))


def steps_from(plan: Plan) -> dict[StepName, Step]:
    """Return the steps that lead on from the state of a plan."""
    return {name: step for name, step in STEPS.items() if plan.status in step.begins}


def zones_against_rules(plan: Plan) -> list[int]:
    """Return the numbers of the zones that break rules without an exception over it."""
    # No exception covers a choice of provider that breaks rules without a reason on record.
    uncovered = Q(exception="") | Q(problems__contains=[{"rule": CHOICE_RULE}])
    found = Zone.objects.filter(uncovered, plan=plan).exclude(problems=[])
    return list(found.order_by("number").values_list("number", flat=True))


def _why_not_now(plan: Plan, step: Step, wanted: Wanted) -> Iterator[Fault]:
    if plan.status not in step.begins:
        yield Fault(NOT_FROM_HERE, {"status": plan.get_status_display(), "step": step.word})
    if wanted.revision != plan.revision:
        yield Fault(CHANGED_SINCE, {"revision": plan.revision})


def _why_unsaid(plan: Plan, step: Step, wanted: Wanted) -> Iterator[Fault]:
    comment = wanted.comment.strip()
    if step.needs_comment and not comment:
        yield Fault(COMMENT_MISSING, {"step": step.word})
    if step is STEPS[StepName.SUBMIT] and not comment and (against := zones_against_rules(plan)):
        yield Fault(PROBLEMS_UNSAID, {"zones": "、".join(map(str, against))})
    if step.needs_document and not wanted.document.strip():
        yield Fault(DOCUMENT_MISSING)
    if step.needs_notice:
        yield from _why_no_notice(wanted.notice_from, wanted.notice_to)


def _why_no_notice(first: date | None, last: date | None) -> Iterator[Fault]:
    if first is None or last is None:
        yield Fault(NOTICE_MISSING)
    elif last < first:
        values = {"first": first.isoformat(), "last": last.isoformat()}
        yield Fault(NOTICE_BACKWARDS, values)
