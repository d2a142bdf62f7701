"""How far many zones spread, all at once: their parts, walks and diameters."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.adjacency import Links
from layers.bundling.compiled import compiled
from layers.bundling.ground import Whole
from layers.bundling.worth import FEW, farthest, hull, root_of
from layers.ragged import Ragged
from layers.sites import Sites

Metres = NDArray[np.float64]
NONE = -1


class Net(NamedTuple):
    """The open links of n sites, from either end."""

    begins: Whole
    """(n + 1,) where each site's links begin."""
    near: Whole
    """The site at the other end."""
    length_m: Metres
    """Straight from place to place."""


class Corners(NamedTuple):
    """Corners of the convex hulls of n sites."""

    begins: Whole
    """(n + 1,) where each site's corners begin."""
    at: Metres
    """(k, 2) in metres."""


class Yardstick:
    """Open links and outlines of sites, against which any zones of them are measured."""

    def __init__(self, sites: Sites, links: Links) -> None:
        self._sites, self._links = sites, links

    def parts(self, zones: Ragged) -> Whole:
        """Return into how many parts each zone falls over open links; (z,)."""
        return self._nets(zones)[0]

    def walks_m(self, zones: Ragged) -> Metres:
        """Return the length of each zone's shortest net of open links, as `outlines.walk_m`."""
        return self._nets(zones)[1]

    def diameters_m(self, zones: Ragged) -> Metres:
        """Return the greatest distance between two corners of each zone, as `diameter_m`."""
        found = np.zeros(len(zones))
        _write_diameters(self._corners, zones.begins, zones.values, found)
        return found

    def _nets(self, zones: Ragged) -> tuple[Whole, Metres]:
        parts, walks_m = np.zeros(len(zones), dtype=np.int64), np.zeros(len(zones))
        _write_nets(self._net, zones.begins, zones.values, parts, walks_m)
        return parts, walks_m

    @cached_property
    def _net(self) -> Net:
        is_open, at = self._links.is_open, self._sites.places
        a, b = self._links.a[is_open], self._links.b[is_open]
        site, near = np.concatenate([a, b]), np.concatenate([b, a])
        order = np.argsort(site, kind="stable")
        site, near = site[order], near[order]
        begins = np.searchsorted(site, np.arange(len(self._sites) + 1))
        return Net(begins, near, np.sqrt(((at[site] - at[near]) ** 2).sum(axis=1)))

    @cached_property
    def _corners(self) -> Corners:
        hulls = shapely.convex_hull(self._sites.polygons)
        at, site = shapely.get_coordinates(hulls, return_index=True)
        return Corners(np.searchsorted(site, np.arange(len(hulls) + 1)), at)


@compiled
def _write_nets(net: Net, begins: Whole, sites: Whole, parts: Whole, walks_m: Metres) -> None:
    """Write parts and walk of each zone (Kruskal)."""
    place = np.full(len(net.begins), NONE, dtype=np.int64)
    for zone in range(len(begins) - 1):
        members = sites[begins[zone] : begins[zone + 1]]
        for number in range(len(members)):
            place[members[number]] = number
        parts[zone], walks_m[zone] = _net_of(net, members, place)
        for member in members:
            place[member] = NONE


@compiled
def _net_of(net: Net, members: Whole, place: Whole) -> tuple[int, float]:
    most = 0
    for member in members:
        most += net.begins[member + 1] - net.begins[member]
    one, other, length_m = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most)
    held = 0
    for number in range(len(members)):
        for link in range(net.begins[members[number]], net.begins[members[number] + 1]):
            if place[net.near[link]] > number:
                one[held], other[held] = number, place[net.near[link]]
                length_m[held] = net.length_m[link]
                held += 1
    root, parts, walk_m = np.arange(len(members)), len(members), 0.0
    for link in np.argsort(length_m[:held]):
        a, b = root_of(root, one[link]), root_of(root, other[link])
        if a != b:
            root[b] = a
            parts -= 1
            walk_m += length_m[link]
    return parts, walk_m


@compiled
def _write_diameters(corners: Corners, begins: Whole, sites: Whole, found: Metres) -> None:
    """Write the greatest distance between two corners of each zone."""
    for zone in range(len(begins) - 1):
        members = sites[begins[zone] : begins[zone + 1]]
        most = 0
        for member in members:
            most += corners.begins[member + 1] - corners.begins[member]
        own, held = np.empty((most, 2)), 0
        for member in members:
            for corner in range(corners.begins[member], corners.begins[member + 1]):
                own[held] = corners.at[corner]
                held += 1
        own = own[:held]
        if held > FEW:
            own = hull(own)
        found[zone] = farthest(own, own)
