"""投诉与巡查: complaints and inspections of a period, counted, as a table and as heat."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.models import ManagingArea
from geo.words import EventCategory
from layers.assessment.events import DEFINITION, Count
from layers.planning.report_events import By, EventReport, EventRow, report_events
from maps.assessing.period import Period, by_of, period_of
from maps.assessing.tables import Cell, Table, hand_out, numbers, words
from maps.assessing.tabs import on_the_map, places_of, told
from maps.coverage_map.heat import RADIUS_M
from maps.district_map.complaints import event_heat

PAGE_ROWS = 200


@require_safe
@never_cache
def events(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    period, by = period_of(request), by_of(request)
    report = report_events(
        places_of(area, period.asked), by=by, first=period.first, last=period.last
    )
    table = table_of(report, area, period, is_file=False)
    context = told(request, area, "events", period.asked) | {
        "period": period,
        "report": report,
        "table": table,
        "rows_shown": table.lines[:PAGE_ROWS],
        "left": max(0, len(table.rows) - PAGE_ROWS),
        "groupings": [(str(each), gettext(each.label), each is by) for each in By],
        "definition": gettext(DEFINITION),
        "export": period.query(by=str(by)),
        "map": reverse("district_map", args=[area.code]) + period.asked.query + "#on=events",
    }
    return render(request, "maps/assessment/events.html", context)


@require_POST
def export(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    period, by = period_of(request), by_of(request)
    report = report_events(
        places_of(area, period.asked), by=by, first=period.first, last=period.last
    )
    measure = f"{gettext(DEFINITION)}{period.first} — {period.last}"
    table = table_of(report, area, period)
    return hand_out(request, area, table, asked=period.asked, measure=measure)


def table_of(
    report: EventReport, area: ManagingArea, period: Period, *, is_file: bool = True
) -> Table:
    """Return the counts as a table; categories have a column each in a file, one on a page."""
    seen = [each for each in EventCategory if report.whole.by_category.get(each)]
    about = numbers(*(each.label for each in seen)) if is_file else words("问题类别")
    headings = [
        *words(report.by.label),
        *numbers(
            "合计（件）", "投诉", "巡查", "每千户（件）", "户（套）", "办理中", "不属实（不计）"
        ),
        *about,
    ]
    return Table(
        name=gettext("投诉与巡查"),
        headings=headings,
        rows=[
            [
                Cell(value=name_of(row, report.by), link=_link(row, report.by, area, period)),
                *_counts(row, report.by, area),
                *(_each(row.count, seen) if is_file else [_together(row.count, seen)]),
            ]
            for row in report.rows
        ],
        empty=gettext("这段期间没有投诉和巡查记录。"),
    )


def _counts(row: EventRow, by: By, area: ManagingArea) -> list[Cell]:
    count = row.count
    records = ""
    if by is By.COMPOUND and row.code:
        records = reverse("assessed", args=[area.code, "event"]) + f"?compound={row.code}"
    rate, unknown = count.per_thousand, count.size.unknown
    note = gettext("另有 {count} 处户数不详").format(count=unknown)
    return [
        Cell(value=count.total, link=records if count.total else ""),
        Cell(value=count.complaints),
        Cell(value=count.inspections),
        Cell(value=None if rate is None else round(rate, 2)),
        Cell(
            value=round(count.size.households) or None,
            note=note if unknown and count.size.households else "",
        ),
        Cell(value=count.open),
        Cell(value=count.unfounded),
    ]


def _each(count: Count, seen: list[EventCategory]) -> list[Cell]:
    return [Cell(value=count.by_category.get(each, 0)) for each in seen]


def _together(count: Count, seen: list[EventCategory]) -> Cell:
    told = [(each, count.by_category.get(each, 0)) for each in seen]
    commonest = sorted(told, key=lambda pair: -pair[1])
    return Cell(value="、".join(f"{gettext(e.label)} {n}" for e, n in commonest if n))


def name_of(row: EventRow, by: By) -> str:
    """Return what a row is called."""
    if not row.is_named:
        return gettext(row.name)
    if by is By.ZONE:
        return gettext("{number}号片区").format(number=row.name)
    return row.name


def _link(row: EventRow, by: By, area: ManagingArea, period: Period) -> str:
    if not row.code:
        return ""
    if by is By.AREA:
        return reverse("events", args=[row.code]) + period.query(by=str(by))
    if by is By.COMPOUND:
        return on_the_map(area, row.code, period.asked)
    if by is By.PROVIDER:
        return reverse("provider", args=[area.code, row.code]) + period.asked.query
    return ""


@require_safe
@never_cache
def heat(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """Return the heat of the period's events: a picture and what its colours mean."""
    period = period_of(request)
    shown = event_heat(places_of(area, period.asked), first=period.first, last=period.last)
    if shown is None:
        return JsonResponse({"text": gettext("这段期间没有可以定位的投诉和巡查记录。")})
    text = gettext(
        "{first} 至 {last} 共 {events} 件；"
        "颜色最深处每公顷约 {peak:.1f} 件；核半径 {radius:.0f} 米。"
    ).format(
        first=period.first,
        last=period.last,
        events=shown["events"],
        peak=shown["peak_per_hectare"],
        radius=RADIUS_M,
    )
    if shown["unplaced"]:
        text += gettext("另有 {count} 件没有位置。").format(count=shown["unplaced"])
    return JsonResponse({**shown, "text": text})
