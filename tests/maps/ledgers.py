"""A subdistrict with a community and a neighbour, and people who work there."""

from types import SimpleNamespace

from django.test import Client

from geo.words import AreaLevel
from maps.models import Membership, Role, User
from tests.rows import area, building, compound, geos, management_area, provider, square


def street_with_ledger():
    """Return rows of a small city: two subdistricts, compounds in both, a building in the first."""
    city = area("21", level=AreaLevel.CITY, name="滨城")
    district = area("2101", level=AreaLevel.DISTRICT, parent=city, name="东区")
    street = area("210101", parent=district, name="解放街道", geometry=geos(square(side=0.01)))
    community = area("21010101", level=AreaLevel.COMMUNITY, parent=street, name="一社区")
    other = area("210102", parent=district, name="双桥街道")
    first = compound("XQ1", name="滨河院", area=community, households=100, geometry=geos(square(1)))
    second = compound("XQ2", name="机械厂院", area=street)
    held = management_area("WY1", [first], area=street)
    return SimpleNamespace(
        city=city,
        district=district,
        street=street,
        community=community,
        other=other,
        first=first,
        second=second,
        far=compound("XQ9", name="远院", area=other),
        block=building("LD1", area=street, compound=first, storeys=6.0),
        held=held,
        firm=provider("恒居物业"),
        next_firm=provider("安心物业"),
    )


def signed_in(role, where=None, name=None):
    """Return a client of a person with a role."""
    user = User.objects.create_user(name or f"{role}-{User.objects.count()}", last_name=name or "")
    Membership.objects.create(user=user, role=role, area=where)
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def clerk(where, name="王经办"):
    return signed_in(Role.CLERK, where, name)
