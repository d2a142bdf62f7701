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
    fit_together,
    is_better,
    lay_out,
    random_target,
)
from layers.bundling.ground import (
    CHANGE,
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
from layers.bundling.worth import FULL, keeps_sums, keeps_walk, whole_worth
from layers.bundling.zoning import (
    Zoning,
    add_zone,
    drop_zone,
    hand_over,
    link_unit,
    unlink_unit,
)

HEAT = 0.1
"""At first a step may on average make things worse by this share of the objective's scale."""
MOST_ZONES = 4
"""A step merges at most so many zones."""
TRIES = 8
"""Draws of a border unit before it is believed that a zone has no neighbours."""
SHARE_OF_PAIRS = 0.6
FORBIDDEN = 2**40
"""Floor area that weighs more than any that could be left out: a million km²."""


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
    return desk.lot[:units].copy()


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
        _judge_lots(g, desk, units, new, not leads)
        aim(g, z, old, new)
        if not _is_acceptable(g, new, old, warmth, leads):
            continue
        for place in range(count):
            drop_zone(z, chosen[place])
        _add_lots(desk, z, units)
        if leads and is_better(g, aimed(g, z.total), aimed(g, best_worth), ZONES):
            best[:] = z.of
            best_worth[:] = z.total


@compiled
def aimed(g: Ground, total: Whole) -> Whole:
    """Return what all zones are worth, with how far their number is off where one is wanted."""
    worth = total.copy()
    if g.target > 0:
        worth[ZONES] = abs(worth[ZONES] - g.target)
    return worth


@compiled
def aim(g: Ground, z: Zoning, old: Whole, new: Whole) -> None:
    """Let the zones that some are to replace, and those, count by how far all are off then."""
    if g.target > 0:
        others = z.total[ZONES] - old[ZONES]
        old[ZONES] = abs(others + old[ZONES] - g.target)
        new[ZONES] = abs(others + new[ZONES] - g.target)
    if len(g.present) > 0:
        # More may change than is allowed only where that cannot be helped.
        before = z.total[CHANGE]
        after = before - old[CHANGE] + new[CHANGE]
        new[SHORT] += FORBIDDEN * max(0, after - max(before, g.most_changed))


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
    is_cut = True
    if leads and zones == 2 and rng.random() < SHARE_OF_PAIRS:  # noqa: PLR2004
        is_cut = best_cut(g, desk, units)
    else:
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
) -> None:
    """Write what each lot is worth, and all together."""
    total[:] = 0
    for lot in range(units):
        count = _gather(desk, lot)
        if count:
            whole_worth(g, desk, count, desk.worths[lot], spread)
            total += desk.worths[lot]
            _remember(desk, count)


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


@compiled
def polish(g: Ground, desk: Desk, z: Zoning, units: Whole) -> int:
    """Move units over the borders of their zones where that is better; return how many."""
    moved = 0
    for unit in units:
        moved += _move(g, desk, z, unit)
    return moved


@compiled
def _move(g: Ground, desk: Desk, z: Zoning, unit: int) -> int:
    """Move the unit to the neighbouring zone where it does most good; 0 if none does any."""
    home = z.of[unit]
    best, at = np.zeros(WORTHS, dtype=np.int64), NONE
    left, joined = np.zeros(WORTHS, dtype=np.int64), np.zeros(WORTHS, dtype=np.int64)
    best_left, best_joined = left.copy(), joined.copy()
    is_ready = False
    tried = np.full(TRIES, NONE, dtype=np.int64)
    for way in range(g.start[unit], g.start[unit + 1]):
        zone = z.of[g.near[way]]
        if zone == home or not _is_new(tried, zone):
            continue
        if not is_ready:
            if not _leaves_whole(g, desk, z, unit, left):
                return 0
            is_ready = True
        if not _may_enter(g, z, unit, zone):
            continue
        desk.members[0] = unit
        count = hand_over(z, zone, desk.members, 1)
        if not keeps_walk(g, desk, count):
            continue
        whole_worth(g, desk, count, joined, True)
        old, new = z.worth[home] + z.worth[zone], left + joined
        aim(g, z, old, new)
        if is_better(g, new - old, best, g.order[-1]):
            best[:] = new - old
            best_left[:], best_joined[:] = left, joined
            at = zone
    if at == NONE:
        return 0
    _shift(z, unit, at, best_left, best_joined)
    return 1


@compiled
def _is_new(tried: Whole, zone: int) -> bool:
    """Note a zone; False where it was tried before, or the list is full."""
    for place in range(len(tried)):
        if tried[place] == zone:
            return False
        if tried[place] == NONE:
            tried[place] = zone
            return True
    return False


@compiled
def _leaves_whole(g: Ground, desk: Desk, z: Zoning, unit: int, left: Whole) -> bool:
    """Tell whether the zone hangs together without the unit, and write what it is worth then."""
    left[:] = 0
    home = z.of[unit]
    unlink_unit(z, unit)
    count = hand_over(z, home, desk.members, 0)
    link_unit(z, unit, home)
    if count == 0:
        return True
    if not hangs_together(g, desk, count) or not keeps_walk(g, desk, count):
        return False
    whole_worth(g, desk, count, left, True)
    return True


@compiled
def hangs_together(g: Ground, desk: Desk, count: int) -> bool:
    """Tell whether ways join the first `count` of `desk.members`."""
    for place in range(count):
        desk.local[desk.members[place]] = place
    desk.order[0] = desk.members[0]
    desk.local[desk.members[0]] = NONE
    seen = 1
    step = 0
    while step < seen:
        unit = desk.order[step]
        step += 1
        for way in range(g.start[unit], g.start[unit + 1]):
            other = g.near[way]
            if desk.local[other] != NONE:
                desk.local[other] = NONE
                desk.order[seen] = other
                seen += 1
    for place in range(count):
        desk.local[desk.members[place]] = NONE
    return seen == count


@compiled
def _may_enter(g: Ground, z: Zoning, unit: int, zone: int) -> bool:
    """Tell whether the zone keeps the maxima and the locks with the unit."""
    sums = g.sums[unit].copy()
    member = z.head[zone]
    while member != NONE:
        sums += g.sums[member]
        if g.asks_pairs and not fit_together(g, unit, member):
            return False
        member = z.after[member]
    return keeps_sums(g, sums)


@compiled
def _shift(z: Zoning, unit: int, zone: int, left: Whole, joined: Whole) -> None:
    home = z.of[unit]
    z.total[:] += left + joined - z.worth[home] - z.worth[zone]
    unlink_unit(z, unit)
    link_unit(z, unit, zone)
    z.worth[home], z.worth[zone] = left, joined
    if z.size[home] == 0:
        drop_zone(z, home)
