"""Plans as labels, judged by other code than the engine's: networkx, shapely and plain sums."""

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray

from layers.adjacency import Links
from layers.bundling import Bundling, bundle_sites
from layers.policy import Policy
from layers.sites import Sites
from tests.benchmarks.graphs import Ground, voronoi_city
from tests.benchmarks.policies import bare_policy
from tests.benchmarks.tables import timed

Labels = NDArray[np.int64]
NOBODY = -1


@dataclass(frozen=True)
class Planned:
    """A plan of the engine, and how long it took."""

    bundling: Bundling
    labels: Labels
    seconds: float


def plan(sites: Sites, links: Links, policy: Policy, *, seed: int) -> Planned:
    """Return the engine's plan of sites whose links are known."""
    bundling, seconds = timed(lambda: bundle_sites(sites, links, policy, seed=seed))
    return Planned(
        bundling, labels_of([zone.members for zone in bundling.zones], len(sites)), seconds
    )


def compile_first() -> float:
    """Plan a small ground, whereby all is compiled that is; return the seconds."""
    ground = voronoi_city(60, seed=0)
    policy = bare_policy(households_min=1_500.0)
    return plan(ground.sites(), ground.links(), policy, seed=0).seconds


def labels_of(zones: Sequence[Sequence[int]], n: int) -> Labels:
    """Return the zone of each of n units; NOBODY = in none."""
    labels = np.full(n, NOBODY, dtype=np.int64)
    for number, members in enumerate(zones):
        doubled = labels[list(members)] != NOBODY
        if doubled.any() or len(set(members)) != len(members):
            message = f"Zone {number} holds a unit of another zone, or one twice."
            raise AssertionError(message)
        labels[list(members)] = number
    return labels


def sums(labels: Labels, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of values in each zone, in the order of the zones' labels."""
    _, number = np.unique(labels, return_inverse=True)
    return np.bincount(number, weights=values)


def faults_of(
    labels: Labels,
    ground: Ground,
    *,
    minimum: float,
    maximum: float = np.inf,
    zones: int | None = None,
) -> list[str]:
    """Return what is wrong with a plan of connected zones within limits of households."""
    found = []
    if len(labels) != len(ground) or (labels == NOBODY).any():
        return ["not every unit is in a zone"]
    households = sums(labels, ground.households)
    outside = int(((households < minimum) | (households > maximum)).sum())
    if outside:
        found.append(f"{outside} zones outside the limits")
    if zones is not None and len(households) != zones:
        found.append(f"{len(households)} zones, not {zones}")
    if apart := torn(labels, ground.a, ground.b):
        found.append(f"{apart} zones in several parts")
    return found


def torn(labels: Labels, a: NDArray[np.int64], b: NDArray[np.int64]) -> int:
    """Return how many zones do not hang together over links inside them."""
    graph = nx.Graph()
    graph.add_nodes_from(np.flatnonzero(labels != NOBODY).tolist())
    is_inside = (labels[a] == labels[b]) & (labels[a] != NOBODY)
    graph.add_edges_from(zip(a[is_inside].tolist(), b[is_inside].tolist(), strict=True))
    parts: dict[int, int] = {}
    for component in nx.connected_components(graph):
        label = int(labels[next(iter(component))])
        parts[label] = parts.get(label, 0) + 1
    return sum(count > 1 for count in parts.values())


def cut_edges(labels: Labels, ground: Ground) -> int:
    """Return how many rook pairs lie in two zones."""
    return int((labels[ground.a] != labels[ground.b]).sum())


def polsby_popper(labels: Labels, ground: Ground) -> float:
    """Return the mean of 4π × area / perimeter² over the dissolved zones."""
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=labels[order[0]] - 1))
    shapes = [
        shapely.coverage_union_all(ground.polygons[members])
        for members in np.split(order, starts[1:])
    ]
    return float(np.mean(4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2))


def most_zones(values: NDArray[np.float64], minimum: float) -> int:
    """Return floor(Σ min(vᵢ, T) / T): no plan has more zones that reach the minimum T."""
    return int(np.minimum(values, minimum).sum() // minimum)
