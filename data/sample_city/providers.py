"""Providers of every kind, each marked as invented, with a base, a grade and districts served."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from .credit_code import credit_code
from .housing import Housing
from .names import MARK, STEMS, WORKS, firm_names
from .plan import CityPlan, Table
from .shapes import Floats, Indices, Shapes
from .town import Town

COMPOUNDS_PER_FIRM = 4.5
FIRM_KINDS = ("private", "state", "joint", "subdistrict")
FIRM_SHARES = (0.74, 0.12, 0.08, 0.06)
COMPANIES = ("state", "private", "joint", "subdistrict")
GRADES, GRADE_SHARES = ("A", "B", "C", "D", ""), (0.14, 0.36, 0.30, 0.08, 0.12)
HEADROOM = (1.05, 2.6)
"""What a firm could take on, as a multiple of what it has."""
SMALLEST_CAPACITY_M2 = 60_000.0
CAPACITY_UNKNOWN = 0.15
M2_PER_HOUSEHOLD = 100.0
SUBDISTRICTS_PER_CENTRE = 2
COMPOUNDS_PER_SELF_GOVERNED = 45
COMPOUNDS_PER_OWNER_UNIT = 110


@dataclass
class Providers:
    """The register of providers, filled kind by kind."""

    names: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    districts: list[tuple[int, ...]] = field(default_factory=list)
    """Indices of the districts that each one serves."""

    def add(self, name: str, kind: str, districts: tuple[int, ...]) -> int:
        """Enter one provider and return its number."""
        self.names.append(name)
        self.kinds.append(kind)
        self.districts.append(districts)
        return len(self.names) - 1

    def serving(self, district: int, kinds: tuple[str, ...]) -> Indices:
        """Return the numbers of those of some kinds that serve a district."""
        pairs = enumerate(zip(self.kinds, self.districts, strict=True))
        found = [i for i, (kind, served) in pairs if kind in kinds and district in served]
        return np.array(found, dtype=np.int64)


def register(town: Town, rng: np.random.Generator) -> Providers:
    """Found all providers: a state backstop in every district, then firms, then the others."""
    plan, areas = town.plan, town.areas
    providers = Providers()
    for district, name in enumerate(areas.district_names):
        providers.add(f"{name}城投物业服务有限公司{MARK}", "state", (district,))
        providers.add(f"{name}惠民物业服务站{MARK}", "non_profit", (district,))
        providers.add(f"{name}房屋管理所{MARK}", "other", (district,))
    if plan.weak_case is not None:
        place = areas.district_names.index(plan.weak_case.district)
        providers.add(plan.weak_case.firm, "joint", (place,))
    _add_firms(providers, plan, rng)
    for number in range(0, len(areas.subdistrict_names), SUBDISTRICTS_PER_CENTRE):
        name = f"{areas.subdistrict_names[number]}社区物业服务中心{MARK}"
        providers.add(name, "service_centre", (int(areas.district_of[number]),))
    _add_owners_bodies(providers, plan, rng)
    return providers


def _add_firms(providers: Providers, plan: CityPlan, rng: np.random.Generator) -> None:
    count = max(4, round(plan.compounds / COMPOUNDS_PER_FIRM))
    kinds = rng.choice(FIRM_KINDS, count, p=FIRM_SHARES).tolist()
    home = rng.integers(len(plan.districts), size=count)
    second = rng.integers(len(plan.districts), size=count)
    for name, kind, one, other in zip(firm_names(count, rng), kinds, home, second, strict=True):
        served = (int(one),) if kind == "subdistrict" else tuple(sorted({int(one), int(other)}))
        providers.add(name, kind, served)


def _add_owners_bodies(providers: Providers, plan: CityPlan, rng: np.random.Generator) -> None:
    everywhere = tuple(range(len(plan.districts)))
    units = max(1, plan.compounds // COMPOUNDS_PER_OWNER_UNIT)
    for number in range(units):
        turn = f"第{number // len(WORKS) + 1}" if number >= len(WORKS) else ""
        providers.add(f"{WORKS[number % len(WORKS)]}{turn}后勤处{MARK}", "owner_unit", everywhere)
    bodies = max(1, plan.compounds // COMPOUNDS_PER_SELF_GOVERNED)
    stems = rng.permutation(len(STEMS))
    for number in range(bodies):
        name = f"{STEMS[stems[number % len(STEMS)]]}院业主自管小组{number + 1}{MARK}"
        providers.add(name, "self_governing", everywhere)


def provider_table(
    providers: Providers, load_m2: Floats, town: Town, housing: Housing, rng: np.random.Generator
) -> Table:
    """Return the register as a table; `load_m2` is the floor area that each has now."""
    count = len(providers.names)
    capacity_m2 = np.round(
        np.maximum(load_m2 * rng.uniform(*HEADROOM, count), SMALLEST_CAPACITY_M2), -3
    )
    is_gap = (rng.random(count) < CAPACITY_UNKNOWN).tolist()
    grades = rng.choice(GRADES, count, p=GRADE_SHARES).tolist()
    is_company = [kind in COMPANIES for kind in providers.kinds]
    columns: dict[str, list[Any]] = {
        "name": providers.names,
        "kind": providers.kinds,
        "credit_code": [_code(i, kind) for i, kind in enumerate(providers.kinds)],
        "grade": [g if own else "" for g, own in zip(grades, is_company, strict=True)],
        "capacity_m2": [
            None if gap else m2 for m2, gap in zip(capacity_m2.tolist(), is_gap, strict=True)
        ],
        "capacity_households": [
            None if gap else int(m2 / M2_PER_HOUSEHOLD)
            for m2, gap in zip(capacity_m2.tolist(), is_gap, strict=True)
        ],
        "service_areas": [
            "、".join(town.areas.district_names[d] for d in served)
            for served in providers.districts
        ],
    }
    return Table(columns, _bases(providers, housing, rng))


def _code(number: int, kind: str) -> str:
    """Return a credit code; bodies of owners and units' own departments have none."""
    if kind in COMPANIES:
        return credit_code(number + 1, kind="firm")
    if kind in ("service_centre", "non_profit"):
        is_centre = kind == "service_centre"
        return credit_code(number + 1, kind="institution" if is_centre else "non_profit")
    return ""


def _bases(providers: Providers, housing: Housing, rng: np.random.Generator) -> Shapes:
    """Return each provider's base beside a compound of its first district."""
    bases: list[shapely.Point | None] = []
    for kind, served in zip(providers.kinds, providers.districts, strict=True):
        near = np.flatnonzero(housing.district == served[0])
        if kind == "self_governing" or not len(near):
            bases.append(None)
            continue
        spot = shapely.centroid(housing.shapes[near[rng.integers(len(near))]])
        bases.append(shapely.Point(np.round([spot.x, spot.y], 1)))
    return np.array(bases, dtype=object)
