"""A drawing judged zone by zone, by the rules, money and measures that proposals are made with.

While a planner draws, only zones change: sites and links stay what they were. So a `JudgedGround`
works out once what judging asks of the sites again and again, and hands the same functions as the
proposal's the same answers from less: the farthest outline vertices of sites are corners of the
sites' convex hulls, and ways run between the sites' places.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.adjacency import Links
from layers.bundling.drawn import Drawn
from layers.bundling.layout import Layout, Ways, open_ways
from layers.bundling.problems import problems_of_zones
from layers.bundling.spread import Yardstick
from layers.economics import Account, accounts_of
from layers.editing import NOWHERE, Change, Drawing
from layers.measures import parts_of, zone_walk_m
from layers.outlines import Outline, zone_outline
from layers.policy import Policy
from layers.rules import Problem, Zone, ZoneException, exception_of
from layers.sites import LOCKED_OUT, Sites

REMEMBERED = 2_000
"""So many judgements of zones are kept for one plan, and so many outlines."""


_Question = tuple[str, tuple[int, ...], tuple[int, ...], tuple[int, ...]]
"""Label of a zone, its members, those of them that are locked, and the sites that belong together
with a member and are locked elsewhere: for them the lock is what counts."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One zone as rules, money and measures see it."""

    label: str
    members: tuple[int, ...]
    """Positions in `Sites`, sorted."""
    is_locked: bool
    """Whether every one of its sites stays."""
    problems: tuple[Problem, ...]
    """Every rule that it breaks, those included that its exception covers."""
    exception: ZoneException | None
    """The name under which the policy lives with the problems; None where it does not."""
    account: Account
    diameter_m: float


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A zone before and after a change; None where it is not there."""

    label: str
    before: Judged | None
    after: Judged | None

    @property
    def broken(self) -> tuple[Problem, ...]:
        """The problems that the change brings."""
        return _beyond(self.after, self.before)

    @property
    def mended(self) -> tuple[Problem, ...]:
        """The problems that the change takes away."""
        return _beyond(self.before, self.after)


def _beyond(one: Judged | None, other: Judged | None) -> tuple[Problem, ...]:
    known = {problem.rule for problem in other.problems} if other else set()
    return tuple(p for p in one.problems if p.rule not in known) if one else ()


@dataclass(frozen=True, kw_only=True)
class JudgedGround:
    """Sites and links of a plan with its policy, ready to judge any drawing of them."""

    sites: Sites
    links: Links
    policy: Policy
    _known: dict[_Question, Judged] = field(default_factory=dict, repr=False)
    _drawn: dict[tuple[int, ...], Outline] = field(default_factory=dict, repr=False)
    """Outlines by members, each as if its zone were alone."""

    @cached_property
    def at(self) -> Mapping[str, int]:
        """The position of each site by its id."""
        return {str(site): position for position, site in enumerate(self.sites.ids)}

    @cached_property
    def hulls(self) -> Sites:
        """The sites with their convex hulls: as wide as the sites themselves."""
        return self.sites.having(polygons=shapely.convex_hull(self.sites.polygons))

    @cached_property
    def spots(self) -> Sites:
        """The sites with their places, between which ways run."""
        at = shapely.points(self.sites.places)
        return self.sites.having(polygons=np.asarray(at, dtype=object))

    @cached_property
    def yardstick(self) -> Yardstick:
        """What zones are measured against."""
        return Yardstick(self.hulls, self.links)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The sites' polygons, ready to be asked what is near."""
        return shapely.STRtree(self.sites.polygons)

    @cached_property
    def ways(self) -> Ways:
        """The open links in one scope, as ways in metres."""
        free = self.spots.having(lock=np.full(len(self.sites), ""))
        return open_ways(free, self.links, self.policy)

    @cached_property
    def _by_mark(self) -> Mapping[str, tuple[int, ...]]:
        """The sites that belong together, by their mark."""
        marked = np.flatnonzero(self.sites.together != "").tolist()
        marks = {str(self.sites.together[site]) for site in marked}
        return {
            mark: tuple(site for site in marked if self.sites.together[site] == mark)
            for mark in marks
        }

    @cached_property
    def _open_links(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Positions of the open links, and where those begin that each site comes first in."""
        is_open = np.flatnonzero(self.links.is_open)
        return is_open, np.searchsorted(self.links.a[is_open], np.arange(len(self.sites) + 1))

    def among(self, members: Sequence[int]) -> Links:
        """Return the open links between members, each end as its position among the members.

        `members` are sorted positions in `Sites`.
        """
        is_open, begins = self._open_links
        held = [is_open[begins[site] : begins[site + 1]] for site in members]
        rows = np.concatenate([is_open[:0], *held])
        own = np.array(members, dtype=np.int64)
        end = np.searchsorted(own, self.links.b[rows])
        is_inside = end < len(own)
        is_inside[is_inside] = own[end[is_inside]] == self.links.b[rows[is_inside]]
        rows = rows[is_inside]
        columns = {column.name: getattr(self.links, column.name)[rows] for column in fields(Links)}
        columns["a"] = np.searchsorted(own, columns["a"])
        return Links(**columns | {"b": end[is_inside]})

    def parts(self, ids: Iterable[str]) -> list[tuple[str, ...]]:
        """Return the parts into which sites fall over open links, the largest first."""
        members = sorted(self.at[site] for site in ids)
        names = self.sites.ids[members]
        found = parts_of(range(len(members)), self.among(members))
        return [tuple(names[list(part)].tolist()) for part in found]

    def walk_m(self, members: Sequence[int]) -> float:
        """Return the length in metres of the shortest net of open links that joins the members."""
        own = list(range(len(members)))
        return zone_walk_m(own, self._only(members, self.spots), self.among(members))

    def outline(self, members: Sequence[int]) -> Outline:
        """Return the outline round the members, as if no other zone were near.

        An edit changes a zone or two, and has to draw all around them too: those are remembered.
        """
        question = tuple(members)
        drawn = self._drawn.get(question)
        if drawn is None:
            polygons = self.sites.polygons[list(question)]
            drawn = zone_outline(polygons, reach_m=self.policy.links.reach_m)
            if len(self._drawn) >= REMEMBERED:
                self._drawn.clear()
            self._drawn[question] = drawn
        return drawn

    def judge(self, label: str, drawing: Drawing) -> Judged:
        """Return what is to be said of a zone of the drawing."""
        return self.judge_all([label], drawing)[0]

    def judge_all(self, labels: Iterable[str], drawing: Drawing) -> list[Judged]:
        """Return what is to be said of these zones of the drawing, in their order."""
        questions = [self._question(label, drawing) for label in labels]
        # Two threads may both reckon the same zone; they come to the same answer.
        known = {question: self._known.get(question) for question in questions}
        unknown = [question for question in questions if known[question] is None]
        new = self._judged(unknown) if unknown else {}
        if len(self._known) + len(new) > REMEMBERED:
            self._known.clear()
        self._known.update(new)
        return [known[question] or new[question] for question in questions]

    def _question(self, label: str, drawing: Drawing) -> _Question:
        members = tuple(sorted(self.at[site] for site in drawing.members(label)))
        marks = {str(mark) for mark in self.sites.together[list(members)]} - {""}
        others = {site for mark in marks for site in self._by_mark[mark]} - {*members}
        return label, members, self._held(members, drawing), self._held(sorted(others), drawing)

    def _held(self, members: Iterable[int], drawing: Drawing) -> tuple[int, ...]:
        return tuple(at for at in members if self.sites.ids[at] in drawing.locked)

    def _judged(self, questions: Sequence[_Question]) -> dict[_Question, Judged]:
        """Judge zones of one drawing together: a look at many takes little longer than at one."""
        locks = [""] * len(self.sites)
        for _label, _members, _held, elsewhere in questions:
            for site in elsewhere:
                locks[site] = LOCKED_OUT
        for label, _members, held, _elsewhere in questions:
            for site in held:
                locks[site] = label
        zones = tuple(Zone(label, members) for label, members, *_locks in questions)
        drawn = self.drawn(zones, self.hulls.having(lock=np.array(locks, dtype=np.str_)))
        problems, diameters_m = problems_of_zones(drawn), drawn.diameters_m.tolist()
        accounts = accounts_of(drawn.members, drawn.sites, self.policy.money)
        return {
            question: Judged(
                label=zone.label,
                members=zone.members,
                is_locked=len(question[2]) == len(zone.members),
                problems=broken,
                exception=exception_of(zone, broken, drawn.sites),
                account=account,
                diameter_m=diameter_m,
            )
            for question, zone, broken, account, diameter_m in zip(
                questions, zones, problems, accounts, diameters_m, strict=True
            )
        }

    def drawn(self, zones: Sequence[Zone], sites: Sites, *, ways: Ways = ()) -> Drawn:
        """Return zones as proposals look at them, none of them settled; reasons ask for ways."""
        zone_of = np.full(len(sites), -1, dtype=np.int64)
        for number, zone in enumerate(zones):
            zone_of[list(zone.members)] = number
        return Drawn(
            zones=tuple(zones),
            zone_of=zone_of,
            layout=Layout(settled=(), kept_out=(), connectors={}, blocks=(), ways=ways, linked=()),
            sites=sites,
            links=self.links,
            policy=self.policy,
            yardstick=self.yardstick,
        )

    @staticmethod
    def _only(members: Sequence[int], sites: Sites) -> Sites:
        is_member = np.zeros(len(sites), dtype=np.bool_)
        is_member[list(members)] = True
        return sites.take(is_member)


def judge_change(
    change: Change, before: Drawing, after: Drawing, ground: JudgedGround
) -> tuple[Verdict, ...]:
    """Return each zone that a change concerns, before and after, by number."""
    held = {after.zone_of[site] for site in change.locks} - {NOWHERE}
    labels = sorted({*change.zones, *held}, key=int)
    was, will_be = (
        {judged.label: judged for judged in ground.judge_all(_held(labels, drawing), drawing)}
        for drawing in (before, after)
    )
    return tuple(
        Verdict(label=label, before=was.get(label), after=will_be.get(label)) for label in labels
    )


def _held(labels: Iterable[str], drawing: Drawing) -> list[str]:
    return [label for label in labels if drawing.members(label)]
