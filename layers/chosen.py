"""A planner's own choice of a zone's provider (人工选定): who chose whom, when and why.

It stands in for the proposal, and is judged by the same rules. Where the rules refuse the provider,
the choice may stand only with a reason that is on record. Owners decide, not this row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from layers.sites import Sites


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One choice."""

    provider: str
    """Id of the provider."""
    by: str
    on: str
    """The day, as 2026-11-22."""
    reason: str = ""
    """Why, in the planner's words; "" where no rule asked for it."""

    def as_json(self) -> dict[str, str]:
        """Return the choice as it is stored and written."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any] | None) -> Self | None:
        """Return a stored choice; None where there was none."""
        return None if told is None else cls(**told)


@dataclass(frozen=True)
class Chosen:
    """A choice, and the sites of the zone that it was made for."""

    choice: Choice
    sites: frozenset[str]


def inherited_choices(
    zones: Mapping[str, Sequence[int]], chosen: Iterable[Chosen], sites: Sites
) -> dict[str, Choice]:
    """Return the choices that zones of a new plan take over from the plan that it is made from.

    A choice goes with most of its zone: to the new zone that holds more than half of the floor area
    that the old one had. Where two choices meet in one zone, that with more floor area in it stays.

    Parameters
    ----------
    zones
        Positions in `sites` of each new zone by its label.
    """
    # Each site counts at least a little, so that a zone of unknown sizes is not nowhere.
    weight = np.nan_to_num(sites.floor_area_m2) + 1.0
    ids = sites.ids.tolist()
    found: dict[str, tuple[float, Choice]] = {}
    for one in chosen:
        rows = [row for row, site in enumerate(ids) if site in one.sites]
        whole = float(weight[rows].sum())
        for label, members in zones.items():
            here = float(weight[sorted(set(rows) & set(members))].sum())
            if 2 * here > whole and here > found.get(label, (0.0, one.choice))[0]:
                found[label] = (here, one.choice)
    return {label: choice for label, (_, choice) in found.items()}
