"""Alike buildings come as one row, and nothing that a rate asks for is lost by it."""

import pytest

from geo.models import Building
from layers.planning.count_buildings import building_rows
from tests.rows import area, at, building, compound, day

pytestmark = pytest.mark.django_db


def counted(named=(), *, valid=None, known=None):
    rows = building_rows(named, valid=valid or day(2026), known=known or at(2026))
    return list(zip(*(rows[name] for name in SHOWN), strict=True))


SHOWN = ("count", "is_home", "exists", "households", "floor_area_m2")


def test_alike_buildings_are_added_up():
    for n in (1, 2, 3):
        building(f"B{n}", use="住宅", households=n, floor_area_m2=100.1)
    assert counted() == [(3, True, True, 6, 300.3)]


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        pytest.param({"use": "商业"}, (1, False, True, None, 10.0), id="no home"),
        pytest.param({"use": "住宅", "households": 4}, (1, True, True, 4, 10.0), id="households"),
        pytest.param({"use": "", "households": 4}, (1, True, True, 4, 10.0), id="home by them"),
        pytest.param({"use": "", "households": 0}, (1, False, True, 0, 10.0), id="nobody in it"),
        pytest.param({"floor_area_m2": None}, (1, True, True, None, None), id="no floor area"),
        pytest.param({"valid_to": day(2025)}, (1, True, False, None, 10.0), id="gone"),
        pytest.param({"valid_from": day(2027)}, (1, True, False, None, 10.0), id="to come"),
    ],
)
def test_what_differs_in_what_a_rate_asks_for_stands_apart(changes, row):
    plain = {"use": "职工宿舍", "floor_area_m2": 10.0}
    building("B1", **plain)
    building("B2", **plain | changes)
    assert sorted(counted(), key=str) == sorted([(1, True, True, None, 10.0), row], key=str)


def test_buildings_of_two_places_stand_apart():
    building("B1", area=area("S1"))
    building("B2", compound=compound("C1"))
    building("B3")
    assert [count for count, *_ in counted()] == [1, 1, 1]


def test_a_named_building_comes_by_itself_and_is_no_home_for_that():
    named = building("B1")
    building("B2")
    rows = building_rows({named.pk}, valid=day(2026), known=at(2026))
    assert (rows["id"], rows["is_home"], rows["count"]) == ((named.pk, 0), (False, False), (1, 1))


def test_what_was_changed_later_counts_as_it_was_known():
    building("B1", households=7)
    Building.objects.update(households=9, changed_at=at(2025))
    assert counted(known=at(2024)) == [(1, True, True, 7, None)]
    assert counted() == [(1, True, True, 9, None)]


def test_what_was_recorded_later_does_not_count():
    building("B1", recorded_at=at(2025), changed_at=at(2025))
    assert counted(known=at(2024)) == []


def test_any_number_of_buildings_takes_three_queries(django_assert_num_queries):
    for n in range(9):
        building(f"B{n}")
    with django_assert_num_queries(3):
        counted()
