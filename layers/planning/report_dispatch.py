"""Report how far the sites of a plan have come: on a day, as known on another, and a week ago."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.models import OwnersDecision
from layers.coverage import NOWHERE, ORDER, Positions, Step, Timeline, places_of, taken_on
from layers.models import Plan, PlanSite
from layers.planning.report_history import Coverage
from layers.sites import SiteKind
from layers.way import Finding, Progress, Vote, finding_of, progress

WEEK = timedelta(days=7)
SHARES = ("area_share", "count_share", "area_in_favour", "count_in_favour")


@dataclass(frozen=True, kw_only=True)
class PlannedSite:
    """A site of a plan that is in a zone."""

    code: str
    name: str
    zone: int
    subdistrict: str
    """Code of the subdistrict, "" = in none."""
    kind: SiteKind
    row: int


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """How far n sites of a plan have come."""

    plan: Plan
    on: date
    since: date
    sites: Sequence[PlannedSite]
    progress: Progress
    findings: Sequence[Finding | None]
    """What is wrong with the basis of each site."""
    due: Mapping[Step, date | None]
    duty: Mapping[Step, str]
    """The office that answers for each step."""


def report_dispatch(plan: Plan, coverage: Coverage, day: date, *, known: datetime) -> Dispatch:
    """Return how far the sites of a plan have come by a day, as known at a moment."""
    sites = _sites(plan)
    timeline = coverage.timeline
    taken, before = (_taken(sites, timeline, each) for each in (day, day - WEEK))
    set_dues = {due.step: due for due in plan.dues.all()}
    due = {step: set_dues[step].due_on if step in set_dues else None for step in ORDER}
    found = progress(taken, before, due=list(due.values()), on=day)
    return Dispatch(
        plan=plan,
        on=day,
        since=day - WEEK,
        sites=sites,
        progress=found,
        findings=_findings(sites, found, timeline, day, known),
        due=due,
        duty={step: set_dues[step].duty if step in set_dues else "" for step in ORDER},
    )


def _sites(plan: Plan) -> list[PlannedSite]:
    rows = PlanSite.objects.filter(plan=plan, zone__isnull=False).order_by(
        "subdistrict", "zone__number", "site"
    )
    ids = [f"{kind}_id" for kind in SiteKind]
    told = rows.values("site", "name", "kind", "subdistrict", "zone__number", *ids)
    return [
        PlannedSite(
            code=row["site"],
            name=row["name"],
            zone=row["zone__number"],
            subdistrict=row["subdistrict"],
            kind=SiteKind(row["kind"]),
            row=row[f"{row['kind']}_id"],
        )
        for row in told
    ]


def _taken(sites: Sequence[PlannedSite], timeline: Timeline, day: date) -> NDArray[np.bool_]:
    """Return which steps each site has taken by a day, (n, s)."""
    by_kind = taken_on(timeline, day)
    found = np.zeros((len(sites), len(ORDER)), dtype=np.bool_)
    for kind in SiteKind:
        chosen = [at for at, site in enumerate(sites) if site.kind is kind]
        places = _places(timeline, kind, [sites[at].row for at in chosen])
        for column, step in enumerate(ORDER):
            found[chosen, column] = np.append(by_kind[kind][step], False)[places]
    return found


def _places(timeline: Timeline, kind: SiteKind, rows: Sequence[int]) -> Positions:
    return places_of(timeline.things[kind].ids, np.array(rows, dtype=np.int64))


def _findings(
    sites: Sequence[PlannedSite],
    found: Progress,
    timeline: Timeline,
    day: date,
    known: datetime,
) -> list[Finding | None]:
    """Return what is wrong: signed without a decision, else what the decision lacks."""
    decided, signed = (ORDER.index(each) for each in (Step.DECIDED, Step.SIGNED))
    votes = votes_on(day, known=known)
    holder = timeline.on(day).compound_holder
    areas = timeline.things[SiteKind.MANAGEMENT_AREA].ids

    def finding(at: int, site: PlannedSite) -> Finding | None:
        if found.taken[at, signed] and not found.taken[at, decided]:
            return Finding.NO_BASIS
        vote = votes.get(_area_of(site, timeline, holder, areas))
        return finding_of(vote) if vote else None

    return [finding(at, site) for at, site in enumerate(sites)]


def _area_of(
    site: PlannedSite, timeline: Timeline, holder: Positions, areas: Positions
) -> int | None:
    """Return what the database calls the management area whose owners decide for a site."""
    if site.kind is SiteKind.MANAGEMENT_AREA:
        return site.row
    if site.kind is not SiteKind.COMPOUND:
        return None
    (place,) = _places(timeline, SiteKind.COMPOUND, [site.row])
    held = NOWHERE if place == NOWHERE else holder[place]
    return None if held == NOWHERE else int(areas[held])


def votes_on(day: date, *, known: datetime) -> dict[int | None, Vote]:
    """Return the last decision of each management area by a day, by what the database calls it."""
    facts = OwnersDecision.objects.as_of(valid=day, known=known)
    rows = facts.order_by("valid_from", "pk").values("management_area_id", "way", *SHARES)
    return {row["management_area_id"]: _vote(row) for row in rows}


def _vote(row: Mapping[str, Any]) -> Vote:
    return Vote(way=row["way"], **{name: row[name] for name in SHARES})
