"""Which conditions each site meets on a day: what is recorded, and what follows from the ledger.

A condition is recorded of a compound and applies to the site that is made of it; of a management
area made of several compounds it is met where it is met of all, and not met where it is not met of
one. Who serves is known better from contracts than from what somebody noted: a firm that serves on
the day is a firm, whatever the list says.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np

from geo.words import Condition
from layers.coverage.ledger import NOWHERE, Flags, Ledger, Measure, Positions
from layers.coverage.reach import Held, covered, spread
from layers.coverage.timeline import Timeline
from layers.modes import HAS_PROVIDER, NO, OLD, UNKNOWN, YES, Answers, together
from layers.sites import SiteKind

Met = Mapping[str, Answers]

_AREA, _COMPOUND = SiteKind.MANAGEMENT_AREA, SiteKind.COMPOUND
_COURTYARD, _BUILDING = SiteKind.COURTYARD, SiteKind.BUILDING


def conditions_on(timeline: Timeline, day: date, *, old_year: int) -> dict[SiteKind, Met]:
    """Return for every thing of every kind which conditions it meets on a day.

    Parameters
    ----------
    timeline
        All that is known, with its days.
    day
        The day asked for.
    old_year
        Built in this year or before counts as old (推定) where no list says so or otherwise.
    """
    ledger = timeline.on(day)
    recorded = _recorded(timeline, day)
    served = _served(timeline, ledger, recorded[Condition.HAS_FIRM])
    of_compounds = {key: met for key, met in recorded.items() if key != Condition.HAS_FIRM} | {
        OLD: _old(timeline, old_year=old_year)
    }
    found = {kind: dict(served[kind]) for kind in SiteKind}
    for key, met in of_compounds.items():
        of_buildings = _at(met, ledger.building_compound)
        found[_COMPOUND][key] = met
        found[_BUILDING][key] = of_buildings
        found[_AREA][key] = _of_areas(met, of_buildings, ledger)
        found[_COURTYARD][key] = np.full(len(ledger.things[_COURTYARD].area), UNKNOWN)
    return {kind: dict(sorted(met.items())) for kind, met in found.items()}


def site_of_compounds(ledger: Ledger) -> Positions:
    """Return the management area that each compound is run with; NOWHERE = it is its own site."""
    exists = np.append(ledger.things[_AREA].exists, False)
    holder: Positions = np.where(exists[ledger.compound_holder], ledger.compound_holder, NOWHERE)
    return holder


def _recorded(timeline: Timeline, day: date) -> dict[str, Answers]:
    """Return what is recorded of compounds, by key; what nobody said is unknown."""
    said = timeline.conditions
    holds = said.spans.hold_on(day) & (said.compound != NOWHERE)
    found = {}
    for key in Condition:
        met = np.full(len(timeline.things[_COMPOUND].area), UNKNOWN)
        chosen = holds & (said.key == key)
        met[said.compound[chosen]] = np.where(said.is_met[chosen], YES, NO)
        found[str(key)] = met
    return found


def _old(timeline: Timeline, *, old_year: int) -> Answers:
    """Return which compounds are old: as listed, else by the year in which they were built."""
    listed, built = timeline.is_old, timeline.built
    by_year = np.where(built <= old_year, YES, NO)
    guessed = np.where(np.isnan(built), UNKNOWN, by_year)
    old: Answers = np.where(np.isnan(listed), guessed, np.where(listed == 1, YES, NO))
    return old.astype(np.int8)


def _served(
    timeline: Timeline, ledger: Ledger, noted: Answers
) -> dict[SiteKind, dict[str, Answers]]:
    """Return whether a firm, and whether anybody, serves each thing.

    "Nobody" is only said where something tells so: a contract that does not serve on the day, or a
    note that there is no firm. Otherwise it is unknown.
    """
    by_firm, by_any = _reached(ledger, Measure.FIRM), _reached(ledger, Measure.ANY)
    named = _named(timeline, ledger)
    notes = _noted(noted, ledger)
    served: dict[SiteKind, dict[str, Answers]] = {}
    for kind in SiteKind:
        is_told = by_any[kind] | named[kind]
        inferred = np.where(is_told, NO, UNKNOWN)
        firm = np.where(notes[kind] == UNKNOWN, inferred, notes[kind])
        anybody = np.where(notes[kind] == UNKNOWN, np.where(named[kind], NO, UNKNOWN), notes[kind])
        served[kind] = {
            str(Condition.HAS_FIRM): np.where(by_firm[kind], YES, firm).astype(np.int8),
            HAS_PROVIDER: np.where(by_any[kind], YES, anybody).astype(np.int8),
        }
    return served


def _reached(ledger: Ledger, measure: Measure) -> Held:
    parts = list(covered(ledger, measure=measure).values())
    return {kind: np.logical_or.reduce([held[kind] for held in parts]) for kind in SiteKind}


def _named(timeline: Timeline, ledger: Ledger) -> Held:
    """Flag what any contract reaches, in force on the day or not."""
    items = timeline.items.items
    marked: Held = {}
    for kind in SiteKind:
        marked[kind] = np.zeros(len(ledger.things[kind].area), dtype=bool)
        chosen = (items.kind == kind) & (items.position != NOWHERE)
        marked[kind][items.position[chosen]] = True
    return spread(marked, ledger)


def _noted(noted: Answers, ledger: Ledger) -> dict[SiteKind, Answers]:
    """Return what was noted of firms, of every kind of thing."""
    of_buildings = _at(noted, ledger.building_compound)
    return {
        _COMPOUND: noted,
        _BUILDING: of_buildings,
        _AREA: _of_areas(noted, of_buildings, ledger),
        _COURTYARD: np.full(len(ledger.things[_COURTYARD].area), UNKNOWN),
    }


def _at(met: Answers, positions: Positions) -> Answers:
    found: Answers = np.append(met, UNKNOWN)[positions]
    return found


def _of_areas(of_compounds: Answers, of_buildings: Answers, ledger: Ledger) -> Answers:
    """Return what holds of management areas by what holds of the members that exist."""
    parts = [
        (of_compounds, _standing(ledger.compound_holder, ledger.things[_COMPOUND].exists)),
        (of_buildings, _standing(ledger.building_holder, ledger.things[_BUILDING].exists)),
    ]
    return together(
        np.concatenate([met for met, _ in parts]),
        holder=np.concatenate([holder for _, holder in parts]),
        count=len(ledger.things[_AREA].area),
    )


def _standing(holder: Positions, exists: Flags) -> Positions:
    return np.where(exists, holder, NOWHERE)
