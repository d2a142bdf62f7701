"""What rules the zones break: looked for by columns, told by the rules themselves.

Nearly all zones keep nearly all rules, and columns show it at once. A rule is asked about a zone
only where its column leaves it open; a rule without a column is asked about every zone.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from layers.bundling.drawn import Drawn
from layers.policy import Contiguity
from layers.rules import RULES, TOLERANCE, Problem, limits_of

Flags = NDArray[np.bool_]


def problems_of_zones(drawn: Drawn) -> list[tuple[Problem, ...]]:
    """Return for each zone every rule that it breaks, as `problems_of_zone` does."""
    found: list[list[Problem]] = [[] for _ in drawn.zones]
    ground = drawn.sites, drawn.links, drawn.policy
    for name, rule in RULES.items():
        is_sound = SOUND[name](drawn) if name in SOUND else np.zeros(len(drawn.zones), dtype=bool)
        for position in np.flatnonzero(~is_sound).tolist():
            problem = rule(drawn.zones[position], *ground)
            if problem is not None:
                found[position].append(problem)
    return [tuple(problems) for problems in found]


def _hangs_together(drawn: Drawn) -> Flags:
    is_asked = drawn.policy.bundling.contiguity is Contiguity.REQUIRED
    found: Flags = (drawn.parts == 1) | (not is_asked)
    return found


def _reaches(values: NDArray[np.float64], minimum: float | None) -> Flags:
    return values >= (-np.inf if minimum is None else minimum + TOLERANCE)


def _stays_within(values: NDArray[np.float64], maximum: float | None) -> Flags:
    return values <= (np.inf if maximum is None else maximum - TOLERANCE)


def _is_in_one_scope(drawn: Drawn) -> Flags:
    members = drawn.members
    first = drawn.scope[members.values[members.begins[:-1]]]
    is_other = drawn.scope[members.values] != np.repeat(first, members.counts)
    found: Flags = np.bincount(members.row[is_other], minlength=len(members)) == 0
    return found


def _is_free(drawn: Drawn) -> Flags:
    members, labels = drawn.members, {*drawn.sites.lock.tolist()}
    is_locked = drawn.sites.lock[members.values] != ""
    free = np.bincount(members.row[is_locked], minlength=len(members)) == 0
    is_new = np.array([zone.label not in labels for zone in drawn.zones], dtype=np.bool_)
    found: Flags = free & is_new
    return found


def _is_not_asked(limit: str) -> Callable[[Drawn], Flags]:
    """Return what tells that every zone keeps a limit that the policy does not set."""

    def is_sound(drawn: Drawn) -> Flags:
        return np.full(len(drawn.zones), getattr(limits_of(drawn.policy), limit) is None)

    return is_sound


def _has_no_wish(column: str) -> Callable[[Drawn], Flags]:
    """Return what tells which zones hold no site of which somebody wants something."""

    def is_sound(drawn: Drawn) -> Flags:
        members = drawn.members
        is_asked = getattr(drawn.sites, column)[members.values] != ""
        found: Flags = np.bincount(members.row[is_asked], minlength=len(members)) == 0
        return found

    return is_sound


SOUND: Mapping[str, Callable[[Drawn], Flags]] = {
    "connected": _hangs_together,
    "floor_area_min": lambda drawn: _reaches(
        drawn.takings.floor_area_m2, limits_of(drawn.policy).floor_area_min_m2
    ),
    "floor_area_max": lambda drawn: _stays_within(
        drawn.takings.floor_area_m2, limits_of(drawn.policy).floor_area_max_m2
    ),
    "households_min": lambda drawn: _reaches(
        drawn.takings.households, limits_of(drawn.policy).households_min
    ),
    "households_max": lambda drawn: _stays_within(
        drawn.takings.households, limits_of(drawn.policy).households_max
    ),
    "diameter": lambda drawn: _stays_within(
        drawn.diameters_m, limits_of(drawn.policy).diameter_max_m
    ),
    "walk": lambda drawn: _stays_within(drawn.walks_m, limits_of(drawn.policy).walk_max_m),
    "subsidy_max": _is_not_asked("subsidy_max_yuan"),
    "leads_min": _is_not_asked("leads_min"),
    "leads_max": _is_not_asked("leads_max"),
    "lead_reach": _is_not_asked("lead_reach_m"),
    "lead_spare": _is_not_asked("leads_max"),
    "together": _has_no_wish("together"),
    "apart": _has_no_wish("apart"),
    "scope": _is_in_one_scope,
    "locks": _is_free,
}
"""For each rule which zones surely keep it."""
