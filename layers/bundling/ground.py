"""One block to search, as arrays of whole numbers: exact sums in any order, and fast loops."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

SHORT, PARTS, SUBSIDY, ZONES, PROMISE, SPREAD = range(6)
"""Columns of a zone's worth; see `judge`."""
FLOOR, HOUSEHOLDS, GAIN, WEIGHT, LOCKS = range(5)
"""Columns of a zone's sums."""


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
    """(n, 5) what each unit adds to its zone: floor area, households, gain, weight, and 1 if it is
    locked: a zone holds one lock at most."""
    box: NDArray[np.float64]
    """(n, 4) least and greatest x and y in metres."""
    corner_start: Whole
    """(n + 1,) where each unit's corners begin."""
    corners: NDArray[np.float64]
    """(k, 2) corners of the units' convex hulls, in metres."""
    floor_min: int
    floor_max: int
    households_min: int
    households_max: int
    cost_of_a_zone: int
    diameter_max_m: float
    leaves_out: bool
    """A group under the minimum is left out, instead of becoming a zone with an exception."""
    wants_many: bool
    counts_parts: bool
    """Zones may fall apart, but the fewer do the better (contiguity preferred)."""


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
    branch_start: Whole
    branch: Whole
    sums: Whole
    """(n, 5) of subtrees, later of lots."""
    lot: Whole
    """(n,) the lot of each position, named by the position that it grew from."""
    head: Whole
    """(n,) first member of each lot; `after` the next one."""
    after: Whole
    tail: Whole
    box: NDArray[np.float64]
    """(n, 4) of lots."""
    worths: Whole
    """(n, 6) of lots."""
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
        branch_start=whole(n + 1),
        branch=whole(2 * n),
        sums=np.zeros((n + 1, 5), dtype=np.int64),
        lot=whole(n),
        head=whole(n),
        after=whole(n),
        tail=whole(n),
        box=np.zeros((n + 1, 4)),
        worths=np.zeros((n + 1, 6), dtype=np.int64),
        members=whole(n),
        points=np.zeros((len(g.corners) + 1, 2)),
        pool_start=np.zeros(pool + 1, dtype=np.int64),
        pool=np.zeros(pool * MEMBERS_PER_ZONE, dtype=np.int32),
        seen=np.zeros(1, dtype=np.int64),
    )
