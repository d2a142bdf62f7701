"""The same assignment as an integer programme for HiGHS, told without anything of ours but data."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array


@dataclass(frozen=True, kw_only=True)
class Task:
    """z zones and k providers."""

    costs: NDArray[np.float64]
    """(z, k); NaN = the provider may not serve the zone."""
    floor_area_m2: NDArray[np.float64]
    households: NDArray[np.float64]
    free_m2: NDArray[np.float64]
    free_households: NDArray[np.float64]
    """What each provider can take, (k,); infinity = as much as there is."""
    share_m2: float = np.inf
    """Most floor area for one provider."""
    area: tuple[str, ...] = ()
    per_area: int | None = None
    """Most providers in one area."""


@dataclass(frozen=True)
class Best:
    """What HiGHS found: provider by zone, floor area served and cost, and whether it is proven."""

    provider_of: Mapping[int, int]
    served_m2: float
    cost: float
    is_proven: bool


def solve(task: Task, *, seconds: float = 60.0) -> Best:
    """Serve as much floor area as can be, then at least cost; both by HiGHS with its defaults."""
    pairs = [tuple(pair) for pair in np.argwhere(~np.isnan(task.costs)).tolist()]
    if not pairs:
        return Best({}, 0.0, 0.0, is_proven=True)
    rows, most = _rows(task, pairs)
    gains = np.array([task.floor_area_m2[z] for z, _ in pairs])
    costs = np.array([task.costs[pair] for pair in pairs])
    extra = rows.shape[1] - len(pairs)
    limits = [LinearConstraint(rows.tocsc(), ub=most)]
    options = {"time_limit": seconds, "mip_rel_gap": 1e-9}
    first = _milp(-np.append(gains, np.zeros(extra)), limits, options)
    served = float(gains @ np.round(first.x[: len(pairs)]))
    keep = np.append(gains, np.zeros(extra))[None, :]
    limits.append(LinearConstraint(keep, lb=served - 0.5))
    last = _milp(np.append(costs, np.zeros(extra)), limits, options)
    picked = np.flatnonzero(np.round(last.x[: len(pairs)]))
    return Best(
        {pairs[at][0]: pairs[at][1] for at in picked.tolist()},
        float(gains[picked].sum()),
        float(costs[picked].sum()),
        is_proven=first.status == 0 and last.status == 0,
    )


def _milp(aims, limits, options):
    return milp(aims, constraints=limits, integrality=1, bounds=Bounds(0, 1), options=options)


def _rows(task: Task, pairs: list[tuple[int, int]]) -> tuple[lil_array, NDArray[np.float64]]:
    """Return the constraints: one provider a zone, capacities, shares, providers per area."""
    zones, providers = task.costs.shape
    areas = sorted(set(task.area)) if task.per_area is not None else []
    here = {
        (a, p): len(pairs) + i * providers + p
        for i, a in enumerate(areas)
        for p in range(providers)
    }
    held: list[tuple[dict[int, float], float]] = [
        ({at: 1.0 for at, pair in enumerate(pairs) if pair[0] == z}, 1.0) for z in range(zones)
    ]
    for p in range(providers):
        mine = [at for at, pair in enumerate(pairs) if pair[1] == p]
        for amounts, most in (
            (task.floor_area_m2, min(task.free_m2[p], task.share_m2)),
            (task.households, task.free_households[p]),
        ):
            if np.isfinite(most):
                held.append(({at: float(amounts[pairs[at][0]]) for at in mine}, max(0.0, most)))
    for a in areas:
        held.append(({here[a, p]: 1.0 for p in range(providers)}, float(task.per_area or 0)))
        for at, (z, p) in enumerate(pairs):
            if task.area[z] == a:
                held.append(({at: 1.0, here[a, p]: -1.0}, 0.0))
    rows = lil_array((len(held), len(pairs) + len(here)))
    for row, (terms, _) in enumerate(held):
        for at, weight in terms.items():
            rows[row, at] = weight
    return rows, np.array([most for _, most in held])
