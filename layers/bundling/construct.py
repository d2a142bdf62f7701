"""Zones from one random spanning tree: cut from the leaves up wherever a part is large enough.

On a tree, the most parts that reach a minimum are found by one such pass; random trees, and a
random target between the minimum and the maximum, give the search its variety.
"""

from collections.abc import Sequence

import numpy as np

from layers.bundling.blocks import NO_MAXIMUM, Block
from layers.bundling.judge import UnitZone
from layers.measures import Joined


class Lot:
    """A group of units that grows while it keeps the maxima."""

    __slots__ = ("fits", "floor", "households", "mask", "units")

    def __init__(self, block: Block, units: Sequence[int]) -> None:
        self.units = list(units)
        self.floor = sum([block.floor[unit] for unit in units])
        self.households = sum([block.households[unit] for unit in units])
        self.mask = 0
        self.fits = -1
        for unit in units:
            self.mask |= 1 << unit
            self.fits &= block.fits[unit]

    def can_take(self, other: "Lot", block: Block) -> bool:
        """Tell whether both together keep the maxima and the locks."""
        limits = block.limits
        return (
            self.floor + other.floor <= limits.floor_max
            and self.households + other.households <= limits.households_max
            and not other.mask & ~self.fits
        )

    def take(self, other: "Lot") -> None:
        """Add the other lot's units."""
        self.units += other.units
        self.floor += other.floor
        self.households += other.households
        self.mask |= other.mask
        self.fits &= other.fits


def random_target(block: Block, rng: np.random.Generator) -> int:
    """Return a floor area at which to cut: the minimum, break-even, or anything up to the maximum.

    Where the policy sets no maximum, all that the block holds is the most.
    """
    limits = block.limits
    held = sum(block.floor)
    most = held if limits.floor_max == NO_MAXIMUM else limits.floor_max
    gained = sum(block.gain)
    break_even = limits.cost_of_a_zone * held // gained if gained > 0 else most
    anything = limits.floor_min + int(rng.random() * max(0, most - limits.floor_min))
    choices = (limits.floor_min, min(most, max(break_even, limits.floor_min)), anything)
    return choices[int(rng.integers(len(choices)))]


def random_zones(block: Block, units: Sequence[int], rng: np.random.Generator) -> list[UnitZone]:
    """Return connected groups of `units` that keep the maxima; some may stay under a minimum."""
    order, above = _random_tree(block, units, rng)
    lots = _absorbed(block, _cut(block, order, above, random_target(block, rng)))
    return sorted(tuple(sorted(lot.units)) for lot in lots)


def _random_tree(
    block: Block, units: Sequence[int], rng: np.random.Generator
) -> tuple[list[int], dict[int, int]]:
    """Return the units from the root outwards, and for each but the root the unit above it."""
    inside = set(units)
    ways = [
        (length + 1, unit, other)
        for unit in units
        for other, length in block.ways[unit].items()
        if other > unit and other in inside
    ]
    draws = rng.random(len(ways) + 1).tolist()
    drawn = [(length * draw, a, b) for (length, a, b), draw in zip(ways, draws, strict=False)]
    branches: dict[int, list[int]] = {unit: [] for unit in units}
    joined = Joined(units)
    for _, a, b in sorted(drawn):
        if joined.join(a, b):
            branches[a].append(b)
            branches[b].append(a)
    return _from_root(units[int(draws[-1] * len(units))], branches)


def _from_root(root: int, branches: dict[int, list[int]]) -> tuple[list[int], dict[int, int]]:
    order, above = [root], dict[int, int]()
    for unit in order:
        for other in branches[unit]:
            if other != above.get(unit):
                above[other] = unit
                order.append(other)
    return order, above


def _cut(block: Block, order: list[int], above: dict[int, int], target: int) -> list[Lot]:
    """Cut the tree from the leaves up, wherever a lot reaches the target or cannot grow."""
    lots = {unit: Lot(block, [unit]) for unit in order}
    done = []
    for unit in reversed(order):
        lot = lots[unit]
        is_enough = lot.floor >= target and lot.households >= block.limits.households_min
        if is_enough or unit not in above or not lots[above[unit]].can_take(lot, block):
            done.append(lot)
        else:
            lots[above[unit]].take(lot)
    return done


def _absorbed(block: Block, lots: list[Lot]) -> list[Lot]:
    """Let neighbours take the lots that stayed under a minimum, the smallest first."""
    limits = block.limits
    kept = [lot for lot in lots if _is_enough(lot, block)]
    holder = {unit: lot for lot in lots for unit in lot.units}
    short = sorted((lot for lot in lots if not _is_enough(lot, block)), key=_size)
    for lot in short:
        takers = {
            id(holder[other]): holder[other]
            for unit in lot.units
            for other in block.ways[unit]
            if other in holder and holder[other] is not lot
        }
        able = [taker for taker in takers.values() if taker.can_take(lot, block)]
        if able and limits.floor_min + limits.households_min:
            taker = min(able, key=_size)
            taker.take(lot)
            holder.update(dict.fromkeys(lot.units, taker))
        else:
            kept.append(lot)
    return kept


def _is_enough(lot: Lot, block: Block) -> bool:
    return lot.floor >= block.limits.floor_min and lot.households >= block.limits.households_min


def _size(lot: Lot) -> tuple[int, int, int]:
    return lot.floor, lot.households, min(lot.units)
