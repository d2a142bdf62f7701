"""Rates on many days at once are the rates of each day."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.coverage import (
    NOWHERE,
    Committees,
    DatedBase,
    DatedCommittees,
    DatedConditions,
    DatedDecisions,
    DatedItems,
    DatedMembers,
    DatedThings,
    Items,
    Measure,
    Spans,
    Timeline,
    Tree,
    Unit,
    rates_by_area,
    rates_on_days,
)
from layers.sites import SiteKind

FIRST = date(2024, 1, 1)
N_DAYS = 8
DAYS = [FIRST + timedelta(n) for n in range(N_DAYS)]
KINDS = ["state", "private", "non_profit", "self_governing", ""]
AREA, COMPOUND = SiteKind.MANAGEMENT_AREA, SiteKind.COMPOUND
YARD, BUILDING = SiteKind.COURTYARD, SiteKind.BUILDING
SIZES = {AREA: 3, COMPOUND: 5, YARD: 2, BUILDING: 6}
K = 4


def days(draw, n):
    told = draw(st.lists(st.none() | st.integers(-1, N_DAYS), min_size=n, max_size=n))
    return np.array(
        [np.datetime64("NaT") if t is None else FIRST + timedelta(t) for t in told],
        dtype="datetime64[D]",
    )


def spans(draw, n):
    return Spans(first=days(draw, n), last=days(draw, n))


def positions(draw, n, size):
    return np.array(
        draw(st.lists(st.integers(NOWHERE, size - 1), min_size=n, max_size=n)), dtype=np.int64
    )


def numbers(draw, n):
    told = draw(st.lists(st.sampled_from([np.nan, 0, 1, 2, 7]), min_size=n, max_size=n))
    return np.array(told, dtype=np.float64)


def flags(draw, n):
    return np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)), dtype=bool)


def words(draw, n, allowed):
    return np.array(
        draw(st.lists(st.sampled_from([*allowed]), min_size=n, max_size=n)), dtype=np.str_
    )


def things(draw, kind):
    n = SIZES[kind]
    # merged only into what comes later, as no merger goes in a circle
    merged = [draw(st.sampled_from([NOWHERE, *range(i + 1, n)])) for i in range(n)]
    return DatedThings(
        ids=np.arange(n),
        area=positions(draw, n, K),
        merged_into=np.array(merged, dtype=np.int64),
        households=numbers(draw, n),
        floor_area_m2=numbers(draw, n),
        spans=spans(draw, n),
    )


def said(draw, n, kinds):
    kind = words(draw, n, [str(each) for each in kinds])
    size = [SIZES[SiteKind(each)] for each in kind]
    where = [draw(st.integers(NOWHERE, most - 1)) for most in size]
    return kind, np.array(where, dtype=np.int64)


def members(draw):
    """Return at most one management area a thing, as the table holds it."""
    rows = [(COMPOUND, p) for p in range(SIZES[COMPOUND])]
    rows += [(BUILDING, p) for p in range(SIZES[BUILDING])]
    chosen = [row for row in rows if draw(st.booleans())]
    return DatedMembers(
        kind=np.array([str(kind) for kind, _ in chosen], dtype=np.str_),
        position=np.array([p for _, p in chosen], dtype=np.int64),
        area=positions(draw, len(chosen), SIZES[AREA]),
        spans=spans(draw, len(chosen)),
    )


def base(draw, number):
    unit = draw(st.sampled_from([Unit.COMPOUND, Unit.MANAGEMENT_AREA, Unit.BUILDING]))
    n = draw(st.integers(0, 3))
    return DatedBase(
        name=f"list {number}",
        unit=unit,
        document="",
        frozen_on=FIRST + timedelta(draw(st.integers(-1, N_DAYS))),
        positions=positions(draw, n, SIZES[SiteKind(unit)]),
        spans=spans(draw, n),
    )


@st.composite
def timelines(draw):
    n, m = draw(st.integers(0, 8)), draw(st.integers(0, 4))
    kind, where = said(draw, n, SiteKind)
    seat, of = said(draw, m, [AREA, COMPOUND])
    return Timeline(
        tree=Tree(
            codes=np.array(["a", "b", "c", "d"]),
            names=np.array(["a", "b", "c", "d"]),
            levels=np.array(["city", "district", "district", "community"]),
            parent=np.array([NOWHERE, 0, 0, draw(st.integers(NOWHERE, 2))]),
        ),
        area_ids=np.arange(K),
        things={each: things(draw, each) for each in SiteKind},
        members=members(draw),
        building_compound=positions(draw, SIZES[BUILDING], SIZES[COMPOUND]),
        building_courtyard=positions(draw, SIZES[BUILDING], SIZES[YARD]),
        building_is_home=flags(draw, SIZES[BUILDING]),
        is_old=np.array([draw(st.sampled_from([0, 1, np.nan])) for _ in range(SIZES[COMPOUND])]),
        built=np.full(SIZES[COMPOUND], np.nan),
        items=DatedItems(
            ids=np.arange(n),
            items=Items(
                kind=kind,
                position=where,
                provider_kind=words(draw, n, KINDS),
                signed_on=days(draw, n),
                in_service_from=days(draw, n),
            ),
            filed_on=days(draw, n),
            spans=spans(draw, n),
        ),
        committees=DatedCommittees(
            committees=Committees(
                kind=seat,
                position=of,
                committee=words(draw, m, ["owners_committee", "management_committee", "none"]),
            ),
            spans=spans(draw, m),
        ),
        decisions=DatedDecisions(area=positions(draw, 0, 1), spans=spans(draw, 0)),
        conditions=DatedConditions(
            compound=positions(draw, 0, 1),
            key=words(draw, 0, [""]),
            is_met=flags(draw, 0),
            spans=spans(draw, 0),
        ),
        bases=tuple(base(draw, number) for number in range(draw(st.integers(0, 2)))),
    )


@pytest.mark.parametrize("measure", Measure)
@settings(max_examples=40, deadline=None)
@given(timeline=timelines(), unit=st.sampled_from([*Unit]))
def test_rates_on_many_days_are_those_of_each_day(measure, timeline, unit):
    history = rates_on_days(timeline, DAYS, measure=measure, unit=unit)
    for row, day in enumerate(DAYS):
        alone = rates_by_area(timeline.on(day), measure=measure, unit=unit)
        assert history.total[row].tolist() == alone.total.tolist()
        assert history.covered[row].tolist() == alone.covered.tolist()


@settings(max_examples=15, deadline=None)
@given(timeline=timelines())
def test_more_days_than_a_word_has_bits_are_counted_in_turns(timeline):
    many = [FIRST + timedelta(n - 70) for n in range(140)]
    history = rates_on_days(timeline, many, measure=Measure.FIRM, unit=Unit.COMPOUND)
    assert history.covered.shape == (140, K + 1)
    for row in (0, 59, 60, 75, 119, 120, 139):
        alone = rates_by_area(timeline.on(many[row]), measure=Measure.FIRM, unit=Unit.COMPOUND)
        assert history.covered[row].tolist() == alone.covered.tolist()


@settings(max_examples=5, deadline=None)
@given(timeline=timelines())
def test_no_day_has_no_rate(timeline):
    history = rates_on_days(timeline, [], measure=Measure.FIRM, unit=Unit.COMPOUND)
    assert history.percent.shape == (0, K + 1)


@settings(max_examples=20, deadline=None)
@given(timeline=timelines())
def test_where_there_is_nothing_to_cover_there_is_no_rate(timeline):
    history = rates_on_days(timeline, DAYS, measure=Measure.ANY, unit=Unit.COMPOUND)
    assert np.array_equal(np.isnan(history.percent), history.total == 0)
    rated = history.total > 0
    expected = 100 * history.covered[rated] / history.total[rated]
    assert history.percent[rated] == pytest.approx(expected)


@settings(max_examples=20, deadline=None)
@given(timeline=timelines(), position=st.integers(0, K - 1))
def test_inside_an_area_is_what_has_it_on_its_path(timeline, position):
    inside = timeline.inside(position)
    assert [position in path for path in timeline.tree.paths] == inside[:-1].tolist()
    assert not inside[NOWHERE]
