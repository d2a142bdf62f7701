"""The providers that a planner may choose among for a zone, as a page and as JSON show them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from layers.assignment import Candidate, candidates
from layers.models import Zone
from layers.planning.read_sites import ground_of, read_drawing
from layers.planning.tell_providers import hear_zone


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One provider for one zone."""

    provider: str
    cost: float
    away_km: float | None
    grade: str
    spare_m2: float | None
    spare_households: float | None
    is_backstop: bool
    is_proposed: bool
    """Whether the plan has it there now."""
    refused: tuple[Mapping[str, str], ...]
    """Every rule that refuses it: key and sentence."""


def offered_for(zone: Zone) -> tuple[Offered, ...]:
    """Return all providers for a zone: those that may, the best first, then those refused."""
    plan = zone.plan
    hearing = hear_zone(plan, str(zone.number), read_drawing(plan), ground_of(plan))
    assignment: Any = getattr(zone, "assignment", None)
    now = assignment.provider.name if assignment else ""
    return tuple(_offered(one, now) for one in candidates(hearing))


def told_offers(zone: Zone) -> dict[str, Any]:
    """Return the same for programs."""
    offers = [vars(one) | {"refused": list(one.refused)} for one in offered_for(zone)]
    return {"zone": str(zone.number), "providers": offers}


def _offered(one: Candidate, now: str) -> Offered:
    return Offered(
        provider=one.provider,
        cost=round(one.cost, 2),
        away_km=_known(one.away_km),
        grade=one.grade,
        spare_m2=_known(one.spare_m2),
        spare_households=_known(one.spare_households),
        is_backstop=one.is_backstop,
        is_proposed=one.provider == now,
        refused=tuple({"key": why.key, "text": why.sentence(gettext)} for why in one.refused),
    )


def _known(number: float) -> float | None:
    return None if math.isnan(number) else round(max(0.0, number), 2)
