"""Rows of different lengths, one after the other in flat arrays."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]


def spans(begins: Positions, counts: Positions) -> Positions:
    """Return counts[i] numbers from begins[i] on for each i, one row after the other."""
    shift = begins - (np.cumsum(counts) - counts)
    numbers: Positions = np.arange(counts.sum(), dtype=np.int64) + np.repeat(shift, counts)
    return numbers


def products(one: Positions, other: Positions) -> tuple[Positions, Positions, Positions]:
    """Return (row, i, j) for all i < one[row] and j < other[row], one row after the other."""
    counts = one * other
    row = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    i, j = np.divmod(spans(np.zeros_like(counts), counts), other[row])
    return row, i, j


def batches(sizes: Positions, *, most: int) -> Iterator[slice]:
    """Yield runs of rows that come to about `most` in size, so that memory stays bounded."""
    batch = np.cumsum(sizes) // most
    edges = [0, *(np.flatnonzero(np.diff(batch)) + 1).tolist(), len(sizes)]
    for first, last in pairwise(edges):
        if first < last:
            yield slice(first, last)
