"""Outputs of what the database holds: the coverage map of an area, and the files of its plan."""

from datetime import date, datetime
from pathlib import Path

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext

from geo.crs import metric_srid
from geo.errors import Fault, InputError, gettext_noop
from geo.models import ManagingArea
from geo.words import AreaLevel
from layers.coverage import DEFINITIONS, Measure, Unit
from layers.coverage import Rate as CoverageRate
from layers.derived import derive_sites
from layers.models import Plan, PlanStatus
from layers.plan_frames import no_plan
from layers.planning.load_ground import load_ground
from layers.planning.read_plan import read_plan
from layers.planning.read_policy import policy_here
from layers.planning.report_coverage import CoverageReport, report_coverage
from maps.coverage_map import Rate
from maps.outputs import FILES, MAP, Origin, map_frames_of, notices_of, write_map, write_outputs

NO_SUCH_PLAN = gettext_noop("没有编号为 {number} 的方案。")
RATES = ((Measure.FIRM, Unit.COMPOUND), (Measure.ANY, Unit.COMPOUND))


def plan_called(number: int) -> Plan:
    """Return the plan of that number, or say that there is none."""
    try:
        return Plan.objects.select_related("area").get(pk=number)
    except ObjectDoesNotExist:
        raise InputError(Fault(NO_SUCH_PLAN, {"number": number})) from None


def districts_of(area: ManagingArea) -> list[ManagingArea]:
    """Return the districts of a city; an area below a district stands for itself."""
    if area.level != AreaLevel.CITY:
        return [area]
    return list(area.children.filter(level=AreaLevel.DISTRICT).order_by("code"))


def newest_plan(area: ManagingArea) -> Plan | None:
    """Return the plan of an area that was made last; aborted ones do not count."""
    plans = area.plans.exclude(status=PlanStatus.ABORTED).select_related("area")
    return plans.order_by("-version").first()


def write_area(area: ManagingArea, out: Path, *, valid: date, known: datetime) -> list[Path]:
    """Write the coverage map of an area, and the files of its newest plan where it has one."""
    plan = newest_plan(area)
    ground = load_ground(area=area.code, valid=valid, known=known)
    policy = policy_here(plan, area)
    lon, _lat = ground.middle()
    derived = derive_sites(ground, policy=policy, on_date=valid, srid=metric_srid(lon))
    report = report_coverage(area=area.code, valid=valid, known=known)
    rates = tuple(told_rate(report.area.rate(*wanted), report) for wanted in RATES)
    origin = origin_of(area, policy_name=policy.name, valid=valid, known=known, report=report)
    frames = read_plan(plan, translate=gettext) if plan else no_plan()
    layers = map_frames_of(ground, derived, frames)
    if plan is None:
        notices = notices_of(origin, plan_hash="", rates=rates)
        write_map(out / MAP, layers, rates=rates, origin=origin, notices=notices)
        return [out / MAP]
    write_outputs(out, map_frames=layers, plan=frames, rates=rates, origin=origin)
    return [out / name for name in FILES]


def origin_of(
    area: ManagingArea, *, policy_name: str, valid: date, known: datetime, report: CoverageReport
) -> Origin:
    """Return where the outputs of an area come from."""
    above = f"{area.parent.name}{area.name}" if area.parent else area.name
    return Origin(
        area=above,
        source=gettext("连片数据库"),
        data_date=valid,
        written_at=known,
        policy=policy_name,
        is_sample=report.is_sample,
    )


def told_rate(rate: CoverageRate, report: CoverageReport) -> Rate:
    """Return a rate with its 口径, as a map prints it."""
    return Rate(
        name=gettext(rate.measure.label),
        numerator=rate.covered,
        denominator=rate.total,
        unit=gettext(rate.unit.label),
        measure=measure_of(rate, on=report.on),
    )


def measure_of(rate: CoverageRate, *, on: date) -> str:
    """Return the 口径 of a rate on a day: what it divides by, and what counts as covered."""
    base = rate.base
    counted = (
        gettext("底数 {name}（{day} 冻结）").format(name=base.name, day=base.frozen_on)
        if base
        else gettext("{day} 现有{unit}").format(day=on, unit=gettext(rate.unit.label))
    )
    return f"{counted}；{gettext(DEFINITIONS[rate.measure])}"
