"""What the planner's editor is answered, address by address."""

from datetime import date
from uuid import UUID, uuid4

import pytest
import shapely
from django.db import transaction
from django.test import Client

from layers.models import Plan, PlanEdit, PlanStatus
from maps.models import Membership, Role, User
from maps.planner.naming import exact_sentence, sentence
from tests.layers.drawn_plans import stored_plan
from tests.rows import area

pytestmark = pytest.mark.django_db

TOWN = """
A B C D . M
E F G H . N
I J K L . O
"""


@pytest.fixture(scope="module")
def stored(django_db_setup, django_db_blocker):  # noqa: ARG001 (set-up by name)
    with django_db_blocker.unblock(), transaction.atomic():
        yield stored_plan(TOWN, providers={"甲物业": 200_000.0, "乙物业": 10_000.0}).pk
        transaction.set_rollback(True)


@pytest.fixture
def plan(stored):
    return Plan.objects.select_related("area").get(pk=stored)


def client_of(plan, role, name="王工"):
    user = User.objects.create_user(name)
    Membership.objects.create(user=user, role=role, area=plan.area, valid_from=date(2020, 1, 1))
    client = Client(headers={"accept": "application/json"})
    client.force_login(user)
    return client


@pytest.fixture
def planner(plan):
    return client_of(plan, Role.PLANNER)


@pytest.fixture
def approver(plan):
    return client_of(plan, Role.APPROVER, "李科长")


def asks(client, plan, address, **query):
    return client.get(f"/plans/{plan.pk}/{address}", query)


def posts(client, plan, address, body):
    return client.post(f"/plans/{plan.pk}/{address}", body, content_type="application/json")


def edits(client, plan, *, revision=0, request=None, **edit):
    body = {"request": str(request or uuid4()), "revision": revision, **edit}
    return posts(client, plan, "edits/", body)


def test_the_editor_begins_with_all_of_one_revision(planner, plan):
    state = asks(planner, plan, "state/").json()
    assert {key: state[key] for key in ("revision", "status", "may_edit", "undo", "redo")} == {
        "revision": 0,
        "status": "draft",
        "may_edit": True,
        "undo": 0,
        "redo": 0,
    }
    assert "".join(state["placement"][site] for site in "ABCDEFGHIJKLMNO") == "111122332233444"
    assert (state["left_out"], state["locks"], state["problems"]) == (0, {}, [])
    assert state["zones"][0] == {
        "zone": "1",
        "sites": 4,
        "floor_area_m2": 80_000.0,
        "households": 1_000,
        "households_unknown": 0,
        "diameter_m": state["zones"][0]["diameter_m"],
        "margin_yuan": 22_000.0,
        "provider": "甲物业",
        "is_backstop": False,
        "choice": None,
        "exception": "",
        "exception_text": "",
        "locked": False,
        "problems": [],
        "refusals": 1,
    }


def test_sites_are_features_with_their_reasons(planner, plan):
    response = asks(planner, plan, "sites.geojson")
    assert response.headers["Content-Type"] == "application/geo+json"
    first = response.json()["features"][0]
    assert (first["id"], first["properties"]["name"]) == ("A", "A小区")
    assert first["properties"]["kind_text"] == "小区"
    assert first["properties"]["area"] == "西岗区"
    assert "与同片的“B小区”相邻" in first["properties"]["reason"]
    (corner, *_) = first["geometry"]["coordinates"][0][0]
    assert corner == [round(degree, 7) for degree in corner]
    assert shapely.geometry.shape(first["geometry"]).equals_exact(
        shapely.from_wkb(bytes(plan.sites.get(site="A").geometry.wkb)), 1e-7
    )


def test_a_site_without_outline_is_a_point(planner, plan):
    plan.sites.filter(site="A").update(geometry=None, spot="SRID=4490;POINT(121.6 38.9)")
    first = asks(planner, plan, "sites.geojson").json()["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [121.6, 38.9]}


def test_zones_are_outlines_with_their_number(planner, plan):
    features = asks(planner, plan, "zones.geojson").json()["features"]
    assert [each["properties"]["zone"] for each in features] == ["1", "2", "3", "4"]
    assert "id" not in features[0]


def test_links_are_lines_with_gap_and_barrier(planner, plan):
    link = asks(planner, plan, "links.geojson").json()["features"][0]
    assert link["geometry"]["type"] == "LineString"
    assert {key: link["properties"][key] for key in ("a", "b", "kind", "barrier", "open")} == {
        "a": "A",
        "b": "B",
        "kind": "near",
        "barrier": "",
        "open": True,
    }
    assert link["properties"]["gap_m"] == pytest.approx(9, abs=2)


def test_an_unchanged_map_is_not_sent_again(planner, plan):
    tag = asks(planner, plan, "sites.geojson").headers["ETag"]
    address = f"/plans/{plan.pk}/sites.geojson"
    assert planner.get(address, headers={"if-none-match": tag}).status_code == 304
    edits(planner, plan, action="assign", sites=["A"], to="")
    assert planner.get(address, headers={"if-none-match": tag}).status_code == 200


def test_a_zones_card_says_why_who_and_how_much(planner, plan):
    page = asks(planner, plan, "zones/1/").content.decode()
    for said in ("共 4 处纳管对象", "拟推荐“甲物业”", "乙物业", "可承接面积不足", "22,000"):
        assert said in page


def test_a_card_of_a_zone_that_nobody_serves_says_so(planner, plan):
    edits(planner, plan, action="assign", sites=["A", "K"], to="new")
    page = asks(planner, plan, "zones/5/").content.decode()
    for said in ("暂无", "未满足的规则", "5号片区分为 2 个不相连的部分"):
        assert said in page


def test_a_zone_that_is_not_there_is_not_found(planner, plan):
    assert asks(planner, plan, "zones/9/").status_code == 404


def test_a_preview_shows_before_and_after_and_changes_nothing(planner, plan):
    told = posts(planner, plan, "preview/", {"sites": ["C", "D"], "to": "3"}).json()
    one, three = told["zones"]
    assert [zone["zone"] for zone in told["zones"]] == ["1", "3"]
    assert (one["before"]["floor_area_m2"], one["after"]["floor_area_m2"]) == (80_000, 40_000)
    assert [problem["rule"] for problem in three["broken"]] == ["floor_area_max"]
    assert three["broken"][0]["text"] == "建筑面积合计 120,000 ㎡，超过上限 100,000 ㎡。"
    assert (told["unplaced"], told["refused"], one["mended"]) == (0, [], [])
    assert PlanEdit.objects.count() == 0


def test_a_preview_of_a_new_zone_has_no_before(planner, plan):
    told = posts(planner, plan, "preview/", {"sites": ["A", "B"], "to": "new"}).json()
    assert [(z["zone"], z["before"] is None) for z in told["zones"]] == [("1", False), ("5", True)]


def test_a_preview_of_taking_all_out_has_no_after(planner, plan):
    told = posts(planner, plan, "preview/", {"sites": list("ABCD"), "to": ""}).json()
    assert (told["zones"][0]["after"], told["unplaced"]) == (None, 4)


def test_a_preview_names_locked_sites(planner, plan):
    edits(planner, plan, action="lock", sites=["A"])
    told = posts(planner, plan, "preview/", {"sites": ["A"], "to": "3"}).json()
    assert told["refused"] == [{"site": "A", "text": "已锁定，不移动。"}]
    assert told["zones"] == []


def test_a_preview_of_what_is_there_already_shows_no_zone(planner, plan):
    assert posts(planner, plan, "preview/", {"sites": ["A"], "to": "1"}).json()["zones"] == []


def test_an_edit_is_answered_with_what_changed(planner, plan):
    answer = edits(planner, plan, action="assign", sites=list("ABCD"), to="2").json()
    assert answer["changed"] == {"placement": dict.fromkeys("ABCD", "2"), "locks": {}}
    assert [zone["zone"] for zone in answer["zones"]] == ["2", "1"]
    assert answer["zones"][1] == {"zone": "1", "gone": True}
    assert (answer["revision"], answer["undo"], answer["redo"]) == (1, 1, 0)
    assert answer["text"] == "将 4 处纳管对象划入2号片区。"
    assert [problem["zone"] for problem in answer["problems"]] == ["2"]


def test_locks_merges_and_splits_are_edits_too(planner, plan):
    locked = edits(planner, plan, action="lock", sites=["M"]).json()
    assert locked["changed"]["locks"] == {"M": True}
    edits(planner, plan, action="merge", zones=["1", "2"], revision=1)
    split = edits(planner, plan, action="split", zones=["1"], sites=["A"], revision=2).json()
    assert split["changed"]["placement"] == {"A": "5"}
    state = asks(planner, plan, "state/").json()
    assert (state["locks"], state["undo"]) == ({"M": True}, 3)


def test_the_same_request_is_answered_the_same_and_done_once(planner, plan):
    edit = {"request": UUID(int=7), "action": "assign", "sites": ["A"], "to": "2"}
    assert edits(planner, plan, **edit).json() == edits(planner, plan, **edit).json()
    assert PlanEdit.objects.count() == 1


def test_an_edit_of_what_others_changed_is_a_conflict(planner, plan):
    other = client_of(plan, Role.PLANNER, "赵工")
    edits(other, plan, action="assign", sites=["A"], to="2")
    response = edits(planner, plan, action="assign", sites=["A", "B"], to="3")
    assert response.status_code == 412
    told = response.json()
    assert (told["revision"], told["overlapping"]) == (1, ["A"])
    (theirs,) = told["theirs"]
    assert {key: theirs[key] for key in ("revision", "by", "text", "sites")} == {
        "revision": 1,
        "by": "赵工",
        "text": "将 1 处纳管对象划入2号片区。",
        "sites": ["A"],
    }
    assert told["text"] == "他人已修改本方案，您的修改尚未保存。"


def test_an_edit_of_other_sites_goes_through_when_rebased(planner, plan):
    edits(planner, plan, action="assign", sites=["A"], to="2")
    assert edits(planner, plan, action="lock", sites=["M"]).status_code == 412
    assert edits(planner, plan, action="lock", sites=["M"], rebase=True).status_code == 200


def test_there_is_nothing_to_undo_at_first(planner, plan):
    response = edits(planner, plan, action="undo")
    assert (response.status_code, response.json()) == (409, {"faults": ["没有可以撤销的修改。"]})


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        pytest.param("{", "请求内容不是有效的 JSON。", id="no JSON"),
        pytest.param("[]", "请求内容不是有效的 JSON。", id="no object"),
        pytest.param(
            {
                "action": "fly",
                "sites": "A",
                "to": 1,
                "zones": [1],
                "revision": True,
                "request": "1",
            },
            "“action”的值无效",
            id="all wrong",
        ),
    ],
)
def test_what_cannot_be_read_is_told_at_once(planner, plan, body, fault):
    response = posts(planner, plan, "edits/", body)
    assert response.status_code == 400
    assert fault in "".join(response.json()["faults"])


def test_every_value_that_is_wrong_is_told(planner, plan):
    body = {"action": "fly", "sites": "A", "to": 1, "zones": [1], "revision": True, "request": "1"}
    assert len(posts(planner, plan, "edits/", body).json()["faults"]) == 6


def test_an_edit_that_means_nothing_is_refused(planner, plan):
    response = edits(planner, plan, action="assign", sites=["X"], to="9")
    assert (response.status_code, len(response.json()["faults"])) == (400, 2)


def test_the_history_is_told_newest_first(planner, plan):
    edits(planner, plan, action="assign", sites=["A"], to="2")
    edits(planner, plan, action="undo", revision=1)
    told = asks(planner, plan, "edits/").json()["edits"]
    assert [(e["revision"], e["action"], e["undone"], e["by"]) for e in told] == [
        (2, "undo", False, "王工"),
        (1, "assign", True, "王工"),
    ]
    assert told[0]["text"] == "撤销一次修改。 将 1 处纳管对象划入2号片区。"


def test_mends_are_edits_with_what_they_would_do(planner, plan):
    edits(planner, plan, action="assign", sites=["B", "C"], to="2")
    (best, *others) = asks(planner, plan, "mends/", zone="1").json()["proposals"]
    assert best["edit"] == {"action": "assign", "sites": ["D"], "to": "3"}
    assert len(others) == 2
    assert best["zones"][0]["after"]["problems"][0]["rule"] == "floor_area_min"
    assert asks(planner, plan, "mends/").json() == {"proposals": []}
    assert asks(planner, plan, "mends/", zone="9").status_code == 404


def steps(client, plan, name, **said):
    revision = Plan.objects.get(pk=plan.pk).revision
    return client.post(f"/plans/{plan.pk}/steps/", {"step": name, "revision": revision, **said})


def test_a_plan_is_submitted_returned_and_approved(planner, approver, plan):
    assert steps(planner, plan, "submit").headers["Location"] == "../"
    assert edits(planner, plan, action="lock", sites=["A"]).status_code == 409
    assert asks(planner, plan, "state/").json()["may_edit"] is False
    assert steps(approver, plan, "return", comment="边界有误").status_code == 302
    steps(planner, plan, "submit")
    steps(approver, plan, "approve", document="西政〔2026〕1号")
    steps(approver, plan, "publish", notice_from="2026-07-01", notice_to="2026-07-15")
    plan.refresh_from_db()
    assert (plan.status, plan.notice_to) == (PlanStatus.PUBLISHED, date(2026, 7, 15))


@pytest.mark.parametrize("day", ["soon", "2026-02-30"])
def test_a_day_that_is_none_is_told(approver, plan, day):
    response = steps(approver, plan, "publish", notice_from=day)
    assert response.json() == {"faults": ["“notice_from”的值无效，应为日期（年-月-日）。"]}


def test_comments_are_kept_and_told(approver, plan):
    told = posts(approver, plan, "comments/", {"text": "3号太大", "zone": "3"}).json()
    (comment,) = told["comments"]
    assert {key: comment[key] for key in ("zone", "revision", "by", "text")} == {
        "zone": "3",
        "revision": 0,
        "by": "李科长",
        "text": "3号太大",
    }
    assert asks(approver, plan, "comments/").json() == told
    assert (
        posts(approver, plan, "comments/", {"text": "总体可行"}).json()["comments"][0]["zone"]
        is None
    )


def test_who_may_not_draw_finds_no_way_to(approver, plan):
    assert asks(approver, plan, "state/").json()["may_edit"] is False
    assert edits(approver, plan, action="undo").status_code == 404
    assert posts(approver, plan, "preview/", {}).status_code == 404
    assert steps(approver, plan, "submit").status_code == 404


def test_who_may_not_decide_finds_no_way_to(planner, plan):
    steps(planner, plan, "submit")
    assert steps(planner, plan, "approve", document="1").status_code == 404


def test_every_edit_is_answered_within_few_queries(planner, plan, django_assert_max_num_queries):
    with django_assert_max_num_queries(60):
        edits(planner, plan, action="assign", sites=["A"], to="2")
    with django_assert_max_num_queries(20):
        posts(planner, plan, "preview/", {"sites": ["A"], "to": "1"})


def test_areas_that_a_zone_reaches_into_are_called_by_their_names():
    area("X1", name="东街道")
    values = {"zone": "7", "count": 2, "areas": "X1、辖区不详"}
    said = {"key": "zone.out_of_scope", "values": values}
    assert sentence(said) == "7号片区跨越 2 个管理辖区（东街道、辖区不详），不得跨越。"
    assert "（X1、辖区不详）" in exact_sentence(said)


def test_a_planner_chooses_among_all_providers_and_the_zone_says_so(planner, plan):
    listed = asks(planner, plan, "zones/1/providers.json").json()["providers"]
    able, refused = listed[0], listed[-1]
    assert (able["provider"], able["is_proposed"], able["refused"]) == ("甲物业", True, [])
    assert (refused["provider"], refused["refused"][0]["key"]) == ("乙物业", "provider.capacity_m2")
    page = asks(planner, plan, "zones/1/providers/").content.decode()
    assert "可以承接的 1 家" in page
    assert "规则不允许的 1 家" in page
    assert refused["refused"][0]["text"] in page
    asked = {"action": "choose", "zones": ["1"], "provider": "乙物业"}
    unsaid = edits(planner, plan, **asked)
    assert (unsaid.status_code, "请写明理由" in str(unsaid.json())) == (400, True)
    done = edits(planner, plan, **asked, reason="业主商定").json()
    told = "人工选定（违反规则：可承接面积不足，理由：业主商定）"
    assert done["zones"][0]["choice"]["text"] == told
    card = asks(planner, plan, "zones/1/").content.decode()
    assert told in card
    assert "交回系统推荐" in card
    back = edits(planner, plan, revision=1, action="release", zones=["1"]).json()
    assert (back["zones"][0]["choice"], back["zones"][0]["provider"]) == (None, "甲物业")


def test_a_reason_for_a_choice_is_not_a_treatise(planner, plan):
    asked = {"action": "choose", "zones": ["1"], "provider": "乙物业", "reason": "长" * 501}
    told = edits(planner, plan, **asked)
    assert (told.status_code, "理由最多 500 字" in str(told.json())) == (400, True)


def test_who_may_not_plan_is_offered_no_choice(approver, plan):
    assert "另行选定" not in asks(approver, plan, "zones/1/").content.decode()
