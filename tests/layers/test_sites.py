import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from layers.sites import Scope, Sites

GAUSS_KRUGER_117 = 4548


def site_frame(codes="BA", **columns) -> gpd.GeoDataFrame:
    n = len(codes)
    base = {
        "code": list(codes),
        "name": [f"小区{code}" for code in codes],
        "kind": ["compound"] * n,
        "district": [f"D{code}" for code in codes],
        "subdistrict": [f"S{code}" for code in codes],
        "community": [""] * n,
        "floor_area_m2": pd.array([30_000.0, pd.NA][:n] + [1.0] * (n - 2), dtype="Float64"),
        "households": pd.array([pd.NA] * n, dtype="Float64"),
        "fee": pd.array([0.5] * n, dtype="Float64"),
        "is_served": [False] * n,
        "is_lead": [True] * n,
        "provider": [""] * n,
        "lock": [""] * n,
        "geometry": [shapely.Point(117, 36 + ord(code) / 1000) for code in codes],
    }
    return gpd.GeoDataFrame(base | columns, geometry="geometry", crs=4490)


def test_sites_stand_in_order_of_their_ids():
    assert Sites.from_frame(site_frame("CAB"), srid=GAUSS_KRUGER_117).ids.tolist() == [
        "A",
        "B",
        "C",
    ]


@settings(max_examples=20, deadline=None)
@given(st.permutations("ABCDE"))
def test_the_order_of_rows_does_not_matter(codes):
    one = Sites.from_frame(site_frame("".join(codes)), srid=GAUSS_KRUGER_117)
    other = Sites.from_frame(site_frame("ABCDE"), srid=GAUSS_KRUGER_117)
    assert shapely.equals_identical(one.polygons, other.polygons).all()


def test_values_stay_with_their_site():
    sites = Sites.from_frame(site_frame("BA"), srid=GAUSS_KRUGER_117)
    assert sites.floor_area_m2[1] == 30_000


def test_unknown_is_nan():
    sites = Sites.from_frame(site_frame(), srid=GAUSS_KRUGER_117)
    assert np.isnan(sites.households).all()


def test_polygons_come_in_metres():
    sites = Sites.from_frame(site_frame("AB"), srid=GAUSS_KRUGER_117)
    assert shapely.distance(*sites.polygons) == pytest.approx(111, abs=1)


def test_the_central_meridian_lies_at_half_a_million():
    sites = Sites.from_frame(site_frame("A"), srid=GAUSS_KRUGER_117)
    assert shapely.get_x(sites.polygons[0]) == pytest.approx(500_000)


def test_an_empty_frame_gives_no_sites():
    assert len(Sites.from_frame(site_frame().iloc[:0], srid=GAUSS_KRUGER_117)) == 0


@pytest.mark.parametrize(
    "nowhere", [None, shapely.Polygon()], ids=["no geometry", "empty geometry"]
)
def test_a_site_without_a_place_is_refused_by_name(nowhere):
    frame = site_frame("A", geometry=[nowhere])
    with pytest.raises(InputError) as caught:
        Sites.from_frame(frame, srid=GAUSS_KRUGER_117)
    assert str(caught.value) == "纳管对象“小区A”（A）没有位置。请补充边界或坐标。"


def test_two_sites_of_one_code_are_refused():
    with pytest.raises(InputError) as caught:
        Sites.from_frame(site_frame("ABA"), srid=GAUSS_KRUGER_117)
    assert str(caught.value) == "编码 A 用于 2 个纳管对象。编码应唯一。"


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        pytest.param(Scope.CITY, ["", ""], id="the city holds all"),
        pytest.param(Scope.DISTRICT, ["DA", "DB"], id="district"),
        pytest.param(Scope.SUBDISTRICT, ["SA", "SB"], id="subdistrict"),
        pytest.param(Scope.COMMUNITY, ["", ""], id="community"),
    ],
)
def test_a_scope_gives_the_code_of_its_area(scope, codes):
    assert Sites.from_frame(site_frame(), srid=4548).scope_codes(scope).tolist() == codes


def test_taking_some_keeps_their_order():
    sites = Sites.from_frame(site_frame("ABC"), srid=GAUSS_KRUGER_117)
    assert sites.take(np.array([True, False, True])).ids.tolist() == ["A", "C"]


def columns_of(sites: Sites, **changes) -> dict[str, object]:
    return {name: getattr(sites, name) for name in sites.__dataclass_fields__} | changes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"names": np.array(["one"])}, "must have one length", id="short column"),
        pytest.param({"ids": np.array(["B", "A"])}, "sorted and different", id="unsorted"),
        pytest.param({"ids": np.array(["A", "A"])}, "sorted and different", id="twice the same"),
        pytest.param(
            {"polygons": np.array([None, None])}, "must have a polygon or a point", id="no place"
        ),
    ],
)
def test_sites_check_themselves(changes, message):
    sites = Sites.from_frame(site_frame(), srid=GAUSS_KRUGER_117)
    with pytest.raises(ValueError, match=message):
        Sites(**columns_of(sites, **changes))


def test_the_place_of_a_site_lies_inside_it():
    bent = shapely.Polygon([(0, 0), (9, 0), (9, 9), (8, 9), (8, 1), (0, 1)])
    shape = site_frame("A").set_geometry([bent], crs=GAUSS_KRUGER_117)
    sites = Sites.from_frame(shape, srid=GAUSS_KRUGER_117)
    assert shapely.contains_xy(sites.polygons, sites.places).tolist() == [True]


def test_sites_with_other_outlines_stay_in_their_places():
    bent = shapely.Polygon([(0, 0), (9, 0), (9, 9), (8, 9), (8, 1), (0, 1)])
    shape = site_frame("A").set_geometry([bent], crs=GAUSS_KRUGER_117)
    sites = Sites.from_frame(shape, srid=GAUSS_KRUGER_117)
    drawn = sites.having(polygons=shapely.convex_hull(sites.polygons))
    drawn = drawn.having(lock=np.array(["1"])).take(np.array([True]))
    assert drawn.lock.tolist() == ["1"]
    assert drawn.places.tolist() == sites.places.tolist()
    assert drawn.polygons.tolist() == [bent.convex_hull]
