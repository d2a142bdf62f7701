"""Plans of an area: the list, asking for a new one, and the page of one plan with its editor."""

from dataclasses import asdict
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.models import ManagingArea
from layers.models import Plan
from layers.policy import load_policy, policy_names
from layers.rules import limits_of
from maps.access import Right, areas_open_to, may

SHOWN = 50


@require_safe
@never_cache
def plans(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """List the plans of an area and of those below it, the newest first."""
    context = {
        "plans": plans_below(request, area)[:SHOWN],
        "policies": [(name, load_policy(name).name) for name in policy_names()],
        "may_plan": may(request.user, Right.PLAN, area),
    }
    return render(request, "maps/plans.html", context)


def plans_below(request: HttpRequest, area: ManagingArea) -> QuerySet[Plan]:
    """Return the plans of an area and those below it that the person may see."""
    below = Q(area=area)
    for depth in ("parent", "parent__parent", "parent__parent__parent"):
        below |= Q(**{f"area__{depth}": area})
    return (
        Plan.objects.filter(below, area__in=areas_open_to(request.user))
        .select_related("area", "created_by")
        .annotate(
            zones_held=Count("zones", distinct=True),
            sites_left_out=Count("sites", filter=Q(sites__zone=None), distinct=True),
        )
        .order_by("-created_at", "-pk")
    )


@require_safe
@never_cache
def plan(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show a plan on the map, to be corrected by those who may."""
    context = {
        "plan": plan,
        "config": editor_config(plan, address=request.path),
        "is_sample": plan.sites.filter(compound__batch__is_sample=True).exists(),
    }
    return render(request, "maps/plan.html", context)


def editor_config(plan: Plan, *, address: str) -> dict[str, Any]:
    """Return what the editor's script needs to begin."""
    limits = limits_of(load_policy(plan.policy))
    return {"plan": plan.pk, "address": address, "limits": asdict(limits)}
