"""A city's policy as frozen values, read from data/policies/*.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from layers.sites import Scope


class Strategy(StrEnum):
    """How sites become zones."""

    CONTIGUOUS = "contiguous"
    NONE = "none"


class Contiguity(StrEnum):
    """Whether the sites of a zone must hang together in the link graph."""

    REQUIRED = "required"
    PREFERRED = "preferred"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Source:
    """The document that the policy rests on."""

    doc: str
    kind: str
    issued: date | None
    goal_ends: date | None


@dataclass(frozen=True, kw_only=True)
class Derive:
    """How unknown values are derived (推算)."""

    floor_area_per_household_m2: float
    courtyard_reach_m: float
    courtyard_max_floor_area_m2: float
    residential_footprint_m2: tuple[float, float]
    residential_storeys: tuple[int, int]
    not_residential_words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BundlingRules:
    """What a zone may hold."""

    strategy: Strategy
    contiguity: Contiguity
    scope: Scope
    below_minimum: str
    """backstop_zone | leave_out"""
    count: str
    """many | few"""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Limits per zone; None = no limit."""

    floor_area_min_m2: float | None
    floor_area_max_m2: float | None
    households_min: float | None
    households_max: float | None
    diameter_max_m: float | None


@dataclass(frozen=True, kw_only=True)
class LinkRules:
    """When two sites are neighbours."""

    reach_m: float
    hard: tuple[str, ...]
    impedance_m: Mapping[str, float]
    crossing_reach_m: float


@dataclass(frozen=True, kw_only=True)
class Money:
    """A screening model in yuan, never a bill."""

    fee: float
    collection: float
    parking: float
    concessions: float
    subsidy: float
    cost_per_zone: float
    cost_per_m2: float


@dataclass(frozen=True, kw_only=True)
class ProviderRules:
    """Who may serve, and what makes one provider dearer than another."""

    grade_min: str | None
    grade_unknown: str
    """allowed | refused"""
    cost_per_km: float
    cost_per_grade: float
    incumbent_bonus: float
    backstop_cost: float


@dataclass(frozen=True, kw_only=True)
class CoverageRules:
    """The 口径 that is shown first."""

    unit: str
    measure: str


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One city's policy. `taken_from_default` lists keys that the document leaves open."""

    id: str
    name: str
    status: str
    source: Source
    old_year: int
    derive: Derive
    bundling: BundlingRules
    thresholds: Thresholds
    links: LinkRules
    money: Money
    providers: ProviderRules
    coverage: CoverageRules
    taken_from_default: tuple[str, ...]
