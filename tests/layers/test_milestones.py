"""What a document wanted by a day, and how far it has come."""

from datetime import date, timedelta

import numpy as np
import pytest

from layers.coverage import NOWHERE, Tree
from layers.coverage.milestones import Aim, Standing, areas_meant, month_ends, progress_of

BY = date(2019, 12, 31)
SINCE = date(2018, 12, 31)


def counts_from(*steps):
    """Return what is covered on days, from the days on which so many were."""

    def counts(days):
        return np.array([max((n for first, n in steps if first <= d), default=0) for d in days])

    return counts


def progress(on, *steps, share=0.6, total=10.0, since=SINCE, before=0.0):
    aim = Aim(by=BY, share=share, since=since, share_before=before)
    return progress_of(aim, on=on, total=total, counts=counts_from(*steps))


def test_what_was_reached_on_the_day_itself_came_in_time():
    found = progress(date(2020, 6, 1), (BY, 6))
    assert (found.standing, found.wanted, found.missing) == (Standing.REACHED, 6, 0)


def test_what_came_a_day_after_came_late_by_a_day():
    found = progress(date(2020, 6, 1), (BY, 5), (BY + timedelta(days=1), 6))
    assert (found.standing, found.days_late) == (Standing.REACHED_LATE, 1)
    assert found.reached_on == date(2020, 1, 1)


@pytest.mark.parametrize("late", [1, 30, 31, 32, 60, 366, 400])
def test_the_day_on_which_it_came_is_found_however_late(late):
    reached = BY + timedelta(days=late)
    found = progress(reached + timedelta(days=90), (BY, 5), (reached, 6))
    assert (found.reached_on, found.days_late) == (reached, late)


def test_what_is_missing_after_the_day_is_told_in_things_and_days():
    found = progress(date(2020, 1, 30), (SINCE, 4))
    assert (found.standing, found.missing, found.days_late) == (Standing.MISSED, 2, 30)


def test_what_fell_back_after_its_day_had_been_reached():
    fallen = counts_from((SINCE, 6))
    aim = Aim(by=BY, share=0.6, since=SINCE)
    last = BY + timedelta(days=10)
    found = progress_of(
        aim, on=last, total=10.0, counts=lambda days: fallen(days) - [d == last for d in days]
    )
    assert (found.standing, found.covered, found.missing) == (Standing.REACHED, 5, 1)


def test_a_share_is_rounded_up_to_whole_things_and_no_further():
    assert progress(BY, share=0.6, total=5.0).wanted == 3
    assert progress(BY, share=0.61, total=5.0).wanted == 4
    assert progress(BY, share=1.0, total=7.0).wanted == 7


@pytest.mark.parametrize(
    ("covered", "standing", "behind"),
    [(6, "reached", 0), (3, "on_track", 0), (2, "behind", 1)],
)
def test_before_its_day_the_way_is_taken_to_be_straight(covered, standing, behind):
    half_way = SINCE + (BY - SINCE) / 2
    found = progress(half_way, (SINCE, covered), since=SINCE - timedelta(days=1))
    assert found.standing == standing
    assert found.behind == pytest.approx(behind, abs=0.02)


def test_the_way_begins_where_the_milestone_before_ended():
    found = progress(SINCE, (SINCE, 3), share=1.0, before=0.3)
    assert (found.due, found.standing) == (3, Standing.ON_TRACK)


def test_without_a_list_nothing_is_said():
    assert progress(BY, total=0.0).standing == Standing.WITHOUT_BASE


def test_words_without_a_number_are_no_share():
    found = progress(BY, (SINCE, 4), share=None)
    assert (found.standing, found.covered, found.missing) == (Standing.WITHOUT_NUMBER, 4, 0)


def test_month_ends_leave_out_both_days():
    assert month_ends(date(2019, 12, 31), date(2020, 2, 29)) == [date(2020, 1, 31)]
    assert month_ends(date(2019, 11, 30), date(2020, 1, 1)) == [date(2019, 12, 31)]


CITY, INNER, ZONE, OUTER, STREET = range(5)
TREE = Tree(
    codes=np.array(["1", "11", "12", "13", "1101"]),
    names=np.array(["大连市", "中山区", "高新区管委会", "旅顺口区", "海军广场街道"]),
    levels=np.array(["city", "district", "district", "district", "subdistrict"]),
    parent=np.array([NOWHERE, CITY, CITY, CITY, INNER]),
)
NAMED = ("中山区", "高新区", "其他区市县、先导区")


@pytest.mark.parametrize(
    ("words", "inside", "meant"),
    [
        (["中山区", "高新区"], CITY, [INNER, ZONE]),
        (["其他区市县、先导区"], CITY, [OUTER]),
        (["中山区"], INNER, [INNER]),
        (["中山区"], STREET, [STREET]),
        (["中山区"], OUTER, []),
        (["其他区市县、先导区"], STREET, []),
        ([], CITY, [CITY]),
        (["西岗区"], CITY, []),
    ],
)
def test_a_milestone_is_counted_where_its_words_say(words, inside, meant):
    assert areas_meant(words, TREE, inside=inside, named=NAMED).tolist() == meant
