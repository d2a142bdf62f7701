"""Files as clerks and survey offices hold them: the exact rows that are stored, or the refusal."""

import json

import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyarrow import parquet as pq

from geo.readers import Kind, read_file
from tests.geo.corpus import drawn
from tests.geo.corpus.drawn import GRID, NAMES, PLACES
from tests.geo.upload import OTHER, SQUARE, csv, faults_of, notices_of, read_here, zipped

HOLE = [(116.4502, 39.9302), (116.4504, 39.9302), (116.4504, 39.9304), (116.4502, 39.9302)]
POINT = "<Point><coordinates>116.45,39.93</coordinates></Point>"
LINE = "<LineString><coordinates>116.45,39.93,0 116.46,39.93,0</coordinates></LineString>"
COURT = [(500010.0, 4420010.0), (500020.0, 4420010.0), (500020.0, 4420020.0)]
AWAY = [(x + 500, y) for x, y in GRID]
GUESSED = "按列名和图形判断，数据种类为小区（compound）。"
OF_A_MAP = "KML 按 WGS84 读取。如由奥维、高德、百度等地图导出，坐标可能已偏移，请核对坐标基准。"
FOLDERS = "下列各列没有对应的字段，未读取：文件夹。"
NORTH = "界址点的 X 为北、Y 为东，已按此读取。"
READ_AS_GB = "文件未声明编码，已按 GB18030 读取。请核对文字。"
NOT_IN_PLOTS = "下列各列没有对应的字段，未读取：地块用途、地块面积(公顷)。"
AS_COMPOUNDS = {"kind": Kind.COMPOUND}
METRES = {"kind": Kind.COMPOUND, "crs": 4548}
OLD = "文件采用北京54或西安80坐标系，不能直接换算。请由测绘主管部门转换为 CGCS2000 后再导入。"


def two_folders(path):
    marks = (drawn.folder("甲社区", drawn.mark("幸福里", drawn.area())),)
    return drawn.kml(path, *marks, drawn.folder("乙社区", drawn.mark("和平里", drawn.area(OTHER))))


def areas_and_points(path):
    areas = drawn.folder("小区", drawn.mark("幸福里", drawn.area()))
    return drawn.kml(path, areas, drawn.folder("大门", drawn.mark("东门", POINT)))


def plan(path, **options):
    return drawn.dxf(
        path,
        drawn.polyline("JZD"),
        drawn.text("ZJ", "幸福里"),
        drawn.polyline("DGX", is_closed=False),
        drawn.spot("GCD"),
        **options,
    )


READ = [
    pytest.param(
        "小区.fgb",
        lambda p: drawn.written(p, "FlatGeobuf", SPATIAL_INDEX="NO"),
        AS_COMPOUNDS,
        NAMES,
        [],
        id="FlatGeobuf",
    ),
    pytest.param("小区.parquet", drawn.parquet, {}, NAMES, [GUESSED], id="GeoParquet"),
    pytest.param(
        "小区.zip",
        drawn.geodatabase,
        AS_COMPOUNDS,
        NAMES,
        [],
        id="file geodatabase in a folder of a zip",
    ),
    pytest.param(
        "小区.zip",
        lambda p: drawn.mapinfo(p, charset="WindowsSimpChinese"),
        AS_COMPOUNDS,
        NAMES,
        [],
        id="MapInfo that says its charset",
    ),
    pytest.param(
        "小区.zip",
        drawn.mapinfo,
        AS_COMPOUNDS,
        NAMES,
        ["文件未声明编码，已按 gb18030 读取。请核对文字。"],
        id="MapInfo of no charset in GBK",
    ),
    pytest.param(
        "小区.zip",
        drawn.mapinfo,
        AS_COMPOUNDS | {"encoding": "gbk"},
        NAMES,
        [],
        id="MapInfo whose encoding is said",
    ),
    pytest.param("小区.mif", drawn.mif, {}, NAMES, [GUESSED], id="MapInfo exchange file"),
    pytest.param(
        "小区.mif",
        lambda p: drawn.mif(p, charset="Neutral", encoding="utf-8"),
        {},
        NAMES,
        [GUESSED, "文件未声明编码，已按 utf-8 读取。请核对文字。"],
        id="MapInfo exchange file of no charset in UTF-8",
    ),
    pytest.param(
        "小区.kml",
        lambda p: drawn.kml(p, drawn.mark("幸福里", drawn.area(SQUARE, HOLE), 户数="120户")),
        AS_COMPOUNDS,
        ["幸福里"],
        [OF_A_MAP],
        id="KML with a hole and data",
    ),
    pytest.param(
        "小区.kml",
        lambda p: drawn.kml(
            p,
            drawn.mark(
                "幸福里", f"<MultiGeometry>{drawn.area()}{drawn.area(OTHER)}</MultiGeometry>"
            ),
            head='<?xml version="1.0" encoding="GBK"?>',
        ),
        AS_COMPOUNDS,
        ["幸福里"],
        [OF_A_MAP],
        id="KML in GBK, of two parts",
    ),
    pytest.param(
        "小区.kml",
        two_folders,
        AS_COMPOUNDS,
        NAMES,
        [OF_A_MAP, FOLDERS],
        id="KML of folders that belong together",
    ),
    pytest.param(
        "小区.kml",
        areas_and_points,
        AS_COMPOUNDS | {"layer": "小区"},
        ["幸福里"],
        [OF_A_MAP, FOLDERS],
        id="KML of which a folder is chosen",
    ),
    pytest.param(
        "小区.kmz",
        lambda p: drawn.packed(
            p, drawn.kml(p.with_name("doc.kml"), drawn.mark("幸福里", drawn.area()))
        ),
        AS_COMPOUNDS,
        ["幸福里"],
        [OF_A_MAP],
        id="KMZ",
    ),
    pytest.param(
        "企业.kml",
        lambda p: drawn.kml(p, drawn.mark("甲物业", "")),
        {"kind": Kind.PROVIDER},
        ["甲物业"],
        [OF_A_MAP, "1 行没有图形或坐标，只导入了属性。"],
        id="KML without a place",
    ),
    pytest.param(
        "图.dxf",
        plan,
        METRES,
        ["幸福里"],
        [
            "等高线、高程点、测量控制点没有读取：DGX、GCD。",
            "1 条闭合线已按面读取。",
            "已把落在面内的文字填入“注记”列：1 个面。",
        ],
        id="drawing of CASS, its text the name",
    ),
    pytest.param(
        "图.dxf",
        lambda p: plan(p, codepage=None),
        METRES,
        ["幸福里"],
        [
            READ_AS_GB,
            "等高线、高程点、测量控制点没有读取：DGX、GCD。",
            "1 条闭合线已按面读取。",
            "已把落在面内的文字填入“注记”列：1 个面。",
        ],
        id="drawing that says no encoding",
    ),
    pytest.param(
        "图.dxf",
        lambda p: drawn.dxf(
            p,
            drawn.polyline("院落"),
            drawn.text("院落", "和平里"),
            version="AC1027",
            encoding="utf-8",
        ),
        METRES,
        ["和平里"],
        ["1 条闭合线已按面读取。", "已把落在面内的文字填入“注记”列：1 个面。"],
        id="drawing of a later AutoCAD",
    ),
    pytest.param(
        "图.dxf",
        lambda p: drawn.dxf(p, drawn.polyline("JZD"), drawn.polyline("JZD", AWAY, is_closed=False)),
        METRES,
        [""],
        [
            "图层“JZD”有 1 条线没有闭合，另有 1 个面；没有闭合的线没有读取。",
            "1 条闭合线已按面读取。",
        ],
        id="drawing with an open line and no text",
    ),
    pytest.param(
        "界址.txt",
        lambda p: drawn.exchange(p, drawn.plot(GRID, COURT)),
        AS_COMPOUNDS,
        ["幸福里"],
        [READ_AS_GB, NORTH, NOT_IN_PLOTS],
        id="boundary points, north first, with a hole",
    ),
    pytest.param(
        "界址.txt",
        lambda p: drawn.exchange(p, drawn.plot(GRID, prefix=39e6, is_turned=True)),
        AS_COMPOUNDS,
        ["幸福里"],
        [
            READ_AS_GB,
            "界址点的 X 像是东坐标、Y 像是北坐标，与规定相反，已按数值判断。",
            NOT_IN_PLOTS,
        ],
        id="boundary points, east first, with the number of the zone",
    ),
    pytest.param(
        "界址.txt",
        lambda p: drawn.exchange(p, drawn.plot(GRID, AWAY), width="6", zone="20"),
        AS_COMPOUNDS,
        ["幸福里"],
        [READ_AS_GB, NORTH, NOT_IN_PLOTS],
        id="boundary points of two parts in a zone of six degrees",
    ),
    pytest.param(
        "界址.txt",
        lambda p: drawn.exchange(p, drawn.plot(name="和平里", code="P2"), drawn.plot(GRID)),
        AS_COMPOUNDS,
        ["和平里", "幸福里"],
        [READ_AS_GB, NORTH, NOT_IN_PLOTS, "1 行没有图形或坐标，只导入了属性。"],
        id="boundary points of which a plot has none",
    ),
    pytest.param(
        "路.kml",
        lambda p: drawn.kml(p, drawn.mark("工人路", LINE)),
        {"kind": Kind.BARRIER, "constants": {"kind": "arterial"}},
        ["工人路"],
        [OF_A_MAP],
        id="KML of a line",
    ),
    pytest.param(
        "驻地.kml",
        lambda p: drawn.kml(p, drawn.mark("甲物业", POINT)),
        {"kind": Kind.PROVIDER},
        ["甲物业"],
        [OF_A_MAP],
        id="KML of a point",
    ),
    pytest.param(
        "资料.zip",
        lambda p: drawn.packed(p, drawn.geojson(p.with_name("小区.geojson"))),
        {},
        NAMES,
        [GUESSED],
        id="a GeoJSON that was zipped",
    ),
]


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


def nested(path, depth=60_000):
    return drawn.kml(path, "<a>" * depth + "</a>" * depth)


def entities(path):
    bomb = "<!DOCTYPE k [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>"
    return drawn.kml(path, drawn.mark("&b;", drawn.area()), head=bomb)


def outside(path):
    return drawn.kml(
        path,
        drawn.mark("&x;", drawn.area()),
        head="<!DOCTYPE k [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
    )


def shape(text):
    return lambda path: drawn.kml(path, drawn.mark("幸福里", text))


def said(text):
    """Write a text as it stands, in GBK."""

    def write(path):
        path.write_bytes(text.encode("gbk"))
        return path

    return write


def linked(path):
    made = drawn.mapinfo(path)
    table = path.with_name("小区.tab")
    table.write_bytes(table.read_bytes().replace(b"NATIVE", b"LINKED"))
    return drawn.packed(made, *sorted(path.parent.glob("小区.[tdmi]*")))


def two_databases(path):
    other = drawn.written(path.with_name("旧.gdb"), "OpenFileGDB")
    return drawn.packed(path, drawn.written(path.with_name("小区.gdb"), "OpenFileGDB"), other)


def parquet_of(metadata, **columns):
    def write(path):
        table = pa.table(columns).replace_schema_metadata(metadata)
        pq.write_table(table, path)
        return path

    return write


def geo(**told):
    column = {"encoding": "WKB", **told}
    return {"geo": json.dumps({"primary_column": "g", "columns": {"g": column}})}


NOTHING_DRAWN = "图纸中没有可以导入的图形。"
NO_DATA = (
    "压缩包中没有可以导入的数据。请把 .shp、.shx、.dbf、.prj 一起压缩为 zip，"
    "或压缩一个 GeoPackage、文件地理数据库（.gdb 文件夹）、MapInfo 表、KML、DXF、Excel 或 CSV。"
)
DOCTYPE = "文件含有 DOCTYPE 或实体声明，不是正常的 KML 文件，已拒绝。"
NOT_NUMBERS = "第 1 行：坐标不是成对的数字。"
REFUSED = [
    pytest.param("a.kml", entities, {}, [DOCTYPE], id="KML of laughs"),
    pytest.param("a.kml", outside, {}, [DOCTYPE], id="KML that names a file"),
    pytest.param(
        "a.kml",
        said("<kml><Placemark>"),
        {},
        ["第 1 行处不是有效的 XML，文件不是 KML 或已损坏。"],
        id="KML cut off",
    ),
    pytest.param(
        "a.kml", nested, {}, ["KML 中没有任何地标（Placemark）。"], id="KML nested deeply"
    ),
    pytest.param(
        "a.kml",
        shape("<Polygon><outerBoundaryIs/></Polygon>"),
        AS_COMPOUNDS,
        ["第 1 行：既没有编码，也没有图形或坐标，无法确定是哪一个。"],
        id="KML polygon of nothing",
    ),
    pytest.param(
        "a.kml", shape(drawn.area([("a", "b")])), AS_COMPOUNDS, [NOT_NUMBERS], id="KML of letters"
    ),
    pytest.param(
        "a.kml",
        shape(drawn.area([(1e300, 1), *SQUARE])),
        AS_COMPOUNDS,
        ["第 1 行：坐标 1e+300 超出了任何坐标系的范围。"],
        id="KML of coordinates that kill",
    ),
    pytest.param(
        "a.kml",
        shape(drawn.area([("nan", 1), *SQUARE])),
        AS_COMPOUNDS,
        ["第 1 行：坐标含有 NaN 或无穷大。"],
        id="KML of NaN",
    ),
    pytest.param(
        "a.kml",
        shape("<Model/>"),
        AS_COMPOUNDS,
        ["第 1 行：图形类型“Model”不能导入。可用：点、线、面及多线、多面。"],
        id="KML of a model",
    ),
    pytest.param(
        "a.kml",
        shape(
            f"<MultiGeometry>{drawn.area()}<LineString><coordinates>1,2 3,4</coordinates>"
            "</LineString></MultiGeometry>"
        ),
        AS_COMPOUNDS,
        ["第 1 行：几何集合（GeometryCollection）不能导入。请拆分为单一类型的图形。"],
        id="KML of mixed shapes",
    ),
    pytest.param(
        "a.kml",
        areas_and_points,
        AS_COMPOUNDS,
        ["文件中有多个图层或工作表：小区、大门。请用 --layer 指明其中一个。"],
        id="KML of which nobody chose a folder",
    ),
    pytest.param(
        "a.kmz", lambda p: zipped(p, {"a.png": b"x"}), {}, [NO_DATA], id="KMZ of a picture"
    ),
    pytest.param(
        "a.zip", lambda p: zipped(p, {"a.doc": b"x"}), {}, [NO_DATA], id="zip of a letter"
    ),
    pytest.param(
        "a.zip",
        lambda p: zipped(p, {"甲.csv": b"x", "乙.csv": b"y"}),
        {},
        ["文件中有多个图层或工作表：甲.csv、乙.csv。请用 --layer 指明其中一个。"],
        id="zip of two tables",
    ),
    pytest.param(
        "a.zip",
        linked,
        {},
        ["MapInfo 表“小区”引用了别的文件或数据库。请在 MapInfo 中另存为本地表再导入。"],
        id="MapInfo that points elsewhere",
    ),
    pytest.param(
        "a.mif",
        said("<OGRVRTDataSource/>"),
        {},
        ["图层“a”缺少 .mid 文件。请把同名的各个文件一起压缩为 zip。"],
        id="MIF alone",
    ),
    pytest.param(
        "a.zip",
        lambda p: zipped(p, {"a.mif": b"<OGRVRTDataSource/>", "a.mid": b""}),
        {},
        ["文件的内容不是 MapInfo 表，或已损坏。"],
        id="VRT as MIF",
    ),
    pytest.param(
        "a.mif",
        lambda p: drawn.mif(p, charset="Neutral", encoding="gbk"),
        {"encoding": "utf-8"},
        [
            (
                "文件中有无法识别的文字。请另存为 UTF-8 编码后再导入。"
                "请用 --encoding 指明编码，或另存为 UTF-8。"
            )
        ],
        id="MIF whose encoding is said wrongly",
    ),
    pytest.param(
        "a.zip",
        two_databases,
        {},
        ["压缩包中有多个文件地理数据库：小区.gdb、旧.gdb。请分别压缩后导入。"],
        id="two geodatabases",
    ),
    pytest.param(
        "a.fgb",
        said("<OGRVRTDataSource/>"),
        {},
        ["文件的内容不是 FlatGeobuf，或已损坏。"],
        id="VRT as FlatGeobuf",
    ),
    pytest.param(
        "a.fgb",
        said("fgb\x03fgb\x01" + "x" * 400),
        {},
        ["文件中没有任何图层。"],
        id="broken FlatGeobuf",
    ),
    pytest.param(
        "a.parquet",
        said("PAR1xxxx"),
        {},
        ["文件的内容不是 GeoParquet，或已损坏。"],
        id="broken GeoParquet",
    ),
    pytest.param(
        "a.parquet",
        parquet_of({}, g=[b"x"]),
        {},
        ["文件是普通的 Parquet，没有说明哪一列是图形。请另存为 GeoParquet 或 GeoPackage。"],
        id="Parquet without geometry",
    ),
    pytest.param(
        "a.parquet",
        parquet_of(geo(), h=[1]),
        {},
        ["文件是普通的 Parquet，没有说明哪一列是图形。请另存为 GeoParquet 或 GeoPackage。"],
        id="GeoParquet without its column",
    ),
    pytest.param(
        "a.parquet",
        parquet_of(geo(encoding="point"), g=[b"x"]),
        {},
        ["GeoParquet 的图形编码“point”不支持。请以 WKB 编码另存。"],
        id="GeoParquet of another encoding",
    ),
    pytest.param(
        "a.parquet",
        parquet_of(geo(), g=["x"]),
        {},
        ["文件的内容不是 GeoParquet，或已损坏。"],
        id="GeoParquet of texts",
    ),
    pytest.param(
        "a.parquet",
        parquet_of(geo(crs={"name": "Xian 1980 / 3-degree"}), g=[PLACES[0].wkb]),
        AS_COMPOUNDS,
        [OLD],
        id="GeoParquet in Xian 80",
    ),
    pytest.param(
        "图.dxf",
        plan,
        {"crs": 4548, "layer": "GCD"},
        ["图层“GCD”是等高线、高程点或测量控制点，属于涉密测绘成果，不得导入。"],
        id="heights that somebody wants",
    ),
    pytest.param(
        "图.dxf",
        lambda p: drawn.dxf(p, drawn.polyline("DGX", is_closed=False), drawn.spot("KZD")),
        {},
        ["文件中只有等高线、高程点或测量控制点：DGX、KZD，不得导入。"],
        id="drawing of contours alone",
    ),
    pytest.param(
        "图.dxf",
        lambda p: drawn.dxf(p, drawn.polyline("JZD"), drawn.polyline("JMD")),
        {},
        [
            (
                "文件中有多个图层或工作表：JZD（界址线，1 面）、JMD（居民地，1 面）。"
                "请用 --layer 指明其中一个。"
            )
        ],
        id="drawing of several layers",
    ),
    pytest.param(
        "图.dxf",
        lambda p: drawn.dxf(p, drawn.text("ZJ", "a")),
        {},
        [NOTHING_DRAWN],
        id="drawing of texts",
    ),
    pytest.param(
        "图.dxf",
        said("AutoCAD Binary DXF\r\n"),
        {},
        ["二进制 DXF 不能导入。请在 CAD 中另存为文本（ASCII）格式的 DXF。"],
        id="binary drawing",
    ),
    pytest.param(
        "图.dxf",
        said("<OGRVRTDataSource/>"),
        {},
        ["文件的内容不是 DXF 图纸，或已损坏。"],
        id="VRT as drawing",
    ),
    pytest.param(
        "等高线.zip",
        lambda p: zipped(p, {"等高线.shp": b"", "GCD.shp": b""}),
        {},
        ["文件中只有等高线、高程点或测量控制点：等高线、GCD，不得导入。"],
        id="shapefiles of contours and heights",
    ),
    pytest.param(
        "界址.txt",
        lambda p: drawn.exchange(p, drawn.plot(GRID), datum="1980西安坐标系"),
        AS_COMPOUNDS,
        [OLD],
        id="boundary points in Xian 80",
    ),
    pytest.param(
        "界址.txt",
        lambda p: drawn.exchange(p, drawn.plot(GRID), datum="某市城市坐标系"),
        AS_COMPOUNDS,
        [
            (
                "文件采用地方独立坐标系（坐标系 某市城市坐标系），不能换算。"
                "请由测绘主管部门转换为 CGCS2000 后再导入。"
            )
        ],
        id="boundary points in a city's own system",
    ),
    pytest.param(
        "界址.txt",
        lambda p: drawn.exchange(p, drawn.plot([(100.0, 200.0), (300.0, 200.0), (300.0, 400.0)])),
        AS_COMPOUNDS,
        [
            (
                "界址点坐标（200, 100）无法判断哪个是北坐标，可能是地方独立坐标系。"
                "请由测绘主管部门转换为 CGCS2000 后再导入。"
            )
        ],
        id="boundary points of a site's own",
    ),
    pytest.param(
        "界址.txt",
        lambda p: drawn.exchange(p, "J1,1,4420000,500000"),
        AS_COMPOUNDS,
        ["第 7 行的界址点之前没有地块（以 @ 结尾的行）。"],
        id="boundary points of no plot",
    ),
    pytest.param(
        "界址.txt",
        lambda p: drawn.exchange(p, drawn.plot(GRID), "J9,1,北,东"),
        AS_COMPOUNDS,
        ["第 12 行不是界址点：“J9,1,北,东”。应为 点号,圈号,X,Y。"],
        id="boundary point of letters",
    ),
    pytest.param(
        "界址.txt",
        drawn.exchange,
        AS_COMPOUNDS,
        ["界址点文件中没有地块。"],
        id="no plots",
    ),
]


REFUSED += [
    pytest.param(
        "秘密★小区.csv",
        said("小区编码\nC1\n"),
        AS_COMPOUNDS,
        ["“秘密★小区”带有密级标志，属于国家秘密，不得导入本系统。请联系保密部门。"],
        id="a file marked secret by its name",
    ),
    pytest.param(
        "a.csv",
        said("机密★10年,,\n小区编码,户数,地址\nC1,5,\n"),
        AS_COMPOUNDS,
        ["“机密★10年”带有密级标志，属于国家秘密，不得导入本系统。请联系保密部门。"],
        id="a table marked secret above its headings",
    ),
]


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
