"""Report coverage: from rows, on a day and as known at a moment, to rates of an area."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from geo.errors import Fault, InputError
from geo.frames.past import NO_SUCH_AREA
from geo.models import Compound, ManagementArea
from layers.coverage import NOWHERE, Measure, Rate, Rates, Tree, Unit, rates_by_area
from layers.planning.read_ledger import coverage_ledger


@dataclass(frozen=True, kw_only=True)
class AreaRates:
    """The rates of one managing area."""

    code: str
    """"" = everywhere."""
    name: str
    level: str
    rates: tuple[Rate, ...]

    def rate(self, measure: Measure, unit: Unit) -> Rate:
        """Return one of the rates."""
        return next(r for r in self.rates if r.measure is measure and r.unit is unit)


@dataclass(frozen=True, kw_only=True)
class CoverageReport:
    """Rates of an area and of those right below it, on a day, as known at a moment."""

    on: date
    known: datetime
    area: AreaRates
    below: tuple[AreaRates, ...]
    is_sample: bool
    """Whether a compound or management area of the report is sample data (示例数据)."""


def report_coverage(
    *,
    area: str | None,
    valid: date,
    known: datetime,
    measures: Sequence[Measure] = tuple(Measure),
    units: Sequence[Unit] = tuple(Unit),
) -> CoverageReport:
    """Return rates of the area (None = everywhere) and of the areas right below it."""
    ledger = coverage_ledger(valid=valid, known=known)
    position = _position(ledger.tree, area)
    rates = [
        rates_by_area(ledger, measure=measure, unit=unit) for measure in measures for unit in units
    ]
    below = np.flatnonzero(ledger.tree.parent == position)
    return CoverageReport(
        on=valid,
        known=known,
        area=_of_area(ledger.tree, position, rates),
        below=tuple(_of_area(ledger.tree, int(child), rates) for child in below),
        is_sample=_holds_samples(ledger.tree, position),
    )


def _position(tree: Tree, area: str | None) -> int:
    if area is None:
        return NOWHERE
    found = np.flatnonzero(tree.codes == area)
    if not len(found):
        raise InputError(Fault(NO_SUCH_AREA, {"code": area}))
    return int(found[0])


def _of_area(tree: Tree, position: int, rates: Sequence[Rates]) -> AreaRates:
    everywhere = position == NOWHERE
    return AreaRates(
        code="" if everywhere else str(tree.codes[position]),
        name="" if everywhere else str(tree.names[position]),
        level="" if everywhere else str(tree.levels[position]),
        rates=tuple(one.of(position) for one in rates),
    )


def _holds_samples(tree: Tree, position: int) -> bool:
    inside = {
        str(code) for code, path in zip(tree.codes, tree.paths, strict=True) if position in path
    }
    for model in (Compound, ManagementArea):
        samples = model.objects.filter(batch__is_sample=True).order_by()
        codes = set(samples.values_list("area__code", flat=True).distinct())
        if codes and (position == NOWHERE or codes & inside):
            return True
    return False
