"""Bringing files in: choose, see how they were understood, put right, store or give up."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geo.crs import Datum
from geo.errors import InputError, gettext_noop
from geo.models import ManagingArea
from geo.readers import KIND_NAMES, Kind
from geo.words import Secrecy
from maps.access import areas_open_to, at_or_below, person_of
from maps.exporting import XLSX, give_out
from maps.mended_lists import is_awaited, keep_mended
from maps.models import Upload
from maps.reading_options import CLASSIFIED, ENCODINGS, options_of
from maps.refused_rows import list_of
from maps.uploads import have_checked, have_loaded, keep_upload, refuse_upload

SHOWN = 50
SHOWN_FAULTS = 200
DATUM_NAMES = {
    Datum.CGCS2000: "CGCS2000",
    Datum.WGS84: "WGS84",
    Datum.GCJ02: gettext_noop("火星坐标 GCJ-02（高德、腾讯）"),
    Datum.BD09: gettext_noop("百度坐标 BD-09"),
}
SECRECIES = {str(word): word.label for word in Secrecy} | {
    CLASSIFIED: gettext_noop("秘密及以上（不得导入）")
}
NO_FILE = gettext_noop("还没有选择文件。请选择一个或多个文件，或把文件拖到框里。")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def imports(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    if request.method == "POST":
        return _keep(request, area)
    seen = areas_open_to(request.user)
    found = Upload.objects.filter(area__in=at_or_below(area)).filter(area__in=seen)
    uploads = found.select_related("area", "uploaded_by")[:SHOWN]
    return render(request, "maps/imports.html", {"uploads": uploads, **_choices()})


def _keep(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    files, options = request.FILES.getlist("file"), options_of(request.POST)
    if not files:
        raise InputError(NO_FILE)
    kept = [keep_upload(file, area=area, by=person_of(request), options=options) for file in files]
    return redirect("upload", kept[0].pk) if len(kept) == 1 else redirect("imports", area.code)


@require_safe
@never_cache
def upload(request: HttpRequest, upload: Upload) -> HttpResponse:
    job = upload.job
    context = {
        "upload": upload,
        "job": job if job is not None and job.is_open else None,
        "lost": job is not None and job.state in {"failed", "cancelled"} and not upload.faults,
        "faults": upload.faults[:SHOWN_FAULTS],
        "awaits": is_awaited(upload),
        "changes": upload.understood.get("changes", {}),
        "counts": upload.understood.get("counts", {}),
        "fault_count": upload.understood.get("fault_count", len(upload.faults)),
        **_choices(),
    }
    is_fragment = "HX-Request" in request.headers
    return render(request, f"maps/{'upload_state' if is_fragment else 'upload'}.html", context)


def _choices() -> dict[str, Any]:
    return {
        "kinds": [(str(kind), gettext(KIND_NAMES[kind])) for kind in Kind],
        "datums": [(str(datum), gettext(name)) for datum, name in DATUM_NAMES.items()],
        "encodings": ENCODINGS,
        "secrecies": [(word, gettext(name)) for word, name in SECRECIES.items()],
    }


@require_POST
def check(request: HttpRequest, upload: Upload) -> HttpResponse:
    _must_be_kept(upload)
    have_checked(upload, by=person_of(request), options=options_of(request.POST))
    return redirect("upload", upload.pk)


@require_POST
def load(request: HttpRequest, upload: Upload) -> HttpResponse:
    good_rows = request.POST.get("good_rows") == "on"
    have_loaded(upload, by=person_of(request), good_rows=good_rows)
    return redirect("upload", upload.pk)


@require_POST
def mend(request: HttpRequest, upload: Upload) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        raise InputError(NO_FILE)
    return redirect("upload", keep_mended(upload, file, by=person_of(request)).pk)


@require_POST
def refuse(_request: HttpRequest, upload: Upload) -> HttpResponse:
    refuse_upload(upload)
    return redirect("imports", upload.area.code)


@require_safe
@never_cache
def preview(_request: HttpRequest, upload: Upload) -> FileResponse:
    if not upload.preview.exists():
        raise Http404
    return FileResponse(upload.preview.open("rb"), content_type="application/geo+json")


@require_safe
@never_cache
def faults(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Give out the refused rows with their reasons, to be mended and handed back."""
    if not list_of(upload).exists():
        raise Http404
    day = timezone.localdate(upload.uploaded_at)
    name = gettext("{file}-问题表-{day}.xlsx").format(file=upload.file_name, day=day)
    return give_out(
        list_of(upload).read_bytes(),
        by=request.user,
        area=upload.area,
        what=gettext("问题表"),
        format="xlsx",
        file_name=name,
        details={"upload": upload.pk},
        content_type=XLSX,
    )


def _must_be_kept(upload: Upload) -> None:
    if not upload.path.exists() or (upload.job is not None and upload.job.is_open):
        raise Http404
