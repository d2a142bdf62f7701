"""Several really different plans for the same sites, ranked, none of them beaten by another.

The same sites are bundled under the policy as it is and under a few stricter or turned readings of
it (variants): few zones where many are wanted, zones that stay inside a community, that do not
cross arterial roads, that are narrower; and from other seeds. Every variant keeps all the rules of
the policy itself. What another plan beats in everything that counts, or nearly equals, is dropped.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import comb

import numpy as np

from geo.words import AreaLevel
from layers.adjacency import Links
from layers.assignment import Providers
from layers.outlines import diameter_m
from layers.policy import Count, LinkRules, Policy, Strategy
from layers.proposal import Proposal, propose
from layers.reasons import Reason
from layers.rules import ZoneException, limits_of
from layers.sites import Scope, Sites

FINER = {
    Scope.CITY: Scope.DISTRICT,
    Scope.DISTRICT: Scope.SUBDISTRICT,
    Scope.SUBDISTRICT: Scope.COMMUNITY,
}
LEVEL_WORDS = {str(level): level.label for level in AreaLevel}
ARTERIAL = "arterial"
NARROWER = 0.75
"""Of the widest zone that the policy allows."""
ALIKE = 0.90
"""Plans that share so many of their pairs of sites in one zone look like one plan."""
OTHER_SEEDS = 2
PER_MILLE = 1_000

Placement = Mapping[str, str]
"""The zone of each site by its id; "" = in none."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A reading of the policy that keeps all its rules."""

    what: Reason
    policy: Policy
    seed: int


@dataclass(frozen=True, kw_only=True)
class Worth:
    """What counts in a plan, in the order in which it counts; less is better in each."""

    short_m2: float
    """Floor area in zones below the minimum, or left out."""
    subsidy_yuan: float
    """Needed a year."""
    count: float
    """Zones where few are wanted; where many are, less the zones that reach the minimum."""
    spread_m: float
    """Ways and widths of all zones together."""
    changed: int
    """Sites that leave their zone of the present plan; 0 without one."""

    @property
    def order(self) -> tuple[float, ...]:
        """Return the numbers in their order, whole: noise in the last digits decides nothing."""
        return tuple(round(number) for number in vars(self).values())

    def beats(self, other: "Worth") -> bool:
        """Tell whether this is no worse in anything, and better in something."""
        pairs = list(zip(self.order, other.order, strict=True))
        return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """One of several plans, and what makes it different."""

    proposal: Proposal
    worth: Worth
    difference: tuple[Reason, ...]


def propose_alternatives(  # noqa: PLR0913 (all that a plan rests on, and how a job watches it)
    sites: Sites,
    links_under: Callable[[LinkRules], Links],
    providers: Providers,
    policy: Policy,
    *,
    on_date: date,
    seed: int,
    wanted: int,
    present: Placement | None = None,
    cores: int | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _planned: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[Alternative, ...]:
    """Return up to as many plans as are wanted, the best by the policy's objectives first.

    There are fewer where the rules leave no more choice: variants that another plan beats, or that
    come to nearly the same zones, are not plans to choose from. Once `should_stop` answers True,
    those that are whole are ranked.

    Parameters
    ----------
    links_under
        Gives the links between the sites under other rules for links.
    present
        The plan in force, where a change from it counts.
    """
    variants = variants_of(policy, sites, seed=seed)
    found: list[tuple[Variant, Proposal]] = []
    for number, variant in enumerate(variants):
        proposal = propose(
            sites,
            links_under(variant.policy.links),
            providers,
            variant.policy,
            on_date=on_date,
            seed=variant.seed,
            cores=cores,
            on_progress=_in_part(number, len(variants), on_progress),
            should_stop=should_stop,
        )
        found.append((variant, proposal))
        if should_stop():
            break
    return best_alternatives(found, policy, wanted=wanted, present=present)


def _in_part(
    number: int, parts: int, on_progress: Callable[[int, int], None]
) -> Callable[[int, int], None]:
    def tell(done: int, planned: int) -> None:
        share = min(done / max(planned, 1), 1.0)
        on_progress(round(PER_MILLE * (number + share)), PER_MILLE * parts)

    return tell


def variants_of(policy: Policy, sites: Sites, *, seed: int) -> tuple[Variant, ...]:
    """Return the policy itself, and what could be asked for beyond it."""
    own = Variant(what=Reason("variant.own"), policy=policy, seed=seed)
    if policy.bundling.strategy is Strategy.NONE:
        return (own,)
    return (
        own,
        _turned(own),
        *_finer(own),
        *_uncrossed(own),
        *_narrower(own, sites),
        *_reseeded(own),
    )


def _turned(own: Variant) -> Variant:
    rules = own.policy.bundling
    wants_many = rules.count is Count.MANY
    what = Reason("variant.few") if wants_many else Reason("variant.many")
    turned = replace(rules, count=Count.FEW if wants_many else Count.MANY)
    return replace(own, what=what, policy=replace(own.policy, bundling=turned))


def _finer(own: Variant) -> list[Variant]:
    rules = own.policy.bundling
    if rules.scope not in FINER:
        return []
    finer = FINER[rules.scope]
    what = Reason("variant.scope", {"level": LEVEL_WORDS[str(finer)]})
    return [
        replace(own, what=what, policy=replace(own.policy, bundling=replace(rules, scope=finer)))
    ]


def _uncrossed(own: Variant) -> list[Variant]:
    rules = own.policy.links
    if ARTERIAL in rules.hard:
        return []
    soft = {kind: cost_m for kind, cost_m in rules.impedance_m.items() if kind != ARTERIAL}
    links = replace(rules, hard=(*rules.hard, ARTERIAL), impedance_m=soft)
    what = Reason("variant.arterial")
    return [replace(own, what=what, policy=replace(own.policy, links=links))]


def _narrower(own: Variant, sites: Sites) -> list[Variant]:
    """Return narrower zones; what keeps the policy's width alone must keep this one too."""
    limits = limits_of(own.policy)
    if limits.diameter_max_m is None:
        return []
    widths = [diameter_m(sites.polygons[row : row + 1]) for row in range(len(sites))]
    kept = [width for width in widths if width <= limits.diameter_max_m]
    maximum_m = max([NARROWER * limits.diameter_max_m, *kept])
    what = Reason("variant.narrow", {"maximum_m": round(maximum_m)})
    limits = replace(limits, diameter_max_m=maximum_m)
    return [replace(own, what=what, policy=replace(own.policy, thresholds=limits))]


def _reseeded(own: Variant) -> list[Variant]:
    seeds = [own.seed + more for more in range(1, OTHER_SEEDS + 1)]
    return [replace(own, what=Reason("variant.seed", {"seed": each}), seed=each) for each in seeds]


def best_alternatives(
    found: Sequence[tuple[Variant, Proposal]],
    policy: Policy,
    *,
    wanted: int,
    present: Placement | None = None,
) -> tuple[Alternative, ...]:
    """Rank proposals, and leave out those that are beaten or too much like a better one."""
    rated = [(worth_of(plan, policy, present), variant, plan) for variant, plan in found]
    unbeaten = [row for row in rated if not any(other.beats(row[0]) for other, *_ in rated)]
    ranked = sorted(unbeaten, key=lambda row: row[0].order)
    kept: list[tuple[Worth, Variant, Proposal]] = []
    for row in ranked:
        if len(kept) < wanted and all(likeness(row[2], plan) <= ALIKE for *_, plan in kept):
            kept.append(row)
    return tuple(
        Alternative(
            proposal=plan,
            worth=worth,
            difference=(variant.what, *_against(kept[0], (worth, variant, plan))),
        )
        for worth, variant, plan in kept
    )


def worth_of(plan: Proposal, policy: Policy, present: Placement | None = None) -> Worth:
    """Return what counts in a plan, by the policy itself."""
    below = sum(zone.exception is ZoneException.BELOW_MINIMUM for zone in plan.zones)
    carried = len(plan.zones) - below
    spread_m = sum(zone.walk_m + zone.diameter_m for zone in plan.zones)
    return Worth(
        short_m2=float(np.nan_to_num(plan.totals["short_m2"])),
        subsidy_yuan=float(np.nan_to_num(plan.totals["subsidy_needed"])),
        count=-carried if policy.bundling.count == "many" else len(plan.zones),
        spread_m=spread_m,
        changed=moved(_placement(plan), present) if present else 0,
    )


def _placement(plan: Proposal) -> Placement:
    return {site.id: site.zone for site in plan.sites}


def moved(after: Placement, before: Placement) -> int:
    """Return how many sites leave the zone that theirs has most in common with.

    Zones have other numbers in every plan: what a zone is, is told by who is in it. Where one is
    split or two are merged, the smaller parts move. Sites that only one of the plans knows do not
    count.
    """
    shared = Counter((after[site], before[site]) for site in after.keys() & before.keys())
    stay: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for zones, count in shared.items():
        for side, zone in zip(stay, zones, strict=True):
            side[zone] = max(count, side.get(zone, 0))
    return sum(shared.values()) - min(sum(side.values()) for side in stay)


def likeness(one: Proposal, other: Proposal) -> float:
    """Return which part of the pairs of sites that share a zone in either plan do so in both."""
    a, b = _placement(one), _placement(other)
    both = Counter((a[site], b[site]) for site in a if a[site] and b[site])
    pairs = [
        sum(comb(count, 2) for count in counts.values())
        for counts in (
            both,
            Counter(zone for zone in a.values() if zone),
            Counter(zone for zone in b.values() if zone),
        )
    ]
    either = pairs[1] + pairs[2] - pairs[0]
    return pairs[0] / either if either else 1.0


def _against(
    first: tuple[Worth, Variant, Proposal], this: tuple[Worth, Variant, Proposal]
) -> tuple[Reason, ...]:
    """Return how a plan differs from the one that is ranked first."""
    if first is this or first[2] is this[2]:
        return ()
    worth, best = this[0], first[0]
    values = {
        "zones": len(this[2].zones) - len(first[2].zones),
        "short_m2": round(worth.short_m2 - best.short_m2),
        "subsidy_yuan": round(worth.subsidy_yuan - best.subsidy_yuan),
        "spread_m": round(worth.spread_m - best.spread_m),
        "moved": moved(_placement(this[2]), _placement(first[2])),
    }
    return (Reason("variant.against_first", values),)
