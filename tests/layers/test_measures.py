from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.adjacency import Links
from layers.measures import Joined, link_lengths_m, links_inside, parts_of, places
from tests.layers.towns import town


def test_a_place_lies_inside_its_polygon():
    place = town("A A\nA .")
    assert places(place.sites.polygons).shape == (1, 2)


def test_parts_are_told_the_largest_first():
    place = town("A B C . D")
    assert parts_of(place.at("A", "B", "D"), place.links) == [(0, 1), (3,)]


def test_a_closed_link_joins_nothing():
    place = town("A B", blocked=["AB"])
    assert parts_of((0, 1), place.links) == [(0,), (1,)]


def test_only_links_between_members_are_inside():
    place = town("A B C")
    assert links_inside((0, 1), place.links).tolist() == [0]


def test_nobody_has_no_links():
    assert links_inside((), town("A B").links).tolist() == []


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_links_inside_are_those_that_a_look_at_every_link_finds(random):
    place = town("A B C D\nE F G H\nI J K L", blocked=["AB", "FJ"], cut=["GK"], crossings=["CL"])
    members = random.sample(range(12), random.randint(0, 12))
    links = place.links
    ends = zip(links.a.tolist(), links.b.tolist(), links.is_open.tolist(), strict=True)
    expected = [at for at, (a, b, is_open) in enumerate(ends) if is_open and {a, b} <= set(members)]
    assert links_inside(members, links).tolist() == expected


def test_links_need_not_be_sorted_to_be_found():
    place = town("A B C\nD E F")
    columns = {field.name: getattr(place.links, field.name)[::-1] for field in fields(Links)}
    assert len(links_inside(range(6), Links(**columns))) == len(place.links.a)


def test_a_link_is_as_long_as_the_way_between_the_places():
    place = town("A B")
    assert link_lengths_m(place.sites, place.links) == pytest.approx([100.0])


def test_a_link_over_a_crossing_is_no_shorter_than_the_crossing():
    place = town("A B", crossings=["AB"])
    place.links.walk_m[0] = 250.0
    assert link_lengths_m(place.sites, place.links) == pytest.approx([250.0])


def test_the_order_of_joining_leaves_no_trace():
    pairs = [(1, 2), (3, 4), (2, 3)]
    groups = []
    for order in (pairs, pairs[::-1]):
        joined = Joined(range(5))
        for pair in order:
            joined.join(*pair)
        groups.append(joined.groups())
    assert groups == [[(1, 2, 3, 4), (0,)]] * 2


def test_joining_twice_joins_once():
    joined = Joined([1, 2])
    assert [joined.join(1, 2), joined.join(2, 1), joined.count] == [True, False, 1]
