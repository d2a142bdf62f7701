"""Which period, quarter or grouping a page of assessment is asked for."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Max
from django.http import HttpRequest

from geo.errors import Fault, InputError, gettext_noop
from geo.models import QuarterGrade, Score
from geo.quarters import Quarter
from layers.planning.read_assessed import Places, facts_of
from layers.planning.report_events import By
from maps.asked import Asked, asked_of, day_in

BACKWARDS = gettext_noop("截止日期（{last}）早于起始日期（{first}）。")
MEND_DAYS = gettext_noop("请改正日期，或留空表示最近一年。")
NO_SUCH_WORD = gettext_noop("没有“{given}”这一项。")
ALLOWED = gettext_noop("可选：{allowed}。")
NOT_A_QUARTER = gettext_noop("“{given}”不是季度。")
QUARTER_FORM = gettext_noop("请写成 2026Q3，或留空表示最近有评议的季度。")
FIRST = Quarter(1990, 1)
"""No quarter before it is asked for."""
_FEBRUARY, _LEAP_DAY = 2, 29


@dataclass(frozen=True, kw_only=True)
class Period:
    """The days that are counted, both included."""

    first: date
    last: date
    asked: Asked

    def query(self, **more: str) -> str:
        """Return what an address needs to ask the same, and more."""
        told = {"from": str(self.first), "to": str(self.last)}
        if not self.asked.is_today:
            told |= {"date": str(self.asked.valid), "known": str(self.asked.known_on)}
        return "?" + urlencode(told | {name: value for name, value in more.items() if value})


def period_of(request: HttpRequest) -> Period:
    """Return the period that the address asks for: else the year up to the day.

    Raises
    ------
    InputError
        Where a day is none, or the last lies before the first.
    """
    asked, faults = asked_of(request), list[Fault]()
    first, last = day_in(request.GET, "from", faults), day_in(request.GET, "to", faults)
    last = last or asked.valid
    first = first or year_before(last)
    if last < first:
        faults.append(Fault(BACKWARDS, {"first": first, "last": last}, fix=MEND_DAYS))
    if faults:
        raise InputError(*faults)
    return Period(first=first, last=last, asked=asked)


def year_before(day: date) -> date:
    """Return the first of the 365 or 366 days that end with a day."""
    if day.year == date.min.year:
        return date.min
    is_leap_day = (day.month, day.day) == (_FEBRUARY, _LEAP_DAY)
    before = day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
    return before + timedelta(days=1)


def quarter_of(request: HttpRequest, places: Places) -> Quarter:
    """Return the quarter that the address asks for: else the latest that was scored by the day."""
    given = request.GET.get("quarter", "").strip()
    if not given:
        return newest_quarter(places)
    quarter = Quarter.from_text(given)
    if quarter is None:
        raise InputError(Fault(NOT_A_QUARTER, {"given": given[:40]}, fix=QUARTER_FORM))
    return quarter


def newest_quarter(places: Places) -> Quarter:
    """Return the latest quarter that was scored or graded by the day; else the last that was over.

    None lies before the first that can be asked for.
    """
    begun = [
        facts_of(model, places).filter(valid_from__lte=places.day).aggregate(day=Max("valid_from"))
        for model in (Score, QuarterGrade)
    ]
    days = [each["day"] for each in begun if each["day"]]
    return Quarter.of(max(days)) if days else max(Quarter.of(places.day).previous, FIRST)


def by_of(request: HttpRequest, default: By = By.COMPOUND) -> By:
    """Return what the address asks to count for."""
    given = request.GET.get("by", "").strip()
    if not given:
        return default
    for each in By:
        if given == each:
            return each
    fault = Fault(NO_SUCH_WORD, {"given": given[:40]}, fix=ALLOWED)
    raise InputError(Fault(fault.text, {**fault.values, "allowed": "、".join(By)}, fix=fault.fix))
