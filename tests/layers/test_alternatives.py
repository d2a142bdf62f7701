"""Several plans for one town: really different, none beaten by another, the best first."""

from dataclasses import replace

import numpy as np
import pytest

from layers.alternatives import (
    Worth,
    best_alternatives,
    likeness,
    moved,
    propose_alternatives,
    variants_of,
    worth_of,
)
from layers.assignment import no_providers
from layers.policy import Strategy
from layers.proposal import plan_hash, propose
from layers.sites import Scope
from tests.layers.test_proposal import TODAY
from tests.layers.towns import policy_with, town

FEW = {"cost_per_zone": 0.0, "count": "few"}


def alternatives(place, *, wanted=3, seed=1, **more):
    policy = policy_with(**more.pop("policy", {}))
    return propose_alternatives(
        place.sites,
        lambda _rules: place.links,
        no_providers(),
        policy,
        on_date=TODAY,
        seed=seed,
        wanted=wanted,
        **more,
    )


def proposal(place, *, policy=None, seed=1):
    policy = policy or policy_with()
    args = place.sites, place.links, no_providers(), policy
    return propose(*args, on_date=TODAY, seed=seed)


@pytest.fixture(scope="module")
def place():
    """Eight sites in a row: two make a zone and six fill one; a zone more costs nothing."""
    return town("A B C D E F G H", floor_area_m2=16_000.0)


@pytest.fixture(scope="module")
def found(place):
    return alternatives(place, policy=FEW)


def test_few_zones_come_first_where_they_are_wanted_and_many_short_ones_beside_them(found):
    assert [len(each.proposal.zones) for each in found] == [2, 4]
    assert [each.difference[0].key for each in found] == ["variant.own", "variant.many"]


def test_few_long_zones_are_no_choice_where_many_are_wanted(place):
    many = alternatives(place, policy={**FEW, "count": "many"})
    assert [len(each.proposal.zones) for each in many] == [4]


def test_plans_are_ranked_unbeaten_and_unlike_one_another(found):
    one, other = found
    assert one.worth.order < other.worth.order
    assert not one.worth.beats(other.worth)
    assert not other.worth.beats(one.worth)
    assert likeness(one.proposal, other.proposal) == likeness(other.proposal, one.proposal) < 0.9


def test_the_same_seed_gives_the_same_plans(place, found):
    again = alternatives(place, policy=FEW)
    assert [plan_hash(a.proposal) for a in again] == [plan_hash(a.proposal) for a in found]


def test_no_more_plans_come_than_are_wanted(place, found):
    (best,) = alternatives(place, wanted=1, policy=FEW)
    assert plan_hash(best.proposal) == plan_hash(found[0].proposal)


def test_each_plan_says_what_is_different_in_it(found):
    first, other = found
    assert [reason.sentence() for reason in first.difference] == ["按政策原有取向划分。"]
    what, against = other.difference
    assert what.sentence() == "片区尽量多、每片尽量小。"
    assert against.sentence().startswith(
        "与第一方案相比：片区 +2 个，低于下限或未归入的建筑面积 +0 ㎡，年需补贴 +0 元，"
    )
    assert against.values["spread_m"] < 0 < against.values["moved"]


def test_a_town_that_leaves_no_choice_has_one_plan():
    assert len(alternatives(town("A B", floor_area_m2=20_000.0))) == 1


def test_a_policy_that_bundles_nothing_has_no_variants():
    place = town("A B")
    policy = policy_with(strategy=Strategy.NONE)
    assert [v.what.key for v in variants_of(policy, place.sites, seed=1)] == ["variant.own"]


def test_variants_keep_the_rules_of_the_policy():
    place = town("A B")
    found = variants_of(policy_with(), place.sites, seed=7)
    assert [v.what.sentence() for v in found] == [
        "按政策原有取向划分。",
        "片区尽量少、每片尽量大。",
        "片区不出社区。",
        "片区不跨主干路。",
        "最大跨度收紧到 900 m。",
        "换一组随机起点（种子 8）。",
        "换一组随机起点（种子 9）。",
    ]


def test_what_a_policy_asks_for_already_is_no_variant():
    place = town("A B")
    policy = policy_with(
        count="few", scope=Scope.COMMUNITY, hard=("arterial",), diameter_max_m=None
    )
    keys = [v.what.key for v in variants_of(policy, place.sites, seed=1)]
    assert keys == ["variant.own", "variant.many", "variant.seed", "variant.seed"]


def test_a_wide_site_that_the_policy_lives_with_is_not_made_an_exception():
    place = town("A", cell_m=780.0)
    width = float(np.hypot(770, 770))
    narrow = [
        v for v in variants_of(policy_with(), place.sites, seed=1) if v.what.key == "variant.narrow"
    ]
    assert narrow[0].policy.thresholds.diameter_max_m == pytest.approx(width, abs=30)


def test_what_leaves_the_present_plan_counts_last(found):
    plan, policy = found[0].proposal, policy_with()
    zones = {site.id: site.zone for site in plan.sites}
    assert worth_of(plan, policy).changed == worth_of(plan, policy, zones).changed == 0
    other = {site: str(at) for at, site in enumerate(sorted(zones))}
    assert worth_of(plan, policy, other).changed == 6


def test_zones_are_told_by_who_is_in_them_not_by_their_numbers():
    assert moved({"A": "1", "B": "1", "C": "2"}, {"A": "9", "B": "9", "C": "4"}) == 0
    assert moved({"A": "1", "B": "1", "C": "1"}, {"A": "9", "B": "9", "C": "4"}) == 1
    assert moved({"A": "1", "B": "2"}, {"A": "9", "B": "9"}) == 1
    assert moved({"A": "1", "X": "1"}, {"A": "9", "Y": "4"}) == 0


def test_plans_without_a_zone_are_alike():
    plan = proposal(town("A B"), policy=policy_with(below_minimum="leave_out"))
    assert likeness(plan, plan) == 1


def test_one_plan_beats_another_only_where_it_is_worse_in_nothing():
    worth = Worth(short_m2=1, subsidy_yuan=1, count=1, spread_m=1, changed=0)
    assert replace(worth, short_m2=0).beats(worth)
    assert not worth.beats(worth)
    assert not replace(worth, short_m2=0, spread_m=2).beats(worth)


def test_progress_runs_over_all_variants_and_stopping_ends_them():
    steps = []
    alternatives(town("A B C D"), on_progress=lambda *step: steps.append(step))
    assert steps
    assert all(done <= planned == 7_000 for done, planned in steps)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert len(alternatives(town("A B C D"), should_stop=lambda: True)) == 1


def test_a_beaten_plan_is_left_out():
    place, policy = town("A B"), policy_with()
    own, few, *_ = variants_of(policy, place.sites, seed=1)
    good = proposal(place)
    bad = replace(good, totals={**good.totals, "subsidy_needed": 1e6})
    found = best_alternatives([(few, bad), (own, good)], policy, wanted=3)
    assert [each.proposal for each in found] == [good]
