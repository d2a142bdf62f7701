"""Files as clerks and survey offices hold them: the exact rows that are stored, or the refusal."""

import numpy as np
import pytest
import shapely

from geo.readers import Kind, read_file
from tests.geo.corpus import drawn
from tests.geo.corpus.drawn import GRID, PLACES
from tests.geo.corpus.made import AS_COMPOUNDS, COURT, METRES, geo, parquet_of, plan, shape
from tests.geo.corpus.read import READ
from tests.geo.corpus.refused import REFUSED
from tests.geo.upload import csv, faults_of, notices_of, read_here


@pytest.mark.parametrize(("name", "write", "wishes", "names", "notices"), READ)
def test_a_file_is_read_as_it_was_meant(tmp_path, name, write, wishes, names, notices):
    reading = read_here(write(tmp_path / name), **wishes)
    assert reading.frame.name.tolist() == list(names)
    assert sorted(notices_of(reading)) == sorted(notices)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        pytest.param("a.fgb", lambda p: drawn.written(p, "FlatGeobuf", SPATIAL_INDEX="NO")),
        pytest.param("a.parquet", drawn.parquet),
        pytest.param("a.zip", drawn.geodatabase),
        pytest.param("a.mif", drawn.mif),
    ],
    ids=["FlatGeobuf", "GeoParquet", "file geodatabase", "MapInfo"],
)
def test_places_and_numbers_are_those_of_the_file(tmp_path, name, write):
    frame = read_here(write(tmp_path / name), **AS_COMPOUNDS).frame
    far = shapely.hausdorff_distance(frame.geometry.to_numpy(), np.array(PLACES))
    assert (far < 1e-8).all()
    assert frame.households.tolist() == [120, 80]


def test_a_drawing_lands_where_it_was_surveyed(tmp_path):
    (place,) = read_here(plan(tmp_path / "a.dxf"), **METRES).frame.geometry
    assert place.bounds == pytest.approx((117.0, 39.91418, 117.00117, 39.91508), abs=1e-5)


def test_arcs_of_a_drawing_become_short_lines(tmp_path):
    path = drawn.dxf(tmp_path / "a.dxf", drawn.polyline("JZD", bulge=0.5))
    (place,) = read_here(path, **METRES).frame.geometry
    assert shapely.get_num_coordinates(place) > 20


def test_a_hole_among_boundary_points_stays_a_hole(tmp_path):
    path = drawn.exchange(tmp_path / "a.txt", drawn.plot(GRID, COURT))
    (place,) = read_here(path, **AS_COMPOUNDS).frame.geometry
    assert [len(place.interiors), place.bounds[0]] == [1, pytest.approx(117.0, abs=1e-6)]


@pytest.mark.parametrize(("name", "write", "wishes", "sentences"), REFUSED)
def test_a_file_is_refused_in_so_many_words(tmp_path, name, write, wishes, sentences):
    assert faults_of(write(tmp_path / name), **wishes) == sentences


@pytest.mark.parametrize("name", ["等高线.fgb", "GCD_2020.fgb", "contours.fgb", "一级控制点.fgb"])
def test_a_file_whose_name_says_that_it_is_a_survey_is_refused(tmp_path, name):
    stem = name.removesuffix(".fgb")
    path = drawn.written(tmp_path / "a.fgb", "FlatGeobuf").rename(tmp_path / name)
    assert faults_of(path, **AS_COMPOUNDS) == [
        f"图层“{stem}”是等高线、高程点或测量控制点，属于涉密测绘成果，不得导入。"
    ]


@pytest.mark.parametrize("name", ["控制点清单.csv", "GCDX.csv"])
def test_a_table_is_not_taken_for_a_survey(tmp_path, name):
    path = csv(tmp_path / name, "名称,性质\n甲物业,国有\n")
    assert read_here(path, kind=Kind.PROVIDER).frame.name.tolist() == ["甲物业"]


@pytest.mark.parametrize(
    ("crs", "srid"),
    [
        pytest.param({}, 4326, id="none said"),
        pytest.param({"crs": {"id": {"authority": "OGC", "code": "CRS84"}}}, 4326, id="CRS84"),
        pytest.param({"crs": {"id": {"authority": "EPSG", "code": 4490}}}, 4490, id="a number"),
    ],
)
def test_geoparquet_says_its_crs_in_several_ways(tmp_path, crs, srid):
    path = parquet_of(geo(**crs), g=[PLACES[0].wkb])(tmp_path / "a.parquet")
    assert read_here(path, **AS_COMPOUNDS).source.srid == srid


def test_geoparquet_may_know_no_crs(tmp_path):
    path = parquet_of(geo(crs=None), g=[PLACES[0].wkb])(tmp_path / "a.parquet")
    assert faults_of(path, **AS_COMPOUNDS)[0].startswith("文件没有说明坐标系")


@pytest.mark.parametrize(
    ("name", "write", "limit", "sentence"),
    [
        pytest.param(
            "a.kml",
            shape(drawn.area()),
            "POINTS_PER_FILE",
            "文件的顶点总数超过上限 1 个。请拆分文件或先简化图形再导入。",
            id="points of KML",
        ),
        pytest.param(
            "a.parquet",
            drawn.parquet,
            "POINTS_PER_FILE",
            "文件的顶点总数超过上限 1 个。请拆分文件或先简化图形再导入。",
            id="points of GeoParquet",
        ),
        pytest.param(
            "a.parquet",
            drawn.parquet,
            "FEATURES",
            "文件超过 1 个要素。请拆分后再导入。",
            id="features of GeoParquet",
        ),
        pytest.param(
            "a.zip",
            drawn.geodatabase,
            "GEODATABASE_MEMBERS",
            None,
            id="members of a geodatabase",
        ),
    ],
)
def test_more_than_any_file_of_a_bureau_holds_is_refused(
    tmp_path, monkeypatch, name, write, limit, sentence
):
    path = write(tmp_path / name)
    monkeypatch.setattr(f"geo.readers.parsing.limits.{limit}", 1)
    (told,) = faults_of(path, **AS_COMPOUNDS)
    assert told == sentence or (sentence is None and told.endswith("个文件，上限为 1 个。"))


@pytest.mark.parametrize(
    ("name", "write"),
    [
        pytest.param("a.parquet", drawn.parquet, id="GeoParquet"),
        pytest.param("a.dxf", plan, id="drawing"),
        pytest.param("a.zip", drawn.geodatabase, id="file geodatabase"),
        pytest.param("a.mif", drawn.mif, id="MapInfo"),
    ],
)
def test_new_formats_are_read_in_the_sandbox_too(tmp_path, name, write):
    wishes = METRES if name == "a.dxf" else AS_COMPOUNDS
    assert read_file(write(tmp_path / name), **wishes).frame.name.tolist()[0] == "幸福里"


def test_what_is_said_to_be_no_secret_is_read(tmp_path):
    path = csv(tmp_path / "小区（非涉密）.csv", "小区编码\nC1\n")
    assert read_here(path, **AS_COMPOUNDS).frame.code.tolist() == ["C1"]


@pytest.mark.parametrize(
    ("content", "line", "look"),
    [
        pytest.param(
            "小区编码\n".encode("gbk") + b"\xff\xff\n", 2, "gb18030：小区编码、", id="broken"
        ),
        pytest.param(
            "code\n幸福里\n".encode("utf-16-le"), 1, "big5：x^", id="UTF-16 without a mark"
        ),
    ],
)
def test_broken_text_is_shown_in_each_encoding_to_choose_from(tmp_path, content, line, look):
    (tmp_path / "a.csv").write_bytes(content)
    (told,) = faults_of(tmp_path / "a.csv", **AS_COMPOUNDS)
    begins = f"文字编码无法识别（第 {line} 行起），既不是 UTF-8 也不是 GB18030。各种编码下的文字："
    assert told.startswith(begins)
    assert look in told
    assert "\0" not in told
