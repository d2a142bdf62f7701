"""Blocks that are divided into so many zones of even size."""

import networkx as nx
import numpy as np
import pytest

from layers.bundling import bundle_sites
from layers.bundling.division import divided
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


@pytest.mark.compiled
def test_a_plan_of_so_many_zones_keeps_limits_that_growing_zones_miss():
    place = voronoi_town(120, seed=2, sigma=0.8)
    each = place.sites.households.sum() / 6
    limits = {"households_min": 0.95 * each, "households_max": 1.05 * each}
    wanted = {"count": Count.TARGET, "target_count": 6}
    plan = bundle_sites(place.sites, place.links, policy_with(**(ANYTHING | limits | wanted)))
    assert len(plan.zones) == 6
    assert {zone.exception for zone in plan.zones} == {""}
