"""Whether a provider was allowed to sign on the day of signing: bans, grade and service area then.

What is found is a finding for people to look into. It undoes no contract.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from layers.assignment.providers import EVERYWHERE, Ban
from layers.policy import ProviderRules
from layers.reasons import Reason


@dataclass(frozen=True, kw_only=True)
class Held:
    """Something that held for a while, both days included; None = open or unknown."""

    value: str
    """A grade, or the code of an area."""
    valid_from: date | None
    valid_to: date | None

    def is_in_force(self, on_date: date) -> bool:
        """Tell whether it holds on a day."""
        has_begun = self.valid_from is None or self.valid_from <= on_date
        return has_begun and (self.valid_to is None or on_date <= self.valid_to)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the register says of one provider over time."""

    bans: Sequence[Ban] = ()
    grades: Sequence[Held] = ()
    service_areas: Sequence[Held] = ()
    """Without any it serves everywhere."""


def why_not_allowed(
    signed_on: date, areas: Iterable[str], record: Record, rules: ProviderRules
) -> tuple[Reason, ...]:
    """Return every reason why a contract should not have been signed; none = nothing known.

    Parameters
    ----------
    signed_on
        The day of signing.
    areas
        Codes of the managing areas that hold what is served, from the smallest to the city.
    """
    here = {*areas, EVERYWHERE}
    return (
        *_banned(signed_on, here, record),
        *_below_grade(signed_on, record, rules),
        *_outside(signed_on, here, record),
    )


def _banned(day: date, here: set[str], record: Record) -> Iterator[Reason]:
    for ban in record.bans:
        if ban.area in here and ban.is_in_force(day):
            values = {"day": day.isoformat(), "document": ban.document, "why": ban.reason}
            yield Reason("provider.signed_while_banned", values)


def _below_grade(day: date, record: Record, rules: ProviderRules) -> Iterator[Reason]:
    grades = [held.value for held in record.grades if held.is_in_force(day)]
    minimum = rules.grade_min
    if minimum is None:
        return
    if grades and max(grades) > minimum:
        values = {"day": day.isoformat(), "grade": max(grades), "minimum": minimum}
        yield Reason("provider.signed_below_grade", values)
    elif not grades and rules.grade_unknown == "refused":
        values = {"day": day.isoformat(), "minimum": minimum}
        yield Reason("provider.signed_grade_unknown", values)


def _outside(day: date, here: set[str], record: Record) -> Iterator[Reason]:
    held = [area.value for area in record.service_areas if area.is_in_force(day)]
    if held and not set(held) & here:
        yield Reason("provider.signed_outside", {"day": day.isoformat()})
