"""What every page may be asked for in its address: the day, and what was known when."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext

from geo.errors import Fault, InputError, gettext_noop

NOT_A_DAY = gettext_noop("“{given}”不是日期。")
DAY_FORM = gettext_noop("请写成 2026-11-22 这样的形式，或留空表示今天。")
DAY_AHEAD = gettext_noop("数据截止日期 {given} 在今天之后。")
DAY_AHEAD_REMEDY = gettext_noop("截止日期只能是今天或以前；要看将来某天的状况，请改数据日期。")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The day that a page describes, and the moment whose knowledge it rests on."""

    valid: date
    known: datetime
    is_today: bool
    """Whether the page describes today as known now."""

    is_past: bool = True
    """Whether something may have changed since; else `known` is now."""

    @property
    def known_on(self) -> date:
        """Return the day of `known`, as an address says it."""
        return timezone.localdate(self.known - timedelta(microseconds=1))

    @property
    def query(self) -> str:
        """Return what an address needs to ask the same; "" for today."""
        said = [] if self.valid == timezone.localdate() else [f"date={self.valid}"]
        if self.known_on != timezone.localdate():
            said.append(f"known={self.known_on}")
        return f"?{'&'.join(said)}" if said else ""


def asked_of(request: HttpRequest) -> Asked:
    """Return what the address asks for.

    Raises
    ------
    InputError
        Where `date` or `known` is no day, or `known` lies ahead.
    """
    faults: list[Fault] = []
    today, now = timezone.localdate(), timezone.now()
    valid = day_in(request.GET, "date", faults) or today
    known_on = day_in(request.GET, "known", faults)
    if known_on and known_on > today:
        faults.append(Fault(DAY_AHEAD, {"given": known_on}, fix=DAY_AHEAD_REMEDY))
    if faults:
        raise InputError(*faults)
    is_past = known_on is not None and known_on < today
    # "As known on a day" means at its end, in the city's own time.
    known = _end_of(known_on) if is_past and known_on else now
    return Asked(valid=valid, known=known, is_today=valid == today and not is_past, is_past=is_past)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def day_in(said: QueryDict, name: str, faults: list[Fault]) -> date | None:
    """Return the day that a form or an address says, None where it says none; faults are noted."""
    given = said.get(name, "").strip()
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        faults.append(Fault(NOT_A_DAY, {"given": given[:40]}, fix=DAY_FORM))
        return None


def told_day(asked: Asked) -> str:
    """Return day and knowledge in words."""
    if asked.known_on == timezone.localdate():
        return str(asked.valid)
    return gettext("{valid}（按 {known} 所知）").format(valid=asked.valid, known=asked.known_on)
