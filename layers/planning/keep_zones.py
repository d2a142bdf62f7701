"""Keep the rows of a plan in step with its drawing: zones, sites, outlines, totals and hash."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import F

from geo.crs import to_storage
from geo.frames.outlines import stored_outline
from geo.models import Provider
from layers.economics import known_sum
from layers.editing import NOWHERE, Change, Drawing
from layers.judging import JudgedGround
from layers.models import Assignment, Plan, PlanSite, Refusal, Zone
from layers.outlines import POINT_M, kept_apart
from layers.planning.assign_plan import stored_hash
from layers.planning.read_zones import ZoneState, read_zones
from layers.planning.store_plan import (
    chosen_columns,
    known,
    plain,
    refusals_of,
    told_problem,
    with_choice_problem,
)
from layers.planning.tell_change import Tellings, concerned_zones
from layers.reasons import Reason

BATCH = 2_000
CHANGED_COLUMNS = (
    *("floor_area_m2", "households", "households_unknown", "diameter_m", "walk_m"),
    *("margin_yuan", "money", "exception", "problems", "reasons", "provider_reasons", "is_locked"),
    *("chosen", "chosen_by", "chosen_on", "chosen_reason"),
)
PLACE = """
    UPDATE layers_plansite held
    SET zone_id = told.zone, exception = told.exception, is_locked = told.is_locked,
        reasons = COALESCE(told.reasons, held.reasons)
    FROM jsonb_to_recordset(%s::jsonb)
        AS told (site text, zone bigint, exception text, is_locked boolean, reasons jsonb)
    WHERE held.plan_id = %s AND held.site = told.site
"""
"""One statement for a thousand sites, where Django would write a case for each value."""
EDITED = "edited"
"""The status in a summary of a plan that is no longer as it was proposed."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What became of the zones that a change concerns."""

    zones: tuple[ZoneState, ...]
    gone: tuple[str, ...]
    problems: tuple[dict[str, Any], ...]
    """Of the whole plan."""
    left_out: int

    def as_json(self) -> dict[str, Any]:
        """Return what an edit stores of it."""
        return {
            "zones": [asdict(zone) for zone in self.zones],
            "gone": list(self.gone),
            "problems": list(self.problems),
            "left_out": self.left_out,
        }


def keep_zones(
    plan: Plan, change: Change, tellings: Tellings, after: Drawing, ground: JudgedGround
) -> Kept:
    """Write all that follows from a change into the rows of its plan, and return it."""
    labels = concerned_zones(change, after)
    there = [label for label in labels if after.members(label)]
    gone = [label for label in labels if not after.members(label)]
    rows = _changed_rows(plan, there, tellings, after, ground)
    _place_sites(plan, change, tellings, rows, after)
    Zone.objects.filter(plan=plan, number__in=[int(label) for label in gone]).delete()
    _propose(rows, tellings)
    if change.placement:
        _draw(plan, change, after, ground)
    states = read_zones(plan)
    _sum_up(plan, states, after, ground)
    return Kept(
        zones=tuple(state for state in states if state.zone in there),
        gone=tuple(gone),
        problems=tuple(problem for state in states for problem in state.problems),
        left_out=len(after.members(NOWHERE)),
    )


def _changed_rows(
    plan: Plan, labels: Iterable[str], tellings: Tellings, after: Drawing, ground: JudgedGround
) -> dict[str, Zone]:
    found = Zone.objects.filter(plan=plan).defer("geometry")
    known_rows = {str(row.number): row for row in found}
    providers = dict(Provider.objects.values_list("name", "pk"))
    rows: dict[str, Zone] = {}
    for label in labels:
        row = known_rows.get(label) or Zone(plan=plan, number=int(label))
        judged, (_, telling) = ground.judge(label, after), tellings.zones[label]
        assert telling is not None  # noqa: S101 (a zone that is there is told of)
        account = judged.account
        row.floor_area_m2 = known(account.floor_area_m2)
        row.households = None if math.isnan(account.households) else round(account.households)
        row.households_unknown = account.unknown_households
        row.diameter_m, row.walk_m = judged.diameter_m, ground.walk_m(judged.members)
        row.margin_yuan = known(account.margin)
        row.money = plain(asdict(account))
        row.exception = str(judged.exception or "")
        row.reasons, row.provider_reasons = telling.reasons, telling.provider_reasons
        row.problems = with_choice_problem(
            map(told_problem, judged.problems), telling.provider_reasons
        )
        for column, value in chosen_columns(after.choices.get(label), providers).items():
            setattr(row, column, value)
        row.is_locked = judged.is_locked
        rows[label] = row
    Zone.objects.bulk_create([row for label, row in rows.items() if label not in known_rows])
    old = [row for label, row in rows.items() if label in known_rows]
    Zone.objects.bulk_update(old, CHANGED_COLUMNS, batch_size=BATCH)
    return rows


def _place_sites(
    plan: Plan, change: Change, tellings: Tellings, zones: Mapping[str, Zone], after: Drawing
) -> None:
    """Put sites into their zones; every site of a changed zone carries the zone's exception."""
    members = {site for label in zones for site in after.members(label)}
    told = []
    for site in sorted(members | change.sites | set(tellings.sites)):
        zone = zones.get(after.zone_of[site])
        told.append(
            {
                "site": site,
                "zone": None if zone is None else zone.pk,
                "exception": "" if zone is None else zone.exception,
                "is_locked": site in after.locked,
                "reasons": tellings.sites[site][1] if site in tellings.sites else None,
            }
        )
    with connection.cursor() as cursor:
        cursor.execute(PLACE, [json.dumps(told), plan.pk])


def _propose(zones: Mapping[str, Zone], tellings: Tellings) -> None:
    """Store who is proposed for the changed zones, and why the others were refused."""
    providers = dict(Provider.objects.values_list("name", "pk"))
    Assignment.objects.filter(zone__in=zones.values()).delete()
    Refusal.objects.filter(zone__in=zones.values()).delete()
    assignments, refusals = [], []
    for label, zone in zones.items():
        telling = tellings.zones[label][1]
        assert telling is not None  # noqa: S101 (a zone that is there is told of)
        if telling.provider:
            assignments.append(
                Assignment(
                    zone=zone,
                    provider_id=providers[telling.provider],
                    is_backstop=telling.is_backstop,
                )
            )
        refused = [(providers[name], reasons) for name, reasons in telling.refusals.items()]
        refusals += refusals_of(zone, refused)
    Assignment.objects.bulk_create(assignments)
    Refusal.objects.bulk_create(refusals, batch_size=BATCH)


def _draw(plan: Plan, change: Change, after: Drawing, ground: JudgedGround) -> None:
    """Draw anew the outlines of the changed zones, and of those that share ground with them."""
    placed = [after.zone_of[str(site)] for site in ground.sites.ids]
    touched = {*change.zones}
    changed = {*np.flatnonzero(np.isin(placed, sorted(touched))).tolist()}
    changed |= {ground.at[site] for site in change.placement}
    drawn = _zones_near(changed, placed, ground)
    own = {at for at, label in enumerate(placed) if label in drawn}
    around = _zones_near(own, placed, ground)
    zone_of = np.array(placed, dtype=np.str_)
    members = {label: np.flatnonzero(zone_of == label) for label in around}
    each = {label: ground.outline(rows.tolist()) for label, rows in members.items()}
    outlines = kept_apart(each, members, ground.sites.polygons)
    numbers = [int(label) for label in drawn]
    rows = list(Zone.objects.filter(plan=plan, number__in=numbers).only("number"))
    shapes = np.array([outlines[str(row.number)] for row in rows], dtype=object)
    for row, shape in zip(rows, to_storage(shapes, ground.sites.srid), strict=True):
        row.geometry = stored_outline(shape)
    Zone.objects.bulk_update(rows, ["geometry"], batch_size=BATCH)


def _zones_near(members: set[int], placed: list[str], ground: JudgedGround) -> set[str]:
    """Return the zones whose outlines may share ground with outlines round these sites.

    An outline reaches no farther beyond its sites than half a reach and a corridor's width.
    """
    reach_m = ground.policy.links.reach_m + 4 * POINT_M
    polygons = ground.sites.polygons[sorted(members)]
    near = ground.tree.query(polygons, predicate="dwithin", distance=reach_m)[1]
    return {placed[at] for at in np.unique(near).tolist()} - {NOWHERE}


def _sum_up(plan: Plan, states: Iterable[ZoneState], after: Drawing, ground: JudgedGround) -> None:
    """Write totals, summary and hash of the whole plan."""
    plan.totals = {**plan.totals, **plain(_totals(list(states), after, ground))}
    left_out = PlanSite.objects.filter(plan=plan, zone__isnull=True).order_by("site")
    plan.summary = {
        **plan.summary,
        **_how_good(plan),
        "totals": plan.totals,
        "left_out": [
            {
                "site": site,
                "reason": " ".join(Reason(r["key"], r["values"]).sentence() for r in reasons),
                "reasons": [reason["key"] for reason in reasons],
            }
            for site, reasons in left_out.values_list("site", "reasons")
        ],
    }
    plan.gap_percent = plan.summary["gap_percent"]
    plan.objective = plan.summary["gap_objective"]
    plan.summary["plan_hash"] = plan.plan_hash = stored_hash(plan)
    plan.save(
        update_fields=[
            *("revision", "last_number", "totals", "summary", "gap_percent", "objective"),
            "plan_hash",
        ]
    )


def _totals(states: list[ZoneState], after: Drawing, ground: JudgedGround) -> dict[str, float]:
    short = {state.zone for state in states if state.exception == "below_minimum"} | {NOWHERE}
    placed = [after.zone_of[str(site)] for site in ground.sites.ids]
    margins = np.array(
        [math.nan if state.margin_yuan is None else state.margin_yuan for state in states]
    )
    return {
        "zones": len(states),
        "left_out": placed.count(NOWHERE),
        "short_m2": known_sum(ground.sites.floor_area_m2[[label in short for label in placed]]),
        "margin": known_sum(margins),
        "margin_unknown": int(np.isnan(margins).sum()),
        "subsidy_needed": known_sum(np.maximum(0.0, -margins)),
        "zones_without_provider": sum(not state.provider for state in states),
    }


HOW_GOOD = ("status", "gap_percent", "gap_objective", "objectives", "bounds")


def _how_good(plan: Plan) -> dict[str, Any]:
    """Return what the summary says of the search: nothing once the plan is not its result."""
    proposed = plan.summary.get("proposed") or {name: plan.summary[name] for name in HOW_GOOD}
    moved = PlanSite.objects.filter(plan=plan).exclude(zone__number=F("proposed_zone"))
    if not moved.exclude(zone__isnull=True, proposed_zone__isnull=True).exists():
        return {**proposed, "proposed": proposed}
    unknown: dict[str, Any] = {
        "gap_percent": None,
        "gap_objective": "",
        "objectives": {},
        "bounds": {},
    }
    return {"status": EDITED, **unknown, "proposed": proposed}
