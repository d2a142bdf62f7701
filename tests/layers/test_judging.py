from dataclasses import replace

import numpy as np
import pytest

from layers.economics import account_of
from layers.editing import Change, Drawing, apply
from layers.judging import REMEMBERED, JudgedGround, judge_change
from layers.measures import zone_walk_m
from layers.outlines import diameter_m, zone_outline
from layers.rules import Zone, ZoneException, problems_of_zone
from tests.layers.towns import policy_with, town, voronoi_town


def ground_of(place, **values):
    return JudgedGround(sites=place.sites, links=place.links, policy=policy_with(**values))


def drawing(zones, *, locked=""):
    """Return a drawing from names by label; "" are the sites that are left out."""
    zone_of = {site: label for label, sites in zones.items() for site in sites}
    return Drawing(zone_of=zone_of, locked=frozenset(locked))


@pytest.fixture(scope="module")
def big():
    place = voronoi_town(120, seed=5)
    rng = np.random.default_rng(1)
    labels = rng.integers(1, 6, 120)
    return ground_of(place), drawing(
        {str(n): place.sites.ids[labels == n].tolist() for n in range(1, 6)}
    )


@pytest.mark.parametrize("label", list("12345"))
def test_a_zone_is_judged_as_the_proposals_own_functions_judge_it(big, label):
    ground, drawn = big
    judged = ground.judge(label, drawn)
    members = tuple(sorted(ground.at[site] for site in drawn.members(label)))
    assert judged.members == members
    plain = problems_of_zone(Zone(label, members), ground.sites, ground.links, ground.policy)
    assert [(p.rule, p.sites) for p in judged.problems] == [(p.rule, p.sites) for p in plain]
    assert [p.reason.sentence() for p in judged.problems] == [p.reason.sentence() for p in plain]
    assert judged.diameter_m == diameter_m(ground.sites.polygons[list(members)])
    assert judged.account == account_of(members, ground.sites, ground.policy.money)


def test_walks_are_those_of_the_proposal(big):
    ground, drawn = big
    judged = ground.judge("3", drawn)
    walk_m = zone_walk_m(judged.members, ground.sites, ground.links)
    assert ground.walk_m(judged.members) == walk_m


def test_a_judgement_is_remembered_until_too_many_are(big, monkeypatch):
    ground, drawn = big
    ground = replace(ground, _known={})
    first = ground.judge("1", drawn)
    assert ground.judge("1", drawn) is first
    monkeypatch.setattr("layers.judging.REMEMBERED", 1)
    ground.judge("2", drawn)
    assert ground.judge("1", drawn) is not first
    assert REMEMBERED > 1


def test_an_outline_is_remembered_until_too_many_are(big, monkeypatch):
    ground, drawn = big
    ground = replace(ground, _drawn={})
    members = ground.judge("1", drawn).members
    first = ground.outline(members)
    polygons = ground.sites.polygons[list(members)]
    assert first.equals(zone_outline(polygons, reach_m=ground.policy.links.reach_m))
    assert ground.outline(list(members)) is first
    monkeypatch.setattr("layers.judging.REMEMBERED", 1)
    ground.outline(members[:1])
    assert ground.outline(members) is not first


def test_a_locked_zone_is_kept_whatever_it_breaks():
    ground = ground_of(town("A B . C"))
    free = ground.judge("1", drawing({"1": "ABC"}))
    held = ground.judge("1", drawing({"1": "ABC"}, locked="C"))
    assert (free.exception, free.is_locked) == (None, False)
    assert (held.exception, held.is_locked) == (ZoneException.LOCKED, False)
    assert ground.judge("1", drawing({"1": "ABC"}, locked="ABC")).is_locked


def test_parts_are_told_over_open_links():
    ground = ground_of(town("A B . C D E", blocked=["CD"]))
    assert ground.parts("ABCDE") == [("A", "B"), ("D", "E"), ("C",)]


def test_sites_that_belong_together_are_missed_unless_they_are_locked_elsewhere():
    place = town("A B C D", together={"B": "批", "D": "批"})
    ground, zones = ground_of(place, floor_area_min_m2=None), {"1": "AB", "2": "CD"}
    (problem,) = ground.judge("1", drawing(zones)).problems
    assert problem.reason.sentence() == "须与1号片区同区的“D”不在该片区内。"
    assert ground.judge("1", drawing(zones, locked="D")).problems == ()
    assert ground.judge("1", drawing(zones)).problems == (problem,)


def verdicts(ground, before, **change):
    done = Change(**change)
    return judge_change(done, before, apply(done, before), ground)


def test_a_change_shows_what_it_breaks_and_what_it_mends():
    ground = ground_of(town("A B C", floor_area_m2=20_000.0))
    one, two = verdicts(ground, drawing({"1": "AB", "2": "C"}), placement={"B": ("1", "2")})
    assert [p.rule for p in one.broken] == ["floor_area_min"]
    assert [p.rule for p in two.mended] == ["floor_area_min"]
    assert one.mended == two.broken == ()


def test_zones_that_come_and_go_have_no_before_or_after():
    ground = ground_of(town("A B"))
    old, new = verdicts(ground, drawing({"1": "A", "": "B"}), placement={"A": ("1", "2")})
    assert (old.after, new.before) == (None, None)


def test_locking_concerns_the_zone_of_the_site_and_no_zone_where_it_is_in_none():
    ground = ground_of(town("A B"))
    changed = verdicts(
        ground, drawing({"1": "A", "": "B"}), locks={"A": (False, True), "B": (False, True)}
    )
    assert [verdict.label for verdict in changed] == ["1"]
