"""Refuse to change a plan that has gone on its way: only drafts and consulted plans are open."""

from geo.errors import Fault, InputError, gettext_noop
from layers.models import OPEN, Plan

NOT_OPEN = gettext_noop("方案处于“{status}”，不能修改。只有草案和征求意见中的方案可以修改。")


class NotNowError(InputError):
    """What the plan's state, or an empty log, does not allow at present."""


def refuse_closed(plan: Plan) -> None:
    """Refuse a change of a plan that is submitted or decided.

    Raises
    ------
    NotNowError
        With the state that the plan is in.
    """
    if plan.status not in OPEN:
        raise NotNowError(Fault(NOT_OPEN, {"status": plan.get_status_display()}))
