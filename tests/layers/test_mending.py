from layers.editing import NEW, NOWHERE
from layers.mending import mends_for
from tests.layers.test_judging import drawing, ground_of
from tests.layers.towns import town


def proposals(mends):
    return [("".join(mend.edit.sites), mend.edit.to) for mend in mends]


def test_a_part_that_is_cut_off_may_go_to_the_zone_beside_it_or_be_a_zone():
    ground = ground_of(town("A B C D", floor_area_m2=20_000.0))
    mends = mends_for("1", drawing({"1": "ABD", "2": "C"}), ground)
    assert proposals(mends) == [("D", "2"), ("D", NEW)]
    assert mends[0].is_lived_with
    assert [verdict.label for verdict in mends[0].verdicts] == ["1", "2"]


def test_what_the_policy_does_not_live_with_comes_last():
    ground = ground_of(town("A B C D", floor_area_m2={"C": 95_000.0, "D": 10_000.0}))
    mends = mends_for("1", drawing({"1": "ABD", "2": "C"}), ground)
    assert proposals(mends) == [("D", NEW), ("D", "2")]
    assert not mends[-1].is_lived_with


def test_sites_that_are_left_out_are_placed_part_by_part():
    ground = ground_of(town("A B . C\n. . . D"))
    mends = mends_for(NOWHERE, drawing({"1": "A", "": "BCD"}), ground)
    assert sorted(proposals(mends)) == [("B", "1"), ("B", NEW), ("CD", NEW)]


def test_locked_sites_are_not_moved():
    ground = ground_of(town("A B C D"))
    assert mends_for("1", drawing({"1": "ABD", "2": "C"}, locked="D"), ground) == ()


def test_a_zone_in_one_part_needs_no_mend():
    assert mends_for("1", drawing({"1": "AB"}), ground_of(town("A B"))) == ()


def test_a_zone_below_the_minimum_joins_its_neighbour_or_gains_a_site_from_there():
    ground = ground_of(town("A B C D E", floor_area_m2=20_000.0))
    mends = mends_for("1", drawing({"1": "A", "2": "BCDE"}), ground)
    assert sorted(proposals(mends)) == [("A", "2"), ("B", "1")]
    assert all(mend.is_lived_with for mend in mends)


def test_a_site_is_not_taken_from_a_zone_that_would_then_be_too_small_itself():
    ground = ground_of(town("A B C D", floor_area_m2={"A": 10_000.0, "D": 90_000.0}))
    drawn = drawing({"1": "A", "2": "BC", "3": "D"})
    assert proposals(mends_for("1", drawn, ground)) == [("A", "2")]


def test_a_locked_zone_below_the_minimum_stays_but_may_gain():
    ground = ground_of(town("A B C D E", floor_area_m2=20_000.0))
    mends = mends_for("1", drawing({"1": "A", "2": "BCDE"}, locked="A"), ground)
    assert proposals(mends) == [("B", "1")]


def test_where_nothing_fills_a_zone_up_nothing_is_proposed():
    ground = ground_of(town("A . . B"))
    assert mends_for("1", drawing({"1": "A", "2": "B"}), ground) == ()


def test_an_unknown_subsidy_does_not_count_as_harm():
    ground = ground_of(town("A B", floor_area_m2=float("nan")))
    (mend, _) = mends_for(NOWHERE, drawing({"1": "A", "": "B"}), ground)
    assert mend.harm[2] == 0
