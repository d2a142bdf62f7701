"""Files whose places lie aside of what the database knows."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo.crs import Datum, from_wgs84, to_wgs84
from geo.errors import InputError
from geo.loading import load_reading
from geo.models import Compound
from tests.geo.readings import reading

pytestmark = pytest.mark.django_db
GRID = [(116.45 + 0.004 * i, 39.9 + 0.003 * j) for i in range(4) for j in range(3)]
SQUARES = [shapely.box(x, y, x + 0.002, y + 0.0015) for x, y in GRID]


def moved(shapes, shift):
    return list(shapely.transform(np.array(shapes), shift))


def compounds(shapes, *, coded=True, datum=Datum.CGCS2000):
    rows = [
        {"code": f"{'C' if coded else 'D'}{n}", "name": f"小区{n}", "geometry": shape}
        for n, shape in enumerate(shapes)
    ]
    made = reading("compound", rows)
    return replace(made, source=replace(made.source, datum=datum))


def told(loaded):
    return [notice.sentence() for notice in loaded.notices]


def to_baidu(lonlat):
    return from_wgs84(lonlat, Datum.BD09)


@pytest.mark.parametrize("coded", [True, False], ids=["same codes", "same names"])
def test_compounds_aside_of_themselves_are_told(coded):
    load_reading(compounds(SQUARES))
    again = load_reading(compounds(moved(SQUARES, to_baidu), coded=coded), update=True)
    assert told(again)[0].startswith("与已入库的 12 个小区相比，整体偏移约 13")
    assert "向东北。疑为 BD-09（百度）坐标未经换算。" in told(again)[0]


def test_compounds_that_were_converted_twice_are_refused():
    load_reading(compounds(SQUARES))
    twice = moved(SQUARES, lambda lonlat: to_wgs84(lonlat, Datum.GCJ02))
    with pytest.raises(InputError, match="疑为已换算过的坐标又按 GCJ-02 换算了一次。"):
        load_reading(compounds(twice, datum=Datum.GCJ02), update=True)
    assert shapely.from_wkb(bytes(Compound.objects.get(code="C0").geometry.wkb)).bounds[0] == 116.45


def test_buildings_aside_of_the_compounds_are_told():
    load_reading(compounds(SQUARES))
    houses = [
        shapely.box(x + d, y + e, x + d + 0.0002, y + e + 0.0002)
        for x, y in GRID
        for d in (0.0002, 0.0008, 0.0014)
        for e in (0.0003, 0.0009)
    ]
    rows = [{"code": f"B{n}", "geometry": house} for n, house in enumerate(moved(houses, to_baidu))]
    (notice,) = told(load_reading(reading("building", rows)))
    assert "个落在已入库的小区内；如换算约 13" in notice
    assert "则有 72 个落在其中。疑为 BD-09（百度）坐标未经换算。" in notice


def test_compounds_aside_of_the_district_are_told():
    district = shapely.union_all(SQUARES).envelope
    area = {"code": "A", "name": "区", "level": "district", "geometry": district}
    load_reading(reading("area", [area]))
    assert "个落在已入库的辖区内" in told(load_reading(compounds(moved(SQUARES, to_baidu))))[0]


def test_compounds_where_they_are_known_to_be_are_not_told():
    load_reading(compounds(SQUARES))
    assert told(load_reading(compounds(SQUARES), update=True)) == []


def test_compounds_without_a_place_have_none_to_compare():
    load_reading(compounds(SQUARES))
    rows = [{"code": "C0", "name": "小区0"}]
    assert told(load_reading(reading("compound", rows), update=True)) == []


def test_a_building_across_the_edge_of_a_compound_is_listed_for_a_decision():
    load_reading(compounds(SQUARES))
    x, y = GRID[0]
    within = shapely.box(x + 0.0002, y + 0.0002, x + 0.0004, y + 0.0004)
    across = shapely.box(x - 0.0001, y + 0.0002, x + 0.0002, y + 0.0004)
    rows = [{"code": f"B{n}", "geometry": house} for n, house in enumerate([within, across])]
    named = {
        "code": "B2",
        "compound": "C0",
        "geometry": shapely.transform(across, lambda p: p + 1e-4),
    }
    assert told(load_reading(reading("building", [*rows, named]))) == [
        (
            "1 栋楼跨在小区边界上，已按楼内一点归入小区或列为零散楼栋：第 2 行。"
            "如不对，请在“所属小区”列填写小区编码。"
        )
    ]
