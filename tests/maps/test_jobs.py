"""Work in the background: told as it goes on, stopped on request, stored once and whole."""

import io
import time
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from geo.errors import Fault, InputError
from geo.words import AreaLevel
from layers.models import Plan
from maps.attempts import StoppedError, attempt_job
from maps.jobs import propose, render
from maps.models import Job, JobKind, JobState, JobStep, User
from maps.queue import MOST_ATTEMPTS, ask_to_stop, enqueue, sweep
from tests.rows import area, building, compound, geos, square

# Other connections must see the rows; what is flushed after each test is what these tests touch.
TOUCHED = ["maps", "layers", "geo", "procrastinate.contrib.django"]
pytestmark = pytest.mark.django_db(transaction=True, available_apps=TOUCHED)
PATIENCE_S = 10.0


@pytest.fixture
def city():
    return area("99", name="示例市", level=AreaLevel.CITY)


@pytest.fixture
def district(city):
    """A district of six unserved compounds side by side."""
    district = area("990101", name="示例区", level=AreaLevel.DISTRICT, parent=city)
    for column in range(6):
        here = {"area": district, "geometry": geos(square(column))}
        held = compound(f"C{column}", floor_area_m2=30_000, households=300, **here)
        building(f"B{column}", compound=held, **here)
    User.objects.create(username="planner")
    return district


@pytest.fixture
def empty(city):
    return area("990102", name="空区", level=AreaLevel.DISTRICT, parent=city)


def lose_deliveries():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def ask(district, *, kind=JobKind.PROPOSE, **more):
    now = timezone.now()
    arguments = {"policy": "default", "seed": 1, "valid": timezone.localdate().isoformat()}
    arguments |= {"known": now.isoformat(), **more}
    return enqueue(kind, area=district, by=User.objects.first(), arguments=arguments)


def attempted(job, work, *, is_worker_stopping=lambda: False):
    attempt_job(job.pk, work, is_worker_stopping=is_worker_stopping)
    job.refresh_from_db()
    return job


def until(is_so):
    """Wait for something that another thread brings about."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def stops_when_told(attempt):
    """A search that goes on until it is told to stop."""
    until(attempt.should_stop)
    attempt.begin(JobStep.STORE, shares=(0.9, 1.0))


def test_a_proposal_is_stored_together_with_the_end_of_its_job(district):
    job = attempted(ask(district), propose)
    plan = Plan.objects.get()
    assert (job.state, job.share, job.plan) == (JobState.DONE, 1, plan)
    assert job.outcome == {"zones": plan.totals["zones"], "plan_hash": plan.plan_hash}
    assert plan.created_by == job.asked_by
    assert plan.zones.exists()


def test_a_job_that_is_delivered_twice_makes_one_plan(district):
    job = attempted(ask(district), propose)
    assert attempted(job, propose).attempts == 1
    assert Plan.objects.count() == 1


def test_the_same_question_asked_again_gives_the_same_plan(district):
    known = timezone.now().isoformat()
    hashes = {attempted(ask(district, known=known), propose).outcome["plan_hash"] for _ in "ab"}
    assert (len(hashes), Plan.objects.count()) == (1, 2)


def test_a_proposal_remembers_the_plan_that_it_started_from(district):
    first = attempted(ask(district), propose).plan
    assert attempted(ask(district, based_on=first.pk), propose).plan.based_on == first


def test_an_area_with_nothing_to_plan_ends_the_job_with_the_remedy(empty):
    job = attempted(ask(empty), propose)
    assert (job.state, job.plan) == (JobState.FAILED, None)
    assert "没有可以规划的小区或楼栋。请先导入小区边界或楼栋轮廓。" in job.fault


def test_every_fault_of_a_job_is_told_a_line_each(district):
    def work(_attempt):
        raise InputError(Fault("第一处不对。"), Fault("第二处不对。"))

    assert attempted(ask(district), work).fault == "第一处不对。\n第二处不对。"


def test_an_error_of_the_program_is_logged_and_told_with_the_number_of_the_job(district, caplog):
    def work(_attempt):
        raise ZeroDivisionError

    job = attempted(ask(district), work)
    assert f"错误已记入日志（任务 {job.pk}）" in job.fault
    assert "ZeroDivisionError" in caplog.text


def test_progress_is_seen_from_outside_while_the_work_is_in_its_transaction(district):
    job, seen = ask(district), Event()

    def work(attempt):
        with transaction.atomic():
            attempt.begin(JobStep.PROPOSAL, shares=(0.2, 0.6))
            attempt.progress(1, 2)
            Plan.objects.update(name="never seen")
            assert seen.wait(PATIENCE_S)
            attempt.seal()

    worker = in_a_thread(attempt_job, job.pk, work, is_worker_stopping=lambda: False)
    until(lambda: Job.objects.filter(pk=job.pk, step=JobStep.PROPOSAL, share=0.4).exists())
    heartbeat_at = Job.objects.get(pk=job.pk).heartbeat_at
    until(lambda: Job.objects.get(pk=job.pk).heartbeat_at > heartbeat_at)
    seen.set()
    worker.join()
    assert Job.objects.get(pk=job.pk).state == JobState.DONE


def in_a_thread(call, *args, **kwargs):
    def run():
        call(*args, **kwargs)
        connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_more_work_than_was_planned_is_no_more_than_all_of_it(district):
    def work(attempt):
        attempt.begin(JobStep.PROPOSAL, shares=(0.2, 0.6))
        attempt.progress(9, 0)
        until(lambda: Job.objects.filter(pk=attempt.job.pk, share=0.6).exists())
        attempt.seal()

    assert attempted(ask(district), work).state == JobState.DONE


def test_a_running_job_that_is_cancelled_ends_and_stores_nothing(district):
    job = ask(district)

    def work(attempt):
        ask_to_stop(job)
        stops_when_told(attempt)

    assert attempted(job, work).state == JobState.CANCELLED
    assert job.fault == ""


def test_a_proposal_that_is_cancelled_before_it_is_stored_stores_nothing(district, monkeypatch):
    job = ask(district)

    def propose_after_the_click(attempt):
        ask_to_stop(job)
        # Even where the worker does not hear of it in time.
        monkeypatch.setattr(attempt, "should_stop", lambda: False)
        propose(attempt)

    assert attempted(job, propose_after_the_click).state == JobState.CANCELLED
    assert not Plan.objects.exists()


def test_the_search_itself_hears_that_the_job_is_cancelled(district):
    job = ask(district)

    def work(attempt):
        ask_to_stop(job)
        until(attempt.should_stop)
        propose(attempt)

    assert attempted(job, work).state == JobState.CANCELLED
    assert not Plan.objects.exists()


def test_a_worker_that_is_stopped_gives_its_job_back_uncounted(district):
    job = attempted(ask(district), stops_when_told, is_worker_stopping=lambda: True)
    assert (job.state, job.attempts, job.share) == (JobState.WAITING, 0, 0)


def test_a_job_that_another_worker_took_up_is_left_to_it(district):
    job = ask(district)

    def work(attempt):
        Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
        Job.objects.filter(pk=job.pk).update(attempts=2)
        until(attempt.should_stop)
        with pytest.raises(StoppedError):
            attempt.seal()
        attempt.fail("这句话不应出现。")
        stops_when_told(attempt)

    job = attempted(job, work)
    assert (job.state, job.attempts, job.fault) == (JobState.RUNNING, 2, "")


def test_a_job_that_lost_its_database_is_taken_up_by_the_sweep(district, caplog):
    job = ask(district)

    def work(_attempt):
        raise OperationalError

    assert attempted(job, work).state == JobState.RUNNING
    assert "lost its database" in caplog.text
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=2))
    assert job in sweep()
    assert attempted(job, propose).state == JobState.DONE


def test_a_worker_whose_connections_end_holds_its_job_again(district):
    def work(attempt):
        until(is_held)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND query NOT LIKE '%%LISTEN%%'"
            )
        until(is_held)
        attempt.seal()

    def is_held():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            return cursor.fetchone()[0]

    job = attempted(ask(district), work)
    assert (job.state, job.attempts) == (JobState.DONE, 1)


def test_a_job_is_begun_three_times_at_most(district):
    job = ask(district)
    for _ in range(MOST_ATTEMPTS + 1):
        attempted(job, lambda _attempt: None)
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
            heartbeat_at=timezone.now() - timedelta(minutes=2)
        )
        sweep()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, MOST_ATTEMPTS)


def test_the_files_of_an_area_are_written(district, tmp_path, settings):
    settings.VAR_DIR = tmp_path
    job = attempted(ask(district, kind=JobKind.RENDER), render)
    assert job.outcome == {"files": ["coverage.html"]}
    assert (tmp_path / "out" / district.code / "coverage.html").exists()


def test_a_worker_does_what_waits_and_forgets_the_deliveries(district):
    job = ask(district)
    call_command("work", once=True, stdout=io.StringIO())
    job.refresh_from_db()
    assert (job.state, job.plan) == (JobState.DONE, Plan.objects.get())
    assert not ProcrastinateJob.objects.exists()


def test_a_worker_takes_up_what_another_left(district):
    job = ask(district)
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, attempts=1, heartbeat_at=timezone.now() - timedelta(minutes=2)
    )
    lose_deliveries()
    sweep()
    call_command("work", once=True, stdout=io.StringIO())
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 2)
