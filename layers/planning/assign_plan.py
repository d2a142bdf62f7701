"""Propose providers anew for the zones of a stored plan; no site moves."""

import math
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F, Func, JSONField, Value
from django.db.models.functions import Cast

from geo import frames
from geo.models import Provider
from layers.assignment import NOBODY, Assignment, Providers, assign_providers
from layers.draft import metric_ground
from layers.models import Assignment as AssignmentRow
from layers.models import Plan, Refusal, Zone
from layers.planning.load_ground import load_ground
from layers.planning.read_choices import read_choices
from layers.planning.read_policy import policy_of
from layers.planning.read_register import held_by, told_register
from layers.planning.refuse_closed import refuse_closed
from layers.planning.store_plan import said, store_refusals, with_choice_problem
from layers.proposal import decision_hash
from layers.rules import ZoneException


@dataclass(frozen=True)
class StoredZone:
    """A zone as assignment sees it."""

    label: str
    members: tuple[int, ...]
    exception: ZoneException


@transaction.atomic
def assign_plan(plan: Plan, *, valid: date, known: datetime) -> Plan:
    """Propose a provider for every zone on a day, as known at a moment, and store it.

    The sites are those that the plan was made of; the register is that of the day. Zones whose
    provider a planner chose keep it, and are judged anew.

    Raises
    ------
    NotNowError
        Where the plan is no longer open.
    InputError
        Where the register contradicts itself; then the plan keeps what it had.
    """
    refuse_closed(Plan.objects.select_for_update().get(pk=plan.pk))
    code = plan.area.code
    then = load_ground(area=code, valid=plan.valid_on, known=plan.known_at)
    asked: dict[str, Any] = {"area": code, "valid": valid, "known": known}
    ground = replace(
        then,
        providers=frames.providers(**asked),
        bans=frames.bans(**asked),
        roles=frames.roles(**asked),
    )
    policy = policy_of(plan)
    placed = metric_ground(ground, policy, on_date=plan.valid_on)
    at = {str(code): position for position, code in enumerate(placed.sites.ids)}
    rows = list(plan.zones.order_by("number").prefetch_related("sites"))
    zones = [
        StoredZone(
            label=str(row.number),
            members=tuple(sorted(at[site.site] for site in row.sites.all())),
            exception=ZoneException(row.exception),
        )
        for row in rows
    ]
    held = held_by(plan)
    sites = placed.sites.having(
        held=np.array([held.get(site, "") for site in placed.sites.ids.tolist()], np.str_)
    )
    found = assign_providers(
        zones,
        sites,
        placed.providers,
        policy,
        on_date=valid,
        seed=plan.seed,
        choices=read_choices(plan),
    )
    _store(rows, found, placed.providers)
    plan.totals["zones_without_provider"] = int((found.provider_of == NOBODY).sum())
    plan.summary["assignment_gap_percent"] = found.gap_percent
    plan.summary["plan_hash"] = plan.plan_hash = stored_hash(plan)
    plan.register = told_register(placed.providers, on=valid, known=known)
    plan.save(update_fields=["plan_hash", "totals", "summary", "register"])
    return plan


def _store(rows: list[Zone], found: Assignment, providers: Providers) -> None:
    AssignmentRow.objects.filter(zone__in=rows).delete()
    Refusal.objects.filter(zone__in=rows).delete()
    keys = dict(Provider.objects.values_list("name", "pk"))
    zones = {str(row.number): row for row in rows}
    for row, reasons in zip(rows, found.reasons, strict=True):
        row.provider_reasons = [said(reason) for reason in reasons]
        row.problems = with_choice_problem(row.problems, row.provider_reasons)
    Zone.objects.bulk_update(rows, ["provider_reasons", "problems"])
    AssignmentRow.objects.bulk_create(
        AssignmentRow(
            zone=row,
            provider_id=keys[str(providers.ids[provider])],
            is_backstop=bool(found.is_backstop[position]),
        )
        for position, (row, provider) in enumerate(zip(rows, found.provider_of, strict=True))
        if provider != NOBODY
    )
    store_refusals(found.refusals, zones, keys)


def stored_hash(plan: Plan) -> str:
    """Return the hash of what a stored plan decides: that of its draft, while nobody changed it."""
    # Read without outlines, and of the reasons the keys alone: that is most of what a plan weighs.
    zones = plan.zones.select_related("assignment__provider").defer("geometry")
    keys = Func(F("reasons"), Value("$[*].key"), function="jsonb_path_query_array")
    return decision_hash(
        sites={
            site: ("" if number is None else str(number), reasons)
            for site, number, reasons in plan.sites.order_by().values_list(
                "site", "zone__number", Cast(keys, JSONField())
            )
        },
        zones={str(zone.number): _decided(zone) for zone in zones},
        totals={
            name: math.nan if number is None else number for name, number in plan.totals.items()
        },
        choices=read_choices(plan),
    )


def _decided(zone: Zone) -> tuple[str, str, list[str], tuple[float, float, float]]:
    assignment = getattr(zone, "assignment", None)
    reasons = [*zone.reasons, *zone.provider_reasons]
    numbers = (zone.floor_area_m2, zone.households, zone.margin_yuan)
    floor_area_m2, households, margin = (math.nan if n is None else n for n in numbers)
    return (
        assignment.provider.name if assignment else "",
        zone.exception,
        [reason["key"] for reason in reasons],
        (floor_area_m2, households, margin),
    )
