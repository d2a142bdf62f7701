"""What clerks want of sites in zones: kept by the machine, and told where a planner does not."""

from dataclasses import replace
from uuid import uuid4

import pytest

from layers.editing import Action, Edit
from layers.models import Plan
from layers.planning import read_sites
from layers.planning.edit_plan import Asked, edit_plan
from layers.planning.read_plan import told_check
from layers.planning.read_sites import read_drawing
from layers.planning.step_plan import Wanted, step_plan
from layers.reasons import Reason
from tests.layers.drawn_plans import stored_plan
from tests.layers.towns import policy_with
from tests.rows import at

pytestmark = pytest.mark.django_db

TOWN = """
A B C D . M
E F G H . N
I J K L . O
"""
WISHED = {
    "A": {"is_lead": True, "spare_m2": 45_000.0},
    "K": {"together": "第3批"},
    "L": {"together": "第3批"},
    "D": {"apart": "C小区"},
}
LEADS = policy_with(leads_max=1)


@pytest.fixture
def wished(monkeypatch):
    """A plan under a policy that asks for leads, of sites that want something of one another."""
    monkeypatch.setattr(read_sites, "policy_of", lambda _plan: LEADS)
    return stored_plan(TOWN, providers={"甲物业": 400_000.0}, wishes=WISHED, policy=LEADS)


def assigned(plan, site, label):
    """Put a site into a zone as a planner does."""
    edit = Edit(action=Action.ASSIGN, sites=(site,), to=label, zones=())
    revision = Plan.objects.get(pk=plan.pk).revision
    return edit_plan(
        plan,
        Asked(edit=edit, request=uuid4(), revision=revision, now=at(2026, 6, 2), by=None),
    )


def told(done, zone):
    """Return the sentence of each rule that a zone breaks."""
    return {
        problem["rule"]: Reason(problem["key"], problem["values"]).sentence()
        for problem in done.outcome["problems"]
        if problem["zone"] == zone
    }


def test_the_machine_keeps_what_is_wanted_and_a_planner_who_does_not_is_told(wished):
    zones = read_drawing(wished).zone_of
    assert zones["K"] == zones["L"]
    assert zones["C"] != zones["D"]
    assert not any(row.problems for row in wished.zones.all())
    lead, c = zones["A"], zones["C"]
    assert zones["K"] != lead
    parted = told(assigned(wished, "K", lead), lead)
    assert parted["together"] == f"须与{lead}号片区同区的“L小区”不在该片区内。"
    assert parted["lead_spare"].startswith("带动小区的服务主体尚可承接 45,000 ㎡，")
    joined = told(assigned(wished, "D", c), c)
    assert joined["apart"] == f"“C小区”、“D小区”不得划入同一片区，却同在{c}号片区。"


def test_what_a_planner_drew_is_checked_by_other_code_when_the_plan_goes_on(wished):
    zones = read_drawing(wished).zone_of
    assigned(wished, "D", zones["C"])
    asked = Wanted(step="submit", revision=1, by=None, now=at(2026, 6, 3), comment="居民同意")
    step_plan(wished, asked)
    wished.refresh_from_db()
    found = told_check(wished.checked)
    assert (found["revision"], found["at"][:10]) == (1, "2026-06-03")
    assert f"{zones['C']}号片区内的“C小区”与“D小区”不得同片。" in found["faults"]
    step_plan(wished, replace(asked, step="return", comment="请改"))
    wished.refresh_from_db()
    undo = Edit(action=Action.UNDO, sites=(), to="", zones=())
    edit_plan(wished, Asked(edit=undo, request=uuid4(), revision=1, now=at(2026, 6, 4), by=None))
    step_plan(wished, replace(asked, revision=2))
    wished.refresh_from_db()
    assert (wished.checked["revision"], wished.checked["faults"]) == (2, [])
