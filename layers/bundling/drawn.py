"""A finished set of zones, as its explanations look at it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.adjacency import Links
from layers.bundling.layout import Layout
from layers.policy import Policy
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

    @cached_property
    def links_of(self) -> list[list[int]]:
        """For each site the positions of its links, the cheapest first."""
        links_of: list[list[int]] = [[] for _ in self.sites.ids]
        for link in np.argsort(self.links.cost_m, kind="stable").tolist():
            links_of[self.links.a[link]].append(link)
            links_of[self.links.b[link]].append(link)
        return links_of

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The sites' polygons, ready to be asked what is near."""
        return shapely.STRtree(self.sites.polygons)

    def is_settled(self, zone: Zone) -> bool:
        """Tell whether the zone stood before the search, and is not to be extended."""
        return zone.members in {settled.members for settled in self.layout.settled}

    def other_end(self, link: int, site: int) -> int:
        """Return the site at the other end of a link."""
        return int(self.links.a[link] + self.links.b[link]) - site

    def name(self, site: int) -> str:
        """Return the site's name, or its id where it has none."""
        return str(self.sites.names[site] or self.sites.ids[site])
