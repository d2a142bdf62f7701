"""The ledger of buildings, inside compounds and scattered."""

from typing import Any

import numpy as np

from .compound_rows import with_gaps
from .housing import Housing
from .names import STEMS
from .schemes import STOREY_M
from .shapes import Floats, Indices, Texts, running_count
from .town import Town

UNKNOWN = {
    "compound": 0.04,
    "storeys": 0.03,
    "height_m": 0.45,
    "households": 0.25,
    "floor_area_m2": 0.35,
    "built": 0.40,
}
"""Share of the buildings of which each value was never recorded."""
PUBLIC_NAMES: dict[str, tuple[str, ...]] = {
    "school": ("小学", "中学", "实验学校", "职业学校"),
    "hospital": ("医院", "中医院"),
    "mall": ("商场", "百货商场", "购物商场"),
    "office": ("大厦", "写字楼", "酒店"),
    "works": ("机械厂厂房", "物流园仓库", "产业园厂房"),
}
FLOOR_AREA_SPREAD = 0.03


def building_columns(
    town: Town, housing: Housing, rng: np.random.Generator
) -> dict[str, list[Any]]:
    """Return the ledger of buildings; unknown values are None, or "" for text."""
    footprints = town.footprints
    inside = [housing.codes[i] if i >= 0 else "" for i in housing.building_compound.tolist()]
    compound = with_gaps(np.array(inside), UNKNOWN["compound"], rng)
    storeys = footprints.storeys.astype(float)
    return {
        "code": _codes(town, housing),
        "name": _names(town, housing, rng),
        "compound": [code or "" for code in compound],
        "storeys": with_gaps(storeys, UNKNOWN["storeys"], rng),
        "height_m": with_gaps(_heights(footprints.storeys, rng), UNKNOWN["height_m"], rng),
        "use": footprints.use.tolist(),
        "households": with_gaps(housing.building_households, UNKNOWN["households"], rng),
        "floor_area_m2": _floor_areas(town, housing, rng),
        "built": _years(town, rng),
        "address": _addresses(town),
    }


def _codes(town: Town, housing: Housing) -> list[str]:
    """Return the compound's code and a number; scattered buildings are numbered by district."""
    number = running_count(housing.building_compound).tolist()
    district = town.areas.district_of[town.areas.subdistrict_of[town.addresses.community]]
    codes = [town.areas.district_codes[d] for d in district[town.footprints.parcel].tolist()]
    compounds = housing.building_compound.tolist()
    return [
        f"{housing.codes[c]}-{n:03d}" if c >= 0 else f"{code}LS{n:06d}"
        for c, n, code in zip(compounds, number, codes, strict=True)
    ]


def _names(town: Town, housing: Housing, rng: np.random.Generator) -> list[str]:
    """Return 3号楼 inside a compound, an institution's name on its land, else street and number."""
    parcel = town.footprints.parcel
    number = running_count(parcel).tolist()
    owners = _public_names(town, rng)
    names = []
    for own, n, place, compound in zip(
        parcel.tolist(), number, owners[parcel].tolist(), housing.building_compound.tolist(),
        strict=True,
    ):  # fmt: skip
        if compound >= 0:
            names.append(f"{n}号楼")
        elif place:
            names.append(f"{place}{n}号楼")
        else:
            door = int(town.addresses.number[own])
            names.append(f"{town.addresses.street[own]}{door}-{n}号楼")
    return names


def _public_names(town: Town, rng: np.random.Generator) -> Texts:
    """Return the institution on each parcel; "" where there is none."""
    names = np.full(len(town.parcels.use), "", dtype="<U12")
    for use, kinds in PUBLIC_NAMES.items():
        own = np.flatnonzero(town.parcels.use == use)
        stem, kind = (
            rng.integers(len(STEMS), size=len(own)),
            rng.integers(len(kinds), size=len(own)),
        )
        names[own] = [
            STEMS[s] + kinds[k] for s, k in zip(stem.tolist(), kind.tolist(), strict=True)
        ]
    return names


def _heights(storeys: Indices, rng: np.random.Generator) -> Floats:
    heights: Floats = np.round(storeys * STOREY_M + rng.uniform(0.3, 1.8, len(storeys)), 1)
    return heights


def _floor_areas(town: Town, housing: Housing, rng: np.random.Generator) -> list[Any]:
    """Return recorded floor areas; none where only a published total for all is known."""
    floor_m2 = housing.building_floor_area_m2
    recorded = np.round(floor_m2 * rng.lognormal(0.0, FLOOR_AREA_SPREAD, len(floor_m2)), 1)
    is_total_only = town.plan.published.floor_area_m2 is not None
    return with_gaps(recorded, 1.0 if is_total_only else UNKNOWN["floor_area_m2"], rng)


def _years(town: Town, rng: np.random.Generator) -> list[Any]:
    """Return the compound's year; nobody knows the others'."""
    years = with_gaps(town.parcels.built[town.footprints.parcel], UNKNOWN["built"], rng)
    return [year or None for year in years]


def _addresses(town: Town) -> list[str]:
    district = town.areas.district_of[town.areas.subdistrict_of[town.addresses.community]]
    names = town.areas.district_names
    rows = zip(
        district.tolist(), town.addresses.street, town.addresses.number.tolist(), strict=True
    )
    by_parcel = [f"{town.plan.name}{names[d]}{street}{door}号" for d, street, door in rows]
    return [by_parcel[i] for i in town.footprints.parcel.tolist()]
