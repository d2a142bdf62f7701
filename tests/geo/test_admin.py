"""The administrator's pages list and find every kind of row, and let nobody change any."""

import pghistory.models
import pytest
from django.apps import apps
from django.contrib import admin
from django.test import RequestFactory

from maps.models import User
from tests.rows import area, building, compound, covers, management_area, provider

pytestmark = pytest.mark.django_db

READ_ONLY = [
    model
    for model in admin.site._registry  # noqa: SLF001 (all that is registered)
    if model._meta.app_label in {"geo", "layers"}  # noqa: SLF001 (the public way to a model's app)
]


@pytest.fixture
def request_of_administrator():
    request = RequestFactory().get("/", {"q": "甲"})
    request.user = User.objects.create_superuser("administrator")
    return request


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model.__name__)
def test_every_list_can_be_searched(model, request_of_administrator):
    one = compound("C1")
    covers(provider("甲物业"), management_area("M1", [one]))
    building("B1", compound=one)
    area("1", name="甲街道")
    rows = admin.site.get_model_admin(model).get_changelist_instance(request_of_administrator)
    assert [str(row) for row in rows.result_list] == [str(row) for row in rows.queryset]


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model.__name__)
def test_nothing_is_written_past_imports_and_corrections(model, request_of_administrator):
    page = admin.site.get_model_admin(model)
    request = request_of_administrator
    may = (page.has_add_permission, page.has_change_permission, page.has_delete_permission)
    assert [can(request) for can in may] == [False] * 3
    assert page.has_view_permission(request)


def test_every_model_has_a_page():
    models = [
        m for name in ("geo", "layers", "maps") for m in apps.get_app_config(name).get_models()
    ]
    # What triggers keep of every change is read on the page of the audit.
    shown = [model for model in models if not issubclass(model, pghistory.models.Event)]
    assert [model.__name__ for model in shown if not admin.site.is_registered(model)] == []
