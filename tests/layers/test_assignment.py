from dataclasses import dataclass, replace
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.assignment import (
    NOBODY,
    Backstop,
    Ban,
    Providers,
    assign_providers,
    choice,
    no_providers,
)
from layers.policy_keys import Effort
from layers.rules import ZoneException
from tests.layers.towns import policy_with, town

TODAY = date(2026, 6, 1)


@dataclass(frozen=True)
class Drawn:
    label: str
    members: tuple[int, ...]
    exception: ZoneException = ZoneException.NONE


def register(*names, bans=(), backstops=(), **columns):
    def numbers(key, default=np.nan):
        value = columns.pop(key, {})
        return np.array([value.get(name, default) for name in names], dtype=float)

    def words(key, default):
        value = columns.pop(key, {})
        return np.array([value.get(name, default) for name in names], dtype="U20")

    base = columns.pop("base", {})
    areas = columns.pop("service_areas", {})
    running = columns.pop("running", {})
    providers = Providers(
        ids=np.array(names),
        names=np.array([f"{name}物业" for name in names]),
        kinds=words("kinds", "private"),
        grades=words("grades", "A"),
        capacity_m2=numbers("capacity_m2"),
        capacity_households=numbers("capacity_households"),
        used_m2=numbers("used_m2", 0.0),
        used_households=numbers("used_households", 0.0),
        base=np.array([base.get(name, (np.nan, np.nan)) for name in names], dtype=float),
        service_areas=tuple(frozenset(areas.get(name, ())) for name in names),
        running=tuple(np.array(running.get(name, []), float).reshape(-1, 2) for name in names),
        bans=tuple(bans),
        backstops=tuple(backstops),
    )
    assert not columns, f"no such columns: {columns}"
    return providers


def ban(provider, *, area="", begins=date(2025, 1, 1), until=date(2027, 1, 1)):
    return Ban(
        provider=provider, area=area, valid_from=begins, valid_to=until, document="甲〔2025〕1号",
        reason="擅自退出",
    )  # fmt: skip


def backstop(provider, *, area="", begins=date(2025, 1, 1), until=None):
    return Backstop(
        provider=provider, area=area, valid_from=begins, valid_to=until, document="乙〔2025〕2号"
    )


def assigned(
    place, providers, *, zones=None, exception=ZoneException.NONE, on_date=TODAY, **values
):
    """Return the ids proposed, zone by zone, and all that was answered; each site is a zone."""
    zones = zones or [(name, name) for name in place.sites.ids.tolist()]
    drawn = [Drawn(label, place.at(*names), exception) for label, names in zones]
    answer = assign_providers(drawn, place.sites, providers, policy_with(**values), on_date=on_date)
    ids = [*providers.ids.tolist(), ""]
    return [ids[position] for position in answer.provider_of], answer


def proposed(*args, **values):
    return assigned(*args, **values)[0]


def refused(*args, **values):
    answer = assigned(*args, **values)[1]
    return {
        refusal.provider: "".join(reason.sentence() for reason in refusal.reasons)
        for refusal in answer.refusals
    }


def told(*args, **values):
    answer = assigned(*args, **values)[1]
    return [reason.sentence() for reason in answer.reasons[0]]


# --- who may


def test_a_provider_about_whom_nothing_speaks_against_is_proposed():
    assert proposed(town("A"), register("x")) == ["x"]


def test_a_ban_in_force_is_told_with_its_document_and_end():
    assert refused(town("A"), register("x", bans=[ban("x")])) == {
        "x": "依据“甲〔2025〕1号”禁入至 2027-01-01（擅自退出）。"
    }


def test_a_ban_without_end_is_told_with_its_beginning():
    said = refused(town("A"), register("x", bans=[ban("x", until=None)]))["x"]
    assert said == "依据“甲〔2025〕1号”自 2025-01-01 起禁入，未定截止日期（擅自退出）。"


def test_a_ban_of_unknown_beginning_holds():
    providers = register("x", bans=[ban("x", begins=None, until=None)])
    assert "自 不详之日 起禁入" in refused(town("A"), providers)["x"]


@pytest.mark.parametrize(
    ("on_date", "is_free"),
    [
        (date(2024, 12, 31), True),
        (date(2025, 1, 1), False),
        (date(2027, 1, 1), False),
        (date(2027, 1, 2), True),
    ],
    ids=["the day before", "the first day", "the last day", "the day after"],
)
def test_a_ban_holds_from_its_first_to_its_last_day(on_date, is_free):
    answer = proposed(town("A"), register("x", bans=[ban("x")]), on_date=on_date)
    assert answer == (["x"] if is_free else [""])


def test_a_ban_in_another_area_does_not_matter():
    assert proposed(town("A"), register("x", bans=[ban("x", area="D9")])) == ["x"]


@pytest.mark.parametrize("area", ["D", "D1", "C1"], ids=["district", "subdistrict", "community"])
def test_a_ban_in_an_area_that_holds_a_site_matters(area):
    place = town("A", community="C1")
    assert proposed(place, register("x", bans=[ban("x", area=area)])) == [""]


def test_capacity_that_is_too_small_says_by_how_much():
    providers = register("x", capacity_m2={"x": 12_000.0}, used_m2={"x": 4_000.0})
    assert refused(town("A"), providers) == {
        "x": "可承接面积不足：尚可承接 8,000 ㎡，还差 2,000 ㎡。"
    }


def test_capacity_in_households_counts_too():
    providers = register("x", capacity_households={"x": 100.0})
    assert refused(town("A"), providers) == {
        "x": "可承接户数不足：尚可承接 100 户（套），还差 25 户（套）。"
    }


def test_what_a_provider_already_serves_in_these_zones_is_not_counted_twice():
    providers = register("x", capacity_m2={"x": 10_000.0}, used_m2={"x": 10_000.0})
    assert proposed(town("A", provider="x"), providers) == ["x"]


def test_a_zone_of_unknown_floor_area_fits_any_capacity():
    providers = register("x", capacity_m2={"x": 1.0})
    assert proposed(town("A", floor_area_m2=np.nan), providers) == ["x"]


def test_a_service_area_that_misses_a_site_names_it():
    place = town("A B", subdistrict={"A": "D1", "B": "D2"})
    said = refused(place, register("x", service_areas={"x": ["D1"]}), zones=[("1", "AB")])
    assert said == {"x": "服务区域不含“B”等 1 处纳管对象。"}


def test_a_service_area_may_be_a_whole_district():
    assert proposed(town("A"), register("x", service_areas={"x": ["D"]})) == ["x"]


def test_a_grade_below_the_minimum_is_refused():
    said = refused(town("A"), register("x", grades={"x": "C"}), grade_min="B")
    assert said == {"x": "信用等级 C 级，低于要求的 B 级。"}


def test_a_grade_at_the_minimum_is_enough():
    assert proposed(town("A"), register("x", grades={"x": "B"}), grade_min="B") == ["x"]


@pytest.mark.parametrize(("rule", "answer"), [("allowed", ["x"]), ("refused", [""])])
def test_the_policy_decides_about_unknown_grades(rule, answer):
    providers = register("x", grades={"x": ""})
    assert proposed(town("A"), providers, grade_min="B", grade_unknown=rule) == answer


def test_an_unknown_grade_that_is_refused_says_so():
    said = refused(
        town("A"), register("x", grades={"x": ""}), grade_min="B", grade_unknown="refused"
    )
    assert said == {"x": "信用等级不详，政策要求不低于 B 级。"}


def test_a_service_centre_is_refused_where_only_companies_count():
    said = refused(town("A"), register("x", kinds={"x": "service_centre"}))
    assert said == {"x": "不是物业服务企业，不计入本政策的物业企业服务覆盖率。"}


def test_a_service_centre_is_welcome_where_any_service_counts():
    providers = register("x", kinds={"x": "service_centre"})
    assert proposed(town("A"), providers, measure="any") == ["x"]


def test_a_self_governing_body_serves_its_own_compound_only():
    providers = register("x", kinds={"x": "self_governing"})
    assert proposed(town("A", provider="x"), providers) == ["x"]
    assert refused(town("A"), providers) == {"x": "业主自治组织只管理本小区，不承接其他纳管对象。"}


def test_every_reason_against_a_provider_is_kept():
    providers = register("x", kinds={"x": "other"}, capacity_m2={"x": 1.0}, bans=[ban("x")])
    assert refused(town("A"), providers)["x"].count("。") == 3


# --- who is best


def test_the_nearer_base_is_proposed():
    providers = register("x", "y", base={"x": (5_000, 0), "y": (1_000, 0)})
    assert proposed(town("A"), providers) == ["y"]


def test_a_provider_who_does_not_tell_its_base_counts_as_the_farthest():
    providers = register("x", "y", base={"y": (1_000, 0)}, grades={"x": "A", "y": "A"})
    assert proposed(town("A"), providers) == ["x"]
    nearer = register("x", "y", "z", base={"y": (1_000, 0), "z": (9_000, 0)})
    assert proposed(town("A"), nearer) == ["y"]


def test_a_better_grade_is_worth_some_distance():
    providers = register("x", "y", grades={"x": "D"}, base={"x": (0, 0), "y": (3_000, 0)})
    assert proposed(town("A"), providers) == ["y"]


def test_a_provider_who_is_there_already_is_kept():
    providers = register("x", "y", base={"x": (4_000, 0), "y": (0, 0)})
    assert proposed(town("A", provider="x"), providers) == ["x"]


def test_between_equals_the_first_id_is_proposed():
    assert proposed(town("A"), register("x", "y")) == ["x"]


def test_nobody_takes_more_than_they_can_and_the_rest_goes_to_the_next():
    providers = register("x", "y", capacity_m2={"x": 15_000.0}, base={"x": (0, 0), "y": (9_000, 0)})
    ids, answer = assigned(town("A B"), providers)
    assert sorted(ids) == ["x", "y"]
    assert (answer.status, answer.gap_percent) == ("optimal", 0)


def test_capacities_are_traded_so_that_the_whole_costs_least():
    # x is nearest to both; the one that loses less by going to y goes.
    place = town("A . . . . . . . . . . . . . . . . . . . B")
    base = {"x": (0, 0), "y": (2_000, 0)}
    assert proposed(place, register("x", "y", capacity_m2={"x": 10_000.0}, base=base)) == ["x", "y"]


def test_as_little_floor_area_as_possible_stays_without_a_provider():
    place = town("A B", floor_area_m2={"A": 10_000.0, "B": 20_000.0})
    assert proposed(place, register("x", capacity_m2={"x": 20_000.0})) == ["", "x"]


def test_a_solver_without_time_leaves_zones_open_and_says_so(monkeypatch):
    monkeypatch.setattr(choice, "WORK", dict.fromkeys(Effort, 0.0))
    place = town("A B")
    _, answer = assigned(place, register("x", capacity_m2={"x": 10_000.0}))
    assert (answer.status, answer.gap_percent) == ("feasible", 100)


def best_by_hand(place, providers, values):
    """Try every assignment there is."""
    names = place.sites.ids.tolist()
    zones = [Drawn(name, place.at(name)) for name in names]
    alone = assign_providers(zones, place.sites, providers, policy_with(**values), on_date=TODAY)
    no = {(refusal.zone, refusal.provider) for refusal in alone.refusals}
    policy, best = policy_with(**values).providers, None
    middle = np.array(
        [polygon.representative_point().coords[0] for polygon in place.sites.polygons]
    )
    for pick in product([*range(len(providers.ids)), NOBODY], repeat=len(zones)):
        if any(p != NOBODY and (names[z], providers.ids[p]) in no for z, p in enumerate(pick)):
            continue
        taken = [
            sum(place.sites.floor_area_m2[z] for z, q in enumerate(pick) if q == p)
            for p in range(len(providers.ids))
        ]
        if (np.array(taken) > providers.capacity_m2).any():
            continue
        open_ = sum(place.sites.floor_area_m2[z] for z, p in enumerate(pick) if p == NOBODY)
        cost = sum(
            policy.cost_per_km * np.hypot(*(middle[z] - providers.base[p])) / 1000
            + policy.cost_per_grade * "ABCD".index(providers.grades[p])
            for z, p in enumerate(pick)
            if p != NOBODY
        )
        best = min(best or (open_, cost), (open_, cost))
    return best


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_no_other_assignment_is_better(seed):
    rng = np.random.default_rng(seed)
    names = "ABCD"
    areas = dict(zip(names, rng.integers(5_000, 20_000, 4).astype(float).tolist(), strict=True))
    place = town("A . . B . . . C . D", floor_area_m2=areas)
    providers = register(
        "x", "y", "z",
        capacity_m2=dict(zip("xyz", rng.integers(8_000, 40_000, 3).tolist(), strict=True)),
        base=dict(zip("xyz", rng.random((3, 2)) * 9_000, strict=True)),
        grades=dict(zip("xyz", rng.choice(list("ABCD"), 3).tolist(), strict=True)),
    )  # fmt: skip
    ids, answer = assigned(place, providers)
    open_ = sum(areas[name] for name, who in zip(names, ids, strict=True) if not who)
    assert (open_, answer.cost) == pytest.approx(best_by_hand(place, providers, {}), abs=0.01)


# --- backstops


def test_a_backstop_is_proposed_only_where_nobody_else_can():
    providers = register("x", "y", backstops=[backstop("x")], base={"x": (0, 0), "y": (9_000, 0)})
    assert proposed(town("A"), providers) == ["y"]


def test_a_backstop_serves_where_all_others_are_banned():
    providers = register("x", "y", backstops=[backstop("x")], bans=[ban("y")])
    ids, answer = assigned(town("A"), providers)
    assert (ids, answer.is_backstop.tolist()) == (["x"], [True])


def test_a_backstop_gets_zones_under_the_minimum_first():
    providers = register("x", "y", backstops=[backstop("x")], base={"x": (9_000, 0), "y": (0, 0)})
    small = ZoneException.BELOW_MINIMUM
    assert proposed(town("A"), providers, exception=small) == ["x"]


def test_a_zone_under_the_minimum_goes_to_another_where_there_is_no_backstop():
    assert proposed(town("A"), register("x"), exception=ZoneException.BELOW_MINIMUM) == ["x"]


def test_a_policy_that_leaves_small_zones_out_prefers_no_backstop():
    providers = register("x", "y", backstops=[backstop("x")])
    small = ZoneException.BELOW_MINIMUM
    answer = proposed(town("A"), providers, exception=small, below_minimum="leave_out")
    assert answer == ["y"]


def test_a_backstop_needs_neither_grade_nor_kind_nor_service_area():
    providers = register(
        "x",
        kinds={"x": "service_centre"},
        grades={"x": "D"},
        service_areas={"x": ["D9"]},
        backstops=[backstop("x", area="D1")],
    )
    assert proposed(town("A"), providers, grade_min="A") == ["x"]


@pytest.mark.parametrize(
    "role",
    [
        backstop("x", area="D9"),
        backstop("x", begins=date(2026, 7, 1)),
        backstop("x", until=date(2026, 5, 1)),
    ],
    ids=["elsewhere", "not yet", "no longer"],
)
def test_a_role_counts_only_in_its_area_and_time(role):
    providers = register("x", kinds={"x": "other"}, backstops=[role])
    assert proposed(town("A"), providers) == [""]


def test_a_banned_backstop_is_refused():
    assert proposed(town("A"), register("x", backstops=[backstop("x")], bans=[ban("x")])) == [""]


# --- what is said


def test_a_proposal_says_why_and_who_comes_next():
    providers = register("x", "y", base={"x": (1_050, 50), "y": (3_050, 50)})
    assert told(town("A", provider="x"), providers) == [
        "拟推荐“x物业”。",
        "驻地距片区 1.0 km。",
        "信用等级 A 级。",
        "现已服务本片区内 1 处纳管对象。",
        "其次为“y物业”，综合评分多 7.0（少者优先）。",
    ]


def test_a_proposal_says_no_more_than_is_known():
    assert told(town("A"), register("x", grades={"x": ""})) == ["拟推荐“x物业”。"]


def test_a_backstop_of_last_resort_is_named_as_such():
    providers = register("x", grades={"x": ""}, backstops=[backstop("x")])
    assert told(town("A"), providers) == [
        "拟推荐兜底服务主体“x物业”：没有其他服务主体可以承接。",
        "兜底依据：乙〔2025〕2号。",
    ]


def test_a_backstop_for_a_small_zone_is_named_as_such():
    providers = register("x", grades={"x": ""}, backstops=[backstop("x")])
    assert told(town("A"), providers, exception=ZoneException.BELOW_MINIMUM) == [
        "片区低于下限，按政策拟推荐兜底服务主体“x物业”。",
        "兜底依据：乙〔2025〕2号。",
    ]


def test_a_better_provider_that_is_full_is_named():
    providers = register(
        "x", "y", capacity_m2={"x": 10_000.0}, base={"x": (20_000, 0), "y": (30_000, 0)}
    )
    ids, answer = assigned(town("A B"), providers)
    said = [r.sentence() for r in answer.reasons[ids.index("y")]]
    assert said[-1] == "“x物业”更合适，但可承接面积或户数已用于其他片区。"


def test_an_empty_register_is_told():
    assert told(town("A"), no_providers()) == ["名录中没有服务主体，无法拟推荐。"]


def test_the_rule_that_alone_stands_in_the_way_is_named():
    providers = register("x", "y", bans=[ban("x"), ban("y")], capacity_m2={"y": 1.0})
    assert told(town("A"), providers) == [
        "名录中 2 家服务主体均不能承接，主要原因：禁入。",
        "没有只改一处的补救：请补充服务主体名录，或由街道临时托管。",
    ]


def test_where_everybody_has_several_faults_the_commonest_is_named():
    providers = register("x", bans=[ban("x")], capacity_m2={"x": 1.0})
    assert told(town("A"), providers)[0].startswith("名录中 1 家服务主体均不能承接")


def test_a_zone_that_lost_to_another_says_so():
    place = town("A B", floor_area_m2={"A": 10_000.0, "B": 20_000.0})
    said = told(place, register("x", capacity_m2={"x": 20_000.0}))
    assert said == [
        "有 1 家符合条件，但可承接面积或户数已用于其他片区。",
        "最省的补救：将“x物业”的可承接面积提高 10,000 ㎡。",
    ]


def test_no_zones_need_no_providers():
    place = town("A")
    answer = assign_providers([], place.sites, register("x"), policy_with(), on_date=TODAY)
    assert (answer.provider_of.tolist(), answer.cost) == ([], 0)


def test_bans_of_strangers_are_ignored():
    assert proposed(town("A"), register("x", bans=[ban("q")], backstops=[backstop("q")])) == ["x"]


def test_frozen_registers_can_be_varied():
    providers = register("x")
    assert proposed(town("A"), replace(providers, bans=(ban("x"),))) == [""]
