from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from layers.adjacency import Barriers, Crossings, Links, Override, components, neighbour_links
from layers.policy import LinkRules
from layers.sites import Sites
from tests.grid import city
from tests.layers.links_by_hand import Place

RULES = LinkRules(
    reach_m=60.0,
    hard=("river", "railway", "expressway"),
    impedance_m={"arterial": 100.0, "wall": 30.0},
    crossing_reach_m=150.0,
)


def sites_of(shapes: dict[str, shapely.Geometry]) -> Sites:
    ids = sorted(shapes)
    n = len(ids)
    unknown, blank, no = np.full(n, np.nan), np.full(n, ""), np.zeros(n, dtype=np.bool_)
    polygons = np.empty(n, dtype=object)
    polygons[:] = [shapes[i] for i in ids]
    return Sites(
        srid=4548,
        ids=np.array(ids, dtype=np.str_),
        names=blank,
        kinds=blank,
        polygons=polygons,
        floor_area_m2=unknown,
        households=unknown,
        district=blank,
        subdistrict=blank,
        community=blank,
        fee=unknown,
        is_served=no,
        is_lead=no,
        provider=blank,
        lock=blank,
    )


def barriers_of(*rows: tuple[str, shapely.Geometry]) -> Barriers:
    geometries = np.empty(len(rows), dtype=object)
    geometries[:] = [geometry for _, geometry in rows]
    return Barriers(
        kinds=np.array([kind for kind, _ in rows], dtype=np.str_), geometries=geometries
    )


def crossings_of(*lines: list[tuple[float, float]]) -> Crossings:
    geometries = np.empty(len(lines), dtype=object)
    geometries[:] = [shapely.LineString(line) for line in lines]
    return Crossings(kinds=np.full(len(lines), "bridge"), lines=geometries)


def links_of(shapes, *barriers, crossings=(), overrides=(), rules=RULES) -> Links:
    return neighbour_links(
        sites_of(shapes),
        barriers_of(*barriers),
        crossings_of(*crossings),
        rules,
        overrides=overrides,
    )


def pairs_of(links: Links) -> list[tuple[int, int]]:
    return list(zip(links.a.tolist(), links.b.tolist(), strict=True))


def upright(x: float, *, bottom: float = -500, top: float = 1000) -> shapely.LineString:
    return shapely.LineString([(x, bottom), (x, top)])


# --- what is near ---------------------------------------------------------------------------


def test_sites_across_a_street_are_linked():
    assert pairs_of(links_of(city("A B", street_m=20))) == [(0, 1)]


def test_sites_at_just_the_reach_are_linked():
    assert pairs_of(links_of(city("A B", street_m=60))) == [(0, 1)]


def test_sites_beyond_the_reach_are_not_linked():
    assert pairs_of(links_of(city("A B", street_m=61))) == []


def test_the_gap_is_the_distance_between_the_outlines():
    assert links_of(city("A B", street_m=20)).gap_m.tolist() == [20]


def test_sites_that_touch_in_a_corner_have_no_gap():
    assert links_of(city("A .\n. B")).gap_m.tolist() == [0]


def test_a_site_that_is_a_point_is_linked():
    shapes = {"A": shapely.Point(0, 0), "B": shapely.box(50, -10, 70, 10)}
    assert links_of(shapes).gap_m.tolist() == [50]


def test_a_point_deep_inside_another_site_is_linked_without_a_gap():
    shapes = {"A": shapely.Point(500, 500), "B": shapely.box(0, 0, 1000, 1000)}
    assert links_of(shapes, ("river", upright(0))).is_open.tolist() == [True]


def test_no_sites_have_no_links():
    assert pairs_of(links_of({})) == []


def test_a_near_link_needs_no_crossing():
    links = links_of(city("A B", street_m=20))
    assert (links.kind.tolist(), np.isnan(links.walk_m).tolist()) == (["near"], [True])


# --- hard barriers --------------------------------------------------------------------------


def test_a_river_between_two_sites_closes_their_link():
    assert links_of(city("A B", street_m=20), ("river", upright(100))).is_open.tolist() == [False]


def test_a_closed_link_names_its_barrier():
    assert links_of(city("A B", street_m=20), ("river", upright(100))).barrier.tolist() == ["river"]


def test_a_river_that_can_be_passed_on_its_end_leaves_the_link_open():
    river = upright(100, bottom=40)
    assert links_of(city("A B", street_m=20), ("river", river)).is_open.tolist() == [True]


def test_a_river_that_is_passed_leaves_no_name():
    river = upright(100, bottom=40)
    assert links_of(city("A B", street_m=20), ("river", river)).barrier.tolist() == [""]


def test_the_way_past_a_barrier_may_be_no_longer_than_the_reach():
    river = upright(100, bottom=-60)
    short = replace(RULES, reach_m=30.0)
    assert links_of(city("A B", street_m=20), ("river", river), rules=short).is_open.tolist() == [
        False
    ]


def test_a_river_in_several_rows_is_one_river():
    rows = [("river", upright(100, top=50)), ("river", upright(100, bottom=50))]
    assert links_of(city("A B", street_m=20), *rows).is_open.tolist() == [False]


def test_two_kinds_may_close_a_link_together():
    rows = [("river", upright(100, top=50)), ("railway", upright(100, bottom=50))]
    assert links_of(city("A B", street_m=20), *rows).barrier.tolist() == ["railway+river"]


def test_a_hard_kind_off_the_shortest_way_helps_to_close():
    shapes = {"A": shapely.box(0, 0, 90, 100), "B": shapely.box(110, 40, 200, 60)}
    shapes["B"] |= shapely.box(110, 90, 200, 100)
    river, rail = upright(100, top=75), upright(100, bottom=75)
    links = links_of(shapes, ("river", river), ("railway", rail))
    assert links.is_open.tolist() == [False]


def test_a_railway_that_closes_alone_is_named_without_what_merely_helps():
    rows = [("railway", upright(98)), ("river", upright(102, top=50))]
    assert links_of(city("A B", street_m=20), *rows).barrier.tolist() == ["railway"]


def test_a_wide_river_closes_a_link():
    river = shapely.box(95, -500, 105, 1000)
    assert links_of(city("A B", street_m=20), ("river", river)).is_open.tolist() == [False]


def test_a_railway_through_a_site_does_not_count_there():
    track = shapely.LineString([(50, -500), (50, 1000)])
    assert links_of(city("A B", street_m=20), ("railway", track)).is_open.tolist() == [True]


def test_a_railway_that_leaves_a_site_across_the_gap_does_not_close_it():
    track = shapely.LineString([(-500, 50), (1000, 50)])
    assert links_of(city("A B", street_m=20), ("railway", track)).is_open.tolist() == [True]


def test_a_railway_along_an_outline_closes_the_link():
    assert links_of(city("A B", street_m=20), ("railway", upright(90))).is_open.tolist() == [False]


def test_a_barrier_far_away_leaves_the_link_open():
    assert links_of(city("A B", street_m=20), ("river", upright(900))).is_open.tolist() == [True]


# --- sites that touch -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bottom", "is_open"),
    [pytest.param(40, False, id="60 m of 100"), pytest.param(60, True, id="40 m of 100")],
)
def test_a_barrier_on_a_shared_edge_closes_over_half(bottom, is_open):
    barrier = ("river", upright(100, bottom=bottom))
    assert links_of(city("A B"), barrier).is_open.tolist() == [is_open]


def test_a_barrier_across_a_shared_edge_leaves_it_open():
    across = shapely.LineString([(-500, 50), (1000, 50)])
    assert links_of(city("A B"), ("river", across)).is_open.tolist() == [True]


def test_two_kinds_may_cover_a_shared_edge_together():
    rows = [("river", upright(100, top=40)), ("railway", upright(100, bottom=60))]
    assert links_of(city("A B"), *rows).barrier.tolist() == ["railway+river"]


def test_a_wall_on_a_shared_edge_costs_metres():
    assert links_of(city("A B"), ("wall", upright(100))).cost_m.tolist() == [30]


def test_a_barrier_past_one_corner_leaves_a_corner_contact_open():
    barrier = shapely.LineString([(-50, 150), (90, 110)])
    assert links_of(city("A .\n. B"), ("river", barrier)).is_open.tolist() == [True]


def test_a_barrier_through_the_corner_closes_a_corner_contact():
    barrier = shapely.LineString([(-100, -100), (300, 300)])
    assert links_of(city("A .\n. B"), ("river", barrier)).is_open.tolist() == [False]


# --- soft barriers --------------------------------------------------------------------------


def test_an_arterial_road_costs_metres_but_closes_nothing():
    links = links_of(city("A B", street_m=20), ("arterial", upright(100)))
    assert (links.is_open.tolist(), links.cost_m.tolist()) == ([True], [120])


def test_an_arterial_road_that_can_be_passed_costs_nothing():
    links = links_of(city("A B", street_m=20), ("arterial", upright(100, bottom=40)))
    assert links.cost_m.tolist() == [20]


def test_two_lanes_of_one_road_cost_once():
    rows = [("arterial", upright(98)), ("arterial", upright(102))]
    assert links_of(city("A B", street_m=20), *rows).cost_m.tolist() == [120]


def test_a_road_and_a_wall_cost_both():
    rows = [("arterial", upright(98)), ("wall", upright(102))]
    links = links_of(city("A B", street_m=20), *rows)
    assert (links.cost_m.tolist(), links.barrier.tolist()) == ([150], ["arterial+wall"])


def test_a_closed_link_costs_its_soft_barriers_only():
    rows = [("river", upright(98)), ("wall", upright(102))]
    assert links_of(city("A B", street_m=20), *rows).cost_m.tolist() == [50]


# --- crossings ------------------------------------------------------------------------------


BRIDGE = [(85.0, 50.0), (115.0, 50.0)]


def test_a_bridge_reopens_a_link_over_the_river():
    links = links_of(city("A B", street_m=20), ("river", upright(100)), crossings=[BRIDGE])
    assert (links.kind.tolist(), links.is_open.tolist()) == (["crossing"], [True])


def test_a_reopened_link_still_names_the_river():
    links = links_of(city("A B", street_m=20), ("river", upright(100)), crossings=[BRIDGE])
    assert links.barrier.tolist() == ["river"]


def test_the_walk_leads_from_outline_to_outline():
    shapes = city("A . B", street_m=40)
    links = links_of(shapes, ("river", upright(150)), crossings=[[(110, 50), (190, 50)]])
    assert links.walk_m.tolist() == [30 + 80 + 30]


def test_a_bridge_joins_sites_beyond_the_reach():
    links = links_of(city("A . B"), ("river", upright(150)), crossings=[[(110, 50), (190, 50)]])
    assert (links.gap_m.tolist(), links.walk_m.tolist()) == ([100], [100])


def test_sites_out_of_the_reach_of_an_end_are_not_joined():
    assert pairs_of(links_of(city("A . . . . B"), crossings=[[(251, 50), (490, 50)]])) == []


def test_a_short_bridge_does_not_join_two_sites_of_one_bank():
    shapes = city("A . C\n. . .\nB . .", cell_m=80)
    links = links_of(shapes, ("river", upright(130)), crossings=[[(125, 120), (135, 120)]])
    assert (0, 1) not in pairs_of(links)


def test_a_river_bridge_does_not_lead_over_the_railway_behind():
    rows = [("river", upright(150)), ("railway", upright(195))]
    assert pairs_of(links_of(city("A . B"), *rows, crossings=[[(110, 50), (190, 50)]])) == []


def test_a_bridge_over_river_and_railway_leads_over_both():
    rows = [("river", upright(150)), ("railway", upright(180))]
    links = links_of(city("A . B"), *rows, crossings=[[(110, 50), (190, 50)]])
    assert links.barrier.tolist() == ["railway+river"]


def test_a_road_on_the_way_to_the_bridge_costs_metres():
    rows = [("river", upright(150)), ("arterial", upright(105))]
    links = links_of(city("A . B"), *rows, crossings=[[(110, 50), (190, 50)]])
    assert links.cost_m.tolist() == [200]


def test_a_barrier_inside_the_site_at_the_end_does_not_count():
    rows = [("river", upright(100)), ("railway", upright(85))]
    links = links_of(city("A B", street_m=20), *rows, crossings=[BRIDGE])
    assert links.is_open.tolist() == [True]


def test_an_underpass_spares_the_road_that_it_leads_under():
    links = links_of(city("A B", street_m=20), ("arterial", upright(100)), crossings=[BRIDGE])
    assert (links.kind.tolist(), links.cost_m.tolist()) == (["crossing"], [20])


def test_an_open_link_needs_no_bridge():
    links = links_of(city("A B", street_m=20), crossings=[BRIDGE])
    assert links.kind.tolist() == ["near"]


def test_the_shorter_of_two_bridges_counts():
    far = [(110.0, 50.0), (150.0, 90.0), (190.0, 50.0)]
    near = [(110.0, 50.0), (190.0, 50.0)]
    links = links_of(city("A . B"), ("river", upright(150)), crossings=[far, near])
    assert links.walk_m.tolist() == [100]


# --- a planner's word -----------------------------------------------------------------------


def test_a_planner_cuts_a_link():
    cut = Override(a_id="B", b_id="A", is_open=False, note="围墙，无门")
    links = links_of(city("A B", street_m=20), overrides=[cut])
    assert (links.kind.tolist(), links.is_open.tolist()) == (["planner"], [False])


def test_a_planner_opens_a_closed_link():
    opened = Override(a_id="A", b_id="B", is_open=True, note="此处有人行天桥")
    links = links_of(city("A B", street_m=20), ("river", upright(100)), overrides=[opened])
    assert (links.is_open.tolist(), links.barrier.tolist()) == ([True], ["river"])


def test_a_planner_links_sites_beyond_the_reach():
    opened = Override(a_id="A", b_id="B", is_open=True)
    assert links_of(city("A . B"), overrides=[opened]).gap_m.tolist() == [100]


def test_a_word_on_a_site_that_is_not_here_says_nothing():
    opened = Override(a_id="A", b_id="Z", is_open=True)
    assert pairs_of(links_of(city("A . B"), overrides=[opened])) == []


def test_a_planner_may_say_the_same_twice():
    words = [Override(a_id="A", b_id="B", is_open=True), Override(a_id="B", b_id="A", is_open=True)]
    assert links_of(city("A . B"), overrides=words).is_open.tolist() == [True]


def test_two_planners_must_not_contradict_each_other():
    words = [Override(a_id="A", b_id="B", is_open=o) for o in (True, False)]
    with pytest.raises(InputError) as caught:
        links_of(city("A B"), overrides=words)
    assert str(caught.value) == "A 与 B 之间既设为连通又设为切断。请只保留一条。"


def test_a_site_is_not_linked_to_itself():
    with pytest.raises(ValueError, match="two different sites"):
        Override(a_id="A", b_id="A", is_open=True)


# --- values that check themselves -----------------------------------------------------------


def test_a_barrier_of_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="unknown: moat"):
        barriers_of(("moat", upright(0)))


def test_every_barrier_needs_a_kind():
    with pytest.raises(ValueError, match="One kind is needed for each of 1 geometries"):
        Barriers(kinds=np.array([], dtype=np.str_), geometries=np.array([upright(0)]))


def test_a_crossing_must_be_a_line():
    with pytest.raises(ValueError, match="line with two ends"):
        Crossings(kinds=np.array(["gate"]), lines=np.array([shapely.Point(0, 0)]))


# --- against an independent reckoning -------------------------------------------------------


@st.composite
def small_town(draw):
    """Six sites on a 3 × 2 grid, some touching, and bent barriers that wind between them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = {}
    for number, letter in enumerate("ABCDEF"):
        x, y = 40 * (number % 3), 40 * (number // 3)
        left, bottom, right, top = rng.choice([0, 0, 2.5, 7], size=4)
        shapes[letter] = shapely.box(x + left, y + bottom, x + 40 - right, y + 40 - top)
    rows = []
    for kind in rng.choice(["river", "railway", "arterial", "wall"], size=draw(st.integers(0, 4))):
        line = shapely.LineString(
            rng.uniform([-10, -10], [130, 90], size=(int(rng.integers(2, 5)), 2))
        )
        straight = shapely.LineString(
            [(40 * rng.integers(1, 3), y) for y in rng.uniform(-10, 90, 2)]
        )
        chosen = line if rng.random() < 0.5 else straight
        rows.append((str(kind), chosen.buffer(2) if kind == "river" else chosen))
    if rng.random() < 0.5:
        rows += in_two_kinds(40 * int(rng.integers(1, 3)), meet=rng.uniform(-10, 90))
    return shapes, rows


def in_two_kinds(x: float, *, meet: float) -> list[tuple[str, shapely.Geometry]]:
    """A river that a railway continues: only together they stop every way."""
    return [("river", upright(x, top=meet)), ("railway", upright(x, bottom=meet))]


TOWN_RULES = replace(RULES, reach_m=18.0, crossing_reach_m=25.0)


@st.composite
def crooked_town(draw):
    """Six sites with five bent corners each, none touching, and long barriers between."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = {}
    for number, letter in enumerate("ABCDEF"):
        angles = np.sort(rng.uniform(0, 2 * np.pi, 5))
        spokes = rng.uniform(5, 19, 5)[:, np.newaxis] * np.stack(
            [np.cos(angles), np.sin(angles)], 1
        )
        middle = 40 * (number % 3) + 20, 40 * (number // 3) + 20
        shapes[letter] = shapely.Polygon(spokes + middle)
    kinds = rng.choice(["river", "railway", "arterial", "wall"], size=draw(st.integers(0, 4)))
    ends = rng.uniform([-10, -10], [130, 90], size=(len(kinds), 3, 2))
    rows = [(str(k), shapely.LineString(e)) for k, e in zip(kinds, ends, strict=True)]
    if rng.random() < 0.5:
        rows += in_two_kinds(40 * int(rng.integers(1, 3)), meet=rng.uniform(0, 80))
    return shapes, rows


def bridges(rng: np.random.Generator) -> list[list[tuple[float, float]]]:
    starts = rng.uniform([0, 0], [120, 80], size=(int(rng.integers(0, 4)), 2))
    return [[tuple(start), tuple(start + rng.uniform(-30, 30, 2))] for start in starts]


def words(rng: np.random.Generator) -> list[Override]:
    """A planner's words on some pairs, one of whose sites may not be here."""
    pairs = {frozenset(rng.choice(list("ABCDEFZ"), 2, replace=False)) for _ in range(3)}
    ids = sorted(tuple(sorted(map(str, pair))) for pair in pairs)
    chosen = ids[: int(rng.integers(0, 4))]
    return [Override(a_id=a, b_id=b, is_open=bool(rng.integers(2))) for a, b in chosen]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.one_of(small_town(), crooked_town()), st.integers(0, 2**32 - 1))
def test_links_are_those_of_a_reckoning_by_hand(town, seed):
    shapes, rows = town
    rng = np.random.default_rng(seed)
    crossings, overrides = bridges(rng), words(rng)
    place = Place(shapes, rows, crossings, TOWN_RULES)
    expected = {pair: link.row(TOWN_RULES) for pair, link in place.links(overrides).items()}
    links = links_of(shapes, *rows, crossings=crossings, overrides=overrides, rules=TOWN_RULES)
    assert rows_of(links, sorted(shapes)) == expected


def rows_of(links: Links, names: list[str]) -> dict[tuple[str, str], tuple]:
    lengths = np.stack([links.gap_m, links.walk_m, links.cost_m], axis=1).round(6).tolist()
    words = zip(links.kind.tolist(), links.barrier.tolist(), links.is_open.tolist(), strict=True)
    return {
        (names[a], names[b]): (*map(str, metres), *word)
        for (a, b), metres, word in zip(pairs_of(links), lengths, words, strict=True)
    }


@settings(max_examples=40, deadline=None)
@given(small_town(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_does_not_matter(town, random):
    shapes, rows = town
    crossings = [[(30.0, 20.0), (50.0, 20.0)], [(70.0, 60.0), (90.0, 60.0)]]
    overrides = [
        Override(a_id="A", b_id="F", is_open=True),
        Override(a_id="A", b_id="B", is_open=False),
    ]
    straight = links_of(shapes, *rows, crossings=crossings, overrides=overrides)
    for given_rows in (rows, crossings, overrides):
        random.shuffle(given_rows)
    names = list(shapes)
    random.shuffle(names)
    shuffled = links_of(
        {name: shapes[name] for name in names}, *rows, crossings=crossings, overrides=overrides
    )
    for column in straight.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(straight, column), getattr(shuffled, column))


@settings(max_examples=40, deadline=None)
@given(small_town())
def test_a_longer_reach_never_closes_a_link(town):
    shapes, rows = town
    near = links_of(shapes, *rows, rules=TOWN_RULES)
    far = links_of(shapes, *rows, rules=replace(TOWN_RULES, reach_m=30.0))
    open_pairs = {
        pair for pair, is_open in zip(pairs_of(near), near.is_open, strict=True) if is_open
    }
    assert open_pairs <= {
        p for p, is_open in zip(pairs_of(far), far.is_open, strict=True) if is_open
    }


# --- components -----------------------------------------------------------------------------


def open_links(pairs: list[tuple[int, int]], *, closed: tuple[tuple[int, int], ...] = ()) -> Links:
    both = sorted([*pairs, *closed])
    a, b = np.array(both, dtype=np.int64).reshape(-1, 2).T
    m = len(both)
    return Links(
        a=a,
        b=b,
        gap_m=np.zeros(m),
        walk_m=np.zeros(m),
        cost_m=np.zeros(m),
        kind=np.full(m, "near"),
        barrier=np.full(m, ""),
        is_open=np.array([pair not in closed for pair in both], dtype=np.bool_),
    )


def test_a_closed_link_joins_nothing():
    assert components(open_links([], closed=((0, 1),)), 2).tolist() == [0, 1]


def test_no_site_has_no_component():
    assert components(open_links([]), 0).tolist() == []


@given(st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda p: p[0] < p[1])))
def test_components_are_those_of_networkx_in_order_of_their_first_site(pairs):
    graph = nx.Graph()
    graph.add_nodes_from(range(12))
    graph.add_edges_from(pairs)
    labels = np.empty(12, dtype=int)
    for label, part in enumerate(sorted(nx.connected_components(graph), key=min)):
        labels[list(part)] = label
    assert components(open_links(list(pairs)), 12).tolist() == labels.tolist()
