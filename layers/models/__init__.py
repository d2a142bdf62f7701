"""Plans as rows: what they hold, and what people did to them."""

from layers.models.dispatch import DispatchItem, PlanDue, WayStep
from layers.models.history import PlanComment, PlanEdit, PlanStep
from layers.models.plans import (
    DECIDED,
    OPEN,
    Assignment,
    NeighbourLink,
    Plan,
    PlanSite,
    PlanStatus,
    Refusal,
    SiteKind,
    Zone,
)
from layers.models.published import PublishedTable
from layers.models.runs import FINISHED, PartState, PlanRun, RunPart

__all__ = [
    "DECIDED",
    "FINISHED",
    "OPEN",
    "Assignment",
    "DispatchItem",
    "NeighbourLink",
    "PartState",
    "Plan",
    "PlanComment",
    "PlanDue",
    "PlanEdit",
    "PlanRun",
    "PlanSite",
    "PlanStatus",
    "PlanStep",
    "PublishedTable",
    "Refusal",
    "RunPart",
    "SiteKind",
    "WayStep",
    "Zone",
]
