"""The pictures of the README, taken of the running site.

LIANPIAN_PICTURES=1 (`make pictures`) takes them of the sample city of the demo and keeps them in
docs/pictures; without it the same pages of the smallest city are looked at, and nothing is kept.
"""

import os

import pytest
from playwright.sync_api import expect

from geo.words import AreaLevel
from layers.models import Plan
from tests.browser.conftest import DESKTOP
from tests.browser.palette import paletted, size_of
from tests.conftest import ROOT

IS_KEPT = os.environ.get("LIANPIAN_PICTURES") == "1"
MOST_BYTES = 300_000
DRAWN_BYTES = 30_000
"""A page without its map is smaller."""


@pytest.fixture(scope="module")
def preset():
    return "small" if IS_KEPT else "hamlet"


@pytest.fixture
def district():
    """The district with the largest plan."""
    plans = Plan.objects.filter(area__level=AreaLevel.DISTRICT)
    return max(plans, key=lambda plan: (plan.sites.count(), plan.area.code)).area


@pytest.fixture
def taken(tmp_path):
    """Return what takes a picture of a page under a name."""

    def take(page, name):
        expect(page.locator("header .mark")).to_have_text("示例数据")
        page.wait_for_load_state("networkidle")
        page.mouse.move(DESKTOP[0] / 2, 1)
        page.wait_for_timeout(1_000)  # tiles fade in
        picture = paletted(page.screenshot(animations="disabled"))
        path = (ROOT / "docs" / "pictures" if IS_KEPT else tmp_path) / f"{name}.png"
        path.write_bytes(picture)
        assert size_of(picture) == DESKTOP
        assert DRAWN_BYTES < len(picture) <= MOST_BYTES

    return take


def test_the_overview_is_shown(open_as, district, taken):
    page = open_as("viewer", f"/areas/{district.code}/")
    page.wait_for_selector("#map[data-loaded]")
    taken(page, "overview")


def test_the_map_is_shown_with_the_card_of_a_compound(open_as, district, taken):
    page = open_as("viewer", f"/areas/{district.code}/map/")
    page.wait_for_selector("#map[data-drawn=yes]")
    page.locator("#compounds .place").nth(3).click()
    page.wait_for_selector("article[data-site]")
    page.wait_for_load_state("networkidle")
    page.wait_for_selector("#map[data-drawn=yes]")
    taken(page, "map")


def test_a_planner_is_shown_who_looks_at_what_a_move_would_do(open_as, district, taken):
    plan = Plan.objects.filter(area=district).latest("version")
    page = open_as("planner", f"/plans/{plan.pk}/")
    expect(page.locator("[data-ready=yes]")).to_be_visible()
    zones = page.locator("li.zone")
    zones.nth(zones.count() * 2 // 3).get_by_role("button", name="选中").click()
    expect(page.locator("[data-part=effects] li").first).to_be_visible()
    taken(page, "planner")
