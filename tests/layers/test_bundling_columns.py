"""What is reckoned of all zones at once is what the rules and measures say of each alone."""

from dataclasses import replace

import numpy as np
import pytest

from layers.bundling.drawn import Drawn
from layers.bundling.layout import lay_out
from layers.bundling.problems import SOUND, problems_of_zones
from layers.bundling.spread import Yardstick
from layers.economics import account_of, accounts_of
from layers.measures import parts_of, zone_walk_m
from layers.outlines import diameter_m
from layers.policy import Contiguity
from layers.rules import RULES, Zone, problems_of_zone
from tests.layers.towns import policy_with, voronoi_town


def scribbled(*, seed=1, **values):
    """Zones drawn without any sense over a town that knows little of itself."""
    rng = np.random.default_rng(seed)
    place = voronoi_town(60, seed=seed)
    unknown = rng.random((2, 60)) < 0.3
    sites = replace(
        place.sites,
        floor_area_m2=np.where(unknown[0], np.nan, place.sites.floor_area_m2),
        households=np.where(unknown[1], np.nan, place.sites.households),
        subdistrict=np.where(np.arange(60) < 30, "X", "Y"),
        lock=np.array(["3", "", "", "9", "-", *[""] * 55]),
    )
    zone_of = rng.integers(0, 14, 60)
    _, zone_of = np.unique(zone_of, return_inverse=True)
    zones = [
        Zone(str(number + 1), tuple(np.flatnonzero(zone_of == number).tolist()))
        for number in range(zone_of.max() + 1)
    ]
    policy = policy_with(**values)
    return Drawn(
        zones=tuple(zones),
        zone_of=zone_of,
        layout=lay_out(sites, place.links, policy),
        sites=sites,
        links=place.links,
        policy=policy,
        yardstick=Yardstick(sites, place.links),
    )


@pytest.mark.parametrize("contiguity", list(Contiguity))
@pytest.mark.parametrize("limit", [None, 300.0])
def test_no_broken_rule_of_a_zone_is_overlooked(contiguity, limit):
    drawn = scribbled(
        contiguity=contiguity, diameter_max_m=limit, households_min=limit, households_max=limit
    )
    ground = drawn.sites, drawn.links, drawn.policy
    alone = [problems_of_zone(zone, *ground) for zone in drawn.zones]
    assert problems_of_zones(drawn) == alone
    assert any(alone)


def test_every_rule_has_a_column():
    assert SOUND.keys() == RULES.keys()


def test_zones_measure_together_what_each_measures_alone():
    drawn = scribbled()
    members = [zone.members for zone in drawn.zones]
    polygons = drawn.sites.polygons
    assert drawn.diameters_m.tolist() == [diameter_m(polygons[list(own)]) for own in members]
    assert drawn.parts.tolist() == [len(parts_of(own, drawn.links)) for own in members]
    assert drawn.walks_m == pytest.approx(
        [zone_walk_m(own, drawn.sites, drawn.links) for own in members]
    )


def test_accounts_of_many_zones_are_those_of_each():
    drawn = scribbled()
    money = drawn.policy.money
    each = [account_of(zone.members, drawn.sites, money) for zone in drawn.zones]
    together = accounts_of(drawn.members, drawn.sites, money)
    assert str(together) == str(each)
    assert drawn.takings.subsidies_needed(money) == pytest.approx(
        [account.subsidy_needed for account in each], nan_ok=True
    )
