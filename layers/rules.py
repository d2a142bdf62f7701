"""What a good zone must satisfy: one function per rule, for the machine and the planner alike.

A rule looks at one zone and returns a `Problem` that names the rule and says in words what is
wrong, or None. Exceptions (oversize, below the minimum, locked) are no rule of their own: they
are names for problems that the policy lives with; see `exception_of`.
"""

# ruff: noqa: ARG001 (every rule has one signature, whatever it looks at)

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from layers.adjacency import Links
from layers.economics import known_sum
from layers.measures import parts_of
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
    """Return the thresholds that apply: none where the policy does not bundle at all."""
    return NO_LIMITS if policy.bundling.strategy is Strategy.NONE else policy.thresholds


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
    "scope": why_out_of_scope,
    "locks": why_against_locks,
}
MINIMA = frozenset({"floor_area_min", "households_min"})
MAXIMA = frozenset({"floor_area_max", "households_max", "diameter"})


def problems_of_zone(zone: Zone, sites: Sites, links: Links, policy: Policy) -> tuple[Problem, ...]:
    """Return every rule that the zone breaks, in the order of `RULES`."""
    found = (rule(zone, sites, links, policy) for rule in RULES.values())
    return tuple(problem for problem in found if problem is not None)


def exception_of(zone: Zone, problems: Sequence[Problem], sites: Sites) -> ZoneException | None:
    """Return the name under which the policy lives with these problems; None if it does not.

    A locked zone is kept whatever it breaks, because a planner said so; a single site may pass a
    maximum, and any zone may stay under a minimum.
    """
    broken = {problem.rule for problem in problems}
    if not broken:
        return ZoneException.NONE
    if zone.label and bool((sites.lock == zone.label).any()):
        return ZoneException.LOCKED
    if len(zone.members) == 1 and broken & MAXIMA and broken <= MAXIMA | MINIMA:
        return ZoneException.OVERSIZE
    return ZoneException.BELOW_MINIMUM if broken <= MINIMA else None


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
