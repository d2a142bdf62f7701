"""One plan of the engine in a process of its own, so that its memory can be told.

Asked: corners, offsets_0 … (polygons as ragged arrays), households, subdistrict; rules, effort,
seed.
Answered: labels, a, b (open links inside one scope); seconds_links, seconds_zones, worked_s of all
cores for both (less than has passed where others keep the machine busy), and megabytes: before
(imports and sites) and at the peak.
"""

import sys
import time
from pathlib import Path

import numpy as np

from layers.adjacency import Barriers, Crossings, neighbour_links
from layers.policy import aimed_policy
from tests.benchmarks.exchange import ANSWERED, ASKED, Parcel, put, take
from tests.benchmarks.graphs import from_arrays
from tests.benchmarks.own_links import peak_mib
from tests.benchmarks.plans import compile_first, plan
from tests.benchmarks.policies import RULES
from tests.benchmarks.tables import timed

NO_BARRIERS = Barriers(kinds=np.array([], dtype="U16"), geometries=np.array([], dtype=object))
NO_CROSSINGS = Crossings(kinds=np.array([], dtype="U16"), lines=np.array([], dtype=object))


def answer(asked: Parcel) -> Parcel:
    """Link the sites, bundle them, and tell what both took."""
    policy = aimed_policy(RULES[asked.facts["rules"]](), effort=asked.facts["effort"])
    ground = from_arrays(asked.arrays)
    sites = ground.sites()
    compile_first()
    before, worked = peak_mib(), time.process_time()
    links, seconds = timed(lambda: neighbour_links(sites, NO_BARRIERS, NO_CROSSINGS, policy.links))
    planned = plan(sites, links, policy, seed=asked.facts["seed"])
    worked = time.process_time() - worked
    scope = sites.scope_codes(policy.bundling.scope)
    is_usable = links.is_open & (scope[links.a] == scope[links.b])
    return Parcel(
        {
            "labels": planned.labels,
            "a": links.a[is_usable],
            "b": links.b[is_usable],
        },
        {
            "seconds_links": seconds,
            "seconds_zones": planned.seconds,
            "worked_s": worked,
            "mib_before": before,
            "mib_peak": peak_mib(),
            "status": str(planned.bundling.status),
            "gap_objective": planned.bundling.gap_objective,
            "gap_percent": planned.bundling.gap_percent,
        },
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    put(folder, ANSWERED, answer(take(folder, ASKED)))
