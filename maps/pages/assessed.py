"""The records that assessment rests on: a page a kind, with what may be entered and withdrawn."""

from typing import Any
from urllib.parse import quote

import pghistory
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.errors import InputError
from geo.loading.assessment import ASSESSED
from geo.models import ManagingArea
from geo.readers import FIELDS, KIND_NAMES, Field, Kind, Reads
from geo.recording.assessment import record_assessed, withdraw_assessed
from geo.recording.telling import CellFaultsError, Telling
from layers.planning.read_assessed import facts_of
from layers.policy import policy_names
from maps.asked import asked_of
from maps.assessing.records import headings_of, row_of
from maps.assessing.tabs import places_of, told
from maps.ledger.page import inside, now_asked

PAGE_ROWS = 50
MOST_LISTED = 500
"""Compounds that the form offers; any other may be written."""
BACK = {
    Kind.EVENT: "events",
    Kind.SCORE: "evaluations",
    Kind.QUARTER_GRADE: "evaluations",
    Kind.CHECK: "checks",
    Kind.TREATMENT: "treatments",
    Kind.SUBSIDY: "subsidies",
    Kind.COLLECTION: "collection",
}
"""The page that shows what the records of a kind come to."""


@require_safe
@never_cache
def assessed(request: HttpRequest, area: ManagingArea, kind: str) -> HttpResponse:
    """List the records of a kind, the newest first."""
    return _page(request, area, _kind(kind))


@require_POST
def enter(request: HttpRequest, area: ManagingArea, kind: str) -> HttpResponse:
    """Enter one record."""
    wanted, telling = _kind(kind), _telling(request)
    try:
        with pghistory.context(reason=telling.reason):
            record_assessed(
                wanted, request.POST.dict(), inside=inside(area, now_asked()), telling=telling
            )
    except CellFaultsError as wrong:
        return _page(request, area, wanted, wrong=wrong)
    return redirect("assessed", code=area.code, kind=kind)


@require_POST
def withdraw(request: HttpRequest, area: ManagingArea, kind: str, pk: int) -> HttpResponse:
    """Withdraw a record that was never so."""
    wanted, telling = _kind(kind), _telling(request)
    try:
        with pghistory.context(reason=telling.reason):
            withdraw_assessed(wanted, pk, inside=inside(area, now_asked()), telling=telling)
    except InputError as wrong:
        return _page(request, area, wanted, wrong=wrong)
    return redirect("assessed", code=area.code, kind=kind)


def _kind(text: str) -> Kind:
    found = next((kind for kind in ASSESSED if kind == text), None)
    if found is None:
        raise Http404
    return found


def _telling(request: HttpRequest) -> Telling:
    return Telling(by=request.user, now=timezone.now(), reason=request.POST.get("reason", ""))


def _page(
    request: HttpRequest, area: ManagingArea, kind: Kind, *, wrong: InputError | None = None
) -> HttpResponse:
    asked = asked_of(request)
    places = places_of(area, asked)
    has_area = any(field.key == "area" for field in FIELDS[kind]) or kind is Kind.EVENT
    facts = facts_of(ASSESSED[kind].model, places, has_area=has_area)
    compound = request.GET.get("compound", "")
    if compound:
        facts = facts.filter(compound__code=compound)
    page = Paginator(facts.order_by("-valid_from", "-pk"), PAGE_ROWS).get_page(
        request.GET.get("page")
    )
    context = told(request, area, BACK[kind], asked) | {
        "kind": str(kind),
        "title": gettext(KIND_NAMES[kind]),
        "back": BACK[kind],
        "headings": headings_of(kind),
        "rows": [row_of(kind, fact, places) for fact in page.object_list],
        "page": page,
        "only": next((p for p in places.compounds.values() if p.code == compound), None),
        "query": f"&compound={quote(compound)}" if compound else "",
        "inputs": [_input(field, request) for field in FIELDS[kind]],
        "has_place": kind is Kind.EVENT,
        "sent": request.POST,
        "faults": [fault.sentence(gettext) for fault in wrong.faults] if wrong else [],
        "compounds": list(places.compounds.values())[:MOST_LISTED],
    }
    status = 400 if wrong is not None else 200
    return render(request, "maps/assessment/records.html", context, status=status)


def _input(field: Field, request: HttpRequest) -> dict[str, Any]:
    """Return what a field's input needs: its words to choose from, or how it is written."""
    choices: dict[str, str] = {}
    for word, stored in field.choices.items():
        choices.setdefault(stored, gettext(word))
    if field.reads is Reads.FLAG:
        choices = {"是": gettext("是"), "否": gettext("否")}
    if field.key == "policy":
        choices = {name: name for name in policy_names()}
    return {
        "key": field.key,
        "heading": gettext(field.heading) + (f"（{gettext(field.unit)}）" if field.unit else ""),
        "is_required": field.is_required,
        "choices": list(choices.items()),
        "is_day": field.reads is Reads.DATE,
        "is_compound": field.key == "compound",
        "value": request.POST.get(field.key, ""),
        "example": {"quarter": "2026Q3"}.get(field.key, ""),
    }
