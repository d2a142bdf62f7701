"""Saying how something is: what was said before is ended or superseded, never overwritten."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from geo.errors import gettext_noop
from geo.models import Fact
from geo.recording.telling import BY_LEDGER, Telling

NEWS = gettext_noop("台账记录了新情况")

Values = Mapping[str, Any]


def say(
    model: type[Fact], subject: Values, values: Values | None, *, telling: Telling
) -> Fact | None:
    """Record one fact of a subject, and return it where there is anything new.

    Parameters
    ----------
    model
        Kind of fact.
    subject
        Filter that holds all facts that speak of the same; one at a time is true.
    values
        What is so; None = nobody knows any more.
    telling
        Who says it, and since when.

    """
    believed = _believed(model, subject, telling.day)
    if values is None:
        if believed is not None:
            _unsay(believed, telling)
        return None
    if believed is None:
        return _begin(model, subject, values, telling)
    if all(getattr(believed, name) == value for name, value in values.items()):
        return None
    if telling.is_mistake or _began_no_earlier(believed, telling):
        return mend(believed, values, telling=telling)
    believed.end(
        on=telling.day - timedelta(days=1), reason=_reason(telling), by=telling.by, now=telling.now
    )
    dated = {"valid_from": telling.day, "valid_to": believed.valid_to}
    return _record(model, {**subject, **values, **dated}, telling)


def mend(fact: Fact, values: Values, *, telling: Telling) -> Fact:
    """Supersede a fact by its own content with some values put right."""
    mine = {"batch": None, "source": BY_LEDGER}
    return fact.correct(
        reason=_reason(telling), by=telling.by, now=telling.now, **mine, **dict(values)
    )


def _believed(model: type[Fact], subject: Values, day: date) -> Fact | None:
    return model.objects.current().valid_on(day).filter(**subject).select_for_update().first()


def _began_no_earlier(fact: Fact, telling: Telling) -> bool:
    """Tell whether a fact holds from the same day on, so that nothing of it would be left."""
    if fact.valid_from is not None:
        return fact.valid_from >= telling.day
    return telling.since is None and timezone.localdate(fact.recorded_at) >= telling.today


def _begin(model: type[Fact], subject: Values, values: Values, telling: Telling) -> Fact:
    others = model.objects.current().filter(**subject)
    # Of what nobody spoke before, nobody knows since when it is so, unless it is said.
    begins = telling.since or (telling.day if others.exists() else None)
    later = others.filter(valid_from__gt=telling.day).order_by("valid_from").first()
    ends = later.valid_from - timedelta(days=1) if later and later.valid_from else None
    return _record(model, {**subject, **values, "valid_from": begins, "valid_to": ends}, telling)


def _record(model: type[Fact], values: Values, telling: Telling) -> Fact:
    told = {"recorded_at": telling.now, "recorded_by": telling.by, "source": BY_LEDGER}
    fact = model(**dict(values), **told, late_reason=telling.reason)
    fact.save(force_insert=True)
    return fact


def _unsay(fact: Fact, telling: Telling) -> None:
    if telling.is_mistake or _began_no_earlier(fact, telling):
        fact.withdraw(reason=_reason(telling), now=telling.now)
    else:
        last = telling.day - timedelta(days=1)
        fact.end(on=last, reason=_reason(telling), by=telling.by, now=telling.now)


def _reason(telling: Telling) -> str:
    return telling.reason.strip() or NEWS
