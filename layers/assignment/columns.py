"""What serving all zones costs at least, by sets of zones of which each provider takes one or none.

Zones in parts (`relaxed`) are a weak bound where capacities are tight: half a zone fits nearly
everywhere. Whole sets are a strong one. They are far too many to list, so those that would lower
the cost are looked for one by one, by the prices that the ones known put on each zone (Savelsbergh,
A branch-and-price algorithm for the generalized assignment problem, Operations Research 45, 1997).
A choice that costs no more than the bound and a gap has only sets within that gap of the best of
their provider: once these are listed, the best choice among them is the best of all (Baldacci,
Christofides and Mingozzi, Mathematical Programming 115, 2008).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from layers.assignment.limits import Limits
from layers.assignment.offers import Pair
from layers.assignment.sets import sets_worth

ROUNDS = 300
"""Most rounds of prices; the bound is one after each of them."""
MOST_SETS = 4_000
"""Sets of one provider that are listed."""
SMOOTHING = 0.5
"""Share of the best prices so far in those that sets are looked for by: they jump less."""
TOLERANCE = 1e-6
WHOLE = 0.5
"""Costs are whole numbers: a bound that is so close needs no better one."""

Taken = tuple[int, tuple[int, ...]]
"""A provider and the zones that it takes."""
_Column = tuple[int, tuple[int, ...]]
"""The same by position: of the hand, and in its zones."""


@dataclass(frozen=True)
class _Hand:
    """What one provider could take."""

    provider: int
    zones: NDArray[np.int64]
    rows: NDArray[np.int64]
    """Positions of its zones among those that are to be served."""
    costs: NDArray[np.float64]
    takes: NDArray[np.float64]
    room: NDArray[np.float64]

    def worths(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each zone brings at these prices."""
        worths: NDArray[np.float64] = prices[self.rows] - self.costs
        return worths

    def best(self, prices: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """Return the positions of the zones that bring most together; none = nothing pays."""
        values = self.worths(prices)
        paying = np.flatnonzero(values > 0)
        sets = sets_worth(values[paying], self.takes[:, paying], self.room, least=TOLERANCE, most=1)
        if sets is None:
            return None
        return paying[sets[0]] if sets else paying[:0]


@dataclass(frozen=True)
class Priced:
    """A bound on the cost of serving all zones, and the prices of the zones that prove it."""

    bound: float
    prices: NDArray[np.float64]
    hands: tuple[_Hand, ...]
    best: tuple[float, ...]
    """What the best set of each provider brings."""
    sets: tuple[_Column, ...]
    """The best sets of those for whom one pays."""

    def within(self, gap: float) -> dict[Taken, int] | None:
        """Return the cost of every set that a choice up to the bound and the gap may have.

        None where they are too many.
        """
        costs: dict[Taken, int] = {}
        for hand, best in zip(self.hands, self.best, strict=True):
            values = hand.worths(self.prices)
            # A set with a zone that costs more than the gap is worse than without it by more.
            near = np.flatnonzero(values >= -gap - TOLERANCE)
            sets = sets_worth(
                values[near],
                hand.takes[:, near],
                hand.room,
                least=best - gap - TOLERANCE,
                most=MOST_SETS,
            )
            if sets is None:
                return None
            for each in sets:
                if len(each):
                    zones = tuple(hand.zones[near[each]].tolist())
                    costs[hand.provider, zones] = round(float(hand.costs[near[each]].sum()))
        return costs


def priced_sets(costs: Mapping[Pair, int], limits: Limits, known: Iterable[Pair]) -> Priced | None:
    """Return the bound of serving all zones by sets; None where a provider has too many.

    Parameters
    ----------
    costs
        The pairs that may be.
    known
        A choice that serves every zone, from which the first prices come.
    """
    hands = _hands(costs, limits)
    columns = _columns(hands, known)
    best = _priced(hands, _prices(hands, columns)[1])
    for _ in range(ROUNDS):
        least, prices = _prices(hands, columns)
        known_sets = len(columns)
        if best is None or best.bound > least - WHOLE:
            break
        # Where smoothed prices show no set that is new, the true ones may.
        for tried in ((1 - SMOOTHING) * prices + SMOOTHING * best.prices, prices):
            priced = _priced(hands, tried)
            if priced is None:
                return None
            best = max(best, priced, key=lambda each: each.bound)
            columns.update(dict.fromkeys(priced.sets))
            if len(columns) > known_sets:
                break
        if len(columns) == known_sets:
            break
    return best


def _columns(hands: tuple[_Hand, ...], known: Iterable[Pair]) -> dict[_Column, None]:
    """Return the sets of a choice, in order."""
    taken: dict[int, list[int]] = {}
    for zone, provider in known:
        taken.setdefault(provider, []).append(zone)
    return {
        (number, tuple(np.flatnonzero(np.isin(hand.zones, taken[hand.provider])).tolist())): None
        for number, hand in enumerate(hands)
        if hand.provider in taken
    }


def _hands(costs: Mapping[Pair, int], limits: Limits) -> tuple[_Hand, ...]:
    rows = {zone: row for row, zone in enumerate(sorted({zone for zone, _ in costs}))}
    held: dict[int, list[int]] = {}
    for zone, provider in sorted(costs):
        held.setdefault(provider, []).append(zone)
    return tuple(
        _hand(provider, zones, rows, costs, limits) for provider, zones in sorted(held.items())
    )


def _hand(
    provider: int,
    zones: list[int],
    rows: Mapping[int, int],
    costs: Mapping[Pair, int],
    limits: Limits,
) -> _Hand:
    binding = [(load, most) for load in limits.loads if (most := load.most[provider]) is not None]
    takes = [[load.takes(zone, provider) for zone in zones] for load, _ in binding]
    return _Hand(
        provider=provider,
        zones=np.array(zones, dtype=np.int64),
        rows=np.array([rows[zone] for zone in zones], dtype=np.int64),
        costs=np.array([costs[zone, provider] for zone in zones], dtype=np.float64),
        takes=np.array(takes, dtype=np.float64).reshape(len(binding), len(zones)),
        room=np.array([max(0, most) for _, most in binding], dtype=np.float64),
    )


def _prices(
    hands: tuple[_Hand, ...], columns: Collection[_Column]
) -> tuple[float, NDArray[np.float64]]:
    """Return what the sets known cost in parts at least, and the price of each zone by that."""
    count = 1 + max(int(hand.rows.max()) for hand in hands)
    sets = [np.array(at, dtype=np.int64) for _, at in columns]
    aims = [hands[number].costs[at].sum() for (number, _), at in zip(columns, sets, strict=True)]
    rows = [hands[number].rows[at] for (number, _), at in zip(columns, sets, strict=True)]
    number_of = np.arange(len(columns))
    at_column = np.repeat(number_of, [len(each) for each in rows])
    shape = (count, len(columns))
    served = csr_array((np.ones(len(at_column)), (np.concatenate(rows), at_column)), shape=shape)
    of_hand = np.array([number for number, _ in columns])
    one_each = csr_array(
        (np.ones(len(columns)), (of_hand, number_of)), shape=(len(hands), len(columns))
    )
    found = linprog(
        aims,
        A_eq=served,
        b_eq=np.ones(count),
        A_ub=one_each,
        b_ub=np.ones(len(hands)),
        method="highs",
    )
    return float(found.fun), np.asarray(found.eqlin.marginals, dtype=np.float64)


def _priced(hands: tuple[_Hand, ...], prices: NDArray[np.float64]) -> Priced | None:
    """Return the bound at these prices, and the best set of each provider."""
    worths, sets = [], []
    for number, hand in enumerate(hands):
        best = hand.best(prices)
        if best is None:
            return None
        worths.append(float(hand.worths(prices)[best].sum()))
        if len(best):
            sets.append((number, tuple(best.tolist())))
    bound = float(prices.sum()) - sum(worths)
    return Priced(bound, prices, hands, tuple(worths), tuple(sets))
