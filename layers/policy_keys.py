"""What a policy may say: every key with the check of its value, and the words it may choose."""

from collections.abc import Mapping
from enum import StrEnum

from geo.errors import gettext_noop
from geo.words import BarrierKind, ProviderKind
from layers.policy_file import (
    NO_LIMIT,
    Check,
    day,
    limit,
    limit_share,
    limit_whole,
    number,
    one_of,
    pair,
    several_of,
    share,
    slug,
    text,
    whole,
    words,
    yes_no,
)
from layers.policy_parts import RuleStatus
from layers.sites import Scope


class Strategy(StrEnum):
    """How sites become zones."""

    CONTIGUOUS = "contiguous"
    ADJACENT = "adjacent"
    WHOLE_AREA = "whole_area"
    LEAD = "lead"
    NONE = "none"


class TakesPart(StrEnum):
    """What a site must be so as to take part in bundling."""

    OLD = "old"
    SMALL = "small"
    NO_MARKET = "no_market"


class Contiguity(StrEnum):
    """Whether the sites of a zone must hang together in the link graph."""

    REQUIRED = "required"
    PREFERRED = "preferred"
    NONE = "none"


class Count(StrEnum):
    """How many zones are wanted where the rules leave a choice."""

    MANY = "many"
    FEW = "few"
    TARGET = "target"


class Effort(StrEnum):
    """How much work a proposal may take: for a first look, to be decided on, or to be proven."""

    QUICK = "quick"
    THOROUGH = "thorough"
    PROOF = "proof"


class Objective(StrEnum):
    """What a plan should have little of; a policy says in which order they count."""

    LEFT_OUT = "left_out"
    PARTS = "parts"
    SUBSIDY = "subsidy"
    COUNT = "count"
    SPREAD = "spread"
    EVENNESS = "evenness"
    CHANGE = "change"
    BORDERS = "borders"


_GRADES = ("A", "B", "C", "D")
_YUAN_A_YEAR = gettext_noop("元/年")
_MARKS = gettext_noop("分")
_WEIGHT = gettext_noop("权重")

OWN_KEYS: Mapping[str, Check] = {
    "policy.id": slug,
    "policy.name": text,
    "policy.status": one_of(*RuleStatus),
    "source.doc": text,
    "source.kind": text,
}
"""What a file must say of itself: it cannot be another document\'s."""
OPEN_KEYS: Mapping[str, Check] = {
    "source.issued": day,
    "source.goal_ends": day,
    "source.law": text,
    "old.rule": text,
    "bundling.scopes": several_of(*Scope),
    "bundling.mode": text,
    "coverage.base": text,
    "coverage.base_date": day,
}
"""What a document may leave open without a default to take its place."""
IMPEDANCE_KEYS: Mapping[str, Check] = {
    f"links.impedance_m.{kind}": number(gettext_noop("米")) for kind in BarrierKind
}
NEEDED_KEYS: Mapping[str, Check] = {
    "old.year": whole(gettext_noop("年"), least=1900, most=2100),
    "derive.floor_area_per_household_m2": number(gettext_noop("㎡/户"), positive=True),
    "derive.courtyard_reach_m": number(gettext_noop("米")),
    "derive.courtyard_max_floor_area_m2": number(gettext_noop("㎡"), positive=True),
    "derive.residential_footprint_m2": pair(number(gettext_noop("㎡"))),
    "derive.residential_storeys": pair(whole(gettext_noop("层"), least=1, most=200)),
    "derive.not_residential_words": words,
    "bundling.strategy": one_of(*Strategy),
    "bundling.contiguity": one_of(*Contiguity),
    "bundling.scope": one_of(*Scope),
    "bundling.takes_part": several_of(*TakesPart),
    "bundling.small_below_m2": number(gettext_noop("㎡"), positive=True),
    "bundling.one_provider_per_area": yes_no,
    "bundling.below_minimum": one_of("backstop_zone", "leave_out"),
    "bundling.count": one_of(*Count),
    "bundling.target_count": limit_whole(gettext_noop("个"), most=100_000),
    "bundling.objectives": several_of(*Objective),
    "bundling.effort": one_of(*Effort),
    "thresholds.floor_area_min_m2": limit(gettext_noop("㎡")),
    "thresholds.floor_area_max_m2": limit(gettext_noop("㎡")),
    "thresholds.households_min": limit(gettext_noop("户")),
    "thresholds.households_max": limit(gettext_noop("户")),
    "thresholds.diameter_max_m": limit(gettext_noop("米")),
    "thresholds.walk_max_m": limit(gettext_noop("米")),
    "thresholds.subsidy_max_yuan": limit(_YUAN_A_YEAR, positive=False),
    "thresholds.leads_min": limit_whole(gettext_noop("个"), most=100),
    "thresholds.leads_max": limit_whole(gettext_noop("个"), most=100),
    "thresholds.lead_reach_m": limit(gettext_noop("米")),
    "links.reach_m": number(gettext_noop("米")),
    "links.hard": several_of(*BarrierKind),
    "links.crossing_reach_m": number(gettext_noop("米")),
    "money.fee": number(gettext_noop("元/㎡·月")),
    "money.collection": share,
    "money.parking": number(_YUAN_A_YEAR),
    "money.concessions": number(_YUAN_A_YEAR),
    "money.subsidy": number(_YUAN_A_YEAR),
    "money.cost_per_zone": number(_YUAN_A_YEAR),
    "money.cost_per_m2": number(gettext_noop("元/㎡·年")),
    "providers.kinds": several_of(*ProviderKind),
    "providers.grade_min": one_of(*_GRADES, NO_LIMIT),
    "providers.grade_unknown": one_of("allowed", "refused"),
    "providers.cost_per_km": number(_WEIGHT),
    "providers.cost_per_grade": number(_WEIGHT),
    "providers.incumbent_bonus": number(_WEIGHT),
    "providers.backstop_cost": number(_WEIGHT),
    "providers.cost_per_km_running": number(_WEIGHT),
    "providers.cost_when_full": number(_WEIGHT),
    "providers.continuity_bonus": number(_WEIGHT),
    "providers.share_max": limit_share,
    "providers.per_area_max": limit_whole(gettext_noop("家"), most=1_000),
    "assessment.many_events": whole(gettext_noop("件"), least=1, most=10_000),
    "assessment.within_months": whole(gettext_noop("个月"), least=1, most=60),
    "assessment.lead_share": share,
    "assessment.excellent_from": number(_MARKS),
    "assessment.good_from": number(_MARKS),
    "assessment.passed_from": number(_MARKS),
    "coverage.unit": one_of("compound", "management_area", "building", "household", "floor_area"),
    "coverage.measure": one_of("firm", "any", "signed", "in_service"),
}
"""What every policy needs, from the city\'s file or from the default."""
ALL_KEYS: Mapping[str, Check] = {**OWN_KEYS, **OPEN_KEYS, **IMPEDANCE_KEYS, **NEEDED_KEYS}
TABLES = frozenset(key.partition(".")[0] for key in ALL_KEYS) | {"links.impedance_m"}
