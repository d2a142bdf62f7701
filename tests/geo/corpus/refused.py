"""Files that are refused: name, who writes it, what a person says, the sentences."""

import pytest

from tests.geo.corpus import drawn
from tests.geo.corpus.drawn import GRID, PLACES
from tests.geo.corpus.made import (
    AS_COMPOUNDS,
    METRES,
    OLD,
    areas_and_points,
    collection,
    entities,
    geo,
    linked,
    nested,
    outside,
    parquet_of,
    plan,
    said,
    shape,
    two_databases,
)
from tests.geo.upload import SQUARE, csv, feature, geojson, polygon, zipped

NOTHING_DRAWN = "图纸中没有可以导入的图形。"
NO_DATA = (
    "压缩包中没有可以导入的数据。请把 .shp、.shx、.dbf、.prj 一起压缩为 zip，"
    "或压缩一个 GeoPackage、文件地理数据库（.gdb 文件夹）、MapInfo 表、KML、DXF、Excel 或 CSV。"
)
DOCTYPE = "文件含有 DOCTYPE 或实体声明，不是正常的 KML 文件，已拒绝。"
NOT_NUMBERS = "第 1 行：坐标不是成对的数字。"
REFUSED = [
    pytest.param(
        "小区.csv",
        lambda p: csv(p, "小区编码,地址\nC1,工人路 5 号，电 13800138000\n"),
        AS_COMPOUNDS,
        [
            (
                "第 2 行“地址”：“工人路 5 号,电 138********”中有身份证号或手机号，属于个人信息。"
                "请删去后再导入。"
            )
        ],
        id="a mobile phone in an address",
    ),
    pytest.param(
        "小区.geojson",
        lambda p: geojson(
            p, feature(collection(polygon(), {"type": "Point", "coordinates": [116.4, 39.9]}))
        ),
        AS_COMPOUNDS,
        ["第 1 行：几何集合（GeometryCollection）不能导入。请拆分为单一类型的图形。"],
        id="a collection of a polygon and a point",
    ),
    pytest.param(
        "小区.geojson",
        lambda p: geojson(p, feature(collection(polygon([[1e300, 1], *SQUARE])))),
        AS_COMPOUNDS,
        ["第 1 行：坐标 1e+300 超出了任何坐标系的范围。"],
        id="a collection that kills",
    ),
    pytest.param(
        "小区.geojson",
        lambda p: geojson(p, feature({"type": "GeometryCollection", "geometries": 5})),
        AS_COMPOUNDS,
        ["第 1 行：几何集合（GeometryCollection）不能导入。请拆分为单一类型的图形。"],
        id="a collection of a number",
    ),
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
    pytest.param(
        "界址点.csv",
        lambda p: csv(p, "小区名称,点号,X,Y\n幸福里,1,4420000,500000\n幸福里,2,北,东\n"),
        METRES,
        ["第 2 行：第 3 行的坐标“北、东”不是数字。"],
        id="table of corners with letters",
    ),
    pytest.param(
        "界址点.csv",
        lambda p: csv(p, "小区名称,点号,X,Y\n幸福里,1,4420000,500000\n幸福里,2,4420100,500000\n"),
        METRES,
        [
            (
                "第 2 行：边界的不同顶点不足 3 个，围不成面，位置 117.0, 39.914179。"
                "请在源软件中修正，或选择自动修复（--repair）。"
            )
        ],
        id="table of two corners",
    ),
    pytest.param(
        "界址点.csv",
        lambda p: csv(p, "小区名称,点号,X,Y\n幸福里,1,100,200\n幸福里,2,300,200\n"),
        METRES,
        [
            (
                "界址点坐标（100, 200）无法判断哪个是北坐标，可能是地方独立坐标系。"
                "请由测绘主管部门转换为 CGCS2000 后再导入。"
            )
        ],
        id="table of corners in a site's own system",
    ),
    pytest.param(
        "界址点.csv",
        lambda p: csv(
            p,
            "小区名称,点号,X,Y\n"
            + "".join(f"幸福里,{i},{y},{x}\n" for i, (x, y) in enumerate(GRID)),
        ),
        AS_COMPOUNDS,
        [
            (
                "文件没有说明坐标系（缺少 .prj）。按坐标范围，可能是："
                "4547（CGCS2000 三度带，中央经线 114°）、"
                "4546（CGCS2000 三度带，中央经线 111°）、4548（CGCS2000 三度带，中央经线 117°）、"
                "4545（CGCS2000 三度带，中央经线 108°）…。请用 --crs 指明其一。"
            )
        ],
        id="table of corners whose system nobody said",
    ),
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
