from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from geo.errors import InputError
from layers.models import Plan, PlanComment, PlanStatus, PlanStep
from layers.planning.comment_plan import MOST_LETTERS, comment_plan
from layers.planning.step_plan import STEPS, StepName, Wanted, step_plan, steps_from
from tests.layers.test_models import plan as stored_plan
from tests.rows import at

pytestmark = pytest.mark.django_db

NOW = at(2026, 6, 2)


@pytest.fixture
def plan():
    return stored_plan()


def step(plan, name, *, revision=0, by=None, **said):
    done = step_plan(plan, Wanted(step=name, revision=revision, by=by, now=NOW, **said))
    plan.refresh_from_db()
    return done


def in_state(plan, status):
    decided = {"document": "西政〔2026〕1号"} if status == PlanStatus.APPROVED else {}
    Plan.objects.filter(pk=plan.pk).update(status=status, **decided)


def faults(plan, name, **said):
    with pytest.raises(InputError) as error:
        step(plan, name, **said)
    return str(error.value)


def test_a_plan_goes_from_draft_to_public_notice(plan):
    planner = get_user_model().objects.create(username="王工")
    step(plan, "consult", by=planner)
    step(plan, "submit", comment="请审定")
    step(plan, "approve", document=" 西政〔2026〕1号 ")
    done = step(plan, "publish", notice_from=date(2026, 7, 1), notice_to=date(2026, 7, 15))
    assert (plan.status, plan.document) == ("published", "西政〔2026〕1号")
    assert (plan.notice_from, plan.notice_to) == (date(2026, 7, 1), date(2026, 7, 15))
    assert str(done).endswith("审定 → 公示")
    told = PlanStep.objects.order_by("pk").values_list("step", "from_status", "to_status")
    assert list(told) == [
        ("consult", "draft", "consulting"),
        ("submit", "consulting", "submitted"),
        ("approve", "submitted", "approved"),
        ("publish", "approved", "published"),
    ]
    first = PlanStep.objects.earliest("pk")
    assert (first.by, first.at, first.plan_hash) == (planner, NOW, plan.plan_hash)


@pytest.mark.parametrize(
    ("status", "name"),
    [("submitted", "return"), ("submitted", "withdraw"), ("consulting", "withdraw")],
)
def test_a_plan_is_taken_back_to_draft(plan, status, name):
    in_state(plan, status)
    step(plan, name, comment="边界有误")
    assert plan.status == PlanStatus.DRAFT


@pytest.mark.parametrize("status", PlanStatus.values)
def test_only_the_steps_of_a_state_lead_on_from_it(plan, status):
    if status == PlanStatus.PUBLISHED:
        Plan.objects.filter(pk=plan.pk).update(
            document="1", notice_from=date(2026, 1, 1), notice_to=date(2026, 1, 2)
        )
    in_state(plan, status)
    plan.refresh_from_db()
    open_steps = steps_from(plan)
    for name in set(StepName) - set(open_steps):
        word = STEPS[name].word
        assert f"方案处于“{plan.get_status_display()}”，不能办理“{word}”。" in faults(
            plan, name, document="1", comment="1"
        )


def test_no_step_leads_on_from_a_plan_that_was_broken_off(plan):
    in_state(plan, PlanStatus.ABORTED)
    plan.refresh_from_db()
    assert steps_from(plan) == {}


def test_a_step_that_is_not_there_is_refused(plan):
    assert faults(plan, "celebrate") == "没有名为“celebrate”的办理步骤。"


def test_a_step_rests_on_the_revision_that_was_looked_at(plan):
    Plan.objects.filter(pk=plan.pk).update(revision=3)
    assert "又有修改（现为第 3 次修改）" in faults(plan, "consult")


@pytest.mark.parametrize(
    ("status", "name", "said", "fault"),
    [
        pytest.param("submitted", "return", {"comment": " "}, "“退回”须写明意见", id="return"),
        pytest.param("submitted", "approve", {"document": " "}, "须填写文号", id="approve"),
        pytest.param("approved", "publish", {}, "须填写起止日期", id="publish"),
        pytest.param(
            "approved",
            "publish",
            {"notice_from": date(2026, 7, 2), "notice_to": date(2026, 7, 1)},
            "公示截止日期 2026-07-01 早于开始日期 2026-07-02。",
            id="publish backwards",
        ),
    ],
)
def test_what_must_be_said_is_asked_for(plan, status, name, said, fault):
    in_state(plan, status)
    assert fault in faults(plan, name, **said)


def test_a_plan_that_breaks_rules_is_submitted_only_with_a_comment(plan):
    broken = [{"rule": "connected", "sites": [], "key": "zone.in_parts", "values": {}}]
    plan.zones.create(number=3, problems=broken)
    plan.zones.create(number=4, problems=broken, exception="below_minimum")
    assert "3号片区仍有未满足的规则。" in faults(plan, "submit")
    assert step(plan, "submit", comment="两侧居民同意跨路管理").comment == "两侧居民同意跨路管理"


def test_a_step_is_never_changed(plan):
    done = step(plan, "consult")
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        PlanStep.objects.filter(pk=done.pk).update(comment="改")


def test_a_comment_is_kept_with_the_revision_it_was_made_on(plan):
    plan.zones.create(number=3)
    Plan.objects.filter(pk=plan.pk).update(revision=2)
    kept = comment_plan(plan, " 3号太大 ", zone=3, by=None, now=NOW)
    assert (kept.text, kept.zone, kept.revision) == ("3号太大", 3, 2)
    assert str(kept) == "西岗区 v1 2026-06-02 12:00"


def test_a_comment_must_say_something_not_too_long_of_a_zone_that_is_there(plan):
    with pytest.raises(InputError) as error:
        comment_plan(plan, " ", zone=9, by=None, now=NOW)
    assert str(error.value) == "请填写意见。\n方案没有9号片区。"
    with pytest.raises(InputError, match="最多 2000 字"):
        comment_plan(plan, "长" * (MOST_LETTERS + 1), by=None, now=NOW)
    assert not PlanComment.objects.exists()
