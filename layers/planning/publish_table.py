"""Publish a table of rates: frozen with a hash, and reckoned anew whenever somebody doubts it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from geo.errors import Fault, InputError, gettext_noop
from geo.models import ManagingArea
from layers.models import PublishedTable
from layers.planning.report_coverage import CoverageReport, report_coverage

NAME_MISSING = gettext_noop("公布的统计表须有名称。")
NAME_FORM = gettext_noop("例如“2026年11月物业服务覆盖情况”。")
NOTHING_TO_PUBLISH = gettext_noop("{area}在 {day} 没有可统计的对象，无法公布。")
NOTHING_FIX = gettext_noop("请先导入小区或物业管理区域，或改变统计日期。")

Row = dict[str, Any]
ROW_KEYS = ("area", "rate", "unit")
"""What a row is known by; the rest was counted."""


@dataclass(frozen=True, kw_only=True)
class Recount:
    """A published table beside what the same facts give today."""

    is_same: bool
    differing: tuple[tuple[Row, Row], ...]
    """As published, and as counted now; {} where there is no such row."""


def publish_table(
    area: ManagingArea, *, name: str, document: str, valid: date, known: datetime, by: Any
) -> PublishedTable:
    """Freeze the rates of an area on a day, as known at a moment.

    Raises
    ------
    InputError
        Where it has no name, or there is nothing to count.
    """
    name = name.strip()
    faults = [] if name else [Fault(NAME_MISSING, {}, fix=NAME_FORM)]
    content = table_content(report_coverage(area=area.code, valid=valid, known=known))
    if not content:
        faults.append(Fault(NOTHING_TO_PUBLISH, {"area": area.name, "day": valid}, fix=NOTHING_FIX))
    if faults:
        raise InputError(*faults)
    with transaction.atomic():
        # Two who publish at once wait for one another, so that no number is given twice.
        ManagingArea.objects.select_for_update().only("pk").get(pk=area.pk)
        last = PublishedTable.objects.filter(area=area).aggregate(last=Max("number"))["last"]
        return PublishedTable.objects.create(
            area=area,
            number=(last or 0) + 1,
            name=name,
            document=document.strip(),
            valid_on=valid,
            known_at=known,
            content=content,
            content_hash=content_hash(content),
            published_by=by,
        )


def table_content(report: CoverageReport) -> list[Row]:
    """Return what was counted, the area first and then those right below it.

    No sentence is in it, so that a better word later does not make it another table.
    """
    return list(_rows(report))


def _rows(report: CoverageReport) -> Iterator[Row]:
    for area in (report.area, *report.below):
        for rate in area.rates:
            if rate.total:
                yield {
                    "area": area.code,
                    "name": area.name,
                    "rate": str(rate.measure),
                    "unit": str(rate.unit),
                    "covered": round(rate.covered, 2),
                    "total": round(rate.total, 2),
                    "percent": rate.percent_text,
                    "unknown": rate.unknown,
                    "base": rate.base.name if rate.base else "",
                    "base_document": rate.base.document if rate.base else "",
                    "base_frozen_on": rate.base.frozen_on.isoformat() if rate.base else "",
                }


def content_hash(content: list[Row]) -> str:
    """Return the SHA-256 of what was counted, as canonical JSON."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def recount(table: PublishedTable) -> Recount:
    """Count a published table anew: the same day, as known at the same moment."""
    report = report_coverage(area=table.area.code, valid=table.valid_on, known=table.known_at)
    now = table_content(report)
    before = {_key(row): row for row in table.content}
    after = {_key(row): row for row in now}
    differing = tuple(
        (before.get(key, {}), after.get(key, {}))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    )
    return Recount(is_same=content_hash(now) == table.content_hash, differing=differing)


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[key] for key in ROW_KEYS)
