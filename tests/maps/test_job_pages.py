"""Whoever asked for a job sees how far it is and where its result is, and may stop it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from geo.words import AreaLevel
from layers.models import Plan
from maps.models import Job, JobKind, JobState, Membership, Role, User
from maps.queue import enqueue
from tests.rows import area

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def district():
    return area("990101", name="示例区", level=AreaLevel.DISTRICT)


def person(name, district, role):
    user = User.objects.create_user(name)
    Membership.objects.create(user=user, role=role, area=district)
    return user


@pytest.fixture
def planner(client, district):
    user = person("planner", district, Role.PLANNER)
    client.force_login(user)
    return user


@pytest.fixture
def job(district, planner):
    return enqueue(JobKind.PROPOSE, area=district, by=planner, arguments={})


def becomes(job, state, **values):
    is_over = state not in {JobState.WAITING, JobState.RUNNING}
    ended = {"finished_at": timezone.now()} if is_over else {}
    Job.objects.filter(pk=job.pk).update(state=state, **(ended | values))


def fragment(client, job):
    return client.get(reverse("job", args=[job.pk]), **HTMX)


def test_a_job_that_waits_says_so_and_asks_again(client, job):
    answer = fragment(client, job)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "即将开始" in text
    assert 'hx-trigger="every 2s"' in text


def test_a_job_behind_others_says_how_many_come_before(client, district, planner, job):
    second = enqueue(JobKind.RENDER, area=district, by=planner, arguments={})
    assert job.pk < second.pk
    assert "前面还有 1 个任务" in fragment(client, second).content.decode()


def test_a_job_that_runs_shows_its_step_and_share(client, job):
    becomes(job, JobState.RUNNING, step="links", share=0.254, attempts=1)
    text = fragment(client, job).content.decode()
    assert "建立邻接关系 25%" in text
    assert 'aria-valuenow="25"' in text
    assert "曾中断" not in text


def test_a_job_that_was_taken_up_again_says_so(client, job):
    becomes(job, JobState.RUNNING, step="links", share=0.2, attempts=2)
    assert "后台进程曾中断，第 2 次执行" in fragment(client, job).content.decode()


def test_a_job_that_is_done_links_to_its_result_and_asks_no_more(client, job):
    becomes(job, JobState.DONE, share=1)
    answer = fragment(client, job)
    text = answer.content.decode()
    assert answer.status_code == 286
    assert "hx-get" not in text
    assert reverse("overview", args=["990101"]) in text
    assert "取消任务" not in text


def test_a_proposal_that_is_done_remembers_its_plan(client, district, job):
    plan = Plan.objects.create(
        area=district,
        version=1,
        policy="default",
        seed=1,
        valid_on=timezone.localdate(),
        known_at=timezone.now(),
        plan_hash="0" * 64,
    )
    becomes(job, JobState.DONE, share=1, plan=plan)
    assert "查看结果" in fragment(client, job).content.decode()


def test_a_job_that_failed_says_why(client, job):
    becomes(job, JobState.FAILED, fault="没有可以规划的小区或楼栋。\n请先导入。")
    assert "没有可以规划的小区或楼栋。<br>请先导入。" in fragment(client, job).content.decode()


def test_a_job_has_a_page_that_needs_no_script(client, job):
    text = client.get(reverse("job", args=[job.pk])).content.decode()
    assert "<h1>提出连片方案</h1>" in text
    assert "刷新" in text


def test_who_asked_for_a_job_may_cancel_it(client, job):
    answer = client.post(reverse("job_cancel", args=[job.pk]), **HTMX)
    assert "已取消，没有保存任何结果。" in answer.content.decode()
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_cancelled_job_s_page_follows_where_there_is_no_script(client, job):
    answer = client.post(reverse("job_cancel", args=[job.pk]))
    assert answer["Location"] == reverse("job", args=[job.pk])


def test_a_running_job_that_is_to_stop_says_so(client, job):
    becomes(job, JobState.RUNNING)
    text = client.post(reverse("job_cancel", args=[job.pk]), **HTMX).content.decode()
    assert "正在取消" in text
    assert "取消任务" not in text


def test_another_planner_of_the_area_may_cancel_a_job(client, district, job):
    client.force_login(person("colleague", district, Role.PLANNER))
    client.post(reverse("job_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_who_only_looks_sees_a_job_and_may_not_cancel_it(client, district, job):
    client.force_login(person("viewer", district, Role.VIEWER))
    assert "取消任务" not in fragment(client, job).content.decode()
    assert client.post(reverse("job_cancel", args=[job.pk])).status_code == 404
    job.refresh_from_db()
    assert job.state == JobState.WAITING


def test_a_job_elsewhere_does_not_exist(client, job):
    client.force_login(person("stranger", area("990102"), Role.PLANNER))
    assert fragment(client, job).status_code == 404
    assert client.post(reverse("job_cancel", args=[job.pk])).status_code == 404


def test_a_job_that_never_was_is_not_found(client, job):
    assert client.get(reverse("job", args=[job.pk + 1])).status_code == 404


def test_a_person_s_open_jobs_stand_in_the_bar_and_are_asked_for_again(client, job):
    text = client.get(reverse("jobs"), **HTMX).content.decode()
    assert reverse("job", args=[job.pk]) in text
    assert "every 5s" in text


def test_a_bar_without_open_jobs_waits_to_be_told(client, job):
    becomes(job, JobState.DONE)
    text = client.get(reverse("jobs"), **HTMX).content.decode()
    assert reverse("job", args=[job.pk]) in text
    assert "every 5s" not in text


def test_jobs_of_yesterday_and_of_others_are_not_listed(client, district, job):
    becomes(job, JobState.DONE, finished_at=timezone.now() - timedelta(days=2))
    other = person("other", district, Role.PLANNER)
    enqueue(JobKind.PROPOSE, area=district, by=other, arguments={})
    assert "最近一天没有后台任务。" in client.get(reverse("jobs")).content.decode()


def test_the_list_is_a_page_too(client, job):
    text = client.get(reverse("jobs")).content.decode()
    assert f'id="job-{job.pk}"' in text
    assert "即将开始" in text


def test_jobs_in_an_area_that_one_lost_are_not_listed(client, planner, job):
    planner.memberships.all().delete()
    assert f'id="job-{job.pk}"' not in client.get(reverse("jobs")).content.decode()
