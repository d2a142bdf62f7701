"""Places, ways and parts: what hangs together over open links, and how long the ways are."""

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.adjacency import Links
from layers.outlines import walk_m
from layers.ragged import spans
from layers.sites import Sites


def places(polygons: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return one point inside each polygon, (n, 2) in the polygons' metric CRS."""
    points: NDArray[np.float64] = shapely.get_coordinates(shapely.point_on_surface(polygons))
    return points


def link_lengths_m(sites: Sites, links: Links) -> NDArray[np.float64]:
    """Return the way along each link, (m,) in metres: between the sites' places.

    A way over a crossing is never shorter than the crossing itself.
    """
    at = sites.places
    straight = np.hypot(*(at[links.a] - at[links.b]).T)
    lengths: NDArray[np.float64] = np.fmax(straight, links.walk_m)
    return lengths


def links_inside(members: Sequence[int], links: Links) -> NDArray[np.int64]:
    """Return the positions of the open links that join two of the members.

    It takes as long as the members have links, however many there are elsewhere.
    """
    own = np.unique(np.array(list(members), dtype=np.int64))
    rows, begins = links.open_by_site
    first = own[: np.searchsorted(own, len(begins) - 1)]
    held = rows[spans(begins[first], begins[first + 1] - begins[first])]
    other = links.b[held]
    at = np.minimum(np.searchsorted(own, other), len(own) - 1)
    return np.sort(held[own[at] == other])


def parts_of(members: Sequence[int], links: Links) -> list[tuple[int, ...]]:
    """Return the parts that hang together over open links, the largest first."""
    held = links_inside(members, links)
    joined = Joined(members)
    for a, b in zip(links.a[held].tolist(), links.b[held].tolist(), strict=True):
        joined.join(a, b)
    return joined.groups()


def zone_walk_m(members: Sequence[int], sites: Sites, links: Links) -> float:
    """Return the length in metres of the shortest net of open links inside a zone.

    `members` are sorted positions in `sites`.
    """
    held = links_inside(members, links)
    ends = np.searchsorted(members, np.column_stack((links.a[held], links.b[held])))
    return walk_m(sites.polygons[list(members)], ends)


class Joined:
    """Members that are joined pair by pair, and the groups that result (union-find)."""

    def __init__(self, members: Iterable[int]) -> None:
        self._above = {member: member for member in members}
        self.count = len(self._above)

    def root(self, member: int) -> int:
        """Return the member that stands for the whole group of `member`."""
        above = self._above
        while above[member] != member:
            above[member] = above[above[member]]
            member = above[member]
        return member

    def join(self, a: int, b: int) -> bool:
        """Join the groups of a and b; False if they were one group already."""
        first, second = self.root(a), self.root(b)
        if first == second:
            return False
        # The smaller member stands for the group, so that the order of joining leaves no trace.
        self._above[max(first, second)] = min(first, second)
        self.count -= 1
        return True

    def groups(self) -> list[tuple[int, ...]]:
        """Return the groups, each sorted, the largest first, then by the smallest member."""
        groups: dict[int, list[int]] = {}
        for member in sorted(self._above):
            groups.setdefault(self.root(member), []).append(member)
        return sorted(map(tuple, groups.values()), key=lambda group: (-len(group), group))
