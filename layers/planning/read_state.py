"""Read a plan as its editor begins with it: all of one revision."""

from dataclasses import dataclass

from geo.errors import InputError, gettext_noop
from layers.editing import Drawing, Standing
from layers.models import Plan
from layers.planning.edit_plan import standing_of
from layers.planning.read_sites import read_drawing
from layers.planning.read_zones import ZoneState, read_zones

TRIES = 5
TOO_BUSY = gettext_noop("方案正在被他人连续修改，请稍后重试。")


@dataclass(frozen=True, kw_only=True)
class PlanState:
    """Where every site of a plan is, and what is to be said of its zones."""

    revision: int
    status: str
    drawing: Drawing
    zones: tuple[ZoneState, ...]
    standing: Standing


def read_state(plan: Plan) -> PlanState:
    """Return the state of a plan at one revision, though others edit it meanwhile."""
    for _ in range(TRIES):
        plan.refresh_from_db(fields=["revision", "status", "last_number", "register"])
        state = PlanState(
            revision=plan.revision,
            status=plan.status,
            drawing=read_drawing(plan),
            zones=read_zones(plan),
            standing=standing_of(plan),
        )
        if Plan.objects.values_list("revision", flat=True).get(pk=plan.pk) == state.revision:
            return state
    raise InputError(TOO_BUSY)
