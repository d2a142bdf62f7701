"""How far each compound has come on a day: nobody serves it, decided, signed, filed, entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from layers.coverage.ledger import NOWHERE, Flags, Measure, Positions
from layers.coverage.reach import covered, spread
from layers.coverage.timeline import Timeline
from layers.sites import SiteKind


class Step(StrEnum):
    """A step on the way from nobody's to served."""

    UNSERVED = "unserved"
    DECIDED = "decided"
    SIGNED = "signed"
    FILED = "filed"
    IN_SERVICE = "in_service"


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Of each compound: whether it exists, and whether it has taken each step."""

    exists: Flags
    taken: Mapping[Step, Flags]
    area: Positions
    holder: Positions
    """Management area that holds each compound."""


def steps_on(timeline: Timeline, day: date) -> Steps:
    """Return how far each compound has come on a day."""
    ledger = timeline.on(day)
    compounds = ledger.things[SiteKind.COMPOUND]

    def reached(measure: Measure) -> Flags:
        parts = covered(ledger, measure=measure).values()
        flags: Flags = np.logical_or.reduce([held[SiteKind.COMPOUND] for held in parts])
        return flags

    return Steps(
        exists=compounds.exists,
        taken={
            Step.UNSERVED: compounds.exists & ~reached(Measure.ANY),
            Step.DECIDED: _decided(timeline, day, ledger.compound_holder),
            Step.SIGNED: reached(Measure.SIGNED),
            Step.FILED: _filed(timeline, day),
            Step.IN_SERVICE: reached(Measure.IN_SERVICE),
        },
        area=compounds.area,
        holder=ledger.compound_holder,
    )


def _decided(timeline: Timeline, day: date, holder: Positions) -> Flags:
    """Flag compounds in a management area whose owners have decided by the day."""
    areas = np.zeros(len(timeline.things[SiteKind.MANAGEMENT_AREA].area) + 1, dtype=bool)
    decisions = timeline.decisions
    chosen = decisions.spans.hold_on(day) & (decisions.area != NOWHERE)
    areas[decisions.area[chosen]] = True
    found: Flags = areas[holder]
    return found


def _filed(timeline: Timeline, day: date) -> Flags:
    """Flag compounds that a contract reaches which holds and has been filed by the day."""
    items = timeline.items
    counts = items.spans.hold_on(day) & (items.filed_on <= np.datetime64(day))
    counts &= items.items.position != NOWHERE
    marked = {}
    for kind in SiteKind:
        marked[kind] = np.zeros(len(timeline.things[kind].area), dtype=bool)
        marked[kind][items.items.position[counts & (items.items.kind == kind)]] = True
    return spread(marked, timeline.on(day))[SiteKind.COMPOUND]
