"""Blocks that are divided into so many zones of even size."""

import networkx as nx
import numpy as np
import pytest

from layers.bundling import bundle_sites
from layers.bundling.construct import draw_tree, lay_out
from layers.bundling.division import divided, neat_cut
from layers.bundling.ground import desk_for
from layers.bundling.shares import aimed_at
from layers.policy import Count
from tests.layers.test_bundling_search import only_block
from tests.layers.towns import policy_with, town, voronoi_town

ANYTHING = {
    "floor_area_min_m2": None,
    "floor_area_max_m2": None,
    "diameter_max_m": None,
    "subsidy_max_yuan": None,
}


def zones_of(place, count, *, seed=0, **values):
    """Return the names in each zone of a division; [] = none was found."""
    block = only_block(place, policy_with(**(ANYTHING | values)))
    (g,) = aimed_at([block.ground], count)
    found = divided(g, desk_for(g), np.random.default_rng(seed))
    zones = {}
    for unit, zone in zip(block.units, found.tolist(), strict=len(found) > 0):
        zones.setdefault(zone, []).extend(place.sites.ids[list(unit.members)].tolist())
    return sorted(zones.values())


def test_a_row_is_cut_into_even_lengths():
    row = town("A B C D E F G H I", floor_area_m2=20_000.0)
    thirds = [["A", "B", "C"], ["D", "E", "F"], ["G", "H", "I"]]
    assert zones_of(row, 3) == thirds
    assert zones_of(row, 3, floor_area_min_m2=60_000.0, floor_area_max_m2=60_000.0) == thirds


def test_shares_are_even_in_what_the_policy_limits():
    homes = {"A": 800.0} | dict.fromkeys("BCDEFGHI", 100.0)
    row = town("A B C D E F G H I", households=homes)
    assert zones_of(row, 2, households_min=750.0) == [["A"], list("BCDEFGHI")]


@pytest.mark.parametrize("seed", range(4))
def test_every_zone_hangs_together_and_keeps_tight_limits(seed):
    place = voronoi_town(60, seed=seed, sigma=0.5)
    homes = place.sites.households
    low, high = homes.sum() / 5 * np.array([0.93, 1.07])
    zones = zones_of(place, 5, seed=seed, households_min=low, households_max=high)
    assert sorted(site for zone in zones for site in zone) == place.sites.ids.tolist()
    graph = nx.Graph(zip(place.links.a.tolist(), place.links.b.tolist(), strict=True))
    for zone in zones:
        at = np.searchsorted(place.sites.ids, zone)
        assert nx.is_connected(graph.subgraph(at.tolist()))
        assert low <= homes[at].sum() <= high
    assert len(zones) == 5


@pytest.mark.parametrize(
    "rule",
    [
        {"floor_area_min_m2": 35_000.0},
        {"floor_area_max_m2": 25_000.0},
        {"diameter_max_m": 150.0},
        {"walk_max_m": 50.0},
        {"subsidy_max_yuan": 0.0, "cost_per_zone": 9e9},
    ],
    ids=["minimum", "maximum", "width", "walk", "money"],
)
def test_where_no_division_keeps_a_rule_there_is_none(rule):
    assert zones_of(town("A B\nC D", floor_area_m2=15_000.0), 2, **rule) == []


def cut_in_two(place, *, seed=0, **values):
    """Return the names on either side of one cut of a random tree; None = there is none."""
    block = only_block(place, policy_with(**(ANYTHING | values)))
    g, units = block.ground, len(block.units)
    desk = desk_for(g)
    desk.units[:units] = np.arange(units)
    lay_out(desk, units)
    rng = np.random.default_rng(seed)
    draw_tree(g, desk, units, rng)
    if not neat_cut(g, desk, units, rng):
        return None
    sides = {}
    for unit, lot in zip(block.units, desk.lot[:units].tolist(), strict=True):
        sides.setdefault(lot, []).extend(place.sites.ids[list(unit.members)].tolist())
    return sorted(sides.values())


def test_a_row_is_cut_where_both_sides_keep_the_limits():
    row = town("A B C D E F G H I", floor_area_m2=20_000.0)
    limits = {"floor_area_min_m2": 80_000.0, "floor_area_max_m2": 100_000.0}
    for seed in range(4):
        assert cut_in_two(row, seed=seed, **limits) in (
            [list("ABCD"), list("EFGHI")],
            [list("ABCDE"), list("FGHI")],
        )


def test_of_the_cuts_of_a_tree_that_is_taken_which_parts_the_fewest_neighbours():
    # Two squares that one link joins: whatever the tree, that link is in it.
    place = town("A B . D E\nF G H I J", floor_area_m2=10_000.0)
    limits = {"floor_area_min_m2": 30_000.0}
    parted = [cut_in_two(place, seed=seed, **limits) for seed in range(6)]
    names = place.sites.ids
    pairs = list(zip(names[place.links.a], names[place.links.b], strict=True))
    counts = [sum((a in one) != (b in one) for a, b in pairs) for one, _ in parted]
    assert counts == [1] * 6


@pytest.mark.parametrize(
    "rule",
    [{"floor_area_min_m2": 65_000.0}, {"floor_area_max_m2": 50_000.0}, {"diameter_max_m": 150.0}],
    ids=["minimum", "maximum", "width"],
)
def test_where_no_cut_leaves_two_sound_sides_there_is_none(rule):
    assert cut_in_two(town("A B C D E F", floor_area_m2=20_000.0), **rule) is None


@pytest.mark.compiled
def test_a_plan_of_so_many_zones_keeps_limits_that_growing_zones_miss():
    place = voronoi_town(120, seed=2, sigma=0.8)
    each = place.sites.households.sum() / 6
    limits = {"households_min": 0.95 * each, "households_max": 1.05 * each}
    wanted = {"count": Count.TARGET, "target_count": 6}
    plan = bundle_sites(place.sites, place.links, policy_with(**(ANYTHING | limits | wanted)))
    assert len(plan.zones) == 6
    assert {zone.exception for zone in plan.zones} == {""}
