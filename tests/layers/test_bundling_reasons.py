import numpy as np
import pytest

from layers.bundling import LEFT_OUT, bundle_sites
from layers.policy import Contiguity, Strategy
from tests.layers.towns import policy_with, town, voronoi_town


def told(place, name, **values):
    """What the plan says of one site, as sentences."""
    plan = bundle_sites(place.sites, place.links, policy_with(**values))
    return [reason.sentence() for reason in plan.site_reasons[place.at(name)[0]]]


def told_of_zone(place, number=0, **values):
    plan = bundle_sites(place.sites, place.links, policy_with(**values))
    return [reason.sentence() for reason in plan.zones[number].reasons]


PAIRS = {"floor_area_m2": 20_000.0}
SMALL = {"cost_per_zone": 0.0}


# --- why a site is here


def test_a_site_is_told_its_nearest_neighbour_in_the_zone():
    assert told(town("A B", **PAIRS), "A") == ["与同片的“B”相邻，间距 10 m。"]


def test_a_site_over_a_crossing_is_told_how_far_one_walks():
    place = town("A . B", crossings=["AB"], **PAIRS)
    assert told(place, "A") == ["经通道与同片的“B”相连，步行 40 m。"]


def test_a_site_joined_by_a_planner_is_told_so():
    place = town("A B", **PAIRS)
    place.links.kind[:] = "planner"
    assert told(place, "A") == ["按规划人员确认的邻接关系与同片的“B”相连。"]


def test_sites_of_one_community_are_told_so():
    place = town("A B", community="C1", **PAIRS)
    assert told(place, "A")[1] == "与同片 1 处纳管对象同属一个社区。"


def test_sites_outside_every_community_share_none():
    assert len(told(town("A B", community="", **PAIRS), "A")) == 1


def test_a_site_without_neighbours_is_alone():
    assert told(town("A . B", floor_area_m2=40_000.0), "A") == [
        "没有与其相邻、可以连片的纳管对象，单独成片。"
    ]


def test_a_site_over_the_maximum_is_told_so():
    place = town("A . B", floor_area_m2=140_000.0)
    assert told(place, "A") == ["单处已超过片区上限，单独成片。"]


def test_a_site_is_told_that_the_policy_bundles_nothing():
    assert told(town("A B"), "A", strategy=Strategy.NONE) == ["本政策不作连片，每处单独管理。"]


def test_locked_sites_stay_together_where_nothing_is_bundled():
    place = town("A B", lock={"A": "7", "B": "7"})
    assert told(place, "A", strategy=Strategy.NONE) == [
        "由规划人员锁定在7号片区。",
        "与同片的“B”相邻，间距 10 m。",
    ]


def test_a_locked_site_is_told_its_lock_and_no_alternative():
    place = town("A B C", floor_area_m2=40_000.0, lock={"A": "7"})
    assert told(place, "A", **SMALL) == ["由规划人员锁定在7号片区。"]


def test_a_site_across_a_gap_is_told_that_the_policy_allows_it():
    place = town("A B", blocked=["AB"], **PAIRS)
    assert told(place, "A", contiguity=Contiguity.NONE) == [
        "与同片其他纳管对象不相连，本政策允许。"
    ]


def test_unknowns_are_told():
    place = town("A B", floor_area_m2={"A": np.nan, "B": 40_000.0}, households=np.nan)
    assert told(place, "A")[1:] == [
        "建筑面积不详，未计入片区合计，请核实。",
        "户数不详，未计入片区合计，请核实。",
    ]


# --- why a site is in no other zone


def second(drawing, name, *, policy=None, **columns):
    return told(town(drawing, **columns), name, **(policy or {}))[-1]


def test_a_river_is_named_as_what_separates():
    said = second("A B C D", "B", blocked=["BC"], **PAIRS)
    assert said == "与“C”（2号片区）相距 10 m，中间有河流阻隔，不相连。"


def test_a_planners_cut_is_named():
    said = second("A B C D", "B", cut=["BC"], **PAIRS)
    assert said == "与“C”（2号片区）的邻接关系已由规划人员断开，不相连。"


def test_another_subdistrict_is_named():
    said = second("A B C D", "B", subdistrict={"A": "X", "B": "X"}, **PAIRS)
    assert said == "也与2号片区相邻，但分属不同管理辖区，片区不跨辖区。"


def test_a_maximum_that_the_site_would_break_is_named():
    areas = {"A": 30_000.0, "B": 30_000.0, "C": 80_000.0}
    said = second("A B C", "B", floor_area_m2=areas)
    assert said == "也与2号片区相邻，但划入后建筑面积将达 110,000 ㎡，超过上限 100,000 ㎡。"


def test_households_that_the_site_would_bring_too_many_are_named():
    policy = {"households_max": 1_000.0}
    said = second("A B", "A", floor_area_m2=40_000.0, households=600.0, policy=policy)
    assert said == "也与2号片区相邻，但划入后户数将达 1,200 户（套），超过上限 1,000 户（套）。"


def test_a_diameter_that_the_site_would_break_is_named():
    said = second("A B", "A", floor_area_m2=40_000.0, policy={"diameter_max_m": 150.0})
    assert said == "也与2号片区相邻，但划入后最大跨度将达 210 m，超过上限 150 m。"


def test_a_zone_that_would_fall_apart_is_named():
    place = town("A B C\n. D .\n. E .", floor_area_m2={"A": 15_000.0, "B": 2_000.0, "C": 15_000.0,
                                                       "D": 30_000.0, "E": 2_000.0})  # fmt: skip
    said = told(place, "B", floor_area_max_m2=34_000.0, **SMALL)[-1]
    assert said == "也与2号片区相邻，但划出后本片区将分成不相连的几部分。"


def test_a_zone_that_would_fall_under_the_minimum_is_named():
    said = second("A B C D", "B", policy=SMALL, **PAIRS)
    assert said == "也与2号片区相邻，但划出后本片区将低于下限。"


def test_a_locked_zone_that_is_not_to_be_extended_is_named():
    place = town("A B C", floor_area_m2=40_000.0, lock={"B": "7", "C": "7"}, cut=["BC"])
    said = told(place, "A", floor_area_max_m2=200_000.0, **SMALL)[-1]
    assert said == "也与7号片区相邻，但该片区已锁定且不能扩展。"


def test_a_subsidy_that_would_grow_is_named():
    areas = {"A": 33_000.0, "B": 32_000.0, "C": 34_000.0, "D": 31_000.0}
    said = second("A B C D", "B", floor_area_m2=areas)
    assert said.startswith("也可划入2号片区，但每年所需补贴将增加 ")


def test_a_plan_with_one_zone_less_is_not_what_was_asked():
    said = second("A B", "A", floor_area_m2=40_000.0, policy=SMALL)
    assert said == "也可划入2号片区，但片区数量将不合政策取向。"


def test_a_longer_walk_is_named():
    place = town("A B C D\nE F G H", floor_area_m2=15_000.0)
    plan = bundle_sites(place.sites, place.links, policy_with(floor_area_min_m2=40_000.0, **SMALL))
    said = [r.sentence() for r in plan.site_reasons[place.at("B")[0]]]
    assert said[-1] == "也可划入2号片区，但步行距离与最大跨度合计将增加 78 m。"


def test_a_choice_between_equals_is_told_as_such():
    said = second("A B C", "B", floor_area_m2={"A": 30_000.0, "C": 30_000.0}, policy=SMALL)
    assert said.endswith("号片区，各项指标相当。")


# --- what a zone holds and lacks


def test_a_zone_is_told_its_sums():
    assert (
        told_of_zone(town("A B", **PAIRS))[0]
        == "共 2 处纳管对象，建筑面积 40,000 ㎡，250 户（套）。"
    )


def test_a_zone_of_unknown_sums_says_so():
    place = town("A B", floor_area_m2=np.nan, households=np.nan)
    assert told_of_zone(place)[:4] == [
        "共 2 处纳管对象，建筑面积 不详，户数不详。",
        "另有 2 处建筑面积不详，未计入合计。",
        "另有 2 处户数不详，未计入合计。",
        "各处建筑面积均不详，无法测算年收支差额。",
    ]


def test_a_zone_that_carries_itself_says_so():
    said = told_of_zone(town("A B", floor_area_m2=40_000.0))[1]
    assert said == "年收支差额 2.2 万元，收支可以平衡（测算，非账单）。"


def test_a_zone_that_does_not_carry_itself_says_what_it_lacks():
    assert told_of_zone(town("A B", **PAIRS))[1] == (
        "年收支差额 -3.4 万元；要收支平衡，每年需补贴 34,000 元，"
        "或增加建筑面积约 24,286 ㎡（约 304 户（套））。"
    )


def test_a_zone_that_no_size_can_carry_says_so():
    said = told_of_zone(town("A B", **PAIRS), fee=0.1)[1]
    assert said == (
        "年收支差额 -14.9 万元；每平方米收费不抵成本，扩大片区不能收支平衡，每年需补贴 149,200 元。"
    )


def test_a_zone_under_the_minimum_names_the_river_that_would_mend_it():
    place = town(
        "A B C", floor_area_m2={"A": 10_000.0, "B": 20_000.0, "C": 20_000.0}, blocked=["AB"]
    )
    assert told_of_zone(place)[2:] == [
        "建筑面积合计 10,000 ㎡，低于下限 30,000 ㎡。",
        "最省的补救：打通“A”与“B”之间的河流（间距 10 m），即可并入2号片区。",
        "若单独管理，每年需补贴约 76,000 元。",
    ]


def test_a_gap_too_long_for_a_link_may_be_the_mend():
    place = town("A . B C", floor_area_m2={"A": 10_000.0, "B": 20_000.0, "C": 20_000.0})
    said = told_of_zone(place)[3]
    assert said == "最省的补救：认定“A”与“B”（间距 110 m）可以连片，即可并入2号片区。"


def test_a_mend_never_breaks_a_maximum():
    place = town("A B", floor_area_m2={"A": 10_000.0, "B": 95_000.0}, blocked=["AB"])
    said = told_of_zone(place)[3]
    assert said == "附近没有可并入的片区，补救只有补贴、兜底或放宽上限。"


def test_a_mend_reaches_the_minimum():
    areas = {"A": 9_000.0, "B": 9_000.0, "C": 40_000.0}
    place = town("A . B\n. . .\nC . .", floor_area_m2=areas)
    assert told_of_zone(place)[3].startswith("最省的补救：认定“A”与“C”（间距 110 m）可以连片")


def test_a_zone_locked_as_drawn_is_no_mend():
    place = town("A B C", floor_area_m2={"A": 9_000.0, "B": 60_000.0, "C": 30_000.0},
                 blocked=["AB"], cut=["BC"], lock={"B": "7", "C": "7"})  # fmt: skip
    assert told_of_zone(place)[3].startswith("附近没有可并入的片区")


def test_a_mend_does_not_leave_the_subdistrict():
    areas = {"A": 10_000.0, "B": 40_000.0}
    place = town("A B", floor_area_m2=areas, subdistrict={"A": "X"}, blocked=["AB"])
    assert told_of_zone(place)[3].startswith("附近没有可并入的片区")


def test_a_small_zone_that_parking_carries_needs_no_subsidy_as_a_mend():
    said = told_of_zone(town("A", floor_area_m2=10_000.0), parking=100_000.0)
    assert not [text for text in said if "若单独管理" in text]


# --- what is left out


def test_a_component_that_is_too_small_is_left_out_with_its_mend():
    place = town(
        "A B C", floor_area_m2={"A": 10_000.0, "B": 20_000.0, "C": 20_000.0}, blocked=["AB"]
    )
    assert told(place, "A", below_minimum="leave_out") == [
        "相连的 1 处纳管对象合计仍低于下限，未划入片区。",
        "最省的补救：打通“A”与“B”之间的河流（间距 10 m），即可并入1号片区。",
        "若单独管理，每年需补贴约 76,000 元。",
    ]


def test_sites_for_which_there_is_no_room_are_left_out_with_that_reason():
    place = town("A B", floor_area_m2={"A": 10_000.0, "B": 95_000.0})
    said = told(place, "A", below_minimum="leave_out")[0]
    assert said == "没有找到既达到下限、又不超过上限和最大跨度的划法，未划入片区。"


def test_sites_left_out_together_are_counted_together():
    place = town("A B", floor_area_m2=10_000.0)
    plan = bundle_sites(place.sites, place.links, policy_with(below_minimum="leave_out"))
    assert plan.zone_of.tolist() == [LEFT_OUT] * 2
    assert plan.site_reasons[0][0].values == {"count": 2}


@pytest.mark.compiled
@pytest.mark.parametrize("seed", range(3))
def test_every_site_of_a_larger_town_has_a_reason_in_words(seed):
    place = voronoi_town(60, seed=seed)
    plan = bundle_sites(place.sites, place.links, policy_with())
    said = {reason.key for reasons in plan.site_reasons for reason in reasons}
    assert "site.second_costs_more" in said
    assert all(reason.sentence() for reasons in plan.site_reasons for reason in reasons)


def test_a_site_alone_that_only_a_gap_parts_from_the_next_is_told_why_not_with_it():
    place = town("A . . . . . B", floor_area_m2=70_000.0)
    plan = bundle_sites(place.sites, place.links, policy_with(contiguity=Contiguity.NONE))
    keys = [[reason.key for reason in reasons] for reasons in plan.site_reasons]
    assert keys == [["site.second_over_maximum"]] * 2


def test_a_site_alone_beside_one_that_is_left_out_is_told_that_nothing_can_join_it():
    areas = {"A": 90_000.0, "B": 20_000.0}
    place = town("A B", floor_area_m2=areas)
    plan = bundle_sites(place.sites, place.links, policy_with(below_minimum="leave_out"))
    assert [reason.key for reason in plan.site_reasons[0]] == ["site.alone"]
    assert plan.zone_of[1] == LEFT_OUT
