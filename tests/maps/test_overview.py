"""The overview as a person gets it: figures, addresses, files, and how much it asks for."""

import io
import json
import re
from datetime import timedelta

import numpy as np
import openpyxl
import pytest
import shapely
from django.urls import reverse
from django.utils import timezone

from geo.models import BaseList, BaseRow, Compound, ManagingArea, OwnersDecision
from geo.words import AreaLevel
from layers.coverage import Measure, Unit
from layers.models import Plan, PlanSite, Zone
from layers.planning.print_coverage import SHEET_HEADINGS
from layers.planning.report_coverage import report_coverage
from maps.models import Export, Membership, Role, User
from maps.notices import NOTICES
from tests.rows import (
    LONG_AGO,
    area,
    building,
    compound,
    covers,
    day,
    geos,
    management_area,
)
from tests.rows import provider as firm

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def city():
    """A city of two districts side by side; the eastern one has a subdistrict."""
    top = area("21", level=AreaLevel.CITY, name="甲市", geometry=geos(shapely.box(0, 0, 2, 1)))
    for number, name in enumerate(("西区", "东区")):
        shape = geos(shapely.box(121 + number, 38, 122 + number, 39))
        area(f"210{number}", level=AreaLevel.DISTRICT, parent=top, name=name, geometry=shape)
    street = area("210101", parent=ManagingArea.objects.get(code="2101"), name="乙街道")
    street.geometry = geos(shapely.box(122, 38, 122.5, 38.5))
    street.save()
    return top


@pytest.fixture
def compounds(city):  # noqa: ARG001 (a fixture by name)
    """Four compounds in the west, of which one is served; two in the east, both served."""
    west, street = ManagingArea.objects.get(code="2100"), ManagingArea.objects.get(code="210101")
    made = [
        compound(f"W{n}", area=west, households=100, point=geos(shapely.Point(121.5, 38.5)))
        for n in range(4)
    ]
    made += [compound(f"E{n}", area=street, households=100) for n in range(2)]
    who = firm("甲物业")
    for each in (made[0], *made[4:]):
        signed_on = TODAY - timedelta(400)
        covers(who, each, signed_on=signed_on, in_service_from=signed_on, document=each.code)
    return made


@pytest.fixture
def official(client, city):
    user = User.objects.create_user("official")
    Membership.objects.create(user=user, role=Role.VIEWER, area=city)
    client.force_login(user)
    return client


def page(client, code="21", query="", status=200):
    answer = client.get(reverse("overview", args=[code]) + query)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def script_data(said):
    found = re.search(r'<script id="overview-data" type="application/json">(.*?)</script>', said)
    return json.loads(found[1])


def rows_of(said):
    return re.findall(r'<tr data-code="(\w+)">', said)


@pytest.mark.usefixtures("compounds")
class TestFigures:
    def test_the_headline_is_the_policys_own_rate_with_what_it_counts(self, official):
        said = page(official)
        assert '<output data-own="percent">50.00 %</output>' in said
        assert "甲市 · 物业企业服务覆盖率" in said
        assert f"小区；{TODAY} 现有小区" in said
        assert "当日由物业服务企业" in said
        assert "距全覆盖 差 <b>3</b> 个" in said

    def test_the_worst_area_comes_first(self, official):
        assert rows_of(page(official)) == ["2100", "2101"]

    def test_of_old_compounds_the_largest_share_comes_first(self, official):
        Compound.objects.filter(code__in=["E0", "W1"]).update(old_list=True)
        assert rows_of(page(official, query="?rate=old")) == ["2101", "2100"]
        assert "距全覆盖" not in page(official, query="?rate=old")

    def test_an_area_links_to_its_own_page_with_all_that_was_asked(self, official):
        said = page(official, query="?rate=any&unit=household&date=2026-01-31")
        address = reverse("overview", args=["2101"])
        assert f'href="{address}?rate=any&amp;unit=household&amp;date=2026-01-31"' in said

    def test_another_rate_and_unit_are_a_link_away(self, official):
        said = page(official, query="?rate=signed&unit=household")
        assert 'href="?rate=signed&amp;unit=household" class="here"' in said
        assert 'href="?rate=any&amp;unit=household"' in said
        assert '<b data-own="total">600</b> 户（套）</span>' in said

    def test_a_base_list_is_named_with_its_day_and_document(self, official, compounds):
        base = BaseList.objects.create(
            name="建成区小区", unit="compound", frozen_on=day(2025), document="底数1号"
        )
        for each in compounds[:5]:
            BaseRow.objects.create(base_list=base, compound=each, recorded_at=LONG_AGO)
        said = page(official)
        assert "底数 建成区小区（2025-01-01 冻结，底数1号）" in said
        assert "40.00 %" in said

    def test_an_internal_target_is_marked_as_one(self, official):
        said = page(official, query="?target=75")
        assert "距内部目标 75" in said
        assert "差 <b>2</b> 个" in said

    def test_what_lies_in_no_area_below_is_told(self, official, city):
        compound("X", area=city)
        assert "另有 1 个只登记在本级" in page(official)

    def test_unknown_numbers_are_told_beside_the_rate(self, official, city):
        compound("X", area=city)
        assert "另有 1 处户数不详" in page(official, query="?unit=household")
        assert "处建筑面积不详" in page(official, query="?unit=floor_area")
        assert "处未认定" in page(official, query="?rate=old")

    def test_large_numbers_are_short_and_exact_on_hover(self, official, compounds):
        Compound.objects.filter(pk=compounds[0].pk).update(households=12_345)
        said = page(official, query="?unit=household")
        assert "1.25 万" in said
        assert 'title="12,545 户（套）"' in said

    def test_the_change_is_that_of_thirty_days(self, official, compounds):
        covers(firm("新物业"), compounds[1], signed_on=TODAY - timedelta(10), document="new")
        said = page(official)
        assert "<b>▲16.67</b> 个百分点 / 30 天" in said
        assert "▲25.00" in said

    def test_a_rate_that_falls_is_told_to_fall(self, official, compounds):
        covers(firm("旧物业"), compounds[1], valid_to=TODAY - timedelta(5), valid_from=day(2020))
        assert "<b>▼16.67</b>" in page(official)


@pytest.mark.usefixtures("compounds")
class TestDays:
    def test_the_slider_holds_the_rates_of_all_months(self, official):
        told = script_data(page(official))
        assert told["days"][told["here"]] == str(TODAY)
        assert told["own"][told["here"]] == 50
        assert told["own"][0] in {0, 50}
        assert set(told["below"]) == {"2100", "2101"}
        assert len(told["below"]["2100"]) == len(told["days"])
        assert len(told["days"]) >= 13

    def test_a_day_in_the_past_is_counted_as_of_that_day(self, official):
        before = TODAY - timedelta(500)
        said = page(official, query=f"?date={before}")
        assert '<output data-own="percent">0 %</output>' in said
        assert "这一天早于最早的合同" in said

    def test_a_day_ahead_says_what_it_rests_on(self, official):
        said = page(official, query=f"?date={TODAY + timedelta(100)}")
        assert "按现有合同的起止日期推算" in said

    @pytest.mark.parametrize("asked", ["0001-01-01", "9999-12-31"])
    def test_the_first_and_the_last_of_all_days_can_be_asked(self, official, asked):
        assert asked in page(official, query=f"?date={asked}")

    def test_what_was_recorded_later_is_left_out_and_said(self, official, compounds):
        covers(
            firm("补录物业"),
            compounds[1],
            valid_from=day(2025),
            recorded_at=timezone.now() - timedelta(1),
        )
        known = TODAY - timedelta(5)
        assert "66.67 %" in page(official)
        said = page(official, query=f"?known={known}")
        assert "50.00 %" in said
        assert f"只用 {known} 及以前记录的资料" in said

    def test_an_area_that_was_not_known_yet_says_so(self, official):
        said = page(official, query="?known=1999-01-01")
        assert "还没有甲市这个辖区" in said

    def test_faults_in_the_address_are_all_told(self, official):
        said = page(official, query="?rate=all&unit=km", status=400)
        assert "没有指标“all”。" in said
        assert "没有单位“km”。" in said

    def test_a_faulty_day_is_told(self, official):
        assert "“yesterday”不是日期。" in page(official, query="?date=yesterday", status=400)


class TestEmpty:
    def test_an_area_without_compounds_says_what_to_do(self, official):
        said = page(official, "2100")
        assert "西区在" in said
        assert "没有可统计的小区" in said
        assert "导入第一个文件" in said

    @pytest.mark.usefixtures("compounds")
    def test_an_area_without_areas_below_says_so(self, official):
        assert "乙街道没有下级辖区" in page(official, "210101")

    def test_an_area_that_does_not_exist_is_not_found(self, official):
        page(official, "99", status=404)

    @pytest.mark.parametrize(
        "name", ["overview", "overview_areas", "overview_heat", "overview_table"]
    )
    def test_what_a_person_may_not_see_is_not_found(self, client, city, name):
        stranger = User.objects.create_user("stranger")
        east = ManagingArea.objects.get(code="2101")
        Membership.objects.create(user=stranger, role=Role.VIEWER, area=east)
        client.force_login(stranger)
        assert client.get(reverse(name, args=[city.code])).status_code == 404
        assert client.get(reverse(name, args=["2101"])).status_code == 200


@pytest.mark.usefixtures("compounds")
class TestProgress:
    def test_the_funnel_counts_compounds_of_the_newest_plan(self, official, city, compounds):
        held = management_area("M1", compounds[2:4], area=compounds[2].area)
        OwnersDecision.objects.create(
            management_area=held, valid_from=day(2025), recorded_at=LONG_AGO
        )
        for version in (1, 2):
            plan = Plan.objects.create(
                area=city,
                version=version,
                policy="default",
                seed=1,
                valid_on=TODAY,
                known_at=timezone.now(),
                plan_hash="0" * 64,
            )
        zone = Zone.objects.create(plan=plan, number=1)
        west = compounds[0].area
        PlanSite.objects.create(
            plan=plan, zone=zone, site="W0", kind="compound", compound=compounds[0], area=west
        )
        PlanSite.objects.create(
            plan=plan, zone=zone, site="M1", kind="management_area", management_area=held, area=west
        )
        said = page(official)
        stages = re.findall(r'class="stage-(\w+)".*?<b>([\d,]+)</b>', said[said.index("funnel") :])
        assert stages == [
            ("unserved", "3"),
            ("planned", "3"),
            ("decided", "2"),
            ("signed", "1"),
            ("filed", "0"),
            ("in_service", "1"),
        ]
        assert '片区">1</td>' in said

    def test_contracts_of_the_month_are_named(self, official, compounds):
        first = TODAY.replace(day=1)
        covers(firm("新来物业"), compounds[1], signed_on=first, document="new")
        covers(firm("离去物业"), compounds[2], valid_from=day(2024), valid_to=first, document="old")
        covers(firm("楼栋物业"), building("B9", area=compounds[0].area), signed_on=first)
        said = page(official)
        assert "新签 <b>2</b>" in said
        assert 'W1 <span class="note">新来物业</span>' in said
        assert "到期或终止 <b>1</b>" in said
        assert 'W2 <span class="note">离去物业</span>' in said
        assert "新来物业" not in page(official, "2101")


@pytest.mark.usefixtures("compounds")
class TestPictures:
    def test_outlines_of_the_areas_below_come_as_geojson(self, official):
        told = official.get(reverse("overview_areas", args=["21"])).json()
        assert [each["id"] for each in told["features"]] == ["2100", "2101"]
        shape = shapely.geometry.shape(told["features"][0]["geometry"])
        assert shape.bounds == pytest.approx((121, 38, 122, 39), abs=0.01)
        assert shape.contains(shapely.Point(told["features"][0]["properties"]["label"]))

    def test_an_area_without_areas_below_shows_its_own_outline(self, official):
        told = official.get(reverse("overview_areas", args=["210101"])).json()
        assert [each["id"] for each in told["features"]] == ["210101"]

    def test_the_heat_map_lies_over_what_nobody_serves(self, official):
        told = official.get(reverse("overview_heat", args=["21"]) + "?radius=1000").json()
        west, south, east, north = told["extent"]
        assert west < 121.5 < east
        assert south < 38.5 < north
        assert (told["sites"], told["guessed"], told["unplaced"]) == (3, 0, 0)
        assert told["image"].startswith("data:image/png;base64,")
        peak = 3 / (np.pi * 1000**2) * 300 * 10_000
        assert told["bands"][-1]["high"] == pytest.approx(peak, rel=0.05)

    def test_the_heat_map_can_count_sites(self, official):
        address = reverse("overview_heat", args=["21"]) + "?radius=1000&weight=sites"
        peak = 3 / (np.pi * 1000**2) * 3 * 10_000
        assert official.get(address).json()["bands"][-1]["high"] == pytest.approx(peak, rel=0.05)

    def test_unknown_households_and_places_are_counted_and_told(self, official, compounds):
        Compound.objects.filter(code="W1").update(households=None)
        compound("W9", area=compounds[0].area)
        told = official.get(reverse("overview_heat", args=["21"])).json()
        assert (told["sites"], told["guessed"], told["unplaced"]) == (3, 1, 1)

    def test_scattered_homes_count_too(self, official, compounds):
        where = geos(shapely.box(121.4, 38.4, 121.4001, 38.4001))
        building("B1", area=compounds[0].area, use="住宅", geometry=where)
        assert official.get(reverse("overview_heat", args=["21"])).json()["sites"] == 4

    def test_where_everything_is_served_there_is_no_heat(self, official):
        told = official.get(reverse("overview_heat", args=["2101"])).json()
        assert (told["image"], told["sites"]) == (None, 0)

    def test_a_faulty_radius_is_told_to_the_script(self, official):
        address = reverse("overview_heat", args=["21"]) + "?radius=5"
        answer = official.get(address, headers={"accept": "application/json"})
        assert answer.status_code == 400
        assert "没有半径“5”。" in answer.json()["faults"][0]


@pytest.mark.usefixtures("compounds")
def test_the_table_is_given_out_as_a_workbook_and_recorded(official, city):
    answer = official.get(reverse("overview_table", args=["21"]))
    assert answer["Content-Disposition"] == f'attachment; filename="21-coverage-{TODAY}.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    about = dict(book["说明"].iter_rows(values_only=True))
    assert about["来源"] == "连片台账"
    assert about["数据日期"] == str(TODAY)
    warnings = {row[1] for row in book["说明"].iter_rows(values_only=True) if row[0] == "注意"}
    assert warnings == set(NOTICES)
    sheet = book.active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == SHEET_HEADINGS
    assert len(rows) == 1 + 3 * len(Measure) * len(Unit)
    told = {(row[0], row[2], row[3]): (row[4], row[5]) for row in rows[1:]}
    assert told[("21", "物业企业服务覆盖率", "小区")] == (3, 6)
    assert told[("2100", "物业企业服务覆盖率", "户（套）")] == (100, 400)
    export = Export.objects.get()
    assert (export.area, export.format, export.exported_by.username) == (city, "xlsx", "official")


def queries_of(official, django_assert_max_num_queries, most, query=""):
    with django_assert_max_num_queries(most) as asked:
        page(official, query=query)
    return len(asked)


@pytest.mark.usefixtures("compounds")
def test_more_areas_and_compounds_take_no_more_queries(
    official, city, django_assert_max_num_queries
):
    page(official)
    few = queries_of(official, django_assert_max_num_queries, 40)
    for n in range(10):
        held = area(f"219{n}", level=AreaLevel.DISTRICT, parent=city)
        for number in range(3):
            covers(firm(f"{n}-{number}"), compound(f"N{n}{number}", area=held))
    page(official)
    assert queries_of(official, django_assert_max_num_queries, 40) == few


@pytest.mark.usefixtures("compounds")
def test_other_days_and_rates_ask_for_nothing_more(official, django_assert_max_num_queries):
    page(official)
    few = queries_of(official, django_assert_max_num_queries, 40)
    for query in ("?date=2026-01-31", "?rate=signed&unit=household", "?rate=committee"):
        assert queries_of(official, django_assert_max_num_queries, 40, query) <= few


@pytest.mark.usefixtures("compounds")
def test_the_page_agrees_with_the_report(official):
    report = report_coverage(area="21", valid=TODAY, known=timezone.now())
    for measure in Measure:
        for unit in Unit:
            said = page(official, query=f"?rate={measure}&unit={unit}")
            wanted = report.area.rate(measure, unit).percent_text
            assert f'<output data-own="percent">{wanted}</output>' in said


def test_a_contract_that_is_recorded_shows_on_the_next_visit(official, compounds):
    assert "50.00 %" in page(official)
    covers(firm("晚来物业"), compounds[1])
    assert "66.67 %" in page(official)
