"""Load what is on the ground of an area, on a day and as known at a moment."""

from datetime import date, datetime
from typing import Any

from geo import frames
from geo.models import ManagingArea
from layers.ground import Ground


def load_ground(*, area: str | None, valid: date, known: datetime) -> Ground:
    """Return the ground of the area with that code (None = everywhere)."""
    asked: dict[str, Any] = {"area": area, "valid": valid, "known": known}
    areas = frames.areas(**asked)
    everywhere = ManagingArea.objects.known_at(known).values_list("code", "level")
    inside = set(areas["code"])
    return Ground(
        areas=areas,
        elsewhere={code: level for code, level in everywhere if code not in inside},
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
