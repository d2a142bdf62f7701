"""A city's policy as frozen values, read from data/policies/*.toml."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from geo.errors import Fault, InputError, gettext_noop
from geo.words import BarrierKind
from layers.policy_file import NO_LIMIT, UNSET, NotAllowedError, PolicyText, read_policy_text
from layers.policy_keys import (
    ALL_KEYS,
    IMPEDANCE_KEYS,
    NEEDED_KEYS,
    OPEN_KEYS,
    OWN_KEYS,
    TABLES,
    Contiguity,
    Count,
    Effort,
    Objective,
    Strategy,
)
from layers.policy_parts import (
    Asked,
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
from layers.sites import Scope

__all__ = [
    "Asked",
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
    "Temporary",
    "Thresholds",
    "Treatment",
    "aimed_policy",
    "load_policy",
    "policy_names",
]


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
    count: Count
    target_count: int | None
    """How many zones there shall be in all, where `count` is target."""
    objectives: tuple[Objective, ...]
    """What counts first, second, and so on; sites left out before all else."""
    effort: Effort


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
class Policy(Said):
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


POLICY_FOLDER = Path(__file__).resolve().parents[1] / "data" / "policies"
DEFAULT_POLICY = "default"
OBJECTIVES_NEEDED = (Objective.SUBSIDY, Objective.COUNT)
"""Without these a plan could need any subsidy, or any number of firms."""


def load_policy(name_or_path: str | Path) -> Policy:
    """Return the policy of a city's file, its open keys taken from the default.

    A name stands for a file in data/policies; a path, or a text that ends in ".toml", is read as
    it is. Every fault of both files is gathered into one `InputError`, with file, line and key.
    """
    path = _policy_path(name_or_path)
    default_path = POLICY_FOLDER / f"{DEFAULT_POLICY}.toml"
    city = read_policy_text(path)
    default = city if path == default_path else read_policy_text(default_path)
    merge = _Merge(city, default)
    values = merge.values()
    if merge.faults:
        raise InputError(*merge.faults)
    return _policy(values, taken_from_default=tuple(sorted(merge.taken)))


def policy_names() -> tuple[str, ...]:
    """Return the names of the policies that come with the project."""
    return tuple(sorted(path.stem for path in POLICY_FOLDER.glob("*.toml")))


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


class _Merge:
    """A city's file over the default: the values, what was taken, and every fault on the way."""

    def __init__(self, city: PolicyText, default: PolicyText) -> None:
        self.city = city
        self.default = default
        self.files = (city,) if city is default else (default, city)
        self.faults: list[Fault] = []
        self.taken: list[str] = []

    def values(self) -> dict[str, Any]:
        """Return the value of every key; where `faults` is not empty they are incomplete."""
        checked = [self._checked(file) for file in self.files]
        values: dict[str, Any] = dict.fromkeys(OPEN_KEYS)
        values |= {key: checked[-1][key] for key in OWN_KEYS if key in checked[-1]}
        values |= {key: checked[-1][key] for key in OPEN_KEYS if key in checked[-1]}
        for key in (*NEEDED_KEYS, *IMPEDANCE_KEYS):
            stated = [found[key] for found in checked if key in found]
            if stated:
                values[key] = stated[-1]
            if len(self.files) > 1 and key in checked[0] and not self.city.states(key):
                self.taken.append(key)
        self._check_together(values)
        return values

    def _checked(self, file: PolicyText) -> dict[str, object]:
        required = {**OWN_KEYS, **(NEEDED_KEYS if file is self.default else {})}
        for key in required:
            if not file.states(key):
                self._fault(file, key, gettext_noop("政策文件 {file} 必须写明这一项。"))
        found = {}
        for key in file.values:
            if key in ALL_KEYS and file.states(key):
                try:
                    found[key] = ALL_KEYS[key](file.values[key])
                except NotAllowedError as error:
                    self._fault(
                        file,
                        key,
                        gettext_noop("政策文件 {file} 中写的是“{given}”。"),
                        fix=error.text,
                        **error.values,
                    )
            elif key not in ALL_KEYS:
                self._refuse_unknown(file, key)
        return found

    def _refuse_unknown(self, file: PolicyText, key: str) -> None:
        if key in TABLES:
            if file.values[key] != UNSET:
                sentence = gettext_noop('政策文件 {file} 中“{key}”应为一组键，或 "unset"。')
                self._fault(file, key, sentence)
            return
        near = get_close_matches(key, ALL_KEYS, n=1)
        fix = gettext_noop("是否指“{near}”？") if near else gettext_noop("请删去。")
        sentence = gettext_noop("政策文件 {file} 中没有“{key}”这一项。")
        self._fault(file, key, sentence, fix=fix, near="".join(near))

    def _check_together(self, values: dict[str, Any]) -> None:
        for quantity, unit in (("floor_area", "m2"), ("households", ""), ("leads", "")):
            low, high = (
                "_".join(filter(None, (f"thresholds.{quantity}", end, unit)))
                for end in ("min", "max")
            )
            if (values.get(low) or 0) > (values.get(high) or math.inf):
                self._contradiction(low, high, values)
        self._check_objectives(values)
        if (values["source.goal_ends"] or date.max) < (values["source.issued"] or date.min):
            self._contradiction("source.issued", "source.goal_ends", values)
        for kind in BarrierKind:
            self._check_barrier(kind, values)

    def _check_objectives(self, values: Mapping[str, Any]) -> None:
        key = "bundling.objectives"
        objectives = values.get(key, tuple(Objective))
        if objectives[:1] != (Objective.LEFT_OUT,) or not {*OBJECTIVES_NEEDED} <= {*objectives}:
            sentence = gettext_noop("政策文件 {file} 中写的是“{given}”。")
            fix = gettext_noop("应以 left_out 开头，并含有 {needed}。")
            needed = "、".join(OBJECTIVES_NEEDED)
            self._fault(self._origin(key), key, sentence, fix=fix, needed=needed)
        count, target = values.get("bundling.count"), values.get("bundling.target_count")
        if (count == Count.TARGET) != (target is not None):
            sentence = gettext_noop(
                "自相矛盾：count 为 {count}，target_count 为 {target}（{file}）。"
            )
            fix = gettext_noop('count = "target" 时须给出个数，否则应为 "none"。')
            stated = self.city.states("bundling.target_count")
            key = "bundling.target_count" if stated else "bundling.count"
            given = {"count": count, "target": NO_LIMIT if target is None else target}
            self._fault(self._origin(key), key, sentence, fix=fix, **given)

    def _contradiction(self, low: str, high: str, values: Mapping[str, Any]) -> None:
        key = high if self.city.states(high) else low
        self._fault(
            self._origin(key),
            key,
            gettext_noop("自相矛盾：{low} 为 {low_value}，大于 {high} 的 {high_value}（{file}）。"),
            low=low,
            high=high,
            low_value=values[low],
            high_value=values[high],
        )

    def _check_barrier(self, kind: BarrierKind, values: dict[str, Any]) -> None:
        """Every kind of barrier is hard or costs metres: never both in one file, never neither."""
        key = f"links.impedance_m.{kind}"
        is_hard = kind in values.get("links.hard", ())
        hard_origin = self._origin("links.hard")
        if is_hard and hard_origin.states(key):
            sentence = gettext_noop("自相矛盾：{kind} 既列为硬阻隔，又给了阻抗（{file}）。")
            self._fault(hard_origin, key, sentence, kind=kind)
        elif is_hard and key in values:
            values.pop(key)
            self.taken = [taken for taken in self.taken if taken != key]
        elif "links.hard" in values and not is_hard and key not in values:
            sentence = gettext_noop("阻隔 {kind} 既不是硬阻隔，也没有阻抗（{file}）。")
            fix = gettext_noop("请列入 hard，或在 impedance_m 中给出米数。")
            self._fault(hard_origin, "links.hard", sentence, fix=fix, kind=kind)

    def _origin(self, key: str) -> PolicyText:
        return self.city if self.city.states(key) else self.default

    def _fault(
        self, file: PolicyText, key: str, sentence: str, *, fix: str = "", **values: object
    ) -> None:
        self.faults.append(file.fault(key, sentence, fix=fix, **values))


def _policy(values: Mapping[str, Any], *, taken_from_default: tuple[str, ...]) -> Policy:
    def part(table: str) -> dict[str, Any]:
        start = f"{table}."
        return {k.removeprefix(start): v for k, v in values.items() if k.startswith(start)}

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
        derive=Derive(**part("derive")),
        bundling=BundlingRules(**part("bundling")),
        thresholds=Thresholds(**part("thresholds")),
        links=LinkRules(**links, impedance_m=impedance_m),
        money=Money(**part("money")),
        providers=ProviderRules(**providers),
        coverage=CoverageRules(**part("coverage")),
        taken_from_default=taken_from_default,
    )
