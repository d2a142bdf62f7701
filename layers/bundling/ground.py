"""One block to search, as arrays of whole numbers: exact sums in any order, and fast loops."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

SHORT, PARTS, SUBSIDY, ZONES, PROMISE, SPREAD, EVENNESS, CHANGE, BORDERS = range(9)
"""Columns of a zone's worth; see `worth`."""
WORTHS = 9
FLOOR, HOUSEHOLDS, GAIN, WEIGHT, LOCKS, LEADS, SPARE, NET = range(8)
"""Columns of a zone's sums."""
SUMS = 8
NO_MAXIMUM = 2**62
PER_M2 = 10_000
"""Floor area is counted in ten-thousandths of a square metre."""
PER_M = 1_000


class Ground(NamedTuple):
    """n units that m ways join (each way twice, once from either end), and the rules for zones."""

    start: Whole
    """(n + 1,) where each unit's ways begin."""
    near: Whole
    """(m,) the unit at the other end, ascending for each unit."""
    length: Whole
    """(m,) the way in millimetres with impedance."""
    is_linked: NDArray[np.bool_]
    """(m,) whether an open link makes the way, not only a gap that may be left."""
    sums: Whole
    """(n, 8) what each unit adds to its zone: floor area; households; gain; weight; 1 if it is
    locked (a zone holds one lock at most); lead sites; what a lead can take on, less what others
    ask of it; and the net of links inside the unit in millimetres."""
    box: NDArray[np.float64]
    """(n, 4) least and greatest x and y in metres."""
    corner_start: Whole
    """(n + 1,) where each unit's corners begin."""
    corners: NDArray[np.float64]
    """(k, 2) corners of the units' convex hulls, in metres."""
    walk: Whole
    """(m,) the way in millimetres without impedance, where an open link makes it."""
    place: NDArray[np.float64]
    """(n, 2) of a lead unit its lead site, else the middle; in metres."""
    stretch: NDArray[np.float64]
    """(n,) from the place to the farthest site of the unit, in metres."""
    foe_start: Whole
    """(n + 1,) where the units begin that must not share a zone with each; `foe` ascending."""
    foe: Whole
    present_start: Whole
    """(n + 1,) where each unit's rows of the present plan begin: its zones, how many of the unit's
    sites each holds, and whether the zone is known by one of them."""
    present: Whole
    present_count: Whole
    present_core: NDArray[np.bool_]
    order: Whole
    """Objectives in the order of the policy, and the promise behind the count of zones."""
    floor_min: int
    floor_max: int
    households_min: int
    households_max: int
    cost_of_a_zone: int
    subsidy_max: int
    diameter_max_m: float
    walk_max: int
    leads_min: int
    leads_max: int
    lead_reach_m: float
    asks_pairs: bool
    """Some units must not share a zone, for whatever reason."""
    target: int
    """How many zones are wanted; 0 = as many or as few as can be."""
    ideal: int
    """Floor area of a zone where so many are wanted."""
    most_changed: int
    """Sites that may come from another zone of the present plan."""
    is_whole: bool
    """All is one zone, unless a maximum forbids it."""
    leaves_out: bool
    """A group under the minimum is left out, instead of becoming a zone with an exception."""
    wants_many: bool
    counts_parts: bool
    """Zones may fall apart, but the fewer do the better (contiguity preferred)."""
    asks_spread: bool
    asks_borders: bool


class Desk(NamedTuple):
    """Room for one step of a search: what is laid out here is cleared before the next step."""

    local: Whole
    """(n,) position of a unit among those in hand; -1 = not in hand."""
    units: Whole
    """(n,) the units in hand."""
    a: Whole
    """(m,) one end of each way among them, as position; b the other."""
    b: Whole
    length: Whole
    key: NDArray[np.float64]
    """(m,) what ways are sorted by."""
    root: Whole
    """(n,) union-find."""
    order: Whole
    """(n,) positions from the root of a tree outwards."""
    above: Whole
    """(n,) position above each in the tree; -1 = root."""
    rise: Whole
    """(n,) the walk to the position above."""
    branch_start: Whole
    branch: Whole
    branch_walk: Whole
    sums: Whole
    """(n, 8) of subtrees, later of lots."""
    lot: Whole
    """(n,) the lot of each position, named by the position that it grew from."""
    head: Whole
    """(n,) first member of each lot; `after` the next one."""
    after: Whole
    tail: Whole
    box: NDArray[np.float64]
    """(n, 4) of lots."""
    worths: Whole
    """(n, 9) of lots."""
    tally: Whole
    """(z,) sites of the zone in hand by their present zone."""
    members: Whole
    """(n,) members of the zone in hand."""
    points: NDArray[np.float64]
    """(k, 2) corners of the zone in hand."""
    pool_start: Whole
    """(p + 1,) where each of the zones seen begins in `pool`; nothing is kept where p is 0."""
    pool: NDArray[np.int32]
    seen: Whole
    """(1,) how many zones are in the pool."""


MEMBERS_PER_ZONE = 16
"""Room for the members of zones in a list: on average no more than this."""


def desk_for(g: Ground, *, pool: int = 0) -> Desk:
    """Return room for steps on this ground, and for as many zones seen as `pool` says."""
    n, m = len(g.sums), len(g.near)

    def whole(size: int) -> Whole:
        return np.zeros(size + 1, dtype=np.int64)

    return Desk(
        local=np.full(n, -1, dtype=np.int64),
        units=whole(n),
        a=whole(m),
        b=whole(m),
        length=whole(m),
        key=np.zeros(m + 1),
        root=whole(n),
        order=whole(n),
        above=whole(n),
        rise=whole(n),
        branch_start=whole(n + 1),
        branch=whole(2 * n),
        branch_walk=whole(2 * n),
        sums=np.zeros((n + 1, SUMS), dtype=np.int64),
        lot=whole(n),
        head=whole(n),
        after=whole(n),
        tail=whole(n),
        box=np.zeros((n + 1, 4)),
        worths=np.zeros((n + 1, WORTHS), dtype=np.int64),
        tally=whole(int(g.present.max(initial=0)) + 1),
        members=whole(n),
        points=np.zeros((len(g.corners) + 1, 2)),
        pool_start=np.zeros(pool + 1, dtype=np.int64),
        pool=np.zeros(pool * MEMBERS_PER_ZONE, dtype=np.int32),
        seen=np.zeros(1, dtype=np.int64),
    )
