"""A stored plan that is planned anew."""

import pytest

from layers.planning.propose_plan import propose_plan
from layers.policy import aimed_policy, load_policy
from tests.layers.drawn_plans import DAY, stored_plan
from tests.rows import at

pytestmark = pytest.mark.django_db

TOWN = """
A B C D
E F G H
"""


def anew(plan, *, target_count=None, **wishes):
    policy = aimed_policy(load_policy("default"), target_count=target_count)
    return propose_plan(
        area=plan.area, policy=policy, valid=DAY, known=at(2026, 6, 2), seed=9, **wishes
    ).plan


def zones_of(plan):
    rows = plan.sites.order_by("site").values_list("zone__number", "name")
    zones = {}
    for number, name in rows:
        zones.setdefault(number, []).append(name[0])
    return {number: "".join(names) for number, names in zones.items()}


def test_a_plan_that_may_change_nowhere_is_proposed_again_as_it_is():
    plan = stored_plan(TOWN)
    again = anew(plan, based_on=plan, most_changed=0)
    assert zones_of(again) == zones_of(plan)
    assert (again.version, again.based_on) == (plan.version + 1, plan)
    assert again.summary["objectives"]["change"] == 0


def test_what_a_planner_locked_stays_where_it_is():
    plan = stored_plan(TOWN)
    number = plan.sites.get(name="A小区").zone.number
    plan.sites.filter(name__in=["A小区", "B小区"]).update(is_locked=True)
    plan.sites.filter(name="B小区").update(zone=plan.zones.get(number=number))
    plan.sites.filter(name="H小区").update(is_locked=True, zone=None)
    again = zones_of(anew(plan, based_on=plan))
    assert {*"AB"} <= {*again[number]}
    assert "H" in again[None]


def test_a_plan_has_as_many_zones_as_were_wished_for():
    plan = stored_plan(TOWN)
    assert len(zones_of(anew(plan, target_count=3))) == 3
