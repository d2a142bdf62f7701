import csv
from datetime import date

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely

from data.sample_city import City, Table, make_city
from geo.readers import Kind
from maps.sample_files import FORMATS, MARK, headed, said, write_city, write_workbook
from tests.geo.upload import read_here

SRID = 4547
BASE = shapely.Point(500_000, 4_200_000)
HOME = shapely.box(500_000, 4_200_000, 500_100, 4_200_100)


def city_of(**tables: Table) -> City:
    return City(name="示例市", srid=SRID, tables=tables)


def table(geometries=None, **columns) -> Table:
    placed = None if geometries is None else np.array(geometries, dtype=object)
    return Table(columns=columns, geometries=placed)


@pytest.fixture(scope="module")
def hamlet():
    return make_city("hamlet", seed=1)


@pytest.fixture(scope="module")
def files(hamlet, tmp_path_factory):
    return write_city(hamlet, tmp_path_factory.mktemp("hamlet"))


@pytest.mark.parametrize("kind", FORMATS)
def test_the_importer_reads_every_file_back_whole(files, hamlet, kind):
    reading = read_here(files[kind], kind=kind)
    assert len(reading.frame) == len(next(iter(hamlet.tables[kind].columns.values())))
    assert reading.faults == ()


@pytest.mark.parametrize("key", ["code", "households", "floor_area_m2", "built"])
def test_values_come_back_as_they_were(files, hamlet, key):
    frame = read_here(files[Kind.COMPOUND], kind=Kind.COMPOUND).frame
    given = hamlet.tables["compound"].columns[key]
    assert [
        None if value is None else value
        for value in frame[key].astype(object).where(frame[key].notna(), None)
    ] == given


def test_places_come_back_within_a_centimetre(files, hamlet):
    frame = read_here(files[Kind.COMPOUND], kind=Kind.COMPOUND).frame.to_crs(hamlet.srid)
    given = hamlet.tables["compound"].geometries
    assert shapely.hausdorff_distance(frame.geometry.to_numpy(), given).max() < 0.01


def test_areas_are_a_shapefile_in_gbk(files):
    assert read_here(files[Kind.AREA], kind=Kind.AREA).source.encoding.upper() in {
        "GBK",
        "GB18030",
        "CP936",
    }


def test_the_folder_says_that_all_is_invented(files):
    readme = files[Kind.COMPOUND].parent / "README.txt"
    assert MARK in readme.read_text("utf-8-sig")


def test_a_workbook_says_that_all_is_invented_above_its_headings(files):
    sheet = openpyxl.load_workbook(files[Kind.PROVIDER]).active
    assert (sheet["A1"].value, sheet["A2"].value) == (MARK, "名称")


def test_a_base_stands_as_longitude_and_latitude(tmp_path):
    providers = table([BASE, None], name=["甲", "乙"])
    files = write_city(city_of(provider=providers), tmp_path)
    sheet = openpyxl.load_workbook(files[Kind.PROVIDER]).active
    assert [cell.value for cell in sheet[2]] == ["名称", "经度", "纬度"]
    assert sheet["B3"].value == pytest.approx(114.0, abs=1e-6)
    assert (sheet["A4"].value, sheet["B4"].value or None) == ("乙", None)


def test_a_table_without_places_has_no_coordinates(tmp_path):
    files = write_city(city_of(contract=table(provider=["甲"], what=["C1"])), tmp_path)
    with files[Kind.CONTRACT].open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["服务主体", "对象编码"], ["甲", "C1"]]


def test_kinds_without_rows_have_no_file(tmp_path):
    files = write_city(
        city_of(compound=table([HOME], code=["C1"]), ban=table(provider=[])), tmp_path
    )
    assert set(files) == {Kind.COMPOUND}


def test_a_city_is_written_over_an_older_one(tmp_path):
    for code in ("C1", "C2"):
        files = write_city(
            city_of(compound=table([HOME], code=[code]), building=table([HOME], code=[code])),
            tmp_path,
        )
    assert gpd.read_file(files[Kind.BUILDING])["楼栋编码"].tolist() == ["C2"]


def test_a_formula_in_a_name_stays_text(tmp_path):
    write_workbook(tmp_path / "a.xlsx", {"名称": ["=1+1", None]}, None)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s")


def test_both_ends_of_a_fee_have_a_column():
    columns = headed(Kind.COMPOUND, table(code=["C1"], fee_low=[0.5], fee_high=[0.7]))
    assert columns == {"小区编码": ["C1"], "物业费下限": [0.5], "物业费上限": [0.7]}


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, None),
        (True, "是"),
        (False, "否"),
        (date(2026, 6, 1), "2026-06-01"),
        ("river", "河流"),
        ("无名", "无名"),
        (3, 3),
    ],
)
def test_values_are_written_as_clerks_write_them(value, word):
    assert said(value, {"river": "河流"}) == word


def test_a_choice_is_written_with_the_word_of_the_form():
    assert headed(Kind.BARRIER, table(kind=["river"])) == {"类型": ["河流"]}
