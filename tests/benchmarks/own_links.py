"""The links of one ground in a process of its own, so that their memory can be told.

Asked: corners, offsets_0 … (polygons as ragged arrays), barriers, barrier_kinds, crossings,
crossing_kinds (shapes as WKB in hexadecimal). Answered: a, b; seconds that passed, and worked_s of
this process (less where others keep the machine busy); megabytes before and at the peak.
"""

import re
import sys
import time
from pathlib import Path

import shapely

from layers.adjacency import Barriers, Crossings, neighbour_links
from layers.policy import load_policy
from tests.benchmarks.exchange import ANSWERED, ASKED, Parcel, put, take
from tests.benchmarks.graphs import from_ragged
from tests.benchmarks.tables import timed
from tests.layers.towns import sites_of

KIB_PER_MIB = 1024


def answer(asked: Parcel) -> Parcel:
    """Link the sites, and tell what it took."""
    arrays = asked.arrays
    shapes = from_ragged(arrays)
    sites = sites_of([f"{number:06d}" for number in range(len(shapes))], shapes)
    barriers = Barriers(
        kinds=arrays["barrier_kinds"], geometries=shapely.from_wkb(arrays["barriers"])
    )
    crossings = Crossings(
        kinds=arrays["crossing_kinds"], lines=shapely.from_wkb(arrays["crossings"])
    )
    rules, before, worked = load_policy("default").links, peak_mib(), time.process_time()
    links, seconds = timed(lambda: neighbour_links(sites, barriers, crossings, rules))
    worked = time.process_time() - worked
    return Parcel(
        {"a": links.a, "b": links.b, "is_open": links.is_open, "kind": links.kind},
        {"seconds": seconds, "worked_s": worked, "mib_before": before, "mib_peak": peak_mib()},
    )


def peak_mib() -> float:
    """Return the most memory that this program has held so far.

    getrusage would also count what the process held that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)[1]) / KIB_PER_MIB


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    put(folder, ANSWERED, answer(take(folder, ASKED)))
