"""What was imported into an area: what each file brought and changed, and the way back."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.loading import undo_import
from geo.models import ImportBatch, ManagingArea
from geo.readers import KIND_NAMES, Kind
from maps.access import areas_open_to, at_or_below, person_of
from maps.models import Upload

A_PAGE = 50


@require_safe
@never_cache
def import_history(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    pages = Paginator(imports_of(area, request.user), A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    rests = Upload.objects.filter(batch__in=list(page), options__rest=True)
    mended = set(rests.values_list("batch", flat=True))
    rows = [
        {"batch": each, "kind": kind_of(each), "is_rest": each.pk in mended, **counts_of(each)}
        for each in page
    ]
    return render(request, "maps/import_history.html", {"rows": rows, "page": page})


def imports_of(area: ManagingArea, user: Any) -> QuerySet[ImportBatch]:
    """Return what was imported for an area; at the top also what commands brought, for all."""
    seen = areas_open_to(user)
    here = Upload.objects.filter(area__in=at_or_below(area)).filter(area__in=seen)
    mine = Q(pk__in=here.exclude(batch=None).values("batch"))
    if area.parent_id is None:
        mine |= ~Q(pk__in=Upload.objects.exclude(batch=None).values("batch"))
    found = ImportBatch.objects.filter(mine).defer("notices", "skipped")
    return found.select_related("imported_by", "undone_by")


def kind_of(batch: ImportBatch) -> str:
    """Return what a file's rows are, in Chinese."""
    return gettext(KIND_NAMES[Kind(batch.kind)])


def counts_of(batch: ImportBatch) -> dict[str, int]:
    """Return how much a file added, changed, left as it was, and no longer told of."""
    told = {name: batch.counts.get(name, 0) for name in ("created", "updated", "unchanged")}
    return told | {"missing": batch.changes.get("missing_count", 0)}


@require_safe
@never_cache
def import_batch(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    earlier = ImportBatch.objects.filter(pk=batch.changes.get("earlier")).first()
    told = {
        "batch": batch,
        "kind": kind_of(batch),
        "upload": Upload.objects.filter(batch=batch).first(),
        "changes": batch.changes,
        "earlier": earlier,
        **counts_of(batch),
    }
    return render(request, "maps/import_batch.html", told)


@require_POST
def undo(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    undo_import(batch, because=request.POST.get("because", ""), by=person_of(request))
    return redirect("import_batch", batch.pk)
