import pytest
import shapely

from geo.readers.candidates import crs_fault
from geo.readers.parsing.parsed import Figure

CHAOYANG = shapely.box(116.4, 39.8, 116.6, 40.0)
BEGINS = "文件没有说明坐标系（缺少 .prj）。"


def there(x, y):
    """A square of a hundred metres or a thousandth of a degree, and a row that has no place."""
    size = 0.001 if abs(x) < 400 else 100
    return [Figure(wkb=shapely.box(x, y, x + size, y + size).wkb), Figure()]


@pytest.mark.parametrize(
    ("figures", "ground", "sentence"),
    [
        pytest.param(
            there(39_452_000, 4_420_000),
            None,
            "按坐标范围，可能是：4527（CGCS2000 三度带，中央经线 117°）。请用 --crs 指明其一。",
            id="the number of a zone of three degrees",
        ),
        pytest.param(
            there(20_452_000, 4_420_000),
            CHAOYANG,
            "按坐标范围，可能是：4498（CGCS2000 六度带，中央经线 117°）。请用 --crs 指明其一。",
            id="the number of a zone of six degrees",
        ),
        pytest.param(
            there(452_000, 4_420_000),
            CHAOYANG,
            "按坐标范围，可能是：4548（CGCS2000 三度带，中央经线 117°）、"
            "4509（CGCS2000 六度带，中央经线 117°）。请用 --crs 指明其一。",
            id="no number, but a district",
        ),
        pytest.param(
            there(452_000, 4_420_000),
            None,
            "按坐标范围，可能是：4547（CGCS2000 三度带，中央经线 114°）、"
            "4546（CGCS2000 三度带，中央经线 111°）、4548（CGCS2000 三度带，中央经线 117°）、"
            "4545（CGCS2000 三度带，中央经线 108°）…。请用 --crs 指明其一。",
            id="no number and no district",
        ),
        pytest.param(
            there(39_452_000, 2_420_000),
            CHAOYANG,
            "按 CGCS2000 的任何一个分带换算，都不在本辖区附近，可能是地方独立坐标系。"
            "请由测绘主管部门转换为 CGCS2000 后再导入。",
            id="far from the district",
        ),
        pytest.param(
            there(30_452, 20_000),
            None,
            "坐标（30502, 20050）不是国家坐标，像是地方独立坐标系。"
            "请由测绘主管部门转换为 CGCS2000 后再导入。",
            id="a city's own system",
        ),
        pytest.param(
            there(24_452_000, 4_420_000),
            None,
            "坐标（24452050, 4420050）不是国家坐标，像是地方独立坐标系。"
            "请由测绘主管部门转换为 CGCS2000 后再导入。",
            id="the number of no zone",
        ),
        pytest.param(
            there(4_420_000, 39_452_000),
            None,
            "坐标（4420050, 39452050）的北坐标像是写在东坐标之前。请在源软件中交换 x、y 后再导入。",
            id="north before east",
        ),
        pytest.param(
            there(116.45, 39.93),
            CHAOYANG,
            "坐标是经纬度：请用 --crs 4490 指明；"
            "如来自百度或高德地图，请改为选择坐标基准（文件@bd09、文件@gcj02）。",
            id="degrees",
        ),
        pytest.param(
            [Figure()],
            None,
            "请用 --crs EPSG 指明，例如 --crs 4490（经纬度）。",
            id="no place at all",
        ),
    ],
)
def test_a_file_that_names_no_crs_is_told_what_it_may_be(figures, ground, sentence):
    assert crs_fault(figures, ground).sentence() == BEGINS + sentence


def test_the_candidates_can_be_drawn_beside_the_district():
    told = crs_fault(there(452_000, 4_420_000), CHAOYANG).values
    assert [srid for srid, _ in told["choices"]["crs"]] == [4548, 4509]
    assert told["drawn"][0] == [
        "4548（CGCS2000 三度带，中央经线 117°）",
        *(116.438606, 39.91282, 116.439783, 39.913726),
    ]
