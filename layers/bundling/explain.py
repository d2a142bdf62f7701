"""Why each site is in its zone and not in the next, and what each zone holds and lacks."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.bundling.drawn import Drawn
from layers.bundling.mends import barrier_words, mends_of
from layers.bundling.second import second_best
from layers.economics import Account, floor_area_lacking_m2
from layers.measures import Joined, parts_of
from layers.policy import Contiguity, Strategy
from layers.reasons import Reason
from layers.rules import MINIMA, Problem
from layers.sites import LOCKED_OUT

WAN = 10_000
"""Chinese readers count yuan in ten thousands (万元)."""
LINK_KEYS = {"crossing": "site.crossing", "planner": "site.planner_link"}


def explain_sites(drawn: Drawn) -> dict[int, tuple[Reason, ...]]:
    """Return for each site that is in a zone why it is there, and why in no other."""
    placed = np.flatnonzero(drawn.zone_of >= 0)
    here, elsewhere = explain_places(placed, drawn), _why_not_elsewhere(drawn)
    return {
        site: (*reasons, elsewhere[site]) if site in elsewhere else reasons
        for site, reasons in here.items()
    }


def explain_places(sites: NDArray[np.int64], drawn: Drawn) -> dict[int, tuple[Reason, ...]]:
    """Return for each of some sites what holds it in its zone, and what is not known of it."""
    joins = _what_joins(sites, drawn)
    return {
        site: (*_why_here(site, drawn, joins), *_unknowns(site, drawn)) for site in sites.tolist()
    }


def _why_here(site: int, drawn: Drawn, joins: Mapping[int, Sequence[Reason]]) -> Iterator[Reason]:
    zone = drawn.zone_at(site)
    lock = str(drawn.sites.lock[site])
    if lock:
        yield Reason("site.locked", {"zone": lock})
    if site in drawn.layout.connectors:
        yield Reason("site.connector", {"zone": zone.label})
    if len(zone.members) > 1:
        yield from joins[site]
    elif drawn.policy.bundling.strategy is Strategy.NONE:
        yield Reason("site.no_strategy")
    elif not lock and drawn.is_settled_at(site):
        yield Reason("site.oversize")
    elif all(drawn.zone_of[other] < 0 for other in drawn.layout.ways[site]):
        yield Reason("site.alone")


def _what_joins(sites: NDArray[np.int64], drawn: Drawn) -> dict[int, list[Reason]]:
    """Return what joins sites to the others of their zones: a link, and a community."""
    links, ends = drawn.links, _ends(sites, drawn)
    home = drawn.zone_of[ends.site]
    is_inside = links.is_open[ends.link] & (drawn.zone_of[ends.other] == home)
    joined = ends.first_of(is_inside)
    not_connected = [Reason("site.not_connected")]
    reasons: dict[int, list[Reason]] = {}
    counts = _neighbours_in_community(sites, drawn)
    for site, count in zip(sites.tolist(), counts.tolist(), strict=True):
        known = [_joined_by(*joined[site], drawn)] if site in joined else not_connected
        same = [Reason("site.same_community", {"count": count})] if count else []
        reasons[site] = [*known, *same]
    return reasons


def _joined_by(link: int, neighbour: int, drawn: Drawn) -> Reason:
    links = drawn.links
    values: dict[str, str | float] = {
        "neighbour": drawn.name(neighbour),
        "gap_m": float(links.gap_m[link]),
    }
    if not math.isnan(links.walk_m[link]):
        values["walk_m"] = float(links.walk_m[link])
    return Reason(LINK_KEYS.get(str(links.kind[link]), "site.neighbour"), values)


def _neighbours_in_community(sites: NDArray[np.int64], drawn: Drawn) -> NDArray[np.int64]:
    """Return how many others of its zone lie in each site's community; 0 outside of all."""
    is_near = np.isin(drawn.zone_of, drawn.zone_of[sites])
    near, community = np.flatnonzero(is_near), drawn.sites.community
    _, code = np.unique(community[near], return_inverse=True)
    both = drawn.zone_of[near] * (len(near) + 1) + code
    _, group, size = np.unique(both, return_inverse=True, return_counts=True)
    others = size[group[np.searchsorted(near, sites)]] - 1
    counts: NDArray[np.int64] = np.where(community[sites] == "", 0, others)
    return counts


@dataclass(frozen=True)
class _Ends:
    """The ends of links at some sites, site by site, the cheapest link first."""

    site: NDArray[np.int64]
    link: NDArray[np.int64]
    other: NDArray[np.int64]

    def first_of(self, chosen: NDArray[np.bool_]) -> dict[int, tuple[int, int]]:
        """Return the first link of those chosen at each site that has one, and its other end."""
        rows = np.flatnonzero(chosen)
        rows = rows[np.diff(self.site[rows], prepend=-1) != 0]
        found = zip(self.link[rows].tolist(), self.other[rows].tolist(), strict=True)
        return dict(zip(self.site[rows].tolist(), found, strict=True))


def _ends(sites: NDArray[np.int64], drawn: Drawn) -> _Ends:
    held = drawn.links_by_site.take(sites)
    site, link = np.repeat(sites, held.counts), held.values
    return _Ends(site, link, drawn.links.a[link] + drawn.links.b[link] - site)


def _unknowns(site: int, drawn: Drawn) -> Iterator[Reason]:
    if math.isnan(drawn.sites.floor_area_m2[site]):
        yield Reason("site.floor_area_unknown")
    if math.isnan(drawn.sites.households[site]):
        yield Reason("site.households_unknown")


def _why_not_elsewhere(drawn: Drawn) -> dict[int, Reason]:
    """Return for each free site that might be in another zone why it is not."""
    if drawn.policy.bundling.strategy is Strategy.NONE:
        return {}
    is_free = (drawn.zone_of >= 0) & (drawn.sites.lock == "")
    is_free[list(drawn.layout.connectors)] = False
    return _what_separates(is_free, drawn) | second_best(is_free, drawn)


def _what_separates(is_asked: NDArray[np.bool_], drawn: Drawn) -> dict[int, Reason]:
    """Return for each site asked for what lies between it and the nearest other zone.

    Where an open link leads to another zone there is a second-best one, and that is told instead.
    """
    ends = _ends(np.flatnonzero(is_asked), drawn)
    zone = drawn.zone_of[ends.other]
    apart = ends.first_of((zone >= 0) & (zone != drawn.zone_of[ends.site]))
    return {
        site: _separated_by(link, neighbour, drawn) for site, (link, neighbour) in apart.items()
    }


def _separated_by(link: int, neighbour: int, drawn: Drawn) -> Reason:
    barrier = str(drawn.links.barrier[link])
    values: dict[str, str | float] = {
        "neighbour": drawn.name(neighbour),
        "zone": drawn.zone_at(neighbour).label,
        "gap_m": float(drawn.links.gap_m[link]),
        "barrier": barrier_words(barrier),
    }
    return Reason("site.barrier" if barrier else "site.cut", values)


def explain_left_out(drawn: Drawn) -> dict[int, tuple[Reason, ...]]:
    """Return for each site in no zone why, and what would cost least to change it."""
    reasons: dict[int, tuple[Reason, ...]] = {}
    for group in _left_out_groups(drawn):
        why = _why_left_out(group, drawn)
        mends = mends_of(group, drawn)
        reasons |= {site: (why, *_unknowns(site, drawn), *mends) for site in group}
    kept_out = (Reason("site.locked_out"),)
    return reasons | dict.fromkeys(
        np.flatnonzero(drawn.sites.lock == LOCKED_OUT).tolist(), kept_out
    )


def _left_out_groups(drawn: Drawn) -> list[tuple[int, ...]]:
    left_out = np.flatnonzero((drawn.zone_of < 0) & (drawn.sites.lock != LOCKED_OUT)).tolist()
    joined = Joined(left_out)
    for site in left_out:
        for other in drawn.layout.ways[site]:
            if drawn.zone_of[other] < 0:
                joined.join(site, other)
    return joined.groups()


def _why_left_out(group: Sequence[int], drawn: Drawn) -> Reason:
    """Tell a component that is too small as a whole from sites for which no room was found."""
    has_placed_neighbour = any(
        drawn.zone_of[other] >= 0 and not drawn.is_settled_at(other)
        for site in group
        for other in drawn.layout.ways[site]
    )
    if has_placed_neighbour:
        return Reason("site.left_out_no_room")
    return Reason("site.left_out_below_minimum", {"count": len(group)})


def explain_zone(
    position: int, drawn: Drawn, account: Account, problems: Sequence[Problem]
) -> tuple[Reason, ...]:
    """Return what the zone holds, whether it carries itself, and what its exception rests on."""
    zone, policy = drawn.zones[position], drawn.policy
    reasons = [*_totals(len(zone.members), account), _margin(account, drawn)]
    reasons += [problem.reason for problem in problems]
    if policy.bundling.contiguity is not Contiguity.REQUIRED:
        parts = len(parts_of(zone.members, drawn.links))
        if parts > 1:
            reasons.append(Reason("zone.not_connected", {"parts": parts}))
    if problems and {problem.rule for problem in problems} <= MINIMA:
        reasons += mends_of(zone.members, drawn)
    return tuple(reasons)


def _totals(count: int, account: Account) -> Iterator[Reason]:
    area, households = account.floor_area_m2, account.households
    values: dict[str, str | int] = {
        "sites": count,
        "floor_area": "不详" if math.isnan(area) else f"{area:,.0f} ㎡",
        "households": "户数不详" if math.isnan(households) else f"{households:,.0f} 户（套）",
    }
    yield Reason("zone.totals", values)
    if account.unknown_floor_area:
        yield Reason("zone.floor_area_unknown", {"count": account.unknown_floor_area})
    if account.unknown_households:
        yield Reason("zone.households_unknown", {"count": account.unknown_households})


def _margin(account: Account, drawn: Drawn) -> Reason:
    if math.isnan(account.margin):
        return Reason("zone.margin_unknown")
    values = {"margin_wan": account.margin / WAN}
    if account.subsidy_needed == 0:
        return Reason("zone.carries_itself", values)
    values["yuan"] = account.subsidy_needed
    lacking_m2 = floor_area_lacking_m2(account, drawn.policy.money)
    if lacking_m2 is None:
        return Reason("zone.lacks_whatever_size", values)
    values["floor_area_m2"] = lacking_m2
    values["households"] = lacking_m2 / drawn.policy.derive.floor_area_per_household_m2
    return Reason("zone.lacks", values)
