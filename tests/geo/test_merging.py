"""Management areas are merged by their owners' decision; what was before stays what it was."""

import pytest

from geo.models import ManagementArea, Member, OwnersDecision, Revision
from geo.recording.merging import merge_area
from geo.recording.telling import CellFaultsError, StaleError, Telling
from geo.recording.things import stamp_of
from layers.planning.publish_table import publish_table, recount
from layers.planning.report_coverage import report_coverage
from tests.rows import LONG_AGO, area, at, compound, covers, day, management_area, provider

pytestmark = pytest.mark.django_db
NOW = at(2026, 6, 30)


def decided(what, *, way="assembly", **values):
    told = {"recorded_at": LONG_AGO, "valid_from": day(2026, 5), **values}
    return OwnersDecision.objects.create(management_area=what, way=way, **told)


@pytest.fixture
def street():
    """Two yards of one street, each an area of its own; the first is served until May."""
    street = area("411002001", name="南关街道")
    yards = [compound(code, name=f"{code}家属院", area=street) for code in "AB"]
    areas = [management_area(f"M{yard.code}", [yard], area=street) for yard in yards]
    covers(provider("甲物业"), areas[0], signed_on=day(2024), valid_to=day(2026, 5, 31))
    return street


def the(code):
    return ManagementArea.objects.get(code=code)


JUNE = day(2026, 6, 1)


def merges(street, *, away="MA", stamp=None, since=JUNE, **given):
    told = {"into": "MB", "name": "文宴雅居", "document": "魏改办〔2026〕1号"} | given
    one = the(away)
    return merge_area(
        one.pk,
        told,
        stamp=stamp_of(one) if stamp is None else stamp,
        inside=[street.pk],
        telling=Telling(by=None, now=NOW, since=since, reason="业主商定"),
    )


def refused(street, **given):
    with pytest.raises(CellFaultsError) as wrong:
        merges(street, **given)
    return {key: fault.sentence(str) for key, fault in wrong.value.by_key.items()}


def members(code, on):
    rows = Member.objects.as_of(valid=on, known=NOW).filter(management_area__code=code)
    return sorted(rows.values_list("compound__code", flat=True))


def test_areas_become_one_under_a_common_name_and_compounds_stay_what_they_are(street):
    decided(the("MA"))
    decided(the("MB"))
    common = merges(street)
    assert (common.code, common.name) == ("MB", "文宴雅居")
    gone = the("MA")
    assert (gone.merged_into, gone.valid_to, gone.document) == (
        *(common, day(2026, 5, 31)),
        "魏改办〔2026〕1号",
    )
    assert members("MB", day(2026, 6, 1)) == ["A", "B"]
    assert (members("MA", day(2026, 5, 31)), members("MB", day(2026, 5, 31))) == (["A"], ["B"])
    assert set(common.members.values_list("compound__name", flat=True)) == {"A家属院", "B家属院"}
    assert Revision.objects.filter(table="geo_managementarea", code="MB").exists()


def test_nothing_is_merged_without_a_decision_of_both_owners(street):
    assert refused(street)["into"].startswith("“MA”在 2026-06-01 没有业主决定，缺依据")
    decided(the("MA"), way="temporary")
    decided(the("MB"))
    assert "缺依据" in refused(street)["into"]
    decided(the("MA"), valid_from=day(2026, 6, 2))
    assert "缺依据" in refused(street)["into"]
    assert the("MA").merged_into is None


def test_all_that_is_missing_is_told_at_once(street):
    assert refused(street, into="", document="", since=None) == {
        "into": "“并入物业管理区域”：请填写并入哪个物业管理区域。",
        "since": "“合并日期”：请填写合并日期。",
        "document": "“依据文号”：合并须有文件依据，请填写文号。",
    }
    assert refused(street, into="MA")["into"].endswith("不能并入自身。")
    assert "本辖区内没有编码或名称为“无此”" in refused(street, into="无此")["into"]
    assert "不超过" in refused(street, name="长" * 400)["name"]


def test_an_area_that_is_served_or_gone_is_not_merged(street):
    decided(the("MA"))
    decided(the("MB"))
    told = refused(street, since=day(2026, 5, 31))
    assert told[""].startswith("“MA”的合同由“甲物业”履行中，不能合并。")
    merges(street)
    assert refused(street)["since"] == "“MA”在 2026-06-01 已不存在。"


def test_what_somebody_else_changed_meanwhile_is_not_merged(street):
    with pytest.raises(StaleError):
        merges(street, stamp="old")


def test_coverage_before_the_merge_and_published_tables_stay_as_they_were(street):
    decided(the("MA"))
    decided(the("MB"))

    def counted(on):
        return report_coverage(area=street.code, valid=on, known=NOW)

    before = counted(day(2026, 5, 31))
    on = {"valid": day(2026, 5, 31), "known": NOW}
    table = publish_table(street, name="五月", document="", by=None, **on)
    merges(street)
    covers(provider("乙物业"), the("MB"), signed_on=day(2026, 6, 2), recorded_at=NOW)
    assert counted(day(2026, 5, 31)) == before
    assert recount(table).is_same
