"""The ledgers of the sample city: values as they are found, people, contracts, documents."""

from datetime import date, timedelta
from types import NoneType

import numpy as np
import pytest
import shapely

from data.sample_city import City, make_city
from geo.readers import FIELDS, Kind

FIRM_KINDS = {"state", "private", "subdistrict", "joint"}
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
"""Of GB 32100-2015, as the standard prints them."""
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
"""Of GB 11714-1997."""


@pytest.fixture(scope="module")
def city() -> City:
    return make_city("small")


@pytest.fixture(scope="module", params=["small", "yangquan", "xigang"])
def any_city(request) -> City:
    return make_city(request.param, seed=5)


@pytest.fixture(scope="module")
def two_thousand() -> City:
    return make_city("yangquan", seed=11)


def column(city, kind, key):
    return city.tables[kind].columns[key]


def known(values):
    return np.array([value for value in values if value is not None])


def is_old(city):
    return np.array([flag is True for flag in column(city, "compound", "old_list")])


def rows(city, kind):
    columns = city.tables[kind].columns
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@pytest.mark.parametrize("kind", Kind)
def test_every_table_has_the_keys_of_its_kind(city, kind):
    keys = {key for field in FIELDS[kind] for key in field.columns}
    assert set(city.tables[kind].columns) == keys


@pytest.mark.parametrize("kind", Kind)
def test_every_column_is_as_long_as_its_table(any_city, kind):
    table = any_city.tables[kind]
    assert {len(values) for values in table.columns.values()} == {len(table)}
    assert table.geometries is None or len(table.geometries) == len(table)


@pytest.mark.parametrize("kind", Kind)
def test_every_value_is_plain_python(any_city, kind):
    types = {type(value) for values in any_city.tables[kind].columns.values() for value in values}
    assert types <= {int, float, str, bool, date, NoneType}


@pytest.mark.parametrize("kind", Kind)
def test_a_column_holds_one_type(any_city, kind):
    for key, values in any_city.tables[kind].columns.items():
        assert len({type(value) for value in values} - {NoneType}) <= 1, key


@pytest.mark.parametrize("kind", ["area", "compound", "building", "management_area", "provider"])
def test_codes_and_names_of_providers_are_given_once(any_city, kind):
    codes = column(any_city, kind, "name" if kind == "provider" else "code")
    assert len(set(codes)) == len(codes)


def test_names_of_compounds_are_given_once(any_city):
    names = column(any_city, "compound", "name")
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("share", "year"), [(0.1, 1988), (0.25, 1992), (0.5, 2000), (0.75, 2006), (0.9, 2010)]
)
def test_years_built_are_those_of_a_real_list(city, share, year):
    assert np.quantile(known(column(city, "compound", "built")), share) == pytest.approx(
        year, abs=1
    )


@pytest.mark.parametrize(
    ("old", "quantiles"),
    [(True, (0.2, 0.3, 0.5, 0.6, 1.5)), (False, (0.5, 0.7, 1.3, 2.3, 3.5))],
    ids=["old", "new"],
)
def test_fees_are_those_of_a_real_list(old, quantiles):
    city = make_city("yangquan", seed=2)
    fees = np.array(column(city, "compound", "fee_low"), dtype=float)[is_old(city) == old]
    found = np.nanquantile(fees, [0.1, 0.25, 0.5, 0.75, 0.9])
    assert found == pytest.approx(quantiles, rel=0.15, abs=0.06)


def test_the_upper_fee_is_never_below_the_lower(any_city):
    pairs = zip(
        column(any_city, "compound", "fee_low"),
        column(any_city, "compound", "fee_high"),
        strict=True,
    )
    assert all(
        (low is None) == (high is None) and (low is None or high >= low) for low, high in pairs
    )


def test_nobody_manages_a_good_third_of_the_old_compounds(city):
    has_firm = np.array([flag is False for flag in column(city, "compound", "has_firm")])
    provided = np.array([name is not None for name in column(city, "compound", "provider")])
    alone = has_firm & ~provided
    assert np.mean(alone[is_old(city)]) == pytest.approx(0.385, abs=0.06)
    assert np.mean(alone[~is_old(city)]) < 0.15


def test_part_of_what_a_ledger_holds_is_unknown(city):
    for key in ("built", "households", "floor_area_m2", "committee", "area_clear"):
        unknown = np.mean([value is None for value in column(city, "compound", key)])
        assert 0.01 < unknown < 0.4, key


def test_conditions_are_true_false_or_unknown(city):
    for key in ("area_clear", "premises", "fund", "facilities", "has_firm", "can_self_govern"):
        assert set(column(city, "compound", key)) == {True, False, None}, key


def test_new_compounds_meet_more_conditions_than_old_ones(city):
    fund = np.array([flag is True for flag in column(city, "compound", "fund")])
    assert fund[~is_old(city)].mean() > 2 * fund[is_old(city)].mean()


def test_floor_area_is_footprint_times_storeys_of_the_buildings(city):
    buildings = city.tables["building"]
    floors = np.array(
        [np.nan if s is None else s for s in buildings.columns["storeys"]], dtype=float
    )
    size = shapely.area(buildings.geometries) * floors
    sums: dict[str, float] = {}
    for code, area in zip(buildings.columns["compound"], size, strict=True):
        sums[code] = sums.get(code, 0.0) + area
    for row in rows(city, "compound"):
        total = sums[row["code"]]
        if row["floor_area_m2"] is not None and not np.isnan(total):
            assert row["floor_area_m2"] == pytest.approx(total, abs=5.1)


def test_households_of_a_compound_are_those_of_its_buildings(city):
    sums: dict[str, float] = {}
    for row in rows(city, "building"):
        if row["compound"]:
            is_shop = row["name"].endswith("商铺")
            lived = np.nan if row["households"] is None and not is_shop else row["households"] or 0
            sums[row["compound"]] = sums.get(row["compound"], 0.0) + lived
    compared = [
        (row["households"], sums[row["code"]])
        for row in rows(city, "compound")
        if row["households"] is not None and not np.isnan(sums[row["code"]])
    ]
    assert len(compared) > 20
    assert all(recorded == summed for recorded, summed in compared)


def test_old_houses_are_walked_up_and_new_ones_are_taller(city):
    built = dict(
        zip(column(city, "compound", "code"), column(city, "compound", "built"), strict=True)
    )
    homes = [row for row in rows(city, "building") if row["storeys"] and built.get(row["compound"])]
    old = [row["storeys"] for row in homes if built[row["compound"]] <= 2000]
    new = [row["storeys"] for row in homes if built[row["compound"]] > 2012]
    assert max(old) <= 7
    assert np.max(new) > 18


@pytest.mark.parametrize("kind", Kind)
def test_every_document_is_marked(any_city, kind):
    documents = any_city.tables[kind].columns.get("document", [])
    assert all(name is None or name.startswith("示例数据〔") for name in documents)


def test_city_addresses_and_providers_are_marked(any_city):
    assert any_city.name == "示例市"
    assert all(text.endswith("（示例数据）") for text in column(any_city, "compound", "address"))
    assert all(text.endswith("（示例数据）") for text in column(any_city, "building", "address"))
    assert all(text.endswith("（示例）") for text in column(any_city, "provider", "name"))


def test_every_area_code_is_of_a_province_that_does_not_exist(any_city):
    assert all(code.startswith("99") for code in column(any_city, "area", "code"))


def test_providers_are_of_every_kind(city):
    assert set(column(city, "provider", "kind")) == {
        *FIRM_KINDS, "service_centre", "non_profit", "owner_unit", "self_governing", "other",
    }  # fmt: skip


def test_firms_have_grades_from_a_to_d(city):
    assert set(column(city, "provider", "grade")) == {"A", "B", "C", "D", None}


def test_credit_codes_are_well_formed_and_nobodys(any_city):
    codes = known(column(any_city, "provider", "credit_code"))
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert code[2:8] == "000000"
        total = sum(w * ALPHABET.index(c) for w, c in zip(CODE_WEIGHTS, code[:17], strict=True))
        assert ALPHABET.index(code[17]) == (31 - total % 31) % 31, code


def test_the_organisation_part_of_credit_codes_has_its_own_check(any_city):
    for code in known(column(any_city, "provider", "credit_code")):
        body = [int(sign, 36) for sign in code[8:16]]
        rest = 11 - sum(w * v for w, v in zip(BODY_WEIGHTS, body, strict=True)) % 11
        assert code[16] == {10: "X", 11: "0"}.get(rest, str(rest)), code


def test_every_firm_has_a_base_and_service_areas_are_districts(city):
    table = city.tables["provider"]
    places = zip(table.columns["kind"], table.geometries, strict=True)
    assert all(point is not None for kind, point in places if kind in FIRM_KINDS)
    districts = {row["name"] for row in rows(city, "area") if row["level"] == "district"}
    named = known(table.columns["service_areas"])
    assert all(set(text.split("、")) <= districts for text in named)
    assert len(named) < len(table)


def test_every_district_has_a_backstop_that_is_a_firm(any_city):
    kinds = dict(
        zip(column(any_city, "provider", "name"), column(any_city, "provider", "kind"), strict=True)
    )
    districts = {row["name"] for row in rows(any_city, "area") if row["level"] == "district"}
    assert set(column(any_city, "role", "area")) == districts
    assert {kinds[name] for name in column(any_city, "role", "provider")} == {"state"}
    assert set(column(any_city, "role", "role")) == {"兜底"}


def test_bans_name_firms_that_serve_nobody(any_city):
    barred = set(column(any_city, "ban", "provider"))
    serving = set(column(any_city, "contract", "provider")) | set(
        column(any_city, "compound", "provider")
    )
    assert barred <= set(column(any_city, "provider", "name"))
    assert not barred & serving
    assert barred


def test_every_provider_that_is_named_exists(any_city):
    names = set(column(any_city, "provider", "name"))
    assert set(known(column(any_city, "compound", "provider"))) <= names
    assert set(column(any_city, "contract", "provider")) <= names


def test_every_contract_is_for_a_compound_or_management_area_that_exists(any_city):
    codes = {*column(any_city, "compound", "code"), *column(any_city, "management_area", "code")}
    assert set(column(any_city, "contract", "what")) <= codes


def test_no_compound_has_both_a_provider_and_a_contract(any_city):
    members = {row["code"]: row["members"].split("、") for row in rows(any_city, "management_area")}
    covered = [
        code for what in column(any_city, "contract", "what") for code in members.get(what, [what])
    ]
    listed = {row["code"] for row in rows(any_city, "compound") if row["provider"] is not None}
    assert len(set(covered)) == len(covered)
    assert not listed & set(covered)


def test_members_of_management_areas_are_compounds_of_one_area_only(any_city):
    members = [
        code for text in column(any_city, "management_area", "members") for code in text.split("、")
    ]
    assert len(set(members)) == len(members)
    assert set(members) <= set(column(any_city, "compound", "code"))


def test_some_management_areas_hold_two_compounds_and_have_no_outline(city):
    table = city.tables["management_area"]
    several = ["、" in text for text in table.columns["members"]]
    assert any(several)
    assert all(shape is None for shape, many in zip(table.geometries, several, strict=True) if many)


def test_contracts_are_signed_then_filed_then_in_service_and_end_later(any_city):
    for row in rows(any_city, "contract"):
        assert row["signed_on"] < row["in_service_from"]
        assert row["filed_on"] is None or row["filed_on"] > row["signed_on"]
        assert row["ends_on"] is None or row["ends_on"] >= row["in_service_from"]


def test_some_contracts_ran_out_and_some_run_out_soon(city):
    ends = known(column(city, "contract", "ends_on"))
    today = date(2026, 1, 1)
    assert (ends < today).sum() >= 3
    assert ((ends >= today) & (ends < today + timedelta(days=90))).sum() >= 3


def test_some_contracts_were_signed_without_a_decision(city):
    areas = set(column(city, "management_area", "code"))
    signed = {what for what in column(city, "contract", "what") if what in areas}
    decided = set(column(city, "decision", "management_area"))
    assert signed - decided
    assert len(signed & decided) > len(signed) / 2


def test_decisions_are_of_areas_that_exist_and_pass_the_law(any_city):
    assert set(column(any_city, "decision", "management_area")) <= set(
        column(any_city, "management_area", "code")
    )
    for row in rows(any_city, "decision"):
        if row["area_share"] is not None:
            assert min(row["area_share"], row["count_share"]) > 2 / 3
            assert row["area_in_favour"] > row["area_share"] / 2
            assert row["count_in_favour"] > row["count_share"] / 2


def test_the_base_list_holds_every_compound(city):
    assert column(city, "base", "code") == column(city, "compound", "code")
    assert set(column(city, "base", "unit")) == {"小区"}
