"""Assessment from files and forms to pages and tables, in a small city of two subdistricts."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from geo.errors import InputError
from geo.loading.load import load_reading
from geo.models import ConditionFact, Event, FeeCollection, ImportBatch, Score, Subsidy
from geo.readers import Kind, read_file
from layers.planning.read_assessed import read_places
from layers.planning.report_collection import report_collection
from layers.planning.report_events import By, report_events
from maps.models import Role
from maps.reach import refuse_outside
from tests.maps.ledgers import clerk, signed_in, street_with_ledger
from tests.rows import LONG_AGO, at, covers, day

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def town():
    town = street_with_ledger()
    covers(town.firm, town.held, signed_on=day(2020), valid_to=day(2026, 6, 30))
    covers(town.next_firm, town.held, signed_on=day(2026, 7, 1))
    covers(town.firm, town.second, signed_on=day(2020))
    return town


def load(tmp_path, head, *rows, kind=None, update=False, now=None):
    path = tmp_path / f"{kind or 'table'}-{len(rows)}.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    return load_reading(read_file(path, kind=kind), update=update, now=now)


def url(name, *more, area="210101", query=""):
    return reverse(name, args=[area, *more]) + query


def said(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


EVENTS = "发生日期,事件类型,问题类别,小区,经度,纬度,来源渠道,工单号,处理结果,投诉人,手机号,房号"


def complaints(tmp_path, **told):
    return load(
        tmp_path,
        EVENTS,
        "2026-03-01,投诉,收费,XQ1,,,12345平台,A1,已办结,某某,13800000000,3-1",
        "2026-03-01,投诉,收费,XQ1,,,12345平台,,办理中,某某,13800000000,3-1",
        "2026-03-01,投诉,收费,XQ1,,,12345平台,,办理中,某某,13800000000,3-1",
        "2026-08-01,巡查,垃圾,滨河院,,,智慧城管,,不属实,,,",
        "2026-08-02,巡查,垃圾,滨河院,,,智慧城管,,,,,",
        "2026-08-03,投诉,,,121.603,38.903,,,,,,",
        "2026-08-04,投诉,维修,机械厂院,,,,,,,,",
        **told,
    )


@pytest.mark.usefixtures("town")
def test_a_table_of_complaints_keeps_no_person(tmp_path):
    loaded = complaints(tmp_path)
    notices = " ".join(notice.sentence() for notice in loaded.notices)
    assert loaded.counts["created"] == Event.objects.count() == 7
    assert "下列各列属于个人信息或收费明细，不导入：投诉人、手机号、房号。" in notices
    kept = " ".join(str(row) for row in Event.objects.values())
    assert not re.search("某某|138000|3-1", kept)


@pytest.mark.usefixtures("town")
def test_the_same_table_again_brings_nothing_new(tmp_path):
    complaints(tmp_path)
    with pytest.raises(InputError, match="库中已有同一投诉与巡查"):
        complaints(tmp_path)
    assert complaints(tmp_path, update=True).counts["unchanged"] == 7


def counts(area, by, first=date(2026, 1, 1), last=date(2026, 12, 31), known=None):
    places = read_places(area, valid=TODAY, known=known or timezone.now())
    report = report_events(places, by=by, first=first, last=last)
    return {row.name: row.count.total for row in report.rows}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        pytest.param(By.COMPOUND, {"滨河院": 4, "机械厂院": 1, "未落入小区": 1}, id="compound"),
        pytest.param(
            By.PROVIDER,
            {"恒居物业": 4, "安心物业": 1, "当时无服务主体或不详": 1},
            id="who served on the day of the event",
        ),
        pytest.param(By.AREA, {"一社区": 4, "解放街道": 1, "未落入小区": 1}, id="area"),
        pytest.param(By.ZONE, {"未归入片区": 6}, id="zone"),
    ],
)
def test_events_are_counted_for_what_is_asked(tmp_path, town, by, expected):
    complaints(tmp_path)
    assert counts(town.street, by) == expected


def test_events_are_counted_as_they_were_known_on_a_day(tmp_path, town):
    complaints(tmp_path, now=at(2026, 9))
    event = Event.objects.get(document="A1")
    event.withdraw(reason="重复登记", now=at(2026, 10))
    whole = {month: counts(town.city, By.AREA, known=at(2026, month)) for month in (8, 9, 11)}
    assert [sum(each.values()) for each in whole.values()] == [0, 6, 5]


def test_nothing_of_another_subdistrict_may_be_brought_in(tmp_path, town):
    load(tmp_path, "发生日期,事件类型,小区", "2026-03-01,投诉,XQ9")
    with pytest.raises(InputError, match="“远院”（XQ9）不在解放街道辖区内"):
        refuse_outside(town.street, ImportBatch.objects.get())


@pytest.mark.parametrize(
    ("kind", "head", "row", "sentence"),
    [
        (Kind.EVENT, "发生日期,事件类型", "2026-03-01,投诉", "既没有小区，也没有坐标"),
        (Kind.EVENT, "发生日期,事件类型,小区", "2099-01-01,投诉,XQ1", "2099-01-01 在今天之后"),
        (
            Kind.SCORE,
            "服务主体,小区,辖区,季度,评议主体,得分",
            "恒居物业,XQ1,解放街道,2026Q1,业主,90",
            "小区和辖区须填其中一项，且只填一项",
        ),
        (
            Kind.SCORE,
            "服务主体,小区,季度,评议主体,得分",
            "恒居物业,XQ1,2026Q1,业主,101",
            "得分 101.00 不在 0 到 100 之间",
        ),
        (
            Kind.COLLECTION,
            "小区,起始日期,截止日期,应收（万元）,实收（万元）",
            "XQ1,2026-01-01,2026-06-30,1,1.2",
            "实收 12000.00 元大于应收 10000.00 元",
        ),
        (
            Kind.COLLECTION,
            "小区,起始日期,截止日期,应收,实收",
            "XQ1,2026-01-01,2026-06-30,0,0",
            "应收须大于 0",
        ),
        (
            Kind.COLLECTION,
            "小区,起始日期,截止日期,应收,实收",
            "XQ1,2026-06-30,2026-01-01,10,5",
            "截止日期（2026-01-01）早于起始日期（2026-06-30）",
        ),
        (
            Kind.COLLECTION,
            "小区,起始日期,截止日期,应收,实收",
            "XQ1,2026-01-01,2026-06-30,10.005,5",
            "小数超过 2 位",
        ),
        (
            Kind.SUBSIDY,
            "服务主体,小区,补贴名称,计算方式,补贴标准,起始日期,截止日期,文号",
            "恒居物业,XQ1,补贴,元/户·月,1.5,2026-01-01,2026-06-30,示〔2026〕1号",
            "按面积、户或处计算的补贴须填数量",
        ),
        (
            Kind.SUBSIDY,
            "服务主体,小区,补贴名称,计算方式,补贴标准,数量,起始日期,截止日期,文号",
            "恒居物业,XQ1,补贴,定额,500,3,2026-01-01,2026-06-30,示〔2026〕1号",
            "定额补贴不填数量",
        ),
    ],
)
@pytest.mark.usefixtures("town")
def test_what_cannot_be_so_is_refused_in_words(tmp_path, kind, head, row, sentence):
    with pytest.raises(InputError, match=re.escape(sentence)):
        load(tmp_path, head, row, kind=kind)


def test_a_clerk_enters_and_withdraws_an_event(town):
    client = clerk(town.street)
    sent = {"date": str(TODAY), "kind": "complaint", "category": "fees", "compound": "XQ1"}
    assert client.post(url("assessed_enter", "event"), sent).status_code == 302
    event = Event.objects.get()
    assert (event.compound, event.recorded_by, event.batch) == (town.first, client.user, None)
    address = url("assessed_withdraw", "event", event.pk)
    refused = client.post(address, {"reason": " "})
    assert (refused.status_code, "须写明理由" in said(refused)) == (400, True)
    assert client.post(address, {"reason": "重复"}).status_code == 302
    assert not Event.objects.current().exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"compound": "XQ9"}, "该位置不在本辖区内。请在其所在辖区录入。"),
        ({"compound": "XQ1", "date": "昨天"}, "“昨天”不是日期。"),
        ({"lon": "121.6"}, "经度和纬度须一并填写"),
        ({"lon": "121.7", "lat": "38.9"}, "该位置不在本辖区内。"),
        ({}, "既没有小区，也没有坐标"),
    ],
)
def test_a_form_is_judged_by_the_rules_of_files(town, sent, sentence):
    given = {"date": str(TODAY), "kind": "complaint"} | sent
    answer = clerk(town.street).post(url("assessed_enter", "event"), given)
    assert (answer.status_code, sentence in said(answer)) == (400, True)
    assert not Event.objects.exists()


def test_who_may_only_see_may_not_enter(town):
    viewer = signed_in(Role.VIEWER, town.street)
    assert viewer.get(url("assessed", "event")).status_code == 200
    assert viewer.post(url("assessed_enter", "event"), {}).status_code == 404
    assert viewer.get(url("assessed", "nothing")).status_code == 404


def test_the_table_of_events_is_handed_out_as_the_page_shows_it(tmp_path, town):
    complaints(tmp_path)
    client = clerk(town.street)
    query = "?from=2026-01-01&to=2026-12-31"
    page = client.get(url("events", query=query))
    assert page.context["report"].whole.per_thousand == 40.0
    assert "投诉热力" in said(page)
    answer = client.post(url("events_export", query=query), {"format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = [[cell.value for cell in row] for row in book["投诉与巡查"]]
    assert rows[0][:3] == ["小区", "合计（件）", "投诉"]
    assert rows[1][:5] == ["滨河院", 4, 3, 1, 40]
    assert "不属实" in str([[cell.value for cell in row] for row in book["说明"]])
    assert client.post(url("events_export", query=query), {"format": "csv"}).status_code == 200


def test_the_map_shows_the_heat_of_the_period(tmp_path, town):
    complaints(tmp_path)
    client = clerk(town.street)
    heat = client.get(url("map_events", query="?from=2026-01-01&to=2026-12-31")).json()
    assert (heat["events"], heat["unplaced"]) == (5, 1)
    assert heat["picture"].startswith("data:image/png;base64,")
    assert "共 5 件" in heat["text"]
    assert "另有 1 件没有位置" in heat["text"]
    empty = client.get(url("map_events", query="?from=2019-01-01&to=2019-12-31")).json()
    assert empty == {"text": "这段期间没有可以定位的投诉和巡查记录。"}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?from=2026-05-01&to=2026-01-01", "早于起始日期"),
        ("?by=moon", "没有“moon”这一项。"),
        ("?from=gestern", "“gestern”不是日期。"),
    ],
)
def test_a_period_that_cannot_be_is_refused(town, query, sentence):
    answer = clerk(town.street).get(url("events", query=query))
    assert (answer.status_code, sentence in said(answer)) == (400, True)


FEES = "小区,服务主体,起始日期,截止日期,应收,实收"


def fees(tmp_path, **told):
    rows = ("XQ1,,2026-01-01,2026-06-30,10000,9800.55", "XQ2,,2026-01-01,2026-06-30,5000,2000")
    return load(tmp_path, FEES, *rows, kind=Kind.COLLECTION, **told)


def test_the_collection_rate_tells_what_is_not_known_and_who_collected(tmp_path, town):
    fees(tmp_path)
    places = read_places(town.city, valid=TODAY, known=timezone.now())
    report = report_collection(places, first=day(2026), last=day(2026, 12, 31))
    whole = report.whole
    assert (whole.percent_text, whole.known, whole.unknown) == ("78.67 %", 2, 1)
    assert whole.received_yuan == Decimal("11800.55")
    firm = next(row for row in report.providers if row.name == "恒居物业")
    assert (firm.rate.percent_text, firm.rate.total) == ("78.67 %", 2)


def test_a_correction_leaves_the_rate_as_it_was_known_before(tmp_path, town):
    fees(tmp_path, now=at(2026, 8))
    fact = FeeCollection.objects.get(compound=town.second)
    fact.correct(reason="漏计", received_yuan=Decimal(5000), now=at(2026, 10))
    told = [
        report_collection(
            read_places(town.street, valid=TODAY, known=known),
            first=day(2026),
            last=day(2026, 12, 31),
        ).whole.percent_text
        for known in (at(2026, 9), at(2026, 11))
    ]
    assert told == ["78.67 %", "98.67 %"]


def test_the_page_and_file_of_the_rate_say_what_is_counted(tmp_path, town):
    fees(tmp_path)
    client = clerk(town.street)
    text = said(client.get(url("collection", query="?from=2026-01-01&to=2026-12-31")))
    assert "78.67 %" in text
    assert "没有资料的小区不计入分子分母" in text
    answer = client.post(url("collection_export", query="?from=2026-01-01&to=2026-12-31"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = [[cell.value for cell in row] for row in book["收缴率"]]
    assert rows[1] == ["本辖区", "210101", "解放街道", 78.67, 11800.55, 15000, 2, 0]


SCORES = "服务主体,小区,季度,评议主体,得分,文号"


def scores(tmp_path):
    rows = (
        "安心物业,XQ1,2026Q3,业主,50,示评1号",
        "安心物业,XQ1,2026Q3,街道办事处,58,示评1号",
        "恒居物业,XQ2,2026年第三季度,业主,95,示评1号",
        "恒居物业,XQ2,2026年第三季度,物业协会,10,示评1号",
    )
    return load(tmp_path, SCORES, *rows, kind=Kind.SCORE)


DALIAN = "policy=dalian-2018"


def test_a_quarter_is_weighed_ranked_and_graded(tmp_path, town):
    scores(tmp_path)
    client = clerk(town.street)
    page = client.get(url("evaluations", query=f"?quarter=2026Q3&{DALIAN}"))
    lines = [[cell.shown for _, cell in row] for row in page.context["table"].lines]
    assert [[line[0], line[1], line[8], line[9]] for line in lines] == [
        ["1", "恒居物业", "95.00", "优秀"],
        ["2", "安心物业", "51.60", "不合格"],
    ]
    text = said(page)
    assert "文件未规定，采用系统缺省" in text
    assert "未计入：物业协会" in text
    assert "已评权重 62%" in text or "已评权重 63%" in text


def test_a_grade_by_document_goes_before_what_scores_give(tmp_path, town):
    scores(tmp_path)
    client = clerk(town.street)
    sent = {"provider": "安心物业", "compound": "XQ1", "quarter": "2026Q3", "grade": "passed"}
    refused = client.post(url("assessed_enter", "quarter_grade"), sent)
    assert refused.status_code == 400
    sent |= {"document": "示定〔2026〕3号"}
    assert client.post(url("assessed_enter", "quarter_grade"), sent).status_code == 302
    again = client.post(url("assessed_enter", "quarter_grade"), sent)
    assert "库中已有同一季度等次。如原记录有误，请先撤回原记录。" in said(again)
    page = client.get(url("evaluations", query=f"?quarter=2026Q3&{DALIAN}"))
    assert "示定〔2026〕3号" in said(page)
    answer = client.post(url("evaluations_export", query=f"?quarter=2026Q3&{DALIAN}"))
    assert answer.status_code == 200


def test_a_treatment_is_proposed_with_its_evidence_and_the_office_decides(tmp_path, town):
    scores(tmp_path)
    client = clerk(town.street)
    address = url("treatments", query=f"?date=2026-11-20&known={TODAY}&{DALIAN}")
    page = client.get(address)
    (row,) = [each for each in page.context["rows"] if each["stand"] == "拟处理"]
    assert (row["row"].place.code, row["row"].treatment) == ("XQ1", "另行选聘或委托国有物业接管")
    assert row["lines"][0].evidence == ["2026年第3季度 安心物业 不合格（按得分推算）"]
    assert "组织召开业主大会,选聘物业服务企业或委托国有物业接管服务" in said(page)
    sent = {
        "compound": "XQ1",
        "policy": "dalian-2018",
        "treatment": row["row"].treatment,
        "verdict": "adopted",
        "date": "2026-11-20",
        "document": "示处〔2026〕8号",
    }
    assert client.post(url("assessed_enter", "treatment"), sent).status_code == 302
    after = client.get(address)
    assert (after.context["report"].decided, "示处〔2026〕8号" in said(after)) == (1, True)
    answer = client.post(url("treatments_export", query=f"?{DALIAN}"), {"format": "csv"})
    assert answer.status_code == 200


def test_late_repairs_and_a_recorded_judgement_are_evidence(tmp_path, town):
    today = TODAY - timedelta(days=3)
    rows = [f"{today},投诉,维修,XQ2,,,,R{n},,,," for n in range(3)]
    load(tmp_path, EVENTS, *rows)
    ConditionFact.objects.create(
        compound=town.second,
        key="can_self_govern",
        is_met=True,
        recorded_at=LONG_AGO,
        source="走访",
    )
    page = clerk(town.street).get(url("treatments", query=f"?{DALIAN}"))
    told = {each["row"].treatment: each for each in page.context["rows"]}
    assert {each["stand"] for each in told.values()} == {"拟处理"}
    repair, self_run = told["另行委托维修管理"], told["指导业主自治管理"]
    assert repair["lines"][0].evidence[0] == f"{today} 投诉 维修不及时 R2"
    assert self_run["lines"][0].evidence == ["是 日期不详 走访"]


def test_five_good_items_are_counted_per_area(tmp_path, town):
    items = ("环境卫生", "社会秩序", "公共设施", "垃圾管理", "物业管理")
    rows = [f"XQ1,{item},是,2026-09-15" for item in items] + ["XQ2,环境卫生,否,2026-09-15"]
    load(tmp_path, "小区,创建项,是否达标,检查日期", *rows, kind=Kind.CHECK)
    client = clerk(town.street)
    page = client.get(url("checks", query=f"?{DALIAN}"))
    whole = page.context["report"].whole
    assert (whole.all_met, whole.some_failed, whole.unknown) == (1, 1, 0)
    assert ("五好达标" in said(page), "未全部达标" in said(page)) == (True, True)
    assert client.post(url("checks_export", query=f"?{DALIAN}")).status_code == 200


def test_a_subsidy_is_reckoned_to_the_cent_and_its_limits_are_told(tmp_path, town):
    head = "服务主体,小区,补贴名称,计算方式,补贴标准,数量,等次,等次系数,起始日期,截止日期,文号"
    load(
        tmp_path,
        head,
        "恒居物业,XQ1,住宅专项维修资金,元/户·月,1.115,101,良好,0.9,2026-01-01,2026-06-30,示〔2026〕1号",
        "恒居物业,XQ2,老旧小区物业服务奖励基金,定额,500.5,,,,2026-01-01,2026-06-30,示〔2026〕2号",
        kind=Kind.SUBSIDY,
    )
    told = dict(Subsidy.objects.values_list("line", "amount_yuan"))
    assert set(told.values()) == {Decimal("608.12"), Decimal("500.50")}
    client = clerk(town.street)
    query = "?from=2026-01-01&to=2026-12-31&policy=wuhua-2018"
    page = client.get(url("subsidies", query=query))
    report, text = page.context["report"], said(page)
    assert (report.free_yuan, report.fenced_yuan) == (Decimal("500.50"), Decimal("608.12"))
    assert [(each.key, each.rows) for each in report.by_zone] == [("", 2)]
    assert "未归入片区" in text
    assert "元/户·月：1.115 × 101 × 6 个月 × 良好 0.9" in text
    assert "须业主表决，未登记表决文号。专款专用，单列，不并入合计。" in text
    assert client.post(url("subsidies_export", query=query)).status_code == 200


def test_the_overview_tells_every_topic(tmp_path, town):
    complaints(tmp_path)
    fees(tmp_path)
    scores(tmp_path)
    page = clerk(town.street).get(url("assessment", query=f"?date=2026-11-20&{DALIAN}"))
    figures = [figure for _address, _title, figure, _note in page.context["cards"]]
    assert figures == ["6", "1", "2", "0", "0", "78.67 %"]
    bare = clerk(town.street, "李经办").get(url("assessment"))
    assert "文件未规定" in said(bare)


@pytest.mark.parametrize("kind", ["event", "score", "check", "treatment", "subsidy", "collection"])
def test_every_kind_of_record_has_its_list(tmp_path, town, kind):
    complaints(tmp_path)
    scores(tmp_path)
    page = clerk(town.street).get(url("assessed", kind))
    assert page.status_code == 200
    assert Score.objects.exists()


def test_a_providers_page_tells_how_it_was_assessed(tmp_path, town):
    complaints(tmp_path)
    fees(tmp_path)
    scores(tmp_path)
    address = reverse("provider", args=["210101", town.firm.code]) + "?date=2026-11-20"
    page = clerk(town.street).get(address)
    assessed = page.context["assessed"]
    assert (assessed.events.count.total, assessed.collection.percent_text) == (4, "78.67 %")
    assert [str(row.quarter) for row in assessed.judged] == ["2026年第3季度"]
    assert "有资料 2 处，不详 0 处" in said(page)


def test_the_overview_and_its_table_hold_the_rate(tmp_path, town):
    fees(tmp_path)
    client = clerk(town.street)
    assert "近一年；有资料 2 处，不详 0 处" in said(client.get(url("overview")))
    answer = client.get(url("overview_table"))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    rates = [row[:8] for row in rows if row[2] == "收缴率"]
    assert rates == [
        ("210101", "解放街道", "收缴率", "元", 11800.55, 15000, 78.67, 0),
        ("21010101", "一社区", "收缴率", "元", 9800.55, 10000, 98.01, 0),
    ]


def test_a_compounds_card_and_its_records_tell_the_same_events(tmp_path, town):
    complaints(tmp_path)
    client = clerk(town.street)
    card = client.get(url("site_card", "XQ1", query="?date=2026-11-20"))
    assert "近一年投诉与巡查 4 件，办理中 2 件" in said(card)
    page = client.get(url("assessed", "event", query="?compound=XQ1"))
    assert ([row.cells[3][1] for row in page.context["rows"]], "只列滨河院" in said(page)) == (
        ["滨河院"] * 5,
        True,
    )


def test_a_treatment_is_the_same_on_the_page_of_a_community_and_of_the_city(tmp_path, town):
    head = SCORES.replace("小区", "辖区")
    load(tmp_path, head, "安心物业,解放街道,2026Q3,业主,50,示评1号", kind=Kind.SCORE)
    load(tmp_path, EVENTS, *(f"{TODAY - timedelta(1)},投诉,收费,XQ2,,,,,,,," for _ in range(3)))
    official = signed_in(Role.VIEWER, town.city)
    told = {}
    for area in ("21", "21010101"):
        page = official.get(url("treatments", area=area, query=f"?{DALIAN}"))
        rows = [each for each in page.context["rows"] if each["row"].place.code == "XQ1"]
        told[area] = [(each["row"].treatment, each["stand"]) for each in rows]
    assert told["21"] == told["21010101"] != []
