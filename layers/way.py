"""The way of a plan on the ground: 业主决定 → 签约 → 备案 → 进驻, who is late, and on what basis.

Owners decide by a double majority (民法典第二百七十八条): holders of two thirds of the floor area
and two thirds of the owners take part, and more than half of both among them are in favour. That
is law, whatever the policy; a decision on record that lacks it is a finding, not an error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.errors import gettext_noop
from geo.words import DecisionWay, Word

TAKING_PART = 2 / 3
IN_FAVOUR = 1 / 2
TOLERANCE = 1e-4
"""Shares are recorded in percent with two decimals: 66.67 % is two thirds."""


class Finding(Word):
    """What is wrong with the basis of a contract or a decision."""

    NO_BASIS = "no_basis", gettext_noop("缺依据")
    BELOW_MAJORITY = "below_majority", gettext_noop("未达法定比例")
    MERGED_UNDECIDED = "merged_undecided", gettext_noop("合并缺依据")
    SHARES_UNKNOWN = "shares_unknown", gettext_noop("表决比例不详")


@dataclass(frozen=True, kw_only=True)
class Vote:
    """How the owners of a management area decided; shares from 0 to 1, None = unknown."""

    way: str
    """A `DecisionWay`, "" = unknown."""
    area_share: float | None
    count_share: float | None
    area_in_favour: float | None
    """Of those taking part."""
    count_in_favour: float | None
    """Of those taking part."""


def finding_of(vote: Vote) -> Finding | None:
    """Return what is wrong with a decision; None where nothing is.

    A subdistrict that takes an area into trusteeship for a time (街道临时托管) asks for no vote.
    """
    if vote.way == DecisionWay.TEMPORARY:
        return None
    taking_part = (vote.area_share, vote.count_share)
    in_favour = (vote.area_in_favour, vote.count_in_favour)
    too_few = any(each is not None and each < TAKING_PART - TOLERANCE for each in taking_part)
    too_little = any(each is not None and each <= IN_FAVOUR for each in in_favour)
    if too_few or too_little:
        return Finding.BELOW_MAJORITY
    return Finding.SHARES_UNKNOWN if None in (*taking_part, *in_favour) else None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far each of n sites has come through s steps, and what changed since an earlier day."""

    taken: NDArray[np.bool_]
    """(n, s) on the day."""
    before: NDArray[np.bool_]
    """(n, s) on the earlier day."""
    late_days: NDArray[np.int64]
    """(n, s) days since each step was due; 0 = taken, or not due yet, or without due date."""

    @cached_property
    def state(self) -> NDArray[np.int64]:
        """(n,) the farthest step taken, counted from 1; 0 = none."""
        return _farthest(self.taken)

    @cached_property
    def state_before(self) -> NDArray[np.int64]:
        """(n,) the same on the earlier day."""
        return _farthest(self.before)

    @cached_property
    def new(self) -> NDArray[np.bool_]:
        """(n, s) steps taken since the earlier day."""
        new: NDArray[np.bool_] = self.taken & ~self.before
        return new

    @cached_property
    def lost(self) -> NDArray[np.bool_]:
        """(n, s) steps that hold no longer: a contract ended, a decision was withdrawn."""
        lost: NDArray[np.bool_] = self.before & ~self.taken
        return lost

    def in_state(self, chosen: NDArray[np.bool_]) -> list[int]:
        """Return how many of the chosen sites are in each state, 0 to s."""
        counts: list[int] = np.bincount(
            self.state[chosen], minlength=self.taken.shape[1] + 1
        ).tolist()
        return counts


def progress(
    taken: NDArray[np.bool_],
    before: NDArray[np.bool_],
    *,
    due: Sequence[date | None],
    on: date,
) -> Progress:
    """Return how far sites have come on a day, by the day on which each step is due."""
    days = np.array(due, dtype="datetime64[D]")
    over = (np.datetime64(on) - days).astype("timedelta64[D]")
    is_late = ~np.isnat(days) & (over > np.timedelta64(0, "D"))
    late = np.where(is_late, over.astype(np.int64), 0)
    return Progress(taken=taken, before=before, late_days=np.where(taken, 0, late))


def _farthest(taken: NDArray[np.bool_]) -> NDArray[np.int64]:
    farthest: NDArray[np.int64] = (taken * np.arange(1, taken.shape[1] + 1)).max(axis=1, initial=0)
    return farthest
