"""Check a stored plan independently, as planners drew it (独立核验), when it goes on its way."""

import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.utils import timezone

from geo import frames
from layers.checked_providers import check_providers
from layers.checking import check_proposal
from layers.chosen import Choice
from layers.derived import barriers_from_frame
from layers.models import Plan, PlanSite, Zone
from layers.planning.read_choices import read_choices
from layers.planning.read_register import read_register
from layers.planning.read_sites import ground_of
from layers.sites import LOCKED_OUT, Sites


@dataclass(frozen=True, kw_only=True)
class StoredZone:
    """A zone as its rows say."""

    label: str
    members: tuple[str, ...]
    floor_area_m2: float
    exception: str
    provider: str
    choice: Choice | None


@dataclass(frozen=True, kw_only=True)
class StoredSite:
    """A site as its row says."""

    id: str
    zone: str
    reasons: Sequence[Mapping[str, Any]]
    is_locked: bool


@dataclass(frozen=True, kw_only=True)
class StoredPlan:
    """A plan as its rows say."""

    zones: tuple[StoredZone, ...]
    sites: tuple[StoredSite, ...]


def check_plan(plan: Plan, *, now: datetime) -> dict[str, Any]:
    """Return what the independent check finds in the plan as it stands, and when.

    Rules that a planner broke knowingly are among the findings: the zones' own problems tell of
    them too, and whoever decides on the plan sees that both ways of reckoning agree.
    """
    begun = time.monotonic()
    ground, stored = ground_of(plan), read_stored(plan)
    asked: dict[str, Any] = {"valid": plan.valid_on, "known": plan.known_at}
    barriers = barriers_from_frame(
        frames.barriers(area=plan.area.code, **asked), srid=ground.sites.srid
    )
    sites = _with_locks(ground.sites, stored)
    faults = (
        *check_proposal(stored, sites, ground.links, barriers, ground.policy),
        *check_providers(
            stored, sites, read_register(plan), on_date=date.fromisoformat(plan.register["on"])
        ),
    )
    return {
        "at": timezone.localtime(now).isoformat(timespec="seconds"),
        "revision": plan.revision,
        "seconds": round(time.monotonic() - begun, 2),
        "sites": len(sites),
        "zones": len(stored.zones),
        "links": len(ground.links.a),
        "faults": [{"key": fault.text, "values": dict(fault.values)} for fault in faults],
    }


def read_stored(plan: Plan) -> StoredPlan:
    """Return zones and sites of a plan as the check looks at them."""
    rows: list[tuple[str, int | None, Any, bool]] = list(
        PlanSite.objects.filter(plan=plan)
        .order_by("site")
        .values_list("site", "zone__number", "reasons", "is_locked")
    )
    members: dict[int | None, list[str]] = defaultdict(list)
    for site, number, *_ in rows:
        members[number].append(site)
    zones = Zone.objects.filter(plan=plan).order_by("number")
    choices = read_choices(plan)
    return StoredPlan(
        zones=tuple(
            StoredZone(
                label=str(number),
                members=tuple(members[number]),
                floor_area_m2=math.nan if floor_area_m2 is None else floor_area_m2,
                exception=exception,
                provider=provider or "",
                choice=choices.get(str(number)),
            )
            for number, floor_area_m2, exception, provider in zones.values_list(
                "number", "floor_area_m2", "exception", "assignment__provider__name"
            )
        ),
        sites=tuple(
            StoredSite(
                id=site,
                zone="" if number is None else str(number),
                reasons=reasons,
                is_locked=is_locked,
            )
            for site, number, reasons, is_locked in rows
        ),
    )


def _with_locks(sites: Sites, stored: StoredPlan) -> Sites:
    locks = [(site.zone or LOCKED_OUT) if site.is_locked else "" for site in stored.sites]
    return sites.having(lock=np.array(locks, dtype=np.str_))
