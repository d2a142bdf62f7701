from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers.area_codes import AreaTree
from tests.grid import city

DAY = date(2025, 6, 1)


def areas_of(*rows: dict) -> gpd.GeoDataFrame:
    base = {"name": "", "level": "subdistrict", "parent": "", "code": "", "valid_from": ""}
    columns = [*base, "geometry"]
    return gpd.GeoDataFrame([base | row for row in rows], columns=columns, geometry="geometry")


def codes_of(areas: gpd.GeoDataFrame, site: shapely.Geometry, recorded: str = "") -> dict:
    codes = AreaTree(areas, on_date=DAY).codes_of(np.array([site], dtype=object), [recorded])
    return {level: found[0] for level, found in codes.items()}


LAND = city("A A B B\nA A B B")
SITE = shapely.box(20, 20, 40, 40)


def test_a_site_carries_the_code_of_the_area_round_it():
    areas = areas_of({"name": "东街", "code": "110105001", "geometry": LAND["A"]})
    assert codes_of(areas, SITE)["subdistrict"] == "110105001"


def test_an_area_without_code_goes_by_its_name():
    assert (
        codes_of(areas_of({"name": "东街", "geometry": LAND["A"]}), SITE)["subdistrict"] == "东街"
    )


def test_a_site_on_the_line_belongs_where_most_of_it_lies():
    areas = areas_of(
        {"name": "东街", "geometry": LAND["A"]}, {"name": "西街", "geometry": LAND["B"]}
    )
    assert codes_of(areas, shapely.box(190, 0, 230, 40))["subdistrict"] == "西街"


def test_a_point_belongs_where_it_lies():
    areas = areas_of({"name": "东街", "geometry": LAND["A"]})
    assert codes_of(areas, shapely.Point(5, 5))["subdistrict"] == "东街"


@pytest.mark.parametrize("order", [1, -1])
def test_half_and_half_goes_to_the_first_key(order):
    rows = [{"name": "东街", "geometry": LAND["A"]}, {"name": "西街", "geometry": LAND["B"]}]
    areas = areas_of(*rows[::order])
    assert codes_of(areas, shapely.box(190, 0, 210, 40))["subdistrict"] == "东街"


def test_a_site_outside_all_areas_has_no_codes():
    areas = areas_of({"name": "东街", "geometry": LAND["A"]})
    assert codes_of(areas, shapely.box(900, 0, 910, 10)) == {
        "district": "",
        "subdistrict": "",
        "community": "",
    }


def test_no_areas_give_no_codes():
    assert codes_of(areas_of(), SITE)["district"] == ""


def test_a_recorded_area_is_asked_where_none_holds_the_site():
    areas = areas_of({"name": "东街", "geometry": LAND["A"], "code": "S1"})
    assert codes_of(areas, shapely.Point(900, 900), "东街")["subdistrict"] == "S1"


def test_a_recorded_name_of_two_areas_says_nothing():
    areas = areas_of(
        {"name": "城关镇", "code": "S1", "geometry": LAND["A"]},
        {"name": "城关镇", "code": "S2", "geometry": LAND["B"]},
    )
    assert codes_of(areas, shapely.Point(900, 900), "城关镇")["subdistrict"] == ""


def test_street_offices_alone_give_the_district_by_name():
    areas = areas_of({"name": "东街", "parent": "朝阳区", "geometry": LAND["A"]})
    assert codes_of(areas, SITE)["district"] == "朝阳区"


def test_the_district_comes_from_the_street_offices_parent():
    areas = areas_of(
        {"name": "东街", "parent": "朝阳区", "geometry": LAND["A"]},
        {"name": "朝阳区", "level": "district", "code": "110105", "geometry": LAND["B"]},
    )
    assert codes_of(areas, SITE)["district"] == "110105"


def test_without_a_parent_the_district_is_the_one_round_the_site():
    areas = areas_of(
        {"name": "东街", "geometry": LAND["A"]},
        {"name": "朝阳区", "level": "district", "code": "110105", "geometry": LAND["A"]},
    )
    assert codes_of(areas, SITE)["district"] == "110105"


def test_a_community_leads_up_to_street_office_and_district():
    areas = areas_of(
        {"name": "一社区", "level": "community", "parent": "S1", "geometry": LAND["A"]},
        {"name": "东街", "code": "S1", "parent": "朝阳区", "geometry": LAND["B"]},
        {"name": "朝阳区", "level": "district", "parent": "北京市", "geometry": LAND["B"]},
    )
    assert codes_of(areas, SITE) == {
        "district": "朝阳区",
        "subdistrict": "S1",
        "community": "一社区",
    }


def test_a_grid_leads_up_to_its_community():
    areas = areas_of({"name": "1网格", "level": "grid", "parent": "一社区", "geometry": LAND["A"]})
    assert codes_of(areas, SITE)["community"] == "一社区"


def test_of_two_parents_of_one_name_the_one_round_the_child_is_meant():
    areas = areas_of(
        {"name": "一社区", "level": "community", "parent": "城关镇", "geometry": LAND["A"]},
        {"name": "城关镇", "code": "S1", "geometry": LAND["B"]},
        {"name": "城关镇", "code": "S2", "geometry": LAND["A"]},
    )
    assert codes_of(areas, SITE)["subdistrict"] == "S2"


def test_of_two_parents_of_one_name_elsewhere_none_is_guessed():
    areas = areas_of(
        {"name": "一社区", "level": "community", "parent": "城关镇", "geometry": LAND["A"]},
        {"name": "城关镇", "code": "S1", "geometry": LAND["B"]},
        {"name": "城关镇", "code": "S2", "geometry": LAND["B"]},
    )
    assert codes_of(areas, SITE)["subdistrict"] == "城关镇"


def test_a_city_with_a_parent_needs_none():
    areas = areas_of(
        {"name": "北京市", "level": "city", "parent": "中国", "geometry": LAND["A"]},
        {"name": "东街", "parent": "北京市", "geometry": LAND["A"]},
    )
    assert codes_of(areas, SITE)["district"] == ""


def test_an_area_that_does_not_exist_yet_holds_nothing():
    areas = areas_of({"name": "新街", "valid_from": date(2026, 1, 1), "geometry": LAND["A"]})
    assert codes_of(areas, SITE)["subdistrict"] == ""


def test_the_latest_version_of_an_area_counts():
    areas = areas_of(
        {"name": "东街", "code": "S1", "valid_from": date(2020, 1, 1), "geometry": LAND["A"]},
        {"name": "东街", "code": "S1", "valid_from": date(2024, 1, 1), "geometry": LAND["B"]},
    )
    assert codes_of(areas, SITE)["subdistrict"] == ""
