"""What stands beside a row of the ledger: scans and photographs, listed, added, given out."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geo.errors import InputError
from geo.models import ManagingArea
from geo.readers import KIND_NAMES, Kind
from maps.access import Right, may, person_of
from maps.asked import asked_of
from maps.attachments import attachments_of, keep_attachment, withdraw_attachment
from maps.exporting import record_export
from maps.ledger.page import inside, row_of
from maps.models import Attachment, Paper
from maps.pages.ledger import kind_of

ATTACHMENT_MAY = "sandbox; default-src 'none'"
"""What a file may do should a browser open it: nothing."""


@require_http_methods(["GET", "POST"])
@never_cache
def attachments(request: HttpRequest, area: ManagingArea, kind: str, pk: int) -> HttpResponse:
    """List what stands beside a row; who may change the ledger may add to it."""
    of_kind = _must_be_here(request, area, kind, pk)
    if request.method == "GET":
        return _listed(request, area, of_kind, pk)
    if not may(request.user, Right.LEDGER, area):
        raise Http404
    try:
        keep_attachment(
            request.FILES.get("file"),
            paper=request.POST.get("paper", ""),
            kind=of_kind,
            row=pk,
            area=area,
            by=person_of(request),
        )
    except InputError as error:
        return _listed(request, area, of_kind, pk, error=error)
    return _listed(request, area, of_kind, pk)


@require_safe
@never_cache
def attachment(
    request: HttpRequest, area: ManagingArea, kind: str, pk: int, attachment: int
) -> FileResponse:
    """Give a file out, to be kept and not to be opened here."""
    found = _found(_must_be_here(request, area, kind, pk), pk, attachment)
    record_export(
        found.path,
        by=request.user,
        area=area,
        what=f"{gettext('附件')} {found.get_paper_display()}",
        format=found.media_type.rpartition("/")[2],
        file_name=found.name,
    )
    answer = FileResponse(
        found.path.open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type=found.media_type,
    )
    answer.headers["Content-Security-Policy"] = ATTACHMENT_MAY
    return answer


@require_POST
@never_cache
def withdraw(
    request: HttpRequest, area: ManagingArea, kind: str, pk: int, attachment: int
) -> HttpResponse:
    """Take a file away from its row."""
    of_kind = _must_be_here(request, area, kind, pk)
    withdraw_attachment(_found(of_kind, pk, attachment))
    return _listed(request, area, of_kind, pk)


def _must_be_here(request: HttpRequest, area: ManagingArea, kind: str, pk: int) -> Kind:
    """Return the kind; a row that does not lie in the area is not there."""
    of_kind, asked = kind_of(kind), asked_of(request)
    if row_of(of_kind, pk, asked=asked, inside=inside(area, asked)) is None:
        raise Http404
    return of_kind


def _found(kind: Kind, pk: int, attachment: int) -> Attachment:
    found = get_object_or_404(attachments_of(kind, pk), pk=attachment)
    if not found.path.exists():
        raise Http404
    return found


def _listed(
    request: HttpRequest,
    area: ManagingArea,
    kind: Kind,
    pk: int,
    *,
    error: InputError | None = None,
) -> HttpResponse:
    context = {
        "area": area,
        "kind": kind,
        "kind_name": gettext(KIND_NAMES[kind]),
        "pk": pk,
        "attachments": attachments_of(kind, pk),
        "papers": Paper.choices,
        "may_change": may(request.user, Right.LEDGER, area),
        "faults": [fault.sentence(gettext) for fault in error.faults] if error else [],
    }
    status = 400 if error else 200
    return render(request, "maps/ledger/attachments.html", context, status=status)
