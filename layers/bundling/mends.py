"""What would bring sites over the minimum at least cost: a way to open, a gap, a subsidy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely

from geo.errors import gettext_noop
from layers.bundling.drawn import Drawn
from layers.economics import account_of
from layers.reasons import Reason
from layers.rules import MAXIMA, MINIMA, RULES, Zone

BARRIER_WORDS = {
    "arterial": gettext_noop("主干路"),
    "expressway": gettext_noop("快速路"),
    "railway": gettext_noop("铁路"),
    "river": gettext_noop("河流"),
    "wall": gettext_noop("围墙"),
}
WIDEST_GAP = 5
"""A gap is worth accepting up to this many times the reach of a neighbour link."""


@dataclass(frozen=True, order=True)
class Way:
    """A way out of a group that is not open today."""

    gap_m: float
    site: int
    other: int
    barrier: str


def barrier_words(barrier: str) -> str:
    """Return the Chinese words for kinds of barrier joined by "+"."""
    return "、".join(BARRIER_WORDS.get(kind, kind) for kind in barrier.split("+"))


def mends_of(group: Sequence[int], drawn: Drawn) -> list[Reason]:
    """Return the cheapest way to carry the group along, and the subsidy it needs without."""
    reasons = [_cheapest_way(group, drawn)]
    yuan = account_of(group, drawn.sites, drawn.policy.money).subsidy_needed
    if yuan > 0:
        reasons.append(Reason("zone.mend_subsidy", {"yuan": yuan}))
    return reasons


def _cheapest_way(group: Sequence[int], drawn: Drawn) -> Reason:
    scope = drawn.scope
    for way in sorted({*_blocked_ways(group, drawn), *_long_ways(group, drawn)}):
        zone = drawn.zone_at(way.other)
        if scope[way.site] == scope[way.other] and _can_join(group, way.other, drawn):
            values: dict[str, str | float] = {
                "site": drawn.name(way.site),
                "neighbour": drawn.name(way.other),
                "gap_m": way.gap_m,
                "zone": zone.label,
            }
            if not way.barrier:
                return Reason("zone.mend_nearest", values)
            return Reason("zone.mend_open_link", values | {"barrier": barrier_words(way.barrier)})
    return Reason("zone.mend_none")


def _blocked_ways(group: Sequence[int], drawn: Drawn) -> Iterator[Way]:
    for site in group:
        for link in drawn.links_of(site):
            other = drawn.other_end(link, site)
            if not drawn.links.is_open[link] and drawn.zone_of[other] >= 0 and other not in group:
                gap_m, barrier = float(drawn.links.gap_m[link]), str(drawn.links.barrier[link])
                yield Way(gap_m, site, other, barrier)


def _long_ways(group: Sequence[int], drawn: Drawn) -> Iterator[Way]:
    """Yield the gaps that are too long for a link; what a link joins already is not among them."""
    reach_m = WIDEST_GAP * drawn.policy.links.reach_m
    polygons = drawn.sites.polygons
    joined = {
        (site, drawn.other_end(link, site)) for site in group for link in drawn.links_of(site)
    }
    own = polygons[list(group)]
    at, others = drawn.tree.query(own, predicate="dwithin", distance=reach_m)
    gaps = shapely.distance(own[at], polygons[others])
    for position, other, gap_m in zip(at.tolist(), others.tolist(), gaps.tolist(), strict=True):
        pair = group[position], other
        if drawn.zone_of[other] >= 0 and other not in group and pair not in joined:
            yield Way(gap_m, *pair, "")


def _can_join(group: Sequence[int], other: int, drawn: Drawn) -> bool:
    """Tell whether group and the other's zone together keep all limits; it must be extensible."""
    if drawn.is_settled_at(other):
        return False
    zone = drawn.zone_at(other)
    both = Zone(zone.label, tuple(sorted({*group, *zone.members})))
    ground = drawn.sites, drawn.links, drawn.policy
    return not any(RULES[name](both, *ground) for name in sorted(MAXIMA | MINIMA))
