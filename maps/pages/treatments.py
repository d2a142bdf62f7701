"""拟处理: which treatment of the policy each compound comes under, on what evidence."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.models import ManagingArea
from geo.words import EventCategory, EventKind, QuarterMark
from layers.assessment.treating import Shown
from layers.planning.report_treatments import Treated, TreatmentReport, report_treatments
from layers.policy import Policy
from layers.policy_parts import Quote
from maps.asked import asked_of
from maps.assessing.tables import Cell, Table, hand_out, words
from maps.assessing.tabs import places_of, told
from maps.mode_sheet.choice import policies_to_choose, policy_asked, policy_called

LISTED = 8
"""Events that a page lists of one sign; the file lists all."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One sign in words, with its evidence."""

    words: str
    is_so: bool | None
    evidence: list[str]
    more: int


@require_safe
@never_cache
def treatments(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    asked = asked_of(request)
    policy = policy_called(policy_asked(request, area))
    report = report_treatments(places_of(area, asked), policy)
    context = told(request, area, "treatments", asked) | {
        "policy": policy,
        "policies": policies_to_choose(policy.id),
        "report": report,
        "rules": policy.treatments,
        "rows": [_told(row) for row in report.rows],
        "quotes": [(each.name, each.when, each.quote) for each in policy.treatments],
        "export": f"?policy={policy.id}" + asked.query.replace("?", "&"),
        "today": asked.valid,
    }
    return render(request, "maps/assessment/treatments.html", context)


@require_POST
def export(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    asked = asked_of(request)
    policy = policy_called(policy_asked(request, area))
    report = report_treatments(places_of(area, asked), policy)
    measure = gettext(
        "{first} 至 {last} 的投诉、巡查和最近的评议等次；系统只作拟处理，由街道办决定。"
    )
    return hand_out(
        request,
        area,
        table_of(report, policy),
        asked=asked,
        measure=f"{policy.name} {measure.format(first=report.first, last=asked.valid)}",
    )


def table_of(report: TreatmentReport, policy: Policy) -> Table:
    """Return the treatments with all their evidence as a table."""
    quotes = {each.name: each.quote for each in policy.treatments}
    return Table(
        name=gettext("拟处理"),
        headings=words(
            *("小区编码", "小区名称", "服务主体", "处理方式", "状态", "证据"),
            *("原文", "决定", "决定日期", "文号"),
        ),
        rows=[_cells(row, quotes) for row in report.rows],
    )


def _cells(row: Treated, quotes: dict[str, Quote]) -> list[Cell]:
    shown = row.proposed.shown if row.proposed else ()
    evidence = [f"{each.asked.words}：{'；'.join(evidence_of(each))}" for each in shown]
    quote, decision = quotes.get(row.treatment), row.decision
    texts = [
        *(row.place.code, row.place.name, row.provider, row.treatment, stand_of(row)),
        *("\n".join(evidence), f"{quote.paragraph} {quote.text}".strip() if quote else ""),
        *(gettext(decision.get_verdict_display()) if decision else "",),
        *(str(decision.valid_from) if decision else "", decision.document if decision else ""),
    ]
    return [Cell(value=text) for text in texts]


def stand_of(row: Treated) -> str:
    """Return where a treatment stands, in words."""
    if row.decision is not None:
        return gettext("已决定")
    return gettext(row.proposed.stand.label) if row.proposed else ""


def _told(row: Treated) -> dict[str, Any]:
    lines = [_line(shown) for shown in (row.proposed.shown if row.proposed else ())]
    return {"row": row, "stand": stand_of(row), "lines": lines}


def _line(shown: Shown) -> Line:
    evidence = evidence_of(shown)
    return Line(
        words=shown.asked.words,
        is_so=shown.is_so,
        evidence=evidence[:LISTED],
        more=max(0, len(evidence) - LISTED),
    )


def evidence_of(shown: Shown) -> list[str]:
    """Return what shows a sign, a line each; what is not known says so."""
    found = [
        " ".join(
            filter(
                None,
                (
                    str(event.day),
                    gettext(EventKind.label_of(event.kind)),
                    gettext(EventCategory.label_of(event.category)),
                    event.document,
                ),
            )
        )
        for event in reversed(shown.events)
    ]
    if graded := shown.graded:
        paper = graded.document or gettext("按得分推算")
        grade = gettext(QuarterMark.label_of(graded.grade))
        found.append(f"{graded.quarter} {graded.provider} {grade}（{paper}）")
    if recorded := shown.recorded:
        answer = gettext("是") if recorded.is_met else gettext("否")
        since = str(recorded.since or gettext("日期不详"))
        found.append(" ".join(filter(None, (answer, since, gettext(recorded.source or "")))))
    if shown.is_so is None:
        found.append(gettext("不详，须先核实"))
    return found
