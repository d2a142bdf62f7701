"""One provider: its record over time, what it serves, and what its exit would re-open."""

import math
from collections.abc import Iterable
from typing import Any

import pghistory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.models import ManagingArea, Provider
from geo.recording.exits import ban_end, record_ban, record_exit, serving
from geo.recording.telling import CellFaultsError, Telling
from geo.words import ExitReason
from layers.models import Assignment
from layers.planning.read_exit import newest_plans, read_exit
from layers.planning.read_policy import policy_here
from layers.policy import Policy
from maps.access import Right, areas_open_to, may
from maps.asked import asked_of
from maps.ledger.page import inside, now_asked
from maps.pages.evaluations import judged_table
from maps.pages.provider_assessment import assessed_of
from maps.pages.provider_record import record_of
from maps.pages.provider_timeline import LABEL_WIDTH, WIDTH, timeline_of


@require_safe
@never_cache
def provider(request: HttpRequest, area: ManagingArea, provider: str) -> HttpResponse:
    """Show what is on record of a provider in the area."""
    found = get_object_or_404(Provider, code=provider)
    asked = asked_of(request)
    policy = _policy_of(area)
    record = record_of(found, area=area, policy=policy, asked=asked)
    zones = (
        Assignment.objects.filter(
            provider=found, zone__plan__in=[plan.pk for plan in _plans(request, area)]
        )
        .select_related("zone__plan__area")
        .order_by("zone__plan__area__code", "zone__number")
    )
    context = {
        "provider": found,
        "record": record,
        "policy": policy,
        "contracts": [
            {
                "item": one.item,
                "findings": [reason.sentence(gettext) for reason in one.findings],
                "exit": one.exit,
            }
            for one in record.contracts
        ],
        "found": sum(bool(one.findings) for one in record.contracts),
        "zones": zones,
        "assessed": (assessed := assessed_of(found, area=area, policy=policy, asked=asked)),
        "judged": judged_table(assessed.judged, assessed.places),
        "subsidy": f"{assessed.subsidies.free_yuan:,}" if assessed.subsidies else "",
        "timeline": timeline_of(record, today=asked.valid),
        "width": WIDTH,
        "label_width": LABEL_WIDTH,
    }
    return render(request, "maps/provider.html", {"area": area, **context})


@require_safe
@never_cache
def provider_exit(request: HttpRequest, area: ManagingArea, provider: str) -> HttpResponse:
    """Show what the exit of a provider would re-open, and who could take it over."""
    return _exit_page(request, area, get_object_or_404(Provider, code=provider))


@require_POST
def provider_leave(request: HttpRequest, area: ManagingArea, provider: str) -> HttpResponse:
    """Record that a provider left all that it serves in the area."""
    found = get_object_or_404(Provider, code=provider)
    telling = _telling(request)
    try:
        with pghistory.context(reason=telling.reason):
            record_exit(
                found, request.POST.dict(), inside=inside(area, now_asked()), telling=telling
            )
    except CellFaultsError as wrong:
        return _exit_page(request, area, found, wrong=wrong)
    return redirect("provider", code=area.code, provider=found.code)


@require_POST
def provider_ban(request: HttpRequest, area: ManagingArea, provider: str) -> HttpResponse:
    """Enter a decision that bars a provider from the area."""
    found = get_object_or_404(Provider, code=provider)
    telling = _telling(request)
    given = {**request.POST.dict(), "reason": request.POST.get("why", "")}
    try:
        with pghistory.context(reason=telling.reason):
            record_ban(found, area, given, telling=telling)
    except CellFaultsError as wrong:
        return _exit_page(request, area, found, wrong=wrong)
    return redirect("provider", code=area.code, provider=found.code)


def _exit_page(
    request: HttpRequest,
    area: ManagingArea,
    found: Provider,
    *,
    wrong: CellFaultsError | None = None,
) -> HttpResponse:
    asked = asked_of(request)
    plans = _plans(request, area)
    reopening = read_exit(found.name, area=area, plans=plans, valid=asked.valid, known=asked.known)
    ban = reopening.policy.exit_ban
    rows = [*reopening.served, *reopening.proposed]
    context: dict[str, Any] = {
        "area": area,
        "provider": found,
        "policy": reopening.policy,
        "served": [_told(each) for each in reopening.served],
        "proposed": [_told(each) for each in reopening.proposed],
        "without": sum(not each.takeover.provider for each in rows),
        "floor_area_m2": _sum(each.floor_area_m2 for each in reopening.served),
        "households": _sum(each.households for each in reopening.served),
        "contracts": serving(found, inside=inside(area, now_asked()), day=asked.valid),
        "may_record": may(request.user, Right.LEDGER, area),
        "exit_reasons": [(str(word), gettext(word.label)) for word in ExitReason],
        "today": timezone.localdate(),
        "ban": ban,
        "ban_until": ban_end(timezone.localdate(), years=ban.years) if ban else None,
        "faults": [f.sentence(gettext) for f in wrong.by_key.values()] if wrong else [],
        "sent": request.POST,
    }
    return render(
        request, "maps/provider_exit.html", context, status=400 if wrong is not None else 200
    )


def _told(each: Any) -> dict[str, Any]:
    takeover = each.takeover
    return {
        "row": each,
        "why": [reason.sentence(gettext) for reason in takeover.reasons],
        "others": takeover.others,
        "refused": [(gettext(word), count) for word, count in takeover.refused_by_rule],
        "refusals": [
            (refusal.provider, [reason.sentence(gettext) for reason in refusal.reasons])
            for refusal in takeover.refusals
        ],
    }


def _sum(numbers: Iterable[float]) -> float:
    return sum((number for number in numbers if not math.isnan(number)), 0.0)


def _telling(request: HttpRequest) -> Telling:
    return Telling(by=request.user, now=timezone.now(), reason=request.POST.get("reason", ""))


def _plans(request: HttpRequest, area: ManagingArea) -> list[Any]:
    seen = set(areas_open_to(request.user).values_list("pk", flat=True))
    return [plan for plan in newest_plans(area) if plan.area_id in seen]


def _policy_of(area: ManagingArea) -> Policy:
    return policy_here(next(iter(newest_plans(area)), None), area)
