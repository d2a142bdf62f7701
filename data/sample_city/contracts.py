"""Contracts: who serves what, from when to when, on which document."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from .housing import Housing
from .management import Management
from .plan import CityPlan
from .providers import Providers
from .shapes import Indices

KEYS = (
    "provider", "what", "mode", "signed_on", "filed_on", "in_service_from", "ends_on",
    "fee_low", "fee_high", "grade", "document",
)  # fmt: skip
MODES = {
    "firm": "专业物业管理",
    "subdistrict": "基础物业管理",
    "owner_unit": "基础物业管理",
    "self_governing": "业主自治管理",
}
STATES, STATE_SHARES = ("running", "ends_soon", "ended", "signed_only"), (0.84, 0.06, 0.06, 0.04)
SOON_DAYS = 90
LONGEST_RUN_DAYS = 1_600
YEAR_DAYS = 365
FILED_SHARE, OPEN_ENDED_SHARE = 0.82, 0.12
LASTING_UNTIL = date(2028, 12, 31)
"""Contracts behind a published total still run on this day, so that the total holds today too."""
FEE_OF_GRADE = {"一级": 2.4, "二级": 1.5, "三级": 0.9, "四级": 0.45}
GRADE_SHARES = {True: (0.0, 0.08, 0.32, 0.60), False: (0.10, 0.38, 0.42, 0.10)}
"""By whether the compound is old."""


class Documents:
    """Numbers documents so that every one is seen to be invented."""

    def __init__(self) -> None:
        self.given: dict[int, int] = {}

    def number(self, day: date) -> str:
        """Return the next number of a year, such as 示例数据〔2025〕1号."""
        self.given[day.year] = self.given.get(day.year, 0) + 1
        return f"示例数据〔{day.year}〕{self.given[day.year]}号"


@dataclass(frozen=True)
class Term:
    """The dates of one contract."""

    signed_on: date
    in_service_from: date | None
    ends_on: date | None


def contract_columns(
    plan: CityPlan,
    housing: Housing,
    providers: Providers,
    management: Management,
    documents: Documents,
    rng: np.random.Generator,
) -> dict[str, list[Any]]:
    """Return one contract for every management area or compound that has a provider."""
    leaders = contracted(management)
    states = rng.choice(STATES, len(leaders), p=STATE_SHARES)
    if is_published(plan):
        states[:] = "lasting"
    rows = []
    for leader, state in zip(leaders.tolist(), states.tolist(), strict=True):
        term = _term(state, plan.known_on, rng)
        name = providers.names[management.provider[leader]]
        what = contract_subject(plan, housing, management, leader)
        dates = (term.signed_on, _filed_on(term, plan, rng), term.in_service_from, term.ends_on)
        fee, grade = _price(is_old=bool(housing.is_old[leader]), rng=rng)
        mode, document = MODES[str(management.way[leader])], documents.number(term.signed_on)
        rows.append((name, what, mode, *dates, fee, fee, grade, document))
    return {key: [row[i] for row in rows] for i, key in enumerate(KEYS)}


def _filed_on(term: Term, plan: CityPlan, rng: np.random.Generator) -> date | None:
    """Return the day of filing; None where it has not been filed, or not yet."""
    filed_on = term.signed_on + timedelta(days=int(rng.integers(5, 30)))
    is_filed = rng.random() < FILED_SHARE and filed_on <= plan.known_on
    return filed_on if is_filed else None


def _price(*, is_old: bool, rng: np.random.Generator) -> tuple[float, str]:
    """Return a fee in yuan per m² and month, and the grade of service that it pays for."""
    grade = str(rng.choice(list(FEE_OF_GRADE), p=GRADE_SHARES[is_old]))
    return round(FEE_OF_GRADE[grade] * float(rng.uniform(0.75, 1.2)), 2), grade


def is_published(plan: CityPlan) -> bool:
    """Whether the contracts stand behind a published total."""
    published = plan.published
    return published.served_by_firm is not None or published.management_areas is not None


def contracted(management: Management) -> Indices:
    """Return the compounds that have a provider, one for each management area."""
    has_provider = management.provider >= 0
    is_led = np.zeros(len(has_provider), dtype=bool)
    is_led[management.first_of_area] = True
    return np.flatnonzero(has_provider & (is_led | (management.area < 0)))


def contract_subject(
    plan: CityPlan, housing: Housing, management: Management, compound: int
) -> str:
    """Return the code of what is served: the management area, or the compound that has none.

    Where the base list counts compounds, contracts name the compound itself.
    """
    if management.area[compound] < 0 or plan.published.served_by_firm is not None:
        return housing.codes[compound]
    return area_code(housing, compound)


def area_code(housing: Housing, leader: int) -> str:
    """Return the code of the management area that a compound leads."""
    return housing.codes[leader].replace("XQ", "WY")


def _term(state: str, today: date, rng: np.random.Generator) -> Term:
    def days(low: int, high: int) -> timedelta:
        return timedelta(days=int(rng.integers(low, high)))

    if state == "signed_only":
        signed_on = today - days(5, 60)
        return Term(signed_on, None, signed_on + days(2 * YEAR_DAYS, 4 * YEAR_DAYS))
    if state == "ended":
        ends_on = today - days(10, 2 * YEAR_DAYS)
        signed_on = ends_on - days(YEAR_DAYS, 3 * YEAR_DAYS)
        return Term(signed_on, signed_on + days(0, 40), ends_on)
    signed_on = today - days(90, LONGEST_RUN_DAYS)
    starts_on = signed_on + days(0, 60)
    is_open = rng.random() < OPEN_ENDED_SHARE
    if state == "ends_soon":
        return Term(signed_on, starts_on, today + days(3, SOON_DAYS))
    earliest = LASTING_UNTIL if state == "lasting" else today + timedelta(days=SOON_DAYS + 1)
    return Term(signed_on, starts_on, None if is_open else earliest + days(1, 3 * YEAR_DAYS))
