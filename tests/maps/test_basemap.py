import pytest

from maps.basemap import NOT_THERE, Basemap, basemap_of

XYZ = "http://tiles.example/{z}/{x}/{y}.png"


@pytest.mark.parametrize("setting", ["", "none", " none "])
def test_without_setting_there_is_no_base_map(setting):
    assert basemap_of(setting) == Basemap()


@pytest.mark.parametrize("kind", ["xyz", "wmts4490"])
def test_an_address_of_tiles_is_taken(kind):
    taken = basemap_of(f"{kind}:{XYZ}")
    assert taken.told == {"kind": kind, "address": XYZ}
    assert taken.host == "http://tiles.example"
    assert taken.problem == ""


def test_tiles_of_our_own_site_need_no_other_host():
    assert basemap_of("xyz:/ground/{z}/{x}/{y}.png").host == ""


def test_pmtiles_are_said_not_to_be_there():
    assert basemap_of("pmtiles:/ground.pmtiles").problem == NOT_THERE


@pytest.mark.parametrize("setting", ["google", "xyz:http://tiles.example/", "wms:{z}{x}{y}"])
def test_a_setting_that_is_none_says_what_is_allowed(setting):
    problem = basemap_of(setting).problem
    assert f"底图设置“{setting}”无法识别" in problem
    assert "地址中须有 {z}、{x}、{y}。" in problem
