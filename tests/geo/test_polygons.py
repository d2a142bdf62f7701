import pytest
import shapely
from shapely import Polygon

from geo.polygons import close_rings, repair, why_invalid

SQUARE = Polygon([(116.0, 39.0), (116.01, 39.0), (116.01, 39.01), (116.0, 39.01)])
BOWTIE = Polygon([(116.0, 39.0), (116.01, 39.01), (116.01, 39.0), (116.0, 39.01)])
SPIKE = Polygon(
    [(116.0, 39.0), (116.01, 39.0), (116.02, 39.0), (116.01, 39.0), (116.01, 39.01), (116.0, 39.01)]
)
HOLE_OUTSIDE = Polygon(
    SQUARE.exterior.coords, [[(117.0, 39.0), (117.001, 39.0), (117.001, 39.001)]]
)
NESTED = shapely.MultiPolygon([SQUARE, shapely.box(116.002, 39.002, 116.004, 39.004)])
FLAT = Polygon([(116.0, 39.0), (116.01, 39.0), (116.0, 39.0)])


@pytest.mark.parametrize(
    ("polygon", "sentence"),
    [
        pytest.param(BOWTIE, "边界自相交，位置 116.005, 39.005。", id="bowtie"),
        pytest.param(HOLE_OUTSIDE, "内洞在外边界之外，位置 117.0, 39.0。", id="hole outside"),
        pytest.param(NESTED, "多个部分相互嵌套，位置 116.004, 39.002。", id="nested parts"),
        pytest.param(FLAT, "边界的不同顶点不足 3 个，围不成面，位置 116.0, 39.0。", id="no width"),
        pytest.param(Polygon(), "没有图形（空几何）。", id="empty"),
    ],
)
def test_a_bad_polygon_is_described_in_words_with_its_place(polygon, sentence):
    assert why_invalid(polygon).sentence().startswith(sentence)


def test_a_fault_carries_the_place_for_the_map():
    assert why_invalid(BOWTIE).place == pytest.approx((116.005, 39.005))


def test_nothing_is_wrong_with_a_square():
    assert why_invalid(SQUARE) is None


def test_a_polygon_that_encloses_nothing_is_refused():
    crumb = Polygon([(116.0, 39.0), (116.0 + 1e-8, 39.0), (116.0, 39.0 + 1e-8)])
    assert why_invalid(crumb).sentence() == "边界围成的面积不足 0.01 平方米。"


def test_repair_takes_a_spike_off_and_keeps_a_polygon():
    mended = repair(SPIKE)
    assert (mended.geometry.geom_type, mended.area_change_share) == ("Polygon", pytest.approx(0))


def test_repair_keeps_both_lobes_of_a_bowtie_and_says_that_the_area_changed():
    mended = repair(BOWTIE)
    assert (len(shapely.get_parts(mended.geometry)), mended.area_change_share) == (2, 1.0)


def test_nothing_is_left_of_a_polygon_without_width():
    mended = repair(FLAT)
    assert (mended.geometry.is_empty, mended.area_change_share) == (True, 1.0)


def test_an_open_ring_is_closed():
    from geo.readers.parsing.figures import figure_of  # noqa: PLC0415 (WKB of an open ring)

    wkb = figure_of("Polygon", [[[0, 0], [1, 0], [1, 1]]]).wkb
    assert close_rings(wkb).equals(Polygon([(0, 0), (1, 0), (1, 1)]))


def test_a_ring_of_two_points_cannot_be_closed():
    from geo.readers.parsing.figures import figure_of  # noqa: PLC0415 (WKB of an open ring)

    wkb = figure_of("Polygon", [[[0, 0], [1, 0]]]).wkb
    closed = close_rings(wkb)
    assert closed is None or not closed.is_valid
