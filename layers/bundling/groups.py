"""Connected groups of units that keep the maxima, each told once."""

from collections.abc import Iterator

from layers.bundling.blocks import Block, bits
from layers.bundling.judge import UnitZone

Group = tuple[int, int, int]
"""Mask of the units, their floor area and their households."""


def groups_around(block: Block, root: int, *, refused: int) -> Iterator[Group]:
    """Yield every connected group that holds `root`, no unit of `refused`, and keeps the maxima.

    Each group is reached once, by adding or for ever refusing one neighbour at a time. A group
    over a maximum is never grown, since no larger one can keep it. Larger groups come early.
    """
    limits = block.limits
    refused |= 1 << root
    near = block.around[root] & ~refused & block.fits[root]
    stack = [
        (1 << root, near, refused, block.fits[root], block.floor[root], block.households[root])
    ]
    while stack:
        mask, open_, refused, fits, floor, households = stack.pop()
        yield mask, floor, households
        for unit in bits(open_):
            refused |= 1 << unit
            more_floor = floor + block.floor[unit]
            more_households = households + block.households[unit]
            if more_floor > limits.floor_max or more_households > limits.households_max:
                continue
            kept = fits & block.fits[unit]
            onward = (open_ | block.around[unit]) & ~refused & kept
            stack.append((mask | 1 << unit, onward, refused, kept, more_floor, more_households))


def possible_zones(block: Block, *, most: int) -> list[UnitZone] | None:
    """Return every connected group of units that keeps the maxima; None if more than `most`."""
    found: list[UnitZone] = []
    for root in range(len(block.units)):
        # Groups with a smaller unit were told from there.
        for mask, _, _ in groups_around(block, root, refused=(1 << root) - 1):
            found.append(tuple(bits(mask)))
            if len(found) > most:
                return None
    return found


def can_reach_the_minimum(block: Block, unit: int, *, patience: int) -> bool:
    """Tell whether some zone that keeps all limits holds the unit.

    After `patience` groups the answer is yes, for want of proof that there is none.
    """
    limits = block.limits
    for tried, (_, floor, households) in enumerate(groups_around(block, unit, refused=0)):
        if floor >= limits.floor_min and households >= limits.households_min:
            return True
        if tried >= patience:
            return True
    return False
