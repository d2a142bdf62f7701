"""Totals that two cities published, counted from the rows of their sample cities."""

from collections import Counter
from datetime import date

import pytest

from data.sample_city import City, make_city

FIRM_KINDS = {"state", "private", "subdistrict", "joint"}
YANGQUAN_DAY, XIGANG_DAY = date(2025, 9, 22), date(2021, 5, 21)


@pytest.fixture(scope="module", params=[1, 2])
def yangquan(request) -> City:
    return make_city("yangquan", seed=request.param)


@pytest.fixture(scope="module", params=[1, 2])
def xigang(request) -> City:
    return make_city("xigang", seed=request.param)


def rows(city, kind):
    columns = city.tables[kind].columns
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def test_yangquan_counts_961_compounds_in_its_base_list(yangquan):
    base = {(row["list"], row["unit"], row["code"]) for row in rows(yangquan, "base")}
    codes = yangquan.tables["compound"].columns["code"]
    assert base == {("建成区小区", "小区", code) for code in codes}
    assert len(base) == 961


def test_yangquan_lists_401_old_compounds_and_judged_all_others(yangquan):
    assert Counter(yangquan.tables["compound"].columns["old_list"]) == {True: 401, False: 560}


def test_a_company_serves_881_compounds_of_yangquan(yangquan):
    kinds = {row["name"]: row["kind"] for row in rows(yangquan, "provider")}
    members = {row["code"]: row["members"] for row in rows(yangquan, "management_area")}
    served = {
        members.get(row["what"], row["what"])
        for row in rows(yangquan, "contract")
        if kinds[row["provider"]] in FIRM_KINDS
        and row["in_service_from"] < YANGQUAN_DAY
        and (row["ends_on"] is None or row["ends_on"] > YANGQUAN_DAY)
    }
    assert len(served) == 881
    assert served <= set(yangquan.tables["compound"].columns["code"])


def test_no_company_serves_yangquan_without_a_contract(yangquan):
    kinds = {row["name"]: row["kind"] for row in rows(yangquan, "provider")}
    named = {row["provider"] for row in rows(yangquan, "compound")} - {None}
    assert not {kinds[name] for name in named} & FIRM_KINDS


def test_yangquan_has_288_and_673_committees(yangquan):
    counted = Counter(yangquan.tables["compound"].columns["committee"])
    assert counted == {"业主委员会": 288, "物业管理委员会": 673}


def test_one_company_holds_51_compounds_of_the_mining_district(yangquan):
    areas = {row["code"]: row for row in rows(yangquan, "area")}
    names = {row["name"]: row for row in areas.values()}
    members = {row["code"]: row["members"] for row in rows(yangquan, "management_area")}
    provider = {
        members.get(row["what"], row["what"]): row["provider"] for row in rows(yangquan, "contract")
    }
    held = Counter()
    for row in rows(yangquan, "compound"):
        subdistrict = areas[names[row["area"]]["parent"]]
        if areas[subdistrict["parent"]]["name"] == "矿区":
            held[provider.get(row["code"])] += 1
    backstop = {row["area"]: row["provider"] for row in rows(yangquan, "role")}["矿区"]
    assert held[backstop] == 51


def test_xigang_counts_199_management_areas(xigang):
    codes = xigang.tables["management_area"].columns["code"]
    base = {(row["list"], row["unit"], row["code"]) for row in rows(xigang, "base")}
    assert base == {("物业管理区域", "物业管理区域", code) for code in codes}
    assert len(base) == 199


def test_xigang_has_279_buildings_of_unknown_floor_area(xigang):
    assert len(xigang.tables["building"]) == 279
    assert set(xigang.tables["building"].columns["floor_area_m2"]) == {None}


def test_recorded_floor_areas_of_xigang_add_up_to_6_360_000_m2(xigang):
    assert sum(xigang.tables["compound"].columns["floor_area_m2"]) == 6_360_000


def test_all_areas_of_xigang_are_under_contract_on_the_day_of_the_letter(xigang):
    signed = {
        row["what"]
        for row in rows(xigang, "contract")
        if row["signed_on"] < XIGANG_DAY
        and (row["ends_on"] is None or row["ends_on"] >= XIGANG_DAY)
    }
    assert signed == set(xigang.tables["management_area"].columns["code"])


def test_every_area_of_xigang_is_one_compound(xigang):
    members = xigang.tables["management_area"].columns["members"]
    assert sorted(members) == sorted(xigang.tables["compound"].columns["code"])
