"""`manage.py coverage` answers in the sentences of a published reply, as JSON, and as a sheet."""

import io
import json

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from geo.models import BaseList, BaseRow, Committee, ContractItem, ImportBatch
from geo.words import AreaLevel
from layers.management.commands.coverage import moment
from tests.rows import LONG_AGO, area, at, compound, covers, day, management_area, provider

pytestmark = pytest.mark.django_db

ON = ("--date", "2025-09-22", "--as-known-on", "2025-09-30")


def coverage(*arguments):
    told = io.StringIO()
    call_command("coverage", *arguments, stdout=told)
    return told.getvalue()


@pytest.fixture
def city():
    """Four compounds on a base list: two served, one old; a district holds three of them."""
    top = area("140300", level=AreaLevel.CITY, name="阳泉市")
    district = area("140302", level=AreaLevel.DISTRICT, parent=top, name="城区")
    made = [
        compound(f"C{n}", area=district if n else top, old_list=not n, floor_area_m2=5_000.0)
        for n in range(4)
    ]
    base = BaseList.objects.create(
        name="建成区小区", unit="compound", frozen_on=day(2025), document="阳建底数1号"
    )
    for one in made:
        BaseRow.objects.create(base_list=base, compound=one, recorded_at=LONG_AGO)
        Committee.objects.create(compound=one, kind="owners_committee", recorded_at=LONG_AGO)
    for one in made[:2]:
        covers(provider(f"企业{one.code}"), one, signed_on=day(2024))
    return made


@pytest.mark.usefixtures("city")
def test_an_area_is_told_in_one_sentence():
    told = coverage("--area", "140300", *ON)
    assert (
        "建成区小区 4；老旧 1 = 25.00 %；物业企业服务 2 = 50.00 %；"
        "业主委员会 4 + 物管会 0 = 组建率 100 %"
    ) in told


@pytest.mark.usefixtures("city")
def test_the_areas_below_follow():
    name, headline = coverage("--area", "140300", *ON).splitlines()[-2:]
    assert name == "城区（140302）"
    assert headline.startswith("建成区小区 3；老旧 0 = 0 %；物业企业服务 1 = 33.33 %；")


@pytest.mark.usefixtures("city")
def test_the_report_says_of_when_it_is_and_how_far_it_knows():
    assert coverage("--area", "140300", *ON).splitlines()[0] == (
        "阳泉市（140300）　统计日期 2025-09-22，数据截至 2025-09-30 23:59"
    )


def test_management_areas_are_told_in_one_sentence(city):
    covers(provider("丙物业"), management_area("M1", city), signed_on=day(2024))
    assert "物业管理区域 1，楼栋 0，2 万㎡，签约率 100 %" in coverage(*ON)


@pytest.mark.usefixtures("city")
def test_one_rate_may_be_asked_for_in_chinese_with_its_unit():
    told = coverage("--area", "140300", *ON, "--rate", "物业企业服务覆盖率/小区")
    assert told.splitlines()[1] == (
        "　物业企业服务覆盖率（小区）：2 / 4 = 50.00 %；"
        "底数：建成区小区（2025-01-01 冻结，阳建底数1号）"
    )


@pytest.mark.usefixtures("city")
def test_a_rate_without_unit_is_told_in_every_unit():
    lines = coverage(*ON, "--rate", "committee").splitlines()
    assert [line.split("：")[0].strip() for line in lines[1:3]] == [
        "组建率（小区）",
        "组建率（建筑面积）",
    ]


@pytest.mark.usefixtures("city")
def test_parts_and_what_is_unknown_are_told():
    told = coverage(*ON, "--rate", "any/household", "--format", "text")
    assert "没有可统计的对象" in told
    area_told = coverage(*ON, "--rate", "old/compound")
    assert "未认定" not in area_told


def test_unknown_households_are_told_beside_the_rate():
    compound("C1", households=100)
    compound("C2")
    told = coverage(*ON, "--rate", "any/户（套）")
    assert told.splitlines()[1].endswith("物业服务企业 0；其他服务主体 0；另有 1 处户数不详")


def test_unknown_floor_area_is_told_beside_the_rate():
    compound("C1", floor_area_m2=12_345.0)
    compound("C2")
    told = coverage(*ON, "--rate", "firm/floor_area")
    assert "0 万㎡ / 1.23 万㎡ = 0 %；另有 1 处建筑面积不详" in told


def test_compounds_that_nobody_assessed_are_told_beside_the_old_ones():
    compound("C1")
    assert "另有 1 处未认定" in coverage(*ON, "--rate", "old/compound")


def test_a_base_without_document_is_named_all_the_same():
    base = BaseList.objects.create(name="小区底数", unit="compound", frozen_on=day(2025))
    BaseRow.objects.create(base_list=base, compound=compound("C1"), recorded_at=LONG_AGO)
    assert "底数：小区底数（2025-01-01 冻结）" in coverage(*ON, "--rate", "firm/compound")


def test_an_empty_city_names_the_next_step():
    assert "没有可统计的对象。请先导入小区或物业管理区域，或改变日期。" in coverage(*ON)


def test_sample_data_is_told_first():
    batch = ImportBatch.objects.create(
        kind="compound", file_name="x", sha256="0" * 64, is_sample=True
    )
    compound("C1", batch=batch)
    assert coverage(*ON).splitlines()[1] == "示例数据，不得作为依据。"


@pytest.mark.usefixtures("city")
def test_a_correction_shows_only_from_when_it_was_known():
    ContractItem.objects.first().end(on=day(2025, 8, 31), reason="补录", now=at(2025, 9, 25))
    told = [
        coverage("--date", "2025-09-22", "--as-known-on", known, "--rate", "firm/compound")
        for known in ("2025-09-24", "2025-09-25")
    ]
    assert ["2 / 4" in told[0], "1 / 4" in told[1]] == [True, True]


@pytest.mark.usefixtures("city")
def test_json_holds_rates_with_their_base_and_definition():
    told = json.loads(coverage("--area", "140300", *ON, "--format", "json"))
    rate = next(
        one for one in told["area"]["rates"] if (one["rate"], one["unit"]) == ("firm", "compound")
    )
    assert (rate["covered"], rate["total"], rate["percent_text"], rate["base"]["name"]) == (
        2,
        4,
        "50.00 %",
        "建成区小区",
    )
    assert rate["definition"].startswith("当日由物业服务企业")
    assert [below["code"] for below in told["below"]] == ["140302"]


@pytest.mark.usefixtures("city")
def test_a_sheet_holds_a_row_for_every_rate_of_every_area(tmp_path):
    coverage("--area", "140300", *ON, "--format", "xlsx", "--out", str(tmp_path / "覆盖率.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "覆盖率.xlsx").active
    rows = list(sheet.iter_rows(values_only=True))
    assert (rows[0][0], len(rows)) == ("辖区编码", 1 + 2 * 30)
    assert rows[1][:7] == ("140300", "阳泉市", "物业企业服务覆盖率", "小区", 2, 4, 50)


def test_names_cannot_act_as_formulas_in_a_sheet(tmp_path):
    base = BaseList.objects.create(name="=1+1", unit="compound", frozen_on=day(2025))
    BaseRow.objects.create(base_list=base, compound=compound("C1"), recorded_at=LONG_AGO)
    out = tmp_path / "x.xlsx"
    coverage(*ON, "--rate", "firm/compound", "--format", "xlsx", "--out", str(out))
    cell = openpyxl.load_workbook(out).active.cell(2, 9)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.usefixtures("city")
def test_text_goes_into_a_file_when_asked(tmp_path):
    out = tmp_path / "覆盖率.txt"
    assert coverage(*ON, "--out", str(out)) == ""
    assert out.read_text(encoding="utf-8").startswith("全部辖区")


def test_a_sheet_needs_a_file():
    with pytest.raises(CommandError, match="xlsx 须用 --out 指定文件。"):
        coverage("--format", "xlsx")


def test_an_unknown_area_is_refused():
    with pytest.raises(CommandError, match="没有编码为“999”的辖区。"):
        coverage("--area", "999")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--date", "去年"], "“去年”不是日期；请写成 2026-11-22。"),
        (["--as-known-on", "昨天"], "“昨天”不是日期或时间"),
        (["--rate", "幸福率"], "没有指标“幸福率”。可用指标：物业企业服务覆盖率（firm）"),
        (["--rate", "firm/公顷"], "没有指标“firm/公顷”。"),
    ],
)
def test_an_argument_that_makes_no_sense_is_refused(arguments, told):
    with pytest.raises(CommandError) as raised:
        coverage(*arguments)
    assert told in str(raised.value)


def test_a_date_alone_means_its_last_moment():
    assert (
        timezone.localtime(moment("2025-09-30")).isoformat() == "2025-09-30T23:59:59.999999+08:00"
    )


def test_a_moment_may_name_its_own_zone():
    assert moment("2025-09-30T10:00:00+00:00").isoformat() == "2025-09-30T10:00:00+00:00"


def test_without_dates_it_is_today_as_known_now():
    assert f"统计日期 {timezone.localdate()}" in coverage()
