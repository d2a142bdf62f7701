"""Tell what moving a selection would do to the zones concerned, without doing it."""

from collections.abc import Sequence
from dataclasses import dataclass

from layers.editing import NOWHERE, Action, Change, Edit, apply, decide
from layers.judging import Verdict, judge_change
from layers.models import Plan
from layers.planning.read_sites import ground_of, read_drawing
from layers.planning.read_zones import ZoneState, read_zones, state_of
from layers.rules import Problem


@dataclass(frozen=True, kw_only=True)
class ZonePreview:
    """A zone before and after; None where it is not there."""

    zone: str
    before: ZoneState | None
    after: ZoneState | None
    broken: tuple[Problem, ...]
    mended: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What an assignment would do."""

    zones: tuple[ZonePreview, ...]
    unplaced: int
    """Sites of the plan that would be in no zone."""
    stayed: tuple[str, ...]
    """Selected sites that are locked."""


def preview_edit(plan: Plan, *, sites: Sequence[str], to: str) -> Preview:
    """Return what it would do to assign these sites to a zone, a new one or none.

    Raises
    ------
    InputError
        Where a site or the zone is not in the plan, or nothing is selected.
    """
    ground, before = ground_of(plan), read_drawing(plan)
    stayed = sorted(set(sites) & before.locked)
    moving = [
        site for site in sites if site not in before.locked and before.zone_of.get(site) != to
    ]
    if moving or not stayed:
        edit = Edit(action=Action.ASSIGN, sites=tuple(moving or sites), to=to)
        is_still = bool(sites) and not moving and set(sites) <= before.zone_of.keys()
        change = Change() if is_still else decide(edit, before, ground.parts).change
    else:
        change = Change()
    after = apply(change, before)
    states = {state.zone: state for state in read_zones(plan)}
    verdicts = judge_change(change, before, after, ground)
    return Preview(
        zones=tuple(_preview(verdict, states) for verdict in verdicts),
        unplaced=len(after.members(NOWHERE)),
        stayed=tuple(stayed),
    )


def _preview(verdict: Verdict, states: dict[str, ZoneState]) -> ZonePreview:
    like = states.get(verdict.label)
    return ZonePreview(
        zone=verdict.label,
        before=None if verdict.before is None else state_of(verdict.before, like=like),
        after=None if verdict.after is None else state_of(verdict.after, like=like),
        broken=verdict.broken,
        mended=verdict.mended,
    )
