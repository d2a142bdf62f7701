"""Rows of different lengths, one after the other in flat arrays."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Self

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


@dataclass(frozen=True)
class Ragged:
    """Rows of numbers of different lengths."""

    begins: Positions
    """(n + 1,) where each row begins; the last one ends at `begins[n]`."""
    values: Positions

    def __len__(self) -> int:
        return len(self.begins) - 1

    @classmethod
    def of(cls, rows: Iterable[Sequence[int]]) -> Self:
        """Return rows that are given one by one."""
        known = list(rows)
        counts = np.fromiter(map(len, known), dtype=np.int64, count=len(known))
        values = np.fromiter(chain.from_iterable(known), dtype=np.int64, count=int(counts.sum()))
        return cls.counted(counts, values)

    @classmethod
    def counted(cls, counts: Positions, values: Positions) -> Self:
        """Return the values cut into rows of these lengths."""
        return cls(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), values)

    @cached_property
    def counts(self) -> Positions:
        """(n,) how long each row is."""
        return np.diff(self.begins)

    @cached_property
    def row(self) -> Positions:
        """The row of each value."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.counts)

    def take(self, rows: Positions) -> Self:
        """Return some of the rows, in the order asked for."""
        counts = self.counts[rows]
        return self.counted(counts, self.values[spans(self.begins[rows], counts)])

    def joined_by(self, values: Positions) -> Self:
        """Return each row with one value more at its end."""
        longer = np.insert(self.values, self.begins[1:], values)
        return self.counted(self.counts + 1, longer)

    def without(self, values: Positions) -> Self:
        """Return each row without its own one of these values (n,)."""
        is_kept = self.values != np.repeat(values, self.counts)
        kept = np.bincount(self.row[is_kept], minlength=len(self))
        return self.counted(kept, self.values[is_kept])
