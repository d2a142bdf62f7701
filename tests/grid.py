"""Geography drawn in the test: `city("A A B\nC C B")` gives one polygon per letter."""

import numpy as np
import shapely


def city(
    drawing: str, *, cell_m: float = 100.0, street_m: float = 0.0
) -> dict[str, shapely.Geometry]:
    """Return one polygon per letter of the drawing, in metres, first row on top; "." is empty.

    `street_m` shrinks every polygon so that neighbours lie that far apart.
    """
    rows = [row.split() for row in drawing.strip().splitlines()]
    cells: dict[str, list[shapely.Geometry]] = {}
    for down, row in enumerate(rows):
        for right, letter in enumerate(row):
            if letter != ".":
                x, y = right * cell_m, (len(rows) - 1 - down) * cell_m
                cells.setdefault(letter, []).append(shapely.box(x, y, x + cell_m, y + cell_m))
    shapes = {letter: shapely.union_all(np.array(boxes)) for letter, boxes in sorted(cells.items())}
    if street_m:
        return {k: shapely.buffer(s, -street_m / 2, join_style="mitre") for k, s in shapes.items()}
    return shapes
