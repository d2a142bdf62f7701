"""Random draws that ledgers are made of: quantiles kept, gaps left, plain Python values."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from data.sample_city.ground import Floats

Flags = NDArray[np.bool_]


def chance(rng: np.random.Generator, share: float, size: int | tuple[int, int]) -> Flags:
    """Return for each, by chance, whether it is one of that share."""
    drawn: Flags = rng.random(size) < share
    return drawn


def happens(rng: np.random.Generator, share: float) -> bool:
    """Return by chance whether it is so this time."""
    return float(rng.random()) < share


def spread(
    rng: np.random.Generator, count: int, shares: Sequence[float], values: Sequence[float]
) -> Floats:
    """Return values in random order whose quantiles are those given."""
    rank = (rng.permutation(count) + 0.5) / max(count, 1)
    drawn: Floats = np.interp(rank, shares, values)
    return drawn


def deal(rng: np.random.Generator, count: int, shares: Sequence[float]) -> NDArray[np.int64]:
    """Return 0 … k-1 in random order, each as often as its share says."""
    rank = (rng.permutation(count) + 0.5) / max(count, 1)
    dealt: NDArray[np.int64] = np.minimum(
        np.searchsorted(np.cumsum(shares), rank, side="right"), len(shares) - 1
    )
    return dealt


def known(rng: np.random.Generator, values: Sequence[object], unknown_share: float) -> list[object]:
    """Return the values with that share of them unknown."""
    is_known = rng.random(len(values)) >= unknown_share
    return [value if keep else None for value, keep in zip(values, is_known, strict=True)]


def flags(rng: np.random.Generator, true_share: Floats, unknown_share: float) -> list[object]:
    """Return True, False or None for each, True as likely as its share."""
    is_true = rng.random(len(true_share)) < true_share
    return known(rng, is_true.tolist(), unknown_share)


def days_before(rng: np.random.Generator, day: date, least: int, most: int) -> date:
    """Return a day between `least` and `most` days before another."""
    return day - timedelta(days=int(rng.integers(least, most + 1)))
