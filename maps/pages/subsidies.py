"""补贴: what was paid by which formula and document, with what the money may not be used for."""

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.errors import gettext_noop
from geo.models import ManagingArea
from layers.assessment.subsidies import NO_VOTE, NOT_IN_POLICY, Sum
from layers.planning.read_assessed import Places
from layers.planning.report_events import NO_ZONE
from layers.planning.report_subsidies import SubsidyReport, SubsidyRow, report_subsidies
from maps.assessing.period import period_of
from maps.assessing.records import formula_of
from maps.assessing.tables import Cell, Table, hand_out, numbers, words
from maps.assessing.tabs import places_of, told
from maps.mode_sheet.choice import policies_to_choose, policy_asked, policy_called

MEASURE = gettext_noop(
    "金额＝标准×数量×月数×等次系数，按“分”四舍五入；计截止日期在期间内的各笔；专款专用的单列，不并入合计。"
)
FAULTS = frozenset({NO_VOTE, NOT_IN_POLICY})


@require_safe
@never_cache
def subsidies(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    period = period_of(request)
    policy = policy_called(policy_asked(request, area))
    places = places_of(area, period.asked)
    report = report_subsidies(places, policy, first=period.first, last=period.last)
    context = told(request, area, "subsidies", period.asked) | {
        "period": period,
        "policy": policy,
        "policies": policies_to_choose(policy.id),
        "report": report,
        "free": f"{report.free_yuan:,.2f}",
        "fenced": f"{report.fenced_yuan:,.2f}",
        "table": table_of(report),
        "sums": [
            sum_table(gettext("按服务主体"), report.by_provider),
            sum_table(gettext("按辖区"), report.by_area),
            sum_table(gettext("按片区"), [_named(each, places) for each in report.by_zone]),
        ],
        "measure": gettext(MEASURE),
        "export": period.query(policy=policy.id),
    }
    return render(request, "maps/assessment/subsidies.html", context)


@require_POST
def export(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    period = period_of(request)
    policy = policy_called(policy_asked(request, area))
    report = report_subsidies(
        places_of(area, period.asked), policy, first=period.first, last=period.last
    )
    measure = f"{policy.name} {gettext(MEASURE)}{period.first} — {period.last}"
    return hand_out(request, area, table_of(report), asked=period.asked, measure=measure)


def _named(each: Sum, places: Places) -> Sum:
    """Return the sum of a zone under the zone's name."""
    number = places.zones.get(each.key, "")
    name = gettext("{number}号片区").format(number=number) if number else gettext(NO_ZONE)
    return replace(each, key=name)


def table_of(report: SubsidyReport) -> Table:
    """Return the subsidies, a row each."""
    return Table(
        name=gettext("补贴"),
        headings=[
            *words("起始日期", "截止日期", "补贴名称", "服务主体", "小区或辖区", "算式"),
            *numbers("金额（元）"),
            *words("文号", "业主表决文号", "限制"),
        ],
        rows=[_cells(row) for row in report.rows],
        empty=gettext("这段期间没有补贴记录。"),
    )


def _cells(row: SubsidyRow) -> list[Cell]:
    fact = row.fact
    limits = "".join(gettext(text).format(**values) for text, values in row.limits)
    return [
        Cell(value=str(fact.valid_from)),
        Cell(value=str(fact.valid_to)),
        Cell(value=fact.line),
        Cell(value=row.provider),
        Cell(value=row.place),
        Cell(value=formula_of(fact)),
        Cell(value=fact.amount_yuan),
        Cell(value=fact.document),
        Cell(value=fact.vote),
        Cell(value=limits, is_fault=any(text in FAULTS for text, _ in row.limits)),
    ]


def sum_table(name: str, sums: Sequence[Sum]) -> Table:
    """Return sums, ring-fenced money in a column of its own."""
    return Table(
        name=name,
        headings=[
            *words("名称"),
            *numbers("笔数", "合计（元）", "其中专款专用另计（元）"),
        ],
        rows=[
            [
                Cell(value=each.key),
                Cell(value=each.rows),
                Cell(value=each.free_yuan),
                Cell(value=each.fenced_yuan),
            ]
            for each in sums
        ],
    )
