"""The independent check of a proposal (独立核验), before it is stored: other code than made it.

It imports nothing of the bundling and nothing of the rules, and reckons everything anew from the
sites, the links and the barriers: with scipy what hangs together, with shapely what lies between.
A plan in which it finds a fault is not stored; better no plan than a wrong one.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import pdist

from geo.errors import Fault, gettext_noop
from geo.words import BarrierKind
from layers.adjacency import Barriers, Links
from layers.policy import Policy
from layers.proposal import Proposal, ProposedZone
from layers.sites import Sites

ROUND_M2 = 1.0
"""Sums in another order may differ by less."""
ROUND_M = 0.1
STEP_M = 5.0
"""Ways over a gap begin at every corner of an outline, and at most this far apart."""
ALONG_M = 0.5
"""A barrier this near to an outline runs along it; deeper inside a site it does not count."""
TOUCHING_M = 0.01
MOST_TOLD = 20
"""Faults that are told; the rest are counted."""
EXCUSED = {
    "": frozenset[str](),
    "oversize": frozenset({"floor_area_max", "households_max", "diameter_max", "minimum"}),
    "below_minimum": frozenset({"minimum"}),
}
"""What a zone of each exception may break; a locked one may break anything."""
WORDS = {
    "floor_area_max": gettext_noop("建筑面积超过上限"),
    "households_max": gettext_noop("户数超过上限"),
    "diameter_max": gettext_noop("最大跨度超过上限"),
    "minimum": gettext_noop("低于下限"),
}
LOST = gettext_noop("纳管对象“{site}”在方案中出现 {times} 次，应恰好一次。")
NOWHERE = gettext_noop("纳管对象“{site}”标为 {zone} 号片区，但该片区的名单中没有它。")
UNEXPLAINED = gettext_noop("纳管对象“{site}”未归入任何片区，也没有说明原因。")
SERVED = gettext_noop("纳管对象“{site}”的服务合同仍在履行，不应列入方案。")
DOUBLED = gettext_noop("片区号 {zone} 用了 {times} 次。")
EMPTY = gettext_noop("{zone}号片区没有纳管对象。")
IN_PARTS = gettext_noop("{zone}号片区分成 {parts} 块，互不相连。")
OUT_OF_SCOPE = gettext_noop("{zone}号片区跨越 {count} 个管理辖区。")
WRONG_SUM = gettext_noop("{zone}号片区记载建筑面积 {told:,.0f} ㎡，实为 {true:,.0f} ㎡。")
BROKEN = gettext_noop("{zone}号片区{what}，又不属于方案列明的例外。")
NOT_LOCKED = gettext_noop("“{site}”锁定在 {lock} 号片区，方案却归入 {zone} 号片区。")
LOCKED_OUT = gettext_noop("“{site}”锁定为不划入任何片区，方案却归入 {zone} 号片区。")
THROUGH = gettext_noop("{zone}号片区内“{a}”与“{b}”的相连处穿过{kinds}，没有可走的直线通路。")
MORE = gettext_noop("另有 {count} 处问题未列出。")


def check_proposal(
    proposal: Proposal, sites: Sites, links: Links, barriers: Barriers, policy: Policy
) -> tuple[Fault, ...]:
    """Return everything that is wrong with a proposal; nothing = it may be stored.

    No site is lost or doubled; zones hang together where the policy asks for it; limits are kept
    or the zone is a named exception; locks and contracts are kept; and no link that a zone rests on
    leads through a hard barrier.
    """
    case = _Case(proposal, sites, links, barriers, policy)
    found = [*case.misplaced(), *case.wrong_zones(), *case.broken_locks(), *case.through_barriers()]
    if len(found) > MOST_TOLD:
        return (*found[:MOST_TOLD], Fault(MORE, {"count": len(found) - MOST_TOLD}))
    return tuple(found)


@dataclass(frozen=True)
class _Case:
    """What is checked."""

    proposal: Proposal
    sites: Sites
    links: Links
    barriers: Barriers
    policy: Policy

    @cached_property
    def zone_of(self) -> dict[str, str]:
        """The zone of each site by its id, as the zones' own lists say."""
        return {site: zone.label for zone in self.proposal.zones for site in zone.members}

    @cached_property
    def row_of(self) -> dict[str, int]:
        return {site: row for row, site in enumerate(self.sites.ids.tolist())}

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """For each site (n,) the position of its zone; -1 = in none."""
        at = {zone.label: position for position, zone in enumerate(self.proposal.zones)}
        ids = self.sites.ids.tolist()
        return np.array([at.get(self.zone_of.get(site, ""), -1) for site in ids], dtype=np.int64)

    def misplaced(self) -> Iterator[Fault]:
        """Tell of sites that are lost, doubled, in no zone without a reason, or not to be here."""
        listed = Counter(site for zone in self.proposal.zones for site in zone.members)
        told = Counter(site.id for site in self.proposal.sites)
        known = set(self.sites.ids.tolist())
        for site in sorted(known | set(told) | set(listed)):
            times = max(told[site], listed[site]) if site in known else told[site] + listed[site]
            if (told[site] != 1 or listed[site] > 1) or site not in known:
                yield Fault(LOST, {"site": site, "times": times})
        for each in self.proposal.sites:
            if self.zone_of.get(each.id, "") != each.zone:
                yield Fault(NOWHERE, {"site": each.id, "zone": each.zone or "—"})
            if not each.zone and not each.reasons:
                yield Fault(UNEXPLAINED, {"site": each.id})
        for row in np.flatnonzero(self.sites.is_served & ~self.sites.is_lead).tolist():
            yield Fault(SERVED, {"site": self.sites.names[row] or self.sites.ids[row]})

    def wrong_zones(self) -> Iterator[Fault]:
        """Tell of zones that fall apart, leave their scope or break a limit without exception."""
        parts = self._parts_by_zone()
        scope = self.sites.scope_codes(self.policy.bundling.scope)
        for label, times in Counter(zone.label for zone in self.proposal.zones).items():
            if times > 1:
                yield Fault(DOUBLED, {"zone": label, "times": times})
        for position, zone in enumerate(self.proposal.zones):
            rows = [self.row_of[site] for site in zone.members if site in self.row_of]
            if not rows:
                yield Fault(EMPTY, {"zone": zone.label})
                continue
            yield from self._wrong_size(zone, rows)
            codes = set(scope[rows].tolist())
            if zone.exception == "locked":
                continue
            if self.policy.bundling.contiguity == "required" and parts[position] > 1:
                yield Fault(IN_PARTS, {"zone": zone.label, "parts": parts[position]})
            if len(codes) > 1:
                yield Fault(OUT_OF_SCOPE, {"zone": zone.label, "count": len(codes)})

    def _parts_by_zone(self) -> list[int]:
        """Return into how many parts each zone falls over the open links inside it."""
        a, b, n = self.links.a, self.links.b, len(self.sites)
        inside = self.links.is_open & (self.numbers[a] == self.numbers[b])
        graph = coo_array((np.ones(int(inside.sum())), (a[inside], b[inside])), shape=(n, n))
        _, part = connected_components(graph, directed=False)
        pairs = np.unique(np.stack([self.numbers, part]), axis=1)[0]
        counts = np.bincount(pairs[pairs >= 0], minlength=len(self.proposal.zones))
        return [int(count) for count in counts]

    def _wrong_size(self, zone: ProposedZone, rows: list[int]) -> Iterator[Fault]:
        floor_area_m2 = float(np.nansum(self.sites.floor_area_m2[rows]))
        told = float(np.nan_to_num(zone.floor_area_m2))
        if abs(told - floor_area_m2) > ROUND_M2:
            yield Fault(WRONG_SUM, {"zone": zone.label, "told": told, "true": floor_area_m2})
        if zone.exception == "locked" or self.policy.bundling.strategy == "none":
            return
        excused = EXCUSED[str(zone.exception)] if self._is_named(zone) else EXCUSED[""]
        for what in sorted(self._broken(rows, floor_area_m2) - excused):
            yield Fault(BROKEN, {"zone": zone.label, "what": WORDS[what]})

    def _is_named(self, zone: ProposedZone) -> bool:
        return zone.exception != "oversize" or len(zone.members) == 1

    def _broken(self, rows: list[int], floor_area_m2: float) -> set[str]:
        limits = self.policy.thresholds
        households = float(np.nansum(self.sites.households[rows]))
        over = {
            "floor_area_max": (floor_area_m2 - ROUND_M2, limits.floor_area_max_m2),
            "households_max": (households - ROUND_M2, limits.households_max),
            "diameter_max": (_width_m(self.sites.polygons[rows]) - ROUND_M, limits.diameter_max_m),
        }
        broken = {what for what, (value, most) in over.items() if most is not None and value > most}
        under = (
            (floor_area_m2 + ROUND_M2, limits.floor_area_min_m2),
            (households + ROUND_M2, limits.households_min),
        )
        if any(least is not None and value < least for value, least in under):
            broken.add("minimum")
        return broken

    def broken_locks(self) -> Iterator[Fault]:
        """Tell of sites that a planner locked elsewhere."""
        for row in np.flatnonzero(self.sites.lock != "").tolist():
            site, lock = str(self.sites.ids[row]), str(self.sites.lock[row])
            zone = self.zone_of.get(site, "")
            values = {"site": str(self.sites.names[row]) or site, "lock": lock, "zone": zone or "—"}
            if lock == "-" and zone:
                yield Fault(LOCKED_OUT, values)
            elif lock not in {"-", zone}:
                yield Fault(NOT_LOCKED, values)

    def through_barriers(self) -> Iterator[Fault]:
        """Tell of links inside a zone that lead through a hard barrier."""
        is_hard = np.isin(self.barriers.kinds, list(self.policy.links.hard))
        kinds, walls = self.barriers.kinds[is_hard], self.barriers.geometries[is_hard]
        tree, shapes = shapely.STRtree(walls), self.sites.polygons
        words = {str(kind): kind.label for kind in BarrierKind}
        for link in self._links_rested_on().tolist():
            a, b = int(self.links.a[link]), int(self.links.b[link])
            met = tree.query(shapely.shortest_line(shapes[a], shapes[b]), predicate="intersects")
            if not len(met):
                continue
            reach_m = self.policy.links.reach_m + ROUND_M
            near = np.sort(tree.query(shapes[a], predicate="dwithin", distance=reach_m))
            if is_blocked(shapes[a], shapes[b], walls[near], reach_m=reach_m):
                yield Fault(
                    THROUGH,
                    {
                        "zone": self.zone_of[str(self.sites.ids[a])],
                        "a": str(self.sites.names[a]) or str(self.sites.ids[a]),
                        "b": str(self.sites.names[b]) or str(self.sites.ids[b]),
                        "kinds": "、".join(
                            words[kind] for kind in sorted(set(kinds[met].tolist()))
                        ),
                    },
                )

    def _links_rested_on(self) -> NDArray[np.int64]:
        """Return the open links inside zones, but for those over a crossing or a planner's."""
        zones = self.numbers[self.links.a], self.numbers[self.links.b]
        inside = self.links.is_open & (zones[0] == zones[1]) & (zones[0] >= 0)
        return np.flatnonzero(inside & (self.links.kind == "near"))


def _width_m(shapes: NDArray[np.object_]) -> float:
    """Return the greatest distance between two corners of the outlines."""
    corners = shapely.get_coordinates(shapely.convex_hull(shapely.geometrycollections(shapes)))
    return float(pdist(corners).max()) if len(corners) > 1 else 0.0


def is_blocked(
    a: shapely.Geometry,
    b: shapely.Geometry,
    walls: NDArray[np.object_],
    *,
    reach_m: float,
) -> bool:
    """Tell whether no straight way of at most the reach between two outlines avoids the walls.

    Parts of a wall inside either outline do not count. Outlines that share an edge are parted
    where walls cover over half of it.
    """
    wall = shapely.union_all(walls)
    if shapely.distance(a, b) < TOUCHING_M:
        edge = shapely.intersection(shapely.boundary(a), shapely.buffer(b, ALONG_M))
        if shapely.length(edge) >= STEP_M:
            covered = shapely.intersection(edge, shapely.buffer(wall, ALONG_M, cap_style="flat"))
            return bool(shapely.length(covered) > shapely.length(edge) / 2)
    inside = shapely.union_all([shapely.buffer(shape, -ALONG_M) for shape in (a, b)])
    outside = shapely.difference(wall, inside)
    shapely.prepare(outside)
    ways = _ways_between(a, b, reach_m)
    return bool(shapely.intersects(outside, ways).all())


def _ways_between(a: shapely.Geometry, b: shapely.Geometry, reach_m: float) -> NDArray[np.object_]:
    """Return straight ways from points of one outline to points of the other."""
    starts, ends = (_points_on(shape) for shape in (a, b))
    far = np.hypot(*(starts[:, None] - ends[None, :]).transpose(2, 0, 1))
    at, to = np.nonzero((far <= reach_m) & (far > 0))
    ways = np.atleast_1d(np.asarray(shapely.linestrings(np.stack([starts[at], ends[to]], axis=1))))
    shortest = shapely.shortest_line(a, b)
    # A line from a point to itself is invalid.
    way = shortest if shapely.length(shortest) > 0 else shapely.get_point(shortest, 0)
    return np.concatenate([ways, np.array([way], dtype=object)])


def _points_on(shape: shapely.Geometry) -> NDArray[np.float64]:
    outline = shapely.boundary(shape) if shapely.get_dimensions(shape) == 2 else shape  # noqa: PLR2004 (a polygon)
    steps = [shapely.segmentize(outline, step_m) for step_m in (STEP_M, STEP_M / 2)]
    points: NDArray[np.float64] = np.concatenate([shapely.get_coordinates(each) for each in steps])
    return points
