"""Who may see what: a role in a managing area reaches that area and all below it.

Every page, file and job asks here; `urls.py` names the right of each address. What a person may not
see does not exist for them: they get "not found", never "forbidden".
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from geo.models import ManagingArea
from maps.models import EVERYWHERE, Membership, Role, User

BELOW = """
    WITH RECURSIVE below AS (
        SELECT id FROM geo_managingarea WHERE id = ANY(%s)
        UNION
        SELECT area.id FROM geo_managingarea area JOIN below ON area.parent_id = below.id
    )
    SELECT id FROM below
"""


def areas_open_to(user: User | AnonymousUser) -> QuerySet[ManagingArea]:
    """Return the managing areas that a person may see."""
    held = memberships_of(user)
    if any(each.area_id is None and each.role in EVERYWHERE for each in held):
        return ManagingArea.objects.all()
    roots = [each.area_id for each in held if each.area_id is not None]
    below = ManagingArea.objects.raw(BELOW, [roots]) if roots else []
    return ManagingArea.objects.filter(pk__in=[area.pk for area in below])


def memberships_of(user: User | AnonymousUser) -> list[Membership]:
    """Return the roles that a person holds today."""
    if not isinstance(user, User) or not user.is_active:
        return []
    return list(user.memberships.valid_on(timezone.localdate()))


def roles_of(user: User | AnonymousUser) -> set[Role]:
    """Return what a person may do, wherever."""
    return {Role(each.role) for each in memberships_of(user)}


def area_or_404(user: User | AnonymousUser, code: str) -> ManagingArea:
    """Return the area of that code, or "not found" where there is none that the person may see."""
    area = areas_open_to(user).filter(code=code).first()
    if area is None:
        raise Http404
    return area
