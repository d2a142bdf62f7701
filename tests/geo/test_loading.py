"""Files go into the database whole or not at all, with every fault at once."""

import pandas as pd
import pytest
import shapely
from django.db import OperationalError, transaction
from psycopg.errors import DiskFull

from geo import frames
from geo.errors import InputError
from geo.loading import LOADERS, in_order, load_reading
from geo.models import (
    Barrier,
    Building,
    Committee,
    Compound,
    ConditionFact,
    Contract,
    ContractItem,
    Crossing,
    ImportBatch,
    ManagingArea,
    Member,
    Provider,
    Revision,
    ZoningWish,
)
from geo.readers import Kind
from geo.words import AreaLevel
from maps.models import User
from tests.geo.readings import reading
from tests.rows import area, at, compound, covers, day, geos, provider, square

pytestmark = pytest.mark.django_db

NOW = {"area": None, "valid": day(2026), "known": at(2026)}


def load(kind, *rows, **asked):
    return load_reading(reading(kind, rows), **{"now": at(2025)} | asked)


def faults_of(kind, *rows, **asked):
    with pytest.raises(InputError) as raised:
        load(kind, *rows, **asked)
    return [fault.sentence() for fault in raised.value.faults]


# Batches and wholeness


def test_a_batch_says_what_the_file_was_and_what_came_of_it():
    load("compound", {"code": "C1"}, {"code": "C2"})
    batch = ImportBatch.objects.get()
    assert (batch.kind, batch.file_name, batch.rows, batch.counts["created"]) == (
        "compound",
        "小区.gpkg",
        2,
        2,
    )


def test_a_batch_keeps_what_the_reader_told():
    told = reading("compound", [{"code": "C1"}], notices=["编码为 GBK。"], faults=["第 2 行有错。"])
    load_reading(told, now=at(2025))
    batch = ImportBatch.objects.get()
    assert (batch.notices, batch.skipped) == (["编码为 GBK。"], ["第 2 行有错。"])


def test_a_batch_knows_who_imported_it():
    who = User.objects.create(username="planner")
    load("compound", {"code": "C1"}, by=who)
    assert ImportBatch.objects.get().imported_by == who


def test_sample_data_is_marked():
    load("compound", {"code": "C1"}, is_sample=True)
    assert Compound.objects.get().batch.is_sample


def test_a_file_with_a_fault_leaves_nothing_behind():
    faults_of("compound", {"code": "C1", "provider": "甲物业"}, {"code": "C2", "area": "无名街道"})
    found = (Compound, Provider, ImportBatch, Contract)
    assert [model.objects.count() for model in found] == [0, 0, 0, 0]


def test_every_fault_of_a_file_is_told_at_once():
    compound("C1")
    assert faults_of(
        "compound",
        {"code": "C1"},
        {"code": "C2", "area": "无名街道"},
        {"code": "C3", "area": "无名街道"},
        {"code": "C4", "households": 0},
    ) == [
        "第 1 行：编码“C1”已在库中（C1）。如要更新已有记录，请选择更新（--update）。",
        "第 2 行“area”：辖区“无名街道”不在库中（共 2 行）。请先导入辖区，或改正名称。",
        "第 4 行：“households”为 0，应大于 0。不详请留空。",
    ]


def test_what_no_check_foresaw_the_database_refuses_in_words():
    bowtie = shapely.Polygon([(121, 38), (121.1, 38.1), (121.1, 38), (121, 38.1)])
    (fault,) = faults_of("compound", {"code": "C1", "geometry": bowtie})
    assert fault.startswith("数据库拒绝入库，约束“compound_outline_valid”不满足")


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        pytest.param(DiskFull(), pytest.raises(InputError, match="磁盘空间不足"), id="full"),
        pytest.param(None, pytest.raises(OperationalError), id="gone"),
    ],
)
def test_a_database_without_room_is_told(monkeypatch, cause, told):
    def fail(*_):
        raise OperationalError from cause

    monkeypatch.setitem(LOADERS, Kind.COMPOUND, fail)
    with told:
        load("compound", {"code": "C1"})
    assert not ImportBatch.objects.exists()


def test_a_refused_file_does_not_spoil_the_transaction_around_it():
    with transaction.atomic():
        faults_of("building", {"code": "B1", "built": 3000})
        compound("C1")
    assert Compound.objects.exists()


def test_text_that_is_too_long_is_a_fault():
    assert faults_of("compound", {"code": "C1", "name": "长" * 201}) == [
        "第 1 行“name”：文字有 201 个字符，上限为 200 个。"
    ]


def test_files_are_put_into_the_order_in_which_they_refer_to_one_another():
    kinds = ["role", "base", "contract", "building", "compound", "provider", "area", "decision"]
    ordered = [str(one.kind) for one in in_order(reading(kind, []) for kind in kinds)]
    assert ordered == [
        *("area", "provider", "compound", "building", "contract", "decision", "base", "role"),
    ]


def test_what_was_loaded_comes_back_as_the_same_frame():
    rows = [
        {"code": "C1", "name": "滨河院", "households": 420, "fee_low": 0.5, "fund": True}
        | {"old_list": True, "committee": "业主委员会", "provider": "甲物业"}
        | {"geometry": shapely.multipolygons([square()])}
    ]
    told = reading("compound", rows)
    load_reading(told, now=at(2025))
    found = frames.compounds(**NOW)
    given = told.frame.reset_index(drop=True)
    for column in given.columns:
        assert found[column].astype(object).tolist() == given[column].astype(object).tolist()


# Areas


def test_areas_find_their_parents_whatever_the_order_of_rows():
    load(
        "area",
        {"name": "桃源社区", "level": "community", "parent": "人民路街道", "code": "3"},
        {"name": "人民路街道", "level": "subdistrict", "parent": "西岗区", "code": "2"},
        {"name": "西岗区", "level": "district", "code": "1"},
    )
    found = ManagingArea.objects.values_list("code", "parent__code")
    assert dict(found) == {"1": None, "2": "1", "3": "2"}


def test_an_area_without_a_named_parent_hangs_where_it_stands():
    load("area", {"name": "西岗区", "level": "district", "code": "1", "geometry": square(side=1)})
    load("area", {"name": "桃源社区", "level": "community", "code": "2", "geometry": square()})
    assert ManagingArea.objects.get(code="2").parent.code == "1"


def test_an_unknown_parent_is_a_fault():
    assert faults_of("area", {"name": "桃源社区", "level": "community", "parent": "无名街道"}) == [
        "第 1 行“parent”：辖区“无名街道”不在库中（共 1 行）。请先导入辖区，或改正名称。"
    ]


def test_a_subdistrict_cannot_hang_below_a_community():
    area("1", name="桃源社区", level=AreaLevel.COMMUNITY)
    assert faults_of("area", {"name": "甲街道", "level": "subdistrict", "parent": "桃源社区"}) == [
        "第 1 行：街道“甲街道”不能隶属于“桃源社区”。请核对层级和上级。"
    ]


def test_the_fault_of_a_parent_is_not_told_again_of_its_children():
    faults = faults_of(
        "area",
        {"name": "甲街道", "level": "subdistrict", "parent": "无名区", "code": "1"},
        {"name": "桃源社区", "level": "community", "parent": "甲街道", "code": "2"},
    )
    assert len(faults) == 1


def test_of_two_parents_of_one_name_the_one_that_holds_the_area_is_taken():
    for code, column in {"1": 0, "2": 50}.items():
        area(code, name="和平街道", geometry=geos(square(column, side=0.01)))
    load(
        "area",
        {"name": "甲社区", "level": "community", "parent": "和平街道", "code": "3"}
        | {"geometry": square(50 * 10, side=0.001)},
    )
    assert ManagingArea.objects.get(code="3").parent.code == "2"


def test_of_two_parents_of_one_name_neither_is_guessed():
    for code in "12":
        area(code, name="和平街道")
    told = faults_of("area", {"name": "甲社区", "level": "community", "parent": "和平街道"})
    assert told == [
        (
            "第 1 行“parent”：名为“和平街道”的辖区不止一个，且无法按位置判断（共 1 行）。"
            "请改填区划代码。"
        )
    ]


def test_an_unknown_level_is_a_fault():
    assert faults_of("area", {"name": "辽宁省", "level": "province"}) == [
        "第 1 行“level”：“province”不是可用的值。可用：市、区县、街道、社区、网格。"
    ]


@pytest.mark.parametrize(
    ("place", "prefix"), [({"geometry": square()}, "G"), ({}, "N")], ids=["drawn", "only named"]
)
def test_an_area_without_code_gets_one_from_what_it_is(place, prefix):
    load("area", {"name": "西岗区", "level": "district"} | place)
    assert ManagingArea.objects.get().code.startswith(prefix)


# Compounds


def test_a_compound_lies_in_the_area_that_it_names():
    area("1", name="甲街道")
    load("compound", {"code": "C1", "area": "甲街道"}, {"code": "C2", "area": "1"})
    assert [one.area.name for one in Compound.objects.all()] == ["甲街道", "甲街道"]


def test_a_compound_that_names_no_area_lies_in_the_deepest_one_that_holds_it():
    area("1", level=AreaLevel.DISTRICT, geometry=geos(square(side=1)))
    area("2", level=AreaLevel.COMMUNITY, geometry=geos(square(side=0.01)))
    load("compound", {"code": "C1", "geometry": square(2, 2)})
    assert Compound.objects.get().area.code == "2"


def test_a_compound_outside_all_areas_lies_in_none():
    area("1", geometry=geos(square()))
    load("compound", {"code": "C1", "geometry": square(50)})
    assert Compound.objects.get().area is None


def test_a_compound_may_be_a_point_or_have_no_place():
    load("compound", {"code": "C1", "geometry": shapely.Point(121.6, 38.9)}, {"code": "C2"})
    found = Compound.objects.values_list("geometry", "point")
    assert [(outline, point is None) for outline, point in found] == [(None, False), (None, True)]


def test_a_polygon_becomes_a_multipolygon():
    load("compound", {"code": "C1", "geometry": square()})
    assert Compound.objects.get().geometry.geom_type == "MultiPolygon"


def test_conditions_that_are_told_become_facts():
    load("compound", {"code": "C1", "fund": True, "premises": False})
    found = dict(ConditionFact.objects.values_list("key", "is_met"))
    assert found == {"fund": True, "premises": False}


def test_what_is_wanted_in_zones_becomes_a_fact_and_is_brought_up_to_date():
    row = {"code": "C1", "is_lead": True, "spare_m2": 8_000.0, "together": "2024年第3批"}
    load("compound", row, {"code": "C2"}, now=at(2025))
    load("compound", {"code": "C1", "apart": "乙小区"}, update=True, now=at(2025, 2))
    load("management_area", {"code": "M1", "name": "东区", "members": "C2", "together": "C1"})
    old, new = ZoningWish.objects.current().filter(compound__code="C1").order_by("valid_to")
    assert (old.together, old.apart, old.is_lead) == ("2024年第3批", "", True)
    assert (new.together, new.apart, new.spare_m2) == ("2024年第3批", "乙小区", 8_000.0)
    found = frames.compounds(**NOW).set_index("code")
    assert found.loc["C1", ["is_lead", "spare_m2"]].tolist() == [True, 8_000.0]
    assert found.loc["C2", "is_lead"] is pd.NA
    assert frames.management_areas(**NOW)["together"].tolist() == ["C1"]


def test_a_wish_is_refused_where_it_cannot_be():
    assert faults_of("compound", {"code": "C1", "spare_m2": 0.0, "together": "长" * 201}) == [
        "第 1 行：“spare_m2”为 0.0，应大于 0。不详请留空。",
        "第 1 行“together”：文字有 201 个字符，上限为 200 个。",
    ]


def test_a_committee_that_is_told_becomes_a_fact():
    load("compound", {"code": "C1", "committee": "物业管理委员会"}, {"code": "C2"})
    fact = Committee.objects.get()
    assert (fact.compound.code, fact.kind, fact.source) == (
        "C1",
        "management_committee",
        "小区.gpkg",
    )


def test_an_unknown_committee_is_a_fault():
    assert faults_of("compound", {"code": "C1", "committee": "居委会"}) == [
        "第 1 行“committee”：“居委会”不是可用的值。可用：业主委员会、物业管理委员会、无。"
    ]


def test_a_provider_that_nobody_registered_is_entered_by_its_name():
    loaded = load("compound", {"code": "C1", "provider": "甲物业"})
    made = Provider.objects.get()
    assert (made.name, made.kind, made.only_named) == ("甲物业", "other", True)
    assert loaded.notices[-1].sentence() == (
        "1 个服务主体只有名称，性质暂记为“其他”，不计入物业企业服务覆盖率；请导入服务主体名录。"
    )


def test_a_registered_provider_is_found_by_its_name():
    provider("甲物业")
    load("compound", {"code": "C1", "provider": "甲物业"})
    item = ContractItem.objects.get()
    assert (item.contract.provider.kind, item.compound.code, item.signed_on) == (
        "state",
        "C1",
        None,
    )


# Updates


def test_known_codes_are_refused():
    load("compound", {"code": "C1", "name": "滨河院"})
    assert faults_of("compound", {"code": "C1"}) == [
        "第 1 行：编码“C1”已在库中（滨河院）。如要更新已有记录，请选择更新（--update）。"
    ]


def test_an_update_creates_changes_and_leaves_alone():
    load("compound", {"code": "C1", "households": 100}, {"code": "C2", "households": 200})
    loaded = load(
        "compound",
        *({"code": "C1", "households": 110}, {"code": "C2", "households": 200}, {"code": "C3"}),
        update=True,
        now=at(2025, 2),
    )
    assert [loaded.counts[name] for name in ("created", "updated", "unchanged")] == [1, 1, 1]


def test_an_update_keeps_what_was_known_before():
    load("compound", {"code": "C1", "households": 100})
    load("compound", {"code": "C1", "households": 110}, update=True, now=at(2025, 2))
    told = [
        frames.compounds(area=None, valid=day(2026), known=known)["households"].item()
        for known in (at(2025, 1, 31), at(2025, 2))
    ]
    assert told == [100, 110]


def test_an_update_with_the_same_file_changes_nothing():
    row = {"code": "C1", "households": 100, "provider": "甲物业", "committee": "业主委员会"}
    row |= {"fund": True, "geometry": square()}
    load("compound", row)
    load("compound", row, update=True, now=at(2025, 2))
    facts = (ContractItem, Committee, ConditionFact)
    assert [model.objects.count() for model in facts] == [1, 1, 1]
    assert not Revision.objects.exists()


def test_an_unknown_value_never_erases_a_known_one():
    load("compound", {"code": "C1", "name": "滨河院", "households": 100, "geometry": square()})
    load("compound", {"code": "C1", "address": "滨河路 1 号"}, update=True)
    one = Compound.objects.get()
    assert (one.name, one.households, one.address, one.geometry is None) == (
        "滨河院",
        100,
        "滨河路 1 号",
        False,
    )


def test_a_committee_that_changed_since_is_a_new_one_from_today():
    load("compound", {"code": "C1", "committee": "无"}, now=at(2025))
    load("compound", {"code": "C1", "committee": "业主委员会"}, update=True, now=at(2025, 3))
    found = Committee.objects.current().values_list("kind", "valid_from", "valid_to")
    assert set(found) == {
        ("none", None, day(2025, 2, 28)),
        ("owners_committee", day(2025, 3), None),
    }


def test_a_committee_that_is_put_right_on_the_same_day_replaces_the_mistake():
    load("compound", {"code": "C1", "committee": "无"}, now=at(2025, hour=9))
    load("compound", {"code": "C1", "committee": "业主委员会"}, update=True, now=at(2025))
    found = Committee.objects.current().values_list("kind", "valid_from", "valid_to")
    assert list(found) == [("owners_committee", None, None)]


def test_a_committee_after_one_that_ended_begins_today():
    load("compound", {"code": "C1", "committee": "业主委员会"}, now=at(2024))
    Committee.objects.get().end(on=day(2024, 6, 30), reason="届满", now=at(2024, 7))
    load("compound", {"code": "C1", "committee": "物业管理委员会"}, update=True, now=at(2025))
    assert Committee.objects.current().get(kind="management_committee").valid_from == day(2025)


def test_another_provider_on_the_list_follows_the_first():
    load("compound", {"code": "C1", "provider": "甲物业"}, now=at(2025))
    load("compound", {"code": "C1", "provider": "乙物业"}, update=True, now=at(2025, 3))
    named = [
        frames.compounds(area=None, valid=valid, known=at(2026))["provider"].item()
        for valid in (day(2025, 2, 28), day(2025, 3))
    ]
    assert named == ["甲物业", "乙物业"]


def test_a_list_that_contradicts_a_contract_is_told_and_not_believed():
    covers(provider("甲物业"), compound("C1"), signed_on=day(2024))
    loaded = load("compound", {"code": "C1", "provider": "乙物业"}, update=True)
    assert ContractItem.objects.count() == 1
    assert loaded.notices[-1].sentence() == (
        "1 个小区名录所载管理单位与在有效期内的合同不同，以合同为准，请核实：C1。"
    )


def test_a_list_that_agrees_with_a_contract_adds_nothing():
    covers(provider("甲物业"), compound("C1"), signed_on=day(2024))
    load("compound", {"code": "C1", "provider": "甲物业"}, update=True)
    assert ContractItem.objects.count() == 1


# Buildings


def test_a_building_belongs_to_the_compound_that_it_names_or_stands_in():
    area("1")
    compound("C1", name="滨河院", geometry=geos(square()), area=ManagingArea.objects.get())
    load(
        "building",
        {"code": "B1", "compound": "滨河院", "geometry": square(9, side=0.0001)},
        {"code": "B2", "geometry": square(1, 1, side=0.0001)},
        {"code": "B3", "geometry": square(5)},
    )
    found = Building.objects.values_list("code", "compound__code", "area__code")
    assert list(found) == [("B1", "C1", "1"), ("B2", "C1", "1"), ("B3", None, None)]


def test_of_two_compounds_of_one_name_the_one_that_holds_the_building_is_taken():
    for code, column in {"C1": 0, "C2": 5}.items():
        compound(code, name="幸福小区", geometry=geos(square(column)))
    load("building", {"code": "B1", "compound": "幸福小区", "geometry": square(5)})
    assert Building.objects.get().compound.code == "C2"


def test_a_building_of_an_unknown_compound_is_a_fault():
    told = faults_of("building", {"code": "B1", "compound": "无名院", "geometry": square()})
    assert told == [
        "第 1 行“compound”：小区“无名院”不在库中（共 1 行）。请先导入小区，或改正名称。"
    ]


def test_a_building_may_have_no_households():
    load("building", {"code": "B1", "households": 0, "use": "车库", "geometry": square()})
    assert Building.objects.get().households == 0


# Barriers and crossings

RIVER = shapely.LineString([(121.6, 38.9), (121.7, 38.9)])


def test_a_barrier_is_known_by_its_line():
    load("barrier", {"kind": "river", "name": "马栏河", "geometry": RIVER})
    (fault,) = faults_of("barrier", {"kind": "river", "name": "马栏河", "geometry": RIVER})
    assert "已在库中（马栏河）" in fault


def test_a_line_that_is_there_twice_is_stored_once():
    loaded = load("barrier", *[{"kind": "river", "geometry": RIVER}] * 2)
    assert Barrier.objects.count() == 1
    assert loaded.notices[-1].sentence() == "1 条图形与前面的完全相同，只导入一次。"


def test_a_barrier_of_an_unknown_kind_is_a_fault():
    assert faults_of("barrier", {"kind": "fence", "geometry": RIVER}) == [
        "第 1 行“kind”：“fence”不是可用的值。可用：河流、铁路、快速路、主干路、围墙。"
    ]


def test_a_crossing_may_be_a_multiline_of_one_and_of_no_kind():
    load("crossing", {"note": "天桥", "geometry": shapely.multilinestrings([RIVER])})
    assert Crossing.objects.get().geometry.geom_type == "LineString"


def test_polygons_may_be_barriers():
    load("barrier", {"kind": "river", "geometry": square()})
    assert Barrier.objects.get().geometry.geom_type == "Polygon"


def test_an_area_with_members_on_two_sides_of_a_road_is_told():
    load("compound", *({"code": f"C{n}", "geometry": square(2 * n)} for n in range(2)))
    load(
        "barrier",
        {"kind": "arterial", "geometry": shapely.LineString([(121.6015, 38.8), (121.6015, 39.0)])},
    )
    loaded = load("management_area", {"code": "M1", "name": "东区", "members": "C0、C1"})
    assert loaded.notices[-1].sentence().startswith("“东区”（M1）的“C0”与“C1”分处主干路两侧。")
    assert Member.objects.count() == 2
