"""Read which management areas a zone holds, and which of their owners have not decided yet.

A zone is a working lot and merges nothing. Where a plan means its areas to become one, the owners
of each decide (业主决定); until they have, a merge and a contract over it lack their basis.
"""

from dataclasses import dataclass
from datetime import date, datetime

from geo.models import ManagementArea, OwnersDecision
from geo.words import DecisionWay
from layers.models import SiteKind, Zone


@dataclass(frozen=True)
class Merging:
    """The management areas of a zone."""

    areas: tuple[str, ...]
    """By name."""
    undecided: tuple[str, ...]
    """Those without a decision of the owners on the day: 缺依据."""


def read_merging(zone: Zone, *, valid: date, known: datetime) -> Merging:
    """Return the management areas of a zone, and which lack a decision on a day."""
    sites = zone.sites.filter(kind=SiteKind.MANAGEMENT_AREA)
    areas = ManagementArea.objects.filter(pk__in=sites.values("management_area")).order_by("code")
    decided = set(
        OwnersDecision.objects.as_of(valid=valid, known=known)
        .filter(management_area__in=areas)
        # A subdistrict's trusteeship for a time is no decision of the owners.
        .exclude(way=DecisionWay.TEMPORARY)
        .values_list("management_area", flat=True)
    )
    named = [(area.pk, area.name or area.code) for area in areas]
    return Merging(
        areas=tuple(name for _, name in named),
        undecided=tuple(name for pk, name in named if pk not in decided),
    )
