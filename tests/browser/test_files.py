"""What people bring in and take away: files, scans, and days typed in anybody's way."""

import io
import json
import subprocess

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from geo.models import Compound, ManagingArea
from geo.words import AreaLevel
from layers.models import Plan, Zone
from tests.browser.conftest import committed

PNG = b"\x89PNG\r\n\x1a\n photo"


@pytest.fixture(scope="module")
def district(site):  # noqa: ARG001 (the site's data)
    """Return the code of a district, of a subdistrict in it with a compound, and its name."""

    def found():
        compound = Compound.objects.select_related("area__parent").order_by("code").first()
        street = compound.area
        while street.level != AreaLevel.SUBDISTRICT:
            street = street.parent
        return street.parent.code, street.code, compound.name

    return committed(found)


def compounds_file(*, households):
    """Return a compound as GeoJSON, in the middle of one that is on record."""
    like = Compound.objects.exclude(geometry=None).order_by("code").first()
    middle = like.geometry.centroid
    ring = [(0, 0), (0.0001, 0), (0.0001, 0.0001), (0, 0)]
    shape = {
        "type": "Polygon",
        "coordinates": [[[middle.x + dx, middle.y + dy] for dx, dy in ring]],
    }
    properties = {"code": "NEW1", "name": "新来小区", "area": like.area.name}
    properties["households"] = households
    feature = {"type": "Feature", "properties": properties, "geometry": shape}
    told = {"type": "FeatureCollection", "features": [feature]}
    return json.dumps(told, ensure_ascii=False).encode()


def brings(page, content):
    page.locator("#file").set_input_files(
        {"name": "小区.geojson", "mimeType": "application/geo+json", "buffer": content}
    )
    expect(page.locator("[data-chosen]")).to_have_text("小区.geojson")
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_url("**/uploads/**")
    works(page)


def works(page):
    committed(lambda: call_command("work", once=True, stdout=io.StringIO()))
    page.reload()


def test_a_gis_clerk_downloads_a_gbk_shapefile_that_ogrinfo_reads(
    district, open_as, tmp_path, has_ogrinfo
):
    page = open_as("clerk", f"/areas/{district[0]}/exports/")
    page.get_by_label("格式").first.select_option("shp")
    page.get_by_label("编码（Shapefile）").first.select_option("gbk")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").first.click()
    kept = tmp_path / "zones.zip"
    download.value.save_as(kept)
    told = subprocess.run(
        [has_ogrinfo, "-al", "-geom=NO", f"/vsizip/{kept}/zones.shp"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    zones = committed(lambda: Zone.objects.filter(plan=Plan.objects.latest("pk")).count())
    assert f"Feature Count: {zones}" in told
    assert "(示例)" in told


def test_a_clerk_reads_the_faults_of_a_file_and_has_the_mended_one_stored(district, open_as):
    page = open_as("clerk", f"/areas/{district[0]}/imports/")
    brings(page, committed(lambda: compounds_file(households="很多")))
    expect(page.get_by_role("region", name="问题")).to_contain_text("“很多”不是数字。")
    page.get_by_role("button", name="放弃").click()
    page.goto(f"/areas/{district[0]}/imports/")
    brings(page, committed(lambda: compounds_file(households=80)))
    expect(page.locator("main")).to_contain_text("将新增 1")
    page.get_by_role("button", name="入库", exact=True).click()
    works(page)
    expect(page.locator("main")).to_contain_text("已入库：新增 1")


def test_a_clerk_puts_a_photo_beside_a_row_and_a_viewer_takes_it_along(district, open_as):
    _code, street, name = district
    ledger = f"/areas/{street}/ledger/compound/"
    page = open_as("clerk", ledger, tolerates=(400,))
    page.get_by_role("button", name=name, exact=True).click()
    beside = page.get_by_role("region", name="附件")
    photo = {"name": "门头.jpeg", "mimeType": "image/jpeg", "buffer": b"no photo"}
    beside.get_by_label("文件").set_input_files(photo)
    beside.get_by_role("button", name="上传附件").click()
    expect(beside.get_by_role("alert")).to_contain_text("不是 PDF、JPG 或 PNG")
    beside.get_by_label("材料").select_option("现场照片")
    beside.get_by_label("文件").set_input_files({**photo, "buffer": PNG})
    beside.get_by_role("button", name="上传附件").click()
    expect(beside.get_by_role("link")).to_have_text("门头.png")
    viewer = open_as("viewer", ledger)
    viewer.get_by_role("button", name=name, exact=True).click()
    with viewer.expect_download() as download:
        viewer.get_by_role("link", name="门头.png").click()
    assert download.value.path().read_bytes() == PNG
    expect(viewer.get_by_role("button", name="上传附件")).to_have_count(0)


def test_a_day_is_written_alike_in_every_language_of_the_browser(open_as):
    city = committed(lambda: ManagingArea.objects.get(level=AreaLevel.CITY).code)
    page = open_as("viewer", f"/areas/{city}/?date=2026-01-31")
    day = page.get_by_role("textbox", name="数据日期")
    expect(day).to_have_value("2026-01-31")
    day.press("ArrowUp")
    expect(day).to_have_value("2026-02-01")
    day.fill("2026年1月5日")
    day.press("Enter")
    page.wait_for_url("**date=2026-01-05*")
    expect(page.locator("#slider-day")).to_have_text("2026-01-05")
    page.get_by_role("textbox", name="数据日期").fill("2026-02-30")
    page.get_by_role("textbox", name="数据日期").press("Enter")
    expect(page.locator("#day:invalid")).to_be_visible()
    page.locator("#slider").press("Home")
    expect(page.locator("#day")).not_to_have_value("2026-01-05")
