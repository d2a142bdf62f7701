"""Real files, as they were published, through the command that people run."""

import io
import os
import re

import geopandas as gpd
import pytest
from django.core.management import call_command

from geo.crs import Datum
from geo.readers import Kind, read_file
from layers.landing import landing_of
from tests.checker import read_plan, violations
from tests.maps.plans import DAY, hash_in, summary_of

pytestmark = [pytest.mark.real_data, pytest.mark.timeout(1_800)]

ONCE_OF_CHAOYANG = pytest.mark.xdist_group("chaoyang")
"""One process plans a place for all tests that look at its plan."""


def ONCE_OF_SHANGHAI(test):  # noqa: N802 (a mark, as that of Chaoyang)
    """Mark a test of the whole city: minutes, so only where LIANPIAN_LONG=1 asks for it."""
    is_asked = os.environ.get("LIANPIAN_LONG") == "1"
    skipped = pytest.mark.skipif(not is_asked, reason="the whole of Shanghai: LIANPIAN_LONG=1")
    return skipped(pytest.mark.xdist_group("shanghai")(test))


CHAOYANG_SRID, SHANGHAI_SRID = 4548, 4549
SHARES = re.compile(r"楼栋落在小区内 ([\d.]+)%，压在小区边界上 ([\d.]+)%")


def planned(out, *options: str) -> str:
    said = io.StringIO()
    call_command("plan_files", *options, "--date", DAY, "--out", str(out), stdout=said)
    return said.getvalue()


def shares_in(said: str) -> tuple[float, float]:
    inside, cut = SHARES.search(said).groups()
    return float(inside), float(cut)


@pytest.fixture(scope="module")
def chaoyang(real_data, tmp_path_factory):
    """Compounds in BD-09 and bus lines in GCJ-02 over buildings and subdistricts in WGS84."""
    folder, out = real_data / "beijing_chaoyang", tmp_path_factory.mktemp("chaoyang")
    said = planned(
        out,
        *("--compounds", f"{folder}/compounds_bd09.geojson@bd09"),
        *("--buildings", f"{folder}/buildings_wgs84.geojson@wgs84"),
        *("--fields", "building:height=storeys"),
        *("--barriers", f"{folder}/bus_lines_gcj02.geojson@gcj02", "--kind", "barrier:arterial"),
        *("--areas", f"{folder}/street_offices_wgs84.geojson@wgs84"),
    )
    return out, said


@pytest.fixture(scope="module")
def shanghai(real_data, tmp_path_factory):
    """All compounds of the city as published, and the roads and waters of the Huangpu's banks.

    The roads come twice: their words tell which of them separate, and their bridges lead over.
    """
    folder, out = real_data / "shanghai", tmp_path_factory.mktemp("shanghai")
    said = planned(
        out,
        *("--compounds", f"{folder}/compounds_raw_bd09.json@bd09"),
        *("--buildings", f"{folder}/buildings_osm_wgs84.geojson@wgs84"),
        *("--fields", "building:height=height_m"),
        *("--barriers", f"{folder}/roads_osm_wgs84.geojson@wgs84"),
        f"{folder}/water_osm_wgs84.geojson@wgs84",
        *("--fields", "barrier:kind_detail=kind", "--fields", "barrier:kind=kind"),
        *("--crossings", f"{folder}/roads_osm_wgs84.geojson@wgs84"),
        *("--fields", "crossing:is_bridge=kind", "--fields", "crossing:kind_detail=road"),
        *("--repair", "--skip-faulty"),
        *("--effort", "quick"),
    )
    return out, said


@pytest.fixture(scope="module")
def chaoyang_ground(real_data):
    folder = real_data / "beijing_chaoyang"
    compounds = read_file(
        folder / "compounds_bd09.geojson", kind=Kind.COMPOUND, datum=Datum.BD09
    ).frame
    buildings = read_file(
        folder / "buildings_wgs84.geojson", kind=Kind.BUILDING, datum=Datum.WGS84
    ).frame
    return compounds, buildings


@ONCE_OF_CHAOYANG
def test_the_plan_of_chaoyang_keeps_its_limits_before_an_independent_judge(chaoyang, real_data):
    offices = gpd.read_file(real_data / "beijing_chaoyang" / "street_offices_wgs84.geojson")
    areas = offices.rename(columns={"乡": "area"}).assign(level="subdistrict", parent="")
    assert violations(read_plan(chaoyang[0]), areas=areas) == []


@ONCE_OF_CHAOYANG
def test_every_compound_of_chaoyang_is_planned(chaoyang, chaoyang_ground):
    sites = gpd.read_file(chaoyang[0] / "plan.gpkg", layer="sites")
    assert set(chaoyang_ground[0]["code"]) <= set(sites["site"])
    assert sites["site"].is_unique


@ONCE_OF_CHAOYANG
def test_the_level_of_the_subdistricts_is_taken_from_their_heading(chaoyang):
    assert "没有“层级”列，按表头“乡”，层级为乡。" in chaoyang[1]
    areas = gpd.read_file(chaoyang[0] / "plan.gpkg", layer="sites")["area_code"]
    assert (areas != "").mean() > 0.99


@ONCE_OF_CHAOYANG
def test_no_zone_of_chaoyang_leaves_its_subdistrict(chaoyang):
    sites = gpd.read_file(chaoyang[0] / "plan.gpkg", layer="sites")
    placed = sites[sites["zone"] != ""]
    assert placed.groupby("zone")["area_code"].nunique().max() == 1


@ONCE_OF_CHAOYANG
def test_compounds_of_chaoyang_land_on_their_buildings(chaoyang, chaoyang_ground):
    """With another datum, or 300 m off, lines would cut through far more houses."""
    compounds, buildings = chaoyang_ground
    inside, cut = shares_in(chaoyang[1])
    moved = compounds.to_crs(CHAOYANG_SRID).translate(300, 0).to_crs(4490)
    shifted = landing_of(compounds.set_geometry(moved), buildings, srid=CHAOYANG_SRID)
    assert inside > 100 * shifted.inside_share
    assert cut < 100 * shifted.cut_share / 2


@ONCE_OF_SHANGHAI
def test_the_plan_of_shanghai_keeps_its_limits_before_an_independent_judge(shanghai):
    assert violations(read_plan(shanghai[0])) == []


@ONCE_OF_SHANGHAI
def test_faulty_outlines_of_shanghai_are_mended_or_left_out_and_each_is_told(shanghai):
    said = shanghai[1]
    assert "compounds_raw_bd09.json：小区 2,907 行" in said
    assert "7 行有错误，没有导入。" in said
    assert re.search(r"第 117 行：边界自相交，位置 121\.4259\d*, 31\.2502\d*。已自动修复", said)
    assert "第 7 行：边界只有 1 个点，至少需要 4 个（首尾相同）。" in said


@ONCE_OF_SHANGHAI
def test_every_step_of_shanghai_is_timed(shanghai):
    seconds = summary_of(shanghai[0])["seconds"]
    assert set(seconds) == {"read", "sites", "links", "proposal", "check", "write"}
    assert summary_of(shanghai[0])["plan_hash"] == hash_in(shanghai[1])


@ONCE_OF_SHANGHAI
def test_what_is_no_barrier_among_the_roads_and_waters_of_shanghai_is_counted(shanghai):
    said = shanghai[1]
    assert "roads_osm_wgs84.geojson：阻隔 212 行" in said
    assert "827 行按“kind_detail”列不是阻隔，没有导入：service 255、footway 202、" in said
    assert "55 行按“is_tunnel”列不是阻隔，没有导入：true 55。" in said
    assert "water_osm_wgs84.geojson：阻隔 26 行" in said
    assert "2 行按“kind”列不是阻隔，没有导入：swimming_pool 2。" in said


@ONCE_OF_SHANGHAI
def test_bridges_of_shanghai_are_crossings_and_elevated_trunk_roads_are_none(shanghai):
    said = shanghai[1]
    assert "roads_osm_wgs84.geojson：通道 29 行" in said
    assert "6 行按“kind_detail”列不是通道，没有导入：trunk_link 4、trunk 2。" in said
    assert "第 176 行：通道须是一条连续的线，这里有 2 段。" in said


@ONCE_OF_SHANGHAI
def test_roads_of_shanghai_stand_between_neighbours(shanghai):
    links = gpd.read_file(shanghai[0] / "plan.gpkg", layer="links")
    assert "arterial" in set(links["barrier"])


@ONCE_OF_SHANGHAI
def test_no_zone_of_shanghai_lies_across_the_huangpu(shanghai, real_data):
    """Few of the compounds lie where roads and waters are known: 31, half of them by the river."""
    water = gpd.read_file(real_data / "shanghai" / "water_osm_wgs84.geojson").to_crs(SHANGHAI_SRID)
    river = water[water["name"] == "黄浦江"].geometry.union_all()
    sites = gpd.read_file(shanghai[0] / "plan.gpkg", layer="sites").to_crs(SHANGHAI_SRID)
    near = sites[(sites["zone"] != "") & (sites.distance(river) < 500)]
    zones = near.assign(geometry=near.representative_point()).dissolve("zone").convex_hull
    assert len(near) >= 10
    assert not zones.intersects(river).any()
