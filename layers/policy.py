"""A city's policy as frozen values, read from data/policies/*.toml."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from geo.errors import Fault, InputError, gettext_noop
from geo.words import BarrierKind
from layers.policy_file import NO_LIMIT, read_policy_text
from layers.policy_keys import (
    ALL_KEYS,
    Contiguity,
    Count,
    Effort,
    Objective,
    Strategy,
    TakesPart,
)
from layers.policy_merge import Merge
from layers.policy_parts import (
    Asked,
    AssessmentRules,
    CommitteeNames,
    Credit,
    DistrictRules,
    Evaluation,
    ExitBan,
    FollowUp,
    GuidePrice,
    Milestone,
    Mode,
    MoneyLine,
    Quote,
    RuleStatus,
    Said,
    Temporary,
    Treatment,
)
from layers.policy_said import said_of
from layers.sites import Scope

__all__ = [
    "Asked",
    "AssessmentRules",
    "BundlingRules",
    "CommitteeNames",
    "Contiguity",
    "Count",
    "CoverageRules",
    "Credit",
    "Derive",
    "DistrictRules",
    "Effort",
    "Evaluation",
    "ExitBan",
    "FollowUp",
    "GuidePrice",
    "LinkRules",
    "Milestone",
    "Mode",
    "Money",
    "MoneyLine",
    "Objective",
    "Policy",
    "ProviderRules",
    "Quote",
    "RuleStatus",
    "Source",
    "Strategy",
    "TakesPart",
    "Temporary",
    "Thresholds",
    "Treatment",
    "aimed_policy",
    "load_policy",
    "policy_in",
    "policy_names",
]


@dataclass(frozen=True, kw_only=True)
class Source:
    """The document that the policy rests on."""

    doc: str
    kind: str
    issued: date | None
    goal_ends: date | None
    law: str | None = None
    """A law that the document names as its ground."""


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
    takes_part: tuple[TakesPart, ...]
    """What a site must be so as to take part; empty = all do."""
    small_below_m2: float
    """Floor area under which a site is small, where small ones take part."""
    one_provider_per_area: bool
    """Whether each area of the scope is one zone whatever its size."""
    below_minimum: str
    """backstop_zone | leave_out"""
    count: Count
    target_count: int | None
    """How many zones there shall be in all, where `count` is target."""
    objectives: tuple[Objective, ...]
    """What counts first, second, and so on; sites left out before all else."""
    effort: Effort
    scopes: tuple[Scope, ...] | None = None
    """Among which the document lets an office choose; None = it names none."""
    mode: str | None = None
    """The management mode that bundled sites come under; None = it names none."""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Limits per zone; None = no limit."""

    floor_area_min_m2: float | None
    floor_area_max_m2: float | None
    households_min: float | None
    households_max: float | None
    diameter_max_m: float | None
    walk_max_m: float | None
    """Of the shortest net of open links inside a zone."""
    subsidy_max_yuan: float | None
    """That a zone may need in a year; 0 = it must break even."""
    leads_min: int | None
    """Lead sites (带动小区) in each zone: big leads small (大带小)."""
    leads_max: int | None
    lead_reach_m: float | None
    """From each lead site of a zone to each of the zone's other sites."""


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

    kinds: tuple[str, ...]
    """Of `ProviderKind`; empty = as the measure of coverage says."""
    grade_min: str | None
    grade_unknown: str
    """allowed | refused"""
    cost_per_km: float
    cost_per_grade: float
    incumbent_bonus: float
    backstop_cost: float
    cost_per_km_running: float
    """From the nearest place that the provider runs already."""
    cost_when_full: float
    """Of a zone that takes all that the provider still can; a smaller one costs its share."""
    continuity_bonus: float
    """For the provider that the present plan proposes, where it is planned anew."""
    share_max: float | None
    """Of the floor area of a plan's zones, that one provider may hold; None = all."""
    per_area_max: int | None
    """Providers in one area of the bundling's scope: one backbone firm where it is 1."""


@dataclass(frozen=True, kw_only=True)
class CoverageRules:
    """The 口径 that is shown first."""

    unit: str
    measure: str
    base: str | None = None
    """The list that is counted (底数), in the document's words."""
    base_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class Policy(Said):
    """One city's policy. `taken_from_default` lists keys that the document leaves open."""

    id: str
    name: str
    status: str
    source: Source
    old_year: int
    old_rule: str | None
    """What is old, in the document's words."""
    derive: Derive
    bundling: BundlingRules
    thresholds: Thresholds
    links: LinkRules
    money: Money
    providers: ProviderRules
    assessment: AssessmentRules
    coverage: CoverageRules
    taken_from_default: tuple[str, ...]
    in_district: str = ""
    """Whose own rules these are; "" = the city's."""


def aimed_policy(
    policy: Policy, *, target_count: int | None = None, effort: Effort | str | None = None
) -> Policy:
    """Return the policy with what a bureau wants of one proposal; None = as the policy says.

    How many zones, and how much work finding them may take.
    """
    rules = policy.bundling
    if target_count is not None:
        rules = replace(rules, count=Count.TARGET, target_count=target_count)
    if effort is not None:
        rules = replace(rules, effort=Effort(effort))
    return replace(policy, bundling=rules)


def policy_in(policy: Policy, names: Collection[str]) -> Policy:
    """Return the policy as it holds in a place, given what the areas that hold it are called.

    Where the document has rules of its own for one of these districts, they go before the city's.
    """
    for name in names:
        if name in policy.districts:
            changes = policy.districts[name].changes
            parts = {
                table: replace(getattr(policy, table), **_of_table(table, changes))
                for table in ("bundling", "thresholds")
            }
            return replace(policy, in_district=name, **parts)
    return policy


def _of_table(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    start = f"{table}."
    return {key.removeprefix(start): v for key, v in values.items() if key.startswith(start)}


POLICY_FOLDER = Path(__file__).resolve().parents[1] / "data" / "policies"
DEFAULT_POLICY = "default"


def load_policy(name_or_path: str | Path) -> Policy:
    """Return the policy of a city's file, its open keys taken from the default.

    A name stands for a file in data/policies; a path, or a text that ends in ".toml", is read as
    it is. Every fault of both files is gathered into one `InputError`, with file, line and key.
    """
    path = _policy_path(name_or_path)
    default_path = POLICY_FOLDER / f"{DEFAULT_POLICY}.toml"
    city = read_policy_text(path)
    default = city if path == default_path else read_policy_text(default_path)
    merge = Merge(city, default)
    values = merge.values()
    if merge.faults:
        raise InputError(*merge.faults)
    return _policy(values, taken_from_default=tuple(sorted(merge.taken)))


def policy_names() -> tuple[str, ...]:
    """Return the names of the policies that come with the project, the default first."""
    names = sorted(path.stem for path in POLICY_FOLDER.glob("*.toml"))
    return tuple(sorted(names, key=lambda name: name != DEFAULT_POLICY))


def _policy_path(name_or_path: str | Path) -> Path:
    if isinstance(name_or_path, Path) or name_or_path.endswith(".toml"):
        return Path(name_or_path).resolve()
    if name_or_path not in policy_names():
        raise InputError(
            Fault(
                gettext_noop("没有名为“{name}”的政策。可用的政策：{names}。"),
                {"name": name_or_path, "names": "、".join(policy_names())},
            )
        )
    return POLICY_FOLDER / f"{name_or_path}.toml"


def _policy(values: Mapping[str, Any], *, taken_from_default: tuple[str, ...]) -> Policy:
    numbers = {key: value for key, value in values.items() if key in ALL_KEYS}

    def part(table: str) -> dict[str, Any]:
        return _of_table(table, numbers)

    links = part("links")
    providers = part("providers")
    if providers["grade_min"] == NO_LIMIT:
        providers["grade_min"] = None
    soft = [kind for kind in BarrierKind if f"impedance_m.{kind}" in links]
    impedance_m = {str(kind): links.pop(f"impedance_m.{kind}") for kind in soft}
    return Policy(
        **part("policy"),
        source=Source(**part("source")),
        old_year=values["old.year"],
        old_rule=values["old.rule"],
        derive=Derive(**part("derive")),
        bundling=BundlingRules(**part("bundling")),
        thresholds=Thresholds(**part("thresholds")),
        links=LinkRules(**links, impedance_m=impedance_m),
        money=Money(**part("money")),
        providers=ProviderRules(**providers),
        assessment=AssessmentRules(**part("assessment")),
        coverage=CoverageRules(**part("coverage")),
        taken_from_default=taken_from_default,
        **said_of(values),
    )
