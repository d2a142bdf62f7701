"""What differs between two plans: which site is in another zone than before.

Two proposals number their zones each for itself. So a zone is taken for the one of the other plan
with which it shares the most sites, and a site has moved only if it left its fellows.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

NOWHERE = ""
"""Zone of a site that the plan leaves out."""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A site that two plans place differently; None where a plan does not know it."""

    site: str
    before: str | None
    after: str | None


def counterparts(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Return which zone of `after` stands for which of `before`, each for one at most.

    Parameters
    ----------
    before, after
        Site → zone, `NOWHERE` for none.
    """
    shared = Counter(
        (zone, after[site])
        for site, zone in before.items()
        if zone != NOWHERE and after.get(site, NOWHERE) != NOWHERE
    )
    found: dict[str, str] = {}
    for (zone, other), _ in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0])):
        if zone not in found and other not in found.values():
            found[zone] = other
    return found


def moved_sites(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Moved, ...]:
    """Return the sites that are placed differently, in the order of their codes."""
    same = {NOWHERE: NOWHERE, **counterparts(before, after)}
    moved = []
    for site in sorted({*before, *after}):
        old, new = before.get(site), after.get(site)
        if old is None or new is None or same.get(old) != new:
            moved.append(Moved(site=site, before=old, after=new))
    return tuple(moved)
