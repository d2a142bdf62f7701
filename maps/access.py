"""Who may see and change what: a role in a managing area reaches that area and all below it.

Every page, tile, file and job asks here; `maps.site.urls` names the right of each address. What a
person may not see does not exist for them: they get "not found", never "forbidden".
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from geo.models import ImportBatch, ManagingArea
from layers.models import Plan
from maps.models import EVERYWHERE, Job, Membership, Role, Upload, User

BELOW = """
    WITH RECURSIVE below AS (
        SELECT id FROM geo_managingarea WHERE id = ANY(%s)
        UNION
        SELECT area.id FROM geo_managingarea area JOIN below ON area.parent_id = below.id
    )
    SELECT id FROM below
"""

ABOVE = """
    WITH RECURSIVE above AS (
        SELECT id, parent_id FROM geo_managingarea WHERE id = %s
        UNION
        SELECT area.id, area.parent_id FROM geo_managingarea area
        JOIN above ON above.parent_id = area.id
    )
    SELECT id FROM above
"""


class Right(StrEnum):
    """What a person may do in an area."""

    SEE = "see"
    EXPORT = "export"
    LEDGER = "ledger"
    """Change what is on record: compounds, contracts, decisions."""
    IMPORT = "import"
    PLAN = "plan"
    """Have plans proposed, correct and submit them."""
    APPROVE = "approve"
    AUDIT = "audit"
    ADMINISTER = "administer"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.SEE, Right.EXPORT}),
    Role.CLERK: frozenset({Right.SEE, Right.EXPORT, Right.LEDGER, Right.IMPORT}),
    Role.PLANNER: frozenset({Right.SEE, Right.EXPORT, Right.IMPORT, Right.PLAN}),
    Role.APPROVER: frozenset({Right.SEE, Right.EXPORT, Right.APPROVE}),
    Role.AUDITOR: frozenset({Right.SEE, Right.EXPORT, Right.AUDIT}),
    Role.ADMINISTRATOR: frozenset(
        {Right.SEE, Right.EXPORT, Right.IMPORT, Right.AUDIT, Right.ADMINISTER}
    ),
}
"""Who decides does not draw, and who runs the system does neither."""

Person = User | AnonymousUser


def person_of(request: HttpRequest) -> User:
    """Return who asks; behind the gate it is always a person."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def areas_open_to(user: Person, right: Right = Right.SEE) -> QuerySet[ManagingArea]:
    """Return the managing areas where a person has the right."""
    held = [each for each in memberships_of(user) if right in RIGHTS[Role(each.role)]]
    if any(each.area_id is None and each.role in EVERYWHERE for each in held):
        return ManagingArea.objects.all()
    roots = [each.area_id for each in held if each.area_id is not None]
    return ManagingArea.objects.filter(pk__in=RawSQL(BELOW, [roots]))  # noqa: S611 (our own SQL)


def areas_beside(user: Person, area: ManagingArea) -> QuerySet[ManagingArea]:
    """Return an area that a person may see with those of its level beside it that they may see."""
    beside = ManagingArea.objects.filter(parent_id=area.parent_id, level=area.level)
    if may(user, Right.SEE, area.parent):
        return beside
    return beside.filter(pk__in=[each.area_id for each in memberships_of(user) if each.area_id])


def at_or_below(area: ManagingArea) -> RawSQL:
    """Return the rows of an area and of all below it, for `area__in=…`."""
    return RawSQL(BELOW, [[area.pk]])  # noqa: S611 (our own SQL)


def memberships_of(user: Person) -> list[Membership]:
    """Return the roles that a person holds today; asked once for a request's person."""
    if not isinstance(user, User) or not user.is_active:
        return []
    today = timezone.localdate()
    kept: dict[Any, list[Membership]] = user.__dict__.setdefault("_memberships_on", {})
    if today not in kept:
        kept[today] = list(user.memberships.valid_on(today))
    return kept[today]


def roles_of(user: Person) -> set[Role]:
    """Return what a person may do, wherever."""
    return {Role(each.role) for each in memberships_of(user)}


def may(user: Person, right: Right, area: ManagingArea | None) -> bool:
    """Tell whether a person has the right in the area; None = in the whole."""
    held = [each for each in memberships_of(user) if right in RIGHTS[Role(each.role)]]
    if any(each.area_id is None for each in held):
        return True
    return area is not None and bool(_path(area) & {each.area_id for each in held})


def _path(area: ManagingArea) -> set[int | None]:
    """Return the rows of an area and of all above it; asked once for an area."""
    if "_path" not in area.__dict__:
        above = ManagingArea.objects.filter(pk__in=RawSQL(ABOVE, [area.pk]))  # noqa: S611
        area.__dict__["_path"] = set(above.values_list("pk", flat=True))
    path: set[int | None] = area.__dict__["_path"]
    return path


def area_or_404(user: Person, code: str, right: Right = Right.SEE) -> ManagingArea:
    """Return the area of that code, or "not found" where the person has no such right."""
    area = areas_open_to(user, right).select_related("parent").filter(code=code).first()
    if area is None:
        raise Http404
    return area


def _area(code: str) -> tuple[ManagingArea | None, ManagingArea | None]:
    # Outlines are large, and few pages draw them.
    known = ManagingArea.objects.select_related("parent").defer("geometry", "parent__geometry")
    area = known.filter(code=code).first()
    return area, area


def _of_area(found: QuerySet[Any], pk: int) -> tuple[models.Model | None, ManagingArea | None]:
    subject = found.select_related("area__parent").filter(pk=pk).first()
    return subject, subject and subject.area


def _plan(pk: int) -> tuple[models.Model | None, ManagingArea | None]:
    return _of_area(Plan.objects.all(), pk)


def _job(pk: int) -> tuple[models.Model | None, ManagingArea | None]:
    return _of_area(Job.objects.select_related("plan"), pk)


def _upload(pk: int) -> tuple[models.Model | None, ManagingArea | None]:
    return _of_area(Upload.objects.select_related("job", "batch").defer("batch__codes"), pk)


def _batch(pk: int) -> tuple[models.Model | None, ManagingArea | None]:
    """Return an import, and the area that it was for; what a command brought is the city's."""
    batch = ImportBatch.objects.filter(pk=pk).defer("codes").first()
    if batch is None:
        return None, None
    upload = Upload.objects.select_related("area__parent").filter(batch=batch).first()
    if upload is not None:
        return batch, upload.area
    return batch, ManagingArea.objects.there().filter(parent=None).order_by("code").first()


SUBJECTS: Mapping[str, Callable[[Any], tuple[models.Model | None, ManagingArea | None]]] = {
    "code": _area,
    "plan": _plan,
    "job": _job,
    "upload": _upload,
    "batch": _batch,
}
"""What an address captures → the thing it names, and the area whose rights count."""


def opens(
    view: Callable[..., HttpResponseBase], right: Right, *, section: str = ""
) -> Callable[..., HttpResponseBase]:
    """Return the view behind the gate: "not found" without the right in the subject's area.

    The subject is what the address captures first among `SUBJECTS`; the view gets it as its first
    argument after the request, and `request.area` is the area. `section` names the main section
    that the page belongs to, where it is not the section's own page.
    """

    @wraps(view)
    def gated(request: HttpRequest, **captured: Any) -> HttpResponseBase:
        name = next(name for name in SUBJECTS if name in captured)
        subject, area = SUBJECTS[name](captured.pop(name))
        if subject is None or not may(request.user, right, area):
            raise Http404
        request.area = area  # type: ignore[attr-defined]
        return view(request, subject, **captured)

    gated.right = right  # type: ignore[attr-defined]
    if section:
        gated.section = section  # type: ignore[attr-defined]
    return gated
