"""The files that the last run wrote for an area: coverage map, zones, summary."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.models import ManagingArea
from maps.exporting import record_export
from maps.outputs import GEOPACKAGE, MAP, SUMMARY, ZONES

LABELS = {
    MAP: gettext_lazy("覆盖图"),
    ZONES: gettext_lazy("片区 shapefile"),
    GEOPACKAGE: gettext_lazy("GeoPackage"),
    SUMMARY: gettext_lazy("摘要"),
}
MAP_MAY = "sandbox allow-scripts; default-src 'none'; " + "; ".join(
    f"{what}-src 'unsafe-inline' data:" for what in ("script", "style", "img", "font")
)
"""What a map may do in the browser: its own scripts and pictures, nothing else, no sign-in."""


@dataclass(frozen=True)
class AreaFile:
    """A file of an area that can be opened or downloaded."""

    name: str

    @property
    def label(self) -> str:
        """Return what the link says."""
        return str(LABELS[self.name])

    @property
    def opens(self) -> bool:
        """Tell whether the browser shows the file itself."""
        return self.name == MAP


@require_safe
@never_cache
def area_file(request: HttpRequest, area: ManagingArea, name: str) -> HttpResponse | FileResponse:
    """Give out a file that the last run wrote for an area."""
    path = file_path(area.code, name)
    if name not in LABELS or not path.exists():
        raise Http404
    stem = f"{area.code}-{name}"
    record_export(
        path,
        by=request.user,
        area=area,
        what=str(LABELS[name]),
        format=path.suffix.removeprefix("."),
        file_name=stem,
    )
    if name != MAP:
        return FileResponse(path.open("rb"), as_attachment=True, filename=stem)
    return HttpResponse(path.read_bytes(), headers={"Content-Security-Policy": MAP_MAY})


def file_path(code: str, name: str) -> Path:
    """Return where an output of an area lies."""
    folder: Path = settings.VAR_DIR / "out"
    return folder / code / name


def files_of(code: str) -> tuple[AreaFile, ...]:
    """Return the files of an area that have been written."""
    return tuple(AreaFile(name) for name in LABELS if file_path(code, name).exists())
