"""Yearly fees, income, cost, subsidy and margin (年收支差额) of sites that are run together.

A screening model in yuan, never a bill: fees collected + parking + concessions + subsidy − cost.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from layers.policy import Money
from layers.ragged import Ragged
from layers.sites import Sites

MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class Account:
    """What sites bring and cost in a year when one provider runs them as one zone.

    Sums are over what is known; where nothing at all is known they are NaN, never 0.
    """

    floor_area_m2: float
    households: float
    unknown_floor_area: int
    """Sites whose floor area is unknown: neither their fees nor their cost are counted."""
    unknown_households: int
    default_fees: int
    """Sites whose own fee is unknown, reckoned at the policy's fee."""
    fees: float
    """Fees collected, in yuan a year."""
    parking: float
    concessions: float
    subsidy: float
    cost: float

    @property
    def income(self) -> float:
        """Fees, parking and concessions, without subsidy, in yuan a year."""
        return self.fees + self.parking + self.concessions

    @property
    def margin(self) -> float:
        """Income and subsidy less cost, in yuan a year."""
        return self.income + self.subsidy - self.cost

    @property
    def subsidy_needed(self) -> float:
        """What is missing in yuan a year, beyond the policy's own subsidy; NaN = unknown."""
        return self.margin if math.isnan(self.margin) else max(0.0, -self.margin)


def known_sum(values: NDArray[np.float64]) -> float:
    """Return the sum of the known values; NaN where none of them is known."""
    known = values[~np.isnan(values)]
    return float(known.sum()) if len(known) or not len(values) else math.nan


def site_fees(sites: Sites, money: Money) -> NDArray[np.float64]:
    """Return the fees collected at each site in yuan a year; NaN where floor area is unknown."""
    return _fees(sites.floor_area_m2, sites.fee, money)


def _fees(
    floor_area_m2: NDArray[np.float64], fee: NDArray[np.float64], money: Money
) -> NDArray[np.float64]:
    known = np.where(np.isnan(fee), money.fee, fee)
    fees: NDArray[np.float64] = floor_area_m2 * known * MONTHS * money.collection
    return fees


def site_margins(sites: Sites, money: Money) -> NDArray[np.float64]:
    """Return what each site adds to the margin of its zone, in yuan a year; NaN = unknown."""
    margins: NDArray[np.float64] = site_fees(sites, money) - sites.floor_area_m2 * money.cost_per_m2
    return margins


def cost_of_a_zone(money: Money) -> float:
    """Return what a zone costs in a year before its first square metre, less its fixed income."""
    return money.cost_per_zone - money.parking - money.concessions - money.subsidy


@dataclass(frozen=True, kw_only=True)
class Takings:
    """What sets of sites bring, each array one value a set: sums over what is known, else NaN."""

    floor_area_m2: NDArray[np.float64]
    households: NDArray[np.float64]
    fees: NDArray[np.float64]
    """Fees collected, in yuan a year."""

    def subsidies_needed(self, money: Money) -> NDArray[np.float64]:
        """Return what each set lacks in yuan a year when it is run as one zone; NaN = unknown."""
        cost = cost_of_a_zone(money) + money.cost_per_m2 * self.floor_area_m2
        return np.maximum(0.0, cost - self.fees)

    def take(self, rows: NDArray[np.int64]) -> Self:
        """Return what some of the sets bring."""
        return replace(self, **{name: values[rows] for name, values in vars(self).items()})

    def plus(self, others: Self) -> Self:
        """Return what each set brings with that of the others in the same place."""
        pairs = {name: (own, vars(others)[name]) for name, own in vars(self).items()}
        return replace(self, **{name: _known_sum_of(*pair) for name, pair in pairs.items()})


def _known_sum_of(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.nan_to_num(one) + np.nan_to_num(other)
    sums[np.isnan(one) & np.isnan(other)] = np.nan
    return sums


def account_of(members: Sequence[int], sites: Sites, money: Money) -> Account:
    """Return the yearly account of the sites at positions `members`, run as one zone."""
    return accounts_of(Ragged.of([members]), sites, money)[0]


def accounts_of(zones: Ragged, sites: Sites, money: Money) -> list[Account]:
    """Return the yearly account of each set of sites, run as one zone."""
    takings, rows = takings_of(zones, sites, money), zones.values
    brought = (takings.floor_area_m2, takings.households, takings.fees)
    asked = (sites.floor_area_m2, sites.households, sites.fee)
    unknown = [_unknown(zones, values[rows]) for values in asked]
    return [
        Account(
            floor_area_m2=floor_area_m2,
            households=households,
            unknown_floor_area=unknown_floor_area,
            unknown_households=unknown_households,
            default_fees=default_fees,
            fees=fees,
            parking=money.parking,
            concessions=money.concessions,
            subsidy=money.subsidy,
            cost=money.cost_per_zone + money.cost_per_m2 * floor_area_m2,
        )
        for (floor_area_m2, households, fees), (
            unknown_floor_area,
            unknown_households,
            default_fees,
        ) in zip(_rows_of(brought), _rows_of(unknown), strict=True)
    ]


def _rows_of(columns: Sequence[NDArray[Any]]) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)


def takings_of(zones: Ragged, sites: Sites, money: Money) -> Takings:
    """Return what each set of sites brings."""
    rows = zones.values
    floor_area_m2 = sites.floor_area_m2[rows]
    return Takings(
        floor_area_m2=known_sums(zones, floor_area_m2),
        households=known_sums(zones, sites.households[rows]),
        fees=known_sums(zones, _fees(floor_area_m2, sites.fee[rows], money)),
    )


def known_sums(rows: Ragged, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what `known_sum` says of each row of values, which stand one row after the other."""
    # without rows bincount would count in whole numbers
    sums = np.bincount(rows.row, weights=np.nan_to_num(values), minlength=len(rows)).astype(float)
    sums[(_unknown(rows, values) == rows.counts) & (rows.counts > 0)] = np.nan
    return sums


def _unknown(rows: Ragged, values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.bincount(rows.row[np.isnan(values)], minlength=len(rows))


def floor_area_lacking_m2(account: Account, money: Money) -> float | None:
    """Return the floor area in m² that would close the gap, at the policy's fee.

    None where a square metre brings no more than it costs, so that no size is enough.
    """
    per_m2 = money.fee * MONTHS * money.collection - money.cost_per_m2
    return account.subsidy_needed / per_m2 if per_m2 > 0 else None
