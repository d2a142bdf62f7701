"""The policy of a plan, as it holds in the plan's area: a district may have rules of its own."""

from geo.models import ManagingArea
from layers.models import Plan
from layers.policy import Policy, load_policy, policy_in


def policy_of(plan: Plan) -> Policy:
    """Return the policy that a plan was made under, as it holds in its area."""
    return policy_at(load_policy(plan.policy), plan.area)


def policy_here(plan: Plan | None, area: ManagingArea) -> Policy:
    """Return the policy of an area's newest plan, as it holds there; the default without a plan."""
    return policy_at(load_policy(plan.policy if plan else "default"), area)


def policy_at(policy: Policy, area: ManagingArea) -> Policy:
    """Return a policy as it holds in an area: the rules of the nearest district that has any."""
    names = []
    above: ManagingArea | None = area
    while above is not None:
        names.append(above.name)
        above = above.parent
    return policy_in(policy, names)
