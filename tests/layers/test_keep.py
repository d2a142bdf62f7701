"""A zone that a planner changed keeps its provider, or has none; nobody else is chosen."""

from layers.assignment.keep import keep_providers
from tests.layers.test_assignment import TODAY, Drawn, ban, register
from tests.layers.towns import policy_with, town


def kept(place, providers, held, *, zones="A", others=None):
    """Return who serves each changed zone; each letter is a zone of its own."""
    drawn = [Drawn(name, place.at(name)) for name in zones]
    taken = {name: place.at(*sites) for name, sites in (others or {}).items()}
    return keep_providers(drawn, held, taken, place.sites, providers, policy_with(), on_date=TODAY)


def told(one):
    return [reason.sentence() for reason in one.reasons]


def test_the_provider_stays_though_another_is_nearer_and_the_nearer_one_is_named():
    providers = register("x", "y", base={"x": (5_000, 0), "y": (1_000, 0)})
    (one,) = kept(town("A"), providers, {"A": "x"})
    assert one.provider == "x"
    assert any("片区调整后保留原拟推荐的服务主体" in why and "“y物业”" in why for why in told(one))


def test_the_best_provider_stays_without_excuse():
    providers = register("x", "y", base={"x": (1_000, 0), "y": (5_000, 0)})
    (one,) = kept(town("A"), providers, {"A": "x"})
    assert (one.provider, [why for why in told(one) if "保留" in why]) == ("x", [])


def test_a_provider_that_may_no_longer_serve_leaves_the_zone_to_nobody():
    (one,) = kept(town("A"), register("x", "y", bans=[ban("x")]), {"A": "x"})
    assert one.provider == ""
    assert told(one)[0] == "原拟推荐的“x物业”不能承接调整后的片区。"


def test_a_zone_that_had_nobody_waits_for_a_proposal():
    (one,) = kept(town("A"), register("x"), {})
    assert (one.provider, told(one)) == ("", ["片区经规划人员调整，尚未重新拟推荐服务主体。"])


def test_a_zone_that_nobody_may_serve_says_so_rather_than_wait():
    (one,) = kept(town("A"), register("x", bans=[ban("x")]), {})
    assert one.provider == ""
    assert "尚未重新拟推荐" not in "".join(told(one))
    assert [refusal.provider for refusal in one.refusals] == ["x"]


def test_zones_that_want_the_same_provider_take_of_its_capacity_in_turn():
    place = town("A B")
    households = place.sites.households
    providers = register("x", capacity_households={"x": float(households.max())})
    first, second = kept(place, providers, {"A": "x", "B": "x"}, zones="AB")
    assert (first.provider, second.provider) == ("x", "")


def test_what_the_plan_gives_a_provider_elsewhere_counts():
    place = town("A B")
    providers = register("x", capacity_households={"x": float(place.sites.households.max())})
    assert kept(place, providers, {"A": "x"})[0].provider == "x"
    assert kept(place, providers, {"A": "x"}, others={"x": ["B"]})[0].provider == ""
