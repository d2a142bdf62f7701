"""The map's page and its fragments: what they say, and to whom."""

import json
import re
import struct

import numpy as np
import pytest
from django.urls import reverse

from geo.models import Committee, ConditionFact, ManagingArea
from geo.words import AreaLevel, CommitteeKind, Condition
from maps.coverage_map.density import png
from maps.district_map.scope import ranges
from maps.models import Membership, Role, User
from tests.rows import (
    LONG_AGO,
    area,
    at,
    building,
    compound,
    covers,
    day,
    geos,
    management_area,
    provider,
    square,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return area("21", level=AreaLevel.CITY, name="大连市", geometry=geos(square(side=0.05)))


@pytest.fixture
def street(city):
    return area("2101", parent=city, name="东街道")


@pytest.fixture
def viewer(client, city):
    user = User.objects.create_user("viewer")
    Membership.objects.create(user=user, role=Role.VIEWER, area=city)
    client.force_login(user)
    return client


def text(client, name, *args, answers=200, **query):
    answer = client.get(reverse(name, args=args, query=query))
    assert answer.status_code == answers, answer.content.decode()[:2000]
    return answer.content.decode()


def config(page):
    return json.loads(re.search(r'id="map-config"[^>]*>(.*?)</script>', page, re.DOTALL)[1])


def test_the_page_knows_where_tiles_and_cards_are(viewer, street):
    told = config(text(viewer, "district_map", street.code, date="2026-01-01"))
    assert told["tiles"] == "/tiles/2101/{layer}/{z}/{x}/{y}.mvt?date=2026-01-01"
    assert told["card"] == "/areas/2101/compounds/{code}/?date=2026-01-01"


def test_the_map_begins_with_the_area_else_with_its_compounds_else_with_the_country(
    viewer, city, street
):
    assert config(text(viewer, "district_map", city.code))["extent"][0] == pytest.approx(121.6)
    assert config(text(viewer, "district_map", street.code))["extent"][0] == 73
    compound("A", area=street, geometry=geos(square(5)))
    west = config(text(viewer, "district_map", street.code))["extent"][0]
    assert west == pytest.approx(121.605)


def test_the_legend_counts_every_status(viewer, street):
    covers(provider("国有物业"), compound("A", area=street))
    compound("B", area=street)
    building("scattered", area=street)
    page = text(viewer, "district_map", street.code)
    assert re.search(r"进驻</span><span class=\"number\">1<", page)
    assert re.search(r"不详</span><span class=\"number\">1<", page)
    assert re.search(r"零散楼栋</span><span class=\"number\">1<", page)


def test_the_legend_counts_anew_when_the_data_change(viewer, street):
    compound("A", area=street)
    assert re.search(r"不详</span><span class=\"number\">1<", text(viewer, "district_map", "2101"))
    compound("B", area=street)
    assert re.search(r"不详</span><span class=\"number\">2<", text(viewer, "district_map", "2101"))


def test_a_base_map_from_elsewhere_may_be_shown_and_nothing_else(viewer, street, settings):
    settings.BASEMAP = "xyz:http://tiles.example/{z}/{x}/{y}.png"
    answer = viewer.get(reverse("district_map", args=[street.code]))
    policy = answer["Content-Security-Policy"]
    assert "img-src 'self' data: blob: http://tiles.example;" in policy
    assert "default-src 'self';" in policy


def test_a_base_map_that_cannot_be_shown_is_told(viewer, street, settings):
    settings.BASEMAP = "pmtiles:ground.pmtiles"
    assert "没有安装 PMTiles 组件，未显示底图。" in text(viewer, "district_map", street.code)


@pytest.mark.parametrize("name", ["district_map", "map_compounds", "search", "map_heat"])
def test_an_area_without_right_has_no_map(client, city, street, name):
    user = User.objects.create_user("clerk")
    Membership.objects.create(user=user, role=Role.CLERK, area=street)
    client.force_login(user)
    text(client, name, city.code, answers=404)
    text(client, name, street.code)


def test_a_compound_of_another_area_has_no_card_here(viewer, city, street):
    compound("B", area=area("2102", parent=city))
    text(viewer, "site_card", street.code, "B", answers=404)
    text(viewer, "site_card", city.code, "B")
    text(viewer, "site_card", city.code, "nowhere", answers=404)


def test_the_list_shows_what_nobody_serves_first(viewer, street):
    covers(provider("国有物业"), compound("A", name="甲小区", area=street))
    covers(provider("乙"), compound("B", name="乙小区", area=street), valid_to=day(2020))
    listed = text(viewer, "map_compounds", street.code)
    assert listed.index("乙小区") < listed.index("甲小区")
    assert "甲小区" not in text(viewer, "map_compounds", street.code, status="unmanaged")


def test_a_long_list_comes_in_pages(viewer, street):
    for number in range(52):
        compound(f"A{number:02}", area=street)
    first = text(viewer, "map_compounds", street.code)
    assert first.count("data-site=") == 50
    assert "再显示 50 个" in first
    second = text(viewer, "map_compounds", street.code, page=2)
    assert second.count("data-site=") == 2
    assert "再显示 50 个" not in second
    assert "没有更多小区。" in text(viewer, "map_compounds", street.code, page=3)


@pytest.mark.parametrize("page", ["0", "x", "-3"])
def test_a_page_that_is_none_is_the_first(viewer, street, page):
    compound("A", area=street)
    assert 'data-site="A"' in text(viewer, "map_compounds", street.code, page=page)


def test_an_empty_list_names_the_next_step(viewer, street):
    assert "请先在“导入”中上传小区文件" in text(viewer, "map_compounds", street.code)
    assert "没有这一状况的小区。" in text(viewer, "map_compounds", street.code, status="planned")


def test_the_search_finds_compounds_buildings_and_providers_of_the_area(viewer, city, street):
    covers(provider("阳光物业"), compound("A", name="阳光花园", area=street))
    building("B1", name="3号楼", address="阳光街 3 号", area=street)
    beside = area("2102", parent=city)
    covers(provider("阳光外区物业"), compound("B", name="阳光外区", area=beside))
    found = text(viewer, "search", street.code, q="阳光")
    assert "阳光花园" in found
    assert "阳光街 3 号" in found
    assert "在管 1 处" in found
    assert "外区" not in found


def test_the_search_takes_signs_of_patterns_as_they_are(viewer, street):
    compound("A", name="甲小区", area=street)
    assert "没有名称、编码或地址含“%”的小区、楼栋或企业。" in text(
        viewer, "search", street.code, q="%"
    )
    assert text(viewer, "search", street.code, q=" ").strip() == ""


def test_the_search_says_where_it_stops(viewer, street):
    for number in range(21):
        compound(f"A{number:02}", name=f"小区{number}", area=street)
    assert "每类只列前 20 条" in text(viewer, "search", street.code, q="小区")


@pytest.fixture
def served(street):
    held = compound(
        "A",
        name="甲小区",
        area=street,
        households=1200,
        built=1988,
        geometry=geos(square()),
    )
    whole = management_area("M", [held], area=street)
    covers(
        provider("国有物业"),
        whole,
        signed_on=day(2026, 1, 5),
        in_service_from=day(2026, 2),
        valid_to=day(2028, 12, 31),
        mode="专业物业管理",
        document="合〔2026〕1号",
    )
    Committee.objects.create(management_area=whole, kind=CommitteeKind.OWNERS, recorded_at=LONG_AGO)
    ConditionFact.objects.create(
        compound=held, key=Condition.PREMISES, is_met=True, recorded_at=LONG_AGO
    )
    return held


def test_a_card_tells_who_serves_until_when_and_on_what_ground(viewer, street, served):
    card = text(viewer, "site_card", street.code, served.code, date="2026-06-01")
    for fact in (
        *("甲小区", "进驻", "国有物业", "专业物业管理", "合〔2026〕1号"),
        *("2026-01-05", "2026-02-01", "2028-12-31", "1,200", "1988", "业主委员会"),
        *("✓ 物业服务用房齐备", "尚未列入任何方案。", "编入物业管理区域：M"),
    ):
        assert fact in card, fact


def test_a_card_of_a_day_before_the_contract_says_that_there_is_none(viewer, street, served):
    card = text(viewer, "site_card", street.code, served.code, date="2025-06-01")
    assert "2025-06-01 没有有效的物业服务合同。" in card


def test_a_card_shows_what_was_put_right_and_why(viewer, street, served):
    fact = served.conditions.get()
    fact.correct(is_met=False, reason="现场核实", now=at(2026, 5))
    served.name, served.changed_at = "新名", at(2026, 5, 2)
    served.save()
    card = text(viewer, "site_card", street.code, served.code)
    assert "✗ 物业服务用房齐备" in card
    assert "<s>物业服务用房齐备：具备</s>" in card
    assert "已更正：现场核实" in card
    assert "登记内容有变更（变更前名称：甲小区）" in card
    before = text(viewer, "site_card", street.code, served.code, known="2026-04-30")
    assert "甲小区" in before
    assert "现场核实" not in before


def test_heat_shows_where_nobody_serves(viewer, street):
    covers(
        provider("乙"),
        compound("B", area=street, households=400, geometry=geos(square())),
        valid_to=day(2020),
    )
    building("home", area=street, use="住宅", geometry=geos(square(3)))
    heat = json.loads(text(viewer, "map_heat", street.code))
    assert heat["picture"].startswith("data:image/png;base64,")
    assert heat["unit"] == "household"
    assert "每公顷约" in heat["text"]
    assert "1 处户数不详，按中位数计。" in heat["text"]


def test_heat_counts_places_where_no_households_are_known(viewer, street):
    building("home", area=street, use="住宅", geometry=geos(square(3)))
    heat = json.loads(text(viewer, "map_heat", street.code))
    assert heat["unit"] == "site"
    assert "处；核半径 300 米。" in heat["text"]


def test_where_all_is_served_there_is_no_heat(viewer, street):
    compound("A", area=street, geometry=geos(square()))
    heat = json.loads(text(viewer, "map_heat", street.code))
    assert heat == {"text": "没有未覆盖的小区或零散楼栋。"}


def test_a_picture_is_a_png_of_its_size():
    data = png(np.zeros((3, 5, 4), np.uint8))
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (5, 3)


@pytest.mark.usefixtures("hamlet")
class TestSampleCity:
    """The map of the sample city with its plan."""

    @pytest.fixture
    def planner(self, client):
        client.force_login(User.objects.get(username="demo-planner"))
        return client

    @pytest.fixture
    def district(self):
        return ManagingArea.objects.get(level=AreaLevel.DISTRICT)

    def test_neighbouring_zones_are_given_colours(self, planner, district):
        told = config(text(planner, "district_map", district.code))
        plan = district.plans.get()
        assert set(told["zones"]) == {str(pk) for pk in plan.zones.values_list("pk", flat=True)}
        again = config(text(planner, "district_map", district.code))
        assert again["zones"] == told["zones"]

    def test_a_card_names_the_zone_and_why(self, planner, district):
        site = district.plans.get().sites.filter(kind="compound", zone__isnull=False).first()
        card = text(planner, "site_card", district.code, site.compound.code)
        assert f"{site.zone.number}号片区" in card
        assert "已入方案" in card

    def test_the_chosen_plan_goes_along_with_every_address(self, planner, district):
        plan = district.plans.get()
        told = config(text(planner, "district_map", district.code, plan=plan.pk))
        assert told["tiles"].endswith(f"?plan={plan.pk}")

    def test_the_page_takes_few_queries(self, planner, district, django_assert_max_num_queries):
        with django_assert_max_num_queries(40):
            text(planner, "district_map", district.code)


def test_rows_that_follow_one_another_are_one_range():
    assert ranges([7, 2, 1, 3]) == "{[1,4),[7,8)}"
    assert ranges([]) == "{}"
