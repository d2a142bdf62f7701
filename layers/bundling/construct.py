"""Connected groups by cutting seeded random spanning trees from the leaves up.

On a tree, "most parts that each reach a threshold" is solved by one pass from the leaves; the tree
is drawn anew each time, short ways first more often than not, so that cuts fall on long ways. The
idea of cutting spanning trees is that of ReCom (DeFord, Duchin, Solomon 2021).
"""

import numpy as np

from layers.bundling.compiled import compiled
from layers.bundling.ground import (
    FLOOR,
    GAIN,
    HOUSEHOLDS,
    LEADS,
    NET,
    PROMISE,
    WORTHS,
    Desk,
    Ground,
    Whole,
)
from layers.bundling.worth import first_worth, is_short, keeps_sums, root_of

NONE = -1


@compiled
def lay_out(desk: Desk, count: int) -> None:
    """Give the first `count` of `desk.units` their positions."""
    for place in range(count):
        desk.local[desk.units[place]] = place


@compiled
def clear(desk: Desk, count: int) -> None:
    """Take all positions back."""
    for place in range(count):
        desk.local[desk.units[place]] = -1


@compiled
def draw_tree(g: Ground, desk: Desk, count: int, rng: np.random.Generator) -> None:
    """Draw a random spanning tree over the units in hand: `desk.order` and `desk.above`."""
    held = 0
    for place in range(count):
        desk.root[place] = place
        unit = desk.units[place]
        for way in range(g.start[unit], g.start[unit + 1]):
            other = desk.local[g.near[way]]
            if other > place:
                desk.a[held], desk.b[held], desk.length[held] = place, other, g.walk[way]
                desk.key[held] = (g.length[way] + 1) * rng.random()
                held += 1
    kept = 0
    starts = desk.branch_start
    starts[: count + 1] = 0
    for way in np.argsort(desk.key[:held]):
        one, two = root_of(desk.root, desk.a[way]), root_of(desk.root, desk.b[way])
        if one != two:
            desk.root[two] = one
            desk.a[kept + held], desk.b[kept + held] = desk.a[way], desk.b[way]
            desk.length[kept + held] = desk.length[way]
            starts[desk.a[way] + 1] += 1
            starts[desk.b[way] + 1] += 1
            kept += 1
    _branch_out(desk, held, kept, count)
    _walk_from(desk, int(rng.random() * count), count)


@compiled
def _branch_out(desk: Desk, held: int, kept: int, count: int) -> None:
    """Sort the ways kept by their ends."""
    starts = desk.branch_start
    for place in range(count):
        starts[place + 1] += starts[place]
        desk.tail[place] = starts[place]
    for way in range(held, held + kept):
        one, two = desk.a[way], desk.b[way]
        desk.branch[desk.tail[one]] = two
        desk.branch[desk.tail[two]] = one
        desk.branch_walk[desk.tail[one]] = desk.branch_walk[desk.tail[two]] = desk.length[way]
        desk.tail[one] += 1
        desk.tail[two] += 1


@compiled
def _walk_from(desk: Desk, root: int, count: int) -> None:
    """Walk the tree from the root outwards: `desk.order` and `desk.above`."""
    desk.order[0] = root
    desk.above[root] = NONE
    seen = 1
    for step in range(count):
        place = desk.order[step]
        for branch in range(desk.branch_start[place], desk.branch_start[place + 1]):
            other = desk.branch[branch]
            if other != desk.above[place]:
                desk.above[other] = place
                desk.rise[other] = desk.branch_walk[branch]
                desk.order[seen] = other
                seen += 1


@compiled
def random_target(g: Ground, held: Whole, rng: np.random.Generator) -> int:
    """Return a floor area at which to cut: the minimum, break-even, or anything up to the maximum.

    Where the policy sets no maximum, all that is in hand is the most; where it wants a number of
    zones, nearly an even share of what is in hand.
    """
    most = min(g.floor_max, int(held[FLOOR]))
    choice = int(rng.random() * 3)
    if g.target > 0 and choice > 0:
        lots = max(1, round(held[FLOOR] / max(1, g.ideal)))
        return max(g.floor_min, int(held[FLOOR] / lots * (1 - 0.2 * rng.random())))
    if choice == 0:
        return g.floor_min
    if choice == 1 and held[GAIN] > 0 and g.cost_of_a_zone > 0:
        even = int(g.cost_of_a_zone / held[GAIN] * held[FLOOR]) + 1
        return int(min(most, max(even, g.floor_min)))
    if choice == 1:
        return g.floor_min
    return g.floor_min + int(rng.random() * max(0, most - g.floor_min))


@compiled
def cut_tree(g: Ground, desk: Desk, count: int, target: int) -> None:
    """Cut the tree from the leaves up, wherever a lot reaches the target or cannot grow."""
    for place in range(count):
        start_lot(g, desk, place)
    for step in range(count - 1, 0, -1):
        lot = desk.order[step]
        sums = desk.sums[lot]
        above = desk.above[lot]
        is_enough = sums[FLOOR] >= target and not is_short(g, sums)
        if not is_enough and can_take(g, desk, above, lot, desk.rise[lot]):
            take(desk, above, lot, desk.rise[lot])
    # A lot is named by the position nearest to the root, whose own lot may have been taken on.


@compiled
def start_lot(g: Ground, desk: Desk, place: int) -> None:
    """Make a lot of one unit."""
    unit = desk.units[place]
    desk.sums[place] = g.sums[unit]
    desk.box[place] = g.box[unit]
    desk.lot[place] = desk.head[place] = desk.tail[place] = place
    desk.after[place] = NONE


@compiled
def can_take(g: Ground, desk: Desk, lot: int, other: int, way: int) -> bool:
    """Tell whether two lots keep the maxima, the locks and the pairs when a way joins them."""
    sums = desk.sums[lot] + desk.sums[other]
    sums[NET] += way
    return keeps_sums(g, sums) and may_share(g, desk, lot, other)


@compiled
def may_share(g: Ground, desk: Desk, lot: int, other: int) -> bool:
    """Tell whether every unit of either lot may share a zone with every one of the other."""
    if not g.asks_pairs:
        return True
    one, two, limit = desk.box[lot], desk.box[other], g.diameter_max_m
    wide = max(one[1], two[1]) - min(one[0], two[0])
    high = max(one[3], two[3]) - min(one[2], two[2])
    if wide > limit or high > limit:
        return False
    if wide * wide + high * high <= limit * limit and asks_only_width(g):
        return True
    place = desk.head[lot]
    while place != NONE:
        stranger = desk.head[other]
        while stranger != NONE:
            if not fit_together(g, desk.units[place], desk.units[stranger]):
                return False
            stranger = desk.after[stranger]
        place = desk.after[place]
    return True


@compiled
def asks_only_width(g: Ground) -> bool:
    """Tell whether units that are near one another may always share a zone."""
    return len(g.foe) == 0 and g.lead_reach_m == np.inf


@compiled
def is_at_peace(g: Ground, desk: Desk, lot: int) -> bool:
    """Tell whether every two units of a lot may share a zone."""
    limit, box = g.diameter_max_m, desk.box[lot]
    is_small = (box[1] - box[0]) ** 2 + (box[3] - box[2]) ** 2 <= limit * limit
    if not g.asks_pairs or (is_small and asks_only_width(g)):
        return True
    place = desk.head[lot]
    while place != NONE:
        other = desk.after[place]
        while other != NONE:
            if not fit_together(g, desk.units[place], desk.units[other]):
                return False
            other = desk.after[other]
        place = desk.after[place]
    return True


@compiled
def fit_together(g: Ground, unit: int, other: int) -> bool:
    """Tell whether two units may share a zone, whatever else it holds."""
    for row in range(g.foe_start[unit], g.foe_start[unit + 1]):
        if g.foe[row] == other:
            return False
    is_led = g.sums[unit, LEADS] > 0 or g.sums[other, LEADS] > 0
    if is_led and g.lead_reach_m != np.inf:
        east, north = g.place[unit] - g.place[other]
        apart = np.sqrt(east * east + north * north)
        if apart + g.stretch[unit] + g.stretch[other] > g.lead_reach_m:
            return False
    return g.diameter_max_m == np.inf or are_near(g, unit, other)


@compiled
def are_near(g: Ground, unit: int, other: int) -> bool:
    """Tell whether no corner of either unit is farther from the other than a zone may stretch."""
    limit = g.diameter_max_m * g.diameter_max_m
    for mine in range(g.corner_start[unit], g.corner_start[unit + 1]):
        x, y = g.corners[mine, 0], g.corners[mine, 1]
        for theirs in range(g.corner_start[other], g.corner_start[other + 1]):
            if (x - g.corners[theirs, 0]) ** 2 + (y - g.corners[theirs, 1]) ** 2 > limit:
                return False
    return True


@compiled
def take(desk: Desk, lot: int, other: int, way: int) -> None:
    """Add the other lot's units to a lot, over a way of this length."""
    desk.sums[lot] += desk.sums[other]
    desk.sums[lot, NET] += way
    mine, theirs = desk.box[lot], desk.box[other]
    for least in (0, 2):
        mine[least] = min(mine[least], theirs[least])
        mine[least + 1] = max(mine[least + 1], theirs[least + 1])
    place = desk.head[other]
    while place != NONE:
        desk.lot[place] = lot
        place = desk.after[place]
    desk.after[desk.tail[lot]] = desk.head[other]
    desk.tail[lot] = desk.tail[other]
    desk.head[other] = NONE


@compiled
def absorb(g: Ground, desk: Desk, count: int) -> None:
    """Let neighbours take the lots that stayed under a minimum, the smallest first."""
    short = 0
    for place in range(count):
        if desk.head[place] != NONE and is_short(g, desk.sums[place]):
            desk.order[short] = place
            desk.key[short] = desk.sums[place, FLOOR] + desk.sums[place, HOUSEHOLDS] * 1e-9
            short += 1
    for rank in np.argsort(desk.key[:short]):
        lot = desk.order[rank]
        taker, way = _smallest_taker(g, desk, lot)
        if taker != NONE:
            take(desk, taker, lot, way)


@compiled
def _smallest_taker(g: Ground, desk: Desk, lot: int) -> tuple[int, int]:
    """Return the smallest lot that can take this one, and how long the way to it is."""
    best, walk = NONE, 0
    place = desk.head[lot]
    while place != NONE:
        unit = desk.units[place]
        for way in range(g.start[unit], g.start[unit + 1]):
            other = desk.local[g.near[way]]
            if other != NONE and desk.lot[other] not in (lot, best):
                taker = desk.lot[other]
                is_smaller = best == NONE or _is_smaller(desk, taker, best)
                if is_smaller and can_take(g, desk, taker, lot, g.walk[way]):
                    best, walk = taker, g.walk[way]
        place = desk.after[place]
    return best, walk


@compiled
def _is_smaller(desk: Desk, lot: int, other: int) -> bool:
    for column in (FLOOR, HOUSEHOLDS):
        if desk.sums[lot, column] != desk.sums[other, column]:
            return bool(desk.sums[lot, column] < desk.sums[other, column])
    return lot < other


@compiled
def sum_branches(g: Ground, desk: Desk, count: int) -> Whole:
    """Sum up what hangs on each position of the tree: `desk.sums`; return the sums of all."""
    for place in range(count):
        desk.sums[place] = g.sums[desk.units[place]]
    for step in range(count - 1, 0, -1):
        place = desk.order[step]
        desk.sums[desk.above[place]] += desk.sums[place]
    whole: Whole = desk.sums[desk.order[0]].copy()
    return whole


@compiled
def best_cut(g: Ground, desk: Desk, count: int) -> bool:
    """Cut the tree once, where the two lots are worth most together; False where nowhere."""
    whole = sum_branches(g, desk, count)
    best, at = np.zeros(WORTHS, dtype=np.int64), NONE
    one, two = np.zeros(WORTHS, dtype=np.int64), np.zeros(WORTHS, dtype=np.int64)
    for step in range(1, count):
        place = desk.order[step]
        rest = whole - desk.sums[place]
        if keeps_sums(g, desk.sums[place]) and keeps_sums(g, rest):
            first_worth(g, desk.sums[place], one)
            first_worth(g, rest, two)
            one += two
            if at == NONE or is_better(g, one, best, PROMISE):
                best[:] = one
                at = place
    if at == NONE:
        return False
    return part_at(g, desk, count, at)


@compiled
def part_at(g: Ground, desk: Desk, count: int, at: int) -> bool:
    """Part the tree above a position; tell whether both lots keep the walk and the pairs."""
    for place in range(count):
        start_lot(g, desk, place)
    for step in range(count - 1, 0, -1):
        place = desk.order[step]
        if place != at:
            take(desk, desk.above[place], place, desk.rise[place])
    root = desk.order[0]
    is_short_walk = desk.sums[at, NET] <= g.walk_max and desk.sums[root, NET] <= g.walk_max
    return is_short_walk and is_at_peace(g, desk, at) and is_at_peace(g, desk, root)


@compiled
def is_better(g: Ground, one: Whole, other: Whole, last: int) -> bool:
    """Tell whether one worth is better than another, up to the objective `last`.

    The promise counts only where it is the last.
    """
    for objective in g.order:
        if objective == PROMISE and last != PROMISE:
            continue
        if one[objective] != other[objective]:
            return bool(one[objective] < other[objective])
        if objective == last:
            break
    return False
