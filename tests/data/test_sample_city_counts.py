from collections import Counter
from datetime import date

import numpy as np
import pytest
import shapely

from data.sample_city import PRESETS, CityPlan, make_city

QUANTILES = (10, 25, 50, 75, 90)
COLUMNS = {
    "area": "name level parent code valid_from",
    "compound": "code name area address built households floor_area_m2 buildings old_list "
    "title_area provider fee_low fee_high committee renovation area_clear premises fund "
    "facilities has_firm can_self_govern professional_ready basic_ready after_repair",
    "building": "code name compound storeys height_m use households floor_area_m2 built address",
    "management_area": "code name members decided_on document",
    "barrier": "kind name",
    "crossing": "kind note",
    "provider": "name kind credit_code grade capacity_m2 capacity_households service_areas",
    "contract": "provider what mode signed_on filed_on in_service_from ends_on fee_low fee_high "
    "grade document",
    "decision": "management_area way date area_share count_share area_in_favour count_in_favour "
    "document",
    "base": "list unit code document frozen_on",
    "ban": "provider area reason document valid_from valid_to",
    "role": "provider role area document valid_from valid_to",
    "event": "date kind category compound channel result",
    "score": "provider compound quarter party score document",
    "check": "compound item is_met date document",
    "collection": "compound valid_from valid_to due received",
}


def quantiles(values, chosen=QUANTILES):
    return np.nanpercentile(values, chosen)


def test_a_city_has_all_kinds_of_tables(city):
    assert set(city.tables) == set(COLUMNS)


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_table_has_the_agreed_keys(city, kind):
    assert set(city.tables[kind].columns) == set(COLUMNS[kind].split())


@pytest.mark.parametrize("kind", COLUMNS)
def test_columns_of_a_table_are_equally_long(city, kind):
    lengths = {len(column) for column in city.tables[kind].columns.values()}
    assert lengths == {len(city.tables[kind])}


@pytest.mark.parametrize("kind", COLUMNS)
def test_values_are_plain_python(city, kind):
    allowed = {str, int, float, bool, date, type(None)}
    found = {type(v) for column in city.tables[kind].columns.values() for v in column}
    assert found <= allowed


@pytest.mark.parametrize("kind", ["area", "compound", "building", "management_area"])
def test_codes_occur_once(city, kind):
    codes = city.tables[kind].columns["code"]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", ["area", "compound", "provider"])
def test_names_occur_once(city, kind):
    names = city.tables[kind].columns["name"]
    assert [name for name, count in Counter(names).items() if count > 1] == []


@pytest.mark.parametrize("preset", ["hamlet", "small", "yangquan", "xigang"])
def test_a_preset_has_exactly_its_compounds_and_buildings(request, preset):
    tables, plan = request.getfixturevalue(preset).tables, PRESETS[preset]
    assert (len(tables["compound"]), len(tables["building"])) == (plan.compounds, plan.buildings)


def test_every_compound_has_a_building(city):
    assert min(city.tables["compound"].columns["buildings"]) >= 1


# Published totals, from rows


def test_yangquan_has_961_compounds_on_its_base_list(yangquan):
    base = yangquan.tables["base"].columns
    assert set(base["list"]) == {"建成区小区"}
    assert sorted(base["code"]) == sorted(yangquan.tables["compound"].columns["code"])
    assert len(base["code"]) == 961


def test_yangquan_lists_401_old_compounds(yangquan):
    assert sum(yangquan.tables["compound"].columns["old_list"]) == 401


@pytest.mark.parametrize("day", [date(2025, 9, 22), date(2027, 12, 31)])
def test_in_yangquan_a_firm_is_in_service_in_881_compounds(yangquan, day):
    kinds = yangquan.tables["provider"].columns
    firms = {
        name
        for name, kind in zip(kinds["name"], kinds["kind"], strict=True)
        if kind in {"state", "private", "joint", "subdistrict"}
    }
    rows = yangquan.tables["contract"].columns
    keys = ("what", "provider", "in_service_from", "ends_on")
    served = {
        what
        for what, provider, start, end in zip(*(rows[k] for k in keys), strict=True)
        if provider in firms and start <= day and (end is None or end > day)
    }
    assert len(served & set(yangquan.tables["compound"].columns["code"])) == 881


def test_yangquan_has_288_and_673_committees(yangquan):
    committees = Counter(yangquan.tables["compound"].columns["committee"])
    assert committees == {"业主委员会": 288, "物业管理委员会": 673}


def test_in_yangquans_mining_district_one_firm_has_taken_on_51_old_compounds(yangquan):
    case = PRESETS["yangquan"].weak_case
    rows = yangquan.tables["contract"].columns
    pairs = zip(rows["what"], rows["provider"], strict=True)
    taken = [what for what, provider in pairs if provider == case.firm]
    area = yangquan.tables["area"].columns
    code = area["code"][area["name"].index("矿区")]
    assert len(taken) == 51
    assert all(what.startswith(code) for what in taken)


def test_xigang_has_199_management_areas_on_its_base_list(xigang):
    base = xigang.tables["base"].columns
    assert (set(base["list"]), set(base["unit"])) == ({"物业管理区域"}, {"物业管理区域"})
    assert base["code"] == xigang.tables["management_area"].columns["code"]
    assert len(base["code"]) == 199


def test_xigang_has_signed_an_agreement_for_every_management_area(xigang):
    signed = [
        what
        for what, day in zip(
            xigang.tables["contract"].columns["what"],
            xigang.tables["contract"].columns["signed_on"],
            strict=True,
        )
        if day <= date(2021, 5, 21)
    ]
    assert sorted(signed) == sorted(xigang.tables["management_area"].columns["code"])


def test_xigangs_management_areas_hold_every_compound_once(xigang):
    members = xigang.tables["management_area"].columns["members"]
    held = [code for row in members for code in row.split("、")]
    assert sorted(held) == sorted(xigang.tables["compound"].columns["code"])


def test_xigangs_floor_area_adds_up_exactly(xigang):
    assert sum(xigang.tables["compound"].columns["floor_area_m2"]) == 6_360_000


def test_xigangs_buildings_have_no_floor_area_of_their_own(xigang):
    assert set(xigang.tables["building"].columns["floor_area_m2"]) == {None}


# Real sizes (published quantiles of Dalian's 2,826 listed compounds)


@pytest.fixture(scope="module")
def housing(yangquan, numbers):
    columns = yangquan.tables["compound"].columns
    names = ("built", "households", "floor_area_m2", "buildings", "fee_low")
    return {name: numbers(columns[name]) for name in names}


@pytest.fixture(scope="module")
def is_old(housing):
    return housing["built"] <= 2000


def test_years_built_follow_the_published_quantiles(housing):
    assert quantiles(housing["built"]) == pytest.approx([1988, 1992, 2000, 2006, 2010], abs=1.5)


@pytest.mark.parametrize(
    ("old", "published"),
    [(True, [72, 174, 420, 971, 1_836]), (False, [130, 280, 595, 1_176, 1_933])],
    ids=["old", "new"],
)
def test_households_follow_the_published_quantiles(housing, is_old, old, published):
    ours = quantiles(housing["households"][is_old == old])
    assert ours / published == pytest.approx(np.ones(5), abs=0.5)


def test_buildings_of_a_compound_follow_the_published_quartiles(housing):
    ours = quantiles(housing["buildings"], (25, 50, 75))
    assert ours == pytest.approx([4, 9, 19], abs=3.0)


@pytest.mark.parametrize(
    ("old", "published"), [(True, [35, 47, 62]), (False, [37, 63, 128])], ids=["old", "new"]
)
def test_households_of_a_building_follow_the_published_quartiles(housing, is_old, old, published):
    per_building = (housing["households"] / housing["buildings"])[is_old == old]
    assert quantiles(per_building, (25, 50, 75)) / published == pytest.approx(np.ones(3), abs=0.42)


def test_floor_area_of_a_household_is_near_the_published_middle(housing):
    ours = np.nanmedian(housing["floor_area_m2"] / housing["households"])
    assert ours == pytest.approx(109.0, rel=0.2)


@pytest.mark.parametrize(
    ("old", "published"),
    [(True, [0.2, 0.3, 0.5, 0.6, 1.5]), (False, [0.5, 0.7, 1.3, 2.3, 3.5])],
    ids=["old", "new"],
)
def test_fees_follow_the_published_quantiles(housing, is_old, old, published):
    ours = quantiles(housing["fee_low"][is_old == old])
    assert ours / published == pytest.approx(np.ones(5), abs=0.25)


def test_some_values_were_never_recorded(small):
    columns = small.tables["compound"].columns
    share = {name: np.mean([v is None for v in columns[name]]) for name in columns}
    assert 0.06 < share["households"] < 0.20
    assert 0.14 < share["floor_area_m2"] < 0.32
    assert 0.04 < share["premises"] < 0.18


def test_recorded_floor_area_is_mostly_near_that_of_the_buildings(small, numbers):
    compounds, buildings = small.tables["compound"], small.tables["building"]
    storeys = np.nan_to_num(numbers(buildings.columns["storeys"]))
    floor_m2 = shapely.area(buildings.geometries) * storeys
    index = {code: i for i, code in enumerate(compounds.columns["code"])}
    owner = np.array([index.get(code[:13], -1) for code in buildings.columns["code"]])
    inside = owner >= 0
    total = np.bincount(owner[inside], weights=floor_m2[inside], minlength=len(compounds))
    known = total > 0
    ratio = numbers(compounds.columns["floor_area_m2"])[known] / total[known]
    assert np.nanmedian(ratio) == pytest.approx(1.0, abs=0.1)
    assert 0.01 < np.nanmean(np.abs(ratio - 1.0) > 0.3) < 0.20


def test_who_manages_follows_the_published_shares(numbers):
    plan = CityPlan(districts=("甲区", "乙区"), compounds=900, buildings=9_000)
    columns = make_city(plan, seed=3).tables["compound"].columns
    built = numbers(columns["built"])
    has_firm = np.array(columns["has_firm"], dtype=object)
    unknown = np.mean([v is None for v in has_firm[built <= 2000]])
    served = np.mean([v is True for v in has_firm[built > 2000]])
    assert unknown == pytest.approx(0.12, abs=0.04)
    assert served == pytest.approx(0.82, abs=0.05)
