"""Providers: companies of every kind, service centres, owner units and self-governing bodies."""

from dataclasses import dataclass

import numpy as np
import shapely

from data.sample_city import names
from data.sample_city.blocks import Ints
from data.sample_city.compounds import FIRM, NEIGHBOURHOOD, Compounds
from data.sample_city.credit_codes import credit_code
from data.sample_city.draws import deal, happens
from data.sample_city.ground import Ground, Shapes
from data.sample_city.plans import CityPlan

FIRM_KINDS = ("private", "state", "subdistrict", "joint")
_FIRM_SHARES = (0.74, 0.12, 0.08, 0.06)
_OTHERS = {
    "service_centre": "{place}社区物业服务中心（示例）",
    "non_profit": "{place}公益物业服务社（示例）",
    "owner_unit": "{place}机械厂后勤处（示例）",
    "self_governing": "{place}业主自治管理小组（示例）",
    "other": "{place}房管所（示例）",
}


@dataclass(frozen=True)
class Providers:
    """First the companies, then the others; `serves` says who manages each compound."""

    names: list[str]
    kinds: list[str]
    serves: Ints
    """Per compound, the number of its provider; -1 = none or unknown."""
    backstops: Ints
    """Per district, the company that steps in."""

    def count(self) -> int:
        """Return how many providers there are."""
        return len(self.names)


def found_providers(plan: CityPlan, held: Compounds, rng: np.random.Generator) -> Providers:
    """Return companies, a few of them large, and the bodies that serve a neighbourhood."""
    many = max(len(held) // 6, 8 + len(plan.districts))
    kinds = [FIRM_KINDS[i] for i in deal(rng, many, _FIRM_SHARES)]
    states = min(len(plan.districts), many)
    kinds = ["state"] * states + ["joint", "subdistrict", "private"] + kinds[states + 3 :]
    called = names.firm_names(rng, kinds)
    serves = np.full(len(held), -1, dtype=np.int64)
    is_firm = held.managers == FIRM
    serves[is_firm] = _shared_out(held.districts[is_firm], many, rng)
    _take_weak(plan, held, serves)
    other_kinds, other_names = _others(len(held), rng)
    is_near = held.managers == NEIGHBOURHOOD
    serves[is_near] = many + rng.integers(0, len(other_names), int(is_near.sum()))
    return Providers(
        names.distinct(called + other_names),
        kinds[:many] + other_kinds,
        serves,
        np.arange(len(plan.districts)) % many,
    )


def _shared_out(districts: Ints, many: int, rng: np.random.Generator) -> Ints:
    """Give each compound a company: few hold many, most a handful, mainly in one district."""
    size = 1 / (np.arange(many) + 6.0)
    size = rng.permutation(size)
    home = rng.integers(0, districts.max(initial=0) + 1, many)
    taken = np.zeros(len(districts), dtype=np.int64)
    for district in np.unique(districts):
        weight = size * np.where(home == district, 1.0, 0.18)
        here = np.flatnonzero(districts == district)
        taken[here] = rng.choice(many, len(here), p=weight / weight.sum())
    return taken


def _take_weak(plan: CityPlan, held: Compounds, serves: Ints) -> None:
    """Let one company hold the weak compounds of a district, and no others there."""
    if not plan.weak_compounds:
        return
    district = plan.districts.index(plan.weak_district)
    firm = district
    here = np.flatnonzero((held.districts == district) & (held.managers == FIRM))
    weak = here[np.lexsort((held.floor_area_m2[here], ~held.is_old[here]))][: plan.weak_compounds]
    others = np.setdiff1d(here, weak)
    serves[others[serves[others] == firm]] = len(plan.districts)
    serves[weak] = firm


def _others(compounds: int, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    each = max(compounds // 40, 1)
    places = names.pairs(rng, each * len(_OTHERS))
    kinds = [kind for kind in _OTHERS for _ in range(each)]
    return kinds, [
        _OTHERS[kind].format(place=place) for kind, place in zip(kinds, places, strict=True)
    ]


def provider_rows(
    plan: CityPlan, providers: Providers, held: Compounds, ground: Ground, rng: np.random.Generator
) -> tuple[dict[str, list[object]], Shapes]:
    """Return the columns of the provider table and the base points."""
    served = np.maximum(np.bincount(providers.serves + 1, minlength=providers.count() + 1)[1:], 1)
    columns: dict[str, list[object]] = {
        "name": list(providers.names),
        "kind": list(providers.kinds),
        "credit_code": [],
        "grade": [],
        "capacity_m2": [],
        "capacity_households": [],
        "service_areas": [],
    }
    bases = []
    mean_m2 = float(held.floor_area_m2.mean())
    for number, kind in enumerate(providers.kinds):
        is_firm = kind in FIRM_KINDS
        room_m2 = round(
            float(mean_m2 * (served[number] * rng.uniform(1.1, 2.2) + rng.uniform(3, 25))), -3
        )
        districts = rng.permutation(len(plan.districts))[: rng.integers(1, 3)]
        area = "、".join(plan.districts[i] for i in sorted(districts))
        columns["credit_code"].append(credit_code(number + 1) if is_firm else None)
        columns["grade"].append("ABCD"[deal_grade(rng)] if is_firm else None)
        columns["capacity_m2"].append(room_m2 if happens(rng, 0.8) else None)
        columns["capacity_households"].append(int(room_m2 / 90) if happens(rng, 0.5) else None)
        columns["service_areas"].append(_region(number, providers, plan, area, rng))
        bases.append(
            _base(number, providers, held, ground, rng) if is_firm or happens(rng, 0.6) else None
        )
    return columns, np.array(bases, dtype=object)


def deal_grade(rng: np.random.Generator) -> int:
    """Return 0 … 3 for the grades A … D; most companies are good ones."""
    return int(np.searchsorted([0.22, 0.62, 0.9], rng.random()))


def _region(
    number: int, providers: Providers, plan: CityPlan, area: str, rng: np.random.Generator
) -> str | None:
    """Return the districts that it works in; a backstop its own; empty where it goes anywhere."""
    backed = np.flatnonzero(providers.backstops == number)
    if len(backed):
        return "、".join(plan.districts[i] for i in backed)
    return area if happens(rng, 0.65) else None


def _base(
    number: int, providers: Providers, held: Compounds, ground: Ground, rng: np.random.Generator
) -> shapely.Point:
    """Return the office: at one of its compounds, else somewhere in the inner city."""
    served = np.flatnonzero(providers.serves == number)
    if len(served):
        home: shapely.Polygon = held.shapes[served[rng.integers(len(served))]]
        return home.centroid
    return shapely.Point(ground.centre + rng.normal(0, 0.2 * ground.half_m, 2))
