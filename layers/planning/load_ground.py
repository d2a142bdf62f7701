"""Load what is on the ground of an area, on a day and as known at a moment."""

from datetime import date, datetime
from typing import Any

from geo import frames
from layers.ground import Ground


def load_ground(*, area: str | None, valid: date, known: datetime) -> Ground:
    """Return the ground of the area with that code (None = everywhere)."""
    asked: dict[str, Any] = {"area": area, "valid": valid, "known": known}
    return Ground(
        areas=frames.areas(**asked),
        compounds=frames.compounds(**asked),
        buildings=frames.buildings(**asked),
        management_areas=frames.management_areas(**asked),
        courtyards=frames.courtyards(**asked),
        barriers=frames.barriers(**asked),
        crossings=frames.crossings(**asked),
        providers=frames.providers(**asked),
        contracts=frames.contracts(**asked),
        bans=frames.bans(**asked),
        roles=frames.roles(**asked),
    )
