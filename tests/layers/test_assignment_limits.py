"""Limits that bind zones together, the other weights, mends, and judges that know none of ours."""

from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.assignment import NOBODY
from tests.benchmarks.peer_highs import solve
from tests.benchmarks.providers import district, ours, task_of, weighed
from tests.layers.test_assignment import (
    assigned,
    backstop,
    ban,
    proposed,
    refused,
    register,
    told,
)
from tests.layers.towns import town

# --- weights


def test_a_provider_that_runs_a_place_nearby_is_nearer_than_its_base_says():
    base, running = {"x": (1_000, 0), "y": (9_000, 0)}, {"y": [(250, 50)]}
    providers = register("x", "y", base=base, running=running)
    assert proposed(town("A"), providers) == ["x"]
    answer = assigned(town("A"), providers, cost_per_km=0.0, cost_per_km_running=1.0)
    assert answer[0] == ["y"]
    said = [reason.sentence() for reason in answer[1].reasons[0]]
    assert "距其现有服务项目最近 0.2 km。" in said


def test_a_provider_that_runs_nothing_is_measured_from_its_base():
    providers = register("x", "y", base={"x": (5_000, 0), "y": (1_000, 0)})
    weights = {"cost_per_km": 0.0, "cost_per_km_running": 1.0}
    assert proposed(town("A"), providers, **weights) == ["y"]


def test_who_has_more_to_spare_is_preferred_where_the_policy_weighs_it():
    providers = register("x", "y", capacity_m2={"x": 10_000.0, "y": 100_000.0})
    assert proposed(town("A"), providers) == ["x"]
    assert proposed(town("A"), providers, cost_when_full=1.0) == ["y"]


def test_an_unknown_capacity_counts_as_full():
    providers = register("x", "y", capacity_m2={"y": 20_000.0})
    assert proposed(town("A"), providers, cost_when_full=1.0) == ["y"]


def test_the_provider_of_the_present_plan_is_kept_and_says_so():
    place = town("A B", held={"A": "y", "B": "y"})
    assert proposed(town("A B"), register("x", "y"), zones=[("1", "AB")]) == ["x"]
    assert proposed(place, register("x", "y"), zones=[("1", "AB")]) == ["y"]
    said = told(place, register("x", "y"), zones=[("1", "AB")])
    assert "现方案已拟推荐其服务本片区内 2 处纳管对象。" in said


# --- limits


def test_one_provider_holds_no_more_than_its_share():
    ids, answer = assigned(town("A B C D"), register("x", "y", "z"), share_max=0.5)
    assert sorted(ids) == ["x", "x", "y", "y"]
    told_of = {reason.key for reasons in answer.reasons for reason in reasons}
    assert "zone.second_provider" in told_of


def test_a_share_is_told_as_the_reason_why_a_better_one_was_not_taken():
    providers = register("x", "y", grades={"y": "D"})
    _, answer = assigned(town("A B"), providers, share_max=0.5)
    said = [reason.sentence() for reasons in answer.reasons for reason in reasons]
    assert "“x物业”更合适，但其承接份额已达政策规定的上限。" in said


def test_a_share_never_forbids_a_single_zone():
    place = town("A B", floor_area_m2={"A": 90_000.0, "B": 10_000.0})
    assert "" not in proposed(place, register("x", "y"), share_max=0.1)


def test_a_backstop_is_exempt_from_the_share():
    providers = register("x", backstops=[backstop("x")])
    assert proposed(town("A B C"), providers, share_max=0.3) == ["x", "x", "x"]


def test_an_area_has_one_backbone_provider_where_the_policy_says_so():
    place = town("A . . . . . . . B\nC . . . . . . . D", subdistrict={"C": "D2", "D": "D2"})
    base = {"x": (0, 0), "y": (900, 0)}
    apart = assigned(place, register("x", "y", base=base), cost_per_km=9.0)[0]
    assert apart == ["x", "y", "x", "y"]
    values = {"per_area_max": 1, "scope": "subdistrict", "cost_per_km": 9.0}
    ids, answer = assigned(place, register("x", "y", base=base), **values)
    assert (ids[0], ids[2]) == (ids[1], ids[3])
    said = {reason.sentence() for reasons in answer.reasons for reason in reasons}
    assert any("同一辖区内的服务主体已达政策规定的家数" in sentence for sentence in said)


def test_capacity_exactly_full_is_enough_and_a_hundredth_less_is_not():
    full = register("x", capacity_m2={"x": 20_000.0}, capacity_households={"x": 250.0})
    assert proposed(town("A B"), full) == ["x", "x"]
    less = register("x", capacity_m2={"x": 19_999.99})
    assert sorted(proposed(town("A B"), less)) == ["", "x"]


# --- mends


LACK = "最省的补救：将“x物业”的可承接户数提高 25 户（套）。"


@pytest.mark.parametrize(
    ("change", "values", "sentence"),
    [
        ({"capacity_households": {"x": 100.0}}, {}, LACK),
        (
            {"service_areas": {"x": ["D9"]}},
            {},
            "最省的补救：将“x物业”的服务区域扩大到“A”等 1 处纳管对象所在辖区。",
        ),
        (
            {"grades": {"x": "C"}},
            {"grade_min": "B"},
            "最省的补救：以文件授予“x物业”本片区的兜底角色。",
        ),
        (
            {"bans": [ban("x")]},
            {},
            "没有只改一处的补救：请补充服务主体名录，或由街道临时托管。",
        ),
    ],
    ids=["capacity", "service area", "grade", "ban"],
)
def test_a_zone_that_nobody_may_serve_names_the_cheapest_mend(change, values, sentence):
    assert told(town("A"), register("x", **change), **values)[-1] == sentence


def test_of_two_mends_the_smaller_lift_is_named():
    providers = register("x", "y", capacity_households={"x": 100.0, "y": 110.0})
    assert told(town("A"), providers)[-1].endswith("将“y物业”的可承接户数提高 15 户（套）。")


def test_a_mend_counts_what_the_plan_gives_the_provider_elsewhere():
    place = town("A B", floor_area_m2={"A": 10_000.0, "B": 20_000.0})
    providers = register("x", capacity_m2={"x": 25_000.0})
    assert told(place, providers)[-1] == "最省的补救：将“x物业”的可承接面积提高 5,000 ㎡。"
    assert proposed(place, register("x", capacity_m2={"x": 30_000.0})) == ["x", "x"]


def test_a_policys_limit_can_be_what_has_to_give():
    _, answer = assigned(town("A B C"), register("x"), share_max=0.5)
    said = [[reason.sentence() for reason in reasons] for reasons in answer.reasons]
    open_ = [
        "有 1 家符合条件，但受单家份额上限或每辖区服务主体家数所限。",
        "最省的补救：放宽单家份额上限，由“x物业”承接。",
    ]
    assert said.count(open_) == 2


def test_one_provider_more_in_an_area_can_be_the_mend():
    place = town("A B", floor_area_m2={"A": 20_000.0, "B": 10_000.0})
    areas = {"x": ["D1"], "y": ["D1"]}
    capacities = {"x": 20_000.0, "y": 10_000.0}
    providers = register("x", "y", capacity_m2=capacities, service_areas=areas)
    said = told(place, providers, zones=[("1", "B"), ("2", "A")], per_area_max=1)
    assert said[0].startswith("有 2 家符合条件，但")
    assert said[1] == "最省的补救：将“x物业”的可承接面积提高 10,000 ㎡。"
    half = register("y", "z", capacity_m2={"y": 20_000.0}, kinds={"z": "other"})
    both = assigned(place, half, per_area_max=1)[1]
    assert both.reasons[1][0].key == "zone.no_capacity_left"


# --- days


@pytest.mark.parametrize(
    ("on_date", "may"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
    ],
    ids=["the day before", "the first day", "the last day", "the day after"],
)
def test_a_role_holds_from_its_first_to_its_last_day(on_date, may):
    role = backstop("x", begins=date(2026, 3, 1), until=date(2026, 9, 30))
    providers = register("x", kinds={"x": "service_centre"}, backstops=[role])
    assert proposed(town("A"), providers, on_date=on_date) == (["x"] if may else [""])
    assert ("x" in refused(town("A"), providers, on_date=on_date)) is not may


# --- judges of another kind


def cheapest_by_hand(task):
    """Try every assignment there is; no solver, no bound."""
    zones, providers = task.costs.shape
    best = (np.inf, np.inf)
    for pick in product([*range(providers), NOBODY], repeat=zones):
        held = [[z for z in range(zones) if pick[z] == p] for p in range(providers)]
        if any(np.isnan(task.costs[z, p]) for p in range(providers) for z in held[p]):
            continue
        here = {(task.area[z], p) for z, p in enumerate(pick) if p != NOBODY}
        crowd = max([sum(a == area for a, _ in here) for area in task.area], default=0)
        taken = np.array([task.floor_area_m2[rows].sum() for rows in held])
        people = np.array([task.households[rows].sum() for rows in held])
        if (taken > np.minimum(task.free_m2, task.share_m2)).any():
            continue
        if (people > task.free_households).any() or crowd > (task.per_area or zones):
            continue
        served = sum(task.floor_area_m2[z] for z, p in enumerate(pick) if p != NOBODY)
        cost = sum(task.costs[z, p] for z, p in enumerate(pick) if p != NOBODY)
        best = min(best, (-served, cost))
    return best


RULES = st.fixed_dictionaries(
    {
        "cost_per_km_running": st.sampled_from([0.0, 1.0]),
        "cost_when_full": st.sampled_from([0.0, 5.0]),
        "share_max": st.sampled_from([None, 0.4, 0.7]),
        "per_area_max": st.sampled_from([None, 1, 2]),
    }
)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.7, 3.0), RULES)
def test_no_assignment_tried_by_hand_is_better(seed, slack, rules):
    place = district(zones=4, providers=3, slack=slack, seed=seed)
    policy = weighed(**rules)
    served, cost = measured(place, policy)
    assert (-served, cost) == pytest.approx(cheapest_by_hand(task_of(place, policy)), abs=0.01)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.floats(1.0, 3.0), RULES)
def test_another_solver_finds_nothing_better_for_larger_places(seed, slack, rules):
    place = district(zones=10, providers=6, slack=slack, seed=seed)
    policy = weighed(**rules)
    best = solve(task_of(place, policy))
    assert best.is_proven
    assert measured(place, policy) == pytest.approx((best.served_m2, best.cost), abs=0.02)


def measured(place, policy):
    answer = ours(place, policy)
    assert answer.status == "optimal"
    rows = np.flatnonzero(answer.provider_of != NOBODY)
    return float(place.sites.floor_area_m2[rows].sum()), answer.cost
