"""Propose a plan for an area: load the ground, draft, store; the whole plan or nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from geo.models import ManagingArea
from layers.draft import (
    Draft,
    Revision,
    Step,
    check_draft,
    draft_alternatives,
    draft_plan,
    refuse_wrong,
)
from layers.models import DECIDED, Plan
from layers.planning.keep_courtyards import keep_courtyards
from layers.planning.load_ground import load_ground
from layers.planning.read_choices import read_chosen
from layers.planning.read_policy import policy_at
from layers.planning.read_register import held_by
from layers.planning.store_plan import said, store_plan
from layers.policy import Policy


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A stored plan and the draft that it came from."""

    plan: Plan
    draft: Draft


def propose_plan(  # noqa: PLR0913 (all that a plan rests on)
    *,
    area: ManagingArea,
    policy: Policy,
    valid: date,
    known: datetime,
    seed: int,
    by: Any = None,
    based_on: Plan | None = None,
    most_changed: int | None = None,
    cores: int | None = None,
    on_step: Step = lambda _step: None,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    on_stored: Callable[[Plan], None] = lambda _plan: None,
) -> Proposed:
    """Draft a plan for the area on a day, as known at a moment, and store it as its next version.

    `based_on` is a plan that is planned anew: what a planner locked in it stays, and at most
    `most_changed` sites come into another zone; more only where rules leave no choice.

    `cores`, `on_progress` and `should_stop` are those of `layers.proposal.propose`. `on_stored` is
    called in the transaction that stores the plan: where it raises, nothing is stored.

    Raises
    ------
    InputError
        Where there is nothing to plan or the data contradict one another; nothing is stored.
    """
    on_step("ground")
    policy = policy_at(policy, area)
    ground = load_ground(area=area.code, valid=valid, known=known)
    revision = revision_of(based_on, most_changed) if based_on else None
    # What follows may take minutes: the connection is not held, and a fresh one stores the plan.
    release_connection()
    draft = draft_plan(
        ground,
        policy,
        on_date=valid,
        seed=seed,
        revision=revision,
        cores=cores,
        on_step=on_step,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    on_step("store")
    checked = check(draft)
    with transaction.atomic():
        hold(area)
        keep_courtyards(draft)
        plan = _new_plan(area, policy, valid=valid, known=known, seed=seed, by=by)
        plan.based_on, plan.checked = based_on, checked
        store_plan(plan, draft)
        on_stored(plan)
    return Proposed(plan=plan, draft=draft)


def propose_plans(  # noqa: PLR0913 (all that plans rest on)
    *,
    area: ManagingArea,
    policy: Policy,
    valid: date,
    known: datetime,
    seed: int,
    wanted: int,
    by: Any = None,
    cores: int | None = None,
    on_step: Step = lambda _step: None,
    on_progress: Callable[[int, int], None] = lambda _done, _planned: None,
    should_stop: Callable[[], bool] = lambda: False,
    on_stored: Callable[[list[Plan]], None] = lambda _plans: None,
) -> list[Plan]:
    """Draft several different plans for the area and store them together, the best first.

    There may be fewer than wanted. `on_stored` is called in the transaction that stores them.

    Raises
    ------
    InputError
        Where there is nothing to plan or the data contradict one another; nothing is stored.
    """
    on_step("ground")
    policy = policy_at(policy, area)
    ground = load_ground(area=area.code, valid=valid, known=known)
    present = placement_in_force(area)
    release_connection()
    drafts = draft_alternatives(
        ground,
        policy,
        on_date=valid,
        seed=seed,
        wanted=wanted,
        present=present,
        cores=cores,
        on_step=on_step,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    on_step("store")
    checks = [check(draft) for draft, _difference in drafts]
    with transaction.atomic():
        hold(area)
        keep_courtyards(drafts[0][0])
        plans = []
        for rank, ((draft, difference), checked) in enumerate(
            zip(drafts, checks, strict=True), start=1
        ):
            of = draft.proposal.seed
            plan = _new_plan(area, policy, valid=valid, known=known, seed=of, by=by)
            plan.rank, plan.checked = rank, checked
            plan.difference = [said(reason) for reason in difference]
            store_plan(plan, draft)
            plans.append(plan)
        on_stored(plans)
    return plans


def _new_plan(
    area: ManagingArea, policy: Policy, *, valid: date, known: datetime, seed: int, by: Any
) -> Plan:
    return Plan(
        area=area,
        version=next_version(area),
        policy=policy.id,
        seed=seed,
        valid_on=valid,
        known_at=known,
        created_by=by,
    )


def hold(area: ManagingArea) -> None:
    """Let no other plan of the area be stored meanwhile, so that versions follow one another.

    Rows that refer to the area (a job that is asked for) need not wait.
    """
    ManagingArea.objects.select_for_update(no_key=True).get(pk=area.pk)


def check(draft: Draft) -> dict[str, Any]:
    """Return what the independent check says of a draft, and when; refuse a wrong one.

    Raises
    ------
    InputError
        With every fault that was found.
    """
    begun = time.monotonic()
    refuse_wrong(check_draft(draft))
    return {
        "at": timezone.now().isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - begun, 2),
        "sites": len(draft.sites),
        "zones": len(draft.proposal.zones),
        "links": len(draft.links.a),
    }


def revision_of(plan: Plan, most_changed: int | None) -> Revision:
    """Return what a plan decided that stays when it is planned anew: locks and choices."""
    rows = list(plan.sites.values_list("site", "zone__number", "is_locked"))
    return Revision(
        placement={site: str(number or "") for site, number, _ in rows},
        locked=frozenset(site for site, _, is_locked in rows if is_locked),
        most_changed=most_changed,
        held=held_by(plan),
        chosen=read_chosen(plan),
    )


def placement_in_force(area: ManagingArea) -> dict[str, str] | None:
    """Return the zone of each site in the area's newest decided plan; None without one."""
    plan = area.plans.filter(status__in=DECIDED).order_by("-version").first()
    if plan is None:
        return None
    numbers = plan.sites.values_list("site", "zone__number")
    return {site: str(number or "") for site, number in numbers}


def next_version(area: ManagingArea) -> int:
    """Return the number of the area's next plan."""
    newest: int | None = area.plans.aggregate(newest=Max("version"))["newest"]
    return (newest or 0) + 1


def release_connection() -> None:
    """Give the connection back, but for one in a transaction that the caller began."""
    if not connection.in_atomic_block:
        connection.close()
