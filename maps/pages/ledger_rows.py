"""One row of the ledger: shown, as a form, saved, ended; and the card of where it comes from."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from geo.errors import gettext_noop
from geo.models import ManagingArea
from geo.readers import KIND_NAMES, Kind
from geo.recording.telling import CellFaultsError, StaleError
from maps.access import Right, may
from maps.asked import asked_of
from maps.ledger.acts import (
    ENTERED,
    act_of,
    change_row,
    end_row,
    enter_row,
    merge_row,
    newest_of,
    serves_elsewhere,
    stamp_of_row,
)
from maps.ledger.asking import view_of
from maps.ledger.card import history_of
from maps.ledger.columns import COLUMNS, shown_in
from maps.ledger.forms import (
    Form,
    Sent,
    blank_form,
    end_form,
    form_of,
    merge_form,
    names_of_providers,
)
from maps.ledger.page import Row, inside, now_asked, row_of
from maps.pages.ledger import kind_of

OTHERS_TOO = gettext_noop("该服务主体还服务其他辖区，请由上级更改。")
SAVED = gettext_noop("已保存：{what}")


@require_safe
@never_cache
def row(request: HttpRequest, area: ManagingArea, kind: str, pk: int) -> HttpResponse:
    return _shown(request, area, kind_of(kind), pk)


@require_safe
@never_cache
def card(request: HttpRequest, area: ManagingArea, kind: str, pk: int) -> HttpResponse:
    of_kind, asked = kind_of(kind), asked_of(request)
    found = row_of(of_kind, pk, asked=asked, inside=inside(area, asked))
    if found is None:
        raise Http404
    context = {
        "area": area,
        "kind": of_kind,
        "kind_name": gettext(KIND_NAMES[of_kind]),
        "row": found,
        "history": history_of(of_kind, pk),
    }
    return render(request, "maps/ledger/card.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
def change(request: HttpRequest, area: ManagingArea, kind: str, pk: int) -> HttpResponse:
    of_kind = kind_of(kind)
    found = _row_here(request, area, of_kind, pk)
    within = inside(area, now_asked())
    if found is None:
        return _conflict(request, area, of_kind, pk)
    if of_kind is Kind.PROVIDER and serves_elsewhere(pk, within):
        return _refused(request, area, of_kind, pk, gettext(OTHERS_TOO))
    stamp = stamp_of_row(of_kind, pk)
    if request.method == "GET":
        form = form_of(found, kind=of_kind, stamp=stamp, inside=within)
        return _form(request, area, form)
    try:
        act = act_of(request.POST, inside=within, by=request.user)
        saved = change_row(of_kind, pk, act)
    except CellFaultsError as wrong:
        form = form_of(
            found,
            kind=of_kind,
            stamp=request.POST.get("stamp", ""),
            inside=within,
            sent=Sent(given=request.POST, wrong=wrong),
        )
        return _form(request, area, form, status=400)
    except StaleError:
        return _conflict(request, area, of_kind, pk)
    return _shown(request, area, of_kind, saved, is_saved=True)


@require_http_methods(["GET", "POST"])
@never_cache
def enter(request: HttpRequest, area: ManagingArea, kind: str) -> HttpResponse:
    of_kind, within = kind_of(kind), inside(area, now_asked())
    if of_kind not in ENTERED:
        raise Http404
    if request.method == "GET":
        return _form(
            request, area, blank_form(of_kind, inside=within, sent=Sent(given=request.GET))
        )
    try:
        saved = enter_row(of_kind, act_of(request.POST, inside=within, by=request.user))
    except CellFaultsError as wrong:
        form = blank_form(of_kind, inside=within, sent=Sent(given=request.POST, wrong=wrong))
        return _form(request, area, form, status=400)
    return _shown(request, area, of_kind, saved, is_saved=True)


@require_http_methods(["GET", "POST"])
@never_cache
def end(request: HttpRequest, area: ManagingArea, pk: int) -> HttpResponse:
    found = _row_here(request, area, Kind.CONTRACT, pk)
    within = inside(area, now_asked())
    if found is None:
        return _conflict(request, area, Kind.CONTRACT, pk)
    if request.method == "GET":
        return _form(request, area, end_form(found))
    try:
        saved = end_row(pk, act_of(request.POST, inside=within, by=request.user))
    except CellFaultsError as wrong:
        form = end_form(found, sent=Sent(given=request.POST, wrong=wrong))
        return _form(request, area, form, status=400)
    except StaleError:
        return _conflict(request, area, Kind.CONTRACT, pk)
    return _shown(request, area, Kind.CONTRACT, saved, is_saved=True)


@require_http_methods(["GET", "POST"])
@never_cache
def merge(request: HttpRequest, area: ManagingArea, pk: int) -> HttpResponse:
    kind = Kind.MANAGEMENT_AREA
    found, within = _row_here(request, area, kind, pk), inside(area, now_asked())
    if found is None:
        return _conflict(request, area, kind, pk)
    if request.method == "GET":
        return _form(request, area, merge_form(found, stamp=stamp_of_row(kind, pk)))
    try:
        saved = merge_row(pk, act_of(request.POST, inside=within, by=request.user))
    except CellFaultsError as wrong:
        sent = Sent(given=request.POST, wrong=wrong)
        form = merge_form(found, stamp=request.POST.get("stamp", ""), sent=sent)
        return _form(request, area, form, status=400)
    except StaleError:
        return _conflict(request, area, kind, pk)
    return _shown(request, area, kind, saved, is_saved=True)


def _row_here(request: HttpRequest, area: ManagingArea, kind: Kind, pk: int) -> Row | None:
    """Return the row with the columns that the page shows; None where it is no more."""
    asked = now_asked()
    columns = shown_in(kind, view_of(kind, request.GET).group)
    return row_of(kind, pk, asked=asked, inside=inside(area, asked), columns=columns)


def _shown(
    request: HttpRequest, area: ManagingArea, kind: Kind, pk: int, *, is_saved: bool = False
) -> HttpResponse:
    found = _row_here(request, area, kind, pk)
    if found is None:
        raise Http404
    context = _context(request, area, kind) | {"row": found, "is_saved": is_saved}
    if is_saved:
        context["message"] = gettext(SAVED).format(what=found.title)
    return render(request, "maps/ledger/row.html", context)


def _form(
    request: HttpRequest, area: ManagingArea, form: Form, *, status: int = 200
) -> HttpResponse:
    context = _context(request, area, form.kind) | {
        "form": form,
        "address": request.get_full_path(),
        "providers": names_of_providers() if form.asks_succession else [],
    }
    return render(request, "maps/ledger/form.html", context, status=status)


def _conflict(request: HttpRequest, area: ManagingArea, kind: Kind, pk: int) -> HttpResponse:
    """Show both values and let the person choose; 404 where the row never lay in the area."""
    newest = newest_of(kind, pk)
    found = _row_here(request, area, kind, newest) if newest is not None else None
    if found is None or newest is None:
        raise Http404
    form = form_of(
        found,
        kind=kind,
        stamp=stamp_of_row(kind, newest),
        inside=inside(area, now_asked()),
        sent=Sent(given=request.POST, is_conflict=True),
    )
    return _form(request, area, form, status=412)


def _refused(
    request: HttpRequest, area: ManagingArea, kind: Kind, pk: int, message: str
) -> HttpResponse:
    found = _row_here(request, area, kind, pk)
    context = _context(request, area, kind) | {"row": found, "message": message, "is_refused": True}
    return render(request, "maps/ledger/row.html", context)


def _context(request: HttpRequest, area: ManagingArea, kind: Kind) -> dict[str, Any]:
    view = view_of(kind, request.GET)
    return {
        "area": area,
        "view": view,
        "query": view.query(asked_of(request), page=view.page),
        "may_change": may(request.user, Right.LEDGER, area),
        "span": len(shown_in(kind, view.group)) + 1,
        "kinds": COLUMNS,
    }
