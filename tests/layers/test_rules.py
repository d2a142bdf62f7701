import numpy as np
import pytest

from layers.policy import Contiguity, Strategy
from layers.rules import (
    RULES,
    Zone,
    ZoneException,
    exception_of,
    problems_of_plan,
    problems_of_zone,
)
from layers.sites import LOCKED_OUT, Scope
from tests.layers.towns import policy_with, town


def broken(place, names, *, label="1", **values):
    zone = Zone(label, place.at(*names))
    return problems_of_zone(zone, place.sites, place.links, policy_with(**values))


def rules_of(problems):
    return [problem.rule for problem in problems]


def sentences(problems):
    return "".join(problem.reason.sentence() for problem in problems)


GOOD = {"floor_area_m2": 20_000.0}


def test_a_zone_that_hangs_together_within_the_limits_has_no_problem():
    assert broken(town("A B", **GOOD), "AB") == ()


@pytest.mark.parametrize("members", [(), (1, 0), (0, 0)], ids=["none", "unsorted", "twice"])
def test_a_zone_holds_members_in_order_each_once(members):
    with pytest.raises(ValueError, match="needs members, sorted, each once"):
        Zone("1", members)


def test_a_zone_in_two_parts_names_the_part_that_is_cut_off():
    problems = broken(town("A B . C", **GOOD), "ABC")
    assert sentences(problems) == "1号片区分为 2 个不相连的部分：“C”与其余部分不相连。"
    assert problems[0].sites == ("C",)


def test_a_river_cuts_a_zone_in_two():
    assert rules_of(broken(town("A B", blocked=["AB"], **GOOD), "AB")) == ["connected"]


@pytest.mark.parametrize("contiguity", [Contiguity.PREFERRED, Contiguity.NONE])
def test_parts_are_no_problem_where_the_policy_does_not_ask(contiguity):
    assert broken(town("A . B", **GOOD), "AB", contiguity=contiguity) == ()


def test_too_little_floor_area_says_how_much_there_is():
    problems = broken(town("A B", floor_area_m2=12_345.0), "AB")
    assert sentences(problems) == "建筑面积合计 24,690 ㎡，低于下限 30,000 ㎡。"


def test_floor_area_that_is_all_unknown_cannot_be_judged():
    problems = broken(town("A B", floor_area_m2=np.nan), "AB")
    assert sentences(problems) == "各处建筑面积均不详，无法判断是否达到下限 30,000 ㎡，请核实。"


def test_too_much_floor_area_says_how_much_there_is():
    problems = broken(town("A B", floor_area_m2=60_000.0), "AB")
    assert sentences(problems) == "建筑面积合计 120,000 ㎡，超过上限 100,000 ㎡。"


@pytest.mark.parametrize("area", [15_000.0, 50_000.0], ids=["minimum", "maximum"])
def test_a_limit_may_be_met_exactly(area):
    assert broken(town("A B", floor_area_m2=area), "AB") == ()


def test_too_few_households_are_named():
    problems = broken(town("A B", households=10.0, **GOOD), "AB", households_min=50.0)
    assert sentences(problems) == "合计 20 户（套），低于下限 50 户（套）。"


def test_households_that_are_all_unknown_cannot_be_judged():
    problems = broken(town("A B", households=np.nan, **GOOD), "AB", households_min=50.0)
    assert sentences(problems) == "各处户数均不详，无法判断是否达到下限 50 户（套），请核实。"


def test_too_many_households_are_named():
    problems = broken(town("A B", households=1_000.0, **GOOD), "AB", households_max=1_500.0)
    assert sentences(problems) == "合计 2,000 户（套），超过上限 1,500 户（套）。"


def test_a_zone_too_wide_says_how_wide_it_is():
    problems = broken(town("A B C", **GOOD), "ABC", diameter_max_m=200.0)
    assert sentences(problems) == "最大跨度 304 m，超过上限 200 m。"


@pytest.mark.parametrize(
    "key",
    ["floor_area_min_m2", "floor_area_max_m2", "diameter_max_m"],
)
def test_a_limit_that_the_policy_does_not_set_is_no_limit(key):
    place = town(
        "A B" if "min" in key else "A B C", floor_area_m2=1.0 if "min" in key else 90_000.0
    )
    values = {"floor_area_min_m2": None, "floor_area_max_m2": None, "diameter_max_m": None}
    assert broken(place, place.sites.ids, **values) == ()


def test_a_zone_over_two_subdistricts_names_both():
    place = town("A B", subdistrict={"A": "X", "B": ""}, **GOOD)
    assert sentences(broken(place, "AB")) == "1号片区跨越 2 个管理辖区（辖区不详、X），不得跨越。"


def test_a_zone_may_span_the_city_where_the_policy_says_so():
    place = town("A B", subdistrict={"A": "X", "B": "Y"}, **GOOD)
    assert broken(place, "AB", scope=Scope.CITY) == ()


def test_a_compound_kept_out_is_in_no_zone():
    problems = broken(town("A B", lock={"B": LOCKED_OUT}, **GOOD), "AB")
    assert sentences(problems) == "“B”已锁定为不划入任何片区，不能划入1号片区。"


def test_a_compound_locked_elsewhere_is_not_in_this_zone():
    problems = broken(town("A B", lock={"B": "7"}, **GOOD), "AB")
    assert sentences(problems) == "“B”已锁定在其他片区，不能划入1号片区。"


def test_a_zone_holds_all_that_is_locked_to_it():
    problems = broken(town("A B C", lock={"A": "7", "C": "7"}, **GOOD), "AB", label="7")
    assert sentences(problems) == "锁定在7号片区的“C”不在该片区内。"
    assert problems[0].sites == ("C",)


def test_a_zone_without_a_label_lacks_nobody():
    assert broken(town("A B", **GOOD), "AB", label="") == ()


def test_thresholds_do_not_apply_where_nothing_is_bundled():
    place = town("A", floor_area_m2=1_000_000.0)
    assert broken(place, "A", strategy=Strategy.NONE, diameter_max_m=1.0) == ()


def test_every_rule_is_reported_in_one_order():
    place = town(
        "A . B C",
        floor_area_m2=1.0,
        households=1.0,
        subdistrict={"A": "X"},
        lock={"B": "7"},
        is_lead={"A": True},
        together={"A": "t", "C": "t"},
        apart="x",
    )
    limits = {"households_min": 5.0, "diameter_max_m": 9.0, "subsidy_max_yuan": 0.0}
    found = rules_of(broken(place, "AB", **limits, leads_min=2, lead_reach_m=1.0))
    kept = {"floor_area_max", "households_max", "walk", "leads_max", "lead_spare"}
    assert found == [name for name in RULES if name not in kept]


def exception(place, names, *, label="1", **values):
    zone = Zone(label, place.at(*names))
    problems = problems_of_zone(zone, place.sites, place.links, policy_with(**values))
    return exception_of(zone, problems, place.sites)


def test_a_good_zone_needs_no_exception():
    assert exception(town("A B", **GOOD), "AB") is ZoneException.NONE


def test_a_single_site_over_a_maximum_is_oversize():
    assert exception(town("A", floor_area_m2=200_000.0), "A") is ZoneException.OVERSIZE


def test_two_sites_over_a_maximum_have_no_excuse():
    assert exception(town("A B", floor_area_m2=90_000.0), "AB") is None


def test_a_zone_under_the_minimum_may_stand():
    assert exception(town("A", floor_area_m2=1.0), "A") is ZoneException.BELOW_MINIMUM


def test_a_locked_zone_stands_whatever_it_breaks():
    place = town("A . B", floor_area_m2=90_000.0, lock="7")
    assert exception(place, "AB", label="7") is ZoneException.LOCKED


def plan_problems(place, *zones, left_out="", **values):
    drawn = [Zone(label, place.at(*names)) for label, names in zones]
    out = place.at(*left_out)
    return problems_of_plan(drawn, place.sites, place.links, policy_with(**values), left_out=out)


def test_a_plan_of_good_zones_has_no_problem():
    place = town("A B . C D", **GOOD)
    assert plan_problems(place, ("1", "AB"), ("2", "CD")) == ()


def test_what_an_exception_covers_is_no_problem_of_the_plan():
    assert plan_problems(town("A", floor_area_m2=1.0), ("1", "A")) == ()


def test_a_bad_zone_is_a_problem_of_the_plan():
    assert rules_of(plan_problems(town("A . B", **GOOD), ("1", "AB"))) == ["connected"]


def test_a_site_in_two_zones_is_named():
    problems = plan_problems(town("A B", floor_area_m2=40_000.0), ("1", "AB"), ("2", "B"))
    assert sentences(problems) == "“B”同时划入 1、2 号片区，一处只能划入一个片区。"


def test_a_site_in_no_zone_without_a_reason_is_named():
    problems = plan_problems(town("A B", floor_area_m2=40_000.0), ("1", "A"))
    assert sentences(problems) == "“B”既不在任何片区内，也没有说明不划入的原因。"


def test_a_site_left_out_with_a_reason_is_no_problem():
    assert plan_problems(town("A B", floor_area_m2=40_000.0), ("1", "A"), left_out="B") == ()


def test_a_label_given_twice_is_named():
    problems = plan_problems(town("A B", floor_area_m2=40_000.0), ("1", "A"), ("1", "B"))
    assert sentences(problems) == "1号片区出现了两次，片区编号不能重复。"
