"""Which plans a map of an area shows: those asked for, else the newest of each area."""

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest

from geo.errors import Fault, InputError, gettext_noop
from geo.frames.past import managing_tree
from geo.models import ManagingArea
from layers.models import Plan, PlanStatus

NO_SUCH_PLAN = gettext_noop("没有编号为“{given}”的方案，或它不涉及{area}。")
PLAN_REMEDY = gettext_noop("请从图层列表中选择方案，或留空显示最新方案。")


def shown_plans(request: HttpRequest, area: ManagingArea, *, known: datetime) -> list[Plan]:
    """Return the plans that the address asks for with `plan`; without it the newest ones.

    Raises
    ------
    InputError
        Where there is no such plan, or it has nothing to do with the area.
    """
    plans = plans_of(area, known=known)
    given = request.GET.get("plan", "").strip()
    if not given:
        return newest(plans)
    chosen = [plan for plan in plans if str(plan.pk) == given]
    if not chosen:
        fault = Fault(NO_SUCH_PLAN, {"given": given[:20], "area": area.name}, fix=PLAN_REMEDY)
        raise InputError(fault)
    return chosen


def plans_of(area: ManagingArea, *, known: datetime) -> list[Plan]:
    """Return the plans that concern an area, as known at a moment, the newest of each area first.

    They are those of the area and all below it; where there are none, those of the nearest area
    above that has any.
    """
    tree = managing_tree(area=area.code, known=known)
    for areas in (tree.inside(), *({above} for above in tree.path(tree.asked)[1:])):
        found = list(_plans(areas or (), known))
        if found:
            return found
    return []


def _plans(areas: Iterable[int], known: datetime) -> Iterable[Plan]:
    made = Plan.objects.filter(area__in=areas, created_at__lte=known)
    kept = made.exclude(status=PlanStatus.ABORTED).select_related("area")
    return kept.defer("summary", "work").order_by("area__code", "-version")


def newest(plans: Iterable[Plan]) -> list[Plan]:
    """Return the first plan of each area."""
    of_area: dict[int, Plan] = {}
    for plan in plans:
        of_area.setdefault(plan.area_id, plan)
    return list(of_area.values())
