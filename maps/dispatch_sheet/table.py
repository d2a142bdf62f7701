"""The dispatch table of a plan: a line for each zone, and the items that were handed over."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext
from numpy.typing import NDArray

from geo.models import ManagingArea
from layers.coverage import ORDER
from layers.models import DispatchItem, Plan, WayStep
from layers.planning.report_dispatch import Dispatch, report_dispatch
from layers.planning.report_history import coverage_known
from layers.way import Finding
from maps.asked import Asked, asked_of


@dataclass(frozen=True, kw_only=True)
class Line:
    """One zone in one subdistrict, or the whole plan."""

    subdistrict: str
    zone: int | None
    """None = all zones."""
    sites: int
    states: tuple[int, ...]
    """How many sites are in each state: 入方案, then each step as the farthest."""
    change: str
    """What was taken, or fell away, since the week before."""
    late: str
    late_days: int
    """Of what is late longest."""
    findings: str
    duty: str
    """The office that answers for the next step."""
    open_items: int


@dataclass(frozen=True)
class Table:
    """The dispatch table of a plan on a day, as known on another."""

    plan: Plan
    asked: Asked
    dispatch: Dispatch

    @cached_property
    def lines(self) -> list[Line]:
        """Return a line for each zone, by subdistrict."""
        names = dict(ManagingArea.objects.values_list("code", "name"))
        places = [(site.subdistrict, site.zone) for site in self.dispatch.sites]
        open_items = Counter(each.zone.number for each in self.items if each.zone and is_open(each))
        return [
            self._line(
                np.array([each == place for each in places]),
                subdistrict=names.get(place[0], ""),
                zone=place[1],
                open_items=open_items[place[1]],
            )
            for place in sorted(set(places))
        ]

    @cached_property
    def whole(self) -> Line:
        """Return the sum of all lines."""
        everything = np.ones(len(self.dispatch.sites), dtype=np.bool_)
        open_items = sum(map(is_open, self.items))
        return self._line(everything, subdistrict="", zone=None, open_items=open_items)

    @cached_property
    def items(self) -> list[DispatchItem]:
        """Return what was handed over by the day and not crossed off before the last week."""
        rows = self.plan.dispatch_items.select_related("zone").filter(
            handed_on__lte=self.dispatch.on
        )
        return [as_on(each, self.dispatch.on) for each in rows if self._is_shown(each)]

    def _is_shown(self, item: DispatchItem) -> bool:
        return item.closed_on is None or item.closed_on > self.dispatch.since

    def _line(
        self, chosen: NDArray[np.bool_], *, subdistrict: str, zone: int | None, open_items: int
    ) -> Line:
        found = self.dispatch.progress
        late = np.where(chosen[:, None], found.late_days, 0)
        return Line(
            subdistrict=subdistrict,
            zone=zone,
            sites=int(chosen.sum()),
            states=tuple(found.in_state(chosen)),
            change=change_told(found.new[chosen], found.lost[chosen]),
            late=late_told(late),
            late_days=int(late.max(initial=0)),
            findings=findings_told(
                [
                    each
                    for each, is_here in zip(self.dispatch.findings, chosen, strict=True)
                    if is_here
                ]
            ),
            duty=self._duty(found.taken[chosen]),
            open_items=open_items,
        )

    def _duty(self, taken: NDArray[np.bool_]) -> str:
        """Return the office that answers for the first step that is not taken everywhere."""
        missing = (step for at, step in enumerate(ORDER) if not taken[:, at].all())
        return next((self.dispatch.duty[step] for step in missing), "")


def table_of(request: HttpRequest, plan: Plan) -> Table:
    """Return the dispatch table that the address asks for."""
    asked = asked_of(request)
    coverage = coverage_known(asked.known if asked.is_past else None)
    dispatch = report_dispatch(plan, coverage, asked.valid, known=asked.known)
    return Table(plan, asked, dispatch)


def step_words() -> list[tuple[str, str]]:
    """Return the steps in their order, with their words."""
    return [(str(step), str(WayStep(step).label)) for step in ORDER]


def word_of(at: int) -> str:
    """Return the word of a step by its place."""
    return str(WayStep(ORDER[at]).label)


def change_told(new: NDArray[np.bool_], lost: NDArray[np.bool_]) -> str:
    """Return what changed in the week: 签约 +2，进驻 −1."""
    parts = []
    for at in range(len(ORDER)):
        parts += [f"{word_of(at)} +{count}" for count in [int(new[:, at].sum())] if count]
        parts += [f"{word_of(at)} −{count}" for count in [int(lost[:, at].sum())] if count]
    return "，".join(parts)


def late_told(late_days: NDArray[np.int64]) -> str:
    """Return which steps are late in how many sites, and by how much."""
    sentence = gettext("{step}逾期 {count} 处（{days} 天）")
    counts = (late_days > 0).sum(axis=0)
    return "；".join(
        sentence.format(step=word_of(at), count=count, days=late_days[:, at].max())
        for at, count in enumerate(counts.tolist())
        if count
    )


def findings_told(findings: Sequence[Finding | None]) -> str:
    """Return how many sites have each finding."""
    counts = Counter(each for each in findings if each)
    sentence = pgettext("dispatch", "{finding} {count} 处")
    return "；".join(
        sentence.format(finding=gettext(each.label), count=counts[each])
        for each in Finding
        if counts[each]
    )


def as_on(item: DispatchItem, day: date) -> DispatchItem:
    """Return an item as it stood on a day: what was crossed off later was open."""
    if item.closed_on is not None and item.closed_on > day:
        item.closed_on, item.note = None, ""
    return item


def is_open(item: DispatchItem) -> bool:
    """Tell whether an item is not crossed off."""
    return item.closed_on is None


def days_over(item: DispatchItem, day: date) -> int:
    """Return by how many days an open item is late; 0 = not."""
    return max(0, (day - item.due_on).days) if is_open(item) else 0
