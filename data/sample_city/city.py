"""Putting the sample city's tables together."""

from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from geo.errors import Fault, InputError, gettext_noop

from .areas import CITY_CODE, Areas
from .building_rows import building_columns
from .compound_rows import compound_columns
from .housing import Housing, settle
from .management import Management, manage
from .papers import paper_tables
from .plan import PRESETS, City, CityPlan, Table
from .providers import Providers, provider_table, register
from .shapes import Floats, Shapes
from .town import Town, build_town

CENTIMETRES = 2


def make_city(preset: str | CityPlan, *, seed: int = 1) -> City:
    """Return the sample city of a preset's name or of a plan; the same seed gives the same city."""
    plan = _plan(preset)
    rng = np.random.default_rng(seed)
    town = build_town(plan, rng)
    housing = settle(town, rng)
    providers = register(town, rng)
    management = manage(town, housing, providers, rng)
    compounds = compound_columns(town, housing, _has_firm(management), rng)
    tables = {
        "area": _area_table(plan, town.areas),
        "compound": Table(compounds, housing.shapes),
        "building": Table(building_columns(town, housing, rng), town.footprints.polygons),
        "barrier": _barrier_table(town),
        "crossing": _crossing_table(town),
        "provider": provider_table(
            providers, _loads(housing, providers, management), town, housing, rng
        ),
        **paper_tables(town, housing, providers, management, rng),
    }
    placed = {kind: _placed(table, plan.centre_m) for kind, table in tables.items()}
    return City(plan.name, plan.srid, placed)


def _plan(preset: str | CityPlan) -> CityPlan:
    if isinstance(preset, CityPlan):
        return preset
    if preset not in PRESETS:
        raise InputError(
            Fault(
                gettext_noop("没有名为“{preset}”的示例城市。"),
                {"preset": preset, "allowed": "、".join(PRESETS)},
                gettext_noop("请从下列名称中选择：{allowed}。"),
            )
        )
    return PRESETS[preset]


def _has_firm(management: Management) -> list[bool | None]:
    """Return the condition 有物业服务企业: None where nobody wrote down who manages."""
    return [None if way == "unknown" else way == "firm" for way in management.way.tolist()]


def _loads(housing: Housing, providers: Providers, management: Management) -> Floats:
    has_provider = management.provider >= 0
    load = np.bincount(
        management.provider[has_provider],
        weights=housing.floor_area_m2[has_provider],
        minlength=len(providers.names),
    )
    return load.astype(np.float64)


def _area_table(plan: CityPlan, areas: Areas) -> Table:
    """Return the managing tree from the city down to communities."""
    district_of = [areas.district_codes[i] for i in areas.district_of.tolist()]
    subdistrict_of = [areas.subdistrict_codes[i] for i in areas.subdistrict_of.tolist()]
    levels = (
        ("city", [plan.name], [CITY_CODE], [""]),
        (
            "district",
            areas.district_names,
            areas.district_codes,
            [CITY_CODE] * len(areas.district_codes),
        ),
        ("subdistrict", areas.subdistrict_names, areas.subdistrict_codes, district_of),
        ("community", areas.community_names, areas.community_codes, subdistrict_of),
    )
    columns: dict[str, list[Any]] = {
        "name": [name for _, names, _, _ in levels for name in names],
        "level": [level for level, names, _, _ in levels for _ in names],
        "parent": [parent for _, _, _, parents in levels for parent in parents],
        "code": [code for _, _, codes, _ in levels for code in codes],
    }
    columns["valid_from"] = [""] * len(columns["name"])
    city = np.array([shapely.coverage_union_all(areas.districts)])
    shapes = np.concatenate([city, areas.districts, areas.subdistricts, areas.communities])
    return Table(columns, shapes)


def _barrier_table(town: Town) -> Table:
    rows = town.barriers.barriers
    columns = {"kind": [row.kind for row in rows], "name": [row.text for row in rows]}
    return Table(columns, np.array([row.shape for row in rows]))


def _crossing_table(town: Town) -> Table:
    rows = town.barriers.crossings
    columns = {"kind": [row.kind for row in rows], "note": [row.text for row in rows]}
    return Table(columns, np.array([row.shape for row in rows]))


def _placed(table: Table, centre_m: tuple[float, float]) -> Table:
    """Move a table from the city's own origin to its place, to the centimetre."""
    if table.geometries is None:
        return table
    moved: Shapes = shapely.transform(
        table.geometries, lambda points: np.round(points + np.array(centre_m), CENTIMETRES)
    )
    return replace(table, geometries=moved)
