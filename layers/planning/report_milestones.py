"""Report milestones: a policy's own aims, counted on their own lists, in an area on a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from layers.coverage import History, Measure, Positions, Timeline, Tree, Unit, rates_on_days
from layers.coverage.milestones import Aim, Progress, areas_meant, progress_of
from layers.coverage.timeline import DatedBase
from layers.planning.report_history import Coverage
from layers.policy import Policy
from layers.policy_parts import Milestone


@dataclass(frozen=True, kw_only=True)
class AreaProgress:
    """One area's part of a milestone."""

    code: str
    name: str
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class MilestoneReport:
    """How far a milestone has come in an area."""

    milestone: Milestone
    measure: Measure
    unit: Unit
    base: DatedBase | None
    """The list that is counted; None = no list of that name is on record."""
    is_ended: bool
    """The document's own goals ended before the day: 历史政策."""
    areas: tuple[AreaProgress, ...]
    """Those that are meant, and lie in the area that was asked for; none = it is not meant."""
    whole: Progress


def report_milestones(
    coverage: Coverage, area: str, policy: Policy, *, on: date
) -> tuple[MilestoneReport, ...]:
    """Return every milestone of a policy as it stands in an area on a day."""
    tree, inside = coverage.timeline.tree, coverage.position(area)
    return tuple(
        _report(coverage.timeline, tree, inside, policy, milestone, on)
        for milestone in policy.milestones
    )


def _report(
    timeline: Timeline, tree: Tree, inside: int, policy: Policy, milestone: Milestone, on: date
) -> MilestoneReport:
    measure, unit = Measure[policy.coverage.measure.upper()], Unit[policy.coverage.unit.upper()]
    base = _base(timeline, milestone, unit)
    named = [name for each in policy.milestones for name in each.areas]
    meant = areas_meant(milestone.areas, tree, inside=inside, named=named)
    counted = _Counted(timeline, base if milestone.base else None, measure, unit)
    is_known = base is not None or not milestone.base
    aim = _aim(policy, milestone)

    def progress(positions: Positions) -> Progress:
        total = counted.total(on, positions) if is_known else 0.0
        return progress_of(
            aim, on=on, total=total, counts=lambda days: counted.covered(days, positions)
        )

    return MilestoneReport(
        milestone=milestone,
        measure=measure,
        unit=unit,
        base=base,
        is_ended=policy.source.goal_ends is not None and policy.source.goal_ends < on,
        areas=tuple(
            AreaProgress(
                code=str(tree.codes[position]),
                name=str(tree.names[position]),
                progress=progress(np.array([position])),
            )
            for position in meant.tolist()
        ),
        whole=progress(meant),
    )


def _base(timeline: Timeline, milestone: Milestone, unit: Unit) -> DatedBase | None:
    """Return the list of the milestone's name that was frozen last, if there is one."""
    named = [b for b in timeline.bases if b.name == milestone.base and b.unit is unit]
    return max(named, key=lambda each: each.frozen_on, default=None)


def _aim(policy: Policy, milestone: Milestone) -> Aim:
    """Return what a milestone wants; the way to it begins at the one before, or the document."""
    before = [
        each
        for each in policy.milestones
        if each.share is not None and each.by < milestone.by and each.areas == milestone.areas
    ]
    last = max(before, key=lambda each: each.by, default=None)
    return Aim(
        by=milestone.by,
        share=milestone.share,
        since=last.by if last else (policy.source.issued or milestone.by),
        share_before=(last.share or 0.0) if last else 0.0,
    )


class _Counted:
    """What a measure covers of one list, or of all that exists, in some areas together."""

    def __init__(
        self, timeline: Timeline, base: DatedBase | None, measure: Measure, unit: Unit
    ) -> None:
        # The list is the milestone's own, whatever was frozen since, and also before its day.
        bases = () if base is None else (replace(base, frozen_on=date.min),)
        self._timeline = replace(timeline, bases=bases)
        self._measure, self._unit = measure, unit
        self._kept: dict[tuple[date, ...], History] = {}

    def total(self, day: date, areas: Positions) -> float:
        """Return what is counted on a day."""
        return float(self._history([day]).total[0, areas].sum())

    def covered(self, days: Sequence[date], areas: Positions) -> NDArray[np.float64]:
        """Return what is covered on each day."""
        covered: NDArray[np.float64] = self._history(days).covered[:, areas].sum(axis=1)
        return covered

    def _history(self, days: Sequence[date]) -> History:
        """Return the rates of all areas on some days; every area asks for the same ones."""
        key = tuple(days)
        if key not in self._kept:
            self._kept[key] = rates_on_days(
                self._timeline, key, measure=self._measure, unit=self._unit
            )
        return self._kept[key]
