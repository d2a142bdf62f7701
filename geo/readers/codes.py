"""Codes of sites that come without one, and rows that are there twice."""

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import Fault

PREFIX = "G"
_PER_DEGREE = 10_000_000
"""Coordinates are told apart to 1e-7 degrees, about a centimetre."""
_DIGITS = 16
_NAMED = 5
"""Rows that a fault names; the others are named by their own."""


def site_codes(geometries: NDArray[np.object_]) -> list[str]:
    """Return a code for each geometry, by what it is and not by where in a file it stands.

    Parameters
    ----------
    geometries
        In EPSG:4490; None gets "".

    """
    rounded = shapely.transform(geometries, lambda lonlat: np.rint(lonlat * _PER_DEGREE) + 0.0)
    shapes = shapely.to_wkb(shapely.normalize(rounded), byte_order=1)
    return [
        "" if shape is None else PREFIX + hashlib.sha256(shape).hexdigest()[:_DIGITS]
        for shape in shapes
    ]


def repeated(values: Iterable[Hashable]) -> list[list[int]]:
    """Return the positions of each value that occurs more than once; "" and None do not count."""
    places: dict[Hashable, list[int]] = defaultdict(list)
    for i, value in enumerate(values):
        if value not in {"", None}:
            places[value].append(i)
    return [positions for positions in places.values() if len(positions) > 1]


def repetition_faults(
    group: Sequence[int], rows: Sequence[int], text: str, fix: str, value: str
) -> dict[int, Fault]:
    """Return a fault for each position of a group, which names the rows of the others."""
    faults = {}
    for i in group:
        others = [str(rows[j]) for j in group[: _NAMED + 1] if j != i][:_NAMED]
        more = "…" if len(group) - 1 > len(others) else ""
        faults[i] = Fault(text, {"value": value, "rows": "、".join(others) + more}, fix)
    return faults
