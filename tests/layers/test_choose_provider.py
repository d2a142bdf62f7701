"""A planner chooses the provider of a zone of a stored plan: stored, undone, judged anew, kept."""

from datetime import date
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from geo.errors import InputError
from geo.models import Ban, Provider
from layers.chosen import Choice
from layers.editing import NOWHERE, Action, Edit, replay
from layers.models import Plan, PlanStatus
from layers.planning.assign_plan import assign_plan, stored_hash
from layers.planning.check_plan import check_plan
from layers.planning.edit_plan import Asked, ConflictError, change_of, edit_plan
from layers.planning.propose_plan import propose_plan
from layers.planning.read_plan import read_plan
from layers.planning.read_sites import read_drawing, read_proposed
from layers.planning.read_zones import read_zones
from layers.planning.refuse_closed import NotNowError
from layers.planning.step_plan import zones_against_rules
from layers.policy import load_policy
from tests.layers.drawn_plans import DAY, stored_plan
from tests.layers.test_edit_plan import does, everything, zone
from tests.rows import at, provider

pytestmark = pytest.mark.django_db

TOWN = """
A B C D . M
E F G H . N
I J K L . O
"""
SMALL, LARGE, BARRED = "小物业", "大物业", "禁入物业"
WHY = "业主大会已与其商定"


@pytest.fixture(scope="module")
def stored(django_db_setup, django_db_blocker):  # noqa: ARG001 (set-up by name)
    with django_db_blocker.unblock(), transaction.atomic():
        plan = stored_plan(TOWN, providers={SMALL: 90_000.0, LARGE: None})
        barred = provider(BARRED)
        Ban.objects.create(
            provider=barred,
            document="五住建〔2026〕3号",
            reason="擅自退出",
            valid_from=date(2026, 1, 1),
            valid_to=date(2029, 1, 1),
            recorded_at=at(2026, 1, 1),
        )
        yield assign_plan(plan, valid=DAY, known=at(2026, 6, 1)).pk
        transaction.set_rollback(True)


@pytest.fixture
def plan(stored):
    return Plan.objects.get(pk=stored)


def chooses(plan, who, number="1", *, reason="", by=None, **more):
    choice = Choice(provider=who, by="王工", on="2026-06-02", reason=reason)
    asked = Asked(
        edit=Edit(action=Action.CHOOSE, zones=(number,), choice=choice),
        request=uuid4(),
        revision=Plan.objects.get(pk=plan.pk).revision,
        now=at(2026, 6, 2),
        by=by,
    )
    done = edit_plan(plan, Asked(**{**vars(asked), **more}))
    plan.refresh_from_db()
    return done


def served_by(plan):
    return dict(plan.zones.values_list("number", "assignment__provider__name"))


def reasons(row):
    return [reason["key"] for reason in row.provider_reasons]


def states(plan):
    return {state.zone: state for state in read_zones(plan)}


def test_a_choice_is_stored_with_who_when_and_why_and_changes_the_hash(plan):
    before = plan.plan_hash
    planner = get_user_model().objects.create(username="王工")
    done = chooses(plan, LARGE, reason=WHY, by=planner)
    row = zone(plan, 1)
    assert (row.chosen.name, row.chosen_by, row.chosen_on, row.chosen_reason) == (
        *(LARGE, "王工", date(2026, 6, 2)),
        WHY,
    )
    assert (done.by, row.assignment.provider.name) == (planner, LARGE)
    assert plan.plan_hash == stored_hash(plan) != before
    assert read_plan(plan).zones.set_index("zone")["choice"]["1"] == "人工选定"
    assert read_plan(plan).summary["choices"]["1"]["reason"] == WHY


def test_another_reason_is_another_plan(plan):
    chooses(plan, BARRED, reason=WHY)
    first = plan.plan_hash
    chooses(plan, BARRED, reason="领导小组会议议定")
    assert plan.plan_hash != first


def test_whom_the_rules_refuse_is_chosen_only_with_a_reason(plan):
    with pytest.raises(InputError) as refused:
        chooses(plan, BARRED)
    told = refused.value.report(str)
    assert told.startswith("按规则“禁入物业”不能承接，如仍要选定，请写明理由。")
    assert "依据“五住建〔2026〕3号”禁入至 2029-01-01（擅自退出）。" in told
    chooses(plan, BARRED, reason=WHY)
    assert served_by(plan)[1] == BARRED
    assert reasons(zone(plan, 1))[:3] == [
        *("zone.chosen", "zone.chosen_against_rules", "provider.banned"),
    ]
    told = "人工选定（违反规则：禁入，理由：业主大会已与其商定）"
    assert read_plan(plan).zones.set_index("zone")["choice"]["1"] == told
    assert zones_against_rules(plan) == []
    assert check_plan(plan, now=at(2026, 6, 2))["faults"] == []


def test_nobody_is_chosen_who_is_not_in_the_register(plan):
    with pytest.raises(InputError, match="名录中没有“无此物业”。"):
        chooses(plan, "无此物业", reason=WHY)


def test_choices_are_undone_and_redone_to_the_letter(plan):
    before = everything(plan)
    chooses(plan, BARRED, reason=WHY)
    does(plan, "merge", zones="21")
    chooses(plan, LARGE, "2")
    does(plan, "release", zones="2")
    after = everything(plan)
    start = read_proposed(plan)
    assert replay(map(change_of, plan.edits.order_by("revision")), start) == read_drawing(plan)
    for _ in range(4):
        does(plan, "undo")
    assert everything(plan) == before
    for _ in range(4):
        does(plan, "redo")
    assert everything(plan) == after


def test_a_merged_zone_loses_its_choice_and_undoing_gives_it_back(plan):
    chooses(plan, BARRED, reason=WHY)
    does(plan, "merge", zones="21")
    assert read_drawing(plan).choices == {}
    does(plan, "undo")
    assert (read_drawing(plan).choices["1"].provider, served_by(plan)[1]) == (BARRED, BARRED)


def test_a_chosen_zone_that_grows_is_judged_anew_and_the_finding_is_shown(plan):
    chooses(plan, SMALL)
    assert zone(plan, 1).problems == []
    does(plan, "assign", "E", "1")
    row = zone(plan, 1)
    assert (row.assignment.provider.name, reasons(row)[1:3]) == (
        *(SMALL,),
        ["zone.chosen_not_allowed", "provider.capacity_m2"],
    )
    assert row.problems[-1]["key"] == "zone.chosen_not_allowed"
    assert states(plan)["1"].problems[-1]["exception"] == ""
    assert 1 in zones_against_rules(plan)
    faults = check_plan(plan, now=at(2026, 6, 2))["faults"]
    assert any("共承接" in fault["key"] for fault in faults)
    does(plan, "assign", "E", "2")
    assert zone(plan, 1).problems == []


def test_a_zone_given_back_has_whom_the_rules_propose(plan):
    before = served_by(plan)[1]
    chooses(plan, BARRED, reason=WHY)
    does(plan, "release", zones="1")
    assert (served_by(plan)[1], zone(plan, 1).chosen) == (before, None)
    assert reasons(zone(plan, 1))[0] == "zone.provider"


def test_proposing_anew_keeps_choices_and_deals_out_what_they_leave(plan):
    chooses(plan, BARRED, "1", reason=WHY)
    chooses(plan, SMALL, "2")
    again = assign_plan(plan, valid=DAY, known=at(2026, 6, 3))
    served = served_by(again)
    assert (served[1], served[2], set(served.values())) == (BARRED, SMALL, {BARRED, SMALL, LARGE})
    assert reasons(zone(again, 1))[:2] == ["zone.chosen", "zone.chosen_against_rules"]
    assert again.plan_hash == stored_hash(again)


def test_a_ban_that_comes_later_is_found_when_providers_are_proposed_anew(plan):
    chooses(plan, LARGE)
    Ban.objects.create(
        provider=Provider.objects.get(name=LARGE),
        document="五住建〔2026〕9号",
        reason="擅自退出",
        valid_from=date(2026, 6, 10),
        valid_to=date(2029, 6, 9),
        recorded_at=at(2026, 6, 10),
    )
    assign_plan(plan, valid=date(2026, 6, 11), known=at(2026, 6, 11))
    assert zone(plan, 1).problems[-1]["key"] == "zone.chosen_not_allowed"
    assert states(plan)["1"].choice["said"][1:3] == ["zone.chosen_not_allowed", "provider.banned"]


def test_a_plan_made_from_it_keeps_the_choice(plan):
    chooses(plan, BARRED, reason=WHY)
    derived = propose_plan(
        area=plan.area,
        policy=load_policy("default"),
        valid=DAY,
        known=at(2026, 6, 5),
        seed=1,
        based_on=plan,
    ).plan
    (row,) = derived.zones.exclude(chosen=None)
    assert set(zone(plan, 1).sites.values_list("site")) <= set(row.sites.values_list("site"))
    assert (row.assignment.provider.name, row.chosen_reason) == (BARRED, WHY)
    assert derived.plan_hash == stored_hash(derived)
    assert read_proposed(derived) == read_drawing(derived)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(("choose",), ("choose",), id="both choose"),
        pytest.param(("assign", "A", "2"), ("choose",), id="the zone has become another"),
        pytest.param(("choose",), ("merge", "", NOWHERE, "21"), id="the zone is merged away"),
    ],
)
def test_a_choice_that_meets_what_others_did_is_never_rebased(plan, first, second):
    def do(what, **more):
        if what == ("choose",):
            return chooses(plan, LARGE, **more)
        action, sites, to, *zones = what
        return does(plan, action, sites, to, zones="".join(zones), **more)

    do(first)
    with pytest.raises(ConflictError) as conflict:
        do(second, revision=0, is_rebased=True)
    assert conflict.value.overlapping


def test_an_approved_plan_keeps_its_providers(plan):
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.APPROVED, document="甲〔2026〕1号")
    plan.refresh_from_db()
    with pytest.raises(NotNowError, match="方案处于“审定”，不能修改。"):
        chooses(plan, LARGE)
    with pytest.raises(NotNowError, match="方案处于“审定”，不能修改。"):
        assign_plan(plan, valid=DAY, known=at(2026, 6, 3))
