"""The one way from sites, links and providers to a plan, for database and files alike.

A plan is proposed in two places: by a job that reads rows and stores rows (`propose_plan`), and by
a command that reads files and writes files, with no database in reach (`plan_files`). Were each to
call bundling and assignment for itself, they would drift: another order of sites, another seed,
totals summed another way, and one day the same city would get two maps. So both call `propose`,
which takes frozen arrays and gives frozen values, and both print `plan_hash` of the answer. The
same input gives the same hash on either way, on any machine and on any number of cores; a test
that compares the two hashes is the proof that they agree.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from layers.adjacency import Links
from layers.assignment import NOBODY, Assignment, Providers, Refusal, assign_providers
from layers.bundling import LEFT_OUT, Bundling, bundle_sites
from layers.chosen import Choice, Chosen, inherited_choices
from layers.economics import Account, known_sum
from layers.policy import Policy
from layers.reasons import Reason
from layers.rules import ZoneException
from layers.sites import Sites


@dataclass(frozen=True, kw_only=True)
class ProposedZone:
    """A zone of the plan, with the provider that is proposed for it."""

    label: str
    members: tuple[str, ...]
    """Ids of its sites, sorted."""
    floor_area_m2: float
    """Of what is known; NaN where nothing is."""
    households: float
    diameter_m: float
    walk_m: float
    account: Account
    """Income, cost and margin in yuan a year, and how many sites are unknown in what."""
    provider: str
    """Id of the provider; "" = none can be proposed."""
    is_backstop: bool
    exception: ZoneException
    reasons: tuple[Reason, ...]
    provider_reasons: tuple[Reason, ...]
    choice: Choice | None = None
    """Whom a planner chose, where one did."""

    @property
    def margin(self) -> float:
        """What the zone has left in a year, in yuan; NaN where it cannot be reckoned."""
        return self.account.margin


@dataclass(frozen=True, kw_only=True)
class ProposedSite:
    """Where the plan puts a site, and why."""

    id: str
    zone: str
    """Label of its zone; "" = left out."""
    exception: ZoneException
    """Its zone's."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A whole plan, ready to be stored or written; nothing in it depends on where it goes."""

    policy: str
    seed: int
    on_date: date
    zones: tuple[ProposedZone, ...]
    sites: tuple[ProposedSite, ...]
    """In the order of `Sites`."""
    refusals: tuple[Refusal, ...]
    totals: Mapping[str, float]
    """zones, sites, left_out, floor_area_m2 and households (and in how many sites each is unknown),
    short_m2 = floor area under the minimum or left out, margin and subsidy_needed in yuan a year
    (and in how many zones they are unknown), zones_without_provider."""
    status: str
    """optimal | feasible | stopped, of the zones."""
    objectives: Mapping[str, float]
    bounds: Mapping[str, float]
    gap_objective: str
    gap_percent: float | None
    assignment_gap_percent: float
    work: int

    @property
    def left_out(self) -> tuple[ProposedSite, ...]:
        """The sites in no zone, each with its reasons."""
        return tuple(site for site in self.sites if not site.zone)


def propose(  # noqa: PLR0913 (all that a plan rests on, and how a job watches it)
    sites: Sites,
    links: Links,
    providers: Providers,
    policy: Policy,
    *,
    on_date: date,
    seed: int = 0,
    most_changed: int | None = None,
    chosen: Sequence[Chosen] = (),
    cores: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Proposal:
    """Propose zones, and a provider for each on a day (拟推荐); every choice with its reason.

    `on_progress` is told work done and planned. Once `should_stop` answers True, the best zones so
    far get their providers, and the status is `stopped`. `most_changed` and
    `cores` are those of `bundle_sites`. `chosen` are planners' choices of the plan that it is made
    from, for zones that are still there.
    """
    bundling = bundle_sites(
        sites,
        links,
        policy,
        seed=seed,
        most_changed=most_changed,
        cores=cores,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    choices = inherited_choices({z.label: z.members for z in bundling.zones}, chosen, sites)
    assignment = assign_providers(
        bundling.zones, sites, providers, policy, on_date=on_date, seed=seed, choices=choices
    )
    zones = _zones(bundling, assignment, choices, sites, providers)
    return Proposal(
        policy=policy.id,
        seed=seed,
        on_date=on_date,
        zones=zones,
        sites=_sites(bundling, sites),
        refusals=assignment.refusals,
        totals=_totals(zones, bundling, sites),
        status=bundling.status,
        objectives=bundling.objectives,
        bounds=bundling.bounds,
        gap_objective=bundling.gap_objective,
        gap_percent=bundling.gap_percent,
        assignment_gap_percent=assignment.gap_percent,
        work=bundling.work,
    )


def _zones(
    bundling: Bundling,
    assignment: Assignment,
    choices: Mapping[str, Choice],
    sites: Sites,
    providers: Providers,
) -> tuple[ProposedZone, ...]:
    provider_ids = {NOBODY: "", **dict(enumerate(providers.ids.tolist()))}
    return tuple(
        ProposedZone(
            label=zone.label,
            members=tuple(sites.ids[list(zone.members)].tolist()),
            floor_area_m2=zone.account.floor_area_m2,
            households=zone.account.households,
            diameter_m=zone.diameter_m,
            walk_m=zone.walk_m,
            account=zone.account,
            provider=provider_ids[int(assignment.provider_of[position])],
            is_backstop=bool(assignment.is_backstop[position]),
            exception=zone.exception,
            reasons=zone.reasons,
            provider_reasons=assignment.reasons[position],
            choice=choices.get(zone.label),
        )
        for position, zone in enumerate(bundling.zones)
    )


def _sites(bundling: Bundling, sites: Sites) -> tuple[ProposedSite, ...]:
    proposed = []
    for site, position in enumerate(bundling.zone_of.tolist()):
        is_in = position != LEFT_OUT
        proposed.append(
            ProposedSite(
                id=str(sites.ids[site]),
                zone=bundling.zones[position].label if is_in else "",
                exception=bundling.zones[position].exception if is_in else ZoneException.NONE,
                reasons=bundling.site_reasons[site],
            )
        )
    return tuple(proposed)


def _totals(
    zones: tuple[ProposedZone, ...], bundling: Bundling, sites: Sites
) -> Mapping[str, float]:
    is_short = [zone.exception is ZoneException.BELOW_MINIMUM for zone in zones]
    is_out = bundling.zone_of == LEFT_OUT
    short = is_out.copy()
    short[~is_out] = np.array(is_short, dtype=bool)[bundling.zone_of[~is_out]]
    return {
        "zones": len(zones),
        "sites": len(sites.ids),
        "left_out": int(is_out.sum()),
        "floor_area_m2": known_sum(sites.floor_area_m2),
        "floor_area_unknown": int(np.isnan(sites.floor_area_m2).sum()),
        "households": known_sum(sites.households),
        "households_unknown": int(np.isnan(sites.households).sum()),
        "short_m2": known_sum(sites.floor_area_m2[short]),
        "margin": known_sum(np.array([zone.margin for zone in zones], dtype=np.float64)),
        "margin_unknown": sum(math.isnan(zone.margin) for zone in zones),
        "subsidy_needed": known_sum(
            np.array([zone.account.subsidy_needed for zone in zones], dtype=np.float64)
        ),
        "zones_without_provider": sum(not zone.provider for zone in zones),
    }


def plan_hash(proposal: Proposal) -> str:
    """Return the SHA-256 of what the plan decides, in hex: the same for the same plan anywhere."""
    return decision_hash(
        sites={
            site.id: (site.zone, [reason.key for reason in site.reasons]) for site in proposal.sites
        },
        zones={
            zone.label: (
                zone.provider,
                str(zone.exception),
                [reason.key for reason in (*zone.reasons, *zone.provider_reasons)],
                (zone.floor_area_m2, zone.households, zone.margin),
            )
            for zone in proposal.zones
        },
        totals=proposal.totals,
        choices={zone.label: zone.choice for zone in proposal.zones if zone.choice},
    )


def decision_hash(
    *,
    sites: Mapping[str, tuple[str, Sequence[str]]],
    zones: Mapping[str, tuple[str, str, Sequence[str], tuple[float, float, float]]],
    totals: Mapping[str, float],
    choices: Mapping[str, Choice],
) -> str:
    """Return the SHA-256 of decisions, wherever they are read from.

    It covers where each site is, who is proposed for each zone, the keys of all reasons and the
    totals, in whole units, so that the last bits of a machine's arithmetic do not matter. File
    bytes, seconds and sentences are outside it.

    Parameters
    ----------
    sites
        By id: label of the zone ("" = left out), keys of the reasons.
    zones
        By label: provider, exception, keys of the reasons; floor area in m2, households and margin
        in yuan a year.
    totals
        Of the whole plan.
    choices
        By label: whom a planner chose, and for which reason. A plan without any has no word of it.
    """
    decided: dict[str, object] = {
        "sites": {site: [zone, list(reasons)] for site, (zone, reasons) in sites.items()},
        "zones": {
            label: [provider, exception, list(reasons), [_whole(number) for number in numbers]]
            for label, (provider, exception, reasons, numbers) in zones.items()
        },
        "totals": {name: _whole(number) for name, number in totals.items()},
    }
    if choices:
        decided["choices"] = {label: [one.provider, one.reason] for label, one in choices.items()}
    text = json.dumps(decided, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _whole(number: float) -> int | None:
    return None if math.isnan(number) else round(number)
