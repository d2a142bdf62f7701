"""Print a coverage report: as text for a meeting, as JSON, and as rows of a sheet."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from geo.errors import gettext_noop
from layers.coverage import DEFINITIONS, Base, Measure, Rate, Unit
from layers.planning.report_coverage import AreaRates, CoverageReport

M2_IN_WAN = 10_000
PARTS = {
    "owners_committee": gettext_noop("业主委员会"),
    "management_committee": gettext_noop("物业管理委员会"),
    "firm": gettext_noop("物业服务企业"),
    "other": gettext_noop("其他服务主体"),
}
SHEET_HEADINGS = (
    gettext_noop("辖区编码"),
    gettext_noop("辖区"),
    gettext_noop("指标"),
    gettext_noop("单位"),
    gettext_noop("已覆盖"),
    gettext_noop("总数"),
    gettext_noop("百分比"),
    gettext_noop("不详（处）"),
    gettext_noop("底数"),
    gettext_noop("底数文号"),
    gettext_noop("底数冻结日期"),
    gettext_noop("统计日期"),
    gettext_noop("数据截至"),
    gettext_noop("示例数据"),
    gettext_noop("口径"),
)


def coverage_text(report: CoverageReport) -> str:
    """Return the report as lines of Chinese."""
    known = timezone.localtime(report.known)
    lines = [
        _("{area}　统计日期 {on}，数据截至 {known:%Y-%m-%d %H:%M}").format(
            area=area_name(report.area), on=report.on, known=known
        )
    ]
    if report.is_sample:
        lines.append(_("示例数据，不得作为依据。"))
    if not any(rate.total for rate in report.area.rates):
        lines.append(_("没有可统计的对象。请先导入小区或物业管理区域，或改变日期。"))
    lines += headlines(report.area)
    lines += [f"　{_sentence(rate)}" for rate in report.area.rates if rate.total]
    for area in report.below:
        rates = [f"　{_sentence(rate)}" for rate in area.rates if rate.total]
        lines += ["", area_name(area), *(headlines(area) or rates)]
    return "\n".join(lines)


def area_name(area: AreaRates) -> str:
    """Return the area's name with its code."""
    return f"{area.name}（{area.code}）" if area.code else _("全部辖区")


def headlines(area: AreaRates) -> list[str]:
    """Return the area in the sentences of a published reply, a line each unit that it has."""
    told = {(rate.measure, rate.unit): rate for rate in area.rates}
    return [line for line in (_compounds_line(told), _management_areas_line(told)) if line]


_Told = dict[tuple[Measure, Unit], Rate]


def _compounds_line(told: _Told) -> str:
    firm = told.get((Measure.FIRM, Unit.COMPOUND))
    old = told.get((Measure.OLD, Unit.COMPOUND))
    committee = told.get((Measure.COMMITTEE, Unit.COMPOUND))
    if not (firm and old and committee and firm.total):
        return ""
    return _(
        "{base} {total:,.0f}；老旧 {old:,.0f} = {old_percent}；"
        "物业企业服务 {firm:,.0f} = {firm_percent}；"
        "业主委员会 {owners:,.0f} + 物管会 {management:,.0f} = 组建率 {committee_percent}"
    ).format(
        base=firm.base.name if firm.base else _("小区"),
        total=firm.total,
        old=old.covered,
        old_percent=old.percent_text,
        firm=firm.covered,
        firm_percent=firm.percent_text,
        owners=committee.parts["owners_committee"],
        management=committee.parts["management_committee"],
        committee_percent=committee.percent_text,
    )


def _management_areas_line(told: _Told) -> str:
    signed = told.get((Measure.SIGNED, Unit.MANAGEMENT_AREA))
    buildings = told.get((Measure.SIGNED, Unit.BUILDING))
    floor_area = told.get((Measure.SIGNED, Unit.FLOOR_AREA))
    if not (signed and buildings and floor_area and signed.total):
        return ""
    return _("{base} {total:,.0f}，楼栋 {buildings:,.0f}，{floor_area}，签约率 {percent}").format(
        base=signed.base.name if signed.base else _("物业管理区域"),
        total=signed.total,
        buildings=buildings.total,
        floor_area=_amount(floor_area.total, Unit.FLOOR_AREA),
        percent=signed.percent_text,
    )


def _amount(number: float, unit: Unit) -> str:
    if unit is not Unit.FLOOR_AREA:
        return f"{number:,.0f}"
    wan = f"{number / M2_IN_WAN:,.2f}".rstrip("0").rstrip(".")
    return _("{wan} 万㎡").format(wan=wan)


def _sentence(rate: Rate) -> str:
    sentence = _("{measure}（{unit}）：{covered} / {total} = {percent}").format(
        measure=_(rate.measure.label),
        unit=_(rate.unit.label),
        covered=_amount(rate.covered, rate.unit),
        total=_amount(rate.total, rate.unit),
        percent=rate.percent_text,
    )
    return "；".join([sentence, *_remarks(rate)])


def _remarks(rate: Rate) -> Iterator[str]:
    for part, number in rate.parts.items():
        yield f"{_(PARTS[part])} {_amount(number, rate.unit)}"
    if rate.base:
        yield _base_text(rate.base)
    if rate.unknown:
        yield _unknown_text(rate)


def _base_text(base: Base) -> str:
    document = f"，{base.document}" if base.document else ""
    return _("底数：{name}（{frozen_on} 冻结{document}）").format(
        name=base.name, frozen_on=base.frozen_on, document=document
    )


def _unknown_text(rate: Rate) -> str:
    if rate.unit is Unit.HOUSEHOLD:
        return _("另有 {number} 处户数不详").format(number=rate.unknown)
    if rate.unit is Unit.FLOOR_AREA:
        return _("另有 {number} 处建筑面积不详").format(number=rate.unknown)
    return _("另有 {number} 处未认定").format(number=rate.unknown)


def coverage_json(report: CoverageReport) -> dict[str, Any]:
    """Return the report as values that JSON can hold."""
    return {
        "date": report.on.isoformat(),
        "as_known_on": report.known.isoformat(),
        "is_sample": report.is_sample,
        "area": _area_json(report.area),
        "below": [_area_json(area) for area in report.below],
    }


def _area_json(area: AreaRates) -> dict[str, Any]:
    return {
        "code": area.code,
        "name": area.name,
        "level": area.level,
        "headlines": headlines(area),
        "rates": [_rate_json(rate) for rate in area.rates],
    }


def _rate_json(rate: Rate) -> dict[str, Any]:
    base = rate.base and {
        "name": rate.base.name,
        "document": rate.base.document,
        "frozen_on": rate.base.frozen_on.isoformat(),
    }
    return {
        "rate": str(rate.measure),
        "name": _(rate.measure.label),
        "unit": str(rate.unit),
        "unit_name": _(rate.unit.label),
        "covered": rate.covered,
        "total": rate.total,
        "percent": rate.percent,
        "percent_text": rate.percent_text,
        "unknown": rate.unknown,
        "parts": dict(rate.parts),
        "base": base,
        "definition": _(DEFINITIONS[rate.measure]),
    }


def coverage_rows(report: CoverageReport) -> Iterator[tuple[str | float | None, ...]]:
    """Yield the rows of a sheet below `SHEET_HEADINGS`, the area first and then those below it."""
    for area in (report.area, *report.below):
        for rate in area.rates:
            yield _row(report, area, rate)


def _row(report: CoverageReport, area: AreaRates, rate: Rate) -> tuple[str | float | None, ...]:
    base = rate.base
    return (
        area.code,
        area.name or area_name(area),
        _(rate.measure.label),
        _(rate.unit.label),
        rate.covered,
        rate.total,
        rate.percent,
        rate.unknown,
        base.name if base else "",
        base.document if base else "",
        base.frozen_on.isoformat() if base else "",
        report.on.isoformat(),
        report.known.isoformat(),
        _("示例数据") if report.is_sample else "",
        _(DEFINITIONS[rate.measure]),
    )
