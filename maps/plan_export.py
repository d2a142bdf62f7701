"""Export the zones of a stored plan as one file of any format."""

from collections.abc import Callable, Mapping
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext

from geo.errors import Fault
from layers.models import Plan
from layers.plan_frames import PlanFrames
from layers.planning.read_plan import read_plan
from layers.planning.report_coverage import report_coverage
from layers.policy import load_policy
from maps.exports import (
    geojson_text,
    write_csv_zip,
    write_geopackage,
    write_shapefile_zip,
    write_xlsx,
)
from maps.notices import Notices
from maps.outputs import notices_of
from maps.stored_outputs import origin_of

Writer = Callable[[PlanFrames, Path, Notices, int, str], tuple[Fault, ...]]


def _shapefile(
    plan: PlanFrames, path: Path, notices: Notices, srid: int, encoding: str
) -> tuple[Fault, ...]:
    return write_shapefile_zip(plan.zones, path, notices, srid=srid, encoding=encoding)


def _geopackage(
    plan: PlanFrames, path: Path, notices: Notices, _srid: int, _encoding: str
) -> tuple[Fault, ...]:
    layers = {"zones": plan.zones, "sites": plan.sites, "links": plan.links}
    write_geopackage({**layers, "refusals": plan.refusals}, path, notices)
    return ()


def _geojson(
    plan: PlanFrames, path: Path, notices: Notices, _srid: int, _encoding: str
) -> tuple[Fault, ...]:
    path.write_text(geojson_text(plan.zones, notices), encoding="utf-8")
    return ()


def _csv(
    plan: PlanFrames, path: Path, notices: Notices, _srid: int, _encoding: str
) -> tuple[Fault, ...]:
    write_csv_zip(plan.zones, path, notices)
    return ()


def _xlsx(
    plan: PlanFrames, path: Path, notices: Notices, _srid: int, _encoding: str
) -> tuple[Fault, ...]:
    sheets = {"片区": plan.zones, "纳管对象": plan.sites, "未推荐理由": plan.refusals}
    return write_xlsx(sheets, path, notices)


FORMATS: Mapping[str, Writer] = {
    "shp": _shapefile,
    "gpkg": _geopackage,
    "geojson": _geojson,
    "csv": _csv,
    "xlsx": _xlsx,
}


def export_zones(
    plan: Plan, path: Path, *, form: str, srid: int, encoding: str
) -> tuple[Fault, ...]:
    """Write the plan's zones into a file; return what the format could not hold."""
    now = timezone.now()
    report = report_coverage(area=plan.area.code, valid=plan.valid_on, known=now)
    origin = origin_of(
        plan.area,
        policy_name=load_policy(plan.policy).name,
        valid=plan.valid_on,
        known=now,
        report=report,
    )
    notices = notices_of(origin, plan_hash=plan.plan_hash, rates=())
    frames = read_plan(plan, translate=gettext)
    path.parent.mkdir(parents=True, exist_ok=True)
    return FORMATS[form](frames, path, notices, srid, encoding)
