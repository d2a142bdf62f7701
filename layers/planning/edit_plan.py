"""Edit a plan's drawing: one action of one person, whole or not at all, once however often sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from geo.errors import Fault, InputError, gettext_noop
from layers.assignment import CHOSEN_NOT_ALLOWED, RULE_WORDS
from layers.chosen import Choice
from layers.editing import (
    Action,
    Change,
    Decided,
    Drawing,
    Edit,
    Standing,
    apply,
    concerned,
    decide,
    standing,
)
from layers.judging import JudgedGround
from layers.models import Plan, PlanEdit
from layers.planning.keep_zones import keep_zones
from layers.planning.read_sites import ground_of, read_drawing
from layers.planning.refuse_closed import NotNowError, refuse_closed
from layers.planning.tell_change import Tellings, tell_change
from layers.reasons import SENTENCES, Reason

NOTHING_TO_UNDO = gettext_noop("没有可以撤销的修改。")
NOTHING_TO_REDO = gettext_noop("没有可以重做的修改。")
OTHER_REQUEST = gettext_noop("该请求编号已用于另一项修改。请刷新后重试。")
NOT_IN_REGISTER = gettext_noop("名录中没有“{provider}”。请刷新后从列表中选择。")
SAY_WHY = gettext_noop("按规则“{provider}”不能承接，如仍要选定，请写明理由。")
UNKNOWN_REVISION = gettext_noop("方案没有修订号 {revision}，目前为 {newest}。请刷新后重试。")


class ConflictError(Exception):
    """Others changed the plan since the revision that an edit was drawn on; nothing is stored."""

    def __init__(
        self, *, revision: int, theirs: Sequence[PlanEdit], overlapping: Sequence[str]
    ) -> None:
        super().__init__(f"revision {revision}, overlapping {list(overlapping)}")
        self.revision = revision
        self.theirs = tuple(theirs)
        """What others did since, oldest first."""
        self.overlapping = tuple(overlapping)
        """Sites that both they and the edit speak of."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An edit as it was sent: who, when, on which revision, and under which number."""

    edit: Edit
    request: UUID
    revision: int
    by: Any
    now: datetime
    is_rebased: bool = False
    """Whether the edit shall stand on what others did since, where that touches no site of it."""


@transaction.atomic
def edit_plan(plan: Plan, asked: Asked) -> PlanEdit:
    """Store an edit and all that follows from it, and return it as the plan's newest revision.

    The same request sent again changes nothing and returns what it did the first time.

    Raises
    ------
    NotNowError
        Where the plan's state does not allow edits, or there is nothing to undo or redo.
    ConflictError
        Where others edited since, unless the edit is rebased and touches none of their sites.
    InputError
        Where the edit names what is not there, moves nothing, moves what is locked, or chooses a
        provider that the rules refuse without saying why.
    """
    plan = (
        Plan.objects.select_for_update(of=("self",), no_key=True)
        .select_related("area")
        .get(pk=plan.pk)
    )
    if earlier := PlanEdit.objects.filter(request=asked.request).first():
        if earlier.plan_id != plan.pk:
            raise InputError(OTHER_REQUEST)
        return earlier
    refuse_closed(plan)
    ground, before = ground_of(plan), read_drawing(plan)
    _refuse_conflict(plan, asked, before)
    if asked.edit.action in {Action.UNDO, Action.REDO}:
        return _turn_back(plan, asked, before, ground)
    decided = decide(asked.edit, before, ground.parts)
    after = apply(decided.change, before)
    tellings = tell_change(plan, decided.change, after, ground, by=asked.by, now=asked.now)
    if asked.edit.choice:
        _refuse_unsaid(asked.edit.choice, tellings)
    return _store(plan, asked, decided, tellings, after, ground)


def standing_of(plan: Plan) -> Standing:
    """Return what can be undone and redone in a plan."""
    return standing(log_of(plan))


def log_of(plan: Plan) -> list[tuple[int, Action]]:
    """Return revision and action of each edit of a plan, oldest first."""
    log = PlanEdit.objects.filter(plan=plan).order_by("revision").values_list("revision", "action")
    return [(revision, Action(action)) for revision, action in log]


def change_of(edit: PlanEdit) -> Change:
    """Return what a stored edit changed."""
    placement, locks = edit.changes["placement"], edit.changes["locks"]
    return Change(
        placement={site: (old, new) for site, (old, new) in placement.items()},
        locks={site: (old, new) for site, (old, new) in locks.items()},
        choices={
            label: (Choice.from_json(old), Choice.from_json(new))
            for label, (old, new) in edit.changes.get("choices", {}).items()
        },
    )


def _refuse_conflict(plan: Plan, asked: Asked, drawing: Drawing) -> None:
    if asked.revision == plan.revision:
        return
    if not 0 <= asked.revision < plan.revision:
        values = {"revision": asked.revision, "newest": plan.revision}
        raise InputError(Fault(UNKNOWN_REVISION, values))
    theirs = list(
        PlanEdit.objects.filter(plan=plan, revision__gt=asked.revision)
        .select_related("by")
        .order_by("revision")
    )
    changes = [change_of(edit) for edit in theirs]
    changed = {site for change in changes for site in change.sites}
    overlapping = sorted(concerned(asked.edit, drawing) & changed) or _own_zones(
        asked.edit, changes, drawing
    )
    is_of_the_log = asked.edit.action in {Action.UNDO, Action.REDO}
    if overlapping or is_of_the_log or not asked.is_rebased:
        raise ConflictError(revision=plan.revision, theirs=theirs, overlapping=overlapping)


def _own_zones(edit: Edit, changes: Sequence[Change], drawing: Drawing) -> list[str]:
    """Return the sites of the zones that an edit names and that others chose a provider for.

    A choice was made for a zone as it was: it also meets whatever else became of that zone.
    """
    theirs = {label for change in changes for label in change.choices}
    if edit.action in {Action.CHOOSE, Action.RELEASE}:
        theirs |= {label for change in changes for label in change.zones}
    met = theirs & {*edit.zones}
    return sorted(site for label in met for site in drawing.members(label))


def _refuse_unsaid(choice: Choice, tellings: Tellings) -> None:
    """Refuse a choice that breaks rules without a reason, or of somebody the register has not."""
    for _, telling in tellings.zones.values():
        told = telling.provider_reasons if telling else []
        if any(why["key"] == "zone.chosen_unknown" for why in told):
            raise InputError(Fault(NOT_IN_REGISTER, {"provider": choice.provider}))
        if any(why["key"] == CHOSEN_NOT_ALLOWED for why in told):
            broken = [Reason(w["key"], w["values"]) for w in told if w["key"] in RULE_WORDS]
            faults = (Fault(SENTENCES[reason.key], reason.values) for reason in broken)
            raise InputError(Fault(SAY_WHY, {"provider": choice.provider}), *faults)


def _turn_back(plan: Plan, asked: Asked, before: Drawing, ground: JudgedGround) -> PlanEdit:
    """Undo the newest edit that stands, or redo the newest that was undone."""
    is_undo = asked.edit.action is Action.UNDO
    stands = standing_of(plan)
    revisions = stands.done if is_undo else stands.undone
    if not revisions:
        raise NotNowError(NOTHING_TO_UNDO if is_undo else NOTHING_TO_REDO)
    turned = PlanEdit.objects.get(plan=plan, revision=revisions[-1])
    change, tellings = change_of(turned), Tellings.from_json(turned.changes)
    if is_undo:
        change, tellings = change.inverse(), tellings.inverse()
    said = [Reason(each["key"], each["values"]) for each in turned.text]
    turning = Reason("edit.undone" if is_undo else "edit.redone")
    decided = Decided(change=change, text=(turning, *said))
    after = apply(change, before)
    return _store(plan, asked, decided, tellings, after, ground, turned=turned)


def _told(choice: Choice | None) -> dict[str, str] | None:
    return None if choice is None else choice.as_json()


def _store(  # noqa: PLR0913 (the edit, what it decided, and what is said of it)
    plan: Plan,
    asked: Asked,
    decided: Decided,
    tellings: Tellings,
    after: Drawing,
    ground: JudgedGround,
    *,
    turned: PlanEdit | None = None,
) -> PlanEdit:
    plan.revision += 1
    plan.last_number = after.last_number
    kept = keep_zones(plan, decided.change, tellings, after, ground)
    action = asked.edit.action
    placement = {site: list(labels) for site, labels in decided.change.placement.items()}
    locks = {site: list(states) for site, states in decided.change.locks.items()}
    row = PlanEdit(
        plan=plan,
        revision=plan.revision,
        action=action,
        request=asked.request,
        changes={
            "placement": placement,
            "locks": locks,
            "choices": {label: [*map(_told, two)] for label, two in decided.change.choices.items()},
            **tellings.as_json(),
        },
        text=[{"key": each.key, "values": dict(each.values)} for each in decided.text],
        undoes=turned if action is Action.UNDO else None,
        redoes=turned if action is Action.REDO else None,
        by=asked.by,
        at=asked.now,
    )
    stands = standing([*log_of(plan), (row.revision, action)])
    row.outcome = {
        **kept.as_json(),
        "stayed": list(decided.stayed),
        "undo": len(stands.done),
        "redo": len(stands.undone),
    }
    row.save(force_insert=True)
    return row
