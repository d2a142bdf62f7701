"""What workers do in the background: procrastinate's tasks, one for each kind of job.

Above the pages, which ask for a job by the name of its kind and never import its work.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app

from layers.models import Plan
from layers.planning.propose_plan import propose_plan
from layers.policy import load_policy
from maps.attempts import Attempt, attempt_job
from maps.models import JobKind, JobStep, Upload
from maps.stored_outputs import write_area
from maps.uploads import check_upload, load_upload

SHARES = {
    JobStep.GROUND: (0.0, 0.1),
    JobStep.SITES: (0.1, 0.2),
    JobStep.LINKS: (0.2, 0.3),
    JobStep.PROPOSAL: (0.3, 0.9),
    JobStep.STORE: (0.9, 1.0),
}
"""How far each step takes a proposal, by what the demo's districts took."""

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
    """Propose a plan and store it together with the end of the job, or nothing of both."""
    job, asked = attempt.job, attempt.job.arguments
    propose_plan(
        area=job.area,
        policy=load_policy(asked["policy"]),
        valid=date.fromisoformat(asked["valid"]),
        known=datetime.fromisoformat(asked["known"]),
        seed=asked["seed"],
        by=job.asked_by,
        based_on=Plan.objects.filter(pk=asked.get("based_on")).first(),
        on_step=lambda step: attempt.begin(JobStep(step), shares=SHARES[JobStep(step)]),
        on_progress=attempt.progress,
        should_stop=attempt.should_stop,
        on_stored=lambda plan: attempt.seal(
            plan=plan, zones=plan.totals["zones"], plan_hash=plan.plan_hash
        ),
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
