"""spopt's MaxPHeuristic, run by the peers' interpreter.

Asked: a, b (rook pairs), x, y, households; minimum, seed, seconds (None = its defaults as they
stand; else its construction alone, from as many starts as the seconds allow). Answered: labels;
seconds, starts.
"""

import sys
import time
from pathlib import Path

import geopandas as gpd
import libpysal
import numpy as np
from scipy.spatial.distance import pdist, squareform
from spopt.region.maxp import MaxPHeuristic, _construction_phase

from tests.benchmarks.exchange import ANSWERED, ASKED, Parcel, put, take

TOP_N = 2
"""The default of the class."""
FIRST_STARTS = 20


def answer(asked: Parcel) -> Parcel:
    """Solve with the defaults, or by construction alone."""
    np.random.seed(asked.facts["seed"])  # noqa: NPY002 (spopt draws from the global generator)
    weights = weights_of(asked)
    if asked.facts["seconds"] is None:
        return by_defaults(asked, weights)
    return by_construction(asked, weights)


def weights_of(asked: Parcel) -> libpysal.weights.W:
    """Return the rook pairs as spopt reads them."""
    near = {unit: [] for unit in range(len(asked.arrays["households"]))}
    for a, b in zip(asked.arrays["a"].tolist(), asked.arrays["b"].tolist(), strict=True):
        near[a].append(b)
        near[b].append(a)
    return libpysal.weights.W(near, silence_warnings=True)


def by_defaults(asked: Parcel, weights: libpysal.weights.W) -> Parcel:
    """Return the zones of the class as it stands: 99 starts, then annealing."""
    frame = gpd.GeoDataFrame({name: asked.arrays[name] for name in ("x", "y", "households")})
    minimum = asked.facts["minimum"]
    begun = time.perf_counter()
    model = MaxPHeuristic(frame, weights, ["x", "y"], "households", minimum, policy="keep")
    model.solve()
    seconds = time.perf_counter() - begun
    labels = np.array(model.labels_)
    return Parcel(
        {"labels": labels}, {"seconds": seconds, "starts": model.max_iterations_construction}
    )


def by_construction(asked: Parcel, weights: libpysal.weights.W) -> Parcel:
    """Return the best zones of many starts, which the class makes before it anneals."""
    households = asked.arrays["households"]
    places = np.column_stack([asked.arrays["x"], asked.arrays["y"]])
    distances = squareform(pdist(places, metric="cityblock"))
    best, labels, done, more = 0, np.zeros(0), 0, FIRST_STARTS
    begun = time.perf_counter()
    while more > 0:
        found, plans = _construction_phase(
            np.arange(len(households)),
            places,
            households,
            distances,
            weights,
            asked.facts["minimum"],
            TOP_N,
            more,
        )
        if found > best:
            best, labels = found, np.array(plans[0][0])
        done += more
        spent = time.perf_counter() - begun
        more = int((asked.facts["seconds"] - spent) / (spent / done))
    return Parcel({"labels": labels}, {"seconds": spent, "starts": done})


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    put(folder, ANSWERED, answer(take(folder, ASKED)))
