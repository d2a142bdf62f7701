"""Five documents, five drawn towns: modes, zones, providers and reasons, from frames to the end."""

from datetime import date
from functools import cache

import pytest

from layers.draft import check_draft
from tests.layers.drawn_cities import (
    DrawnCity,
    notices,
    planned,
    why_refused,
    why_site,
    why_zone,
)

DALIAN = DrawnCity(
    policy="dalian-2018",
    drawing="A B C",
    areas=(("210202", "中山区", "district", (-100, -100, 2_000, 2_000)),),
    table="""
    site  built  area_clear  premises  fund  facilities  old  has_provider
    A     2003   是          是        是    是          否   否
    B     1985   否          否        否    否          是   否
    C     1988   否          否        否    ？          是   否
    """,
    providers="""
    甲物业  private  A  50000  0    100
    国企    state    B  -      600  100
    """,
)
WUHUA = DrawnCity(
    policy="wuhua-2018",
    drawing="""
    A . B . . D
    N . . . . E
    """,
    areas=(
        ("530102", "五华区", "district", (-100, -100, 3_000, 3_000)),
        ("530102001", "甲街道", "subdistrict", (-100, -100, 950, 3_000)),
        ("530102002", "乙街道", "subdistrict", (950, -100, 3_000, 3_000)),
    ),
    table="""
    site  built  professional_ready  after_repair  has_firm  can_self_govern
    A     1985   否                  否            否        是
    B     1978   否                  否            否        否
    N     2015   是                  否            否        ？
    D     1991   否                  是            否        ？
    E     1985   ？                  否            否        ？
    """,
    providers="""
    骨干物业  private         B  -      0  100
    小物业    private         A  30000  0  100
    服务中心  service_centre  A  -      0  100
    退出物业  private         A  -      0  100
    """,
    bans=(
        {
            "provider": "退出物业",
            "area": "五华区",
            "document": "五住建〔2025〕9号",
            "reason": "擅自退出",
            "valid_from": date(2025, 6, 1),
            "valid_to": date(2028, 5, 31),
        },
    ),
)
XIGANG = DrawnCity(
    policy="xigang-2021",
    drawing="A B D . C",
    areas=(
        ("210203", "西岗区", "district", (-100, -100, 3_000, 3_000)),
        ("210203001", "甲街道", "subdistrict", (-100, -100, 400, 3_000)),
        ("210203002", "乙街道", "subdistrict", (400, -100, 3_000, 3_000)),
    ),
    table="""
    site  floor_area_m2  built  area_clear  basic_ready  premises  fund  facilities  old  has_firm
    A     8000           1985   否          否           否        否    否          是   否
    B     8000           1985   是          是           否        否    否          是   否
    C     8000           2005   是          是           是        是    是          否   是
    D     8000           1985   是          是           否        否    否          是   ？
    """,
    providers="""
    街道物业  subdistrict  B  -  300  100
    国企      state        A  -  300  100
    """,
)
XUCHANG = DrawnCity(
    policy="xuchang-2021",
    drawing="A B C P L",
    areas=(
        ("411002", "魏都区", "district", (-100, -100, 3_000, 3_000)),
        ("411002001", "甲街道", "subdistrict", (-100, -100, 3_000, 3_000)),
    ),
    table="""
    site  floor_area_m2  professional_ready  basic_ready
    A     15000          否                  是
    B     15000          否                  否
    C     15000          ？                  是
    P     15000          是                  是
    L     60000          否                  是
    """,
    providers="""
    文峰社区服务中心  service_centre  -  -  300  100
    民企              private         A  -  300  100
    """,
)
YANGQUAN = DrawnCity(
    policy="yangquan-2025",
    drawing="A B C D E F",
    areas=(("140371", "高新区", "district", (-100, -100, 3_000, 3_000)),),
    table="""
    site  floor_area_m2
    A     15000
    B     15000
    C     15000
    D     15000
    E     15000
    F     15000
    """,
    providers="""
    东桦物业  private         A  60000   100   100
    晋东物业  private         B  100000  1100  100
    自管会    self_governing  -  -       500   100
    """,
    contracts=(
        {"provider": "东桦物业", "what": "A", "signed_on": date(2024, 1, 1)},
        {"provider": "晋东物业", "what": "F", "signed_on": date(2024, 1, 1)},
    ),
    columns={"is_lead": {"A": True, "F": True}, "spare_m2": {"A": 16_000.0}},
)
CITY_DISTRICT = DrawnCity(
    policy="yangquan-2025",
    drawing="A . . B C",
    areas=(("140302", "城区", "district", (-100, -100, 3_000, 3_000)),),
    providers="""
    民企                            private  A  40000  100   100
    阳泉中环洁城市环境服务有限公司  state    D  -      5000  100
    """,
)
TOWNS = {
    "大连": DALIAN,
    "五华": WUHUA,
    "西岗": XIGANG,
    "许昌": XUCHANG,
    "阳泉高新区": YANGQUAN,
    "阳泉城区": CITY_DISTRICT,
}
ONE_BY_ONE = "本政策不作连片，每处单独管理。"


@cache
def drafted(name):
    return TOWNS[name].draft()


@pytest.mark.parametrize(
    ("name", "zones"),
    [
        pytest.param("大连", {"A": "甲物业", "B": "甲物业", "C": "国企"}, id="every site alone"),
        pytest.param("五华", {"AB": "骨干物业", "DE": "骨干物业"}, id="a bundle a subdistrict"),
        pytest.param("西岗", dict.fromkeys(["AB", "C", "D"], "街道物业"), id="adjacent ones"),
        pytest.param("许昌", {"ABC": "文峰社区服务中心"}, id="small ones in one stretch"),
        pytest.param("阳泉高新区", {"AB": "东桦物业", "CDEF": "晋东物业"}, id="round two leads"),
        pytest.param(
            "阳泉城区", {"A": "阳泉中环洁城市环境服务有限公司", "BC": "民企"}, id="with a backstop"
        ),
    ],
)
def test_each_document_makes_its_own_zones_and_providers_and_the_check_agrees(name, zones):
    draft = drafted(name)
    assert planned(draft) == zones
    assert check_draft(draft) == ()


@pytest.mark.parametrize(
    ("drawn", "modes"),
    [
        pytest.param(DALIAN, ["市场化选聘", "保障级基础物业服务", "待核实"], id="dalian"),
        pytest.param(
            WUHUA,
            ["“1+N”自治", "保障型管理", "规范化物业管理", "规范化物业管理", "待核实"],
            id="wuhua",
        ),
        pytest.param(XIGANG, ["基础服务", "专项服务", "市场化专业服务", "待核实"], id="xigang"),
        pytest.param(
            XUCHANG,
            ["基础物业管理", "业主自治管理", "待核实", "专业物业管理", "基础物业管理"],
            id="xuchang",
        ),
    ],
)
def test_each_document_decides_modes_by_its_own_conditions(drawn, modes):
    assert list(drawn.modes().values()) == modes


def test_dalian_lets_the_owners_choose_among_three_ways_and_gives_no_order():
    guaranteed = DALIAN.rules.modes[1]
    assert set(guaranteed.ways) == {
        *("公益性物业服务企业托管", "国有物业服务企业接管", "业主自治自管"),
    }
    assert guaranteed.chosen_by == "业主大会"
    draft = drafted("大连")
    assert {why_site(draft, site) for site in "ABC"} == {ONE_BY_ONE}
    assert "“甲物业”更合适，但可承接面积或户数已用于其他片区。" in why_zone(draft, "C")
    assert notices(draft) == [
        "文件要求由国有兜底（大政办发〔2018〕194号（三（一）6）），尚无单位登记为兜底，待指定。"
    ]


def test_dalian_treats_problem_compounds_in_four_ways():
    assert {each.name: each.when for each in DALIAN.rules.treatments} == {
        "解决历史遗留问题": "服务较好、但历史遗留问题多",
        "另行选聘或委托国有物业接管": "服务质量差",
        "指导业主自治管理": "业主素质较高，有条件自行管理",
        "另行委托维修管理": "房屋管理单位维修不及时",
    }


def test_wuhua_bundles_old_compounds_only_and_asks_for_no_contiguity():
    draft = drafted("五华")
    assert notices(draft) == ["1 处无物业服务的纳管对象不是老旧小区，按本政策不参加连片。"]
    assert "由 2 个不相连的部分组成，本政策允许。" in why_zone(draft, "AB")
    assert why_site(draft, "A") == "与同片其他纳管对象不相连，本政策允许。"


def test_wuhua_gives_the_bundle_to_one_backbone_firm_and_refuses_the_rest_with_reasons():
    assert why_refused(drafted("五华"), "AB") == {
        "小物业": "可承接面积不足：尚可承接 30,000 ㎡，还差 10,000 ㎡。",
        "服务中心": "不是物业服务企业，不计入本政策的物业企业服务覆盖率。",
        "退出物业": "依据“五住建〔2025〕9号”禁入至 2028-05-31（擅自退出）。",
    }


@pytest.mark.parametrize(
    ("day", "served_by"),
    [
        pytest.param(date(2028, 5, 31), "骨干物业", id="the last day of the ban"),
        pytest.param(date(2028, 6, 1), "退出物业", id="the day after"),
    ],
)
def test_wuhuas_ban_of_three_years_ends_on_its_day(day, served_by):
    (ban,) = WUHUA.bans
    begins = ban["valid_from"]
    assert ban["valid_to"] == date(begins.year + WUHUA.rules.exit_ban.years, 5, 31)
    assert planned(WUHUA.draft(on=day)) == {"AB": served_by, "DE": served_by}


def test_xigang_joins_neighbours_of_one_subdistrict_however_small_for_its_own_company():
    draft = drafted("西岗")
    assert {str(zone.exception) for zone in draft.proposal.zones} == {""}
    assert why_site(draft, "C") == "没有与其相邻、可以连片的纳管对象，单独成片。"
    assert why_site(draft, "D").endswith("但分属不同管理辖区，片区不跨辖区。")
    for zone in ("AB", "C", "D"):
        assert why_refused(draft, zone) == {"国企": "本政策的片区只由街道所属承接。"}


def test_xuchang_bundles_what_is_small_and_finds_no_market_for_a_community_centre():
    draft = drafted("许昌")
    assert notices(draft) == [
        "1 处无物业服务的纳管对象规模不小，按本政策不参加连片。",
        "1 处无物业服务的纳管对象具备专业物业管理条件，按本政策不参加连片。",
    ]
    assert XUCHANG.rules.bundling.mode == "社区保障性管理"
    assert why_refused(draft, "ABC") == {"民企": "本政策的片区只由社区服务中心承接。"}


def test_yangquan_lets_a_lead_take_in_no_more_than_it_has_to_spare():
    draft = drafted("阳泉高新区")
    assert why_site(draft, "C").endswith("划入后该片区将违反带动小区服务主体的承接能力。")
    for zone in ("AB", "CDEF"):
        assert "现已服务本片区内 1 处纳管对象。" in why_zone(draft, zone)
        assert why_refused(draft, zone) == {
            "自管会": "业主自治组织只管理本小区，不承接其他纳管对象。"
        }
    rules = YANGQUAN.rules.districts["高新区"]
    assert rules.shared_services == ("安保", "保洁")


def test_yangquans_named_backstop_takes_what_is_too_small_though_others_are_nearer():
    draft = drafted("阳泉城区")
    told = why_zone(draft, "A")
    assert "片区低于下限，按政策拟推荐兜底服务主体“阳泉中环洁城市环境服务有限公司”。" in told
    assert "兜底依据：市住建局提案答复（文号未载）（一）。" in told
    (sought,) = notices(draft)
    assert sought.startswith("文件要求由“洁诚物业管理服务有限公司”在城区兜底（市住建局提案答复")
    assert sought.endswith("名录中没有该单位，尚未登记，待指定。")
