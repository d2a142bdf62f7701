"""What workers do in the background: procrastinate's tasks, one for each kind of job.

Above the pages, which ask for a job by the name of its kind and never import its work.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app

from geo.errors import Fault, InputError, gettext_noop
from layers.models import PartState, Plan, PlanRun
from layers.planning.begin_run import areas_to_plan, begin_run
from layers.planning.do_part import SHARES
from layers.planning.do_run import do_run, plans_of, run_hash
from layers.planning.measure_plan import measure_plan
from layers.planning.propose_plan import propose_plan
from layers.policy import Policy, aimed_policy, load_policy
from maps.attempts import Attempt, StoppedError, attempt_job
from maps.mended_lists import hand_over
from maps.models import JobKind, JobStep, Upload
from maps.stored_outputs import write_area
from maps.uploads import check_upload, load_upload

ONE_DISTRICT = gettext_noop(
    "本辖区按 {count} 个区县分别划分，不能指定片区个数，也不能在一个方案上调整。"
    "请在某个区县内生成。"
)
PER_MILLE = 1_000

Work = Callable[[Attempt], None]


def does(kind: JobKind) -> Callable[[Work], Work]:
    """Register the work of a kind of job with procrastinate, under the kind's own name."""

    def register(work: Work) -> Work:
        @app.task(name=str(kind), pass_context=True)
        def attempt(context: JobContext, *, job: int) -> None:
            attempt_job(job, work, is_worker_stopping=context.should_abort)

        return work

    return register


@does(JobKind.PROPOSE)
def propose(attempt: Attempt) -> None:
    """Propose a plan for the job's area, or one for each district below it."""
    asked = attempt.job.arguments
    policy = aimed_policy(
        load_policy(asked["policy"]),
        target_count=asked.get("target"),
        effort=asked.get("effort"),
    )
    known = datetime.fromisoformat(asked["known"])
    areas = areas_to_plan(attempt.job.area, policy, known=known)
    if areas == [attempt.job.area] and asked.get("plans", 1) == 1:
        propose_whole(attempt, policy)
    elif asked.get("target") or asked.get("based_on"):
        raise InputError(Fault(ONE_DISTRICT, {"count": len(areas)}))
    else:
        propose_each(attempt, policy)


def propose_whole(attempt: Attempt, policy: Policy) -> None:
    """Propose a plan and store it together with the end of the job, or nothing of both."""
    job, asked = attempt.job, attempt.job.arguments
    propose_plan(
        area=job.area,
        policy=policy,
        valid=date.fromisoformat(asked["valid"]),
        known=datetime.fromisoformat(asked["known"]),
        seed=asked["seed"],
        by=job.asked_by,
        based_on=Plan.objects.filter(pk=asked.get("based_on")).first(),
        most_changed=asked.get("most_changed"),
        on_step=lambda step: attempt.begin(JobStep(step), shares=SHARES[step]),
        on_progress=attempt.progress,
        should_stop=attempt.should_stop,
        on_stored=lambda plan: attempt.seal(
            plan=plan, zones=plan.totals["zones"], plan_hash=plan.plan_hash
        ),
    )


def propose_each(attempt: Attempt, policy: Policy) -> None:
    """Propose a plan for each district, several at once; each is stored as soon as it is there.

    A job that was broken off goes on with the districts that are not done: the moment at which its
    data were known tells its run.
    """
    job, asked = attempt.job, attempt.job.arguments
    attempt.begin(JobStep.DISTRICTS, shares=(0.0, 1.0))
    run = begin_run(
        area=job.area,
        policy=policy,
        valid=date.fromisoformat(asked["valid"]),
        known=datetime.fromisoformat(asked["known"]),
        seed=asked["seed"],
        wanted=asked.get("plans", 1),
        by=job.asked_by,
    )
    do_run(
        run,
        processes=settings.PLANNING_PROCESSES or None,
        on_progress=lambda run: attempt.progress(round(PER_MILLE * run.share), PER_MILLE),
        should_stop=attempt.should_stop,
    )
    if attempt.should_stop():
        raise StoppedError
    if failed := told_failures(run):
        raise InputError(*failed)
    attempt.seal(run=run.pk, plans=[plan.pk for plan in plans_of(run)], run_hash=run_hash(run))


def told_failures(run: PlanRun) -> list[str]:
    """Return what went wrong in which district; where nothing came of any, why."""
    parts = list(run.parts.select_related("area"))
    has_plans = any(part.state == PartState.DONE for part in parts)
    wrong = {PartState.FAILED} if has_plans else {PartState.FAILED, PartState.EMPTY}
    return [f"{part.area}：{part.said}" for part in parts if part.state in wrong]


@does(JobKind.MEASURE)
def measure(attempt: Attempt) -> None:
    """Measure a plan's sensitivity and store it together with the end of the job."""
    attempt.begin(JobStep.MEASURE, shares=(0.0, 1.0))
    plan = Plan.objects.select_related("area").get(pk=attempt.job.arguments["plan"])
    measure_plan(
        plan,
        on_progress=attempt.progress,
        should_stop=attempt.should_stop,
        on_stored=lambda: attempt.seal(rows=len(plan.sensitivity)),
    )


@does(JobKind.RENDER)
def render(attempt: Attempt) -> None:
    """Draw the coverage map of an area and write the files of its newest plan."""
    job, asked = attempt.job, attempt.job.arguments
    attempt.begin(JobStep.WRITE, shares=(0.0, 1.0))
    written = write_area(
        job.area,
        settings.VAR_DIR / "out" / job.area.code,
        valid=date.fromisoformat(asked["valid"]),
        known=datetime.fromisoformat(asked["known"]),
    )
    attempt.seal(files=[path.name for path in written])


@does(JobKind.CHECK)
def check(attempt: Attempt) -> None:
    """Look through a file that somebody brought in; nothing of it is stored."""
    attempt.begin(JobStep.READ, shares=(0.0, 1.0))
    upload = Upload.objects.select_related("area", "uploaded_by").get(
        pk=attempt.job.arguments["upload"]
    )
    check_upload(upload)
    hand_over(upload)
    attempt.seal(state=upload.state)


@does(JobKind.LOAD)
def load(attempt: Attempt) -> None:
    """Store a file together with the end of the job, or nothing of both."""
    attempt.begin(JobStep.LOAD, shares=(0.0, 1.0))
    upload = Upload.objects.select_related("area", "uploaded_by").get(
        pk=attempt.job.arguments["upload"]
    )
    with transaction.atomic():
        load_upload(upload)
        attempt.seal(state=upload.state)
