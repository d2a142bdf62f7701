import pytest

from layers.assignment import takeovers
from tests.layers.test_assignment import TODAY, Drawn, ban, register
from tests.layers.towns import policy_with, town


def taken(place, providers, *, given=None, **values):
    zones = [Drawn(name, place.at(name)) for name in place.sites.ids.tolist()]
    return takeovers(
        zones,
        "x",
        place.sites,
        providers,
        policy_with(**values),
        on_date=TODAY,
        given={name: place.at(*names) for name, names in (given or {}).items()},
    )


def test_who_leaves_takes_nothing_over():
    found = taken(town("A", provider="x"), register("x", "y", "z"))
    assert (found[0].provider, found[0].others) == ("y", (("z", 0.0),))


def test_those_who_take_over_do_so_together_within_their_capacities():
    providers = register("x", "y", "z", capacity_m2={"y": 10_000.0}, grades={"z": "D"})
    found = taken(town("A B"), providers)
    assert sorted(each.provider for each in found) == ["y", "z"]


def test_what_a_plan_gives_another_takes_up_its_capacity():
    place = town("A B")
    providers = register("x", "y", capacity_m2={"y": 20_000.0})
    assert [each.provider for each in taken(place, providers)] == ["y", "y"]
    given = takeovers(
        [Drawn("A", place.at("A"))], "x", place.sites, providers, policy_with(),
        on_date=TODAY, given={"y": [*place.at("B"), *place.at("A")]},
    )  # fmt: skip
    assert given[0].provider == ""


def test_who_may_not_take_over_is_counted_by_rule():
    providers = register("x", "y", "z", bans=[ban("y")], kinds={"z": "other"})
    (found,) = taken(town("A"), providers)
    assert found.refused_by_rule == (("不是物业服务企业", 1), ("禁入", 1))
    assert {refusal.provider for refusal in found.refusals} == {"y", "z"}
    assert found.reasons[-1].sentence().startswith("最省的补救：")


@pytest.mark.parametrize("names", ["x", "xy"])
def test_where_nobody_is_left_it_is_said(names):
    providers = register(*names, bans=[ban("y")] if "y" in names else [])
    (found,) = taken(town("A"), providers)
    assert (found.provider, found.others) == ("", ())
    assert found.reasons[0].key in {"zone.no_provider_known", "zone.no_provider"}
