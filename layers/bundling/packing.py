"""As many full zones as fit beside one another, found by dropping zones into the ground.

A zone grows at random until it is as full as it must be, and those that it overlaps fall apart;
it stays where that loses no zone, and at first now and then although it does (simulated annealing).
What is in no zone meanwhile gives room for the next one, which is what a search over complete
zonings lacks: there every unit is always in some zone, and zones as full as they must be are stuck.
"""

from typing import NamedTuple

import numpy as np

from layers.bundling.compiled import compiled
from layers.bundling.construct import NONE, absorb, clear, fit_together, lay_out, start_lot, take
from layers.bundling.ground import NET, SUMS, Desk, Ground, Whole
from layers.bundling.improve import part_long_lots
from layers.bundling.worth import FULL, fullness, is_short, keeps_sums

HEAT = 60.0
"""At first a drop may on average waste so many thousandths of a full zone more."""
PRICE = 1_000
"""A zone less is as bad as so many thousandths of a full zone wasted."""
FREE_FIRST = 0.7
"""Share of the drops that begin at a unit in no zone."""
LOOKS = 4
"""Units beside a growing zone that are looked at for one that costs no other zone."""


class Packing(NamedTuple):
    """Zones that do not fill the ground, each named by a unit of its own."""

    of: Whole
    """(n,) the zone of each unit; -1 = in none."""
    head: Whole
    """(n,) first unit of each zone; `after` the next one."""
    after: Whole
    waste: Whole
    """(n,) what each zone holds beyond what it must, in thousandths of that."""
    free: Whole
    """(n,) units in no zone come first; `at` is where each stands."""
    at: Whole
    frees: Whole
    """(1,) how many are in none."""
    group: Whole
    """(n,) the zone that is growing."""
    beside: Whole
    """(n,) units beside it."""
    mark: Whole
    """(n,) the last drop that met the unit; `touched` the last that touched the zone."""
    touched: Whole
    rise: Whole
    """(n,) the walk to the unit from the one that met it last; `way` within its zone."""
    way: Whole


def empty_packing(n: int) -> Packing:
    """Return a packing of n units without a zone."""
    return Packing(
        of=np.full(n, NONE, dtype=np.int64),
        head=np.full(n, NONE, dtype=np.int64),
        after=np.full(n, NONE, dtype=np.int64),
        waste=np.zeros(n, dtype=np.int64),
        free=np.arange(n),
        at=np.arange(n),
        frees=np.full(1, n, dtype=np.int64),
        group=np.zeros(n, dtype=np.int64),
        beside=np.zeros(n, dtype=np.int64),
        mark=np.full(n, NONE, dtype=np.int64),
        touched=np.full(n, NONE, dtype=np.int64),
        rise=np.zeros(n, dtype=np.int64),
        way=np.zeros(n, dtype=np.int64),
    )


@compiled
def drop_zones(
    g: Ground, p: Packing, rng: np.random.Generator, begin: int, end: int, drops: int
) -> None:
    """Drop zones into the ground: numbers `begin` to `end` of `drops`."""
    sums = np.zeros(SUMS, dtype=np.int64)
    for drop in range(begin, end):
        warmth = HEAT * (1 - drop / drops) * rng.standard_exponential()
        size = _grow(g, p, drop, sums, rng)
        if size > 0:
            waste = fullness(g, sums) - FULL
            if waste - _relief(p, size, drop) <= warmth:
                _drop(p, size, waste)


@compiled
def _grow(g: Ground, p: Packing, drop: int, sums: Whole, rng: np.random.Generator) -> int:
    """Grow a zone until it is full: `p.group` and `sums`; return its size, 0 if it cannot be."""
    unit = _first_unit(p, rng)
    size, besides = 0, 0
    sums[:] = 0
    p.rise[unit] = 0
    while True:
        p.group[size] = unit
        size += 1
        sums += g.sums[unit]
        sums[NET] += p.rise[unit]
        p.mark[unit] = drop
        if p.of[unit] != NONE:
            p.touched[p.of[unit]] = drop
        if fullness(g, sums) >= FULL and not is_short(g, sums):
            return size if keeps_sums(g, sums) else 0
        besides = _meet(g, p, unit, besides, drop)
        unit = NONE
        while besides > 0 and unit == NONE:
            place = _look(p, besides, drop, rng)
            unit = p.beside[place]
            besides -= 1
            p.beside[place] = p.beside[besides]
            if not _may_join(g, p, unit, size, sums):
                unit = NONE
        if unit == NONE:
            return 0


@compiled
def _first_unit(p: Packing, rng: np.random.Generator) -> int:
    frees = p.frees[0]
    if frees > 0 and rng.random() < FREE_FIRST:
        return int(p.free[int(rng.random() * frees)])
    return int(rng.random() * len(p.of))


@compiled
def _meet(g: Ground, p: Packing, unit: int, besides: int, drop: int) -> int:
    """Write what the unit brings beside the zone; return how many are there now."""
    for way in range(g.start[unit], g.start[unit + 1]):
        other = g.near[way]
        if p.mark[other] != drop:
            p.mark[other] = drop
            p.rise[other] = g.walk[way]
            p.beside[besides] = other
            besides += 1
    return besides


@compiled
def _look(p: Packing, besides: int, drop: int, rng: np.random.Generator) -> int:
    """Choose a unit beside the zone at random, rather one that costs no other zone."""
    place = 0
    for _ in range(LOOKS):
        place = int(rng.random() * besides)
        zone = p.of[p.beside[place]]
        if zone == NONE or p.touched[zone] == drop:
            break
    return place


@compiled
def _may_join(g: Ground, p: Packing, unit: int, size: int, sums: Whole) -> bool:
    grown = sums + g.sums[unit]
    grown[NET] += p.rise[unit]
    if not keeps_sums(g, grown):
        return False
    if g.asks_pairs:
        for member in p.group[:size]:
            if not fit_together(g, unit, member):
                return False
    return True


@compiled
def _relief(p: Packing, size: int, drop: int) -> int:
    """Return the waste that goes with the zones touched, less the price of all but one of them."""
    relief = PRICE
    for place in range(size):
        zone = p.of[p.group[place]]
        if zone != NONE and p.touched[zone] == drop:
            relief += p.waste[zone] - PRICE
            p.touched[zone] = NONE
    return relief


@compiled
def _drop(p: Packing, size: int, waste: int) -> None:
    """Let the zones touched fall apart, and keep the new one under the name of its first unit."""
    for place in range(size):
        zone = p.of[p.group[place]]
        if zone != NONE:
            unit = p.head[zone]
            while unit != NONE:
                p.of[unit] = NONE
                _set_free(p, unit)
                unit = p.after[unit]
    name = p.group[0]
    p.head[name], p.waste[name] = NONE, waste
    for place in range(size):
        unit = p.group[place]
        p.of[unit] = name
        p.way[unit] = p.rise[unit]
        p.after[unit] = p.head[name]
        p.head[name] = unit
        _swap(p, unit, p.frees[0] - 1)
        p.frees[0] -= 1


@compiled
def _set_free(p: Packing, unit: int) -> None:
    _swap(p, unit, p.frees[0])
    p.frees[0] += 1


@compiled
def _swap(p: Packing, unit: int, place: int) -> None:
    other, before = p.free[place], p.at[unit]
    p.free[place], p.free[before] = unit, other
    p.at[unit], p.at[other] = place, before


@compiled
def filled_up(g: Ground, desk: Desk, p: Packing) -> Whole:
    """Return (n,) the zones after each has taken in what it can of the units in none."""
    units = len(p.of)
    desk.units[:units] = np.arange(units)
    lay_out(desk, units)
    for unit in range(units):
        start_lot(g, desk, unit)
    for unit in range(units):
        if p.of[unit] != NONE and p.of[unit] != unit:
            take(desk, p.of[unit], unit, p.way[unit])
    absorb(g, desk, units)
    clear(desk, units)
    part_long_lots(g, desk, units)
    return desk.lot[:units].copy()
