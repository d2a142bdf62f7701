"""The ledger of compounds as a bureau holds it: with gaps and doubts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .housing import Housing
from .plan import CityPlan
from .shapes import Flags
from .town import Town

UNKNOWN = {"built": 0.05, "households": 0.12, "floor_area_m2": 0.22, "fee": 0.25, "old_list": 0.05}
"""Share of the compounds of which each value was never recorded."""
FLOOR_AREA_SPREAD = 0.05
DOUBTFUL_SHARE = 0.04
"""Share of recorded floor areas that cannot be right."""
LISTED_SHARE, RENOVATED_SHARE, ELSEWHERE_SHARE, RANGE_SHARE = 0.93, 0.45, 0.02, 0.15
FEE_QUANTILES = (0.0, 0.10, 0.25, 0.50, 0.75, 0.90, 1.0)
FEES = {"old": (0.1, 0.2, 0.3, 0.5, 0.6, 1.5, 2.2), "new": (0.3, 0.5, 0.7, 1.3, 2.3, 3.5, 5.0)}
"""Yuan per m² and month of 2,826 compounds of Dalian."""
COMMITTEES = ("业主委员会", "物业管理委员会", "无", "")
COMMITTEE_SHARES = {"old": (0.20, 0.26, 0.42, 0.12), "new": (0.46, 0.20, 0.24, 0.10)}
RENOVATIONS = ("2017年完成改造", "2019年完成改造", "2020年完成改造", "2020年列入改造计划")
CONDITIONS: dict[str, tuple[float, float]] = {
    "area_clear": (0.55, 0.97),
    "premises": (0.22, 0.92),
    "fund": (0.12, 0.90),
    "facilities": (0.25, 0.88),
    "can_self_govern": (0.30, 0.45),
    "professional_ready": (0.18, 0.88),
    "basic_ready": (0.60, 0.96),
    "after_repair": (0.62, 0.90),
}
"""How often each condition is met in old and in new compounds."""
CONDITION_UNKNOWN = 0.10


def compound_columns(
    town: Town, housing: Housing, has_firm: list[bool | None], rng: np.random.Generator
) -> dict[str, list[Any]]:
    """Return the ledger of compounds; unknown values are None, or "" for text."""
    count = len(housing.codes)
    fee_low, fee_high = _fees(housing, rng)
    return {
        "code": housing.codes,
        "name": housing.names,
        "area": [town.areas.community_names[i] for i in housing.community.tolist()],
        "address": housing.addresses,
        "built": with_gaps(housing.built, UNKNOWN["built"], rng),
        "households": with_gaps(housing.households, UNKNOWN["households"], rng),
        "floor_area_m2": _recorded_floor_area(housing, town.plan, rng),
        "buildings": housing.buildings.tolist(),
        "old_list": _old_list(housing, town.plan, rng),
        "title_area": _title_areas(town, housing, rng),
        "provider": [""] * count,
        "fee_low": fee_low,
        "fee_high": fee_high,
        "committee": _committees(housing.is_old, town.plan, rng),
        "renovation": _renovations(housing.is_old, rng),
        "has_firm": has_firm,
        **_conditions(housing.is_old, rng),
    }


def with_gaps(values: NDArray[Any], unknown: float, rng: np.random.Generator) -> list[Any]:
    """Return values as a list in which about this share is None."""
    is_gap = rng.random(len(values)) < unknown
    return _without(values, is_gap)


def _without(values: NDArray[Any], is_gap: Flags) -> list[Any]:
    return [None if gap else v for v, gap in zip(values.tolist(), is_gap.tolist(), strict=True)]


def _fees(housing: Housing, rng: np.random.Generator) -> tuple[list[Any], list[Any]]:
    rank = rng.random(len(housing.codes))
    by_era = {era: np.interp(rank, FEE_QUANTILES, fees) for era, fees in FEES.items()}
    low = np.round(np.where(housing.is_old, by_era["old"], by_era["new"]), 2)
    high = np.round(low * np.where(rng.random(len(low)) < RANGE_SHARE, 1.4, 1.0), 2)
    is_gap = rng.random(len(low)) < UNKNOWN["fee"]
    return _without(low, is_gap), _without(high, is_gap)


def _recorded_floor_area(
    housing: Housing, plan: CityPlan, rng: np.random.Generator
) -> list[float | None]:
    """Return floor area as written down: near the truth, seldom far from it, often missing."""
    count = len(housing.codes)
    spread = rng.lognormal(0.0, FLOOR_AREA_SPREAD, count)
    error = np.where(rng.random(count) < DOUBTFUL_SHARE, rng.uniform(0.4, 2.2, count), 1.0)
    recorded = np.round(housing.floor_area_m2 * spread * error)
    total = plan.published.floor_area_m2
    if total is None:
        return with_gaps(recorded, UNKNOWN["floor_area_m2"], rng)
    scaled = np.floor(recorded / recorded.sum() * total)
    scaled[np.argmax(scaled)] += total - scaled.sum()
    exact: list[float | None] = scaled.tolist()
    return exact


def _old_list(housing: Housing, plan: CityPlan, rng: np.random.Generator) -> list[bool | None]:
    count = len(housing.codes)
    if plan.published.old_compounds is None:
        is_listed = housing.is_old & (rng.random(count) < LISTED_SHARE)
        return with_gaps(is_listed, UNKNOWN["old_list"], rng)
    oldest = np.argsort(housing.built, kind="stable")[: plan.published.old_compounds]
    published: list[bool | None] = np.isin(np.arange(count), oldest).tolist()
    return published


def _title_areas(town: Town, housing: Housing, rng: np.random.Generator) -> list[str]:
    """Return the district that holds title; it differs from where a few compounds stand."""
    districts = town.areas.district_names
    is_elsewhere = rng.random(len(housing.codes)) < ELSEWHERE_SHARE
    title = rng.integers(len(districts), size=len(housing.codes))
    return [
        districts[d] if elsewhere else ""
        for d, elsewhere in zip(title.tolist(), is_elsewhere.tolist(), strict=True)
    ]


def _committees(is_old: Flags, plan: CityPlan, rng: np.random.Generator) -> list[str]:
    owners = plan.published.owners_committees
    managers = plan.published.property_management_committees
    if owners is None or managers is None:
        edges = np.array([np.cumsum(COMMITTEE_SHARES[era][:3]) for era in ("new", "old")])
        chosen = (rng.random(len(is_old))[:, None] >= edges[is_old.astype(int)]).sum(axis=1)
        return [COMMITTEES[i] for i in chosen.tolist()]
    given = np.repeat(COMMITTEES[:3], [owners, managers, len(is_old) - owners - managers])
    # New compounds elect owners' committees more often than old ones do.
    order = np.argsort(is_old + rng.random(len(is_old)), kind="stable")
    published: list[str] = given[np.argsort(order, kind="stable")].tolist()
    return published


def _renovations(is_old: Flags, rng: np.random.Generator) -> list[str]:
    is_renovated = is_old & (rng.random(len(is_old)) < RENOVATED_SHARE)
    which = rng.integers(len(RENOVATIONS), size=len(is_old))
    return [
        RENOVATIONS[i] if done else ""
        for i, done in zip(which.tolist(), is_renovated.tolist(), strict=True)
    ]


def _conditions(is_old: Flags, rng: np.random.Generator) -> dict[str, list[Any]]:
    columns = {}
    for key, (old, new) in CONDITIONS.items():
        is_met = rng.random(len(is_old)) < np.where(is_old, old, new)
        columns[key] = with_gaps(is_met, CONDITION_UNKNOWN, rng)
    return columns
