import numpy as np
import pytest
import shapely

from geo.sides import Parted, parted_by, why_across
from tests.grid import city


def parted(drawing, *barriers):
    shapes = np.array(list(city(drawing, cell_m=100, street_m=20).values()), dtype=object)
    lines = np.empty(len(barriers), dtype=object)
    lines[:] = [line for _, line in barriers]
    return parted_by([shapes], np.array([kind for kind, _ in barriers], dtype=np.str_), lines)


def line(*points):
    return shapely.LineString(points)


EAST_OF_A = line((100, -500), (100, 500))


@pytest.mark.parametrize(
    ("barriers", "found"),
    [
        ([("arterial", EAST_OF_A)], [((0,), (1, 2))]),
        ([("river", shapely.buffer(EAST_OF_A, 8))], [((0,), (1, 2))]),
        ([("wall", EAST_OF_A)], []),
        ([("arterial", line((100, 50), (100, 500)))], []),
        ([("arterial", line((-500, 5), (500, 5)))], []),
        ([("railway", line((900, 0), (900, 9)))], []),
    ],
    ids=["arterial", "river", "wall", "a road that ends", "along the edge", "elsewhere"],
)
def test_parts_on_two_sides_are_found(barriers, found):
    assert [each.sides for each in parted("A B C", *barriers)] == found


def test_barriers_part_together_what_none_parts_alone():
    half = [("arterial", line((100, -50), (100, 51))), ("river", line((100, 50), (100, 500)))]
    (found,) = parted("A B", *half)
    assert (found.sides, found.kinds) == (((0,), (1,)), ("arterial", "river"))


def test_a_thing_of_one_part_or_none_is_never_parted():
    one = np.array([shapely.box(0, 0, 100, 100)], dtype=object)
    road = np.array([line((50, -50), (50, 150))], dtype=object)
    assert parted_by([one, one[:0]], np.array(["arterial"]), road) == []


def test_a_point_lies_on_the_side_that_it_is_on():
    points = np.array([shapely.Point(0, 0), shapely.Point(50, 0), shapely.Point(60, 5)])
    road = np.array([line((20, -50), (20, 150))], dtype=object)
    (found,) = parted_by([points], np.array(["arterial"]), road)
    assert found.sides == ((0,), (1, 2))


def test_who_lies_across_is_named():
    told = why_across(
        Parted(0, ((0,), (1, 2)), ("arterial",)),
        name="东区",
        code="M1",
        parts=["甲小区", "乙小区", "丙小区"],
    )
    assert told.sentence() == (
        "“东区”（M1）的“甲小区”与“乙小区”等 2 处分处主干路两侧。"
        "物业管理区域不应跨越，请核实其组成或范围。"
    )
