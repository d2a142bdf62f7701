"""Complaints and inspections counted, and who served where they happened."""

import datetime as dt

import pytest

from geo.words import EventCategory, EventKind, EventResult
from layers.assessment.events import Size, Told, count_events, in_period
from layers.assessment.serving import Served, Span

DAY = dt.date(2026, 3, 10)


def told(compound, kind=EventKind.COMPLAINT, category=EventCategory.FEES, result="", day=DAY):
    return Told(day=day, kind=kind, category=category, result=result, compound=compound)


def counted(events, sizes, sized=lambda _event: True):
    return count_events(events, key_of=lambda e: str(e.compound or ""), sizes=sizes, is_sized=sized)


def test_what_is_unfounded_is_told_and_not_counted():
    events = [told(1), told(1, result=EventResult.UNFOUNDED), told(1, result=EventResult.OPEN)]
    (count,) = counted(events, {"1": Size(compounds=1, households=100)})
    assert (count.total, count.unfounded, count.open) == (2, 1, 1)


def test_complaints_and_inspections_are_told_apart_with_what_they_are_about():
    events = [told(1), told(1, kind=EventKind.INSPECTION, category=EventCategory.REFUSE)]
    (count,) = counted(events, {"1": Size(compounds=1, households=100)})
    assert (count.complaints, count.inspections) == (1, 1)
    assert count.by_category == {"fees": 1, "refuse": 1}


def test_a_rate_per_thousand_leaves_out_events_of_unknown_size_above_as_below():
    sizes = {"1": Size(compounds=2, households=500, unknown=1)}
    (count,) = count_events(
        [told(1), told(2)],
        key_of=lambda _e: "1",
        sizes=sizes,
        is_sized=lambda e: e.compound == 1,
    )
    assert (count.total, count.per_thousand) == (2, 2.0)


def test_without_known_households_there_is_no_rate():
    (count,) = counted([told(1)], {"1": Size(compounds=1, unknown=1)})
    assert count.per_thousand is None


def test_the_most_events_come_first_and_what_has_none_is_listed_too():
    sizes = {key: Size(compounds=1, households=10) for key in ("1", "2", "3")}
    counts = counted([told(2), told(2), told(3)], sizes)
    assert [(count.key, count.total) for count in counts] == [("2", 2), ("3", 1), ("1", 0)]


def test_events_outside_any_compound_are_counted_by_themselves():
    counts = counted([told(None)], {"1": Size(compounds=1, households=10)})
    assert [(count.key, count.total) for count in counts] == [("", 1), ("1", 0)]


def test_a_period_holds_both_its_days():
    days = [DAY - dt.timedelta(1), DAY, DAY + dt.timedelta(5), DAY + dt.timedelta(6)]
    kept = in_period([told(1, day=d) for d in days], first=DAY, last=DAY + dt.timedelta(5))
    assert [event.day for event in kept] == days[1:3]


def span(provider, first=None, last=None, *, is_own=True):
    return Span(provider=provider, first=first, last=last, is_own=is_own)


@pytest.mark.parametrize(
    ("day", "provider"),
    [
        pytest.param(dt.date(2026, 3, 9), 7, id="the last day of the first"),
        pytest.param(DAY, 8, id="the first day of the second"),
        pytest.param(dt.date(2027, 1, 1), 8, id="an open end"),
    ],
)
def test_who_served_on_the_day_is_asked_for_not_who_serves_now(day, provider):
    served = Served({1: [span(7, last=dt.date(2026, 3, 9)), span(8, first=DAY)]})
    assert served.on(1, day) == provider


def test_its_own_contract_goes_before_that_of_its_management_area():
    served = Served({1: [span(7), span(8, first=DAY, is_own=False)]})
    assert served.on(1, DAY) == 7


def test_what_nobody_served_has_no_provider():
    served = Served({1: [span(7, last=dt.date(2026, 1, 1))]})
    assert (served.on(1, DAY), served.on(2, DAY), served.on(None, DAY)) == (None, None, None)
