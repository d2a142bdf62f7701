import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.readers import FIELDS, Field, Kind, Reads
from geo.readers.amounts import UnreadableError, is_unit
from geo.readers.values import clean, read_cell, read_column

TEXT = Field(key="name", heading="名称")
CODE = Field(key="code", heading="编码", reads=Reads.CODE)
CREDIT = Field(key="credit_code", heading="统一社会信用代码", reads=Reads.CREDIT_CODE)
COUNT = Field(key="households", heading="户数", reads=Reads.COUNT)
AREA = Field(key="floor_area_m2", heading="建筑面积", reads=Reads.AREA)
STOREYS = Field(key="storeys", heading="层数", reads=Reads.NUMBER, unit="层")
HEIGHT = Field(key="height_m", heading="高度", reads=Reads.NUMBER, unit="米")
FEE = Field(key="fee", heading="物业费", reads=Reads.FEE)
SHARE = Field(key="area_share", heading="占比", reads=Reads.SHARE)
YEAR = Field(key="built", heading="建成年代", reads=Reads.YEAR)
DATE = Field(key="signed_on", heading="签约日期", reads=Reads.DATE)
FLAG = Field(key="fund", heading="维修资金到位", reads=Reads.FLAG)
KIND = next(field for field in FIELDS[Kind.PROVIDER] if field.key == "kind")
GRADE = next(field for field in FIELDS[Kind.PROVIDER] if field.key == "grade")
COMMITTEE = next(field for field in FIELDS[Kind.COMPOUND] if field.key == "committee")
LEVEL = next(field for field in FIELDS[Kind.AREA] if field.key == "level")
PROVIDER = next(field for field in FIELDS[Kind.COMPOUND] if field.key == "provider")


def fault(cell, field, unit=""):
    with pytest.raises(UnreadableError) as caught:
        read_cell(cell, field, unit)
    return caught.value.fault.sentence()


@pytest.mark.parametrize("field", [TEXT, COUNT, AREA, FEE, YEAR, DATE, FLAG, KIND], ids=str)
@pytest.mark.parametrize(
    "cell", [None, "", " 　", "暂无资料", "不详", "暂无信息", "—", "－", "/", "N/A", float("nan")]
)
def test_what_says_nothing_is_unknown_and_never_zero(cell, field):
    assert read_cell(cell, field) is None


@pytest.mark.parametrize(
    ("cell", "field", "value"),
    [
        pytest.param(" 幸福　里 ", TEXT, "幸福 里", id="trimmed"),
        pytest.param("ＡＢＣ（一期）", TEXT, "ABC(一期)", id="full width"),
        pytest.param("幸福\u200b里", TEXT, "幸福里", id="invisible"),
        pytest.param("一行\n两行", TEXT, "一行 两行", id="line break"),
        pytest.param(3, TEXT, "3", id="whole number as text"),
        pytest.param(3.0, TEXT, "3", id="float as text"),
        pytest.param(2.5, TEXT, "2.5", id="fraction as text"),
        pytest.param(True, TEXT, "是", id="yes as text"),
        pytest.param(False, TEXT, "否", id="no as text"),
        pytest.param("无", PROVIDER, None, id="no provider"),
        pytest.param("0101", CODE, "0101", id="leading zero"),
        pytest.param(310101001001, CODE, "310101001001", id="code as number"),
        pytest.param(310101001001.0, CODE, "310101001001", id="code as float"),
        pytest.param("310101001001.0", CODE, "310101001001", id="code with a float's tail"),
        pytest.param("３１０１", CODE, "3101", id="full-width code"),
        pytest.param("91350100M000100Y43", CREDIT, "91350100M000100Y43", id="credit code"),
        pytest.param("91350100m000100y43", CREDIT, "91350100M000100Y43", id="small letters"),
        pytest.param("210200000012345", CREDIT, "210200000012345", id="old registration"),
        pytest.param("8078户", COUNT, 8078, id="households"),
        pytest.param("2160 户", COUNT, 2160, id="households with a space"),
        pytest.param("1,234", COUNT, 1234, id="thousands"),
        pytest.param("约300户", COUNT, 300, id="about"),
        pytest.param("１２栋", COUNT, 12, id="full-width buildings"),
        pytest.param("1.2万户", COUNT, 12000, id="ten thousands"),
        pytest.param("3万", COUNT, 30000, id="ten thousands alone"),
        pytest.param(0, COUNT, 0, id="a known zero"),
        pytest.param(12.0, COUNT, 12, id="float count"),
        pytest.param("29万㎡", AREA, 290_000.0, id="ten thousand square metres"),
        pytest.param("29 万平方米", AREA, 290_000.0, id="the same in words"),
        pytest.param("1.5公顷", AREA, 15_000.0, id="hectares"),
        pytest.param("3亩", AREA, 2000.0, id="mu"),
        pytest.param("7350.5", AREA, 7350.5, id="bare"),
        pytest.param("6层", STOREYS, 6.0, id="storeys"),
        pytest.param("18.5m", HEIGHT, 18.5, id="metres"),
        pytest.param("0.3至1元/平米/月", FEE, (0.3, 1.0), id="range"),
        pytest.param("0.3元～1元/㎡·月", FEE, (0.3, 1.0), id="range with two units"),
        pytest.param("0.5-0.8", FEE, (0.5, 0.8), id="range with a dash"),
        pytest.param(0.5, FEE, (0.5, 0.5), id="one fee"),
        pytest.param("1.2元/平方米·月", FEE, (1.2, 1.2), id="one fee with its unit"),
        pytest.param("66.7%", SHARE, 0.667, id="percent"),
        pytest.param(0.667, SHARE, 0.667, id="share"),
        pytest.param("1985年", YEAR, 1985, id="year"),
        pytest.param(1985.0, YEAR, 1985, id="float year"),
        pytest.param("1985-05-01", YEAR, 1985, id="day instead of a year"),
        pytest.param("2021年5月3日", DATE, dt.date(2021, 5, 3), id="Chinese date"),
        pytest.param("2021-05-03", DATE, dt.date(2021, 5, 3), id="ISO date"),
        pytest.param("2021/5/3", DATE, dt.date(2021, 5, 3), id="slashes"),
        pytest.param("2021.5.3", DATE, dt.date(2021, 5, 3), id="dots"),
        pytest.param("20210503", DATE, dt.date(2021, 5, 3), id="packed"),
        pytest.param(20210503, DATE, dt.date(2021, 5, 3), id="packed number"),
        pytest.param("2021-05-03 00:00:00", DATE, dt.date(2021, 5, 3), id="with a time"),
        pytest.param("是", FLAG, True, id="yes"),
        pytest.param("√", FLAG, True, id="tick"),
        pytest.param(1, FLAG, True, id="one"),
        pytest.param("否", FLAG, False, id="no"),
        pytest.param("难以划定", FLAG, False, id="hard to delimit"),
        pytest.param(False, FLAG, False, id="JSON's false"),
        pytest.param("国有企业", KIND, "state", id="kind in Chinese"),
        pytest.param("state", KIND, "state", id="kind as stored"),
        pytest.param("a级", GRADE, "A", id="grade"),
        pytest.param("业委会", COMMITTEE, "业主委员会", id="short for committee"),
        pytest.param("无", COMMITTEE, "无", id="no committee is a finding"),
        pytest.param("街道", LEVEL, "subdistrict", id="level"),
    ],
)
def test_a_cell_is_read_as_its_field_asks(cell, field, value):
    assert read_cell(cell, field) == value


@pytest.mark.parametrize(
    ("cell", "field", "sentence"),
    [
        pytest.param("很多", COUNT, "“很多”不是数字。", id="word"),
        pytest.param(True, COUNT, "“True”不是数字。", id="truth value"),
        pytest.param("1,23", COUNT, "不认识单位“,23”。", id="broken thousands"),
        pytest.param("12.5户", COUNT, "“12.5户”不是整数。", id="half a household"),
        pytest.param(-3, COUNT, "“-3”是负数。", id="negative"),
        pytest.param("300平米", COUNT, "不认识单位“平米”。", id="area for a count"),
        pytest.param(1e300, COUNT, "大得不合理", id="absurd"),
        pytest.param(float("inf"), AREA, "大得不合理", id="infinite"),
        pytest.param("3间", AREA, "不认识单位“间”。请换算为 ㎡ 后填写。", id="rooms"),
        pytest.param("0", AREA, "“0”不应为 0。如果不详，请留空。", id="zero area"),
        pytest.param("6-7层", STOREYS, "不认识单位“-7层”。", id="range of storeys"),
        pytest.param(
            "20米", STOREYS, "不认识单位“米”。请换算为 层 后填写。", id="metres for storeys"
        ),
        pytest.param("30元/户/月", FEE, "不是物业费。请写成 0.5 或 0.3至1", id="per household"),
        pytest.param("6元/平米/年", FEE, "不是物业费", id="per year"),
        pytest.param("1至0.3", FEE, "“1至0.3”的下限高于上限。", id="range upside down"),
        pytest.param("1至3000", FEE, "大得不合理", id="absurd fee"),
        pytest.param(
            "66.7", SHARE, "不是 0 到 1 之间的比例。请写成 66.7% 或 0.667。", id="percent?"
        ),
        pytest.param("三分之二", SHARE, "“三分之二”不是数字。", id="share in words"),
        pytest.param("0.5户", SHARE, "不是 0 到 1 之间的比例", id="share with a unit"),
        pytest.param("80年代", YEAR, "“80年代”不是年份。", id="decade"),
        pytest.param("1700", YEAR, "“1700”不是年份。", id="before cities had compounds"),
        pytest.param("2021年5月", DATE, "“2021年5月”不是日期。请写成 2021-05-03", id="month"),
        pytest.param("2021-02-30", DATE, "“2021-02-30”不是日期。", id="no such day"),
        pytest.param("也许", FLAG, "“也许”不能理解。请填 是、否 或 不详。", id="perhaps"),
        pytest.param(
            "外星", KIND, "可选：国有、民营、街道所属、合资、社区服务中心", id="no such kind"
        ),
        pytest.param("3.10101E+11", CODE, "已被 Excel 变成科学计数法", id="rounded code"),
        pytest.param(310101001001000123, CODE, "Excel 已丢失末尾数字", id="eighteen digits"),
        pytest.param("91350100M000100Y44", CREDIT, "校验位不符", id="check digit"),
        pytest.param("91350100M0001", CREDIT, "长度不对", id="short credit code"),
        pytest.param("91350100MO00100Y43", CREDIT, "校验位不符", id="letter that is not used"),
        pytest.param("小\ufffd区", TEXT, "含有乱码或控制字符。请核对文件的编码", id="replacement"),
        pytest.param("小\x01区", TEXT, "含有乱码或控制字符", id="control"),
        pytest.param("#REF!", COUNT, "“#REF!”是 Excel 的错误值。", id="Excel's error"),
        pytest.param("长" * 2001, TEXT, "文字有 2001 个字符，上限为 2000 个。", id="huge cell"),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(cell, field, sentence):
    assert sentence in fault(cell, field)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param("29", 290_000.0, id="the heading's unit"),
        pytest.param("290000㎡", 290_000.0, id="the cell's own goes before it"),
    ],
)
def test_an_area_takes_the_unit_of_its_heading(cell, value):
    assert read_cell(cell, AREA, "万m2") == value


def test_a_share_takes_the_percent_of_its_heading():
    assert read_cell(66.7, SHARE, "%") == 0.667


@pytest.mark.parametrize("word", ["户", "万m2", "元/平方米/月", "%", "年"])
def test_a_unit_in_a_heading_is_known(word):
    assert is_unit(word)


def test_a_remark_in_a_heading_is_no_unit():
    assert not is_unit("院落")


def test_a_column_gives_values_and_faults_by_position():
    values, faults = read_column(["3户", "很多", "", "3户"], COUNT)
    assert (values, list(faults)) == ([3, None, None, 3], [1])


def test_a_truth_value_is_not_taken_for_the_number_that_equals_it():
    values, faults = read_column([1, True], COUNT)
    assert (values, list(faults)) == ([1, None], [1])


@given(st.integers(0, 10_000_000), st.sampled_from(["", "户", " 户", "套"]))
def test_every_count_is_read_as_it_was_written(number, unit):
    assert read_cell(f"{number:,}{unit}", COUNT) == number


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_every_date_is_read_in_every_form(day):
    forms = [f"{day.year}年{day.month}月{day.day}日", day.isoformat(), f"{day:%Y/%m/%d}"]
    assert {read_cell(form, DATE) for form in forms} == {day}


@given(st.text())
def test_a_name_is_read_or_refused_and_reading_it_again_changes_nothing(text):
    try:
        name = clean(text)
    except UnreadableError:
        with pytest.raises(UnreadableError, match="Fault"):
            clean(text)
    else:
        assert name is None or clean(name) == name


@given(st.text() | st.floats() | st.integers() | st.booleans() | st.none())
@pytest.mark.parametrize(
    "field", [COUNT, AREA, FEE, SHARE, YEAR, DATE, FLAG, CODE, CREDIT], ids=str
)
def test_no_cell_whatever_breaks_the_reader(field, cell):
    values, faults = read_column([cell], field)
    assert values == [None] or not faults
