"""What clerks do at the ledger, and what an auditor sees of it."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from geo.models import Compound, ManagingArea
from geo.words import AreaLevel
from tests.browser.conftest import PHONE, committed


@pytest.fixture(scope="module")
def street(site):  # noqa: ARG001 (the site's data)
    """Return the subdistrict that has most compounds, and the first of them."""

    def busiest():
        areas = ManagingArea.objects.filter(level=AreaLevel.SUBDISTRICT)
        counts = {area.code: compounds_in(area).count() for area in areas}
        code = max(sorted(counts), key=counts.get)
        first = compounds_in(ManagingArea.objects.get(code=code)).order_by("code")[:2]
        return code, [compound.name for compound in first]

    return committed(busiest)


def compounds_in(area):
    return Compound.objects.filter(area__in=[area, *area.children.all()])


def row_of(page, name):
    return page.locator("tbody.record").filter(
        has=page.get_by_role("button", name=name, exact=True)
    )


def begin_to_change(page, name):
    page.get_by_role("button", name=f"更改 {name}", exact=True).click()
    form = page.locator("tbody.changing")
    expect(form).to_be_visible()
    return form


def test_a_clerk_mends_a_row(street, open_as):
    code, (name, _other) = street
    page = open_as("clerk", f"/areas/{code}/ledger/", tolerates=(400,))
    form = begin_to_change(page, name)
    form.get_by_label("户数（户）").fill("很多")
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_text("“很多”不是数字。")).to_be_visible()
    expect(page.get_by_label("户数（户）")).to_be_focused()
    page.get_by_label("户数（户）").fill("777户")
    page.get_by_label("理由").fill("入户核对")
    page.keyboard.press("Enter")
    expect(page.locator(".row-message")).to_have_text(f"✓ 已保存：{name}")
    expect(row_of(page, name)).to_contain_text("777")
    page.reload()
    expect(row_of(page, name)).to_contain_text("777")


def test_a_clerk_sees_where_a_value_comes_from_and_its_place_lights_up(street, open_as):
    code, (_name, other) = street
    page = open_as("clerk", f"/areas/{code}/ledger/")
    page.get_by_role("button", name=other, exact=True).click()
    card = page.locator("#card")
    expect(card.get_by_role("heading", name=other)).to_be_visible()
    expect(card).to_contain_text("来源：compound.geojson")
    expect(row_of(page, other)).to_have_class("record shown")
    expect(page.locator("#place canvas")).to_be_visible()


def test_a_clerk_leaves_a_row_as_it_is(street, open_as):
    code, (_name, other) = street
    page = open_as("clerk", f"/areas/{code}/ledger/")
    begin_to_change(page, other).get_by_label("地址").fill("别处")
    page.get_by_role("button", name="取消").click()
    expect(page.locator("tbody.changing")).to_have_count(0)
    expect(row_of(page, other)).not_to_contain_text("别处")


def test_two_clerks_at_one_row_see_both_values_and_choose(street, open_as):
    code, (_name, other) = street
    mine = open_as("clerk", f"/areas/{code}/ledger/", tolerates=(412,))
    theirs = open_as("clerk", f"/areas/{code}/ledger/")
    form = begin_to_change(mine, other)
    begin_to_change(theirs, other).get_by_label("户数（户）").fill("444")
    theirs.get_by_role("button", name="保存").click()
    expect(row_of(theirs, other)).to_contain_text("444")
    form.get_by_label("户数（户）").fill("555")
    mine.get_by_role("button", name="保存").click()
    expect(mine.get_by_text("对方：444")).to_be_visible()
    expect(mine.get_by_label("户数（户）")).to_have_value("555")
    mine.get_by_role("button", name="采用对方的").click()
    expect(row_of(mine, other)).to_contain_text("444")


def test_a_clerk_lists_what_is_missing_and_what_runs_out(street, open_as):
    code, _names = street
    page = open_as("clerk", f"/areas/{code}/ledger/")
    gap = page.locator(".ledger-tallies .chip").first
    missing = int(gap.locator("b").inner_text())
    gap.click()
    expect(page.locator(".ledger-tallies .chip.here")).to_be_visible()
    expect(page.get_by_text(f"共 {missing} 条")).to_be_visible()
    page.get_by_role("link", name="90 天内到期").first.click()
    expect(page.locator(".choice.here")).to_have_text("90 天内到期")


def test_a_clerk_enters_a_contract(street, open_as):
    code, (name, _other) = street
    page = open_as("clerk", f"/areas/{code}/ledger/contract/", tolerates=(400,))
    page.get_by_role("button", name="新增合同").click()
    form = page.locator("tbody.changing")
    form.get_by_label("服务对象").fill(name)
    form.get_by_label("服务主体").fill("没有这家")
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_text("没有名为“没有这家”的服务主体。")).to_be_visible()
    page.locator("tbody.changing").get_by_role("button", name="取消").click()
    expect(page.locator("tbody.changing")).to_have_count(0)


def test_a_clerk_ends_a_contract(street, open_as):
    code, _names = street
    page = open_as("clerk", f"/areas/{code}/ledger/contract/", tolerates=(400,))
    page.get_by_role("button", name="终止").first.click()
    page.get_by_role("button", name="终止合同").click()
    expect(page.get_by_text("请选择终止原因。")).to_be_visible()
    form = page.locator("tbody.changing")
    form.get_by_label("终止日期").fill(str(timezone.localdate()))
    form.get_by_label("终止原因").select_option("协商")
    form.get_by_role("button", name="终止合同").click()
    expect(page.locator(".row-message")).to_contain_text("已保存")
    expect(page.locator("tbody.saved")).to_contain_text(str(timezone.localdate()))


def test_a_clerk_confirms_the_month(street, open_as):
    code, _names = street
    page = open_as("clerk", f"/areas/{code}/ledger/")
    page.get_by_role("button", name="确认本月").click()
    expect(page.get_by_text("台账无其他变化")).to_be_visible()
    expect(page.locator(".ledger-month .confirmed").first).to_contain_text("已由 示例经办人 于")


def test_a_clerk_takes_the_table_along(street, open_as):
    code, _names = street
    page = open_as("clerk", f"/areas/{code}/ledger/")
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel 表格（XLSX）").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_an_auditor_sees_who_changed_what(street, open_as):
    code, (name, _other) = street
    clerk = open_as("clerk", f"/areas/{code}/ledger/")
    form = begin_to_change(clerk, name)
    form.get_by_label("楼栋数（栋）").fill("91")
    form.get_by_label("理由").fill("现场清点")
    clerk.get_by_role("button", name="保存").click()
    expect(clerk.locator(".row-message")).to_have_text(f"✓ 已保存：{name}")
    page = open_as("auditor", f"/areas/{code}/audit/")
    page.get_by_label("对象").fill(name)
    page.get_by_label("类别").select_option("compound")
    page.get_by_role("button", name="显示").click()
    entry = page.get_by_role("row").filter(has_text="现场清点")
    expect(entry).to_contain_text("示例经办人")
    expect(entry.locator("ins")).to_have_text("91")
    expect(entry).to_contain_text("127.0.0.1")


def test_the_ledger_fits_a_phone(street, open_as):
    code, (name, _other) = street
    page = open_as("clerk", f"/areas/{code}/ledger/", viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#side").get_by_role("heading", name=name)).to_be_in_viewport()
    page.get_by_role("button", name="关闭").click()
    begin_to_change(page, name)


@pytest.mark.parametrize("kind", ["compound", "contract", "provider"])
def test_nothing_in_the_ledger_stands_in_anybodys_way(street, open_as, kind):
    code, _names = street
    page = open_as("clerk", f"/areas/{code}/ledger/{kind}/")
    page.locator(".ledger-tallies .chip").first.wait_for()
    assert serious_faults(page) == []
    page.locator("tbody.record .doing button").first.click()
    page.locator("tbody.changing").wait_for()
    assert serious_faults(page) == []


def test_nothing_in_the_audit_stands_in_anybodys_way(street, open_as):
    code, _names = street
    assert serious_faults(open_as("auditor", f"/areas/{code}/audit/")) == []


def serious_faults(page):
    found = json.loads(json.dumps(Axe().run(page).response))["violations"]
    return [
        (each["id"], [node["html"][:200] for node in each["nodes"][:3]])
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]
