"""The ledger of compounds, reconciled with what stands on them."""

from dataclasses import dataclass

import numpy as np
import shapely

from data.sample_city import names
from data.sample_city.addresses import Addresses
from data.sample_city.blocks import Ints
from data.sample_city.buildings import Buildings
from data.sample_city.draws import Flags, chance, deal, flags, known, spread
from data.sample_city.ground import Floats, Shapes
from data.sample_city.land_use import LandUse, is_old
from data.sample_city.plans import CityPlan

SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
FEES_OLD = (0.1, 0.2, 0.3, 0.5, 0.6, 1.5, 2.2)
FEES_NEW = (0.4, 0.5, 0.7, 1.3, 2.3, 3.5, 5.2)
"""Yuan per m² and month by quantile, as in Dalian's list."""
DWELLINGS_OLD = (42.0, 52.0, 60.0, 72.0, 88.0, 105.0, 140.0)
DWELLINGS_NEW = (62.0, 75.0, 90.0, 108.0, 130.0, 165.0, 240.0)
"""Gross floor area per household, m²."""

NOBODY, NEIGHBOURHOOD, UNKNOWN, FIRM = range(4)
MANAGERS_OLD = (0.385, 0.15, 0.12, 0.345)
MANAGERS_NEW = (0.04, 0.05, 0.04, 0.87)

OWNERS, MANAGEMENT = "业主委员会", "物业管理委员会"


@dataclass(frozen=True)
class Compounds:
    """n compounds with what is true of them, whether a ledger records it or not."""

    shapes: Shapes
    parcels: Ints
    codes: list[str]
    names: list[str]
    communities: Ints
    districts: Ints
    built: Ints
    is_old: Flags
    """On the list, or by year."""
    managers: Ints
    floor_area_m2: Floats
    dwelling_m2: Floats
    """Floor area of one household."""
    fees: Floats

    def __len__(self) -> int:
        """Return how many compounds there are."""
        return len(self.codes)


def found_compounds(
    plan: CityPlan,
    shapes: Shapes,
    uses: LandUse,
    buildings: Buildings,
    places: Addresses,
    rng: np.random.Generator,
) -> Compounds:
    """Return the compounds on their parcels."""
    held = uses.compounds
    built, count = uses.built[held], len(held)
    old = _listed(plan, built)
    floor = _floor_areas(plan, shapes, buildings, held)
    dwelling, fees = np.zeros(count), np.zeros(count)
    managers = np.zeros(count, dtype=np.int64)
    for side, sizes, prices, shares in (
        (old, DWELLINGS_OLD, FEES_OLD, MANAGERS_OLD),
        (~old, DWELLINGS_NEW, FEES_NEW, MANAGERS_NEW),
    ):
        many = int(side.sum())
        dwelling[side] = spread(rng, many, SHARES, sizes)
        fees[side] = np.round(spread(rng, many, SHARES, prices), 2)
        managers[side] = deal(rng, many, shares)
    called = _names(old, [places.parcels[i] for i in held], rng)
    return Compounds(
        shapes[held],
        held,
        [f"XQ{number:04d}" for number in range(1, count + 1)],
        called,
        places.communities[held],
        places.districts[held],
        built,
        old,
        _served(plan, managers, places.districts[held], old, rng),
        floor,
        dwelling,
        fees,
    )


def _listed(plan: CityPlan, built: Ints) -> Flags:
    """Return which are old: the plan's number of the oldest, else by year."""
    if plan.exact_old is None:
        return is_old(built)
    listed = np.zeros(len(built), dtype=bool)
    listed[np.argsort(built, kind="stable")[: plan.exact_old]] = True
    return listed


def _served(
    plan: CityPlan, managers: Ints, districts: Ints, old: Flags, rng: np.random.Generator
) -> Ints:
    """Return who manages; where a number is published, firms serve exactly so many."""
    if plan.exact_served is None:
        return managers
    weak = np.isin(districts, [i for i, d in enumerate(plan.districts) if d == plan.weak_district])
    # Nobody is left alone in the new compounds first, and not where one firm took the weak ones.
    liking = rng.random(len(managers)) + 0.8 * old - 2.0 * weak
    left = np.argsort(-liking)[: len(managers) - plan.exact_served]
    served = np.full(len(managers), FIRM)
    served[left] = np.where(chance(rng, 0.6, len(left)), NOBODY, NEIGHBOURHOOD)
    return served


def _names(old: Flags, addresses: list[str], rng: np.random.Generator) -> list[str]:
    """Return names: courtyards and works for the old, gardens for the new."""
    called = np.empty(len(old), dtype=object)
    called[old] = names.old_compound_names(
        rng, [a for a, o in zip(addresses, old, strict=True) if o]
    )
    called[~old] = names.new_compound_names(rng, int((~old).sum()))
    return names.distinct(called.tolist())


def compound_columns(
    plan: CityPlan, held: Compounds, households: Ints, counts: Ints, rng: np.random.Generator
) -> dict[str, list[object]]:
    """Return what the ledger records, with its gaps; the provider column is filled elsewhere."""
    gaps = plan.unknown_share
    is_exact = plan.exact_old is not None
    fees = known(rng, held.fees.tolist(), gaps)
    upper = np.where(chance(rng, 0.2, len(held)), np.round(held.fees * 1.4, 2), held.fees)
    has_fee = np.isin(held.managers, [NEIGHBOURHOOD, FIRM])
    low = [fee if has else None for fee, has in zip(fees, has_fee, strict=True)]
    high = [None if fee is None else top for fee, top in zip(low, upper.tolist(), strict=True)]
    return {
        "code": list(held.codes),
        "name": list(held.names),
        "built": known(rng, held.built.tolist(), gaps / 2),
        "households": known(rng, households.tolist(), gaps),
        "floor_area_m2": known(rng, np.round(held.floor_area_m2, -1).tolist(), 2 * gaps)
        if plan.exact_floor_area_m2 is None
        else held.floor_area_m2.tolist(),
        "buildings": known(rng, counts.tolist(), gaps / 2),
        "old_list": held.is_old.tolist() if is_exact else _old_list(held.is_old, rng),
        "fee_low": low,
        "fee_high": high,
        "committee": _committees(plan, held, rng),
        "renovation": _renovations(held.is_old, rng),
        **_conditions(held, rng),
    }


def _floor_areas(plan: CityPlan, shapes: Shapes, buildings: Buildings, parcels: Ints) -> Floats:
    """Return the floor area of the buildings, or a share by land of the published total."""
    if plan.exact_floor_area_m2 is None:
        floor: Floats = shapely.area(buildings.shapes) * buildings.storeys
        sums = np.bincount(buildings.parcel, weights=floor, minlength=len(shapes))
        return sums[parcels].astype(np.float64)
    land = shapely.area(shapes[parcels])
    shares: Floats = np.floor(land / land.sum() * plan.exact_floor_area_m2)
    shares[np.argmax(shares)] += plan.exact_floor_area_m2 - shares.sum()
    return shares


def _old_list(old: Flags, rng: np.random.Generator) -> list[object]:
    """Return whether each is on the list; some old ones are missing, some were never judged."""
    listed = old & chance(rng, 0.94, len(old))
    return known(rng, listed.tolist(), 0.08)


def _committees(plan: CityPlan, held: Compounds, rng: np.random.Generator) -> list[object]:
    if plan.exact_committees is not None:
        owners, _ = plan.exact_committees
        rank = np.argsort(np.argsort(rng.random(len(held)) + 0.5 * held.is_old))
        return [OWNERS if r < owners else MANAGEMENT for r in rank.tolist()]
    dice = rng.random(len(held))
    has_owners = dice < np.where(held.is_old, 0.16, 0.42)
    has_other = dice > np.where(held.is_old, 0.62, 0.72)
    words = np.where(has_owners, OWNERS, np.where(has_other, MANAGEMENT, "无"))
    return known(rng, words.tolist(), plan.unknown_share)


def _renovations(old: Flags, rng: np.random.Generator) -> list[object]:
    """Return year and state of what was renovated: of old compounds, nearly half."""
    done_until = 2024
    years = rng.integers(2019, 2027, len(old))
    later = np.where(chance(rng, 0.2, len(old)), "施工中", "列入计划")
    states = np.where(years <= done_until, "已完成", later)
    renovated = old & chance(rng, 0.45, len(old))
    return [
        f"{year}年{state}" if is_renovated else None
        for year, state, is_renovated in zip(years, states, renovated, strict=True)
    ]


def _conditions(held: Compounds, rng: np.random.Generator) -> dict[str, list[object]]:
    """Return the condition columns; what nobody looked at is unknown."""
    shares = {
        # key: share that is true among the old, among the new, share unknown
        "area_clear": (0.45, 0.96, 0.08),
        "premises": (0.15, 0.85, 0.1),
        "fund": (0.12, 0.9, 0.12),
        "facilities": (0.25, 0.88, 0.15),
        "can_self_govern": (0.3, 0.5, 0.3),
        "professional_ready": (0.14, 0.8, 0.15),
        "basic_ready": (0.6, 0.97, 0.12),
        "after_repair": (0.5, 0.7, 0.35),
    }
    columns = {
        key: flags(rng, np.where(held.is_old, old, new), gap)
        for key, (old, new, gap) in shares.items()
    }
    firm = {NOBODY: False, NEIGHBOURHOOD: False, UNKNOWN: None, FIRM: True}
    columns["has_firm"] = [firm[manager] for manager in held.managers.tolist()]
    return columns
