"""公布的统计表: rates as they were published, frozen, counted anew when somebody looks."""

import io
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.models import ManagingArea
from layers.coverage import DEFINITIONS, Measure, Unit
from layers.models import PublishedTable
from layers.planning.print_coverage import SHEET_HEADINGS
from layers.planning.publish_table import Row, publish_table, recount
from maps.access import Right, may, person_of
from maps.asked import asked_of
from maps.exporting import XLSX, give_out
from maps.exports.rows import write_rows
from maps.notices import Notices

HEADINGS = SHEET_HEADINGS[:11]
"""Of a report's sheet, those that belong to a row; the rest stand once, in the notices."""


@require_safe
@never_cache
def tables(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """List what was published of the area, the newest first."""
    told = {
        "asked": asked_of(request),
        "tables": area.tables.defer("content").select_related("published_by"),
        "may_publish": may(request.user, Right.APPROVE, area),
    }
    return render(request, "maps/tables.html", told)


@require_POST
def publish(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """Freeze the rates of the area on the day that the page shows."""
    asked = asked_of(request)
    table = publish_table(
        area,
        name=request.POST.get("name", ""),
        document=request.POST.get("document", ""),
        valid=asked.valid,
        known=asked.known,
        by=person_of(request),
    )
    return redirect("published_table", code=area.code, number=table.number)


@require_safe
@never_cache
def table(request: HttpRequest, area: ManagingArea, number: int) -> HttpResponse:
    """Show a published table, and whether the facts still give it."""
    found = _table(area, number)
    counted = recount(found)
    told = {
        "table": found,
        "rows": [_told(row) for row in found.content],
        "counted": counted,
        "differing": [(_told(before), _told(after)) for before, after in counted.differing],
    }
    return render(request, "maps/table.html", told)


@require_safe
@never_cache
def table_file(request: HttpRequest, area: ManagingArea, number: int) -> HttpResponse:
    """Hand out a published table as a workbook."""
    found = _table(area, number)
    return give_out(
        _workbook(found),
        by=request.user,
        area=area,
        what=gettext("公布的统计表"),
        format="xlsx",
        file_name=f"{area.code}-table-{found.number}.xlsx",
        details={"date": str(found.valid_on), "hash": found.content_hash},
        content_type=XLSX,
    )


def _table(area: ManagingArea, number: int) -> PublishedTable:
    found = area.tables.filter(number=number).select_related("area", "published_by").first()
    if found is None:
        raise Http404
    return found


def _told(row: Row) -> Row:
    """Return a row with its words."""
    if not row:
        return row
    measure, unit = Measure[row["rate"].upper()], Unit[row["unit"].upper()]
    words = {
        "rate_name": gettext(measure.label),
        "unit_name": gettext(unit.label),
        "definition": gettext(DEFINITIONS[measure]),
    }
    return row | words


def _workbook(found: PublishedTable) -> bytes:
    rows: list[Any] = [
        (
            *(row["area"], row["name"], row["rate_name"], row["unit_name"], row["covered"]),
            *(row["total"], row["percent"], row["unknown"], row["base"], row["base_document"]),
            row["base_frozen_on"],
        )
        for row in map(_told, found.content)
    ]
    notices = Notices(
        title=found.name,
        source=gettext("连片台账（{document}，校验值 {hash}）").format(
            document=found.document or gettext("无文号"), hash=found.content_hash
        ),
        data_date=found.valid_on,
        written_at=timezone.now(),
    )
    file = io.BytesIO()
    write_rows(file, gettext("统计表"), [gettext(each) for each in HEADINGS], rows, notices)
    return file.getvalue()
