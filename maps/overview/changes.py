"""What changed in the month: contracts signed and contracts that ended, by name."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from geo.models import ContractItem
from geo.models.contracts import COVERED
from layers.coverage import NOWHERE, Flags, Positions, Timeline
from layers.coverage.timeline import Days
from layers.sites import SiteKind

SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class Change:
    """One contract that was signed or ended."""

    day: date
    thing: str
    provider: str


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What changed from the first of the month to the day."""

    since: date
    signed: tuple[Change, ...]
    signed_count: int
    ended: tuple[Change, ...]
    ended_count: int


def changes_in(timeline: Timeline, inside: Flags, day: date) -> Changes:
    """Return the contracts signed and ended in an area since the first of the month. One query."""
    since = day.replace(day=1)
    here = _lies_inside(timeline, inside)
    signed_on, last = timeline.items.items.signed_on, timeline.items.spans.last
    signed, ended = (_between(days, since, day) & here for days in (signed_on, last))
    newest = _newest(signed, signed_on), _newest(ended, last)
    named = _named(timeline.items.ids[np.concatenate(newest)])
    return Changes(
        since=since,
        signed=_told(timeline.items.ids[newest[0]], named, signed_on[newest[0]]),
        signed_count=int(signed.sum()),
        ended=_told(timeline.items.ids[newest[1]], named, last[newest[1]]),
        ended_count=int(ended.sum()),
    )


def _lies_inside(timeline: Timeline, inside: Flags) -> Flags:
    said = timeline.items.items
    here = np.zeros(len(said.position), dtype=bool)
    for kind in SiteKind:
        chosen = (said.kind == kind) & (said.position != NOWHERE)
        here[chosen] = inside[timeline.things[kind].area[said.position[chosen]]]
    return here


def _between(days: Days, since: date, until: date) -> Flags:
    found: Flags = (days >= np.datetime64(since)) & (days <= np.datetime64(until))
    return found


def _newest(flags: Flags, days: Days) -> Positions:
    found = np.flatnonzero(flags)
    newest: Positions = found[np.argsort(-days[found].astype(np.int64), kind="stable")][:SHOWN]
    return newest


def _named(ids: Positions) -> dict[int, ContractItem]:
    """Return the contract items with what they cover. One query."""
    rows = ContractItem.objects.filter(pk__in=ids.tolist())
    return {row.pk: row for row in rows.select_related("contract__provider", *COVERED)}


def _told(ids: Positions, named: dict[int, ContractItem], days: Days) -> tuple[Change, ...]:
    return tuple(
        Change(
            day=day,
            thing=str(named[pk].covered),
            provider=named[pk].contract.provider.name,
        )
        for pk, day in zip(ids.tolist(), days.astype(object).tolist(), strict=True)
    )
