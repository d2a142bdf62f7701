"""The table of sensitivity: asked for on its page, measured behind it, kept with the plan."""

import io

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from layers.planning.measure_plan import measure_plan
from layers.planning.read_plan import summary_of_stored
from maps.attempts import Attempt
from maps.jobs import measure
from maps.models import Job, JobState, Membership, Role, User
from tests.layers.drawn_plans import DAY, stored_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    """Two neighbours that reach the minimum together."""
    return stored_plan("A B")


def person(plan, role):
    user = User.objects.create(username=str(role))
    Membership.objects.create(user=user, role=role, area=plan.area, valid_from=DAY)
    client = Client()
    client.force_login(user)
    return client


def page(client, plan, name="plan_sensitivity"):
    return client.get(reverse(name, args=[plan.pk])).content.decode()


def do(job):
    """Do the work of a job as its worker does, in this test's transaction."""
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    job.refresh_from_db()
    measure(Attempt(job, is_worker_stopping=lambda: False))
    job.refresh_from_db()
    return job


def test_who_plans_has_the_table_measured_and_everybody_sees_it(plan):
    planner, viewer = person(plan, Role.PLANNER), person(plan, Role.VIEWER)
    assert "还没有测算。" in page(viewer, plan)
    assert "测算敏感性</button>" not in page(viewer, plan)
    address = reverse("plan_measure", args=[plan.pk])
    assert viewer.post(address).status_code == 404
    for _ in "asked twice":
        planner.post(address)
    job = do(Job.objects.get())
    assert (job.state, job.outcome) == (JobState.DONE, {"rows": 5})
    told = page(viewer, plan)
    assert "现行政策（相邻距离 60 m）。" in told
    assert "下限降低 20%。" in told
    assert "重新测算" in page(planner, plan)
    assert "相邻距离改为 100 m。 增加 0 户（套），年少补贴 0 元" in page(viewer, plan, "plan")
    answer = planner.get(reverse("job", args=[job.pk])).content.decode()
    assert reverse("plan_sensitivity", args=[plan.pk]) in answer


def test_the_table_is_in_what_plan_json_says(plan):
    measure_plan(plan)
    first, *_ = summary_of_stored(plan)["sensitivity"]
    assert (first["what"], first["households"]) == ("现行政策（相邻距离 60 m）。", 500)


def test_the_command_tells_the_table_on_request(plan):
    said = io.StringIO()
    call_command("propose_plan", area=plan.area.code, date=DAY, sensitivity=True, stdout=said)
    told = "  现行政策（相邻距离 60 m）。1 个片区，低于下限或未归入 0 处，可达下限 500 户（套）"
    assert told + "（+0），年需补贴 34,000 元（少 0）" in said.getvalue()
