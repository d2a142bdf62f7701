"""Which points lie within a ring, in plain numpy: the sandbox has no geometry library."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def inside(points: Points, ring: Points) -> NDArray[np.bool_]:
    """Tell which points a ring encloses, by the crossings of a ray to the east.

    Parameters
    ----------
    points
        Shape (n, 2).
    ring
        Shape (m, 2), first and last the same; in the CRS of the points.

    """
    x, y = points[:, :1], points[:, 1:]
    (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
    spans = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        meets = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    is_inside: NDArray[np.bool_] = (spans & (x < meets)).sum(axis=1) % 2 == 1
    return is_inside
