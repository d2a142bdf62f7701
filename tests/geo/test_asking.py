from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from unittest.mock import patch

import pytest

from geo.crs import Datum
from geo.errors import InputError
from geo.management.asking import (
    Asked,
    Said,
    add_reading_options,
    asked_file,
    crs,
    kind_and_constant,
    kind_and_pair,
    known_kind,
)
from geo.readers import Kind, sandbox
from geo.readers.parsing.main import run
from tests.geo.upload import BOWTIE, csv, feature, geojson, polygon


def said(*arguments) -> Said:
    parser = ArgumentParser()
    add_reading_options(parser)
    return Said.of(vars(parser.parse_args(arguments)))


def read_all(said: Said, *asked):
    with patch.object(sandbox, "run_child", run):
        return said.read_all(asked)


@pytest.mark.parametrize(
    ("text", "path", "datum"),
    [
        ("a.geojson", "a.geojson", None),
        ("a.geojson@bd09", "a.geojson", Datum.BD09),
        ("a.shp@GCJ02", "a.shp", Datum.GCJ02),
        ("a@b.geojson", "a@b.geojson", None),
        ("a@b.geojson@wgs84", "a@b.geojson", Datum.WGS84),
    ],
)
def test_a_file_is_named_with_its_datum(text, path, datum):
    assert asked_file(text) == Asked(Path(path), datum)


def test_a_file_whose_name_has_an_at_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("台账@bd09").touch()
    assert asked_file("台账@bd09") == Asked(Path("台账@bd09"), None)


def test_an_unknown_datum_is_refused_with_those_that_are_known():
    with pytest.raises(ArgumentTypeError) as error:
        asked_file("a.geojson@baidu")
    assert str(error.value) == "不认识坐标系“baidu”；可用：cgcs2000、wgs84、gcj02、bd09。"


def test_a_file_is_called_by_its_name_alone():
    assert str(asked_file("/some/where/a.geojson@bd09")) == "a.geojson"


def test_a_heading_is_mapped_to_a_field_of_a_kind():
    assert kind_and_pair("building:a=b=storeys") == (Kind.BUILDING, "a=b", "storeys")


@pytest.mark.parametrize(
    "text", ["height=storeys", "building:height", "building:=storeys", "building:height="]
)
def test_a_mapping_that_is_not_one_is_refused_with_an_example(text):
    with pytest.raises(ArgumentTypeError) as error:
        kind_and_pair(text)
    says = f"“{text}”应写成 种类:文件中的列名=我们的列名，例如 building:height=storeys。"
    assert str(error.value) == says


def test_a_constant_is_given_to_a_kind():
    assert kind_and_constant("barrier:arterial") == (Kind.BARRIER, "arterial")


@pytest.mark.parametrize("text", ["arterial", "barrier:"])
def test_a_constant_without_kind_or_value_is_refused_with_an_example(text):
    with pytest.raises(ArgumentTypeError) as error:
        kind_and_constant(text)
    assert str(error.value) == f"“{text}”应写成 种类:取值，例如 barrier:arterial。"


@pytest.mark.parametrize("text", ["building", "楼栋"], ids=["code", "Chinese"])
def test_a_kind_is_named_by_its_code_or_in_chinese(text):
    assert known_kind(text) is Kind.BUILDING


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (known_kind, "road"),
        (kind_and_pair, "road:height=storeys"),
        (kind_and_constant, "road:arterial"),
    ],
)
def test_a_kind_that_is_none_is_refused_with_those_that_are(read, text):
    with pytest.raises(
        ArgumentTypeError, match=r"没有数据种类“road”。可用：area（区划）、compound"
    ):
        read(text)


def test_a_coordinate_system_is_an_epsg_code():
    assert crs("4547") == 4547


@pytest.mark.parametrize("text", ["27700", "CGCS2000", "-1"])
def test_a_coordinate_system_outside_the_list_is_refused(text):
    with pytest.raises(ArgumentTypeError) as error:
        crs(text)
    says = f"“{text}”不在可用的坐标系之列。请给出 EPSG 代码，例如 4490、4326、4547。"
    assert str(error.value) == says


def test_everything_a_person_says_is_gathered():
    told = said(
        *("--fields", "building:height=storeys", "--fields", "building:户=households"),
        *("--kind", "barrier:river", "--kind", "area:subdistrict"),
        *("--crs", "4490", "--encoding", "GBK", "--repair", "--skip-faulty"),
    )
    assert told.fields == {Kind.BUILDING: {"height": "storeys", "户": "households"}}
    assert told.constants == {Kind.BARRIER: {"kind": "river"}, Kind.AREA: {"level": "subdistrict"}}
    assert (told.crs, told.encoding) == (4490, "GBK")
    assert told.repair
    assert told.skip_faulty


def test_who_says_nothing_leaves_all_to_the_files():
    told = said()
    assert (told.fields, told.constants, told.crs, told.encoding) == ({}, {}, None, None)
    assert {told.repair, told.skip_faulty} == {False}


def test_the_same_constant_twice_is_no_contradiction():
    told = said("--kind", "barrier:river", "--kind", "barrier:river")
    assert told.constants == {Kind.BARRIER: {"kind": "river"}}


def test_two_constants_for_one_kind_are_refused():
    with pytest.raises(InputError) as error:
        said("--kind", "barrier:river", "--kind", "barrier:arterial")
    assert str(error.value) == (
        "--kind 对 barrier 给出了两个取值：river 和 arterial。一次运行中同一类型只能取一个值。"
        "各文件取值不同时，请在文件中增加“类型”列。"
    )


def test_what_is_said_reaches_the_reader(tmp_path):
    path = geojson(tmp_path / "楼栋.geojson", feature(polygon(), height=6))
    told = said("--fields", "building:height=storeys")
    (reading,) = read_all(told, (Asked(path, Datum.WGS84), Kind.BUILDING))
    assert reading.frame["storeys"].tolist() == [6]
    assert reading.source.datum is Datum.WGS84


def test_a_file_of_unknown_kind_is_read_as_its_columns_tell(tmp_path):
    path = csv(tmp_path / "a.csv", "小区名称,户数,经度,纬度\n幸福里,12,116.45,39.93\n")
    (reading,) = read_all(said(), (Asked(path, None), None))
    assert reading.kind is Kind.COMPOUND


def test_what_is_said_of_a_kind_reaches_a_file_that_turns_out_to_be_of_it(tmp_path):
    path = csv(tmp_path / "a.csv", "小区名称,总数,经度,纬度\n幸福里,12,116.45,39.93\n")
    (reading,) = read_all(said("--fields", "compound:总数=households"), (Asked(path, None), None))
    assert reading.frame["households"].tolist() == [12]


@pytest.fixture
def line(tmp_path):
    """A file that nothing tells the kind of."""
    way = {"type": "LineString", "coordinates": [[116.45, 39.93], [116.46, 39.93]]}
    return geojson(tmp_path / "线.geojson", feature(way, name="1路"))


def test_what_is_said_may_tell_the_kind_of_a_file(line):
    spoken = said("--fields", "building:height=storeys", "--kind", "barrier:arterial")
    (reading,) = read_all(spoken, (Asked(line, None), None))
    assert (reading.kind, reading.frame["kind"].tolist()) == (Kind.BARRIER, ["arterial"])


def test_a_file_whose_kind_nothing_tells_is_refused(line):
    spoken = said("--fields", "building:height=storeys", "--kind", "provider:state")
    with pytest.raises(InputError, match="无法判断数据种类"):
        read_all(spoken, (Asked(line, None), None))


def test_faults_of_all_files_come_in_one_report_each_under_its_file(tmp_path):
    bowtie = geojson(tmp_path / "甲.geojson", feature(polygon(BOWTIE), code="1"))
    sound = geojson(tmp_path / "乙.geojson", feature(polygon(), code="2"))
    lacking = geojson(tmp_path / "丙.geojson", feature(polygon(), 名称="东街道"))
    asked = ((bowtie, Kind.COMPOUND), (sound, Kind.COMPOUND), (lacking, Kind.AREA))
    with pytest.raises(InputError) as error:
        read_all(said(), *((Asked(path, None), kind) for path, kind in asked))
    lines = error.value.report().splitlines()
    assert (lines[0], lines[2]) == ("甲.geojson：", "丙.geojson：")
    assert "自相交" in lines[1]
    assert lines[3].startswith("缺少必填的列“层级”")
    assert len(lines) == 4
