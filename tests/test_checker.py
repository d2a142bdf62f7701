import json
from copy import deepcopy
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layers.adjacency import Barriers, Crossings, neighbour_links
from layers.assignment import no_providers
from layers.proposal import plan_hash, propose
from tests.checker import metric_epsg, read_plan, violations
from tests.checker_links import is_blocked
from tests.layers.test_assignment import register
from tests.layers.towns import policy_with, sites_of

EAST, NORTH = 500_000, 4_000_000
"""The false easting of a zone's meridian, so that the drawn metres are metres of the place."""
METRIC = 4548
REACH_M = 60.0


def box(x, y, width=90):
    return shapely.box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + 90)


def river(x, south=-500, north=500):
    return shapely.LineString([(EAST + x, NORTH + south), (EAST + x, NORTH + north)])


def write_plan(folder, *, providers=None, barriers=(), crossings=(), lock="", subdistrict="S1"):
    """Propose for four compounds in a row, and write the files as the product would."""
    boxes = {name: box(x, 0) for name, x in zip("ABCD", range(0, 400, 100), strict=True)}
    columns = {"floor_area_m2": 20_000.0, "lock": lock, "subdistrict": subdistrict}
    sites = sites_of(list(boxes), list(boxes.values()), **columns)
    policy = policy_with()
    links = neighbour_links(
        sites,
        Barriers(
            kinds=np.array(["river"] * len(barriers), dtype=str),
            geometries=np.array(barriers, dtype=object),
        ),
        Crossings(
            kinds=np.array(["bridge"] * len(crossings), dtype=str),
            lines=np.array(crossings, dtype=object),
        ),
        policy.links,
    )
    providers = no_providers() if providers is None else providers
    plan = propose(sites, links, providers, policy, on_date=date(2026, 6, 1))
    zones = gpd.GeoDataFrame(
        {
            "zone": [zone.label for zone in plan.zones],
            "floor_area_m2": [zone.floor_area_m2 for zone in plan.zones],
            "households": [zone.households for zone in plan.zones],
            "diameter_m": [zone.diameter_m for zone in plan.zones],
            "provider": [zone.provider for zone in plan.zones],
            "exception": [str(zone.exception) for zone in plan.zones],
        },
        geometry=[shapely.union_all([boxes[m] for m in zone.members]) for zone in plan.zones],
        crs=METRIC,
    )
    rows = gpd.GeoDataFrame(
        {
            "site": [site.id for site in plan.sites],
            "zone": [site.zone or None for site in plan.sites],
            "floor_area_m2": sites.floor_area_m2,
            "households": sites.households,
            "area_code": sites.subdistrict,
            "exception": [str(site.exception) for site in plan.sites],
            "reason": ["".join(r.sentence() for r in site.reasons) for site in plan.sites],
        },
        geometry=sites.polygons,
        crs=METRIC,
    )
    ends = [shapely.LineString([boxes["ABCD"[i]].centroid, boxes["ABCD"[j]].centroid])
            for i, j in zip(links.a, links.b, strict=True)]  # fmt: skip
    joined = gpd.GeoDataFrame(
        {
            "a": sites.ids[links.a],
            "b": sites.ids[links.b],
            "gap_m": links.gap_m,
            "cost_m": links.cost_m,
            "kind": links.kind,
            "barrier": links.barrier,
            "open": links.is_open,
        },
        geometry=ends,
        crs=METRIC,
    )
    refusals = pd.DataFrame(
        [
            {"zone": r.zone, "provider": r.provider, "reason": r.reasons[0].sentence()}
            for r in plan.refusals
        ]
        or [{"zone": "", "provider": "", "reason": ""}]
    )
    summary = {
        "plan_hash": plan_hash(plan),
        "contiguity": str(policy.bundling.contiguity),
        "scope": str(policy.bundling.scope),
        "thresholds": vars(policy.thresholds),
        "totals": {key: float(value) for key, value in plan.totals.items()},
        "left_out": [{"site": s.id, "reasons": [r.key for r in s.reasons]} for s in plan.left_out],
    }
    for name, layer in {"zones": zones, "sites": rows, "links": joined}.items():
        layer.to_crs(4490).to_file(folder / "plan.gpkg", layer=name, driver="GPKG")
    gpd.GeoDataFrame(refusals, geometry=[None] * len(refusals), crs=4490).to_file(
        folder / "plan.gpkg", layer="refusals", driver="GPKG"
    )
    (folder / "plan.json").write_text(json.dumps(summary), encoding="utf-8")
    return read_plan(folder)


@pytest.fixture(scope="module")
def plan_of_the_row(tmp_path_factory):
    return write_plan(tmp_path_factory.mktemp("row"))


@pytest.fixture
def plan(plan_of_the_row):
    """Return a plan of one's own, to plant faults in."""
    return deepcopy(plan_of_the_row)


def frame_of(*geometries, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(geometries), crs=METRIC)


def bridge(x):
    return shapely.LineString([(EAST + x - 20, NORTH + 45), (EAST + x + 20, NORTH + 45)])


AREAS = frame_of(
    *(shapely.box(EAST + x, NORTH - 200, EAST + x + 195, NORTH + 200) for x in (0, 195)),
    shapely.box(EAST, NORTH - 200, EAST + 400, NORTH + 200),
    area=["S1", "S2", "D"],
    level=["subdistrict", "subdistrict", "district"],
    parent=["D", "D", ""],
)
"""A street office for A and B, another for C and D, and their district."""
TREE = pd.DataFrame(AREAS[["area", "level", "parent"]])


def test_a_good_plan_has_no_violation(plan):
    assert violations(plan, site_ids="ABCD", barriers=frame_of(river(950))) == []


def test_a_good_plan_with_a_river_lockouts_and_providers_has_none_either(tmp_path):
    providers = register("x", "y", capacity_m2={"x": 40_000.0})
    plan = write_plan(tmp_path, providers=providers, barriers=[river(195)], lock={"D": "-"})
    frame = pd.DataFrame(
        {"id": ["x", "y"], "capacity_m2": [40_000.0, None], "capacity_households": None}
    )
    assert violations(plan, barriers=frame_of(river(195)), providers=frame, site_ids="ABCD") == []


def test_the_metric_zone_is_that_of_the_place(plan):
    assert metric_epsg(plan.sites) == METRIC


def plant_doubled_site(plan):
    plan.sites = pd.concat([plan.sites, plan.sites[:1]], ignore_index=True)


def plant_lost_site(plan):
    plan.sites = plan.sites[1:]


def plant_strange_site(plan):
    plan.sites.loc[0, "site"] = "Q"


def plant_doubled_zone(plan):
    plan.zones = pd.concat([plan.zones, plan.zones[:1]], ignore_index=True)


def plant_unknown_zone(plan):
    plan.sites.loc[0, "zone"] = "99"


def plant_silent_left_out(plan):
    plan.sites.loc[0, "zone"] = ""


def plant_false_left_out(plan):
    plan.summary["left_out"] = [{"site": "A", "reasons": ["site.locked_out"]}]


def plant_no_reason(plan):
    plan.sites.loc[0, "reason"] = " "


def plant_empty_zone(plan):
    plan.zones.loc[len(plan.zones)] = {**plan.zones.iloc[0], "zone": "9"}


def plant_wrong_sum(plan):
    plan.zones.loc[0, "floor_area_m2"] += 100


def plant_wrong_households(plan):
    plan.zones.loc[0, "households"] = np.nan


def plant_wrong_diameter(plan):
    plan.zones.loc[0, "diameter_m"] += 1


def plant_zone_in_parts(plan):
    plan.links["open"] = False
    plan.links["barrier"] = "river"


def plant_over_maximum(plan):
    plan.summary["thresholds"]["floor_area_max_m2"] = 30_000


def plant_under_minimum(plan):
    plan.summary["thresholds"]["households_min"] = 9_999


def plant_too_wide(plan):
    plan.summary["thresholds"]["diameter_max_m"] = 100


def plant_false_oversize(plan):
    plan.zones.loc[0, "exception"] = "oversize"


def plant_false_below_minimum(plan):
    plan.zones.loc[0, "exception"] = "below_minimum"


def plant_strange_exception(plan):
    plan.zones.loc[0, "exception"] = "because"


def plant_link_to_nowhere(plan):
    plan.links.loc[0, "a"] = "Q"


def plant_doubled_link(plan):
    plan.links = pd.concat([plan.links, plan.links[:1]], ignore_index=True)


def plant_wrong_gap(plan):
    plan.links.loc[0, "gap_m"] -= 3


def plant_cheap_link(plan):
    plan.links.loc[0, "cost_m"] = 0


def plant_link_closed_by_nothing(plan):
    plan.links.loc[0, "open"] = False


def plant_missing_link(plan):
    plan.links = plan.links[1:]


def plant_wrong_total(plan):
    plan.summary["totals"]["zones"] += 1


def plant_missing_total(plan):
    del plan.summary["totals"]["floor_area_m2"]


def plant_no_hash(plan):
    plan.summary["plan_hash"] = "abc"


PLANTED = {
    plant_doubled_site: "site A occurs 2 times",
    plant_lost_site: "site A is lost",
    plant_strange_site: "site Q was never given",
    plant_doubled_zone: "zone 1 occurs 2 times",
    plant_unknown_zone: "site A is in zone 99, which does not exist",
    plant_silent_left_out: "site A is left out without a reason",
    plant_false_left_out: "site A is said to be left out, but is in a zone",
    plant_no_reason: "site A has no reason",
    plant_empty_zone: "zone 9 holds no site",
    plant_wrong_sum: "says floor_area_m2",
    plant_wrong_households: "says households 0.00, its sites sum to",
    plant_wrong_diameter: "says diameter_m",
    plant_zone_in_parts: "zone 1 is in",
    plant_over_maximum: "zone 1 breaks floor_area_max_m2 without an exception",
    plant_under_minimum: "zone 1 breaks households_min without an exception",
    plant_too_wide: "zone 1 breaks diameter_max_m without an exception",
    plant_false_oversize: "zone 1 is called oversize, but keeps every maximum",
    plant_false_below_minimum: "zone 1 is called below_minimum, but reaches it",
    plant_strange_exception: "zone 1 has an exception that nobody knows: because",
    plant_link_to_nowhere: "link Q–B does not join two known sites",
    plant_doubled_link: "link A–B occurs twice",
    plant_wrong_gap: "link A–B says gap_m 7.00, it is 10.00",
    plant_cheap_link: "link A–B costs less than its gap",
    plant_link_closed_by_nothing: "link A–B is closed by nothing",
    plant_missing_link: "link A–B is missing",
    plant_wrong_total: "the total of zones is said to be",
    plant_missing_total: "the total of floor_area_m2 is missing",
    plant_no_hash: "the plan has no hash",
}


@pytest.mark.parametrize(
    ("plant", "words"), PLANTED.items(), ids=lambda each: getattr(each, "__name__", "")
)
def test_what_was_planted_is_found(plan, plant, words):
    plant(plan)
    assert [text for text in violations(plan, site_ids="ABCD") if words in text]


def test_a_zone_of_several_sites_is_not_oversize(plan):
    plant_over_maximum(plan)
    plant_false_oversize(plan)
    assert "zone 1 is called oversize, but holds" in " ".join(violations(plan))


def test_an_open_link_longer_than_the_reach_is_found(plan):
    assert "link A–B is open over 10.0 m, farther than the reach" in violations(plan, reach_m=5.0)


def test_an_open_link_through_a_river_is_found(plan):
    assert violations(plan, barriers=frame_of(river(195))) == ["link B–C is open through a barrier"]


def test_a_zone_in_parts_is_no_violation_where_the_policy_does_not_ask(plan):
    plant_zone_in_parts(plan)
    plan.summary["contiguity"] = "none"
    assert violations(plan) == []


def test_a_locked_zone_may_break_what_it_likes(plan):
    plant_zone_in_parts(plan)
    plant_over_maximum(plan)
    plan.zones["exception"] = "locked"
    assert violations(plan) == []


def test_thresholds_do_not_apply_where_nothing_is_bundled(plan):
    plant_too_wide(plan)
    plan.summary["strategy"] = "none"
    assert violations(plan) == []


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"id": ["z"]}, "goes to x, whom nobody knows"),
        ({"capacity_m2": [10_000.0]}, "x takes floor_area_m2 80000, its capacity is 10000"),
        ({"capacity_households": [1.0]}, "x takes households 500, its capacity is 1"),
    ],
    ids=["unknown", "floor area", "households"],
)
def test_a_provider_who_cannot_is_found(plan, columns, words):
    plan.zones["provider"] = "x"
    frame = pd.DataFrame(
        {"id": ["x"], "capacity_m2": [np.nan], "capacity_households": [np.nan], **columns}
    )
    assert words in " ".join(violations(plan, providers=frame))


def test_a_provider_who_was_refused_is_found(plan):
    plan.zones["provider"] = "x"
    plan.refusals.loc[0] = {"zone": "1", "provider": "x"}
    frame = pd.DataFrame({"id": ["x"], "capacity_m2": [None], "capacity_households": [None]})
    found = " ".join(violations(plan, providers=frame))
    assert "x is proposed for zone 1 and refused for it" in found


# --- the managing area that no zone leaves


@pytest.fixture
def two_areas(tmp_path):
    """A and B lie in one street office, C and D in another."""
    return write_plan(tmp_path, subdistrict={"A": "S1", "B": "S1", "C": "S2", "D": "S2"})


@pytest.mark.parametrize("areas", [TREE, AREAS], ids=["tree", "shapes"])
def test_zones_that_stay_in_their_street_office_are_lawful(two_areas, areas):
    assert violations(two_areas, areas=areas) == []


def test_a_zone_over_two_street_offices_is_found(plan):
    plan.sites["area_code"] = ["S1", "S1", "S2", "S2"]
    assert violations(plan, areas=TREE) == ["zone 1 leaves its subdistrict: S1, S2"]


def test_a_zone_partly_in_no_street_office_is_found(plan):
    plan.sites["area_code"] = ["S1", "S1", "S1", "D"]
    assert violations(plan, areas=TREE) == ["zone 1 leaves its subdistrict: none, S1"]


def test_a_zone_over_two_street_offices_keeps_a_wider_scope(plan):
    plan.sites["area_code"] = ["S1", "S1", "S2", "S2"]
    plan.summary["scope"] = "district"
    assert violations(plan, areas=AREAS) == []


def test_a_site_in_no_area_is_in_the_city_all_the_same(plan):
    plan.sites["area_code"] = ["S1", "S1", "S2", ""]
    plan.summary["scope"] = "city"
    city = pd.DataFrame({"area": ["X"], "level": ["city"], "parent": [""]})
    assert violations(plan, areas=pd.concat([TREE.replace({"parent": {"": "X"}}), city])) == []


def test_a_locked_zone_may_leave_its_street_office(plan):
    plan.sites["area_code"] = ["S1", "S1", "S2", "S2"]
    plan.zones["exception"] = "locked"
    assert violations(plan, areas=TREE) == []


def test_an_area_that_nobody_knows_is_found(plan):
    plan.sites["area_code"] = "S9"
    assert "site A is said to lie in S9, which nobody knows" in violations(plan, areas=TREE)


def test_a_site_that_lies_elsewhere_than_it_says_is_found(plan):
    """Else a plan could call all of a zone's sites neighbours of one office."""
    assert violations(plan, areas=AREAS) == [
        "site C lies in S2, not in S1",
        "site D lies in S2, not in S1",
    ]


def test_a_site_without_extent_lies_where_its_point_is(two_areas):
    two_areas.sites.loc[3, "geometry"] = box(300, 0).centroid
    two_areas.sites.loc[3, "area_code"] = "S1"
    assert "site D lies in S2, not in S1" in violations(two_areas, areas=AREAS)


# --- links that are closed, and what they say of it


@pytest.fixture
def two_banks(tmp_path):
    """A river flows between B and C."""
    return write_plan(tmp_path, barriers=[river(195)])


RIVER = frame_of(river(195), kind=["river"])


def close(plan, a, *, barrier="river"):
    plan.links.loc[plan.links.a == a, ["open", "barrier"]] = [False, barrier]


def test_a_link_that_a_river_closes_is_lawful(two_banks):
    assert not two_banks.links.open.all()
    assert violations(two_banks, barriers=RIVER) == []


def test_a_link_closed_by_a_river_elsewhere_is_found(plan):
    close(plan, "C")
    found = violations(plan, barriers=frame_of(river(950), kind=["river"]))
    assert "link C–D is closed by river, which leaves a straight way free" in found


def test_a_link_closed_by_a_river_that_ends_halfway_is_found(plan):
    close(plan, "B")
    short = frame_of(river(195, north=30), kind=["river"])
    assert "link B–C is closed by river, which leaves a straight way free" in violations(
        plan, barriers=short
    )


def test_a_link_closed_by_another_kind_than_the_one_between_is_found(two_banks):
    close(two_banks, "B", barrier="railway")
    assert violations(two_banks, barriers=RIVER) == [
        "link B–C is closed by railway, which leaves a straight way free"
    ]


def test_two_kinds_may_close_a_link_together(plan):
    close(plan, "B", barrier="railway+river")
    plan.summary["contiguity"] = "none"
    both = frame_of(river(195, north=45), river(195, south=40), kind=["river", "railway"])
    assert violations(plan, barriers=both) == []


def test_barriers_without_kinds_are_all_taken_for_the_cause(two_banks):
    close(two_banks, "B", barrier="something")
    assert violations(two_banks, barriers=frame_of(river(195))) == []


def test_a_link_farther_than_the_reach_may_be_closed(plan):
    close(plan, "B")
    plan.summary["contiguity"] = "none"
    plan.links["kind"] = plan.links["kind"].mask(plan.links.a != "B", "planner")
    decided = [("A", "B"), ("C", "D")]
    dry = frame_of(river(950), kind=["river"])
    assert violations(plan, barriers=dry, decided=decided, reach_m=5.0) == []


def test_two_sites_with_a_free_way_and_no_link_at_all_are_found(plan):
    plan.links = plan.links[plan.links.a != "B"]
    assert "link B–C is missing" in violations(plan, barriers=RIVER)


def test_a_link_that_a_planner_cut_needs_no_barrier(plan):
    plan.links.loc[plan.links.a == "B", ["open", "kind"]] = [False, "planner"]
    plan.summary["contiguity"] = "none"
    assert violations(plan, barriers=frame_of(river(950)), decided=[("C", "B")]) == []


def test_a_link_that_no_planner_decided_is_found(plan):
    plan.links.loc[0, "kind"] = "planner"
    assert violations(plan) == ["link A–B is called a planner's, but nobody decided it"]


def test_a_link_of_a_strange_kind_is_found(plan):
    plan.links.loc[0, "kind"] = "magic"
    assert violations(plan) == ["link A–B is of a kind that nobody knows: magic"]


def test_a_link_over_a_bridge_is_lawful(tmp_path):
    plan = write_plan(tmp_path, barriers=[river(195)], crossings=[bridge(195)])
    assert (plan.links.kind == "crossing").any()
    assert violations(plan, barriers=RIVER, crossings=frame_of(bridge(195))) == []


def test_a_link_over_a_bridge_that_is_elsewhere_is_found(two_banks):
    two_banks.links.loc[two_banks.links.a == "B", ["open", "kind"]] = [True, "crossing"]
    assert violations(two_banks, barriers=RIVER, crossings=frame_of(bridge(700))) == [
        "link B–C leads over a crossing that is not there"
    ]


# --- the definition of a blocked link, by itself


def test_a_river_between_two_sites_blocks():
    assert is_blocked(box(0, 0), box(100, 0), [river(95)], REACH_M)


def test_a_river_that_ends_halfway_leaves_a_way():
    assert not is_blocked(box(0, 0), box(100, 0), [river(95, north=45)], REACH_M)


def test_a_way_around_a_river_may_be_no_longer_than_the_reach():
    narrow = river(110, south=-19, north=109)
    assert is_blocked(box(0, 0), box(130, 0), [narrow], 45.0)


def test_a_river_inside_a_site_does_not_count():
    assert not is_blocked(box(0, 0), box(100, 0), [river(45)], REACH_M)


@pytest.mark.parametrize(("north", "blocked"), [(30, False), (60, True)])
def test_sites_that_touch_are_blocked_when_over_half_their_edge_is_covered(north, blocked):
    assert is_blocked(box(0, 0), box(90, 0), [river(90, south=0, north=north)], REACH_M) is blocked


def test_a_site_that_is_a_point_may_be_blocked_too():
    point = shapely.Point(EAST + 100, NORTH + 45)
    assert is_blocked(box(0, 0), point, [river(95)], REACH_M)


@pytest.mark.parametrize(("x", "blocked"), [(90, True), (95, False)])
def test_sites_that_touch_in_a_corner_are_judged_by_their_ways(x, blocked):
    corner = shapely.box(EAST + 90, NORTH + 90, EAST + 180, NORTH + 180)
    assert is_blocked(box(0, 0), corner, [river(x)], 5.0) is blocked
