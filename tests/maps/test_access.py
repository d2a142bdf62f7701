from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone

from geo.words import AreaLevel
from maps.access import area_or_404, areas_beside, areas_open_to, roles_of
from maps.models import Membership, Role, User
from tests.rows import area

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    """A city of two districts; the first has a subdistrict with a community."""
    city = area("21", level=AreaLevel.CITY)
    east, west = (area(c, level=AreaLevel.DISTRICT, parent=city) for c in ("2101", "2102"))
    street = area("210101", parent=east)
    area("21010101", level=AreaLevel.COMMUNITY, parent=street)
    return {"city": city, "east": east, "west": west, "street": street}


def person(role=None, held=None, **days):
    user = User.objects.create_user(f"user{User.objects.count()}")
    if role:
        Membership.objects.create(user=user, role=role, area=held, **days)
    return user


def codes(user):
    return sorted(areas_open_to(user).values_list("code", flat=True))


def test_a_role_in_a_district_opens_it_and_all_below_it(tree):
    assert codes(person(Role.PLANNER, tree["east"])) == ["2101", "210101", "21010101"]


def test_a_role_in_the_city_opens_everything(tree):
    assert len(codes(person(Role.VIEWER, tree["city"]))) == 5


@pytest.mark.usefixtures("tree")
def test_an_auditor_without_area_sees_everything():
    assert len(codes(person(Role.AUDITOR))) == 5


def test_two_roles_open_what_each_opens(tree):
    user = person(Role.CLERK, tree["street"])
    Membership.objects.create(user=user, role=Role.VIEWER, area=tree["west"])
    assert codes(user) == ["210101", "21010101", "2102"]


def test_a_role_that_ended_yesterday_opens_nothing(tree):
    today = timezone.localdate()
    days = {"valid_from": today - timedelta(9), "valid_to": today - timedelta(1)}
    assert codes(person(Role.PLANNER, tree["city"], **days)) == []


def test_a_role_that_begins_tomorrow_opens_nothing(tree):
    begins = timezone.localdate() + timedelta(1)
    assert codes(person(Role.PLANNER, tree["city"], valid_from=begins)) == []


@pytest.mark.usefixtures("tree")
def test_who_is_not_signed_in_sees_nothing():
    assert codes(AnonymousUser()) == []


def test_a_person_who_was_shut_out_sees_nothing(tree):
    user = person(Role.VIEWER, tree["city"])
    user.is_active = False
    assert codes(user) == []


def test_what_may_not_be_seen_is_not_found(tree):
    with pytest.raises(Http404):
        area_or_404(person(Role.PLANNER, tree["east"]), "2102")


def test_what_may_be_seen_is_found(tree):
    assert area_or_404(person(Role.PLANNER, tree["east"]), "210101") == tree["street"]


def test_roles_are_those_held_today(tree):
    assert roles_of(person(Role.APPROVER, tree["west"])) == {Role.APPROVER}


def test_beside_an_area_stands_what_the_person_may_see(tree):
    def beside(user, name):
        return sorted(areas_beside(user, tree[name]).values_list("code", flat=True))

    assert beside(person(Role.VIEWER, tree["city"]), "east") == ["2101", "2102"]
    assert beside(person(Role.PLANNER, tree["east"]), "east") == ["2101"]
    assert beside(person(Role.PLANNER, tree["east"]), "street") == ["210101"]
    both = person(Role.CLERK, tree["east"])
    Membership.objects.create(user=both, role=Role.VIEWER, area=tree["west"])
    assert beside(both, "west") == ["2101", "2102"]
