"""All that the overview of one area shows, put together."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import get_language, gettext

from geo.models import ManagingArea
from layers.coverage import NOWHERE, Measure, Unit
from layers.planning.report_history import Coverage, coverage_known
from layers.policy import CoverageRules, load_policy
from maps.asked import Asked
from maps.overview import figures as figure
from maps.overview.calendar import Calendar, calendar_of, first_fact
from maps.overview.changes import Changes, changes_in
from maps.overview.choice import Choice
from maps.overview.classes import CLASSES, class_of
from maps.overview.funnel import Stage, funnel
from maps.overview.numbers import Amount
from maps.overview.outlines import areas_below
from maps.overview.plans import Planned, planned_in, zones_below

POLICY = "default"


@dataclass(frozen=True)
class Tab:
    """A link to the same page with another rate or unit."""

    label: str
    address: str
    is_here: bool


@dataclass(frozen=True)
class Page:
    """The overview of an area on a day, as known on another, in one rate."""

    area: ManagingArea
    asked: Asked
    choice: Choice
    coverage: Coverage
    position: int

    @cached_property
    def calendar(self) -> Calendar:
        """Return the days that the page tells of."""
        today = timezone.localdate()
        first = self.first or today - timedelta(days=365)
        return calendar_of(first=first, today=today, shown=self.asked.valid)

    @cached_property
    def first(self) -> date | None:
        """Return the first day of which anything is known."""
        return first_fact(self.coverage.timeline)

    @cached_property
    def measured(self) -> figure.Measured:
        """Return the chosen rate of all areas."""
        return figure.measured(self.coverage, self.choice, self.calendar)

    @cached_property
    def own(self) -> figure.Figures:
        """Return the headline."""
        return self.measured.of(self.position)

    @cached_property
    def below(self) -> list[ManagingArea]:
        """Return the areas right below."""
        return areas_below(self.area, self.asked.valid)

    @cached_property
    def rows(self) -> list[figure.AreaRow]:
        """Return the areas right below, worst first."""
        timeline = self.coverage.timeline
        placed = [(area.code, self.coverage.position(area.code)) for area in self.below]
        known = [(code, position) for code, position in placed if position != NOWHERE]
        zones = zones_below(self.planned, timeline, known)
        return figure.area_rows(self.measured, self.below, zones)

    @cached_property
    def outside(self) -> Amount:
        """Return what is counted in the area itself but in none of those below."""
        positions = [self.coverage.position(row.code) for row in self.rows]
        return figure.outside(self.measured, self.position, np.array(positions, dtype=np.int64))

    @cached_property
    def planned(self) -> Planned:
        """Return what the newest plans hold."""
        return planned_in(self.coverage.timeline, known=self.asked.known)

    @cached_property
    def stages(self) -> list[Stage]:
        """Return the funnel."""
        steps, timeline = self.coverage.steps(self.asked.valid), self.coverage.timeline
        planned = self.planned.compounds(timeline, steps.holder)
        return funnel(steps, planned, timeline.inside(self.position))

    @cached_property
    def changes(self) -> Changes:
        """Return what changed this month."""
        timeline = self.coverage.timeline
        return changes_in(timeline, timeline.inside(self.position), self.asked.valid)

    @property
    def counted_text(self) -> str:
        """Return the denominator in words."""
        return figure.counted_text(self.own.rate, self.asked.valid)

    @property
    def definition_text(self) -> str:
        """Return the numerator in words."""
        return figure.definition_text(self.choice.measure)

    @property
    def unknown_text(self) -> str:
        """Return what is not known."""
        return figure.unknown_text(self.own.rate)

    @property
    def is_ahead(self) -> bool:
        """Tell whether the day is still to come."""
        return self.asked.valid > timezone.localdate()

    @property
    def is_before_all(self) -> bool:
        """Tell whether the day lies before everything that is known."""
        return self.first is not None and self.asked.valid < self.first

    @property
    def is_recalled(self) -> bool:
        """Tell whether the page shows what was known on an earlier day."""
        return self.coverage.known is not None

    @property
    def rates(self) -> list[Tab]:
        """Return the rates to choose from."""
        return [
            Tab(
                gettext(each.label),
                self.choice.with_rate(each).query(self.asked),
                each is self.choice.measure,
            )
            for each in Measure
        ]

    @property
    def units(self) -> list[Tab]:
        """Return the units to choose from."""
        return [
            Tab(
                gettext(each.label),
                self.choice.with_unit(each).query(self.asked),
                each is self.choice.unit,
            )
            for each in Unit
        ]

    @property
    def title(self) -> str:
        """Return the name of the rate."""
        return gettext(self.choice.measure.label)

    @property
    def unit_text(self) -> str:
        """Return what is counted."""
        return gettext(self.choice.unit.label)

    @property
    def counted_unit(self) -> str:
        """Return what stands after the denominator: 个小区, 楼栋; English has no counters."""
        counter, unit = self.own.total.counter, self.unit_text
        is_chinese = (get_language() or "").startswith("zh")
        return counter + unit if is_chinese and counter not in unit else unit

    @property
    def query(self) -> str:
        """Return what an address needs to show the same elsewhere."""
        return self.choice.query(self.asked)

    @property
    def classes(self) -> list[dict[str, Any]]:
        """Return the classes of the map with how many areas are in each."""
        found = [class_of(row.figures.rate.percent) for row in self.rows]
        return [
            {
                "low": each.low,
                "high": each.high,
                "colour": each.colour,
                "lines": each.lines_px,
                "words": gettext(each.words),
                "count": found.count(number),
            }
            for number, each in enumerate(CLASSES)
        ]

    def script_data(self) -> dict[str, Any]:
        """Return what the scripts need: the rates on every day of the slider."""
        days, stops = self.calendar.days, self.calendar.replayed
        history = self.measured.history
        return {
            "today": str(timezone.localdate()),
            "days": [str(days[stop]) for stop in stops],
            "here": stops.index(self.calendar.here),
            "own": self.measured.replay(self.position),
            "covered": history.covered[list(stops), self.position].tolist(),
            "total": history.total[list(stops), self.position].tolist(),
            "below": {
                row.code: self.measured.replay(self.coverage.position(row.code))
                for row in self.rows
            },
            "classes": self.classes,
            "target": self.choice.target_percent,
            "query": self.query,
        }


@cache
def shown_first() -> CoverageRules:
    """Return the 口径 that the policy shows first."""
    return load_policy(POLICY).coverage


def page_of(area: ManagingArea, asked: Asked, choice: Choice) -> Page:
    """Return the overview of an area."""
    is_now = asked.known_on == timezone.localdate()
    coverage = coverage_known(None if is_now else asked.known)
    return Page(area, asked, choice, coverage, coverage.position(area.code))
