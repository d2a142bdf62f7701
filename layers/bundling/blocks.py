"""One block to search: units that ways join, and the ground that loops run over."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.adjacency import Links
from layers.bundling.ground import (
    BORDERS,
    CHANGE,
    EVENNESS,
    FLOOR,
    GAIN,
    HOUSEHOLDS,
    LEADS,
    LOCKS,
    NET,
    NO_MAXIMUM,
    PARTS,
    PER_M,
    PER_M2,
    PROMISE,
    SHORT,
    SPARE,
    SPREAD,
    SUBSIDY,
    SUMS,
    WEIGHT,
    ZONES,
    Ground,
    Whole,
)
from layers.bundling.layout import Layout, Unit
from layers.economics import cost_of_a_zone, site_margins
from layers.measures import zone_walk_m
from layers.policy import Contiguity, Count, Objective, Policy, Strategy
from layers.rules import limits_of
from layers.sites import Sites

PER_HOUSEHOLD = 10_000
PER_YUAN = 100
AMPLE = 2**45
"""What a lead can take on where no limit is known."""
COLUMNS: Mapping[Objective, int] = {
    Objective.LEFT_OUT: SHORT,
    Objective.PARTS: PARTS,
    Objective.SUBSIDY: SUBSIDY,
    Objective.COUNT: ZONES,
    Objective.SPREAD: SPREAD,
    Objective.EVENNESS: EVENNESS,
    Objective.CHANGE: CHANGE,
    Objective.BORDERS: BORDERS,
}


@dataclass(frozen=True, kw_only=True)
class Block:
    """n units that ways join, numbered in the order of their smallest site."""

    units: tuple[Unit, ...]
    ground: Ground


@dataclass(frozen=True, kw_only=True)
class Yields:
    """What each site adds to its zone, and where it lies: the same for all blocks."""

    sites: Sites
    links: Links
    sums: Whole
    """(n, 8) as in `Ground`, but for locks and nets, which are the units'."""
    corner_start: Whole
    corners: NDArray[np.float64]
    marks: Mapping[int, tuple[str, ...]]
    """Of sites that must not share a zone with others of the same mark."""
    present: Whole
    """(n,) number of the zone in the present plan; -1 = in none."""
    is_core: NDArray[np.bool_]
    """(n,) whether that zone is known by the site: it is the largest one."""
    order: Whole
    """Objectives, as in `Ground`."""


def yields_of(sites: Sites, links: Links, policy: Policy) -> Yields:
    """Return what each site adds to its zone, in whole numbers.

    An unknown floor area adds nothing, and is told in the reasons; leaving the site out still
    weighs 1 m², so that it is placed too.
    """
    sums = np.zeros((len(sites), SUMS), dtype=np.int64)
    columns = (
        (FLOOR, sites.floor_area_m2, PER_M2),
        (HOUSEHOLDS, sites.households, PER_HOUSEHOLD),
        (GAIN, site_margins(sites, policy.money), PER_YUAN),
    )
    for column, values, per in columns:
        sums[:, column] = np.rint(np.nan_to_num(values) * per).astype(np.int64)
    sums[:, WEIGHT] = np.maximum(sums[:, FLOOR], PER_M2)
    sums[:, LEADS] = sites.is_lead
    if limits_of(policy).leads_max == 1:
        spare = np.rint(np.nan_to_num(sites.spare_m2, nan=AMPLE / PER_M2) * PER_M2)
        sums[:, SPARE] = np.where(sites.is_lead, spare.astype(np.int64), -sums[:, FLOOR])
    hulls = shapely.convex_hull(sites.polygons)
    corners, owner = shapely.get_coordinates(hulls, return_index=True)
    present, is_core = _present(sites)
    return Yields(
        sums=sums,
        corner_start=np.searchsorted(owner, np.arange(len(hulls) + 1)),
        corners=corners,
        sites=sites,
        links=links,
        marks={
            site: tuple(str(sites.apart[site]).split())
            for site in np.flatnonzero(sites.apart != "").tolist()
        },
        present=present,
        is_core=is_core,
        order=order_of(policy, counts_change=bool((present >= 0).any())),
    )


def _present(sites: Sites) -> tuple[Whole, NDArray[np.bool_]]:
    labels, zone = np.unique(sites.present, return_inverse=True)
    is_core = np.zeros(len(sites), dtype=np.bool_)
    largest_first = np.argsort(-np.nan_to_num(sites.floor_area_m2), kind="stable")
    is_core[largest_first[np.unique(zone[largest_first], return_index=True)[1]]] = True
    is_out = sites.present == ""
    is_core[is_out] = False
    # The empty label sorts first: those that are in a zone count from 0.
    return np.where(is_out, -1, zone - int("" in labels)), is_core


def block_of(units: tuple[Unit, ...], layout: Layout, yields: Yields, policy: Policy) -> Block:
    """Return one component of the layout as a block."""
    unit_of = {site: number for number, unit in enumerate(units) for site in unit.members}
    ways = [
        _ways_of(unit, number, unit_of, layout, yields.sites.places)
        for number, unit in enumerate(units)
    ]
    sums = np.array([yields.sums[list(unit.members)].sum(axis=0) for unit in units])
    sums[:, LOCKS] = [bool(unit.lock) for unit in units]
    sums[:, NET] = [_net(unit, yields) for unit in units]
    corners = [_corners_of(unit, yields) for unit in units]
    place, stretch = _places_of(units, yields.sites)
    foes = _foes_of(units, yields.marks)
    rows = [_present_rows(unit, yields) for unit in units]
    limits, money = limits_of(policy), policy.money
    diameter_max_m, lead_reach_m = (
        math.inf if limit is None else float(limit)
        for limit in (limits.diameter_max_m, limits.lead_reach_m)
    )
    ground = Ground(
        start=_starts([len(near) for near in ways]),
        near=np.array([other for near in ways for other in near], dtype=np.int64),
        length=np.array([way.length for near in ways for way in near.values()], dtype=np.int64),
        is_linked=np.array(
            [way.is_linked for near in ways for way in near.values()], dtype=np.bool_
        ),
        walk=np.array([way.walk for near in ways for way in near.values()], dtype=np.int64),
        sums=sums,
        box=np.array([_box(own) for own in corners]),
        corner_start=_starts([len(own) for own in corners]),
        corners=np.concatenate(corners),
        place=place,
        stretch=stretch,
        foe_start=_starts([len(own) for own in foes]),
        foe=np.array([foe for own in foes for foe in own], dtype=np.int64),
        present_start=_starts([len(own) for own in rows]),
        present=np.array([row[0] for own in rows for row in own], dtype=np.int64),
        present_count=np.array([row[1] for own in rows for row in own], dtype=np.int64),
        present_core=np.array([row[2] for own in rows for row in own], dtype=np.bool_),
        order=yields.order,
        floor_min=_whole(limits.floor_area_min_m2, PER_M2, without=0),
        floor_max=_whole(limits.floor_area_max_m2, PER_M2, without=NO_MAXIMUM),
        households_min=_whole(limits.households_min, PER_HOUSEHOLD, without=0),
        households_max=_whole(limits.households_max, PER_HOUSEHOLD, without=NO_MAXIMUM),
        cost_of_a_zone=round(cost_of_a_zone(money) * PER_YUAN),
        subsidy_max=_whole(limits.subsidy_max_yuan, PER_YUAN, without=NO_MAXIMUM),
        diameter_max_m=diameter_max_m,
        walk_max=_whole(limits.walk_max_m, PER_M, without=NO_MAXIMUM),
        leads_min=limits.leads_min or 0,
        leads_max=limits.leads_max or NO_MAXIMUM,
        lead_reach_m=lead_reach_m,
        asks_pairs=min(diameter_max_m, lead_reach_m) < math.inf or any(foes),
        target=0,
        ideal=0,
        most_changed=NO_MAXIMUM,
        is_whole=policy.bundling.strategy is Strategy.WHOLE_AREA,
        leaves_out=policy.bundling.below_minimum == "leave_out",
        wants_many=_wants_many(policy),
        counts_parts=policy.bundling.contiguity is Contiguity.PREFERRED,
        asks_spread=SPREAD in yields.order,
        asks_borders=BORDERS in yields.order,
    )
    return Block(units=units, ground=ground)


def _wants_many(policy: Policy) -> bool:
    is_split = policy.bundling.strategy is not Strategy.WHOLE_AREA
    return is_split and policy.bundling.count == Count.MANY


def order_of(policy: Policy, *, counts_change: bool) -> Whole:
    """Return the objectives in the order in which they count, and the promise behind the count.

    What the policy does not name still decides between equals: the spread, unless the borders tell
    what is neat, and the change where there is a present plan. A target count is the bureau's own,
    and comes before money.
    """
    order = [COLUMNS[objective] for objective in policy.bundling.objectives]
    if policy.bundling.count == Count.TARGET:
        order.remove(ZONES)
        order.insert(1, ZONES)
    if not {SPREAD, BORDERS} & {*order}:
        order.append(SPREAD)
    if CHANGE not in order:
        order.append(CHANGE)
    if not counts_change:
        order.remove(CHANGE)
    order.insert(order.index(ZONES) + 1, PROMISE)
    return np.array(order, dtype=np.int64)


def _whole(number: float | None, per: int, *, without: int) -> int:
    return without if number is None else round(number * per)


def _starts(counts: list[int]) -> Whole:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _net(unit: Unit, yields: Yields) -> int:
    if len(unit.members) == 1:
        return 0
    return math.ceil(zone_walk_m(unit.members, yields.sites, yields.links) * PER_M)


def _corners_of(unit: Unit, yields: Yields) -> NDArray[np.float64]:
    starts = yields.corner_start
    return np.concatenate(
        [yields.corners[starts[site] : starts[site + 1]] for site in unit.members]
    )


def _box(corners: NDArray[np.float64]) -> tuple[float, float, float, float]:
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(right), float(low), float(high)


def _places_of(
    units: Sequence[Unit], sites: Sites
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where each unit lies, at its lead site if it has one, and how far it stretches."""
    place, stretch = np.zeros((len(units), 2)), np.zeros(len(units))
    for number, unit in enumerate(units):
        members = sorted(unit.members, key=lambda site: not sites.is_lead[site])
        at = sites.places[members]
        place[number], stretch[number] = at[0], np.hypot(*(at - at[0]).T).max()
    return place, stretch


def _foes_of(units: Sequence[Unit], marks: Mapping[int, tuple[str, ...]]) -> list[list[int]]:
    """Return for each unit those that it must not share a zone with."""
    marked: dict[str, set[int]] = {}
    own = [{mark for site in unit.members for mark in marks.get(site, ())} for unit in units]
    for number, found in enumerate(own):
        for mark in found:
            marked.setdefault(mark, set()).add(number)
    return [
        sorted(set().union(*(marked[mark] for mark in found)) - {number})
        for number, found in enumerate(own)
    ]


def _present_rows(unit: Unit, yields: Yields) -> list[tuple[int, int, bool]]:
    """Return the present zones of a unit's sites, how many are in each, and whether its core is."""
    rows: dict[int, tuple[int, bool]] = {}
    for site in unit.members:
        zone = int(yields.present[site])
        if zone >= 0:
            count, is_core = rows.get(zone, (0, False))
            rows[zone] = count + 1, is_core or bool(yields.is_core[site])
    return [(zone, count, is_core) for zone, (count, is_core) in sorted(rows.items())]


@dataclass(frozen=True)
class _Way:
    length: int
    """In millimetres, with impedance."""
    is_linked: bool
    walk: int
    """In millimetres, of the shortest open link."""


def _ways_of(
    unit: Unit,
    number: int,
    unit_of: Mapping[int, int],
    layout: Layout,
    places: NDArray[np.float64],
) -> Mapping[int, _Way]:
    """Return the way to each neighbour."""
    ways: dict[int, _Way] = {}
    for site in unit.members:
        for other, length_m in layout.ways[site].items():
            neighbour = unit_of.get(other, number)
            if neighbour != number:
                is_linked = other in layout.linked[site]
                walk = math.ceil(math.dist(places[site], places[other]) * PER_M) * is_linked
                way = _Way(round(length_m * PER_M), is_linked, walk)
                ways[neighbour] = _better(way, ways.get(neighbour))
    return dict(sorted(ways.items()))


def _better(way: _Way, known: _Way | None) -> _Way:
    if known is None:
        return way
    walks = [each.walk for each in (way, known) if each.is_linked]
    return _Way(min(way.length, known.length), bool(walks), min(walks, default=0))
