from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.sides import parted_by
from layers.courtyards import cluster, courtyard_code, why_not_residential
from layers.pieces import cut_barriers
from layers.policy import load_policy
from tests.grid import city

RULES = load_policy("default").derive


def look(**changes) -> pd.DataFrame:
    row = {"use": "", "name": "3号楼", "footprint_m2": 600.0, "storeys": 6} | changes
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({}, "", id="looks like homes"),
        pytest.param({"use": "住宅", "footprint_m2": 9000.0}, "", id="use goes before size"),
        pytest.param({"use": "集体宿舍"}, "", id="dormitory"),
        pytest.param({"use": "非成套住宅"}, "", id="homes that share a kitchen"),
        pytest.param({"use": "Apartments"}, "", id="English word"),
        pytest.param({"use": "其他"}, "", id="use that says nothing"),
        pytest.param({"use": "商业"}, "用途非住宅", id="shop"),
        pytest.param({"use": "非住宅"}, "用途非住宅", id="said not to be homes"),
        pytest.param({"name": "工人体育场"}, "名称非住宅", id="stadium"),
        pytest.param({"footprint_m2": 59.0}, "占地面积不在住宅范围", id="shed"),
        pytest.param({"footprint_m2": 3001.0}, "占地面积不在住宅范围", id="hall"),
        pytest.param({"storeys": pd.NA}, "层数不详", id="unknown storeys"),
        pytest.param({"storeys": 1}, "层数不在住宅范围", id="one storey"),
        pytest.param({"storeys": 34}, "层数不在住宅范围", id="tower"),
    ],
)
def test_a_building_is_homes_by_use_else_by_look(changes, reason):
    assert why_not_residential(look(**changes), rules=RULES) == [reason]


def courtyards_of(drawing: str, *barriers, floor_area_m2=None, street_m=10.0) -> list[int]:
    shapes = np.array(list(city(drawing, cell_m=30, street_m=street_m).values()), dtype=object)
    areas = np.full(len(shapes), 1000.0) if floor_area_m2 is None else np.array(floor_area_m2)
    lines = np.empty(len(barriers), dtype=object)
    lines[:] = [line for _, line in barriers]
    pieces = cut_barriers(np.array([kind for kind, _ in barriers], dtype=np.str_), lines)
    return cluster(shapes, areas, pieces, rules=RULES).tolist()


def test_buildings_near_each_other_form_a_courtyard():
    assert courtyards_of("A B C") == [0, 0, 0]


def test_buildings_farther_apart_than_the_reach_do_not():
    assert courtyards_of("A B", street_m=16) == [0, 1]


@pytest.mark.parametrize("kind", ["arterial", "wall", "river"])
def test_a_barrier_of_any_kind_ends_the_block(kind):
    line = shapely.LineString([(30, -100), (30, 100)])
    assert courtyards_of("A B", (kind, line)) == [0, 1]


def test_no_courtyard_lies_across_an_arterial():
    rng = np.random.default_rng(3)
    corners = rng.uniform(0, 400, (150, 2))
    shapes = shapely.box(*corners.T, *(corners + 18).T)
    roads = np.array([shapely.LineString([(-50, at), (450, at + 60)]) for at in (100, 230, 300)])
    homes = shapes[~shapely.intersects(shapes[:, None], roads).any(axis=1)]
    kinds = np.array(["arterial"] * len(roads))
    labels = cluster(homes, np.full(len(homes), 900.0), cut_barriers(kinds, roads), rules=RULES)
    yards = [homes[labels == label] for label in np.unique(labels)]
    assert max(map(len, yards)) > 5
    assert parted_by(yards, kinds, roads) == []


def test_a_courtyard_stops_at_the_greatest_floor_area():
    assert len(set(courtyards_of("A B C D", floor_area_m2=[12_000] * 4))) == 2


def test_a_building_over_the_limit_stays_alone():
    assert courtyards_of("A B", floor_area_m2=[31_000, 100]) == [0, 1]


def test_an_unknown_floor_area_counts_nothing_towards_the_limit():
    assert courtyards_of("A B", floor_area_m2=[30_000, np.nan]) == [0, 0]


def test_no_buildings_form_no_courtyards():
    nothing = cut_barriers(np.array([], dtype=np.str_), np.array([], dtype=object))
    assert cluster(np.array([], dtype=object), np.array([]), nothing, rules=RULES).tolist() == []


def test_the_code_of_a_courtyard_does_not_depend_on_the_order_of_its_members():
    assert courtyard_code(["B1", "B2"]) == courtyard_code(["B2", "B1"])


def test_the_code_of_a_courtyard_depends_on_its_members():
    assert courtyard_code(["B1", "B2"]) != courtyard_code(["B1", "B3"])


NOTHING = cut_barriers(np.array([], dtype=np.str_), np.array([], dtype=object))


@st.composite
def footprints(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    corners = rng.uniform(0, 200, size=(draw(st.integers(1, 25)), 2))
    return np.array([shapely.box(x, y, x + 12, y + 12) for x, y in corners], dtype=object)


@settings(deadline=None)
@given(footprints())
def test_without_limit_courtyards_are_the_single_linkage_clusters(shapes):
    graph = nx.Graph()
    graph.add_nodes_from(range(len(shapes)))
    near = shapely.distance(shapes[:, None], shapes[None, :]) <= RULES.courtyard_reach_m
    graph.add_edges_from(np.argwhere(near))
    labels = cluster(shapes, np.ones(len(shapes)), NOTHING, rules=RULES)
    parts = {frozenset(np.flatnonzero(labels == label)) for label in set(labels)}
    assert parts == {frozenset(part) for part in nx.connected_components(graph)}


@settings(deadline=None)
@given(footprints())
def test_courtyards_over_the_limit_fall_into_parts_below_it(shapes):
    rules = replace(RULES, courtyard_max_floor_area_m2=3.0)
    labels = cluster(shapes, np.ones(len(shapes)), NOTHING, rules=rules)
    assert np.bincount(labels).max() <= 3


@settings(deadline=None)
@given(footprints())
def test_every_part_of_a_courtyard_over_the_limit_hangs_together(shapes):
    rules = replace(RULES, courtyard_max_floor_area_m2=3.0)
    labels = cluster(shapes, np.ones(len(shapes)), NOTHING, rules=rules)
    near = shapely.distance(shapes[:, None], shapes[None, :]) <= RULES.courtyard_reach_m
    graph = nx.from_numpy_array(near)
    assert all(nx.is_connected(graph.subgraph(np.flatnonzero(labels == n))) for n in set(labels))
