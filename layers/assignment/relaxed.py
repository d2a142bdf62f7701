"""What zones in parts would cost at least: a bound, and which pairs no better choice can have.

Were zones divisible, the best choice would be a linear programme. Its value is a bound on what
whole zones cost, and each pair's reduced cost tells how much dearer every choice with this pair is
at least. So a search among the pairs of small reduced cost alone is as good as one among all, as
long as what it finds costs no more than the bound and the reduced cost of the pairs left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from layers.assignment.limits import Limits
from layers.assignment.offers import Pair

Row = tuple[dict[int, float], float]
"""Weights by column, and what their sum may be at most."""


@dataclass(frozen=True)
class Relaxed:
    """The least that a choice costs, and what each pair costs beyond that."""

    bound: float
    more: Mapping[Pair, float]


def relaxed_costs(
    costs: Mapping[Pair, int], limits: Limits, *, served: int, is_all: bool
) -> Relaxed | None:
    """Return the bound of the choices that serve so much; None where none is found.

    Parameters
    ----------
    costs
        The pairs that may be.
    served
        The least sum of `Limits.gains`.
    is_all
        Whether every zone that somebody may serve shall have a provider.
    """
    pairs = list(costs)
    at = {pair: column for column, pair in enumerate(pairs)}
    whole = _zones(pairs)
    rows = [*_loads(pairs, limits), *_areas(pairs, at, limits)]
    columns = max([len(pairs) - 1, *(max(terms) for terms, _ in rows if terms)]) + 1
    if not is_all:
        rows += [(dict.fromkeys(held, 1.0), 1.0) for held in whole]
        rows.append(({at[pair]: -float(limits.gains[pair[0]]) for pair in pairs}, -float(served)))
    equal = [(dict.fromkeys(held, 1.0), 1.0) for held in whole] if is_all else []
    aims = np.zeros(columns)
    aims[: len(pairs)] = [costs[pair] for pair in pairs]
    found = linprog(
        aims,
        **_matrix("ub", rows, columns),
        **_matrix("eq", equal, columns),
        bounds=(0, 1),
        method="highs",
    )
    if not found.success:
        return None
    more = found.lower.marginals[: len(pairs)].tolist()
    return Relaxed(float(found.fun), dict(zip(pairs, more, strict=True)))


def _zones(pairs: Sequence[Pair]) -> list[list[int]]:
    """Return the columns of each zone."""
    held: dict[int, list[int]] = {}
    for column, (zone, _) in enumerate(pairs):
        held.setdefault(zone, []).append(column)
    return list(held.values())


def _loads(pairs: Sequence[Pair], limits: Limits) -> list[Row]:
    rows = []
    for load in limits.loads:
        held: dict[int, dict[int, float]] = {}
        for column, (zone, provider) in enumerate(pairs):
            held.setdefault(provider, {})[column] = float(load.takes(zone, provider))
        for provider, terms in held.items():
            if (most := load.most[provider]) is not None:
                rows.append((terms, float(max(0, most))))
    return rows


def _areas(pairs: Sequence[Pair], at: Mapping[Pair, int], limits: Limits) -> list[Row]:
    """Return the rows of providers per area; whether each is there is a column of its own."""
    rows: list[Row] = []
    columns = len(pairs)
    for area, zones in limits.areas().items():
        here: dict[int, int] = {}
        there = limits.fixed_in(area)
        for zone, provider in pairs:
            if zone in zones and provider not in there:
                if provider not in here:
                    here[provider] = columns
                    columns += 1
                rows.append(({at[zone, provider]: 1.0, here[provider]: -1.0}, 0.0))
        rows.append((dict.fromkeys(here.values(), 1.0), float(limits.room_in(area))))
    return rows


def _matrix(name: str, rows: Sequence[Row], columns: int) -> dict[str, object]:
    if not rows:
        return {}
    cells = [
        (row, column, weight)
        for row, (terms, _) in enumerate(rows)
        for column, weight in terms.items()
    ]
    at_row, at_column, weights = zip(*cells, strict=True)
    matrix = csr_array((weights, (at_row, at_column)), shape=(len(rows), columns))
    return {f"A_{name}": matrix, f"b_{name}": np.array([most for _, most in rows])}
