import pghistory
import pytest
from django.apps import apps

from geo.models import Building, Compound, ImportBatch
from tests.rows import LONG_AGO, building, compound

pytestmark = pytest.mark.django_db


def events(model):
    return list(model.pgh_event_model.objects.order_by("pgh_id"))


def test_what_a_file_brought_is_no_event_of_its_own():
    batch = ImportBatch.objects.create(kind="building", file_name="楼栋.gpkg", sha256="a" * 64)
    many = [
        Building(code=f"LD{n}", batch=batch, recorded_at=LONG_AGO, changed_at=LONG_AGO)
        for n in range(3)
    ]
    Building.objects.bulk_create(many)
    assert events(Building) == []


def test_what_a_person_entered_is_an_event():
    building("LD1")
    (event,) = events(Building)
    assert (event.pgh_label, event.code, event.pgh_context) == ("insert", "LD1", None)


def test_a_change_keeps_the_row_as_it_was_and_who_changed_it():
    one = compound("XQ1", households=100)
    with pghistory.context(user=7, request="r1"):
        Compound.objects.filter(pk=one.pk).update(households=120)
    _entered, changed = events(Compound)
    assert (changed.pgh_label, changed.households) == ("update", 100)
    assert changed.pgh_context.metadata == {"user": 7, "request": "r1"}


def test_a_change_that_changes_nothing_is_none():
    one = compound("XQ1", households=100)
    Compound.objects.filter(pk=one.pk).update(households=100)
    assert len(events(Compound)) == 1


@pytest.mark.parametrize("name", ["User", "Membership"])
def test_people_and_roles_are_kept_without_their_secrets(name):
    kept = apps.get_model("maps", f"{name}Event")
    assert not hasattr(kept, "password")
    assert not hasattr(kept, "last_login")


def test_the_past_has_no_index_of_places():
    field = Building.pgh_event_model.geometry.field
    assert not field.spatial_index
