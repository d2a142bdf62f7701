"""Colours for zones: neighbours never share one.

Brélaz, D. (1979): New methods to color the vertices of a graph. Communications of the ACM 22(4).
"""

from collections import Counter

import numpy as np
import shapely
from numpy.typing import NDArray

PALETTE = (
    "#1B7837",
    "#762A83",
    "#8C510A",
    "#C51B7D",
    "#01665E",
    "#6B6B00",
    "#313695",
    "#A50026",
    "#4D4D4D",
    "#3F7A1B",
)
"""Dark enough for an outline on white, and none of them a status colour."""
NEIGHBOUR_REACH_M = 250.0
"""Zones that near look like neighbours on a map even when a street lies between."""


def zone_colours(outlines: NDArray[np.object_]) -> list[str]:
    """Return a colour per outline (n,), in metres.

    Zones within `NEIGHBOUR_REACH_M` differ. Should more than `len(PALETTE)` zones lie that near
    to one another, the colour is taken whose nearest bearer is farthest away.
    """
    near = neighbours(outlines, reach_m=NEIGHBOUR_REACH_M)
    given: dict[int, str] = {}
    while len(given) < len(outlines):
        zone = _most_constrained(near, given)
        given[zone] = _best_colour(zone, outlines, near, given)
    return [given[zone] for zone in range(len(outlines))]


def neighbours(outlines: NDArray[np.object_], *, reach_m: float) -> list[set[int]]:
    """Return per outline the positions of the others within reach."""
    near: list[set[int]] = [set() for _ in outlines]
    pairs = shapely.STRtree(outlines).query(outlines, predicate="dwithin", distance=reach_m)
    for zone, other in pairs.T:
        if zone != other:
            near[zone].add(int(other))
    return near


def _most_constrained(near: list[set[int]], given: dict[int, str]) -> int:
    """Return the zone whose neighbours already show most colours, then the one with most."""

    def constraint(zone: int) -> tuple[int, int, int]:
        shown = {given[other] for other in near[zone] if other in given}
        return len(shown), len(near[zone]), -zone

    return max((zone for zone in range(len(near)) if zone not in given), key=constraint)


def _best_colour(
    zone: int, outlines: NDArray[np.object_], near: list[set[int]], given: dict[int, str]
) -> str:
    """Return the least used free colour, so that the whole palette is seen."""
    taken = {given[other] for other in near[zone] if other in given}
    used = Counter(given.values())
    free = [colour for colour in PALETTE if colour not in taken]
    if free:
        return min(free, key=lambda colour: (used[colour], PALETTE.index(colour)))

    def nearest_bearer_m(colour: str) -> float:
        bearers = [outlines[other] for other, theirs in given.items() if theirs == colour]
        return float(shapely.distance(outlines[zone], bearers).min())

    return max(PALETTE, key=nearest_bearer_m)
