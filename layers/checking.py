"""The independent check of a plan (独立核验): other code than made it, and than judged it.

It imports nothing of the bundling and nothing of the rules, and reckons everything anew from the
sites, the links and the barriers: with scipy what hangs together, with shapely what lies between.
A proposal in which it finds a fault is not stored; better no plan than a wrong one. What a planner
drew is checked likewise when the plan goes on its way, and the findings go with it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial.distance import pdist

from geo.errors import Fault, gettext_noop
from geo.words import BarrierKind
from layers.adjacency import Barriers, Links
from layers.checked_ways import is_blocked
from layers.checked_wholes import (
    ROUND_M,
    ROUND_M2,
    broken_by_leads,
    cut_areas,
    lacking_yuan,
    points_in,
)
from layers.policy import Policy
from layers.sites import LOCKED_OUT, Sites

ROUND_YUAN = 1.0
MOST_TOLD = 20
"""Faults that are told; the rest are counted."""
EXCUSED = {
    "": frozenset[str](),
    "oversize": frozenset(
        {"floor_area_max", "households_max", "diameter_max", "minimum", "leads_min", "subsidy_max"}
    ),
    "below_minimum": frozenset({"minimum", "leads_min", "subsidy_max"}),
}
"""What a zone of each exception may break; a locked one may break anything."""
WORDS = {
    "floor_area_max": gettext_noop("建筑面积超过上限"),
    "households_max": gettext_noop("户数超过上限"),
    "diameter_max": gettext_noop("最大跨度超过上限"),
    "minimum": gettext_noop("低于下限"),
    "walk_max": gettext_noop("巡线长超过上限"),
    "subsidy_max": gettext_noop("所需补贴超过上限，或因面积不详无从核算"),
    "leads_min": gettext_noop("带动小区少于下限"),
    "leads_max": gettext_noop("带动小区多于上限"),
    "lead_reach": gettext_noop("有纳管对象离带动小区过远"),
    "lead_spare": gettext_noop("超出带动小区的可带动面积"),
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
PLACED = gettext_noop("“{site}”锁定为不划入任何片区，方案却归入 {zone} 号片区。")
PARTED = gettext_noop("“{site}”须与{zone}号片区的“{other}”同片，却不在该片区内。")
NOT_APART = gettext_noop("{zone}号片区内的“{a}”与“{b}”不得同片。")
THROUGH = gettext_noop("{zone}号片区内“{a}”与“{b}”的相连处穿过{kinds}，没有可走的直线通路。")
CUT = gettext_noop("管理辖区 {area} 分成 {zones} 个片区，而政策要求整体打包，合为一个也不超限。")
MORE = gettext_noop("另有 {count} 处问题未列出。")


class CheckedZone(Protocol):
    """What the check looks at of a zone."""

    @property
    def label(self) -> str: ...  # noqa: D102 (as in `ProposedZone`)
    @property
    def members(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def floor_area_m2(self) -> float: ...  # noqa: D102
    @property
    def exception(self) -> str: ...  # noqa: D102


class CheckedSite(Protocol):
    """What the check looks at of a site's place."""

    @property
    def id(self) -> str: ...  # noqa: D102 (as in `ProposedSite`)
    @property
    def zone(self) -> str: ...  # noqa: D102
    @property
    def reasons(self) -> Sequence[Any]: ...  # noqa: D102


class Checked(Protocol):
    """A plan as it is checked: a proposal, or what is stored of one that a planner changed."""

    @property
    def zones(self) -> Sequence[CheckedZone]: ...  # noqa: D102 (as in `Proposal`)
    @property
    def sites(self) -> Sequence[CheckedSite]: ...  # noqa: D102


def check_proposal(
    proposal: Checked, sites: Sites, links: Links, barriers: Barriers, policy: Policy
) -> tuple[Fault, ...]:
    """Return everything that is wrong with a plan; nothing = a proposal may be stored.

    No site is lost or doubled; zones hang together where the policy asks for it; limits are kept
    or the zone is a named exception; leads, locks and contracts are kept; who belongs together is
    together and who must keep apart is not; and no link that a zone rests on leads through a hard
    barrier.
    """
    case = _Case(proposal, sites, links, barriers, policy)
    found = [
        *(*case.misplaced(), *case.wrong_zones(), *case.broken_locks(), *case.broken_pairs()),
        *(*case.cut_areas(), *case.through_barriers()),
    ]
    if len(found) > MOST_TOLD:
        return (*found[:MOST_TOLD], Fault(MORE, {"count": len(found) - MOST_TOLD}))
    return tuple(found)


@dataclass(frozen=True)
class _Case:
    """What is checked."""

    proposal: Checked
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
            yield Fault(SERVED, {"site": self._name(row)})

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
            yield from self._wrong_size(zone, rows, float(self.walks_m[position]))
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

    @cached_property
    def walks_m(self) -> NDArray[np.float64]:
        """The length of the shortest net of open links inside each zone, between sites' points."""
        a, b = self.links.a, self.links.b
        inside = self.links.is_open & (self.numbers[a] == self.numbers[b]) & (self.numbers[a] >= 0)
        a, b, n = a[inside], b[inside], len(self.sites)
        # A link of no length would be none: each is a metre longer, and that is taken away again.
        points = points_in(self.sites.polygons)
        length_m = 1.0 + np.hypot(*(points[a] - points[b]).T)
        net = minimum_spanning_tree(coo_array((length_m, (a, b)), shape=(n, n)).tocsr()).tocoo()
        walks_m = np.zeros(len(self.proposal.zones))
        np.add.at(walks_m, self.numbers[net.row], net.data - 1.0)
        return walks_m

    def _wrong_size(self, zone: CheckedZone, rows: list[int], walk_m: float) -> Iterator[Fault]:
        floor_area_m2 = float(np.nansum(self.sites.floor_area_m2[rows]))
        told = float(np.nan_to_num(zone.floor_area_m2))
        if abs(told - floor_area_m2) > ROUND_M2:
            yield Fault(WRONG_SUM, {"zone": zone.label, "told": told, "true": floor_area_m2})
        rules = self.policy.bundling
        has_limits = rules.strategy != "none" and not rules.one_provider_per_area
        if zone.exception == "locked" or not has_limits:
            return
        excused = EXCUSED[str(zone.exception)] if self._is_named(zone) else EXCUSED[""]
        broken = self._broken(rows, floor_area_m2, walk_m) | broken_by_leads(
            rows, self.sites, self.policy.thresholds
        )
        for what in sorted(broken - excused):
            yield Fault(BROKEN, {"zone": zone.label, "what": WORDS[what]})

    def _is_named(self, zone: CheckedZone) -> bool:
        return zone.exception != "oversize" or len(zone.members) == 1

    def _broken(self, rows: list[int], floor_area_m2: float, walk_m: float) -> set[str]:
        limits = self.policy.thresholds
        households = float(np.nansum(self.sites.households[rows]))
        over = {
            "floor_area_max": (floor_area_m2 - ROUND_M2, limits.floor_area_max_m2),
            "households_max": (households - ROUND_M2, limits.households_max),
            "diameter_max": (_width_m(self.sites.polygons[rows]) - ROUND_M, limits.diameter_max_m),
            "walk_max": (walk_m - ROUND_M, limits.walk_max_m),
        }
        broken = {what for what, (value, most) in over.items() if most is not None and value > most}
        if limits.subsidy_max_yuan is not None:
            lacking = lacking_yuan(rows, self.sites, self.policy.money)
            broken |= set() if lacking <= limits.subsidy_max_yuan + ROUND_YUAN else {"subsidy_max"}
        under = (
            (floor_area_m2 + ROUND_M2, limits.floor_area_min_m2),
            (households + ROUND_M2, limits.households_min),
        )
        # neighbours may be run together one or several, however small
        asks_minimum = self.policy.bundling.strategy != "adjacent"
        if asks_minimum and any(least is not None and value < least for value, least in under):
            broken.add("minimum")
        return broken

    def cut_areas(self) -> Iterator[Fault]:
        """Tell of areas cut into several zones that one zone could hold within the limits."""
        has_limits = not self.policy.bundling.one_provider_per_area
        for area in cut_areas(self.numbers, self.sites, self.links, self.policy):
            floor_area_m2 = float(np.nansum(self.sites.floor_area_m2[area.rows]))
            # How long the walk of the whole would be nobody has reckoned: at least not none.
            walk_m = float(self.walks_m[np.unique(self.numbers[area.rows])].sum())
            broken = self._broken(area.rows, floor_area_m2, walk_m)
            broken |= broken_by_leads(area.rows, self.sites, self.policy.thresholds)
            if not has_limits or not broken - EXCUSED["below_minimum"]:
                yield Fault(CUT, {"area": area.code, "zones": area.zones})

    def broken_pairs(self) -> Iterator[Fault]:
        """Tell of sites that belong together and are not, and of those that must keep apart."""
        for _, rows in _by_mark([[mark] if mark else [] for mark in self.sites.together.tolist()]):
            for number in sorted({int(self.numbers[row]) for row in rows} - {-1}):
                yield from self._parted(number, rows)
        for _, rows in _by_mark([marks.split() for marks in self.sites.apart.tolist()]):
            yield from self._joined(rows)

    def _parted(self, number: int, rows: list[int]) -> Iterator[Fault]:
        zone = self.proposal.zones[number]
        held = next(row for row in rows if self.numbers[row] == number)
        for row in rows:
            # Where a planner locked one of them elsewhere, the lock is what counts.
            is_bound = self.sites.lock[row] in {"", zone.label} and zone.exception != "locked"
            if is_bound and self.numbers[row] != number:
                told = {"site": self._name(row), "zone": zone.label, "other": self._name(held)}
                yield Fault(PARTED, told)

    def _joined(self, rows: list[int]) -> Iterator[Fault]:
        for a, b in combinations(rows, 2):
            number = self.numbers[a]
            if number < 0 or number != self.numbers[b]:
                continue
            zone = self.proposal.zones[number]
            if zone.exception != "locked":
                told = {"zone": zone.label, "a": self._name(a), "b": self._name(b)}
                yield Fault(NOT_APART, told)

    def _name(self, row: int) -> str:
        return str(self.sites.names[row]) or str(self.sites.ids[row])

    def broken_locks(self) -> Iterator[Fault]:
        """Tell of sites that a planner locked elsewhere."""
        for row in np.flatnonzero(self.sites.lock != "").tolist():
            site, lock = str(self.sites.ids[row]), str(self.sites.lock[row])
            zone = self.zone_of.get(site, "")
            values = {"site": self._name(row), "lock": lock, "zone": zone or "—"}
            if lock == LOCKED_OUT and zone:
                yield Fault(PLACED, values)
            elif lock not in {LOCKED_OUT, zone}:
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
                        "a": self._name(a),
                        "b": self._name(b),
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


def _by_mark(marks: Sequence[Sequence[str]]) -> list[tuple[str, list[int]]]:
    """Return the rows that bear each mark."""
    found: dict[str, list[int]] = {}
    for row, held in enumerate(marks):
        for mark in set(held):
            found.setdefault(mark, []).append(row)
    return sorted(found.items())


def _width_m(shapes: NDArray[np.object_]) -> float:
    """Return the greatest distance between two corners of the outlines."""
    corners = shapely.get_coordinates(shapely.convex_hull(shapely.geometrycollections(shapes)))
    return float(pdist(corners).max()) if len(corners) > 1 else 0.0
