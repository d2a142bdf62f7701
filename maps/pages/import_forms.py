"""Empty forms for who has no file yet."""

import io

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from geo.models import ManagingArea
from geo.readers import Kind
from maps.exporting import XLSX
from maps.exports.forms import form_name, write_form


@require_safe
def import_form(_request: HttpRequest, area: ManagingArea, kind: str) -> HttpResponse:  # noqa: ARG001 (whose right counts)
    if kind not in set(Kind):
        raise Http404
    form = io.BytesIO()
    write_form(form, Kind(kind))
    name = content_disposition_header(as_attachment=True, filename=form_name(Kind(kind)))
    headers = {"Content-Disposition": str(name)}
    return HttpResponse(form.getvalue(), content_type=XLSX, headers=headers)
