"""The judge and the grounds of the measurements: figures are worth no more than these."""

import numpy as np
import pytest
import shapely

from tests.benchmarks.graphs import as_arrays, from_arrays, lattice, town, voronoi_city
from tests.benchmarks.plans import (
    NOBODY,
    cut_edges,
    faults_of,
    labels_of,
    most_zones,
    polsby_popper,
)
from tests.benchmarks.policies import bare_policy, carrying_m2
from tests.benchmarks.tables import told
from tests.layers.towns import policy_with

HALVES = np.repeat([0, 1], 6)
"""The upper and the lower half of twelve squares in rows of four, cut in the middle row."""


@pytest.mark.parametrize("make", [lattice, voronoi_city])
def test_the_units_of_a_ground_tile_their_square(make):
    ground = make(200, seed=1)
    assert shapely.is_valid(ground.polygons).all()
    assert shapely.area(ground.polygons).sum() == pytest.approx(200 * 170.0**2)
    assert shapely.union_all(ground.polygons).area == pytest.approx(200 * 170.0**2)


@pytest.mark.parametrize("make", [lattice, voronoi_city])
def test_rook_pairs_are_those_that_share_an_edge(make):
    ground = make(60, seed=2)
    edges = {
        (a, b)
        for a in range(60)
        for b in range(a + 1, 60)
        if shapely.intersection(ground.polygons[a], ground.polygons[b]).length > 1e-6
    }
    assert set(zip(ground.a.tolist(), ground.b.tolist(), strict=True)) == edges


def test_the_sites_of_a_town_lie_apart():
    sites = town(80, seed=3).sites()
    near, far = shapely.STRtree(sites.polygons).query(sites.polygons, predicate="intersects")
    assert (near == far).all()


def test_a_ground_comes_back_from_plain_arrays():
    ground = voronoi_city(40, seed=4)
    again = from_arrays(as_arrays(ground))
    assert shapely.equals(again.polygons, ground.polygons).all()
    assert again.households.tolist() == ground.households.tolist()
    assert again.subdistrict.tolist() == ground.subdistrict.tolist()


def test_the_judge_finds_nothing_in_a_sound_plan():
    assert faults_of(HALVES, lattice(12, seed=1), minimum=0, zones=2) == []


@pytest.mark.parametrize(
    ("labels", "limits", "said"),
    [
        (np.tile([0, 1], 6), {"minimum": 0}, ["2 zones in several parts"]),
        (HALVES, {"minimum": 1e9}, ["2 zones outside the limits"]),
        (HALVES, {"minimum": 0, "maximum": 1}, ["2 zones outside the limits"]),
        (HALVES, {"minimum": 0, "zones": 3}, ["2 zones, not 3"]),
        (np.full(12, NOBODY), {"minimum": 0}, ["not every unit is in a zone"]),
        (HALVES[:11], {"minimum": 0}, ["not every unit is in a zone"]),
    ],
)
def test_the_judge_names_what_is_wrong(labels, limits, said):
    assert faults_of(labels, lattice(12, seed=1), **limits) == said


def test_a_unit_in_two_zones_is_refused():
    with pytest.raises(AssertionError, match=r"^Zone 1 holds a unit of another zone, or one twice"):
        labels_of([(0, 1), (1, 2)], 3)


def test_a_square_zone_is_as_compact_as_a_square():
    whole = np.zeros(100, dtype=np.int64)
    assert polsby_popper(whole, lattice(100, seed=1)) == pytest.approx(np.pi / 4)


def test_edges_between_two_zones_are_cut():
    # rows of four: the halves part below units 2 and 3, above 4 and 5, and between 5 and 6
    assert cut_edges(HALVES, lattice(12, seed=1)) == 5


def test_a_unit_above_the_minimum_counts_once_in_the_bound():
    assert most_zones(np.array([9_000.0, 2_000.0, 2_000.0]), 3_000.0) == 2


def test_a_zone_carries_itself_where_fees_cover_the_cost_of_a_zone():
    assert carrying_m2(policy_with()) == pytest.approx(90_000 / (12 * 0.5 * 0.6 - 2.2))
    assert carrying_m2(bare_policy(floor_area_min_m2=30_000.0)) == 30_000.0


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "-"), (True, "yes"), (12_345, "12,345"), (0.01234, "0.012"), (87.26, "87.3")],
)
def test_a_cell_shows_three_digits_that_count(value, words):
    assert told(value) == words
