"""What planners and approvers do with a plan: correct it on the map, undo, agree, submit, publish.

Every journey has a plan of its own of one drawn town; the real engine proposes it:
A–D are zone 1, E F I J zone 2, G H K L zone 3, and M–O, beyond an empty block, zone 4.
"""

import io
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from layers.models import Plan, PlanEdit
from layers.planning.propose_plan import propose_plan
from layers.policy import load_policy
from maps.models import Membership, User
from tests.browser.conftest import committed
from tests.layers.drawn_plans import DAY, stored_plan
from tests.rows import at

TOWN = """
A B C D . M
E F G H . N
I J K L . O
"""
PROPOSED = {"1": "ABCD", "2": "EFIJ", "3": "GHKL", "4": "MNO"}
# The page's own module: the one that it runs, not a second one.
ON_THE_MAP = """async (site) => {
  const { planMap } = await import(document.querySelector('script[src*="editor/main"]').src);
  const [x, y] = planMap.pixelOf(site);
  return { x, y };
}"""


@pytest.fixture(scope="module")
def district(site):  # noqa: ARG001 (the demo has to be there)
    def draw():
        plan = stored_plan(TOWN, providers={"甲物业": 200_000.0})
        for person in User.objects.filter(username__startswith="demo-"):
            role = person.username.removeprefix("demo-")
            Membership.objects.create(user=person, role=role, area=plan.area)
        return plan.area

    return committed(draw)


@pytest.fixture
def plan(district):
    """A fresh proposal for the town."""
    known, policy = at(2026, 6, 1), load_policy("default")
    return committed(
        lambda: propose_plan(area=district, policy=policy, valid=DAY, known=known, seed=1).plan
    )


@pytest.fixture
def opened(open_as, plan):
    """Return what opens the plan's editor as a role."""

    def open_editor(role="planner", **options):
        page = open_as(role, f"/plans/{plan.pk}/", **options)
        expect(page.locator("[data-ready=yes]")).to_be_visible()
        return Editor(page)

    return open_editor


class Editor:
    """The page of a plan, in the words of who sits before it."""

    def __init__(self, page):
        self.page = page

    def place(self, site):
        box = self.page.locator("[data-part=map]").bounding_box()
        pixel = self.page.evaluate(ON_THE_MAP, site)
        return SimpleNamespace(x=box["x"] + pixel["x"], y=box["y"] + pixel["y"])

    def take(self, tool):
        self.page.get_by_role("toolbar", name="工具").get_by_role("button", name=tool).click()

    def pick(self, *sites):
        for number, site in enumerate(sites):
            place = self.place(site)
            if number:
                self.page.keyboard.down("Shift")
            self.page.mouse.click(place.x, place.y)
            self.page.keyboard.up("Shift")

    def drag(self, *places):
        mouse = self.page.mouse
        mouse.move(places[0].x, places[0].y)
        mouse.down()
        for place in places[1:]:
            mouse.move(place.x, place.y, steps=6)
        mouse.up()

    def give(self, to):
        """Give the chosen sites to a zone, to a new one, or to none."""
        if to.isdigit():
            self.aim(to)
        name = {"new": "新片区", "": "移出"}.get(to, "归入")
        self.page.get_by_role("button", name=name, exact=False).first.click()

    def aim(self, zone):
        self.page.get_by_label("归入片区").select_option(zone)

    def press(self, name):
        self.page.get_by_role("button", name=name).click()

    def chosen(self, many):
        expect(self.page.locator("[data-part=chosen]")).to_contain_text(
            f"已选 {many} 处" if many else "选择纳管对象"
        )

    def says(self, words):
        expect(self.page.locator("[data-part=said]")).to_contain_text(words)

    def zone(self, number):
        return self.page.locator(f"[data-part=zones] [data-zone='{number}']")

    def holds(self, number, sites):
        expect(self.zone(number)).to_contain_text(f"{sites} 处")

    def reload(self):
        self.page.reload()
        expect(self.page.locator("[data-ready=yes]")).to_be_visible()


def stored(plan):
    """Return the zones as the database has them."""

    def read():
        zones = {}
        for site, zone in plan.sites.order_by("site").values_list("site", "zone__number"):
            zones.setdefault(str(zone or ""), []).append(site)
        return {zone: "".join(sites) for zone, sites in zones.items()}

    return committed(read)


def edits_of(plan):
    edits = PlanEdit.objects.filter(plan=plan).order_by("revision")
    return committed(lambda: list(edits.values_list("action", flat=True)))


def status_of(plan):
    return committed(lambda: Plan.objects.get(pk=plan.pk).get_status_display())


def test_a_planner_clicks_a_site_sees_before_and_after_and_gives_it_to_a_zone(opened, plan):
    editor = opened()
    editor.pick("D")
    editor.chosen(1)
    editor.aim("3")
    effects = editor.page.locator("[data-part=effects]")
    expect(effects).to_contain_text("1号片区 8.00 万㎡ → 6.00 万㎡")
    expect(effects).to_contain_text("3号片区 8.00 万㎡ → 10.00 万㎡")
    assert stored(plan) == PROPOSED
    editor.give("3")
    editor.says("✓")
    editor.holds(3, 5)
    assert stored(plan) == {**PROPOSED, "1": "ABC", "3": "DGHKL"}


def test_a_planner_boxes_sites_and_makes_a_zone_of_them(opened, plan):
    editor = opened()
    editor.take("框")
    editor.drag(editor.place("M"), editor.place("N"))
    expect(editor.page.locator("[data-part=chosen]")).to_have_text(
        "已选 2 处 · 500 户（套） · 4.00 万㎡"
    )
    editor.give("new")
    editor.holds(5, 2)
    assert stored(plan) == {**PROPOSED, "4": "O", "5": "MN"}


def test_a_planner_lassoes_sites_and_takes_them_out(opened, plan):
    editor = opened()
    editor.take("套索")
    editor.drag(*map(editor.place, "ABFEA"))
    editor.chosen(4)
    editor.give("")
    expect(editor.page.locator("[data-part=sums]")).to_contain_text("未归入 4 处")
    assert stored(plan) == {"": "ABEF", "1": "CD", "2": "IJ", "3": "GHKL", "4": "MNO"}


def test_a_planner_draws_a_polygon_and_gives_what_it_touches(opened, plan):
    editor = opened()
    editor.take("多边形")
    for site in "EFJ":
        place = editor.place(site)
        editor.page.mouse.click(place.x, place.y)
        editor.page.wait_for_timeout(300)
    place = editor.place("J")
    editor.page.mouse.dblclick(place.x, place.y)
    editor.chosen(3)
    editor.give("1")
    editor.holds(1, 7)
    assert stored(plan) == {**PROPOSED, "1": "ABCDEFJ", "2": "I"}


def test_a_planner_is_warned_of_a_part_cut_off_before_anything_is_saved(opened, plan):
    editor = opened()
    editor.pick("A")
    editor.aim("4")
    expect(editor.page.locator("[data-part=effects] .problem").first).to_contain_text("4号片区")
    expect(editor.page.locator("[data-part=effects]")).to_contain_text("不相连")
    assert edits_of(plan) == []
    editor.give("4")
    expect(editor.page.locator("[data-part=checks]")).to_contain_text("4号片区")
    expect(editor.page.locator("[data-part=sums]")).to_contain_text("不相连 1")


def test_a_planner_undoes_after_a_reload_and_redoes(opened, plan):
    editor = opened()
    editor.pick("D")
    editor.give("3")
    editor.holds(3, 5)
    editor.reload()
    editor.press("撤销")
    editor.holds(3, 4)
    assert stored(plan) == PROPOSED
    editor.reload()
    editor.page.keyboard.press("Control+Shift+Z")
    editor.holds(3, 5)
    assert stored(plan) == {**PROPOSED, "1": "ABC", "3": "DGHKL"}
    expect(editor.page.get_by_role("button", name="重做")).to_be_disabled()


def test_a_locked_site_stays_where_it_is(opened, plan):
    editor = opened()
    editor.pick("D")
    editor.take("锁 X")
    editor.says("✓")
    editor.pick("C", "D")
    editor.aim("3")
    expect(editor.page.locator("[data-part=effects]")).to_contain_text("已锁定，不移动")
    editor.give("3")
    editor.holds(3, 5)
    assert stored(plan) == {**PROPOSED, "1": "ABD", "3": "CGHKL"}


def test_a_planner_merges_zones_and_splits_them_again(opened, plan):
    editor = opened()
    editor.pick("A", "E")
    editor.take("合")
    editor.holds(1, 8)
    assert stored(plan) == {"1": "ABCDEFIJ", "3": "GHKL", "4": "MNO"}
    editor.pick("I", "J")
    editor.take("切")
    editor.holds(5, 2)
    assert stored(plan) == {"1": "ABCDEF", "3": "GHKL", "4": "MNO", "5": "IJ"}


def test_a_double_click_saves_once(opened, plan):
    editor = opened()
    editor.pick("D")
    editor.aim("3")
    editor.page.locator("[data-action=give]").dblclick()
    editor.holds(3, 5)
    editor.says("✓")
    assert edits_of(plan) == ["assign"]


def only_posts(work):
    return lambda route: work(route) if route.request.method == "POST" else route.continue_()


def test_a_lost_connection_is_said_and_the_edit_is_saved_once_after_it(opened, plan):
    editor = opened(tolerates=("ERR_FAILED",))
    page = editor.page
    lost = []

    def lose_the_answer(route):
        if not lost:
            lost.append(route.fetch())
        route.abort()

    page.route("**/edits/", only_posts(lose_the_answer))
    editor.pick("D")
    editor.give("3")
    editor.says("未保存")
    assert edits_of(plan) == ["assign"]
    page.unroute("**/edits/")
    editor.says("✓")
    editor.holds(3, 5)
    assert edits_of(plan) == ["assign"]


def test_an_edit_that_was_not_saved_outlives_a_reload(opened, plan):
    editor = opened(tolerates=("ERR_FAILED",))
    page = editor.page
    page.route("**/edits/", only_posts(lambda route: route.abort()))
    editor.pick("D")
    editor.give("3")
    editor.says("未保存")
    assert edits_of(plan) == []
    page.unroute("**/edits/")
    page.on("dialog", lambda dialog: dialog.accept())
    editor.reload()
    editor.holds(3, 5)
    assert edits_of(plan) == ["assign"]


@pytest.fixture
def conflict(opened):
    """The second of two planners, who gives away a site that the first has just moved."""
    first, second = opened(), opened(tolerates=(412,))
    first.pick("D")
    first.give("3")
    first.holds(3, 5)
    second.pick("D")
    second.give("2")
    expect(second.page.get_by_role("dialog")).to_contain_text("示例规划")
    return second


def test_the_second_of_two_planners_does_theirs_again_after_the_first(conflict, plan):
    conflict.press("在对方之后重做我的")
    conflict.holds(2, 5)
    conflict.says("✓")
    assert stored(plan) == {**PROPOSED, "1": "ABC", "2": "DEFIJ"}
    assert edits_of(plan) == ["assign", "assign"]


def test_the_second_of_two_planners_takes_what_the_first_did(conflict, plan):
    conflict.press("采用对方")
    conflict.says("已采用对方的改动")
    conflict.holds(3, 5)
    assert stored(plan) == {**PROPOSED, "1": "ABC", "3": "DGHKL"}
    assert edits_of(plan) == ["assign"]


def test_a_planner_works_from_the_list_by_keyboard_alone(opened, plan):
    editor = opened()
    page = editor.page
    page.locator("summary", has_text="纳管对象列表").focus()
    page.keyboard.press("Enter")
    page.get_by_label("按名称、编码或片区查找").focus()
    page.keyboard.type("D小区")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    editor.chosen(1)
    page.get_by_label("归入片区").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("归入片区")).to_have_value("3")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    editor.holds(3, 5)
    assert stored(plan) == {**PROPOSED, "1": "ABC", "3": "DGHKL"}


def test_a_viewer_sees_the_plan_and_no_tools(opened):
    editor = opened("viewer")
    for name in ("选 V", "框 R", "归入", "新片区", "移出", "切 K", "合 M", "锁 X", "撤销", "报审"):
        expect(editor.page.get_by_role("button", name=name)).to_have_count(0)
    editor.pick("A")
    editor.chosen(1)
    editor.zone(1).get_by_role("button", name="理由").click()
    expect(editor.page.locator("[data-part=why]")).to_contain_text("甲物业")


def take_step(editor, word, **fields):
    """Take a step of the plan; fields by their label."""
    page = editor.page
    # The menus open once the page's scripts are there.
    page.wait_for_load_state("load")
    page.locator(".plan-line").get_by_role("button", name=word, exact=True).click()
    form = page.locator("[data-step-form]:visible")
    for label, value in fields.items():
        form.get_by_label(label).fill(value)
    form.get_by_role("button", name="确定").click()


def test_a_plan_is_returned_mended_approved_and_published(opened, plan):
    planner, approver = opened(), None
    take_step(planner, "报审", 意见="请审")
    expect(planner.page.locator(".state")).to_have_text("报审")
    approver = opened("approver")
    take_step(approver, "退回", 意见="D小区宜归3号片区")
    expect(approver.page.locator(".state")).to_have_text("草案")
    planner.reload()
    planner.press("办理记录")
    expect(planner.page.locator(".taken")).to_contain_text("D小区宜归3号片区")
    planner.page.keyboard.press("Escape")
    planner.pick("D")
    planner.give("3")
    planner.says("✓")
    take_step(planner, "报审", 意见="已按意见调整")
    expect(planner.page.locator(".state")).to_have_text("报审")
    approver.reload()
    take_step(approver, "审定", 文号="示例审〔2026〕1号")
    expect(approver.page.locator(".state")).to_have_text("审定")
    take_step(approver, "公示", 公示开始="2026-12-01", 公示结束="2026-12-15")
    expect(approver.page.locator(".state")).to_have_text("公示")
    expect(approver.page.locator(".plan-line")).to_contain_text("示例审〔2026〕1号")
    expect(approver.page.locator(".plan-line")).to_contain_text("2026-12-01 至 2026-12-15")
    assert status_of(plan) == "公示"


def test_a_step_on_what_somebody_changed_meanwhile_is_refused_in_words(opened, plan):
    late, quick = opened(tolerates=(400,)), opened()
    quick.pick("D")
    quick.give("3")
    quick.says("✓")
    take_step(late, "报审", 意见="请审")
    expect(late.page.locator("main")).to_contain_text("方案在您查看之后又有修改")
    assert status_of(plan) == "草案"


def test_a_part_cut_off_is_mended_with_one_press(opened, plan):
    editor = opened()
    editor.pick("A")
    editor.give("4")
    checks = editor.page.locator("[data-part=checks]")
    expect(checks).to_contain_text("4号片区")
    checks.get_by_role("button", name="修复建议").click()
    first = editor.page.locator("[data-part=mends] .mend").first
    expect(first).to_contain_text("把 1 处归入1号片区")
    expect(first).to_contain_text("1号片区 6.00 万㎡ → 8.00 万㎡")
    first.get_by_role("button", name="采用").click()
    expect(editor.page.locator("[data-part=sums]")).to_contain_text("不相连 0")
    assert stored(plan) == PROPOSED


def test_an_approver_asks_and_the_planner_reads_it(opened):
    approver, planner = opened("approver"), opened()
    approver.page.locator("summary", has_text="意见").click()
    approver.page.get_by_label("写一条意见").fill("D小区为何不归3号？")
    approver.press("发表")
    expect(approver.page.locator("[data-list]")).to_contain_text("D小区为何不归3号？")
    planner.reload()
    planner.page.locator("summary", has_text="意见").click()
    expect(planner.page.locator("[data-list]")).to_contain_text("示例审定")
    expect(planner.page.locator("[data-list]")).to_contain_text("D小区为何不归3号？")


def test_zones_are_sorted_and_a_click_on_the_map_finds_the_zone(opened):
    editor = opened()
    zones = editor.page.locator("[data-part=zones] .name")
    expect(zones.first).to_have_text("1号片区")
    editor.page.get_by_label("排序").select_option("建筑面积由小到大")
    expect(zones.first).to_have_text("4号片区")
    editor.pick("K")
    expect(editor.page.locator(".zone.open .name")).to_have_text("3号片区")


def test_two_plans_are_compared_by_the_sites_that_moved(opened, plan, district):
    editor = opened()
    editor.pick("D")
    editor.give("3")
    editor.says("✓")
    policy, known = load_policy("default"), at(2026, 6, 1)
    newer = committed(
        lambda: propose_plan(area=district, policy=policy, valid=DAY, known=known, seed=2).plan
    )
    page = editor.page
    page.get_by_role("link", name="方案", exact=True).click()
    page.get_by_label(f"以西岗区 v{newer.version} 为原方案").check()
    page.get_by_label(f"以西岗区 v{plan.version} 为新方案").check()
    page.get_by_role("button", name="比较选中的两个方案").click()
    expect(page.locator("main")).to_contain_text("调整的纳管对象 1 处")
    expect(page.get_by_role("row").last).to_contain_text("D小区")
    expect(page.locator("#compare[data-ready=yes]")).to_be_visible()
    page.get_by_role("button", name="D小区").click()
    expect(page.locator("#compare [data-note]")).to_have_text("D小区：1号片区 → 3号片区")
    bars = page.locator("#compare .ol-scale-line-inner")
    before = bars.first.inner_text()
    page.get_by_label("新方案地图：").locator(".ol-zoom-out").click()
    expect(bars.first).not_to_have_text(before)
    expect(bars.last).to_have_text(bars.first.inner_text())


def test_a_proposal_asked_for_on_the_page_appears(open_as, district, plan):
    page = open_as("planner", f"/areas/{district.code}/plans/")
    main = page.locator("main")
    main.get_by_label("数据日期").fill(DAY.isoformat())
    page.get_by_role("button", name="生成方案").click()
    expect(main).to_contain_text("等候")
    committed(lambda: call_command("work", once=True, stdout=io.StringIO()))
    main.get_by_role("link", name="查看结果").click()
    expect(page.locator("[data-ready=yes]")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"v{plan.version + 1}")


def test_a_planner_chooses_who_serves_a_zone_against_the_rules_only_with_a_reason(opened):
    editor = opened()
    zone = editor.page.locator("[data-part=zones] [data-zone='4']")
    expect(zone).to_contain_text("暂无可推荐的服务主体")
    zone.get_by_role("button", name="理由").click()
    editor.press("另行选定…")
    editor.page.get_by_role("radio", name="甲物业").check()
    choose = editor.page.get_by_role("button", name="选定", exact=True)
    choose.click()
    assert editor.page.locator("#choice-reason").evaluate("field => field.validity.valueMissing")
    editor.page.locator("#choice-reason").fill("业主大会商定")
    choose.click()
    told = "人工选定（违反规则：可承接面积不足，理由：业主大会商定）"
    expect(zone).to_contain_text(told)
    editor.press("撤销")
    expect(zone).to_contain_text("暂无可推荐的服务主体")
