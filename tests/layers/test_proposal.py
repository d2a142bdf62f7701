import hashlib
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.adjacency import Barriers, Crossings, neighbour_links
from layers.assignment import no_providers
from layers.proposal import plan_hash, propose
from layers.sites import LOCKED_OUT
from tests.layers.test_assignment import register
from tests.layers.towns import linked_town, policy_with, sites_of, town, voronoi_town

TODAY = date(2026, 6, 1)


def proposal(place, providers=None, *, seed=0, **values):
    return propose(
        place.sites,
        place.links,
        no_providers() if providers is None else providers,
        policy_with(**values),
        on_date=TODAY,
        seed=seed,
    )


def test_zones_come_with_their_sums_provider_and_reasons():
    plan = proposal(town("A B", floor_area_m2=20_000.0), register("x"))
    (zone,) = plan.zones
    assert (zone.label, zone.members, zone.provider) == ("1", ("A", "B"), "x")
    assert (zone.floor_area_m2, zone.households) == (40_000, 250)
    assert zone.diameter_m == pytest.approx(np.hypot(190, 90))
    assert zone.walk_m == pytest.approx(100)
    assert zone.margin == pytest.approx(-34_000)
    assert zone.provider_reasons[0].key == "zone.provider"


def test_a_zone_without_a_provider_says_so():
    plan = proposal(town("A", floor_area_m2=40_000.0))
    assert (plan.zones[0].provider, plan.totals["zones_without_provider"]) == ("", 1)


def test_sites_in_no_zone_are_left_out_with_a_reason():
    plan = proposal(town("A B", floor_area_m2=40_000.0, lock={"B": LOCKED_OUT}))
    assert [(site.id, site.reasons[0].key) for site in plan.left_out] == [("B", "site.locked_out")]


def test_a_site_carries_its_zones_exception():
    plan = proposal(town("A B", floor_area_m2=10_000.0))
    assert [site.exception for site in plan.sites] == ["below_minimum"] * 2


def test_totals_count_what_is_known_and_what_is_not():
    place = town("A B . C", floor_area_m2={"A": np.nan, "B": 40_000.0, "C": 5_000.0})
    totals = proposal(place).totals
    assert {key: totals[key] for key in totals if "margin" not in key and "subsidy" not in key} == {
        "zones": 2,
        "sites": 3,
        "left_out": 0,
        "floor_area_m2": 45_000,
        "floor_area_unknown": 1,
        "households": 375,
        "households_unknown": 0,
        "short_m2": 5_000,
        "zones_without_provider": 2,
    }
    assert totals["margin_unknown"] == 0
    assert totals["margin"] == pytest.approx(1.4 * 45_000 - 180_000)
    assert totals["subsidy_needed"] == pytest.approx(34_000 + 83_000)


def test_a_town_of_unknown_floor_area_has_totals_that_can_be_hashed():
    plan = proposal(town("A B", floor_area_m2=np.nan, households=np.nan))
    assert np.isnan(plan.totals["floor_area_m2"])
    assert plan.totals["margin_unknown"] == len(plan.zones)
    assert len(plan_hash(plan)) == 64


def test_the_hash_is_of_the_decisions_only():
    plan = proposal(voronoi_town(20, seed=1))
    assert plan_hash(plan) == plan_hash(replace(plan, work=0, seed=9, status="stopped"))


@pytest.mark.parametrize("change", ["zone", "provider", "reason", "totals"])
def test_every_decision_is_in_the_hash(change):
    plan = proposal(town("A B", floor_area_m2=20_000.0), register("x"))
    site, zone = plan.sites[0], plan.zones[0]
    other = {
        "zone": replace(plan, sites=(replace(site, zone="9"), *plan.sites[1:])),
        "provider": replace(plan, zones=(replace(zone, provider=""),)),
        "reason": replace(plan, sites=(replace(site, reasons=()), *plan.sites[1:])),
        "totals": replace(plan, totals={**plan.totals, "households": 1}),
    }[change]
    assert plan_hash(plan) != plan_hash(other)


def test_noise_in_the_last_digits_does_not_change_the_hash():
    plan = proposal(town("A B", floor_area_m2=20_000.0))
    zone = replace(plan.zones[0], floor_area_m2=40_000 + 1e-7, households=250 - 1e-9)
    assert plan_hash(plan) == plan_hash(replace(plan, zones=(zone,)))


def test_the_hash_is_sha_256_of_canonical_json():
    plan = replace(proposal(town("A", floor_area_m2=40_000.0)), zones=(), sites=(), totals={})
    text = '{"sites":{},"totals":{},"zones":{}}'
    assert plan_hash(plan) == hashlib.sha256(text.encode()).hexdigest()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1_000), st.randoms(use_true_random=False))
def test_the_order_in_which_sites_come_does_not_matter(seed, shuffler):
    rng = np.random.default_rng(seed)
    boxes = {
        f"s{number:02d}": shapely.box(x, y, x + 90, y + 90)
        for number, (x, y) in enumerate(rng.integers(0, 8, (20, 2)) * 100.0)
    }
    areas = dict(zip(boxes, rng.integers(2_000, 30_000, 20).astype(float).tolist(), strict=True))
    hashes = set()
    for _ in range(2):
        names = list(boxes)
        shuffler.shuffle(names)
        place = linked_town(names, [boxes[name] for name in names], floor_area_m2=areas)
        hashes.add(plan_hash(proposal(place, register("x", "y"))))
    assert len(hashes) == 1


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 1_000))
def test_the_same_seed_gives_the_same_hash(seed):
    place = voronoi_town(30, seed=seed)
    assert plan_hash(proposal(place, seed=seed)) == plan_hash(proposal(place, seed=seed))


def test_progress_and_stopping_reach_the_search():
    told = []
    place = voronoi_town(40, seed=2)
    plan = propose(
        place.sites,
        place.links,
        no_providers(),
        policy_with(),
        on_date=TODAY,
        on_progress=lambda *step: told.append(step),
        should_stop=lambda: len(told) >= 2,
    )
    assert (plan.status, len(told)) == ("stopped", 2)


def test_links_found_on_the_ground_make_zones():
    boxes = {
        name: shapely.box(x, 0, x + 90, 90)
        for name, x in zip("ABCD", range(0, 400, 100), strict=True)
    }
    sites = sites_of(list(boxes), list(boxes.values()), floor_area_m2=20_000.0)
    river = Barriers(
        kinds=np.array(["river"]),
        geometries=np.array([shapely.LineString([(195, -500), (195, 500)])], dtype=object),
    )
    nothing = Crossings(kinds=np.array([], dtype=str), lines=np.array([], dtype=object))
    policy = policy_with()
    links = neighbour_links(sites, river, nothing, policy.links)
    plan = propose(sites, links, no_providers(), policy, on_date=TODAY)
    assert [zone.members for zone in plan.zones] == [("A", "B"), ("C", "D")]
