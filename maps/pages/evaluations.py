"""季度评议: the scores of a quarter by the policy's parties, with totals, grades and ranks."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.errors import gettext_noop
from geo.models import ManagingArea
from geo.words import QuarterMark
from layers.assessment.weighing import DEFAULT_TOLD
from layers.planning.read_assessed import Places
from layers.planning.report_evaluations import EvaluationReport, Judged, report_evaluations
from layers.policy import Policy
from maps.asked import asked_of
from maps.assessing.period import quarter_of
from maps.assessing.tables import Cell, Table, hand_out, numbers, words
from maps.assessing.tabs import places_of, told
from maps.mode_sheet.choice import policies_to_choose, policy_asked, policy_called

BY_SCORES = gettext_noop("按得分推算")
MEASURE = gettext_noop(
    "总分＝各评议主体得分按权重加权；未评的主体不计，其权重由已评的分担；为主的一方未评不出总分。"
)
WHOLE = Decimal(100)


@require_safe
@never_cache
def evaluations(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    asked = asked_of(request)
    places = places_of(area, asked)
    quarter, policy = quarter_of(request, places), _policy(request, area)
    report = report_evaluations(places, policy, quarter)
    query = f"?quarter={quarter.key}&policy={policy.id}" + asked.query.replace("?", "&")
    context = told(request, area, "evaluations", asked) | {
        "quarter": quarter,
        "earlier": f"?quarter={quarter.previous.key}&policy={policy.id}",
        "later": f"?quarter={quarter.next.key}&policy={policy.id}",
        "policy": policy,
        "policies": policies_to_choose(policy.id),
        "weights": [(party, WHOLE * weight) for party, weight in report.weights.by_party.items()]
        if report.weights
        else [],
        "lead": report.weights.lead if report.weights else "",
        "is_default": report.weights.is_default if report.weights else False,
        "default_told": gettext(DEFAULT_TOLD),
        "measure": gettext(MEASURE),
        "providers": provider_table(report, places, area),
        "table": table_of(report, places, area),
        "export": query,
    }
    return render(request, "maps/assessment/evaluations.html", context)


@require_POST
def export(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    asked = asked_of(request)
    places = places_of(area, asked)
    quarter, policy = quarter_of(request, places), _policy(request, area)
    table = table_of(report_evaluations(places, policy, quarter), places, area)
    measure = f"{quarter} {policy.name} {gettext(MEASURE)}"
    return hand_out(request, area, table, asked=asked, measure=measure)


def _policy(request: HttpRequest, area: ManagingArea) -> Policy:
    return policy_called(policy_asked(request, area))


def provider_table(report: EvaluationReport, places: Places, area: ManagingArea) -> Table:
    """Return the providers by the mean of their totals."""
    return Table(
        name=gettext("服务主体排名"),
        headings=[
            *numbers("名次"),
            *words("服务主体"),
            *numbers("平均得分", "有总分（处）"),
        ],
        rows=[
            [
                Cell(value=each.rank),
                _provider(each.provider, places, area),
                Cell(value=each.mean),
                Cell(value=each.places),
            ]
            for each in report.providers
        ],
    )


def table_of(report: EvaluationReport, places: Places, area: ManagingArea) -> Table:
    """Return the quarter's rows: every party's score, the total, its rank and the grade."""
    parties = list(report.weights.by_party) if report.weights else _scoring(report)
    return Table(
        name=gettext("季度评议"),
        headings=[
            *numbers("名次"),
            *words("服务主体", "小区或辖区"),
            *numbers(*parties, "总分"),
            *words("等次", "等次依据"),
        ],
        rows=[
            _cells(row, rank, parties, places, area)
            for row, rank in zip(report.rows, report.ranks, strict=True)
        ],
        empty=gettext("本季度还没有评议得分。"),
    )


def judged_table(rows: list[Judged], places: Places) -> Table:
    """Return what one provider got, a row a place and quarter."""
    return Table(
        name=gettext("季度评议"),
        headings=[*words("季度", "小区或辖区"), *numbers("总分"), *words("等次", "等次依据")],
        rows=[
            [
                Cell(value=str(row.quarter)),
                Cell(value=place_name(row.compound, row.area, places)),
                Cell(value=row.total.total),
                *_grade(row),
            ]
            for row in rows
        ],
    )


def _grade(row: Judged) -> list[Cell]:
    return [
        Cell(
            value=gettext(QuarterMark.label_of(row.grade)) if row.grade else "",
            is_fault=row.grade == QuarterMark.FAILED,
        ),
        Cell(value=row.document or (gettext(BY_SCORES) if row.grade else "")),
    ]


def _scoring(report: EvaluationReport) -> list[str]:
    return sorted({party for row in report.rows for party in row.total.scores})


def _cells(
    row: Judged, rank: int | None, parties: list[str], places: Places, area: ManagingArea
) -> list[Cell]:
    total = row.total
    strangers = "、".join(total.strangers)
    is_partial = total.total is not None and total.scored < 1
    scored = gettext("已评权重 {share:.0%}").format(share=total.scored) if is_partial else ""
    odd = gettext("未计入：{parties}").format(parties=strangers) if strangers else ""
    return [
        Cell(value=rank),
        _provider(row.provider, places, area),
        Cell(value=place_name(row.compound, row.area, places)),
        *(Cell(value=total.scores.get(party)) for party in parties),
        Cell(value=total.total, note=" ".join(filter(None, (scored, odd)))),
        *_grade(row),
    ]


def _provider(provider: int, places: Places, area: ManagingArea) -> Cell:
    code, name = places.providers[provider]
    return Cell(value=name, link=reverse("provider", args=[area.code, code]))


def place_name(compound: int | None, area: int | None, places: Places) -> str:
    """Return what a compound or an area is called."""
    if compound is not None:
        place = places.compounds[compound]
        return place.name or place.code
    return places.areas[area or 0][1]
