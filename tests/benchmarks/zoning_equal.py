"""Table B: parts of equal size against GerryChain's recursive tree partition and ReCom.

    python -m tests.benchmarks.zoning_equal [--full]

The same rook pairs; so many parts, each within 10 % or 5 % of the mean: the engine is told the
count, a minimum and a maximum of households, to part as few neighbours as it can, and to search
quickly. ReCom starts from the plan of the recursive partition, whose time is not counted against
it; what is compared is its best plan after as many seconds as ours took, and how long it walks
until it cuts as few edges as ours.

The recursive partition ends where our search begins: with some plan that is as asked. So its
seconds are beside those of our division alone (from arrays to labels, as its own are), and beside
those of our whole plan with its reasons.
"""

from dataclasses import dataclass
from statistics import median

import numpy as np

from layers.bundling.blocks import block_of, yields_of
from layers.bundling.division import divided
from layers.bundling.ground import desk_for
from layers.bundling.layout import lay_out
from layers.bundling.shares import aimed_at
from layers.policy import Count, Effort, Objective, Policy
from tests.benchmarks.exchange import Parcel
from tests.benchmarks.graphs import Ground, lattice, voronoi_city
from tests.benchmarks.peers import ask
from tests.benchmarks.plans import Labels, compile_first, cut_edges, faults_of, plan
from tests.benchmarks.policies import bare_policy
from tests.benchmarks.tables import Table, is_full, machine, say, timed, verdict

CASES = ((200, 8, 0.10), (200, 8, 0.05), (1_000, 8, 0.10), (1_000, 16, 0.05))
"""Units, parts, tolerance: parts / (1 ± tolerance) holds one whole number."""
OBJECTIVES = (Objective.LEFT_OUT, Objective.SUBSIDY, Objective.COUNT, Objective.BORDERS)
SEEDS = (1, 2, 3)
FULL_SEEDS = (1, 2, 3, 4, 5)
LEAST_RATIO = 10.0
MOST_WALKED_S = 60.0
PATIENCE_S = 120.0
"""How long the recursive partition may try."""

TABLE = Table(
    "B. parts of equal size: ours, GerryChain's recursive tree partition, and ReCom",
    (
        " ground", "      n", "parts", "  ±", "seed", "ours ok", "tree ok", "recom ok", " s ours",
        " s first", " s tree", "first ratio", "  ratio", "s recom as good", "cut ours",
        "cut tree", "cut recom", "recom steps",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Match:
    """All three on one ground; cut edges are None where the plan is not as asked."""

    is_ok: bool
    tree_is_ok: bool
    recom_is_ok: bool
    seconds: float
    first_seconds: float
    """Until the division that our search begins with."""
    tree_seconds: float
    as_good_seconds: float | None
    """Seconds after which ReCom cuts no more edges than ours; None = not in its walk."""
    cut: int | None
    recom_cut: int | None


def main() -> None:
    """Print a row for each ground and case, and what is reached."""
    say(machine())
    compile_first()
    TABLE.begin()
    seeds = FULL_SEEDS if is_full() else SEEDS
    matches = [
        match(make(n, seed=seed), parts, tolerance, seed)
        for n, parts, tolerance in CASES
        for make in (lattice, voronoi_city)
        for seed in seeds
    ]
    verdicts(matches)


def match(ground: Ground, parts: int, tolerance: float, seed: int) -> Match:
    """Return and print what all three make of a ground."""
    labels, seconds = ours(ground, parts, tolerance, seed)
    begun, first_s = first_of_ours(ground, parts, tolerance, seed)
    if not is_as_asked(begun, ground, parts, tolerance):
        first_s = seconds
    walk_s = max(seconds, min(LEAST_RATIO * seconds, MOST_WALKED_S))
    facts = {"parts": parts, "tolerance": tolerance, "seed": seed}
    facts |= {"seconds": seconds, "walk_seconds": walk_s}
    answer = ask("peer_gerrychain", Parcel(ground.arrays(), facts), patience_s=PATIENCE_S + walk_s)
    tree = recom = np.zeros(0, dtype=np.int64)
    took, steps, trace = PATIENCE_S, 0, np.zeros((0, 2))
    if answer is not None:
        tree, recom = answer.arrays["tree"], answer.arrays["recom"]
        took, steps = answer.facts["tree_seconds"], answer.facts["steps"]
        trace = answer.arrays["trace"]
    is_ok, tree_is_ok, recom_is_ok = (
        is_as_asked(each, ground, parts, tolerance) for each in (labels, tree, recom)
    )
    cuts = [
        cut_edges(each, ground) if ok else None
        for each, ok in ((labels, is_ok), (tree, tree_is_ok), (recom, recom_is_ok))
    ]
    as_good_s = first_as_good(trace, cuts[0])
    TABLE.row(
        ground.name, len(ground), parts, f"{100 * tolerance:.0f} %", seed, is_ok, tree_is_ok,
        recom_is_ok, seconds, first_s, took, took / first_s, took / seconds,
        awaited(as_good_s, walk_s) if is_ok else None, *cuts, steps,
    )  # fmt: skip
    return Match(
        is_ok, tree_is_ok, recom_is_ok, seconds, first_s, took, as_good_s, cuts[0], cuts[2]
    )


def awaited(seconds: float | None, walk_s: float) -> object:
    """Return when it came, or how long nobody saw it."""
    return f"> {walk_s:.1f}" if seconds is None else seconds


def first_as_good(trace: np.ndarray, cut: int | None) -> float | None:
    """Return when a walk first cut so few edges; None = never."""
    good = trace[trace[:, 1] <= cut, 0] if cut is not None else trace[:0, 0]
    return float(good[0]) if len(good) else None


def ours(ground: Ground, parts: int, tolerance: float, seed: int) -> tuple[Labels, float]:
    """Return the engine's plan and its seconds."""
    policy = policy_for(ground, parts, tolerance)
    planned = plan(ground.sites(), ground.links(), policy, seed=seed)
    return planned.labels, planned.seconds


def first_of_ours(ground: Ground, parts: int, tolerance: float, seed: int) -> tuple[Labels, float]:
    """Return the division that the search begins with, and its seconds from arrays to labels."""
    policy, sites, links = policy_for(ground, parts, tolerance), ground.sites(), ground.links()
    layout = lay_out(sites, links, policy)
    (units,) = layout.blocks
    block = block_of(units, layout, yields_of(sites, links, policy), policy)
    (g,) = aimed_at([block.ground], parts)
    rng = np.random.default_rng(seed)
    return timed(lambda: divided(g, desk_for(g), rng))


def policy_for(ground: Ground, parts: int, tolerance: float) -> Policy:
    """Return what the engine is told."""
    low, high = limits(ground, parts, tolerance)
    return bare_policy(
        households_min=low,
        households_max=high,
        count=Count.TARGET,
        target_count=parts,
        effort=Effort.QUICK,
        objectives=OBJECTIVES,
    )


def limits(ground: Ground, parts: int, tolerance: float) -> tuple[float, float]:
    """Return the least and the most households of a part."""
    each = float(ground.households.sum()) / parts
    return each * (1 - tolerance), each * (1 + tolerance)


def is_as_asked(labels: Labels, ground: Ground, parts: int, tolerance: float) -> bool:
    """Tell whether a plan has so many connected parts, each within the tolerance."""
    low, high = limits(ground, parts, tolerance)
    # a hair, because the two sides add up in another order
    return not faults_of(labels, ground, minimum=low - 1e-6, maximum=high + 1e-6, zones=parts)


def verdicts(matches: list[Match]) -> None:
    """Print what is reached of the figures that were set."""
    good, tree, recom = (
        sum(flags)
        for flags in zip(*((m.is_ok, m.tree_is_ok, m.recom_is_ok) for m in matches), strict=True)
    )
    verdict(
        "feasible at least as often",
        f"ours {good}, tree {tree}, ReCom {recom} of {len(matches)}",
        is_reached=good >= max(tree, recom),
    )
    for what, ratios in (
        ("a plan as asked", [match.tree_seconds / match.first_seconds for match in matches]),
        ("the whole plan, with reasons", [m.tree_seconds / m.seconds for m in matches]),
    ):
        verdict(
            f"{what}: at least 10 times faster than the recursive partition",
            f"median {median(ratios):.1f}, least {min(ratios):.2f}",
            is_reached=median(ratios) >= LEAST_RATIO,
        )
    late = [m for m in matches if m.cut is not None]
    slow = [m.as_good_seconds is None or m.as_good_seconds >= LEAST_RATIO * m.seconds for m in late]
    verdict(
        "ReCom needs at least 10 times as long for as few cut edges",
        f"so in {sum(slow)} of {len(slow)}",
        is_reached=bool(slow) and sum(slow) > len(slow) / 2,
    )
    shares = [m.cut / m.recom_cut for m in matches if m.cut is not None and m.recom_cut]
    if shares:
        verdict(
            "fewer cut edges than ReCom in the same seconds",
            f"median {100 * (median(shares) - 1):+.0f} %, worst {100 * (max(shares) - 1):+.0f} %",
            is_reached=median(shares) < 1,
        )


if __name__ == "__main__":
    main()
