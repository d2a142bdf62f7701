"""Rates on many days in one pass: each day is a bit, so one step answers for all days at once.

What holds from one day to another becomes a run of bits; what reaches a thing through its
management area, its compound or a merger is `or` and `and` of bits, as in `layers.coverage.reach`
for a single day. The sums up the tree are then taken day by day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.words import FIRM_KINDS, CommitteeKind
from layers.coverage.ledger import (
    NOWHERE,
    Committees,
    Items,
    Measure,
    Positions,
    Unit,
)
from layers.coverage.rates import COUNTED
from layers.coverage.timeline import DatedBase, DatedItems, DatedThings, Days, Spans, Timeline
from layers.sites import SiteKind

DAYS_AT_ONCE = 60
"""Bits of a word that are used."""
NEVER = np.uint64(0)

Bits = NDArray[np.uint64]
Held = dict[SiteKind, Bits]


@dataclass(frozen=True, kw_only=True)
class History:
    """One rate of each of k areas and, last, of everything, on d days; arrays are (d, k + 1)."""

    days: tuple[date, ...]
    measure: Measure
    unit: Unit
    covered: NDArray[np.float64]
    total: NDArray[np.float64]

    @cached_property
    def percent(self) -> NDArray[np.float64]:
        """Return covered of total in percent; NaN where there is nothing to cover."""
        nothing = np.full_like(self.total, np.nan)
        return np.divide(100 * self.covered, self.total, out=nothing, where=self.total > 0)


def rates_on_days(
    timeline: Timeline, days: Sequence[date], *, measure: Measure, unit: Unit
) -> History:
    """Return one rate for every managing area and for everything, on each of the days.

    Parameters
    ----------
    timeline
        All that is known, with its days.
    days
        In ascending order.
    measure, unit
        What is counted; the base list is on each day the one that holds on that day.
    """
    parts = [
        _some_days(timeline, days[first : first + DAYS_AT_ONCE], measure, unit)
        for first in range(0, len(days), DAYS_AT_ONCE)
    ]
    size = len(timeline.tree.codes) + 1
    empty = np.zeros((0, size))
    return History(
        days=tuple(days),
        measure=measure,
        unit=unit,
        covered=np.concatenate([empty, *(covered for covered, _ in parts)]),
        total=np.concatenate([empty, *(total for _, total in parts)]),
    )


def _some_days(
    timeline: Timeline, days: Sequence[date], measure: Measure, unit: Unit
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    calendar = Calendar(days)
    held = held_on_days(timeline, calendar, measure=measure)
    shape = len(timeline.tree.codes) + 1, len(days)
    covered, total = np.zeros(shape), np.zeros(shape)
    for entries in _counted(timeline, calendar, unit):
        area = timeline.things[entries.kind].area[entries.position]
        is_held = held[entries.kind][entries.position]
        for day, bit in enumerate(calendar.bits):
            covered[:, day] += _own(entries, area, entries.bits & is_held & bit, shape[0])
            total[:, day] += _own(entries, area, entries.bits & bit, shape[0])
    return _up_the_tree(covered, timeline), _up_the_tree(total, timeline)


def _own(entries: "_Entries", area: Positions, bits: Bits, size: int) -> NDArray[np.float64]:
    """Return the weight of what is flagged in each area itself; first what lies nowhere."""
    chosen = bits != NEVER
    own = np.bincount(area[chosen] + 1, weights=entries.weight[chosen], minlength=size)
    return own.astype(np.float64)


def _up_the_tree(own: NDArray[np.float64], timeline: Timeline) -> NDArray[np.float64]:
    """Return sums with those of all areas below, (d, k + 1); the last is that of everything.

    `own` is (1 + k, d), first what lies nowhere.
    """
    below, above = timeline.tree.ancestors
    sums = np.zeros_like(own)
    np.add.at(sums, above, own[1:][below])
    sums[-1] = own.sum(axis=0)
    return sums.T


class Calendar:
    """Days as bits of a word: the first day is bit 0."""

    def __init__(self, days: Sequence[date]) -> None:
        self.days: Days = np.array(days, dtype="datetime64[D]")
        self.bits: Bits = np.uint64(1) << np.arange(len(days), dtype=np.uint64)
        self.always = _ones(np.array([len(days)]))[0]

    def during(self, spans: Spans) -> Bits:
        """Return on which days each row holds."""
        return self.since(spans.first, unknown=True) & self.until(spans.last)

    def since(self, first: Days, *, unknown: bool) -> Bits:
        """Return the days from a day on; `unknown` says what a day that is not known gives."""
        begun = np.searchsorted(self.days, np.where(np.isnat(first), self.days[0], first))
        bits = self.always & ~_ones(begun)
        return np.where(np.isnat(first), self.always if unknown else NEVER, bits)

    def until(self, last: Days) -> Bits:
        """Return the days up to a day; one that is not known never comes."""
        ended = np.searchsorted(
            self.days, np.where(np.isnat(last), self.days[-1], last), side="right"
        )
        return _ones(ended)

    def where(self, flags: NDArray[np.bool_]) -> Bits:
        """Return all days for what is flagged, no day for the rest."""
        return np.where(flags, self.always, NEVER)


def _ones(number: NDArray[np.int64]) -> Bits:
    """Return words whose lowest `number` bits are set."""
    return (np.uint64(1) << number.astype(np.uint64)) - np.uint64(1)


def held_on_days(timeline: Timeline, calendar: Calendar, *, measure: Measure) -> Held:
    """Return on which of the days each thing of every kind is covered."""
    if measure is Measure.OLD:
        listed = calendar.where(timeline.is_old == 1)
        old = _nothing(timeline) | {SiteKind.COMPOUND: listed}
        return _spread(old, timeline, calendar) | {SiteKind.COMPOUND: listed}
    if measure is Measure.COMMITTEE:
        dated = timeline.committees
        wanted = np.isin(
            dated.committees.committee, [CommitteeKind.OWNERS, CommitteeKind.MANAGEMENT]
        )
        bits = calendar.during(dated.spans) & calendar.where(wanted)
        return _spread(_marked(timeline, dated.committees, bits), timeline, calendar)
    bits = calendar.during(timeline.items.spans) & _counting(timeline.items, calendar, measure)
    return _spread(_marked(timeline, timeline.items.items, bits), timeline, calendar)


def _counting(dated: DatedItems, calendar: Calendar, measure: Measure) -> Bits:
    """Return the days on which each contract item counts for a measure, while it holds."""
    items = dated.items
    if measure is Measure.SIGNED:
        return calendar.since(items.signed_on, unknown=False)
    serves = calendar.since(items.in_service_from, unknown=True)
    if measure is Measure.IN_SERVICE:
        told = ~np.isnat(items.in_service_from) | np.isnat(items.signed_on)
        return serves & calendar.where(told)
    if measure is Measure.FIRM:
        kinds = [str(kind) for kind in FIRM_KINDS]
        return serves & calendar.where(np.isin(items.provider_kind, kinds))
    return serves


def _nothing(timeline: Timeline) -> Held:
    return {kind: np.zeros(len(timeline.things[kind].area), dtype=np.uint64) for kind in SiteKind}


def _marked(timeline: Timeline, said: Items | Committees, bits: Bits) -> Held:
    marked = _nothing(timeline)
    for kind in SiteKind:
        chosen = (said.kind == kind) & (said.position != NOWHERE)
        np.bitwise_or.at(marked[kind], said.position[chosen], bits[chosen])
    return marked


def _spread(direct: Held, timeline: Timeline, calendar: Calendar) -> Held:
    """Return everything that is reached from what is said of things directly."""
    area, compound, building = SiteKind.MANAGEMENT_AREA, SiteKind.COMPOUND, SiteKind.BUILDING
    things, member_bits = timeline.things, calendar.during(timeline.members.spans)
    held = dict(direct)
    held[area] = _merged(held[area], things[area].merged_into)
    held[compound] = _merged(
        held[compound] | _through_members(held[area], compound, timeline, member_bits),
        things[compound].merged_into,
    )
    held[building] = (
        held[building]
        | _through_members(held[area], building, timeline, member_bits)
        | _at(held[compound], timeline.building_compound)
        | _at(held[SiteKind.COURTYARD], timeline.building_courtyard)
    )
    whole = _whole_areas(held, timeline, calendar, member_bits)
    held[area] = _merged(held[area] | whole, things[area].merged_into)
    return held


def _at(bits: Bits, positions: Positions) -> Bits:
    """Return the bits at positions; NOWHERE has none."""
    found: Bits = np.append(bits, NEVER)[positions]
    return found


def _merged(bits: Bits, merged_into: Positions) -> Bits:
    """Carry bits back to what was merged into a thing, over any number of mergers."""
    wider = bits | _at(bits, merged_into)
    return bits if np.array_equal(wider, bits) else _merged(wider, merged_into)


def _through_members(of_areas: Bits, kind: SiteKind, timeline: Timeline, when: Bits) -> Bits:
    members = timeline.members
    reached = np.zeros(len(timeline.things[kind].area), dtype=np.uint64)
    chosen = members.of(kind)
    bits = _at(of_areas, members.area[chosen]) & when[chosen]
    np.bitwise_or.at(reached, members.position[chosen], bits)
    return reached


def _whole_areas(held: Held, timeline: Timeline, calendar: Calendar, when: Bits) -> Bits:
    """Return the days on which a management area has members, all of which are covered."""
    members = timeline.members
    some, missing = (np.zeros(len(held[SiteKind.MANAGEMENT_AREA]), np.uint64) for _ in range(2))
    for kind in (SiteKind.COMPOUND, SiteKind.BUILDING):
        chosen = members.of(kind) & (members.area != NOWHERE)
        position, area = members.position[chosen], members.area[chosen]
        standing = when[chosen] & calendar.during(timeline.things[kind].spans)[position]
        np.bitwise_or.at(some, area, standing)
        np.bitwise_or.at(missing, area, standing & ~held[kind][position])
    return some & ~missing


@dataclass(frozen=True, kw_only=True)
class _Entries:
    """What a unit counts of one kind, with the days on which it does and with which weight."""

    kind: SiteKind
    position: Positions
    bits: Bits
    weight: NDArray[np.float64]


def _counted(timeline: Timeline, calendar: Calendar, unit: Unit) -> list[_Entries]:
    if unit not in COUNTED:
        return _homes(timeline, calendar, unit)
    kind = COUNTED[unit]
    things = timeline.things[kind]
    entries, without_base = [], calendar.always
    for base, days in _bases(timeline, calendar, unit):
        known = base.positions != NOWHERE
        bits = (calendar.during(base.spans) & days)[known]
        entries.append(_ones_each(kind, base.positions[known], bits))
        without_base &= ~days
    existing = calendar.during(things.spans) & without_base
    return [_ones_each(kind, np.arange(len(things.area)), existing), *entries]


def _ones_each(kind: SiteKind, position: Positions, bits: Bits) -> _Entries:
    return _Entries(kind=kind, position=position, bits=bits, weight=np.ones(len(position)))


def _bases(timeline: Timeline, calendar: Calendar, unit: Unit) -> list[tuple[DatedBase, Bits]]:
    """Return the base lists of a unit and on which days each is the one that counts."""
    found, taken = [], NEVER
    fitting = [base for base in timeline.bases if base.unit is unit]
    for base in sorted(fitting, key=lambda base: (-base.frozen_on.toordinal(), base.name)):
        frozen = calendar.since(np.array([base.frozen_on], dtype="datetime64[D]"), unknown=True)
        standing = np.bitwise_or.reduce(calendar.during(base.spans)) & frozen[0]
        found.append((base, standing & ~taken))
        taken |= standing
    return found


def _size(things: DatedThings, unit: Unit) -> NDArray[np.float64]:
    size = things.households if unit is Unit.HOUSEHOLD else things.floor_area_m2
    return np.nan_to_num(size)


def _homes(timeline: Timeline, calendar: Calendar, unit: Unit) -> list[_Entries]:
    """Return the compounds and the scattered buildings that people live in."""
    compounds = timeline.things[SiteKind.COMPOUND]
    buildings = timeline.things[SiteKind.BUILDING]
    members = timeline.members
    is_member = np.zeros(len(buildings.area), dtype=np.uint64)
    chosen = members.of(SiteKind.BUILDING)
    np.bitwise_or.at(is_member, members.position[chosen], calendar.during(members.spans)[chosen])
    lived_in = calendar.where(timeline.building_is_home) | is_member
    scattered = np.flatnonzero(timeline.building_compound == NOWHERE)
    return [
        _Entries(
            kind=SiteKind.COMPOUND,
            position=np.arange(len(compounds.area)),
            bits=calendar.during(compounds.spans),
            weight=_size(compounds, unit),
        ),
        _Entries(
            kind=SiteKind.BUILDING,
            position=scattered,
            bits=(calendar.during(buildings.spans) & lived_in)[scattered],
            weight=_size(buildings, unit)[scattered],
        ),
    ]
