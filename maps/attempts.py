"""A worker's attempt at a job: claimed, watched while it lasts, ended in one way only.

The work runs in one thread. Another, with a connection of its own, says twice a second how far it
is (so that pages see it while the work's own transaction is open), and learns whether the job
should stop. The work itself touches the row once: `seal` ends the job in the very transaction that
stores its result, so that there is never a result without an end, nor two results of one job.
"""

import logging
from collections.abc import Callable
from contextlib import closing
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

import pghistory
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext

from geo.errors import InputError, gettext_noop
from layers.models import Plan
from maps.models import Job, JobState, JobStep
from maps.queue import LOCK_CLASS, end, wait_again

BEAT_S = 0.5
PROGRAM_FAULT = gettext_noop(
    "程序出错，任务没有完成，也没有留下任何结果。错误已记入日志（任务 {job}），请告知管理员。"
)

logger = logging.getLogger(__name__)


class StoppedError(Exception):
    """The job is to end here: cancelled, taken by another worker, or the worker is stopping."""


class Attempt:
    """One attempt at a job, for as long as the `with` lasts."""

    def __init__(self, job: Job, *, is_worker_stopping: Callable[[], bool]) -> None:
        self.job = job
        self.has_lost_job = Event()
        self.is_cancelled = Event()
        self._is_worker_stopping = is_worker_stopping
        self._step, self._share, self._shares = "", 0.0, (0.0, 1.0)
        self._is_over = Event()
        self._watch = Thread(target=self._keep_telling, name=f"job-{job.pk}", daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._watch.join()

    def begin(self, step: JobStep, *, shares: tuple[float, float]) -> None:
        """Begin a step, which takes the progress from one share to another."""
        self._step, self._shares, self._share = step, shares, shares[0]
        if self.should_stop():
            raise StoppedError

    def progress(self, done: int, planned: int) -> None:
        """Tell how much of the step's work is done."""
        first, last = self._shares
        self._share = first + (last - first) * min(done / max(planned, 1), 1.0)

    def should_stop(self) -> bool:
        """Tell whether the work is to end; cheap enough to be asked thousands of times."""
        return (
            self.is_cancelled.is_set() or self.has_lost_job.is_set() or self._is_worker_stopping()
        )

    @transaction.atomic
    def seal(self, *, plan: Plan | None = None, **outcome: Any) -> None:
        """End the job as done, in the transaction of the caller that stores its result."""
        held = self._rows().select_for_update(no_key=True).filter(is_cancel_asked=False).first()
        if held is None:
            raise StoppedError
        said: dict[str, Any] = {"share": 1.0, "outcome": outcome}
        if plan is not None:
            said["plan"] = plan
        end(held, JobState.DONE, **said)

    @transaction.atomic
    def stop(self) -> None:
        """End the job as cancelled; where only the worker is stopping, let it wait again."""
        held = self._rows().select_for_update().first()
        if held is None:
            return
        if held.is_cancel_asked:
            end(held, JobState.CANCELLED)
        else:
            self._rows().update(attempts=F("attempts") - 1)
            wait_again(held)

    @transaction.atomic
    def fail(self, fault: str) -> None:
        """End the job with the reason why it could not be done."""
        held = self._rows().select_for_update().first()
        if held is not None:
            end(held, JobState.FAILED, fault=fault)

    def _rows(self) -> Any:
        """Return the job's row while it is this attempt's."""
        return Job.objects.filter(
            pk=self.job.pk, state=JobState.RUNNING, attempts=self.job.attempts
        )

    def _keep_telling(self) -> None:
        with closing(connection):
            is_held = False
            while not self._is_over.is_set() and not self.has_lost_job.is_set():
                try:
                    is_held = is_held or self._hold()
                    self._tell()
                except DatabaseError:
                    # The database is away for a moment: with the connection goes the lock.
                    is_held = False
                    connection.close()
                self._is_over.wait(BEAT_S)

    def _hold(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, self.job.pk])
        return True

    def _tell(self) -> None:
        told = self._rows().update(heartbeat_at=Now(), step=self._step, share=self._share)
        if not told:
            self.has_lost_job.set()
        elif self._rows().filter(is_cancel_asked=True).exists():
            self.is_cancelled.set()


def attempt_job(
    number: int, work: Callable[[Attempt], None], *, is_worker_stopping: Callable[[], bool]
) -> None:
    """Do the work of a job that waits; where it does no more, do nothing."""
    job = claim(number)
    if job is None:
        return
    with Attempt(job, is_worker_stopping=is_worker_stopping) as attempt:
        try:
            # The audit names who asked, not the worker.
            with pghistory.context(user=job.asked_by_id, job=job.pk):
                work(attempt)
        except StoppedError:
            attempt.stop()
        except InputError as error:
            attempt.fail(error.report(gettext))
        except (OperationalError, InterfaceError):
            # Nothing is stored, and nothing can be said now: the sweep takes the job up again.
            logger.exception("job %s lost its database", number)
        except Exception:
            logger.exception("job %s failed", number)
            attempt.fail(gettext(PROGRAM_FAULT).format(job=number))


def claim(number: int) -> Job | None:
    """Take a waiting job for this worker; None where it does not wait (any more)."""
    taken = Job.objects.filter(pk=number, state=JobState.WAITING).update(
        state=JobState.RUNNING,
        attempts=F("attempts") + 1,
        started_at=Coalesce("started_at", Now()),
        heartbeat_at=Now(),
    )
    return Job.objects.select_related("area", "asked_by").get(pk=number) if taken else None
