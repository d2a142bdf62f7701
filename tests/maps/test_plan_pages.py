"""The list of plans, asking for one, the page of one, and two beside each other."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Q
from django.test import Client

from geo.models import ManagingArea
from geo.words import AreaLevel
from layers.models import NeighbourLink, Plan, PlanStatus
from layers.planning.propose_plan import propose_plan
from layers.policy import load_policy
from maps.models import Job, Membership, Role, User
from tests.layers.drawn_plans import DAY, stored_plan
from tests.rows import area, at

pytestmark = pytest.mark.django_db

TOWN = """
A B C D
E F G H
"""


@pytest.fixture(scope="module")
def stored(django_db_setup, django_db_blocker):  # noqa: ARG001 (set-up by name)
    """Two proposals for one district of two, and one for the other."""
    with django_db_blocker.unblock(), transaction.atomic():
        district = stored_plan(TOWN).area
        city = area("210200", name="大连市", level=AreaLevel.CITY)
        ManagingArea.objects.filter(pk=district.pk).update(parent=city)
        policy = load_policy("default")
        propose_plan(area=district, policy=policy, valid=DAY, known=at(2026, 6, 1), seed=2)
        other = area("210204", name="沙河口区", level=AreaLevel.DISTRICT, parent=city)
        Plan.objects.create(
            area=other,
            version=1,
            policy="default",
            seed=1,
            valid_on=DAY,
            known_at=at(2026, 6, 1),
            plan_hash="0" * 64,
        )
        yield district.pk
        transaction.set_rollback(True)


@pytest.fixture
def district(stored):
    return ManagingArea.objects.get(pk=stored)


@pytest.fixture
def plan(district):
    return Plan.objects.select_related("area").get(area=district, version=1)


@pytest.fixture
def other():
    return Plan.objects.get(area__code="210204")


@pytest.fixture
def sign_in(district):
    """Return what signs a person in: `sign_in(Role.PLANNER)`, in the district or elsewhere."""

    def signed_in(role, where=None):
        user = User.objects.create_user(f"{role}{uuid4().hex[:6]}")
        where = where or district
        Membership.objects.create(user=user, role=role, area=where, valid_from=date(2020, 1, 1))
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def planner(sign_in):
    return sign_in(Role.PLANNER)


def text(response):
    return response.content.decode()


WANTED = {"policy": "default", "valid": "2026-06-01", "seed": "1"}


def proposes(client, district, **answers):
    return client.post(f"/areas/{district.code}/plans/propose/", {**WANTED, **answers})


def test_the_list_shows_the_plans_of_the_area_newest_first(planner, district):
    page = text(planner.get(f"/areas/{district.code}/plans/"))
    assert page.index("西岗区 v2") < page.index("西岗区 v1")
    assert "沙河口区 v1" not in page
    assert "生成方案" in page


def test_the_list_of_a_city_shows_only_the_districts_that_one_may_see(sign_in, district):
    city = district.parent
    everywhere = sign_in(Role.VIEWER, city)
    page = text(everywhere.get(f"/areas/{city.code}/plans/"))
    assert "西岗区 v1" in page
    assert "沙河口区 v1" in page
    assert sign_in(Role.VIEWER).get(f"/areas/{city.code}/plans/").status_code == 404


def test_a_plan_tells_its_policy_by_name_even_where_the_policy_is_gone(planner, district, plan):
    Plan.objects.filter(pk=plan.pk).update(policy="gone")
    page = text(planner.get(f"/areas/{district.code}/plans/"))
    assert "系统缺省" in page
    assert ">gone</td>" in page


def test_who_only_looks_is_not_asked_for_a_proposal(sign_in, district):
    viewer = sign_in(Role.VIEWER)
    assert "生成方案" not in text(viewer.get(f"/areas/{district.code}/plans/"))
    assert proposes(viewer, district).status_code == 404
    assert not Job.objects.exists()


def test_an_area_without_plans_says_what_to_do(sign_in):
    empty = area("210211", name="甘井子区", level=AreaLevel.DISTRICT)
    page = text(sign_in(Role.PLANNER, empty).get("/areas/210211/plans/"))
    assert "还没有方案。请在上面生成第一个方案。" in page


def test_a_proposal_runs_in_the_background_and_the_list_shows_it(planner, district):
    answer = proposes(planner, district, seed=" 7 ")
    assert (answer.status_code, answer.url) == (302, f"/areas/{district.code}/plans/")
    job = Job.objects.get()
    assert job.arguments.pop("known")
    assert job.arguments == {"policy": "default", "valid": "2026-06-01", "seed": 7, "plans": 1}
    assert f'hx-get="/jobs/{job.pk}/"' in text(planner.get(answer.url))


def test_a_quick_proposal_is_asked_for_as_one_and_the_plan_says_so(planner, district, plan):
    proposes(planner, district, effort="quick")
    assert Job.objects.get().arguments["effort"] == "quick"
    page = text(proposes(planner, district, effort="hasty"))
    assert "没有名为“hasty”的计算量。" in page
    note = "快速计算的结果，供初看"
    assert note not in text(planner.get(f"/plans/{plan.pk}/"))
    plan.summary |= {"effort": "quick"}
    plan.save()
    assert note in text(planner.get(f"/plans/{plan.pk}/"))


def test_a_proposal_asked_for_twice_is_made_once(planner, district):
    proposes(planner, district)
    proposes(planner, district, seed="2")
    assert Job.objects.count() == 1


def test_every_answer_that_cannot_be_is_told_at_once(planner, district):
    answer = proposes(planner, district, policy="没有", valid="2026-13-01", seed="-1")
    assert answer.status_code == 400
    for told in (
        "没有名为“没有”的政策。请从列表中选择。",
        "数据日期“2026-13-01”不是日期。",
        "随机种子“-1”不是 0 至 999999999 的整数。",
    ):
        assert told in text(answer)
    assert not Job.objects.exists()


def test_a_planner_may_wish_for_a_number_of_zones_and_for_few_changes(planner, district, plan):
    form = text(planner.get(f"/areas/{district.code}/plans/"))
    assert f'<option value="{plan.pk}">西岗区 v1</option>' in form
    proposes(planner, district, target="3", based_on=str(plan.pk), most_changed="0")
    arguments = Job.objects.get().arguments
    assert (arguments["target"], arguments["based_on"]) == (3, plan.pk)
    assert arguments["most_changed"] == 0


def test_wishes_that_cannot_be_are_told_at_once(planner, district, other):
    answer = proposes(planner, district, target="0", based_on=str(other.pk), plans="2")
    for told in (
        "片区个数“0”不是 1 以上的整数。不指定时请留空。",
        f"本辖区没有编号为“{other.pk}”的方案。请从列表中选择。",
        "指定片区个数或在已有方案上调整时，方案个数只能为 1。",
    ):
        assert told in text(answer)
    answer = proposes(planner, district, most_changed="-1")
    assert "最多变动“-1”不是 0 以上的整数。" in text(answer)
    assert "限定最多变动时，请选择在哪个方案上调整。" in text(answer)
    assert not Job.objects.exists()


@pytest.mark.parametrize("seed", ["", "1000000000", "１", "1.5"])
def test_a_seed_is_a_whole_number_of_at_most_nine_digits(planner, district, seed):
    answer = proposes(planner, district, seed=seed)
    assert f"随机种子“{seed}”不是" in text(answer)


def test_a_plan_of_an_area_that_one_may_not_see_is_not_there(planner, other):
    assert planner.get(f"/plans/{other.pk}/").status_code == 404


def steps_on(client, plan):
    page = text(client.get(f"/plans/{plan.pk}/"))
    return [name for name in STEP_NAMES if f'name="step" type="hidden" value="{name}"' in page]


STEP_NAMES = ("consult", "submit", "return", "withdraw", "approve", "publish")


@pytest.mark.parametrize(
    ("status", "of_planner", "of_approver"),
    [
        (PlanStatus.DRAFT, ["consult", "submit"], []),
        (PlanStatus.CONSULTING, ["submit", "withdraw"], []),
        (PlanStatus.SUBMITTED, ["withdraw"], ["return", "approve"]),
        (PlanStatus.APPROVED, [], ["publish"]),
    ],
)
def test_steps_are_offered_by_right_and_state(sign_in, plan, status, of_planner, of_approver):
    Plan.objects.filter(pk=plan.pk).update(status=status, document="示例审〔2026〕1号")
    assert steps_on(sign_in(Role.PLANNER), plan) == of_planner
    assert steps_on(sign_in(Role.APPROVER), plan) == of_approver
    assert steps_on(sign_in(Role.VIEWER), plan) == []


def test_the_page_tells_what_was_decided_and_when_it_is_announced(planner, plan):
    Plan.objects.filter(pk=plan.pk).update(
        status=PlanStatus.PUBLISHED,
        document="示例审〔2026〕1号",
        notice_from=date(2026, 12, 1),
        notice_to=date(2026, 12, 15),
    )
    page = text(planner.get(f"/plans/{plan.pk}/"))
    assert "示例审〔2026〕1号" in page
    assert "公示 2026-12-01 至 2026-12-15" in page


def test_the_editor_draws_the_surroundings_of_the_plans_day(planner, plan):
    page = text(planner.get(f"/plans/{plan.pk}/"))
    assert f"/tiles/210203/{{layer}}/{{z}}/{{x}}/{{y}}.mvt?date={DAY}" in page
    assert '"basemap": {"kind": "none", "address": ""}' in page


def test_only_pictures_of_the_base_map_that_is_set_are_let_in(planner, plan, settings):
    own = planner.get(f"/plans/{plan.pk}/").headers["Content-Security-Policy"]
    settings.BASEMAP = "xyz:https://tiles.example/{z}/{x}/{y}.png"
    with_map = planner.get(f"/plans/{plan.pk}/").headers["Content-Security-Policy"]
    assert "tiles.example" not in own
    assert "img-src 'self' data: blob: https://tiles.example;" in with_map


@pytest.fixture
def compared(planner, district):
    """Return what compares two plans by their keys."""

    def compare(before, after):
        return planner.get(f"/areas/{district.code}/plans/compare/", {"a": before, "b": after})

    return compare


def test_two_plans_are_compared_by_the_sites_that_moved(planner, plan, compared):
    second = Plan.objects.get(area=plan.area, version=2)
    zone = second.sites.get(site="A").zone.number
    edit = {"request": str(uuid4()), "revision": 0, "action": "assign", "sites": ["A"], "to": ""}
    address = f"/plans/{second.pk}/edits/"
    assert planner.post(address, edit, content_type="application/json").status_code == 200
    page = text(compared(plan.pk, second.pk))
    assert "调整的纳管对象 1 处，250 户（套）" in page
    assert page.count("A小区") == 1
    assert f"{zone}号片区" in page
    assert "未归入" in page


def test_plans_alike_say_so(plan, compared):
    assert "两个方案的分片相同。" in text(compared(plan.pk, plan.pk))


def test_a_site_that_one_plan_does_not_know_is_told_without_a_reason(plan, compared):
    second = Plan.objects.get(area=plan.area, version=2)
    NeighbourLink.objects.filter(Q(a="A") | Q(b="A"), plan=second).delete()
    second.sites.filter(site="A").delete()
    assert "不在方案内" in text(compared(plan.pk, second.pk))


def test_plans_of_different_areas_are_said_not_to_compare(sign_in, plan, other):
    everywhere = sign_in(Role.VIEWER, plan.area.parent)
    address = f"/areas/{plan.area.parent.code}/plans/compare/"
    page = text(everywhere.get(address, {"a": plan.pk, "b": other.pk}))
    assert "两个方案属于不同的辖区，只列合计，不逐处比较。" in page
    assert "调整的纳管对象" not in page


@pytest.mark.parametrize("given", ["", "x", "１", "9" * 19])
def test_who_chose_no_two_plans_is_told_to(plan, compared, given):
    answer = compared(plan.pk, given)
    assert answer.status_code == 400
    assert "请在方案列表中选择两个方案，再比较。" in text(answer)


def test_a_plan_that_is_not_there_is_not_compared(plan, compared):
    assert compared(plan.pk, "999999999").status_code == 404


def test_a_plan_that_one_may_not_see_is_not_compared(plan, other, compared):
    assert compared(plan.pk, other.pk).status_code == 404


def test_two_policies_stand_beside_each_other_with_a_way_to_a_plan_of_each(planner, district):
    address = f"/areas/{district.code}/policy/?policy=wuhua-2018&beside=dalian-2018"
    page = text(planner.get(address))
    for said in ("3 年内不准再次进入", "历史政策", "确定1家骨干物业企业接管"):
        assert said in page
    for name in ("wuhua-2018", "dalian-2018"):
        assert f"/areas/{district.code}/plans/?policy={name}" in page


def test_a_policy_that_there_is_not_is_refused_by_its_name(planner, district):
    answer = planner.get(f"/areas/{district.code}/policy/?policy=atlantis")
    assert answer.status_code == 400
    assert "没有名为“atlantis”的政策" in text(answer)


def test_a_policy_is_chosen_already_where_one_comes_from_its_page(planner, district):
    page = text(planner.get(f"/areas/{district.code}/plans/?policy=wuhua-2018"))
    assert '<option value="wuhua-2018" selected>' in page
