"""The dispatch table of a plan: how far zones have come, who is late, what was handed over."""

import io
from datetime import date, timedelta

import docx
import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from geo.models import OwnersDecision
from geo.words import AreaLevel
from layers.models import DispatchItem, Plan, PlanDue, PlanSite, Zone
from maps.models import Export, Role
from maps.notices import NOTICES
from tests.maps.ledgers import signed_in
from tests.rows import LONG_AGO, area, at, compound, covers, day, management_area, provider

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
MONDAY = day(2026, 6, 1)


@pytest.fixture
def plan():
    """Two zones: an area that decided and signed beside a lone compound; one that only signed."""
    top = area("21", level=AreaLevel.DISTRICT, name="东区")
    street = area("2101", parent=top, name="解放街道")
    inner, lone, alone = (compound(code, area=street) for code in "ABC")
    held = management_area("M1", [inner], area=street)
    plan = Plan.objects.create(
        area=top,
        version=1,
        policy="default",
        seed=1,
        valid_on=day(2026),
        known_at=timezone.now(),
        plan_hash="0" * 64,
    )
    first, second = (Zone.objects.create(plan=plan, number=number) for number in (1, 2))
    sites = {"plan": plan, "area": street, "subdistrict": "2101"}
    PlanSite.objects.create(
        zone=first, site="M1", kind="management_area", management_area=held, **sites
    )
    PlanSite.objects.create(zone=first, site="B", kind="compound", compound=lone, **sites)
    PlanSite.objects.create(zone=second, site="C", kind="compound", compound=alone, **sites)
    OwnersDecision.objects.create(
        management_area=held,
        way="assembly",
        valid_from=MONDAY,
        recorded_at=LONG_AGO,
        area_share=0.7,
        count_share=0.5,
        area_in_favour=0.8,
        count_in_favour=0.8,
    )
    firm = provider("甲物业")
    covers(firm, held, signed_on=day(2026, 6, 5), filed_on=day(2026, 6, 6))
    covers(firm, alone, signed_on=day(2026, 5, 1), in_service_from=day(2026, 5, 2))
    return plan


@pytest.fixture
def planner(plan):
    return signed_in(Role.PLANNER, plan.area)


def table(person, plan, **query):
    answer = person.get(reverse("dispatch", args=[plan.pk], query=query))
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.context["table"]


def test_each_zone_tells_how_far_its_sites_are_and_what_is_wrong_with_their_basis(planner, plan):
    found = table(planner, plan, date="2026-06-06")

    first, second = found.lines
    assert (first.subdistrict, first.zone, first.sites) == ("解放街道", 1, 2)
    assert first.states == (1, 0, 0, 1, 0), "one is filed, the other was only planned"
    assert first.change == "业主决定 +1，签约 +1，备案 +1"
    assert first.findings == "未达法定比例 1 处"
    assert (second.states, second.change) == ((0, 0, 0, 0, 1), "")
    assert second.findings == "缺依据 1 处"
    assert found.whole.states == (1, 0, 0, 1, 1)
    assert found.whole.findings == "缺依据 1 处；未达法定比例 1 处"


@pytest.mark.parametrize(
    ("on", "states"),
    [
        ("2026-05-31", (2, 0, 0, 0, 0)),
        ("2026-06-01", (1, 1, 0, 0, 0)),
        ("2026-06-05", (1, 0, 1, 0, 0)),
        ("2026-06-06", (1, 0, 0, 1, 0)),
    ],
)
def test_a_site_moves_on_the_day_of_each_step(planner, plan, on, states):
    assert table(planner, plan, date=on).lines[0].states == states


def test_what_was_put_right_later_was_otherwise_as_known_before(planner, plan):
    OwnersDecision.objects.get().withdraw(reason="误录", now=at(2026, 7, 1))
    then = table(planner, plan, date="2026-06-06", known="2026-06-30").lines[0]
    now = table(planner, plan, date="2026-06-06").lines[0]
    assert (then.findings, now.findings) == ("未达法定比例 1 处", "缺依据 1 处")


def test_what_is_not_taken_by_its_due_day_is_late_and_names_the_office(planner, plan):
    given = {
        "due-decided": "2026-06-03",
        "duty-decided": "社区居委会",
        "due-filed": "2026-06-06",
        "duty-signed": "街道物业办",
    }
    answer = planner.post(reverse("dispatch_dues", args=[plan.pk]), given)
    assert answer.status_code == 302

    found = table(planner, plan, date="2026-06-08")

    first, second = found.lines
    assert first.late == "业主决定逾期 1 处（5 天）；备案逾期 1 处（2 天）"
    assert (first.late_days, first.duty) == (5, "社区居委会")
    assert second.late == "业主决定逾期 1 处（5 天）；备案逾期 1 处（2 天）"
    assert table(planner, plan, date="2026-06-03").whole.late == ""
    assert PlanDue.objects.get(step="signed").due_on is None


def test_an_item_is_handed_over_shown_late_and_crossed_off_with_a_note(planner, plan):
    given = {
        "text": "催签 B 院",
        "duty": "街道物业办",
        "zone": "1",
        "handed_on": str(TODAY - timedelta(9)),
        "due_on": str(TODAY - timedelta(2)),
    }
    assert planner.post(reverse("dispatch_items", args=[plan.pk]), given).status_code == 302
    item = DispatchItem.objects.get()
    assert (item.zone.number, item.recorded_by) == (1, planner.user)
    page = planner.get(reverse("dispatch", args=[plan.pk]))
    assert [late for _, late in page.context["items"]] == [2]
    assert page.context["table"].lines[0].open_items == 1
    close = reverse("dispatch_close", args=[plan.pk, item.pk])

    refused = planner.post(close, {"note": " "})
    done = planner.post(close, {"note": "已签"})
    again = planner.post(close, {"note": "已签"})

    assert "销号须写明办理结果。" in refused.content.decode()
    assert done.status_code == 302
    assert f"该事项已于 {TODAY} 销号。" in again.content.decode()
    page = planner.get(reverse("dispatch", args=[plan.pk]))
    assert [(each.note, late) for each, late in page.context["items"]] == [("已签", 0)]
    before = table(planner, plan, date=str(TODAY - timedelta(1)))
    assert before.lines[0].open_items == 1, "on the day before it was open"
    assert table(planner, plan, date=str(TODAY + timedelta(8))).items == []
    assert [event.closed_on for event in item.events.order_by("pk")] == [None, None]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"text": ""}, "请写明交办事项。"),
        ({"duty": ""}, "请填写责任单位或岗位（不填个人姓名）。"),
        ({"due_on": ""}, "请填写交办日期和办结期限。"),
        ({"due_on": "2026-05-31"}, "办结期限 2026-05-31 早于交办日期 2026-06-01。"),
        ({"due_on": "soon"}, "“soon”不是日期。"),
        ({"zone": "77"}, "方案中没有 77号片区。"),
        ({"zone": "x"}, "“x”不是片区号。"),
    ],
)
def test_an_item_that_cannot_be_handed_over_is_refused_in_words(planner, plan, changed, sentence):
    given = {"text": "催签", "duty": "办", "handed_on": "2026-06-01", "due_on": "2026-06-02"}
    answer = planner.post(reverse("dispatch_items", args=[plan.pk]), given | changed)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not DispatchItem.objects.exists()


def test_an_item_is_not_crossed_off_before_it_was_handed_over_nor_in_another_plan(planner, plan):
    item = DispatchItem.objects.create(
        plan=plan, text="催签", duty="办", handed_on=day(2026, 6, 2), due_on=day(2026, 6, 3)
    )
    close = reverse("dispatch_close", args=[plan.pk, item.pk])
    answer = planner.post(close, {"note": "好", "closed_on": "2026-06-01"})
    assert "销号日期 2026-06-01 早于交办日期 2026-06-02。" in answer.content.decode()
    elsewhere = reverse("dispatch_close", args=[plan.pk, item.pk + 1])
    assert planner.post(elsewhere, {"note": "好"}).status_code == 404


def test_the_table_leaves_as_a_workbook_and_as_a_document_and_both_are_on_record(planner, plan):
    DispatchItem.objects.create(
        plan=plan, text="催签", duty="办", handed_on=date(2026, 6, 2), due_on=date(2026, 6, 3)
    )
    address = reverse("dispatch_export", args=[plan.pk], query={"date": "2026-06-06"})

    book = openpyxl.load_workbook(io.BytesIO(planner.post(address, {"format": "xlsx"}).content))
    document = docx.Document(io.BytesIO(planner.post(address, {"format": "docx"}).content))

    assert book.sheetnames == ["调度表", "交办事项", "说明"]
    rows = list(book["调度表"].values)
    assert rows[1][:8] == ("解放街道", "1号片区", 2, 1, 0, 0, 1, 0)
    assert rows[3][1:3] == ("合计", 3)
    assert list(book["交办事项"].values)[1][1:6] == ("催签", "办", "2026-06-02", "2026-06-03", 3)
    zones, items = document.tables
    assert [cell.text for cell in zones.rows[1].cells][:3] == ["解放街道", "1号片区", "2"]
    assert items.rows[1].cells[1].text == "催签"
    text = "\n".join(each.text for each in document.paragraphs)
    assert all(notice in text for notice in NOTICES)
    assert list(Export.objects.order_by("pk").values_list("format", flat=True)) == ["xlsx", "docx"]
