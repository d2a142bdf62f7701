"""Sets of zones for one provider, and the bound and the choices that come of them."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.assignment import NOBODY, choice, columns, sets
from layers.assignment.limits import Limits, Load
from layers.assignment.relaxed import relaxed_costs
from layers.policy_keys import Effort
from tests.benchmarks.peer_highs import solve
from tests.benchmarks.providers import district, ours, task_of, weighed

TIGHT = (1.5, 2.0, 3.0)


def all_sets(values, takes, room):
    """Return every set that fits, with what it is worth, by trying them all."""
    n = len(values)
    for size in range(n + 1):
        for held in combinations(range(n), size):
            if (takes[:, list(held)].sum(axis=1) <= room).all():
                yield held, float(values[list(held)].sum())


def drawn(seed, *, zones=7, loads=2):
    rng = np.random.default_rng(seed)
    takes = rng.integers(1, 20, (loads, zones)).astype(float)
    return rng.normal(3, 6, zones), takes, rng.integers(0, 50, loads).astype(float)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 3))
def test_all_sets_that_are_worth_enough_are_found_and_no_others(seed, loads):
    values, takes, room = drawn(seed, loads=loads)
    found = sets.sets_worth(values, takes, room, least=5.0, most=200)
    expected = {held for held, worth in all_sets(values, takes, room) if worth >= 5.0}
    assert sorted(tuple(each.tolist()) for each in found) == sorted(expected)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_the_best_set_alone_is_found_where_there_is_place_for_one(seed):
    values, takes, room = drawn(seed)
    found = sets.sets_worth(values, takes, room, least=1e-6, most=1)
    best = max(worth for _, worth in all_sets(values, takes, room))
    assert sum(values[each].sum() for each in found) == pytest.approx(max(best, 0), abs=1e-5)


def test_more_sets_than_there_is_place_for_are_told_as_too_many():
    values, takes, room = np.ones(5), np.ones((1, 5)), np.array([5.0])
    assert sets.sets_worth(values, takes, room, least=0.5, most=30) is None
    assert len(sets.sets_worth(values, takes, room, least=0.5, most=31)) == 31


def test_a_walk_that_takes_too_many_turns_is_given_up(monkeypatch):
    monkeypatch.setattr(sets, "MOST_LOOKS", 5)
    assert sets.sets_worth(np.ones(9), np.ones((1, 9)), np.array([4.0]), least=1.0, most=1) is None


def limits(takes, most):
    load = Load(rule="capacity_m2", amounts=tuple(takes), most=tuple(most))
    return Limits(
        gains=tuple(takes), loads=(load,), area_of=("",) * len(takes), per_area=None, fixed={}
    )


COSTS = {(0, 0): 1, (1, 0): 1, (2, 0): 1, (0, 1): 5, (1, 1): 6, (2, 1): 9}
"""Three zones that the first provider serves for less; it has room for two of them."""


def test_the_bound_of_sets_is_that_of_whole_zones():
    known = [(0, 1), (1, 1), (2, 1)]
    priced = columns.priced_sets(COSTS, limits((2, 2, 2), (5, None)), known)
    # In parts, two and a half zones would fit: 1 + 1 + 0.5 + 0.5 * 5.
    assert priced.bound == pytest.approx(7)
    assert priced.within(0.0).items() >= {(0, (1, 2)): 2, (1, (0,)): 5}.items()


def test_a_bound_is_given_up_or_holds_however_few_turns_a_walk_may_take(monkeypatch):
    bounds = set()
    for turns in range(40):
        monkeypatch.setattr(sets, "MOST_LOOKS", turns)
        priced = columns.priced_sets(COSTS, limits((2, 2, 2), (5, None)), [(0, 1), (1, 1), (2, 1)])
        bounds.add(priced and round(priced.bound, 6))
    assert bounds == {None, 7}


def test_sets_are_not_listed_where_there_are_too_many(monkeypatch):
    priced = columns.priced_sets(COSTS, limits((2, 2, 2), (5, None)), [(0, 0), (1, 0), (2, 1)])
    monkeypatch.setattr(columns, "MOST_SETS", 2)
    assert priced.within(100.0) is None


def test_the_bound_holds_however_early_the_rounds_end(monkeypatch):
    monkeypatch.setattr(columns, "ROUNDS", 1)
    priced = columns.priced_sets(COSTS, limits((2, 2, 2), (5, None)), [(0, 1), (1, 1), (2, 1)])
    assert priced.bound <= 7


@pytest.mark.parametrize("slack", TIGHT)
@pytest.mark.parametrize("seed", [0, 1])
def test_by_sets_as_little_is_spent_as_by_another_solver(slack, seed):
    place = district(zones=14, providers=9, slack=slack, seed=seed)
    answer, best = ours(place, weighed()), solve(task_of(place, weighed()))
    assert answer.gap_percent == 0
    assert answer.cost == pytest.approx(best.cost, abs=0.05)


@pytest.mark.parametrize(
    ("name", "value"), [("MOST_PAIRS", 0), ("MOST_SETS", 1), ("MOST_LOOKS", 0)]
)
def test_the_answer_is_the_same_where_sets_are_given_up(monkeypatch, name, value):
    place = district(zones=10, providers=7, slack=2.0, seed=3)
    expected = ours(place, weighed())
    for module in (choice, columns, sets):
        monkeypatch.setattr(module, name, value, raising=False)
    found = ours(place, weighed())
    assert (found.cost, found.gap_percent) == (expected.cost, 0)


@pytest.mark.parametrize("first_gap", [0.002, 10.0])
def test_a_search_without_time_keeps_what_it_began_with_and_tells_the_gap(monkeypatch, first_gap):
    monkeypatch.setattr(choice, "FIRST_GAP", first_gap)
    place = district(zones=10, providers=7, slack=2.0, seed=3)
    expected = ours(place, weighed())
    monkeypatch.setattr(choice, "WORK", dict.fromkeys(Effort, 0.0))
    found = ours(place, weighed())
    assert (found.provider_of != NOBODY).all()
    assert found.cost > expected.cost
    assert found.gap_percent >= 100 * (found.cost - expected.cost) / found.cost - 0.01


def test_the_answer_is_the_same_where_parts_give_no_bound(monkeypatch):
    place = district(zones=10, providers=7, slack=2.0, seed=3)
    expected = ours(place, weighed())
    monkeypatch.setattr(choice, "MOST_PAIRS", 0)
    monkeypatch.setattr(choice, "relaxed_costs", lambda *_, **__: None)
    found = ours(place, weighed())
    assert (found.cost, found.gap_percent) == (expected.cost, 0)


def test_parts_of_zones_cannot_serve_more_than_there_is():
    one = limits((2, 2, 2), (5, 0))
    assert relaxed_costs(COSTS, one, served=6, is_all=False) is None


def test_the_walk_can_be_compiled_before_anybody_waits_for_it():
    sets.warm_up()
    assert getattr(sets.walk, "signatures", ["plain Python"])
