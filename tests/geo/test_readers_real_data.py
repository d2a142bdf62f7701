"""Files as they are found, read through the sandbox. Numbers are what the files hold."""

import re

import numpy as np
import pytest
import shapely

from geo.crs import Datum, to_metric
from geo.errors import InputError
from geo.readers import Kind, read_file
from tests.geo.upload import notices_of

pytestmark = pytest.mark.real_data

BEIJING_SRID = 4548


@pytest.fixture(scope="module")
def beijing(real_data):
    return real_data / "beijing_chaoyang"


@pytest.fixture(scope="module")
def buildings(beijing):
    reading = read_file(
        beijing / "buildings_wgs84.geojson", kind=Kind.BUILDING, fields={"height": "storeys"}
    )
    return to_metric(reading.frame.geometry.to_numpy(), BEIJING_SRID)


def compounds(beijing, datum):
    reading = read_file(beijing / "compounds_bd09.geojson", kind=Kind.COMPOUND, datum=datum)
    return to_metric(reading.frame.geometry.to_numpy(), BEIJING_SRID)


def share_cut(buildings, compounds):
    """Return the share of the buildings' area that stands on the compounds' lines."""
    lines = shapely.union_all(shapely.boundary(compounds))
    shapely.prepare(lines)
    areas = shapely.area(buildings)
    return areas[shapely.intersects(lines, buildings)].sum() / areas.sum()


def share_inside(buildings, compounds):
    union = shapely.union_all(compounds)
    return (
        shapely.area(shapely.intersection(buildings, union)).sum() / shapely.area(buildings).sum()
    )


def test_every_compound_and_building_of_chaoyang_is_read(beijing, buildings):
    assert (len(compounds(beijing, Datum.BD09)), len(buildings)) == (204, 5442)


def test_compounds_in_bd09_land_on_their_buildings(beijing, buildings):
    right = compounds(beijing, Datum.BD09)
    wrong = [compounds(beijing, datum) for datum in (Datum.WGS84, Datum.GCJ02)]
    assert share_cut(buildings, right) * 1.9 < min(share_cut(buildings, w) for w in wrong)
    assert share_inside(buildings, right) > 1.6 * max(share_inside(buildings, w) for w in wrong)


def test_no_shift_by_hand_fits_better_than_the_conversion(beijing, buildings):
    there = compounds(beijing, Datum.BD09)
    shifts = [(0, 0), (15, 0), (-15, 0), (0, 15), (0, -15)]
    cut = [
        share_cut(buildings, shapely.transform(there, lambda p, by=by: p + np.array(by)))
        for by in shifts
    ]
    assert np.argmin(cut) == 0


def test_compounds_of_chaoyang_do_not_overlap(beijing):
    there = compounds(beijing, Datum.BD09)
    overlap_m2 = shapely.area(there).sum() - shapely.area(shapely.union_all(there))
    assert overlap_m2 < 1000


def test_streets_of_chaoyang_are_areas_by_a_constant(beijing):
    path = beijing / "street_offices_wgs84.geojson"
    frame = read_file(path, kind=Kind.AREA, constants={"level": "街道"}).frame
    assert (len(frame), set(frame.level), "三里屯街道" in set(frame.name)) == (
        20,
        {"subdistrict"},
        True,
    )


def test_bus_lines_in_gcj02_are_barriers_by_a_constant(beijing):
    path = beijing / "bus_lines_gcj02.geojson"
    reading = read_file(path, kind=Kind.BARRIER, datum=Datum.GCJ02, constants={"kind": "arterial"})
    assert len(reading.frame) == 311


def test_open_rings_of_shanghai_are_refused_row_by_row(real_data):
    path = real_data / "shanghai" / "compounds_raw_bd09.json"
    with pytest.raises(InputError) as caught:
        read_file(path, kind=Kind.COMPOUND, datum=Datum.BD09)
    told = [fault.sentence() for fault in caught.value.faults]
    assert sum("边界没有闭合" in sentence for sentence in told) == 2903


@pytest.mark.parametrize(
    ("name", "kept", "left_out"),
    [
        pytest.param("shanghai/compounds_raw_bd09.json", 2907, 7, id="Shanghai"),
        pytest.param("beijing_chaoyang/compounds_all_beijing_raw_bd09.json", 3700, 3, id="Beijing"),
    ],
)
def test_raw_compounds_are_mended_where_they_can_be(real_data, name, kept, left_out):
    reading = read_file(
        real_data / name, kind=Kind.COMPOUND, datum=Datum.BD09, repair=True, skip_faulty=True
    )
    assert (len(reading.frame), len(reading.faults)) == (kept, left_out)
    assert all("边界只有 1 个点" in fault.sentence() for fault in reading.faults)


def test_buildings_of_shanghai_have_metres_where_the_person_says_so(real_data):
    reading = read_file(
        real_data / "shanghai" / "buildings_osm_wgs84.geojson",
        kind=Kind.BUILDING,
        fields={"height": "height_m"},
        skip_faulty=True,
    )
    assert reading.frame.height_m.max() > 400


def test_points_of_shanghai_tell_kind_and_datum_by_their_headings(real_data):
    path = real_data / "shanghai" / "compound_points_price_bd09.csv"
    reading = read_file(path, skip_faulty=True)
    assert (reading.kind, reading.source.datum) == (Kind.COMPOUND, Datum.BD09)


def test_gbk_with_a_language_byte_and_a_chinese_file_name_is_read(real_data):
    path = real_data / "messy" / "pygeo_tutorial_shp" / "区县界_area.shp"
    reading = read_file(path, kind=Kind.AREA, constants={"level": "区县"})
    assert (reading.source.encoding, reading.frame.name.tolist()[:3]) == (
        "gb18030",
        ["宝山区", "杨浦区", "闵行区"],
    )


def test_a_text_column_cut_in_the_middle_is_read(real_data):
    path = real_data / "messy" / "beijing_street_offices_original" / "beijing.shp"
    reading = read_file(path, kind=Kind.AREA, constants={"level": "街道"}, repair=True)
    assert (len(reading.frame), reading.frame.parent.tolist()[:2]) == (331, ["朝阳区", "西城区"])


@pytest.mark.parametrize(
    "name", ["pygeo_tutorial_shp/sz.shp", "beijing_community_plans/mainroad.shp"]
)
def test_a_missing_prj_is_asked_for(real_data, name):
    with pytest.raises(InputError, match=r"缺少 \.prj"):
        read_file(real_data / "messy" / name, kind=Kind.BARRIER, constants={"kind": "墙"})


def test_districts_without_prj_are_read_when_the_crs_is_said(real_data):
    reading = read_file(
        real_data / "messy" / "pygeo_tutorial_shp" / "sz.shp",
        kind=Kind.AREA,
        crs=4326,
        fields={"qh": "name"},
        constants={"level": "区县"},
    )
    assert "罗湖" in set(reading.frame.name)


@pytest.mark.parametrize("name", ["land.shp", "dhm.geojson"])
def test_metres_that_claim_degrees_are_one_fault_of_the_file(real_data, name):
    path = real_data / "messy" / "beijing_community_plans" / name
    with pytest.raises(InputError) as caught:
        read_file(path, kind=Kind.BARRIER, constants={"kind": "墙"})
    first = caught.value.faults[0]
    assert re.match("坐标（.*）像是以米计的投影坐标，文件却声明为经纬度。", first.sentence())


def test_metres_are_placed_when_the_crs_is_said(real_data):
    path = real_data / "messy" / "beijing_community_plans" / "land.shp"
    reading = read_file(
        path, kind=Kind.BARRIER, crs=4547, constants={"kind": "墙"}, repair=True, skip_faulty=True
    )
    assert "文件声明的坐标系是 EPSG:4326，已按指明的 EPSG:4547 读取。" in notices_of(reading)


def test_a_city_of_another_country_is_refused_once(real_data):
    path = real_data / "bench" / "bubenec.gpkg"
    with pytest.raises(InputError) as caught:
        read_file(path, kind=Kind.BUILDING, layer="buildings")
    (fault,) = caught.value.faults
    assert "与坐标系 EPSG:3857 不符，换算后不在中国范围内。144 个图形如此。" in fault.sentence()
