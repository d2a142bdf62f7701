"""What would change in a plan under another reach, minimum or crossing: the table, and asking."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from layers.models import Plan
from layers.planning.read_plan import told_sensitivity
from maps.access import Right, may, person_of
from maps.models import Job, JobKind
from maps.queue import enqueue


@require_safe
@never_cache
def plan_sensitivity(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show the table of a plan, or how far the job that measures it is."""
    context = {
        "plan": plan,
        "rows": told_sensitivity(plan.sensitivity, gettext),
        "jobs": measuring(plan),
        "may_plan": may(request.user, Right.PLAN, plan.area),
    }
    return render(request, "maps/plan_sensitivity.html", context)


@require_POST
def measure(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Have a plan's sensitivity measured in the background; asked twice it is measured once."""
    if not measuring(plan):
        enqueue(
            JobKind.MEASURE,
            area=plan.area,
            by=person_of(request),
            arguments={"plan": plan.pk},
            plan=plan,
        )
    return redirect("plan_sensitivity", plan.pk)


def measuring(plan: Plan) -> list[Job]:
    """Return the open jobs that measure a plan."""
    return list(Job.objects.open().filter(kind=JobKind.MEASURE, plan=plan))
