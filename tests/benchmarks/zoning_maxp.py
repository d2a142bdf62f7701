"""Table A: as many zones of at least 3,000 households as can be, against spopt's MaxPHeuristic.

    python -m tests.benchmarks.zoning_maxp [--full]

Same units, same rook pairs. spopt runs as it stands (99 starts, then annealing) on small grounds,
and by its construction alone, from as many starts as our seconds allow, on large ones. Against the
former we search quickly, against the latter thoroughly. What it
makes alike within a zone are the units' places, standardised: its annealing begins at temperature
1, and would not anneal on metres (which takes half as long, and gives the same number of zones).
"""

from dataclasses import dataclass
from statistics import mean, median

import numpy as np

from layers.policy import Effort
from tests.benchmarks.exchange import Parcel
from tests.benchmarks.graphs import Ground, lattice, voronoi_city
from tests.benchmarks.peers import ask, ask_together
from tests.benchmarks.plans import (
    Labels,
    compile_first,
    faults_of,
    most_zones,
    plan,
    polsby_popper,
    sums,
)
from tests.benchmarks.policies import bare_policy
from tests.benchmarks.tables import Table, machine, say, verdict

MINIMUM = 3_000.0
PATIENCE_S = 1_200.0
"""spopt 0.7.0 may anneal for ever: where no area on a border of zones can move, it looks again."""
MAKERS = (lattice, voronoi_city)
BY_DEFAULTS = ((200, (1, 2, 3)), (500, (1,)))
BY_CONSTRUCTION = ((1_000, (1, 2, 3, 4, 5)), (2_000, (1, 2, 3, 4, 5)))
DEFAULTS, CONSTRUCTION = "defaults", "construction"
LEAST_GAIN, LEAST_RATIO, MOST_LOST, LEAST_SHARE = 0.03, 200.0, 0.02, 0.95


@dataclass(frozen=True)
class Side:
    """What one side reached."""

    zones: int
    seconds: float
    compactness: float
    largest: float
    """Households of the largest zone over the minimum."""
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """Both sides on one ground."""

    ground: str
    n: int
    seed: int
    peer: str
    effort: Effort
    bound: int
    ours: Side
    theirs: Side

    @property
    def gain(self) -> float:
        """Zones that we have more, as a share of theirs."""
        return self.ours.zones / self.theirs.zones - 1

    @property
    def ratio(self) -> float:
        """Their seconds over ours."""
        return self.theirs.seconds / self.ours.seconds


TABLE = Table(
    "A. zones of at least 3,000 households, no maximum: ours and spopt's MaxPHeuristic",
    (
        "ground ", "    n", "seed", "        peer", "  effort", "p ours", "p spopt",
        "bound", "% of bound", "  s ours", " s spopt", "   ratio", "PP ours", "PP spopt",
        "largest ours", "largest spopt",
    ),
)  # fmt: skip


def main() -> None:
    """Print a row for each ground, medians, and what is reached."""
    say(machine())
    say(f"first plan of a process (compiling included): {compile_first():.1f} s")
    TABLE.begin()
    matches = [*against_defaults(), *against_construction()]
    medians(matches)
    verdicts(matches)


def against_defaults() -> list[Match]:
    """Match small grounds; ours alone on the machine, then the peer, one ground to a core."""
    grounds = [(make(n, seed=s), s) for n, seeds in BY_DEFAULTS for make in MAKERS for s in seeds]
    ours = [our_side(ground, Effort.QUICK, seed=seed) for ground, seed in grounds]
    questions = [question(ground, seed=seed, seconds=None) for ground, seed in grounds]
    answers = ask_together("peer_spopt", questions, patience_s=PATIENCE_S)
    matches = []
    for (ground, seed), own, answer in zip(grounds, ours, answers, strict=True):
        if answer is None:
            place = f"{ground.name}, {len(ground)}, seed {seed}"
            say(f"  {place}: its defaults did not end in {PATIENCE_S:.0f} s; not counted")
        else:
            matches.append(matched(ground, seed, DEFAULTS, Effort.QUICK, own, answer))
    return matches


def against_construction() -> list[Match]:
    """Match large grounds, one after the other, the peer for as long as ours took."""
    matches = []
    for n, seeds in BY_CONSTRUCTION:
        for make in MAKERS:
            for seed in seeds:
                ground = make(n, seed=seed)
                own = our_side(ground, Effort.THOROUGH, seed=seed)
                answer = ask("peer_spopt", question(ground, seed=seed, seconds=own.seconds))
                if answer is not None:
                    effort = Effort.THOROUGH
                    matches.append(matched(ground, seed, CONSTRUCTION, effort, own, answer))
    return matches


def question(ground: Ground, *, seed: int, seconds: float | None) -> Parcel:
    """Return what spopt is asked."""
    arrays = ground.arrays()
    for name in ("x", "y"):
        arrays[name] = (arrays[name] - arrays[name].mean()) / arrays[name].std()
    return Parcel(arrays, {"minimum": MINIMUM, "seed": seed, "seconds": seconds})


def our_side(ground: Ground, effort: Effort, *, seed: int) -> Side:
    """Return what the engine reaches."""
    policy = bare_policy(households_min=MINIMUM, effort=effort)
    planned = plan(ground.sites(), ground.links(), policy, seed=seed)
    return side(planned.labels, ground, planned.seconds)


def side(labels: Labels, ground: Ground, seconds: float) -> Side:
    """Return a plan's figures, by the same code for both sides."""
    households = sums(labels, ground.households)
    return Side(
        zones=len(households),
        seconds=seconds,
        compactness=polsby_popper(labels, ground),
        largest=float(households.max()) / MINIMUM,
        faults=tuple(faults_of(labels, ground, minimum=MINIMUM)),
    )


def matched(
    ground: Ground, seed: int, peer: str, effort: Effort, own: Side, answer: Parcel
) -> Match:
    """Return and print a match."""
    labels = np.asarray(answer.arrays["labels"], dtype=np.int64)
    match = Match(
        ground=ground.name,
        n=len(ground),
        seed=seed,
        peer=peer,
        effort=effort,
        bound=most_zones(ground.households, MINIMUM),
        ours=own,
        theirs=side(labels, ground, answer.facts["seconds"]),
    )
    print_match(match)
    return match


def print_match(match: Match) -> None:
    """Print a row."""
    ours, theirs = match.ours, match.theirs
    TABLE.row(
        match.ground, match.n, match.seed, match.peer, str(match.effort), ours.zones,
        theirs.zones, match.bound, 100 * ours.zones / match.bound, ours.seconds, theirs.seconds,
        match.ratio,
        ours.compactness, theirs.compactness, ours.largest, theirs.largest,
    )  # fmt: skip
    for name, faults in (("ours", ours.faults), ("spopt", theirs.faults)):
        if faults:
            say(f"  wrong with the plan of {name}: {'; '.join(faults)}")


def medians(matches: list[Match]) -> None:
    """Print a row of medians for each ground, size and peer."""
    say("medians")
    for key in dict.fromkeys((m.ground, m.n, m.peer, m.effort) for m in matches):
        group = [m for m in matches if (m.ground, m.n, m.peer, m.effort) == key]
        middle = [
            median(values)
            for values in zip(
                *(
                    (
                        match.ours.zones, match.theirs.zones, match.bound,
                        100 * match.ours.zones / match.bound, match.ours.seconds,
                        match.theirs.seconds, match.ratio, match.ours.compactness,
                        match.theirs.compactness, match.ours.largest, match.theirs.largest,
                    )
                    for match in group
                ),
                strict=True,
            )
        ]  # fmt: skip
        TABLE.row(key[0], key[1], f"{len(group)}", key[2], str(key[3]), *middle)


def verdicts(matches: list[Match]) -> None:
    """Print what is reached of the figures that were set."""
    fewest = min(matches, key=lambda match: match.gain)
    verdict(
        "never fewer zones than the peer",
        f"worst {100 * fewest.gain:+.1f} % ({fewest.ground}, {fewest.n}, seed {fewest.seed})",
        is_reached=fewest.gain >= 0,
    )
    large = [match for match in matches if match.peer == CONSTRUCTION]
    gains = {n: mean(match.gain for match in large if match.n == n) for n in {m.n for m in large}}
    verdict(
        "at least 3 % more zones at 1,000 and 2,000, same seconds",
        ", ".join(f"{n:,}: {100 * gain:+.1f} %" for n, gain in sorted(gains.items())),
        is_reached=len(gains) == len(BY_CONSTRUCTION) and min(gains.values()) >= LEAST_GAIN,
    )
    ratios = [match.ratio for match in matches if match.peer == DEFAULTS]
    verdict(
        "at least 200 times faster than its defaults",
        f"median {median(ratios):.0f}, least {min(ratios):.0f}",
        is_reached=median(ratios) >= LEAST_RATIO,
    )
    verdict_on_shapes(matches)


def verdict_on_shapes(matches: list[Match]) -> None:
    """Print the rest: shapes, the share of the bound, and whether every plan is sound."""
    groups: dict[tuple[str, int], list[Match]] = {}
    for match in matches:
        groups.setdefault((match.ground, match.n), []).append(match)
    lost = max(
        median(m.theirs.compactness for m in group) - median(m.ours.compactness for m in group)
        for group in groups.values()
    )
    single = max(match.theirs.compactness - match.ours.compactness for match in matches)
    verdict(
        "mean Polsby-Popper no more than 0.02 below, in the median of each ground and size",
        f"worst {-lost:+.3f}; worst single plan {-single:+.3f}",
        is_reached=lost <= MOST_LOST,
    )
    shares = [match.ours.zones / match.bound for match in matches if match.n == 1_000]
    verdict(
        "at least 95 % of the bound at 1,000 units",
        f"median {100 * median(shares):.1f} %, least {100 * min(shares):.1f} %",
        is_reached=median(shares) >= LEAST_SHARE,
    )
    wrong = sum(bool(match.ours.faults) for match in matches)
    verdict("every plan of ours passes the check", f"{wrong} do not", is_reached=not wrong)


if __name__ == "__main__":
    main()
