"""The register of providers: who they are, what they serve, what is proposed, who is banned."""

from collections import Counter
from typing import Any

import pandas as pd
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo import frames
from geo.models import ManagingArea
from geo.words import ProviderKind
from layers.models import Assignment, Plan, PlanStatus
from maps.access import areas_open_to
from maps.asked import asked_of


@require_safe
@never_cache
def providers(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """Show the providers, those with most in the area first."""
    asked = asked_of(request)
    on: dict[str, Any] = {"area": area.code, "valid": asked.valid, "known": asked.known}
    serves = Counter(frames.contracts(**on)["provider"])
    bans = frames.bans(**on)
    proposed = proposed_zones(request)
    rows = [
        {
            "name": row.name_,
            "kind": gettext(ProviderKind.label_of(row.kind)) if row.kind else "",
            "grade": row.grade or "",
            "capacity_m2": None if pd.isna(row.capacity_m2) else float(row.capacity_m2),
            "serves": serves[row.name_],
            "proposed": proposed[row.name_],
            "banned": banned_text(bans, row.name_),
        }
        for row in frames.providers(**on).rename(columns={"name": "name_"}).itertuples()
    ]
    rows.sort(key=lambda row: (-row["serves"], -row["proposed"], row["name"]))
    return render(request, "maps/providers.html", {"rows": rows})


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


def banned_text(bans: pd.DataFrame, name: str) -> str:
    """Return where and until when a provider is banned; "" where it is not."""
    mine = bans[bans["provider"] == name]
    told = gettext("{area}禁入至 {until}")
    return "；".join(
        told.format(area=ban.area or "", until=ban.valid_to or gettext("另行通知"))
        for ban in mine.itertuples()
    )
