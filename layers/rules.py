"""What a good zone must satisfy: one function per rule, for the machine and the planner alike.

A rule looks at one zone and returns a `Problem` that names the rule and says in words what is
wrong, or None. Exceptions (oversize, below the minimum, locked) are no rule of their own: they
are names for problems that the policy lives with; see `exception_of`.
"""

# ruff: noqa: ARG001 (every rule has one signature, whatever it looks at)

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from layers.adjacency import Links
from layers.economics import account_of, known_sum
from layers.measures import parts_of, zone_walk_m
from layers.outlines import diameter_m
from layers.policy import Contiguity, Policy, Strategy, Thresholds
from layers.reasons import Reason, listed
from layers.sites import LOCKED_OUT, Sites

TOLERANCE = 0.01
"""m², households or metres: sums of decimal numbers in two orders differ by less."""

NO_LIMITS = Thresholds(
    floor_area_min_m2=None,
    floor_area_max_m2=None,
    households_min=None,
    households_max=None,
    diameter_max_m=None,
    walk_max_m=None,
    subsidy_max_yuan=None,
    leads_min=None,
    leads_max=None,
    lead_reach_m=None,
)


class ZoneException(StrEnum):
    """Why a zone may stand although it breaks a rule."""

    NONE = ""
    OVERSIZE = "oversize"
    BELOW_MINIMUM = "below_minimum"
    LOCKED = "locked"


@dataclass(frozen=True)
class Zone:
    """A zone as rules see it: its label and the positions of its members in `Sites`, sorted."""

    label: str
    members: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.members or list(self.members) != sorted(set(self.members)):
            message = f"Zone {self.label!r} needs members, sorted, each once: {self.members}."
            raise ValueError(message)


@dataclass(frozen=True)
class Problem:
    """A rule that is broken, with the reason in words and the ids of the sites concerned."""

    rule: str
    reason: Reason
    sites: tuple[str, ...] = ()


Rule = Callable[[Zone, Sites, Links, Policy], Problem | None]


def limits_of(policy: Policy) -> Thresholds:
    """Return the thresholds that apply under the policy's strategy.

    There are none where it does not bundle at all, or gives a whole area to one provider; and no
    minimum where neighbours may be run together, one or several.
    """
    bundling, limits = policy.bundling, policy.thresholds
    if bundling.strategy is Strategy.NONE or bundling.one_provider_per_area:
        return NO_LIMITS
    if bundling.strategy is Strategy.ADJACENT:
        return replace(limits, floor_area_min_m2=None, households_min=None)
    return limits


def why_in_parts(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the zone does not hang together over open links, and name the parts."""
    if policy.bundling.contiguity is not Contiguity.REQUIRED:
        return None
    parts = parts_of(zone.members, links)
    if len(parts) == 1:
        return None
    apart = [site for part in parts[1:] for site in part]
    names = "；".join(listed(sites.names[list(part)].tolist()) for part in parts[1:])
    reason = Reason("zone.in_parts", {"zone": zone.label, "parts": len(parts), "names": names})
    return Problem("connected", reason, tuple(sites.ids[apart].tolist()))


def why_below_floor_area(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the known floor area does not reach the minimum."""
    minimum = limits_of(policy).floor_area_min_m2
    total = known_sum(sites.floor_area_m2[list(zone.members)])
    if minimum is None or total >= minimum - TOLERANCE:
        return None
    if np.isnan(total):
        return Problem(
            "floor_area_min", Reason("zone.below_minimum_unknown", {"minimum_m2": minimum})
        )
    values = {"floor_area_m2": total, "minimum_m2": minimum}
    return Problem("floor_area_min", Reason("zone.below_minimum", values))


def why_above_floor_area(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the known floor area passes the maximum."""
    maximum = limits_of(policy).floor_area_max_m2
    total = known_sum(sites.floor_area_m2[list(zone.members)])
    if maximum is None or not total > maximum + TOLERANCE:
        return None
    values = {"floor_area_m2": total, "maximum_m2": maximum}
    return Problem("floor_area_max", Reason("zone.over_maximum", values))


def why_below_households(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the known households do not reach the minimum."""
    minimum = limits_of(policy).households_min
    total = known_sum(sites.households[list(zone.members)])
    if minimum is None or total >= minimum - TOLERANCE:
        return None
    if np.isnan(total):
        reason = Reason("zone.too_few_households_unknown", {"minimum": minimum})
        return Problem("households_min", reason)
    values = {"households": total, "minimum": minimum}
    return Problem("households_min", Reason("zone.too_few_households", values))


def why_above_households(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the known households pass the maximum."""
    maximum = limits_of(policy).households_max
    total = known_sum(sites.households[list(zone.members)])
    if maximum is None or not total > maximum + TOLERANCE:
        return None
    values = {"households": total, "maximum": maximum}
    return Problem("households_max", Reason("zone.too_many_households", values))


def why_too_wide(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if two outline vertices lie farther apart than the maximum."""
    maximum = limits_of(policy).diameter_max_m
    if maximum is None:
        return None
    width = diameter_m(sites.polygons[list(zone.members)])
    if width <= maximum + TOLERANCE:
        return None
    values = {"diameter_m": width, "maximum_m": maximum}
    return Problem("diameter", Reason("zone.too_wide", values))


def why_too_long_a_walk(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the shortest net of open links inside the zone passes the maximum."""
    maximum = limits_of(policy).walk_max_m
    if maximum is None:
        return None
    walk = zone_walk_m(zone.members, sites, links)
    if walk <= maximum + TOLERANCE:
        return None
    return Problem("walk", Reason("zone.too_long_a_walk", {"walk_m": walk, "maximum_m": maximum}))


def why_too_much_subsidy(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the zone needs more in a year than the policy will give."""
    maximum = limits_of(policy).subsidy_max_yuan
    if maximum is None:
        return None
    needed = account_of(zone.members, sites, policy.money).subsidy_needed
    if needed <= maximum + TOLERANCE:
        return None
    if np.isnan(needed):
        return Problem("subsidy_max", Reason("zone.subsidy_unknown", {"maximum_yuan": maximum}))
    values = {"yuan": needed, "maximum_yuan": maximum}
    return Problem("subsidy_max", Reason("zone.too_much_subsidy", values))


def why_too_few_leads(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the zone holds fewer lead sites than it should."""
    minimum, count = limits_of(policy).leads_min, len(_leads(zone, sites))
    if minimum is None or count >= minimum:
        return None
    values = {"count": count, "minimum": minimum}
    return Problem("leads_min", Reason("zone.too_few_leads", values))


def why_too_many_leads(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the zone holds more lead sites than it may, and name them."""
    maximum, leads = limits_of(policy).leads_max, _leads(zone, sites)
    if maximum is None or len(leads) <= maximum:
        return None
    names = listed(sites.names[leads].tolist())
    reason = Reason("zone.too_many_leads", {"names": names, "maximum": maximum})
    return Problem("leads_max", reason, tuple(sites.ids[leads].tolist()))


def why_far_from_lead(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if a site lies farther from a lead of the zone than a lead may reach."""
    maximum, leads = limits_of(policy).lead_reach_m, _leads(zone, sites)
    if maximum is None or not len(leads):
        return None
    members = np.array(zone.members)
    apart = sites.places[members, None] - sites.places[leads]
    far = members[(maximum + TOLERANCE < np.hypot(*apart.T).T).any(axis=1)]
    if not len(far):
        return None
    names = listed(sites.names[far].tolist())
    reason = Reason("zone.far_from_lead", {"names": names, "maximum_m": maximum})
    return Problem("lead_reach", reason, tuple(sites.ids[far].tolist()))


def why_beyond_spare(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the lead's provider cannot take on all that the zone holds besides.

    It is asked where a zone has one lead only: what two could take on together nobody knows.
    """
    leads = _leads(zone, sites)
    spare = sites.spare_m2[leads]
    if limits_of(policy).leads_max != 1 or not len(leads) or np.isnan(spare).any():
        return None
    others = np.setdiff1d(zone.members, leads)
    held = float(np.nansum(sites.floor_area_m2[others]))
    if held <= spare.sum() + TOLERANCE:
        return None
    values = {"floor_area_m2": held, "spare_m2": float(spare.sum())}
    return Problem("lead_spare", Reason("zone.beyond_spare", values))


def _leads(zone: Zone, sites: Sites) -> NDArray[np.int64]:
    members = np.array(zone.members)
    leads: NDArray[np.int64] = members[sites.is_lead[members]]
    return leads


def why_torn_apart(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the zone holds some of the sites that belong together, but not all."""
    members = np.array(zone.members)
    marks = sorted(set(sites.together[members].tolist()) - {""})
    if not marks:
        return None
    # Where a planner locked one of them elsewhere, the lock is what counts.
    may_come = np.isin(sites.together, marks) & np.isin(sites.lock, ["", zone.label])
    missing = np.setdiff1d(np.flatnonzero(may_come), members)
    if not len(missing):
        return None
    values = {"names": listed(sites.names[missing].tolist()), "zone": zone.label}
    return Problem("together", Reason("zone.torn", values), tuple(sites.ids[missing].tolist()))


def why_not_kept_apart(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the zone holds two sites that must not share one."""
    held: dict[str, list[int]] = {}
    for site in zone.members:
        for mark in set(str(sites.apart[site]).split()):
            held.setdefault(mark, []).append(site)
    against = sorted({site for group in held.values() if len(group) > 1 for site in group})
    if not against:
        return None
    values = {"names": listed(sites.names[against].tolist()), "zone": zone.label}
    return Problem("apart", Reason("zone.not_apart", values), tuple(sites.ids[against].tolist()))


def why_out_of_scope(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the zone's sites lie in several managing areas of the scope."""
    codes = sorted(set(sites.scope_codes(policy.bundling.scope)[list(zone.members)].tolist()))
    if len(codes) == 1:
        return None
    areas = "、".join(code or "辖区不详" for code in codes)
    reason = Reason("zone.out_of_scope", {"zone": zone.label, "count": len(codes), "areas": areas})
    return Problem("scope", reason)


def why_against_locks(zone: Zone, sites: Sites, links: Links, policy: Policy) -> Problem | None:
    """Return a problem if the zone holds a site locked elsewhere, or lacks one locked to it."""
    if not (sites.lock != "").any():
        return None
    locks = sites.lock[list(zone.members)]
    inside = np.asarray(zone.members)
    locked_here = np.flatnonzero(sites.lock == zone.label)
    faults = {
        "zone.locked_out": inside[locks == LOCKED_OUT],
        "zone.locked_elsewhere": inside[~np.isin(locks, ["", LOCKED_OUT, zone.label])],
        "zone.lock_missing": np.setdiff1d(locked_here, inside) if zone.label else inside[:0],
    }
    for key, at in faults.items():
        if len(at):
            names = listed(sites.names[at].tolist())
            reason = Reason(key, {"zone": zone.label, "names": names})
            return Problem("locks", reason, tuple(sites.ids[at].tolist()))
    return None


RULES: Mapping[str, Rule] = {
    "connected": why_in_parts,
    "floor_area_min": why_below_floor_area,
    "floor_area_max": why_above_floor_area,
    "households_min": why_below_households,
    "households_max": why_above_households,
    "diameter": why_too_wide,
    "walk": why_too_long_a_walk,
    "subsidy_max": why_too_much_subsidy,
    "leads_min": why_too_few_leads,
    "leads_max": why_too_many_leads,
    "lead_reach": why_far_from_lead,
    "lead_spare": why_beyond_spare,
    "together": why_torn_apart,
    "apart": why_not_kept_apart,
    "scope": why_out_of_scope,
    "locks": why_against_locks,
}
MINIMA = frozenset({"floor_area_min", "households_min", "subsidy_max", "leads_min"})
"""What a zone may lack: it stands under the exception below minimum."""
MAXIMA = frozenset({"floor_area_max", "households_max", "diameter"})
"""What a single site may pass."""


def problems_of_zone(zone: Zone, sites: Sites, links: Links, policy: Policy) -> tuple[Problem, ...]:
    """Return every rule that the zone breaks, in the order of `RULES`."""
    found = (rule(zone, sites, links, policy) for rule in RULES.values())
    return tuple(problem for problem in found if problem is not None)


def exception_of(zone: Zone, problems: Sequence[Problem], sites: Sites) -> ZoneException | None:
    """Return the name under which the policy lives with these problems; None if it does not.

    A locked zone is kept whatever it breaks, because a planner said so, and so are sites that were
    told to stay together; a single site may pass a maximum, and any zone may stay under a minimum.
    """
    broken = {problem.rule for problem in problems}
    if not broken:
        return ZoneException.NONE
    if _is_as_told(zone, sites):
        return ZoneException.LOCKED
    if len(zone.members) == 1 and broken & MAXIMA and broken <= MAXIMA | MINIMA:
        return ZoneException.OVERSIZE
    return ZoneException.BELOW_MINIMUM if broken <= MINIMA else None


def _is_as_told(zone: Zone, sites: Sites) -> bool:
    marks = set(sites.together[list(zone.members)].tolist())
    is_locked = bool(zone.label and (sites.lock == zone.label).any())
    return is_locked or (len(marks) == 1 and marks != {""})


def problems_of_plan(
    zones: Sequence[Zone],
    sites: Sites,
    links: Links,
    policy: Policy,
    *,
    left_out: Collection[int] = (),
) -> tuple[Problem, ...]:
    """Return every rule that a plan breaks: its zones one by one, then what only a plan can break.

    `left_out` are the positions of the sites that were left out with a reason. Problems that an
    exception covers are not among them.
    """
    problems: list[Problem] = []
    for zone in zones:
        found = problems_of_zone(zone, sites, links, policy)
        if exception_of(zone, found, sites) is None:
            problems.extend(found)
    return tuple(problems + _doubled_labels(zones) + _misplaced_sites(zones, sites, left_out))


def _doubled_labels(zones: Sequence[Zone]) -> list[Problem]:
    labels = [zone.label for zone in zones]
    doubled = sorted({label for label in labels if labels.count(label) > 1})
    return [Problem("labels", Reason("plan.zone_twice", {"zone": label})) for label in doubled]


def _misplaced_sites(
    zones: Sequence[Zone], sites: Sites, left_out: Collection[int]
) -> list[Problem]:
    held: dict[int, list[str]] = {}
    for zone in zones:
        for member in zone.members:
            held.setdefault(member, []).append(zone.label)
    problems = []
    for position, (site, name) in enumerate(
        zip(sites.ids.tolist(), sites.names.tolist(), strict=True)
    ):
        labels = held.get(position, [])
        if len(labels) > 1:
            reason = Reason("plan.site_twice", {"site": name, "zones": "、".join(labels)})
            problems.append(Problem("once", reason, (site,)))
        elif not labels and position not in left_out:
            problems.append(Problem("all", Reason("plan.site_lost", {"site": name}), (site,)))
    return problems
