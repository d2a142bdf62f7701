"""Files to take away: a plan in every format, and the record of all that was taken."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.crs import STORAGE_SRID, metric_srid
from geo.errors import Fault, InputError, gettext_noop
from geo.models import ManagingArea
from layers.models import Plan
from maps.access import areas_open_to, at_or_below
from maps.exporting import XLSX, give_out
from maps.exports import EXPORT_SRIDS
from maps.exports.shapefile import ENCODINGS
from maps.models import Export
from maps.plan_export import FORMATS, export_zones

SHOWN = 50
SUFFIXES = {"shp": ".shp.zip", "csv": ".csv.zip"}
TYPES = {
    "shp": "application/zip",
    "csv": "application/zip",
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "xlsx": XLSX,
}
FORMAT_NAMES = {
    "shp": gettext_lazy("Shapefile（片区）"),
    "gpkg": gettext_lazy("GeoPackage（片区、纳管对象、邻接关系）"),
    "geojson": gettext_lazy("GeoJSON（片区）"),
    "xlsx": gettext_lazy("Excel 表格"),
    "csv": gettext_lazy("CSV 表格"),
}
NO_SUCH_FORMAT = gettext_noop("没有格式“{given}”。可用的格式：{allowed}。")
NO_SUCH_CRS = gettext_noop(
    "不能导出坐标系“{given}”。可用 4490（CGCS2000 经纬度）或 4513–4554（其三度带）。"
)
NO_SUCH_ENCODING = gettext_noop("没有编码“{given}”。可用 utf-8 或 gbk。")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A plan's file as a person asked for it."""

    form: str
    srid: int
    encoding: str

    def name(self, plan: Plan) -> str:
        """Return the file's name: the area, the version, and what differs from the usual."""
        said = [f"{plan.area.name}连片方案v{plan.version}"]
        if self.srid != STORAGE_SRID:
            said.append(str(self.srid))
        if self.encoding != ENCODINGS[0]:
            said.append(self.encoding)
        return "-".join(said) + SUFFIXES.get(self.form, f".{self.form}")


def wanted_of(request: HttpRequest) -> Wanted:
    """Return what the address asks for.

    Raises
    ------
    InputError
        Where it asks for what there is not; every fault at once.
    """
    form = request.GET.get("format", "shp")
    encoding = request.GET.get("encoding", ENCODINGS[0])
    given = request.GET.get("crs", str(STORAGE_SRID))
    faults = []
    if form not in FORMATS:
        faults.append(Fault(NO_SUCH_FORMAT, {"given": form[:20], "allowed": "、".join(FORMATS)}))
    if not given.isascii() or not given.isdigit() or int(given) not in EXPORT_SRIDS:
        faults.append(Fault(NO_SUCH_CRS, {"given": given[:20]}))
    if encoding not in ENCODINGS:
        faults.append(Fault(NO_SUCH_ENCODING, {"given": encoding[:20]}))
    if faults:
        raise InputError(*faults)
    return Wanted(form=form, srid=int(given), encoding=encoding)


@require_safe
@never_cache
def exports(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """Offer the plans of an area and below as files, and show what was taken away."""
    seen = areas_open_to(request.user)
    context = {
        "plans": Plan.objects.filter(area__in=at_or_below(area))
        .filter(area__in=seen)
        .select_related("area")
        .order_by("-created_at")[:SHOWN],
        "formats": FORMAT_NAMES.items(),
        "grids": grids_of(area),
        "taken": Export.objects.filter(area__in=at_or_below(area))
        .filter(area__in=seen)
        .select_related("area", "exported_by")
        .order_by("-exported_at", "-pk")[:SHOWN],
    }
    return render(request, "maps/exports.html", context)


def grids_of(area: ManagingArea) -> list[tuple[int, str]]:
    """Return the coordinate systems that suit the place: degrees, and metres of its own zone."""
    choices = [(STORAGE_SRID, gettext("CGCS2000 经纬度（EPSG:4490）"))]
    if area.geometry:
        srid = metric_srid(area.geometry.centroid.x)
        told = gettext("CGCS2000 三度带，米（EPSG:{srid}）").format(srid=srid)
        choices.append((srid, told))
    return choices


@require_safe
@never_cache
def plan_file(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Give out a plan as a file, and record that it was given."""
    wanted = wanted_of(request)
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / f"plan.{wanted.form}"
        export_zones(plan, path, form=wanted.form, srid=wanted.srid, encoding=wanted.encoding)
        content = path.read_bytes()
    return give_out(
        content,
        by=request.user,
        area=plan.area,
        what=str(plan),
        format=wanted.form,
        file_name=wanted.name(plan),
        details={
            "plan": plan.pk,
            "plan_hash": plan.plan_hash,
            "crs": wanted.srid,
            "encoding": wanted.encoding,
        },
        content_type=TYPES[wanted.form],
    )
