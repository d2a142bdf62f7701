"""Propose a plan for an area: load the ground, draft, store; the whole plan or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from geo.models import ManagingArea
from layers.draft import Draft, Step, draft_plan
from layers.models import Plan
from layers.planning.keep_courtyards import keep_courtyards
from layers.planning.load_ground import load_ground
from layers.planning.store_plan import store_plan
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
    on_step: Step = lambda _step: None,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    on_stored: Callable[[Plan], None] = lambda _plan: None,
) -> Proposed:
    """Draft a plan for the area on a day, as known at a moment, and store it as its next version.

    `on_progress` and `should_stop` are those of `layers.proposal.propose`. `on_stored` is called in
    the transaction that stores the plan: where it raises, nothing is stored.

    Raises
    ------
    InputError
        Where there is nothing to plan or the data contradict one another; nothing is stored.
    """
    on_step("ground")
    ground = load_ground(area=area.code, valid=valid, known=known)
    # What follows may take minutes: the connection is not held, and a fresh one stores the plan.
    release_connection()
    draft = draft_plan(
        ground,
        policy,
        on_date=valid,
        seed=seed,
        on_step=on_step,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    on_step("store")
    with transaction.atomic():
        # One plan of an area at a time, so that versions follow one another. Rows that refer to
        # the area (a job that is asked for) need not wait.
        ManagingArea.objects.select_for_update(no_key=True).get(pk=area.pk)
        keep_courtyards(draft)
        plan = Plan(
            area=area,
            version=next_version(area),
            policy=policy.id,
            seed=seed,
            valid_on=valid,
            known_at=known,
            created_by=by,
            based_on=based_on,
        )
        store_plan(plan, draft)
        on_stored(plan)
    return Proposed(plan=plan, draft=draft)


def next_version(area: ManagingArea) -> int:
    """Return the number of the area's next plan."""
    newest: int | None = area.plans.aggregate(newest=Max("version"))["newest"]
    return (newest or 0) + 1


def release_connection() -> None:
    """Give the connection back, but for one in a transaction that the caller began."""
    if not connection.in_atomic_block:
        connection.close()
