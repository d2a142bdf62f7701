"""One block to search, as plain whole numbers: exact sums whatever the order, and fast loops.

Sets of units are bit masks: bit u of a mask stands for unit u of the block.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

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
class Limits:
    """The policy's rules for a zone, in the block's whole numbers."""

    floor_min: int
    floor_max: int
    households_min: int
    households_max: int
    cost_of_a_zone: int
    leaves_out: bool
    """A group under the minimum is left out, instead of becoming a zone with an exception."""
    wants_many: bool
    counts_parts: bool
    """Zones may fall apart, but the fewer do the better (contiguity preferred)."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """n units that ways join, numbered in the order of their smallest site."""

    units: tuple[Unit, ...]
    ways: tuple[Mapping[int, int], ...]
    """For each unit its neighbours and the way to them, in millimetres with impedance."""
    around: tuple[int, ...]
    """The same neighbours as a mask."""
    linked: tuple[int, ...]
    """For each unit the mask of the units that an open link joins to it."""
    fits: tuple[int, ...]
    """For each unit the mask of the units that one zone may hold beside it: near enough for the
    maximum diameter, and not locked into another zone."""
    floor: tuple[int, ...]
    """Known floor area; an unknown one adds nothing here, and is told in the reasons."""
    households: tuple[int, ...]
    weight: tuple[int, ...]
    """What leaving the unit under the minimum weighs: its floor area, at least 1 m² a site, so
    that sites of unknown area are placed too."""
    gain: tuple[int, ...]
    """What the unit adds to its zone's yearly margin."""
    corners: tuple[NDArray[np.float64], ...]
    """Corners of each unit's convex hull, (k, 2) in metres."""
    limits: Limits


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers of the units in a mask, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def limits_in_whole_numbers(policy: Policy) -> Limits:
    """Return the policy's rules for a zone in the whole numbers that blocks count in."""
    limits = limits_of(policy)

    def whole(number: float | None, per: int, without: int) -> int:
        return without if number is None else round(number * per)

    return Limits(
        floor_min=whole(limits.floor_area_min_m2, PER_M2, 0),
        floor_max=whole(limits.floor_area_max_m2, PER_M2, NO_MAXIMUM),
        households_min=whole(limits.households_min, PER_HOUSEHOLD, 0),
        households_max=whole(limits.households_max, PER_HOUSEHOLD, NO_MAXIMUM),
        cost_of_a_zone=round(cost_of_a_zone(policy.money) * PER_YUAN),
        leaves_out=policy.bundling.below_minimum == "leave_out",
        wants_many=policy.bundling.count == "many",
        counts_parts=policy.bundling.contiguity is Contiguity.PREFERRED,
    )


def block_of(units: tuple[Unit, ...], layout: Layout, sites: Sites, policy: Policy) -> Block:
    """Return one component of the layout as a block."""
    unit_of = {site: number for number, unit in enumerate(units) for site in unit.members}
    corners = tuple(_corners(unit, sites) for unit in units)
    floor = _sums(units, sites.floor_area_m2, PER_M2)
    ways = tuple(_ways_of(unit, number, unit_of, layout) for number, unit in enumerate(units))
    return Block(
        units=units,
        ways=ways,
        around=tuple(_mask(set(near)) for near in ways),
        linked=tuple(
            _mask({unit_of[b] for a in unit.members for b in layout.linked[a] if b in unit_of})
            for unit in units
        ),
        fits=_fits(units, corners, limits_of(policy).diameter_max_m),
        floor=floor,
        households=_sums(units, sites.households, PER_HOUSEHOLD),
        weight=tuple(
            max(known, PER_M2 * len(unit.members)) for known, unit in zip(floor, units, strict=True)
        ),
        gain=_sums(units, site_margins(sites, policy.money), PER_YUAN),
        corners=corners,
        limits=limits_in_whole_numbers(policy),
    )


def _sums(units: tuple[Unit, ...], values: NDArray[np.float64], per: int) -> tuple[int, ...]:
    whole = np.rint(np.nan_to_num(values) * per).astype(np.int64).tolist()
    return tuple(sum(whole[site] for site in unit.members) for unit in units)


def _corners(unit: Unit, sites: Sites) -> NDArray[np.float64]:
    shape = shapely.geometrycollections(sites.polygons[list(unit.members)])
    corners: NDArray[np.float64] = shapely.get_coordinates(shapely.convex_hull(shape))
    return corners


def _ways_of(
    unit: Unit, number: int, unit_of: Mapping[int, int], layout: Layout
) -> Mapping[int, int]:
    ways: dict[int, int] = {}
    for site in unit.members:
        for other, length_m in layout.ways[site].items():
            neighbour = unit_of.get(other, number)
            if neighbour != number:
                length = round(length_m * PER_M)
                ways[neighbour] = min(length, ways.get(neighbour, length))
    return dict(sorted(ways.items()))


def _mask(numbers: set[int]) -> int:
    return sum(1 << number for number in numbers)


def _fits(
    units: tuple[Unit, ...], corners: tuple[NDArray[np.float64], ...], diameter_max_m: float | None
) -> tuple[int, ...]:
    limit = math.inf if diameter_max_m is None else diameter_max_m
    locked = np.array([bool(unit.lock) for unit in units])
    low, high = (np.array([pick(own, axis=0) for own in corners]) for pick in (np.min, np.max))
    centre, reach = (low + high) / 2, np.hypot(*(high - low).T) / 2
    masks = []
    for number in range(len(units)):
        between = np.hypot(*(centre - centre[number]).T)
        around = reach + reach[number]
        near = between + around <= limit
        # Only where the circles around the units leave it open are the corners measured.
        for other in np.flatnonzero(~near & (between - around <= limit)).tolist():
            near[other] = _farthest(corners[number], corners[other]) <= limit
        near &= ~(locked & locked[number])
        near[number] = True
        packed = np.packbits(near, bitorder="little").tobytes()
        masks.append(int.from_bytes(packed, "little"))
    return tuple(masks)


def _farthest(some: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    apart = some[:, None, :] - others[None, :, :]
    return float(np.hypot(apart[..., 0], apart[..., 1]).max())
