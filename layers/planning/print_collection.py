"""Print the fee collection rate as rows of the sheet of rates."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from geo.errors import gettext_noop
from layers.assessment.collecting import DEFINITION, Collected
from layers.planning.read_assessed import Places
from layers.planning.report_collection import CollectionReport

RATE = gettext_noop("收缴率")
UNIT = gettext_noop("元")
OVER = gettext_noop("期间 {first} 至 {last}。")


def collection_rows(
    report: CollectionReport, places: Places, *, is_sample: bool
) -> Iterator[tuple[str | float | None, ...]]:
    """Yield the rows of a sheet below `SHEET_HEADINGS`, of the areas of which anything is known."""
    rates = [(places.area.code, places.area.name, report.whole)]
    rates += [(row.code, row.name, row.rate) for row in report.below]
    for code, name, rate in rates:
        if rate.known:
            yield _row(code, name, rate, report, places, is_sample=is_sample)


def _row(
    code: str,
    name: str,
    rate: Collected,
    report: CollectionReport,
    places: Places,
    *,
    is_sample: bool,
) -> tuple[str | float | None, ...]:
    counted = _(OVER).format(first=report.first, last=report.last)
    return (
        *(code, name, _(RATE), _(UNIT)),
        *(float(rate.received_yuan), float(rate.due_yuan)),
        *(None if rate.percent is None else float(rate.percent), rate.unknown),
        *("", "", ""),
        *(places.day.isoformat(), places.known.isoformat()),
        *(_("示例数据") if is_sample else "", f"{counted}{_(DEFINITION)}"),
    )
