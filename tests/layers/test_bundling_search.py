from dataclasses import replace
from itertools import combinations, product
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from layers.bundling import bundle_sites, exact
from layers.bundling.blocks import PER_YUAN, block_of, yields_of
from layers.bundling.bounds import bounds_of
from layers.bundling.budget import BUDGETS
from layers.bundling.construct import (
    NONE,
    absorb,
    clear,
    cut_tree,
    draw_tree,
    fit_together,
    random_target,
)
from layers.bundling.construct import lay_out as lay_on_desk
from layers.bundling.exact import best_choice, objectives_of
from layers.bundling.ground import FLOOR, PER_M2, WORTHS, desk_for
from layers.bundling.groups import can_reach_the_minimum, possible_zones
from layers.bundling.layout import lay_out
from layers.bundling.polish import hangs_together, polish
from layers.bundling.work import Work
from layers.bundling.worth import FEW, farthest, fullness, hull, whole_worth
from layers.bundling.zoning import zoning_of
from layers.policy import Contiguity, Effort
from tests.layers.towns import policy_with, town, voronoi_town


def only_block(place, policy):
    layout = lay_out(place.sites, place.links, policy)
    (units,) = layout.blocks
    return block_of(units, layout, yields_of(place.sites, place.links, policy), policy)


def worth_of(g, zone):
    desk, worth = desk_for(g), np.zeros(WORTHS, dtype=np.int64)
    desk.members[: len(zone)] = zone
    whole_worth(g, desk, len(zone), worth, True)
    names = (
        "short",
        "parts",
        "subsidy",
        "zones",
        "promise",
        "spread",
        "evenness",
        "change",
        "borders",
    )
    return SimpleNamespace(**dict(zip(names, worth.tolist(), strict=True)))


def judged(drawing, zone, *, policy=None, **columns):
    policy = policy or policy_with()
    return worth_of(only_block(town(drawing, **columns), policy).ground, zone)


def as_sets(groups):
    """Groups as tuples of units."""
    cut = zip(groups.start[:-1].tolist(), groups.start[1:].tolist(), strict=True)
    return [tuple(groups.members[first:last].tolist()) for first, last in cut]


def graph_of(g):
    n = len(g.sums)
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(
        (unit, int(other))
        for unit in range(n)
        for other in g.near[g.start[unit] : g.start[unit + 1]]
    )
    return graph


# --- what a zone is worth


def test_a_zone_that_reaches_the_minimum_is_short_of_nothing():
    assert judged("A B", (0, 1), floor_area_m2=15_000.0).short == 0


def test_a_zone_under_the_minimum_is_short_by_all_its_floor_area():
    assert judged("A B", (0, 1), floor_area_m2=10_000.0).short == 20_000 * PER_M2


def test_a_site_of_unknown_floor_area_weighs_a_square_metre_when_it_is_short():
    assert judged("A B", (1,), floor_area_m2={"B": np.nan}).short == PER_M2


def test_a_zone_may_be_short_of_households_alone():
    policy = policy_with(households_min=1_000.0)
    assert judged("A B", (0,), floor_area_m2=40_000.0, policy=policy).short == 40_000 * PER_M2


def test_a_zone_costs_what_its_fees_do_not_bring():
    worth = judged("A B", (0, 1), floor_area_m2=20_000.0)
    assert worth.subsidy == (90_000 - 1.4 * 40_000) * PER_YUAN


@pytest.mark.parametrize(("count", "value"), [("many", -1), ("few", 1)])
def test_a_zone_counts_as_the_policy_wants(count, value):
    policy = policy_with(count=count)
    assert judged("A B", (0, 1), floor_area_m2=20_000.0, policy=policy).zones == value


def test_a_zone_under_the_minimum_counts_against_even_where_many_are_wanted():
    assert judged("A B", (0,), floor_area_m2=20_000.0).zones == 1


def test_what_is_left_out_needs_neither_money_nor_ways():
    policy = policy_with(below_minimum="leave_out")
    worth = judged("A B", (0, 1), floor_area_m2=10_000.0, policy=policy)
    assert (worth.short, worth.subsidy, worth.zones) == (20_000 * PER_M2, 0, 0)
    assert (worth.promise, worth.spread) == (0, 0)


def test_what_a_planner_locked_is_never_left_out():
    policy = policy_with(below_minimum="leave_out")
    worth = judged("A B", (0, 1), floor_area_m2=10_000.0, lock={"A": "7"}, policy=policy)
    assert worth.subsidy > 0


def test_parts_count_where_contiguity_is_preferred():
    policy = policy_with(contiguity=Contiguity.PREFERRED)
    assert judged("A B . C", (0, 1, 2), policy=policy).parts == 1


def test_sites_in_a_ring_are_one_part():
    policy = policy_with(contiguity=Contiguity.PREFERRED)
    assert judged("A B\nC D", (0, 1, 2, 3), policy=policy).parts == 0


def test_the_spread_is_walk_and_diameter():
    diameter = np.hypot(190, 90)
    assert judged("A B", (0, 1)).spread == pytest.approx((100 + diameter) * 1000, abs=1)


def test_an_arterial_road_between_two_sites_adds_to_the_walk():
    place = town("A B")
    place.links.cost_m[0] += 100
    spread = worth_of(only_block(place, policy_with()).ground, (0, 1)).spread
    assert spread == pytest.approx((200 + np.hypot(190, 90)) * 1000, abs=1)


def test_what_zones_hold_beyond_the_minimum_is_worth_more_together():
    policy = policy_with(cost_per_zone=0.0)
    apart = [judged("A", (0,), floor_area_m2=45_000.0, policy=policy).promise] * 2
    areas = {"A": 30_000.0, "B": 60_000.0}
    block = only_block(town("A B", floor_area_m2=areas), policy)
    together = [worth_of(block.ground, (unit,)).promise for unit in range(2)]
    assert sum(together) < sum(apart)


def test_fullness_looks_at_what_lacks_most():
    policy = policy_with(households_min=100.0)
    g = only_block(town("A", floor_area_m2=60_000.0, households=50.0), policy).ground
    assert fullness(g, g.sums[0]) == 500


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(0, 1_000))
def test_the_farthest_corners_are_corners_of_the_hull(n, seed):
    points = np.random.default_rng(seed).uniform(0, 1_000, (n + FEW, 2)).round(seed % 3)
    drawn = hull(points)
    assert farthest(drawn, drawn) == pytest.approx(farthest(points, points), abs=1e-9)
    assert shapely.MultiPoint(points).convex_hull.equals(shapely.MultiPoint(drawn).convex_hull)


# --- which units one zone may hold


def test_units_too_far_apart_do_not_fit():
    g = only_block(town("A B C D"), policy_with(diameter_max_m=310.0)).ground
    apart = {pair for pair in combinations(range(4), 2) if not fit_together(g, *pair)}
    assert apart == {(0, 3)}


def test_units_fit_exactly_up_to_the_maximum_diameter():
    shapes = {"a": shapely.box(0, 0, 30, 40), "b": shapely.box(40, 0, 60, 40)}
    place = town("a b")
    place.sites.polygons[:] = list(shapes.values())
    limit = float(np.hypot(60, 40))
    fits = [
        fit_together(only_block(place, policy_with(diameter_max_m=limit + more)).ground, 0, 1)
        for more in (0.001, -0.001)
    ]
    assert fits == [True, False]


# --- listing every possible zone


def all_connected(graph, units):
    """Every connected subset, by brute force."""
    found = set()
    for size in range(1, len(units) + 1):
        for group in combinations(units, size):
            if nx.is_connected(graph.subgraph(group)):
                found.add(group)
    return found


@settings(max_examples=15, deadline=None)
@given(st.integers(3, 10), st.integers(0, 1_000))
def test_every_connected_group_is_listed_once(n, seed):
    place = voronoi_town(n, seed=seed, mean_m2=100.0)
    g = only_block(place, policy_with(diameter_max_m=None)).ground
    listed = as_sets(possible_zones(g, most=10**5))
    assert len(listed) == len(set(listed))
    assert set(listed) == all_connected(graph_of(g), range(n))


def test_groups_over_a_maximum_are_not_listed():
    policy = policy_with(households_max=300.0)
    block = only_block(town("A B C", households=125.0, floor_area_m2=40_000.0), policy)
    assert set(as_sets(possible_zones(block.ground, most=99))) == {(0,), (1,), (2,), (0, 1), (1, 2)}


def test_groups_over_the_floor_area_are_not_listed():
    block = only_block(town("A B", floor_area_m2=60_000.0), policy_with())
    assert as_sets(possible_zones(block.ground, most=99)) == [(0,), (1,)]


def test_a_list_that_grows_too_long_is_given_up():
    block = only_block(town("A B C D\nE F G H"), policy_with())
    assert possible_zones(block.ground, most=20) is None


# --- the best choice, against an independent solver


def brute_candidates(place, policy):
    """Every connected group within the maxima, straight from the sites, with its objectives."""
    limits, money = policy.thresholds, policy.money
    graph = nx.Graph()
    graph.add_nodes_from(range(len(place.sites.ids)))
    is_open = place.links.is_open
    graph.add_edges_from(zip(place.links.a[is_open], place.links.b[is_open], strict=True))
    for group in all_connected(graph, range(len(place.sites.ids))):
        rows = list(group)
        area = place.sites.floor_area_m2[rows].sum()
        corners = shapely.get_coordinates(shapely.multipolygons(place.sites.polygons[rows]))
        wide = max(np.hypot(*(a - b)) for a, b in product(corners, corners))
        if area > limits.floor_area_max_m2 or wide > limits.diameter_max_m:
            continue
        is_short = area < limits.floor_area_min_m2
        margin = (
            area * (money.fee * 12 * money.collection - money.cost_per_m2) - money.cost_per_zone
        )
        sign = -1 if policy.bundling.count == "many" and not is_short else 1
        yield group, (area if is_short else 0.0, max(0.0, -margin), float(sign))


def best_by_milp(place, policy):
    """Solve the set partitioning one objective after the other with HiGHS."""
    groups, values = zip(*brute_candidates(place, policy), strict=True)
    holds = np.array([[site in group for group in groups] for site in range(len(place.sites.ids))])
    rules = [LinearConstraint(holds.astype(float), 1, 1)]
    best = []
    for costs in np.array(values).T:
        solved = milp(
            costs, constraints=rules, integrality=np.ones(len(groups)), bounds=Bounds(0, 1)
        )
        best.append(float(solved.fun))
        rules.append(LinearConstraint(costs[None, :], -np.inf, solved.fun + 1e-4))
    return best


@settings(max_examples=12, deadline=None)
@given(st.integers(4, 9), st.integers(0, 1_000), st.sampled_from(["many", "few"]))
def test_small_towns_are_solved_as_well_as_an_independent_solver_can(n, seed, count):
    place = voronoi_town(n, seed=seed, mean_m2=15_000.0, sigma=0.5)
    policy = policy_with(count=count, floor_area_max_m2=90_000.0, diameter_max_m=700.0)
    plan = bundle_sites(place.sites, place.links, policy)
    if any(zone.exception == "oversize" for zone in plan.zones):
        return
    ours = [plan.objectives[name] for name in ("short", "subsidy", "zones")]
    assert ours == pytest.approx(best_by_milp(place, policy), rel=1e-6, abs=0.1)
    assert plan.status == "optimal"
    assert plan.gap_percent == 0


@settings(max_examples=10, deadline=None)
@given(st.integers(6, 13), st.integers(0, 1_000))
def test_no_bound_is_better_than_the_best_there_is(n, seed):
    place = voronoi_town(n, seed=seed, mean_m2=15_000.0, sigma=0.7)
    policy = policy_with(diameter_max_m=600.0)
    layout = lay_out(place.sites, place.links, policy)
    for units in layout.blocks:
        g = block_of(units, layout, yields_of(place.sites, place.links, policy), policy).ground
        _, best = chosen_from(g, effort=9.0)
        bounds = bounds_of(g, best)
        for objective in objectives_of(g):
            assert bounds[objective] is None or bounds[objective] <= best[objective]


def chosen_from(g, *, effort):
    """The best choice that starts from every unit by itself, and what it is worth."""
    listed = possible_zones(g, most=10**5)
    singles = np.array([group for group, held in enumerate(as_sets(listed)) if len(held) == 1])
    choice = best_choice(
        g, listed, Work(planned=0), known=singles, seed=0, effort=effort, most_left=40_000
    )
    of = np.zeros(len(g.sums), dtype=np.int64)
    for number in choice.zones.tolist():
        of[list(as_sets(listed)[number])] = number
    return choice, zoning_of(g, desk_for(g), of, True).total


@pytest.mark.compiled
def test_a_proof_that_runs_out_of_effort_claims_nothing():
    place = voronoi_town(16, seed=2, mean_m2=15_000.0)
    g = only_block(place, policy_with()).ground
    choice, worth = chosen_from(g, effort=0.0)
    assert choice.bounds != tuple(worth[objectives_of(g)])
    assert choice.bounds[-1] is None


def test_prices_found_too_early_still_give_a_bound(monkeypatch):
    monkeypatch.setattr(exact, "ROUNDS", 1)
    g = only_block(voronoi_town(8, seed=2, mean_m2=15_000.0), policy_with()).ground
    choice, worth = chosen_from(g, effort=9.0)
    known = [bound for bound in choice.bounds if bound is not None]
    assert known
    assert all(bound <= best for bound, best in zip(known, worth[objectives_of(g)], strict=False))


# --- search


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 40), st.integers(0, 1_000))
def test_random_zones_hang_together_and_keep_the_maxima(n, seed):
    place = voronoi_town(n, seed=seed, mean_m2=12_000.0)
    policy = policy_with(diameter_max_m=600.0)
    layout = lay_out(place.sites, place.links, policy)
    for units in layout.blocks:
        g = block_of(units, layout, yields_of(place.sites, place.links, policy), policy).ground
        zones = random_zones(g, np.random.default_rng(seed))
        assert sorted(unit for zone in zones for unit in zone) == list(range(len(units)))
        for zone in zones:
            assert nx.is_connected(graph_of(g).subgraph(zone))
            assert g.sums[zone, FLOOR].sum() <= g.floor_max
            assert all(fit_together(g, *pair) for pair in combinations(zone, 2))


def random_zones(g, rng):
    """Zones from one random tree over the whole block."""
    desk, n = desk_for(g), len(g.sums)
    desk.units[:n] = np.arange(n)
    lay_on_desk(desk, n)
    draw_tree(g, desk, n, rng)
    cut_tree(g, desk, n, random_target(g, g.sums.sum(axis=0), rng))
    absorb(g, desk, n)
    clear(desk, n)
    zones = {}
    for place in range(n):
        zones.setdefault(int(desk.lot[place]), []).append(place)
    assert set(desk.local.tolist()) == {NONE}
    return list(zones.values())


def test_a_group_that_falls_apart_does_not_hang_together():
    g = only_block(town("A B C"), policy_with()).ground
    desk = desk_for(g)
    desk.members[:2] = (0, 2)
    assert not hangs_together(g, desk, 2)


def list_nothing(monkeypatch):
    """Leave all to the search: no block has few enough possible zones to list them."""
    budget = replace(BUDGETS[Effort.THOROUGH], few_listed=0, most_listed=0)
    monkeypatch.setitem(BUDGETS, Effort.THOROUGH, budget)


def test_a_site_among_very_many_zones_still_moves_to_one_of_them():
    place = town("A B C D E F\nG Z Z Z Z H\nI J K L M N", floor_area_m2=20_000.0)
    g = only_block(place, policy_with(diameter_max_m=None)).ground
    desk = desk_for(g)
    apart = zoning_of(g, desk, np.arange(len(g.sums)), True)
    alone, (unit,) = apart.total.copy(), place.at("Z")
    assert polish(g, desk, apart, np.array([unit])) == 1
    assert apart.used[0] == len(g.sums) - 1
    assert apart.total.tolist() == zoning_of(g, desk, apart.of, True).total.tolist()
    assert apart.total.tolist() < alone.tolist()


@pytest.mark.compiled
@pytest.mark.parametrize("seed", range(4))
def test_the_search_finds_what_the_proof_finds(monkeypatch, seed):
    place = voronoi_town(18, seed=seed, mean_m2=15_000.0, sigma=0.5)
    policy = policy_with(diameter_max_m=700.0)
    proven = bundle_sites(place.sites, place.links, policy)
    list_nothing(monkeypatch)
    searched = bundle_sites(place.sites, place.links, policy)
    assert proven.status == "optimal"
    assert searched.objectives["short"] == proven.objectives["short"]
    assert searched.objectives["subsidy"] <= 1.1 * proven.objectives["subsidy"] + 1


def test_a_search_that_reaches_its_bounds_has_no_proof_for_the_spread(monkeypatch):
    list_nothing(monkeypatch)
    place = town("A B", floor_area_m2=40_000.0)
    plan = bundle_sites(place.sites, place.links, policy_with(cost_per_zone=0.0))
    assert (plan.gap_objective, plan.gap_percent, plan.status) == ("spread", None, "feasible")


def test_a_search_is_honest_about_the_gap_it_leaves(monkeypatch):
    list_nothing(monkeypatch)
    # Either end may join the middle, but not both: one of them must stay under the minimum.
    areas = {"A": 20_000.0, "B": 60_000.0, "C": 20_000.0}
    place = town("A B C", floor_area_m2=areas)
    plan = bundle_sites(place.sites, place.links, policy_with(floor_area_max_m2=90_000.0))
    assert plan.objectives["short"] == 20_000
    assert (plan.gap_objective, plan.gap_percent) == ("short", 100)


def test_the_same_case_listed_in_full_is_known_to_be_the_best():
    areas = {"A": 20_000.0, "B": 60_000.0, "C": 20_000.0}
    place = town("A B C", floor_area_m2=areas)
    plan = bundle_sites(place.sites, place.links, policy_with(floor_area_max_m2=90_000.0))
    assert (plan.objectives["short"], plan.gap_percent, plan.status) == (20_000, 0, "optimal")


def test_sites_that_nothing_can_lift_over_the_minimum_are_in_the_bound(monkeypatch):
    list_nothing(monkeypatch)
    place = town("A B C D E F", floor_area_m2=20_000.0)
    plan = bundle_sites(place.sites, place.links, policy_with(diameter_max_m=100.0 * 1.5))
    assert plan.bounds["short"] == plan.objectives["short"] == 120_000


def test_where_sites_may_be_left_out_no_bound_is_claimed_for_the_subsidy(monkeypatch):
    list_nothing(monkeypatch)
    place = town("A B", floor_area_m2=20_000.0)
    plan = bundle_sites(place.sites, place.links, policy_with(below_minimum="leave_out"))
    assert (plan.gap_objective, plan.gap_percent) == ("subsidy", None)


def test_parking_that_pays_for_a_zone_needs_no_subsidy_in_any_number_of_zones(monkeypatch):
    list_nothing(monkeypatch)
    place = town("A B", floor_area_m2=40_000.0)
    plan = bundle_sites(place.sites, place.links, policy_with(parking=100_000.0))
    assert (plan.bounds["subsidy"], plan.bounds["zones"]) == (0, -2)


def test_households_bound_the_number_of_zones_too(monkeypatch):
    list_nothing(monkeypatch)
    place = town("A B C D", floor_area_m2=40_000.0, households=100.0)
    policy = policy_with(households_min=150.0, floor_area_max_m2=None, cost_per_zone=0.0)
    plan = bundle_sites(place.sites, place.links, policy)
    assert plan.bounds["zones"] == -2


def test_work_that_nobody_watches_goes_on():
    work = Work(planned=1)
    assert [work.may_go_on(), work.may_go_on(5), work.done] == [True, True, 6]


def test_work_tells_at_least_as_much_planned_as_done():
    told = []
    work = Work(planned=2, on_progress=lambda *step: told.append(step))
    work.may_go_on(5)
    assert told == [(5, 5)]


def test_work_once_stopped_is_never_asked_again():
    answers = iter([False, True])
    work = Work(planned=2, should_stop=lambda: next(answers))
    assert [work.may_go_on(), work.may_go_on(), work.may_go_on()] == [True, False, False]


def test_a_unit_beside_a_neighbour_too_large_to_join_cannot_reach_the_minimum():
    areas = {"A": 10_000.0, "B": 95_000.0, "C": 5_000.0}
    block = only_block(town("A B C", floor_area_m2=areas), policy_with())
    reaches = can_reach_the_minimum(block.ground, patience=99).tolist()
    assert reaches == [False, True, True]


def test_without_patience_every_unit_is_believed_to_reach_the_minimum():
    block = only_block(town("A B", floor_area_m2=1.0), policy_with())
    assert can_reach_the_minimum(block.ground, patience=0)[0]
