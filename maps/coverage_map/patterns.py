"""Patterns beside the colours: nobody has to tell two statuses apart by colour alone."""

from collections.abc import Mapping

from markupsafe import Markup

from maps.coverage_map.colouring import PALETTE
from maps.statuses import COLOURS, ServiceStatus

MARKS: Mapping[str, str] = {
    ServiceStatus.IN_SERVICE: "",
    ServiceStatus.SELF_MANAGED: '<circle cx="4" cy="4" r="1.5" fill="#fff"/>',
    ServiceStatus.PLANNED: '<path d="M0 4H8" stroke="#fff" stroke-width="2"/>',
    ServiceStatus.UNMANAGED: (
        '<path d="M-2 2L2 -2M0 8L8 0M6 10L10 6" stroke="#fff" stroke-width="1.8"/>'
    ),
    ServiceStatus.UNKNOWN: '<path d="M2 2L6 6M6 2L2 6" stroke="#fff" stroke-width="1.2"/>',
}
"""White marks on a tile of 8 × 8 px: none, dots, lines, hatch, crosses."""
TILE = '<pattern id="{id}" width="8" height="8" patternUnits="userSpaceOnUse">{inside}</pattern>'


def pattern_defs() -> Markup:
    """Return the <pattern> elements: one per status, and a hatch per zone colour."""
    tiles = [
        TILE.format(
            id=f"status-{status}",
            inside=f'<rect width="8" height="8" fill="{COLOURS[status]}"/>{mark}',
        )
        for status, mark in MARKS.items()
    ]
    tiles += [
        TILE.format(
            id=f"hatch-{colour[1:]}",
            inside=f'<path d="M-2 2L2 -2M0 8L8 0M6 10L10 6" stroke="{colour}" stroke-width="2"/>',
        )
        for colour in PALETTE
    ]
    return Markup("".join(tiles))  # noqa: S704 (constants only)
