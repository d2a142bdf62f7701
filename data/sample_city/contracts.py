"""Management areas, contracts, decisions, and the lists that documents freeze."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import shapely

from data.sample_city.compounds import FIRM, Compounds
from data.sample_city.draws import Flags, chance, days_before, happens
from data.sample_city.ground import Shapes
from data.sample_city.names import MARK
from data.sample_city.plans import CityPlan
from data.sample_city.providers import Providers

Columns = dict[str, list[object]]

CONTRACT_KEYS = (
    "provider", "what", "mode", "signed_on", "filed_on", "in_service_from", "ends_on",
    "fee_low", "fee_high", "grade", "document",
)  # fmt: skip
DECISION_KEYS = (
    "management_area", "way", "date", "area_share", "count_share",
    "area_in_favour", "count_in_favour", "document",
)  # fmt: skip


@dataclass(frozen=True)
class Served:
    """How each compound's service is recorded."""

    by_contract: Flags
    management_areas: list[str | None]
    """Code of the management area that the compound lies in."""


def document(number: int, year: int) -> str:
    """Return a document number that no authority gives."""
    return f"{MARK}〔{year}〕{number}号"


def record_service(plan: CityPlan, held: Compounds, rng: np.random.Generator) -> Served:
    """Decide which compounds have a contract on file, and which have a legal area."""
    is_firm = held.managers == FIRM
    if plan.exact_served is not None:
        by_contract = is_firm
    else:
        by_contract = is_firm & chance(rng, 0.7, len(held))
    has_area = rng.random(len(held)) < np.where(held.is_old, 0.3, 0.8)
    if plan.base_unit == "物业管理区域":
        has_area[:] = True
    holder = _holders(plan, held, by_contract & has_area, rng)
    codes: list[str | None] = [
        f"QY{held.codes[first][2:]}" if has else None
        for first, has in zip(holder, has_area, strict=True)
    ]
    return Served(by_contract, codes)


def _holders(
    plan: CityPlan, held: Compounds, may_join: Flags, rng: np.random.Generator
) -> list[int]:
    """Return for each compound the first of its area: a few areas hold two that lie together."""
    holder = list(range(len(held)))
    if plan.exact_served is not None:
        return holder
    near_m = 30.0
    pairs = shapely.STRtree(held.shapes).query(held.shapes, predicate="dwithin", distance=near_m)
    used: set[int] = set()
    for one, other in sorted(pairs.T.tolist()):
        is_free = one < other and not {one, other} & used and may_join[one] and may_join[other]
        same = held.communities[one] == held.communities[other]
        if is_free and same and happens(rng, 0.12):
            holder[other] = one
            used |= {one, other}
    return holder


def area_columns(
    held: Compounds, served: Served, rng: np.random.Generator
) -> tuple[Columns, Shapes]:
    """Return the columns and the outlines of the management areas; some have members only."""
    members: dict[str, list[int]] = {}
    for number, code in enumerate(served.management_areas):
        if code is not None:
            members.setdefault(code, []).append(number)
    columns: Columns = {key: [] for key in ("code", "name", "members", "decided_on", "document")}
    outlines: list[shapely.Geometry | None] = []
    for code, inside in members.items():
        year = int(rng.integers(2016, 2025))
        columns["code"].append(code)
        columns["name"].append(f"{held.names[inside[0]]}物业管理区域")
        columns["members"].append("、".join(held.codes[i] for i in inside))
        columns["decided_on"].append(days_before(rng, date(year, 12, 31), 0, 360))
        columns["document"].append(document(100 + len(outlines), year))
        outlines.append(held.shapes[inside[0]] if len(inside) == 1 and happens(rng, 0.8) else None)
    return columns, np.array(outlines, dtype=object)


def contract_columns(
    plan: CityPlan, held: Compounds, served: Served, providers: Providers, rng: np.random.Generator
) -> Columns:
    """Return one contract for each area or compound served by contract, some of them run out."""
    columns: Columns = {key: [] for key in CONTRACT_KEYS}
    done: set[str] = set()
    for number in np.flatnonzero(served.by_contract).tolist():
        what = served.management_areas[number] or held.codes[number]
        if what not in done:
            done.add(what)
            row = _contract(plan, held, number, rng)
            row |= {"what": what, "provider": providers.names[providers.serves[number]]}
            row["document"] = document(1000 + len(done), plan.as_of.year)
            for key in CONTRACT_KEYS:
                columns[key].append(row[key])
    return columns


def _contract(
    plan: CityPlan, held: Compounds, number: int, rng: np.random.Generator
) -> dict[str, object]:
    """Return the days and terms of one contract: signed, filed, in service, and its end."""
    start = days_before(rng, plan.as_of, 40, 900)
    signed = days_before(rng, start, 3, 30)
    return {
        "mode": None,
        "signed_on": signed,
        "filed_on": signed + timedelta(days=int(rng.integers(3, 30)))
        if happens(rng, 0.85)
        else None,
        "in_service_from": start,
        "ends_on": _end(plan, start, rng),
        "fee_low": float(held.fees[number]),
        "fee_high": float(held.fees[number]),
        "grade": str(rng.choice(["一级", "二级", "三级"])) if happens(rng, 0.7) else None,
    }


def _end(plan: CityPlan, start: date, rng: np.random.Generator) -> date | None:
    """Return when it ends: some have no end, some ran out, some run out within the quarter."""
    if happens(rng, 0.15):
        return None
    if plan.exact_served is None and happens(rng, 0.08):
        return max(days_before(rng, plan.as_of, 1, 200), start + timedelta(days=30))
    if happens(rng, 0.1):
        return plan.as_of + timedelta(days=int(rng.integers(10, 90)))
    return plan.as_of + timedelta(days=int(rng.integers(90, 1100)))
