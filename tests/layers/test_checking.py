"""The check before a plan is stored: whatever is tampered with in a good plan is found."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
import shapely.affinity

from layers.adjacency import Barriers, Crossings, neighbour_links
from layers.assignment import no_providers
from layers.checked_ways import is_blocked
from layers.checked_wholes import lacking_yuan
from layers.checking import MOST_TOLD, check_proposal
from layers.economics import account_of
from layers.policy import Contiguity, Strategy
from layers.proposal import propose
from layers.rules import ZoneException
from layers.sites import Scope
from tests.layers.test_proposal import TODAY
from tests.layers.towns import policy_with, sites_of, town, voronoi_town

NO_BARRIERS = Barriers(kinds=np.array([], dtype=str), geometries=np.array([], dtype=object))


def proposed(place, **values):
    policy = policy_with(**values)
    return propose(place.sites, place.links, no_providers(), policy, on_date=TODAY)


def faults(place, plan=None, *, barriers=NO_BARRIERS, **values):
    plan = plan or proposed(place, **values)
    found = check_proposal(plan, place.sites, place.links, barriers, policy_with(**values))
    return [fault.sentence() for fault in found]


def with_zone(plan, at, **values):
    zones = list(plan.zones)
    zones[at] = replace(zones[at], **values)
    return replace(plan, zones=tuple(zones))


@pytest.fixture
def pair():
    return town("A B", floor_area_m2=20_000.0)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"below_minimum": "leave_out"},
        {"strategy": Strategy.NONE},
        {"contiguity": Contiguity.NONE, "households_max": 900.0},
        {"scope": Scope.COMMUNITY, "diameter_max_m": 300.0},
    ],
    ids=["default", "leave out", "no strategy", "in parts", "narrow"],
)
def test_what_the_engine_proposes_passes(values):
    place = voronoi_town(20, seed=4)
    assert faults(place, **values) == []


def test_locks_that_are_kept_pass():
    place = town("A B C D", floor_area_m2=20_000.0, lock={"A": "7", "D": "7", "C": "-"})
    assert faults(place) == []


def test_a_site_that_is_lost_is_found(pair):
    plan = proposed(pair)
    lost = replace(with_zone(plan, 0, members=("A",), floor_area_m2=20_000.0), sites=plan.sites[:1])
    assert "纳管对象“B”在方案中出现 0 次，应恰好一次。" in faults(pair, lost)


def test_a_site_in_two_zones_is_found(pair):
    plan = proposed(pair)
    twice = replace(plan, zones=(*plan.zones, replace(plan.zones[0], label="9")))
    assert "纳管对象“A”在方案中出现 2 次，应恰好一次。" in faults(pair, twice)


def test_a_site_that_nobody_gave_is_found(pair):
    plan = proposed(pair)
    assert "纳管对象“X”在方案中出现 1 次，应恰好一次。" in faults(
        pair, with_zone(plan, 0, members=("A", "B", "X"))
    )


def test_a_site_whose_zone_does_not_list_it_is_found(pair):
    plan = proposed(pair)
    told = replace(plan, sites=(replace(plan.sites[0], zone="5"), plan.sites[1]))
    assert faults(pair, told) == ["纳管对象“A”标为 5 号片区，但该片区的名单中没有它。"]


def test_a_site_left_out_without_a_word_is_found():
    place = town("A", floor_area_m2=5_000.0)
    plan = proposed(place, below_minimum="leave_out")
    silent = replace(plan, sites=(replace(plan.sites[0], reasons=()),))
    told = ["纳管对象“A”未归入任何片区，也没有说明原因。"]
    assert faults(place, silent, below_minimum="leave_out") == told


def test_a_contract_in_force_is_not_planned_over(pair):
    place = replace(pair, sites=replace(pair.sites, is_served=np.array([True, True])))
    assert "纳管对象“A”的服务合同仍在履行，不应列入方案。" in faults(place, proposed(pair))
    leads = replace(place.sites, is_lead=np.array([True, True]))
    assert faults(replace(place, sites=leads), proposed(pair)) == []


def test_two_zones_of_one_number_and_one_without_sites_are_found(pair):
    plan = proposed(pair)
    empty = replace(plan, zones=(*plan.zones, replace(plan.zones[0], members=())))
    assert faults(pair, empty) == ["片区号 1 用了 2 次。", "1号片区没有纳管对象。"]


def test_a_zone_in_parts_is_found():
    place = town("A B", floor_area_m2=20_000.0)
    cut = town("A B", floor_area_m2=20_000.0, blocked=[("A", "B")])
    assert faults(cut, proposed(place)) == ["1号片区分成 2 块，互不相连。"]
    assert faults(cut, proposed(place), contiguity=Contiguity.PREFERRED) == []


def test_a_zone_that_leaves_its_scope_is_found(pair):
    codes = np.array(["D1", "D2"])
    place = replace(pair, sites=replace(pair.sites, subdistrict=codes))
    assert faults(place, proposed(pair)) == ["1号片区跨越 2 个管理辖区。"]


def test_a_sum_that_is_not_that_of_the_sites_is_found(pair):
    wrong = with_zone(proposed(pair), 0, floor_area_m2=50_000.0)
    assert faults(pair, wrong) == ["1号片区记载建筑面积 50,000 ㎡，实为 40,000 ㎡。"]


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"floor_area_max_m2": 35_000.0}, "建筑面积超过上限"),
        ({"households_max": 200.0}, "户数超过上限"),
        ({"diameter_max_m": 150.0}, "最大跨度超过上限"),
        ({"floor_area_min_m2": 45_000.0}, "低于下限"),
        ({"households_min": 300.0}, "低于下限"),
    ],
)
def test_a_limit_that_is_broken_without_an_exception_is_found(pair, values, what):
    assert faults(pair, proposed(pair), **values) == [f"1号片区{what}，又不属于方案列明的例外。"]


def test_an_exception_excuses_only_what_it_names(pair):
    short = with_zone(proposed(pair), 0, exception=ZoneException.BELOW_MINIMUM)
    assert faults(pair, short, floor_area_min_m2=45_000.0) == []
    assert faults(pair, short, floor_area_max_m2=35_000.0) != []
    wide = with_zone(proposed(pair), 0, exception=ZoneException.OVERSIZE)
    assert faults(pair, wide, floor_area_max_m2=35_000.0) != []
    locked = with_zone(proposed(pair), 0, exception=ZoneException.LOCKED)
    assert faults(pair, locked, floor_area_max_m2=35_000.0) == []


def test_locks_that_are_broken_are_found(pair):
    locked = replace(pair, sites=replace(pair.sites, lock=np.array(["7", "-"])))
    assert faults(locked, proposed(pair)) == [
        "“A”锁定在 7 号片区，方案却归入 1 号片区。",
        "“B”锁定为不划入任何片区，方案却归入 1 号片区。",
    ]


def drawn(place, *zones, **values):
    """Return a proposal whose zones are as drawn, each without an exception."""
    plan = proposed(place, **values)
    template = plan.zones[0]
    made = [
        replace(
            template,
            label=str(number),
            members=tuple(members),
            floor_area_m2=20_000.0 * len(members),
            exception=ZoneException.NONE,
        )
        for number, members in enumerate(zones, start=1)
    ]
    label_of = {site: zone.label for zone in made for site in zone.members}
    sites = tuple(replace(site, zone=label_of[site.id]) for site in plan.sites)
    return replace(plan, zones=tuple(made), sites=sites)


LEADS = {"is_lead": {"A": True, "D": True}}


@pytest.mark.parametrize(
    ("columns", "zones", "values", "told"),
    [
        (LEADS, ["ABCD"], {"leads_max": 1}, ["1号片区带动小区多于上限，又不属于方案列明的例外。"]),
        (
            LEADS,
            ["AB", "C", "D"],
            {"leads_min": 1},
            ["2号片区带动小区少于下限，又不属于方案列明的例外。"],
        ),
        (
            LEADS,
            ["ABC", "D"],
            {"lead_reach_m": 199.0},
            ["1号片区有纳管对象离带动小区过远，又不属于方案列明的例外。"],
        ),
        (
            LEADS | {"spare_m2": {"A": 30_000.0}},
            ["ABC", "D"],
            {"leads_max": 1},
            ["1号片区超出带动小区的可带动面积，又不属于方案列明的例外。"],
        ),
        (LEADS | {"spare_m2": {"A": 40_000.0}}, ["ABC", "D"], {"leads_max": 1}, []),
        (
            {"together": {"B": "批", "C": "批"}},
            ["AB", "CD"],
            {},
            [
                "“C”须与1号片区的“B”同片，却不在该片区内。",
                "“B”须与2号片区的“C”同片，却不在该片区内。",
            ],
        ),
        ({"apart": {"A": "甲 乙", "B": "乙"}}, ["ABCD"], {}, ["1号片区内的“A”与“B”不得同片。"]),
        ({}, ["ABCD"], {"walk_max_m": 299.0}, ["1号片区巡线长超过上限，又不属于方案列明的例外。"]),
        ({}, ["ABCD"], {"walk_max_m": 300.0}, []),
    ],
    ids=[
        "two leads",
        "no lead",
        "too far",
        "too much",
        "enough",
        "parted",
        "not apart",
        "long",
        "ok",
    ],
)
def test_leads_pairs_and_walks_are_checked(columns, zones, values, told):
    place = town("A B C D", floor_area_m2=20_000.0, **columns)
    values = {"floor_area_min_m2": None, **values}
    assert faults(place, drawn(place, *zones, **values), **values) == told


@pytest.mark.parametrize(
    "values", [{}, {"strategy": Strategy.NONE}, {"leads_max": 1, "lead_reach_m": 400.0}]
)
def test_what_the_engine_proposes_of_leads_and_pairs_passes(values):
    columns = {"is_lead": {"s0003": True}, "spare_m2": {"s0003": 20_000.0}}
    pairs = {"together": {"s0001": "批", "s0002": "批"}, "apart": {"s0004": "甲", "s0005": "甲"}}
    assert faults(voronoi_town(20, seed=4, **columns, **pairs), **values) == []


def test_a_pair_that_a_lock_parts_is_no_fault():
    place = town(
        "A B C D", floor_area_m2=20_000.0, together={"B": "批", "C": "批"}, lock={"C": "2"}
    )
    told = faults(place, drawn(place, "AB", "CD"), floor_area_min_m2=None)
    assert told == ["“B”须与2号片区的“C”同片，却不在该片区内。"]


def line(*points):
    return shapely.LineString(points)


def two_sites(gap_m):
    shapes = [shapely.box(0, 0, 100, 100), shapely.box(100 + gap_m, 0, 200 + gap_m, 100)]
    return sites_of(["A", "B"], shapes, floor_area_m2=20_000.0)


@pytest.mark.parametrize(
    ("gap_m", "river", "is_found"),
    [
        (20, line((110, -200), (110, 300)), True),
        (20, line((110, 40), (110, 300)), False),
        (20, line((50, 50), (60, 60)), False),
        (20, line((110, 45), (110, 55)), False),
        (0, line((100, -50), (100, 90)), True),
        (0, line((100, -50), (100, 30)), False),
        (0, line((50, 50), (150, 50)), False),
    ],
    ids=["all along", "ends", "inside", "an island", "on the edge", "on a third", "across"],
)
def test_a_link_through_a_river_is_found(gap_m, river, is_found):
    sites = two_sites(gap_m)
    nothing = Crossings(kinds=np.array([], dtype=str), lines=np.array([], dtype=object))
    links = neighbour_links(sites, NO_BARRIERS, nothing, policy_with().links)
    place = replace(town("A B"), sites=sites, links=links)
    rivers = Barriers(kinds=np.array(["river"]), geometries=np.array([river], dtype=object))
    told = ["1号片区内“A”与“B”的相连处穿过河流，没有可走的直线通路。"] if is_found else []
    assert faults(place, barriers=rivers) == told
    lawful = neighbour_links(sites, rivers, nothing, policy_with().links)
    assert lawful.is_open.tolist() == [not is_found]


@pytest.mark.parametrize(
    ("river", "is_found"),
    [(line((-50, 150), (150, -50)), True), (line((300, -50), (300, 90)), False)],
    ids=["between the corners", "elsewhere"],
)
def test_sites_that_touch_at_a_corner_are_joined_where_no_river_runs_between(river, is_found):
    polygons = [shapely.box(0, 0, 100, 100), shapely.box(100, 100, 200, 200)]
    moved = shapely.affinity.translate(river, 50, 50)
    assert is_blocked(*polygons, np.array([moved], dtype=object), reach_m=60.0) == is_found


def test_a_wall_that_only_costs_is_no_river():
    sites = two_sites(20)
    walls = Barriers(kinds=np.array(["wall"]), geometries=np.array([line((110, -9), (110, 300))]))
    links = town("A B").links
    place = replace(town("A B"), sites=sites, links=links)
    assert faults(place, barriers=walls) == []


def test_so_many_faults_are_told_and_the_rest_counted():
    place = voronoi_town(MOST_TOLD + 5, seed=1)
    plan = replace(proposed(place), zones=(), sites=())
    found = faults(place, plan)
    assert len(found) == MOST_TOLD + 1
    assert found[-1] == "另有 5 处问题未列出。"


def test_a_place_without_polygons_is_checked_too():
    points = [shapely.Point(0, 0), shapely.Point(20, 0)]
    sites = sites_of(["A", "B"], points, floor_area_m2=20_000.0)
    rivers = Barriers(
        kinds=np.array(["river"]), geometries=np.array([line((10, -9), (10, 9))], dtype=object)
    )
    nothing = Crossings(kinds=np.array([], dtype=str), lines=np.array([], dtype=object))
    links = neighbour_links(sites, NO_BARRIERS, nothing, policy_with().links)
    place = replace(town("A B"), sites=sites, links=links)
    assert faults(place, barriers=rivers) == [
        "1号片区内“A”与“B”的相连处穿过河流，没有可走的直线通路。"
    ]


def test_a_zone_that_lacks_more_than_the_policy_gives_is_found(pair):
    plan = proposed(pair)
    limit = {"subsidy_max_yuan": 1_000.0}
    assert faults(pair, plan, **limit) == [
        "1号片区所需补贴超过上限，或因面积不详无从核算，又不属于方案列明的例外。"
    ]
    named = with_zone(plan, 0, exception=ZoneException.BELOW_MINIMUM)
    assert faults(pair, named, **limit) == []


def test_what_nobody_knows_the_cost_of_is_over_any_subsidy():
    place = town("A", floor_area_m2=float("nan"), households=500.0)
    plan = proposed(place, subsidy_max_yuan=1e9)
    bare = with_zone(plan, 0, exception=ZoneException.NONE)
    assert any("所需补贴超过上限" in fault for fault in faults(place, bare, subsidy_max_yuan=1e9))


@pytest.mark.parametrize("seed", range(6))
def test_what_a_zone_lacks_is_what_its_account_says(seed):
    place = voronoi_town(8, seed=seed)
    rng = np.random.default_rng(seed)
    fee = np.where(rng.random(8) < 0.5, np.nan, rng.random(8) * 2)
    area = np.where(rng.random(8) < 0.3, np.nan, rng.random(8) * 3e4)
    sites, money = replace(place.sites, fee=fee, floor_area_m2=area), policy_with().money
    expected = account_of(range(8), sites, money).subsidy_needed
    assert lacking_yuan(range(8), sites, money) == pytest.approx(expected, nan_ok=True)


WHOLE = {"strategy": Strategy.WHOLE_AREA, "scope": Scope.COMMUNITY, "contiguity": Contiguity.NONE}


def cut_in_two(place, **values):
    """Return the plan of a place as it would be were its first site a zone of its own."""
    plan = proposed(place, **values)
    first, *others = plan.zones[0].members
    held = float(place.sites.floor_area_m2[place.at(first)].sum())
    own = replace(plan.zones[0], label="8", members=(first,), floor_area_m2=held)
    rest = replace(
        plan.zones[0], members=tuple(others), floor_area_m2=plan.zones[0].floor_area_m2 - held
    )
    sites = tuple(replace(each, zone="8") if each.id == first else each for each in plan.sites)
    return replace(plan, zones=(rest, own, *plan.zones[1:]), sites=sites)


def test_an_area_that_is_cut_for_nothing_is_found():
    place = town("A B C", floor_area_m2=35_000.0, community="C1")
    told = ["管理辖区 C1 分成 2 个片区，而政策要求整体打包，合为一个也不超限。"]
    assert faults(place, **WHOLE, floor_area_max_m2=200_000.0) == []
    cut = cut_in_two(place, **WHOLE, floor_area_max_m2=200_000.0)
    assert faults(place, cut, **WHOLE, floor_area_max_m2=200_000.0) == told
    assert faults(place, cut, **WHOLE, floor_area_max_m2=100_000.0) == []
    one = {"one_provider_per_area": True}
    assert faults(place, cut, **WHOLE, **one, floor_area_max_m2=100_000.0) == told


def test_an_area_that_hangs_together_nowhere_may_be_cut():
    place = town("A B C", floor_area_m2=35_000.0, community="C1")
    apart = town("A B C", floor_area_m2=35_000.0, community="C1", blocked=[("A", "B")])
    values = {**WHOLE, "contiguity": Contiguity.REQUIRED, "floor_area_max_m2": 200_000.0}
    cut = cut_in_two(place, **values)
    assert len(faults(place, cut, **values)) == 1
    assert faults(apart, cut, **values) == []


def test_an_area_that_a_planner_has_a_hand_in_may_be_cut():
    place = town("A B C", floor_area_m2=35_000.0, community="C1")
    cut = cut_in_two(place, **WHOLE, floor_area_max_m2=200_000.0)
    locked = replace(place, sites=replace(place.sites, lock=np.array(["8", "", ""])))
    assert faults(locked, cut, **WHOLE, floor_area_max_m2=200_000.0) == []


def test_sites_of_an_unknown_area_are_no_area():
    place = town("A B C", floor_area_m2=35_000.0)
    cut = cut_in_two(place, **WHOLE, floor_area_max_m2=200_000.0)
    assert faults(place, cut, **WHOLE, floor_area_max_m2=200_000.0) == []
