import pytest

from geo.readers import Kind
from tests.geo.upload import faults_of, feature, geojson, notices_of, polygon, read_here


def areas(folder, **columns):
    return geojson(folder / "辖区.geojson", feature(polygon(), **columns))


def read(folder, wishes=None, **columns):
    return read_here(areas(folder, **columns), kind=Kind.AREA, **(wishes or {}))


@pytest.mark.parametrize(
    ("heading", "level"),
    [
        ("乡", "subdistrict"),
        ("镇", "subdistrict"),
        ("乡镇", "subdistrict"),
        ("街道", "subdistrict"),
        ("街道名称", "subdistrict"),
        ("社区", "community"),
        ("社区名称", "community"),
        ("县", "district"),
        ("区县", "district"),
        ("区县名称", "district"),
    ],
)
def test_a_heading_that_is_a_level_tells_the_level_and_says_so(tmp_path, heading, level):
    reading = read(tmp_path, **{heading: "三里屯"})
    assert reading.frame[["name", "level"]].to_numpy().tolist() == [["三里屯", level]]
    word = heading.removesuffix("名称")
    assert notices_of(reading) == [f"没有“层级”列，按表头“{heading}”，层级为{word}。"]


def test_the_area_above_is_the_parent_and_not_a_second_name(tmp_path):
    reading = read(tmp_path, 县="朝阳区", 乡="三里屯街道")
    row = reading.frame.iloc[0]
    assert (row["name"], row["parent"], row["level"]) == ("三里屯街道", "朝阳区", "subdistrict")
    assert notices_of(reading) == ["没有“层级”列，按表头“乡”，层级为乡。"]


def test_a_column_of_levels_goes_before_the_heading(tmp_path):
    reading = read(tmp_path, 街道="示例区", 层级="区县")
    assert reading.frame["level"].tolist() == ["district"]
    assert notices_of(reading) == []


def test_what_a_person_says_goes_before_the_heading(tmp_path):
    reading = read(tmp_path, {"constants": {"level": "community"}}, 街道="示例")
    assert reading.frame["level"].tolist() == ["community"]
    assert notices_of(reading) == []


def test_a_name_mapped_by_hand_may_tell_its_level_too(tmp_path):
    reading = read(tmp_path, {"fields": {"居委会": "name"}}, 居委会="示例居委会")
    assert reading.frame["level"].tolist() == ["community"]


def test_a_heading_that_names_no_level_leaves_the_level_missing(tmp_path):
    (fault,) = faults_of(areas(tmp_path, 名称="示例"), kind=Kind.AREA)
    assert fault == "缺少必填的列“层级”（也可写作：level、级别、区划级别）。"


def test_of_two_columns_for_one_field_the_other_is_still_told(tmp_path):
    reading = read(tmp_path, 名称="示例", 社区="又一", 层级="社区")
    assert notices_of(reading) == [
        "“社区”与“名称”都是 名称，只读取“名称”。",
        "下列各列没有对应的字段，未读取：社区。",
    ]
