"""Better zones, step by step: merge neighbours and cut anew, then move units over borders."""

import numpy as np

from layers.bundling.compiled import compiled
from layers.bundling.construct import (
    NONE,
    absorb,
    best_cut,
    clear,
    cut_tree,
    draw_tree,
    is_better,
    lay_out,
    random_target,
)
from layers.bundling.division import neat_cut
from layers.bundling.ground import (
    PARTS,
    PROMISE,
    SHORT,
    SUBSIDY,
    SUMS,
    WORTHS,
    ZONES,
    Desk,
    Ground,
    Whole,
)
from layers.bundling.worth import FULL, keeps_walk, whole_worth
from layers.bundling.zoning import (
    Zoning,
    add_zone,
    aim,
    aimed,
    drop_zone,
    hand_over,
)

HEAT = 0.1
"""At first a step may on average make things worse by this share of the objective's scale."""
MOST_ZONES = 4
"""A step merges at most so many zones."""
TRIES = 8
"""Draws of a border unit before it is believed that a zone has no neighbours."""
SHARE_OF_PAIRS = 0.6


@compiled
def first_zones(g: Ground, desk: Desk, rng: np.random.Generator) -> Whole:
    """Return (n,) zones to begin with: a tree over all units, cut where lots are full."""
    units = len(g.sums)
    desk.units[:units] = np.arange(units)
    lay_out(desk, units)
    draw_tree(g, desk, units, rng)
    cut_tree(g, desk, units, g.floor_min if g.target == 0 else max(g.floor_min, g.ideal))
    absorb(g, desk, units)
    clear(desk, units)
    part_long_lots(g, desk, units)
    return desk.lot[:units].copy()


@compiled
def part_long_lots(g: Ground, desk: Desk, units: int) -> None:
    """Part the lots whose net of links is too long into single units.

    A tree that uses gaps where links would do is shorter than the net that a zone is judged by.
    """
    for lot in range(units):
        count = _gather(desk, lot)
        if count > 1 and not keeps_walk(g, desk, count):
            place = desk.head[lot]
            while place != NONE:
                desk.lot[place] = place
                place = desk.after[place]


@compiled
def anneal(
    g: Ground,
    desk: Desk,
    z: Zoning,
    best: Whole,
    best_worth: Whole,
    rng: np.random.Generator,
    begin: int,
    end: int,
    rounds: int,
    leads: bool,
) -> None:
    """Merge up to four neighbouring zones and cut them anew: steps `begin` to `end` of `rounds`.

    While the search is warm it may take a step that makes things worse, the less the later
    (simulated annealing). With `leads` the promise decides before the spread, a search for more
    (or fewer) zones; `best` (n,) then keeps the zones of the best zoning met.
    """
    chosen = np.zeros(MOST_ZONES, dtype=np.int64)
    old, new = np.zeros(WORTHS, dtype=np.int64), np.zeros(WORTHS, dtype=np.int64)
    for step in range(begin, end):
        warmth = (1 - step / rounds) * rng.standard_exponential()
        count = _choose_zones(g, z, chosen, rng)
        units = 0
        old[:] = 0
        for place in range(count):
            units = hand_over(z, chosen[place], desk.units, units)
            old += z.worth[chosen[place]]
        if units == 1 or not _cut_anew(g, desk, units, count, leads, rng):
            continue
        is_kept = _judge_lots(g, desk, units, new, not leads)
        aim(g, z, old, new)
        if not is_kept or not _is_acceptable(g, new, old, warmth, leads):
            continue
        for place in range(count):
            drop_zone(z, chosen[place])
        _add_lots(desk, z, units)
        if leads and is_better(g, aimed(g, z.total), aimed(g, best_worth), ZONES):
            best[:] = z.of
            best_worth[:] = z.total


@compiled
def _choose_zones(g: Ground, z: Zoning, chosen: Whole, rng: np.random.Generator) -> int:
    """Choose a zone and some neighbours; zones in need are asked for more often."""
    first = z.live[int(rng.random() * z.used[0])]
    other = z.live[int(rng.random() * z.used[0])]
    chosen[0] = other if is_better(g, z.worth[first], z.worth[other], SUBSIDY) else first
    wanted = 2
    if rng.random() > SHARE_OF_PAIRS:
        wanted = 1 + int(rng.random() * MOST_ZONES)
    count = 1
    while count < wanted:
        near = _random_neighbour(g, z, chosen, count, rng)
        if near == NONE:
            break
        chosen[count] = near
        count += 1
    return count


@compiled
def _random_neighbour(
    g: Ground, z: Zoning, chosen: Whole, count: int, rng: np.random.Generator
) -> int:
    """Return a zone that touches one of the chosen, those with long borders more often."""
    for _ in range(TRIES):
        zone = chosen[int(rng.random() * count)]
        unit = z.head[zone]
        for _ in range(int(rng.random() * z.size[zone])):
            unit = z.after[unit]
        found = _random_way_out(g, z, unit, chosen[:count], rng)
        if found != NONE:
            return found
    return NONE


@compiled
def _random_way_out(
    g: Ground, z: Zoning, unit: int, chosen: Whole, rng: np.random.Generator
) -> int:
    ways = g.start[unit + 1] - g.start[unit]
    first = int(rng.random() * ways)
    for step in range(ways):
        other = z.of[g.near[g.start[unit] + (first + step) % ways]]
        is_new = True
        for zone in chosen:
            if zone == other:
                is_new = False
        if is_new:
            return int(other)
    return NONE


@compiled
def _cut_anew(
    g: Ground,
    desk: Desk,
    units: int,
    zones: int,
    leads: bool,
    rng: np.random.Generator,
) -> bool:
    """Cut the units in hand into new lots; False where the way chosen gives none."""
    lay_out(desk, units)
    draw_tree(g, desk, units, rng)
    is_pair = zones == 2  # noqa: PLR2004
    is_cut = g.target > 0 and is_pair and not leads and neat_cut(g, desk, units, rng)
    if not is_cut and leads and is_pair and rng.random() < SHARE_OF_PAIRS:
        is_cut = best_cut(g, desk, units)
    elif not is_cut:
        is_cut = True
        held = np.zeros(SUMS, dtype=np.int64)
        for place in range(units):
            held += g.sums[desk.units[place]]
        cut_tree(g, desk, units, random_target(g, held, rng))
        absorb(g, desk, units)
    clear(desk, units)
    return is_cut


@compiled
def _gather(desk: Desk, lot: int) -> int:
    """Write the units of a lot into `desk.members`; return how many there are."""
    place, count = desk.head[lot], 0
    while place != NONE:
        desk.members[count] = desk.units[place]
        count += 1
        place = desk.after[place]
    return count


@compiled
def _judge_lots(
    g: Ground,
    desk: Desk,
    units: int,
    total: Whole,
    spread: bool,
) -> bool:
    """Write what each lot is worth, and all together; False where one is too long to walk."""
    total[:] = 0
    for lot in range(units):
        count = _gather(desk, lot)
        if count:
            if not keeps_walk(g, desk, count):
                return False
            whole_worth(g, desk, count, desk.worths[lot], spread)
            total += desk.worths[lot]
            _remember(desk, count)
    return True


@compiled
def _remember(desk: Desk, count: int) -> None:
    """Keep the zone in hand in the pool, as long as there is room."""
    seen = desk.seen[0]
    begin = desk.pool_start[seen]
    if seen + 1 < len(desk.pool_start) and begin + count <= len(desk.pool):
        desk.pool[begin : begin + count] = np.sort(desk.members[:count])
        desk.pool_start[seen + 1] = begin + count
        desk.seen[0] += 1


@compiled
def _add_lots(desk: Desk, z: Zoning, units: int) -> None:
    for lot in range(units):
        count = _gather(desk, lot)
        if count:
            add_zone(z, desk.members[:count], desk.worths[lot])


@compiled
def _is_acceptable(
    g: Ground,
    new: Whole,
    old: Whole,
    warmth: float,
    leads: bool,
) -> bool:
    """Tell whether the new zones are better, or no worse than the warmth allows.

    The first objective in which they differ decides, each on its own scale: the minimum of a zone,
    the cost of a zone, a full zone squared, twice what there is of the others; zones and parts are
    never given away, and no subsidy is brought where there was none: what takes it away again
    would cost a zone.
    """
    for objective in g.order:
        change = new[objective] - old[objective]
        if objective == PROMISE:
            if leads:
                return bool(change <= HEAT * warmth * FULL * FULL)
        elif change != 0:
            scale = 2 * old[objective]
            if objective == SHORT:
                scale = g.floor_min
            elif objective == SUBSIDY:
                scale = max(0, g.cost_of_a_zone) if old[SUBSIDY] > 0 else 0
            elif objective in (PARTS, ZONES):
                scale = 0
            return bool(change <= HEAT * warmth * scale)
    return True
