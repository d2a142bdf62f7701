"""A finished set of zones, as its explanations look at it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.adjacency import Links
from layers.bundling.layout import Layout
from layers.bundling.spread import Yardstick
from layers.economics import Takings, takings_of
from layers.policy import Policy
from layers.ragged import Ragged
from layers.rules import Zone
from layers.sites import Sites


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Zones, and the ground that they stand on."""

    zones: tuple[Zone, ...]
    zone_of: NDArray[np.int64]
    """For each site (n,) the position of its zone; -1 = in none."""
    layout: Layout
    sites: Sites
    links: Links
    policy: Policy
    yardstick: Yardstick
    """What zones are measured against."""

    @cached_property
    def members(self) -> Ragged:
        """The members of each zone, sorted."""
        return Ragged.of(zone.members for zone in self.zones)

    @cached_property
    def parts(self) -> NDArray[np.int64]:
        """For each zone into how many parts it falls over open links."""
        return self.yardstick.parts(self.members)

    @cached_property
    def walks_m(self) -> NDArray[np.float64]:
        """For each zone the length of the shortest net of open links inside it."""
        return self.yardstick.walks_m(self.members)

    @cached_property
    def diameters_m(self) -> NDArray[np.float64]:
        """For each zone how far it stretches."""
        return self.yardstick.diameters_m(self.members)

    @cached_property
    def takings(self) -> Takings:
        """What each zone brings."""
        return takings_of(self.members, self.sites, self.policy.money)

    @cached_property
    def takings_of_sites(self) -> Takings:
        """What each site brings."""
        each = Ragged(np.arange(len(self.sites) + 1), np.arange(len(self.sites)))
        return takings_of(each, self.sites, self.policy.money)

    @cached_property
    def scope(self) -> NDArray[np.str_]:
        """For each site the managing area that its zone must not leave."""
        return self.sites.scope_codes(self.policy.bundling.scope)

    @cached_property
    def are_settled(self) -> NDArray[np.bool_]:
        """For each zone whether it stood before the search, and is not to be extended."""
        settled = {zone.members for zone in self.layout.settled}
        return np.array([zone.members in settled for zone in self.zones], dtype=np.bool_)

    @cached_property
    def links_by_site(self) -> Ragged:
        """For each site the positions of its links, open and closed, the cheapest first."""
        order = np.argsort(self.links.cost_m, kind="stable")
        site = np.concatenate([self.links.a[order], self.links.b[order]])
        rank = np.concatenate([np.arange(len(order)), np.arange(len(order))])
        counts = np.bincount(site, minlength=len(self.sites))
        return Ragged.counted(counts, order[rank[np.lexsort((rank, site))]])

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The sites' polygons, ready to be asked what is near."""
        return shapely.STRtree(self.sites.polygons)

    def links_of(self, site: int) -> list[int]:
        """Return the positions of a site's links, open and closed, the cheapest first."""
        begins, links = self.links_by_site.begins, self.links_by_site.values
        found: list[int] = links[begins[site] : begins[site + 1]].tolist()
        return found

    def zone_at(self, site: int) -> Zone:
        """Return the zone that holds a site."""
        return self.zones[int(self.zone_of[site])]

    def is_settled_at(self, site: int) -> bool:
        """Tell whether the zone of a site stood before the search, and is not to be extended."""
        return bool(self.are_settled[self.zone_of[site]])

    def other_end(self, link: int, site: int) -> int:
        """Return the site at the other end of a link."""
        return int(self.links.a[link] + self.links.b[link]) - site

    def name(self, site: int) -> str:
        """Return the site's name, or its id where it has none."""
        return str(self.sites.names[site] or self.sites.ids[site])
