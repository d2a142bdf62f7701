"""How each mode looks, on maps and in legends: a colour, and a mark beside it."""

from collections.abc import Mapping

from markupsafe import Markup

OPEN, NONE = "open", "none"
"""Keys of what has no mode: still to be verified, and not provided for."""
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#8C510A")
"""Okabe and Ito's first, in the order of a policy's list."""
MARKS = (
    "",
    '<circle cx="4" cy="4" r="1.5" fill="#fff"/>',
    '<path d="M0 4H8" stroke="#fff" stroke-width="2"/>',
    '<path d="M-2 2L2 -2M0 8L8 0M6 10L10 6" stroke="#fff" stroke-width="1.8"/>',
    '<path d="M4 0V8" stroke="#fff" stroke-width="2"/>',
    '<path d="M-2 6L2 10M0 0L8 8M6 -2L10 2" stroke="#fff" stroke-width="1.8"/>',
)
"""White marks on a tile of 8 × 8 px: none, dots, lines, hatch, posts, hatch the other way."""
WITHOUT_MODE: Mapping[str, tuple[str, str]] = {
    OPEN: ("#D55E00", '<circle cx="4" cy="4" r="2.2" fill="none" stroke="#fff"/>'),
    NONE: ("#999999", '<path d="M2 2L6 6M6 2L2 6" stroke="#fff" stroke-width="1.2"/>'),
}
TILE = (
    '<pattern id="mode-{key}" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<rect width="8" height="8" fill="{colour}"/>{mark}</pattern>'
)


DRAWN = ("in_service", "self_managed", "planned", "unmanaged", "posts", "back")
"""What the map's script calls the same marks, in the same order."""
DRAWN_WITHOUT: Mapping[str, str] = {OPEN: "ring", NONE: "unknown"}


def drawn_as(key: str) -> str:
    """Return what the map's script calls the mark of a mode."""
    return DRAWN_WITHOUT.get(key) or DRAWN[int(key) % len(DRAWN)]


def look_of(key: str) -> tuple[str, str]:
    """Return colour and mark of a mode by its key: its place in the list, or OPEN or NONE."""
    if key in WITHOUT_MODE:
        return WITHOUT_MODE[key]
    at = int(key) % len(COLOURS)
    return COLOURS[at], MARKS[at]


def mode_patterns(count: int) -> Markup:
    """Return the <pattern> elements of a policy with so many modes."""
    keys = [*map(str, range(count)), *WITHOUT_MODE]
    tiles = (TILE.format(key=key, colour=look_of(key)[0], mark=look_of(key)[1]) for key in keys)
    return Markup("".join(tiles))  # noqa: S704 (constants only)
