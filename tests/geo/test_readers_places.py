import numpy as np
import pyogrio
import pytest
import shapely

from geo.crs import Datum, from_wgs84
from geo.errors import InputError
from geo.readers import Kind
from geo.readers.declared import declared, srid_of
from geo.readers.parsing.wkb import figure_of_wkb
from tests.geo.upload import SQUARE, faults_of, feature, geojson, notices_of, polygon, read_here

POLYGON = shapely.Polygon(SQUARE)
COMPOUND = {"kind": Kind.COMPOUND}


def moved(ring, move):
    return polygon([list(move(x, y)) for x, y in ring])


def named(srid):
    return {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{srid}"}}


def geopackage(path, *geometries, srid=4490, layer="小区", append=False, **columns):
    fields = {name: np.array(values) for name, values in columns.items()}
    pyogrio.raw.write(
        path,
        np.array([None if g is None else shapely.to_wkb(g) for g in geometries], dtype=object),
        list(fields.values()),
        list(fields),
        geometry_type="Unknown",
        crs=f"EPSG:{srid}",
        layer=layer,
        driver="GPKG",
        append=append,
    )
    return path


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_web_map_coordinates_land_on_the_ground(tmp_path, datum):
    shifted = from_wgs84(np.array(SQUARE), datum).tolist()
    path = geojson(tmp_path / "a.geojson", feature(polygon(shifted)))
    (there,) = read_here(path, **COMPOUND, datum=datum).frame.geometry
    assert there.equals_exact(POLYGON, 1e-8)


@pytest.mark.parametrize("srid", [4490, 4548, 3857])
def test_a_file_that_is_already_converted_is_never_converted_again(tmp_path, srid):
    path = geojson(tmp_path / "a.geojson", feature(polygon()), crs=named(srid))
    assert faults_of(path, **COMPOUND, datum=Datum.BD09) == [
        f"文件的坐标系是 EPSG:{srid}，不可能同时是 BD09 坐标。请核对坐标来源。"
    ]


def test_what_the_person_says_goes_before_what_the_file_says(tmp_path):
    there = moved(
        SQUARE, lambda x, y: (500_000 + (x - 116.45) * 1e5, 4_400_000 + (y - 39.93) * 1e5)
    )
    reading = read_here(geojson(tmp_path / "a.geojson", feature(there)), **COMPOUND, crs=4548)
    assert "文件声明的坐标系是 EPSG:4326，已按指明的 EPSG:4548 读取。" in notices_of(reading)
    assert reading.frame.geometry[1].bounds[0] == pytest.approx(117.0, abs=1e-6)


@pytest.mark.parametrize(
    ("crs", "sentence"),
    [
        pytest.param(32650, "不支持坐标系 EPSG:32650。可用：4490、4326、3857", id="UTM"),
        pytest.param(2414, "请由测绘主管部门转换为 CGCS2000 后再导入。", id="Beijing 54"),
    ],
)
def test_a_crs_outside_the_list_is_refused(tmp_path, crs, sentence):
    path = geojson(tmp_path / "a.geojson", feature(polygon()))
    assert sentence in faults_of(path, **COMPOUND, crs=crs)[0]


def test_a_file_in_a_crs_outside_the_list_is_refused(tmp_path):
    path = geojson(tmp_path / "a.geojson", feature(polygon()), crs=named(32650))
    assert "文件的坐标系（EPSG:32650）不在支持范围内。" in faults_of(path, **COMPOUND)[0]


@pytest.mark.parametrize(
    ("move", "srid", "sentence"),
    [
        pytest.param(
            lambda x, y: (x * 4000 + 66_000, y * 1e5),
            4326,
            "文件却声明为经纬度。1 个图形如此。像是不带带号的高斯-克吕格坐标",
            id="metres for degrees",
        ),
        pytest.param(
            lambda x, y: (x + 39_500_000, y + 4_400_000),
            4326,
            "像是带号 39 的高斯-克吕格坐标，请核对后用 --crs 4527 指明。",
            id="prefixed metres",
        ),
        pytest.param(
            lambda x, y: (x + 20_500_000, y + 4_400_000),
            4326,
            "像是带号 20 的高斯-克吕格坐标，请核对后用 --crs 4498 指明。",
            id="six-degree metres",
        ),
        pytest.param(
            lambda x, y: (x + 3e7 * 2, y + 4_400_000),
            4326,
            "请用 --crs EPSG 指明正确的坐标系。",
            id="metres of no zone",
        ),
        pytest.param(
            lambda x, y: (x - 116, y * 100),
            4326,
            "请用 --crs EPSG 指明正确的坐标系。",
            id="local metres",
        ),
        pytest.param(
            lambda x, y: (y, x),
            4326,
            "的经度和纬度像是写反了。1 个图形如此。请在源软件中交换",
            id="swapped",
        ),
        pytest.param(
            lambda x, y: (x - 110, y),
            4326,
            "不在中国范围内。1 个图形如此。请核对坐标和坐标系。",
            id="Spain",
        ),
        pytest.param(
            lambda x, y: (x, y),
            4548,
            "像是经纬度，文件却声明为投影坐标 EPSG:4548。",
            id="degrees for metres",
        ),
        pytest.param(
            lambda x, y: (x + 39_500_000, y + 4_400_000),
            4548,
            "与坐标系 EPSG:4548 不符，换算后不在中国范围内。1 个图形如此。像是带号 39",
            id="prefix where none is",
        ),
        pytest.param(
            lambda x, y: (x + 500_000, y + 4_400_000),
            4527,
            "与坐标系 EPSG:4527 不符",
            id="no prefix where one is",
        ),
        pytest.param(
            lambda x, y: (x + 500_000, y + 4_400_000),
            3857,
            "与坐标系 EPSG:3857 不符",
            id="Gulf of Guinea",
        ),
    ],
)
def test_coordinates_that_cannot_be_what_they_are_said_to_be(tmp_path, move, srid, sentence):
    path = geojson(tmp_path / "a.geojson", feature(moved(SQUARE, move)), crs=named(srid))
    (told,) = faults_of(path, **COMPOUND)
    assert sentence in told


def test_what_is_wrong_with_few_is_told_of_each(tmp_path):
    good = [feature(moved(SQUARE, lambda x, y, i=i: (x + i / 100, y))) for i in range(3)]
    path = geojson(tmp_path / "a.geojson", *good, feature(moved(SQUARE, lambda x, y: (y, x))))
    (told,) = faults_of(path, **COMPOUND)
    assert told.startswith("第 4 行：坐标（39.931, 116.451）的经度和纬度像是写反了。")


@pytest.mark.parametrize(
    ("geometry", "kind", "sentence"),
    [
        pytest.param(
            {"type": "LineString", "coordinates": [SQUARE[0]] * 2},
            Kind.BARRIER,
            "线的长度为零。",
            id="no length",
        ),
        pytest.param(
            {"type": "LineString", "coordinates": [SQUARE[0]]},
            Kind.BARRIER,
            "线只有 1 个点。",
            id="one point",
        ),
        pytest.param(
            {"type": "MultiLineString", "coordinates": [SQUARE[:2], [SQUARE[0]]]},
            Kind.BARRIER,
            "线只有 1 个点。",
            id="one point among lines",
        ),
        pytest.param(
            {"type": "MultiLineString", "coordinates": [SQUARE[:2], SQUARE[2:]]},
            Kind.CROSSING,
            "通道须是一条连续的线，这里有 2 段。",
            id="crossing in parts",
        ),
        pytest.param(
            {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE[:-1]]]},
            Kind.COMPOUND,
            "边界没有闭合",
            id="one part open",
        ),
    ],
)
def test_bad_lines_and_parts_are_refused(tmp_path, geometry, kind, sentence):
    path = geojson(tmp_path / "a.geojson", feature(geometry))
    (told,) = faults_of(path, kind=kind, constants={"kind": "墙"} if kind is Kind.BARRIER else {})
    assert sentence in told


def test_a_crossing_of_one_part_is_one_line(tmp_path):
    path = geojson(
        tmp_path / "a.geojson", feature({"type": "MultiLineString", "coordinates": [SQUARE[:2]]})
    )
    assert read_here(path, kind=Kind.CROSSING).frame.geom_type.tolist() == ["LineString"]


def test_a_river_may_have_many_parts(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        feature({"type": "MultiLineString", "coordinates": [SQUARE[:2], SQUARE[2:]]}),
    )
    frame = read_here(path, kind=Kind.BARRIER, constants={"kind": "河流"}).frame
    assert frame.geom_type.tolist() == ["MultiLineString"]


def test_a_compound_whose_geometry_is_empty_has_no_boundary_yet(tmp_path):
    path = geojson(
        tmp_path / "a.geojson", feature({"type": "Polygon", "coordinates": []}, code="A")
    )
    assert read_here(path, **COMPOUND).frame.geometry.tolist() == [None]


def test_a_compound_may_be_a_point(tmp_path):
    path = geojson(tmp_path / "a.geojson", feature({"type": "Point", "coordinates": SQUARE[0]}))
    assert read_here(path, **COMPOUND).frame.geom_type.tolist() == ["Point"]


def gauss_kruger(easting, meridian, scale=1.0):
    return (
        'PROJCS["x",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"],'
        f'PARAMETER["False_Easting",{easting}],PARAMETER["Central_Meridian",{meridian}],'
        f'PARAMETER["Scale_Factor",{scale}]]'
    )


@pytest.mark.parametrize(
    ("wkt", "srid"),
    [
        pytest.param('GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"]', 4490, id="degrees"),
        pytest.param('GEOGCS["GCS_WGS_1984"]', 4326, id="WGS84"),
        pytest.param(gauss_kruger(500000.0, 117.0), 4548, id="meridian"),
        pytest.param(gauss_kruger(39500000.0, 117.0), 4527, id="prefix"),
        pytest.param(gauss_kruger(20500000.0, 117.0), 4498, id="six-degree prefix"),
        pytest.param(gauss_kruger(41500000.0, 117.0), None, id="another zone's prefix"),
        pytest.param(gauss_kruger(500000.0, 116.35), None, id="city's own meridian"),
        pytest.param(gauss_kruger(500000.0, 9.0), None, id="Europe"),
        pytest.param(gauss_kruger(0.0, 117.0), None, id="own false easting"),
        pytest.param(gauss_kruger(500000.0, 117.0, 0.9996), None, id="UTM on CGCS2000"),
        pytest.param('PROJCS["x",GEOGCS["CGCS2000"]]', None, id="no parameters"),
        pytest.param('PROJCS["x",GEOGCS["GCS_WGS_1984"]]', None, id="projected WGS84"),
        pytest.param('GEOGCS["GCS_North_American_1983"]', None, id="another continent"),
        pytest.param("EPSG:4490", 4490, id="number"),
        pytest.param("EPSG:32650", None, id="number outside the list"),
    ],
)
def test_a_wkt_is_known_by_its_names_and_parameters(wkt, srid):
    assert srid_of(wkt) == srid


@pytest.mark.parametrize("name", ["GCS_Beijing_1954", "GCS_Xian_1980", "New Beijing", "Beijing54"])
def test_an_old_datum_is_known_by_its_name(name):
    with pytest.raises(InputError, match="请由测绘主管部门转换为 CGCS2000 后再导入。"):
        srid_of(f'GEOGCS["{name}"]')


@pytest.mark.parametrize(
    ("text", "datum"),
    [("EPSG:4490", Datum.CGCS2000), ("EPSG:4326", Datum.WGS84), ("EPSG:3857", Datum.WGS84)],
)
def test_the_datum_of_a_file_that_nobody_spoke_of_is_that_of_its_crs(text, datum):
    assert declared(text, crs=None, datum=None, is_table=False).datum is datum


def test_a_geopackage_is_read(tmp_path):
    path = geopackage(
        tmp_path / "a.gpkg",
        POLYGON,
        None,
        小区名称=["幸福里", "平安里"],
        小区编码=["A", "B"],
        户数=[3.0, np.nan],
    )
    frame = read_here(path).frame
    assert (frame.name.tolist(), frame.households.isna().tolist()) == (
        ["幸福里", "平安里"],
        [False, True],
    )


def test_a_layer_without_rows_is_refused(tmp_path):
    path = geopackage(tmp_path / "a.gpkg", name=np.array([], dtype=object))
    assert faults_of(path, **COMPOUND) == ["表头之下没有数据。"]


def test_layers_of_a_geopackage_must_be_chosen_from(tmp_path):
    path = geopackage(tmp_path / "a.gpkg", POLYGON, name=["a"])
    geopackage(path, POLYGON, name=["a"], layer="楼栋", append=False)
    assert faults_of(path)[0].startswith("文件中有多个图层或工作表：小区、楼栋。")
    assert read_here(path, kind=Kind.BUILDING, layer="楼栋").source.layer == "楼栋"


def test_a_table_beside_the_only_layer_is_passed_over(tmp_path):
    path = geopackage(tmp_path / "a.gpkg", POLYGON, name=["a"])
    _table(path)
    assert read_here(path, **COMPOUND).source.layer == "小区"


def test_a_table_of_a_geopackage_can_be_chosen(tmp_path):
    path = geopackage(tmp_path / "a.gpkg", POLYGON, name=["a"])
    _table(path)
    frame = read_here(path, kind=Kind.CONTRACT, layer="合同").frame
    assert frame.provider.tolist() == ["甲物业"]


def _table(path):
    fields = {"服务主体": np.array(["甲物业"]), "对象编码": np.array(["C1"])}
    pyogrio.raw.write(
        path,
        None,
        list(fields.values()),
        list(fields),
        geometry_type=None,
        crs=None,
        layer="合同",
        driver="GPKG",
    )


@pytest.mark.filterwarnings("ignore:GPKG:RuntimeWarning")
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"<OGRVRTDataSource/>", "文件的内容不是 GeoPackage，或已损坏。", id="VRT"),
        pytest.param(
            b"SQLite format 3\0" + b"x" * 5000, "文件已损坏，或不是所声明的格式。", id="broken"
        ),
    ],
)
def test_what_is_no_geopackage_is_refused(tmp_path, content, sentence):
    (tmp_path / "a.gpkg").write_bytes(content)
    assert faults_of(tmp_path / "a.gpkg") == [sentence]


def test_a_geopackage_without_layers_is_refused(tmp_path, monkeypatch):
    path = geopackage(tmp_path / "a.gpkg", POLYGON, name=["a"])
    monkeypatch.setattr("geo.readers.parsing.gdal.layer_names", lambda _: {})
    assert faults_of(path) == ["文件中没有任何图层。"]


def test_a_geopackage_of_too_many_points_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.readers.parsing.limits.POINTS_PER_FILE", 3)
    path = geopackage(tmp_path / "a.gpkg", POLYGON, name=["a"])
    assert faults_of(path)[0].startswith("文件的顶点总数超过上限 3 个。")


@pytest.mark.parametrize(
    "failure", [pyogrio.errors.DataSourceError, UnicodeDecodeError("utf-8", b"x", 0, 1, "x")]
)
def test_a_layer_that_gdal_cannot_read_is_refused(tmp_path, monkeypatch, failure):
    def fail(*_, **__):
        raise failure

    path = geopackage(tmp_path / "a.gpkg", POLYGON, name=["a"])
    monkeypatch.setattr("pyogrio.raw.read", fail)
    assert faults_of(path)[0] in {
        "文件已损坏，或不是所声明的格式。",
        "文件中有无法识别的文字。请另存为 UTF-8 编码后再导入。",
    }


SQUARE_WKB = shapely.to_wkb(POLYGON)


@pytest.mark.parametrize(
    "geometry",
    [
        pytest.param(POLYGON, id="polygon"),
        pytest.param(shapely.MultiPolygon([POLYGON]), id="multipolygon"),
        pytest.param(shapely.Point(116, 39), id="point"),
        pytest.param(shapely.LineString(SQUARE), id="line"),
        pytest.param(shapely.Polygon(), id="empty"),
    ],
)
@pytest.mark.parametrize(
    "options", [{"byte_order": 0}, {"flavor": "iso"}, {"include_srid": True}], ids=str
)
def test_wkb_of_every_form_becomes_flat_and_little_endian(geometry, options):
    high = shapely.set_srid(shapely.force_3d(geometry, 5.0), 4490)
    flat = [figure_of_wkb(shapely.to_wkb(g, **options)).wkb for g in (geometry, high)]
    assert flat == [shapely.to_wkb(geometry, byte_order=1)] * 2


@pytest.mark.parametrize(
    ("wkb", "sentence"),
    [
        pytest.param(
            shapely.to_wkb(shapely.GeometryCollection([POLYGON, shapely.Point(1, 1)])),
            "几何集合",
            id="collection of a polygon and a point",
        ),
        pytest.param(
            shapely.to_wkb(shapely.GeometryCollection()), "几何集合", id="collection of nothing"
        ),
        pytest.param(b"\x01\x0a\x00\x00\x00\x00\x00\x00\x00", "图形含有圆弧等曲线", id="curve"),
        pytest.param(b"\x01\x63\x00\x00\x00", "图形类型“99”不能导入", id="no such type"),
        pytest.param(SQUARE_WKB[:-5], "图形数据已损坏，无法读取。", id="cut off"),
        pytest.param(b"", "图形数据已损坏，无法读取。", id="nothing"),
        pytest.param(
            b"\x01\x06\x00\x00\x00\x01\x00\x00\x00" + shapely.to_wkb(shapely.Point(1, 1)),
            "图形数据已损坏",
            id="point among polygons",
        ),
        pytest.param(shapely.to_wkb(shapely.Point(float("nan"), 1)), "坐标含有 NaN", id="NaN"),
    ],
)
def test_wkb_that_cannot_be_taken_says_why(wkb, sentence):
    assert sentence in figure_of_wkb(wkb).trouble.sentence()
