"""A city is planned district by district: together, told, stopped, killed, and gone on with."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from geo.words import AreaLevel
from layers.models import PartState, Plan, PlanRun, RunPart
from layers.planning.begin_run import areas_to_plan, begin_run
from layers.planning.do_run import do_run, run_hash
from layers.policy import load_policy
from maps.attempts import attempt_job
from maps.jobs import propose
from maps.models import JobKind, JobState, Membership, Role, User
from maps.queue import ask_to_stop, enqueue
from maps.site.local_postgres import CHECKOUT
from tests.rows import area, at, building, compound, geos, square

# Other processes must see the rows; what is flushed after each test is what these tests touch.
TOUCHED = ["maps", "layers", "geo", "procrastinate.contrib.django"]
pytestmark = pytest.mark.django_db(transaction=True, available_apps=TOUCHED)
PATIENCE_S = 240.0
DAY = "2026-06-01"
POLICY = load_policy("default")


@pytest.fixture
def city():
    """A city of three districts with five unserved compounds each, and one with nothing."""
    city = area("99", name="示例市", level=AreaLevel.CITY)
    for number in range(4):
        name = f"{'甲乙丙丁'[number]}区"
        district = area(f"99010{number}", name=name, level=AreaLevel.DISTRICT, parent=city)
        for column in range(5 if number < 3 else 0):
            compound(
                f"C{number}{column}",
                area=district,
                geometry=geos(square(column, 10 * number)),
                floor_area_m2=20_000 + 1_000 * number,
                households=250,
            )
    return city


def begun(city, *, seed=1):
    asked = {"area": city, "policy": POLICY, "valid": DAY, "known": at(2026, 6, 1)}
    return begin_run(**asked, seed=seed)


def states(run):
    return dict(run.parts.values_list("area__name", "state"))


def hashes():
    return dict(Plan.objects.values_list("area__name", "plan_hash"))


def planned(city, **options):
    """Run the command in this process; return what it says."""
    said = io.StringIO()
    call_command("propose_plan", area=city.code, date=DAY, processes=1, stdout=said, **options)
    return said.getvalue()


def command():
    """Start the real command on the database of this test."""
    settings = connection.settings_dict
    address = f"postgres://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}"
    asked = ("--area", "99", "--date", DAY, "--processes", "2")
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "propose_plan", *asked],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": address},
        stdout=subprocess.DEVNULL,
    )


def until(is_so, process=None):
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        ended = process is not None and process.poll() is not None
        assert not ended, "the command has ended"
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def processes_below(pid):
    listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_run_goes_on_where_it_was_and_gives_the_same_plans(city):
    with transaction.atomic():
        # The second district cannot be stored while this holds its area; the others can.
        city.children.select_for_update(no_key=True).get(name="乙区")
        killed = command()
        run_parts = RunPart.objects.filter(state=PartState.DONE)
        until(lambda: run_parts.count() == 2, killed)
        until(lambda: RunPart.objects.filter(area__name="乙区", step="store").exists(), killed)
        below = processes_below(killed.pid)
        killed.kill()
        killed.wait()
        until(lambda: not any(map(is_alive, below)))
    before = dict(Plan.objects.values_list("area__name", "pk"))
    assert sorted(before) == ["丙区", "甲区"]
    said = planned(city)
    assert "接续 2" in said
    after = dict(Plan.objects.values_list("area__name", "pk"))
    assert sorted(after) == ["丙区", "乙区", "甲区"]
    assert before.items() < after.items()
    assert "丁区：没有可以规划的小区或楼栋。" in said
    (run,) = PlanRun.objects.all()
    assert f"run_hash {run_hash(run)}" in said
    broken_off = hashes()
    undisturbed = begun(city)
    do_run(undisturbed, processes=1)
    assert run_hash(undisturbed) == run_hash(run)
    assert {hashes()[name] == digest for name, digest in broken_off.items()} == {True}


def test_processes_of_a_run_that_is_stopped_store_nothing_more(city):
    run = begun(city)
    do_run(run, processes=2, should_stop=lambda: True)
    assert not Plan.objects.exists()
    assert not run.is_finished


def test_a_process_that_is_killed_costs_only_its_district_another_try(city):
    run, killed = begun(city), []

    def kill_one(_run):
        if not killed:
            killed.extend(_spawned()[:1])
            os.kill(killed[0], signal.SIGKILL)

    do_run(run, processes=2, on_progress=kill_one)
    assert states(run) == {"甲区": "done", "乙区": "done", "丙区": "done", "丁区": "empty"}
    assert Plan.objects.count() == 3


def _spawned():
    """Return the processes of the pool, not the one that tracks their semaphores."""
    below = processes_below(os.getpid())
    told = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in below}
    return [pid for pid, words in told.items() if "spawn_main" in words]


def test_the_command_plans_every_district_and_tells_the_progress(city):
    text = planned(city)
    assert "100%　完成 4/4 个区县" in text
    assert text.count("plan_hash") == 3
    first = hashes()
    planned(city)
    assert hashes() == first
    assert Plan.objects.count() == 6


def test_who_asks_anew_does_not_go_on_with_old_data(city):
    planned(city)
    RunPart.objects.filter(area__name="甲区").update(state=PartState.RUNNING)
    assert "接续" not in planned(city, anew=True)
    assert PlanRun.objects.count() == 2


def test_a_quick_run_plans_every_district_quickly_and_is_a_run_of_its_own(city):
    planned(city)
    planned(city, effort="quick")
    assert sorted(run.effort for run in PlanRun.objects.all()) == ["quick", "thorough"]
    efforts = [plan.summary["effort"] for plan in Plan.objects.order_by("version")]
    assert efforts == ["thorough"] * 3 + ["quick"] * 3


def test_an_area_that_nobody_knows_and_no_process_at_all_are_refused():
    with pytest.raises(CommandError, match="没有编码为“99”的辖区"):
        call_command("propose_plan", area="99")
    with pytest.raises(CommandError, match="--processes 应为 1 或更大的整数。"):
        call_command("propose_plan", area="99", processes=0)


def test_what_lies_in_no_district_is_told(city):
    compound("X", area=city, geometry=geos(square(50)))
    building("Y", area=city, geometry=geos(square(60)))
    told = "另有 2 处小区和楼栋直属示例市、不属于任何区县，没有纳入任何方案。"
    assert told in planned(city)


def test_a_district_whose_data_contradict_one_another_stops_no_other(city, monkeypatch):
    monkeypatch.setattr("layers.planning.do_part.load_policy", _policy_but_for_the_first())
    with pytest.raises(CommandError, match="甲区：没有名为“gone”的政策"):
        planned(city)
    assert sorted(hashes()) == ["丙区", "乙区"]


def _policy_but_for_the_first():
    names = iter(["gone"])
    return lambda name: load_policy(next(names, name))


def test_a_district_is_planned_as_one_whatever_lies_below(city):
    district = city.children.first()
    area("990101001", parent=district)
    known = timezone.now()
    assert areas_to_plan(district, POLICY, known=known) == [district]
    assert len(areas_to_plan(city, POLICY, known=known)) == 4


@pytest.fixture
def planner(city):
    user = User.objects.create(username="planner")
    Membership.objects.create(user=user, role=Role.PLANNER, area=city)
    return user


def asked(city, planner):
    arguments = {"policy": "default", "seed": 1, "valid": DAY, "known": at(2026, 7, 1).isoformat()}
    return enqueue(JobKind.PROPOSE, area=city, by=planner, arguments=arguments)


def attempted(job, work=propose):
    attempt_job(job.pk, work, is_worker_stopping=lambda: False)
    job.refresh_from_db()
    return job


def fragment(job, planner):
    client = Client()
    client.force_login(planner)
    return client.get(reverse("job", args=[job.pk]), HTTP_HX_REQUEST="true").content.decode()


@pytest.mark.usefixtures("one_process")
def test_a_job_for_a_city_makes_a_plan_for_each_district(city, planner):
    job = attempted(asked(city, planner))
    assert job.state == JobState.DONE, job.fault
    assert job.outcome["plans"] == list(Plan.objects.order_by("pk").values_list("pk", flat=True))
    page = fragment(job, planner)
    assert "4/4 个区县已结束" in page
    assert "没有需要连片的对象：没有可以规划的小区或楼栋。" in page
    assert reverse("plans", args=["99"]) in page


@pytest.mark.usefixtures("one_process")
def test_a_job_that_is_cancelled_keeps_the_districts_that_are_done(city, planner):
    job, done = asked(city, planner), RunPart.objects.filter(state=PartState.DONE)

    def work(attempt):
        ask_to_stop(job)
        until(attempt.should_stop)
        with pytest.MonkeyPatch.context() as patch:
            # Heard only once the first district is stored.
            patch.setattr(attempt, "should_stop", done.exists)
            propose(attempt)

    assert attempted(job, work).state == JobState.CANCELLED
    assert list(hashes()) == ["甲区"]
    assert "已取消；已完成的区县方案已保存。" in fragment(job, planner)


@pytest.fixture
def one_process(settings):
    settings.PLANNING_PROCESSES = 1
