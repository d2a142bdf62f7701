"""Small towns, each of which shows one rule alone."""

import numpy as np
import pytest

from layers.bundling import LEFT_OUT, bundle_sites
from layers.policy import Contiguity, Count, Objective, Strategy
from layers.rules import RULES, Zone, problems_of_zone
from layers.sites import Scope
from tests.layers.towns import policy_with, town

SMALL_ZONES = {"floor_area_min_m2": 20_000.0, "floor_area_max_m2": 40_000.0}


def bundled(place, *, most_changed=None, **values):
    return bundle_sites(place.sites, place.links, policy_with(**values), most_changed=most_changed)


def zones_of(place, *, most_changed=None, **values):
    """Return the zones as sorted strings of names, one letter a site."""
    plan = bundled(place, most_changed=most_changed, **values)
    return sorted("".join(place.sites.ids[list(zone.members)]) for zone in plan.zones)


def exceptions_of(place, **values):
    plan = bundled(place, **values)
    return {
        "".join(place.sites.ids[list(zone.members)]): str(zone.exception) for zone in plan.zones
    }


def broken(place, names, **values):
    """Return the sentences of the rules that a zone of these sites breaks, by rule."""
    zone = Zone("1", tuple(sorted(place.at(*names))))
    problems = problems_of_zone(zone, place.sites, place.links, policy_with(**values))
    return {problem.rule: problem.reason.sentence() for problem in problems}


# --- big leads small


LED = {"floor_area_min_m2": None, "leads_min": 1, "leads_max": 1}


def test_each_zone_holds_one_lead_compound_where_the_policy_asks_for_it():
    place = town("A B C D", is_lead={"A": True, "D": True})
    zones = zones_of(place, **LED)
    assert zones in (["A", "BCD"], ["AB", "CD"], ["ABC", "D"])


def test_a_zone_without_a_lead_compound_stands_under_an_exception():
    place = town("A B . C D", is_lead={"A": True})
    assert exceptions_of(place, **LED) == {"AB": "", "CD": "below_minimum"}
    assert broken(place, "CD", **LED)["leads_min"] == "片区内有带动小区 0 个，少于 1 个。"


def test_two_lead_compounds_do_not_share_a_zone_where_one_is_the_most():
    place = town("A B", is_lead=True)
    assert zones_of(place, **LED, count="few") == ["A", "B"]
    assert broken(place, "AB", **LED)["leads_max"] == "带动小区“A”、“B”同在一个片区，至多 1 个。"


def test_a_lead_compound_reaches_only_so_far():
    place = town("A B C", is_lead={"A": True})
    assert exceptions_of(place, **LED, lead_reach_m=150.0, cost_per_zone=0.0) == {
        "AB": "",
        "C": "below_minimum",
    }
    sentence = "“C”距片区内的带动小区超过 150 m。"
    assert broken(place, "ABC", **LED, lead_reach_m=150.0)["lead_reach"] == sentence


def test_a_lead_takes_on_no_more_than_its_provider_can():
    place = town("A B C", is_lead={"A": True}, spare_m2={"A": 15_000.0})
    assert exceptions_of(place, **LED) == {"AB": "", "C": "below_minimum"}
    sentence = "带动小区的服务主体尚可承接 15,000 ㎡，片区内其余合计 20,000 ㎡。"
    assert broken(place, "ABC", **LED)["lead_spare"] == sentence


def test_where_nobody_knows_what_a_lead_can_take_on_nothing_is_asked():
    place = town("A B C", is_lead={"A": True})
    assert zones_of(place, **LED) == ["ABC"]


# --- money and ways


def test_a_zone_that_needs_more_subsidy_than_there_is_does_not_stand_by_itself():
    place = town("A B C D", floor_area_m2=60_000.0)
    limits = {"floor_area_max_m2": 120_000.0, "cost_per_zone": 150_000.0}
    assert len(zones_of(place, **limits, objectives=_ORDER_BY_COUNT)) == 4
    assert len(zones_of(place, **limits, subsidy_max_yuan=0.0, objectives=_ORDER_BY_COUNT)) == 2
    sentence = "每年需补贴 66,000 元，超过上限 0 元。"
    assert broken(place, "A", **limits, subsidy_max_yuan=0.0)["subsidy_max"] == sentence


def test_a_compound_that_loses_money_joins_one_that_can_carry_it():
    place = town("A B C", floor_area_m2=50_000.0, fee={"A": 0.1, "B": 0.5, "C": 1.2})
    plan = bundled(place, floor_area_min_m2=None, floor_area_max_m2=100_000.0)
    members = {"".join(place.sites.ids[list(zone.members)]) for zone in plan.zones}
    assert members in ({"A", "BC"}, {"AB", "C"})
    assert plan.objectives["subsidy"] == pytest.approx(_least_subsidy(place), abs=1)


def _least_subsidy(place):
    """By hand: of every way to cut a row of three, with two at most together."""
    margin = place.sites.floor_area_m2 * (place.sites.fee * 12 * 0.6 - 2.2)
    cuts = [[[0], [1], [2]], [[0, 1], [2]], [[0], [1, 2]]]
    return min(sum(max(0, 90_000 - margin[zone].sum()) for zone in cut) for cut in cuts)


def test_the_net_of_ways_inside_a_zone_has_a_longest_length():
    place = town("A B C D")
    limits = {"floor_area_min_m2": None, "count": "few", "walk_max_m": 150.0}
    assert zones_of(place, **limits) == ["AB", "CD"]
    sentence = "片区内步行网总长 300 m，超过上限 150 m。"
    assert broken(place, "ABCD", **limits)["walk"] == sentence


# --- pairs


def test_sites_that_belong_together_share_a_zone():
    place = town("A B C D", floor_area_m2=20_000.0, together={"B": "改造1", "C": "改造1"})
    zones = zones_of(place, **SMALL_ZONES)
    assert "BC" in zones
    sentence = "须与1号片区同区的“C”不在该片区内。"
    assert broken(place, "AB", **SMALL_ZONES)["together"] == sentence


def test_sites_that_belong_together_take_in_what_lies_between():
    place = town("A B C D", together={"A": "改造1", "C": "改造1"})
    assert any({*"ABC"} <= {*zone} for zone in zones_of(place, **SMALL_ZONES))


def test_sites_that_belong_together_over_a_river_stand_as_they_were_told():
    place = town("A B", together="改造1", blocked=["AB"])
    assert exceptions_of(place, **SMALL_ZONES) == {"AB": "locked"}


def test_a_lock_takes_in_the_sites_that_belong_together_with_its_own():
    place = town("A B C D", together={"B": "改造1", "C": "改造1"}, lock={"B": "7"})
    plan = bundled(place, **SMALL_ZONES)
    held = {zone.label: "".join(place.sites.ids[list(zone.members)]) for zone in plan.zones}
    assert {*"BC"} <= {*held["7"]}


def test_sites_that_must_keep_apart_do_not_share_a_zone():
    place = town("A B C D", apart={"B": "纠纷", "C": "纠纷 其他"})
    zones = zones_of(place, **SMALL_ZONES)
    assert not [zone for zone in zones if {*"BC"} <= {*zone}]
    sentence = "“B”、“C”不得划入同一片区，却同在1号片区。"
    assert broken(place, "BC", **SMALL_ZONES)["apart"] == sentence


# --- whole areas


def test_a_whole_area_is_one_zone_where_no_maximum_forbids_it():
    place = town("A B C D", community={"A": "甲", "B": "甲", "C": "乙", "D": "乙"})
    whole = {"strategy": Strategy.WHOLE_AREA, "scope": Scope.COMMUNITY, "floor_area_max_m2": None}
    assert zones_of(place, **whole) == ["AB", "CD"]


def test_a_whole_area_need_not_hang_together_where_the_policy_does_not_ask():
    place = town("A B . . C D", community="甲")
    whole = {"strategy": Strategy.WHOLE_AREA, "scope": Scope.COMMUNITY}
    assert zones_of(place, **whole) == ["AB", "CD"]
    assert zones_of(place, **whole, contiguity=Contiguity.NONE) == ["ABCD"]


def test_a_whole_area_is_split_only_where_it_passes_the_maximum():
    place = town("A B C D", community="甲", floor_area_m2=20_000.0)
    whole = {"strategy": Strategy.WHOLE_AREA, "scope": Scope.COMMUNITY}
    assert zones_of(place, **whole) == ["ABCD"]
    halves = zones_of(place, **whole, floor_area_max_m2=60_000.0)
    assert sorted(map(len, halves)) in ([2, 2], [1, 3])


# --- how many, and in which order


_ORDER_BY_COUNT = (Objective.LEFT_OUT, Objective.COUNT, Objective.SUBSIDY, Objective.SPREAD)


@pytest.mark.parametrize("target", [1, 2, 3, 5, 8])
def test_there_are_as_many_zones_as_the_bureau_wants(target):
    place = town("A B C D\nE F G H", floor_area_m2=10_000.0)
    plan = bundled(
        place,
        floor_area_min_m2=None,
        floor_area_max_m2=80_000.0,
        count=Count.TARGET,
        target_count=target,
    )
    assert len(plan.zones) == target
    assert plan.objectives["zones"] == 0
    assert plan.bounds["zones"] == 0


def test_a_number_of_zones_is_shared_out_among_the_components():
    place = town("A B C D . E F", floor_area_m2=10_000.0)
    wanted = {"count": Count.TARGET, "target_count": 3, "floor_area_min_m2": None}
    zones = zones_of(place, **wanted)
    assert len(zones) == 3
    assert "EF" in zones


def test_a_number_of_zones_that_cannot_be_is_told_by_how_much_it_is_off():
    place = town("A B", floor_area_m2=10_000.0)
    plan = bundled(place, floor_area_min_m2=None, count=Count.TARGET, target_count=5)
    assert (len(plan.zones), plan.objectives["zones"]) == (2, 3)


def test_the_policy_says_what_counts_first():
    place = town("A B C D", floor_area_m2=35_000.0)
    money_first = bundled(place)
    count_first = bundled(place, objectives=_ORDER_BY_COUNT)
    assert (len(money_first.zones), len(count_first.zones)) == (2, 4)
    assert list(count_first.objectives) == ["short", "zones", "subsidy", "spread"]


def test_zones_are_as_even_as_can_be_where_the_policy_asks_for_it():
    place = town(
        "A B C D E F",
        floor_area_m2=dict(zip("ABCDEF", (5e4, 1e4, 1e4, 1e4, 1e4, 1e4), strict=True)),
    )
    even = (*_ORDER_BY_COUNT[:3], Objective.EVENNESS)
    wanted = {"count": Count.TARGET, "target_count": 2, "floor_area_min_m2": None}
    assert zones_of(place, **wanted, objectives=even) == ["A", "BCDEF"]


def test_neighbours_stay_together_where_the_policy_asks_for_it():
    # Rows of three are shorter walks; columns part only two pairs.
    place = town("A B C D E F\nG H I J K L", floor_area_m2=10_000.0)
    borders = (*_ORDER_BY_COUNT[:3], Objective.BORDERS)
    wanted = {"count": Count.TARGET, "target_count": 2, "floor_area_min_m2": None}
    plan = bundled(place, **wanted, floor_area_max_m2=60_000.0, objectives=borders)
    assert plan.objectives["borders"] == 2
    assert zones_of(place, **wanted, floor_area_max_m2=60_000.0, objectives=borders) == [
        "ABCGHI",
        "DEFJKL",
    ]
    assert "spread" not in plan.objectives


# --- planning anew


def test_nothing_changes_where_nothing_may():
    place = town("A B C D\nE F G H", present=dict(zip("ABCDEFGH", "33445566", strict=True)))
    plan = bundled(place, most_changed=0, floor_area_min_m2=20_000.0)
    labels = {zone.label: "".join(place.sites.ids[list(zone.members)]) for zone in plan.zones}
    assert labels == {"3": "AB", "4": "CD", "5": "EF", "6": "GH"}
    assert plan.objectives["change"] == 0


def test_one_site_may_change_its_zone_where_that_helps_most():
    present = dict(zip("ABCDEF", "111122", strict=True))
    place = town("A B C D E F", present=present, floor_area_m2=15_000.0)
    limits = {"floor_area_min_m2": 40_000.0, "floor_area_max_m2": 90_000.0}
    plan = bundled(place, most_changed=1, **limits)
    labels = {zone.label: "".join(place.sites.ids[list(zone.members)]) for zone in plan.zones}
    assert labels == {"1": "ABC", "2": "DEF"}
    assert plan.objectives["change"] == 1


def test_a_new_site_joins_a_present_zone_without_a_change():
    place = town("A B C", present={"A": "1", "B": "1"}, floor_area_m2=15_000.0)
    plan = bundled(place, most_changed=0)
    assert [zone.label for zone in plan.zones] == ["1"]
    assert plan.zones[0].members == (0, 1, 2)


def test_more_changes_than_allowed_only_where_a_rule_leaves_no_choice():
    place = town("A B C", present="1", blocked=["BC"], floor_area_m2=20_000.0)
    plan = bundled(place, most_changed=0)
    assert sorted(zone.members for zone in plan.zones) == [(0, 1), (2,)]
    assert plan.objectives["change"] == 1


def test_between_equals_the_plan_stays_as_near_the_present_one_as_it_can():
    drawing = "A B C D E F"
    free = town(drawing, floor_area_m2=15_000.0)
    kept = town(drawing, floor_area_m2=15_000.0, present=dict(zip("ABCDEF", "112233", strict=True)))
    assert len(bundled(free).zones) == len(bundled(kept).zones)
    assert bundled(kept, objectives=_ORDER_BY_CHANGE).objectives["change"] == 0


_ORDER_BY_CHANGE = (*_ORDER_BY_COUNT[:3], Objective.CHANGE)


def test_every_rule_has_a_sentence_for_what_it_finds():
    place = town("A B", is_lead=True, apart="x", together={"A": "t"}, lock={"A": "9"})
    everything = dict.fromkeys(
        ("floor_area_max_m2", "households_max", "diameter_max_m", "walk_max_m"), 1.0
    )
    found = broken(place, "AB", **everything, **LED, subsidy_max_yuan=0.0)
    assert found.keys() <= RULES.keys()
    assert all("{" not in sentence for sentence in found.values())


def test_what_is_left_out_is_in_no_zone():
    place = town("A B . C", is_lead={"A": True})
    plan = bundled(place, **LED, below_minimum="leave_out")
    assert np.flatnonzero(plan.zone_of == LEFT_OUT).tolist() == [2]
