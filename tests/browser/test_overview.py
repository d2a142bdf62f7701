"""An official reads the overview: drills down, slides the date, looks where nobody serves."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

CITY = "/areas/990100/"
RATE = '[data-own="percent"]'
SERIOUS = {"serious", "critical"}


@pytest.fixture
def overview(open_as):
    def open_overview(path=CITY, **options):
        page = open_as("viewer", path, **options)
        page.wait_for_selector("#map[data-loaded]")
        return page

    return open_overview


def districts(page):
    return page.locator("tr[data-code]")


def test_an_official_drills_down_and_slides_the_date(overview):
    page = overview()
    districts(page).first.locator("a").click()
    expect(page.locator("h1")).to_contain_text("物业企业服务覆盖率")
    page.wait_for_load_state("load")
    today = page.locator(RATE).inner_text()
    page.locator("#slider").focus()
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile(r"date=\d{4}-\d\d-\d\d"))
    day = re.search(r"date=([\d-]+)", page.url)[1]
    expect(page.locator("#slider-day")).to_have_text(day)
    assert page.locator(RATE).inner_text() != today


def test_the_months_are_replayed_without_leaving_the_page(overview):
    page = overview()
    address, days = page.url, set()
    page.locator("#replay").click()
    expect(page.locator("#replay")).to_have_attribute("aria-pressed", "true")
    for _ in range(3):
        page.wait_for_timeout(400)
        days.add(page.locator("#slider-day").inner_text())
    assert len(days) > 1
    page.locator("#replay").click()
    expect(page.locator("#replay")).to_have_attribute("aria-pressed", "false")
    assert page.url == address
    stopped = page.locator("#slider-day").inner_text()
    page.locator("#open-day").click()
    expect(page).to_have_url(re.compile(f"date={stopped}"))


def test_pointing_at_the_list_marks_the_map_and_back(overview):
    page = overview()
    page.mouse.move(1, 1)
    plain = page.locator("#map").screenshot()
    districts(page).first.hover()
    page.wait_for_timeout(300)
    assert page.locator("#map").screenshot() != plain
    box = page.locator("#map canvas").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("tr.hot")).to_have_count(1)
    page.mouse.move(1, 1)
    expect(page.locator("tr.hot")).to_have_count(0)


def test_a_click_on_the_map_goes_down(overview):
    page = overview()
    box = page.locator("#map canvas").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    code = page.locator("tr.hot").get_attribute("data-code")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(f"/areas/{code}/"))


def test_the_heat_map_shows_where_nobody_serves_with_another_radius(overview):
    page = overview()
    page.get_by_role("button", name="未覆盖热力图").click()
    legend = page.locator("#heat-legend")
    expect(legend).to_contain_text("户（套）/公顷")
    expect(page.locator("#legend")).to_be_hidden()
    page.locator("#heat-radius").select_option("300")
    expect(legend).to_contain_text("半径 300 米")
    page.locator("#heat-weight").select_option("sites")
    expect(legend).to_contain_text("处/公顷")
    page.get_by_role("button", name="分级").click()
    expect(page.locator("#legend")).to_be_visible()


def test_another_rate_keeps_the_day(overview):
    page = overview(f"{CITY}?date=2026-01-31")
    page.get_by_role("link", name="签约率").click()
    expect(page.locator("h1")).to_contain_text("签约率")
    assert "date=2026-01-31" in page.url
    assert "rate=signed" in page.url


def test_the_table_is_downloaded(overview):
    page = overview()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载表格").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_on_a_phone_the_map_stands_above_the_list_and_nothing_overflows(overview):
    page = overview(viewport=PHONE)
    top = page.locator("#map").bounding_box()["y"]
    assert top < districts(page).first.bounding_box()["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_overview_has_no_serious_fault_of_access(overview, scheme):
    page = overview(color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in SERIOUS]
    assert [(each["id"], each["nodes"][0]["html"]) for each in serious] == []
