"""Management areas, owners' decisions, base lists, bans, backstop roles; assessments beside."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely

from .assessments import assessment_tables
from .contracts import (
    Documents,
    area_code,
    contract_columns,
    contracted,
    is_published,
)
from .housing import Housing
from .management import Management
from .names import MARK
from .plan import CityPlan, Table
from .providers import Providers
from .shapes import Shapes
from .town import Town

DECIDED_SHARE, DRAWN_SHARE = 0.86, 0.85
DECISION_WAYS, DECISION_SHARES = ("业主大会", "物管会代行", "街道临时托管"), (0.58, 0.27, 0.15)
QUORUM, MAJORITY = (0.667, 0.98), (0.55, 0.97)
"""Shares that take part, and of these in favour (民法典第二百七十八条: 双三分之二参与)."""
LANE_CLOSING_M = 7.0
DECIDED_BEFORE = (timedelta(days=10), timedelta(days=120))
BAN_DAYS = 3 * 365
FIRMS_PER_BAN = 30
DECISION_KEYS = (
    "management_area", "way", "date", "area_share", "count_share", "area_in_favour",
    "count_in_favour", "document",
)  # fmt: skip
AREA_KEYS = ("code", "name", "members", "decided_on", "document")
BASE_KEYS = ("list", "unit", "code", "document", "frozen_on")
BAN_KEYS = ("provider", "area", "reason", "document", "valid_from", "valid_to")
ROLE_KEYS = ("provider", "role", "area", "document", "valid_from", "valid_to")

Rows = list[tuple[Any, ...]]


def paper_tables(
    town: Town,
    housing: Housing,
    providers: Providers,
    management: Management,
    rng: np.random.Generator,
) -> dict[str, Table]:
    """Return the tables of all documents, contracts among them."""
    documents = Documents()
    base = Table(_columns(BASE_KEYS, _base(town.plan, housing, management, documents)))
    areas = _management_areas(town.plan, housing, management, documents, rng)
    contracts = contract_columns(town.plan, housing, providers, management, documents, rng)
    decisions = _decisions(housing, management, contracts, documents, rng)
    return {
        "management_area": Table(
            _columns(AREA_KEYS, areas), _area_outlines(housing, management, rng)
        ),
        "contract": Table(contracts),
        "decision": Table(_columns(DECISION_KEYS, decisions)),
        "base": base,
        "ban": Table(_columns(BAN_KEYS, _bans(town, providers, documents, rng))),
        "role": Table(_columns(ROLE_KEYS, _roles(town, documents))),
        **assessment_tables(town.plan, housing, providers, management, documents, rng),
    }


def _columns(keys: tuple[str, ...], rows: Rows) -> dict[str, list[Any]]:
    return {key: [row[i] for row in rows] for i, key in enumerate(keys)}


def _management_areas(
    plan: CityPlan,
    housing: Housing,
    management: Management,
    documents: Documents,
    rng: np.random.Generator,
) -> Rows:
    rows: Rows = []
    for number, leader in enumerate(management.first_of_area.tolist()):
        members = [housing.codes[i] for i in management.members(number).tolist()]
        decided_on = plan.known_on - timedelta(days=int(rng.integers(400, 4000)))
        rows.append(
            (
                area_code(housing, leader),
                f"{housing.names[leader]}物业管理区域",
                "、".join(members),
                decided_on,
                documents.number(decided_on),
            )
        )
    return rows


def _area_outlines(housing: Housing, management: Management, rng: np.random.Generator) -> Shapes:
    """Return outlines that take in the lane between members; None where none was ever drawn."""
    is_drawn = rng.random(len(management.first_of_area)) < DRAWN_SHARE
    outlines = np.full(len(is_drawn), None, dtype=object)
    for number in np.flatnonzero(is_drawn).tolist():
        shapes = housing.shapes[management.members(number)]
        outlines[number] = shapes[0] if len(shapes) == 1 else _joined_over_lane(shapes)
    return outlines


def _joined_over_lane(shapes: Shapes) -> shapely.Geometry:
    hull = shapely.convex_hull(shapely.union_all(shapes))
    strip = shapely.intersection_all(
        [
            shapely.buffer(shapes[0], 2 * LANE_CLOSING_M),
            shapely.buffer(shapes[1], 2 * LANE_CLOSING_M),
        ]
    )
    return shapely.union_all([*shapes, strip.intersection(hull)])


def _decisions(
    housing: Housing,
    management: Management,
    contracts: dict[str, list[Any]],
    documents: Documents,
    rng: np.random.Generator,
) -> Rows:
    """Return a decision before most contracts; the others lack their basis (缺依据)."""
    rows: Rows = []
    leaders = contracted(management).tolist()
    for leader, signed_on in zip(leaders, contracts["signed_on"], strict=True):
        if management.area[leader] < 0 or rng.random() >= DECIDED_SHARE:
            continue
        low, high = DECIDED_BEFORE
        day = signed_on - timedelta(days=int(rng.integers(low.days, high.days)))
        way = str(rng.choice(DECISION_WAYS, p=DECISION_SHARES))
        shares: tuple[float | None, ...] = (None,) * 4
        if way != DECISION_WAYS[2]:
            part, favour = rng.uniform(*QUORUM, 2), rng.uniform(*MAJORITY, 2)
            shares = tuple(np.round(np.concatenate([part, favour]), 3).tolist())
        first = int(management.first_of_area[management.area[leader]])
        rows.append((area_code(housing, first), way, day, *shares, documents.number(day)))
    return rows


def _base(plan: CityPlan, housing: Housing, management: Management, documents: Documents) -> Rows:
    """Return the frozen list that rates are counted over."""
    frozen_on = date(plan.known_on.year, 1, 1)
    document = documents.number(frozen_on)
    codes = housing.codes
    if plan.base_unit == "物业管理区域":
        codes = [area_code(housing, leader) for leader in management.first_of_area.tolist()]
    return [(plan.base_list, plan.base_unit, code, document, frozen_on) for code in codes]


def _bans(town: Town, providers: Providers, documents: Documents, rng: np.random.Generator) -> Rows:
    """Return bans on private firms that walked away from a district."""
    private = np.flatnonzero(np.array(providers.kinds) == "private")
    count = 0 if is_published(town.plan) else max(1, len(private) // FIRMS_PER_BAN)
    rows: Rows = []
    for firm in rng.permutation(private)[:count].tolist():
        start = town.plan.known_on - timedelta(days=int(rng.integers(30, BAN_DAYS - 60)))
        area = town.areas.district_names[providers.districts[firm][0]]
        until = start + timedelta(days=BAN_DAYS)
        rows.append(
            (providers.names[firm], area, "擅自退出", documents.number(start), start, until)
        )
    return rows


def _roles(town: Town, documents: Documents) -> Rows:
    """Return the backstop of every district."""
    start = date(town.plan.known_on.year - 2, 7, 1)
    return [
        (f"{name}城投物业服务有限公司{MARK}", "兜底", name, documents.number(start), start, None)
        for name in town.areas.district_names
    ]
