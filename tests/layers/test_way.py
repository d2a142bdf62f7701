"""How far sites have come, who is late, and whether the law's majority was reached."""

from datetime import date

import numpy as np
import pytest

from layers.way import Finding, Vote, finding_of, progress

ON = date(2026, 6, 10)


def vote(area=0.7, count=0.7, area_for=0.6, count_for=0.6, way="assembly"):
    return Vote(
        way=way,
        area_share=area,
        count_share=count,
        area_in_favour=area_for,
        count_in_favour=count_for,
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (vote(area=2 / 3, count=2 / 3), None),
        (vote(area=0.6667), None),
        (vote(area=0.666), Finding.BELOW_MAJORITY),
        (vote(count=0.66), Finding.BELOW_MAJORITY),
        (vote(area_for=0.5), Finding.BELOW_MAJORITY),
        (vote(count_for=0.5), Finding.BELOW_MAJORITY),
        (vote(area_for=0.5001), None),
        (vote(area_for=None), Finding.SHARES_UNKNOWN),
        (vote(area=None, count_for=0.4), Finding.BELOW_MAJORITY),
        (vote(area=0.1, way="temporary"), None),
        (vote(way=""), None),
    ],
)
def test_two_thirds_take_part_and_more_than_half_of_them_agree(given, expected):
    assert finding_of(given) is expected


def steps(*rows):
    return np.array([[mark == "x" for mark in row] for row in rows])


def test_a_site_is_as_far_as_its_farthest_step_and_a_week_shows_what_changed():
    taken, before = steps("....", "x...", "xxx.", "..xx"), steps("....", "....", "xxxx", "..xx")

    found = progress(taken, before, due=[None] * 4, on=ON)

    assert found.state.tolist() == [0, 1, 3, 4]
    assert found.state_before.tolist() == [0, 0, 4, 4]
    assert np.argwhere(found.new).tolist() == [[1, 0]]
    assert np.argwhere(found.lost).tolist() == [[2, 3]]
    assert found.in_state(np.array([True, True, True, False])) == [1, 1, 0, 1, 0]


def test_a_step_is_late_from_the_day_after_it_was_due_until_it_is_taken():
    due = [date(2026, 6, 9), ON, date(2026, 6, 1), None]

    found = progress(steps("....", "x.x."), steps("....", "...."), due=due, on=ON)

    assert found.late_days.tolist() == [[1, 0, 9, 0], [0, 0, 0, 0]]


def test_a_plan_without_sites_has_no_state():
    found = progress(np.zeros((0, 4), bool), np.zeros((0, 4), bool), due=[ON] * 4, on=ON)
    assert found.state.tolist() == []
    assert found.in_state(np.zeros(0, bool)) == [0, 0, 0, 0, 0]
