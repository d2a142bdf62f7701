"""A trend as small as a word: the points of a line in a box of 100 × 24."""

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 100.0, 24.0, 3.0
FLATTEST = 2.0
"""Percentage points that the box spans at least: what hardly moves must not look wild."""


def sparkline(percents: Sequence[float | None]) -> str:
    """Return the points of a polyline, "" where there are fewer than two."""
    told = [(position, value) for position, value in enumerate(percents) if value is not None]
    if len(told) <= 1:
        return ""
    values = [value for _, value in told]
    low, high = min(values), max(values)
    spare = max(0.0, FLATTEST - (high - low)) / 2
    low, high = low - spare, high + spare
    step = (WIDTH - 2 * MARGIN) / (len(percents) - 1)
    return " ".join(
        f"{MARGIN + position * step:.1f},"
        f"{HEIGHT - MARGIN - (value - low) / (high - low) * (HEIGHT - 2 * MARGIN):.1f}"
        for position, value in told
    )
