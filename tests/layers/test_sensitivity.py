"""What another reach, a lower minimum or one more crossing would bring."""

import numpy as np
import pytest
import shapely

from layers.adjacency import Barriers, Crossings, Override
from layers.policy import Strategy
from layers.sensitivity import MOST_CROSSINGS, measure_sensitivity
from tests.layers.towns import policy_with, sites_of

NOTHING = Crossings(kinds=np.array([], dtype=str), lines=np.array([], dtype=object))


def row_of_houses(names, gaps_m, **columns):
    """Sites of 100 m in a row, with these gaps between them."""
    west_m, shapes = 0.0, []
    for gap_m in (*gaps_m, 0.0):
        shapes.append(shapely.box(west_m, 0, west_m + 100, 100))
        west_m += 100 + gap_m
    return sites_of(list(names), shapes, **columns)


def rivers(*at_m):
    lines = [shapely.LineString([(x, -500), (x, 500)]) for x in at_m]
    return Barriers(kinds=np.array(["river"] * len(at_m), dtype=str), geometries=np.array(lines))


def measured(sites, barriers=None, **more):
    policy = policy_with(**more.pop("policy", {}))
    return measure_sensitivity(sites, barriers or rivers(), NOTHING, policy, seed=1, **more)


def told(rows):
    return {
        row.what.sentence(): (row.zones, row.short, row.more_households, row.less_subsidy_yuan)
        for row in rows
    }


def test_what_lies_farther_than_the_reach_is_gained_with_a_longer_one():
    sites = row_of_houses("AB", [80], floor_area_m2=20_000.0, households=250.0)
    saved = 2 * (90_000 - 1.4 * 20_000) - (90_000 - 1.4 * 40_000)
    assert told(measured(sites)) == {
        "现行政策（相邻距离 60 m）。": (2, 2, 0, 0),
        "相邻距离改为 30 m。": (2, 2, 0, 0),
        "相邻距离改为 100 m。": (1, 0, 500, pytest.approx(saved)),
        "下限降低 10%。": (2, 2, 0, 0),
        "下限降低 20%。": (2, 2, 0, 0),
    }


def test_a_shorter_reach_loses_what_it_parts():
    sites = row_of_houses("AB", [50], floor_area_m2=20_000.0, households=250.0)
    assert told(measured(sites))["相邻距离改为 30 m。"][:3] == (2, 2, -500)


def test_a_lower_minimum_carries_what_nearly_reached_it():
    sites = row_of_houses("A", [], floor_area_m2=25_000.0, households=300.0)
    rows = told(measured(sites))
    assert rows["下限降低 10%。"][1:3] == (1, 0)
    assert rows["下限降低 20%。"][1:3] == (0, 300)


def test_the_crossing_that_brings_most_is_opened_first():
    sites = row_of_houses(
        "ABCD",
        [20, 200, 20],
        floor_area_m2={"A": 20_000.0, "B": 20_000.0, "C": 18_000.0, "D": 14_000.0},
    )
    rows = measured(sites, rivers(110, 530))
    crossings = [row for row in rows if row.what.key == "case.crossing"]
    assert [row.what.sentence() for row in crossings] == [
        "打通“A”与“B”之间的河流（间距 20 m）。",
        "打通“C”与“D”之间的河流（间距 20 m）。",
    ]
    assert [(row.short, row.zones) for row in crossings] == [(2, 3), (2, 3)]


def test_a_crossing_that_leaves_both_sides_below_the_minimum_is_not_tried():
    sites = row_of_houses("AB", [20], floor_area_m2=10_000.0)
    assert all(row.what.key != "case.crossing" for row in measured(sites, rivers(110)))


def test_no_more_crossings_are_tried_than_are_of_use():
    names = "ABCDEFGH"
    sites = row_of_houses(names, [20] * 7, floor_area_m2=20_000.0)
    rows = measured(sites, rivers(*range(110, 900, 120)))
    assert sum(row.what.key == "case.crossing" for row in rows) == MOST_CROSSINGS


def test_a_link_that_a_planner_cut_is_no_crossing_to_build():
    sites = row_of_houses("AB", [20], floor_area_m2=20_000.0)
    cut = Override(a_id="A", b_id="B", is_open=False)
    rows = measured(sites, rivers(110), overrides=(cut,))
    assert all(row.what.key != "case.crossing" for row in rows)


def test_a_policy_that_bundles_nothing_has_nothing_to_vary():
    sites = row_of_houses("AB", [20], floor_area_m2=20_000.0)
    assert len(measured(sites, policy={"strategy": Strategy.NONE})) == 1


def test_without_a_minimum_there_is_none_to_lower():
    sites = row_of_houses("AB", [20], floor_area_m2=20_000.0)
    keys = [row.what.key for row in measured(sites, policy={"floor_area_min_m2": None})]
    assert keys == ["case.own", "case.reach", "case.reach"]


def test_the_same_seed_gives_the_same_table_and_tells_its_progress():
    sites, steps = row_of_houses("ABC", [20, 20], floor_area_m2=20_000.0), []
    rows = measured(sites, on_progress=lambda *step: steps.append(step))
    assert rows == measured(sites)
    assert steps == [(n, 8) for n in range(1, len(rows))]
    assert rows[1].as_json() == {
        "key": "case.reach",
        "values": {"reach_m": 30.0},
        "zones": 1,
        "left_out": 0,
        "short": 0,
        "households": 375.0,
        "subsidy_yuan": 6_000.0,
        "more_households": 0.0,
        "less_subsidy_yuan": 0.0,
    }


def test_rows_that_were_not_finished_are_not_told():
    sites, rows = row_of_houses("AB", [20], floor_area_m2=20_000.0), []
    assert measured(sites, should_stop=lambda: True) == ()
    found = measured(
        sites, on_progress=lambda *_: rows.append(1), should_stop=lambda: len(rows) > 1
    )
    assert len(found) == 2


def test_sites_that_are_left_out_are_short_too():
    sites = row_of_houses("AB", [80], floor_area_m2=20_000.0)
    own, *_ = measured(sites, policy={"below_minimum": "leave_out"})
    assert (own.zones, own.left_out, own.short, own.households) == (0, 2, 2, 0)
