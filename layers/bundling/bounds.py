"""What no plan of a block can beat, in each objective, without searching it.

Each bound holds for every plan that keeps the maxima and puts every unit in a zone, and is as good
as the one in hand in the objectives before.
"""

from layers.bundling.blocks import Block, bits
from layers.bundling.groups import can_reach_the_minimum
from layers.bundling.judge import Worth

PATIENCE = 5_000
"""Groups that are tried around a unit before it is believed that some zone can hold it."""


def bounds_of(block: Block, worth: Worth) -> tuple[int | None, ...]:
    """Return for each objective of `Worth` a value that no plan can beat; None = not known.

    short: the weight of the hopeless units, which no group that reaches the minimum can hold.
    parts: no zone has fewer than one part.
    subsidy, zones: where only hopeless units are short, no zone holds both them and others, so
    the block falls apart into pieces of either sort. In each piece k zones cost k × the fixed
    cost less the gains, and k is at least all floor area (households) over the maximum; where many
    zones are wanted, k is at most what the minimum and the subsidy allow.
    """
    hopeless = sum(
        1 << unit
        for unit in range(len(block.units))
        if not can_reach_the_minimum(block, unit, patience=PATIENCE)
    )
    short = sum(block.weight[unit] for unit in bits(hopeless))
    if block.limits.leaves_out:
        # A plan may leave units out, and these need neither subsidy nor a zone.
        return (short, 0, None, None, None)
    if worth.short > short:
        hopeless = 0
    every = (1 << len(block.units)) - 1
    lost, sound = _pieces(block, hopeless), _pieces(block, every & ~hopeless)
    subsidy = sum(_least_subsidy(block, piece) for piece in lost + sound)
    if block.limits.wants_many:
        zones = len(lost) - _most_zones(block, sound, worth.subsidy)
    else:
        zones = sum(_fewest_zones(block, piece) for piece in lost + sound)
    return (short, 0, subsidy, zones, None)


def _pieces(block: Block, left: int) -> list[int]:
    """Return the connected pieces of the units in a mask, as masks."""
    pieces = []
    while left:
        piece = fresh = left & -left
        while fresh:
            around = 0
            for unit in bits(fresh):
                around |= block.around[unit]
            fresh = around & left & ~piece
            piece |= fresh
        pieces.append(piece)
        left &= ~piece
    return pieces


def _least_subsidy(block: Block, piece: int) -> int:
    cost = block.limits.cost_of_a_zone
    return max(0, _fewest_zones(block, piece) * cost - _useful_gain(block, piece))


def _useful_gain(block: Block, piece: int) -> int:
    """Return the most that the gains of a piece can take off the fixed costs of its zones.

    What a unit gains beyond the cost of one zone helps no other.
    """
    once = max(0, block.limits.cost_of_a_zone)
    gains = [block.gain[unit] for unit in bits(piece)]
    return min(sum(gains), sum(min(max(0, gain), once) for gain in gains))


def _fewest_zones(block: Block, piece: int) -> int:
    limits, units = block.limits, list(bits(piece))
    by_floor = -(-sum(block.floor[unit] for unit in units) // limits.floor_max)
    by_households = -(-sum(block.households[unit] for unit in units) // limits.households_max)
    by_lock = sum(bool(block.units[unit].lock) for unit in units)
    return max(1, by_floor, by_households, by_lock)


def _most_zones(block: Block, pieces: list[int], subsidy: int) -> int:
    """Return the most zones that reach the minimum, within a subsidy for the whole block.

    A unit above the minimum counts as the minimum: the rest of it makes no second zone.
    """
    limits, most = block.limits, 0
    sums = ((block.floor, limits.floor_min), (block.households, limits.households_min))
    for piece in pieces:
        units = list(bits(piece))
        fit = [len(units)]
        for values, minimum in sums:
            if minimum:
                fit.append(sum(min(values[unit], minimum) for unit in units) // minimum)
        most += min(fit)
    if limits.cost_of_a_zone <= 0:
        return most
    gained = sum(_useful_gain(block, piece) for piece in pieces)
    return min(most, (subsidy + gained) // limits.cost_of_a_zone)
