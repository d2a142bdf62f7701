"""Jobs in the background: how far each is, how to stop it, and where its result is."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from layers.models import FINISHED, PlanRun
from maps.access import Right, areas_open_to, may
from maps.models import Job, JobKind, JobState
from maps.queue import ahead_of, ask_to_stop

STOP_POLLING = 286
"""What htmx takes for "do not ask again"."""
SHOWN = 10
SHOWN_FOR = timedelta(days=1)


@require_safe
@never_cache
def job(request: HttpRequest, job: Job) -> HttpResponse:
    """Show one job: as a fragment that asks again until the job is over, or as a page."""
    if "HX-Request" not in request.headers:
        return render(request, "maps/jobs/page.html", shown(request, job))
    status = 200 if job.is_open else STOP_POLLING
    return render(request, "maps/jobs/job.html", shown(request, job), status=status)


@require_POST
def cancel(request: HttpRequest, job: Job) -> HttpResponse:
    """Ask a job to stop: whoever asked for it may, and who plans for its area."""
    if not may_stop(request, job):
        raise Http404
    job = ask_to_stop(job)
    if "HX-Request" in request.headers:
        return render(request, "maps/jobs/job.html", shown(request, job))
    return redirect("job", job.pk)


@require_safe
@never_cache
def jobs(request: HttpRequest) -> HttpResponse:
    """List what a person asked for lately: as the fragment of the top bar, or as a page."""
    listed = [shown(request, each) for each in jobs_of(request)]
    context = {"listed": listed, "open": sum(each["job"].is_open for each in listed)}
    is_fragment = "HX-Request" in request.headers
    return render(request, f"maps/jobs/{'list' if is_fragment else 'list_page'}.html", context)


def jobs_of(request: HttpRequest) -> list[Job]:
    """Return a person's jobs in areas that they still may see: open ones, and those of a day."""
    lately = Q(finished_at__gte=timezone.now() - SHOWN_FOR)
    found = Job.objects.filter(
        Q(finished_at=None) | lately,
        asked_by=request.user.pk,
        area__in=areas_open_to(request.user),
    )
    return list(found.select_related("area", "plan")[:SHOWN])


def shown(request: HttpRequest, job: Job) -> dict[str, Any]:
    """Return what a template shows of a job."""
    return {
        "job": job,
        "percent": round(100 * job.share),
        "ahead": ahead_of(job) if job.state == JobState.WAITING else 0,
        "may_stop": job.is_open and not job.is_cancel_asked and may_stop(request, job),
        "result": result_of(job),
        **parts_of(job),
    }


def parts_of(job: Job) -> dict[str, Any]:
    """Return how far the districts of a proposal are, where it has districts."""
    run = run_of(job)
    if run is None:
        return {}
    parts = list(run.parts.select_related("area").prefetch_related("plans"))
    for part in parts:
        part.percent = round(100 * part.share)  # type: ignore[attr-defined]
        part.shown_plans = sorted(part.plans.all(), key=lambda plan: plan.rank or 0)  # type: ignore[attr-defined]
    ended = sum(part.state in FINISHED for part in parts)
    return {"parts": parts, "ended": ended, "outside": run.outside}


def run_of(job: Job) -> PlanRun | None:
    """Return the run of a proposal: the one of its area for data known at the job's moment."""
    known = job.arguments.get("known") if job.kind == JobKind.PROPOSE else None
    return PlanRun.objects.filter(area=job.area, known_at=known).first() if known else None


def may_stop(request: HttpRequest, job: Job) -> bool:
    """Tell whether the person may stop the job."""
    return job.asked_by_id == request.user.pk or may(request.user, Right.PLAN, job.area)


def result_of(job: Job) -> str:
    """Return the address of what came out; "" while there is none."""
    if job.state != JobState.DONE:
        return ""
    try:
        if job.kind == JobKind.PROPOSE and job.plan_id:
            return reverse("plan", args=[job.plan_id])
        if job.kind == JobKind.MEASURE and job.plan_id:
            return reverse("plan_sensitivity", args=[job.plan_id])
        if job.kind == JobKind.PROPOSE:
            return reverse("plans", args=[job.area.code])
    except NoReverseMatch:
        pass
    return reverse("overview", args=[job.area.code])
