"""What a zone of a block is worth: five whole numbers, the first that differs decides."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from layers.bundling.blocks import PER_M, Block, bits
from layers.measures import Joined, spanning_length

UnitZone = tuple[int, ...]
"""A zone of a block: the numbers of its units, sorted."""


class Worth(NamedTuple):
    """The objectives, in the order in which they count; less is better in each."""

    short: int
    """Floor area (ten-thousandths of a m²) under the minimum or left out."""
    parts: int
    """Parts beyond the first, where contiguity is preferred."""
    subsidy: int
    """Subsidy needed in hundredths of a yuan a year."""
    zones: int
    """Zones, counted as the policy wants: fewer, or (negative) more; groups under the minimum
    always count against."""
    spread: int
    """Walk between the units plus the diameter, in millimetres."""


NOTHING = Worth(0, 0, 0, 0, 0)


def total(worths: Iterable[Worth]) -> Worth:
    """Return the sum of the worths of zones that make up a plan."""
    return Worth(*map(sum, zip(NOTHING, *worths, strict=True)))


def plus(worth: Worth, change: Worth, *, times: int = 1) -> Worth:
    """Return worth + times × change, objective by objective."""
    return Worth(*(a + times * b for a, b in zip(worth, change, strict=True)))


class Judge:
    """Judges zones of one block, and remembers its judgements."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self._firsts: dict[UnitZone, Worth] = {}
        self._spreads: dict[UnitZone, int] = {}

    def is_short(self, zone: UnitZone) -> bool:
        """Tell whether the zone's known sums stay under a minimum."""
        block, limits = self.block, self.block.limits
        if sum([block.floor[u] for u in zone]) < limits.floor_min:
            return True
        return sum([block.households[u] for u in zone]) < limits.households_min

    def is_left_out(self, zone: UnitZone) -> bool:
        """Tell whether the policy leaves the zone out; what a planner locked always stays."""
        if not self.block.limits.leaves_out or not self.is_short(zone):
            return False
        return not any(self.block.units[unit].lock for unit in zone)

    def first(self, zone: UnitZone) -> Worth:
        """Return the worth with the spread left at 0: all that is cheap to know."""
        known = self._firsts.get(zone)
        if known is None:
            known = self._firsts[zone] = self._judge(zone)
        return known

    def worth(self, zone: UnitZone) -> Worth:
        """Return the whole worth of a zone."""
        return self.first(zone)._replace(spread=self.spread(zone))

    def spread(self, zone: UnitZone) -> int:
        """Return walk plus diameter in millimetres; 0 for what is left out."""
        known = self._spreads.get(zone)
        if known is None:
            left_out = self.is_left_out(zone)
            known = 0 if left_out else self._walk(zone) + self._diameter(zone)
            self._spreads[zone] = known
        return known

    def _judge(self, zone: UnitZone) -> Worth:
        block, limits = self.block, self.block.limits
        is_short = self.is_short(zone)
        short = sum(block.weight[unit] for unit in zone) if is_short else 0
        if is_short and self.is_left_out(zone):
            return Worth(short, 0, 0, 0, 0)
        return Worth(
            short=short,
            parts=self._parts(zone) - 1 if limits.counts_parts else 0,
            subsidy=max(0, limits.cost_of_a_zone - sum([block.gain[u] for u in zone])),
            zones=-1 if limits.wants_many and not is_short else 1,
            spread=0,
        )

    def _parts(self, zone: UnitZone) -> int:
        left, parts = sum(1 << unit for unit in zone), 0
        while left:
            reached = left & -left
            fresh = reached
            while fresh:
                around = 0
                for unit in bits(fresh):
                    around |= self.block.linked[unit]
                fresh = around & left & ~reached
                reached |= fresh
            left &= ~reached
            parts += 1
        return parts

    def _walk(self, zone: UnitZone) -> int:
        inside = set(zone)
        ways = [
            (length, unit, other)
            for unit in zone
            for other, length in self.block.ways[unit].items()
            if other > unit and other in inside
        ]
        return round(spanning_length(Joined(zone), ways))

    def _diameter(self, zone: UnitZone) -> int:
        at = np.concatenate([self.block.corners[unit] for unit in zone])
        apart = (at[:, None, 0] - at[:, 0]) ** 2 + (at[:, None, 1] - at[:, 1]) ** 2
        return round(float(np.sqrt(apart.max())) * PER_M)
