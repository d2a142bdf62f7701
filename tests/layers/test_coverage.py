"""What is covered follows from what is said; the sums go up the tree."""

from datetime import date

import numpy as np
import pytest

from layers.coverage import (
    NOWHERE,
    Base,
    Committees,
    Items,
    Ledger,
    Measure,
    Rate,
    Things,
    Tree,
    Unit,
    latest_base,
    rates_by_area,
)
from layers.sites import SiteKind

ON = date(2025, 6, 1)
AREA, COMPOUND = SiteKind.MANAGEMENT_AREA, SiteKind.COMPOUND
YARD, BUILDING = SiteKind.COURTYARD, SiteKind.BUILDING


def tree(**parents):
    """Return a tree from code=parent's code, in the order given."""
    codes = list(parents)
    return Tree(
        codes=np.array(codes),
        names=np.array(codes),
        levels=np.array(["district"] * len(codes), dtype=np.str_),
        parent=np.array([codes.index(p) if p else NOWHERE for p in parents.values()]),
    )


def things(
    n, *, area=None, exists=None, merged_into=None, count=None, households=None, floor_area_m2=None
):
    def whole(values, otherwise):
        return np.array(values if values is not None else [otherwise] * n, dtype=np.int64)

    def numbers(values):
        return np.array(values if values is not None else [np.nan] * n, dtype=np.float64)

    return Things(
        area=whole(area, 0),
        exists=whole(exists, 1).astype(bool),
        merged_into=whole(merged_into, NOWHERE),
        count=whole(count, 1).astype(np.float64),
        households=numbers(households),
        floor_area_m2=numbers(floor_area_m2),
    )


def item(kind, position, *, by="state", signed_on="NaT", in_service_from="NaT"):
    return kind, position, by, signed_on, in_service_from


def items(*rows):
    kinds, positions, by, signed, entered = zip(*rows, strict=True) if rows else ([],) * 5
    return Items(
        kind=np.array(kinds, dtype=np.str_),
        position=np.array(positions, dtype=np.int64),
        provider_kind=np.array(by, dtype=np.str_),
        signed_on=np.array(signed, dtype="datetime64[D]"),
        in_service_from=np.array(entered, dtype="datetime64[D]"),
    )


def committees(*rows):
    kinds, positions, said = zip(*rows, strict=True) if rows else ([],) * 3
    return Committees(
        kind=np.array(kinds, dtype=np.str_),
        position=np.array(positions, dtype=np.int64),
        committee=np.array(said, dtype=np.str_),
    )


def ledger(*, compounds=None, areas=None, yards=None, buildings=None, **given):
    kinds = {AREA: areas, COMPOUND: compounds, YARD: yards, BUILDING: buildings}
    every = {kind: of or things(0) for kind, of in kinds.items()}

    def links(name, kind):
        return np.array(given.pop(name, [NOWHERE] * len(every[kind].area)), dtype=np.int64)

    n = len(every[COMPOUND].area)
    return Ledger(
        on=ON,
        things=every,
        compound_holder=links("compound_holder", COMPOUND),
        building_holder=links("building_holder", BUILDING),
        building_compound=links("building_compound", BUILDING),
        building_courtyard=links("building_courtyard", BUILDING),
        building_is_home=np.array(
            given.pop("is_home", [True] * len(every[BUILDING].area)), dtype=bool
        ),
        is_old=np.array(given.pop("is_old", [np.nan] * n), dtype=np.float64),
        **{"tree": tree(D1=None), "items": items(), "committees": committees(), "bases": ()}
        | given,
    )


def covered(known, measure=Measure.FIRM, unit=Unit.COMPOUND, position=NOWHERE):
    return rates_by_area(known, measure=measure, unit=unit).of(position).covered


def test_a_compound_under_contract_is_covered():
    assert covered(ledger(compounds=things(3), items=items(item(COMPOUND, 1)))) == 1


@pytest.mark.parametrize(
    ("kind", "by_firm"),
    [
        *(("state", 1), ("private", 1), ("subdistrict", 1), ("joint", 1)),
        *(("service_centre", 0), ("non_profit", 0), ("owner_unit", 0)),
        *(("self_governing", 0), ("other", 0)),
    ],
)
def test_only_companies_count_as_firms(kind, by_firm):
    known = ledger(compounds=things(1), items=items(item(COMPOUND, 0, by=kind)))
    assert (covered(known), covered(known, Measure.ANY)) == (by_firm, 1)


@pytest.mark.parametrize(
    ("steps", "serves", "signed", "in_service"),
    [
        pytest.param({}, 1, 0, 1, id="only named on a list"),
        pytest.param({"signed_on": "2025-06-01"}, 1, 1, 0, id="signed, entry unknown"),
        pytest.param({"signed_on": "2025-06-02"}, 1, 0, 0, id="signed tomorrow"),
        pytest.param({"in_service_from": "2025-06-01"}, 1, 0, 1, id="entered, signing unknown"),
        pytest.param({"in_service_from": "2025-06-02"}, 0, 0, 0, id="enters tomorrow"),
        pytest.param(
            {"signed_on": "2025-05-01", "in_service_from": "2025-06-02"},
            0,
            1,
            0,
            id="signed, enters tomorrow",
        ),
    ],
)
def test_serving_signing_and_entering_are_told_apart(steps, serves, signed, in_service):
    known = ledger(compounds=things(1), items=items(item(COMPOUND, 0, **steps)))
    measures = (Measure.FIRM, Measure.SIGNED, Measure.IN_SERVICE)
    assert [covered(known, measure) for measure in measures] == [serves, signed, in_service]


def test_a_covered_management_area_covers_its_members():
    known = ledger(
        areas=things(1),
        compounds=things(2),
        buildings=things(1),
        compound_holder=[0, NOWHERE],
        building_holder=[0],
        items=items(item(AREA, 0)),
    )
    assert (covered(known), covered(known, unit=Unit.BUILDING)) == (1, 1)


def test_a_covered_compound_covers_its_buildings():
    known = ledger(
        compounds=things(2),
        buildings=things(3),
        building_compound=[0, 1, NOWHERE],
        items=items(item(COMPOUND, 0)),
    )
    assert covered(known, unit=Unit.BUILDING) == 1


def test_covered_buildings_do_not_make_a_covered_compound():
    known = ledger(
        compounds=things(1),
        buildings=things(1),
        building_compound=[0],
        items=items(item(BUILDING, 0)),
    )
    assert covered(known) == 0


def test_a_covered_courtyard_covers_its_buildings():
    known = ledger(
        yards=things(1),
        buildings=things(2),
        building_courtyard=[0, NOWHERE],
        items=items(item(YARD, 0)),
    )
    assert covered(known, unit=Unit.BUILDING) == 1


@pytest.mark.parametrize(
    ("served", "expected"), [([0, 1], 1), ([0], 0), ([], 0)], ids=["all", "some", "none"]
)
def test_a_management_area_is_covered_when_all_its_members_are(served, expected):
    known = ledger(
        areas=things(1),
        compounds=things(2),
        compound_holder=[0, 0],
        items=items(*(item(COMPOUND, n) for n in served)),
    )
    assert covered(known, unit=Unit.MANAGEMENT_AREA) == expected


def test_a_member_that_no_longer_exists_is_not_missed():
    known = ledger(
        areas=things(1),
        compounds=things(2, exists=[True, False]),
        compound_holder=[0, 0],
        items=items(item(COMPOUND, 0)),
    )
    assert covered(known, unit=Unit.MANAGEMENT_AREA) == 1


def test_a_management_area_without_members_is_not_covered_by_nothing():
    assert covered(ledger(areas=things(1)), unit=Unit.MANAGEMENT_AREA) == 0


def test_what_was_merged_is_covered_over_any_number_of_mergers():
    compounds = things(3, merged_into=[1, 2, NOWHERE])
    assert covered(ledger(compounds=compounds, items=items(item(COMPOUND, 2)))) == 3


def test_mergers_in_a_circle_end():
    compounds = things(3, merged_into=[1, 0, NOWHERE])
    assert covered(ledger(compounds=compounds, items=items(item(COMPOUND, 0)))) == 2


def test_an_item_of_a_thing_that_is_not_on_record_covers_nothing():
    assert covered(ledger(compounds=things(2), items=items(item(COMPOUND, NOWHERE)))) == 0


def test_a_thing_that_does_not_exist_on_the_day_is_not_counted():
    known = ledger(compounds=things(2, exists=[True, False]))
    assert rates_by_area(known, measure=Measure.FIRM, unit=Unit.COMPOUND).of(0).total == 1


def test_parts_tell_firms_from_others_and_count_nothing_twice():
    known = ledger(
        compounds=things(3),
        items=items(
            item(COMPOUND, 0), item(COMPOUND, 0, by="other"), item(COMPOUND, 1, by="non_profit")
        ),
    )
    rate = rates_by_area(known, measure=Measure.ANY, unit=Unit.COMPOUND).of(NOWHERE)
    assert (rate.covered, rate.parts) == (2, {"firm": 1, "other": 1})


def test_committees_are_told_apart_and_none_is_none():
    known = ledger(
        compounds=things(4),
        committees=committees(
            (COMPOUND, 0, "owners_committee"),
            (COMPOUND, 1, "management_committee"),
            (COMPOUND, 2, "none"),
        ),
    )
    rate = rates_by_area(known, measure=Measure.COMMITTEE, unit=Unit.COMPOUND).of(NOWHERE)
    assert (rate.covered, rate.parts) == (2, {"owners_committee": 1, "management_committee": 1})


def test_the_owners_committee_of_an_area_counts_before_that_of_a_member():
    known = ledger(
        areas=things(1),
        compounds=things(1),
        compound_holder=[0],
        committees=committees((AREA, 0, "owners_committee"), (COMPOUND, 0, "management_committee")),
    )
    rate = rates_by_area(known, measure=Measure.COMMITTEE, unit=Unit.COMPOUND).of(NOWHERE)
    assert rate.parts == {"owners_committee": 1, "management_committee": 0}


def test_old_compounds_are_those_on_the_list():
    known = ledger(compounds=things(3), is_old=[1, 0, np.nan])
    rate = rates_by_area(known, measure=Measure.OLD, unit=Unit.COMPOUND).of(NOWHERE)
    assert (rate.covered, rate.total, rate.unknown) == (1, 3, 1)


def test_a_compound_does_not_grow_old_by_a_merger():
    compounds = things(2, merged_into=[1, NOWHERE])
    assert covered(ledger(compounds=compounds, is_old=[0, 1]), Measure.OLD) == 1


def test_households_that_are_unknown_are_counted_beside_the_sum():
    known = ledger(
        compounds=things(3, households=[100, np.nan, 50]), items=items(item(COMPOUND, 0))
    )
    rate = rates_by_area(known, measure=Measure.FIRM, unit=Unit.HOUSEHOLD).of(NOWHERE)
    assert (rate.covered, rate.total, rate.unknown) == (100, 150, 1)


def test_floor_area_is_that_of_compounds_and_scattered_homes():
    known = ledger(
        compounds=things(1, floor_area_m2=[1000]),
        buildings=things(3, floor_area_m2=[400, 300, 200]),
        building_compound=[0, NOWHERE, NOWHERE],
        is_home=[True, True, False],
    )
    rate = rates_by_area(known, measure=Measure.FIRM, unit=Unit.FLOOR_AREA).of(NOWHERE)
    assert rate.total == 1300


def base(name, frozen_on, *positions, unit=Unit.COMPOUND):
    return Base(
        name=name,
        unit=unit,
        document="",
        frozen_on=frozen_on,
        positions=np.array(positions, dtype=np.int64),
    )


def test_a_base_list_is_the_denominator_whatever_exists_now():
    known = ledger(
        compounds=things(4, exists=[False, True, True, True], merged_into=[1] + [NOWHERE] * 3),
        items=items(item(COMPOUND, 1)),
        bases=(base("底数", date(2025, 1, 1), 0, 1, 2),),
    )
    rate = rates_by_area(known, measure=Measure.FIRM, unit=Unit.COMPOUND).of(NOWHERE)
    assert (rate.covered, rate.total, rate.base.name) == (2, 3, "底数")


@pytest.mark.parametrize(
    ("bases", "chosen"),
    [
        pytest.param((), None, id="no list"),
        pytest.param((base("晚", date(2025, 6, 2)),), None, id="frozen tomorrow"),
        pytest.param(
            (base("区域", date(2025, 1, 1), unit=Unit.MANAGEMENT_AREA),), None, id="another unit"
        ),
        pytest.param(
            (base("旧", date(2024, 1, 1)), base("新", date(2025, 1, 1))), "新", id="the later one"
        ),
        pytest.param(
            (base("B", date(2025, 1, 1)), base("A", date(2025, 1, 1))), "A", id="first by name"
        ),
    ],
)
def test_the_base_list_that_was_frozen_last_is_taken(bases, chosen):
    found = latest_base(ledger(bases=bases), Unit.COMPOUND)
    assert (found and found.name) == chosen


def test_sums_go_up_the_tree():
    known = ledger(
        tree=tree(S1="D1", S2="D1", D1="T", D2="T", T=None),
        compounds=things(4, area=[0, 1, 3, NOWHERE]),
        items=items(*(item(COMPOUND, n) for n in range(4))),
    )
    rates = rates_by_area(known, measure=Measure.FIRM, unit=Unit.COMPOUND)
    assert [rates.of(position).covered for position in (0, 2, 3, 4, NOWHERE)] == [1, 2, 1, 3, 4]


def test_areas_in_a_circle_end():
    known = ledger(tree=tree(A="B", B="A"), compounds=things(1))
    rates = rates_by_area(known, measure=Measure.FIRM, unit=Unit.COMPOUND)
    assert (rates.of(0).total, rates.of(1).total) == (1, 1)


def rate(covered, total):
    return Rate(
        measure=Measure.FIRM,
        unit=Unit.COMPOUND,
        covered=covered,
        total=total,
        unknown=0,
        parts={},
        base=None,
    )


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((881, 961), "91.68 %"),
        ((880, 961), "91.57 %"),
        ((401, 961), "41.73 %"),
        ((1, 2), "50.00 %"),
        ((961, 961), "100 %"),
        ((0, 961), "0 %"),
        ((99_999, 100_000), "99.99 %"),
        ((1, 800), "0.13 %"),
        ((0, 0), "—"),
    ],
)
def test_a_rate_is_printed_as_officials_print_it(numbers, shown):
    assert rate(*numbers).percent_text == shown


@pytest.mark.parametrize(("numbers", "percent"), [((1, 4), 25.0), ((0, 0), None)])
def test_a_rate_in_percent(numbers, percent):
    assert rate(*numbers).percent == percent
