"""Backstops that a policy's own document names: role, paragraph, and who is still sought."""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import pytest

from layers.assignment import assign_providers
from layers.backstops import why_unassigned, with_policy_roles
from layers.policy import load_policy, policy_in
from layers.policy_parts import Quote
from tests.layers.test_assignment import TODAY, Drawn, backstop, register
from tests.layers.towns import town

YANGQUAN, DALIAN = load_policy("yangquan-2025"), load_policy("dalian-2018")
FIRST, SECOND = "阳泉中环洁城市环境服务有限公司", "洁诚物业管理服务有限公司"


def areas(*rows):
    columns = ["code", "name", "level"]
    return gpd.GeoDataFrame([dict(zip(columns, row, strict=True)) for row in rows], columns=columns)


CITY = areas(("1403", "阳泉市", "city"), ("D", "城区", "district"), ("E", "矿区", "district"))


def roles(providers, place=CITY, policy=YANGQUAN):
    found = with_policy_roles(providers, place, policy)
    return [(role.provider, role.area, role.document) for role in found.backstops]


def quoted(policy, **values):
    """Return the policy with another quote for what it says of 城区."""
    rules = policy.districts["城区"]
    changed = replace(rules, quote=replace(rules.quote, **values))
    return replace(policy, districts={**policy.districts, "城区": changed})


def test_a_provider_named_for_a_district_holds_the_role_there_by_the_document():
    held = "市住建局提案答复（文号未载）（一）"
    assert roles(register(FIRST, SECOND, "别家")) == [(FIRST, "D", held), (SECOND, "D", held)]
    assert roles(register(FIRST), areas(("E", "矿区", "district"))) == []


def test_in_a_place_inside_the_district_the_role_holds_everywhere():
    inside = areas(("D1", "某街道", "subdistrict"))
    there = policy_in(YANGQUAN, ("某街道", "城区", "阳泉市"))
    assert [area for _, area, _ in roles(register(FIRST), inside, there)] == [""]
    assert roles(register(FIRST), inside, policy_in(YANGQUAN, ("矿区",))) == []


@pytest.mark.parametrize("status", ["planned", "reported_case"])
def test_what_is_planned_or_told_of_one_place_grants_no_role(status):
    assert roles(register(FIRST), policy=quoted(YANGQUAN, status=status)) == []


def test_a_role_lasts_as_long_as_its_paragraph_does():
    dated = quoted(YANGQUAN, valid_from=date(2025, 1, 1), valid_to=date(2026, 5, 31))
    (role,) = with_policy_roles(register(FIRST), CITY, dated).backstops
    assert (role.is_in_force(date(2026, 5, 31)), role.is_in_force(TODAY)) == (True, False)


def test_named_providers_that_the_register_has_not_are_told():
    (fault,) = why_unassigned(register(FIRST), CITY, YANGQUAN)
    assert fault.sentence(str) == (
        "文件要求由“洁诚物业管理服务有限公司”在城区兜底（市住建局提案答复（文号未载）（一）），"
        "名录中没有该单位，尚未登记，待指定。"
    )


def test_a_kind_of_provider_is_granted_nothing_until_somebody_is_registered():
    state = register("x", "y", kinds={"x": "state"})
    assert roles(state, policy=DALIAN) == []
    (fault,) = why_unassigned(state, CITY, DALIAN)
    assert fault.sentence(str) == (
        "文件要求由国有兜底（大政办发〔2018〕194号（三（一）6）），尚无单位登记为兜底，待指定。"
    )
    held = replace(state, backstops=(backstop("x"),))
    assert why_unassigned(held, CITY, DALIAN) == ()
    other = replace(state, backstops=(backstop("y"),))
    assert why_unassigned(other, CITY, DALIAN) == (fault,)


def test_a_kind_of_provider_that_is_only_planned_is_not_sought():
    duty = replace(DALIAN.backstop, quote=Quote(status="planned", text="拟"))
    planned = replace(DALIAN, backstop=duty)
    assert why_unassigned(register("x"), CITY, planned) == ()


def test_a_backstop_of_the_document_serves_where_nobody_else_can_and_says_by_what():
    # Its own grade and service area are no hindrance: the document names it for the district.
    providers = register(
        *(FIRST, "别家"), grades={FIRST: "D", "别家": "D"}, service_areas={FIRST: ["E"]}
    )
    policy = replace(YANGQUAN, providers=replace(YANGQUAN.providers, grade_min="B"))
    place = town("A B")
    found = assign_providers(
        [Drawn("1", place.at("A", "B"))],
        place.sites,
        with_policy_roles(providers, CITY, policy),
        policy,
        on_date=TODAY,
    )
    assert (found.provider_of.tolist(), found.is_backstop.tolist()) == ([0], [True])
    said = [reason.sentence() for reason in found.reasons[0]]
    assert said[:2] == [
        f"拟推荐兜底服务主体“{FIRST}物业”：没有其他服务主体可以承接。",
        "兜底依据：市住建局提案答复（文号未载）（一）。",
    ]


def test_without_paragraph_a_role_rests_on_the_document_alone():
    (role,) = with_policy_roles(register(FIRST), CITY, quoted(YANGQUAN, paragraph="")).backstops
    assert role.document == "市住建局提案答复（文号未载）"
