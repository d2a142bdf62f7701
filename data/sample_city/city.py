"""The whole sample city, table by table."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from data.sample_city.addresses import number_parcels
from data.sample_city.areas import area_rows, tile_areas
from data.sample_city.barriers import barrier_rows, crossing_rows
from data.sample_city.blocks import lay_blocks
from data.sample_city.buildings import raise_buildings
from data.sample_city.compounds import compound_columns, found_compounds
from data.sample_city.contracts import area_columns, contract_columns, record_service
from data.sample_city.corridors import lay_corridors
from data.sample_city.draws import chance
from data.sample_city.dwellings import building_columns, households, per_compound
from data.sample_city.ground import Shapes, lay_ground
from data.sample_city.land_use import assign_uses
from data.sample_city.names import MARK
from data.sample_city.parcels import split_blocks
from data.sample_city.plans import CityPlan, plan_named
from data.sample_city.providers import found_providers, provider_rows
from data.sample_city.registers import (
    ban_columns,
    base_columns,
    decision_columns,
    provider_column,
    role_columns,
)
from data.sample_city.streets import lay_streets


@dataclass(frozen=True)
class Table:
    """One kind of input: columns by key, None = unknown, and a geometry per row or none at all."""

    columns: Mapping[str, list[object]]
    geometries: Shapes | None = None

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(next(iter(self.columns.values())))


@dataclass(frozen=True)
class City:
    """Everything about an invented city; geometries in the metric CRS `srid` (EPSG)."""

    name: str
    srid: int
    tables: Mapping[str, Table]


def make_city(preset: str | CityPlan, *, seed: int = 1) -> City:
    """Return the city of a preset's name or of a plan; the same seed gives the same city."""
    plan = plan_named(preset) if isinstance(preset, str) else preset
    rng = np.random.default_rng(seed)
    ground = lay_ground(plan, rng)
    streets = lay_streets(ground, rng)
    corridors = lay_corridors(plan, ground, rng)
    cells = lay_blocks(streets, corridors)
    areas = tile_areas(plan, cells, corridors, ground, rng)
    parcels = split_blocks(cells, ground, rng)
    uses = assign_uses(plan, parcels, rng)
    buildings = raise_buildings(plan, parcels, uses, rng)
    places = number_parcels(parcels, cells, streets, areas, rng)
    held = found_compounds(plan, parcels.shapes, uses, buildings, places, rng)
    providers = found_providers(plan, held, rng)
    served = record_service(plan, held, rng)

    area = Table(*area_rows(areas, plan, rng))
    lived = households(buildings, uses, held)
    homes, counts = per_compound(plan, lived, buildings, held)
    compound = compound_columns(plan, held, homes, counts, rng)
    titles = [
        n
        for n, lv in zip(area.columns["name"], area.columns["level"], strict=True)
        if lv == "community"
    ]
    compound |= {
        "area": [titles[i] for i in held.communities.tolist()],
        "address": [f"{places.parcels[i]}（{MARK}）" for i in held.parcels.tolist()],
        "title_area": _title_areas(plan, held.districts, rng),
        "provider": provider_column(providers, served.by_contract),
    }
    legal = area_columns(held, served, rng)
    contracts = contract_columns(plan, held, served, providers, rng)
    tables = {
        "area": area,
        "compound": Table(compound, held.shapes),
        "building": Table(
            building_columns(plan, buildings, uses, held, places, rng), buildings.shapes
        ),
        "management_area": Table(*legal),
        "barrier": Table(*barrier_rows(corridors, streets, places.arterials)),
        "crossing": Table(*crossing_rows(corridors, streets)),
        "provider": Table(*provider_rows(plan, providers, held, ground, rng)),
        "contract": Table(contracts),
        "decision": Table(decision_columns(legal[0], contracts, rng)),
        "base": Table(base_columns(plan, held, legal[0])),
        "ban": Table(ban_columns(plan, providers, rng)),
        "role": Table(role_columns(plan, providers)),
    }
    return City("示例市", plan.srid, tables)


def _title_areas(
    plan: CityPlan, districts: np.ndarray[tuple[int], np.dtype[np.int64]], rng: np.random.Generator
) -> list[object]:
    """Return the district of the title holder where it is another than the compound's own."""
    is_other = chance(rng, 0.03, len(districts))
    count = len(plan.districts)
    return [
        plan.districts[(district + 1) % count] if other and count > 1 else None
        for district, other in zip(districts.tolist(), is_other, strict=True)
    ]
