"""The ledger of buildings: codes, names, uses, and the households that live there."""

import numpy as np
import shapely

from data.sample_city.addresses import Addresses
from data.sample_city.blocks import Ints
from data.sample_city.buildings import STOREY_M, Buildings
from data.sample_city.compounds import Compounds
from data.sample_city.contracts import Columns
from data.sample_city.draws import known
from data.sample_city.ground import Floats
from data.sample_city.land_use import COMPOUND, HOUSES, USE_WORDS, VILLAGE, LandUse
from data.sample_city.names import MARK
from data.sample_city.plans import CityPlan

SHOP_WORD = "商业"


def households(buildings: Buildings, uses: LandUse, held: Compounds) -> Ints:
    """Return the households of each building, whether recorded or not; shops have none."""
    dwelling = np.full(len(uses.use), 90.0)
    dwelling[held.parcels] = held.dwelling_m2
    floor: Floats = shapely.area(buildings.shapes) * buildings.storeys
    homes = np.isin(uses.use[buildings.parcel], [COMPOUND, HOUSES, VILLAGE]) & ~buildings.is_shop
    count = np.where(homes, np.maximum(np.rint(floor / dwelling[buildings.parcel]), 1), 0)
    return count.astype(np.int64)


def per_compound(
    plan: CityPlan, lived: Ints, buildings: Buildings, held: Compounds
) -> tuple[Ints, Ints]:
    """Return households and buildings of each compound."""
    size = int(max(buildings.parcel.max(), held.parcels.max())) + 1
    counts = np.bincount(buildings.parcel, minlength=size)[held.parcels]
    if plan.exact_floor_area_m2 is not None:
        # The published floor area is more than the published number of buildings can hold.
        return np.rint(held.floor_area_m2 / held.dwelling_m2).astype(np.int64), counts
    sums = np.bincount(buildings.parcel, weights=lived, minlength=size)[held.parcels]
    return np.rint(sums).astype(np.int64), counts


def building_columns(
    plan: CityPlan,
    buildings: Buildings,
    uses: LandUse,
    held: Compounds,
    places: Addresses,
    rng: np.random.Generator,
) -> Columns:
    """Return the columns of the building table."""
    compound = np.full(len(uses.use), -1)
    compound[held.parcels] = np.arange(len(held))
    owner = compound[buildings.parcel]
    number = _numbers(buildings.parcel)
    lived = households(buildings, uses, held)
    words = _words(buildings, uses)
    is_home = np.array([word == "住宅" for word in words])
    addresses = [places.parcels[i] for i in buildings.parcel.tolist()]
    gaps = plan.unknown_share
    built = np.clip(uses.built[buildings.parcel] + rng.integers(-1, 2, len(owner)), 1950, 2025)
    rows = zip(owner.tolist(), number.tolist(), addresses, words, strict=True)
    return {
        "code": [f"LD{i:06d}" for i in range(1, len(owner) + 1)],
        "name": [_name(*row) for row in rows],
        "compound": [None if i < 0 else held.codes[i] for i in owner.tolist()],
        "storeys": known(rng, buildings.storeys.astype(float).tolist(), gaps / 3),
        "height_m": known(rng, np.round(buildings.storeys * STOREY_M + 0.6, 1).tolist(), 0.6),
        "use": [
            w if k else None for w, k in zip(words, rng.random(len(words)) > gaps, strict=True)
        ],
        "households": [
            n if h else None
            for n, h in zip(known(rng, lived.tolist(), 2 * gaps), is_home, strict=True)
        ],
        "floor_area_m2": [None] * len(owner)
        if plan.exact_floor_area_m2 is not None
        else known(rng, np.round(shapely.area(buildings.shapes) * buildings.storeys).tolist(), 0.5),
        "built": known(rng, built.tolist(), 0.3),
        "address": [f"{address}（{MARK}）" for address in addresses],
    }


def _numbers(parcel: Ints) -> Ints:
    """Return 1, 2, 3 … within each parcel; the buildings of a parcel follow one another."""
    starts = np.r_[True, parcel[1:] != parcel[:-1]]
    first = np.maximum.accumulate(np.where(starts, np.arange(len(parcel)), 0))
    numbers: Ints = np.arange(len(parcel)) - first + 1
    return numbers


def _words(buildings: Buildings, uses: LandUse) -> list[str]:
    words = np.array(USE_WORDS)[uses.use[buildings.parcel]]
    words[buildings.is_shop] = SHOP_WORD
    words[words == ""] = "公园管理用房"
    return [str(word) for word in words]


def _name(owner: int, number: int, address: str, word: str) -> str:
    """Return 3号楼 in a compound, 建设路15号3号楼 outside, 建设路15号商场 for what is no home."""
    if owner >= 0:
        return f"{number}号楼" if word == "住宅" else f"{number}号商铺"
    ending = f"{number}号楼" if word == "住宅" else word
    return f"{address}{ending}"
