"""What the independent check reckons of zones as wholes: what one lacks, and areas cut for nothing.

It shares nothing with the accounts that plans are made by, and nothing with the rules.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist

from layers.adjacency import Links
from layers.policy import Contiguity, Money, Policy, Strategy, Thresholds
from layers.sites import Sites

MONTHS_A_YEAR = 12
ROUND_M2 = 1.0
"""Sums in another order may differ by less."""
ROUND_M = 0.1


def lacking_yuan(rows: Sequence[int], sites: Sites, money: Money) -> float:
    """Return what the sites lack in yuan a year when one firm runs them; NaN = nothing is known."""
    floor_area_m2 = sites.floor_area_m2[rows]
    fee = np.where(np.isnan(sites.fee[rows]), money.fee, sites.fee[rows])
    known = ~np.isnan(floor_area_m2)
    if not known.any():
        return float("nan")
    monthly = float(np.dot(floor_area_m2[known], fee[known])) * money.collection
    income = MONTHS_A_YEAR * monthly + money.parking + money.concessions + money.subsidy
    cost = money.cost_per_zone + money.cost_per_m2 * float(floor_area_m2[known].sum())
    return max(0.0, cost - income)


@dataclass(frozen=True)
class CutArea:
    """An area of which the policy wants one zone, and which has several."""

    code: str
    rows: list[int]
    zones: int


def cut_areas(
    numbers: NDArray[np.int64], sites: Sites, links: Links, policy: Policy
) -> Iterator[CutArea]:
    """Yield the areas cut into several zones although a policy bundles whole areas (整体打包).

    Areas that planners or marks have a hand in, and those that do not hang together where the
    policy asks for it, are not told: they may have to be cut.

    Parameters
    ----------
    numbers
        Number of each site's zone (n,); -1 = in none.
    """
    if policy.bundling.strategy is not Strategy.WHOLE_AREA:
        return
    codes = sites.scope_codes(policy.bundling.scope)
    is_bound = (sites.lock != "") | (sites.apart != "") | (sites.together != "")
    for code in sorted(set(codes[numbers >= 0].tolist()) - {""}):
        rows = np.flatnonzero((codes == code) & (numbers >= 0))
        zones = len(set(numbers[rows].tolist()))
        is_apart = policy.bundling.contiguity is Contiguity.REQUIRED and _falls_apart(
            rows, sites, links
        )
        if zones > 1 and not is_bound[codes == code].any() and not is_apart:
            yield CutArea(str(code), rows.tolist(), zones)


def _falls_apart(rows: NDArray[np.int64], sites: Sites, links: Links) -> bool:
    """Tell whether the sites do not hang together over open links among themselves."""
    inside = links.is_open & np.isin(links.a, rows) & np.isin(links.b, rows)
    a, b, n = links.a[inside], links.b[inside], len(sites)
    _, part = connected_components(
        coo_array((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False
    )
    return len(set(part[rows].tolist())) > 1


def points_in(polygons: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return a point inside each shape, (n, 2)."""
    found: NDArray[np.float64] = shapely.get_coordinates(shapely.point_on_surface(polygons))
    return found


def broken_by_leads(rows: Sequence[int], sites: Sites, limits: Thresholds) -> set[str]:
    """Return the limits on lead compounds (大带小) that a zone of these sites breaks."""
    leads = [row for row in rows if sites.is_lead[row]]
    broken = set()
    if limits.leads_min is not None and len(leads) < limits.leads_min:
        broken.add("leads_min")
    if limits.leads_max is not None and len(leads) > limits.leads_max:
        broken.add("leads_max")
    if limits.lead_reach_m is not None and leads:
        far_m = cdist(points_in(sites.polygons[rows]), points_in(sites.polygons[leads])).max()
        broken |= {"lead_reach"} if far_m > limits.lead_reach_m + ROUND_M else set()
    # What two leads could take on together nobody knows.
    if limits.leads_max == 1 and len(leads) == 1:
        others = [row for row in rows if row != leads[0]]
        others_m2 = np.nansum(sites.floor_area_m2[others])
        broken |= {"lead_spare"} if others_m2 > sites.spare_m2[leads[0]] + ROUND_M2 else set()
    return broken
