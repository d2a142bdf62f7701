"""Complaints and inspections, scores, five-good checks and fees: an invented year up to the day."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from .contracts import Documents
from .housing import Housing
from .management import Management
from .plan import CityPlan, Table
from .providers import Providers

EVENTS_A_COMPOUND = 1.3
YEAR_DAYS = 365
EVENT_KINDS, EVENT_SHARES = ("投诉", "巡查"), (0.7, 0.3)
CATEGORIES = (
    *("环境卫生", "社会秩序", "公共设施", "垃圾管理", "物业服务"),
    *("维修不及时", "收费", "历史遗留问题", "矛盾纠纷", "其他"),
)
CATEGORY_SHARES = (0.16, 0.13, 0.14, 0.08, 0.12, 0.14, 0.09, 0.07, 0.05, 0.02)
CHANNELS = ("12345平台", "智慧城管", "街道走访")
RESULTS, RESULT_SHARES = ("已办结", "办理中", "不属实"), (0.72, 0.2, 0.08)
PARTIES = ("业主", "业主委员会", "社区居民委员会", "街道办事处", "区物业主管部门")
SCORED_SHARE, CHECKED_SHARE, COLLECTED_SHARE = 0.4, 0.3, 0.7
USUAL_SCORE, SCORE_SPREAD, PARTY_SPREAD = 78.0, 11.0, 4.0
ITEMS = ("环境卫生", "社会秩序", "公共设施", "垃圾管理", "物业管理")
ITEM_MET_SHARE = 0.85
YUAN_A_HOUSEHOLD = 420.0
"""Fees of half a year."""
COLLECTED = (0.35, 0.99)
MONTHS_AGO = timedelta(days=100)

Rows = list[tuple[Any, ...]]


def assessment_tables(
    plan: CityPlan,
    housing: Housing,
    providers: Providers,
    management: Management,
    documents: Documents,
    rng: np.random.Generator,
) -> dict[str, Table]:
    """Return what is on record of how compounds and providers fare."""
    served = np.flatnonzero(management.provider >= 0).tolist()
    names = {i: providers.names[int(management.provider[i])] for i in served}
    return {
        "event": _table(
            ("date", "kind", "category", "compound", "channel", "result"),
            _events(plan, housing, rng),
        ),
        "score": _table(
            ("provider", "compound", "quarter", "party", "score", "document"),
            _scores(plan, housing, names, documents, rng),
        ),
        "check": _table(
            ("compound", "item", "is_met", "date", "document"),
            _checks(plan, housing, documents, rng),
        ),
        "collection": _table(
            ("compound", "valid_from", "valid_to", "due", "received"),
            _collections(plan, housing, served, rng),
        ),
    }


def _table(keys: tuple[str, ...], rows: Rows) -> Table:
    return Table({key: [row[i] for row in rows] for i, key in enumerate(keys)})


def _events(plan: CityPlan, housing: Housing, rng: np.random.Generator) -> Rows:
    rows: Rows = []
    for code, count in zip(
        housing.codes, rng.poisson(EVENTS_A_COMPOUND, len(housing.codes)).tolist(), strict=True
    ):
        for _ in range(count):
            rows.append(
                (
                    plan.known_on - timedelta(days=int(rng.integers(0, YEAR_DAYS))),
                    str(rng.choice(EVENT_KINDS, p=EVENT_SHARES)),
                    str(rng.choice(CATEGORIES, p=CATEGORY_SHARES)),
                    code,
                    str(rng.choice(CHANNELS)),
                    str(rng.choice(RESULTS, p=RESULT_SHARES)),
                )
            )
    return rows


def _scores(
    plan: CityPlan,
    housing: Housing,
    names: dict[int, str],
    documents: Documents,
    rng: np.random.Generator,
) -> Rows:
    """Return the scores of the last whole quarter, by all parties."""
    last = plan.known_on - MONTHS_AGO
    quarter, document = f"{last.year}Q{(last.month - 1) // 3 + 1}", documents.number(plan.known_on)
    rows: Rows = []
    for i, name in names.items():
        if rng.random() < SCORED_SHARE:
            usual = rng.normal(USUAL_SCORE, SCORE_SPREAD)
            given = np.clip(usual + rng.normal(0.0, PARTY_SPREAD, len(PARTIES)), 20, 100)
            rows += [
                (name, housing.codes[i], quarter, party, round(score), document)
                for party, score in zip(PARTIES, given.tolist(), strict=True)
            ]
    return rows


def _checks(
    plan: CityPlan, housing: Housing, documents: Documents, rng: np.random.Generator
) -> Rows:
    day = plan.known_on - MONTHS_AGO
    document = documents.number(day)
    return [
        (code, item, bool(rng.random() < ITEM_MET_SHARE), day, document)
        for code in housing.codes
        if rng.random() < CHECKED_SHARE
        for item in ITEMS
    ]


def _collections(
    plan: CityPlan, housing: Housing, served: list[int], rng: np.random.Generator
) -> Rows:
    """Return the fees of half a year of most compounds that somebody serves."""
    first, last = date(plan.known_on.year, 1, 1), date(plan.known_on.year, 6, 30)
    rows: Rows = []
    for i in served:
        if rng.random() < COLLECTED_SHARE:
            due = round(float(housing.households[i]) * YUAN_A_HOUSEHOLD, 2)
            received = round(due * float(rng.uniform(*COLLECTED)), 2)
            rows.append((housing.codes[i], first, last, due, received))
    return rows
