"""What is covered: from what contracts and committees say directly to all that it reaches."""

from collections.abc import Iterable

import numpy as np

from geo.words import FIRM_KINDS, CommitteeKind
from layers.coverage.ledger import (
    NOWHERE,
    Committees,
    Flags,
    Items,
    Ledger,
    Measure,
    Positions,
    Things,
)
from layers.sites import SiteKind

Held = dict[SiteKind, Flags]
"""A yes or no for every thing of every kind."""


def covered(ledger: Ledger, *, measure: Measure) -> dict[str, Held]:
    """Return what each part of a measure covers; no thing is in two parts, the first one counts."""
    if measure is Measure.OLD:
        return {"listed": _old(ledger)}
    told: dict[str, Held] = {}
    so_far = before = _nothing(ledger)
    for part, direct in _direct(ledger, measure).items():
        so_far = {kind: so_far[kind] | direct[kind] for kind in SiteKind}
        reached = spread(so_far, ledger)
        told[part] = {kind: reached[kind] & ~before[kind] for kind in SiteKind}
        before = reached
    return told


def _old(ledger: Ledger) -> Held:
    """Return what is old; a compound is old by its own entry, never through a merger."""
    listed = _nothing(ledger) | {SiteKind.COMPOUND: ledger.is_old == 1}
    return spread(listed, ledger) | {SiteKind.COMPOUND: listed[SiteKind.COMPOUND]}


def _direct(ledger: Ledger, measure: Measure) -> dict[str, Held]:
    if measure is Measure.COMMITTEE:
        return {
            str(kind): _marked(ledger, ledger.committees, ledger.committees.committee == kind)
            for kind in (CommitteeKind.OWNERS, CommitteeKind.MANAGEMENT)
        }
    return {part: _marked(ledger, ledger.items, flags) for part, flags in _items(ledger, measure)}


def _items(ledger: Ledger, measure: Measure) -> Iterable[tuple[str, Flags]]:
    """Yield the contract items that count for each part of a measure."""
    items, on = ledger.items, np.datetime64(ledger.on)
    is_signed, has_entered = items.signed_on <= on, items.in_service_from <= on
    entry_unknown = np.isnat(items.in_service_from)
    if measure is Measure.SIGNED:
        yield "signed", is_signed
    elif measure is Measure.IN_SERVICE:
        yield "in_service", has_entered | (entry_unknown & np.isnat(items.signed_on))
    else:
        serves = has_entered | entry_unknown
        by_firm = serves & np.isin(items.provider_kind, [str(kind) for kind in FIRM_KINDS])
        yield "firm", by_firm
        if measure is Measure.ANY:
            yield "other", serves & ~by_firm


def _nothing(ledger: Ledger) -> Held:
    return {kind: np.zeros(len(ledger.things[kind].area), dtype=bool) for kind in SiteKind}


def _marked(ledger: Ledger, said: Items | Committees, chosen: Flags) -> Held:
    marked = _nothing(ledger)
    on_record = said.position != NOWHERE
    for kind in SiteKind:
        marked[kind][said.position[chosen & on_record & (said.kind == kind)]] = True
    return marked


def spread(direct: Held, ledger: Ledger) -> Held:
    """Return everything that is reached from what is said of things directly."""
    held = dict(direct)
    area, compound, building = SiteKind.MANAGEMENT_AREA, SiteKind.COMPOUND, SiteKind.BUILDING
    held[area] = _merged(held[area], ledger.things[area])
    held[compound] = _merged(
        held[compound] | _at(held[area], ledger.compound_holder), ledger.things[compound]
    )
    held[building] = (
        held[building]
        | _at(held[area], ledger.building_holder)
        | _at(held[compound], ledger.building_compound)
        | _at(held[SiteKind.COURTYARD], ledger.building_courtyard)
    )
    held[area] = _merged(held[area] | _whole_areas(held, ledger), ledger.things[area])
    return held


def _at(flags: Flags, positions: Positions) -> Flags:
    """Return the flags at positions; NOWHERE is False."""
    found: Flags = np.append(flags, False)[positions]
    return found


def _merged(flags: Flags, things: Things) -> Flags:
    """Carry flags back to what was merged into a flagged thing, over any number of mergers."""
    wider = flags | _at(flags, things.merged_into)
    return flags if np.array_equal(wider, flags) else _merged(wider, things)


def _whole_areas(held: Held, ledger: Ledger) -> Flags:
    """Flag the management areas that have members, all of which are flagged."""
    size = len(held[SiteKind.MANAGEMENT_AREA])
    members, missing = np.zeros(size + 1), np.zeros(size + 1)
    for kind, holder in (
        (SiteKind.COMPOUND, ledger.compound_holder),
        (SiteKind.BUILDING, ledger.building_holder),
    ):
        exists = ledger.things[kind].exists
        members += np.bincount(holder + 1, weights=exists, minlength=size + 1)
        missing += np.bincount(holder + 1, weights=exists & ~held[kind], minlength=size + 1)
    whole: Flags = (members > 0)[1:] & (missing == 0)[1:]
    return whole
