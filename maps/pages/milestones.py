"""目标节点: what a policy wanted by which day, counted on its own list, in an area on a day."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.errors import Fault, InputError, gettext_noop
from geo.models import ManagingArea
from layers.coverage.milestones import Progress, Standing
from layers.planning.report_history import coverage_known
from layers.planning.report_milestones import MilestoneReport, report_milestones
from layers.policy import Policy, load_policy, policy_names
from maps.asked import asked_of

NO_MILESTONES = gettext_noop("政策“{given}”没有目标节点。")
HAVE_MILESTONES = gettext_noop("有目标节点的政策：{names}。")
MARKS = {
    Standing.REACHED: "✓",
    Standing.REACHED_LATE: "✓",
    Standing.ON_TRACK: "→",
    Standing.BEHIND: "▼",
    Standing.MISSED: "✗",
}
"""Beside the words, so that nobody needs the colour."""
LATE = frozenset({Standing.BEHIND, Standing.MISSED})


@require_safe
@never_cache
def milestones(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """Show how far each milestone of the chosen policy has come in the area."""
    asked, offered = asked_of(request), with_milestones()
    policy = _chosen(request.GET.get("policy", ""), offered)
    coverage = coverage_known(asked.known if asked.is_past else None)
    reports = report_milestones(coverage, area.code, policy, on=asked.valid) if policy else ()
    told = {
        "policy": policy,
        "policies": offered,
        "reports": [_told(report) for report in reports],
    }
    return render(request, "maps/milestones.html", told)


def _told(report: MilestoneReport) -> dict[str, Any]:
    """Return a milestone with its areas and, where there are several, all of them together."""
    rows = [_row(each.name, each.progress) for each in report.areas]
    if len(rows) > 1:
        rows.append(_row(gettext("合计"), report.whole))
    share = report.milestone.share
    return {
        "milestone": report.milestone,
        "base": report.base,
        "is_ended": report.is_ended,
        "percent": None if share is None else 100 * share,
        "rows": rows,
        "has_no_base": report.whole.standing is Standing.WITHOUT_BASE,
    }


def _row(name: str, progress: Progress) -> dict[str, Any]:
    return {
        "name": name,
        "progress": progress,
        "standing": gettext(progress.standing.label),
        "mark": MARKS.get(progress.standing, ""),
        "is_late": progress.standing in LATE,
    }


def with_milestones() -> list[Policy]:
    """Return the policies that name milestones."""
    return [policy for name in policy_names() if (policy := load_policy(name)).milestones]


def _chosen(given: str, offered: list[Policy]) -> Policy | None:
    """Return the policy that the address names; the first where it names none."""
    if not given:
        return offered[0] if offered else None
    for policy in offered:
        if policy.id == given:
            return policy
    names = "、".join(policy.id for policy in offered)
    fault = Fault(NO_MILESTONES, {"given": given[:40], "names": names}, fix=HAVE_MILESTONES)
    raise InputError(fault)
