"""The second-best zone of a site, and why the site is not there."""

import numpy as np

from layers.bundling.drawn import Drawn
from layers.economics import account_of
from layers.measures import zone_walk_m
from layers.outlines import diameter_m
from layers.reasons import Reason
from layers.rules import (
    Zone,
    why_above_floor_area,
    why_above_households,
    why_below_floor_area,
    why_below_households,
    why_in_parts,
    why_too_wide,
)

A_YUAN = 1.0
A_METRE = 1.0
"""Smaller differences are not worth a sentence."""

ON_ENTERING = (
    (why_above_floor_area, "site.second_over_maximum"),
    (why_above_households, "site.second_more_households"),
    (why_too_wide, "site.second_too_wide"),
)
ON_LEAVING = (
    (why_in_parts, "site.second_leaves_parts"),
    (why_below_floor_area, "site.second_leaves_minimum"),
    (why_below_households, "site.second_leaves_minimum"),
)
RANKS = (
    "site.second_no_worse",
    "site.second_costs_more",
    "site.second_fewer_zones",
    "site.second_more_subsidy",
    "site.second_leaves_minimum",
    "site.second_leaves_parts",
    "site.second_too_wide",
    "site.second_more_households",
    "site.second_over_maximum",
    "site.second_locked",
    "site.second_other_scope",
)
"""From what would do least harm to what cannot be."""


def second_best(site: int, drawn: Drawn) -> Reason | None:
    """Return why the site is not in the zone that would suit it next best; None without one."""
    home = int(drawn.zone_of[site])
    linked = (link for link in drawn.links_of[site] if drawn.links.is_open[link])
    beside = {*(drawn.other_end(link, site) for link in linked), *drawn.layout.ways[site]}
    near = {int(drawn.zone_of[other]) for other in beside}
    reasons = [_why_not(site, home, other, drawn) for other in sorted(near - {home, -1})]
    return min(reasons, key=lambda reason: RANKS.index(reason.key), default=None)


def _why_not(site: int, home: int, other: int, drawn: Drawn) -> Reason:
    zone, target = drawn.zones[home], drawn.zones[other]
    values: dict[str, str | int | float] = {"zone": target.label}
    scope = drawn.sites.scope_codes(drawn.policy.bundling.scope)
    if scope[site] != scope[target.members[0]]:
        return Reason("site.second_other_scope", values)
    entered = Zone(target.label, tuple(sorted((*target.members, site))))
    rest = tuple(member for member in zone.members if member != site)
    ground = drawn.sites, drawn.links, drawn.policy
    for rule, key in ON_ENTERING:
        if problem := rule(entered, *ground):
            return Reason(key, {**values, **problem.reason.values})
    if drawn.is_settled(target):
        return Reason("site.second_locked", values)
    for rule, key in ON_LEAVING:
        if rest and rule(Zone(zone.label, rest), *ground) and not rule(zone, *ground):
            return Reason(key, values)
    before, after = [zone.members, target.members], [entered.members, *([rest] if rest else [])]
    return _what_it_costs(before, after, drawn, values)


def _what_it_costs(
    before: list[tuple[int, ...]],
    after: list[tuple[int, ...]],
    drawn: Drawn,
    values: dict[str, str | int | float],
) -> Reason:
    more_yuan = _subsidy(after, drawn) - _subsidy(before, drawn)
    if more_yuan > A_YUAN:
        return Reason("site.second_more_subsidy", values | {"more_yuan": more_yuan})
    if len(after) < len(before) and drawn.policy.bundling.count == "many":
        return Reason("site.second_fewer_zones", values)
    more_m = _spread_m(after, drawn) - _spread_m(before, drawn)
    if more_m > A_METRE:
        return Reason("site.second_costs_more", values | {"more_m": more_m})
    return Reason("site.second_no_worse", values)


def _subsidy(zones: list[tuple[int, ...]], drawn: Drawn) -> float:
    accounts = [account_of(members, drawn.sites, drawn.policy.money) for members in zones]
    return float(np.nansum([account.subsidy_needed for account in accounts]))


def _spread_m(zones: list[tuple[int, ...]], drawn: Drawn) -> float:
    polygons = drawn.sites.polygons
    return sum(
        zone_walk_m(members, drawn.sites, drawn.links) + diameter_m(polygons[list(members)])
        for members in zones
    )
