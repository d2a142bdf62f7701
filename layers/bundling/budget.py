"""How much work a search may do, by the effort that a policy asks for: never seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from layers.policy import Effort

SMALL, LARGE = 64, 128
"""Blocks with more units than this seldom have few possible zones: a part of the list tells."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What one block may cost."""

    few_listed: int = 2_000
    """With at most this many possible zones the search is spared: the choice takes less time."""
    most_listed: int
    """Blocks with at most this many possible zones are solved with proof."""
    proof_effort: float
    """CP-SAT's deterministic time for each objective of a block; most blocks need 1 % of it."""
    most_left: int = 40_000
    """With more possible zones than this left, CP-SAT is not asked for a proof."""
    most_chosen: int
    """In blocks of at most so many units zones are chosen out of those that the search has seen."""
    pool: int = 10_000
    """Zones seen that are kept."""
    starts: int
    """Small blocks, and all where no zones are packed to begin with, are searched so many times."""
    drops_per_unit: int
    """Zones that are dropped into the ground, to begin with as many full ones as fit."""
    steps_per_unit: int
    least_steps: int
    """Merge-and-recut steps that look for fewer sites left out, less subsidy, and the count."""
    neater: float = 0.5
    """As many more, in proportion, look for neater zones of the same worth."""

    def listed(self, units: int) -> int:
        """Return the most possible zones of a block that are listed."""
        shares = {SMALL: 1.0, LARGE: 0.4}
        share = next((shares[most] for most in shares if units <= most), 0.1)
        return int(self.most_listed * share)

    def steps(self, units: int) -> int:
        """Return the steps of one search."""
        return max(self.least_steps, self.steps_per_unit * units)

    def neater_steps(self, units: int) -> int:
        """Return the steps that look for neater zones."""
        return int(self.neater * self.steps(units))


_THOROUGH = Budget(
    most_listed=100_000,
    proof_effort=1.0,
    most_chosen=64,
    starts=3,
    drops_per_unit=100,
    steps_per_unit=20,
    least_steps=3_000,
)
BUDGETS: Mapping[Effort, Budget] = {
    Effort.THOROUGH: _THOROUGH,
    Effort.PROOF: replace(_THOROUGH, most_listed=2_000_000, proof_effort=10.0, most_left=120_000),
    Effort.QUICK: Budget(
        most_listed=0,
        proof_effort=0.1,
        most_chosen=0,
        starts=1,
        drops_per_unit=15,
        steps_per_unit=2,
        least_steps=300,
    ),
}
"""A quick search proves small blocks too, and leaves the choice among zones seen to the others."""
