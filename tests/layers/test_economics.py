import math

import numpy as np
import pytest

from layers.economics import account_of, floor_area_lacking_m2, known_sum, site_margins
from tests.layers.towns import policy_with, town

MONEY = policy_with(
    fee=0.5, collection=0.6, cost_per_zone=90_000.0, cost_per_m2=2.2, parking=1_000.0,
    concessions=2_000.0, subsidy=3_000.0,
).money  # fmt: skip


def account(drawing="A B", money=MONEY, **columns):
    place = town(drawing, **columns)
    return account_of(range(len(place.sites)), place.sites, money)


def test_fees_are_floor_area_times_fee_times_twelve_months_times_the_share_collected():
    assert account(floor_area_m2=10_000.0, fee=1.0).fees == pytest.approx(2 * 10_000 * 12 * 0.6)


def test_an_unknown_fee_is_the_policys_and_counted_as_such():
    both = account(floor_area_m2=10_000.0, fee={"A": 1.0})
    assert both.fees == pytest.approx(10_000 * 12 * 0.6 * 1.5)
    assert both.default_fees == 1


def test_a_fee_of_nothing_is_known_to_be_nothing():
    assert account(floor_area_m2=10_000.0, fee=0.0).fees == 0


def test_unknown_floor_area_is_left_out_of_the_sums_and_counted():
    both = account(floor_area_m2={"A": 10_000.0, "B": np.nan})
    assert (both.floor_area_m2, both.unknown_floor_area) == (10_000.0, 1)


def test_a_zone_of_which_no_floor_area_is_known_has_no_margin_rather_than_a_loss():
    nothing = account(floor_area_m2=np.nan)
    assert math.isnan(nothing.margin)
    assert math.isnan(nothing.subsidy_needed)


def test_unknown_households_are_counted():
    both = account(households={"A": 100.0, "B": np.nan})
    assert (both.households, both.unknown_households) == (100.0, 1)


def test_income_holds_parking_and_concessions_but_no_subsidy():
    both = account(floor_area_m2=10_000.0)
    assert both.income == pytest.approx(both.fees + 1_000 + 2_000)


def test_the_margin_is_income_and_subsidy_less_cost():
    both = account(floor_area_m2=10_000.0)
    assert both.margin == pytest.approx(72_000 + 6_000 - 90_000 - 44_000)


def test_what_is_missing_is_the_subsidy_needed():
    assert account(floor_area_m2=10_000.0).subsidy_needed == pytest.approx(56_000)


def test_a_zone_that_carries_itself_needs_nothing():
    assert account(floor_area_m2=50_000.0).subsidy_needed == 0


def test_the_floor_area_lacking_would_just_close_the_gap():
    both = account(floor_area_m2=10_000.0)
    lacking = floor_area_lacking_m2(both, MONEY)
    assert account(floor_area_m2=10_000 + lacking / 2).margin == pytest.approx(0, abs=1e-6)


def test_no_floor_area_is_enough_where_a_square_metre_brings_less_than_it_costs():
    assert floor_area_lacking_m2(account(), policy_with(fee=0.1).money) is None


def test_each_site_adds_its_fees_less_its_cost():
    place = town("A B", floor_area_m2={"A": 10_000.0, "B": np.nan})
    first, second = site_margins(place.sites, MONEY)
    assert first == pytest.approx(14_000)
    assert math.isnan(second)


def test_the_sum_of_nothing_is_nothing():
    assert known_sum(np.array([])) == 0
