"""What is known of a city over all days: everything with the days between which it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from layers.coverage.ledger import (
    NOWHERE,
    Base,
    Committees,
    Flags,
    Items,
    Ledger,
    Positions,
    Things,
    Tree,
    Unit,
)
from layers.sites import SiteKind

Days = NDArray[np.datetime64]


def places_of(ids: Positions, wanted: Positions) -> Positions:
    """Return where each of `wanted` stands among ascending `ids`; NOWHERE where it does not."""
    if not len(ids):
        return np.full(len(wanted), NOWHERE, dtype=np.int64)
    near = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[near] == wanted, near, NOWHERE)


@dataclass(frozen=True, kw_only=True)
class Spans:
    """From which day to which each of n rows holds, both included."""

    first: Days
    """NaT = since ever."""
    last: Days
    """NaT = still."""

    def hold_on(self, day: date) -> Flags:
        """Tell which rows hold on a day."""
        on = np.datetime64(day)
        begun = np.isnat(self.first) | (self.first <= on)
        ended: Flags = np.isnat(self.last) | (self.last >= on)
        return begun & ended


@dataclass(frozen=True, kw_only=True)
class DatedThings:
    """n things of one kind, and the days on which each exists."""

    ids: Positions
    """What the database calls them, ascending."""
    area: Positions
    merged_into: Positions
    households: NDArray[np.float64]
    """NaN = unknown."""
    floor_area_m2: NDArray[np.float64]
    """NaN = unknown."""
    spans: Spans


@dataclass(frozen=True, kw_only=True)
class DatedMembers:
    """Which compound or building belongs to which management area."""

    kind: NDArray[np.str_]
    """Kind of the member, a SiteKind."""
    position: Positions
    area: Positions
    """Position of the management area."""
    spans: Spans

    def of(self, kind: SiteKind) -> Flags:
        """Tell which rows name a thing of a kind that is on record."""
        known: Flags = (self.kind == kind) & (self.position != NOWHERE)
        return known


@dataclass(frozen=True, kw_only=True)
class DatedItems:
    """What contracts cover, an item each."""

    ids: Positions
    items: Items
    filed_on: Days
    """NaT = unknown, or not filed."""
    spans: Spans


@dataclass(frozen=True, kw_only=True)
class DatedCommittees:
    """Who decides for the owners."""

    committees: Committees
    spans: Spans


@dataclass(frozen=True, kw_only=True)
class DatedDecisions:
    """What the owners of management areas decided."""

    area: Positions
    """Position of the management area."""
    spans: Spans


@dataclass(frozen=True, kw_only=True)
class DatedConditions:
    """Which conditions compounds were found to meet, or not to meet."""

    compound: Positions
    key: NDArray[np.str_]
    """A `geo.words.Condition`."""
    is_met: Flags
    spans: Spans


@dataclass(frozen=True, kw_only=True)
class DatedBase:
    """A frozen list; its rows may be withdrawn."""

    name: str
    unit: Unit
    document: str
    frozen_on: date
    positions: Positions
    """NOWHERE = not on record."""
    spans: Spans

    def on(self, day: date) -> Base | None:
        """Return the list as it stood on a day; None where it had no row."""
        holds = self.spans.hold_on(day)
        if not holds.any():
            return None
        return Base(
            name=self.name,
            unit=self.unit,
            document=self.document,
            frozen_on=self.frozen_on,
            positions=self.positions[holds & (self.positions != NOWHERE)],
        )


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Everything that rates on any day, as known at one moment, are made from."""

    tree: Tree
    area_ids: Positions
    """What the database calls the managing areas, ascending."""
    things: Mapping[SiteKind, DatedThings]
    members: DatedMembers
    building_compound: Positions
    building_courtyard: Positions
    building_is_home: Flags
    """Whether the building itself says that people live in it."""
    is_old: NDArray[np.float64]
    """Of each compound: 1 on the list of old ones, 0 not on it, NaN unknown."""
    built: NDArray[np.float64]
    """Year in which each compound was built; NaN = unknown."""
    items: DatedItems
    committees: DatedCommittees
    decisions: DatedDecisions
    conditions: DatedConditions
    bases: tuple[DatedBase, ...]

    def inside(self, position: int) -> Flags:
        """Tell which areas are an area or lie below it, (k + 1,); the last is "no area": False."""
        below, above = self.tree.ancestors
        found = np.zeros(len(self.tree.codes) + 1, dtype=bool)
        found[below[above == position]] = True
        return found

    def on(self, day: date) -> Ledger:
        """Return what rates on one day are made from."""
        items, committees = self.items.items, self.committees.committees
        valid, seated = self.items.spans.hold_on(day), self.committees.spans.hold_on(day)
        bases = [base.on(day) for base in self.bases]
        return Ledger(
            on=day,
            tree=self.tree,
            things={kind: _on(things, day) for kind, things in self.things.items()},
            compound_holder=self._holder(SiteKind.COMPOUND, day),
            building_holder=self._holder(SiteKind.BUILDING, day),
            building_compound=self.building_compound,
            building_courtyard=self.building_courtyard,
            building_is_home=self.building_is_home | self._is_member(SiteKind.BUILDING, day),
            is_old=self.is_old,
            items=Items(
                kind=items.kind[valid],
                position=items.position[valid],
                provider_kind=items.provider_kind[valid],
                signed_on=items.signed_on[valid],
                in_service_from=items.in_service_from[valid],
            ),
            committees=Committees(
                kind=committees.kind[seated],
                position=committees.position[seated],
                committee=committees.committee[seated],
            ),
            bases=tuple(base for base in bases if base),
        )

    def _holder(self, kind: SiteKind, day: date) -> Positions:
        held = np.full(len(self.things[kind].area), NOWHERE, dtype=np.int64)
        chosen = self.members.of(kind) & self.members.spans.hold_on(day)
        held[self.members.position[chosen]] = self.members.area[chosen]
        return held

    def _is_member(self, kind: SiteKind, day: date) -> Flags:
        flags = np.zeros(len(self.things[kind].area), dtype=bool)
        chosen = self.members.of(kind) & self.members.spans.hold_on(day)
        flags[self.members.position[chosen]] = True
        return flags


def _on(things: DatedThings, day: date) -> Things:
    return Things(
        area=things.area,
        exists=things.spans.hold_on(day),
        count=np.ones(len(things.area)),
        merged_into=things.merged_into,
        households=things.households,
        floor_area_m2=things.floor_area_m2,
    )
