"""Propose a plan for an area: load the ground, draft, store; the whole plan or nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
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
    on_step: Step = lambda _step: None,
) -> Proposed:
    """Draft a plan for the area on a day, as known at a moment, and store it as its next version.

    Raises
    ------
    InputError
        Where there is nothing to plan or the data contradict one another; nothing is stored.
    """
    on_step("ground")
    ground = load_ground(area=area.code, valid=valid, known=known)
    draft = draft_plan(ground, policy, on_date=valid, seed=seed, on_step=on_step)
    on_step("store")
    with transaction.atomic():
        # One plan of an area at a time, so that versions follow one another.
        ManagingArea.objects.select_for_update().get(pk=area.pk)
        keep_courtyards(draft)
        plan = Plan(
            area=area,
            version=next_version(area),
            policy=policy.id,
            seed=seed,
            valid_on=valid,
            known_at=known,
            created_by=by,
        )
        store_plan(plan, draft)
    return Proposed(plan=plan, draft=draft)


def next_version(area: ManagingArea) -> int:
    """Return the number of the area's next plan."""
    newest: int | None = area.plans.aggregate(newest=Max("version"))["newest"]
    return (newest or 0) + 1
