"""How far each compound has come on a day: nobody serves it, decided, signed, filed, entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from layers.coverage.ledger import NOWHERE, Flags, Ledger, Measure, Positions
from layers.coverage.reach import Held, covered, spread
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


ORDER = (Step.DECIDED, Step.SIGNED, Step.FILED, Step.IN_SERVICE)
"""The steps that follow a plan in each management area."""

Taken = Mapping[Step, Flags]


def steps_on(timeline: Timeline, day: date) -> Steps:
    """Return how far each compound has come on a day."""
    ledger = timeline.on(day)
    compounds = ledger.things[SiteKind.COMPOUND]
    return Steps(
        exists=compounds.exists,
        taken=taken_on(timeline, day)[SiteKind.COMPOUND],
        area=compounds.area,
        holder=ledger.compound_holder,
    )


def taken_on(timeline: Timeline, day: date) -> dict[SiteKind, Taken]:
    """Return which steps each thing of every kind has taken by a day."""
    ledger = timeline.on(day)
    served = _reached(ledger, Measure.ANY)
    signed, entered = (_reached(ledger, each) for each in (Measure.SIGNED, Measure.IN_SERVICE))
    decided, filed = _decided(timeline, ledger), _filed(timeline, ledger)
    return {
        kind: {
            Step.UNSERVED: ledger.things[kind].exists & ~served[kind],
            Step.DECIDED: decided[kind],
            Step.SIGNED: signed[kind],
            Step.FILED: filed[kind],
            Step.IN_SERVICE: entered[kind],
        }
        for kind in SiteKind
    }


def _reached(ledger: Ledger, measure: Measure) -> Held:
    parts = list(covered(ledger, measure=measure).values())
    return {kind: np.logical_or.reduce([held[kind] for held in parts]) for kind in SiteKind}


def _decided(timeline: Timeline, ledger: Ledger) -> Held:
    """Flag management areas whose owners have decided by the day, and what they hold."""
    areas = np.zeros(len(ledger.things[SiteKind.MANAGEMENT_AREA].area) + 1, dtype=bool)
    decisions = timeline.decisions
    chosen = decisions.spans.hold_on(ledger.on) & (decisions.area != NOWHERE)
    areas[decisions.area[chosen]] = True
    compounds: Flags = areas[ledger.compound_holder]
    return {
        SiteKind.MANAGEMENT_AREA: areas[:-1],
        SiteKind.COMPOUND: compounds,
        SiteKind.COURTYARD: np.zeros(len(ledger.things[SiteKind.COURTYARD].area), dtype=bool),
        SiteKind.BUILDING: areas[ledger.building_holder]
        | np.append(compounds, False)[ledger.building_compound],
    }


def _filed(timeline: Timeline, ledger: Ledger) -> Held:
    """Flag what a contract reaches which holds and has been filed by the day."""
    items = timeline.items
    counts = items.spans.hold_on(ledger.on) & (items.filed_on <= np.datetime64(ledger.on))
    counts &= items.items.position != NOWHERE
    marked = {}
    for kind in SiteKind:
        marked[kind] = np.zeros(len(timeline.things[kind].area), dtype=bool)
        marked[kind][items.items.position[counts & (items.items.kind == kind)]] = True
    return spread(marked, ledger)
