import numpy as np
import pytest

from data.sample_city import PRESETS, CityPlan, Published, make_city
from data.sample_city.names import compound_names, street_names
from data.sample_city.town import build_town
from geo.errors import InputError


def test_an_unknown_preset_is_refused_with_the_known_names():
    with pytest.raises(
        InputError, match="没有名为“巨城”的示例城市。请从下列名称中选择：hamlet、small"
    ):
        make_city("巨城")


def test_a_district_needs_ten_compounds():
    with pytest.raises(
        InputError, match="2 个区、12 个小区。至少要有一个区，每个区至少 10 个小区。"
    ):
        CityPlan(districts=("甲区", "乙区"), compounds=12, buildings=100)


def test_a_plan_without_a_district_is_refused():
    with pytest.raises(InputError, match="0 个区"):
        CityPlan(districts=(), compounds=12, buildings=100)


def test_fewer_buildings_than_compounds_are_refused():
    with pytest.raises(InputError, match="20 个小区只有 5 栋楼。楼栋数不能少于小区数。"):
        CityPlan(districts=("甲区",), compounds=20, buildings=5)


@pytest.mark.parametrize(
    ("published", "what"),
    [
        (Published(old_compounds=21), "老旧小区"),
        (Published(served_by_firm=21), "企业服务小区"),
        (Published(owners_committees=11, property_management_committees=10), "业主组织"),
        (Published(management_areas=21), "物业管理区域"),
    ],
    ids=["old", "served", "committees", "areas"],
)
def test_totals_above_the_number_of_compounds_are_refused(published, what):
    with pytest.raises(InputError, match=f"{what}公布数为 21，多于小区总数 20。请核对公布数。"):
        CityPlan(districts=("甲区",), compounds=20, buildings=50, published=published)


def test_a_plan_of_any_size_can_be_asked_for():
    plan = CityPlan(districts=("甲区", "乙区"), compounds=60, buildings=500)
    assert len(make_city(plan, seed=4).tables["compound"]) == 60


@pytest.mark.parametrize("seed", range(10, 16))
def test_any_seed_gives_the_asked_number_of_compounds(seed):
    assert len(make_city("hamlet", seed=seed).tables["compound"]) == 20


def test_a_town_grows_until_its_compounds_find_room():
    plan = CityPlan(districts=("甲区",), compounds=30, buildings=60, land_share=1.6)
    town = build_town(plan, np.random.default_rng(1))
    assert np.count_nonzero(town.parcels.use == "compound") == 30


@pytest.mark.parametrize(
    ("preset", "srid"), [("small", 4548), ("yangquan", 4547), ("xigang", 4550)]
)
def test_a_plan_knows_the_crs_of_its_central_meridian(preset, srid):
    assert PRESETS[preset].srid == srid


def test_names_are_numbered_when_they_run_out():
    names = street_names(1_500, suffix="路", rng=np.random.default_rng(1))
    assert len(set(names)) == 1_500


def test_estates_of_one_name_become_phases_and_courtyards_quarters():
    rng = np.random.default_rng(1)
    built = np.full(9_000, 2010)
    names = compound_names(built, ["建设路"] * 9_000, np.arange(9_000), rng)
    assert len(set(names)) == 9_000
    assert any(name.endswith("二期") for name in names)


def test_courtyards_of_one_address_are_told_apart():
    rng = np.random.default_rng(1)
    built = np.full(300, 2002)
    names = compound_names(built, ["建设路"] * 300, np.full(300, 12), rng)
    assert "建设路12号院2区" in names
