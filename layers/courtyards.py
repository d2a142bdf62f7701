"""Scattered buildings: which are homes, and which of them form a courtyard (院落)."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import gettext_noop
from geo.words import BarrierKind
from layers.passage import near_pairs, separations
from layers.pieces import Pieces
from layers.policy import Derive

HOMES = (
    "住宅",
    "居住",
    "住房",
    "宿舍",
    "公寓",
    "商住",
    "平房",
    "residential",
    "apartments",
    "dormitory",
)
"""Words of a recorded use that say people live here; any other use says that nobody does."""
NO_HOMES = ("非住宅", "非居住")
SAYS_NOTHING = ("", "yes", "其他", "其它")
"""Uses that leave the question to size, storeys and name."""


def why_not_residential(buildings: pd.DataFrame, *, rules: Derive) -> list[str]:
    """Return for each building why it is taken not to be homes; "" = it is residential.

    Parameters
    ----------
    buildings
        Columns use, name, storeys, and footprint_m2 in m².
    rules
        Sizes, storeys and words of the policy.
    """
    columns = (buildings[name] for name in ("use", "name", "footprint_m2", "storeys"))
    return [
        _why_not_by_use(str(use))
        if use not in SAYS_NOTHING
        else _why_not_by_look(*look, rules=rules)
        for use, *look in zip(*columns, strict=True)
    ]


def _why_not_by_use(use: str) -> str:
    said = use.lower()
    is_home = any(word in said for word in HOMES) and not any(word in said for word in NO_HOMES)
    return "" if is_home else gettext_noop("用途非住宅")


def _why_not_by_look(name: str, footprint_m2: float, storeys: Any, *, rules: Derive) -> str:
    low_m2, high_m2 = rules.residential_footprint_m2
    low, high = rules.residential_storeys
    if any(word in name for word in rules.not_residential_words):
        return gettext_noop("名称非住宅")
    if not low_m2 <= footprint_m2 <= high_m2:
        return gettext_noop("占地面积不在住宅范围")
    if pd.isna(storeys):
        return gettext_noop("层数不详")
    return "" if low <= storeys <= high else gettext_noop("层数不在住宅范围")


def cluster(
    footprints: NDArray[np.object_],
    floor_area_m2: NDArray[np.float64],
    pieces: Pieces,
    *,
    rules: Derive,
) -> NDArray[np.int64]:
    """Return the number of the courtyard of each building, counted in order of first buildings.

    Two courtyards grow together over the shortest way between them, unless a barrier of any kind
    stops it or both together exceed the greatest floor area. So courtyards that stay below are
    the single-linkage clusters, a greater cluster falls into connected parts along its widest
    gaps, and a building that exceeds the limit alone stays alone.

    Parameters
    ----------
    footprints
        (n,) polygons, metric, in canonical order.
    floor_area_m2
        (n,) m²; unknown (NaN) counts nothing towards the limit.
    pieces
        Barriers, metric.
    rules
        Reach in metres and greatest floor area in m².
    """
    reach_m = rules.courtyard_reach_m
    pairs = near_pairs(footprints, reach_m=reach_m)
    between = separations(footprints, pairs, pieces, reach_m=reach_m, hard=frozenset(BarrierKind))
    ways = pairs.take(~between.is_closed)
    shortest_first = np.argsort(ways.gap_m, kind="stable")
    root = list(range(len(footprints)))
    size_m2 = np.nan_to_num(floor_area_m2).tolist()
    ends = ways.a[shortest_first].tolist(), ways.b[shortest_first].tolist()
    for one, other in zip(*ends, strict=True):
        first, second = sorted((_root(root, one), _root(root, other)))
        together_m2 = size_m2[first] + size_m2[second]
        if first != second and together_m2 <= rules.courtyard_max_floor_area_m2:
            root[second], size_m2[first] = first, together_m2
    return np.unique([_root(root, row) for row in range(len(root))], return_inverse=True)[1]


def _root(root: list[int], row: int) -> int:
    while root[row] != row:
        root[row] = row = root[root[row]]
    return row


def courtyard_code(members: Sequence[str]) -> str:
    """Return a code that depends on the member buildings alone."""
    said = "\n".join(sorted(members)).encode()
    return "Y" + hashlib.sha256(said).hexdigest()[:12].upper()
