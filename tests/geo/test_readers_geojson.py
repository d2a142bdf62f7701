import json
import re

import pytest
import shapely

from geo.crs import Datum
from geo.readers import Kind
from geo.readers.parsing import limits
from tests.geo.upload import (
    BOWTIE,
    OTHER,
    SQUARE,
    faults_of,
    feature,
    geojson,
    notices_of,
    polygon,
    read_here,
)

COMPOUND = {"kind": Kind.COMPOUND}


def one(tmp_path, geometry, **properties):
    return geojson(tmp_path / "小区.geojson", feature(geometry, **{"code": "C1", **properties}))


def test_a_feature_becomes_a_row_under_our_keys(tmp_path):
    path = one(
        tmp_path,
        polygon(),
        小区名称="幸福里",
        户数="8078户",
        建筑面积="29万㎡",
        物业费="0.3至1元/平米/月",
    )
    row = read_here(path, **COMPOUND).frame.loc[1]
    told = row[["code", "name", "households", "floor_area_m2", "fee_low", "fee_high"]]
    assert told.tolist() == ["C1", "幸福里", 8078, 290_000.0, 0.3, 1.0]


def test_the_geometry_is_in_storage_degrees(tmp_path):
    frame = read_here(one(tmp_path, polygon()), **COMPOUND).frame
    assert (frame.crs.to_epsg(), frame.geometry[1].equals(shapely.Polygon(SQUARE))) == (4490, True)


def test_a_column_that_the_file_lacks_is_there_and_unknown(tmp_path):
    frame = read_here(one(tmp_path, polygon()), **COMPOUND).frame
    assert frame[["households", "old_list", "fee_low"]].isna().all().all()


def test_an_unknown_text_is_empty(tmp_path):
    frame = read_here(one(tmp_path, polygon(), 小区名称="暂无资料"), **COMPOUND).frame
    assert frame.name.tolist() == [""]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param([{"geometry": polygon()}], id="array of half features"),
        pytest.param([polygon()], id="array of geometries"),
        pytest.param([feature(polygon())], id="array of features"),
    ],
)
def test_a_bare_array_is_read_with_a_notice(tmp_path, document):
    path = tmp_path / "raw.json"
    path.write_text(json.dumps(document))
    assert "未加 FeatureCollection 外壳的 JSON 数组" in notices_of(read_here(path, **COMPOUND))[0]


@pytest.mark.parametrize(
    "document",
    [pytest.param(feature(polygon()), id="feature"), pytest.param(polygon(), id="geometry")],
)
def test_a_single_feature_or_geometry_is_read(tmp_path, document):
    path = tmp_path / "one.geojson"
    path.write_text(json.dumps(document))
    assert len(read_here(path, **COMPOUND).frame) == 1


@pytest.mark.parametrize(
    ("geometry", "sentence"),
    [
        pytest.param(polygon(BOWTIE), "边界自相交，位置 116.4505, 39.9305。", id="bowtie"),
        pytest.param(
            polygon(SQUARE[:-1]),
            "边界没有闭合：首点 116.45, 39.93，末点 116.45, 39.931。",
            id="open",
        ),
        pytest.param(polygon(SQUARE[:2]), "边界只有 2 个点，至少需要 4 个", id="two points"),
        pytest.param(
            polygon([*SQUARE[:2], SQUARE[0]]), "边界的不同顶点不足 3 个", id="there and back"
        ),
        pytest.param(polygon(SQUARE, [SQUARE[0]]), "边界只有 1 个点", id="hole of a point"),
        pytest.param(
            polygon([[0, 0], [1, "x"], [1, 1], [0, 0]]), "坐标不是成对的数字。", id="text"
        ),
        pytest.param(polygon([["0", "0"]] * 4), "坐标不是成对的数字。", id="numbers as text"),
        pytest.param(
            polygon([[0, 0], [1], [1, 1], [0, 0]]), "坐标不是成对的数字。", id="one ordinate"
        ),
        pytest.param(
            polygon([[10**400, 0]] * 4), "坐标不是成对的数字。", id="whole number without end"
        ),
        pytest.param({"type": "Polygon", "coordinates": 5}, "坐标不是成对的数字。", id="no list"),
        pytest.param(
            {"type": "Polygon", "coordinates": [SQUARE[0]]}, "坐标不是成对的数字。", id="flat"
        ),
        pytest.param(
            {"type": "Polygon", "coordinates": [[]]}, "没有图形（空几何）", id="empty ring"
        ),
        pytest.param({"type": "Polygon", "coordinates": []}, "没有图形（空几何）", id="empty"),
        pytest.param(
            {"type": "GeometryCollection", "geometries": []},
            "几何集合（GeometryCollection）不能导入",
            id="collection",
        ),
        pytest.param(
            {"type": "CircularString", "coordinates": []},
            "图形类型“CircularString”不能导入",
            id="curve",
        ),
        pytest.param("POINT(1 2)", "图形类型“POINT(1 2)”不能导入", id="text for a geometry"),
        pytest.param(
            {"type": "LineString", "coordinates": SQUARE}, "图形是线，这里需要面。", id="line"
        ),
        pytest.param(
            polygon([[x + (x > 116.4505) * 6, y] for x, y in SQUARE]),
            "图形跨度超过 5.0 度",
            id="six degrees",
        ),
        pytest.param(None, "没有图形或坐标。", id="none"),
    ],
)
def test_a_bad_geometry_is_named_with_its_row_and_reason(tmp_path, geometry, sentence):
    good = [feature(polygon([[x + i * 0.01, y] for x, y in SQUARE])) for i in (1, 2)]
    path = geojson(tmp_path / "楼栋.geojson", good[0], feature(geometry), good[1])
    (told,) = faults_of(path, kind=Kind.BUILDING)
    assert told.startswith(f"第 2 行：{sentence}")


@pytest.mark.parametrize(
    ("ordinate", "sentence"),
    [
        pytest.param("NaN", "坐标含有 NaN 或无穷大。", id="NaN"),
        pytest.param("Infinity", "坐标含有 NaN 或无穷大。", id="Infinity"),
        pytest.param("1e400", "坐标含有 NaN 或无穷大。", id="overflows"),
        pytest.param("1e200", "坐标 1e+200 超出了任何坐标系的范围。", id="aborts GEOS"),
        pytest.param("1e308", "坐标 1e+308 超出了任何坐标系的范围。", id="nearly infinite"),
        pytest.param("-2e8", "坐标 -2e+08 超出了任何坐标系的范围。", id="beyond every zone"),
    ],
)
def test_a_number_that_would_harm_geos_never_reaches_it(tmp_path, ordinate, sentence):
    path = tmp_path / "bad.geojson"
    text = json.dumps(feature(polygon())).replace("116.451", ordinate)
    path.write_text(text)
    assert faults_of(path, **COMPOUND) == [f"第 1 行：{sentence}"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param("", "文件是空的。", id="empty"),
        pytest.param("  \n ", "文件是空的。", id="blank"),
        pytest.param("{", "第 1 行第 2 个字符处不是有效的 JSON。", id="broken"),
        pytest.param("[" * 100_000, "括号嵌套过深", id="deep"),
        pytest.param('{"type": "Topology"}', "内容不是 GeoJSON。", id="TopoJSON"),
        pytest.param(
            '{"type": "FeatureCollection", "features": 1}', "内容不是 GeoJSON。", id="no list"
        ),
        pytest.param(
            '{"type": ["Polygon"], "coordinates": 1}', "内容不是 GeoJSON。", id="list for a type"
        ),
        pytest.param("5", "内容不是 GeoJSON。", id="number"),
        pytest.param("1" * 5000, "内容不是 GeoJSON。", id="endless number"),
        pytest.param("[]", "文件中没有任何要素。", id="no features"),
        pytest.param("[5]", "第 1 行：这一项不是 GeoJSON 要素。", id="no feature"),
        pytest.param("<OGRVRTDataSource/>", "第 1 行第 1 个字符处不是有效的 JSON。", id="VRT"),
        pytest.param('{"type": "gdal_streamed_alg"}', "内容不是 GeoJSON。", id="GDALG"),
    ],
)
def test_what_is_no_geojson_is_refused(tmp_path, content, sentence):
    path = tmp_path / "a.geojson"
    path.write_text(content)
    assert sentence in faults_of(path, **COMPOUND)[0]


def test_attributes_nested_too_deep_are_refused(tmp_path):
    path = tmp_path / "deep.geojson"
    deep = "[" * 900 + "]" * 900
    path.write_text(json.dumps(feature(polygon(), note="x")).replace('"x"', deep))
    reading = read_here(path, **COMPOUND)
    assert notices_of(reading) == ["下列各列没有对应的字段，未读取：note。"]


@pytest.mark.parametrize(
    "crs",
    [
        pytest.param(
            {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, id="CRS84"
        ),
        pytest.param(
            {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}, id="CGCS2000"
        ),
        pytest.param({"type": "name", "properties": {"name": "EPSG:4326"}}, id="short"),
        pytest.param(None, id="none"),
    ],
)
def test_a_crs_by_name_is_understood(tmp_path, crs):
    path = geojson(tmp_path / "a.geojson", feature(polygon()), crs=crs)
    assert len(read_here(path, **COMPOUND).frame) == 1


@pytest.mark.parametrize(
    "crs",
    [
        pytest.param({"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}}, id="link"),
        pytest.param(
            {"type": "name", "properties": {"name": "http://127.0.0.1:9/crs"}}, id="address"
        ),
        pytest.param({"type": "name", "properties": 5}, id="number"),
        pytest.param("+proj=longlat", id="pipeline"),
    ],
)
def test_a_crs_that_is_no_name_is_never_followed(tmp_path, crs):
    path = geojson(tmp_path / "a.geojson", feature(polygon()), crs=crs)
    assert faults_of(path, **COMPOUND) == [
        "文件的 crs 不是以 EPSG 编号写明的坐标系。请改为 EPSG:4490 等编号，或用 --crs 指明。"
    ]


def test_height_of_coordinates_is_dropped_with_a_notice(tmp_path):
    path = one(tmp_path, polygon([[x, y, 12.5] for x, y in SQUARE]))
    reading = read_here(path, **COMPOUND)
    assert (notices_of(reading), reading.frame.geometry[1].has_z) == (
        ["1 个图形带有高程，已舍去高程。"],
        False,
    )


def test_a_feature_of_too_many_points_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "POINTS_PER_FEATURE", 4)
    assert faults_of(one(tmp_path, polygon()), **COMPOUND) == [
        "第 1 行：图形有 5 个顶点，上限为 4 个。请先简化图形再导入。"
    ]


def test_a_file_of_too_many_points_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "POINTS_PER_FILE", 9)
    path = geojson(tmp_path / "a.geojson", feature(polygon()), feature(polygon(OTHER)))
    assert faults_of(path, **COMPOUND) == [
        "文件的顶点总数超过上限 9 个。请拆分文件或先简化图形再导入。"
    ]


def test_closing_and_repairing_are_only_done_when_asked_for(tmp_path):
    sliver = [
        [116.45, 39.93],
        [116.451, 39.93],
        [116.451, 39.931],
        [116.4500001, 39.93],
        [116.45, 39.9300001],
    ]
    path = geojson(tmp_path / "a.geojson", feature(polygon(SQUARE[:-1])), feature(polygon(sliver)))
    reading = read_here(path, **COMPOUND, repair=True)
    assert notices_of(reading)[0] == "已闭合 2 个图形的边界（首尾点不重合）。"


def test_a_repair_that_keeps_the_area_is_reported_with_its_row(tmp_path):
    spike = [*SQUARE[:3], [116.451, 39.932], SQUARE[2], *SQUARE[3:]]
    reading = read_here(one(tmp_path, polygon(spike)), **COMPOUND, repair=True)
    (told,) = notices_of(reading)
    assert re.fullmatch("第 1 行：边界.*。已自动修复，面积改变 0%。", told)


def test_a_repair_that_changes_the_area_is_refused(tmp_path):
    (told,) = faults_of(one(tmp_path, polygon(BOWTIE)), **COMPOUND, repair=True)
    assert told == (
        "第 1 行：边界自相交，位置 116.4505, 39.9305。"
        "自动修复会使面积改变 1e+02%，超过 1%，没有修复。"
    )


def test_all_faults_of_all_rows_are_told_at_once(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        feature(polygon(BOWTIE), code="A", 户数="很多"),
        feature(polygon(), code="B"),
        feature(polygon(OTHER), code="B", 建成年代="80年代"),
    )
    beginnings = [
        "第 1 行“户数”",
        "第 1 行：边界",
        "第 2 行：“B”",
        "第 3 行“建成年代”",
        "第 3 行：“B”",
    ]
    told = faults_of(path, **COMPOUND)
    assert [
        begins for begins, fault in zip(beginnings, told, strict=True) if fault.startswith(begins)
    ] == beginnings


def test_faulty_rows_are_left_out_and_listed_when_asked_for(tmp_path):
    path = geojson(tmp_path / "a.geojson", feature(polygon(BOWTIE)), feature(polygon()))
    reading = read_here(path, **COMPOUND, skip_faulty=True)
    assert (reading.frame.index.tolist(), [f.row for f in reading.faults]) == ([2], [1])


def test_a_file_of_nothing_but_faults_is_refused_all_the_same(tmp_path):
    path = one(tmp_path, polygon(BOWTIE))
    assert (
        faults_of(path, **COMPOUND, skip_faulty=True)[0] == "每一行都有错误，没有可以导入的内容。"
    )


def test_the_source_says_what_was_read(tmp_path):
    path = geojson(tmp_path / "小区.geojson", feature(polygon()))
    source = read_here(path, **COMPOUND, datum=Datum.BD09).source
    assert (
        source.name,
        source.format,
        source.srid,
        source.datum,
        source.rows,
        len(source.sha256),
    ) == (
        "小区.geojson",
        "geojson",
        4326,
        "bd09",
        1,
        64,
    )


def test_gbk_text_is_read_with_a_notice(tmp_path):
    path = tmp_path / "gbk.geojson"
    path.write_bytes(
        json.dumps(feature(polygon(), name="幸福里"), ensure_ascii=False).encode("gbk")
    )
    reading = read_here(path, **COMPOUND)
    assert (reading.frame.name.tolist(), notices_of(reading)) == (
        ["幸福里"],
        ["文件未声明编码，已按 GB18030 读取。请核对文字。"],
    )
