"""收缴率: fees received of fees due, per area, provider and compound."""

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.errors import gettext_noop
from geo.models import ManagingArea
from layers.assessment.collecting import DEFINITION, Collected
from layers.planning.report_collection import (
    CollectionReport,
    CollectionRow,
    report_collection,
)
from maps.assessing.period import Period, period_of
from maps.assessing.tables import Cell, Heading, Table, hand_out, numbers, words
from maps.assessing.tabs import on_the_map, places_of, told

NUMBERS = (
    gettext_noop("收缴率"),
    gettext_noop("实收（元）"),
    gettext_noop("应收（元）"),
    gettext_noop("有资料小区（处）"),
    gettext_noop("不详（处）"),
)
KINDS = (
    ("area", gettext_noop("下级辖区"), "collection"),
    ("provider", gettext_noop("服务主体"), "provider"),
    ("compound", gettext_noop("小区"), "district_map"),
)


@require_safe
@never_cache
def collection(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    period = period_of(request)
    report = _report(area, period)
    context = told(request, area, "collection", period.asked) | {
        "period": period,
        "whole": report.whole,
        "definition": gettext(DEFINITION),
        "tables": [
            _table(rows, name, link, area, period)
            for (_kind, name, link), rows in zip(KINDS, _parts(report), strict=True)
            if rows
        ],
        "export": period.query(),
    }
    return render(request, "maps/assessment/collection.html", context)


@require_POST
def export(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    period = period_of(request)
    table = file_table(area, _report(area, period))
    measure = f"{gettext(DEFINITION)}{period.first} — {period.last}"
    return hand_out(request, area, table, asked=period.asked, measure=measure)


def _report(area: ManagingArea, period: Period) -> CollectionReport:
    places = places_of(area, period.asked)
    return report_collection(places, first=period.first, last=period.last)


def _parts(report: CollectionReport) -> tuple[Sequence[CollectionRow], ...]:
    return report.below, report.providers, report.compounds


def _table(
    rows: Sequence[CollectionRow], name: str, link: str, area: ManagingArea, period: Period
) -> Table:
    def address(row: CollectionRow) -> str:
        if link == "collection":
            return reverse(link, args=[row.code]) + period.query()
        if link == "district_map":
            return on_the_map(area, row.code, period.asked)
        return reverse(link, args=[area.code, row.code]) + period.asked.query

    return Table(
        name=gettext(name),
        headings=[*words(name), *numbers(*NUMBERS)],
        rows=[
            [Cell(value=row.name or row.code, link=address(row)), *rate_cells(row.rate)]
            for row in rows
        ],
    )


def rate_cells(rate: Collected) -> Iterator[Cell]:
    """Yield a rate with what it is made of."""
    yield Cell(value=rate.percent, text=rate.percent_text)
    yield Cell(value=rate.received_yuan if rate.known else None)
    yield Cell(value=rate.due_yuan if rate.known else None)
    yield Cell(value=rate.known)
    yield Cell(value=rate.unknown)


def file_table(area: ManagingArea, report: CollectionReport) -> Table:
    """Return all rates as one table."""
    whole = CollectionRow(code=area.code, name=area.name, rate=report.whole)
    rows = [[Cell(value=gettext("本辖区")), *_named(whole), *rate_cells(report.whole)]]
    for (_kind, name, _link), those in zip(KINDS, _parts(report), strict=True):
        rows += [[Cell(value=gettext(name)), *_named(row), *rate_cells(row.rate)] for row in those]
    headings: list[Heading] = [*words("类别", "编码", "名称"), *numbers(*NUMBERS)]
    return Table(name=gettext("收缴率"), headings=headings, rows=rows)


def _named(row: CollectionRow) -> list[Cell]:
    return [Cell(value=row.code), Cell(value=row.name)]
