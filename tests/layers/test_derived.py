from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from layers.derived import (
    Ground,
    barriers_from_frame,
    crossings_from_frame,
    derive_sites,
    planned_population,
    site_frame,
)
from layers.policy import load_policy
from layers.sites import Sites
from tests.grid import city

SRID = 4548
ORIGIN = np.array([500_000, 4_000_000])
DAY = date(2025, 6, 1)
POLICY = load_policy("default")


def ground_of(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    return shape and shapely.transform(shape, lambda xy: xy + ORIGIN)


def frame_of(*rows: dict) -> gpd.GeoDataFrame:
    placed = [row | {"geometry": ground_of(row.get("geometry"))} for row in rows]
    return gpd.GeoDataFrame(placed, geometry="geometry", crs=SRID)


def box(x: float = 0, y: float = 0, width: float = 100, height: float = 100) -> shapely.Geometry:
    return shapely.box(x, y, x + width, y + height)


def compound(code: str = "C1", *, x: float = 0, **values) -> dict:
    return {"code": code, "name": f"{code}小区", "geometry": box(x)} | values


def building(code: str = "B1", *, x: float = 0, y: float = 0, **values) -> dict:
    """A house of 20 m × 40 m and 5 storeys: 4,000 m², 50 households."""
    look = {"code": code, "name": "", "storeys": 5, "geometry": box(x, y, 20, 40)}
    return look | values


def derived(day: date = DAY, **frames):
    ground = Ground(**{kind: frame_of(*rows) for kind, rows in frames.items()})
    return derive_sites(ground, policy=POLICY, on_date=day, srid=SRID)


def only_site(**frames) -> dict:
    (row,) = derived(**frames).frame.to_dict("records")
    return row


def codes_of(**frames) -> list[str]:
    return derived(**frames).frame["code"].tolist()


# --- buildings in compounds -----------------------------------------------------------------


def holder_says(**values) -> str:
    """The compound whose floor area grows by the building."""
    compounds = [compound("C1"), compound("C2", x=200)]
    frame = derived(compounds=compounds, buildings=[building(**values)]).frame
    return "".join(frame.loc[frame["floor_area_m2"].notna(), "code"])


def test_a_building_belongs_to_the_compound_round_it():
    assert holder_says(x=10, y=10) == "C1"


def test_a_recorded_compound_goes_before_position():
    assert holder_says(x=10, y=10, compound="C2") == "C2"


def test_a_compound_may_be_recorded_by_name():
    assert holder_says(x=10, y=10, compound="C2小区") == "C2"


def test_a_recorded_compound_that_is_not_here_leaves_it_to_position():
    assert holder_says(x=10, y=10, compound="幸福里") == "C1"


@pytest.mark.parametrize(
    ("x", "holder"),
    [pytest.param(89, "C1", id="11 m of 20 inside"), pytest.param(91, "B1", id="9 m of 20 inside")],
)
def test_a_building_on_the_line_belongs_where_most_of_it_lies(x, holder):
    assert holder_says(x=x) == holder


def test_a_compound_that_is_a_point_holds_no_building_by_position():
    rows = [compound(geometry=shapely.Point(10, 10))]
    assert codes_of(compounds=rows, buildings=[building()]) == ["B1", "C1"]


def test_two_compounds_of_one_name_are_told_apart_by_position():
    rows = [compound("C1", name="和平"), compound("C2", x=200, name="和平")]
    frame = derived(compounds=rows, buildings=[building(x=210, compound="和平")]).frame
    assert frame.set_index("code")["floor_area_m2"].notna().to_dict() == {"C1": False, "C2": True}


# --- households and floor area --------------------------------------------------------------


@pytest.mark.parametrize(
    ("recorded", "households", "source"),
    [
        pytest.param({"households": 70, "floor_area_m2": 8000}, 70, "recorded", id="recorded"),
        pytest.param({"floor_area_m2": 8000}, 100, "derived", id="from the recorded floor area"),
        pytest.param({}, 50, "derived", id="from its buildings"),
        pytest.param({"households": 0}, 50, "derived", id="a recorded nought is a gap"),
    ],
)
def test_households_come_from_the_best_source(recorded, households, source):
    site = only_site(compounds=[compound(**recorded)], buildings=[building(x=10)])
    assert (site["households"], site["households_source"]) == (pytest.approx(households), source)


def test_floor_area_comes_from_footprints_and_storeys():
    site = only_site(compounds=[compound()], buildings=[building(x=10), building("B2", x=50)])
    assert site["floor_area_m2"] == pytest.approx(8000)


def test_a_recorded_floor_area_of_a_building_goes_before_its_storeys():
    site = only_site(compounds=[compound()], buildings=[building(x=10, floor_area_m2=5000)])
    assert site["floor_area_m2"] == 5000


def test_without_buildings_the_households_stay_unknown():
    site = only_site(compounds=[compound()])
    assert (pd.isna(site["households"]), site["households_source"]) == (True, "unknown")


def test_a_building_of_unknown_storeys_is_noted_where_it_counts():
    rows = [building(x=10), building("B2", x=50, storeys=None)]
    (notice,) = derived(compounds=[compound()], buildings=rows).notices
    assert notice.sentence() == "1 个小区有层数不详的楼栋，推算的建筑面积偏低：C1小区。"


def test_a_building_of_unknown_storeys_does_not_matter_beside_a_recorded_area():
    rows = [compound(floor_area_m2=9000)]
    assert derived(compounds=rows, buildings=[building(x=10, storeys=None)]).notices == ()


# --- scattered buildings and courtyards -----------------------------------------------------


def test_a_scattered_home_is_a_site():
    assert only_site(buildings=[building()])["kind"] == "building"


def test_what_is_no_home_is_set_aside_with_its_reason():
    set_aside = derived(buildings=[building(name="工人体育场")]).set_aside
    assert set_aside["reason"].tolist() == ["名称非住宅"]


def test_what_is_no_home_is_no_site():
    assert codes_of(buildings=[building(name="工人体育场")]) == []


def test_homes_near_each_other_form_one_courtyard():
    site = only_site(buildings=[building(), building("B2", x=30)])
    assert (site["kind"], site["floor_area_m2"]) == ("courtyard", pytest.approx(8000))


def test_a_courtyard_is_as_wide_as_its_buildings():
    site = only_site(buildings=[building(), building("B2", x=30)])
    assert len(site["geometry"].geoms) == 2


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(("", "劳动路5号"), "劳动路5号等 2 栋", id="by the first name"),
        pytest.param(("", ""), "零散楼栋 2 栋", id="without names"),
    ],
)
def test_a_courtyard_has_a_name(names, expected):
    rows = [building(name=names[0]), building("B2", x=30, name=names[1])]
    assert only_site(buildings=rows)["name"] == expected


def test_a_wall_between_homes_ends_the_courtyard():
    wall = {"kind": "wall", "geometry": shapely.LineString([(25, -500), (25, 500)])}
    rows = [building(), building("B2", x=30)]
    assert codes_of(buildings=rows, barriers=[wall]) == ["B1", "B2"]


def test_a_home_with_a_contract_stands_for_itself():
    rows = [building(), building("B2", x=30), building("B3", x=60)]
    frame = derived(buildings=rows, contracts=[contract("B1")]).frame
    assert sorted(frame["kind"]) == ["building", "courtyard"]


def test_a_stored_courtyard_is_taken_as_it_is():
    stored = {"code": "Y1", "name": "东院", "members": "B1、B3"}
    rows = [building(), building("B2", x=30), building("B3", x=60)]
    assert codes_of(buildings=rows, courtyards=[stored]) == ["B2", "Y1"]


# --- management areas -----------------------------------------------------------------------


def area_of(members: str = "C1、C2", **values) -> dict:
    return {"code": "M1", "name": "和平片", "members": members} | values


TWO = [compound("C1", households=10), compound("C2", x=200, households=20)]


def test_the_compounds_of_a_management_area_are_one_site():
    site = only_site(compounds=TWO, management_areas=[area_of()])
    assert (site["code"], site["kind"], site["households"]) == ("M1", "management_area", 30)


def test_members_may_be_named():
    assert codes_of(compounds=TWO, management_areas=[area_of("C1小区，C2小区")]) == ["M1"]


def test_the_area_keeps_its_own_polygon():
    site = only_site(compounds=TWO, management_areas=[area_of(geometry=box(0, 0, 300, 100))])
    assert site["geometry"].geom_type == "Polygon"


def test_without_a_list_the_polygon_says_who_is_a_member():
    area = area_of("", geometry=box(-10, -10, 400, 200))
    rows = [building(x=300, y=50, storeys=5), building("B2", x=900)]
    assert codes_of(compounds=TWO, buildings=rows, management_areas=[area]) == ["B2", "M1"]


def test_an_area_across_an_arterial_is_told():
    road = {"kind": "arterial", "geometry": shapely.LineString([(150, -500), (150, 500)])}
    rows = [compound("C1"), compound("C2", x=200)]
    found = derived(compounds=rows, management_areas=[area_of()], barriers=[road])
    (notice,) = found.notices
    assert notice.sentence().startswith("“和平片”（M1）的“C1小区”与“C2小区”分处主干路两侧。")


def test_an_area_decided_later_does_not_exist_yet():
    areas = [area_of(decided_on=date(2026, 1, 1))]
    assert codes_of(compounds=TWO, management_areas=areas) == ["C1", "C2"]


def test_a_member_that_is_not_here_is_noted():
    (notice,) = derived(compounds=TWO, management_areas=[area_of("C1、C9")]).notices
    assert notice.sentence() == "“M1”的成员“C9”不在小区或楼栋之中。"


def test_a_member_of_two_areas_counts_for_the_first():
    areas = [area_of("C1"), area_of("C1、C2", code="M2")]
    households = derived(compounds=TWO, management_areas=areas).frame["households"].tolist()
    assert households == [10, 20]


def test_a_member_of_two_areas_is_noted():
    areas = [area_of("C1"), area_of("C1、C2", code="M2")]
    (notice,) = derived(compounds=TWO, management_areas=areas).notices
    assert notice.sentence() == "“C1”同时列入“M1”和“M2”，按前者计。"


def test_an_area_may_take_a_building_out_of_its_compound():
    rows = [building("B1", x=10), building("B2", x=50)]
    frame = derived(compounds=[compound()], buildings=rows, management_areas=[area_of("B1")]).frame
    assert frame["floor_area_m2"].tolist() == pytest.approx([4000, 4000])


def test_a_compound_that_areas_divide_altogether_is_no_site():
    rows = [building("B1", x=10), building("B2", x=50)]
    areas = [area_of("B1"), area_of("B2", code="M2")]
    assert codes_of(compounds=[compound()], buildings=rows, management_areas=areas) == ["M1", "M2"]


def test_a_building_listed_beside_its_compound_counts_once():
    site = only_site(
        compounds=[compound(floor_area_m2=9000)],
        buildings=[building(x=10)],
        management_areas=[area_of("C1、B1")],
    )
    assert site["floor_area_m2"] == 9000


def test_a_sum_of_recorded_and_derived_is_derived():
    rows = [compound("C1", households=10), compound("C2", x=200, floor_area_m2=800)]
    site = only_site(compounds=rows, management_areas=[area_of()])
    assert (site["households"], site["households_source"]) == (20, "derived")


def test_an_area_whose_members_are_all_unknown_stays_unknown():
    rows = [compound("C1"), compound("C2", x=200)]
    site = only_site(compounds=rows, management_areas=[area_of()])
    assert (pd.isna(site["households"]), site["households_source"]) == (True, "unknown")


def test_an_area_without_members_is_kept():
    site = only_site(management_areas=[area_of("", geometry=box())])
    assert (site["floor_area_source"], site["is_served"]) == ("unknown", False)


# --- service --------------------------------------------------------------------------------


def contract(what: str, **values) -> dict:
    return {"provider": "甲物业", "what": what, "in_service_from": date(2020, 1, 1)} | values


def service_of(**frames) -> list[tuple[bool, str]]:
    frame = derived(**frames).frame
    return list(zip(frame["is_served"], frame["provider"], strict=True))


def test_a_contract_in_force_serves_its_compound():
    rows = {"compounds": [compound()], "contracts": [contract("C1")]}
    assert service_of(**rows) == [(True, "甲物业")]


def test_without_contracts_nothing_is_served():
    assert service_of(compounds=[compound()]) == [(False, "")]


def test_a_provider_noted_beside_the_compound_serves_it():
    assert service_of(compounds=[compound(provider="乙物业")]) == [(True, "乙物业")]


def test_a_clerk_may_note_that_there_is_none():
    assert service_of(compounds=[compound(provider="无")]) == [(False, "")]


def test_a_contract_goes_before_the_note_even_when_ended():
    ended = contract("C1", ends_on=date(2024, 1, 1))
    assert service_of(compounds=[compound(provider="甲物业")], contracts=[ended]) == [(False, "")]


def test_an_area_is_served_when_all_its_members_are():
    rows = [contract("C1"), contract("C2")]
    frames = {"compounds": TWO, "management_areas": [area_of()], "contracts": rows}
    assert service_of(**frames) == [(True, "甲物业")]


def test_an_area_is_not_served_when_one_member_is_not():
    frames = {"compounds": TWO, "management_areas": [area_of()], "contracts": [contract("C1")]}
    assert service_of(**frames) == [(False, "")]


def test_a_half_served_area_is_noted():
    frames = {"compounds": TWO, "management_areas": [area_of()], "contracts": [contract("C1")]}
    (notice,) = derived(**frames).notices
    assert notice.sentence() == "“和平片”（M1）只有一部分有物业服务，按无物业管理计。"


def test_a_compound_is_served_when_all_its_buildings_are():
    rows = [building("B1", x=10), building("B2", x=50)]
    contracts = [contract("B1"), contract("B2")]
    assert service_of(compounds=[compound()], buildings=rows, contracts=contracts) == [
        (True, "甲物业")
    ]


def test_a_contract_over_nothing_known_is_noted():
    (notice,) = derived(compounds=[compound()], contracts=[contract("幸福里")]).notices
    assert "幸福里" in notice.sentence()


@pytest.mark.parametrize(
    ("noted", "agreed", "fee"),
    [
        pytest.param({"fee_low": 0.4, "fee_high": 0.6}, {}, 0.5, id="noted beside the compound"),
        pytest.param({"fee_low": 0.4}, {"fee_low": 0.8, "fee_high": 0.8}, 0.8, id="agreed"),
    ],
)
def test_an_agreed_fee_goes_before_a_noted_one(noted, agreed, fee):
    site = only_site(compounds=[compound(**noted)], contracts=[contract("C1", **agreed)])
    assert site["fee"] == pytest.approx(fee)


def test_the_fee_of_an_area_is_the_mean_by_floor_area():
    rows = [
        compound("C1", floor_area_m2=3000, fee_low=0.4),
        compound("C2", x=200, floor_area_m2=1000, fee_low=0.8),
    ]
    assert only_site(compounds=rows, management_areas=[area_of()])["fee"] == pytest.approx(0.5)


def test_the_fee_of_an_area_of_unknown_size_is_the_plain_mean():
    rows = [compound("C1", fee_low=0.4), compound("C2", x=200, fee_low=0.8)]
    assert only_site(compounds=rows, management_areas=[area_of()])["fee"] == pytest.approx(0.6)


def test_fees_agreed_for_all_members_give_the_fee_of_the_area():
    contracts = [contract("C1", fee_low=0.4), contract("C2", fee_low=0.8)]
    site = only_site(compounds=TWO, management_areas=[area_of()], contracts=contracts)
    assert site["fee"] == pytest.approx(0.6)


# --- age, lead, lock, codes -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("recorded", "is_old", "source"),
    [
        pytest.param({"old_list": True, "built": 2010}, True, "recorded", id="on the list"),
        pytest.param({"old_list": False, "built": 1980}, False, "recorded", id="not on the list"),
        pytest.param({"built": 2000}, True, "derived", id="built in 2000"),
        pytest.param({"built": 2001}, False, "derived", id="built in 2001"),
    ],
)
def test_age_is_as_listed_else_by_year(recorded, is_old, source):
    site = only_site(compounds=[compound(**recorded)])
    assert (site["is_old"], site["is_old_source"]) == (is_old, source)


def test_without_list_and_year_the_age_is_unknown():
    site = only_site(compounds=[compound()])
    assert (pd.isna(site["is_old"]), site["is_old_source"]) == (True, "unknown")


def test_an_area_is_as_old_as_its_oldest_member():
    rows = [compound("C1", built=1985), compound("C2", x=200, built=2010)]
    site = only_site(compounds=rows, management_areas=[area_of()])
    assert (site["built"], site["is_old"]) == (1985, True)


def test_an_area_with_a_lead_compound_leads():
    rows = [compound("C1", is_lead=True), compound("C2", x=200)]
    assert only_site(compounds=rows, management_areas=[area_of()])["is_lead"] is True


def test_wishes_of_members_are_those_of_their_area():
    rows = [
        *(compound("C1", together="第3批"), compound("C2", x=200, spare_m2=5_000.0)),
        *(compound("C3", x=400, apart="C2"), compound("C4", x=600, together="第3批")),
    ]
    found = derived(compounds=rows, management_areas=[area_of()]).frame.set_index("code")
    assert found["together"].to_dict() == {"C3": "", "C4": "C4", "M1": "C4"}
    assert found["apart"].to_dict() == {"C3": "C3|M1", "C4": "", "M1": "C3|M1"}
    assert found.loc["M1", "spare_m2"] == 5_000.0


def test_a_wish_that_names_nobody_is_told():
    (notice,) = derived(compounds=[compound(together="别处")]).notices
    assert notice.sentence().startswith("“C1小区”的“须同片”填有“别处”")


def test_a_lock_stays_with_its_site():
    assert only_site(compounds=[compound(lock="7号片区")])["lock"] == "7号片区"


def test_a_site_carries_the_codes_of_its_areas():
    street = {"name": "东街", "level": "subdistrict", "parent": "朝阳区", "geometry": box()}
    site = only_site(compounds=[compound()], areas=[street])
    assert (site["district"], site["subdistrict"]) == ("朝阳区", "东街")


def test_a_compound_outside_all_areas_goes_by_its_record():
    street = {"name": "东街", "level": "subdistrict", "code": "S1", "geometry": box(x=900)}
    assert only_site(compounds=[compound(area="东街")], areas=[street])["subdistrict"] == "S1"


def test_two_kinds_of_site_may_share_a_code():
    frames = {"compounds": [compound("1")], "buildings": [building("1", x=900)]}
    assert codes_of(**frames) == ["1", "building-1"]


def test_two_rows_of_one_kind_must_not_share_a_code():
    with pytest.raises(InputError) as caught:
        derived(compounds=[compound(), compound()])
    assert str(caught.value) == "小区编码 C1 出现了 2 次。编码应唯一。"


# --- the whole ------------------------------------------------------------------------------


def test_nothing_on_the_ground_gives_no_sites():
    frame = derive_sites(Ground(), policy=POLICY, on_date=DAY, srid=SRID).frame
    assert len(Sites.from_frame(frame, srid=SRID)) == 0


def test_the_site_frame_is_in_storage_coordinates():
    frame = site_frame(compounds=frame_of(compound()), policy=POLICY, on_date=DAY, srid=SRID)
    assert frame.crs == 4490


def test_the_site_frame_becomes_sites():
    frame = derived(compounds=TWO, buildings=[building(x=500)]).frame
    assert Sites.from_frame(frame, srid=SRID).households.tolist() == pytest.approx([50, 10, 20])


def test_a_plan_is_made_for_what_is_not_served_and_for_lead_sites():
    rows = [compound("C1"), compound("C2", x=200), compound("C3", x=400, is_lead=True)]
    frame = derived(compounds=rows, contracts=[contract("C2"), contract("C3")]).frame
    assert planned_population(frame)["code"].tolist() == ["C1", "C3"]


def test_without_contracts_a_plan_is_made_for_all():
    assert len(planned_population(derived(compounds=TWO).frame)) == 2


def test_barriers_come_in_metres():
    frame = frame_of({"kind": "river", "geometry": shapely.LineString([(0, 0), (0, 70)])})
    (line,) = barriers_from_frame(frame.to_crs(4490), srid=SRID).geometries
    assert line.length == pytest.approx(70)


def test_crossings_come_in_metres():
    frame = frame_of({"kind": "bridge", "geometry": shapely.LineString([(0, 0), (0, 70)])})
    (line,) = crossings_from_frame(frame.to_crs(4490), srid=SRID).lines
    assert line.length == pytest.approx(70)


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(random):
    town = city("A A . B . C\nA A . D . E", cell_m=30, street_m=8)
    frames = {
        "compounds": [compound("C1", geometry=town["A"]), compound("C2", x=400, provider="乙")],
        "buildings": [{"code": letter, "storeys": 6, "geometry": town[letter]} for letter in "BCDE"]
        + [building(f"H{n}", x=410 + 30 * n, y=10) for n in range(3)],
        "management_areas": [area_of("B、C2"), area_of("C", code="M2")],
        "contracts": [contract("C2", provider="丙"), contract("D")],
    }
    expected = derived(**frames)
    for rows in frames.values():
        random.shuffle(rows)
    found = derived(**frames)
    pd.testing.assert_frame_equal(as_text(found.frame), as_text(expected.frame))


def as_text(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.drop(columns="geometry")).assign(
        shape=frame.geometry.normalize().to_wkt()
    )


# --- real ground ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chaoyang(real_data):
    """The buildings and street offices of the Beijing window, which come in WGS 84."""
    folder = real_data / "beijing_chaoyang"
    buildings = gpd.read_file(folder / "buildings_wgs84.geojson")
    offices = gpd.read_file(folder / "street_offices_wgs84.geojson")
    for frame in (buildings, offices):
        frame.geometry = frame.geometry.make_valid()
    codes = [f"B{row:05d}" for row in range(len(buildings))]
    ground = Ground(
        buildings=buildings.assign(code=codes, storeys=buildings["height"].astype(float)),
        areas=offices.assign(name=offices["乡"], level="subdistrict", parent=offices["县"]),
    )
    return len(buildings), derive_sites(ground, policy=POLICY, on_date=DAY, srid=SRID)


@pytest.mark.real_data
def test_in_chaoyang_every_building_is_a_site_once_or_set_aside(chaoyang):
    count, found = chaoyang
    parts = found.frame["name"].str.extract(r"(\d+) 栋$")[0].astype("Int64").fillna(1)
    assert parts.sum() + len(found.set_aside) == count


@pytest.mark.real_data
def test_in_chaoyang_every_site_has_its_street_office_and_district(chaoyang):
    _, found = chaoyang
    assert not np.any(found.frame[["subdistrict", "district"]] == "")
