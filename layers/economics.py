"""Yearly fees, income, cost, subsidy and margin (年收支差额) of sites that are run together.

A screening model in yuan, never a bill: fees collected + parking + concessions + subsidy − cost.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.policy import Money
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
    fee = np.where(np.isnan(sites.fee), money.fee, sites.fee)
    fees: NDArray[np.float64] = sites.floor_area_m2 * fee * MONTHS * money.collection
    return fees


def site_margins(sites: Sites, money: Money) -> NDArray[np.float64]:
    """Return what each site adds to the margin of its zone, in yuan a year; NaN = unknown."""
    margins: NDArray[np.float64] = site_fees(sites, money) - sites.floor_area_m2 * money.cost_per_m2
    return margins


def cost_of_a_zone(money: Money) -> float:
    """Return what a zone costs in a year before its first square metre, less its fixed income."""
    return money.cost_per_zone - money.parking - money.concessions - money.subsidy


def account_of(members: Sequence[int], sites: Sites, money: Money) -> Account:
    """Return the yearly account of the sites at positions `members`, run as one zone."""
    rows = np.asarray(members, dtype=np.int64)
    floor_area_m2 = known_sum(sites.floor_area_m2[rows])
    return Account(
        floor_area_m2=floor_area_m2,
        households=known_sum(sites.households[rows]),
        unknown_floor_area=int(np.isnan(sites.floor_area_m2[rows]).sum()),
        unknown_households=int(np.isnan(sites.households[rows]).sum()),
        default_fees=int(np.isnan(sites.fee[rows]).sum()),
        fees=known_sum(site_fees(sites, money)[rows]),
        parking=money.parking,
        concessions=money.concessions,
        subsidy=money.subsidy,
        cost=money.cost_per_zone + money.cost_per_m2 * floor_area_m2,
    )


def floor_area_lacking_m2(account: Account, money: Money) -> float | None:
    """Return the floor area in m² that would close the gap, at the policy's fee.

    None where a square metre brings no more than it costs, so that no size is enough.
    """
    per_m2 = money.fee * MONTHS * money.collection - money.cost_per_m2
    return account.subsidy_needed / per_m2 if per_m2 > 0 else None
