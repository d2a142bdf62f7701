"""Rates: what is covered out of what is counted, summed up the tree of managing areas."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

from layers.coverage.ledger import (
    NOWHERE,
    Base,
    Flags,
    Ledger,
    Measure,
    Positions,
    Things,
    Tree,
    Unit,
)
from layers.coverage.reach import Held, covered
from layers.sites import SiteKind

HUNDREDTH = Decimal("0.01")
WHOLE = Decimal(100)

COUNTED: Mapping[Unit, SiteKind] = {
    Unit.COMPOUND: SiteKind.COMPOUND,
    Unit.MANAGEMENT_AREA: SiteKind.MANAGEMENT_AREA,
    Unit.BUILDING: SiteKind.BUILDING,
}
"""Units that are things; households and floor area are sums over compounds and scattered homes."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """One rate of one area."""

    measure: Measure
    unit: Unit
    covered: float
    total: float
    unknown: int
    """Things whose households or floor area are unknown (of old ones: whether they are old)."""
    parts: Mapping[str, float]
    """What `covered` consists of, where the measure tells kinds apart."""
    base: Base | None
    """The frozen list that `total` counts; None = what exists on the day."""

    @property
    def percent(self) -> float | None:
        """Return covered of total in percent; None where there is nothing to cover."""
        return 100 * self.covered / self.total if self.total else None

    @property
    def percent_text(self) -> str:
        """Return the rate as officials print it: 91.68 %, 100 %; — where there is nothing.

        What is not complete never reads 100 %, however near it comes.
        """
        if not self.total:
            return "—"
        exact = 100 * Decimal(self.covered) / Decimal(self.total)
        shown = exact.quantize(HUNDREDTH, ROUND_HALF_UP)
        if self.covered < self.total:
            shown = min(shown, WHOLE - HUNDREDTH)
        return f"{shown:.0f} %" if shown in {0, WHOLE} else f"{shown} %"


@dataclass(frozen=True, kw_only=True)
class Rates:
    """One rate for each of k areas and, last, for everything; arrays are (k + 1,)."""

    measure: Measure
    unit: Unit
    covered: NDArray[np.float64]
    total: NDArray[np.float64]
    unknown: NDArray[np.float64]
    parts: Mapping[str, NDArray[np.float64]]
    base: Base | None

    def of(self, position: int) -> Rate:
        """Return the rate of one area; NOWHERE = of everything."""
        return Rate(
            measure=self.measure,
            unit=self.unit,
            covered=float(self.covered[position]),
            total=float(self.total[position]),
            unknown=int(self.unknown[position]),
            parts={part: float(sums[position]) for part, sums in self.parts.items()},
            base=self.base,
        )


def rates_by_area(ledger: Ledger, *, measure: Measure, unit: Unit) -> Rates:
    """Return one rate for every managing area and for everything."""
    counted = _counted(ledger, unit)
    parts = {part: counted.pick(held) for part, held in covered(ledger, measure=measure).items()}
    flags = np.logical_or.reduce(list(parts.values()))
    unknown = np.isnan(counted.weight)
    if measure is Measure.OLD and unit is Unit.COMPOUND:
        unknown = np.isnan(ledger.is_old[counted.which[SiteKind.COMPOUND]])
    return Rates(
        measure=measure,
        unit=unit,
        covered=counted.sums(flags, ledger.tree),
        total=counted.sums(np.ones_like(flags), ledger.tree),
        unknown=ledger.tree.sums(unknown * counted.count, counted.area),
        parts={part: counted.sums(chosen, ledger.tree) for part, chosen in parts.items()}
        if len(parts) > 1
        else {},
        base=counted.base,
    )


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """What a unit counts: positions in each kind, and the weight and area of each in turn."""

    which: Mapping[SiteKind, Positions]
    count: NDArray[np.float64]
    weight: NDArray[np.float64]
    area: Positions
    base: Base | None

    def pick(self, held: Held) -> Flags:
        return np.concatenate([held[kind][chosen] for kind, chosen in self.which.items()])

    def sums(self, flags: Flags, tree: Tree) -> NDArray[np.float64]:
        return tree.sums(np.where(flags, np.nan_to_num(self.weight), 0.0), self.area)


def _counted(ledger: Ledger, unit: Unit) -> _Counted:
    base = latest_base(ledger, unit)
    if unit in COUNTED:
        kind = COUNTED[unit]
        which = {kind: base.positions if base else np.flatnonzero(ledger.things[kind].exists)}
    else:
        which = _homes(ledger)
    rows = [(ledger.things[kind], chosen) for kind, chosen in which.items()]
    return _Counted(
        which=which,
        count=np.concatenate([things.count[chosen] for things, chosen in rows]),
        weight=np.concatenate([_size(things, unit)[chosen] for things, chosen in rows]),
        area=np.concatenate([things.area[chosen] for things, chosen in rows]),
        base=base,
    )


def _homes(ledger: Ledger) -> dict[SiteKind, Positions]:
    """Return the compounds and the scattered buildings that people live in."""
    buildings = ledger.things[SiteKind.BUILDING]
    scattered = buildings.exists & (ledger.building_compound == NOWHERE) & ledger.building_is_home
    return {
        SiteKind.COMPOUND: np.flatnonzero(ledger.things[SiteKind.COMPOUND].exists),
        SiteKind.BUILDING: np.flatnonzero(scattered),
    }


def _size(things: Things, unit: Unit) -> NDArray[np.float64]:
    if unit in COUNTED:
        return things.count
    return things.households if unit is Unit.HOUSEHOLD else things.floor_area_m2


def latest_base(ledger: Ledger, unit: Unit) -> Base | None:
    """Return the base list of a unit that was frozen last by the day; of two, the first by name."""
    fitting = [base for base in ledger.bases if base.unit is unit and base.frozen_on <= ledger.on]
    return min(fitting, key=lambda base: (-base.frozen_on.toordinal(), base.name), default=None)
