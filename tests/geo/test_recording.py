import pytest

from geo.models import Compound, ManagementArea
from geo.readers import FIELDS, Kind
from geo.recording.cells import read_cells, too_long
from geo.recording.contracts import sign_contract
from geo.recording.telling import CellFaultsError, Telling, one_act
from tests.rows import LONG_AGO, area, building, compound, management_area, provider

pytestmark = pytest.mark.django_db


def faults(given, kind=Kind.COMPOUND, **options):
    cells = read_cells(given, FIELDS[kind], **options)
    return {key: fault.sentence() for key, fault in cells.faults.items()}


def test_0_is_no_number_of_households_in_a_compound():
    told = faults({"households": "0"})
    assert told == {"households": "“户数”：“户数”为 0，应大于 0。不详请留空。"}


def test_a_garage_has_no_households():
    assert faults({"households": "0"}, Kind.BUILDING, may_be_zero={"households"}) == {}


def test_what_must_be_said_is_asked_for():
    assert faults({"provider": " "}, Kind.CONTRACT) == {"provider": "“服务主体”：必须填写。"}


def test_a_text_longer_than_its_column_is_refused():
    fields = FIELDS[Kind.COMPOUND]
    values = read_cells({"name": "长" * 201, "address": "短"}, fields).values
    (fault,) = too_long(Compound, values, fields).values()
    assert fault.sentence() == "“小区名称”：文字有 201 个字符，上限为 200 个。"


def test_what_the_database_refuses_is_told_in_words():
    with pytest.raises(CellFaultsError, match="约束“compound_has_a_code”不满足"), one_act():
        Compound.objects.create(code="")


def test_a_name_that_two_things_bear_names_none():
    street = area("210101")
    compound("XQ1", name="新院", area=street)
    compound("XQ2", name="新院", area=street)
    provider("恒居物业")
    telling = Telling(by=None, now=LONG_AGO)
    sent = {"provider": "恒居物业", "what": "新院"}
    with pytest.raises(CellFaultsError, match="“新院”在本辖区内对应不止一个对象。请填编码。"):
        sign_contract(sent, inside={street.pk}, succeeds=False, telling=telling)


@pytest.mark.parametrize("code", ["WY1", "LD1"])
def test_a_contract_covers_whatever_bears_the_code(code):
    street = area("210101")
    management_area("WY1", area=street)
    building("LD1", area=street)
    provider("恒居物业")
    telling = Telling(by=None, now=LONG_AGO)
    sent = {"provider": "恒居物业", "what": code}
    item = sign_contract(sent, inside={street.pk}, succeeds=False, telling=telling)
    assert item.covered.code == code
    assert ManagementArea.objects.count() == 1
