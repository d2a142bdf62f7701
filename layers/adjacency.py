"""Neighbour links (邻接关系): which sites are near enough to be run together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Links:
    """m links between sites, sorted by (a, b); a < b are positions in `Sites`."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    gap_m: NDArray[np.float64]
    """Distance between the outlines."""
    walk_m: NDArray[np.float64]
    """Length of the way over the crossing; NaN where the link needs none."""
    cost_m: NDArray[np.float64]
    """gap_m plus the impedance of soft barriers crossed: for objectives, never for existence."""
    kind: NDArray[np.str_]
    """near | crossing | planner"""
    barrier: NDArray[np.str_]
    """Kinds of barrier between the two, joined by "+"; "" = none."""
    is_open: NDArray[np.bool_]
    """False where a hard barrier or a planner's cut separates the two."""
