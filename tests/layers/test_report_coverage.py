"""Published totals come out of rows, on a date and as known on another."""

import pytest

from geo.errors import InputError
from geo.models import (
    BaseList,
    BaseRow,
    Building,
    Committee,
    Compound,
    Contract,
    ContractItem,
    Courtyard,
    ImportBatch,
    ManagementArea,
    Provider,
)
from geo.words import AreaLevel, ProviderKind
from layers.coverage import Measure, Unit
from layers.planning.report_coverage import report_coverage
from tests.rows import (
    LONG_AGO,
    area,
    at,
    building,
    compound,
    covers,
    day,
    management_area,
    provider,
    recorded,
)

pytestmark = pytest.mark.django_db

ON = {"valid": day(2025, 9, 22), "known": at(2025, 9, 30)}


def report(code=None, **asked):
    return report_coverage(area=code, **ON | asked).area


def percent(measure, unit=Unit.COMPOUND, code=None, **asked):
    return report(code, **asked).rate(measure, unit).percent_text


@pytest.fixture
def yangquan():
    """The built-up area of the reply of 2025: 961 compounds, 401 old, 881 served, two districts."""
    city = area("140300", level=AreaLevel.CITY, name="阳泉市")
    districts = [
        area(code, level=AreaLevel.DISTRICT, parent=city, name=name)
        for code, name in {"140302": "城区", "140303": "矿区"}.items()
    ]
    made = Compound.objects.bulk_create(
        Compound(**recorded(code=f"C{n:04}", area=districts[n % 2], old_list=n < 401))
        for n in range(961)
    )
    base = BaseList.objects.create(
        name="建成区小区", unit="compound", frozen_on=day(2025), document="阳建底数1号"
    )
    BaseRow.objects.bulk_create(
        BaseRow(base_list=base, compound=one, recorded_at=LONG_AGO) for one in made
    )
    contract = Contract.objects.create(provider=provider("甲物业"))
    ContractItem.objects.bulk_create(
        ContractItem(
            contract=contract,
            compound=one,
            valid_from=day(2024),
            signed_on=day(2024),
            in_service_from=day(2024, 2),
            recorded_at=LONG_AGO,
        )
        for one in made[:881]
    )
    Committee.objects.bulk_create(
        Committee(
            compound=one,
            kind="owners_committee" if n < 288 else "management_committee",
            recorded_at=LONG_AGO,
        )
        for n, one in enumerate(made)
    )
    return made


@pytest.mark.usefixtures("yangquan")
@pytest.mark.parametrize(
    ("measure", "covered", "shown"),
    [
        (Measure.OLD, 401, "41.73 %"),
        (Measure.FIRM, 881, "91.68 %"),
        (Measure.COMMITTEE, 961, "100 %"),
    ],
)
def test_the_published_totals_of_yangquan_come_out(measure, covered, shown):
    rate = report("140300").rate(measure, Unit.COMPOUND)
    assert (rate.covered, rate.total, rate.percent_text) == (covered, 961, shown)


@pytest.mark.usefixtures("yangquan")
def test_committees_are_told_apart():
    assert report("140300").rate(Measure.COMMITTEE, Unit.COMPOUND).parts == {
        "owners_committee": 288,
        "management_committee": 673,
    }


@pytest.mark.usefixtures("yangquan")
def test_the_base_list_is_named():
    base = report("140300").rate(Measure.FIRM, Unit.COMPOUND).base
    assert (base.name, base.document, base.frozen_on) == ("建成区小区", "阳建底数1号", day(2025))


def end_one_contract():
    ContractItem.objects.first().end(
        on=day(2025, 8, 31), reason="业主解聘，补录", now=at(2025, 9, 25)
    )


@pytest.mark.usefixtures("yangquan")
def test_a_contract_that_was_ended_by_a_correction_is_missing():
    end_one_contract()
    assert percent(Measure.FIRM) == "91.57 %"


@pytest.mark.usefixtures("yangquan")
def test_as_known_before_the_correction_nothing_is_missing():
    end_one_contract()
    assert percent(Measure.FIRM, known=at(2025, 9, 24)) == "91.68 %"


@pytest.mark.usefixtures("yangquan")
def test_before_the_day_on_which_it_ended_nothing_is_missing():
    end_one_contract()
    assert percent(Measure.FIRM, valid=day(2025, 8, 31)) == "91.68 %"


@pytest.mark.usefixtures("yangquan")
def test_the_districts_add_up_to_the_city():
    below = report_coverage(area="140300", **ON).below
    rates = [one.rate(Measure.FIRM, Unit.COMPOUND) for one in below]
    assert [(rate.covered, rate.total) for rate in rates] == [(441, 481), (440, 480)]


def test_merging_compounds_never_changes_a_frozen_base(yangquan):
    unserved, served = yangquan[900], yangquan[0]
    Compound.objects.filter(pk=unserved.pk).update(
        merged_into=served, valid_to=day(2025, 6, 30), changed_at=at(2025, 7)
    )
    rate = report("140300").rate(Measure.FIRM, Unit.COMPOUND)
    assert (rate.covered, rate.total) == (882, 961)


@pytest.mark.usefixtures("yangquan")
def test_a_row_that_is_withdrawn_from_the_base_still_counts_as_known_before():
    BaseRow.objects.last().withdraw(reason="重复", now=at(2025, 9, 25))
    totals = [
        report(known=known).rate(Measure.FIRM, Unit.COMPOUND).total
        for known in (at(2025, 9, 24), at(2025, 9, 26))
    ]
    assert totals == [961, 960]


@pytest.mark.usefixtures("yangquan")
def test_before_the_base_was_frozen_everything_that_exists_is_counted():
    assert report(valid=day(2024, 12, 31)).rate(Measure.FIRM, Unit.COMPOUND).base is None


@pytest.fixture
def xigang():
    """The reply of 2021: 199 management areas, 279 buildings, 6.36 million m², all signed."""
    district = area("210203", level=AreaLevel.DISTRICT, name="西岗区")
    compounds = Compound.objects.bulk_create(
        Compound(**recorded(code=f"C{n:03}", area=district, floor_area_m2=6_360_000 / 199))
        for n in range(199)
    )
    Building.objects.bulk_create(
        Building(**recorded(code=f"B{n:03}", area=district, compound=compounds[n % 199]))
        for n in range(279)
    )
    who = provider("甲物业")
    for n, one in enumerate(compounds):
        covers(who, management_area(f"M{n:03}", [one], area=district), signed_on=day(2021, 5))


@pytest.mark.usefixtures("xigang")
@pytest.mark.parametrize(
    ("unit", "total"),
    [(Unit.MANAGEMENT_AREA, 199), (Unit.BUILDING, 279), (Unit.FLOOR_AREA, 6_360_000)],
)
def test_the_published_totals_of_xigang_come_out(unit, total):
    rate = report("210203", valid=day(2021, 5, 21)).rate(Measure.SIGNED, unit)
    assert (round(rate.total), rate.percent_text) == (total, "100 %")


@pytest.mark.usefixtures("xigang")
def test_signed_is_not_in_service():
    assert percent(Measure.IN_SERVICE, Unit.MANAGEMENT_AREA) == "0 %"


def test_an_unknown_area_is_refused():
    with pytest.raises(InputError, match="没有编码为“999”的辖区。"):
        report("999")


def test_nothing_to_cover_is_no_rate():
    assert percent(Measure.FIRM) == "—"


def test_a_provider_whose_kind_was_put_right_later_counts_as_known_then():
    covers(provider("甲物业", kind=ProviderKind.OTHER), compound("C1"))
    Provider.objects.update(kind=ProviderKind.STATE, changed_at=at(2025, 9, 25))
    told = [percent(Measure.FIRM, known=known) for known in (at(2025, 9, 24), at(2025, 9, 26))]
    assert told == ["0 %", "100 %"]


def test_households_of_a_compound_are_those_of_its_buildings_where_all_tell_them():
    one = compound("C1")
    for code, households in {"B1": 20, "B2": 30}.items():
        building(code, compound=one, households=households)
    assert report().rate(Measure.ANY, Unit.HOUSEHOLD).total == 50


def test_households_that_one_building_does_not_tell_stay_unknown():
    one = compound("C1")
    for code, households in {"B1": 20, "B2": None}.items():
        building(code, compound=one, households=households)
    rate = report().rate(Measure.ANY, Unit.HOUSEHOLD)
    assert (rate.total, rate.unknown) == (0, 1)


@pytest.mark.parametrize(
    ("values", "counted"),
    [
        pytest.param({"use": "住宅", "households": 12}, 12, id="a residential building"),
        pytest.param({"use": "", "households": 12}, 12, id="households are told"),
        pytest.param({"use": "体育馆"}, 0, id="a stadium"),
    ],
)
def test_scattered_buildings_count_where_people_live(values, counted):
    building("B1", **values)
    rate = report().rate(Measure.ANY, Unit.HOUSEHOLD)
    assert (rate.total, rate.unknown) == (counted, 0)


def test_a_scattered_building_of_a_management_area_is_a_home():
    management_area("M1", [building("B1")])
    assert report().rate(Measure.ANY, Unit.HOUSEHOLD).unknown == 1


def test_a_contract_covers_the_buildings_of_its_courtyard():
    yard = Courtyard.objects.create(**recorded(code="Y1"))
    building("B1", courtyard=yard)
    contract = Contract.objects.create(provider=provider("甲物业"))
    ContractItem.objects.create(contract=contract, courtyard=yard, recorded_at=LONG_AGO)
    assert percent(Measure.FIRM, Unit.BUILDING) == "100 %"


def test_what_a_thing_was_not_yet_known_to_be_covers_nothing_else():
    Compound.objects.create(code="C1", name="C1", recorded_at=LONG_AGO, changed_at=LONG_AGO)
    late = Compound.objects.create(code="C2", name="C2", recorded_at=at(2026))
    covers(provider("甲物业"), late)
    assert percent(Measure.FIRM) == "0 %"


def test_a_base_row_of_a_thing_that_was_not_yet_known_counts_nothing():
    base = BaseList.objects.create(name="小区", unit="compound", frozen_on=day(2025))
    late = Compound.objects.create(code="C2", name="C2", recorded_at=at(2026))
    BaseRow.objects.create(base_list=base, compound=late, recorded_at=LONG_AGO)
    assert report().rate(Measure.FIRM, Unit.COMPOUND).total == 0


@pytest.mark.parametrize("model", [Compound, ManagementArea], ids=lambda model: model.__name__)
@pytest.mark.parametrize("code", [None, "210203"], ids=["everywhere", "a district"])
def test_a_report_on_sample_data_says_so(model, code):
    batch = ImportBatch.objects.create(
        kind="compound", file_name="示例.gpkg", sha256="0" * 64, is_sample=True
    )
    where = area("210203")
    model.objects.create(**recorded(code="C1", area=where, batch=batch))
    assert report_coverage(area=code, **ON).is_sample


def test_a_report_on_real_data_does_not():
    compound("C1", area=area("210203"))
    assert not report_coverage(area="210203", **ON).is_sample
