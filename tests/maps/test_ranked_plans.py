"""Several plans of one district: asked for on the page or by the command, ranked and compared."""

import io

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from geo.errors import Fault, InputError
from layers.draft import check_draft
from layers.models import Plan, PlanStatus
from layers.planning import propose_plan as planning
from layers.planning.read_plan import summary_of_stored
from maps.attempts import Attempt
from maps.jobs import propose
from maps.models import Job, JobState, Membership, Role, User
from tests.layers.drawn_plans import DAY, stored_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def first():
    """A plan in force: its fees carry every zone, so that the number of zones costs nothing."""
    plan = stored_plan("A B C D E F", floor_area_m2=16_000.0, fee_low=5.0, fee_high=5.0)
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.APPROVED, document="示例〔2026〕1号")
    return plan


@pytest.fixture
def planner(first):
    user = User.objects.create(username="planner")
    Membership.objects.create(user=user, role=Role.PLANNER, area=first.area, valid_from=DAY)
    client = Client()
    client.force_login(user)
    return client


def ask(client, area, **answers):
    wanted = {"policy": "default", "valid": DAY.isoformat(), "seed": "1", "plans": "3"}
    return client.post(reverse("propose", args=[area.code]), {**wanted, **answers})


def do(job):
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    job.refresh_from_db()
    propose(Attempt(job, is_worker_stopping=lambda: False))
    job.refresh_from_db()
    return job


def test_plans_that_were_asked_for_together_stand_together_with_their_rank(first, planner):
    ask(planner, first.area)
    job = do(Job.objects.get())
    plans = list(Plan.objects.filter(part__run__area=first.area).order_by("rank"))
    assert job.outcome["plans"] == [plan.pk for plan in plans]
    assert [plan.rank for plan in plans] == list(range(1, len(plans) + 1))
    assert plans[0].plan_hash == first.plan_hash
    page = planner.get(reverse("plans", args=[first.area.code])).content.decode()
    assert f"西岗区：{len(plans)} 个可选方案" in page
    assert "按政策原有取向划分。" in page
    for plan in plans[1:]:
        assert f"?a={plans[0].pk}&amp;b={plan.pk}" in page
    told = planner.get(reverse("plan", args=[plans[0].pk])).content.decode()
    assert "可选方案之1：按政策原有取向划分。" in told
    assert "独立核验通过" in told


def test_the_command_tells_what_is_different_in_each(first):
    said = io.StringIO()
    call_command("propose_plan", area=first.area.code, date=DAY, plans=2, processes=1, stdout=said)
    assert "  按政策原有取向划分。" in said.getvalue()


def test_too_many_plans_or_none_are_refused(first, planner):
    for given in ("0", "6", "两个"):
        answer = ask(planner, first.area, plans=given)
        assert answer.status_code == 400
        assert f"方案个数“{given}”不是 1 至 5 的整数。" in answer.content.decode()


def test_what_was_checked_is_kept_with_the_plan(first):
    checked = summary_of_stored(first)["checked"]
    assert (checked["sites"], checked["zones"]) == (6, first.totals["zones"])
    assert checked["seconds"] >= 0


def test_a_plan_that_the_check_refuses_is_not_stored_and_the_job_says_so(
    first, planner, monkeypatch
):
    def find_one_more(draft):
        return (*check_draft(draft), Fault("1号片区分成 2 块，互不相连。"))

    monkeypatch.setattr(planning, "check_draft", find_one_more)
    ask(planner, first.area)
    with pytest.raises(InputError) as error:
        do(Job.objects.get())
    assert "独立核验发现方案有 1 处问题，没有保存任何结果。" in str(error.value)
    assert "1号片区分成 2 块，互不相连。" in str(error.value)
    assert list(Plan.objects.all()) == [first]
