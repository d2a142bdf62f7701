"""libpysal's fuzzy contiguity, run by the peers' interpreter.

Asked: corners, offsets_0 … (polygons as shapely's ragged arrays); reach_m. Answered: a, b
(pairs whose outlines, widened by half the reach, meet); seconds.
"""

import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from libpysal.graph import Graph

from tests.benchmarks.exchange import ANSWERED, ASKED, Parcel, put, take


def answer(asked: Parcel) -> Parcel:
    """Return the pairs, timed without reading the polygons."""
    polygons = gpd.GeoSeries(outlines(asked))
    begun = time.perf_counter()
    graph = Graph.build_fuzzy_contiguity(polygons, buffer=asked.facts["reach_m"] / 2)
    seconds = time.perf_counter() - begun
    pairs = graph.adjacency.drop(graph.isolates).reset_index()
    one, other = pairs["focal"].to_numpy(), pairs["neighbor"].to_numpy()
    once = one < other
    order = np.lexsort((other[once], one[once]))
    return Parcel({"a": one[once][order], "b": other[once][order]}, {"seconds": seconds})


def outlines(asked: Parcel) -> np.ndarray:
    """Return the polygons of the ragged arrays."""
    offsets = [asked.arrays[key] for key in sorted(asked.arrays) if key.startswith("offsets")]
    kind = shapely.GeometryType.POLYGON
    return shapely.from_ragged_array(kind, asked.arrays["corners"], tuple(offsets))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    put(folder, ANSWERED, answer(take(folder, ASKED)))
