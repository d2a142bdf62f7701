"""What a program may ask for in an address of the API; every fault at once."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from geo.errors import Fault, InputError, gettext_noop
from layers.coverage import Measure, Unit

Box = tuple[float, float, float, float]
WORLD: Box = (-180.0, -90.0, 180.0, 90.0)
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CGCS2000 = "http://www.opengis.net/def/crs/EPSG/0/4490"
CRSS = (CRS84, CGCS2000)
"""Both are answered with longitude first, in CGCS2000, which no map tells from WGS 84."""
LIMIT, MOST, FARTHEST = 100, 1000, 1_000_000_000
CODE_LENGTH = 64
OF_ITEMS = frozenset(
    {"bbox", "limit", "offset", "datetime", "known", "area", "plan", "crs", "bbox-crs", "f"}
)
OF_ITEM = frozenset({"datetime", "known", "plan", "crs", "f"})
OF_COVERAGE = frozenset({"date", "known", "rate", "f"})
OF_NOTHING = frozenset({"f"})

UNKNOWN = gettext_noop("没有参数“{given}”。可用的参数：{allowed}。")
TWICE = gettext_noop("参数“{given}”只能写一次。")
NOT_A_BOX = gettext_noop(
    "bbox“{given}”无效，应为 西,南,东,北 四个数（度），西不大于东，南不大于北。"
)
NOT_A_NUMBER = gettext_noop("{key}“{given}”无效，应为 {least} 至 {most} 的整数。")
NOT_A_TIME = gettext_noop(
    "{key}“{given}”无效，应为日期 2026-11-22、时间 2026-11-22T08:00:00+08:00，"
    "或起止如 2026-01-01/2026-11-22、../2026-11-22。"
)
NOT_A_DAY = gettext_noop("{key}“{given}”不是日期，应如 2026-11-22。")
AHEAD = gettext_noop("known“{given}”在今天之后，应为今天或以前的日期。")
NOT_A_CRS = gettext_noop("{key}“{given}”不可用。可用：{allowed}。")
NOT_A_FORM = gettext_noop("没有格式“{given}”，只有 json。")
NO_SUCH_RATE = gettext_noop("没有指标“{given}”。可用指标：{rates}；可加单位：{units}。")
NO_CODE = gettext_noop("{key}“{given}”无效。")
TIME = r"\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d))?"
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(TIME, re.ASCII)
OPEN_END = frozenset({"", ".."})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which features of a collection a program asks for."""

    valid: date
    known: datetime
    known_on: date
    box: Box | None = None
    """West, south, east, north in degrees."""
    limit: int = LIMIT
    offset: int = 0
    area: str = ""
    plan: int | None = None
    crs: str = CRS84


def wanted_items(given: Mapping[str, Any]) -> Wanted:
    """Return what an address asks of a collection.

    Raises
    ------
    InputError
        With every parameter that is unknown, given twice or wrong.
    """
    return _wanted(given, OF_ITEMS)


def wanted_item(given: Mapping[str, Any]) -> Wanted:
    """Return what an address asks of one feature."""
    return _wanted(given, OF_ITEM)


def _wanted(given: Mapping[str, Any], allowed: frozenset[str]) -> Wanted:
    asked = Asked(given, allowed)
    known_on = asked.known_on()
    wanted = Wanted(
        valid=asked.moment("datetime"),
        known=asked.known(known_on),
        known_on=known_on,
        box=asked.box(),
        # More than the most is answered with the most, as the standard wants it.
        limit=min(asked.number("limit", LIMIT, least=1), MOST),
        offset=asked.number("offset", 0, least=0),
        area=asked.code("area"),
        plan=asked.plan(),
        crs=asked.crs("crs"),
    )
    asked.crs("bbox-crs")
    asked.refuse()
    return wanted


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Which rates of an area a program asks for."""

    valid: date
    known: datetime
    measures: tuple[Measure, ...]
    units: tuple[Unit, ...]


def wanted_rates(given: Mapping[str, Any]) -> Rates:
    """Return what an address asks of the coverage of an area."""
    asked = Asked(given, OF_COVERAGE)
    measures, units = asked.rate()
    rates = Rates(
        valid=asked.day("date") or timezone.localdate(),
        known=asked.known(asked.known_on()),
        measures=measures,
        units=units,
    )
    asked.refuse()
    return rates


def refuse_parameters(given: Mapping[str, Any]) -> None:
    """Refuse parameters where an address takes none but the format."""
    Asked(given, OF_NOTHING).refuse()


class Asked:
    """Parameters of an address, taken one by one; what is wrong is gathered."""

    def __init__(self, given: Mapping[str, Any], allowed: frozenset[str]) -> None:
        self.given = given
        self.today = timezone.localdate()
        self.faults: list[Fault] = []
        names = "、".join(sorted(allowed))
        for key in given:
            if key not in allowed:
                self._fault(UNKNOWN, given=key[:40], allowed=names)
            elif len(getattr(given, "getlist", lambda _key: [""])(key)) > 1:
                self._fault(TWICE, given=key)
        if (form := self.text("f")) not in {"", "json"}:
            self._fault(NOT_A_FORM, given=form[:20])

    def text(self, key: str) -> str:
        """Return a parameter as it was written; "" without it."""
        return str(self.given.get(key, ""))

    def number(self, key: str, usual: int, *, least: int) -> int:
        """Return a whole number that is not too large to count."""
        text = self.text(key)
        if not text and key not in self.given:
            return usual
        is_one = text.isascii() and text.isdigit() and len(text) <= len(str(FARTHEST))
        if is_one and least <= int(text) <= FARTHEST:
            return int(text)
        self._fault(NOT_A_NUMBER, key=key, given=text[:40], least=least, most=FARTHEST)
        return usual

    def box(self) -> Box | None:
        """Return the box that features must meet; heights are left out."""
        text = self.text("bbox")
        if "bbox" not in self.given:
            return None
        numbers = [_number(part) for part in text.split(",")]
        if len(numbers) == len(WORLD) + 2:
            numbers = [*numbers[0:2], *numbers[3:5]]
        if len(numbers) == len(WORLD) and all(map(math.isfinite, numbers)):
            west, south, east, north = numbers
            if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:  # noqa: PLR2004 (the globe)
                return west, south, east, north
        self._fault(NOT_A_BOX, given=text[:80])
        return None

    def day(self, key: str) -> date | None:
        """Return a day; None without one."""
        text = self.text(key)
        if not text:
            return None
        try:
            if DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self._fault(NOT_A_DAY, key=key, given=text[:40])
        return None

    def moment(self, key: str) -> date:
        """Return the day of a time; of a span its last day, and today where that is open."""
        if key not in self.given:
            return self.today
        text = self.text(key)
        try:
            begin, end = _span(text)
        except ValueError:
            self._fault(NOT_A_TIME, key=key, given=text[:80])
            return self.today
        if begin and end and begin > end:
            self._fault(NOT_A_TIME, key=key, given=text[:80])
        return end or self.today

    def known_on(self) -> date:
        """Return the day as known on which things are told."""
        day = self.day("known") or self.today
        if day > self.today:
            self._fault(AHEAD, given=str(day))
            return self.today
        return day

    def known(self, day: date) -> datetime:
        """Return the end of that day, or this moment."""
        if day >= self.today:
            return timezone.now()
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))

    def code(self, key: str) -> str:
        """Return a code."""
        text = self.text(key)
        if len(text) > CODE_LENGTH:
            self._fault(NO_CODE, key=key, given=text[:40])
            return ""
        return text

    def plan(self) -> int | None:
        """Return the number of a plan; None without one."""
        return self.number("plan", 0, least=1) if "plan" in self.given else None

    def crs(self, key: str) -> str:
        """Return a coordinate reference system that we answer in."""
        text = self.text(key) or CRS84
        if text not in CRSS:
            self._fault(NOT_A_CRS, key=key, given=text[:80], allowed="、".join(CRSS))
        return text

    def rate(self) -> tuple[tuple[Measure, ...], tuple[Unit, ...]]:
        """Return the measures and units asked for; all without a word."""
        text = self.text("rate")
        if not text:
            return tuple(Measure), tuple(Unit)
        rate, _slash, counted = text.partition("/")
        measure, unit = Measure.from_text(rate), Unit.from_text(counted)
        if measure is None or (counted and unit is None):
            self._fault(
                NO_SUCH_RATE,
                given=text[:40],
                rates="、".join(map(str, Measure)),
                units="、".join(map(str, Unit)),
            )
            return tuple(Measure), tuple(Unit)
        return (measure,), (unit,) if unit else tuple(Unit)

    def refuse(self) -> None:
        """Raise what was wrong, if anything."""
        if self.faults:
            raise InputError(*self.faults)

    def _fault(self, text: str, **values: Any) -> None:
        self.faults.append(Fault(text, values))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _span(text: str) -> tuple[date | None, date | None]:
    """Return the first and last day of a time or a span; None = open."""
    begin, slash, end = text.partition("/")
    if not slash:
        return _local(text), _local(text)
    if begin in OPEN_END and end in OPEN_END:
        raise ValueError(text)
    first, last = (None if each in OPEN_END else _local(each) for each in (begin, end))
    return first, last


def _local(text: str) -> date:
    """Return the day of a time, in the city's own time."""
    if not MOMENT.fullmatch(text):
        raise ValueError(text)
    if DAY.fullmatch(text):
        return date.fromisoformat(text)
    try:
        return timezone.localdate(datetime.fromisoformat(text.upper()))
    except OverflowError as error:
        raise ValueError(text) from error
