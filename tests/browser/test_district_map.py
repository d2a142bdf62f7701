"""地图: what people do with the map of an area."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from geo.models import Compound, ManagingArea
from geo.words import AreaLevel
from tests.browser.conftest import PHONE

DRAWN = "#map[data-drawn=yes]"


@pytest.fixture
def district():
    return ManagingArea.objects.get(level=AreaLevel.DISTRICT)


@pytest.fixture
def compound():
    return Compound.objects.order_by("code").first()


@pytest.fixture
def open_map(open_as, district):
    def open_map(role="viewer", rest="", **options):
        page = open_as(role, f"/areas/{district.code}/map/{rest}", **options)
        page.wait_for_selector(DRAWN)
        return page

    return open_map


def middle_of(page):
    box = page.locator("#map").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def at_compound(compound, zoom=17):
    place = compound.geometry.point_on_surface
    return f"#x={place.x:.6f}&y={place.y:.6f}&z={zoom}"


def test_an_official_sees_the_legend_with_the_counts_of_the_list(open_map):
    page = open_map()
    total = Compound.objects.count()
    assert page.locator("#layers legend .number").first.inner_text() == str(total)
    page.wait_for_selector("#compounds .place")
    assert page.locator("#compounds .place").count() == min(total, 50)


def test_a_click_on_a_compound_opens_its_card(open_map, compound):
    page = open_map("planner", at_compound(compound))
    page.mouse.click(*middle_of(page))
    page.wait_for_selector(f'article[data-site="{compound.code}"]')
    card = page.locator("article")
    assert card.get_by_role("heading", name=compound.name).is_visible()
    assert card.get_by_text("各方案中的片区").is_visible()
    assert f"site={compound.code}" in page.url


def test_the_list_does_what_pointing_does(open_map):
    page = open_map()
    row = page.locator("#compounds .place").first
    row.wait_for()
    code = row.get_attribute("data-site")
    west, south, east, north = map(float, row.get_attribute("data-box").split(","))
    row.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f'article[data-site="{code}"]')
    page.wait_for_function(
        """([x, y]) => {
            const at = new URLSearchParams(location.hash.slice(1));
            return Math.abs(at.get("x") - x) < 1e-4 && Math.abs(at.get("y") - y) < 1e-4;
        }""",
        arg=[(west + east) / 2, (south + north) / 2],
    )


def test_escape_closes_the_card_and_the_list_is_back(open_map):
    page = open_map()
    page.locator("#compounds .place").first.click()
    page.wait_for_selector("article")
    page.keyboard.press("Escape")
    page.wait_for_selector("article", state="detached")
    assert page.locator("#list").is_visible()
    assert "site=" not in page.url


def test_an_address_sent_to_a_colleague_shows_the_same(open_map, compound):
    page = open_map("planner", at_compound(compound))
    page.get_by_label("邻接关系").check()
    page.get_by_label("阻隔").uncheck()
    page.mouse.click(*middle_of(page))
    page.wait_for_selector("article")
    sent = page.url
    again = open_map("viewer")
    again.goto(sent)
    again.reload()
    again.wait_for_selector(f'article[data-site="{compound.code}"]')
    assert again.locator("[data-layer=links]").is_checked()
    assert not again.locator("[data-layer=barriers]").is_checked()
    assert re.search(r"z=17\.00", again.url)


def test_another_day_keeps_the_place_that_one_looks_at(open_map, compound):
    page = open_map("planner", at_compound(compound))
    page.locator("#day").fill("2020-01-01")
    page.locator("#day").press("Enter")
    page.wait_for_url("**date=2020-01-01**")
    page.wait_for_selector(DRAWN)
    assert "z=17.00" in page.url


def test_a_search_leads_to_the_place(open_map, compound):
    page = open_map()
    page.get_by_label("查找小区、楼栋、企业").fill(compound.name)
    hit = page.locator(f'#hits [data-site="{compound.code}"]')
    hit.click()
    page.wait_for_selector(f'article[data-site="{compound.code}"]')
    assert page.locator("#hits .place").count() == 0


def test_a_search_for_nothing_known_says_so(open_map):
    page = open_map()
    page.get_by_label("查找小区、楼栋、企业").fill("不存在的小区名")
    page.get_by_text("没有名称、编码或地址含“不存在的小区名”的小区、楼栋或企业。").wait_for()


def test_the_list_is_narrowed_to_a_status(open_map):
    page = open_map()
    page.wait_for_selector("#compounds .place")
    page.get_by_label("服务状况").select_option("in_service")
    page.wait_for_function(
        "() => [...document.querySelectorAll('#compounds .place-more')]"
        ".every(e => e.textContent.startsWith('进驻'))"
    )
    told = page.locator("label:has([data-status=in_service]) .number").inner_text()
    assert page.locator("#compounds .place").count() == int(told)


def test_the_heat_says_what_its_colours_mean(open_map):
    page = open_map()
    page.get_by_label("未覆盖热力图").check()
    page.get_by_text("核半径 300 米").wait_for()


def test_the_keyboard_moves_and_zooms_the_map(open_map):
    page = open_map()
    before = page.url
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => location.href !== before", arg=before)
    moved = page.url
    page.keyboard.press("+")
    page.wait_for_function("before => location.href !== before", arg=moved)


def test_a_phone_shows_the_map_on_top_and_tools_below(open_map):
    page = open_map(viewport=PHONE)
    assert page.locator("#map").bounding_box()["y"] < page.locator("#list").bounding_box()["y"]
    page.get_by_role("button", name="图层").click()
    assert page.get_by_label("阻隔").is_visible()
    assert not page.locator("#list").is_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE[0]


def test_the_dark_map_is_drawn_without_fault(open_map):
    page = open_map(color_scheme="dark")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(open_map, scheme):
    page = open_map(color_scheme=scheme)
    page.locator("#compounds .place").first.click()
    page.wait_for_selector("article")
    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in {"serious", "critical"}]
    assert not [(each["id"], [n["html"] for n in each["nodes"]]) for each in serious]
