"""A planner's own choice of a provider: the same rules, recorded reasons, capacity and shares."""

from dataclasses import replace

import numpy as np
import pytest

from layers.assignment import (
    NOBODY,
    OtherZone,
    assign_providers,
    candidates,
    choose_provider,
    hear_providers,
    recommend_provider,
)
from layers.checked_providers import check_providers
from layers.chosen import Choice, Chosen, inherited_choices
from layers.plan_frames import told_choice
from layers.proposal import ProposedZone
from tests.layers.test_assignment import TODAY, Drawn, ban, register
from tests.layers.towns import policy_with, town

TOWN = town("A B C D", floor_area_m2=20_000.0)
WHY = "业主大会已与其商定"


def choice(provider, reason=""):
    return Choice(provider=provider, by="王工", on="2026-06-01", reason=reason)


def heard(providers, zone="A", others=None, **values):
    """Judge the providers for one zone; `others` are the sites of each other one, and who has it"""
    beside = [
        OtherZone(str(number), TOWN.at(*sites), who)
        for number, (sites, who) in enumerate((others or {}).items(), start=2)
    ]
    drawn = Drawn("1", TOWN.at(*zone))
    return hear_providers(
        drawn, beside, TOWN.sites, providers, policy_with(**values), on_date=TODAY
    )


def assigned(providers, choices, **values):
    """Return the ids proposed for the four sites, each a zone, and all that was answered."""
    zones = [Drawn(name, TOWN.at(name)) for name in "ABCD"]
    answer = assign_providers(
        zones, TOWN.sites, providers, policy_with(**values), on_date=TODAY, choices=choices
    )
    ids = [*providers.ids.tolist(), ""]
    return [ids[who] for who in answer.provider_of], answer


def keys(reasons):
    return [reason.key for reason in reasons]


def said(reasons):
    return "".join(reason.sentence() for reason in reasons)


def test_candidates_are_the_able_by_cost_and_then_those_refused_with_every_reason():
    providers = register(
        *("w", "x", "y", "z"),
        grades={"w": "D", "x": "C", "y": "A", "z": "A"},
        capacity_m2={"w": 5_000.0, "y": 60_000.0},
        base={"y": (1_000, 0)},
        bans=[ban("w")],
    )
    found = candidates(heard(providers, others={"B": "y"}, grade_min="C"))
    assert [one.provider for one in found] == ["y", "z", "x", "w"]
    assert [keys(one.refused) for one in found[:3]] == [[], [], []]
    assert keys(found[3].refused) == [
        "provider.banned",
        "provider.grade_below",
        "provider.capacity_m2",
    ]
    near = found[0]
    assert (near.name, near.grade, near.spare_m2, near.is_backstop) == (
        *("y物业", "A", 40_000.0),
        False,
    )
    assert near.away_km == pytest.approx(0.95, abs=0.1)
    assert np.isnan([found[1].away_km, found[1].spare_m2, found[1].spare_households]).all()


def test_shares_and_providers_per_area_refuse_a_candidate_as_they_do_in_a_proposal():
    hearing = heard(
        register("x", "y", "z"), others={"BC": "x", "D": "y"}, share_max=0.5, per_area_max=2
    )
    told = {one.provider: said(one.refused) for one in candidates(hearing)}
    assert told == {
        "x": "承接份额将超过政策规定的单家上限，超出 20,000 ㎡。",
        "y": "",
        "z": "本辖区的服务主体已达政策规定的 2 家。",
    }
    assert {each.provider for each in hearing.refusals()} == {"x", "z"}


def test_a_choice_that_the_rules_allow_stands_and_the_better_one_is_named():
    hearing = heard(register("x", "y", grades={"x": "A", "y": "B"}))
    kept = choose_provider(choice("y", WHY), hearing)
    assert (kept.provider, kept.refusals) == ("y", ())
    assert keys(kept.reasons) == [
        *("zone.chosen", "zone.chosen_because", "provider.grade", "zone.chosen_instead"),
    ]
    assert said(kept.reasons).startswith("人工选定“y物业”（王工，2026-06-01）。")
    assert keys(choose_provider(choice("x"), hearing).reasons) == ["zone.chosen", "provider.grade"]


@pytest.mark.parametrize(
    ("reason", "second"),
    [
        pytest.param(WHY, "zone.chosen_against_rules", id="with a reason on record"),
        pytest.param("", "zone.chosen_not_allowed", id="without one"),
    ],
)
def test_a_choice_that_the_rules_refuse_stands_with_every_rule_told(reason, second):
    hearing = heard(register("x", "y", bans=[ban("x")], capacity_m2={"x": 5_000.0}))
    kept = choose_provider(choice("x", reason), hearing)
    assert kept.provider == "x"
    assert keys(kept.reasons)[:4] == [
        *("zone.chosen", second, "provider.banned", "provider.capacity_m2"),
    ]
    assert [each.provider for each in kept.refusals] == ["x"]


def test_who_left_the_register_serves_nothing_though_chosen():
    kept = choose_provider(choice("gone"), heard(register("x")))
    assert (kept.provider, keys(kept.reasons)) == ("", ["zone.chosen_unknown"])


def test_a_zone_that_is_given_back_gets_whom_the_rules_propose_or_nobody():
    best = recommend_provider(heard(register("x", "y", grades={"x": "C"})))
    assert (best.provider, keys(best.reasons)[0]) == ("y", "zone.provider")
    none = recommend_provider(heard(register("x", bans=[ban("x")])))
    assert (none.provider, none.is_backstop, keys(none.reasons)[0]) == (
        *("", False),
        "zone.no_provider",
    )


def test_a_new_proposal_keeps_choices_and_deals_out_what_they_leave():
    providers = register(
        "x", "y", grades={"x": "A", "y": "B"}, capacity_m2={"x": 40_000.0, "y": 80_000.0}
    )
    free, _ = assigned(providers, {})
    assert free.count("x") == 2
    found, answer = assigned(providers, {"A": choice("x"), "D": choice("y")})
    assert (found[0], found[3], sorted(found[1:3])) == ("x", "y", ["x", "y"])
    assert keys(answer.reasons[0])[0] == "zone.chosen"
    # Within its capacity: nothing speaks against whom the planner chose.
    assert "zone.chosen_not_allowed" not in keys(answer.reasons[0])
    assert answer.status == "optimal"
    assert answer.cost == pytest.approx(sum(0 if who == "x" else 1 for who in found) * 2.0)


def test_choices_beyond_capacity_stand_and_are_told_and_leave_nothing_to_others():
    providers = register("x", "y", grades={"y": "C"}, capacity_m2={"x": 30_000.0})
    found, answer = assigned(providers, {"A": choice("x", WHY), "B": choice("x")})
    assert found == ["x", "x", "y", "y"]
    assert said(answer.reasons[0]).count("尚可承接 10,000 ㎡，还差 10,000 ㎡") == 1
    assert keys(answer.reasons[1])[1:3] == ["zone.chosen_not_allowed", "provider.capacity_m2"]
    assert keys(answer.reasons[1])[-1] != "zone.chosen_instead"


@pytest.mark.parametrize("per_area_max", [1, 2])
def test_chosen_providers_count_among_those_of_an_area(per_area_max):
    providers = register("x", "y", "z", grades={"x": "D", "y": "C", "z": "A"})
    found, answer = assigned(providers, {"A": choice("x", WHY)}, per_area_max=per_area_max)
    assert found == (["x"] * 4 if per_area_max == 1 else ["x", "z", "z", "z"])
    if per_area_max == 1:
        assert "zone.cheaper_provider_not_here" in keys(answer.reasons[1])


def test_a_chosen_provider_uses_up_its_share():
    found, _ = assigned(
        register("x", "y", grades={"y": "C"}), {"A": choice("x"), "B": choice("x")}, share_max=0.5
    )
    assert found == ["x", "x", "y", "y"]


def test_limits_hold_beside_choices_in_the_search_too():
    providers = register("x", "y", "z", grades={"z": "C"}, capacity_m2=dict.fromkeys("xy", 20_000))
    found, _ = assigned(providers, {"A": choice("y")}, per_area_max=3)
    assert (found[0], sorted(found[1:])) == ("y", ["x", "z", "z"])


def test_a_zone_whose_chosen_provider_left_the_register_has_nobody_and_says_so():
    found, answer = assigned(register("x"), {"A": choice("gone")})
    assert found == ["", "x", "x", "x"]
    assert answer.provider_of[0] == NOBODY
    assert said(answer.reasons[0]) == "王工选定的“gone”已不在名录中，请改选或交回系统推荐。"


def test_a_choice_goes_with_more_than_half_of_its_zone():
    x, y = choice("x"), choice("y")
    chosen = [Chosen(x, frozenset("AB")), Chosen(y, frozenset("CD")), Chosen(x, frozenset("Z"))]
    zones = {"1": TOWN.at("A", "B", "C"), "2": TOWN.at("D")}
    assert inherited_choices(zones, chosen, TOWN.sites) == {"1": x}


def test_of_two_choices_in_one_zone_the_larger_stays():
    sites = TOWN.sites.having(floor_area_m2=np.array([20_000.0, np.nan, 5_000.0, 5_000.0]))
    x, y = choice("x"), choice("y")
    chosen = [Chosen(x, frozenset("CD")), Chosen(y, frozenset("AB"))]
    whole = {"1": TOWN.at("A", "B", "C", "D")}
    assert inherited_choices(whole, chosen, sites) == {"1": y}
    assert inherited_choices(whole, chosen[::-1], sites) == {"1": y}


def test_a_choice_is_told_in_a_few_words_with_the_rules_that_it_breaks():
    broken = ["zone.chosen", "provider.banned", "provider.banned_without_end", "provider.grade"]
    assert told_choice(None, broken, str) == ""
    assert told_choice(choice("x", WHY), ["zone.chosen"], str) == "人工选定"
    against = "人工选定（违反规则：禁入，理由：业主大会已与其商定）"
    assert told_choice(choice("x", WHY), broken, str) == against
    assert told_choice(choice("x"), broken, str) == "人工选定（违反规则：禁入，未记录理由）"


def planned(*zones):
    """Return a plan of (sites, provider, choice) as the check sees it."""
    stub = ProposedZone(
        **dict.fromkeys(ProposedZone.__dataclass_fields__, None),
    )
    drawn = [
        replace(stub, label=str(n), members=tuple(sites), provider=who, choice=made)
        for n, (sites, who, made) in enumerate(zones, start=1)
    ]
    return type("Plan", (), {"zones": drawn})()


def faults(providers, *zones, place=TOWN):
    found = check_providers(planned(*zones), place.sites, providers, on_date=TODAY)
    return [fault.sentence(str) for fault in found]


def test_the_check_finds_nothing_where_all_keep_the_rules():
    providers = register("x", capacity_m2={"x": 40_000.0}, bans=[ban("x", area="elsewhere")])
    assert faults(providers, ("AB", "x", choice("x")), ("CD", "", None)) == []


def test_the_check_tells_of_strangers_other_than_the_chosen_and_the_barred():
    providers = register("x", "y", bans=[ban("x", area="D1")])
    assert faults(providers, ("A", "q", None), ("B", "y", choice("x")), ("C", "x", None)) == [
        "1号片区的服务主体“q”不在名录中。",
        "2号片区由人工选定“x”，方案却为“y”。",
        "3号片区的“x”当日处于禁入期，又没有记录理由。",
    ]
    assert faults(providers, ("C", "x", choice("x", WHY))) == []


def test_the_check_adds_up_what_each_provider_is_given():
    few = register("x", capacity_m2={"x": 30_000.0}, capacity_households={"x": 200.0})
    assert faults(few, ("A", "x", None), ("B", "x", None)) == [
        "“x”共承接 40,000 ㎡，超出可承接的 30,000 ㎡。",
        "“x”共承接 250 户（套），超出可承接的 200 户（套）。",
    ]
    assert faults(few, ("A", "x", None), ("B", "x", choice("x", WHY))) == []


def test_the_check_counts_what_is_served_inside_the_plan_once():
    served = town("A B", floor_area_m2=20_000.0, provider={"A": "x"})
    full = register("x", capacity_m2={"x": 40_000.0}, used_m2={"x": 20_000.0})
    assert faults(full, ("AB", "x", None), place=served) == []
