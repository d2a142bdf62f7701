"""What belongs to a plan as a whole, shared out among its blocks: zones wanted, sites changed.

Blocks are searched one by one, because nothing that counts joins them but these two numbers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from layers.bundling.bounds import zones_within
from layers.bundling.ground import FLOOR, Ground
from layers.bundling.search import Found

_Choices = dict[int, tuple[tuple[int, ...], list[Found]]]
"""By the changes that they spend: what the zones of some blocks are worth, and those."""


def aimed_at(grounds: Sequence[Ground], target: int) -> list[Ground]:
    """Return the grounds with the number of zones that each should have, `target` in all.

    Each gets its part by floor area, within what its limits allow (largest remainder).
    """
    within = np.array([zones_within(g) for g in grounds])
    weights = np.array([float(g.sums[:, FLOOR].sum()) for g in grounds])
    counts = _by_weight(weights, within[:, 0], within[:, 1], target)
    return [
        g._replace(target=count, ideal=int(g.sums[:, FLOOR].sum()) // count, wants_many=False)
        for g, count in zip(grounds, counts, strict=True)
    ]


def _by_weight(
    weights: NDArray[np.float64],
    least: NDArray[np.int64],
    most: NDArray[np.int64],
    target: int,
) -> list[int]:
    """Return whole numbers between two ends that add up to the target, if they can."""
    parts = target * weights / max(1.0, weights.sum())
    counts: NDArray[np.float64] = np.clip(np.floor(parts), least, most)
    while counts.sum() != target:
        step = 1 if counts.sum() < target else -1
        can = np.flatnonzero(counts < most) if step > 0 else np.flatnonzero(counts > least)
        if not len(can):
            # The limits do not allow it; the largest block shows by how much.
            counts[weights.argmax()] += target - counts.sum()
            break
        # Who is farthest from its part gets the next one, or gives it back.
        counts[can[(step * (parts - counts)[can]).argmax()]] += step
    return [max(1, int(count)) for count in counts]


def allowances(g: Ground, most_changed: int | None) -> list[Ground]:
    """Return the ground with the numbers of changed sites to try: 0, 1, 2, 4, … or any number."""
    if most_changed is None or not len(g.present):
        return [g]
    most = min(most_changed, int(g.present_count.sum()))
    doubled = [2**power for power in range(most.bit_length()) if 2**power < most]
    return [g._replace(most_changed=allowed) for allowed in sorted({0, *doubled, most})]


def best_shares(tried: Sequence[Sequence[Found]], most_changed: int | None) -> list[Found]:
    """Return for each block one of the results tried: the best in all, within the changes allowed.

    Where even the fewest changes are too many, these are taken: rules leave no choice.
    """
    if most_changed is None:
        return [found for (found,) in tried]
    fewest = sum(min(found.changed for found in own) for own in tried)
    most = max(most_changed, fewest)
    best: _Choices = {0: ((), [])}
    for own in tried:
        best = _with_block(best, own, most)
    return min(best.values(), key=lambda choice: choice[0])[1]


def _with_block(best: _Choices, tried: Sequence[Found], most: int) -> _Choices:
    """Return the best choices by changes spent, with one more block."""
    grown: _Choices = {}
    for spent, (worth, chosen) in best.items():
        for found in tried:
            total = spent + found.changed
            sums = tuple(
                a + b for a, b in zip(worth or (0,) * len(found.worth), found.worth, strict=True)
            )
            if total <= most and (total not in grown or sums < grown[total][0]):
                grown[total] = sums, [*chosen, found]
    return grown
