from collections import Counter
from datetime import timedelta

import numpy as np
import pytest
import shapely

from data.sample_city import PRESETS

COMPANIES = {"state", "private", "joint", "subdistrict"}
VALUES = {c: i for i, c in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
"""As printed in GB 32100-2015, table 2."""


def is_credit_code(code):
    total = sum(VALUES[c] * w for c, w in zip(code[:17], WEIGHTS, strict=True))
    return len(code) == 18 and VALUES[code[17]] == (31 - total % 31) % 31


def is_organisation_code(code):
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c, 36) * w for c, w in zip(code[:8], weights, strict=True))
    return code[8] == {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


def subjects(city):
    return {
        code
        for kind in ("compound", "building", "management_area")
        for code in city.tables[kind].columns["code"]
    }


def test_the_check_accepts_a_code_of_the_standards_own_example():
    assert is_credit_code("91350100M000100Y43")


def test_credit_codes_check(city):
    codes = [code for code in city.tables["provider"].columns["credit_code"] if code]
    assert [code for code in codes if not is_credit_code(code)] == []


def test_the_organisation_codes_inside_check_too(small):
    codes = [code[8:17] for code in small.tables["provider"].columns["credit_code"] if code]
    assert [code for code in codes if not is_organisation_code(code)] == []


def test_credit_codes_are_of_no_place_in_china(city):
    codes = [code for code in city.tables["provider"].columns["credit_code"] if code]
    assert {code[2:8] for code in codes} == {"999999"}


def test_credit_codes_occur_once(city):
    codes = [code for code in city.tables["provider"].columns["credit_code"] if code]
    assert len(set(codes)) == len(codes)


def test_companies_have_a_credit_code_and_owners_bodies_none(small):
    columns = small.tables["provider"].columns
    pairs = list(zip(columns["kind"], columns["credit_code"], strict=True))
    assert all(code for kind, code in pairs if kind in COMPANIES)
    assert not any(code for kind, code in pairs if kind == "self_governing")


def test_all_nine_kinds_of_provider_occur(small):
    assert set(small.tables["provider"].columns["kind"]) == COMPANIES | {
        "service_centre", "non_profit", "owner_unit", "self_governing", "other",
    }  # fmt: skip


def test_all_grades_occur(small):
    assert set(small.tables["provider"].columns["grade"]) == {"A", "B", "C", "D", ""}


def test_service_areas_are_districts_of_the_city(city):
    columns = city.tables["area"].columns
    names = {
        n for n, level in zip(columns["name"], columns["level"], strict=True) if level == "district"
    }
    served = city.tables["provider"].columns["service_areas"]
    assert {name for row in served for name in row.split("、")} <= names


def test_bases_lie_in_the_city(city):
    bases = [base for base in city.tables["provider"].geometries if base is not None]
    assert shapely.covers(city.tables["area"].geometries[0], bases).all()


def test_every_provider_is_marked_as_invented(city):
    names = city.tables["provider"].columns["name"]
    assert [name for name in names if not name.endswith("（示例）")] == []


@pytest.mark.parametrize(
    "kind",
    ["management_area", "contract", "decision", "base", "ban", "role", "score", "check"],
)
def test_every_document_is_marked_as_invented(city, kind):
    documents = city.tables[kind].columns["document"]
    assert [text for text in documents if not text.startswith("示例数据〔")] == []


@pytest.mark.parametrize("kind", ["compound", "building"])
def test_every_address_is_in_the_invented_city(city, kind):
    addresses = city.tables[kind].columns["address"]
    assert [text for text in addresses if not text.startswith(city.name)] == []


def test_the_city_is_marked_as_invented(city):
    assert city.name.startswith("示例市")
    assert city.tables["area"].columns["code"][0] == "990100"


def test_every_contract_names_a_provider_of_the_register(city):
    providers = set(city.tables["provider"].columns["name"])
    assert set(city.tables["contract"].columns["provider"]) <= providers


def test_every_contract_is_about_something_that_exists(city):
    assert set(city.tables["contract"].columns["what"]) <= subjects(city)


def test_nothing_is_contracted_twice(city):
    members = dict(
        zip(
            city.tables["management_area"].columns["code"],
            city.tables["management_area"].columns["members"],
            strict=True,
        )
    )
    held = [
        code
        for what in city.tables["contract"].columns["what"]
        for code in members.get(what, what).split("、")
    ]
    assert [code for code, count in Counter(held).items() if count > 1] == []


def test_dates_of_a_contract_are_in_order(city):
    keys = ("signed_on", "in_service_from", "ends_on")
    columns = city.tables["contract"].columns
    rows = [[d for d in row if d] for row in zip(*(columns[k] for k in keys), strict=True)]
    assert [row for row in rows if row != sorted(row)] == []


def test_nothing_was_signed_or_filed_after_the_day_of_the_plan(small):
    columns, today = small.tables["contract"].columns, PRESETS["small"].known_on
    days = [*columns["signed_on"], *(day for day in columns["filed_on"] if day)]
    assert max(days) <= today


def test_some_contracts_have_ended_and_some_end_soon(small):
    ends = [day for day in small.tables["contract"].columns["ends_on"] if day]
    today = PRESETS["small"].known_on
    assert any(day < today for day in ends)
    assert any(today < day < today + timedelta(days=90) for day in ends)


def test_some_contracts_are_signed_but_nobody_is_in_service(small):
    assert None in small.tables["contract"].columns["in_service_from"]


def test_some_signed_management_areas_lack_a_decision(small):
    areas = set(small.tables["management_area"].columns["code"])
    signed = areas & set(small.tables["contract"].columns["what"])
    decided = set(small.tables["decision"].columns["management_area"])
    assert 0.02 < len(signed - decided) / len(signed) < 0.35


def test_decisions_are_about_management_areas_and_come_before_the_contract(city):
    columns = city.tables["decision"].columns
    first = dict(zip(columns["management_area"], columns["date"], strict=True))
    contracts = city.tables["contract"].columns
    pairs = zip(contracts["what"], contracts["signed_on"], strict=True)
    assert set(first) <= set(city.tables["management_area"].columns["code"])
    assert [what for what, day in pairs if what in first and first[what] >= day] == []


def test_a_decision_of_owners_has_shares_and_a_trusteeship_has_none(small):
    columns = small.tables["decision"].columns
    for way, share in zip(columns["way"], columns["area_share"], strict=True):
        assert (share is None) == (way == "街道临时托管")


def test_members_of_a_management_area_are_compounds(city):
    members = city.tables["management_area"].columns["members"]
    held = {code for row in members for code in row.split("、")}
    assert held <= set(city.tables["compound"].columns["code"])


def test_drawn_management_areas_cover_their_members(xigang):
    compounds = xigang.tables["compound"]
    index = {code: i for i, code in enumerate(compounds.columns["code"])}
    areas = xigang.tables["management_area"]
    for row, outline in zip(areas.columns["members"], areas.geometries, strict=True):
        members = compounds.geometries[[index[code] for code in row.split("、")]]
        assert outline is None or shapely.covers(shapely.buffer(outline, 0.02), members).all()


def test_a_management_area_of_two_compounds_is_one_piece(xigang):
    areas = xigang.tables["management_area"]
    is_pair = np.array(["、" in row for row in areas.columns["members"]])
    outlines = [shape for shape in areas.geometries[is_pair] if shape is not None]
    assert is_pair.sum() == 11
    assert {shape.geom_type for shape in outlines} == {"Polygon"}


def test_every_district_has_a_state_backstop(city):
    role, provider = city.tables["role"].columns, city.tables["provider"].columns
    kinds = dict(zip(provider["name"], provider["kind"], strict=True))
    columns = city.tables["area"].columns
    districts = columns["level"].count("district")
    assert {kinds[name] for name in role["provider"]} == {"state"}
    assert (set(role["role"]), len(set(role["area"]))) == ({"兜底"}, districts)


def test_bans_name_a_provider_of_the_register(small):
    providers = set(small.tables["provider"].columns["name"])
    assert small.tables["ban"].columns["provider"]
    assert set(small.tables["ban"].columns["provider"]) <= providers


def test_compounds_lie_in_the_community_that_they_name(small):
    areas, compounds = small.tables["area"], small.tables["compound"]
    shape = dict(zip(areas.columns["name"], areas.geometries, strict=True))
    communities = np.array([shape[name] for name in compounds.columns["area"]])
    inside_m2 = shapely.area(shapely.intersection(communities, compounds.geometries))
    assert (inside_m2 / shapely.area(compounds.geometries)).min() > 0.5
