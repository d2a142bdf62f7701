"""The addresses of the planner's editor: a plan's state, its map, previews, edits and steps."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from layers.editing import NOWHERE
from layers.mending import mends_for
from layers.models import OPEN, Plan
from layers.planning.comment_plan import comment_plan
from layers.planning.edit_plan import ConflictError, edit_plan
from layers.planning.preview_edit import preview_edit
from layers.planning.read_sites import ground_of, read_drawing
from layers.planning.read_state import read_state
from layers.planning.read_zones import read_zones
from layers.planning.refuse_closed import NotNowError
from layers.planning.step_plan import step_named, step_plan
from maps.access import Right, may
from maps.planner import answers, features, wanted
from maps.planner.choosing import offered_for, told_offers
from maps.planner.zone_card import zone_card

GEOJSON = "application/geo+json"


@require_safe
@never_cache
def state(request: HttpRequest, plan: Plan) -> JsonResponse:
    """Answer with all that the editor begins with."""
    now = read_state(plan)
    plan.status = now.status
    return JsonResponse(answers.state(plan, now, may_edit=_may_edit(request, plan)))


def _may_edit(request: HttpRequest, plan: Plan) -> bool:
    is_open = plan.status in OPEN and bool(plan.register)
    return is_open and may(request.user, Right.PLAN, plan.area)


def _version(_request: HttpRequest, plan: Plan) -> str:
    revision = Plan.objects.values_list("revision", flat=True).get(pk=plan.pk)
    return f'"{plan.pk}-{revision}-{plan.plan_hash[:12]}-{get_language()}"'


@require_safe
@condition(etag_func=_version)
def sites(request: HttpRequest, plan: Plan) -> HttpResponse:  # noqa: ARG001 (a view)
    """Answer with the sites."""
    return HttpResponse(features.sites(plan), content_type=GEOJSON)


@require_safe
@condition(etag_func=_version)
def zones(request: HttpRequest, plan: Plan) -> HttpResponse:  # noqa: ARG001 (a view)
    """Answer with the outlines of the zones."""
    return HttpResponse(features.zones(plan), content_type=GEOJSON)


@require_safe
@condition(etag_func=_version)
def links(request: HttpRequest, plan: Plan) -> HttpResponse:  # noqa: ARG001 (a view)
    """Answer with the neighbour links."""
    return HttpResponse(features.links(plan), content_type=GEOJSON)


@require_safe
@never_cache
def zone(request: HttpRequest, plan: Plan, number: int) -> HttpResponse:
    """Show why a zone is as it is, who is proposed for it, and its money."""
    row = get_object_or_404(plan.zones, number=number)
    context = {"card": zone_card(row), "may_choose": _may_edit(request, plan)}
    return render(request, "maps/planner/zone.html", context)


@require_safe
@never_cache
def candidates(request: HttpRequest, plan: Plan, number: int) -> HttpResponse:
    """List all providers for a zone: those that may serve it, and those refused with reasons."""
    offered = offered_for(get_object_or_404(plan.zones, number=number))
    able = [one for one in offered if not one.refused]
    context = {
        "number": number,
        "able": able,
        "able_count": len(able),
        "refused": [one for one in offered if one.refused],
    }
    return render(request, "maps/planner/candidates.html", context)


@require_safe
@never_cache
def candidates_json(request: HttpRequest, plan: Plan, number: int) -> JsonResponse:  # noqa: ARG001 (a view)
    """Answer with the same list for programs."""
    return JsonResponse(told_offers(get_object_or_404(plan.zones, number=number)))


@require_POST
def preview(request: HttpRequest, plan: Plan) -> JsonResponse:
    """Answer with what moving a selection would do."""
    selected, to = wanted.asked_preview(request)
    return JsonResponse(answers.preview(preview_edit(plan, sites=selected, to=to)))


@require_safe
@never_cache
def mends(request: HttpRequest, plan: Plan) -> JsonResponse:
    """Answer with proposals for what is cut off from a zone, or for what is in none."""
    label, drawing = request.GET.get("zone", NOWHERE), read_drawing(plan)
    if label not in {NOWHERE, *drawing.labels}:
        raise Http404
    states = {each.zone: each for each in read_zones(plan)}
    return JsonResponse(answers.mends(mends_for(label, drawing, ground_of(plan)), states))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edits(request: HttpRequest, plan: Plan) -> JsonResponse:
    """Answer with the edits so far, or make one."""
    if request.method != "POST":
        return JsonResponse(answers.history(plan))
    _only(Right.PLAN, request, plan)
    try:
        done = edit_plan(plan, wanted.asked_edit(request, now=timezone.now()))
    except ConflictError as error:
        return JsonResponse(answers.conflict(error), status=412)
    except NotNowError as error:
        faults = [fault.sentence(gettext) for fault in error.faults]
        return JsonResponse({"faults": faults}, status=409)
    return JsonResponse(answers.done(done))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def comments(request: HttpRequest, plan: Plan) -> JsonResponse:
    """Answer with what was said of the plan, after saying something more."""
    if request.method == "POST":
        text, number = wanted.asked_comment(request)
        comment_plan(plan, text, zone=number, by=request.user, now=timezone.now())
    return JsonResponse(answers.comments(plan))


@require_POST
def steps(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Take the plan a step on, or back."""
    asked = wanted.asked_step(request, now=timezone.now())
    _only(Right(step_named(asked.step).taker), request, plan)
    step_plan(plan, asked)
    return redirect("../")  # the plan's own page


def _only(right: Right, request: HttpRequest, plan: Plan) -> None:
    """Let nobody through who lacks the right in the plan's area."""
    if not may(request.user, right, plan.area):
        raise Http404
