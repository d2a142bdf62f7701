"""A planner's edits as rows: the plan in step with its log, whoever else edits it."""

from collections import OrderedDict
from dataclasses import replace
from uuid import UUID, uuid4

import networkx as nx
import numpy as np
import pytest
import shapely
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.db.models.deletion import ProtectedError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geo.crs import to_storage
from geo.errors import InputError
from layers.draft import metric_ground
from layers.editing import NEW, NOWHERE, Action, Edit, replay
from layers.models import Plan, PlanEdit, PlanStatus
from layers.outlines import zone_outlines
from layers.planning import read_sites
from layers.planning.edit_plan import (
    Asked,
    ConflictError,
    change_of,
    edit_plan,
    standing_of,
)
from layers.planning.load_ground import load_ground
from layers.planning.read_sites import ground_of, read_drawing, read_proposed
from layers.planning.read_state import read_state
from layers.planning.read_zones import read_zones
from layers.planning.refuse_closed import NotNowError
from layers.sites import WISHES
from tests.layers.drawn_plans import stored_plan
from tests.rows import at

pytestmark = pytest.mark.django_db

TOWN = """
A B C D . M
E F G H . N
I J K L . O
"""


@pytest.fixture(scope="module")
def stored(django_db_setup, django_db_blocker):  # noqa: ARG001 (set-up by name)
    with django_db_blocker.unblock(), transaction.atomic():
        yield stored_plan(TOWN, providers={"甲物业": 200_000.0, "乙物业": 200_000.0}).pk
        transaction.set_rollback(True)


@pytest.fixture
def plan(stored):
    return Plan.objects.get(pk=stored)


def does(plan, action, sites="", to=NOWHERE, *, zones=(), revision=None, request=None, **more):
    newest = Plan.objects.get(pk=plan.pk).revision
    asked = Asked(
        edit=Edit(action=Action(action), sites=tuple(sites), to=to, zones=tuple(zones)),
        request=request or uuid4(),
        revision=newest if revision is None else revision,
        now=at(2026, 6, 2),
        **{"by": None, **more},
    )
    done = edit_plan(plan, asked)
    plan.refresh_from_db()
    return done


def zone_of(plan, sites):
    drawn = read_drawing(plan)
    return [drawn.zone_of[site] for site in sites]


def zone(plan, number):
    return plan.zones.get(number=number)


def reasons(row):
    return [reason["key"] for reason in row.reasons]


def everything(plan):
    """Return all that a plan says, but for numbers in the last place."""
    sites = plan.sites.order_by("site").values_list(
        "site", "zone__number", "is_locked", "exception", "reasons"
    )
    zones = plan.zones.order_by("number").values_list(
        *("number", "exception", "reasons", "provider_reasons", "problems", "is_locked"),
        *("assignment__provider__name", "assignment__is_backstop"),
    )
    outlines = [
        each.geometry.area for each in plan.zones.order_by("number") if each.geometry is not None
    ]
    return plan.plan_hash, plan.totals, list(sites), list(zones), outlines


def test_the_town_is_proposed_as_these_tests_take_it_to_be(plan):
    assert zone_of(plan, "ABCDEFGHIJKLMNO") == list("111122332233444")


def test_sites_go_into_the_zone_that_they_are_assigned_to(plan):
    done = does(plan, "assign", "CD", "3")
    assert zone_of(plan, "ABCD") == ["1", "1", "3", "3"]
    assert (done.revision, plan.revision) == (1, 1)
    assert [zone["zone"] for zone in done.outcome["zones"]] == ["1", "3"]
    assert (zone(plan, 1).floor_area_m2, zone(plan, 3).floor_area_m2) == (40_000, 120_000)


def test_rules_that_an_edit_breaks_are_told_with_the_zone(plan):
    done = does(plan, "assign", "CD", "3")
    (problem,) = done.outcome["problems"]
    assert (problem["zone"], problem["rule"], problem["exception"]) == ("3", "floor_area_max", "")
    assert zone(plan, 3).problems[0]["key"] == "zone.over_maximum"


def test_a_new_zone_is_made_and_has_nobody_until_providers_are_proposed(plan):
    does(plan, "assign", "AB", NEW)
    made = zone(plan, 5)
    assert (made.sites.count(), made.geometry.num_geom, plan.last_number) == (2, 1, 5)
    assert [why["key"] for why in made.provider_reasons] == ["zone.provider_not_proposed"]
    assert plan.totals["zones_without_provider"] == 1


def test_a_zone_without_sites_is_gone(plan):
    done = does(plan, "merge", zones="41")
    assert done.outcome["gone"] == ["1"]
    assert not plan.zones.filter(number=1).exists()
    assert plan.totals["zones"] == 3


def test_sites_that_are_left_out_say_who_left_them_out(plan):
    does(plan, "assign", "A")
    left = plan.sites.get(site="A")
    assert (left.zone, reasons(left)) == (None, ["site.removed_by_planner"])
    assert plan.totals["left_out"] == 1
    assert plan.summary["left_out"][0] == {
        "site": "A",
        "reason": "由规划人员于 2026-06-02 移出片区。",
        "reasons": ["site.removed_by_planner"],
    }


def test_a_site_that_moved_says_who_moved_it_and_what_holds_it_there(plan):
    planner = get_user_model().objects.create(username="王工")
    does(plan, "assign", "D", "3", by=planner)
    site = plan.sites.get(site="D")
    assert reasons(site)[:2] == ["site.placed_by_planner", "site.neighbour"]
    assert site.reasons[0]["values"] == {"by": "王工", "on": "2026-06-02", "zone": "3"}


def test_who_moved_a_site_is_not_forgotten_when_its_zone_changes_again(plan):
    does(plan, "assign", "D", "3")
    does(plan, "assign", "C", "3")
    assert reasons(plan.sites.get(site="D"))[0] == "site.placed_by_planner"


def test_a_site_that_stays_behind_alone_says_so(plan):
    does(plan, "assign", "BCD", "3")
    assert reasons(plan.sites.get(site="A")) == ["site.alone_after_edit"]


def test_every_site_of_a_zone_carries_its_exception(plan):
    does(plan, "assign", "BCD", "3")
    assert zone(plan, 1).exception == "below_minimum"
    assert plan.sites.get(site="A").exception == "below_minimum"


def test_a_zone_cut_in_two_names_the_part_that_is_cut_off(plan):
    does(plan, "assign", "BC", "2")
    (problem,) = zone(plan, 1).problems
    assert (problem["rule"], problem["sites"]) == ("connected", ["D"])


def test_a_zone_keeps_its_provider_where_it_still_may_serve(plan):
    before = zone(plan, 1).assignment.provider
    does(plan, "assign", "E", "1")
    assert zone(plan, 1).assignment.provider == before


def test_a_zone_loses_a_provider_that_cannot_take_it_any_more(plan):
    (small,) = [each for each in plan.zones.all() if each.assignment.provider.name == "乙物业"][:1]
    others = [str(each.number) for each in plan.zones.exclude(pk=small.pk)]
    does(plan, "merge", zones=[str(small.number), *others])
    last = plan.zones.get()
    assert not hasattr(last, "assignment")
    assert [why["key"] for why in last.provider_reasons] == [
        "zone.provider_lost",
        "provider.capacity_m2",
    ]
    assert sum(len(each.providers) for each in last.refusals.all()) == 2


def test_undoing_gives_back_the_plan_to_the_letter(plan):
    before = everything(plan)
    for edit in [("assign", "CD", "3"), ("assign", "AB", NEW), ("lock", "MN"), ("assign", "F")]:
        does(plan, *edit)
    does(plan, "merge", zones="42")
    changed = everything(plan)
    for _ in range(5):
        does(plan, "undo")
    assert everything(plan) == before
    for _ in range(5):
        does(plan, "redo")
    assert everything(plan) == changed


def test_the_search_says_nothing_of_a_plan_that_is_no_longer_its_own(plan):
    proposed = plan.summary["status"], plan.gap_percent, plan.objective
    does(plan, "assign", "A")
    assert (plan.summary["status"], plan.gap_percent, plan.objective) == ("edited", None, "")
    does(plan, "undo")
    assert (plan.summary["status"], plan.gap_percent, plan.objective) == proposed


def test_an_undo_names_what_it_undid(plan):
    first = does(plan, "assign", "A")
    undone = does(plan, "undo")
    assert (undone.undoes, undone.outcome["undo"], undone.outcome["redo"]) == (first, 0, 1)
    assert does(plan, "redo").redoes == first


def test_a_new_edit_ends_what_could_be_redone(plan):
    does(plan, "assign", "A")
    does(plan, "undo")
    does(plan, "assign", "B")
    with pytest.raises(NotNowError, match="没有可以重做的修改。"):
        does(plan, "redo")


def test_nothing_can_be_undone_before_the_first_edit(plan):
    with pytest.raises(NotNowError, match="没有可以撤销的修改。"):
        does(plan, "undo")


def test_a_plan_that_was_submitted_is_not_drawn_on(plan):
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.SUBMITTED)
    with pytest.raises(NotNowError, match="方案处于“报审”，不能修改。"):
        does(plan, "assign", "A")


def test_a_plan_of_an_older_version_says_that_it_cannot_be_drawn_on(plan):
    Plan.objects.filter(pk=plan.pk).update(register={})
    with pytest.raises(InputError, match="请重新生成方案。"):
        does(plan, "assign", "A")


def test_the_same_request_changes_the_plan_once(plan):
    request = UUID(int=7)
    first = does(plan, "assign", "A", request=request)
    again = does(plan, "assign", "A", request=request, revision=0)
    assert (again, again.outcome, plan.revision) == (first, first.outcome, 1)


def test_a_request_of_another_plan_is_refused(plan):
    other = Plan.objects.get(pk=plan.pk)
    other.pk, other.version = None, 2
    other.save(force_insert=True)
    does(plan, "assign", "A", request=UUID(int=7))
    with pytest.raises(InputError, match="已用于另一项修改"):
        does(other, "assign", "A", request=UUID(int=7))


def test_an_edit_on_an_older_revision_is_told_what_others_did(plan):
    theirs = does(plan, "assign", "A", "2")
    with pytest.raises(ConflictError) as conflict:
        does(plan, "assign", "AB", "3", revision=0)
    assert (conflict.value.revision, conflict.value.theirs) == (1, (theirs,))
    assert conflict.value.overlapping == ("A",)
    assert zone_of(plan, "AB") == ["2", "1"]


def test_an_edit_of_other_sites_is_rebased_only_when_asked_for(plan):
    does(plan, "assign", "A", "2")
    with pytest.raises(ConflictError) as conflict:
        does(plan, "assign", "D", "3", revision=0)
    assert conflict.value.overlapping == ()
    assert does(plan, "assign", "D", "3", revision=0, is_rebased=True).revision == 2


@pytest.mark.parametrize(
    ("action", "args", "zones"),
    [
        pytest.param("assign", ("AB", "3"), "", id="the same site"),
        pytest.param("merge", (), "21", id="a zone that has got their site"),
        pytest.param("undo", (), "", id="undo"),
    ],
)
def test_an_edit_that_meets_theirs_is_never_rebased(plan, action, args, zones):
    does(plan, "assign", "A", "2")
    with pytest.raises(ConflictError):
        does(plan, action, *args, zones=zones, revision=0, is_rebased=True)


@pytest.mark.parametrize("revision", [-1, 5])
def test_a_revision_that_is_not_there_is_refused(plan, revision):
    with pytest.raises(InputError, match=f"没有修订号 {revision}，目前为 0。"):
        does(plan, "assign", "A", revision=revision)


def test_locked_sites_stay_and_a_locked_zone_is_an_exception(plan):
    does(plan, "lock", "CD")
    done = does(plan, "assign", "BCD", "3")
    assert (done.outcome["stayed"], zone_of(plan, "BCD")) == (["C", "D"], ["3", "1", "1"])
    assert reasons(plan.sites.get(site="C"))[0] == "site.locked"
    assert not zone(plan, 1).is_locked
    does(plan, "lock", "A")
    assert (zone(plan, 1).is_locked, zone(plan, 1).exception) == (True, "locked")


def test_an_edit_is_never_changed_or_deleted(plan):
    done = does(plan, "assign", "A")
    for write in (
        lambda: PlanEdit.objects.filter(pk=done.pk).update(action="lock"),
        lambda: PlanEdit.objects.filter(pk=done.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
            write()


def test_a_plan_with_edits_is_not_deleted(plan):
    does(plan, "assign", "A")
    with pytest.raises(ProtectedError):
        plan.delete()


def test_stored_sites_are_those_that_the_proposal_saw(plan):
    ground = load_ground(area="210203", valid=plan.valid_on, known=plan.known_at)
    stored = ground_of(plan)
    seen = metric_ground(ground, stored.policy, on_date=plan.valid_on).sites
    for name in ("ids", "names", "kinds", "floor_area_m2", "households", "fee", "provider"):
        np.testing.assert_array_equal(getattr(stored.sites, name), getattr(seen, name))
    for name in ("district", "subdistrict", "community", "is_served", "is_lead", *WISHES):
        np.testing.assert_array_equal(getattr(stored.sites, name), getattr(seen, name))
    apart = shapely.hausdorff_distance(stored.sites.polygons, seen.polygons)
    assert apart.max() == 0
    assert stored.sites.srid == seen.srid


def test_an_edit_is_called_by_its_revision(plan):
    assert str(does(plan, "lock", "A")) == "西岗区 v1 r1"


def test_sites_of_the_plans_worked_on_last_are_kept(plan, monkeypatch):
    monkeypatch.setattr("layers.planning.read_sites.KEPT_PLANS", 1)
    monkeypatch.setattr("layers.planning.read_sites._kept", OrderedDict())
    other = Plan.objects.get(pk=plan.pk)
    other.pk, other.version = None, 2
    other.save(force_insert=True)
    site = plan.sites.get(site="A")
    site.pk, site.plan, site.zone = None, other, None
    site.save(force_insert=True)
    first = ground_of(plan)
    assert ground_of(plan) is first
    assert len(ground_of(other).links.a) == 0
    assert ground_of(plan) is not first


def test_a_state_is_of_one_revision_though_others_edit(plan, monkeypatch):
    edits = iter(["A", "B"])

    def read_while_others_edit(of):
        if site := next(edits, ""):
            does(of, "lock", site)
        return read_zones(of)

    monkeypatch.setattr("layers.planning.read_state.read_zones", read_while_others_edit)
    state = read_state(plan)
    assert (state.revision, state.drawing.locked) == (2, {"A", "B"})


def test_a_state_that_never_stands_still_is_given_up(plan, monkeypatch):
    sites = iter(SITES)

    def read_while_others_edit(of):
        does(of, "lock", next(sites))
        return read_zones(of)

    monkeypatch.setattr("layers.planning.read_state.read_zones", read_while_others_edit)
    with pytest.raises(InputError, match="正在被他人连续修改"):
        read_state(plan)


def assert_zones_agree_with_their_sites(plan):
    """Reckon every zone again from the sites' own rows: SQL, networkx and all pairs of vertices."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT zone.number, count(*), sum(site.floor_area_m2), sum(site.households),
                      zone.floor_area_m2, zone.households, zone.diameter_m
               FROM layers_zone zone JOIN layers_plansite site ON site.zone_id = zone.id
               WHERE zone.plan_id = %s GROUP BY zone.id ORDER BY zone.number""",
            [plan.pk],
        )
        rows = cursor.fetchall()
    ground, drawn = ground_of(plan), read_drawing(plan)
    network = nx.Graph()
    network.add_nodes_from(range(len(ground.sites)))
    open_links = np.flatnonzero(ground.links.is_open)
    network.add_edges_from(zip(ground.links.a[open_links], ground.links.b[open_links], strict=True))
    assert [str(row[0]) for row in rows] == list(drawn.labels)
    for number, count, floor_area_m2, households, stored_m2, stored_households, diameter_m in rows:
        members = [ground.at[site] for site in drawn.members(str(number))]
        corners = shapely.get_coordinates(ground.sites.polygons[members])
        assert (count, floor_area_m2) == (len(members), pytest.approx(stored_m2))
        assert households == stored_households
        farthest = np.hypot(*(corners[:, None] - corners).transpose(2, 0, 1)).max()
        assert diameter_m == pytest.approx(farthest)
        is_in_parts = not nx.is_connected(network.subgraph(members))
        broken = [problem["rule"] for problem in zone(plan, number).problems]
        assert ("connected" in broken) == is_in_parts
    assert plan.totals["zones"] == len(rows)
    assert plan.totals["left_out"] == len(drawn.members(NOWHERE))


def assert_outlines_are_those_of_a_whole_redrawing(plan):
    ground, drawn = ground_of(plan), read_drawing(plan)
    placed = np.array([drawn.zone_of[site] for site in ground.sites.ids.tolist()])
    whole = zone_outlines(ground.sites.polygons, placed, reach_m=ground.policy.links.reach_m)
    for row in plan.zones.all():
        (expected,) = to_storage(np.array([whole[str(row.number)]]), ground.sites.srid)
        stored = shapely.from_wkb(bytes(row.geometry.wkb))
        assert stored.symmetric_difference(expected).area < 1e-13


def test_zones_agree_with_their_sites_after_edits(plan):
    does(plan, "assign", "CDK", "2")
    does(plan, "assign", "AO", NEW)
    does(plan, "assign", "H")
    assert_zones_agree_with_their_sites(plan)
    assert_outlines_are_those_of_a_whole_redrawing(plan)


SITES = "ABCDEFGHIJKLMNO"
LONG = 200
DEED = st.tuples(
    st.sampled_from([*Action, Action.ASSIGN, Action.UNDO]),
    st.sets(st.sampled_from(SITES), max_size=5),
    st.sampled_from([NEW, NOWHERE, *"123456"]),
    st.lists(st.sampled_from("123456"), max_size=3),
)


def assert_the_log_tells_the_plan(plan):
    """Replay the log on the proposal, and look at every row that has to be in step with it."""
    log = list(PlanEdit.objects.filter(plan=plan).order_by("revision"))
    drawn = read_drawing(plan)
    assert replay(map(change_of, log), read_proposed(plan)) == replace(
        drawn, last_number=plan.last_number
    )
    assert [edit.revision for edit in log] == list(range(1, plan.revision + 1))
    assert set(drawn.zone_of) == set(SITES)
    assert set(map(int, drawn.labels)) == set(plan.zones.values_list("number", flat=True))
    assert_zones_agree_with_their_sites(plan)
    assert_outlines_are_those_of_a_whole_redrawing(plan)


def tries(plan, deed):
    """Do a deed on the plan as it is read anew; tell whether the plan took it."""
    action, sites, to, zones = deed
    try:
        does(Plan.objects.get(pk=plan.pk), action, sorted(sites), to, zones=zones)
    except InputError:
        return False
    return True


def undo_all(plan):
    while standing_of(plan).done:
        does(plan, "undo")


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deeds=st.lists(DEED, min_size=10, max_size=40))
def test_replaying_the_log_gives_the_stored_plan_after_any_edits_and_reloads(plan, deeds):
    before = everything(plan)
    with transaction.atomic():
        for deed in deeds:
            tries(plan, deed)
        now = Plan.objects.get(pk=plan.pk)
        assert_the_log_tells_the_plan(now)
        undo_all(now)
        back = everything(now)
        transaction.set_rollback(True)
    plan.refresh_from_db()
    assert back == before


@settings(
    max_examples=1,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking two hundred edits would take hours
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chance=st.randoms(use_true_random=False))
def test_the_log_tells_the_plan_through_two_hundred_edits_undos_redos_and_reloads(plan, chance):
    """As long as a planner's week; at every fortieth the process forgets, as after a restart."""
    before = everything(plan)
    with transaction.atomic():
        while (now := Plan.objects.get(pk=plan.pk)).revision < LONG:
            if tries(plan, drawn_deed(chance)) and now.revision % 40 == 0:
                read_sites._kept.clear()  # noqa: SLF001 (as after a restart)
                assert_the_log_tells_the_plan(Plan.objects.get(pk=plan.pk))
        assert_the_log_tells_the_plan(now)
        undo_all(now)
        back = everything(now)
        transaction.set_rollback(True)
    plan.refresh_from_db()
    assert back == before


def drawn_deed(chance):
    """Draw an action with what it might take, whether or not the plan will take it."""
    action = chance.choice([*Action, Action.ASSIGN, Action.ASSIGN, Action.UNDO])
    sites = set(chance.sample(SITES, chance.randint(1, 4)))
    to = chance.choice([NEW, NOWHERE, *"123456"])
    return action, sites, to, chance.sample("123456789", 2)
