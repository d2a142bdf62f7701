"""Read the zones of a plan as an editor shows them, or make the same from a judgement."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, Func, IntegerField, Sum

from layers.judging import Judged
from layers.models import Plan, PlanSite, Refusal, Zone
from layers.planning.store_plan import CHOICE_RULE, known, told_problem


@dataclass(frozen=True, kw_only=True)
class ZoneState:
    """One zone in numbers, with its provider and the rules that it breaks."""

    zone: str
    sites: int
    floor_area_m2: float | None
    households: float | None
    households_unknown: int
    diameter_m: float | None
    margin_yuan: float | None
    provider: str
    is_backstop: bool
    choice: dict[str, Any] | None
    """Whom a planner chose, by whom, when and why, and the keys of what is said of it."""
    exception: str
    is_locked: bool
    problems: list[dict[str, Any]]
    """Each with rule, zone, sites, key and values of its reason, and the exception over it."""
    refusals: int


def read_zones(plan: Plan) -> tuple[ZoneState, ...]:
    """Return the zones of a plan, by number."""
    rows = (
        Zone.objects.filter(plan=plan)
        .select_related("assignment__provider", "chosen")
        .defer("geometry", "reasons", "provider_reasons", "money")
        .order_by("number")
    )
    # Counted apart: joined together, every site of a zone would meet every refusal.
    sites = _by_zone(PlanSite.objects.filter(plan=plan), Count("pk"))
    refused = Sum(Func("providers", function="CARDINALITY", output_field=IntegerField()))
    refusals = _by_zone(Refusal.objects.filter(zone__plan=plan), refused)
    # What is said of providers is most of what a zone weighs: read only where somebody chose.
    said = dict(
        Zone.objects.filter(plan=plan, chosen__isnull=False).values_list("pk", "provider_reasons")
    )
    return tuple(
        _state(
            row,
            sites=sites.get(row.pk, 0),
            refusals=refusals.get(row.pk, 0),
            said=[why["key"] for why in said.get(row.pk, ())],
        )
        for row in rows
    )


def _by_zone(rows: Any, count: Aggregate) -> dict[int, int]:
    return dict(rows.order_by().values_list("zone").annotate(n=count))


def state_of(judged: Judged, *, like: ZoneState | None = None) -> ZoneState:
    """Return a judged zone as an editor shows it, with the provider of the zone that it was."""
    account, exception = judged.account, str(judged.exception or "")
    return ZoneState(
        zone=judged.label,
        sites=len(judged.members),
        floor_area_m2=known(account.floor_area_m2),
        households=None if math.isnan(account.households) else round(account.households),
        households_unknown=account.unknown_households,
        diameter_m=judged.diameter_m,
        margin_yuan=known(account.margin),
        provider=like.provider if like else "",
        is_backstop=bool(like and like.is_backstop),
        choice=like.choice if like else None,
        exception=exception,
        is_locked=judged.is_locked,
        problems=[
            _problem(told_problem(problem), judged.label, exception) for problem in judged.problems
        ],
        refusals=like.refusals if like else 0,
    )


def _state(row: Any, *, sites: int, refusals: int, said: list[str]) -> ZoneState:
    assignment = getattr(row, "assignment", None)
    return ZoneState(
        zone=str(row.number),
        sites=sites,
        floor_area_m2=row.floor_area_m2,
        households=row.households,
        households_unknown=row.households_unknown,
        diameter_m=row.diameter_m,
        margin_yuan=row.margin_yuan,
        provider=assignment.provider.name if assignment else "",
        is_backstop=bool(assignment and assignment.is_backstop),
        choice={**row.choice.as_json(), "said": said} if row.choice else None,
        exception=row.exception,
        is_locked=row.is_locked,
        problems=[_problem(each, str(row.number), row.exception) for each in row.problems],
        refusals=refusals,
    )


def _problem(told: Mapping[str, Any], zone: str, exception: str) -> dict[str, Any]:
    covered = "" if told["rule"] == CHOICE_RULE else exception
    return {**told, "zone": zone, "exception": covered}
