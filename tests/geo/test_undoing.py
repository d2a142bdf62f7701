"""An import is taken back as a step of its own; what was known between stays as it was."""

import pytest

from geo import frames
from geo.errors import InputError
from geo.loading import load_reading, undo_import
from geo.models import Compound, ConditionFact, ContractItem, ImportBatch, Provider
from geo.models.registered import NEVER
from maps.models import User
from tests.geo.readings import reading
from tests.rows import area, at, building, compound, day, square

pytestmark = pytest.mark.django_db
C1 = {"code": "C1", "name": "甲院", "households": 80, "geometry": square(1)}
C2 = {"code": "C2", "name": "乙院", "households": 90, "geometry": square(3)}


def load(kind, *rows, month=1, **asked):
    return load_reading(reading(kind, rows), **{"now": at(2025, month)} | asked).batch


def undo(batch, *, month, because="误导入"):
    return undo_import(batch, because=because, now=at(2025, month))


def faults_of(batch, *, month):
    with pytest.raises(InputError) as raised:
        undo(batch, month=month)
    return [fault.sentence() for fault in raised.value.faults]


def compounds(month):
    then = {"area": None, "valid": day(2025, month), "known": at(2025, month)}
    frame = frames.compounds(**then)
    return dict(zip(frame["code"], frame["households"], strict=True))


def test_what_an_import_brought_was_there_on_no_day_and_is_known_as_it_was_between():
    batch = load("compound", C1, C2)
    undone = undo(batch, month=3)
    assert (undone.removed, undone.restored) == (2, 0)
    assert compounds(2) == {"C1": 80, "C2": 90}
    assert compounds(4) == {}
    assert set(Compound.objects.values_list("code", "valid_to")) == {("C1", NEVER), ("C2", NEVER)}


def test_what_it_changed_says_again_what_it_said_before_shape_and_all():
    load("compound", C1)
    before = Compound.objects.values().get()
    batch = load("compound", C1 | {"households": 85, "geometry": square(2)}, month=2, update=True)
    assert undo(batch, month=3).restored == 1
    after = Compound.objects.values().get()
    assert {k for k in after if after[k] != before[k]} == {"changed_at"}
    assert compounds(2) == {"C1": 85}
    assert compounds(4) == {"C1": 80}


def test_facts_that_it_ended_hold_again_and_its_own_hold_no_more():
    load("compound", C1 | {"fund": True, "provider": "甲物业"})
    batch = load("compound", C1 | {"fund": False}, month=2, update=True)
    assert undo(batch, month=3).facts == 2
    held = ConditionFact.objects.as_of(valid=day(2025, 4), known=at(2025, 4))
    between = ConditionFact.objects.as_of(valid=day(2025, 2), known=at(2025, 2))
    assert [fact.is_met for fact in held] == [True]
    assert [fact.is_met for fact in between] == [False]
    assert held.get().late_reason == "撤销导入“小区.gpkg”：误导入"


def test_a_provider_that_a_list_only_named_goes_with_it_and_comes_again_with_the_next():
    row = C1 | {"provider": "甲物业"}
    undo(load("compound", row), month=2)
    assert not ContractItem.objects.current().exists()
    assert Provider.objects.get().valid_to == NEVER
    load("compound", row, month=3)
    assert Provider.objects.get().valid_to is None
    assert ContractItem.objects.current().count() == 1


def test_what_was_taken_back_comes_again_under_its_code_and_goes_again():
    undo(load("compound", C1), month=2)
    batch = load("compound", C1 | {"name": "新名", "households": None}, month=3)
    assert (batch.counts["created"], Compound.objects.get().name) == (1, "新名")
    assert Compound.objects.get().households is None
    undo(batch, month=4)
    assert [bool(compounds(month)) for month in (1, 2, 3, 4)] == [True, False, True, False]


def test_imports_are_undone_from_the_last_to_the_first():
    first = load("compound", C1 | {"fund": True})
    second = load("compound", C1 | {"households": 85, "fund": False}, month=2, update=True)
    told = faults_of(first, month=3)
    assert told[0].startswith("其中 1 个小区此后又改过：C1。请先撤销后来的导入")
    assert "条条件" in told[1] or "此后又改过" in told[1]
    undo(second, month=3)
    undo(first, month=4)
    assert compounds(5) == {}
    assert not ConditionFact.objects.current().exists()


def test_what_rests_on_its_rows_holds_an_undo_up_and_nothing_is_undone():
    batch = load("compound", C1)
    building("B1", compound=Compound.objects.get(), name="1号楼")
    assert faults_of(batch, month=2) == ["有 1 条“楼栋”依据其中的小区：1号楼。请先撤销或改正它们。"]
    assert Compound.objects.get().valid_to is None
    assert ImportBatch.objects.get().undone_at is None


def test_an_edit_by_hand_holds_an_undo_up():
    batch = load("compound", C1)
    Compound.objects.update(name="改名", batch=None)
    assert faults_of(batch, month=2)[0].startswith("其中 1 个小区此后又改过：C1。")


def test_an_undo_says_who_when_and_why_and_happens_once():
    who = User.objects.create(username="clerk")
    batch = load("compound", C1)
    with pytest.raises(InputError, match="须写明理由"):
        undo_import(batch, because=" ", by=who)
    undo_import(batch, because="误导入", by=who, now=at(2025, 2))
    batch.refresh_from_db()
    assert (batch.undone_by, batch.undone_because, batch.undone_at) == (who, "误导入", at(2025, 2))
    assert faults_of(batch, month=3) == ["“小区.gpkg”的导入已于 2025-02-01 撤销。"]


def test_areas_with_those_below_them_go_together():
    city = {"name": "示例市", "level": "city", "code": "99", "geometry": square(0)}
    street = {"name": "东街道", "level": "subdistrict", "code": "9901", "parent": "示例市"}
    batch = load("area", city, street)
    assert undo(batch, month=2).removed == 2
    with pytest.raises(InputError, match="辖区“东街道”不在库中"):
        load("compound", C1 | {"area": "东街道"}, month=3)


def test_a_list_of_the_base_can_be_loaded_again():
    compound("C1", area=area("99"))
    row = {"list": "底数", "unit": "compound", "code": "C1", "frozen_on": day(2025)}
    undo(load("base", row), month=2)
    assert load("base", row, month=3).counts["created"] == 1
