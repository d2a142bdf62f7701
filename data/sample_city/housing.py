"""Who lives where: compounds with households and floor area, before anybody writes it down."""

from dataclasses import dataclass

import numpy as np
import shapely

from .footprints import Footprints
from .names import compound_names
from .parcels import OLD_UNTIL
from .shapes import Flags, Floats, Indices, Shapes
from .town import Town

PER_HOUSEHOLD_M2 = {"old": 76.0, "new": 108.0}
"""Usual gross floor area of a flat."""
PER_HOUSEHOLD_SPREAD = 0.42
HOUSING_SHARE_OF_MIXED = 0.6
"""Share of a street building's floor area that is flats."""


@dataclass(frozen=True, kw_only=True)
class Housing:
    """n compounds, and where each building belongs."""

    shapes: Shapes
    codes: list[str]
    names: list[str]
    addresses: list[str]
    built: Indices
    is_old: Flags
    community: Indices
    district: Indices
    floor_area_m2: Floats
    households: Indices
    buildings: Indices
    building_compound: Indices
    """(buildings,) index of the compound; -1 for none."""
    building_floor_area_m2: Floats
    building_households: Indices


def settle(town: Town, rng: np.random.Generator) -> Housing:
    """Draw households: they follow footprints, storeys and the flats of the time."""
    parcels, footprints, areas = town.parcels, town.footprints, town.areas
    chosen = np.flatnonzero(parcels.use == "compound")
    is_old = parcels.built <= OLD_UNTIL
    floor_m2 = shapely.area(footprints.polygons) * footprints.storeys
    flats = _flats(footprints, floor_m2, is_old, rng)
    compound_of = np.full(len(parcels.use), -1)
    compound_of[chosen] = np.arange(len(chosen))
    community = town.addresses.community[chosen]
    district = areas.district_of[areas.subdistrict_of[community]]
    codes = [f"{areas.district_codes[d]}XQ{i:05d}" for i, d in enumerate(district.tolist(), 1)]
    names, addresses = _names_and_addresses(town, chosen, district, rng)
    floors, households, buildings = _totals(footprints.parcel, chosen, floor_m2, flats)
    return Housing(
        shapes=parcels.polygons[chosen],
        codes=codes,
        names=names,
        addresses=addresses,
        built=parcels.built[chosen],
        is_old=is_old[chosen],
        community=community,
        district=district,
        floor_area_m2=floors,
        households=households.astype(np.int64),
        buildings=buildings.astype(np.int64),
        building_compound=compound_of[footprints.parcel],
        building_floor_area_m2=floor_m2,
        building_households=flats.astype(np.int64),
    )


def _totals(
    parcel: Indices, chosen: Indices, floor_m2: Floats, flats: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return floor area, flats and buildings of the chosen parcels."""
    count = int(chosen.max()) + 1
    is_within = parcel < count
    floors, households, buildings = (
        np.bincount(parcel[is_within], weights=value[is_within], minlength=count)[chosen]
        for value in (floor_m2, flats, np.ones(len(flats)))
    )
    return floors.astype(np.float64), households.astype(np.float64), buildings.astype(np.float64)


def _flats(
    footprints: Footprints,
    floor_m2: Floats,
    is_old: Flags,
    rng: np.random.Generator,
) -> Floats:
    """Return the number of flats in every building; 0 where nobody lives."""
    usual_m2 = np.where(is_old, PER_HOUSEHOLD_M2["old"], PER_HOUSEHOLD_M2["new"])
    usual_m2 *= rng.lognormal(0.0, PER_HOUSEHOLD_SPREAD, len(usual_m2))
    share = np.select(
        [footprints.use == "住宅", footprints.use == "商住"], [1.0, HOUSING_SHARE_OF_MIXED], 0.0
    )
    flats: Floats = np.ceil(share * floor_m2 / usual_m2[footprints.parcel])
    return flats


def _names_and_addresses(
    town: Town, chosen: Indices, district: Indices, rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    street = [town.addresses.street[i] for i in chosen.tolist()]
    number = town.addresses.number[chosen]
    names = compound_names(town.parcels.built[chosen], street, number, rng)
    where = [town.plan.name + town.areas.district_names[d] for d in district.tolist()]
    rows = zip(where, street, number.tolist(), strict=True)
    return names, [f"{place}{road}{door}号" for place, road, door in rows]
