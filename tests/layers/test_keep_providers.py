from layers.assignment import keep_providers, no_providers
from tests.layers.test_assignment import TODAY, Drawn, register
from tests.layers.towns import policy_with, town

TOWN = town("A B C D", floor_area_m2=20_000.0)


def kept(providers, *zones, held=None, others=None, **values):
    drawn = [Drawn(str(number), TOWN.at(*names)) for number, names in enumerate(zones, start=1)]
    return keep_providers(
        drawn,
        held or {},
        {name: TOWN.at(*names) for name, names in (others or {}).items()},
        TOWN.sites,
        providers,
        policy_with(**values),
        on_date=TODAY,
    )


def keys(one):
    return [reason.key for reason in one.reasons]


def test_a_provider_that_still_may_serve_is_kept_and_the_next_one_named():
    (one,) = kept(register("x", "y"), "AB", held={"1": "x"})
    assert (one.provider, one.is_backstop, one.refusals) == ("x", False, ())
    assert keys(one) == ["zone.provider", "provider.grade", "zone.second_provider"]


def test_a_better_provider_is_named_and_not_chosen():
    (one,) = kept(register("x", "y", grades={"x": "C"}), "AB", held={"1": "x"})
    assert one.provider == "x"
    assert one.reasons[-1].sentence().startswith("片区调整后保留原拟推荐的服务主体；")
    assert keys(one) == ["zone.provider", "provider.grade", "zone.kept_provider"]


def test_what_the_plan_gives_a_provider_elsewhere_takes_up_its_capacity():
    small = register("x", capacity_m2={"x": 50_000.0})
    (one,) = kept(small, "AB", held={"1": "x"}, others={"x": "C"})
    assert one.provider == ""
    assert [reason.sentence() for reason in one.reasons] == [
        "原拟推荐的“x物业”不能承接调整后的片区。",
        "可承接面积不足：尚可承接 30,000 ㎡，还差 10,000 ㎡。",
    ]
    assert one.refusals[0].reasons == one.reasons[1:]


def test_what_a_provider_serves_today_is_not_counted_twice():
    served = town("A B C", floor_area_m2=20_000.0, provider={"C": "x"})
    (one,) = keep_providers(
        [Drawn("1", served.at("A", "B"))],
        {"1": "x"},
        {"x": served.at("C")},
        served.sites,
        register("x", capacity_m2={"x": 60_000.0}, used_m2={"x": 20_000.0}),
        policy_with(),
        on_date=TODAY,
    )
    assert one.provider == "x"


def test_zones_that_want_the_same_provider_take_one_after_the_other():
    small = register("x", capacity_m2={"x": 50_000.0})
    one, other = kept(small, "AB", "CD", held={"1": "x", "2": "x"})
    assert (one.provider, other.provider) == ("x", "")


def test_a_zone_that_had_nobody_waits_until_providers_are_proposed_anew():
    (one,) = kept(register("x"), "AB")
    assert (one.provider, keys(one)) == ("", ["zone.provider_not_proposed"])


def test_a_zone_that_nobody_can_serve_says_why():
    (one,) = kept(no_providers(), "AB")
    assert keys(one) == ["zone.no_provider_known"]


def test_a_provider_that_is_not_in_the_register_any_more_is_lost():
    (one,) = kept(register("x"), "AB", held={"1": "y"})
    assert (one.provider, keys(one)) == ("", ["zone.provider_lost"])
