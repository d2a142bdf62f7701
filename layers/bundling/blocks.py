"""One block to search: units that ways join, and the ground that loops run over."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.bundling.ground import FLOOR, GAIN, HOUSEHOLDS, LOCKS, WEIGHT, Ground, Whole
from layers.bundling.layout import Layout, Unit
from layers.economics import cost_of_a_zone, site_margins
from layers.policy import Contiguity, Policy
from layers.rules import limits_of
from layers.sites import Sites

PER_M2 = 10_000
"""Floor area is counted in ten-thousandths of a square metre."""
PER_HOUSEHOLD = 10_000
PER_YUAN = 100
PER_M = 1_000
NO_MAXIMUM = 2**62


@dataclass(frozen=True, kw_only=True)
class Block:
    """n units that ways join, numbered in the order of their smallest site."""

    units: tuple[Unit, ...]
    ground: Ground


@dataclass(frozen=True, kw_only=True)
class Yields:
    """What each site adds to its zone, and its corners: the same for all blocks."""

    sums: Whole
    """(n, 5) as in `Ground`."""
    corner_start: Whole
    corners: NDArray[np.float64]


def yields_of(sites: Sites, policy: Policy) -> Yields:
    """Return what each site adds to its zone, in whole numbers.

    An unknown floor area adds nothing, and is told in the reasons; leaving the site out still
    weighs 1 m², so that it is placed too.
    """
    sums = np.zeros((len(sites.ids), 5), dtype=np.int64)
    columns = (
        (FLOOR, sites.floor_area_m2, PER_M2),
        (HOUSEHOLDS, sites.households, PER_HOUSEHOLD),
        (GAIN, site_margins(sites, policy.money), PER_YUAN),
    )
    for column, values, per in columns:
        sums[:, column] = np.rint(np.nan_to_num(values) * per).astype(np.int64)
    hulls = shapely.convex_hull(sites.polygons)
    corners, owner = shapely.get_coordinates(hulls, return_index=True)
    return Yields(
        sums=sums,
        corner_start=np.searchsorted(owner, np.arange(len(hulls) + 1)),
        corners=corners,
    )


def block_of(units: tuple[Unit, ...], layout: Layout, yields: Yields, policy: Policy) -> Block:
    """Return one component of the layout as a block."""
    unit_of = {site: number for number, unit in enumerate(units) for site in unit.members}
    ways = [_ways_of(unit, number, unit_of, layout) for number, unit in enumerate(units)]
    sums = np.array([yields.sums[list(unit.members)].sum(axis=0) for unit in units])
    sums[:, WEIGHT] = np.maximum(sums[:, FLOOR], [PER_M2 * len(unit.members) for unit in units])
    sums[:, LOCKS] = [bool(unit.lock) for unit in units]
    corners = [_corners_of(unit, yields) for unit in units]
    limits, money = limits_of(policy), policy.money
    diameter_max_m = limits.diameter_max_m
    ground = Ground(
        start=_starts([len(near) for near in ways]),
        near=np.array([other for near in ways for other in near], dtype=np.int64),
        length=np.array([way[0] for near in ways for way in near.values()], dtype=np.int64),
        is_linked=np.array([way[1] for near in ways for way in near.values()], dtype=np.bool_),
        sums=sums,
        box=np.array([_box(own) for own in corners]),
        corner_start=_starts([len(own) for own in corners]),
        corners=np.concatenate(corners),
        floor_min=_whole(limits.floor_area_min_m2, PER_M2, without=0),
        floor_max=_whole(limits.floor_area_max_m2, PER_M2, without=NO_MAXIMUM),
        households_min=_whole(limits.households_min, PER_HOUSEHOLD, without=0),
        households_max=_whole(limits.households_max, PER_HOUSEHOLD, without=NO_MAXIMUM),
        cost_of_a_zone=round(cost_of_a_zone(money) * PER_YUAN),
        diameter_max_m=math.inf if diameter_max_m is None else float(diameter_max_m),
        leaves_out=policy.bundling.below_minimum == "leave_out",
        wants_many=policy.bundling.count == "many",
        counts_parts=policy.bundling.contiguity is Contiguity.PREFERRED,
    )
    return Block(units=units, ground=ground)


def _whole(number: float | None, per: int, *, without: int) -> int:
    return without if number is None else round(number * per)


def _starts(counts: list[int]) -> Whole:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _corners_of(unit: Unit, yields: Yields) -> NDArray[np.float64]:
    starts = yields.corner_start
    return np.concatenate(
        [yields.corners[starts[site] : starts[site + 1]] for site in unit.members]
    )


def _box(corners: NDArray[np.float64]) -> tuple[float, float, float, float]:
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(right), float(low), float(high)


def _ways_of(
    unit: Unit, number: int, unit_of: Mapping[int, int], layout: Layout
) -> Mapping[int, tuple[int, bool]]:
    """Return for each neighbour the way to it in millimetres, and whether a link makes it."""
    ways: dict[int, tuple[int, bool]] = {}
    for site in unit.members:
        for other, length_m in layout.ways[site].items():
            neighbour = unit_of.get(other, number)
            if neighbour != number:
                length, is_linked = round(length_m * PER_M), other in layout.linked[site]
                known = ways.get(neighbour, (length, False))
                ways[neighbour] = min(length, known[0]), is_linked or known[1]
    return dict(sorted(ways.items()))
