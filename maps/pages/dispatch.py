"""调度表: how far the zones of a plan have come, who is late, and what was handed over to whom."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.errors import Fault, InputError, gettext_noop
from layers.coverage import Step
from layers.models import DispatchItem, Plan, WayStep
from layers.planning.dispatch_plan import Due, Handed, close_item, hand_over, set_dues
from maps.access import Right, may, person_of
from maps.asked import day_in
from maps.dispatch_sheet.files import as_docx, as_xlsx
from maps.dispatch_sheet.table import Table, days_over, step_words, table_of
from maps.exporting import XLSX, give_out

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOT_A_ZONE = gettext_noop("“{given}”不是片区号。")
SET, HANDED, CLOSED = (
    gettext_noop("已保存各步期限。"),
    gettext_noop("已交办。"),
    gettext_noop("已销号。"),
)


@require_safe
@never_cache
def dispatch(request: HttpRequest, plan: Plan) -> HttpResponse:
    table = table_of(request, plan)
    context = {
        "plan": plan,
        "table": table,
        "steps": [
            (key, word, table.dispatch.due[Step(key)], table.dispatch.duty[Step(key)])
            for key, word in step_words()
        ],
        "items": [(item, days_over(item, table.dispatch.on)) for item in table.items],
        "zones": sorted({line.zone for line in table.lines if line.zone is not None}),
        "may_plan": may(request.user, Right.PLAN, plan.area),
        "may_export": may(request.user, Right.EXPORT, plan.area),
        "today": timezone.localdate(),
    }
    return render(request, "maps/dispatch.html", context)


@require_POST
def export(request: HttpRequest, plan: Plan) -> HttpResponse:
    table = table_of(request, plan)
    form = "docx" if request.POST.get("format") == "docx" else "xlsx"
    content = as_docx(table) if form == "docx" else as_xlsx(table)
    return give_out(
        content,
        by=request.user,
        area=plan.area,
        what=f"{gettext('调度表')} {plan}",
        format=form,
        file_name=f"{plan.area.code}-v{plan.version}-{gettext('调度表')}-{table.asked.valid}.{form}",
        details=_details(table),
        content_type=DOCX if form == "docx" else XLSX,
    )


def _details(table: Table) -> dict[str, str | int]:
    return {
        "plan": table.plan.pk,
        "plan_hash": table.plan.plan_hash,
        "date": str(table.asked.valid),
        "known": str(table.asked.known_on),
    }


@require_POST
def dues(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Set by when each step is to be taken."""
    faults: list[Fault] = []
    given = {
        step: Due(
            due_on=day_in(request.POST, f"due-{step}", faults),
            duty=request.POST.get(f"duty-{step}", "").strip(),
        )
        for step in WayStep
    }
    if faults:
        raise InputError(*faults)
    set_dues(plan, given)
    return _done(request, plan, SET)


@require_POST
def items(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Hand an item over."""
    faults: list[Fault] = []
    given = Handed(
        text=request.POST.get("text", "").strip(),
        duty=request.POST.get("duty", "").strip(),
        handed_on=day_in(request.POST, "handed_on", faults),
        due_on=day_in(request.POST, "due_on", faults),
        zone=_zone(request, faults),
    )
    if faults:
        raise InputError(*faults)
    hand_over(plan, given, by=person_of(request))
    return _done(request, plan, HANDED)


@require_POST
def close(request: HttpRequest, plan: Plan, *, item: int) -> HttpResponse:
    """Cross an item off."""
    faults: list[Fault] = []
    on = day_in(request.POST, "closed_on", faults) or timezone.localdate()
    if faults:
        raise InputError(*faults)
    try:
        close_item(plan, item, on=on, note=request.POST.get("note", "").strip())
    except DispatchItem.DoesNotExist as nothing:
        raise Http404 from nothing
    return _done(request, plan, CLOSED)


def _done(request: HttpRequest, plan: Plan, sentence: str) -> HttpResponse:
    messages.success(request, gettext(sentence))
    return redirect("dispatch", plan.pk)


def _zone(request: HttpRequest, faults: list[Fault]) -> int | None:
    given = request.POST.get("zone", "").strip()
    if given and not (given.isdecimal() and len(given) < 7):  # noqa: PLR2004 (no plan has more)
        faults.append(Fault(NOT_A_ZONE, {"given": given[:40]}))
        return None
    return int(given) if given else None
