import datetime as dt

import geopandas as gpd
import geopandas.testing
import pytest
import shapely

from geo.readers import FIELDS, KIND_NAMES, SHAPES, Kind, columns_of
from geo.readers.field_table import readable_fields
from geo.readers.headings import as_heading, plain
from tests.geo.upload import (
    OTHER,
    SQUARE,
    csv,
    faults_of,
    feature,
    geojson,
    notices_of,
    polygon,
    read_here,
)

WKT = str(shapely.Polygon(SQUARE))
LINE = {"type": "LineString", "coordinates": SQUARE[:2]}


def table(tmp_path, head, *rows, **wishes):
    return read_here(csv(tmp_path / "a.csv", "\n".join([head, *rows]) + "\n"), **wishes)


@pytest.mark.parametrize("kind", list(Kind))
def test_no_heading_of_a_kind_means_two_fields(kind):
    names = [name for f in readable_fields(kind) for name in {plain(text) for text in f.headings}]
    repeated = {name for name in names if names.count(name) > 1}
    # Beside a column of subdistricts, 区县 is what they lie in; alone it names the areas.
    assert repeated == ({"区县", "县"} if kind is Kind.AREA else set())


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_name_and_fields(kind):
    assert all((KIND_NAMES[kind], columns_of(kind)))


@pytest.mark.parametrize(
    "field", [f for fields in FIELDS.values() for f in fields], ids=lambda f: f.key
)
def test_a_heading_is_recognised_as_it_is_shown(field):
    assert as_heading(f" {field.heading}＊ ").name == plain(field.heading)


@pytest.mark.parametrize(
    ("text", "name", "unit"),
    [
        pytest.param("建筑面积（万㎡）", "建筑面积", "万m2", id="brackets"),
        pytest.param("建筑面积/平方米", "建筑面积", "平方米", id="slash"),
        pytest.param("小区（院落）名称", "小区(院落)名称", "", id="brackets that are no unit"),
        pytest.param("1.户 数*", "户数", "", id="number, space and star"),
        pytest.param("名称（必填）", "名称", "", id="required"),
        pytest.param(None, "", "", id="empty"),
    ],
)
def test_a_heading_is_taken_apart(text, name, unit):
    heading = as_heading(text)
    assert (heading.name, heading.unit) == (name, unit)


@pytest.mark.parametrize(
    ("kind", "head", "row", "told"),
    [
        pytest.param(
            Kind.PROVIDER,
            "名称,性质,统一社会信用代码,信用等级,服务区域",
            "甲物业,国有,91350100M000100Y43,A,甲街道、乙街道",
            {"kind": "state", "grade": "A", "service_areas": "甲街道、乙街道"},
            id="provider",
        ),
        pytest.param(
            Kind.CONTRACT,
            "服务主体,对象编码,签约日期,物业费",
            "甲物业,C1,2021年5月3日,0.3至1元/平米/月",
            {
                "what": "C1",
                "signed_on": dt.date(2021, 5, 3),
                "ends_on": None,
                "fee_low": 0.3,
                "fee_high": 1.0,
            },
            id="contract",
        ),
        pytest.param(
            Kind.DECISION,
            "物业管理区域,方式,日期,参与面积占比",
            "M1,业主大会,2021/5/3,66.7%",
            {"way": "业主大会", "date": dt.date(2021, 5, 3), "area_share": 0.667},
            id="decision",
        ),
        pytest.param(
            Kind.BASE,
            "底数名称,单位,编码,冻结日期",
            "2025底数,小区,C1,2025-01-01",
            {"list": "2025底数", "unit": "compound"},
            id="base",
        ),
        pytest.param(
            Kind.BAN,
            "服务主体,区域,原因,起始日期",
            "甲物业,五华区,擅自退出,2021-05-03",
            {"reason": "擅自退出", "valid_to": None},
            id="ban",
        ),
        pytest.param(
            Kind.ROLE,
            "服务主体,角色,区域,文号",
            "甲物业,兜底,城区,〔2025〕1号",
            {"role": "backstop", "document": "〔2025〕1号"},
            id="role",
        ),
        pytest.param(
            Kind.MANAGEMENT_AREA,
            "物业管理区域编码,物业管理区域名称,包含小区",
            "M1,文宴雅居,C1、C2",
            {"members": "C1、C2"},
            id="management area",
        ),
    ],
)
def test_a_table_tells_its_kind_by_its_headings(tmp_path, kind, head, row, told):
    reading = table(tmp_path, head, row)
    assert (reading.kind, reading.frame.loc[2, list(told)].to_dict()) == (kind, told)


@pytest.mark.parametrize(
    ("kind", "properties", "geometry"),
    [
        pytest.param(Kind.AREA, {"名称": "朝阳区", "层级": "区县"}, polygon(), id="area"),
        pytest.param(Kind.COMPOUND, {"小区名称": "幸福里", "户数": 3}, polygon(), id="compound"),
        pytest.param(Kind.BUILDING, {"名称": "一号楼", "层数": 6}, polygon(), id="building"),
        pytest.param(Kind.CROSSING, {"类型": "人行横道", "备注": "南门"}, LINE, id="crossing"),
    ],
)
def test_a_map_tells_its_kind_by_columns_and_geometry(tmp_path, kind, properties, geometry):
    reading = read_here(geojson(tmp_path / "a.geojson", feature(geometry, **properties)))
    assert (reading.kind, notices_of(reading)[0]) == (
        kind,
        f"按列名和图形判断，数据种类为{KIND_NAMES[kind]}（{kind}）。",
    )


@pytest.mark.parametrize(
    ("properties", "geometry", "sentence"),
    [
        pytest.param(
            {"code": "1"},
            polygon(),
            "小区（compound）、楼栋（building）、物业管理区域（management_area）。请用 --as 指明",
            id="a code only",
        ),
        pytest.param(
            {"height": 5, "id": 1, "name": "x"},
            polygon(),
            "阻隔（barrier）",
            id="nothing that tells",
        ),
        pytest.param({}, LINE, "可能是：阻隔（barrier）、通道（crossing）。", id="a bare line"),
    ],
)
def test_a_kind_that_is_not_clear_is_asked_for(tmp_path, properties, geometry, sentence):
    (told,) = faults_of(geojson(tmp_path / "a.geojson", feature(geometry, **properties)))
    assert sentence in told.removeprefix("无法判断数据种类，")


def test_geometries_that_no_kind_mixes_are_refused(tmp_path):
    point = {"type": "MultiPoint", "coordinates": [SQUARE[0]]}
    path = geojson(tmp_path / "a.geojson", feature(LINE), feature(point))
    assert faults_of(path)[0].startswith("文件混有不同类型的图形")


def test_a_height_is_never_taken_for_storeys_unasked(tmp_path):
    path = geojson(tmp_path / "a.geojson", feature(polygon(), height=26))
    reading = read_here(path, kind=Kind.BUILDING)
    assert reading.frame[["storeys", "height_m"]].isna().all().all()
    assert notices_of(reading)[0].startswith("“height”可能是层数，也可能是以米计的高度，未读取。")


@pytest.mark.parametrize("ours", ["storeys", "height_m"])
def test_a_height_is_what_the_person_says_it_is(tmp_path, ours):
    path = geojson(tmp_path / "a.geojson", feature(polygon(), height=26))
    frame = read_here(path, kind=Kind.BUILDING, fields={"height": ours}).frame
    assert frame[ours].tolist() == [26.0]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        pytest.param(
            {"高度x": "storeys"}, "没有名为“高度x”的列。现有：height。", id="no such column"
        ),
        pytest.param(
            {"height": "floor"}, "楼栋没有字段“floor”。可选：code、name", id="no such field"
        ),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(tmp_path, fields, sentence):
    path = geojson(tmp_path / "a.geojson", feature(polygon(), height=26))
    assert sentence in faults_of(path, kind=Kind.BUILDING, fields=fields)[0]


def test_a_column_of_places_can_be_mapped_by_hand(tmp_path):
    reading = table(
        tmp_path, "小区名称,e,n", "幸福里,116.45,39.93", fields={"e": "lon", "n": "lat"}
    )
    assert reading.frame.geometry.tolist() == [shapely.Point(116.45, 39.93)]


def test_a_constant_fills_every_row(tmp_path):
    path = geojson(tmp_path / "a.geojson", feature(LINE, kind="footway"), feature(LINE))
    frame = read_here(path, kind=Kind.BARRIER, constants={"kind": "主干路"}).frame
    assert frame["kind"].tolist() == ["arterial", "arterial"]


@pytest.mark.parametrize(
    ("constants", "sentence"),
    [
        pytest.param(
            {"kind": "云"},
            "“类型”：“云”不在可选范围内。可选：河流、铁路、快速路、主干路、围墙。",
            id="no such word",
        ),
        pytest.param({"kind": ""}, "“类型”：必须填写。", id="nothing"),
        pytest.param(
            {"kind": "墙", "sort": "x"},
            "阻隔没有字段“sort”。可选：kind、name、tunnel。",
            id="no such field",
        ),
    ],
)
def test_a_constant_that_cannot_be_is_refused(tmp_path, constants, sentence):
    path = geojson(tmp_path / "a.geojson", feature(LINE))
    assert sentence in faults_of(path, kind=Kind.BARRIER, constants=constants)


def test_a_heading_that_is_there_twice_is_refused(tmp_path):
    path = csv(tmp_path / "a.csv", "小区名称,户数,户 数,经度,纬度\n幸福里,3,4,116.45,39.93\n")
    assert "表头“户数”出现了两次。请删去或改名其中一列。" in faults_of(path)


def test_of_two_headings_for_a_field_the_likelier_is_read(tmp_path):
    reading = table(tmp_path, "小区名称,街道,社区,经度,纬度", "幸福里,甲街道,乙社区,116.45,39.93")
    assert reading.frame["area"].tolist() == ["乙社区"]
    assert "“街道”与“社区”都是 所属社区/街道，只读取“社区”。" in notices_of(reading)


def test_personal_data_is_named_and_left_out(tmp_path):
    reading = table(
        tmp_path, "小区名称,联系电话,业主姓名,经度,纬度", "幸福里,1390000,张三,116.45,39.93"
    )
    assert "下列各列属于个人信息或收费明细，不导入：联系电话、业主姓名。" in notices_of(reading)
    assert "张三" not in reading.frame.to_csv()


def test_lower_and_upper_fee_may_stand_in_columns_of_their_own(tmp_path):
    reading = table(tmp_path, "小区编码,小区名称,物业费下限,物业费上限", "1,幸福里,0.3,1")
    assert reading.frame[["fee_low", "fee_high"]].loc[2].tolist() == [0.3, 1.0]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        pytest.param(",国有", "第 2 行“名称”：必须填写。", id="required"),
        pytest.param("不详,国有", "第 2 行“名称”：必须填写。", id="required and unknown"),
    ],
)
def test_a_required_cell_must_be_filled(tmp_path, row, sentence):
    path = csv(tmp_path / "a.csv", f"名称,性质\n{row}\n")
    assert faults_of(path, kind=Kind.PROVIDER) == [sentence]


def test_an_area_without_its_first_day_has_an_empty_one(tmp_path):
    path = geojson(tmp_path / "a.geojson", feature(polygon(), 名称="甲", 层级="街道"))
    assert read_here(path).frame.valid_from.tolist() == [""]


def test_geometry_of_a_kind_that_has_none_is_told(tmp_path):
    path = geojson(tmp_path / "a.geojson", feature(polygon(), 服务主体="甲", 对象编码="C1"))
    reading = read_here(path, kind=Kind.CONTRACT)
    assert "物业服务合同没有图形，文件中的图形未读取。" in notices_of(reading)


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_a_kind_with_geometry_is_a_geographic_frame(tmp_path, kind):
    geometry = LINE if kind in {Kind.BARRIER, Kind.CROSSING} else polygon()
    if kind in {Kind.PROVIDER, Kind.EVENT}:
        geometry = {"type": "Point", "coordinates": SQUARE[0]}
    word = {Kind.BARRIER: "围墙", Kind.EVENT: "投诉"}.get(kind, "")
    told = {"name": "甲", "level": "街道", "kind": word, "date": "2026-03-01"}
    path = geojson(tmp_path / "a.geojson", feature(geometry, **told))
    assert isinstance(read_here(path, kind=kind).frame, gpd.GeoDataFrame)


def test_a_code_is_made_of_the_place_and_not_of_the_order(tmp_path):
    first, second = feature(polygon()), feature(polygon(OTHER))
    ways = [
        geojson(tmp_path / f"{i}.geojson", *rows)
        for i, rows in enumerate([(first, second), (second, first)])
    ]
    codes = [read_here(path, kind=Kind.COMPOUND).frame["code"].tolist() for path in ways]
    assert (codes[0], len(set(codes[0]))) == (codes[1][::-1], 2)


def test_a_code_does_not_depend_on_where_the_ring_begins(tmp_path):
    turned = [*SQUARE[1:], SQUARE[1]]
    paths = [
        geojson(tmp_path / f"{i}.geojson", feature(polygon(ring)))
        for i, ring in enumerate((SQUARE, turned, SQUARE[::-1]))
    ]
    assert len({read_here(path, kind=Kind.COMPOUND).frame["code"].item() for path in paths}) == 1


def test_a_code_that_is_made_begins_with_its_letter(tmp_path):
    path = geojson(tmp_path / "a.geojson", feature(polygon()))
    assert read_here(path, kind=Kind.BUILDING).frame["code"].str.fullmatch("G[0-9a-f]{16}").all()


def test_the_same_place_twice_without_a_code_is_refused_naming_both(tmp_path):
    path = geojson(
        tmp_path / "a.geojson", feature(polygon(), name="甲"), feature(polygon(), name="乙")
    )
    assert [told[:30] for told in faults_of(path, kind=Kind.COMPOUND)] == [
        "第 1 行：没有编码，图形又与第 2 行完全相同，无法区分。请填"[:30],
        "第 2 行：没有编码，图形又与第 1 行完全相同，无法区分。请填"[:30],
    ]


def test_the_same_code_twice_is_refused_naming_both(tmp_path):
    path = geojson(
        tmp_path / "a.geojson", feature(polygon(), code="A"), feature(polygon(OTHER), code="Ａ")
    )
    assert faults_of(path, kind=Kind.COMPOUND) == [
        "第 1 行：“A”重复出现，第 2 行也是它。请填写不同的编码，或删去重复的行。",
        "第 2 行：“A”重复出现，第 1 行也是它。请填写不同的编码，或删去重复的行。",
    ]


def test_of_rows_that_are_the_same_in_everything_the_first_may_stay(tmp_path):
    path = geojson(tmp_path / "a.geojson", *[feature(polygon(), name="甲")] * 3)
    reading = read_here(path, kind=Kind.COMPOUND, skip_faulty=True)
    assert reading.frame.index.tolist() == [1]


def test_of_rows_that_differ_under_one_code_none_stays(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        feature(polygon(), code="A"),
        feature(polygon(OTHER), code="A"),
        feature(polygon(), code="B"),
    )
    assert read_here(path, kind=Kind.COMPOUND, skip_faulty=True).frame["code"].tolist() == ["B"]


def test_a_row_that_is_left_out_does_not_stand_in_the_way_of_its_double(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        feature(polygon(), code="A"),
        feature(polygon(OTHER), code="A", 户数="很多"),
    )
    assert read_here(path, kind=Kind.COMPOUND, skip_faulty=True).frame.index.tolist() == [1]


def test_a_fault_among_many_names_five_rows(tmp_path):
    path = geojson(
        tmp_path / "a.geojson", *(feature(polygon(), code="A", name=str(i)) for i in range(9))
    )
    assert "第 2、3、4、5、6… 行也是它。" in faults_of(path, kind=Kind.COMPOUND)[0]


def test_providers_are_told_apart_by_name(tmp_path):
    path = csv(tmp_path / "a.csv", "名称,性质\n甲物业,国有\n甲物业,民营\n")
    assert "“甲物业”重复出现，第 3 行也是它。" in faults_of(path, kind=Kind.PROVIDER)[0]


def test_a_management_area_without_boundary_or_members_is_refused(tmp_path):
    path = csv(tmp_path / "a.csv", "物业管理区域编码,物业管理区域名称\nM1,甲\n")
    assert faults_of(path, kind=Kind.MANAGEMENT_AREA) == [
        "第 2 行：既没有边界，也没有列出所含的小区或楼栋。"
    ]


@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_a_frame_that_is_written_under_our_keys_reads_as_it_was(tmp_path, ending):
    row = {
        "小区编码": "C1",
        "小区名称": "幸福里",
        "户数": "120户",
        "物业费": "0.3至1",
        "业主组织": "业委会",
        "老旧小区": "是",
        "物业服务用房": "不详",
        "建成年代": 1985,
    }
    known = geojson(tmp_path / "a.geojson", feature(polygon(), **row))
    frame = read_here(known, kind=Kind.COMPOUND).frame
    frame.to_file(tmp_path / f"b.{ending}", index=False)
    again = read_here(tmp_path / f"b.{ending}", kind=Kind.COMPOUND).frame
    geopandas.testing.assert_geodataframe_equal(again, frame)
