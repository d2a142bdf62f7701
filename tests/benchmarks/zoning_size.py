"""Table C: seconds, memory and quality by size, links included.

    python -m tests.benchmarks.zoning_size [--full]

Every size is planned quickly, which is what the figures are asked of; all but the largest
thoroughly too, which shows what the rest of the work buys.

Towns with streets: sites 10 m apart, linked by `neighbour_links` within the default reach, each
plan in a process of its own. With the rule of table A alone, and with the default policy: 30,000 to
100,000 m², money on, no zone across subdistricts (of about a hundred sites), or, in the unbounded
measurement, without that scope, so that the city is one problem.
"""

from dataclasses import dataclass

import numpy as np

from layers.policy import Effort, Policy
from tests.benchmarks.exchange import Parcel
from tests.benchmarks.graphs import Ground, as_arrays, town
from tests.benchmarks.peers import ask_ourselves
from tests.benchmarks.plans import NOBODY, most_zones, sums, torn
from tests.benchmarks.policies import RULES, carrying_m2
from tests.benchmarks.tables import Table, is_full, machine, say, verdict

SIZES, LARGEST = (250, 1_000, 10_000), 100_000
MOST_SECONDS = {250: 2.0, 1_000: 5.0, 10_000: 30.0, 100_000: 300.0}
MOST_MIB = 2_048.0
LEAST_SHARE, MOST_EXPONENT = 0.90, 1.2
PATIENCE_S = 300.0
"""How long the half-hour measurement waits for one plan."""
SEED = 1

TABLE = Table(
    "C. time, memory and quality by size, links included",
    (
        "  sites", "             rules", "  effort", "  links s", "  zones s", "  s in all",
        "worked s", "MiB before", "MiB peak", "  zones", "carrying", "  bound", "% of bound",
        "       gap in",        "  gap %", "torn",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """One plan of one town."""

    n: int
    rules: str
    effort: Effort
    seconds: float
    mib: float
    share: float
    """Zones that reach the minimum and carry themselves, over the bound."""
    is_torn: bool


def main() -> None:
    """Print a row for every size and policy, and what is reached."""
    say(machine())
    TABLE.begin()
    full = is_full()
    sizes = (*SIZES, LARGEST) if full else SIZES
    names = list(RULES) if full else ["minimum", "default"]
    found = []
    for n in sizes:
        ground = town(n, seed=SEED)
        efforts = (Effort.QUICK,) if n == LARGEST else tuple(Effort)
        patience_s = None if full else PATIENCE_S
        found += [
            measured(ground, rules, effort, patience_s) for effort in efforts for rules in names
        ]
    verdicts([each for each in found if each is not None and each.effort is Effort.QUICK])


def measured(
    ground: Ground, rules: str, effort: Effort, patience_s: float | None
) -> Measured | None:
    """Return and print one plan; None where it takes longer than anybody waits."""
    question = Parcel(as_arrays(ground), {"rules": rules, "effort": str(effort), "seed": SEED})
    answer = ask_ourselves("own_run", question, patience_s=patience_s)
    if answer is None:
        nothing = [None] * (len(TABLE.columns) - 4)
        TABLE.row(len(ground), rules, str(effort), f"> {patience_s:.0f} s", *nothing)
        return None
    facts, labels, policy = answer.facts, answer.arrays["labels"], RULES[rules]()
    values, least = weighed(ground, policy)
    reaching = int((sums(labels[labels != NOBODY], values[labels != NOBODY]) >= least).sum())
    bound = bound_of(ground, policy)
    seconds = facts["seconds_links"] + facts["seconds_zones"]
    apart = torn(labels, answer.arrays["a"], answer.arrays["b"])
    TABLE.row(
        len(ground), rules, str(effort), facts["seconds_links"], facts["seconds_zones"], seconds,
        facts["worked_s"], facts["mib_before"], facts["mib_peak"], int(labels.max()) + 1,
        reaching, bound, 100 * reaching / bound, facts["gap_objective"], facts["gap_percent"],
        apart,
    )  # fmt: skip
    return Measured(
        len(ground), rules, effort, seconds, facts["mib_peak"], reaching / bound, is_torn=apart > 0
    )


def weighed(ground: Ground, policy: Policy) -> tuple[np.ndarray, float]:
    """Return what the minimum is asked of, by site, and the least that a zone must have of it."""
    if policy.thresholds.households_min is not None:
        return ground.households, policy.thresholds.households_min
    return ground.floor_area_m2, carrying_m2(policy)


def bound_of(ground: Ground, policy: Policy) -> int:
    """Return floor(Σ min(vᵢ, T) / T), summed over the areas that no zone may leave."""
    values, least = weighed(ground, policy)
    scope = ground.sites().scope_codes(policy.bundling.scope)
    return sum(most_zones(values[scope == code], least) for code in np.unique(scope))


def verdicts(found: list[Measured]) -> None:
    """Print what is reached of the figures that were set."""
    for n in sorted(MOST_SECONDS):
        here = [each for each in found if each.n == n]
        slowest = max((each.seconds for each in here), default=None)
        measured_s = "not measured" if slowest is None else f"{slowest:.1f} s"
        is_fast = slowest is not None and slowest <= MOST_SECONDS[n]
        verdict(f"{n:,} sites within {MOST_SECONDS[n]:.0f} s", measured_s, is_reached=is_fast)
    if not found:
        return
    largest = max(found, key=lambda each: each.n)
    verdict(
        "no more than 2 GiB", f"{largest.mib:,.0f} MiB at {largest.n:,}",
        is_reached=largest.mib <= MOST_MIB and largest.n == LARGEST,
    )  # fmt: skip
    worst = min(found, key=lambda each: each.share)
    verdict(
        "at least 90 % of the bound",
        f"least {100 * worst.share:.1f} % ({worst.n:,}, {worst.rules})",
        is_reached=worst.share >= LEAST_SHARE,
    )
    wrong = sum(each.is_torn for each in found)
    verdict("every zone hangs together", f"{wrong} plans do not", is_reached=not wrong)
    verdict_on_growth(found)


def verdict_on_growth(found: list[Measured]) -> None:
    """Print the slope of seconds over sites, both as logarithms, for each policy."""
    for rules in dict.fromkeys(each.rules for each in found):
        group = [each for each in found if each.rules == rules]
        if len(group) > 1:
            sizes, seconds = np.log([[each.n, each.seconds] for each in group]).T
            slope = float(np.polyfit(sizes, seconds, 1)[0])
            worst = min(each.share for each in group)
            verdict(
                f"growth exponent at most {MOST_EXPONENT} at 90 % of the bound ({rules})",
                f"{slope:.2f} from {min(e.n for e in group):,} to {max(e.n for e in group):,},"
                f" at {100 * worst:.1f} %",
                is_reached=slope <= MOST_EXPONENT and worst >= LEAST_SHARE,
            )


if __name__ == "__main__":
    main()
