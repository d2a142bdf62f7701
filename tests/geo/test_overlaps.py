import numpy as np
import pytest
import shapely

from geo.overlaps import MOST_TOLD, gap_faults, overlap_faults

METRE = 1 / 111_320
"""Degrees of latitude; of longitude they are three quarters of that here."""


def at(west_m, south_m, width_m=100, height_m=100):
    """Return a rectangle in Chaoyang by metres of latitude."""
    west, south = 116.45 + west_m * METRE, 39.93 + south_m * METRE
    return shapely.box(west, south, west + width_m * METRE, south + height_m * METRE)


def told(*shapes):
    names = [f"甲{n}" for n in range(len(shapes))]
    faults = overlap_faults(np.array(shapes, dtype=object), names, range(2, 2 + len(shapes)))
    return [fault.sentence() for fault in faults]


def test_ground_that_two_claim_is_told_with_its_place():
    (sentence,) = told(at(0, 0), at(50, 0))
    assert sentence == (
        "“甲0”（第 2 行）与“甲1”（第 3 行）的边界重叠约 3830 ㎡，"
        "占较小者的 50%，位置 116.450674, 39.930449。"
    )


def test_one_within_another_is_told():
    (sentence,) = told(at(0, 0, 300, 300), at(50, 50))
    assert "占较小者的 100%" in sentence


def test_the_same_boundary_twice_is_told_as_such():
    assert told(at(0, 0), at(1, 0)) == [
        "“甲0”（第 2 行）与“甲1”（第 3 行）的边界几乎相同，可能是同一处重复录入。"
    ]


def test_a_splinter_is_told():
    assert told(at(0, 0, 1, 100)) == [
        "“甲0”（第 2 行）是宽约 0.76 米、面积 77 ㎡ 的狭长碎片，可能是制图残余。"
    ]


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param([at(0, 0), at(100, 0)], id="side by side"),
        pytest.param([at(0, 0), at(99.9, 0)], id="the width of a line"),
        pytest.param([at(0, 0), None, shapely.Point(116.45, 39.93)], id="points and nothing"),
        pytest.param([None], id="nothing"),
    ],
)
def test_neighbours_are_no_fault(shapes):
    assert told(*shapes) == []


def test_of_many_overlaps_the_others_are_counted():
    sentences = told(*[at(10 * n, 0) for n in range(6)], *[at(10 * n, 50) for n in range(3)])
    assert len(sentences) == MOST_TOLD + 1
    assert sentences[-1] == "另有 16 处重叠没有逐一列出。"


def test_areas_that_do_not_quite_meet_are_told_with_a_place():
    shapes = np.array([at(0, 0), at(102, 0)], dtype=object)
    (fault,) = gap_faults(shapes)
    assert fault.sentence().startswith("2 处边界之间有不足 5 米的缝隙或错位，例如 116.45")


def test_areas_that_meet_are_no_fault():
    assert list(gap_faults(np.array([at(0, 0), at(100, 0)], dtype=object))) == []
