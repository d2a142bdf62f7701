"""模式: the mode of every site of an area under a policy, why it has it, and what is missing."""

import numpy as np
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.models import ManagingArea
from layers.coverage import NOWHERE
from layers.sites import SiteKind
from maps.exporting import XLSX, give_out
from maps.mode_sheet.choice import policies_to_choose
from maps.mode_sheet.counts import keys_of
from maps.mode_sheet.files import as_csv, as_xlsx
from maps.mode_sheet.looks import mode_patterns
from maps.mode_sheet.rows import chosen_sites, rows_of
from maps.mode_sheet.sheet import Sheet, sheet_of

PAGE_ROWS = 50
ZIP = "application/zip"


@require_safe
@never_cache
def modes(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    sheet = sheet_of(request, area)
    key = _key(request, sheet)
    page = Paginator(chosen_sites(sheet.found, sheet.inside, key), PAGE_ROWS).get_page(
        request.GET.get("page")
    )
    links = {each: sheet.query(**({"mode": each} if each else {})) for each in _keys(sheet)}
    context = {
        "sheet": sheet,
        "page": page,
        "rows": rows_of(sheet.found, np.array(page.object_list, dtype=np.int64), sheet.asked),
        "counts": [(each, links[each.key]) for each in sheet.counts],
        "chosen": key,
        "all": links[""],
        "export": sheet.query(**({"mode": key} if key else {})),
        "patterns": mode_patterns(len(sheet.policy.modes)),
        "policies": policies_to_choose(sheet.policy_id),
        "earlier": sheet.query(mode=key, page=str(page.number - 1)) if page.has_previous() else "",
        "later": sheet.query(mode=key, page=str(page.number + 1)) if page.has_next() else "",
    }
    return render(request, "maps/modes.html", context)


def _keys(sheet: Sheet) -> list[str]:
    return ["", *(each.key for each in sheet.counts)]


def _key(request: HttpRequest, sheet: Sheet) -> str:
    given = request.GET.get("mode", "")
    return given if given in _keys(sheet) else ""


@require_POST
def export(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    sheet = sheet_of(request, area)
    form = "csv" if request.POST.get("format") == "csv" else "xlsx"
    key = _key(request, sheet)
    rows = rows_of(sheet.found, chosen_sites(sheet.found, sheet.inside, key), sheet.asked)
    stem = f"{area.code}-{gettext('管理模式')}-{sheet.policy_id}-{sheet.asked.valid}"
    return give_out(
        as_csv(sheet, rows) if form == "csv" else as_xlsx(sheet, rows),
        by=request.user,
        area=area,
        what=gettext("管理模式"),
        format=form,
        file_name=f"{stem}.{'zip' if form == 'csv' else 'xlsx'}",
        details={
            "policy": sheet.policy_id,
            "rows": len(rows),
            "date": str(sheet.asked.valid),
            "known": str(sheet.asked.known_on),
        },
        content_type=ZIP if form == "csv" else XLSX,
    )


@require_safe
@never_cache
def compounds(request: HttpRequest, area: ManagingArea) -> JsonResponse:
    """Return the mode of every compound of the area, by what the database calls it."""
    sheet = sheet_of(request, area)
    found, keys = sheet.found, keys_of(sheet.found)
    things = found.timeline.things[SiteKind.COMPOUND]
    inside = found.timeline.inside(sheet.coverage.position(area.code))[things.area]
    pairs = zip(things.ids[inside].tolist(), found.of_compound[inside].tolist(), strict=True)
    return JsonResponse({row: keys[site] for row, site in pairs if site != NOWHERE})
