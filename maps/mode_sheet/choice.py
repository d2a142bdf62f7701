"""Under which policy modes are shown: the one that is asked for, else that of the newest plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest

from geo.errors import Fault, InputError, gettext_noop
from geo.models import ManagingArea
from layers.models import Plan, PlanStatus
from layers.policy import DEFAULT_POLICY, Policy, load_policy, policy_names

NO_SUCH_POLICY = gettext_noop("没有编号为“{given}”的政策。")
POLICY_REMEDY = gettext_noop("请从列表中选择，或留空按最新方案的政策显示。")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A policy to choose."""

    id: str
    name: str
    is_here: bool
    has_modes: bool


def policy_asked(request: HttpRequest, area: ManagingArea) -> str:
    """Return the id of the policy that the address names, else of the newest plan, else default.

    Raises
    ------
    InputError
        Where there is no policy of that name.
    """
    return policy_named(request) or _of_newest_plan(area)


def policy_named(request: HttpRequest) -> str:
    """Return the id of the policy that the address names; "" where it names none."""
    given = request.GET.get("policy", "").strip()
    if given and given not in policy_names():
        raise InputError(Fault(NO_SUCH_POLICY, {"given": given[:40]}, fix=POLICY_REMEDY))
    return given


def _of_newest_plan(area: ManagingArea) -> str:
    plans = Plan.objects.filter(area=area).exclude(status=PlanStatus.ABORTED)
    name = plans.order_by("-version").values_list("policy", flat=True).first()
    return name if name in policy_names() else DEFAULT_POLICY


def policies_to_choose(chosen: str) -> Sequence[Choice]:
    """Return every policy that comes with the project."""
    return [
        Choice(id=name, name=policy.name, is_here=name == chosen, has_modes=bool(policy.modes))
        for name in policy_names()
        for policy in [policy_called(name)]
    ]


@cache
def policy_called(name: str) -> Policy:
    """Return a policy that comes with the project, read once."""
    return load_policy(name)
