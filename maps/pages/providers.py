"""The register of providers: who they are and serve, how they rank, who is barred, findings."""

from collections import Counter
from typing import Any

import pandas as pd
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo import frames
from geo.models import ManagingArea, Provider
from geo.words import ProviderKind
from layers.models import Assignment, Plan, PlanStatus
from layers.planning.read_exit import newest_plans
from layers.planning.read_policy import policy_here
from maps.access import areas_open_to
from maps.asked import asked_of
from maps.pages.provider_record import records_of

NO_GRADE = "~"
"""Sorts behind every grade: who is not graded is not ranked before who is."""


@require_safe
@never_cache
def providers(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """Show the providers: those with most in the area first, or the best graded (`order=grade`)."""
    asked = asked_of(request)
    on: dict[str, Any] = {"area": area.code, "valid": asked.valid, "known": asked.known}
    serves = Counter(frames.contracts(**on)["provider"])
    bans = frames.bans(**on)
    proposed = proposed_zones(request)
    codes = dict(Provider.objects.values_list("name", "code"))
    rows = [
        {
            "name": row.name_,
            "code": codes[row.name_],
            "kind": gettext(ProviderKind.label_of(row.kind)) if row.kind else "",
            "grade": row.grade or "",
            "capacity_m2": None if pd.isna(row.capacity_m2) else float(row.capacity_m2),
            "serves": serves[row.name_],
            "proposed": proposed[row.name_],
            "banned": banned_text(bans, row.name_),
        }
        for row in frames.providers(**on).rename(columns={"name": "name_"}).itertuples()
    ]
    is_ranked = request.GET.get("order") == "grade"
    rows.sort(key=_by_grade if is_ranked else _by_size)
    context = {
        "area": area,
        "rows": rows,
        "is_ranked": is_ranked,
        "barred": barred(bans, codes),
        "found": found_at_signing(area, asked),
    }
    return render(request, "maps/providers.html", context)


def _by_size(row: dict[str, Any]) -> Any:
    return -row["serves"], -row["proposed"], row["name"]


def _by_grade(row: dict[str, Any]) -> Any:
    """Order by grade; who is barred comes after all who are not."""
    return bool(row["banned"]), row["grade"] or NO_GRADE, -row["serves"], row["name"]


def proposed_zones(request: HttpRequest) -> Counter[str]:
    """Return how many zones of the newest plans each provider is proposed for."""
    plans = Plan.objects.filter(area__in=areas_open_to(request.user))
    newest = (
        plans.exclude(status=PlanStatus.ABORTED)
        .order_by("area_id", "-version")
        .distinct("area_id")
        .values("pk")
    )
    named = Assignment.objects.filter(zone__plan__in=newest)
    return Counter(named.values_list("provider__name", flat=True))


def barred(bans: pd.DataFrame, codes: dict[str, str]) -> list[dict[str, Any]]:
    """Return the bans in force on the day, each with its document: the blacklist (黑名单)."""
    areas = dict(ManagingArea.objects.values_list("code", "name"))
    told: Any = bans.itertuples()
    return [
        {
            "name": ban.provider,
            "code": codes[ban.provider],
            "area": areas.get(ban.area, ban.area) if ban.area else gettext("全市"),
            "reason": ban.reason,
            "document": ban.document,
            "valid_from": ban.valid_from or None,
            "valid_to": ban.valid_to or None,
        }
        for ban in told
    ]


def found_at_signing(area: ManagingArea, asked: Any) -> list[dict[str, Any]]:
    """Return the contracts in the area that should not have been signed, newest first."""
    policy = policy_here(next(iter(newest_plans(area)), None), area)
    records = records_of(Provider.objects.order_by("name"), area=area, policy=policy, asked=asked)
    found = [
        {"item": one.item, "why": [reason.sentence(gettext) for reason in one.findings]}
        for record in records
        for one in record.contracts
        if one.findings
    ]
    return sorted(found, key=lambda each: each["item"].signed_on, reverse=True)


def banned_text(bans: pd.DataFrame, name: str) -> str:
    """Return where and until when a provider is banned; "" where it is not."""
    mine = bans[bans["provider"] == name]
    told = gettext("{area}禁入至 {until}")
    return "；".join(
        told.format(area=ban.area or "", until=ban.valid_to or gettext("另行通知"))
        for ban in mine.itertuples()
    )
