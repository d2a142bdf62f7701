"""Table F: providers for the zones of a district, ours and HiGHS by scipy.

    python -W ignore -m tests.benchmarks.assignment [--full]

Sixty zones and forty providers. `slack` is what the providers can take in all over what the zones
hold: at 1.5 nearly every provider is full. Both are asked for the same: as much floor area as can
be, then the least cost. Both work on one core, HiGHS with its defaults and a limit of a minute for
each step.
"""

from dataclasses import dataclass, field
from typing import Any

from layers.assignment import NOBODY
from tests.benchmarks.peer_highs import solve
from tests.benchmarks.providers import District, district, ours, task_of, weighed
from tests.benchmarks.tables import Table, is_full, machine, say, timed, verdict

ZONES, PROVIDERS = 60, 40
MOST_SECONDS = 5.0
SAME = 0.05
"""Costs are counted in thousandths a zone: sixty of them round to less than this."""

TABLE = Table(
    f"F. {ZONES} zones, {PROVIDERS} providers",
    (
        "             rules", "slack", "seed", " served m²", "   cost", "  gap %", "seconds",
        "HiGHS m²  ", "   cost", "proven", "seconds",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """Weights and limits beyond the default policy's."""

    name: str
    slack: float
    values: dict[str, Any] = field(default_factory=dict)


ALL_WEIGHTS = {"cost_per_km_running": 1.0, "cost_when_full": 5.0}
EACH = (
    Rules("default", 10.0),
    Rules("default", 4.0),
    Rules("default", 3.0),
    Rules("default", 2.0),
    Rules("all weights", 4.0, ALL_WEIGHTS),
    Rules("share 10 %", 10.0, {"share_max": 0.1}),
    Rules("one an area", 10.0, {"per_area_max": 1}),
    Rules("two an area", 10.0, {"per_area_max": 2}),
)
HARD = (Rules("default", 1.5), Rules("default", 1.2))


@dataclass(frozen=True)
class Run:
    """Whether ours is proven and as good as the peer's, and how long it took."""

    is_proven: bool
    is_as_good: bool
    seconds: float


def main() -> None:
    """Print every case on both sides, then what is reached."""
    say(machine())
    ours(district(zones=4, providers=2, slack=1.0, seed=0), weighed())  # imports and warms up
    TABLE.begin()
    cases = (*EACH, *HARD) if is_full() else EACH
    runs = [run(rules, seed) for rules in cases for seed in (1, 2)]
    slowest = max(each.seconds for each in runs)
    proven = sum(each.is_proven for each in runs)
    goal = f"proven in under {MOST_SECONDS:g} s"
    done = sum(each.is_proven and each.seconds < MOST_SECONDS for each in runs)
    told = f"{done} of {len(runs)}; {proven} proven, slowest {slowest:.1f} s"
    verdict(goal, told, is_reached=done == len(runs))
    good = sum(each.is_as_good for each in runs)
    verdict("as good as HiGHS", f"{good} of {len(runs)}", is_reached=good == len(runs))


def run(rules: Rules, seed: int) -> Run:
    """Print one district on both sides."""
    place = district(zones=ZONES, providers=PROVIDERS, slack=rules.slack, seed=seed)
    policy = weighed(**rules.values)
    answer, seconds = timed(lambda: ours(place, policy))
    best, theirs = timed(lambda: solve(task_of(place, policy)))
    served = served_m2(place, answer)
    TABLE.row(
        *(rules.name, f"{rules.slack:g}", seed, round(served), round(answer.cost, 2)),
        *(round(answer.gap_percent, 2), round(seconds, 2)),
        *(round(best.served_m2), round(best.cost, 2), best.is_proven, round(theirs, 2)),
    )
    is_more = served > best.served_m2 + 1
    is_as_good = is_more or (served > best.served_m2 - 1 and answer.cost <= best.cost + SAME)
    return Run(answer.gap_percent == 0, is_as_good, seconds)


def served_m2(place: District, answer: Any) -> float:
    """Return the floor area of the zones that have a provider."""
    return float(place.sites.floor_area_m2[answer.provider_of != NOBODY].sum())


if __name__ == "__main__":
    main()
