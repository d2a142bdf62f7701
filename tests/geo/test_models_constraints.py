"""What the database refuses by itself, whoever writes to it."""

import pytest
import shapely
from django.db import IntegrityError, transaction

from geo.models import (
    Ban,
    Barrier,
    Base,
    BaseList,
    BaseRow,
    Committee,
    ConditionFact,
    Contract,
    ContractItem,
    Courtyard,
    Exit,
    Grade,
    ManagingArea,
    Member,
    OwnersDecision,
    Role,
    ServiceArea,
)
from geo.words import AreaLevel
from tests.rows import (
    area,
    building,
    compound,
    covers,
    day,
    geos,
    management_area,
    provider,
    recorded,
    square,
)

pytestmark = pytest.mark.django_db


def refused(message):
    return pytest.raises(IntegrityError, match=message)


BOWTIE = shapely.Polygon([(121, 38), (121.1, 38.1), (121.1, 38), (121, 38.1)])


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        pytest.param({"households": 0}, "compound_households_positive", id="no households"),
        pytest.param({"floor_area_m2": 0}, "compound_floor_area_positive", id="no floor area"),
        pytest.param({"buildings_reported": 0}, "compound_buildings_positive", id="no buildings"),
        pytest.param({"built": 198}, "compound_year_believable", id="built in 198"),
        pytest.param({"fee_low": -1.0}, "compound_fee_not_negative", id="a negative fee"),
        pytest.param(
            {"fee_low": 2.0, "fee_high": 1.0}, "compound_fees_in_order", id="fees swapped"
        ),
        pytest.param(
            {"valid_from": day(2020), "valid_to": day(2019)},
            "compound_days_in_order",
            id="ends before it begins",
        ),
        pytest.param({"geometry": geos(BOWTIE)}, "compound_outline_valid", id="a bowtie"),
    ],
)
def test_a_compound_is_refused_with(values, constraint):
    with refused(constraint), transaction.atomic():
        compound("C1", **values)


def test_a_building_cannot_be_in_a_compound_and_a_courtyard():
    yard = Courtyard.objects.create(**recorded(code="Y1"))
    with refused("building_in_one_place"), transaction.atomic():
        building("B1", compound=compound("C1"), courtyard=yard)


def test_an_area_is_not_its_own_parent():
    made = area("210203")
    with refused("managingarea_not_its_own_parent"), transaction.atomic():
        ManagingArea.objects.update(parent=made)


def test_a_level_is_one_of_the_tree():
    with refused("managingarea_level_known"), transaction.atomic():
        area("210203", level="province")


def test_a_community_lies_below_a_district():
    community = area("1", level=AreaLevel.COMMUNITY)
    assert community.lies_below(area("2", level=AreaLevel.DISTRICT))


def test_a_city_does_not_lie_below_a_city():
    assert not area("1", level=AreaLevel.CITY).lies_below(area("2", level=AreaLevel.CITY))


def test_a_barrier_is_of_a_known_kind():
    with refused("barrier_kind_known"), transaction.atomic():
        Barrier.objects.create(**recorded(code="G1", kind="fence", geometry=geos(square())))


def test_a_compound_is_in_one_management_area_at_a_time():
    one = compound("C1")
    management_area("M1", [one])
    with refused("member_compound_in_one_area"), transaction.atomic():
        management_area("M2", [one])


def test_a_building_is_in_one_management_area_at_a_time():
    one = building("B1")
    management_area("M1", [one])
    with refused("member_building_in_one_area"), transaction.atomic():
        management_area("M2", [one])


def test_a_compound_may_move_to_another_management_area_the_next_day():
    one = compound("C1")
    first, second = management_area("M1"), management_area("M2")
    Member.objects.create(management_area=first, compound=one, valid_to=day(2024, 6, 30))
    Member.objects.create(management_area=second, compound=one, valid_from=day(2024, 7))
    assert Member.objects.current().count() == 2


def test_a_superseded_membership_stands_in_nobodys_way():
    one = compound("C1")
    management_area("M1", [one])
    Member.objects.get().withdraw(reason="录错")
    management_area("M2", [one])
    assert Member.objects.current().get().management_area.code == "M2"


def test_a_member_is_a_compound_or_a_building():
    with refused("member_is_one_thing"), transaction.atomic():
        Member.objects.create(management_area=management_area("M1"))


@pytest.mark.parametrize("both", [True, False], ids=["two things", "nothing"])
def test_a_contract_item_covers_exactly_one_thing(both):
    contract = Contract.objects.create(provider=provider("甲物业"))
    things = {"compound": compound("C1"), "building": building("B1")} if both else {}
    with refused("contractitem_covers_one_thing"), transaction.atomic():
        ContractItem.objects.create(contract=contract, **things)


def test_a_contract_covers_a_thing_once_at_a_time():
    item = covers(provider("甲物业"), compound("C1"), signed_on=day(2020))
    with refused("contractitem_compound_covered_once"), transaction.atomic():
        ContractItem.objects.create(contract=item.contract, compound=item.compound)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        pytest.param(
            {"signed_on": day(2020), "valid_to": day(2019), "valid_from": day(2019)},
            "contractitem_signed_before_end",
            id="signed after its end",
        ),
        pytest.param(
            {"in_service_from": day(2020), "valid_to": day(2019), "valid_from": day(2019)},
            "contractitem_serves_before_end",
            id="served after its end",
        ),
        pytest.param(
            {"signed_on": day(2020), "filed_on": day(2019), "valid_from": day(2019)},
            "contractitem_filed_after_signing",
            id="filed before it was signed",
        ),
        pytest.param(
            {"signed_on": day(2020), "valid_from": day(2021)},
            "contractitem_signed_inside",
            id="signed before it holds",
        ),
        pytest.param(
            {"signed_on": day(2020), "valid_from": None},
            "contractitem_signed_inside",
            id="signed but holding since an unknown day",
        ),
        pytest.param({"fee_low": -0.1}, "contractitem_fee_positive", id="a negative fee"),
        pytest.param(
            {"fee_low": 2.0, "fee_high": 1.0}, "contractitem_fees_in_order", id="fees swapped"
        ),
    ],
)
def test_a_contract_item_is_refused_when(values, constraint):
    who, what = provider("甲物业"), compound("C1")
    with refused(constraint), transaction.atomic():
        covers(who, what, **values)


def test_a_contract_itself_never_changes():
    covers(provider("甲物业"), compound("C1"))
    with refused("never changed or deleted"), transaction.atomic():
        Contract.objects.update(document="新文号")


def test_an_item_knows_what_it_covers():
    one = compound("C1")
    assert covers(provider("甲物业"), one).covered == one


@pytest.mark.parametrize(
    "share", ["area_share", "count_share", "area_in_favour", "count_in_favour"]
)
def test_a_share_over_one_is_refused(share):
    one = management_area("M1")
    with refused(f"ownersdecision_{share}_is_share"), transaction.atomic():
        OwnersDecision.objects.create(
            management_area=one, way="assembly", valid_from=day(2024), **{share: 66.7}
        )


def test_a_compound_has_one_committee_at_a_time():
    one = compound("C1")
    Committee.objects.create(compound=one, kind="owners_committee")
    with refused("committee_one_a_compound"), transaction.atomic():
        Committee.objects.create(compound=one, kind="management_committee")


def test_a_committee_belongs_to_something():
    with refused("committee_of_one_thing"), transaction.atomic():
        Committee.objects.create(kind="owners_committee")


def test_a_condition_is_said_once_at_a_time():
    one = compound("C1")
    ConditionFact.objects.create(compound=one, key="fund", is_met=True)
    with refused("conditionfact_said_once"), transaction.atomic():
        ConditionFact.objects.create(compound=one, key="fund", is_met=False)


def test_a_provider_has_one_grade_at_a_time():
    one = provider("甲物业")
    Grade.objects.create(provider=one, grade="A")
    with refused("grade_one_at_a_time"), transaction.atomic():
        Grade.objects.create(provider=one, grade="B", valid_from=day(2024))


def test_a_grade_is_a_to_d():
    one = provider("甲物业")
    with refused("grade_known"), transaction.atomic():
        Grade.objects.create(provider=one, grade="E")


def test_a_provider_has_one_base_at_a_time():
    one = provider("甲物业")
    Base.objects.create(provider=one, geometry=geos(shapely.Point(121.6, 38.9)))
    with refused("base_one_at_a_time"), transaction.atomic():
        Base.objects.create(provider=one, geometry=geos(shapely.Point(121.7, 38.9)))


def test_a_service_area_is_said_once():
    one, where = provider("甲物业"), area("210203")
    ServiceArea.objects.create(provider=one, area=where)
    with refused("servicearea_said_once"), transaction.atomic():
        ServiceArea.objects.create(provider=one, area=where)


def test_a_role_is_granted_once():
    one, where = provider("甲物业"), area("210203")
    Role.objects.create(provider=one, area=where, role="backstop")
    with refused("role_granted_once"), transaction.atomic():
        Role.objects.create(provider=one, area=where, role="backstop")


def test_a_ban_has_a_reason():
    one = provider("甲物业")
    with refused("ban_has_a_reason"), transaction.atomic():
        Ban.objects.create(provider=one, reason="")


def test_an_exit_has_a_date():
    item = covers(provider("甲物业"), compound("C1"))
    with refused("exit_has_a_date"), transaction.atomic():
        Exit.objects.create(contract=item.contract, reason="expired")


def test_a_base_list_never_changes():
    BaseList.objects.create(name="建成区小区", unit="compound", frozen_on=day(2025))
    with refused("never changed or deleted"), transaction.atomic():
        BaseList.objects.update(frozen_on=day(2026))


def test_a_thing_stands_on_a_base_list_once():
    base = BaseList.objects.create(name="建成区小区", unit="compound", frozen_on=day(2025))
    one = compound("C1")
    BaseRow.objects.create(base_list=base, compound=one)
    with refused("baserow_compound_once"), transaction.atomic():
        BaseRow.objects.create(base_list=base, compound=one)
