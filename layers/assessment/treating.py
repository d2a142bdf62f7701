"""From events and grades to the treatments of a policy: proposed (拟处理), never decided.

A treatment asks for signs: what events and evaluations show, and conditions that people recorded.
Each sign is 是, 否 or 不详; 不详 on a sign that would decide gives 待核实, never the treatment.
Whoever decides finds the evidence of every sign beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geo.errors import gettext_noop
from geo.words import EventCategory, QuarterMark, Word
from layers.assessment.events import Told
from layers.policy_parts import Asked, AssessmentRules, Sign, Treatment

GOOD = frozenset({QuarterMark.EXCELLENT, QuarterMark.GOOD})
MANY = "many_"
ABOUT = {f"{MANY}{category}": str(category) for category in EventCategory}
_MONTHS = 12


class Stand(Word):
    """Where a treatment of a compound stands."""

    PROPOSED = "proposed", gettext_noop("拟处理")
    TO_VERIFY = "to_verify", gettext_noop("待核实")


@dataclass(frozen=True, kw_only=True)
class Graded:
    """The latest grade of a compound, or of the area that it lies in."""

    grade: str
    """A QuarterMark."""
    quarter: str
    document: str
    """"" = derived from scores."""
    provider: str = ""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A condition that somebody recorded of a compound."""

    is_met: bool
    since: date | None
    source: str


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What is known of one compound on the day."""

    events: Sequence[Told]
    """Counted ones of the period."""
    are_events_known: bool
    """Whether events of its subdistrict and period are on record: else none is no finding."""
    graded: Graded | None = None
    conditions: Mapping[str, Recorded] | None = None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One sign that a treatment asks for, how it is, and what shows it."""

    asked: Asked
    is_so: bool | None
    """Whether it is as it is asked; None = 不详."""
    events: tuple[Told, ...] = ()
    graded: Graded | None = None
    recorded: Recorded | None = None


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """One treatment that is proposed, or would be if what is not known were so."""

    treatment: Treatment
    stand: Stand
    shown: tuple[Shown, ...]


def months_before(day: date, months: int) -> date:
    """Return the day after the same day some months earlier: the first of the period."""
    whole = day.year * _MONTHS + day.month - 1 - months
    year, month = divmod(whole, _MONTHS)
    if year < date.min.year:
        return date.min
    last = _days_in(year, month + 1)
    return date.fromordinal(date(year, month + 1, min(day.day, last)).toordinal() + 1)


def _days_in(year: int, month: int) -> int:
    first = date(year, month, 1)
    after = date(year + month // _MONTHS, month % _MONTHS + 1, 1)
    return (after - first).days


def propose(
    findings: Findings, treatments: Sequence[Treatment], rules: AssessmentRules
) -> tuple[Proposed, ...]:
    """Return what a policy's treatments come to for one compound, in the document's order."""
    found = (_judged(treatment, findings, rules) for treatment in treatments)
    return tuple(each for each in found if each is not None)


def _judged(treatment: Treatment, findings: Findings, rules: AssessmentRules) -> Proposed | None:
    needed = [_shown(asked, findings, rules) for asked in treatment.all]
    one_of = [_shown(asked, findings, rules) for asked in treatment.any]
    known = [each.is_so for each in needed]
    if one_of:
        known.append(_either([each.is_so for each in one_of]))
    # Where nothing at all speaks for it, there is nothing to verify either.
    if False in known or not any(each.is_so for each in (*needed, *one_of)):
        return None
    stand = Stand.TO_VERIFY if None in known else Stand.PROPOSED
    told = (*needed, *(each for each in one_of if each.is_so is not False))
    return Proposed(treatment=treatment, stand=stand, shown=tuple(told))


def _either(known: Sequence[bool | None]) -> bool | None:
    if True in known:
        return True
    return None if None in known else False


def _shown(asked: Asked, findings: Findings, rules: AssessmentRules) -> Shown:
    if asked.condition.startswith(MANY):
        return _many(asked, findings, rules)
    if asked.condition in {Sign.SERVICE_GOOD, Sign.SERVICE_POOR}:
        return _service(asked, findings)
    recorded = (findings.conditions or {}).get(asked.condition)
    is_so = None if recorded is None else recorded.is_met is asked.wanted
    return Shown(asked=asked, is_so=is_so, recorded=recorded)


def _many(asked: Asked, findings: Findings, rules: AssessmentRules) -> Shown:
    about = ABOUT.get(asked.condition)
    events = [e for e in findings.events if about in {None, e.category}]
    if not findings.are_events_known:
        return Shown(asked=asked, is_so=None)
    is_many = len(events) >= rules.many_events
    return Shown(asked=asked, is_so=is_many is asked.wanted, events=tuple(events))


def _service(asked: Asked, findings: Findings) -> Shown:
    graded = findings.graded
    if graded is None:
        return Shown(asked=asked, is_so=None)
    is_good, is_poor = graded.grade in GOOD, graded.grade == QuarterMark.FAILED
    is_it = is_good if asked.condition == Sign.SERVICE_GOOD else is_poor
    return Shown(asked=asked, is_so=is_it is asked.wanted, graded=graded)
