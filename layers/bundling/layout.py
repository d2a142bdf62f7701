"""What is settled before anything is searched: locks, single sites over a maximum, components.

What is left are *blocks*: sites that open links join inside one scope, as units. A unit is one
site, or all the sites that a planner locked into one zone, or that belong together.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.adjacency import Links
from layers.bundling.spread import Yardstick
from layers.measures import Joined, link_lengths_m, places
from layers.policy import Contiguity, Policy, Strategy
from layers.ragged import Ragged
from layers.rules import (
    MAXIMA,
    MINIMA,
    RULES,
    TOLERANCE,
    Zone,
    limits_of,
    problems_of_zone,
)
from layers.sites import LOCKED_OUT, Sites

NEAREST = 6
"""Where contiguity is not required, a site may join this many nearest sites of its scope."""

Ways = tuple[dict[int, float], ...]
"""For each site (or unit) the others that it may be run together with, and the way in metres."""


@dataclass(frozen=True)
class Unit:
    """Sites that stay together in the search: positions in `Sites`, and the label of their lock."""

    members: tuple[int, ...]
    lock: str = ""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What is settled, and what is left to search."""

    settled: tuple[Zone, ...]
    """Zones that stand as they are; their label is their lock's, or ""."""
    kept_out: tuple[int, ...]
    """Sites that a planner keeps out of every zone."""
    connectors: Mapping[int, str]
    """Free sites that a locked zone needs in order to hang together, with its label."""
    blocks: tuple[tuple[Unit, ...], ...]
    """Components, each sorted by its smallest member; never joined to one another."""
    ways: Ways
    """Between sites: open links in one scope, and straight ways where gaps are allowed."""
    linked: tuple[frozenset[int], ...]
    """The same without the straight ways."""


def lay_out(sites: Sites, links: Links, policy: Policy) -> Layout:
    """Return what is settled by locks and maxima, and the blocks that are left."""
    kept_out = np.flatnonzero(sites.lock == LOCKED_OUT)
    linked = open_ways(sites, links, policy)
    if policy.bundling.strategy is Strategy.NONE:
        settled = _one_by_one(sites, kept_out.tolist())
        connectors: dict[int, str] = {}
        units: list[Unit] = []
        free: list[int] = []
    else:
        alone = _sites_over_a_maximum(sites, links, policy)
        units, settled, connectors = _locked_units(sites, links, policy, linked, alone)
        groups = [unit.members for unit in units] + [zone.members for zone in settled]
        held = {*kept_out.tolist(), *alone, *(site for group in groups for site in group)}
        free = [int(site) for site in np.flatnonzero(sites.lock == "") if int(site) not in held]
        settled += [Zone("", (site,)) for site in sorted(alone)]
    units = sorted([*units, *(Unit((site,)) for site in free)], key=lambda unit: unit.members)
    ways = _with_ways_across(linked, units, sites, policy)
    return Layout(
        settled=tuple(settled),
        kept_out=tuple(kept_out.tolist()),
        connectors=connectors,
        blocks=_components(units, ways),
        ways=ways,
        linked=tuple(frozenset(near) for near in linked),
    )


def open_ways(sites: Sites, links: Links, policy: Policy) -> Ways:
    """Return the open links inside one scope, as ways in metres with the impedance added."""
    scope = sites.scope_codes(policy.bundling.scope)
    is_usable = links.is_open & (scope[links.a] == scope[links.b])
    is_usable &= (sites.lock[links.a] != LOCKED_OUT) & (sites.lock[links.b] != LOCKED_OUT)
    length_m = link_lengths_m(sites, links) + (links.cost_m - links.gap_m)
    ways: Ways = tuple({} for _ in sites.ids)
    usable = (column[is_usable].tolist() for column in (links.a, links.b, length_m))
    for a, b, length in zip(*usable, strict=True):
        ways[a][b] = ways[b][a] = min(length, ways[a].get(b, length))
    return ways


def _one_by_one(sites: Sites, kept_out: list[int]) -> list[Zone]:
    told = _told_together(sites)
    held = {*kept_out, *(site for _, group in told for site in group)}
    alone = [("", [site]) for site in range(len(sites)) if site not in held]
    return [Zone(label, tuple(group)) for label, group in (*told, *alone)]


def _sites_over_a_maximum(sites: Sites, links: Links, policy: Policy) -> set[int]:
    free = np.flatnonzero((sites.lock == "") & (sites.together == ""))
    limits, each = limits_of(policy), Ragged.of([[site] for site in free.tolist()])
    columns = (
        (sites.floor_area_m2[free], limits.floor_area_max_m2),
        (sites.households[free], limits.households_max),
        (Yardstick(sites, links).diameters_m(each), limits.diameter_max_m),
    )
    may_be_over = np.zeros(len(free), dtype=np.bool_)
    for values, maximum in columns:
        may_be_over |= values > (np.inf if maximum is None else maximum - TOLERANCE)
    rules = [RULES[name] for name in sorted(MAXIMA)]
    return {
        site
        for site in free[may_be_over].tolist()
        if any(rule(Zone("", (site,)), sites, links, policy) for rule in rules)
    }


def _locked_units(
    sites: Sites, links: Links, policy: Policy, linked: Ways, alone: set[int]
) -> tuple[list[Unit], list[Zone], dict[int, str]]:
    """Return the locks that may be extended, those that stand as drawn, and their connectors.

    Sites that belong together are a lock without a label.
    """
    units, settled, connectors = [], [], dict[int, str]()
    told = _told_together(sites)
    bound = {site for _, drawn in told for site in drawn}
    free = set(np.flatnonzero(sites.lock == "").tolist()) - alone - bound
    for label, drawn in told:
        between = _sites_between(drawn, linked, free - connectors.keys())
        for members in (tuple(sorted([*drawn, *between])), tuple(drawn)):
            problems = problems_of_zone(Zone(label, members), sites, links, policy)
            if {problem.rule for problem in problems} <= MINIMA:
                units.append(Unit(members, label))
                connectors |= {site: label for site in members if site not in drawn}
                break
        else:
            settled.append(Zone(label, tuple(drawn)))
    return units, settled, connectors


def _told_together(sites: Sites) -> list[tuple[str, list[int]]]:
    """Return the label of each lock with its sites, then those that belong together without one.

    A lock takes in the free sites that belong together with one of its own.
    """
    told: list[tuple[str, list[int]]] = []
    held = sites.lock != ""
    for label in sorted(set(sites.lock.tolist()) - {"", LOCKED_OUT}):
        marks = set(sites.together[sites.lock == label].tolist()) - {""}
        joins = ~held & np.isin(sites.together, sorted(marks))
        told.append((label, np.flatnonzero((sites.lock == label) | joins).tolist()))
        held = held | joins
    left = sorted(set(sites.together[~held].tolist()) - {""})
    groups = [np.flatnonzero((sites.together == mark) & ~held).tolist() for mark in left]
    return told + [("", group) for group in groups]


def _sites_between(drawn: list[int], linked: Ways, free: set[int]) -> list[int]:
    """Return free sites on shortest ways that join the parts of a lock, as far as they can be."""
    reached, between = {drawn[0]}, list[int]()
    usable = free | set(drawn)
    while way := _shortest_way(reached, set(drawn) - reached, linked, usable):
        reached.update(way)
        between.extend(site for site in way if site in free)
    return between


def _shortest_way(start: set[int], goals: set[int], linked: Ways, usable: set[int]) -> list[int]:
    """Return the sites after `start` up to the nearest goal (Dijkstra); empty if none is near."""
    came_from: dict[int, int] = {}
    queue = [(0.0, site, site) for site in sorted(start)]
    while queue:
        length, site, before = heapq.heappop(queue)
        if site in came_from:
            continue
        came_from[site] = before
        if site in goals:
            return _way_back(site, came_from)
        for other, further in linked[site].items():
            if other in usable and other not in came_from:
                heapq.heappush(queue, (length + further, other, site))
    return []


def _way_back(site: int, came_from: dict[int, int]) -> list[int]:
    way = []
    while came_from[site] != site:
        way.append(site)
        site = came_from[site]
    return way


def _with_ways_across(linked: Ways, units: Sequence[Unit], sites: Sites, policy: Policy) -> Ways:
    """Return the ways with straight ones added where sites of a zone need not hang together."""
    if policy.bundling.contiguity is Contiguity.REQUIRED:
        return linked
    ways = tuple(dict(near) for near in linked)
    scope = sites.scope_codes(policy.bundling.scope)
    at = places(sites.polygons)
    searched = np.array([site for unit in units for site in unit.members], dtype=np.int64)
    for code in sorted(set(scope[searched].tolist())):
        group = np.sort(searched[scope[searched] == code])
        for a, b, length in _straight_ways(group, at):
            ways[a].setdefault(b, length)
            ways[b].setdefault(a, length)
    return ways


def _straight_ways(
    group: NDArray[np.int64], at: NDArray[np.float64]
) -> Iterator[tuple[int, int, float]]:
    """Yield ways to the nearest sites, and those without which the group would fall apart."""
    sites = group.tolist()
    joined = Joined(sites)
    for site in sites:
        apart = np.hypot(*(at[group] - at[site]).T)
        for near in np.argsort(apart, kind="stable")[1 : NEAREST + 1].tolist():
            joined.join(site, sites[near])
            yield site, sites[near], float(apart[near])
    while joined.count > 1:
        *others, part = joined.groups()
        rest = np.array([site for other in others for site in other])
        apart, a, b = min(
            (float(row.min()), site, int(rest[row.argmin()]))
            for site in part
            for row in [np.hypot(*(at[rest] - at[site]).T)]
        )
        joined.join(a, b)
        yield a, b, apart


def _components(units: Sequence[Unit], ways: Ways) -> tuple[tuple[Unit, ...], ...]:
    unit_of = {site: number for number, unit in enumerate(units) for site in unit.members}
    joined = Joined(range(len(units)))
    for site, number in unit_of.items():
        for other in ways[site]:
            if other in unit_of:
                joined.join(number, unit_of[other])
    groups = sorted(joined.groups(), key=min)
    return tuple(tuple(units[number] for number in group) for group in groups)
