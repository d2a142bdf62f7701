"""Report rates of every area at once, on a day and on many days, kept until a row changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import numpy as np

from geo.models import Compound, ManagementArea
from layers.coverage import (
    NOWHERE,
    History,
    Measure,
    Positions,
    Rates,
    Steps,
    Timeline,
    Tree,
    Unit,
    covered,
    rates_by_area,
    rates_on_days,
    steps_on,
)
from layers.coverage.reach import Held
from layers.planning.read_timeline import read_timeline
from layers.planning.read_version import Version, data_version
from layers.planning.report_coverage import AreaRates, CoverageReport
from layers.sites import SiteKind

KEPT = 48


@dataclass(frozen=True)
class Coverage:
    """What is known at a moment: rates of all areas on any day. Equal ones give equal answers."""

    version: Version
    known: datetime | None
    """None = now."""

    @property
    def timeline(self) -> Timeline:
        """Return all that rates are made from."""
        return read_timeline(self.version, self.known)

    def position(self, code: str) -> int:
        """Return where an area stands in the arrays of rates; NOWHERE if it was not known."""
        found = np.flatnonzero(self.timeline.tree.codes == code)
        return int(found[0]) if len(found) else NOWHERE

    def rates(self, day: date, measure: Measure, unit: Unit) -> Rates:
        """Return one rate of every area on a day."""
        return _rates(self, day, measure, unit)

    def history(self, days: tuple[date, ...], measure: Measure, unit: Unit) -> History:
        """Return one rate of every area on each of the days."""
        return _history(self, days, measure, unit)

    def held(self, day: date, measure: Measure) -> Held:
        """Tell of every thing whether a measure covers it on a day."""
        return _held(self, day, measure)

    def steps(self, day: date) -> Steps:
        """Return how far each compound has come on a day."""
        return _steps(self, day)

    def report(self, code: str, day: date, *, known: datetime) -> CoverageReport:
        """Return all rates of an area and of those right below it."""
        tree, position = self.timeline.tree, self.position(code)
        below = np.flatnonzero(tree.parent == position)
        rates = [self.rates(day, measure, unit) for measure in Measure for unit in Unit]
        return CoverageReport(
            on=day,
            known=known,
            area=_of_area(tree, position, rates),
            below=tuple(_of_area(tree, int(child), rates) for child in below),
            is_sample=self.holds_samples(position),
        )

    def holds_samples(self, position: int) -> bool:
        """Tell whether a compound or management area inside an area is sample data."""
        inside = self.timeline.inside(position)
        return bool(inside[_sample_areas(self)].any())


def coverage_known(known: datetime | None) -> Coverage:
    """Return what is known at a moment, None = now. One query."""
    return Coverage(data_version(), known)


def _of_area(tree: Tree, position: int, rates: Sequence[Rates]) -> AreaRates:
    return AreaRates(
        code=str(tree.codes[position]),
        name=str(tree.names[position]),
        level=str(tree.levels[position]),
        rates=tuple(one.of(position) for one in rates),
    )


@lru_cache(maxsize=KEPT)
def _rates(coverage: Coverage, day: date, measure: Measure, unit: Unit) -> Rates:
    return rates_by_area(coverage.timeline.on(day), measure=measure, unit=unit)


@lru_cache(maxsize=KEPT)
def _history(coverage: Coverage, days: tuple[date, ...], measure: Measure, unit: Unit) -> History:
    return rates_on_days(coverage.timeline, days, measure=measure, unit=unit)


@lru_cache(maxsize=KEPT)
def _held(coverage: Coverage, day: date, measure: Measure) -> Held:
    parts = covered(coverage.timeline.on(day), measure=measure).values()
    return {kind: np.logical_or.reduce([held[kind] for held in parts]) for kind in SiteKind}


@lru_cache(maxsize=KEPT)
def _steps(coverage: Coverage, day: date) -> Steps:
    return steps_on(coverage.timeline, day)


@lru_cache(maxsize=KEPT)
def _sample_areas(coverage: Coverage) -> Positions:
    """Return the positions of areas in which a row is sample data."""
    codes = {
        code
        for model in (Compound, ManagementArea)
        for code in model.objects.filter(batch__is_sample=True, area__isnull=False)
        .values_list("area__code", flat=True)
        .distinct()
    }
    found = np.flatnonzero(np.isin(coverage.timeline.tree.codes, sorted(codes)))
    positions: Positions = found.astype(np.int64)
    return positions
