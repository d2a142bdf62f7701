"""The figures of the overview: the headline, and a row for each area right below."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils.translation import gettext

from geo.models import ManagingArea
from layers.coverage import DEFINITIONS, NOWHERE, History, Measure, Positions, Rate, Rates, Unit
from layers.planning.report_history import Coverage
from maps.overview.calendar import Calendar
from maps.overview.choice import Choice
from maps.overview.numbers import Amount
from maps.overview.sparkline import sparkline

WHOLE, NEARLY_WHOLE = 100.0, 99.99


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A rate of one area with all that stands beside it."""

    rate: Rate
    choice: Choice
    unserved: Amount
    """What nobody serves at all, in the unit that was chosen."""
    points: float | None
    """Change over the last 30 days in percentage points."""
    trend: tuple[float | None, ...]

    @property
    def percent_text(self) -> str:
        """Return the rate as officials print it."""
        return self.rate.percent_text

    @property
    def covered(self) -> Amount:
        """Return the numerator."""
        return Amount(self.rate.covered, self.rate.unit)

    @property
    def total(self) -> Amount:
        """Return the denominator."""
        return Amount(self.rate.total, self.rate.unit)

    @property
    def missing(self) -> Amount | None:
        """Return what is missing to the target; None where there is no aim or nothing to cover."""
        if not (self.choice.has_target and self.rate.total):
            return None
        wanted = math.ceil(self.choice.wanted_percent * self.rate.total / 100)
        return Amount(max(0, wanted - self.rate.covered), self.rate.unit)

    @property
    def sparkline(self) -> str:
        """Return the points of the trend's line."""
        return sparkline(self.trend)

    @property
    def change_text(self) -> str:
        """Return the change with its sign: ▲1.20, ▼0.35, ±0."""
        if self.points is None:
            return "—"
        if abs(self.points) < 0.005:  # noqa: PLR2004 (what two decimals show as nothing)
            return "±0"
        return f"{'▲' if self.points > 0 else '▼'}{abs(self.points):.2f}"


@dataclass(frozen=True, kw_only=True)
class AreaRow:
    """An area right below, or what lies in none of them."""

    code: str
    """"" = in none of the areas below."""
    name: str
    figures: Figures
    zones: int | None = None
    """Zones of the newest plans that reach into the area; None where there is no plan."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The rate that was chosen, of all areas, on all days that a page shows."""

    coverage: Coverage
    choice: Choice
    calendar: Calendar
    rates: Rates
    history: History
    any_rates: Rates

    def of(self, position: int) -> Figures:
        """Return the figures of the area that stands at a position."""
        percent = self.history.percent[:, position]
        now, then = percent[self.calendar.here], percent[self.calendar.before]
        return Figures(
            rate=self.rates.of(position),
            choice=self.choice,
            unserved=Amount(
                float(self.any_rates.total[position] - self.any_rates.covered[position]),
                self.choice.unit,
            ),
            points=None if np.isnan(now) or np.isnan(then) else float(now - then),
            trend=told(percent[list(self.calendar.trend)]),
        )

    def replay(self, position: int) -> tuple[float | None, ...]:
        """Return the rate on every day that the slider stops at."""
        return told(self.history.percent[list(self.calendar.replayed), position])


def measured(coverage: Coverage, choice: Choice, calendar: Calendar) -> Measured:
    """Return the chosen rate of all areas."""
    return Measured(
        coverage=coverage,
        choice=choice,
        calendar=calendar,
        rates=coverage.rates(calendar.shown, choice.measure, choice.unit),
        history=coverage.history(calendar.days, choice.measure, choice.unit),
        any_rates=coverage.rates(calendar.shown, Measure.ANY, choice.unit),
    )


def told(percents: Iterable[float]) -> tuple[float | None, ...]:
    """Return rates with two decimals, None for NaN; what is not complete never reads 100."""
    return tuple(None if np.isnan(each) else _rounded(float(each)) for each in percents)


def _rounded(percent: float) -> float:
    return percent if percent == WHOLE else min(round(percent, 2), NEARLY_WHOLE)


def area_rows(
    measure: Measured, below: Sequence[ManagingArea], zones: dict[str, int]
) -> list[AreaRow]:
    """Return the areas below, worst first; those without anything to cover last."""
    rows = [
        AreaRow(
            code=area.code,
            name=area.name,
            figures=measure.of(position),
            zones=zones.get(area.code),
        )
        for area in below
        if (position := measure.coverage.position(area.code)) != NOWHERE
    ]
    sign = 1 if measure.choice.has_target else -1
    return sorted(rows, key=lambda row: _order(row, sign))


def _order(row: AreaRow, sign: int) -> tuple[bool, float, str]:
    percent = row.figures.rate.percent
    return percent is None, sign * (percent or 0), row.code


def outside(measure: Measured, position: int, below: Positions) -> Amount:
    """Return what is counted in an area but in none of those below it."""
    total = measure.rates.total
    return Amount(float(total[position] - total[below].sum()), measure.choice.unit)


def counted_text(rate: Rate, day: date) -> str:
    """Return the denominator in words: the base list with its day and document."""
    base = rate.base
    if base is None:
        unit = gettext(rate.unit.label)
        return gettext("{day} 现有{unit}").format(day=day, unit=unit)
    said = [gettext("{day} 冻结").format(day=base.frozen_on), base.document]
    remarks = "，".join(each for each in said if each)
    return gettext("底数 {name}（{remarks}）").format(name=base.name, remarks=remarks)


def definition_text(measure: Measure) -> str:
    """Return what the numerator counts."""
    return gettext(DEFINITIONS[measure])


def unknown_text(rate: Rate) -> str:
    """Return what is not known beside a rate; "" where all is."""
    if not rate.unknown:
        return ""
    if rate.unit is Unit.HOUSEHOLD:
        return gettext("另有 {number} 处户数不详，未计入").format(number=rate.unknown)
    if rate.unit is Unit.FLOOR_AREA:
        return gettext("另有 {number} 处建筑面积不详，未计入").format(number=rate.unknown)
    return gettext("另有 {number} 处未认定").format(number=rate.unknown)
