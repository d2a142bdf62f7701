"""What no plan of a block can beat, in each objective, without searching it.

Each bound holds for every plan that keeps the maxima and puts every unit in a zone, so it also
holds for those that are best in the objectives before it.
"""

from layers.bundling.blocks import Block, bits
from layers.bundling.judge import Worth


def bounds_of(block: Block, worth: Worth) -> tuple[int | None, ...]:
    """Return for each objective of `Worth` a value that no plan can beat; None = not known.

    Each holds for plans that are as good as `worth` in the objectives before it.

    short: the weight of units around which even all that fits does not reach the minimum.
    parts: no zone has fewer than one part.
    subsidy: each of k zones costs its fixed cost less its gains, and k is at least all floor area
    (households) over the maximum; what a unit gains beyond the cost of one zone helps no other.
    count: as many as the minimum allows, where a unit above the minimum counts as the minimum,
    and as the subsidy allows; or as few as the maximum allows.
    """
    limits = block.limits
    if limits.leaves_out:
        # A plan may leave units out, and these need neither subsidy nor a zone.
        return (_hopeless(block), 0, None, None, None)
    fewest, gained = _fewest_zones(block), _useful_gain(block)
    subsidy = max(0, fewest * limits.cost_of_a_zone - gained)
    most = _most_zones(block)
    if limits.cost_of_a_zone > 0:
        most = min(most, (worth.subsidy + gained) // limits.cost_of_a_zone)
    return (_hopeless(block), 0, subsidy, -most if limits.wants_many else fewest, None)


def _useful_gain(block: Block) -> int:
    """Return the most that all gains can take off the fixed costs of the zones."""
    once = max(0, block.limits.cost_of_a_zone)
    return min(sum(block.gain), sum(min(max(0, gain), once) for gain in block.gain))


def _hopeless(block: Block) -> int:
    """Return the weight of the units that no zone with the minimum can hold."""
    limits = block.limits
    return sum(
        block.weight[unit]
        for unit in range(len(block.units))
        if _sum(block.floor, near := _near_enough(unit, block)) < limits.floor_min
        or _sum(block.households, near) < limits.households_min
    )


def _near_enough(unit: int, block: Block) -> int:
    """Return the mask of the units that hang together with this one and fit beside it."""
    reached = fresh = 1 << unit
    while fresh:
        around = 0
        for other in bits(fresh):
            for neighbour in block.ways[other]:
                around |= 1 << neighbour
        fresh = around & block.fits[unit] & ~reached
        reached |= fresh
    return reached


def _sum(values: tuple[int, ...], mask: int) -> int:
    return sum(values[unit] for unit in bits(mask))


def _fewest_zones(block: Block) -> int:
    limits = block.limits
    by_floor = -(-sum(block.floor) // limits.floor_max)
    by_households = -(-sum(block.households) // limits.households_max)
    by_lock = sum(bool(unit.lock) for unit in block.units)
    return max(1, by_floor, by_households, by_lock)


def _most_zones(block: Block) -> int:
    most = len(block.units)
    sums = ((block.floor, block.limits.floor_min), (block.households, block.limits.households_min))
    for values, minimum in sums:
        if minimum:
            most = min(most, sum(min(value, minimum) for value in values) // minimum)
    return most
