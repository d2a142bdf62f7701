"""Plans as rows: what they hold, and what people did to them."""

from layers.models.history import PlanComment, PlanEdit, PlanStep
from layers.models.plans import (
    DECIDED,
    Assignment,
    NeighbourLink,
    Plan,
    PlanSite,
    PlanStatus,
    Refusal,
    SiteKind,
    Zone,
)

__all__ = [
    "DECIDED",
    "Assignment",
    "NeighbourLink",
    "Plan",
    "PlanComment",
    "PlanEdit",
    "PlanSite",
    "PlanStatus",
    "PlanStep",
    "Refusal",
    "SiteKind",
    "Zone",
]
