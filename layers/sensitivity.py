"""What would change with another reach, a lower minimum or one more crossing (敏感性).

Each case is the whole bundling anew under a policy or a link that differs in one thing, beside the
plan as the policy has it. What counts as gained are households in zones that reach the minimum, and
yuan of subsidy a year that are no longer needed. The same input and seed give the same table.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import gettext_noop
from layers.adjacency import (
    Barriers,
    Crossings,
    LinkKind,
    Links,
    Override,
    components,
    neighbour_links,
)
from layers.bundling import LEFT_OUT, Bundling, bundle_sites
from layers.bundling.mends import barrier_words
from layers.economics import known_sum
from layers.policy import Policy, Strategy
from layers.reasons import Reason
from layers.rules import ZoneException, limits_of
from layers.sites import Sites

REACHES_M = (30.0, 60.0, 100.0)
LESS = (0.10, 0.20)
"""Shares by which the minimum is lowered."""
MOST_CROSSINGS = 3
"""So many crossings are tried: those that could carry most floor area over the minimum."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One row of the table."""

    what: Reason
    """What differs."""
    zones: int
    left_out: int
    short: int
    """Sites in zones below the minimum, or left out."""
    households: float
    """In zones that reach the minimum; sites whose households are unknown count nothing."""
    subsidy_yuan: float
    """Needed a year by all zones that do not carry themselves."""
    more_households: float = 0.0
    less_subsidy_yuan: float = 0.0
    """Gained, against the plan as the policy has it; less than 0 = lost."""

    def as_json(self) -> dict[str, Any]:
        """Return the row as it is stored: what differs as key and values, no sentence."""
        numbers = ("zones", "left_out", "short", "households", "subsidy_yuan")
        gains = ("more_households", "less_subsidy_yuan")
        told = {name: round(getattr(self, name), 2) for name in (*numbers, *gains)}
        return {"key": self.what.key, "values": dict(self.what.values), **told}


TOLD = gettext_noop(
    "{zones} 个片区，低于下限或未归入 {short} 处，可达下限 {households:,.0f} 户（套）"
    "（{more_households:+,.0f}），年需补贴 {subsidy_yuan:,.0f} 元（少 {less_subsidy_yuan:,.0f}）"
)


def told_case(case: Case, translate: Callable[[str], str] = str) -> str:
    """Return a row as one line."""
    return f"{case.what.sentence(translate)}{translate(TOLD).format(**vars(case))}"


@dataclass(frozen=True)
class _Trial:
    """What is to be bundled for a row."""

    what: Reason
    links: Links
    policy: Policy


def measure_sensitivity(  # noqa: PLR0913 (all that a plan rests on, and how a job watches it)
    sites: Sites,
    barriers: Barriers,
    crossings: Crossings,
    policy: Policy,
    *,
    overrides: Sequence[Override] = (),
    seed: int = 0,
    on_progress: Callable[[int, int], None] = lambda _done, _planned: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[Case, ...]:
    """Return the plan's own row, then one for each thing that could be otherwise.

    `on_progress` is told rows done and planned. Once `should_stop` answers True, the rows that are
    whole are returned.
    """
    ground = sites, barriers, crossings
    links = neighbour_links(*ground, policy.links, overrides=overrides)
    own = _Trial(Reason("case.own", {"reach_m": policy.links.reach_m}), links, policy)
    planned = 1 + len(_other_reaches(policy)) + len(LESS) + MOST_CROSSINGS
    base = bundle_sites(sites, links, policy, seed=seed, should_stop=should_stop)
    rows = [_case(own.what, base, sites)]
    is_varied = policy.bundling.strategy != Strategy.NONE
    for trial in _trials(own, base, ground, overrides) if is_varied else ():
        on_progress(len(rows), planned)
        found = bundle_sites(sites, trial.links, trial.policy, seed=seed, should_stop=should_stop)
        if should_stop():
            break
        rows.append(_against(_case(trial.what, found, sites), rows[0]))
    return () if should_stop() and len(rows) == 1 else tuple(rows)


def _trials(
    own: _Trial,
    base: Bundling,
    ground: tuple[Sites, Barriers, Crossings],
    overrides: Sequence[Override],
) -> Iterator[_Trial]:
    for reach_m in _other_reaches(own.policy):
        rules = replace(own.policy.links, reach_m=reach_m)
        links = neighbour_links(*ground, rules, overrides=overrides)
        what = Reason("case.reach", {"reach_m": reach_m})
        yield _Trial(what, links, replace(own.policy, links=rules))
    for less in LESS:
        yield from _with_lower_minimum(own, less)
    for link in best_crossings(base, ground[0], own.links, own.policy):
        yield _Trial(_opened(link, ground[0], own.links), _with_open(own.links, link), own.policy)


def _other_reaches(policy: Policy) -> list[float]:
    return [reach_m for reach_m in REACHES_M if reach_m != policy.links.reach_m]


def _with_lower_minimum(own: _Trial, less: float) -> Iterator[_Trial]:
    limits = limits_of(own.policy)
    floor_area_m2, households = limits.floor_area_min_m2, limits.households_min
    if not floor_area_m2 and not households:
        return
    lower = replace(
        limits,
        floor_area_min_m2=floor_area_m2 and floor_area_m2 * (1 - less),
        households_min=households and households * (1 - less),
    )
    what = Reason("case.minimum", {"percent": 100 * less})
    yield _Trial(what, own.links, replace(own.policy, thresholds=lower))


def best_crossings(base: Bundling, sites: Sites, links: Links, policy: Policy) -> list[int]:
    """Return the closed links whose opening could carry most floor area over the minimum.

    A way over a barrier counts once for each pair of parts that it would join, at its shortest
    place; what two parts could gain is the floor area that is short in both, unless even together
    they stay under the minimum.
    """
    part = _parts(sites, links, policy)
    short_m2, known_m2 = _floor_area_by_part(base, sites, part)
    scope = sites.scope_codes(policy.bundling.scope)
    minimum_m2 = limits_of(policy).floor_area_min_m2 or 0.0
    best: dict[tuple[int, int], tuple[float, float, int]] = {}
    closed = np.flatnonzero(~links.is_open & (links.barrier != "") & (links.kind != "planner"))
    for link in closed.tolist():
        a, b = sorted((int(part[links.a[link]]), int(part[links.b[link]])))
        gain_m2 = short_m2[a] + short_m2[b]
        is_apart = a != b and scope[links.a[link]] == scope[links.b[link]]
        if is_apart and gain_m2 > 0 and known_m2[a] + known_m2[b] >= minimum_m2:
            way = (-gain_m2, float(links.gap_m[link]), link)
            best[a, b] = min(way, best.get((a, b), way))
    return [link for _gain, _gap_m, link in sorted(best.values())[:MOST_CROSSINGS]]


def _parts(sites: Sites, links: Links, policy: Policy) -> NDArray[np.int64]:
    """Return for each site the number of what hangs together inside one scope."""
    scope = sites.scope_codes(policy.bundling.scope)
    inside = links.is_open & (scope[links.a] == scope[links.b])
    return components(replace(links, is_open=inside), len(sites))


def _floor_area_by_part(
    base: Bundling, sites: Sites, part: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    known_m2 = np.nan_to_num(sites.floor_area_m2)
    short_m2 = np.where(_is_short(base), known_m2, 0.0)
    short = np.bincount(part, weights=short_m2).astype(np.float64)
    return short, np.bincount(part, weights=known_m2).astype(np.float64)


def _is_short(found: Bundling) -> NDArray[np.bool_]:
    """Return which sites are left out, or in a zone below the minimum."""
    below = [zone.exception is ZoneException.BELOW_MINIMUM for zone in found.zones]
    flags: NDArray[np.bool_] = np.array([*below, True], dtype=np.bool_)[found.zone_of]
    return flags


def _opened(link: int, sites: Sites, links: Links) -> Reason:
    values: dict[str, str | float] = {
        "a": str(sites.names[links.a[link]] or sites.ids[links.a[link]]),
        "b": str(sites.names[links.b[link]] or sites.ids[links.b[link]]),
        "barrier": barrier_words(str(links.barrier[link])),
        "gap_m": round(float(links.gap_m[link]), 1),
    }
    return Reason("case.crossing", values)


def _with_open(links: Links, link: int) -> Links:
    """Return the links as a planner would open one, who knows of a bridge there."""
    is_open, kind = links.is_open.copy(), links.kind.astype("<U8")
    is_open[link], kind[link] = True, str(LinkKind.PLANNER)
    return replace(links, is_open=is_open, kind=kind)


def _case(what: Reason, found: Bundling, sites: Sites) -> Case:
    short = _is_short(found)
    needed = np.array([zone.account.subsidy_needed for zone in found.zones], dtype=np.float64)
    return Case(
        what=what,
        zones=len(found.zones),
        left_out=int((found.zone_of == LEFT_OUT).sum()),
        short=int(short.sum()),
        households=float(np.nansum(sites.households[~short])),
        subsidy_yuan=float(np.nan_to_num(known_sum(needed))),
    )


def _against(case: Case, own: Case) -> Case:
    return replace(
        case,
        more_households=case.households - own.households,
        less_subsidy_yuan=own.subsidy_yuan - case.subsidy_yuan,
    )
