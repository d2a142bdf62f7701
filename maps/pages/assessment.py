"""考评: events, treatments, evaluations, checklists, subsidies and fees of an area at a glance."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.models import ManagingArea
from layers.planning.read_assessed import Places
from layers.planning.report_checks import report_checks
from layers.planning.report_collection import report_collection
from layers.planning.report_evaluations import report_evaluations
from layers.planning.report_events import By, report_events
from layers.planning.report_subsidies import report_subsidies
from layers.planning.report_treatments import report_treatments
from layers.policy import Policy
from maps.assessing.period import Period, newest_quarter, period_of
from maps.assessing.tabs import places_of, told
from maps.mode_sheet.choice import policies_to_choose, policy_asked, policy_called


@require_safe
@never_cache
def assessment(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    period, policy = period_of(request), policy_called(policy_asked(request, area))
    places = places_of(area, period.asked)
    context = told(request, area, "assessment", period.asked) | {
        "period": period,
        "policy": policy,
        "policies": policies_to_choose(policy.id),
        "cards": [
            (reverse(name, args=[area.code]) + period.query(policy=policy.id), title, figure, note)
            for name, title, figure, note in _cards(places, policy, period)
        ],
    }
    return render(request, "maps/assessment/overview.html", context)


def _cards(places: Places, policy: Policy, period: Period) -> list[tuple[str, str, str, str]]:
    """Return address, title, figure and note of each topic."""
    days = {"first": period.first, "last": period.last}
    return [
        _events(places, **days),
        _treatments(places, policy),
        _evaluations(places, policy),
        _checks(places, policy),
        _subsidies(places, policy, **days),
        _collection(places, **days),
    ]


def _events(places: Places, **days: object) -> tuple[str, str, str, str]:
    whole = report_events(places, by=By.AREA, **days).whole  # type: ignore[arg-type]
    rate = whole.per_thousand
    note = gettext("每千户 {rate} 件").format(rate="—" if rate is None else f"{rate:.2f}")
    return "events", gettext("投诉与巡查（件）"), f"{whole.total:,}", note


def _treatments(places: Places, policy: Policy) -> tuple[str, str, str, str]:
    report = report_treatments(places, policy)
    note = gettext("另有待核实 {open} 项，已决定 {decided} 项").format(
        open=report.to_verify, decided=report.decided
    )
    if not policy.treatments:
        note = gettext("文件未规定")
    return "treatments", gettext("拟处理（项）"), f"{report.proposed:,}", note


def _evaluations(places: Places, policy: Policy) -> tuple[str, str, str, str]:
    quarter = newest_quarter(places)
    report = report_evaluations(places, policy, quarter)
    count = sum(row.total.total is not None for row in report.rows)
    return "evaluations", gettext("有评议总分（处）"), f"{count:,}", str(quarter)


def _checks(places: Places, policy: Policy) -> tuple[str, str, str, str]:
    count = report_checks(places, policy).whole
    note = gettext("共 {compounds} 处，不详 {unknown} 处").format(
        compounds=count.compounds, unknown=count.unknown
    )
    figure = f"{count.all_met:,}" if policy.five_good else "—"
    return (
        "checks",
        gettext("五好达标（处）"),
        figure,
        note if policy.five_good else gettext("文件未规定"),
    )


def _subsidies(places: Places, policy: Policy, **days: object) -> tuple[str, str, str, str]:
    report = report_subsidies(places, policy, **days)  # type: ignore[arg-type]
    note = gettext("专款专用另计 {sum:,} 元").format(sum=report.fenced_yuan)
    return "subsidies", gettext("补贴（元）"), f"{report.free_yuan:,}", note


def _collection(places: Places, **days: object) -> tuple[str, str, str, str]:
    whole = report_collection(places, **days).whole  # type: ignore[arg-type]
    note = gettext("有资料 {known} 处，不详 {unknown} 处").format(
        known=whole.known, unknown=whole.unknown
    )
    return "collection", gettext("收缴率"), whole.percent_text, note
