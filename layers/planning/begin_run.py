"""Begin a run: one request for plans of an area, with a part for each district below it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from geo.frames.past import managing_tree
from geo.models import Building, Compound, ManagingArea
from geo.words import AreaLevel
from layers.models import FINISHED, PlanRun, RunPart
from layers.policy import Policy
from layers.sites import Scope


def areas_to_plan(area: ManagingArea, policy: Policy, *, known: datetime) -> list[ManagingArea]:
    """Return the areas that get a plan each: the districts below, else the area itself.

    Where the policy's zones may leave a district, the whole area is planned at once.
    """
    if policy.bundling.scope is Scope.CITY:
        return [area]
    inside = managing_tree(area=area.code, known=known).inside() or frozenset()
    below = ManagingArea.objects.filter(pk__in=inside, level=AreaLevel.DISTRICT)
    return list(below.exclude(pk=area.pk).order_by("code")) or [area]


@transaction.atomic
def begin_run(  # noqa: PLR0913 (what a plan rests on)
    *,
    area: ManagingArea,
    policy: Policy,
    valid: date,
    known: datetime,
    seed: int,
    wanted: int = 1,
    by: Any = None,
) -> PlanRun:
    """Return the run of that request with its parts; asked again it is the same run."""
    asked = _asked(area=area, policy=policy, valid=valid, seed=seed, wanted=wanted)
    run, is_new = PlanRun.objects.get_or_create(
        **asked, known_at=known, defaults={"created_by": by}
    )
    if is_new:
        parts = areas_to_plan(area, policy, known=known)
        RunPart.objects.bulk_create(RunPart(run=run, area=each) for each in parts)
        run.outside = count_outside(area, parts, known=known)
        run.save(update_fields=["outside"])
    return run


def unfinished_run(
    *, area: ManagingArea, policy: Policy, valid: date, seed: int, wanted: int = 1
) -> PlanRun | None:
    """Return the newest run of that request, if it was broken off."""
    asked = _asked(area=area, policy=policy, valid=valid, seed=seed, wanted=wanted)
    newest = PlanRun.objects.filter(**asked).first()
    return None if newest is None or newest.is_finished else newest


def _asked(
    *, area: ManagingArea, policy: Policy, valid: date, seed: int, wanted: int
) -> dict[str, Any]:
    """Return what tells one request from another, but for the moment at which data were known."""
    return {
        "area": area,
        "policy": policy.id,
        "valid_on": valid,
        "seed": seed,
        "wanted": wanted,
        "effort": policy.bundling.effort,
    }


def count_outside(area: ManagingArea, parts: list[ManagingArea], *, known: datetime) -> int:
    """Return how many compounds and scattered buildings of the area lie in none of its parts."""
    inside = set(managing_tree(area=area.code, known=known).inside() or ())
    for part in parts:
        inside -= managing_tree(area=part.code, known=known).inside() or frozenset()
    lost = Compound.objects.filter(area__in=inside).count()
    return lost + Building.objects.filter(area__in=inside, compound=None).count()


def parts_to_do(run: PlanRun) -> list[RunPart]:
    """Return the parts that are not finished."""
    return list(run.parts.exclude(state__in=FINISHED).select_related("area"))
