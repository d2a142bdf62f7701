"""Report modes: the mode of every site on a day under a policy, as known at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from layers.coverage import NOWHERE, Flags, Positions, Things, Timeline, conditions_on
from layers.coverage.conditions import site_of_compounds
from layers.modes import Modes, Standing, decide
from layers.planning.report_history import Coverage
from layers.policy import Policy, load_policy
from layers.sites import SiteKind

KEPT = 16
REPORTED = (SiteKind.MANAGEMENT_AREA, SiteKind.COMPOUND, SiteKind.COURTYARD)
"""Kinds of sites of a report; of a scattered building by itself no condition is recorded."""


@dataclass(frozen=True, kw_only=True)
class SiteModes:
    """The n sites of everywhere and their modes, in one order."""

    kind: NDArray[np.str_]
    ids: Positions
    """What the database calls them."""
    area: Positions
    """Managing area that each lies in."""
    households: NDArray[np.float64]
    """NaN = unknown."""
    floor_area_m2: NDArray[np.float64]
    modes: Modes
    timeline: Timeline
    of_compound: Positions
    """Site of each compound of the timeline; NOWHERE where it does not exist on the day."""

    def inside(self, area: int) -> Flags:
        """Tell which sites lie in a managing area or below it."""
        found: Flags = self.timeline.inside(area)[self.area]
        return found

    @cached_property
    def _at(self) -> Mapping[tuple[str, int], int]:
        pairs = zip(self.kind.tolist(), self.ids.tolist(), strict=True)
        return {pair: at for at, pair in enumerate(pairs)}

    def position(self, kind: SiteKind, row: int) -> int | None:
        """Return where a thing stands; a compound is found where its site is."""
        if kind is SiteKind.COMPOUND:
            ids = self.timeline.things[kind].ids
            where = int(np.searchsorted(ids, row))
            if where == len(ids) or ids[where] != row or self.of_compound[where] == NOWHERE:
                return None
            return int(self.of_compound[where])
        return self._at.get((str(kind), row))


@lru_cache(maxsize=KEPT)
def site_modes(coverage: Coverage, day: date, policy_name: str) -> SiteModes:
    """Return the mode of every management area, of every compound in none, of every courtyard."""
    policy, timeline = load_policy(policy_name), coverage.timeline
    ledger = timeline.on(day)
    holder, compounds = site_of_compounds(ledger), ledger.things[SiteKind.COMPOUND]
    is_held = np.zeros(len(ledger.things[SiteKind.MANAGEMENT_AREA].area) + 1, dtype=bool)
    is_held[holder[compounds.exists]] = True
    is_held[ledger.building_holder] = True
    chosen = {
        SiteKind.MANAGEMENT_AREA: ledger.things[SiteKind.MANAGEMENT_AREA].exists & is_held[:-1],
        SiteKind.COMPOUND: compounds.exists & (holder == NOWHERE),
        SiteKind.COURTYARD: ledger.things[SiteKind.COURTYARD].exists,
    }
    met = conditions_on(timeline, day, old_year=policy.old_year)
    rows = {kind: np.flatnonzero(chosen[kind]) for kind in REPORTED}
    keys = sorted(met[SiteKind.COMPOUND])
    count = sum(len(found) for found in rows.values())
    modes = decide(
        {key: np.concatenate([met[kind][key][rows[kind]] for kind in REPORTED]) for key in keys},
        policy.modes,
        count=count,
    )
    things = [(ledger.things[kind], rows[kind], kind) for kind in REPORTED]
    sizes = _sizes(timeline, ledger.things, holder)
    return SiteModes(
        kind=np.repeat([str(kind) for kind in REPORTED], [len(rows[k]) for k in REPORTED]),
        ids=np.concatenate([timeline.things[kind].ids[rows[kind]] for kind in REPORTED]),
        area=np.concatenate([each.area[found] for each, found, _ in things]),
        households=np.concatenate([sizes[kind][0][found] for _, found, kind in things]),
        floor_area_m2=np.concatenate([sizes[kind][1][found] for _, found, kind in things]),
        modes=modes,
        timeline=timeline,
        of_compound=_of_compounds(rows, holder, compounds),
    )


@dataclass(frozen=True, kw_only=True)
class ThingModes:
    """The mode of every single thing, scattered buildings among them."""

    at: Mapping[tuple[SiteKind, int], int]
    modes: Modes

    def label(self, kind: SiteKind, row: int) -> str:
        """Return the name of a thing's mode, or in which way it has none."""
        at = self.at.get((kind, row))
        return Standing.UNPROVIDED.label if at is None else str(self.modes.labels[at])


def thing_modes(coverage: Coverage, day: date, policy: Policy) -> ThingModes:
    """Return the mode of every thing on a day; a policy without modes provides none."""
    if not policy.modes:
        return ThingModes(at={}, modes=decide({}, (), count=0))
    timeline = coverage.timeline
    met = conditions_on(timeline, day, old_year=policy.old_year)
    keys = sorted(met[SiteKind.COMPOUND])
    pairs = [(kind, row) for kind in SiteKind for row in timeline.things[kind].ids.tolist()]
    answers = {key: np.concatenate([met[kind][key] for kind in SiteKind]) for key in keys}
    return ThingModes(
        at={pair: at for at, pair in enumerate(pairs)},
        modes=decide(answers, policy.modes, count=len(pairs)),
    )


def _of_compounds(
    rows: Mapping[SiteKind, Positions], holder: Positions, compounds: Things
) -> Positions:
    areas, alone = rows[SiteKind.MANAGEMENT_AREA], rows[SiteKind.COMPOUND]
    where = np.full(len(compounds.area), NOWHERE, dtype=np.int64)
    where[alone] = len(areas) + np.arange(len(alone))
    is_member = (holder != NOWHERE) & compounds.exists
    where[is_member] = np.searchsorted(areas, holder[is_member])
    return where


def _sizes(
    timeline: Timeline, things: Mapping[SiteKind, Things], holder: Positions
) -> dict[SiteKind, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return households and floor area of the things of each kind; an area sums its compounds."""
    compounds, areas = things[SiteKind.COMPOUND], things[SiteKind.MANAGEMENT_AREA]
    inside = (holder != NOWHERE) & compounds.exists
    sums = [
        _summed(each[inside], holder[inside], len(areas.area))
        for each in (compounds.households, compounds.floor_area_m2)
    ]
    yards = len(timeline.things[SiteKind.COURTYARD].area)
    unknown = np.full(yards, np.nan)
    return {
        SiteKind.MANAGEMENT_AREA: (sums[0], sums[1]),
        SiteKind.COMPOUND: (compounds.households, compounds.floor_area_m2),
        SiteKind.COURTYARD: (unknown, unknown),
    }


def _summed(values: NDArray[np.float64], holder: Positions, count: int) -> NDArray[np.float64]:
    """Return sums; unknown where nothing is known."""
    known = ~np.isnan(values)
    sums = np.bincount(holder[known], weights=values[known], minlength=count)
    told = np.bincount(holder[known], minlength=count) > 0
    return np.where(told, sums, np.nan)
