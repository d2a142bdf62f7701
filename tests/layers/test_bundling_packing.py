"""Zones dropped into the ground until no more full ones fit, then filled up with what is left."""

import networkx as nx
import numpy as np
import pytest

from layers.bundling.blocks import block_of, yields_of
from layers.bundling.construct import NONE
from layers.bundling.ground import FLOOR, desk_for
from layers.bundling.layout import lay_out
from layers.bundling.packing import drop_zones, empty_packing, filled_up
from layers.bundling.worth import FULL, fullness, is_short, keeps_sums
from tests.layers.towns import policy_with, town, voronoi_town


def ground_of(place, **values):
    policy = policy_with(**values)
    layout = lay_out(place.sites, place.links, policy)
    units = max(layout.blocks, key=len)
    return block_of(units, layout, yields_of(place.sites, place.links, policy), policy).ground


def packed(g, *, drops, seed=1):
    packing = empty_packing(len(g.sums))
    drop_zones(g, packing, np.random.default_rng(seed), 0, drops, drops)
    return packing


def groups_in(of):
    return [np.flatnonzero(of == zone) for zone in np.unique(of[of != NONE])]


def hangs_together(g, units):
    graph = nx.Graph([(u, int(v)) for u in units for v in g.near[g.start[u] : g.start[u + 1]]])
    return len(units) == 1 or nx.is_connected(graph.subgraph(units.tolist()))


@pytest.mark.parametrize(
    "values",
    [{}, {"diameter_max_m": 500.0}, {"walk_max_m": 500.0}, {"households_min": 400.0}],
)
def test_packed_zones_are_full_and_keep_the_rules(values):
    g = ground_of(voronoi_town(120, seed=4, households=150.0), **values)
    zones = groups_in(packed(g, drops=2_000).of)
    assert len(zones) > 4
    for zone in zones:
        sums = g.sums[zone].sum(axis=0)
        assert fullness(g, sums) >= FULL
        assert not is_short(g, sums)
        assert keeps_sums(g, sums)
        assert hangs_together(g, zone)


def test_what_is_left_joins_the_zones_beside_it():
    g = ground_of(voronoi_town(120, seed=4))
    packing = packed(g, drops=2_000)
    of = filled_up(g, desk_for(g), packing)
    assert (packing.of == NONE).any()
    assert len(groups_in(of)) < len(groups_in(packing.of)) + (packing.of == NONE).sum()
    for zone in groups_in(of):
        assert keeps_sums(g, g.sums[zone].sum(axis=0))
        assert hangs_together(g, zone)


def test_the_units_in_no_zone_are_those_that_are_listed_as_free():
    packing = packed(ground_of(voronoi_town(80, seed=2)), drops=500)
    free = packing.free[: packing.frees[0]]
    assert sorted(free.tolist()) == np.flatnonzero(packing.of == NONE).tolist()
    assert packing.free[packing.at].tolist() == list(range(80))


def test_as_many_zones_are_packed_as_the_ground_holds():
    # Rows of three fill the square; drawn otherwise a corner is left over.
    place = town("A B C\nD E F\nG H I", floor_area_m2=10_000.0)
    g = ground_of(place, cost_per_zone=0.0, floor_area_max_m2=30_000.0)
    zones = groups_in(packed(g, drops=1_000).of)
    assert [int(g.sums[zone, FLOOR].sum()) for zone in zones] == [30_000 * 10_000] * 3


def test_no_zone_is_packed_where_none_can_be_full():
    g = ground_of(town("A B", floor_area_m2=10_000.0))
    assert (packed(g, drops=100).of == NONE).all()
