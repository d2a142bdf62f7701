"""A plan, its zones and what changes them, as the editor's JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from layers.chosen import Choice
from layers.editing import NOWHERE, Action
from layers.judging import Judged
from layers.mending import Mend
from layers.models import Plan, PlanComment, PlanEdit
from layers.plan_frames import told_choice
from layers.planning.edit_plan import ConflictError, change_of, standing_of
from layers.planning.preview_edit import Preview
from layers.planning.read_state import PlanState
from layers.planning.read_zones import ZoneState, state_of
from layers.planning.store_plan import told_problem
from layers.rules import Problem
from maps.planner.naming import exact_sentence, sentence
from maps.statuses import EXCEPTIONS


def sentences(said: Iterable[Mapping[str, Any]]) -> str:
    """Return stored reasons as one text."""
    return " ".join(map(sentence, said))


def told_zone(zone: Mapping[str, Any]) -> dict[str, Any]:
    """Return a zone's state (`ZoneState` as a mapping) as the editor reads it."""
    exception = zone["exception"]
    return {
        "zone": zone["zone"],
        "sites": zone["sites"],
        "floor_area_m2": _rounded(zone["floor_area_m2"]),
        "households": zone["households"],
        "households_unknown": zone["households_unknown"],
        "diameter_m": _rounded(zone["diameter_m"]),
        "margin_yuan": _rounded(zone["margin_yuan"]),
        "provider": zone["provider"],
        "is_backstop": zone["is_backstop"],
        "choice": _choice_or_none(zone.get("choice")),
        "exception": exception,
        "exception_text": gettext(EXCEPTIONS[exception]) if exception else "",
        "locked": zone["is_locked"],
        "problems": [told_problem_of(problem) for problem in zone["problems"]],
        "refusals": zone["refusals"],
    }


def told_problem_of(problem: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored problem as the editor reads it."""
    return {
        "rule": problem["rule"],
        "zone": problem["zone"],
        "sites": problem["sites"],
        "text": sentence(problem),
        "exact": exact_sentence(problem),
        "exception": problem["exception"],
    }


def state(plan: Plan, now: PlanState, *, may_edit: bool) -> dict[str, Any]:
    """Return all that the editor begins with."""
    zones = [told_zone(vars(zone)) for zone in now.zones]
    return {
        "plan": plan.pk,
        "revision": now.revision,
        "status": now.status,
        "may_edit": may_edit,
        "undo": len(now.standing.done),
        "redo": len(now.standing.undone),
        "placement": dict(now.drawing.zone_of),
        "locks": dict.fromkeys(sorted(now.drawing.locked), True),
        "zones": zones,
        "left_out": len(now.drawing.members(NOWHERE)),
        "problems": [problem for zone in zones for problem in zone["problems"]],
    }


def preview(found: Preview) -> dict[str, Any]:
    """Return what an assignment would do."""
    return {
        "zones": [
            {
                "zone": zone.zone,
                "before": _zone_or_none(zone.before),
                "after": _zone_or_none(zone.after),
                "broken": _problems(zone.broken, zone.after),
                "mended": _problems(zone.mended, zone.before),
            }
            for zone in found.zones
        ],
        "unplaced": found.unplaced,
        "refused": [{"site": site, "text": gettext("已锁定，不移动。")} for site in found.stayed],
    }


def done(edit: PlanEdit) -> dict[str, Any]:
    """Return what an edit did: the same, however often it is asked for."""
    change, outcome = change_of(edit), edit.outcome
    gone = [{"zone": label, "gone": True} for label in outcome["gone"]]
    return {
        "revision": edit.revision,
        "changed": {
            "placement": {site: new for site, (_, new) in change.placement.items()},
            "locks": {site: new for site, (_, new) in change.locks.items()},
        },
        "zones": [*map(told_zone, outcome["zones"]), *gone],
        "stayed": outcome["stayed"],
        "left_out": outcome["left_out"],
        "undo": outcome["undo"],
        "redo": outcome["redo"],
        "problems": [told_problem_of(problem) for problem in outcome["problems"]],
        "text": sentences(edit.text),
    }


def conflict(error: ConflictError) -> dict[str, Any]:
    """Return what others did since, and what of it the edit speaks of too."""
    return {
        "revision": error.revision,
        "theirs": [
            {
                "revision": edit.revision,
                "by": str(edit.by or ""),
                "at": told_time(edit.at),
                "text": sentences(edit.text),
                "sites": sorted(change_of(edit).sites),
            }
            for edit in error.theirs
        ],
        "overlapping": list(error.overlapping),
        "text": gettext("他人已修改本方案，您的修改尚未保存。"),
    }


def history(plan: Plan) -> dict[str, Any]:
    """Return the edits of a plan, newest first."""
    stands = standing_of(plan)
    turning = {Action.UNDO, Action.REDO}
    edits = PlanEdit.objects.filter(plan=plan).select_related("by").defer("changes", "outcome")
    return {
        "edits": [
            {
                "revision": edit.revision,
                "by": str(edit.by or ""),
                "at": told_time(edit.at),
                "action": edit.action,
                "text": sentences(edit.text),
                "undone": edit.action not in turning and edit.revision not in stands.done,
            }
            for edit in edits.order_by("-revision")
        ]
    }


def mends(found: Iterable[Mend], states: Mapping[str, ZoneState]) -> dict[str, Any]:
    """Return proposals to mend a zone, each as an edit with what it would do."""
    return {
        "proposals": [
            {
                "edit": {"action": "assign", "sites": list(mend.edit.sites), "to": mend.edit.to},
                "lived_with": mend.is_lived_with,
                "zones": [
                    {
                        "zone": verdict.label,
                        "before": _judged_or_none(verdict.before, states),
                        "after": _judged_or_none(verdict.after, states),
                    }
                    for verdict in mend.verdicts
                ],
            }
            for mend in found
        ]
    }


def comments(plan: Plan) -> dict[str, Any]:
    """Return what was said of a plan, newest first."""
    rows = PlanComment.objects.filter(plan=plan).select_related("by").order_by("-pk")
    return {
        "comments": [
            {
                "zone": None if row.zone is None else str(row.zone),
                "revision": row.revision,
                "by": str(row.by or ""),
                "at": told_time(row.at),
                "text": row.text,
            }
            for row in rows
        ]
    }


def told_time(moment: Any) -> str:
    """Return a moment in local time, to the second."""
    local: str = timezone.localtime(moment).isoformat(timespec="seconds")
    return local


def _choice_or_none(told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if told is None:
        return None
    choice = Choice(**{name: told[name] for name in ("provider", "by", "on", "reason")})
    return {**choice.as_json(), "text": told_choice(choice, told["said"], gettext)}


def _zone_or_none(zone: ZoneState | None) -> dict[str, Any] | None:
    return None if zone is None else told_zone(vars(zone))


def _judged_or_none(
    judged: Judged | None, states: Mapping[str, ZoneState]
) -> dict[str, Any] | None:
    if judged is None:
        return None
    return told_zone(vars(state_of(judged, like=states.get(judged.label))))


def _problems(problems: Iterable[Problem], zone: ZoneState | None) -> list[dict[str, Any]]:
    if zone is None:
        return []
    where = {"zone": zone.zone, "exception": zone.exception}
    return [told_problem_of({**told_problem(each), **where}) for each in problems]


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
