"""What a zone is worth: nine whole numbers, less is better, the first that differs decides.

Floor area under the minimum or left out; parts beyond the first, where contiguity is preferred;
subsidy needed; zones, counted as the policy wants, a group under the minimum always against;
promise; spread, the walk between the units plus the diameter; evenness, the floor area squared,
whose sum over a number of zones is the less the more even they are; change from the present plan;
borders, the links that lead out of the zone.
In which order they count is the policy's choice.

The promise is no objective: it leads the search. Zones that are as full as they must be cannot
become more zones, wherever their borders run, until what they hold too much comes together in one
place. So what zones hold beyond (or lack to) the minimum counts squared: it is worth more together.
Where a number of zones is wanted, those promise more that come near its even share.
"""

import numpy as np
from numpy.typing import NDArray

from layers.bundling.compiled import compiled
from layers.bundling.ground import (
    BORDERS,
    CHANGE,
    EVENNESS,
    FLOOR,
    GAIN,
    HOUSEHOLDS,
    LEADS,
    LOCKS,
    NET,
    NO_MAXIMUM,
    PARTS,
    PER_M,
    PER_M2,
    PROMISE,
    SHORT,
    SPARE,
    SPREAD,
    SUBSIDY,
    SUMS,
    WEIGHT,
    ZONES,
    Desk,
    Ground,
    Whole,
)

FULL = 1_000
"""A zone as full as it must be; twice as full is 2,000."""
FULLEST = 30_000
FEW = 100
"""With more corners than this, the hull is drawn before the farthest two are looked for."""


@compiled
def is_short(g: Ground, sums: Whole) -> bool:
    """Tell whether known sums stay under a minimum, or need more subsidy than there is."""
    is_small = sums[FLOOR] < g.floor_min or sums[HOUSEHOLDS] < g.households_min
    is_dear = g.cost_of_a_zone - sums[GAIN] > g.subsidy_max
    return bool(is_small or is_dear or sums[LEADS] < g.leads_min)


@compiled
def keeps_sums(g: Ground, sums: Whole) -> bool:
    """Tell whether sums keep the maxima, and hold one lock at most.

    What a lead can take on is asked only where there is one: a zone may still get it.
    """
    is_large = sums[FLOOR] > g.floor_max or sums[HOUSEHOLDS] > g.households_max
    is_too_much = sums[LEADS] > 0 and (sums[LEADS] > g.leads_max or sums[SPARE] < 0)
    is_long = sums[NET] > g.walk_max
    return bool(not is_large and not is_too_much and not is_long and sums[LOCKS] <= 1)


@compiled
def fullness(g: Ground, sums: Whole) -> int:
    """Return how full a zone of these sums is, in thousandths of what it must hold."""
    full = FULLEST
    if g.floor_min > 0:
        full = min(full, FULL * sums[FLOOR] // g.floor_min)
    if g.households_min > 0:
        full = min(full, FULL * sums[HOUSEHOLDS] // g.households_min)
    if g.cost_of_a_zone > 0:
        full = min(full, FULL * sums[GAIN] // g.cost_of_a_zone)
    return max(full, -FULLEST)


@compiled
def first_worth(g: Ground, sums: Whole, worth: Whole) -> None:
    """Write the worth of a zone of these sums, without its parts, its spread and its change."""
    worth[:] = 0
    short = is_short(g, sums)
    if short:
        worth[SHORT] = sums[WEIGHT]
        if g.leaves_out and sums[LOCKS] == 0:
            return
    worth[SUBSIDY] = max(0, g.cost_of_a_zone - sums[GAIN])
    worth[ZONES] = -1 if g.wants_many and not short else 1
    worth[EVENNESS] = (sums[FLOOR] // PER_M2) ** 2
    if g.target > 0:
        off = min(FULLEST, FULL * abs(sums[FLOOR] - g.ideal) // max(1, g.ideal))
        worth[PROMISE] = off * off
    else:
        beyond = fullness(g, sums) - (FULL if g.wants_many else 0)
        worth[PROMISE] = -beyond * beyond


@compiled
def whole_worth(
    g: Ground,
    desk: Desk,
    count: int,
    worth: Whole,
    spread: bool,
) -> None:
    """Write the worth of the zone whose units are the first `count` of `desk.members`.

    Without `spread` that objective and the borders stay 0: they cost more to know than all others.
    """
    sums = np.zeros(SUMS, dtype=np.int64)
    for place in range(count):
        unit = desk.members[place]
        for column in range(SUMS):
            sums[column] += g.sums[unit, column]
    first_worth(g, sums, worth)
    is_out = g.leaves_out and worth[SHORT] > 0 and sums[LOCKS] == 0
    if len(g.present) > 0:
        worth[CHANGE] = _change(g, desk, count, is_out)
    if not is_out and (spread or g.counts_parts):
        _write_ways(g, desk, count, worth, spread)


@compiled
def _write_ways(g: Ground, desk: Desk, count: int, worth: Whole, spread: bool) -> None:
    """Write what takes a look at the ways between the zone's units, and out of it."""
    for place in range(count):
        desk.local[desk.members[place]] = place
    if g.counts_parts:
        worth[PARTS] = _parts(g, desk, count) - 1
    if spread and g.asks_borders:
        worth[BORDERS] = _borders(g, desk, count)
    if spread and g.asks_spread:
        worth[SPREAD] = _net(g, desk, count, g.length, False) + _diameter(g, desk, count)
    for place in range(count):
        desk.local[desk.members[place]] = -1


@compiled
def _change(g: Ground, desk: Desk, count: int, is_out: bool) -> int:
    """Return how many sites come from another zone of the present plan.

    A zone of the present plan is known by its largest site: where that is, it lives on.
    """
    changed, kept = 0, 0
    for place in range(count):
        unit = desk.members[place]
        for row in range(g.present_start[unit], g.present_start[unit + 1]):
            desk.tally[g.present[row]] += g.present_count[row]
            changed += g.present_count[row]
    for place in range(count):
        unit = desk.members[place]
        for row in range(g.present_start[unit], g.present_start[unit + 1]):
            if g.present_core[row] and not is_out:
                kept = max(kept, desk.tally[g.present[row]])
    for place in range(count):
        unit = desk.members[place]
        for row in range(g.present_start[unit], g.present_start[unit + 1]):
            desk.tally[g.present[row]] = 0
    return int(changed - kept)


@compiled
def keeps_walk(g: Ground, desk: Desk, count: int) -> bool:
    """Tell whether the net of links of the first `count` of `desk.members` is short enough."""
    if g.walk_max == NO_MAXIMUM:
        return True
    net = 0
    for place in range(count):
        desk.local[desk.members[place]] = place
        net += g.sums[desk.members[place], NET]
    net += _net(g, desk, count, g.walk, True)
    for place in range(count):
        desk.local[desk.members[place]] = -1
    return bool(net <= g.walk_max)


@compiled
def root_of(root: Whole, one: int) -> int:
    """Return the one that stands for the group (union-find with path halving)."""
    while root[one] != one:
        root[one] = root[root[one]]
        one = root[one]
    return one


@compiled
def _parts(g: Ground, desk: Desk, count: int) -> int:
    parts = count
    for place in range(count):
        desk.root[place] = place
    for place in range(count):
        unit = desk.members[place]
        for way in range(g.start[unit], g.start[unit + 1]):
            other = desk.local[g.near[way]]
            if other > place and g.is_linked[way]:
                one, two = root_of(desk.root, place), root_of(desk.root, other)
                if one != two:
                    desk.root[two] = one
                    parts -= 1
    return parts


@compiled
def _borders(g: Ground, desk: Desk, count: int) -> int:
    """Return how many links lead out of the zone; each counts from either end."""
    links = 0
    for place in range(count):
        unit = desk.members[place]
        for way in range(g.start[unit], g.start[unit + 1]):
            links += g.is_linked[way] and desk.local[g.near[way]] == -1
    return links


@compiled
def _net(g: Ground, desk: Desk, count: int, length: Whole, linked: bool) -> int:
    """Return the length of the shortest net of ways (Kruskal), each as long as `length` says.

    With `linked` only open links count, and parts that none joins are added up.
    """
    held = 0
    for place in range(count):
        desk.root[place] = place
        unit = desk.members[place]
        for way in range(g.start[unit], g.start[unit + 1]):
            other = desk.local[g.near[way]]
            if other > place and (g.is_linked[way] or not linked):
                desk.a[held], desk.b[held], desk.length[held] = place, other, length[way]
                held += 1
    walk = 0
    for way in np.argsort(desk.length[:held]):
        one, two = root_of(desk.root, desk.a[way]), root_of(desk.root, desk.b[way])
        if one != two:
            desk.root[two] = one
            walk += desk.length[way]
    return walk


@compiled
def _diameter(g: Ground, desk: Desk, count: int) -> int:
    points = 0
    for place in range(count):
        unit = desk.members[place]
        for corner in range(g.corner_start[unit], g.corner_start[unit + 1]):
            desk.points[points] = g.corners[corner]
            points += 1
    corners = desk.points[:points]
    if points > FEW:
        corners = hull(corners)
    return round(farthest(corners, corners) * PER_M)


@compiled
def farthest(some: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """Return the greatest distance between a point of either."""
    most = 0.0
    for one in range(len(some)):
        for other in range(len(others)):
            east, north = some[one, 0] - others[other, 0], some[one, 1] - others[other, 1]
            most = max(most, east * east + north * north)
    return float(np.sqrt(most))


@compiled
def hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the corners of the convex hull (Andrew's monotone chain, 1979)."""
    order = np.argsort(points[:, 0] + 1e-9 * points[:, 1])
    chain = np.empty((2 * len(points) + 1, 2))
    size = 0
    for way in range(2):
        least = size + 1
        for step in range(len(points)):
            point = points[order[step if way == 0 else len(points) - 1 - step]]
            while size > least and _turns_right(chain[size - 2], chain[size - 1], point):
                size -= 1
            chain[size] = point
            size += 1
    return chain[:size]


@compiled
def _turns_right(a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64]) -> bool:
    return bool((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) <= 0)
