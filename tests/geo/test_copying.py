"""Many rows enter a table at once, and the table's promises hold for them."""

import pytest
import shapely
from django.db import IntegrityError, transaction

from geo.errors import InputError
from geo.loading.copying import copy_rows
from geo.models import Base, Building, Compound
from tests.geo.test_loading import load
from tests.rows import at, geos, provider, square

pytestmark = pytest.mark.django_db


def test_ids_come_in_the_order_of_the_rows():
    ids = copy_rows(Compound, [{"code": "C2"}, {"code": "C1"}])
    assert [Compound.objects.get(pk=pk).code for pk in ids] == ["C2", "C1"]


def test_nothing_is_copied_where_there_are_no_rows(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert copy_rows(Compound, []) == []


def test_what_a_row_does_not_name_gets_the_default_of_its_field():
    copy_rows(Compound, [{"code": "C1", "name": "幸福里"}, {"code": "C2"}])
    assert list(Compound.objects.order_by("code").values_list("name", "households", "address")) == [
        ("幸福里", None, ""),
        ("", None, ""),
    ]


def test_text_is_stored_as_it_is():
    told = "甲\t乙\\N\n“丙”"
    copy_rows(Compound, [{"code": "C1", "name": told}])
    assert Compound.objects.get().name == told


def test_an_outline_is_stored_to_the_bit_in_the_crs_of_storage():
    outline = shapely.multipolygons([square()])
    copy_rows(Building, [{"code": "B1", "geometry": outline}, {"code": "B2", "geometry": None}])
    stored = Building.objects.get(code="B1").geometry
    assert (stored.srid, bytes(stored.wkb)) == (4490, shapely.to_wkb(outline))
    assert Building.objects.get(code="B2").geometry is None


def test_a_geometry_of_django_is_stored_too():
    point = geos(shapely.Point(121.6, 38.9))
    copy_rows(Base, [{"provider_id": provider("甲物业").pk, "geometry": point}])
    assert Base.objects.get().geometry == point


def test_a_later_row_gets_an_id_of_its_own():
    (first,) = copy_rows(Compound, [{"code": "C1"}])
    assert Compound.objects.create(code="C2").pk > first


def test_a_constraint_refuses_a_row_like_any_other():
    with pytest.raises(IntegrityError, match="compound_households_positive"), transaction.atomic():
        copy_rows(Compound, [{"code": "C1", "households": 0}])
    assert not Compound.objects.exists()


def test_a_file_that_the_table_refuses_is_told_by_the_promise_that_it_breaks():
    crossed = shapely.Polygon([(121.6, 38.9), (121.7, 39.0), (121.7, 38.9), (121.6, 39.0)])
    with pytest.raises(InputError) as raised, transaction.atomic():
        load("compound", {"code": "C1"}, {"code": "C2", "geometry": crossed}, now=at(2025))
    assert "约束“compound_outline_valid”不满足" in raised.value.faults[0].sentence()
    assert not Compound.objects.exists()


def test_a_file_of_any_length_takes_the_same_number_of_statements(django_assert_max_num_queries):
    rows = [{"code": f"B{n}", "geometry": square(n)} for n in range(30)]
    with django_assert_max_num_queries(40) as few:
        load("building", *rows[:3])
    with django_assert_max_num_queries(len(few)):
        load("building", *rows[3:])
