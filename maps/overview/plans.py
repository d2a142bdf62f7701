"""What the newest plans say of an area: which compounds are planned, and how many zones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.contrib.postgres.aggregates import ArrayAgg

from layers.coverage import NOWHERE, Flags, Positions, Timeline, places_of
from layers.models import Plan, PlanSite, PlanStatus
from layers.sites import SiteKind

COLUMNS = ("area_id", "zone_id", "compound_id", "management_area_id")


@dataclass(frozen=True, kw_only=True)
class Planned:
    """The sites of the newest plans that are in a zone, n of them."""

    area: Positions
    zone: Positions
    """What the database calls the zone."""
    compound: Positions
    management_area: Positions

    def zones_in(self, timeline: Timeline, area: int) -> int:
        """Return how many zones have a site in an area or below it."""
        inside = timeline.inside(area)[self.area]
        return len(np.unique(self.zone[inside]))

    def compounds(self, timeline: Timeline, holder: Positions) -> Flags:
        """Flag the compounds that are planned, by themselves or with their management area.

        `holder` is the position of the management area that holds each compound.
        """
        areas = np.zeros(len(timeline.things[SiteKind.MANAGEMENT_AREA].ids) + 1, dtype=bool)
        areas[self.management_area[self.management_area != NOWHERE]] = True
        flags: Flags = areas[holder]
        flags[self.compound[self.compound != NOWHERE]] = True
        return flags


def planned_in(timeline: Timeline, *, known: datetime) -> Planned:
    """Return what the newest plan of every area holds, of those made by a moment. One query."""
    newest = (
        Plan.objects.exclude(status=PlanStatus.ABORTED)
        .filter(created_at__lte=known)
        .order_by("area_id", "-version")
        .distinct("area_id")
    )
    rows = PlanSite.objects.filter(plan__in=newest.values("pk"), zone__isnull=False)
    told = rows.aggregate(**{f"every_{name}": ArrayAgg(name, order_by="pk") for name in COLUMNS})
    area, zone, compound, management_area = (_ids(told[f"every_{name}"]) for name in COLUMNS)
    return Planned(
        area=places_of(timeline.area_ids, area),
        zone=zone,
        compound=places_of(timeline.things[SiteKind.COMPOUND].ids, compound),
        management_area=places_of(timeline.things[SiteKind.MANAGEMENT_AREA].ids, management_area),
    )


def _ids(values: Sequence[int | None] | None) -> Positions:
    return np.array([each or NOWHERE for each in values or ()], dtype=np.int64)


def zones_below(
    planned: Planned, timeline: Timeline, below: Sequence[tuple[str, int]]
) -> dict[str, int]:
    """Return the number of zones of each area, by code, where there are any."""
    counts = {code: planned.zones_in(timeline, position) for code, position in below}
    return {code: count for code, count in counts.items() if count}
