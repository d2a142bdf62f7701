"""The policies that are measured: one rule alone, and what comes with the project."""

from collections.abc import Callable, Mapping

from layers.policy import Policy
from layers.sites import Scope
from tests.layers.towns import policy_with

NOT_LIMITED = {
    "floor_area_min_m2": None,
    "floor_area_max_m2": None,
    "households_min": None,
    "households_max": None,
    "diameter_max_m": None,
}
WITHOUT_MONEY = {"cost_per_zone": 0.0, "cost_per_m2": 0.0, "fee": 0.0}


def bare_policy(**values: object) -> Policy:
    """Return a policy that asks for connected zones and nothing else, with values changed.

    As many zones as can be, anywhere in the city; no limit, no money.
    """
    bare = {"scope": Scope.CITY, "count": "many", **NOT_LIMITED, **WITHOUT_MONEY}
    return policy_with(**(bare | values))


def carrying_m2(policy: Policy) -> float:
    """Return the least floor area of a zone that reaches the minimum and carries itself.

    With the policy's fee for every site; a fee that covers no cost carries nothing.
    """
    money, least = policy.money, policy.thresholds.floor_area_min_m2 or 0.0
    yuan_per_m2 = 12 * money.fee * money.collection - money.cost_per_m2
    fixed = money.cost_per_zone - money.parking - money.concessions - money.subsidy
    return max(least, fixed / yuan_per_m2) if fixed > 0 else least


RULES: Mapping[str, Callable[[], Policy]] = {
    "minimum": lambda: bare_policy(households_min=3_000.0),
    "default": policy_with,
    "default, one scope": lambda: policy_with(scope=Scope.CITY),
}
"""The policies that sizes are measured with, by the name that a table shows."""
