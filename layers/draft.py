"""From the ground of a place to a plan, step by step: the same for files and for the database."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np

from geo.crs import metric_srid
from geo.errors import Fault, InputError, gettext_noop
from layers.adjacency import Links, Override, neighbour_links
from layers.alternatives import Placement, propose_alternatives
from layers.assignment import Providers
from layers.backstops import why_unassigned, with_policy_roles
from layers.checked_providers import check_providers
from layers.checking import check_proposal
from layers.chosen import Chosen
from layers.derived import (
    DerivedSites,
    barriers_from_frame,
    crossings_from_frame,
    derive_sites,
    planned_population,
)
from layers.ground import Ground
from layers.partaking import taking_part
from layers.policy import LinkRules, Policy
from layers.proposal import Proposal, propose
from layers.reasons import Reason
from layers.register import register_of, with_spare, within_call
from layers.sensitivity import Case, measure_sensitivity
from layers.sites import LOCKED_OUT, Sites

NO_SITES = gettext_noop("没有可以规划的小区或楼栋。请先导入小区边界或楼栋轮廓。")
WRONG = gettext_noop(
    "独立核验发现方案有 {count} 处问题，没有保存任何结果。这是程序的错误，请告知管理员。"
)
ALL_SERVED = gettext_noop("所有纳管对象在 {day} 都已有物业服务，没有需要连片的对象。")

Step = Callable[[str], None]


class NothingToPlanError(InputError):
    """There is no site that a plan could be made for."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A proposal, and everything that it was drawn from."""

    ground: Ground
    policy: Policy
    derived: DerivedSites
    """All sites of the day, the served ones included."""
    sites: Sites
    """Those that the plan is made for."""
    links: Links
    providers: Providers
    proposal: Proposal


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A plan that is planned anew."""

    placement: Placement
    locked: frozenset[str]
    """Sites that a planner locked where they are."""
    most_changed: int | None
    """How many sites may come into another zone; None = as many as is good."""
    held: Mapping[str, str]
    """Id of the provider that is proposed for each site; one without any is missing."""
    chosen: tuple[Chosen, ...] = ()
    """Zones whose provider a planner chose."""

    def applied_to(self, sites: Sites) -> Sites:
        """Return the sites with their present zones and locks."""
        present = [self.placement.get(site, "") for site in sites.ids.tolist()]
        locks = [
            (zone or LOCKED_OUT) if site in self.locked else ""
            for site, zone in zip(sites.ids.tolist(), present, strict=True)
        ]
        held = [self.held.get(site, "") for site in sites.ids.tolist()]
        return sites.having(
            present=np.array(present, "U16"),
            lock=np.array(locks, "U16"),
            held=np.array(held, np.str_),
        )


def draft_plan(  # noqa: PLR0913 (all that a plan rests on, and how a job watches it)
    ground: Ground,
    policy: Policy,
    *,
    on_date: date,
    seed: int,
    overrides: tuple[Override, ...] = (),
    revision: Revision | None = None,
    cores: int | None = None,
    on_step: Step = lambda _step: None,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Draft:
    """Propose zones and providers for all sites of a place that nobody serves on a day.

    Distances are measured in the Gauss-Krüger zone of the middle of the place.

    Parameters
    ----------
    ground
        Frames in EPSG:4490.
    policy
        The rules that zones and providers must keep.
    on_date
        The day whose contracts, bans and roles count.
    seed
        Of the search; the same seed gives the same plan.
    overrides
        Links that a planner opened or cut.
    revision
        The plan that is planned anew, if any.
    cores
        How many cores the search may use; None = as many as the process may.
    on_step
        Told the name of each step as it begins: sites, links, proposal.
    on_progress
        Told work done and planned of the proposal.
    should_stop
        Once it answers True, the best so far is the draft, with status `stopped`.

    Raises
    ------
    InputError
        Where there is nothing to plan, or the frames contradict one another.
    """
    on_step("sites")
    survey = metric_ground(ground, policy, on_date=on_date)
    sites = revision.applied_to(survey.sites) if revision else survey.sites
    on_step("links")
    links = neighbour_links(
        sites,
        barriers_from_frame(ground.barriers, srid=survey.srid),
        crossings_from_frame(ground.crossings, srid=survey.srid),
        policy.links,
        overrides=overrides,
    )
    on_step("proposal")
    proposal = propose(
        sites,
        links,
        survey.providers,
        policy,
        on_date=on_date,
        seed=seed,
        most_changed=revision.most_changed if revision else None,
        chosen=revision.chosen if revision else (),
        cores=cores,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    return Draft(
        ground=ground,
        policy=policy,
        derived=survey.derived,
        sites=sites,
        links=links,
        providers=survey.providers,
        proposal=proposal,
    )


def draft_alternatives(  # noqa: PLR0913 (all that plans rest on, and how a job watches them)
    ground: Ground,
    policy: Policy,
    *,
    on_date: date,
    seed: int,
    wanted: int,
    present: Placement | None = None,
    cores: int | None = None,
    on_step: Step = lambda _step: None,
    on_progress: Callable[[int, int], None] = lambda _done, _planned: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[tuple[Draft, tuple[Reason, ...]], ...]:
    """Propose several really different plans, the best first, each with what is different in it."""
    on_step("sites")
    survey = metric_ground(ground, policy, on_date=on_date)
    on_step("links")
    barriers = barriers_from_frame(ground.barriers, srid=survey.srid)
    crossings = crossings_from_frame(ground.crossings, srid=survey.srid)
    links = neighbour_links(survey.sites, barriers, crossings, policy.links)

    def links_under(rules: LinkRules) -> Links:
        if rules == policy.links:
            return links
        return neighbour_links(survey.sites, barriers, crossings, rules)

    on_step("proposal")
    found = propose_alternatives(
        survey.sites,
        links_under,
        survey.providers,
        policy,
        on_date=on_date,
        seed=seed,
        wanted=wanted,
        present=present,
        cores=cores,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    drafts = [
        Draft(
            ground=ground,
            policy=policy,
            derived=survey.derived,
            sites=survey.sites,
            links=links,
            providers=survey.providers,
            proposal=each.proposal,
        )
        for each in found
    ]
    return tuple(zip(drafts, (each.difference for each in found), strict=True))


def check_draft(draft: Draft) -> tuple[Fault, ...]:
    """Return what an independent check finds wrong with a draft; nothing = it may be stored."""
    barriers = barriers_from_frame(draft.ground.barriers, srid=draft.sites.srid)
    zones = check_proposal(draft.proposal, draft.sites, draft.links, barriers, draft.policy)
    on_date = draft.proposal.on_date
    return zones or check_providers(draft.proposal, draft.sites, draft.providers, on_date=on_date)


def refuse_wrong(faults: Sequence[Fault]) -> None:
    """Refuse a draft that the independent check found wrong.

    Raises
    ------
    InputError
        With every fault that was found.
    """
    if faults:
        raise InputError(Fault(WRONG, {"count": len(faults)}), *faults)


def draft_sensitivity(
    ground: Ground,
    sites: Sites,
    policy: Policy,
    *,
    seed: int,
    on_progress: Callable[[int, int], None] = lambda _done, _planned: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[Case, ...]:
    """Return what would change in a plan under another reach, minimum or crossing."""
    return measure_sensitivity(
        sites,
        barriers_from_frame(ground.barriers, srid=sites.srid),
        crossings_from_frame(ground.crossings, srid=sites.srid),
        policy,
        seed=seed,
        on_progress=on_progress,
        should_stop=should_stop,
    )


@dataclass(frozen=True, kw_only=True)
class MetricGround:
    """Sites and providers of a place in its metric CRS."""

    srid: int
    derived: DerivedSites
    sites: Sites
    providers: Providers


def metric_ground(ground: Ground, policy: Policy, *, on_date: date) -> MetricGround:
    """Return the sites that a plan is made for on a day, and the providers that may serve them."""
    lon, _lat = ground.middle()
    if math.isnan(lon):
        raise NothingToPlanError(NO_SITES)
    srid = metric_srid(lon)
    derived = derive_sites(ground, policy=policy, on_date=on_date, srid=srid)
    asked, notices = taking_part(derived.frame, ground.compounds, policy.bundling)
    derived = replace(derived, notices=(*derived.notices, *notices))
    if asked.empty and notices:
        raise NothingToPlanError(*notices)
    sites = planned_sites(asked, srid=srid, on_date=on_date)
    register = with_policy_roles(
        register_of(ground, derived.frame, srid=srid), ground.areas, policy
    )
    unassigned = why_unassigned(register, ground.areas, policy)
    derived = replace(derived, notices=(*derived.notices, *unassigned))
    return MetricGround(
        srid=srid,
        derived=derived,
        sites=with_spare(sites, register),
        providers=within_call(register, sites),
    )


def planned_sites(frame: gpd.GeoDataFrame, *, srid: int, on_date: date) -> Sites:
    """Return the sites that a plan is made for, or say that there are none."""
    planned = planned_population(frame)
    if frame.empty:
        raise NothingToPlanError(NO_SITES)
    if planned.empty:
        raise NothingToPlanError(ALL_SERVED.format(day=on_date.isoformat()))
    return Sites.from_frame(planned, srid=srid)
