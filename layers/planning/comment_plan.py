"""Keep what somebody says of a plan, or of one of its zones."""

from datetime import datetime
from typing import Any

from geo.errors import Fault, InputError, gettext_noop
from layers.models import Plan, PlanComment

SAYS_NOTHING = gettext_noop("请填写意见。")
TOO_LONG = gettext_noop("意见有 {count} 字，最多 {most} 字。")
NO_SUCH_ZONE = gettext_noop("方案没有{zone}号片区。")
MOST_LETTERS = 2_000


def comment_plan(
    plan: Plan, text: str, *, by: Any, now: datetime, zone: int | None = None
) -> PlanComment:
    """Store a comment, with the revision of the plan that it was said of.

    Raises
    ------
    InputError
        Where nothing is said, or too much, or the plan has no such zone.
    """
    text = text.strip()
    faults = [] if text else [Fault(SAYS_NOTHING)]
    if len(text) > MOST_LETTERS:
        faults.append(Fault(TOO_LONG, {"count": len(text), "most": MOST_LETTERS}))
    if zone is not None and not plan.zones.filter(number=zone).exists():
        faults.append(Fault(NO_SUCH_ZONE, {"zone": zone}))
    if faults:
        raise InputError(*faults)
    plan.refresh_from_db(fields=["revision"])
    return PlanComment.objects.create(
        plan=plan, zone=zone, revision=plan.revision, text=text, by=by, at=now
    )
