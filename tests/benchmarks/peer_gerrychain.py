"""GerryChain's recursive tree partition and ReCom, run by the peers' interpreter.

Asked: a, b (rook pairs), households; parts, tolerance, seed, seconds, walk_seconds. Answered: tree
(labels of the recursive tree partition; empty where it gave up), recom (labels of the plan with the
fewest cut edges that a ReCom chain met on its way from there in the seconds), trace (whenever the
walk of walk_seconds found fewer cut edges: the seconds, and how many); tree_seconds, steps.
"""

import sys
import time
from functools import partial
from pathlib import Path

import networkx as nx
import numpy as np
from gerrychain import Graph, MarkovChain, Partition
from gerrychain.constraints import within_percent_of_ideal_population
from gerrychain.partition.initial_partition_generators import recursive_tree_part
from gerrychain.proposals import recom
from gerrychain.tree import bipartition_tree
from gerrychain.updaters import Tally, cut_edges

from tests.benchmarks.exchange import ANSWERED, ASKED, Parcel, put, take

NEVER_ENDING = 10**9
MOST_TREES = 10_000
"""Spanning trees that are drawn for one cut before it is given up (its default is 100,000)."""
ATTEMPTS = 3
"""Recursive partitions that are begun before the answer is that there is none."""


def answer(asked: Parcel) -> Parcel:
    """Return a first plan, and the best that a chain finds from it."""
    graph = graph_of(asked)
    begun = time.perf_counter()
    first = first_plan(graph, asked)
    tree_seconds = time.perf_counter() - begun
    nothing = np.zeros(0, dtype=np.int64)
    best, trace, steps = (None, nothing, 0) if first is None else walk(graph, first, asked)
    arrays = {
        "tree": nothing if first is None else as_labels(first),
        "recom": nothing if best is None else as_labels(best),
        "trace": np.array(trace, dtype=float).reshape(-1, 2),
    }
    return Parcel(arrays, {"tree_seconds": tree_seconds, "steps": steps})


def graph_of(asked: Parcel) -> Graph:
    """Return the rook pairs with households as population."""
    graph = nx.Graph()
    for unit, households in enumerate(asked.arrays["households"].tolist()):
        graph.add_node(unit, households=households)
    graph.add_edges_from(zip(asked.arrays["a"].tolist(), asked.arrays["b"].tolist(), strict=True))
    return Graph.from_networkx(graph)


def target(graph_households: np.ndarray, parts: int) -> float:
    """Return the households of an equal part."""
    return float(graph_households.sum() / parts)


def first_plan(graph: Graph, asked: Parcel) -> dict[int, int] | None:
    """Return a plan of the recursive tree partition; None where every attempt gave up."""
    parts = asked.facts["parts"]
    for attempt in range(ATTEMPTS):
        try:
            return recursive_tree_part(
                graph,
                list(range(parts)),
                target(asked.arrays["households"], parts),
                "households",
                asked.facts["tolerance"],
                bipartition_tree_fn=partial(bipartition_tree, max_attempts=MOST_TREES),
                rng=asked.facts["seed"] + attempt,
            )
        except Exception as error:  # noqa: BLE001 (it raises RuntimeError, ValueError and its own)
            print(f"recursive_tree_part: {error!r}", file=sys.stderr)  # noqa: T201
    return None


Plan = dict[int, int]


def walk(graph: Graph, first: Plan, asked: Parcel) -> tuple[Plan, list[tuple[float, int]], int]:
    """Return the best plan within the seconds, what the whole walk found when, and its steps."""
    chain = chain_from(graph, first, asked)
    begun = time.perf_counter()
    best, trace, steps = first, [], 0
    for step in chain:
        spent, cut = time.perf_counter() - begun, len(step["cut_edges"])
        if spent > asked.facts["walk_seconds"]:
            break
        is_in_time = spent <= asked.facts["seconds"]
        steps += is_in_time
        if not trace or cut < trace[-1][1]:
            trace.append((spent, cut))
            if is_in_time:
                best = dict(step.assignment.items())
    return best, trace, steps


def chain_from(graph: Graph, first: Plan, asked: Parcel) -> MarkovChain:
    """Return a ReCom chain that keeps the tolerance."""
    parts, tolerance = asked.facts["parts"], asked.facts["tolerance"]
    updaters = {"population": Tally("households", alias="population"), "cut_edges": cut_edges}
    plan = Partition(graph, first, updaters)
    proposal = partial(
        recom,
        pop_col="households",
        pop_target=target(asked.arrays["households"], parts),
        epsilon=tolerance,
    )
    within = within_percent_of_ideal_population(plan, tolerance)
    return MarkovChain(
        proposal,
        [within],
        initial_partition=plan,
        total_steps=NEVER_ENDING,
        rng=asked.facts["seed"],
    )


def as_labels(plan: dict[int, int]) -> np.ndarray:
    """Return the part of each unit."""
    return np.array([plan[unit] for unit in range(len(plan))])


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    put(folder, ANSWERED, answer(take(folder, ASKED)))
