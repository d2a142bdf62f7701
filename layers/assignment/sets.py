"""Sets of zones that one provider can take on: the best, and all that are nearly as good.

Both are found by one walk through a tree, zone by zone with it or without it, which turns back
where even zones in parts could not bring enough (Martello and Toth, Knapsack Problems, 1990).
"""

import numpy as np
from numpy.typing import NDArray

from layers.bundling.compiled import compiled

Amounts = NDArray[np.float64]

MOST_LOOKS = 3_000_000
"""Turns of one walk before it is given up."""


@compiled
def _most(at: int, values: Amounts, weights: Amounts, left: float) -> float:
    """Return a bound on what the zones from a position on could still bring."""
    most = 0.0
    for k in range(at, len(values)):
        if values[k] <= 0:
            break
        if weights[k] > left:
            return most + float(values[k]) * left / float(weights[k])
        most += values[k]
        left -= weights[k]
    return most


@compiled
def _last_taken(is_taken: NDArray[np.bool_], at: int) -> int:
    """Return the last position before this one that is taken; -1 = none."""
    last = at - 1
    while last >= 0 and not is_taken[last]:
        last -= 1
    return last


@compiled
def walk(
    values: Amounts, takes: Amounts, room: Amounts, least: float, most_sets: int, looks: int
) -> tuple[NDArray[np.bool_], int]:
    """Return the sets that are worth at least so much; with place for one, the best alone.

    Parameters
    ----------
    values
        What each zone brings (n,), the most for what it takes first; those that cost last.
    takes
        What each zone takes of each thing (loads, n).
    room
        How much of each there is (loads,).
    least
        What a set must be worth. With place for one set alone, it rises with every set found.
    most_sets
        How many sets there is place for.
    looks
        Turns before the walk is given up.

    Returns
    -------
    Which zones each set holds (most_sets, n), and how many sets there are; -1 = too many, or given
    up.
    """
    n, loads = len(values), len(room)
    weights = np.zeros(n)
    for load in range(loads):
        weights += takes[load] / max(room[load], 1.0)
    found, count = np.zeros((most_sets, n), np.bool_), 0
    is_taken, left, light = np.zeros(n, np.bool_), room.copy(), float(loads)
    value, at = 0.0, 0
    for _ in range(looks):
        if at < n and value + _most(at, values, weights, light) >= least:
            fits = True
            for load in range(loads):
                fits = fits and takes[load, at] <= left[load]
            if fits:
                is_taken[at] = True
                value += values[at]
                left -= takes[:, at]
                light -= weights[at]
            at += 1
            continue
        if at == n and value >= least:
            if most_sets == 1:
                count, least = 0, value + 1e-6
            elif count == most_sets:
                return found, -1
            found[count] = is_taken
            count += 1
        at = _last_taken(is_taken, at)
        if at < 0:
            return found, count
        is_taken[at] = False
        value -= values[at]
        left += takes[:, at]
        light += weights[at]
        at += 1
    return found, -1


def sets_worth(
    values: Amounts,
    takes: Amounts,
    room: Amounts,
    *,
    least: float,
    most: int,
) -> list[NDArray[np.int64]] | None:
    """Return the zones of every set worth at least so much, as positions; None = too many.

    With `most` = 1 the best set alone is returned, and nothing where none is worth that much.

    Parameters
    ----------
    values
        What each zone brings (n,).
    takes
        What each zone takes of each thing (loads, n).
    room
        How much of each there is (loads,).
    """
    weights = (takes / np.maximum(room, 1.0)[:, None]).sum(axis=0)
    order = np.argsort(-values / np.maximum(weights, 1e-12), kind="stable")
    sorted_takes = np.ascontiguousarray(takes[:, order])
    found, count = walk(values[order], sorted_takes, room, least, most, MOST_LOOKS)
    return None if count < 0 else [np.sort(order[row]) for row in found[:count]]


def warm_up() -> None:
    """Compile the walk before anybody waits for it."""
    sets_worth(np.ones(1), np.ones((1, 1)), np.ones(1), least=1.0, most=1)
