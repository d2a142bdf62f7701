"""Jobs that wait for a worker: ask for one, ask it to stop, and take up those whose worker died.

Below the pages: a job is delivered to a worker by the name of its kind, so nothing here knows what
the work is (`maps.jobs` does). A delivery is only a knock at the door. Whether there is something
to do is said by the job's row alone: a job that is delivered twice is done once, and one whose
delivery was lost is delivered again by `sweep`.
"""

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from geo.errors import gettext_noop
from geo.models import ManagingArea
from layers.models import Plan
from maps.models import Job, JobKind, JobState, User

MOST_ATTEMPTS = 3
"""How often a job is begun at most: one that kills its worker each time ends here."""
LOCK_CLASS = 0x4C50
"""First number of the advisory lock that a worker holds while it is at a job; the second is the
job's. PostgreSQL frees it when the worker's connection ends, however the worker died."""
QUIET_S = 5
"""A running job that nobody holds, and that was quiet for so long, has lost its worker."""
LOST_S = 60
"""So quiet even a job that is held has lost its worker: its machine is gone, not its process."""
GAVE_UP = gettext_noop(
    "后台进程中断了 {attempts} 次，任务没有完成，也没有留下任何结果。"
    "请缩小范围重试；仍不成功时，请管理员查看日志。"
)
LOST = """
    SELECT job.id FROM maps_job job
    WHERE job.state = 'running'
      AND job.heartbeat_at < now() - make_interval(secs => %(quiet_s)s)
      AND (
        job.heartbeat_at < now() - make_interval(secs => %(lost_s)s)
        OR NOT EXISTS (
            SELECT FROM pg_locks held
            JOIN pg_database here ON here.oid = held.database
            WHERE here.datname = current_database()
              AND held.locktype = 'advisory' AND held.granted
              AND held.classid = %(lock_class)s AND held.objid = job.id
        )
      )
    FOR UPDATE SKIP LOCKED
"""
UNDELIVERED = """
    SELECT job.id FROM maps_job job
    WHERE job.state = 'waiting'
      AND NOT EXISTS (
        SELECT FROM procrastinate_jobs delivery
        WHERE delivery.status = 'todo' AND delivery.queueing_lock = 'job-' || job.id
      )
    FOR UPDATE SKIP LOCKED
"""
FORGET = """
    DELETE FROM procrastinate_jobs
    WHERE status <> 'todo' AND NOT EXISTS (
        SELECT FROM procrastinate_workers worker
        WHERE worker.id = procrastinate_jobs.worker_id
          AND worker.last_heartbeat > now() - make_interval(secs => %(lost_s)s)
    )
"""


def enqueue(
    kind: str,
    *,
    area: ManagingArea,
    by: User | None,
    arguments: dict[str, Any],
    plan: Plan | None = None,
) -> Job:
    """Ask for a job; it begins once the caller's transaction is committed.

    An area has one open proposal at a time: who asks for another is given the one that is there.
    """
    fresh = Job(kind=kind, area=area, asked_by=by, arguments=arguments, plan=plan)
    if kind == JobKind.PROPOSE and (open_one := open_proposal(area)) is not None:
        return open_one
    try:
        with transaction.atomic():
            fresh.save()
            deliver(fresh)
    except IntegrityError:
        open_one = open_proposal(area)
        if kind != JobKind.PROPOSE or open_one is None:
            raise
        return open_one
    return fresh


def open_proposal(area: ManagingArea) -> Job | None:
    """Return the proposal for the area that waits or runs, if there is one."""
    return Job.objects.open().filter(kind=JobKind.PROPOSE, area=area).first()


def deliver(job: Job) -> None:
    """Tell the workers of a waiting job, in the caller's transaction."""
    task = app.configure_task(str(job.kind), queueing_lock=f"job-{job.pk}")
    try:
        with transaction.atomic():
            task.defer(job=job.pk)
    except AlreadyEnqueued:
        return


@transaction.atomic
def ask_to_stop(job: Job) -> Job:
    """Cancel a job: one that waits at once, one that runs at its worker's next step."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state == JobState.RUNNING:
        job.is_cancel_asked = True
        job.save(update_fields=["is_cancel_asked"])
    elif job.state == JobState.WAITING:
        end(job, JobState.CANCELLED)
    return job


def end(job: Job, state: JobState, **said: Any) -> None:
    """End a job whose row the caller has locked."""
    Job.objects.filter(pk=job.pk).update(state=state, finished_at=Now(), step="", **said)
    job.refresh_from_db()


@transaction.atomic
def sweep() -> list[Job]:
    """Take up what no worker is at any more; return the jobs that changed or were delivered.

    Safe to run anywhere at any time, also twice at once.
    """
    seconds = {"quiet_s": QUIET_S, "lost_s": LOST_S, "lock_class": LOCK_CLASS}
    lost = list(Job.objects.raw(LOST, seconds))
    for job in lost:
        take_back(job)
    undelivered = list(Job.objects.raw(UNDELIVERED))
    for job in undelivered:
        deliver(job)
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"lost_s": LOST_S})
    return [*lost, *(job for job in undelivered if job not in lost)]


def take_back(job: Job) -> None:
    """Let a job that lost its worker wait again, or end where that happened too often."""
    if job.is_cancel_asked:
        end(job, JobState.CANCELLED)
    elif job.attempts >= MOST_ATTEMPTS:
        fault = gettext(GAVE_UP).format(attempts=job.attempts)
        end(job, JobState.FAILED, fault=fault)
    else:
        wait_again(job)


def wait_again(job: Job) -> None:
    """Let a job wait for a worker once more."""
    Job.objects.filter(pk=job.pk).update(
        state=JobState.WAITING, heartbeat_at=None, step="", share=0.0
    )
    job.refresh_from_db()


def ahead_of(job: Job) -> int:
    """Return how many open jobs come before a waiting one."""
    return Job.objects.open().filter(pk__lt=job.pk).count()
