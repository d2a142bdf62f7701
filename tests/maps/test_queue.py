"""Jobs are asked for once, delivered until done, stopped on request, and survive their workers."""

import time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from geo.models import ManagingArea
from maps.models import Job, JobKind, JobState, User
from maps.queue import (
    LOCK_CLASS,
    LOST_S,
    MOST_ATTEMPTS,
    QUIET_S,
    ahead_of,
    ask_to_stop,
    enqueue,
    sweep,
)
from tests.rows import area

pytestmark = pytest.mark.django_db


@pytest.fixture
def district():
    return area("990101", name="示例区")


@pytest.fixture
def planner():
    return User.objects.create(username="planner")


def ask(district, *, kind=JobKind.PROPOSE, by=None, **arguments):
    return enqueue(kind, area=district, by=by, arguments=arguments)


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def lose_deliveries():
    execute("DELETE FROM procrastinate_jobs")


def running(district, *, quiet_s=0.0, attempts=1, **values):
    """A job that a worker is at, and that it last told of some seconds ago."""
    job = ask(district)
    heartbeat_at = timezone.now() - timedelta(seconds=quiet_s)
    rest = {"state": JobState.RUNNING, "attempts": attempts, "heartbeat_at": heartbeat_at}
    Job.objects.filter(pk=job.pk).update(**rest, **values)
    lose_deliveries()
    job.refresh_from_db()
    return job


def deliveries():
    return sorted(ProcrastinateJob.objects.values_list("task_name", "status", "args__job"))


def test_a_job_that_is_asked_for_waits_and_is_delivered_by_the_name_of_its_kind(district, planner):
    job = ask(district, by=planner, seed=7)
    assert (job.state, job.asked_by, job.arguments) == (JobState.WAITING, planner, {"seed": 7})
    assert deliveries() == [("propose", "todo", job.pk)]


def test_a_job_that_is_rolled_back_is_delivered_to_nobody(district):
    with transaction.atomic():
        ask(district)
        transaction.set_rollback(True)
    assert (Job.objects.count(), deliveries()) == (0, [])


def test_a_second_click_gives_the_proposal_that_is_there(district):
    assert ask(district, seed=1) == ask(district, seed=2)
    assert len(deliveries()) == 1


def test_another_area_has_a_proposal_of_its_own(district):
    assert ask(district) != ask(area("990102"))


def test_a_proposal_that_is_done_makes_room_for_the_next(district):
    first = ask(district)
    ask_to_stop(first)
    assert ask(district) != first


def test_files_may_be_asked_for_beside_a_proposal(district):
    assert ask(district) != ask(district, kind=JobKind.RENDER)


def test_the_database_itself_refuses_two_open_proposals(district):
    ask(district)
    with pytest.raises(IntegrityError, match="job_one_proposal_at_a_time"), transaction.atomic():
        Job.objects.create(kind=JobKind.PROPOSE, area=district)


def test_a_job_that_the_database_refuses_is_no_answer_to_another_kind(district):
    with pytest.raises(IntegrityError, match="maps_job"):
        enqueue(JobKind.RENDER, area=district, by=None, arguments=None)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_give_one_proposal():
    district = area("990101", name="示例区")
    both, given = Barrier(2), []

    def click():
        both.wait()
        given.append(ask(ManagingArea.objects.get(pk=district.pk)))
        connection.close()

    clicks = [Thread(target=click) for _ in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert given[0] == given[1] == Job.objects.get()


def test_a_failed_job_says_why(district):
    job = ask(district)
    with pytest.raises(IntegrityError, match="job_says_why_it_failed"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, finished_at=timezone.now())


def test_a_job_that_waits_is_cancelled_at_once(district):
    job = ask_to_stop(ask(district))
    assert (job.state, job.is_open, job.finished_at is None) == (JobState.CANCELLED, False, False)


def test_a_job_that_runs_is_asked_to_stop_and_ends_by_itself(district):
    job = ask_to_stop(running(district))
    assert (job.state, job.is_cancel_asked) == (JobState.RUNNING, True)


def test_a_job_that_is_over_stays_as_it_is(district):
    job = ask_to_stop(ask(district))
    assert ask_to_stop(job).finished_at == job.finished_at


def test_a_job_whose_worker_died_waits_again_and_is_delivered_again(district):
    job = running(district, quiet_s=QUIET_S + 1, step="links", share=0.3)
    assert sweep() == [job]
    job.refresh_from_db()
    assert (job.state, job.step, job.share) == (JobState.WAITING, "", 0)
    assert deliveries() == [("propose", "todo", job.pk)]


def test_a_job_that_was_told_of_just_now_is_left_alone(district):
    running(district, quiet_s=QUIET_S - 2)
    assert sweep() == []


def eventually(ask, *, patience_s=5.0):
    """Return the first answer that is not empty: a server's process takes a moment to end."""
    deadline = time.monotonic() + patience_s
    while not (answer := ask()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return answer


@pytest.fixture
def held():
    """Another connection, as a worker has it, that holds the lock of a job."""
    other = connection.copy()

    def hold(job):
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, job.pk])
        return other

    yield hold
    other.close()


def test_a_quiet_job_that_a_worker_holds_is_left_alone(district, held):
    held(running(district, quiet_s=QUIET_S + 1))
    assert sweep() == []


def test_a_job_is_taken_up_as_soon_as_the_connection_of_its_worker_ends(district, held):
    job = running(district, quiet_s=QUIET_S + 1)
    held(job).close()
    assert eventually(sweep) == [job]


def test_a_job_that_was_quiet_for_a_minute_is_taken_up_though_it_is_held(district, held):
    job = running(district, quiet_s=LOST_S + 1)
    held(job)
    assert sweep() == [job]


def test_a_job_that_lost_its_worker_too_often_ends_and_says_so(district):
    job = running(district, quiet_s=QUIET_S + 1, attempts=MOST_ATTEMPTS)
    sweep()
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.fault.startswith(f"后台进程中断了 {MOST_ATTEMPTS} 次，任务没有完成")
    assert deliveries() == []


def test_a_job_that_was_to_stop_when_its_worker_died_is_cancelled(district):
    job = running(district, quiet_s=QUIET_S + 1, is_cancel_asked=True)
    sweep()
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_delivery_that_was_lost_is_made_again_once(district):
    job = ask(district)
    lose_deliveries()
    assert (sweep(), sweep()) == ([job], [])
    assert deliveries() == [("propose", "todo", job.pk)]


def test_deliveries_that_nobody_works_at_are_forgotten(district):
    job = ask(district)
    lose_deliveries()
    execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args)"
        " VALUES ('default', 'propose', 'doing', '{}')"
    )
    sweep()
    assert deliveries() == [("propose", "todo", job.pk)]


def test_a_waiting_person_is_told_how_many_come_before(district):
    ask(district)
    second = ask(area("990102"))
    assert ahead_of(second) == 1
    assert str(second) == "提出连片方案 990102"
