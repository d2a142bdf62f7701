"""The audit of an area: who changed what when, with filters and as a file."""

from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.models import ManagingArea
from maps.access import at_or_below
from maps.auditing.entries import PAGE_ROWS, Wanted, as_marks, marks
from maps.auditing.files import write_entries
from maps.auditing.sources import SOURCES, Inside
from maps.auditing.telling import entries_of
from maps.exporting import XLSX, give_out
from maps.models import User

PAGE_DIGITS = 6


@require_safe
@never_cache
def audit(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    wanted = wanted_of(request)
    page = Paginator(marks(wanted, inside(area)), PAGE_ROWS).get_page(wanted.page)
    context = {
        "area": area,
        "wanted": wanted,
        "page": page,
        "entries": entries_of(as_marks(list(page))),
        "kinds": [(key, str(source.title)) for key, source in SOURCES.items()],
        "people": [(user.pk, user.get_full_name() or user.username) for user in people()],
        "earlier": wanted.query(page.next_page_number()) if page.has_next() else "",
        "later": wanted.query(page.previous_page_number()) if page.has_previous() else "",
    }
    return render(request, "maps/audit.html", context)


@require_POST
def export(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    wanted, now = wanted_of(request), timezone.now()
    content, rows = write_entries(marks(wanted, inside(area)), area=area, now=now)
    name = f"{area.code}-{gettext('审计')}-{timezone.localdate(now)}.xlsx"
    return give_out(
        content,
        by=request.user,
        area=area,
        what=gettext("审计"),
        format="xlsx",
        file_name=name,
        details={"rows": rows, "query": wanted.query()},
        content_type=XLSX,
    )


def wanted_of(request: HttpRequest) -> Wanted:
    """Return what an address asks for; what it does not know is left out."""
    given = request.GET
    person, page, source = (given.get(name, "") for name in ("person", "page", "kind"))
    return Wanted(
        person=int(person) if person.isdecimal() and len(person) <= PAGE_DIGITS else None,
        source=source if source in SOURCES else "",
        since=_day(given.get("from", "")),
        until=_day(given.get("to", "")),
        thing=given.get("thing", "").strip()[:80],
        page=int(page) if page.isdecimal() and 0 < len(page) <= PAGE_DIGITS else 1,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def inside(area: ManagingArea) -> Inside:
    """Return the row ids of an area and all below it; the whole tree holds what has no area too."""
    if area.parent_id is None:
        return None
    found = ManagingArea.objects.filter(pk__in=at_or_below(area))
    return frozenset(found.values_list("pk", flat=True))


def people() -> list[User]:
    """Return those who may have changed something."""
    return list(User.objects.order_by("last_name", "username"))
