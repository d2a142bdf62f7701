"""The days that a trend and the replay go through: the ends of months, from the first fact on."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from layers.coverage import Timeline

MONTHS_MAX = 108
"""Nine years; with the days that are asked for these are two words of bits."""
MONTHS_OF_TREND = 12
CHANGE_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The days that a page needs rates of."""

    days: tuple[date, ...]
    """All of them, ascending."""
    shown: date
    replayed: tuple[int, ...]
    """Positions of the days that the slider stops at."""

    @property
    def here(self) -> int:
        """Return the position of the day that the page describes."""
        return self.days.index(self.shown)

    @property
    def before(self) -> int:
        """Return the position of the day that the change is counted from."""
        return self.days.index(earlier(self.shown))

    @property
    def trend(self) -> tuple[int, ...]:
        """Return the positions of the last months up to the day that is shown."""
        past = [each for each in self.replayed if self.days[each] <= self.shown]
        return tuple(past[-MONTHS_OF_TREND - 1 :])


def first_fact(timeline: Timeline) -> date | None:
    """Return the first day of which a contract says something; None where none is dated."""
    items = timeline.items
    days = np.concatenate([items.spans.first, items.items.signed_on])
    dated = days[~np.isnat(days)]
    return dated.min().astype(object) if len(dated) else None


def calendar_of(*, first: date, today: date, shown: date) -> Calendar:
    """Return the ends of all months from the first fact to today, and the day that is shown."""
    stops = {*list(_month_ends(first, today))[-MONTHS_MAX:], today, shown}
    days = tuple(sorted({*stops, earlier(shown)}))
    replayed = tuple(position for position, day in enumerate(days) if day in stops)
    return Calendar(days=days, shown=shown, replayed=replayed)


def earlier(day: date) -> date:
    """Return the day that a change is counted from; there is none before the first of all days."""
    return date.fromordinal(max(1, day.toordinal() - CHANGE_DAYS))


def _month_ends(first: date, last: date) -> Iterator[date]:
    year, month = first.year, first.month
    while (day := date(year, month, monthrange(year, month)[1])) <= last:
        yield day
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 (December)
