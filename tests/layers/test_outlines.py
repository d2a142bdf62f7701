import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.outlines import diameter_m, walk_m, zone_outline, zone_outlines
from tests.grid import city


def drawn(drawing: str, **options) -> np.ndarray:
    shapes = city(drawing, **options)
    return np.array(list(shapes.values()), dtype=object)


def lost_m2(site: shapely.Geometry, outline: shapely.Geometry) -> float:
    return shapely.difference(site, outline).area


def test_the_outline_of_one_site_is_the_site():
    (site,) = drawn("A")
    assert zone_outline(np.array([site]), reach_m=60).symmetric_difference(site).area < 1


def test_the_street_between_two_sites_is_closed():
    sites = drawn("A B", street_m=20)
    assert zone_outline(sites, reach_m=60).contains(shapely.Point(100, 50))


def test_a_gap_over_the_reach_stays_open():
    sites = drawn("A . B", street_m=20)
    assert len(zone_outline(sites, reach_m=60).geoms) == 2


def test_corner_to_corner_is_joined_by_a_corridor():
    sites = drawn("A .\n. B", street_m=30)
    assert zone_outline(sites, reach_m=60).geom_type == "Polygon"


def test_sites_that_touch_in_one_point_are_joined():
    sites = drawn("A .\n. B")
    assert zone_outline(sites, reach_m=0).geom_type == "Polygon"


def test_a_court_that_the_zone_surrounds_stays_a_hole():
    sites = drawn("A A A\nA . A\nA A A")
    assert len(zone_outline(sites, reach_m=60).interiors) == 1


def test_a_hole_too_small_for_a_building_is_filled():
    site = shapely.box(0, 0, 100, 100) - shapely.box(50, 50, 54, 54)
    assert len(zone_outline(np.array([site]), reach_m=1).interiors) == 0


def test_a_site_without_boundary_gets_a_small_circle():
    outline = zone_outline(np.array([shapely.Point(0, 0)]), reach_m=60)
    assert outline.contains(shapely.Point(4, 0))


def test_the_outline_does_not_depend_on_the_order_of_the_sites():
    sites = drawn("A B .\n. C D", street_m=20)
    assert zone_outline(sites, reach_m=60).equals_exact(
        zone_outline(sites[::-1], reach_m=60), tolerance=1e-6
    )


def test_a_strangers_site_in_the_closed_gap_is_cut_out():
    sites = drawn("A B C", cell_m=20)
    outlines = zone_outlines(sites, np.array(["1", "", "1"]), reach_m=60)
    assert outlines["1"].intersection(sites[1]).area < 1e-6


def test_ground_between_two_zones_goes_to_the_first_label():
    sites = drawn("A . B\n. . .\nC . D", cell_m=20)
    outlines = zone_outlines(sites, np.array(["1", "2", "2", "1"]), reach_m=60)
    middle = shapely.Point(30, 30)
    assert [outlines[label].contains(middle) for label in "12"] == [True, False]


def test_sites_outside_every_zone_get_no_outline():
    sites = drawn("A B")
    assert list(zone_outlines(sites, np.array(["", "7"]), reach_m=60)) == ["7"]


def test_a_part_that_lost_its_sites_is_dropped():
    # two strangers' walls cut the closed gap of zone 1 into three, the middle one with no site
    ends = [shapely.box(0, 0, 20, 20), shapely.box(60, 0, 80, 20)]
    walls = [shapely.box(28, -20, 32, 40), shapely.box(48, -20, 52, 40)]
    sites = np.array([*ends, *walls], dtype=object)
    outline = zone_outlines(sites, np.array(["1", "1", "", ""]), reach_m=60)["1"]
    assert len(outline.geoms) == 2


def test_a_site_that_overlaps_another_stays_whole_in_its_own_outline():
    sites = np.array([shapely.box(0, 0, 100, 100), shapely.box(90, 0, 200, 100)], dtype=object)
    outlines = zone_outlines(sites, np.array(["1", "2"]), reach_m=60)
    assert lost_m2(sites[1], outlines["2"]) < 1e-6


@st.composite
def zoned_city(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(2, 4))
    boxes = []
    for right in range(size):
        for up in range(size):
            left, bottom, width, height = rng.uniform([0, 0, 30, 30], [20, 20, 70, 70])
            x, y = right * 100 + left, up * 100 + bottom
            boxes.append(shapely.box(x, y, x + width, y + height))
    zone_of = rng.choice(["", "1", "2", "3"], size=len(boxes))
    zone_of[0] = "1"
    return np.array(boxes, dtype=object), zone_of


@settings(max_examples=60, deadline=None)
@given(zoned_city())
def test_every_site_lies_in_the_outline_of_its_zone(drawn_city):
    sites, zone_of = drawn_city
    outlines = zone_outlines(sites, zone_of, reach_m=60)
    lost = [lost_m2(s, outlines[z]) for s, z in zip(sites, zone_of, strict=True) if z]
    assert max(lost) < 1e-6


@settings(max_examples=60, deadline=None)
@given(zoned_city())
def test_no_site_lies_in_the_outline_of_another_zone(drawn_city):
    sites, zone_of = drawn_city
    outlines = zone_outlines(sites, zone_of, reach_m=60)
    taken = [
        site.intersection(outline).area
        for site, own in zip(sites, zone_of, strict=True)
        for label, outline in outlines.items()
        if label != own
    ]
    assert max(taken, default=0) < 1e-6


@settings(max_examples=60, deadline=None)
@given(zoned_city())
def test_outlines_do_not_overlap(drawn_city):
    outlines = list(zone_outlines(*drawn_city, reach_m=60).values())
    together = shapely.union_all(outlines).area
    assert sum(outline.area for outline in outlines) - together < 1e-3


@settings(max_examples=60, deadline=None)
@given(zoned_city())
def test_outlines_are_valid(drawn_city):
    outlines = list(zone_outlines(*drawn_city, reach_m=60).values())
    assert shapely.is_valid(outlines).all()


def test_the_diameter_reaches_from_corner_to_corner():
    assert diameter_m(drawn("A . B\n. . .\n. . C")) == pytest.approx(np.hypot(300, 300))


def test_the_diameter_of_a_point_is_nought():
    assert diameter_m(np.array([shapely.Point(0, 0)])) == 0


@settings(max_examples=40, deadline=None)
@given(zoned_city())
def test_the_diameter_is_the_greatest_of_all_distances_between_vertices(drawn_city):
    sites, _ = drawn_city
    points = shapely.points(shapely.get_coordinates(sites))
    assert diameter_m(sites) == pytest.approx(
        max(shapely.distance(p, points).max() for p in points)
    )


def test_the_walk_leaves_out_the_longest_side_of_a_triangle():
    sites = np.array([shapely.Point(0, 0), shapely.Point(30, 0), shapely.Point(30, 40)])
    assert walk_m(sites, np.array([[0, 1], [1, 2], [0, 2]])) == pytest.approx(70)


def test_sites_in_one_place_need_no_walk():
    sites = np.array([shapely.Point(0, 0), shapely.Point(0, 0)])
    assert walk_m(sites, np.array([[0, 1]])) == 0


def test_a_lone_site_needs_no_walk():
    assert walk_m(np.array([shapely.Point(0, 0)]), np.empty((0, 2), dtype=np.int64)) == 0


@settings(max_examples=40, deadline=None)
@given(zoned_city())
def test_the_walk_is_the_minimum_spanning_forest(drawn_city):
    sites, _ = drawn_city
    points = shapely.point_on_surface(sites)
    a, b = np.triu_indices(len(sites), k=1)
    length = shapely.distance(points[a], points[b])
    links = np.stack([a, b], axis=1)[length < 120]
    graph = nx.Graph()
    graph.add_weighted_edges_from((i, j, points[i].distance(points[j])) for i, j in links)
    forest = nx.minimum_spanning_edges(graph, data=True)
    assert walk_m(sites, links) == pytest.approx(sum(data["weight"] for *_, data in forest))
