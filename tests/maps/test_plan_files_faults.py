"""Wrong files as people meet them: through the command, in Chinese, and nothing is written."""

import pytest
import shapely
from django.core.management import CommandError

from geo.readers import Kind
from tests.geo.upload import (
    BOWTIE,
    OTHER,
    SQUARE,
    csv,
    dbf,
    feature,
    geojson,
    polygon,
    shapefile,
    zipped,
)
from tests.maps.plans import plan_files

HOME, NEXT_HOME = shapely.Polygon(SQUARE), shapely.Polygon(OTHER)
CODE, NAME = "小区编码", "小区名称"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def compounds(path, out, *more) -> str:
    return plan_files({Kind.COMPOUND: path}, out, *more)


def report_on(path, out, *more) -> str:
    """Return what the person reads; nothing may have been written."""
    with pytest.raises(CommandError) as error:
        compounds(path, out, *more)
    assert not out.exists()
    name, *lines = str(error.value).splitlines()
    assert name == f"{path.name}："
    return "\n".join(lines)


def gbk_table(*names: str) -> bytes:
    columns = [(CODE.encode("gbk"), "C", 10), (NAME.encode("gbk"), "C", 20)]
    rows = [[f"C{i}".encode(), name.encode("gbk")] for i, name in enumerate(names, 1)]
    return dbf(columns, rows, language=0x4D)


def test_a_file_that_is_only_called_zip(tmp_path, out):
    path = tmp_path / "小区.zip"
    path.write_bytes("这不是压缩包".encode())
    assert "压缩" in report_on(path, out)


def test_a_zip_without_a_layer(tmp_path, out):
    path = zipped(tmp_path / "小区.zip", {"readme.txt": b"nothing"})
    assert "没有" in report_on(path, out)


def test_a_shapefile_that_does_not_say_its_coordinate_system(tmp_path, out):
    path = shapefile(tmp_path / "小区.zip", HOME, table=gbk_table("幸福里"), srid=None)
    report = report_on(path, out)
    assert report.startswith("文件没有说明坐标系（缺少 .prj）。坐标是经纬度：请用 --crs 4490 指明")


def test_naming_the_coordinate_system_cures_it(tmp_path, out):
    path = shapefile(tmp_path / "小区.zip", HOME, table=gbk_table("幸福里"), srid=None)
    assert "1 个片区，1 处纳管对象" in compounds(path, out, "--crs", "4490")


def test_polygons_that_cross_themselves_are_each_told_with_row_and_place(tmp_path, out):
    bad, good = feature(polygon(BOWTIE), code="1"), feature(polygon(), code="2")
    lines = report_on(geojson(tmp_path / "小区.geojson", good, bad), out).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("第 2 行：边界自相交，位置 116.4505, 39.9305。")


def test_codes_that_stand_twice_are_told(tmp_path, out):
    rows = (feature(polygon(ring), code="C1") for ring in (SQUARE, OTHER))
    report = report_on(geojson(tmp_path / "小区.geojson", *rows), out)
    assert "C1" in report
    assert "第 2 行" in report


def test_names_in_gbk_without_a_word_about_it_are_read_right(tmp_path, out):
    path = shapefile(
        tmp_path / "小区.zip", HOME, NEXT_HOME, table=gbk_table("幸福里", "甜水园北里")
    )
    compounds(path, out)
    page = (out / "coverage.html").read_text("utf-8")
    assert "甜水园北里" in page


def test_a_table_without_a_place_has_nothing_to_plan(tmp_path, out):
    path = csv(tmp_path / "小区.csv", f"{CODE},{NAME}\nC1,幸福里\n")
    with pytest.raises(CommandError) as error:
        compounds(path, out)
    assert str(error.value) == "没有可以规划的小区或楼栋。请先导入小区边界或楼栋轮廓。"
    assert not out.exists()


def test_faulty_rows_are_left_out_where_that_is_asked_for(tmp_path, out):
    bad, good = feature(polygon(BOWTIE), code="1"), feature(polygon(), code="2")
    said = compounds(geojson(tmp_path / "小区.geojson", good, bad), out, "--skip-faulty")
    assert "1 行有错误，没有导入。" in said
    assert "第 2 行：边界自相交" in said
    assert "1 处纳管对象" in said
