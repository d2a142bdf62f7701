import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import (
    Datum,
    from_wgs84,
    in_china,
    metric_srid,
    to_metric,
    to_storage,
    to_wgs84,
)
from geo.errors import InputError

MILLIMETRE = 1e-3 / 111_320.0
TIANANMEN = np.array([[116.404, 39.915]])


@pytest.mark.parametrize(
    ("datum", "shown"),
    [
        pytest.param(Datum.GCJ02, [116.41024449916938, 39.91640428150164], id="gcj02"),
        pytest.param(Datum.BD09, [116.41662724378733, 39.922699552216216], id="bd09"),
    ],
)
def test_a_web_map_shows_a_place_where_the_published_formula_says(datum, shown):
    np.testing.assert_allclose(from_wgs84(TIANANMEN, datum), [shown], atol=1e-9)


@pytest.mark.parametrize("datum", [Datum.CGCS2000, Datum.WGS84])
@pytest.mark.parametrize("convert", [from_wgs84, to_wgs84])
def test_degrees_of_a_survey_stay_as_they_are(convert, datum):
    assert convert(TIANANMEN, datum) is TIANANMEN


@settings(max_examples=300, deadline=None)
@given(
    lon=st.floats(73.6, 134.7) | st.just(105.0) | st.floats(104.999, 105.001),
    lat=st.floats(3.9, 53.5) | st.just(35.0),
    datum=st.sampled_from([Datum.GCJ02, Datum.BD09]),
)
def test_shifting_there_and_back_returns_within_a_millimetre(lon, lat, datum):
    place = np.array([[lon, lat]])
    back = to_wgs84(from_wgs84(place, datum), datum)
    assert np.abs(back - place).max() < MILLIMETRE


def shown_by_web_map(lon, lat, datum):
    """Shift one place as the programs that first published the formulas do, number by number."""
    x, y = lon - 105.0, lat - 35.0
    common = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += common
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    far = 160.0 * math.sin(y / 12.0 * math.pi) + 320 * math.sin(y * math.pi / 30.0)
    north += far * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + common
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    far = 150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)
    east += far * 2.0 / 3.0
    sine = math.sin(lat / 180.0 * math.pi)
    magic = 1 - 0.00669342162296594323 * sine * sine
    root = math.sqrt(magic)
    meridian = (6378245.0 * (1 - 0.00669342162296594323)) / (magic * root)
    lat += north * 180.0 / (meridian * math.pi)
    lon += east * 180.0 / (6378245.0 / root * math.cos(math.asin(sine)) * math.pi)
    if datum is Datum.GCJ02:
        return lon, lat
    turn = math.pi * 3000.0 / 180.0
    z = math.sqrt(lon * lon + lat * lat) + 0.00002 * math.sin(lat * turn)
    theta = math.atan2(lat, lon) + 0.000003 * math.cos(lon * turn)
    return z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_what_another_program_shifted_comes_back_within_a_millimetre(datum):
    places = np.random.default_rng(3).uniform((74.0, 4.0), (134.5, 53.0), (2_000, 2))
    shown = np.array([shown_by_web_map(lon, lat, datum) for lon, lat in places])
    assert np.abs(to_wgs84(shown, datum) - places).max() < MILLIMETRE
    np.testing.assert_allclose(from_wgs84(places, datum), shown, atol=1e-11)


@pytest.mark.parametrize("convert", [from_wgs84, to_wgs84])
@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_places_outside_china_are_not_shifted(convert, datum):
    paris = np.array([[2.35, 48.86]])
    np.testing.assert_array_equal(convert(paris, datum), paris)


def test_the_box_around_china_holds_beijing_and_not_paris():
    assert in_china(np.array([[116.4, 39.9], [2.35, 48.86]])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("lon", "srid"),
    [
        pytest.param(75.0, 4534, id="first zone"),
        pytest.param(116.4, 4548, id="Beijing, 117"),
        pytest.param(113.6, 4547, id="Yangquan, 114"),
        pytest.param(121.4999, 4549, id="Dalian west of the border, 120"),
        pytest.param(121.5, 4550, id="Dalian on the border, 123"),
        pytest.param(135.0, 4554, id="last zone"),
    ],
)
def test_a_place_is_measured_in_its_three_degree_zone(lon, srid):
    assert metric_srid(lon) == srid


@pytest.mark.parametrize("lon", [0.0, 73.0, 137.0, float("nan"), float("inf")])
def test_there_is_no_zone_outside_china(lon):
    with pytest.raises(InputError, match="不在中国大陆的高斯-克吕格分带范围内"):
        metric_srid(lon)


def test_a_kilometre_on_the_central_meridian_measures_a_kilometre():
    start = to_storage(np.array([shapely.Point(500_000, 4_400_000)]), 4548)
    (there,) = to_metric(np.array([shapely.Point(shapely.get_x(start)[0], 39.75)]), 4548)
    assert there.x == pytest.approx(500_000, abs=1e-3)


@pytest.mark.parametrize(
    ("srid", "easting"),
    [
        pytest.param(4548, 500_000, id="central meridian"),
        pytest.param(4527, 39_500_000, id="zone prefix"),
        pytest.param(4498, 20_500_000, id="six-degree zone prefix"),
        pytest.param(4509, 500_000, id="six-degree central meridian"),
    ],
)
def test_every_form_of_gauss_kruger_leads_to_its_central_meridian(srid, easting):
    (place,) = to_storage(np.array([shapely.Point(easting, 4_400_000)]), srid)
    assert place.x == pytest.approx(117.0, abs=1e-9)


def test_web_mercator_is_taken_as_the_degrees_it_was_made_of():
    (place,) = to_storage(np.array([shapely.Point(12_957_958.0, 4_853_000.0)]), 3857)
    assert (place.x, place.y) == pytest.approx((116.4030, 39.9109), abs=1e-3)


def test_wgs84_degrees_are_stored_as_they_are():
    places = np.array([shapely.Point(116.4, 39.9), None], dtype=object)
    assert to_storage(places, 4326) is places


@pytest.mark.parametrize("convert", [to_metric, to_storage])
def test_a_crs_outside_the_list_is_refused(convert):
    with pytest.raises(InputError, match="不支持坐标系 EPSG:32650"):
        convert(np.array([shapely.Point(116.4, 39.9)]), 32650)
