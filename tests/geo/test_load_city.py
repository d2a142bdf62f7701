"""`manage.py load_city` says what it understood, and loads each file whole or not at all."""

import io
import json

import pytest
import shapely
from django.core.management import CommandError, call_command

from geo.models import Barrier, Building, Compound, ImportBatch, ManagingArea, Provider
from tests.rows import compound, square

pytestmark = pytest.mark.django_db


def geojson(path, *features):
    """Write features given as (shape, properties)."""
    told = [
        {"type": "Feature", "properties": values, "geometry": shapely.geometry.mapping(shape)}
        for shape, values in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": told}), encoding="utf-8")
    return str(path)


def table(path, *lines):
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def load_city(*arguments):
    told = io.StringIO()
    call_command("load_city", *arguments, stdout=told)
    return told.getvalue()


def refusal(*arguments):
    with pytest.raises(CommandError) as raised:
        load_city(*arguments)
    return str(raised.value)


@pytest.fixture
def compounds(tmp_path):
    return geojson(
        tmp_path / "小区.geojson",
        (square(), {"小区编码": "C1", "小区名称": "滨河院", "户数": "420户"}),
        (square(5), {"小区编码": "C2", "小区名称": "幸福院", "户数": "不详"}),
    )


@pytest.fixture
def buildings(tmp_path):
    shape = square(1, 1, side=0.0001)
    return geojson(tmp_path / "楼栋.geojson", (shape, {"楼栋编码": "B1", "height": 6}))


@pytest.fixture
def contracts(tmp_path):
    return table(
        tmp_path / "合同.csv",
        "服务主体,对象编码,签约日期,进驻日期,终止日期",
        "甲物业,C1,2024-01-01,2024-02-01,",
    )


@pytest.fixture
def providers(tmp_path):
    return table(tmp_path / "企业.csv", "名称,性质,统一社会信用代码,信用等级", "甲物业,国有,,A")


def test_a_file_is_loaded_and_the_report_says_what_was_understood(compounds):
    told = load_city(compounds)
    assert "小区.geojson：小区，新增 2，更新 0，未变 0" in told
    assert "按列名和图形判断，数据种类为小区（compound）。" in told


def test_files_may_be_given_in_any_order(compounds, buildings, contracts, providers):
    load_city(contracts, buildings, providers, compounds)
    one = Compound.objects.get(code="C1")
    assert (one.buildings.count(), one.contract_items.get().contract.provider.kind) == (1, "state")


def test_a_datum_after_the_name_moves_the_coordinates(compounds):
    load_city(f"{compounds}@bd09")
    west = Compound.objects.get(code="C1").geometry.extent[0]
    assert (ImportBatch.objects.get().datum, 0.005 < 121.6 - west < 0.02) == ("bd09", True)


def test_a_column_is_taken_as_what_the_person_says(compounds, buildings):
    told = load_city(compounds, buildings, "--fields", "building:height=storeys")
    assert Building.objects.get().storeys == 6
    assert "按列名和图形判断，数据种类为楼栋（building）。" in told


def test_a_constant_says_of_which_kind_the_lines_are(tmp_path):
    line = shapely.LineString([(121.6, 38.9), (121.61, 38.9)])
    lines = geojson(tmp_path / "公交线.geojson", (line, {"name": "1路"}))
    load_city(lines, "--kind", "barrier:arterial")
    assert Barrier.objects.get().kind == "arterial"


def test_a_constant_of_another_kind_does_not_make_a_file_that_kind(tmp_path):
    line = shapely.LineString([(121.6, 38.9), (121.61, 38.9)])
    lines = geojson(tmp_path / "线.geojson", (line, {"x": "1"}))
    told = refusal(lines, "--fields", "building:height=storeys", "--kind", "provider:state")
    assert "无法判断数据种类" in told


def test_two_constants_for_one_kind_are_refused_before_anything_is_read(compounds):
    told = refusal(compounds, "--kind", "barrier:river", "--kind", "barrier:wall")
    assert told.startswith("--kind 对 barrier 给出了两个取值：river 和 wall。")


def test_a_constant_of_areas_is_their_level(tmp_path):
    areas = geojson(tmp_path / "街道.geojson", (square(), {"区划代码": "S1", "名称": "东街道"}))
    load_city(areas, "--as", "area", "--kind", "area:街道")
    assert ManagingArea.objects.get().level == "subdistrict"


@pytest.mark.parametrize("said", ["compound", "小区"], ids=["code", "Chinese"])
def test_the_kind_may_be_said(tmp_path, said):
    rows = table(tmp_path / "x.csv", "编码,名称", "C1,滨河院")
    load_city(rows, "--as", said)
    assert Compound.objects.get().name == "滨河院"


def test_each_file_may_have_its_own_kind(tmp_path):
    first = table(tmp_path / "a.csv", "编码,名称", "C1,滨河院")
    second = table(tmp_path / "b.csv", "名称", "甲物业")
    load_city(first, second, "--as", "compound", "--as", "provider")
    assert (Compound.objects.count(), Provider.objects.count()) == (1, 1)


def test_kinds_must_be_as_many_as_files(compounds):
    assert refusal(compounds, "--as", "compound", "--as", "area") == (
        "--as 写了多次时，次数须与文件数相同。"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--as", "tree"], "没有数据种类“tree”。可用：area（区划）"),
        (["--fields", "height=storeys"], "应写成 种类:文件中的列名=我们的列名"),
        (["--fields", "tree:height=storeys"], "没有数据种类“tree”。"),
        (["--kind", "arterial"], "应写成 种类:取值，例如 barrier:arterial。"),
    ],
)
def test_an_argument_that_makes_no_sense_is_refused(compounds, arguments, told):
    assert told in refusal(compounds, *arguments)


def test_a_file_that_cannot_be_read_keeps_all_files_out(tmp_path, compounds):
    faulty = table(tmp_path / "楼.csv", "甲,乙", "1,2")
    told = refusal(compounds, faulty)
    assert told.startswith("楼.csv：1 处问题")
    assert told.endswith("未入库任何内容。")
    assert not Compound.objects.exists()


def test_a_file_that_is_refused_by_the_database_does_not_hold_up_the_others(compounds, contracts):
    told = refusal(compounds, contracts)
    assert told == (
        "合同.csv：1 处问题\n"
        "　第 2 行“provider”：服务主体“甲物业”不在库中（共 1 行）。请先导入服务主体，或改正名称。\n"
        "上列文件未入库；改正后只需重新导入这些文件。"
    )
    assert Compound.objects.count() == 2


def test_many_faults_are_counted_after_the_first_fifty(tmp_path):
    rows = [f"C{n},小区{n},街道{n}" for n in range(60)]
    told = refusal(table(tmp_path / "x.csv", "小区编码,小区名称,所属街道", *rows))
    assert "x.csv：60 处问题" in told
    assert "……另有 10 处问题。" in told


def test_known_codes_are_refused_without_update(compounds):
    load_city(compounds)
    assert "编码“C1”已在库中（滨河院）。如要更新已有记录，请选择更新（--update）。" in refusal(
        compounds
    )


def test_known_codes_are_updated_when_asked(compounds):
    compound("C1", name="旧名")
    assert "新增 1，更新 1，未变 0" in load_city(compounds, "--update")
    assert Compound.objects.get(code="C1").name == "滨河院"


def test_faulty_rows_are_left_out_when_asked(tmp_path):
    rows = table(tmp_path / "x.csv", "小区编码,小区名称,户数", "C1,滨河院,很多", "C2,幸福院,20")
    told = load_city(rows, "--skip-faulty")
    assert [one.code for one in Compound.objects.all()] == ["C2"]
    assert "1 行有错误，没有导入。" in told
    assert "第 2 行“户数”" in told


def test_invalid_polygons_are_repaired_when_asked(tmp_path):
    ring = [(121.6, 38.9), (121.7, 38.9), (121.7, 39), (121.6, 39), (121.6, 38.9)]
    spike = [*ring[:2], (121.70001, 38.9), *ring[1:]]
    faulty = geojson(tmp_path / "x.geojson", (shapely.Polygon(spike), {"小区编码": "C1"}))
    load_city(faulty, "--as", "compound", "--repair")
    assert Compound.objects.get().geometry.valid


def test_a_dry_run_says_everything_and_stores_nothing(compounds, buildings):
    told = load_city(buildings, compounds, "--dry-run")
    assert "楼栋.geojson：楼栋，新增 1" in told
    assert told.endswith("以上为试运行，未入库任何内容。\n")
    assert not ImportBatch.objects.exists()


def test_sample_data_is_marked_when_said(compounds):
    load_city(compounds, "--sample")
    assert ImportBatch.objects.get().is_sample


def test_text_in_another_encoding_is_read_as_said(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes("小区编码,小区名称\nC1,滨河院\n".encode("gb18030"))
    load_city(str(path), "--encoding", "gb18030")
    assert Compound.objects.get().name == "滨河院"


@pytest.mark.real_data
def test_the_real_chaoyang_window_is_loaded(real_data):
    folder = real_data / "beijing_chaoyang"
    told = load_city(
        f"{folder / 'compounds_bd09.geojson'}@bd09",
        f"{folder / 'buildings_wgs84.geojson'}@wgs84",
        *("--as", "compound", "--as", "building"),
        *("--fields", "building:height=storeys", "--repair", "--skip-faulty"),
    )
    inside = Building.objects.filter(compound__isnull=False).count()
    assert (Compound.objects.count(), 1_900 < inside < 2_300) == (204, True), told
