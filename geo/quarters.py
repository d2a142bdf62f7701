"""Quarters of a year, as evaluations count them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from geo.errors import gettext_noop

TOLD = gettext_noop("{year}年第{number}季度")

_MONTHS = 3
_QUARTERS = 4
_YEARS = range(1990, 2101)
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4} | {str(n): n for n in range(1, 5)}
_WRITTEN = re.compile(
    r"(?P<year>\d{4})\s*(?:年|[-/.])?\s*(?:第|Q|q)?\s*(?P<number>[1-4一二三四])\s*(?:季度?)?"
)


@dataclass(frozen=True, order=True)
class Quarter:
    """One quarter; quarters are ordered by time."""

    year: int
    number: int
    """1 to 4."""

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the quarter that a day lies in."""
        return cls(day.year, (day.month - 1) // _MONTHS + 1)

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """Return the quarter that a person wrote: 2026年第三季度, 2026Q3; None where it is none."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None or int(found["year"]) not in _YEARS:
            return None
        return cls(int(found["year"]), _DIGITS[found["number"]])

    @property
    def first(self) -> date:
        """Return the first day."""
        return date(self.year, _MONTHS * (self.number - 1) + 1, 1)

    @property
    def last(self) -> date:
        """Return the last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Self:
        """Return the quarter after it."""
        is_last = self.number == _QUARTERS
        return type(self)(self.year + is_last, 1 if is_last else self.number + 1)

    @property
    def previous(self) -> Self:
        """Return the quarter before it."""
        is_first = self.number == 1
        return type(self)(self.year - is_first, _QUARTERS if is_first else self.number - 1)

    @property
    def key(self) -> str:
        """Return it as addresses say it: 2026Q3."""
        return f"{self.year}Q{self.number}"

    def __str__(self) -> str:
        return TOLD.format(year=self.year, number=self.number)
