"""Table B: parts of equal size against GerryChain's recursive tree partition and ReCom.

    python -m tests.benchmarks.zoning_equal [--full]

The same rook pairs; so many parts, each within 10 % or 5 % of the mean: the engine is told the
count, and a minimum and a maximum of households, and to search quickly. ReCom starts from the plan
of the recursive partition, whose time is not counted against it; what is compared is its best plan
after as many seconds as ours took, and how long it walks until it cuts as few edges as ours.
"""

from dataclasses import dataclass
from statistics import median

import numpy as np

from layers.policy import Count, Effort
from tests.benchmarks.exchange import Parcel
from tests.benchmarks.graphs import Ground, lattice, voronoi_city
from tests.benchmarks.peers import ask
from tests.benchmarks.plans import Labels, compile_first, cut_edges, faults_of, plan
from tests.benchmarks.policies import bare_policy
from tests.benchmarks.tables import Table, is_full, machine, say, verdict

CASES = ((200, 8, 0.10), (200, 8, 0.05), (1_000, 8, 0.10), (1_000, 16, 0.05))
"""Units, parts, tolerance: parts / (1 ± tolerance) holds one whole number."""
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
        " s tree", "  ratio", "s recom as good", "cut ours", "cut tree", "cut recom", "recom steps",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Match:
    """All three on one ground; cut edges are None where the plan is not as asked."""

    is_ok: bool
    tree_is_ok: bool
    recom_is_ok: bool
    seconds: float
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
        recom_is_ok, seconds, took, took / seconds,
        awaited(as_good_s, walk_s) if is_ok else None, *cuts, steps,
    )  # fmt: skip
    return Match(is_ok, tree_is_ok, recom_is_ok, seconds, took, as_good_s, cuts[0], cuts[2])


def awaited(seconds: float | None, walk_s: float) -> object:
    """Return when it came, or how long nobody saw it."""
    return f"> {walk_s:.1f}" if seconds is None else seconds


def first_as_good(trace: np.ndarray, cut: int | None) -> float | None:
    """Return when a walk first cut so few edges; None = never."""
    good = trace[trace[:, 1] <= cut, 0] if cut is not None else trace[:0, 0]
    return float(good[0]) if len(good) else None


def ours(ground: Ground, parts: int, tolerance: float, seed: int) -> tuple[Labels, float]:
    """Return the engine's plan and its seconds."""
    low, high = limits(ground, parts, tolerance)
    policy = bare_policy(
        households_min=low,
        households_max=high,
        count=Count.TARGET,
        target_count=parts,
        effort=Effort.QUICK,
    )
    planned = plan(ground.sites(), ground.links(), policy, seed=seed)
    return planned.labels, planned.seconds


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
    ratios = [match.tree_seconds / match.seconds for match in matches]
    verdict(
        "at least 10 times faster than the recursive partition",
        f"median {median(ratios):.1f}, least {min(ratios):.1f}",
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
