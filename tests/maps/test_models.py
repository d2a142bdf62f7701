"""Roles are held in areas and for a time; the database says who may hold what."""

import pytest
from django.db import IntegrityError, transaction

from maps.models import Membership, Role, User
from tests.rows import area, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return User.objects.create(username="wang")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_some_roles_may_be_held_everywhere(person, role):
    assert str(Membership.objects.create(user=person, role=role)).endswith("全部辖区")


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIEWER, Role.PLANNER, Role.APPROVER])
def test_other_roles_name_their_area(person, role):
    with (
        pytest.raises(IntegrityError, match="membership_names_its_area"),
        transaction.atomic(),
    ):
        Membership.objects.create(user=person, role=role)


def test_a_role_is_one_of_six(person):
    with pytest.raises(IntegrityError, match="membership_role_known"), transaction.atomic():
        Membership.objects.create(user=person, role="mayor", area=area("1"))


def test_a_role_ends_after_it_begins(person):
    with pytest.raises(IntegrityError, match="membership_days_in_order"), transaction.atomic():
        Membership.objects.create(
            user=person, role=Role.AUDITOR, valid_from=day(2025), valid_to=day(2024)
        )


def test_a_role_in_an_area_is_held_once_at_a_time(person):
    where = area("1")
    Membership.objects.create(user=person, role=Role.CLERK, area=where, valid_from=day(2025))
    with pytest.raises(IntegrityError, match="membership_held_once"), transaction.atomic():
        Membership.objects.create(user=person, role=Role.CLERK, area=where, valid_from=day(2026))


def test_a_role_everywhere_is_held_once_at_a_time(person):
    Membership.objects.create(user=person, role=Role.AUDITOR, valid_from=day(2025))
    with (
        pytest.raises(IntegrityError, match="membership_everywhere_held_once"),
        transaction.atomic(),
    ):
        Membership.objects.create(user=person, role=Role.AUDITOR, valid_from=day(2026))


def test_a_role_may_be_held_again_after_a_pause(person):
    where = area("1")
    for begins, ends in ((day(2024), day(2024, 6, 30)), (day(2025), None)):
        Membership.objects.create(
            user=person, role=Role.CLERK, area=where, valid_from=begins, valid_to=ends
        )
    days = [day(2023), day(2024), day(2024, 6, 30), day(2024, 7), day(2025)]
    assert [Membership.objects.valid_on(d).count() for d in days] == [0, 1, 1, 0, 1]
