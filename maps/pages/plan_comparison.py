"""Two plans of an area beside each other: sums, and every site that they place differently."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.errors import InputError, gettext_noop
from geo.models import ManagingArea
from layers.models import Plan, PlanSite
from layers.reasons import Reason
from maps.comparing import NOWHERE, Moved, counterparts, moved_sites
from maps.district_map.basemap import Basemap, basemap_of
from maps.middleware import with_pictures_of
from maps.pages.plans import editor_config, plans_below, policy_title

SHOWN = 500
CHOOSE_TWO = gettext_noop("请在方案列表中选择两个方案，再比较。")
LARGEST_KEY = 18
"""Digits of the largest key of a plan."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A moved site as the table shows it."""

    site: str
    name: str
    households: float | None
    before: str
    after: str
    reason: str


@require_safe
@never_cache
def plan_comparison(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """Compare two plans of the area or of those below it."""
    pair = [_asked_plan(request, area, name) for name in ("a", "b")]
    rows = [_sites_of(plan) for plan in pair]
    placements = [{site: row["zone"] for site, row in each.items()} for each in rows]
    moved = moved_sites(*placements)
    basemap = basemap_of(settings.BASEMAP)
    maps = [_map_of(*each, basemap) for each in zip(pair, placements, strict=True)]
    context = {
        "pair": [
            {"plan": plan, "policy": policy_title(plan.policy), **_sums(plan)} for plan in pair
        ],
        "plans": plans_below(request, area).filter(area=pair[0].area),
        "moved": len(moved),
        "households": sum(_row(each, *rows)["households"] or 0 for each in moved),
        "lines": [_line(each, *rows) for each in moved[:SHOWN]],
        "is_one_area": pair[0].area_id == pair[1].area_id,
        "config": {
            "plans": maps,
            "same": counterparts(*placements),
            "moved": [each.site for each in moved],
            "basemap": basemap.told,
        },
    }
    return with_pictures_of(basemap.host, render(request, "maps/plan_comparison.html", context))


def _map_of(plan: Plan, placement: Mapping[str, str], basemap: Basemap) -> dict[str, Any]:
    """Return what one of the two maps shows."""
    address = reverse("plan", args=[plan.pk])
    return {
        "placement": placement,
        "sites": f"{address}sites.geojson",
        "zones": f"{address}zones.geojson",
        "tiles": editor_config(plan, basemap, address=address)["tiles"],
    }


def _asked_plan(request: HttpRequest, area: ManagingArea, name: str) -> Plan:
    """Return the plan that the address names; what may not be seen is not there."""
    given = request.GET.get(name, "")
    if not (given.isascii() and given.isdigit()) or len(given) > LARGEST_KEY:
        raise InputError(CHOOSE_TWO)
    plan = plans_below(request, area).filter(pk=int(given)).first()
    if plan is None:
        raise Http404
    return plan


def _sites_of(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return what the comparison needs of each site, by its code."""
    rows = PlanSite.objects.filter(plan=plan).values_list(
        "site", "name", "households", "zone__number", "reasons"
    )
    return {
        site: {
            "name": name or site,
            "households": households,
            "zone": str(zone or NOWHERE),  # numbers begin at one
            "reasons": reasons,
        }
        for site, name, households, zone, reasons in rows
    }


def _sums(plan: Plan) -> dict[str, Any]:
    """Return the sums that planners compare."""
    loss = Sum("margin_yuan", filter=Q(margin_yuan__lt=0))
    told = plan.zones.aggregate(
        zones=Count("pk"),
        excepted=Count("pk", filter=~Q(exception="")),
        against=Count("pk", filter=Q(exception="") & ~Q(problems=[])),
        loss_yuan=loss,
    )
    return {**told, "left_out": plan.sites.filter(zone=None).count()}


def _row(
    moved: Moved, before: Mapping[str, dict[str, Any]], after: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    return after.get(moved.site) or before[moved.site]


def _line(
    moved: Moved, before: Mapping[str, dict[str, Any]], after: Mapping[str, dict[str, Any]]
) -> Line:
    row = _row(moved, before, after)
    return Line(
        site=moved.site,
        name=row["name"],
        households=row["households"],
        before=_zone_name(moved.before),
        after=_zone_name(moved.after),
        reason=_reason(row["reasons"]) if moved.after is not None else "",
    )


def _zone_name(zone: str | None) -> str:
    if zone is None:
        return gettext("不在方案内")
    return gettext("{number}号片区").format(number=zone) if zone else gettext("未归入")


def _reason(reasons: list[Mapping[str, Any]]) -> str:
    return " ".join(Reason(each["key"], each["values"]).sentence(gettext) for each in reasons)
