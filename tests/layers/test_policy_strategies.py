"""Five documents, five drawn towns: the zones that each policy makes of its sites."""

import pytest

from layers.bundling import bundle_sites
from layers.policy import load_policy
from tests.layers.towns import town


def zones_of(drawn, policy):
    """Return the zones as words, such as "AB", and the sites in no zone."""
    bundling = bundle_sites(drawn.sites, drawn.links, policy, seed=1)
    return sorted("".join(drawn.sites.ids[list(zone.members)]) for zone in bundling.zones)


def test_dalian_bundles_nothing_since_its_document_speaks_of_no_bundling():
    drawn = town("A B C")
    assert zones_of(drawn, load_policy("dalian-2018")) == ["A", "B", "C"]


def test_wuhua_gives_all_of_a_subdistrict_to_one_zone_whatever_lies_between():
    places = {"A": "D1", "B": "D1", "C": "D1", "D": "D2", "E": "D2"}
    drawn = town("A . B . . C\nD . . . . E", subdistrict=places, floor_area_m2=90_000.0)
    assert zones_of(drawn, load_policy("wuhua-2018")) == ["ABC", "DE"]


def test_xigang_joins_neighbours_and_leaves_one_by_itself_where_it_has_none():
    drawn = town("A B . . C", floor_area_m2=8_000.0)
    bundling = bundle_sites(drawn.sites, drawn.links, load_policy("xigang-2021"), seed=1)
    assert zones_of(drawn, load_policy("xigang-2021")) == ["AB", "C"]
    assert {str(zone.exception) for zone in bundling.zones} == {""}


def test_xuchang_joins_small_compounds_that_hang_together():
    drawn = town("A B C . D E F", floor_area_m2=15_000.0)
    assert zones_of(drawn, load_policy("xuchang-2021")) == ["ABC", "DEF"]
