"""总览: how an area and those right below it stand, on a day and over the months."""

import io
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.models import ManagingArea
from layers.coverage import NOWHERE
from layers.planning.print_collection import collection_rows
from layers.planning.print_coverage import SHEET_HEADINGS, coverage_rows
from layers.planning.report_collection import collection_inside, report_collection
from maps.asked import asked_of
from maps.assessing.period import year_before
from maps.assessing.tabs import places_of
from maps.exporting import XLSX, give_out
from maps.exports.rows import write_rows
from maps.ledger.page import inside
from maps.notices import Notices
from maps.overview.choice import choice_of
from maps.overview.heat import RADII_M, Weight, heat, heat_choice
from maps.overview.outlines import outlines
from maps.overview.page import Page, page_of, shown_first
from maps.pages.files import files_of


@require_safe
@never_cache
def overview(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    page = _page(request, area)
    if page.position == NOWHERE:
        return render(request, "maps/overview/unknown.html", {"page": page})
    return render(request, "maps/overview/page.html", {"page": page} | _beside(page))


def _page(request: HttpRequest, area: ManagingArea) -> Page:
    return page_of(area, asked_of(request), choice_of(request, shown_first()))


def _beside(page: Page) -> dict[str, Any]:
    """Return what does not follow from facts: files on disk, and what the heat map offers."""
    level = page.area.level
    codes = [row.code for row in page.rows]
    asked = page.asked
    collected = collection_inside(
        inside(page.area, asked),
        first=year_before(asked.valid),
        last=asked.valid,
        valid=asked.valid,
        known=asked.known,
    )
    return {
        "collected": collected if collected.known else None,
        "files": files_of(page.area.code),
        "files_below": {code: files for code in codes if (files := files_of(code))},
        "radii_m": RADII_M,
        "radius_m": heat_choice(HttpRequest(), level).radius_m,
        "weights": [(str(each), gettext(each.label)) for each in Weight],
    }


@require_safe
@never_cache
def overview_areas(request: HttpRequest, area: ManagingArea) -> JsonResponse:
    return JsonResponse(outlines(area, asked_of(request).valid))


@require_safe
@never_cache
def overview_heat(request: HttpRequest, area: ManagingArea) -> JsonResponse:
    chosen, page = heat_choice(request, area.level), _page(request, area)
    return JsonResponse(heat(page.coverage, page.asked.valid, area.code, chosen))


@require_safe
@never_cache
def overview_table(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    page = _page(request, area)
    content, name = table_xlsx(page), f"{area.code}-coverage-{page.asked.valid}.xlsx"
    return give_out(
        content,
        by=request.user,
        area=area,
        what=gettext("总览表格"),
        format="xlsx",
        file_name=name,
        details={"date": str(page.asked.valid), "known": str(page.asked.known_on)},
        content_type=XLSX,
    )


def _collected(page: Page, *, is_sample: bool) -> Iterator[tuple[str | float | None, ...]]:
    """Yield the rows of the fee collection rate of the year up to the day."""
    places, last = places_of(page.area, page.asked), page.asked.valid
    report = report_collection(places, first=year_before(last), last=last)
    return collection_rows(report, places, is_sample=is_sample)


def table_xlsx(page: Page) -> bytes:
    """Return all rates of the area and those right below it as a workbook."""
    report = page.coverage.report(page.area.code, page.asked.valid, known=page.asked.known)
    file = io.BytesIO()
    headings = [gettext(heading) for heading in SHEET_HEADINGS]
    notices = Notices(
        title=f"{page.area.name} {gettext('总览')}",
        source=gettext("连片台账"),
        data_date=page.asked.valid,
        written_at=timezone.now(),
        measure=f"{page.counted_text}；{page.definition_text}",
        is_sample=report.is_sample,
    )
    rows = [*coverage_rows(report), *_collected(page, is_sample=report.is_sample)]
    write_rows(file, gettext("总览"), headings, rows, notices)
    return file.getvalue()
