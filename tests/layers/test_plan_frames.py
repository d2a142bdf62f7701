import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely

from geo.readers import Kind
from layers.draft import draft_plan
from layers.plan_frames import (
    LINK_COLUMNS,
    SITE_COLUMNS,
    ZONE_COLUMNS,
    no_plan,
    plan_frames,
    summary_of,
)
from layers.proposal import plan_hash
from tests.layers.grounds import METRIC_SRID, ground_of, rows_of
from tests.layers.towns import policy_with

DAY = date(2026, 6, 1)
COMMITTED = frozenset(
    {
        *("plan_hash", "seed", "policy", "contiguity", "thresholds", "totals", "left_out"),
        *("gap_percent", "gap_objective"),
    }
)
"""What plan.json must carry, seconds apart."""


def drafted(ground=None, *, seed=1, **policy):
    return draft_plan(ground or ground_of("A B"), policy_with(**policy), on_date=DAY, seed=seed)


def framed(ground=None, **policy):
    return plan_frames(drafted(ground, **policy))


def only(frame):
    (row,) = frame.to_dict("records")
    return row


# --- zones ----------------------------------------------------------------------------------


def test_a_zone_has_its_sums_and_its_outline():
    zone = only(framed().zones)
    assert set(zone) == {*ZONE_COLUMNS, "geometry"}
    assert (zone["zone"], zone["sites"]) == ("1", 2)
    assert (zone["floor_area_m2"], zone["households"]) == (40_000, 500)
    assert zone["diameter_m"] == pytest.approx(np.hypot(380, 180), abs=0.1)
    assert zone["walk_m"] == pytest.approx(200, abs=0.1)


def test_a_zones_outline_holds_its_sites():
    plan = framed()
    outline = plan.zones.to_crs(METRIC_SRID).geometry[0].buffer(0.01)
    assert plan.sites.to_crs(METRIC_SRID).geometry.within(outline).all()


def test_frames_are_in_the_storage_system():
    plan = framed()
    srids = {frame.crs.to_epsg() for frame in (plan.zones, plan.sites, plan.links)}
    assert srids == {4490}


def test_a_zones_reason_tells_the_zone_and_its_provider():
    firm = {"name": "甲物业", "kind": "state", "grade": "A"}
    ground = replace(ground_of("A B"), providers=rows_of(Kind.PROVIDER, firm))
    zone = only(framed(ground).zones)
    assert (zone["provider"], zone["is_backstop"]) == ("甲物业", False)
    assert "甲物业" in zone["reason"]


def test_a_zone_of_which_nothing_is_known_has_no_numbers_rather_than_zero():
    zone = only(framed(ground_of("A", floor_area_m2={"A": None})).zones)
    assert zone["floor_area_m2"] is None or np.isnan(zone["floor_area_m2"])
    assert (zone["households_unknown"], zone["exception"]) == (1, "below_minimum")


def test_sums_of_sites_agree_with_their_zones():
    areas = {letter: 1_000 + 7 / 9 * n for n, letter in enumerate("ABCDEF")}
    plan = framed(ground_of("A B C\nD E F", floor_area_m2=areas))
    for key in ("floor_area_m2", "households"):
        of_sites = plan.sites.groupby("zone")[key].sum()
        of_zones = plan.zones.set_index("zone")[key]
        assert of_sites.to_numpy() == pytest.approx(of_zones[of_sites.index].to_numpy(), abs=0.05)


# --- sites ----------------------------------------------------------------------------------


def test_every_planned_site_stands_there_once_with_zone_and_reason():
    sites = framed(ground_of("A B C", provider={"C": "甲物业"})).sites
    assert list(sites.columns) == [*SITE_COLUMNS, "geometry"]
    assert sites["site"].tolist() == ["A", "B"]
    assert sites["name"].tolist() == ["A小区", "B小区"]
    assert (sites["reason"] != "").all()


def test_a_site_names_the_finest_area_that_holds_it():
    community = {"name": "幸福社区", "code": "D1-1", "level": "community"}
    district = {"name": "示例区", "code": "D", "level": "district"}
    town = ground_of("A B C")
    areas = rows_of(
        Kind.AREA,
        {
            "name": "东街道",
            "code": "D1",
            "level": "subdistrict",
            "geometry": shapely.box(0, 0, 400, 200),
        },
        community | {"geometry": shapely.box(0, 0, 200, 200)},
        district | {"geometry": shapely.box(0, 0, 600, 200)},
    )
    sites = framed(replace(town, areas=areas)).sites
    assert sites["area_code"].tolist() == ["D1-1", "D1", "D"]


def test_a_site_outside_all_areas_has_no_area_code():
    ground = replace(ground_of("A"), areas=rows_of(Kind.AREA))
    assert framed(ground).sites["area_code"].tolist() == [""]


def test_a_compound_without_an_outline_is_a_point():
    ground = ground_of("A")
    point = ground.compounds.assign(geometry=ground.compounds.geometry.representative_point())
    sites = framed(replace(ground, compounds=point)).sites
    assert sites.geom_type.tolist() == ["Point"]


# --- links and refusals ---------------------------------------------------------------------


def test_links_are_drawn_as_the_shortest_line_between_two_sites():
    links = framed().links
    link = only(links)
    assert list(links.columns) == [*LINK_COLUMNS, "geometry"]
    assert (link["a"], link["b"], link["kind"], link["open"]) == ("A", "B", "near", True)
    assert link["gap_m"] == pytest.approx(20, abs=0.001)
    assert links.to_crs(METRIC_SRID).length[0] == pytest.approx(20, abs=0.001)


def test_a_blocked_link_names_its_barrier():
    river = {"kind": "river", "geometry": shapely.LineString([(200, -500), (200, 500)])}
    ground = replace(ground_of("A B"), barriers=rows_of(Kind.BARRIER, river))
    link = only(framed(ground).links)
    assert (link["barrier"], link["open"]) == ("river", False)


def test_refused_providers_come_with_the_reason():
    small = {"name": "乙物业", "kind": "private", "capacity_m2": 10.0}
    ground = replace(ground_of("A B"), providers=rows_of(Kind.PROVIDER, small))
    refusal = only(framed(ground).refusals)
    assert (refusal["zone"], refusal["provider"]) == ("1", "乙物业")
    assert refusal["reason"] != ""


def test_without_providers_the_table_of_refusals_has_its_columns():
    refusals = framed().refusals
    assert refusals.empty
    assert refusals.columns.tolist() == ["zone", "provider", "reason"]


# --- the summary ----------------------------------------------------------------------------


def test_the_summary_carries_what_was_promised():
    summary = summary_of(drafted(seed=7))
    assert set(summary) >= COMMITTED
    assert (summary["seed"], summary["policy"]) == (7, "default")
    assert (summary["on_date"], summary["metric_srid"]) == ("2026-06-01", METRIC_SRID)
    assert summary["thresholds"]["floor_area_max_m2"] == 100_000
    assert summary["totals"]["sites"] == 2


def test_the_summary_bears_the_hash_of_the_plan():
    draft = drafted()
    assert summary_of(draft)["plan_hash"] == plan_hash(draft.proposal)


def test_the_gap_comes_with_the_objective_it_belongs_to():
    summary = summary_of(drafted())
    assert summary["gap_objective"] in summary["objectives"]
    assert set(summary["bounds"]) == set(summary["objectives"])


def test_a_site_left_out_is_listed_with_its_reason_in_words_and_by_key():
    summary = summary_of(drafted(ground_of("A"), below_minimum="leave_out"))
    (left_out,) = summary["left_out"]
    assert left_out["site"] == "A"
    assert left_out["reason"].endswith("。")
    assert all(key.startswith(("site.", "zone.")) for key in left_out["reasons"])


def test_unknown_totals_are_null_and_the_summary_is_plain_json():
    summary = summary_of(drafted(ground_of("A", floor_area_m2={"A": None})))
    again = json.loads(json.dumps(summary, allow_nan=False))
    assert again["totals"]["floor_area_m2"] is None
    assert again["totals"]["sites"] == 1


def test_sentences_are_in_the_language_that_was_asked_for():
    draft = drafted(ground_of("A"), below_minimum="leave_out")
    plan = plan_frames(draft, translate=lambda _sentence: "translated")
    assert only(plan.sites)["reason"].startswith("translated")
    assert plan.summary["left_out"][0]["reason"].startswith("translated")


def test_no_plan_has_the_columns_of_a_plan_and_no_rows():
    none, plan = no_plan(), framed()
    for name in ("zones", "sites", "links"):
        assert getattr(none, name).empty
        assert list(getattr(none, name).columns) == list(getattr(plan, name).columns)
    assert (none.refusals.empty, none.summary) == (True, {})
