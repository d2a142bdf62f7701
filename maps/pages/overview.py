"""Pages to read: the districts with their rates, and the files of each."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.models import ManagingArea
from layers.coverage import DEFINITIONS, Measure, Unit
from layers.models import Plan
from layers.planning.report_coverage import AreaRates, report_coverage
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


@dataclass(frozen=True)
class AreaRow:
    """One area of the overview."""

    area: ManagingArea
    covered: float
    total: float
    percent: float | None
    zones: int | None
    files: tuple[AreaFile, ...]


@require_safe
@never_cache
def overview(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """Show the areas right below one, worst first."""
    shown = list(area.children.order_by("code")) or [area]
    rates, is_sample = rates_of(shown)
    rows = [row_of(each, rates[each.code]) for each in shown]
    context = {
        "rows": sorted(rows, key=lambda row: (row.percent is None, row.percent, row.area.code)),
        "is_sample": is_sample,
        "day": timezone.localdate(),
        "measure": measure_text(rates),
    }
    return render(request, "maps/overview.html", context)


@require_safe
@never_cache
def area_file(_request: HttpRequest, area: ManagingArea, name: str) -> HttpResponse | FileResponse:
    """Give out a file that the last run wrote for an area."""
    path = file_path(area, name)
    if name not in LABELS or not path.exists():
        raise Http404
    if name != MAP:
        stem = f"{area.code}-{name}"
        return FileResponse(path.open("rb"), as_attachment=True, filename=stem)
    return HttpResponse(path.read_bytes(), headers={"Content-Security-Policy": MAP_MAY})


def file_path(area: ManagingArea, name: str) -> Path:
    """Return where an output of an area lies."""
    folder: Path = settings.VAR_DIR / "out"
    return folder / area.code / name


def rates_of(areas: list[ManagingArea]) -> tuple[dict[str, AreaRates], bool]:
    """Return the rates of each area today, and whether any of them is sample data."""
    now, today = timezone.now(), timezone.localdate()
    reports = [
        report_coverage(
            area=area.code,
            valid=today,
            known=now,
            measures=(Measure.FIRM,),
            units=(Unit.COMPOUND,),
        )
        for area in areas
    ]
    return {each.area.code: each.area for each in reports}, any(r.is_sample for r in reports)


def row_of(area: ManagingArea, rates: AreaRates) -> AreaRow:
    """Return the row of an area."""
    rate = rates.rate(Measure.FIRM, Unit.COMPOUND)
    plan = Plan.objects.filter(area=area).order_by("-version").first()
    files = tuple(AreaFile(name) for name in LABELS if file_path(area, name).exists())
    return AreaRow(
        area=area,
        covered=rate.covered,
        total=rate.total,
        percent=rate.percent,
        zones=plan.zones.count() if plan else None,
        files=files,
    )


def measure_text(rates: dict[str, AreaRates]) -> str:
    """Return what the rates count: name, base and definition."""
    bases = {
        rate.base.name
        for area in rates.values()
        if (rate := area.rate(Measure.FIRM, Unit.COMPOUND)).base
    }
    counted = "、".join(sorted(bases)) or gettext("现有小区")
    return f"{gettext(Measure.FIRM.label)}，{counted}；{gettext(DEFINITIONS[Measure.FIRM])}"
