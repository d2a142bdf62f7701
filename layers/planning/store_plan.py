"""Store a drafted plan: its zones, sites, links, proposed providers and refusals."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import shapely
from django.contrib.gis.geos import Point
from django.db import transaction

from geo.crs import STORAGE_SRID, to_storage
from geo.frames.outlines import POLYGON_TYPES, stored_outline
from geo.models import Building, Compound, Courtyard, ManagementArea, ManagingArea, Provider
from layers.assignment import CHOSEN_NOT_ALLOWED
from layers.assignment import Refusal as Refused
from layers.chosen import Choice
from layers.draft import Draft
from layers.models import Assignment, NeighbourLink, Plan, PlanSite, PlanStatus, Refusal, Zone
from layers.plan_frames import plan_frames, summary_of
from layers.planning.read_register import told_register
from layers.planning.report_history import coverage_known
from layers.planning.report_modes import ThingModes, thing_modes
from layers.proposal import plan_hash
from layers.reasons import Reason
from layers.refused import Said, put_together
from layers.rules import Problem, problems_of_zone
from layers.rules import Zone as DrawnZone
from layers.sites import SiteKind

THINGS = {
    SiteKind.MANAGEMENT_AREA: ManagementArea,
    SiteKind.COMPOUND: Compound,
    SiteKind.BUILDING: Building,
    SiteKind.COURTYARD: Courtyard,
}
BATCH = 2_000
CHOICE_RULE = "provider_choice"
"""The problem of a choice that rules refuse without a reason on record. No exception covers it."""


@transaction.atomic
def store_plan(plan: Plan, draft: Draft) -> None:
    """Store the plan with everything that the draft says of it."""
    proposal = draft.proposal
    plan.plan_hash = plan_hash(proposal)
    plan.totals = plain(proposal.totals)
    plan.summary = summary_of(draft)
    plan.gap_percent = proposal.gap_percent
    plan.objective = proposal.gap_objective
    plan.work = {"search": proposal.work}
    plan.last_number = max((int(zone.label) for zone in proposal.zones), default=0)
    plan.register = told_register(draft.providers, on=proposal.on_date, known=plan.known_at)
    if proposal.status == "stopped":
        plan.status = PlanStatus.ABORTED
    plan.save()
    providers = dict(Provider.objects.values_list("name", "pk"))
    zones = _zones(plan, draft, providers)
    PlanSite.objects.bulk_create(_sites(plan, draft, zones), batch_size=BATCH)
    NeighbourLink.objects.bulk_create(_links(plan, draft), batch_size=BATCH)
    store_providers(draft, zones, providers)


def store_providers(draft: Draft, zones: Mapping[str, Zone], providers: Mapping[str, int]) -> None:
    """Store who is proposed for each zone, and why the others were refused."""
    Assignment.objects.bulk_create(
        Assignment(
            zone=zones[zone.label],
            provider_id=providers[zone.provider],
            is_backstop=zone.is_backstop,
        )
        for zone in draft.proposal.zones
        if zone.provider
    )
    store_refusals(draft.proposal.refusals, zones, providers)


def store_refusals(
    refusals: Iterable[Refused], zones: Mapping[str, Zone], providers: Mapping[str, int]
) -> None:
    """Store which providers were refused for each zone, put together by their reasons."""
    by_zone: dict[str, list[tuple[int, Said]]] = defaultdict(list)
    for refusal in refusals:
        reasons = [said(reason) for reason in refusal.reasons]
        by_zone[refusal.zone].append((providers[refusal.provider], reasons))
    rows = [row for zone, refused in by_zone.items() for row in refusals_of(zones[zone], refused)]
    Refusal.objects.bulk_create(rows, batch_size=BATCH)


def refusals_of(zone: Zone, refused: Iterable[tuple[int, Said]]) -> list[Refusal]:
    """Return the rows of the providers, by row id, that a zone refuses."""
    return [
        Refusal(
            zone=zone,
            keys=list(alike.keys),
            shared=list(alike.shared),
            providers=list(alike.providers),
            own=dict(alike.own),
        )
        for alike in put_together(refused)
    ]


def said(reason: Reason) -> dict[str, Any]:
    """Return a reason as it is stored: key and values, no sentence."""
    return {"key": reason.key, "values": dict(reason.values)}


def plain(numbers: Mapping[str, float]) -> dict[str, float | None]:
    """Return numbers as JSON holds them; unknown is null."""
    return {name: known(number) for name, number in numbers.items()}


def known(number: float) -> float | None:
    """Return a number, or nothing where it is unknown."""
    if isinstance(number, int):
        return number
    return None if math.isnan(number) else float(number)


def told_problem(problem: Problem) -> dict[str, Any]:
    """Return a problem as it is stored: the rule, the sites concerned, and why as a reason."""
    return {"rule": problem.rule, "sites": list(problem.sites), **said(problem.reason)}


def chosen_columns(choice: Choice | None, providers: Mapping[str, int]) -> dict[str, Any]:
    """Return a planner's choice as the columns of its zone; `providers` are row ids by name."""
    if choice is None:
        return {"chosen_id": None, "chosen_by": "", "chosen_on": None, "chosen_reason": ""}
    return {
        "chosen_id": providers[choice.provider],
        "chosen_by": choice.by,
        "chosen_on": date.fromisoformat(choice.on),
        "chosen_reason": choice.reason,
    }


def with_choice_problem(
    problems: Iterable[Mapping[str, Any]], provider_reasons: Said
) -> list[dict[str, Any]]:
    """Return the problems of a zone, and one more where a planner's choice breaks rules unsaid."""
    own = [dict(problem) for problem in problems if problem["rule"] != CHOICE_RULE]
    found = [why for why in provider_reasons if why["key"] == CHOSEN_NOT_ALLOWED]
    return own + [{"rule": CHOICE_RULE, "sites": [], **why} for why in found]


def _zones(plan: Plan, draft: Draft, providers: Mapping[str, int]) -> dict[str, Zone]:
    outlines = plan_frames(draft).zones.set_index("zone").geometry
    at = {str(site): position for position, site in enumerate(draft.sites.ids)}
    problems = {
        zone.label: problems_of_zone(
            DrawnZone(zone.label, tuple(at[site] for site in zone.members)),
            *(draft.sites, draft.links, draft.policy),
        )
        for zone in draft.proposal.zones
    }
    rows = [
        Zone(
            plan=plan,
            number=int(zone.label),
            geometry=stored_outline(outlines[zone.label]),
            floor_area_m2=known(zone.floor_area_m2),
            households=None if math.isnan(zone.households) else round(zone.households),
            households_unknown=zone.account.unknown_households,
            diameter_m=zone.diameter_m,
            walk_m=known(zone.walk_m),
            margin_yuan=known(zone.margin),
            money=plain(asdict(zone.account)),
            exception=str(zone.exception),
            problems=with_choice_problem(
                map(told_problem, problems[zone.label]), list(map(said, zone.provider_reasons))
            ),
            reasons=[said(reason) for reason in zone.reasons],
            provider_reasons=[said(reason) for reason in zone.provider_reasons],
            is_locked=all(draft.sites.lock[at[site]] for site in zone.members),
            **chosen_columns(zone.choice, providers),
        )
        for zone in draft.proposal.zones
    ]
    Zone.objects.bulk_create(rows)
    return {str(row.number): row for row in rows}


def _sites(plan: Plan, draft: Draft, zones: Mapping[str, Zone]) -> Iterable[PlanSite]:
    sites = draft.sites
    frame = draft.derived.frame.set_index("code")
    things = {kind: dict(model.objects.values_list("code", "pk")) for kind, model in THINGS.items()}
    areas = dict(ManagingArea.objects.values_list("code", "pk"))
    modes = _modes(plan, draft)
    for at, site in enumerate(draft.proposal.sites):
        kind = SiteKind(sites.kinds[at])
        thing = things[kind][frame.at[site.id, "own_code"]]
        finest = sites.community[at] or sites.subdistrict[at] or sites.district[at]
        yield PlanSite(
            plan=plan,
            zone=zones.get(site.zone),
            site=site.id,
            name=sites.names[at],
            kind=kind,
            **{f"{kind}_id": thing},
            mode=modes.label(kind, thing),
            area_id=areas.get(str(finest)),
            geometry=stored_outline(frame.geometry[site.id]),
            floor_area_m2=known(sites.floor_area_m2[at]),
            households=known(sites.households[at]),
            **_ground_of(draft, at),
            exception=str(site.exception),
            reasons=[said(reason) for reason in site.reasons],
            is_locked=sites.lock[at] != "",
            proposed_lock=sites.lock[at] != "",
            proposed_zone=int(site.zone) if site.zone else None,
        )


def _modes(plan: Plan, draft: Draft) -> ThingModes:
    """Return the mode of every thing on the day of the plan, as known when it was made."""
    known = coverage_known(plan.known_at)
    return thing_modes(known, plan.valid_on, draft.policy)


def _ground_of(draft: Draft, at: int) -> dict[str, Any]:
    """Return what rules, money and providers look at besides size: the site as the plan saw it."""
    sites = draft.sites
    return {
        "spot": _spot(draft, at),
        "fee": known(sites.fee[at]),
        "district": sites.district[at],
        "subdistrict": sites.subdistrict[at],
        "community": sites.community[at],
        "provider": sites.provider[at],
        "is_served": bool(sites.is_served[at]),
        "is_lead": bool(sites.is_lead[at]),
        "spare_m2": known(sites.spare_m2[at]),
        "together": sites.together[at],
        "apart": sites.apart[at],
        "present": sites.present[at],
    }


def _spot(draft: Draft, at: int) -> Point | None:
    """Return the place of a site whose outline is not drawn."""
    (shape,) = to_storage(draft.sites.polygons[at : at + 1], draft.sites.srid)
    if shape.geom_type in POLYGON_TYPES:
        return None
    return Point(shapely.get_x(shape), shapely.get_y(shape), srid=STORAGE_SRID)


def _links(plan: Plan, draft: Draft) -> Iterable[NeighbourLink]:
    ids, links = draft.sites.ids, draft.links
    for at in range(len(links.a)):
        yield NeighbourLink(
            plan=plan,
            a=ids[links.a[at]],
            b=ids[links.b[at]],
            gap_m=float(links.gap_m[at]),
            walk_m=known(links.walk_m[at]),
            cost_m=float(links.cost_m[at]),
            kind=links.kind[at],
            barrier=links.barrier[at],
            is_open=bool(links.is_open[at]),
        )
