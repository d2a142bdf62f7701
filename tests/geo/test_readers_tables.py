import datetime as dt

import openpyxl
import pandas as pd
import pytest
import shapely

from geo.crs import Datum
from geo.readers import Kind
from geo.readers.parsing import limits
from tests.geo.upload import csv, faults_of, notices_of, read_here, xlsx, zipped

HEAD = ("小区名称", "户数", "经度", "纬度")
ROW = ("幸福里", 120, 116.45, 39.93)
SQUARE_WKT = "POLYGON((116.45 39.93, 116.451 39.93, 116.451 39.931, 116.45 39.93))"


def test_a_sheet_is_read_by_its_headings(tmp_path):
    reading = read_here(xlsx(tmp_path / "台账.xlsx", HEAD, ROW))
    assert (reading.kind, reading.frame.households.tolist()) == (Kind.COMPOUND, [120])


def test_longitude_and_latitude_make_a_point(tmp_path):
    frame = read_here(xlsx(tmp_path / "台账.xlsx", HEAD, ROW)).frame
    assert frame.geometry.tolist() == [shapely.Point(116.45, 39.93)]


def test_rows_are_numbered_as_the_sheet_numbers_them(tmp_path):
    path = xlsx(
        tmp_path / "a.xlsx",
        ("二〇二一年小区台账",),
        (),
        HEAD,
        ROW,
        (),
        ("平安里", 3, 116.46, 39.93),
    )
    assert read_here(path).frame.index.tolist() == [4, 6]


def test_title_rows_above_the_headings_are_told(tmp_path):
    reading = read_here(xlsx(tmp_path / "a.xlsx", ("小区台账",), HEAD, ROW))
    assert "表头在第 2 行，其上的标题行没有导入。" in notices_of(reading)


def test_totals_notes_and_repeated_headings_are_no_rows(tmp_path):
    path = xlsx(
        tmp_path / "a.xlsx",
        HEAD,
        ROW,
        HEAD,
        ("平安里", 3, 116.46, 39.93),
        ("合 计", 123),
        ("注：以街道上报为准",),
    )
    reading = read_here(path)
    assert (len(reading.frame), [t for t in notices_of(reading) if "没有导入" in t]) == (
        2,
        ["合计行没有导入：第 5 行。", "备注行和重复的表头没有导入：第 3、6 行。"],
    )


def test_a_compound_whose_name_begins_like_a_total_stays(tmp_path):
    frame = read_here(xlsx(tmp_path / "a.xlsx", HEAD, ("合计花园", 3, 116.46, 39.93))).frame
    assert frame.name.tolist() == ["合计花园"]


def test_text_merged_over_rows_is_filled_and_numbers_are_not(tmp_path):
    head = ("所属社区", *HEAD)
    rows = [("朝阳社区", "A", 100, 116.45, 39.93), (None, "B", None, 116.46, 39.93)]
    path = xlsx(tmp_path / "a.xlsx", head, *rows, merged=("A2:A3", "C2:C3"))
    reading = read_here(path)
    assert (reading.frame["area"].tolist(), reading.frame.households.tolist()) == (
        ["朝阳社区", "朝阳社区"],
        [100, pd.NA],
    )
    assert "已把 1 处合并单元格的文字填入所合并的各行；数字不重复填入。" in notices_of(reading)


def test_a_merged_cell_fills_a_row_that_is_shorter_than_it_stands(tmp_path):
    path = xlsx(
        tmp_path / "a.xlsx",
        (*HEAD, "所属社区"),
        (*ROW, "朝阳社区"),
        ("B", 3, 116.46, 39.93),
        merged=("E2:E3",),
    )
    assert read_here(path).frame["area"].tolist() == ["朝阳社区", "朝阳社区"]


def test_units_in_a_heading_are_read_and_shown(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", (*HEAD, "建筑面积（万㎡）"), (*ROW, 29))
    reading = read_here(path)
    assert reading.frame.floor_area_m2.tolist() == [290_000.0]
    assert "“建筑面积（万㎡）”以 万m2 为单位，已换算为 ㎡。" in notices_of(reading)


def test_dates_of_excel_are_dates(tmp_path):
    morning = dt.datetime(2021, 6, 1, 8, 30)  # noqa: DTZ001 (Excel knows no zones)
    path = xlsx(
        tmp_path / "a.xlsx",
        ("服务主体", "对象编码", "签约日期", "进驻日期"),
        ("甲物业", "C1", dt.date(2021, 5, 3), morning),
        ("乙物业", "C2", None, None),
    )
    told = read_here(path).frame[["signed_on", "in_service_from"]].to_numpy().tolist()
    assert told == [[dt.date(2021, 5, 3), dt.date(2021, 6, 1)], [None, None]]


def test_a_kind_without_geometry_is_a_plain_frame(tmp_path):
    path = csv(tmp_path / "a.csv", "服务主体,对象编码,签约日期\n甲物业,C1,2021-05-03\n")
    assert type(read_here(path).frame) is pd.DataFrame


def test_a_time_in_a_cell_is_text(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", (*HEAD, "地址"), (*ROW, dt.time(8, 30)))
    assert read_here(path).frame.address.tolist() == ["08:30:00"]


def test_several_sheets_with_content_must_be_chosen_from(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", HEAD, ROW, other_sheets=[("说明", [("文字",)]), ("空", [])])
    assert faults_of(path) == ["文件中有多个图层或工作表：台账、说明。请用 --layer 指明其中一个。"]


def test_a_sheet_can_be_chosen(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ("文字",), other_sheets=[("小区", [HEAD, ROW])])
    assert read_here(path, layer="小区").source.layer == "小区"


def test_a_sheet_that_is_not_there_is_refused(tmp_path):
    assert faults_of(xlsx(tmp_path / "a.xlsx", HEAD, ROW), layer="/etc/passwd") == [
        "没有名为“/etc/passwd”的图层或工作表。可选：台账。"
    ]


def test_an_empty_workbook_is_refused(tmp_path):
    assert faults_of(xlsx(tmp_path / "a.xlsx")) == ["工作簿中没有内容。"]


def test_a_sheet_without_rows_is_refused(tmp_path):
    assert faults_of(xlsx(tmp_path / "a.xlsx", HEAD)) == ["表头之下没有数据。"]


def test_a_sheet_without_headings_is_refused(tmp_path):
    assert faults_of(xlsx(tmp_path / "a.xlsx", ("甲", "乙"), (1, 2))) == [
        "前 30 行中没有找到表头。表头须含有字段名，例如：小区名称、户数、建筑面积。"
    ]


def test_a_formula_that_nobody_worked_out_is_not_taken_for_empty(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", HEAD, ("幸福里", "=60*2", 116.45, 39.93))
    assert faults_of(path) == [
        "第 2 行：公式没有计算结果。请用 Excel 打开并保存一次，或把公式粘贴为数值。"
    ]


def test_a_formula_in_a_row_of_nothing_else_is_found(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", HEAD, ("=1",), ROW)
    assert faults_of(path)[0].startswith("第 2 行：公式没有计算结果。")


def test_a_cell_far_away_does_not_fill_the_memory(tmp_path):
    book = openpyxl.Workbook()
    for row in (HEAD, ROW):
        book.active.append(row)
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "far.xlsx")
    assert "第 2 行之后连续 1000 行为空，其后如有内容则没有读取。" in notices_of(
        read_here(tmp_path / "far.xlsx")
    )


def test_a_sheet_of_too_many_columns_is_refused(tmp_path):
    assert faults_of(xlsx(tmp_path / "a.xlsx", [*HEAD, *["x"] * 300], ROW)) == [
        "表格超过 256 列。请删去多余的列再导入。"
    ]


def test_a_sheet_of_too_many_rows_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "TABLE_ROWS", 2)
    assert faults_of(xlsx(tmp_path / "a.xlsx", HEAD, ROW, ROW)) == [
        "表格超过 2 行。请拆分后再导入。"
    ]


def test_a_huge_cell_is_refused(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", HEAD, ("长" * 30_000, 3, 116.45, 39.93))
    assert "“小区名称”：文字有 30000 个字符，上限为 2000 个。" in faults_of(path)[0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(
            b"\xd0\xcf\x11\xe0" + b"\0" * 600, "文件设有密码，或是旧版 .xls", id="password"
        ),
        pytest.param(b"no workbook", "文件不是有效的 zip 压缩包", id="no zip"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path, content, sentence):
    (tmp_path / "a.xlsx").write_bytes(content)
    assert sentence in faults_of(tmp_path / "a.xlsx")[0]


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        pytest.param({"xl/vbaProject.bin": b"x"}, "工作簿含有宏", id="macros"),
        pytest.param(
            {"a.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}, "含有 DOCTYPE 声明", id="entity"
        ),
        pytest.param({"a.xml": "<!DOCTYPE a>".encode("utf-16")}, "含有 DOCTYPE 声明", id="UTF-16"),
        pytest.param(
            {"a.xml": b"<a/>", "b.txt": b"x"}, "不是有效的 Excel 工作簿", id="another zip"
        ),
    ],
)
def test_a_zip_that_is_no_clerk_s_workbook_is_refused(tmp_path, members, sentence):
    assert sentence in faults_of(zipped(tmp_path / "a.xlsx", members))[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_csv_is_read_in_every_encoding_of_clerks(tmp_path, encoding):
    path = csv(tmp_path / "a.csv", "小区名称,户数,经度,纬度\n幸福里,120,116.45,39.93\n", encoding)
    assert read_here(path).frame.name.tolist() == ["幸福里"]


def test_an_encoding_that_is_said_is_obeyed(tmp_path):
    path = csv(
        tmp_path / "a.csv", "小區名稱,小区名称,经度,纬度\nx,幸福里,116.45,39.93\n", "gb18030"
    )
    assert read_here(path, encoding="gbk").source.encoding == "gb18030"


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [
        pytest.param(
            None,
            "文字编码无法识别（第 2 行起），既不是 UTF-8 也不是 GB18030。各种编码下的文字：",
            id="none fits",
        ),
        pytest.param(
            "utf-8", "按指定的编码 utf-8 无法读取第 2 行。", id="the said one does not fit"
        ),
        pytest.param(
            "klingon", "不认识编码“klingon”。可用：utf-8、gb18030、gbk。", id="no encoding"
        ),
    ],
)
def test_text_is_never_guessed(tmp_path, encoding, sentence):
    (tmp_path / "a.csv").write_bytes("小区名称,户数\n".encode() + b"\xff\xff\xff,3\n")
    assert sentence in faults_of(tmp_path / "a.csv", encoding=encoding)[0]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_separator_of_clerks_is_read(tmp_path, separator):
    text = "小区名称,户数,经度,纬度\n幸福里,120,116.45,39.93\n".replace(",", separator)
    assert read_here(csv(tmp_path / "a.csv", text)).frame.households.tolist() == [120]


def test_a_quote_that_is_never_closed_is_refused(tmp_path):
    path = csv(tmp_path / "a.csv", '小区名称,户数\n幸福里,3\n"平安里,4\n')
    assert faults_of(path) == ["第 3 行的引号不成对，无法分清单元格。请在 Excel 中重新另存为 CSV。"]


def test_rows_of_a_csv_are_numbered_by_their_first_line(tmp_path):
    text = (
        '编码,小区名称,户数,经度,纬度\n1,"幸福\n里",3,116.45,39.93\n\n2,平安里,很多,116.46,39.93\n'
    )
    assert faults_of(csv(tmp_path / "a.csv", text))[0].startswith("第 5 行“户数”：“很多”不是数字。")


def test_a_row_wider_than_its_headings_is_refused(tmp_path):
    path = csv(tmp_path / "a.csv", "小区名称,地址,经度,纬度\n幸福里,一号,二号,116.45,39.93\n")
    assert "该行有 5 个单元格，多于表头的 4 列。含逗号的文字须用双引号括起。" in faults_of(path)[0]


def test_a_column_without_a_heading_is_told(tmp_path):
    path = csv(tmp_path / "a.csv", "小区名称,,经度,纬度\n幸福里,秘密,116.45,39.93\n")
    assert "没有表头的列未读取：第 2 列。" in notices_of(read_here(path))


def test_a_boundary_in_a_cell_is_read(tmp_path):
    path = csv(tmp_path / "a.csv", f'编码,小区名称,边界WKT\n1,幸福里,"{SQUARE_WKT}"\n')
    assert read_here(path).frame.geometry.geom_type.tolist() == ["Polygon"]


@pytest.mark.parametrize(
    ("wkt", "kind"),
    [
        pytest.param("POINT(116.45 39.93)", "Point", id="point"),
        pytest.param("SRID=4490;POINT Z (116.45 39.93 5)", "Point", id="with SRID and height"),
        pytest.param(
            f"MULTI{SQUARE_WKT.replace('((', '(((').replace('))', ')))')}",
            "MultiPolygon",
            id="multi",
        ),
    ],
)
def test_forms_of_wkt_are_read(tmp_path, wkt, kind):
    path = csv(tmp_path / "a.csv", f'编码,小区名称,边界WKT\n1,幸福里,"{wkt}"\n')
    assert read_here(path).frame.geometry.geom_type.tolist() == [kind]


@pytest.mark.parametrize(
    ("wkt", "sentence"),
    [
        pytest.param("围墙以内", "“围墙以内”不是 WKT。", id="words"),
        pytest.param(
            "GEOMETRYCOLLECTION(POINT(1 2))",
            "图形类型“GEOMETRYCOLLECTION”不能导入",
            id="collection",
        ),
        pytest.param("POLYGON((1 2, x 3))", "坐标不是成对的数字。", id="letters"),
        pytest.param("POLYGON((1 nan, 1 2))", "坐标不是成对的数字。", id="NaN"),
        pytest.param(
            "POLYGON((1e200 1, 1 2, 2 2, 1e200 1))",
            "坐标 1e+200 超出了任何坐标系的范围。",
            id="aborts GEOS",
        ),
        pytest.param(
            "POLYGON(" + "(" * 50_000 + ")" * 50_000 + ")", "坐标不是成对的数字。", id="deep"
        ),
        pytest.param("POINT()", "坐标不是成对的数字。", id="nothing"),
    ],
)
def test_a_boundary_that_is_no_wkt_is_refused(tmp_path, wkt, sentence):
    path = csv(tmp_path / "a.csv", f'编码,小区名称,边界WKT\n1,幸福里,"{wkt}"\n')
    assert sentence in faults_of(path)[0]


def test_garbage_for_a_coordinate_is_refused(tmp_path):
    path = csv(tmp_path / "a.csv", "编码,小区名称,经度,纬度\n1,幸福里,116\ufffd,39.93\n")
    assert "含有乱码或控制字符" in faults_of(path)[0]


def test_a_base_that_is_not_known_is_no_place(tmp_path):
    path = csv(
        tmp_path / "a.csv", "名称,性质,经度,纬度\n甲物业,国有,116.45,39.93\n乙物业,民营,不详,\n"
    )
    assert read_here(path).frame.geometry.tolist()[1] is None


@pytest.mark.parametrize("pair", ["116.45,39.93", "（116.45，39.93）", "116.45 39.93"])
def test_a_pair_of_coordinates_in_a_cell_is_read(tmp_path, pair):
    path = csv(tmp_path / "a.csv", f'名称,性质,驻地坐标\n甲物业,国有,"{pair}"\n乙物业,民营,不详\n')
    frame = read_here(path, kind=Kind.PROVIDER).frame
    assert frame.geometry.tolist() == [shapely.Point(116.45, 39.93), None]


@pytest.mark.parametrize(
    ("lon", "lat", "sentence"),
    [
        pytest.param("116.45", "", "经度和纬度只填了一个。", id="half"),
        pytest.param("116°27′", "39.93", "“116°27′”不是坐标。", id="minutes"),
        pytest.param("39.93", "116.45", "经度和纬度像是写反了。", id="swapped"),
        pytest.param("2.35", "48.86", "不在中国范围内", id="Paris"),
    ],
)
def test_a_bad_coordinate_is_refused(tmp_path, lon, lat, sentence):
    good = "".join(f"{i},小区{i},116.4{i},39.93\n" for i in range(3, 6))
    path = csv(tmp_path / "a.csv", f"编码,小区名称,经度,纬度\n{good}1,幸福里,{lon},{lat}\n")
    (told,) = faults_of(path)
    assert sentence in told.partition("第 5 行：")[2]


def test_a_pair_that_is_none_is_refused(tmp_path):
    path = csv(tmp_path / "a.csv", "名称,性质,驻地坐标\n甲物业,国有,116.45\n")
    assert "不是一对坐标。请写成 经度,纬度" in faults_of(path, kind=Kind.PROVIDER)[0]


def test_garbage_in_a_pair_is_refused(tmp_path):
    path = csv(tmp_path / "a.csv", "编码,小区名称,坐标\n1,幸福里,\x01\n")
    assert "含有乱码或控制字符" in faults_of(path)[0]


def test_numbers_of_a_sheet_are_coordinates_and_truth_values_are_not(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ("编码", *HEAD), ("1", "幸福里", 3, True, 39.93))
    assert "“True”不是坐标。" in faults_of(path)[0]


def test_a_heading_that_names_baidu_says_whose_coordinates_they_are(tmp_path):
    path = csv(tmp_path / "a.csv", "小区名称,百度经度,百度纬度\n幸福里,116.41662724,39.92269955\n")
    reading = read_here(path)
    assert "表头“百度经度”表明坐标为 BD09，已按此换算。" in notices_of(reading)
    assert reading.frame.geometry[2].distance(shapely.Point(116.404, 39.915)) < 1e-7


def test_a_heading_that_contradicts_the_person_is_refused(tmp_path):
    path = csv(tmp_path / "a.csv", "小区名称,百度经度,百度纬度\n幸福里,116.4,39.9\n")
    assert faults_of(path, datum=Datum.WGS84) == [
        "表头“百度经度”表明坐标为 BD09，指明的却是 WGS84。请核对。"
    ]


def test_compounds_without_any_place_are_known_by_their_code(tmp_path):
    path = csv(tmp_path / "a.csv", "小区编码,小区名称,户数\nC1,幸福里,3\n")
    reading = read_here(path)
    assert "1 行没有图形或坐标，只导入了属性。" in notices_of(reading)


def test_a_compound_without_place_or_code_is_refused(tmp_path):
    path = csv(tmp_path / "a.csv", "小区名称,户数\n幸福里,3\n")
    assert faults_of(path) == ["第 2 行：既没有编码，也没有图形或坐标，无法确定是哪一个。"]


def test_buildings_without_a_column_of_places_are_refused(tmp_path):
    path = csv(tmp_path / "a.csv", "楼幢号,层数\n1,6\n")
    assert faults_of(path, kind=Kind.BUILDING) == [
        "表中没有坐标。楼栋需要“经度”和“纬度”两列，或一列“边界WKT”。"
    ]


def test_every_fault_of_headings_and_cells_is_told_at_once(tmp_path):
    path = csv(tmp_path / "a.csv", "性质,信用等级\n外星,A\n")
    beginnings = [told.split("（")[0][:13] for told in faults_of(path, kind=Kind.PROVIDER)]
    assert beginnings == ["缺少必填的列“名称”", "第 2 行“性质”：“外星"]
