"""Milestones (目标节点): what a document wanted by a day, and how far it has come on another.

A milestone counts the rate of its own list (底数): what joined the city later, or was merged,
changes neither its numerator nor its denominator. Before its day the way from the milestone before
is taken to be straight, so that "on track" is a comparison and no forecast.
"""

import calendar
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from geo.errors import gettext_noop
from geo.words import AreaLevel, Word
from layers.coverage.ledger import Positions, Tree

OTHERS = "其他"
"""A word for areas that begins so means all that no milestone of the policy names."""
HAIR = 1e-9

Counts = Callable[[Sequence[date]], NDArray[np.float64]]
"""What is covered on each of some ascending days."""


class Standing(Word):
    """How a milestone stands on a day."""

    REACHED = "reached", gettext_noop("已达到")
    REACHED_LATE = "reached_late", gettext_noop("逾期达到")
    MISSED = "missed", gettext_noop("逾期未达到")
    ON_TRACK = "on_track", gettext_noop("符合进度")
    BEHIND = "behind", gettext_noop("落后于进度")
    WITHOUT_NUMBER = "without_number", gettext_noop("文件未给数字")
    WITHOUT_BASE = "without_base", gettext_noop("底数未登记")


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What shall be covered by a day, and where the straight way to it begins."""

    by: date
    share: float | None
    """Of what is counted; None = the document names no number."""
    since: date
    """The day of the milestone before, or of the document."""
    share_before: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an aim has come on a day."""

    standing: Standing
    covered: float
    total: float
    wanted: float
    """What the share comes to, in whole things."""
    due: float = 0.0
    """What would be covered on the straight way; the whole of `wanted` from the day on."""
    reached_on: date | None = None
    """The day from which on it was reached, where that came late."""
    days_late: int = 0

    @property
    def missing(self) -> float:
        """Return what is missing to the aim."""
        return max(0.0, self.wanted - self.covered)

    @property
    def behind(self) -> float:
        """Return by how much it lags behind the straight way."""
        return max(0.0, self.due - self.covered)


def progress_of(aim: Aim, *, on: date, total: float, counts: Counts) -> Progress:
    """Return how an aim stands on a day.

    Parameters
    ----------
    aim
        The share, its day, and where the way to it begins.
    on
        The day.
    total
        What is counted, such as the rows of the base list; 0 = there is no such list.
    counts
        Tells what is covered on any days.
    """
    if not total:
        return Progress(standing=Standing.WITHOUT_BASE, covered=0.0, total=0.0, wanted=0.0)
    covered = float(counts([on])[0])
    if aim.share is None:
        standing = Standing.WITHOUT_NUMBER
        return Progress(standing=standing, covered=covered, total=total, wanted=0.0)
    wanted = float(math.ceil(aim.share * total - HAIR))
    if on < aim.by:
        return _before(aim, on=on, covered=covered, total=total, wanted=wanted)
    missed = Progress(
        standing=Standing.MISSED,
        covered=covered,
        total=total,
        wanted=wanted,
        due=wanted,
        days_late=(on - aim.by).days,
    )
    if counts([aim.by])[0] >= wanted:
        return replace(missed, standing=Standing.REACHED, days_late=0)
    if covered < wanted:
        return missed
    reached_on = _first_day(counts, wanted, after=aim.by, until=on)
    late = (reached_on - aim.by).days
    return replace(missed, standing=Standing.REACHED_LATE, reached_on=reached_on, days_late=late)


def _before(aim: Aim, *, on: date, covered: float, total: float, wanted: float) -> Progress:
    """Return how an aim stands before its day."""
    whole = (aim.by - aim.since).days
    way = min(1.0, max(0.0, (on - aim.since).days / whole)) if whole > 0 else 1.0
    begun = aim.share_before * total
    due = begun + way * max(0.0, wanted - begun)
    standing = Standing.BEHIND
    if covered >= wanted:
        standing = Standing.REACHED
    elif covered >= due - HAIR:
        standing = Standing.ON_TRACK
    return Progress(standing=standing, covered=covered, total=total, wanted=wanted, due=due)


def _first_day(counts: Counts, wanted: float, *, after: date, until: date) -> date:
    """Return the first day on which so much was covered: the month first, then the day."""
    ends = [*month_ends(after, until), until]
    reached = ends[int(np.argmax(counts(ends) >= wanted))]
    first = max(after + timedelta(days=1), reached.replace(day=1))
    days = [first + timedelta(days=step) for step in range((reached - first).days + 1)]
    return days[int(np.argmax(counts(days) >= wanted))]


def month_ends(after: date, before: date) -> list[date]:
    """Return the last days of months between two days, both left out."""
    found, year, month = [], after.year, after.month
    while (year, month) <= (before.year, before.month):
        last = date(year, month, calendar.monthrange(year, month)[1])
        if after < last < before:
            found.append(last)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004
    return found


def areas_meant(
    words: Sequence[str], tree: Tree, *, inside: int, named: Sequence[str] = ()
) -> Positions:
    """Return the positions of the areas that a milestone's words mean, as far as one reaches.

    Parameters
    ----------
    words
        Names of districts, such as 中山区; none = the whole. 其他… = the districts beside all
        that are `named`.
    tree
        The managing areas.
    inside
        Position of the area that is looked at. Where it lies in an area that is meant, it is
        itself what is counted.
    named
        Every name that the policy's milestones give.
    """
    if not words:
        return np.array([inside], dtype=np.int64)
    own, others = _own(words), _own(named)

    def is_meant(district: int) -> bool:
        is_other = len(own) < len(words) and not _is_named(tree, district, others)
        return is_other or _is_named(tree, district, own)

    above = [each for each in tree.paths[inside] if tree.levels[each] == AreaLevel.DISTRICT]
    if above:
        return np.array([inside] if is_meant(above[0]) else [], dtype=np.int64)
    below = [
        each
        for each in np.flatnonzero(tree.levels == AreaLevel.DISTRICT).tolist()
        if inside in tree.paths[each] and is_meant(each)
    ]
    return np.array(below, dtype=np.int64)


def _own(words: Sequence[str]) -> list[str]:
    return [word for word in words if not word.startswith(OTHERS)]


def _is_named(tree: Tree, position: int, names: Sequence[str]) -> bool:
    """Tell whether an area is one of those named: 高新区 is 高新区管委会, and the other way."""
    own = str(tree.names[position])
    return any(own.startswith(name) or name.startswith(own) for name in names if own)
