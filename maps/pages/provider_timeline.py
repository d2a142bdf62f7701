"""Grades, bans, roles and contracts of a provider on one axis of time, ready to be drawn as SVG."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext

from maps.pages.provider_record import ProviderRecord, Signed

WIDTH, LABEL_WIDTH = 1_000.0, 96.0
ROW_HEIGHT, BAR_HEIGHT, AXIS_HEIGHT = 26, 16, 22
MOST_CONTRACTS = 12
"""Rows of contracts that are drawn; the table below has them all."""
LEAST_WIDTH = 3.0
MOST_TICKS = 10


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Something that held for a while."""

    x: float
    width: float
    label: str
    title: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Track:
    """One row of the drawing."""

    label: str
    y: int
    bars: tuple[Bar, ...]

    @property
    def text_y(self) -> int:
        """Where the row's words stand."""
        return self.y + BAR_HEIGHT - 4


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The whole drawing."""

    tracks: tuple[Track, ...]
    ticks: tuple[tuple[float, str], ...]
    today_x: float
    height: int


def timeline_of(record: ProviderRecord, *, today: date) -> Timeline | None:
    """Return the drawing of a provider's record; None where nothing is dated."""
    rows = _rows(record)
    days = [day for _, held in rows for fact, *_ in held for day in _days(fact) if day]
    if not days:
        return None
    axis = _Axis(min([*days, today]), max([*days, today]))
    tracks = [
        Track(
            label=label,
            y=AXIS_HEIGHT + at * ROW_HEIGHT,
            bars=tuple(axis.bar(fact, text, kind) for fact, text, kind in held),
        )
        for at, (label, held) in enumerate(rows)
    ]
    return Timeline(
        tracks=tuple(tracks),
        ticks=tuple(axis.ticks()),
        today_x=axis.x(today),
        height=AXIS_HEIGHT + len(tracks) * ROW_HEIGHT,
    )


_Row = tuple[str, list[tuple[Any, str, str]]]


def _rows(record: ProviderRecord) -> list[_Row]:
    rows: list[_Row] = [
        (gettext("信用等级"), [(g, g.grade, f"grade-{g.grade}") for g in record.grades]),
        (gettext("禁入"), [(b, _where(b), "ban") for b in record.bans]),
        (gettext("角色"), [(r, r.get_role_display(), "role") for r in record.roles]),
    ]
    rows += [(gettext("合同"), [_contract(one)]) for one in _drawn(record.contracts)]
    return [(label, held) for label, held in rows if held]


def _drawn(contracts: Iterable[Signed]) -> list[Signed]:
    """Return the contracts that are drawn: those with findings first, then the newest."""
    dated = [one for one in contracts if any(_days(one.item))]
    return sorted(dated, key=lambda one: not one.findings)[:MOST_CONTRACTS]


def _contract(one: Signed) -> tuple[Any, str, str]:
    return one.item, str(one.item.covered), "contract-found" if one.findings else "contract"


def _where(ban: Any) -> str:
    return str(ban.area.name) if ban.area else gettext("全市")


def _days(fact: Any) -> tuple[date | None, date | None]:
    return fact.valid_from, fact.valid_to


class _Axis:
    """Days as places from left to right."""

    def __init__(self, first: date, last: date) -> None:
        self.first = first.replace(month=1, day=1)
        self.last = last.replace(month=12, day=31)
        self.scale = (WIDTH - LABEL_WIDTH) / max(1, (self.last - self.first).days)

    def x(self, day: date) -> float:
        return round(LABEL_WIDTH + (day - self.first).days * self.scale, 1)

    def bar(self, fact: Any, text: str, kind: str) -> Bar:
        """Return a fact as a bar; an unknown beginning or end runs to the edge."""
        first, last = _days(fact)
        left = self.x(first or self.first)
        right = self.x((last or self.last) + timedelta(days=1))
        until = last or gettext("至今")
        return Bar(
            x=left,
            width=max(LEAST_WIDTH, round(right - left, 1)),
            label=text,
            title=f"{text}：{first or gettext('起始不详')} — {until}",
            kind=kind,
        )

    def ticks(self) -> list[tuple[float, str]]:
        years = range(self.first.year, self.last.year + 1)
        step = -(-len(years) // MOST_TICKS)
        return [(self.x(date(year, 1, 1)), str(year)) for year in years[::step]]
