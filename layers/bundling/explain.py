"""Why each site is in its zone and not in the next, and what each zone holds and lacks."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

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
    return {
        site: (*explain_place(site, drawn), *_why_not_elsewhere(site, drawn))
        for site in np.flatnonzero(drawn.zone_of >= 0).tolist()
    }


def explain_place(site: int, drawn: Drawn) -> tuple[Reason, ...]:
    """Return what holds a site in its zone, and what is not known of it."""
    return (*_why_here(site, drawn), *_unknowns(site, drawn))


def _why_here(site: int, drawn: Drawn) -> Iterator[Reason]:
    zone = drawn.zones[drawn.zone_of[site]]
    lock = str(drawn.sites.lock[site])
    if lock:
        yield Reason("site.locked", {"zone": lock})
    if site in drawn.layout.connectors:
        yield Reason("site.connector", {"zone": zone.label})
    if len(zone.members) > 1:
        yield from _what_joins(site, zone.members, drawn)
    elif drawn.policy.bundling.strategy is Strategy.NONE:
        yield Reason("site.no_strategy")
    elif not lock and drawn.is_settled(zone):
        yield Reason("site.oversize")
    elif all(drawn.zone_of[other] < 0 for other in drawn.layout.ways[site]):
        yield Reason("site.alone")


def _what_joins(site: int, members: Sequence[int], drawn: Drawn) -> Iterator[Reason]:
    links = drawn.links
    for link in drawn.links_of[site]:
        neighbour = drawn.other_end(link, site)
        if links.is_open[link] and neighbour in members:
            values: dict[str, str | float] = {
                "neighbour": drawn.name(neighbour),
                "gap_m": float(links.gap_m[link]),
            }
            if not math.isnan(links.walk_m[link]):
                values["walk_m"] = float(links.walk_m[link])
            yield Reason(LINK_KEYS.get(str(links.kind[link]), "site.neighbour"), values)
            break
    else:
        yield Reason("site.not_connected")
    community = drawn.sites.community
    count = int((community[list(members)] == community[site]).sum()) - 1
    if community[site] and count:
        yield Reason("site.same_community", {"count": count})


def _unknowns(site: int, drawn: Drawn) -> Iterator[Reason]:
    if np.isnan(drawn.sites.floor_area_m2[site]):
        yield Reason("site.floor_area_unknown")
    if np.isnan(drawn.sites.households[site]):
        yield Reason("site.households_unknown")


def _why_not_elsewhere(site: int, drawn: Drawn) -> Iterator[Reason]:
    is_free = not drawn.sites.lock[site] and site not in drawn.layout.connectors
    if not is_free or drawn.policy.bundling.strategy is Strategy.NONE:
        return
    if second := second_best(site, drawn):
        yield second
        return
    links, home = drawn.links, drawn.zone_of[site]
    for link in drawn.links_of[site]:
        neighbour = drawn.other_end(link, site)
        if drawn.zone_of[neighbour] not in {-1, home}:
            # No open link leads to another zone, or there would have been a second-best one.
            barrier = str(links.barrier[link])
            values: dict[str, str | float] = {
                "neighbour": drawn.name(neighbour),
                "zone": drawn.zones[drawn.zone_of[neighbour]].label,
                "gap_m": float(links.gap_m[link]),
                "barrier": barrier_words(barrier),
            }
            yield Reason("site.barrier" if barrier else "site.cut", values)
            return


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
        drawn.zone_of[other] >= 0 and not drawn.is_settled(drawn.zones[drawn.zone_of[other]])
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
    parts = parts_of(zone.members, drawn.links)
    if policy.bundling.contiguity is not Contiguity.REQUIRED and len(parts) > 1:
        reasons.append(Reason("zone.not_connected", {"parts": len(parts)}))
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
