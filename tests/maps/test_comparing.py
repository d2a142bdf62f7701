"""Which sites two plans place differently, whatever they call their zones."""

from maps.comparing import NOWHERE, Moved, counterparts, moved_sites


def placed(**zones):
    """Return site → zone, from the letters of each zone: `placed(z1="AB", none="C")`."""
    names = {"none": NOWHERE}
    return {
        site: names.get(zone, zone.removeprefix("z"))
        for zone, sites in zones.items()
        for site in sites
    }


def test_the_same_zones_by_other_numbers_move_nothing():
    before, after = placed(z1="ABC", z2="DE"), placed(z7="DE", z9="ABC")
    assert counterparts(before, after) == {"1": "9", "2": "7"}
    assert moved_sites(before, after) == ()


def test_a_site_that_leaves_its_fellows_has_moved():
    before, after = placed(z1="ABC", z2="DE"), placed(z1="AB", z2="CDE")
    assert moved_sites(before, after) == (Moved(site="C", before="1", after="2"),)


def test_a_zone_stands_for_one_zone_at_most():
    # Zone 1 is cut in two: the larger part is what it was, the other has moved.
    before, after = placed(z1="ABCDE"), placed(z1="AB", z2="CDE")
    assert counterparts(before, after) == {"1": "2"}
    assert [each.site for each in moved_sites(before, after)] == ["A", "B"]


def test_two_zones_made_one_move_the_smaller():
    before, after = placed(z1="ABC", z2="DE"), placed(z1="ABCDE")
    assert [each.site for each in moved_sites(before, after)] == ["D", "E"]


def test_equal_shares_go_to_the_lower_number():
    assert counterparts(placed(z1="AB"), placed(z2="A", z3="B")) == {"1": "2"}


def test_what_is_taken_out_or_put_in_has_moved():
    before, after = placed(z1="AB", none="CD"), placed(z1="AC", none="BD")
    assert moved_sites(before, after) == (
        Moved(site="B", before="1", after=NOWHERE),
        Moved(site="C", before=NOWHERE, after="1"),
    )


def test_a_site_that_only_one_plan_knows_is_told():
    assert moved_sites(placed(z1="AB"), placed(z1="AC")) == (
        Moved(site="B", before="1", after=None),
        Moved(site="C", before=None, after="1"),
    )
