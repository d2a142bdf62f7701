"""What the files of the corpus are made of."""

import json

import pyarrow as pa
from pyarrow import parquet as pq

from geo.readers import Kind
from tests.geo.corpus import drawn
from tests.geo.corpus.drawn import GRID
from tests.geo.upload import OTHER

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


def collection(*shapes):
    return {"type": "GeometryCollection", "geometries": list(shapes)}
