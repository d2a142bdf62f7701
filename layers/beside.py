"""How many districts are planned one beside the other: as many as cores and memory allow.

Pure: what the machine has is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from layers.policy_keys import Effort

NEEDED_BYTES: Mapping[Effort, int] = {
    Effort.QUICK: 700_000_000,
    Effort.THOROUGH: 1_000_000_000,
    Effort.PROOF: 1_400_000_000,
}
"""What a process takes at most by its effort: a proof holds the most zones to choose from."""
KEPT_BYTES = 500_000_000
"""Left for the database and for whoever waits for the processes."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """How many processes run at once, and how many cores each of them uses."""

    processes: int
    cores: int


def side_by_side(
    *, parts: int, effort: Effort, cores: int, free_bytes: int, most: int | None = None
) -> Beside:
    """Return how parts are shared out among processes; there is always one.

    Parameters
    ----------
    parts
        How many there are to do.
    effort
        Of the search, which says how much memory a process takes.
    cores
        How many the machine has for them.
    free_bytes
        Memory that may be taken.
    most
        No more processes than these; None = as many as there are cores.
    """
    held = (free_bytes - KEPT_BYTES) // NEEDED_BYTES[effort]
    processes = max(1, min(parts, most or cores, held))
    return Beside(processes=processes, cores=max(1, cores // processes))
