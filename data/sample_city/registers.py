"""What documents decide: owners' decisions, frozen base lists, bans and backstop roles."""

from datetime import date, timedelta
from typing import cast

import numpy as np

from data.sample_city.compounds import Compounds
from data.sample_city.contracts import DECISION_KEYS, Columns, document
from data.sample_city.draws import Flags, days_before
from data.sample_city.plans import CityPlan
from data.sample_city.providers import FIRM_KINDS, Providers

WAYS = ("业主大会", "物管会代行", "街道临时托管")


def decision_columns(areas: Columns, contracts: Columns, rng: np.random.Generator) -> Columns:
    """Return a decision for most management areas; some contracts were signed without one."""
    signed = dict(zip(contracts["what"], contracts["signed_on"], strict=True))
    columns: Columns = {key: [] for key in DECISION_KEYS}
    for code, decided in zip(areas["code"], areas["decided_on"], strict=True):
        day = signed.get(code, decided)
        likely = 0.82 if code in signed else 0.1
        if rng.random() < likely:
            when = days_before(rng, cast("date", day), 5, 60)
            for key, value in _decision(str(code), when, len(columns["way"]), rng).items():
                columns[key].append(value)
    return columns


def _decision(code: str, when: date, number: int, rng: np.random.Generator) -> dict[str, object]:
    """Return one decision; a temporary trusteeship is arranged, not voted."""
    way = WAYS[int(np.searchsorted([0.6, 0.9], rng.random()))]
    shares: list[float | None] = [None] * 4
    if way == WAYS[0]:
        part = rng.uniform(0.67, 0.95, 2)
        shares = [round(float(s), 3) for s in [*part, *(part * rng.uniform(0.55, 0.95, 2))]]
    values = [code, way, when, *shares, document(3000 + number, when.year)]
    return dict(zip(DECISION_KEYS, values, strict=True))


def base_columns(plan: CityPlan, held: Compounds, areas: Columns) -> Columns:
    """Return the frozen list of everything that the rate counts, a year before the ledger's day."""
    codes = areas["code"] if plan.base_unit == "物业管理区域" else held.codes
    count = len(codes)
    frozen = plan.as_of - timedelta(days=270)
    return {
        "list": [plan.base_list] * count,
        "unit": [plan.base_unit] * count,
        "code": list(codes),
        "document": [document(1, frozen.year)] * count,
        "frozen_on": [frozen] * count,
    }


def ban_columns(plan: CityPlan, providers: Providers, rng: np.random.Generator) -> Columns:
    """Return a few companies barred from a district after they walked away."""
    columns: Columns = {
        key: [] for key in ("provider", "area", "reason", "document", "valid_from", "valid_to")
    }
    is_idle = ~np.isin(np.arange(providers.count()), providers.serves)
    firms = [i for i in np.flatnonzero(is_idle) if providers.kinds[i] in FIRM_KINDS]
    for number, firm in enumerate(firms[: max(len(firms) // 3, 1)][:6]):
        start = days_before(rng, plan.as_of, 100, 900)
        columns["provider"].append(providers.names[firm])
        columns["area"].append(plan.districts[int(rng.integers(len(plan.districts)))])
        columns["reason"].append("擅自退出")
        columns["document"].append(document(500 + number, start.year))
        columns["valid_from"].append(start)
        columns["valid_to"].append(start.replace(year=start.year + 3, day=min(start.day, 28)))
    return columns


def role_columns(plan: CityPlan, providers: Providers) -> Columns:
    """Return the company that steps in for each district."""
    start = date(plan.as_of.year - 1, 1, 1)
    count = len(plan.districts)
    return {
        "provider": [providers.names[i] for i in providers.backstops],
        "role": ["兜底"] * count,
        "area": list(plan.districts),
        "document": [document(700 + i, start.year) for i in range(count)],
        "valid_from": [start] * count,
        "valid_to": [None] * count,
    }


def provider_column(providers: Providers, by_contract: Flags) -> list[object]:
    """Return who manages by the ledger of compounds; empty where a contract says so, or nobody."""
    return [
        None if number < 0 or signed else providers.names[number]
        for number, signed in zip(providers.serves.tolist(), by_contract.tolist(), strict=True)
    ]
