import json
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layers.adjacency import Barriers, Crossings, neighbour_links
from layers.assignment import no_providers
from layers.proposal import plan_hash, propose
from tests.checker import is_blocked, metric_epsg, read_plan, violations
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


def write_plan(folder, *, providers=None, barriers=(), lock="", **values):
    """Propose for four compounds in a row, and write the files as the product would."""
    boxes = {name: box(x, 0) for name, x in zip("ABCD", range(0, 400, 100), strict=True)}
    sites = sites_of(list(boxes), list(boxes.values()), floor_area_m2=20_000.0, lock=lock)
    policy = policy_with(**values)
    links = neighbour_links(
        sites,
        Barriers(
            kinds=np.array(["river"] * len(barriers), dtype=str),
            geometries=np.array(barriers, dtype=object),
        ),
        Crossings(kinds=np.array([], dtype=str), lines=np.array([], dtype=object)),
        policy.links,
    )
    providers = no_providers() if providers is None else providers
    plan = propose(sites, links, providers, policy, on_date=date(2026, 6, 1))
    names = dict(zip(providers.ids.tolist(), providers.names.tolist(), strict=True))
    zones = gpd.GeoDataFrame(
        {
            "zone": [zone.label for zone in plan.zones],
            "floor_area_m2": [zone.floor_area_m2 for zone in plan.zones],
            "households": [zone.households for zone in plan.zones],
            "diameter_m": [zone.diameter_m for zone in plan.zones],
            "provider": [names.get(zone.provider, "") for zone in plan.zones],
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
            {"zone": r.zone, "provider": names[r.provider], "reason": r.reasons[0].sentence()}
            for r in plan.refusals
        ]
        or [{"zone": "", "provider": "", "reason": ""}]
    )
    summary = {
        "plan_hash": plan_hash(plan),
        "contiguity": str(policy.bundling.contiguity),
        "thresholds": vars(policy.thresholds),
        "totals": {key: float(value) for key, value in plan.totals.items()},
        "left_out": [{"site": s.id, "reason": s.reasons[0].sentence()} for s in plan.left_out],
    }
    for name, layer in {"zones": zones, "sites": rows, "links": joined}.items():
        layer.to_crs(4490).to_file(folder / "plan.gpkg", layer=name, driver="GPKG")
    gpd.GeoDataFrame(refusals, geometry=[None] * len(refusals), crs=4490).to_file(
        folder / "plan.gpkg", layer="refusals", driver="GPKG"
    )
    (folder / "plan.json").write_text(json.dumps(summary), encoding="utf-8")
    return read_plan(folder)


@pytest.fixture
def plan(tmp_path):
    return write_plan(tmp_path)


def frame_of(*geometries):
    return gpd.GeoDataFrame(geometry=list(geometries), crs=METRIC)


def test_a_good_plan_has_no_violation(plan):
    assert violations(plan, site_ids="ABCD", barriers=frame_of(river(950))) == []


def test_a_good_plan_with_a_river_lockouts_and_providers_has_none_either(tmp_path):
    providers = register("x", "y", capacity_m2={"x": 40_000.0})
    plan = write_plan(tmp_path, providers=providers, barriers=[river(195)], lock={"D": "-"})
    frame = pd.DataFrame(
        {"name": ["x物业", "y物业"], "capacity_m2": [40_000.0, None], "capacity_households": None}
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
    plan.summary["left_out"] = {"A": "因为"}


def plant_no_reason(plan):
    plan.sites.loc[0, "reason"] = " "


def plant_empty_zone(plan):
    plan.zones.loc[len(plan.zones)] = {**plan.zones.iloc[0], "zone": "9"}


def plant_wrong_sum(plan):
    plan.zones.loc[0, "floor_area_m2"] += 10


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
        ({"name": ["z"]}, "goes to x物业, whom nobody knows"),
        ({"capacity_m2": [10_000.0]}, "x物业 takes floor_area_m2 80000, its capacity is 10000"),
        ({"capacity_households": [1.0]}, "x物业 takes households 500, its capacity is 1"),
    ],
    ids=["unknown", "floor area", "households"],
)
def test_a_provider_who_cannot_is_found(plan, columns, words):
    plan.zones["provider"] = "x物业"
    frame = pd.DataFrame(
        {"name": ["x物业"], "capacity_m2": [np.nan], "capacity_households": [np.nan], **columns}
    )
    assert words in " ".join(violations(plan, providers=frame))


def test_a_provider_who_was_refused_is_found(plan):
    plan.zones["provider"] = "x物业"
    plan.refusals.loc[0] = {"zone": "1", "provider": "x物业"}
    frame = pd.DataFrame({"name": ["x物业"], "capacity_m2": [None], "capacity_households": [None]})
    found = " ".join(violations(plan, providers=frame))
    assert "x物业 is proposed for zone 1 and refused for it" in found


# --- the definition of a blocked link, by itself


def test_a_river_between_two_sites_blocks():
    assert is_blocked(box(0, 0), box(100, 0), river(95), REACH_M)


def test_a_river_that_ends_halfway_leaves_a_way():
    assert not is_blocked(box(0, 0), box(100, 0), river(95, north=45), REACH_M)


def test_a_way_around_a_river_may_be_no_longer_than_the_reach():
    narrow = river(110, south=-19, north=109)
    assert is_blocked(box(0, 0), box(130, 0), narrow, 45.0)


def test_a_river_inside_a_site_does_not_count():
    assert not is_blocked(box(0, 0), box(100, 0), river(45), REACH_M)


@pytest.mark.parametrize(("north", "blocked"), [(30, False), (60, True)])
def test_sites_that_touch_are_blocked_when_over_half_their_edge_is_covered(north, blocked):
    assert is_blocked(box(0, 0), box(90, 0), river(90, south=0, north=north), REACH_M) is blocked


def test_a_site_that_is_a_point_may_be_blocked_too():
    point = shapely.Point(EAST + 100, NORTH + 45)
    assert is_blocked(box(0, 0), point, river(95), REACH_M)
