"""Providers, contracts, management areas, decisions and base lists go in as dated facts."""

import pytest
import shapely

from geo import frames
from geo.errors import InputError
from geo.loading import load_reading
from geo.models import (
    Ban,
    Base,
    BaseList,
    BaseRow,
    Contract,
    ContractItem,
    Courtyard,
    Grade,
    ManagementArea,
    Member,
    OwnersDecision,
    Provider,
    Role,
    ServiceArea,
)
from geo.words import AreaLevel
from tests.geo.readings import reading
from tests.rows import (
    area,
    at,
    building,
    compound,
    day,
    geos,
    management_area,
    provider,
    recorded,
    square,
)

pytestmark = pytest.mark.django_db

PARTY = "甲物业"


def load(kind, *rows, **asked):
    return load_reading(reading(kind, rows), **{"now": at(2025)} | asked)


def faults_of(kind, *rows, **asked):
    with pytest.raises(InputError) as raised:
        load(kind, *rows, **asked)
    return [fault.sentence() for fault in raised.value.faults]


# Providers


def test_a_provider_comes_with_grade_base_and_service_areas():
    area("1", name="西岗区")
    area("2", name="中山区")
    load(
        "provider",
        {"name": PARTY, "kind": "state", "grade": "A", "service_areas": "西岗区、2"}
        | {"geometry": shapely.Point(121.6, 38.9), "capacity_m2": 50_000.0},
    )
    row = frames.providers(area=None, valid=day(2026), known=at(2026)).iloc[0]
    assert (row["kind"], row["grade"], row["service_areas"], row["geometry"]) == (
        "state",
        "A",
        "1、2",
        shapely.Point(121.6, 38.9),
    )


def test_a_provider_of_unknown_kind_is_another_manager():
    load("provider", {"name": PARTY})
    assert Provider.objects.get().kind == "other"


def test_a_provider_that_was_only_named_is_filled_in_without_being_refused():
    load("compound", {"code": "C1", "provider": PARTY})
    load("provider", {"name": PARTY, "kind": "private"})
    one = Provider.objects.get()
    assert (one.kind, one.only_named) == ("private", False)


def test_a_known_provider_is_refused():
    provider(PARTY)
    assert "已在库中" in faults_of("provider", {"name": PARTY})[0]


def test_an_update_without_kind_leaves_the_kind():
    provider(PARTY)
    load("provider", {"name": PARTY, "capacity_m2": 10.0}, update=True)
    assert Provider.objects.get().kind == "state"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        pytest.param(
            {"kind": "公司"},
            "第 1 行“kind”：“公司”不是可用的值。可用：国有、民营、街道所属、合资、社区服务中心、"
            "非营利、原产权单位、自治组织、其他。",
            id="kind",
        ),
        pytest.param({"grade": "E"}, "第 1 行：信用等级“E”不是 A、B、C、D 之一。", id="grade"),
        pytest.param(
            {"capacity_m2": 0.0},
            "第 1 行：“capacity_m2”为 0.0，应大于 0。不详请留空。",
            id="capacity",
        ),
        pytest.param(
            {"service_areas": "无名区"},
            "第 1 行“service_areas”：辖区“无名区”不在库中（共 1 行）。请先导入辖区，或改正名称。",
            id="service area",
        ),
        pytest.param(
            {"credit_code": "91210200MA0QCQ6X3M"},
            "第 1 行：统一社会信用代码“91210200MA0QCQ6X3M”在库中属于“乙物业”。请核对代码。",
            id="another's credit code",
        ),
    ],
)
def test_a_provider_is_refused_with_an_unusable(row, told):
    provider("乙物业", credit_code="91210200MA0QCQ6X3M")
    assert faults_of("provider", {"name": PARTY} | row) == [told]


def test_two_providers_of_one_file_cannot_share_a_credit_code():
    rows = [{"name": name, "credit_code": "91210200MA0QCQ6X3M"} for name in ("甲", "乙")]
    assert faults_of("provider", *rows) == [
        "第 2 行：统一社会信用代码“91210200MA0QCQ6X3M”与第 1 行相同。请核对代码。"
    ]


def test_a_new_grade_follows_the_old_one():
    load("provider", {"name": PARTY, "grade": "A"}, now=at(2025))
    load("provider", {"name": PARTY, "grade": "B"}, update=True, now=at(2025, 3))
    found = Grade.objects.current().values_list("grade", "valid_to")
    assert set(found) == {("A", day(2025, 2, 28)), ("B", None)}


def test_a_base_that_did_not_move_is_not_recorded_again():
    row = {"name": PARTY, "geometry": shapely.Point(121.6, 38.9)}
    load("provider", row)
    load("provider", row, update=True, now=at(2025, 3))
    assert Base.objects.count() == 1


def test_a_service_area_that_is_no_longer_named_ends():
    for code in "12":
        area(code)
    load("provider", {"name": PARTY, "service_areas": "1、2"}, now=at(2025))
    load("provider", {"name": PARTY, "service_areas": "2"}, update=True, now=at(2025, 3))
    serving = ServiceArea.objects.as_of(valid=day(2025, 3), known=at(2026))
    assert [fact.area.code for fact in serving] == ["2"]


def test_service_areas_that_are_not_named_stay():
    area("1")
    load("provider", {"name": PARTY, "service_areas": "1"}, now=at(2025))
    load("provider", {"name": PARTY, "grade": "A"}, update=True, now=at(2025, 3))
    assert ServiceArea.objects.current().count() == 1


# Contracts


def a_contract(**values):
    return {"provider": PARTY, "what": "C1", "signed_on": day(2024)} | values


@pytest.fixture
def parties():
    return provider(PARTY), compound("C1", name="滨河院")


@pytest.mark.usefixtures("parties")
def test_a_contract_holds_from_its_first_step_to_its_end():
    load("contract", a_contract(in_service_from=day(2024, 3), ends_on=day(2026, 12, 31)))
    item = ContractItem.objects.get()
    assert (item.valid_from, item.signed_on, item.valid_to) == (
        day(2024),
        day(2024),
        day(2026, 12, 31),
    )


@pytest.mark.usefixtures("parties")
@pytest.mark.parametrize("kind", ["management_area", "building", "courtyard", "compound"])
def test_a_contract_covers_what_bears_the_code(kind):
    if kind == "management_area":
        management_area("X1")
    elif kind == "building":
        building("X1")
    elif kind == "courtyard":
        Courtyard.objects.create(**recorded(code="X1"))
    else:
        compound("X1")
    load("contract", a_contract(what="X1"))
    assert getattr(ContractItem.objects.get(), kind).code == "X1"


@pytest.mark.usefixtures("parties")
def test_a_contract_may_name_a_compound_whose_name_is_unique():
    load("contract", a_contract(what="滨河院"))
    assert ContractItem.objects.get().compound.code == "C1"


@pytest.mark.usefixtures("parties")
def test_every_cross_reference_that_fails_is_told():
    management_area("C1")
    told = faults_of(
        "contract",
        a_contract(provider="无名物业", what="C9"),
        a_contract(),
        a_contract(what="C8"),
    )
    assert told == [
        "第 1 行“provider”：服务主体“无名物业”不在库中（共 1 行）。请先导入服务主体，或改正名称。",
        (
            "第 1 行“what”：编码“C9”不在库中（共 1 行）。"
            "请先导入相应的物业管理区域、小区或楼栋，或改正编码。"
        ),
        "第 2 行“what”：“C1”对应不止一个对象（共 1 行）。请改填唯一的编码。",
        (
            "第 3 行“what”：编码“C8”不在库中（共 1 行）。"
            "请先导入相应的物业管理区域、小区或楼栋，或改正编码。"
        ),
    ]


@pytest.mark.usefixtures("parties")
@pytest.mark.parametrize(
    ("days", "told"),
    [
        ({"filed_on": day(2023)}, "备案日期（2023-01-01）早于签约日期（2024-01-01）。"),
        ({"ends_on": day(2023)}, "终止日期（2023-01-01）早于签约日期（2024-01-01）。"),
        (
            {"signed_on": None, "in_service_from": day(2024), "ends_on": day(2023)},
            "终止日期（2023-01-01）早于进驻日期（2024-01-01）。",
        ),
    ],
)
def test_days_in_the_wrong_order_are_faults(days, told):
    assert faults_of("contract", a_contract(**days)) == [f"第 1 行：{told}请核对日期。"]


@pytest.mark.usefixtures("parties")
def test_rows_of_one_document_are_one_contract():
    compound("C2")
    rows = [a_contract(what=code, document="合同1号") for code in ("C1", "C2")]
    load("contract", *rows, a_contract(what="C2", signed_on=day(2020), ends_on=day(2023)))
    assert [(one.document, one.items.count()) for one in Contract.objects.order_by("document")] == [
        ("", 1),
        ("合同1号", 2),
    ]


@pytest.mark.usefixtures("parties")
def test_the_same_contract_twice_in_a_file_is_a_fault():
    assert faults_of("contract", a_contract(), a_contract()) == ["第 2 行：与第 1 行是同一合同。"]


@pytest.mark.usefixtures("parties")
def test_a_known_contract_is_refused():
    load("contract", a_contract())
    assert faults_of("contract", a_contract()) == [
        "第 1 行：库中已有同一合同。如要更新已有记录，请选择更新（--update）。"
    ]


@pytest.mark.usefixtures("parties")
def test_an_update_supersedes_what_changed_and_keeps_what_is_not_told():
    load("contract", a_contract(mode="市场化", filed_on=day(2024, 2)))
    loaded = load("contract", a_contract(ends_on=day(2025, 6)), update=True, now=at(2025, 7))
    item = ContractItem.objects.current().get()
    assert (item.valid_to, item.mode, item.filed_on, loaded.counts["updated"]) == (
        day(2025, 6),
        "市场化",
        day(2024, 2),
        1,
    )


@pytest.mark.usefixtures("parties")
def test_an_update_that_changes_nothing_records_nothing():
    load("contract", a_contract())
    loaded = load("contract", a_contract(), update=True)
    assert (ContractItem.objects.count(), loaded.counts["unchanged"]) == (1, 1)


@pytest.mark.usefixtures("parties")
def test_a_document_that_became_known_makes_a_new_head_for_the_item():
    load("contract", a_contract())
    load("contract", a_contract(document="合同1号"), update=True)
    assert ContractItem.objects.current().get().contract.document == "合同1号"


@pytest.mark.usefixtures("parties")
def test_an_entry_of_a_list_gives_way_to_the_contract_it_spoke_of():
    load("compound", {"code": "C1", "provider": PARTY}, update=True)
    load("contract", a_contract())
    assert ContractItem.objects.current().get().signed_on == day(2024)


@pytest.mark.usefixtures("parties")
def test_a_contract_that_ended_leaves_the_list_alone_where_another_firm_is_named():
    load("compound", {"code": "C1", "provider": "乙物业"}, update=True)
    load("contract", a_contract(ends_on=day(2024, 12, 31)))
    assert ContractItem.objects.current().count() == 2


# Management areas


def test_a_management_area_holds_the_members_it_lists():
    compound("C1")
    compound("C2", name="滨河院")
    building("B1")
    load("management_area", {"code": "M1", "members": "C1、滨河院；B1", "decided_on": day(2024)})
    found = Member.objects.values_list("compound__code", "building__code", "valid_from")
    assert set(found) == {
        ("C1", None, day(2024)),
        ("C2", None, day(2024)),
        (None, "B1", day(2024)),
    }


def test_an_unknown_member_is_a_fault():
    assert faults_of("management_area", {"code": "M1", "members": "C9"}) == [
        (
            "第 1 行“members”：编码“C9”不在库中（共 1 行）。"
            "请先导入相应的物业管理区域、小区或楼栋，或改正编码。"
        )
    ]


@pytest.mark.parametrize("make", [compound, building], ids=["compound", "building"])
def test_a_thing_cannot_be_in_two_areas_of_one_file(make):
    make("X1")
    rows = [{"code": code, "members": "X1"} for code in ("M1", "M2")]
    assert faults_of("management_area", *rows) == ["第 2 行：“X1”同时列入第 1 行的物业管理区域。"]


def test_a_thing_that_belongs_elsewhere_is_a_fault():
    management_area("M1", [compound("C1")])
    assert faults_of("management_area", {"code": "M2", "members": "C1"}) == [
        "第 1 行：“C1”已属于物业管理区域“M1”。如要更新已有记录，请选择更新（--update）。"
    ]


def test_a_thing_changes_areas_only_by_an_owners_decision():
    management_area("M1", [compound("C1")])
    assert faults_of("management_area", {"code": "M2", "members": "C1"}, update=True) == [
        "第 1 行：“C1”原属物业管理区域“M1”，变更须有业主决定，请填写文号。"
    ]


def test_a_thing_changes_areas_on_the_day_of_the_decision():
    management_area("M1", [compound("C1")])
    row = {"code": "M2", "members": "C1", "document": "业决1号", "decided_on": day(2024, 7)}
    load("management_area", row, update=True)
    held = [
        Member.objects.as_of(valid=valid, known=at(2026)).get().management_area.code
        for valid in (day(2024, 6, 30), day(2024, 7))
    ]
    assert held == ["M1", "M2"]


def test_a_building_changes_areas_too():
    management_area("M1", [building("B1")])
    load("management_area", {"code": "M2", "members": "B1", "document": "业决1号"}, update=True)
    member = Member.objects.current().get(valid_to=None)
    assert (member.management_area.code, member.valid_from) == ("M2", day(2025))


def test_a_member_that_left_before_stands_in_nobodys_way():
    one = compound("C1")
    old = management_area("M1")
    Member.objects.create(management_area=old, compound=one, valid_to=day(2020))
    load("management_area", {"code": "M2", "members": "C1", "decided_on": day(2024)})
    assert Member.objects.current().count() == 2


def test_a_member_that_is_no_longer_listed_leaves():
    management_area("M1", [compound("C1"), compound("C2")])
    load("management_area", {"code": "M1", "members": "C2"}, update=True)
    held = Member.objects.as_of(valid=day(2025), known=at(2026))
    assert [member.compound.code for member in held] == ["C2"]


def test_an_area_without_list_holds_what_stands_in_it():
    compound("C1", geometry=geos(square()))
    compound("C2", geometry=geos(square(20)))
    building("B1", geometry=geos(square(1, 1)))
    building("B2", geometry=geos(square()), compound=compound("C3"))
    loaded = load("management_area", {"code": "M1", "geometry": square(side=0.005)})
    found = frames.management_areas(area=None, valid=day(2026), known=at(2026))
    assert found["members"].item() == "B1、C1"
    assert loaded.notices[-1].sentence() == (
        "1 个物业管理区域未列组成，已按范围归入其中的小区和零散楼栋。"
    )


def test_a_management_area_stands_in_the_deepest_area_of_its_members():
    district = area("1", level=AreaLevel.DISTRICT)
    for n, code in enumerate(("11", "12")):
        compound(f"C{n}", area=area(code, parent=district))
    load("management_area", {"code": "M1", "members": "C0、C1"})
    assert ManagementArea.objects.get().area == district


def test_a_management_area_stands_where_it_is_drawn():
    area("1", geometry=geos(square(side=0.01)))
    load("management_area", {"code": "M1", "geometry": square()})
    assert ManagementArea.objects.get().area.code == "1"


def test_a_management_area_of_nothing_stands_nowhere():
    load("management_area", {"code": "M1", "name": "待划定"})
    assert ManagementArea.objects.get().area is None


# Decisions


def a_decision(**values):
    return {
        "management_area": "M1",
        "way": "业主大会",
        "date": day(2024),
        "area_share": 0.7,
    } | values


def test_a_decision_is_recorded_with_its_day_and_shares():
    management_area("M1")
    load("decision", a_decision())
    fact = OwnersDecision.objects.get()
    assert (fact.way, fact.valid_from, fact.area_share) == ("assembly", day(2024), 0.7)


def test_a_decision_may_lack_way_and_date():
    management_area("M1")
    load("decision", a_decision(way="", date=None))
    fact = OwnersDecision.objects.get()
    assert (fact.way, fact.valid_from) == ("", None)


def test_a_decision_of_an_unknown_way_or_area_is_a_fault():
    told = faults_of("decision", a_decision(way="抽签"))
    assert told == [
        (
            "第 1 行“management_area”：编码“M1”不在库中（共 1 行）。"
            "请先导入相应的物业管理区域、小区或楼栋，或改正编码。"
        ),
        "第 1 行“way”：“抽签”不是可用的值。可用：业主大会、物管会代行、街道临时托管。",
    ]


def test_a_decision_is_told_once_in_a_file():
    management_area("M1")
    assert faults_of("decision", a_decision(), a_decision()) == [
        "第 2 行：与第 1 行是同一业主决定。"
    ]


def test_a_known_decision_is_refused_and_with_update_superseded():
    management_area("M1")
    load("decision", a_decision())
    assert "库中已有同一业主决定" in faults_of("decision", a_decision())[0]
    load("decision", a_decision(area_share=0.8), update=True)
    assert OwnersDecision.objects.current().get().area_share == 0.8


# Bans and roles


def test_a_ban_is_recorded_for_its_area_and_period():
    provider(PARTY)
    area("1", name="五华区")
    load(
        "ban",
        {"provider": PARTY, "area": "五华区", "reason": "动辄退出", "valid_from": day(2024)}
        | {"valid_to": day(2026, 12, 31)},
    )
    fact = Ban.objects.get()
    assert (fact.area.code, fact.valid_from, fact.valid_to) == ("1", day(2024), day(2026, 12, 31))


def test_a_ban_without_area_holds_everywhere():
    provider(PARTY)
    load("ban", {"provider": PARTY, "reason": "失信"})
    assert Ban.objects.get().area is None


def test_a_ban_needs_reason_provider_area_and_a_period_in_order():
    told = faults_of(
        "ban",
        {"provider": PARTY, "area": "无名区", "valid_from": day(2024), "valid_to": day(2023)},
    )
    assert told == [
        "第 1 行：禁入决定没有写明原因。请填写原因。",
        "第 1 行：截止日期（2023-01-01）早于起始日期（2024-01-01）。请核对日期。",
        "第 1 行“provider”：服务主体“甲物业”不在库中（共 1 行）。请先导入服务主体，或改正名称。",
        "第 1 行“area”：辖区“无名区”不在库中（共 1 行）。请先导入辖区，或改正名称。",
    ]


def test_a_role_is_granted_and_a_known_one_refused():
    provider(PARTY)
    area("1", name="城区")
    row = {"provider": PARTY, "role": "backstop", "area": "城区", "valid_from": day(2024)}
    load("role", row)
    assert (Role.objects.get().role, Role.objects.get().area.code) == ("backstop", "1")
    assert "库中已有同一角色" in faults_of("role", row)[0]


def test_an_unknown_role_is_a_fault():
    provider(PARTY)
    assert faults_of("role", {"provider": PARTY, "role": "主力"}) == [
        "第 1 行“role”：“主力”不是可用的值。可用：兜底。"
    ]


# Base lists


def a_base_row(code, **values):
    row = {"list": "建成区小区", "unit": "compound", "code": code, "document": "阳建底数1号"}
    return row | {"frozen_on": day(2025)} | values


def test_a_base_list_is_frozen_with_its_rows():
    compound("C1")
    compound("C2")
    load("base", a_base_row("C1"), a_base_row("C2"))
    base = BaseList.objects.get()
    assert (base.unit, base.document, base.frozen_on, base.rows.count()) == (
        "compound",
        "阳建底数1号",
        day(2025),
        2,
    )


def test_a_file_may_hold_several_base_lists():
    compound("C1")
    management_area("M1")
    load("base", a_base_row("C1"), a_base_row("M1", list="区域", unit="management_area"))
    assert BaseRow.objects.filter(management_area__code="M1").exists()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        pytest.param(
            [a_base_row("C1", unit="unit")],
            "第 1 行“unit”：“unit”不是可用的值。可用：小区、物业管理区域、楼栋。",
            id="unit",
        ),
        pytest.param(
            [a_base_row("C1", frozen_on=None)],
            "第 1 行：底数“建成区小区”没有冻结日期。",
            id="no date",
        ),
        pytest.param(
            [a_base_row("C1"), a_base_row("C2", document="另一文号")],
            "第 2 行：底数“建成区小区”的单位、文号或冻结日期前后不一致（见第 1 行）。",
            id="two versions",
        ),
        pytest.param(
            [a_base_row("C1"), a_base_row("C1")], "第 2 行：“C1”与第 1 行重复。", id="a row twice"
        ),
        pytest.param(
            [a_base_row("C9")],
            "第 1 行“code”：编码“C9”不在库中（共 1 行）。"
            "请先导入相应的物业管理区域、小区或楼栋，或改正编码。",
            id="unknown code",
        ),
    ],
)
def test_a_base_list_is_refused_for(rows, told):
    compound("C1")
    compound("C2")
    assert faults_of("base", *rows) == [told]


def test_a_frozen_list_is_not_loaded_again():
    compound("C1")
    load("base", a_base_row("C1"))
    assert faults_of("base", a_base_row("C1")) == [
        "第 1 行：底数“建成区小区”已冻结在库。如要更新已有记录，请选择更新（--update）。"
    ]


def test_a_frozen_list_keeps_document_and_date():
    compound("C1")
    load("base", a_base_row("C1"))
    assert faults_of("base", a_base_row("C1", document="新文号"), update=True) == [
        (
            "第 1 行：底数“建成区小区”在库中的单位、文号或冻结日期不同；冻结的底数不能改动。"
            "如为新的底数，请另取名称。"
        )
    ]


def test_rows_of_a_frozen_list_are_put_right_as_facts():
    for code in ("C1", "C2"):
        compound(code)
    load("base", a_base_row("C1"), now=at(2025))
    load("base", a_base_row("C2"), update=True, now=at(2025, 3))
    told = [
        list(frames.bases(area=None, valid=day(2026), known=known)["code"])
        for known in (at(2025, 2), at(2025, 3))
    ]
    assert told == [["C1"], ["C2"]]
