"""The ledger of an area: its grids, what is missing or runs out, the monthly confirmation."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.models import ManagingArea
from geo.readers import KIND_NAMES, Kind
from maps.access import Right, may, person_of
from maps.asked import asked_of
from maps.exporting import give_out
from maps.ledger.asking import DUE_NAMES, View, view_of
from maps.ledger.columns import COLUMNS, GROUP_NAMES, groups_of
from maps.ledger.confirming import confirm, month_of
from maps.ledger.files import file_of, told
from maps.ledger.gaps import basis, gaps, running_out
from maps.ledger.page import grid_of, inside
from maps.ledger.places import outline_of, places

CONFIRMED = gettext_lazy("已确认 {area} {month} 台账无其他变化。")


def kind_of(name: str) -> Kind:
    """Return the kind of grid that an address names, or "not found"."""
    if name not in COLUMNS:
        raise Http404
    return Kind(name)


@require_safe
@never_cache
def grid(request: HttpRequest, area: ManagingArea, kind: str = Kind.COMPOUND) -> HttpResponse:
    view, asked = view_of(kind_of(kind), request.GET), asked_of(request)
    within = inside(area, asked)
    context = {
        "area": area,
        "view": view,
        "query": view.query(asked, page=view.page),
        "grid": grid_of(view, asked=asked, inside=within),
        "tabs": [(each, gettext(KIND_NAMES[each])) for each in COLUMNS],
        "headings": _headings(view, request),
        "groups": _choices(view, request),
        "dues": _dues(view, request),
        "month": month_of(area, asked=asked, inside=within),
        "may_change": asked.is_today and may(request.user, Right.LEDGER, area),
        "may_export": may(request.user, Right.EXPORT, area),
    }
    return render(request, "maps/ledger/page.html", context)


@require_safe
@never_cache
def tallies(request: HttpRequest, area: ManagingArea, kind: str) -> HttpResponse:
    view, asked = view_of(kind_of(kind), request.GET), asked_of(request)
    within = inside(area, asked)
    context = {
        "area": area,
        "view": view,
        "gaps": gaps(view, asked=asked, inside=within),
        "basis": basis(view, asked=asked, inside=within),
        "running_out": running_out(view, asked=asked, inside=within),
    }
    return render(request, "maps/ledger/tallies.html", context)


@require_safe
@never_cache
def shapes(request: HttpRequest, area: ManagingArea, kind: str) -> JsonResponse:
    view, asked = view_of(kind_of(kind), request.GET), asked_of(request)
    rows = grid_of(view, asked=asked, inside=inside(area, asked)).rows
    found = places(view.kind, [row.pk for row in rows], asked=asked)
    collection = {"type": "FeatureCollection", "features": outline_of(area) + found}
    return JsonResponse(collection, content_type="application/geo+json")


@require_POST
def export(request: HttpRequest, area: ManagingArea, kind: str) -> HttpResponse:
    view, asked = view_of(kind_of(kind), request.GET), asked_of(request)
    form = "csv" if request.POST.get("format") == "csv" else "xlsx"
    file = file_of(view, area=area, asked=asked, inside=inside(area, asked), form=form)
    return give_out(
        file.content,
        by=request.user,
        area=area,
        what=f"{gettext('台账')} {gettext(KIND_NAMES[view.kind])}",
        format=form,
        file_name=file.name,
        details={"rows": file.rows, "filter": told(view), "date": str(asked.valid)},
        content_type=file.content_type,
    )


@require_POST
def confirm_month(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    said = confirm(area, by=person_of(request))
    sentence = str(CONFIRMED).format(area=area.name, month=f"{said.month:%Y-%m}")
    messages.success(request, sentence)
    return redirect("ledger", area.code)


def _headings(view: View, request: HttpRequest) -> dict[str, tuple[str, str]]:
    """Return for each column the address that sorts by it, and how it is sorted now."""
    asked = asked_of(request)
    addresses = {}
    for column in COLUMNS[view.kind]:
        is_rising = view.sort == column.key
        order = "ascending" if is_rising else "descending" if view.sort == f"-{column.key}" else ""
        wanted = f"-{column.key}" if is_rising else column.key
        addresses[column.key] = (view.query(asked, sort=wanted), order)
    return addresses


def _choices(view: View, request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Return the groups of columns: title, address, and whether it is shown."""
    asked = asked_of(request)
    groups = groups_of(view.kind)
    return [
        (str(GROUP_NAMES[each]), view.query(asked, group=each, page=view.page), each is view.group)
        for each in groups
        if len(groups) > 1
    ]


def _dues(view: View, request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Return the sorts of contracts: title, address, and whether it is shown."""
    if view.kind is not Kind.CONTRACT:
        return []
    asked = asked_of(request)
    return [
        (str(name), view.query(asked, due=due), due is view.due) for due, name in DUE_NAMES.items()
    ]
