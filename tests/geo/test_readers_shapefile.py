import zipfile

import pytest
import shapely

from geo.crs import Datum
from geo.readers import Kind
from geo.readers.parsing.dbf import read_dbf
from tests.geo.upload import (
    SQUARE,
    csv,
    dbf,
    faults_of,
    notices_of,
    read_here,
    shapefile,
    shapes,
    zipped,
)

POLYGON = shapely.Polygon(SQUARE)
BUILDING = {"kind": Kind.BUILDING}
COLUMNS = [("名称".encode("gbk"), "C", 20), ("层数".encode("gbk"), "N", 5)]
GBK = dbf(COLUMNS, [["幸福里一号楼".encode("gbk"), b"6"]])
UTF8 = dbf(
    [("名称".encode(), "C", 30), ("层数".encode(), "N", 5)], [["幸福里一号楼".encode(), b"6"]]
)


def test_gbk_without_any_declaration_is_read_as_what_it_is(tmp_path):
    reading = read_here(shapefile(tmp_path / "a.zip", POLYGON, table=GBK), **BUILDING)
    assert (reading.frame.name.tolist(), reading.source.encoding) == (["幸福里一号楼"], "gb18030")


def test_utf8_without_any_declaration_is_read_as_what_it_is(tmp_path):
    reading = read_here(shapefile(tmp_path / "a.zip", POLYGON, table=UTF8), **BUILDING)
    assert (reading.frame.name.tolist(), notices_of(reading)) == (
        ["幸福里一号楼"],
        ["文件未声明编码，已按 utf-8 读取。请核对文字。"],
    )


@pytest.mark.parametrize("page", [b"GBK", b"936", b"ANSI 936", b"gb2312\r\n", b"54936"])
def test_a_cpg_is_obeyed_without_a_notice(tmp_path, page):
    reading = read_here(shapefile(tmp_path / "a.zip", POLYGON, table=GBK, cpg=page), **BUILDING)
    assert (reading.frame.name.tolist(), notices_of(reading)) == (["幸福里一号楼"], [])


def test_the_language_byte_is_obeyed_without_a_notice(tmp_path):
    table = dbf(COLUMNS, [["幸福里".encode("gbk"), b"6"]], language=0x4D)
    reading = read_here(shapefile(tmp_path / "a.zip", POLYGON, table=table), **BUILDING)
    assert notices_of(reading) == []


@pytest.mark.parametrize(
    ("table", "page", "encoding"),
    [
        pytest.param(GBK, b"UTF-8", "gb18030", id="says UTF-8, is GBK"),
        pytest.param(UTF8, b"GBK", "utf-8", id="says GBK, is UTF-8"),
    ],
)
def test_a_declaration_that_does_not_hold_is_told(tmp_path, table, page, encoding):
    reading = read_here(shapefile(tmp_path / "a.zip", POLYGON, table=table, cpg=page), **BUILDING)
    (notice,) = notices_of(reading)
    assert (reading.frame.name.tolist(), encoding in notice) == (["幸福里一号楼"], True)


@pytest.mark.parametrize("page", [b"ISO-8859-1", b"1252", b"cp1252"])
def test_a_western_code_page_proves_nothing(tmp_path, page):
    reading = read_here(shapefile(tmp_path / "a.zip", POLYGON, table=GBK, cpg=page), **BUILDING)
    assert reading.frame.name.tolist() == ["幸福里一号楼"]


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [
        pytest.param(
            None,
            "既不是 UTF-8 也不是 GB18030。例如“\\xff\\xfe\\xfd”。各种编码下的文字：",
            id="none",
        ),
        pytest.param("utf-8", "按指定的编码 utf-8 无法读取。例如“\\xff\\xfe\\xfd”。", id="said"),
        pytest.param("klingon", "不认识编码“klingon”。", id="no encoding"),
    ],
)
def test_a_table_that_no_encoding_fits_is_refused(tmp_path, encoding, sentence):
    table = dbf([(b"name", "C", 10)], [[b"\xff\xfe\xfd"]])
    path = shapefile(tmp_path / "a.zip", POLYGON, table=table)
    assert sentence in faults_of(path, **BUILDING, encoding=encoding)[0]


def test_an_encoding_that_is_said_is_obeyed(tmp_path):
    table = dbf([(b"name", "C", 10)], [["樓".encode("big5")]])
    path = shapefile(tmp_path / "a.zip", POLYGON, table=table)
    assert read_here(path, **BUILDING, encoding="big5").frame.name.tolist() == ["樓"]


def test_a_heading_cut_within_a_character_still_finds_its_field(tmp_path):
    table = dbf([("建筑面积".encode()[:10], "N", 8), (b"name", "C", 4)], [[b"7350", b"a"]])
    reading = read_here(shapefile(tmp_path / "a.zip", POLYGON, table=table), **BUILDING)
    assert reading.frame.floor_area_m2.tolist() == [7350.0]
    assert "表头“建筑面”被截断，已按“建筑面积”读取。" in notices_of(reading)


def test_a_cut_heading_that_fits_two_fields_fills_neither(tmp_path):
    table = dbf([("物业服务用房齐备".encode()[:10], "C", 8)], [["是".encode()]])
    path = shapefile(tmp_path / "a.zip", POLYGON, table=table)
    assert "下列各列没有对应的字段，未读取：物业服。" in notices_of(
        read_here(path, kind=Kind.COMPOUND)
    )


def test_a_text_cut_within_a_character_loses_that_character_only(tmp_path):
    text = ("幸" * 90).encode()[:254]
    table = dbf([(b"name", "C", 254)], [[text]])
    reading = read_here(shapefile(tmp_path / "a.zip", POLYGON, table=table), **BUILDING)
    assert reading.frame.name.tolist() == ["幸" * 84]


def test_cells_of_every_type_are_read():
    columns = [(b"n", "N", 14), (b"f", "F", 20), (b"d", "D", 8), (b"l", "L", 1), (b"m", "M", 10)]
    rows = [
        [b"310101001001", b"1.25000e+01", b"20210503", b"T", b"1"],
        [b"", b"****", b"00000000", b"?", b""],
        [b"-5", b"2.5", b"", b"n", b""],
    ]
    cells = read_dbf(dbf(columns, rows), declared="", wanted=None).cells
    assert cells == [
        [310101001001, None, -5],
        [12.5, None, 2.5],
        ["20210503", None, None],
        [True, None, False],
        [None, None, None],
    ]


def test_rows_struck_out_of_the_table_are_left_out_with_their_shape(tmp_path):
    table = dbf(COLUMNS, [[b"a", b"6"], [b"b", b"7"]], struck={0})
    other = shapely.transform(POLYGON, lambda p: p + 0.01)
    reading = read_here(shapefile(tmp_path / "a.zip", POLYGON, other, table=table), **BUILDING)
    assert (reading.frame.index.tolist(), reading.frame.geometry[2].equals(other)) == ([2], True)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"x", id="a byte"),
        pytest.param(GBK[:60], id="half a header"),
        pytest.param(GBK[:-10], id="rows are missing"),
        pytest.param(dbf([], []), id="no columns"),
        pytest.param(GBK[:10] + b"\xff" + GBK[11:], id="wrong width"),
    ],
)
def test_a_broken_table_is_refused(tmp_path, content):
    path = shapefile(tmp_path / "a.zip", POLYGON, table=content)
    assert faults_of(path, **BUILDING) == ["属性表（.dbf）已损坏或不完整。"]


def test_a_table_of_another_file_is_refused(tmp_path):
    table = dbf(COLUMNS, [[b"a", b"6"], [b"b", b"7"]])
    path = shapefile(tmp_path / "a.zip", POLYGON, table=table)
    assert faults_of(path, **BUILDING) == [
        "属性表有 2 行，图形却有 1 个；.shp 与 .dbf 不是一套文件。"
    ]


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        pytest.param(".shx", "图层“layer”缺少 .shx 文件。", id="index"),
        pytest.param(".dbf", "图层“layer”缺少 .dbf 文件。", id="table"),
        pytest.param(".shp", "压缩包中没有可以导入的数据。", id="shapes"),
    ],
)
def test_a_missing_part_is_named(tmp_path, missing, sentence):
    path = shapefile(tmp_path / "a.zip", POLYGON, table=GBK, **{missing[1:]: None})
    assert sentence in faults_of(path, **BUILDING)[0]


def test_a_file_without_a_crs_asks_for_it(tmp_path):
    path = shapefile(tmp_path / "a.zip", POLYGON, table=GBK, srid=None)
    (told,) = faults_of(path, **BUILDING)
    assert told.startswith("文件没有说明坐标系（缺少 .prj）。坐标是经纬度：请用 --crs 4490 指明")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"crs": 4490}, id="crs"),
        pytest.param({"datum": Datum.CGCS2000}, id="datum"),
        pytest.param({"datum": Datum.BD09}, id="web map"),
    ],
)
def test_a_crs_that_is_said_cures_its_absence(tmp_path, told):
    path = shapefile(tmp_path / "a.zip", POLYGON, table=GBK, srid=None)
    assert len(read_here(path, **BUILDING, **told).frame) == 1


@pytest.mark.parametrize("srid", [4548, 4527, 4498, 4509])
def test_gauss_kruger_is_known_by_its_prj(tmp_path, srid):
    prefix = {4527: 39_000_000, 4498: 20_000_000}.get(srid, 0)
    there = shapely.box(prefix + 500_000, 4_400_000, prefix + 500_100, 4_400_100)
    reading = read_here(shapefile(tmp_path / "a.zip", there, table=GBK, srid=srid), **BUILDING)
    assert (reading.source.srid, round(reading.frame.geometry[1].bounds[0], 7)) == (srid, 117.0)


@pytest.mark.parametrize("srid", [2414, 4214, 2383, 4610])
def test_beijing54_and_xian80_are_never_converted(tmp_path, srid):
    path = shapefile(tmp_path / "a.zip", POLYGON, table=GBK, srid=srid)
    assert faults_of(path, **BUILDING) == [
        "文件采用北京54或西安80坐标系，不能直接换算。请由测绘主管部门转换为 CGCS2000 后再导入。"
    ]


def test_a_part_of_another_kind_of_file_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.shp": b"<OGRVRTDataSource/>", "a.shx": b"", "a.dbf": GBK})
    assert faults_of(path, **BUILDING) == [".shp 文件的内容不是 Shapefile，或已损坏。"]


def test_broken_shapes_are_refused(tmp_path):
    parts = shapes(tmp_path, POLYGON)
    members = {"a.shp": parts[".shp"][:4] + b"\0" * 10, "a.shx": b"", "a.dbf": GBK}
    assert faults_of(zipped(tmp_path / "a.zip", members), **BUILDING) == [
        "文件已损坏，或不是所声明的格式。"
    ]


@pytest.mark.parametrize("is_windows", [False, True], ids=["UTF-8 names", "GBK names"])
def test_several_layers_must_be_chosen_from_by_readable_names(tmp_path, is_windows):
    parts = shapes(tmp_path, POLYGON) | {".dbf": GBK}
    members = {f"{n}{end}": content for n in ("楼栋", "小区") for end, content in parts.items()}
    path = zipped(tmp_path / "a.zip", members)
    if is_windows:
        _as_windows_names(path)
    assert faults_of(path, **BUILDING)[0].startswith("文件中有多个图层或工作表：楼栋、小区。")
    assert read_here(path, **BUILDING, layer="小区").source.layer == "小区"


class _WindowsName(zipfile.ZipInfo):
    """A member named as Windows does: in GBK, without the flag that says UTF-8."""

    def _encodeFilenameFlags(self):  # noqa: N802 (zipfile's own name)
        return self.filename.encode("gbk"), 0


def _as_windows_names(path):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(_WindowsName(name), content)


@pytest.mark.parametrize("ending", ["SHP", "Shp"])
def test_endings_in_capitals_are_endings(tmp_path, ending):
    parts = shapes(tmp_path, POLYGON) | {".dbf": GBK}
    members = {f"A{end.upper()}": content for end, content in parts.items()}
    members[f"A.{ending}"] = members.pop("A.SHP")
    assert len(read_here(zipped(tmp_path / "a.zip", members), **BUILDING).frame) == 1


def test_a_loose_shapefile_is_read_with_its_parts(tmp_path):
    for end, content in (shapes(tmp_path, POLYGON) | {".dbf": GBK, ".CPG": b"GBK"}).items():
        (tmp_path / f"楼栋{end}").write_bytes(content)
    assert read_here(tmp_path / "楼栋.shp", **BUILDING).frame.name.tolist() == ["幸福里一号楼"]


def test_a_loose_shapefile_without_its_table_is_refused(tmp_path):
    for end, content in shapes(tmp_path, POLYGON).items():
        (tmp_path / f"楼栋{end}").write_bytes(content)
    assert "图层“楼栋”缺少 .dbf 文件。" in faults_of(tmp_path / "楼栋.shp", **BUILDING)[0]


def test_the_parts_of_a_mac_are_passed_over(tmp_path):
    parts = shapes(tmp_path, POLYGON) | {".dbf": GBK}
    members = {f"a{end}": content for end, content in parts.items()}
    members |= {"__MACOSX/._a.shp": b"x", ".DS_Store": b"x", "readme.txt": b"x"}
    assert len(read_here(zipped(tmp_path / "a.zip", members), **BUILDING).frame) == 1


def test_a_note_beside_a_shapefile_is_no_data(tmp_path):
    note = csv(tmp_path / "说明.csv", "名称\n1\n").read_bytes()
    path = shapefile(tmp_path / "a.zip", POLYGON, table=GBK)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("说明.csv", note)
    assert read_here(path, **BUILDING).source.layer == "layer"
