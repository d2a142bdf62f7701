from dataclasses import replace
from datetime import date

import pytest
import shapely

from geo.errors import InputError
from geo.readers import Kind
from layers.adjacency import Override
from layers.draft import draft_plan
from layers.ground import Ground
from layers.policy import load_policy
from layers.proposal import plan_hash
from tests.layers.grounds import compounds_of, ground_of, rows_of

DAY = date(2026, 6, 1)
POLICY = load_policy("default")


def draft(ground: Ground, **more):
    return draft_plan(ground, POLICY, on_date=DAY, seed=1, **more)


def zones_of(ground: Ground, **more) -> list[tuple[str, ...]]:
    return [zone.members for zone in draft(ground, **more).proposal.zones]


def test_neighbours_become_a_zone():
    assert zones_of(ground_of("A B")) == [("A", "B")]


def test_a_river_keeps_zones_apart():
    river = {"kind": "river", "geometry": shapely.LineString([(200, -500), (200, 500)])}
    ground = replace(ground_of("A B"), barriers=rows_of(Kind.BARRIER, river))
    assert zones_of(ground) == [("A",), ("B",)]


def test_a_bridge_joins_what_a_river_parts():
    river = {"kind": "river", "geometry": shapely.LineString([(200, -500), (200, 500)])}
    bridge = {"kind": "bridge", "geometry": shapely.LineString([(170, 100), (230, 100)])}
    ground = replace(
        ground_of("A B"),
        barriers=rows_of(Kind.BARRIER, river),
        crossings=rows_of(Kind.CROSSING, bridge),
    )
    assert zones_of(ground) == [("A", "B")]


def test_a_planners_cut_keeps_zones_apart():
    cut = Override(a_id="A", b_id="B", is_open=False)
    assert zones_of(ground_of("A B"), overrides=(cut,)) == [("A",), ("B",)]


def test_what_is_served_is_derived_but_not_planned():
    drawn = draft(ground_of("A B C", provider={"C": "甲物业"}))
    assert drawn.derived.frame["code"].tolist() == ["A", "B", "C"]
    assert drawn.sites.ids.tolist() == ["A", "B"]


def test_providers_of_the_ground_are_proposed():
    firm = {"name": "甲物业", "kind": "state", "grade": "A"}
    ground = replace(ground_of("A B"), providers=rows_of(Kind.PROVIDER, firm))
    assert [zone.provider for zone in draft(ground).proposal.zones] == ["甲物业"]


def test_distances_are_measured_in_the_zone_of_the_place():
    assert draft(ground_of("A")).sites.srid == 4548


def test_the_same_seed_gives_the_same_plan_whatever_the_order_of_rows():
    ground = ground_of("A B C\nD E F")
    turned = replace(ground, compounds=ground.compounds[::-1])
    assert plan_hash(draft(ground).proposal) == plan_hash(draft(turned).proposal)


def test_steps_are_told_in_their_order():
    steps = []
    draft(ground_of("A"), on_step=steps.append)
    assert steps == ["sites", "links", "proposal"]


@pytest.mark.parametrize(
    "ground",
    [Ground(), Ground(compounds=rows_of(Kind.COMPOUND, {"code": "A"}))],
    ids=["nothing", "a compound without a place"],
)
def test_nothing_to_plan_is_said(ground):
    with pytest.raises(InputError, match="没有可以规划的小区或楼栋。请先导入小区边界或楼栋轮廓。"):
        draft(ground)


def test_buildings_that_are_no_homes_are_nothing_to_plan():
    tower = {"code": "1", "name": "国贸大厦", "storeys": 20, "geometry": shapely.box(0, 0, 30, 30)}
    with pytest.raises(InputError, match="没有可以规划的小区或楼栋"):
        draft(Ground(buildings=rows_of(Kind.BUILDING, tower)))


def test_a_place_where_all_are_served_needs_no_plan():
    with pytest.raises(InputError) as error:
        draft(ground_of("A", provider={"A": "甲物业"}))
    assert str(error.value) == "所有纳管对象在 2026-06-01 都已有物业服务，没有需要连片的对象。"


def test_a_compound_without_a_place_beside_others_is_named():
    lost = rows_of(Kind.COMPOUND, {"code": "X", "name": "无界小区"})
    ground = ground_of("A")
    both = replace(ground, compounds=compounds_of("A").merge(lost, how="outer"))
    with pytest.raises(InputError, match=r"纳管对象“无界小区”（X）没有位置。请补充边界或坐标。"):
        draft(both)
