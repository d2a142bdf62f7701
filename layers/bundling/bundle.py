"""Sites, links and policy → zones: the one function that other code calls."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from layers.adjacency import Links
from layers.bundling.blocks import PER_YUAN, Block, Yields, block_of, yields_of
from layers.bundling.budget import BUDGETS, Budget
from layers.bundling.drawn import Drawn
from layers.bundling.explain import explain_left_out, explain_sites, explain_zone
from layers.bundling.ground import (
    BORDERS,
    CHANGE,
    EVENNESS,
    PARTS,
    PER_M,
    PER_M2,
    PROMISE,
    SHORT,
    SPREAD,
    SUBSIDY,
    ZONES,
)
from layers.bundling.layout import Layout, lay_out
from layers.bundling.problems import problems_of_zones
from layers.bundling.search import Found, planned_work, search
from layers.bundling.shares import aimed_at, allowances, best_shares
from layers.bundling.spread import Yardstick
from layers.bundling.work import Work, cores_here
from layers.economics import Account, accounts_of
from layers.policy import Policy
from layers.reasons import Reason
from layers.rules import Problem, Zone, ZoneException, exception_of
from layers.sites import Sites

PER = {
    SHORT: ("short", PER_M2),
    PARTS: ("parts", 1),
    SUBSIDY: ("subsidy", PER_YUAN),
    ZONES: ("zones", 1),
    SPREAD: ("spread", PER_M),
    EVENNESS: ("evenness", 1),
    CHANGE: ("change", 1),
    BORDERS: ("borders", 2),
}
"""What each objective is called, and what it is counted in."""
LEFT_OUT = -1
"""The zone of a site that is in none."""


class Status(StrEnum):
    """How far a search came."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class BundledZone:
    """One zone with its sums, its exception and the reasons for both."""

    label: str
    members: tuple[int, ...]
    """Positions in `Sites`, sorted."""
    exception: ZoneException
    problems: tuple[Problem, ...]
    """What the exception covers; nothing else is ever broken."""
    account: Account
    diameter_m: float
    walk_m: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class Bundling:
    """All zones of a set of sites, and why each site is where it is."""

    zones: tuple[BundledZone, ...]
    """In the order of their smallest member."""
    zone_of: NDArray[np.int64]
    """For each site (n,) the position of its zone in `zones`; LEFT_OUT = in none."""
    site_reasons: tuple[tuple[Reason, ...], ...]
    status: Status
    objectives: Mapping[str, float]
    """In the order of the policy: floor area short in m², extra parts, subsidy in yuan a year,
    zones (negative where more are wanted, groups under the minimum count against; with a target
    how many it is off), spread in m, evenness in m⁴, changed sites, links parted. Over all that was
    searched."""
    bounds: Mapping[str, float]
    """What no plan can beat, for as many objectives as are known."""
    gap_objective: str
    """The first objective that is not proven; the last one where all are."""
    gap_percent: float | None
    """Distance between value and bound in that objective; None without a bound."""
    work: int


def bundle_sites(
    sites: Sites,
    links: Links,
    policy: Policy,
    *,
    seed: int = 0,
    most_changed: int | None = None,
    cores: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Bundling:
    """Bundle sites into zones that keep the policy's rules, or stand under a named exception.

    Where sites have a zone in a present plan, at most `most_changed` of them come into another: a
    zone of the present plan is known by its largest site. More do only where rules leave no choice.

    The same sites, links, policy and seed give the same zones on any machine and any number of
    cores; None = as many as this process may use. `on_progress` is told work done and planned;
    once `should_stop` answers True the best so far is returned with status `stopped`. Both are
    called from the calling thread.
    """
    layout = lay_out(sites, links, policy)
    yields = yields_of(sites, links, policy)
    blocks = [block_of(units, layout, yields, policy) for units in layout.blocks]
    tries = _tries(blocks, policy, settled=len(layout.settled), most_changed=most_changed)
    budget = BUDGETS[policy.bundling.effort]
    planned = sum(planned_work(block, budget) for own in tries for block in own)
    work = Work(planned=planned, on_progress=on_progress, should_stop=should_stop)
    tried = _searched(tries, sites, budget, work, seed=seed, cores=cores or cores_here())
    found = best_shares(tried, most_changed)
    zones = _labelled(_zones_of(layout, blocks, found), yields)
    drawn = Drawn(
        zones=tuple(zones),
        zone_of=_zone_of(zones, sites),
        layout=layout,
        sites=sites,
        links=links,
        policy=policy,
        yardstick=Yardstick(sites, links),
    )
    objectives = [PER[column] for column in yields.order.tolist() if column != PROMISE]
    return _bundling(drawn, found, work, objectives)


def _tries(
    blocks: Sequence[Block], policy: Policy, *, settled: int, most_changed: int | None
) -> list[list[Block]]:
    """Return each block with the numbers that it is searched with, one after the other."""
    grounds = [block.ground for block in blocks]
    if policy.bundling.target_count is not None and blocks:
        grounds = aimed_at(grounds, policy.bundling.target_count - settled)
    return [
        [replace(block, ground=allowed) for allowed in allowances(ground, most_changed)]
        for block, ground in zip(blocks, grounds, strict=True)
    ]


def _searched(
    tries: Sequence[Sequence[Block]],
    sites: Sites,
    budget: Budget,
    work: Work,
    *,
    seed: int,
    cores: int,
) -> list[list[Found]]:
    """Return what is found in each block with each of its numbers.

    The largest are begun first, so that no core waits.
    """
    blocks = [block for own in tries for block in own]
    order = sorted(range(len(blocks)), key=lambda number: -planned_work(blocks[number], budget))
    names = [str(sites.ids[block.units[0].members[0]]) for block in blocks]
    tasks = [
        partial(search, blocks[number], budget, seed=seed, name=names[number], work=work)
        for number in order
    ]
    found = dict(zip(order, work.side_by_side(tasks, cores=cores), strict=True))
    in_order = iter([found[number] for number in range(len(blocks))])
    return [list(islice(in_order, len(own))) for own in tries]


def _zones_of(layout: Layout, blocks: Sequence[Block], found: Sequence[Found]) -> list[Zone]:
    zones = list(layout.settled)
    for block, result in zip(blocks, found, strict=True):
        for chosen in result.zones:
            units = [block.units[number] for number in chosen.tolist()]
            members = sorted(site for unit in units for site in unit.members)
            zones.append(Zone("".join(unit.lock for unit in units), tuple(members)))
    return zones


def _labelled(zones: list[Zone], yields: Yields) -> list[Zone]:
    """Return the zones numbered by their smallest member, around the labels of locks.

    A zone that holds the largest site of a zone of the present plan goes on under its label.
    """
    taken = {*yields.sites.lock.tolist(), *yields.sites.present.tolist()}
    locks = {zone.label for zone in zones}
    numbers = (str(n) for n in range(1, len(zones) + len(taken) + 1) if str(n) not in taken)
    ordered = sorted(zones, key=lambda zone: zone.members)
    labels = [zone.label or _present_label(zone, yields, locks) for zone in ordered]
    return [
        Zone(label or next(numbers), zone.members)
        for zone, label in zip(ordered, labels, strict=True)
    ]


def _present_label(zone: Zone, yields: Yields, locks: set[str]) -> str:
    """Return the label of the present zone that lives on in this one; "" = none."""
    members = np.array(zone.members)
    labels = yields.sites.present[members]
    known_by = {str(label) for label in labels[yields.is_core[members]]} - locks
    return max(sorted(known_by), key=lambda label: int((labels == label).sum()), default="")


def _zone_of(zones: Sequence[Zone], sites: Sites) -> NDArray[np.int64]:
    zone_of = np.full(len(sites.ids), LEFT_OUT, dtype=np.int64)
    for position, zone in enumerate(zones):
        zone_of[list(zone.members)] = position
    return zone_of


def _bundling(
    drawn: Drawn, found: Sequence[Found], work: Work, objectives: Sequence[tuple[str, int]]
) -> Bundling:
    site_reasons = explain_sites(drawn) | explain_left_out(drawn)
    values = _sum([result.worth for result in found], len(objectives))
    bounds = _sum([result.bounds for result in found], len(objectives))
    names = [name for name, _ in objectives]
    gap_objective, gap_percent = _gap(names, values, bounds)
    status = Status.OPTIMAL if gap_percent == 0 else Status.FEASIBLE
    return Bundling(
        zones=tuple(_bundled(drawn)),
        zone_of=drawn.zone_of,
        site_reasons=tuple(site_reasons[site] for site in range(len(drawn.sites.ids))),
        status=Status.STOPPED if work.is_stopped else status,
        objectives=_in_units(objectives, values),
        bounds=_in_units(objectives, bounds),
        gap_objective=gap_objective,
        gap_percent=gap_percent,
        work=work.done,
    )


def _bundled(drawn: Drawn) -> Iterator[BundledZone]:
    accounts = accounts_of(drawn.members, drawn.sites, drawn.policy.money)
    problems = problems_of_zones(drawn)
    diameters_m, walks_m = drawn.diameters_m.tolist(), drawn.walks_m.tolist()
    for position, zone in enumerate(drawn.zones):
        broken, account = problems[position], accounts[position]
        exception = exception_of(zone, broken, drawn.sites)
        if exception is None:
            message = f"Zone {zone.label} breaks rules without an exception: {broken}."
            raise AssertionError(message)
        yield BundledZone(
            label=zone.label,
            members=zone.members,
            exception=exception,
            problems=broken,
            account=account,
            diameter_m=diameters_m[position],
            walk_m=walks_m[position],
            reasons=explain_zone(position, drawn, account, broken),
        )


def _sum(rows: Sequence[Sequence[int | None]], width: int) -> list[int | None]:
    """Return sums by objective; None from the first objective that a row does not know."""
    sums: list[int | None] = []
    for column in zip((0,) * width, *rows, strict=True):
        known = [value for value in column if value is not None]
        is_known = len(known) == len(column) and None not in sums
        sums.append(sum(known) if is_known else None)
    return sums


def _gap(
    names: Sequence[str], values: Sequence[int | None], bounds: Sequence[int | None]
) -> tuple[str, float | None]:
    """Return the first objective that is not proven, and how far it may be from the best."""
    for name, value, bound in zip(names, values, bounds, strict=True):
        if value is None or bound is None:
            return name, None
        if value > bound:
            return name, 100 * (value - bound) / max(abs(value), abs(bound))
    return names[-1], 0.0


def _in_units(
    objectives: Sequence[tuple[str, int]], values: Sequence[int | None]
) -> Mapping[str, float]:
    return {
        name: value / per
        for (name, per), value in zip(objectives, values, strict=True)
        if value is not None
    }
