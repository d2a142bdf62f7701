"""Rows come back as the frames that readers make, as they were on a day and as known then."""

import geopandas
import pandas as pd
import pytest
import shapely

from geo import frames
from geo.errors import InputError
from geo.frames.outlines import stored_outline
from geo.models import (
    Ban,
    Barrier,
    Base,
    BaseList,
    BaseRow,
    Committee,
    Compound,
    ConditionFact,
    Courtyard,
    Crossing,
    Grade,
    ManagingArea,
    OwnersDecision,
    Role,
    ServiceArea,
)
from geo.words import AreaLevel
from tests.rows import (
    LONG_AGO,
    area,
    at,
    building,
    compound,
    covers,
    day,
    geos,
    management_area,
    provider,
    recorded,
    square,
)

pytestmark = pytest.mark.django_db

NOW = {"area": None, "valid": day(2026), "known": at(2026)}

COLUMNS = {
    "areas": "name level parent code valid_from geometry",
    "compounds": "code name area address built households floor_area_m2 buildings old_list"
    " title_area provider fee_low fee_high committee renovation area_clear premises fund"
    " facilities has_firm can_self_govern professional_ready basic_ready after_repair"
    " is_lead spare_m2 together apart geometry",
    "buildings": "code name compound storeys height_m use households floor_area_m2 built address"
    " geometry",
    "management_areas": "code name members decided_on document is_lead spare_m2 together apart"
    " geometry",
    "courtyards": "code name members decided_on document geometry",
    "barriers": "kind name geometry",
    "crossings": "kind note geometry",
    "providers": "name kind credit_code grade capacity_m2 capacity_households service_areas"
    " geometry",
    "contracts": "provider what mode signed_on filed_on in_service_from ends_on fee_low fee_high"
    " grade document",
    "decisions": "management_area way date area_share count_share area_in_favour count_in_favour"
    " document",
    "bans": "provider area reason document valid_from valid_to",
    "roles": "provider role area document valid_from valid_to",
    "bases": "list unit code document frozen_on",
}


@pytest.fixture
def tree():
    """A city with two districts, the first with two subdistricts."""
    city = area("210200", level=AreaLevel.CITY, geometry=geos(square(side=1)))
    west = area("210203", level=AreaLevel.DISTRICT, parent=city, geometry=geos(square(side=0.01)))
    east = area("210202", level=AreaLevel.DISTRICT, parent=city)
    return {
        "210200": city,
        "210203": west,
        "210202": east,
        "210203001": area("210203001", parent=west),
        "210203002": area("210203002", parent=west),
    }


@pytest.mark.parametrize("name", COLUMNS)
def test_an_empty_frame_has_the_columns_of_a_reader(name):
    assert list(getattr(frames, name)(**NOW).columns) == COLUMNS[name].split()


@pytest.mark.parametrize("name", COLUMNS)
def test_a_frame_of_an_unknown_area_is_refused(name):
    with pytest.raises(InputError, match="没有编码为“999”的辖区。"):
        getattr(frames, name)(**NOW | {"area": "999"})


def test_outlines_come_back_to_the_bit():
    outline = shapely.multipolygons([square(lon=121.600000123456)])
    compound("C1", geometry=geos(outline))
    assert shapely.equals_identical(frames.compounds(**NOW).geometry.iloc[0], outline)


def test_frames_are_in_cgcs2000():
    assert frames.compounds(**NOW).crs.to_epsg() == 4490


def test_a_point_stands_for_a_boundary_that_is_not_drawn():
    compound("C1", point=geos(shapely.Point(121.6, 38.9)))
    assert frames.compounds(**NOW).geometry.iloc[0] == shapely.Point(121.6, 38.9)


def test_an_unknown_number_is_missing_and_not_zero():
    compound("C1")
    row = frames.compounds(**NOW).iloc[0]
    assert all(row[name] is pd.NA for name in ("households", "floor_area_m2", "built", "old_list"))


def test_numbers_keep_their_types():
    compound("C1", households=420, floor_area_m2=32_000.5, old_list=True)
    types = frames.compounds(**NOW).dtypes
    assert [str(types[name]) for name in ("households", "floor_area_m2", "old_list")] == [
        "Int64",
        "Float64",
        "boolean",
    ]


def test_unknown_text_is_empty():
    compound("C1")
    row = frames.compounds(**NOW).iloc[0]
    assert [row[name] for name in ("area", "address", "provider", "committee")] == [""] * 4


def test_conditions_are_yes_no_or_unknown():
    one = compound("C1")
    ConditionFact.objects.create(compound=one, key="fund", is_met=True, recorded_at=LONG_AGO)
    ConditionFact.objects.create(compound=one, key="premises", is_met=False, recorded_at=LONG_AGO)
    row = frames.compounds(**NOW).iloc[0]
    assert (row["fund"], row["premises"], row["facilities"]) == (True, False, pd.NA)


def test_an_area_holds_what_lies_in_its_communities(tree):
    compound("C1", area=tree["210203001"])
    compound("C2", area=tree["210202"])
    assert list(frames.compounds(**NOW | {"area": "210203"})["code"]) == ["C1"]


@pytest.mark.usefixtures("tree")
def test_areas_name_their_parent_by_code():
    found = frames.areas(**NOW | {"area": "210203"})
    assert dict(zip(found["code"], found["parent"], strict=True)) == {
        "210203": "210200",
        "210203001": "210203",
        "210203002": "210203",
    }


def test_a_thing_that_ceased_to_exist_is_left_out():
    compound("C1", valid_to=day(2025))
    assert frames.compounds(**NOW).empty


def test_a_thing_that_was_not_yet_recorded_is_left_out():
    compound("C1")
    assert frames.compounds(**NOW | {"known": at(1999)}).empty


def test_a_number_is_told_as_it_was_known_then():
    compound("C1", households=420)
    Compound.objects.update(households=430, changed_at=at(2024))
    Compound.objects.update(households=440, changed_at=at(2025))
    told = [
        frames.compounds(**NOW | {"known": known})["households"].item()
        for known in (at(2023), at(2024), at(2024, 12), at(2025))
    ]
    assert told == [420, 430, 430, 440]


def test_an_outline_is_told_as_it_was_known_then():
    compound("C1", geometry=geos(square()))
    Compound.objects.update(geometry=geos(square(5)), changed_at=at(2024))
    before = frames.compounds(**NOW | {"known": at(2023)})
    assert before.geometry.iloc[0].equals(square())


def test_a_thing_lies_where_it_was_known_to_lie_then(tree):
    compound("C1", area=tree["210203001"])
    Compound.objects.update(area=tree["210202"], changed_at=at(2024))
    found = frames.compounds(area="210203", valid=day(2026), known=at(2023))
    assert list(found["area"]) == ["210203001"]


def test_a_thing_that_moved_away_no_longer_lies_there(tree):
    compound("C1", area=tree["210203001"])
    Compound.objects.update(area=tree["210202"], changed_at=at(2024))
    assert frames.compounds(**NOW | {"area": "210203"}).empty


def test_a_thing_that_was_retired_later_existed_as_known_then():
    compound("C1")
    Compound.objects.update(valid_to=day(2020), changed_at=at(2024))
    assert list(frames.compounds(**NOW | {"known": at(2023)})["code"]) == ["C1"]


def test_an_area_hangs_where_it_was_known_to_hang_then(tree):
    compound("C1", area=tree["210203001"])
    ManagingArea.objects.filter(code="210203001").update(parent=tree["210202"], changed_at=at(2024))
    assert len(frames.compounds(area="210203", valid=day(2026), known=at(2023))) == 1


def test_a_compound_names_its_provider():
    covers(provider("甲物业"), compound("C1"))
    assert frames.compounds(**NOW)["provider"].item() == "甲物业"


def test_a_compound_is_served_through_its_management_area():
    covers(provider("甲物业"), management_area("M1", [compound("C1")]))
    assert frames.compounds(**NOW)["provider"].item() == "甲物业"


def test_a_contract_of_the_compound_itself_counts_before_that_of_its_area():
    one = compound("C1")
    covers(provider("甲物业"), management_area("M1", [one]))
    covers(provider("乙物业"), one)
    assert frames.compounds(**NOW)["provider"].item() == "乙物业"


def test_the_provider_that_came_last_is_named():
    one = compound("C1")
    covers(provider("甲物业"), one, signed_on=day(2024))
    covers(provider("乙物业"), one, signed_on=day(2020))
    assert frames.compounds(**NOW)["provider"].item() == "甲物业"


def test_of_providers_that_came_together_the_first_by_name_is_named():
    one = compound("C1")
    covers(provider("B物业"), one, signed_on=day(2024))
    covers(provider("A物业"), one, signed_on=day(2024))
    assert frames.compounds(**NOW)["provider"].item() == "A物业"


def test_a_provider_that_will_enter_later_does_not_serve_yet():
    covers(provider("甲物业"), compound("C1"), signed_on=day(2025), in_service_from=day(2026, 2))
    assert frames.compounds(**NOW)["provider"].item() == ""


def test_a_committee_is_named_in_chinese():
    Committee.objects.create(compound=compound("C1"), kind="owners_committee", recorded_at=LONG_AGO)
    assert frames.compounds(**NOW)["committee"].item() == "业主委员会"


def test_the_committee_of_a_management_area_decides_for_its_compounds():
    held = management_area("M1", [compound("C1")])
    Committee.objects.create(
        management_area=held, kind="management_committee", recorded_at=LONG_AGO
    )
    assert frames.compounds(**NOW)["committee"].item() == "物业管理委员会"


def test_a_building_names_its_compound_by_code():
    building("B1", compound=compound("C1"), storeys=6.0)
    building("B2")
    assert list(frames.buildings(**NOW)["compound"]) == ["C1", ""]


def test_a_management_area_lists_its_members():
    management_area("M1", [compound("C2"), compound("C1"), building("B1")])
    assert frames.management_areas(**NOW)["members"].item() == "B1、C1、C2"


def test_a_courtyard_lists_its_buildings():
    yard = Courtyard.objects.create(**recorded(code="Y1", valid_from=day(2024)))
    for code in ("B2", "B1"):
        building(code, courtyard=yard)
    row = frames.courtyards(**NOW).iloc[0]
    assert (row["members"], row["decided_on"]) == ("B1、B2", day(2024))


@pytest.mark.usefixtures("tree")
def test_barriers_far_from_the_area_are_left_out():
    for code, place in {"G1": square(3), "G2": square(500)}.items():
        line = shapely.LineString(place.exterior.coords[:2])
        Barrier.objects.create(**recorded(code=code, name=code, kind="river", geometry=geos(line)))
    assert list(frames.barriers(**NOW | {"area": "210203"})["name"]) == ["G1"]


@pytest.mark.usefixtures("tree")
def test_an_area_without_ground_leaves_no_crossing_out():
    line = shapely.LineString([(121.6, 38.9), (121.6001, 38.9)])
    Crossing.objects.create(**recorded(code="G1", kind="bridge", note="桥", geometry=geos(line)))
    assert list(frames.crossings(**NOW | {"area": "210202"})["note"]) == ["桥"]


def test_a_provider_comes_with_grade_base_and_service_areas(tree):
    one = provider("甲物业")
    Grade.objects.create(provider=one, grade="B", recorded_at=LONG_AGO)
    Base.objects.create(
        provider=one, geometry=geos(shapely.Point(121.6, 38.9)), recorded_at=LONG_AGO
    )
    for code in ("210203", "210202"):
        ServiceArea.objects.create(provider=one, area=tree[code], recorded_at=LONG_AGO)
    row = frames.providers(**NOW).iloc[0]
    assert (row["grade"], row["service_areas"], row["geometry"]) == (
        "B",
        "210202、210203",
        shapely.Point(121.6, 38.9),
    )


def test_a_provider_without_base_has_no_place():
    provider("甲物业")
    assert frames.providers(**NOW).geometry.isna().all()


def test_contracts_name_what_they_cover_and_when_they_end():
    covers(provider("甲物业"), management_area("M1"), signed_on=day(2024), valid_to=day(2027))
    row = frames.contracts(**NOW).iloc[0]
    assert (row["what"], row["signed_on"], row["ends_on"], row["filed_on"]) == (
        "M1",
        day(2024),
        day(2027),
        None,
    )


def test_contracts_of_other_areas_are_left_out(tree):
    who = provider("甲物业")
    covers(who, compound("C1", area=tree["210203001"]))
    covers(who, building("B1", area=tree["210202"]))
    assert list(frames.contracts(**NOW | {"area": "210203"})["what"]) == ["C1"]


def test_decisions_are_told_in_chinese(tree):
    held = management_area("M1", area=tree["210203001"])
    OwnersDecision.objects.create(
        management_area=held,
        way="assembly",
        valid_from=day(2024),
        area_share=0.7,
        recorded_at=LONG_AGO,
    )
    row = frames.decisions(**NOW | {"area": "210203"}).iloc[0]
    assert (row["management_area"], row["way"], row["date"], row["area_share"]) == (
        "M1",
        "业主大会",
        day(2024),
        0.7,
    )


def test_a_ban_reaches_down_from_the_areas_above(tree):
    one = provider("甲物业")
    for where in ("210200", "210203001", "210202"):
        Ban.objects.create(provider=one, area=tree[where], reason="擅自退出", recorded_at=LONG_AGO)
    Ban.objects.create(provider=one, reason="失信", recorded_at=LONG_AGO)
    found = frames.bans(**NOW | {"area": "210203"})
    assert list(found["area"]) == ["210200", "210203001", ""]


def test_a_ban_ends_on_its_last_day():
    Ban.objects.create(
        provider=provider("甲物业"), reason="擅自退出", valid_to=day(2025), recorded_at=LONG_AGO
    )
    assert frames.bans(**NOW).empty


def test_roles_name_provider_and_area(tree):
    Role.objects.create(
        provider=provider("甲物业"), role="backstop", area=tree["210203"], recorded_at=LONG_AGO
    )
    row = frames.roles(**NOW).iloc[0]
    assert (row["provider"], row["role"], row["area"]) == ("甲物业", "backstop", "210203")


def test_a_base_list_does_not_exist_before_it_was_frozen(tree):
    base = BaseList.objects.create(name="建成区小区", unit="compound", frozen_on=day(2025))
    one = compound("C1", area=tree["210203"])
    BaseRow.objects.create(base_list=base, compound=one, recorded_at=LONG_AGO)
    found = [
        len(frames.bases(area="210203", valid=valid, known=at(2026)))
        for valid in (day(2024, 12, 31), day(2025))
    ]
    assert found == [0, 1]


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("where", [None, "210203"], ids=["everywhere", "a district"])
def test_the_number_of_queries_does_not_grow(
    name, where, tree, django_assert_max_num_queries, django_assert_num_queries
):
    asked = NOW | {"area": where}
    with django_assert_max_num_queries(10) as few:
        getattr(frames, name)(**asked)
    for number in range(3):
        one = compound(f"C{number}", area=tree["210203001"], households=9)
        held = management_area(f"M{number}", [one], area=tree["210203001"])
        who = provider(f"P{number}")
        covers(who, held)
        building(f"B{number}", compound=one, area=tree["210203001"])
        ServiceArea.objects.create(provider=who, area=tree["210203"])
    Compound.objects.update(households=8)
    with django_assert_num_queries(len(few)):
        getattr(frames, name)(**asked)


def test_geoframes_are_geoframes():
    assert isinstance(frames.providers(**NOW), geopandas.GeoDataFrame)


@pytest.mark.parametrize(
    "shape", [None, shapely.Point(121.6, 38.9), shapely.LineString([(0, 0), (1, 1)])]
)
def test_what_has_no_area_is_stored_without_an_outline(shape):
    assert stored_outline(shape) is None


def test_an_outline_is_stored_flat_and_with_all_its_parts():
    high = shapely.force_3d(shapely.MultiPolygon([square(0), square(2)]), 7.0)
    stored = stored_outline(high)
    assert (stored.geom_type, len(stored), stored.hasz, stored.srid) == (
        "MultiPolygon",
        2,
        False,
        4490,
    )
