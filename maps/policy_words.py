"""A policy as sentences: what a city's file says, and what is taken from the default."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from geo.errors import gettext_noop
from geo.words import BarrierKind
from layers.policy import Contiguity, Count, Effort, Objective, Policy, Strategy
from layers.sites import Scope

Translate = Callable[[str], str]
M2_IN_WAN = 10_000
STRATEGIES: Mapping[str, str] = {
    Strategy.CONTIGUOUS: gettext_noop("相邻的纳管对象连成片区"),
    Strategy.ADJACENT: gettext_noop("相邻的一个或多个纳管对象共管，不设下限"),
    Strategy.WHOLE_AREA: gettext_noop("同一辖区的纳管对象整体打包，超过上限才拆分"),
    Strategy.LEAD: gettext_noop("以大带小：每个片区由带动小区带动周边纳管对象"),
    Strategy.NONE: gettext_noop("不连片，每个纳管对象自成一片"),
}
CONTIGUITIES: Mapping[str, str] = {
    Contiguity.REQUIRED: gettext_noop("片区必须相连"),
    Contiguity.PREFERRED: gettext_noop("片区尽量相连"),
    Contiguity.NONE: gettext_noop("片区不要求相连"),
}
SCOPES: Mapping[str, str] = {
    Scope.CITY: gettext_noop("片区可跨区县"),
    Scope.DISTRICT: gettext_noop("片区不跨区县"),
    Scope.SUBDISTRICT: gettext_noop("片区不跨街道"),
    Scope.COMMUNITY: gettext_noop("片区不跨社区"),
}
BELOW_MINIMUM: Mapping[str, str] = {
    "backstop_zone": gettext_noop("达不到下限的照样成片，由兜底主体承接"),
    "leave_out": gettext_noop("达不到下限的不归入任何片区，并说明理由"),
}
EFFORTS: Mapping[str, str] = {
    Effort.QUICK: gettext_noop("快速计算，供初看"),
    Effort.THOROUGH: gettext_noop("充分计算"),
    Effort.PROOF: gettext_noop("逐块求证"),
}
COUNTS: Mapping[str, str] = {
    Count.MANY: gettext_noop("规则允许时，片区宜多不宜少"),
    Count.FEW: gettext_noop("规则允许时，片区宜少不宜多"),
    Count.TARGET: gettext_noop("片区共 {target} 个"),
}
OBJECTIVES: Mapping[str, str] = {
    Objective.LEFT_OUT: gettext_noop("未达标面积"),
    Objective.PARTS: gettext_noop("不相连的部分"),
    Objective.SUBSIDY: gettext_noop("补贴"),
    Objective.COUNT: gettext_noop("片区数量"),
    Objective.SPREAD: gettext_noop("步行距离与跨度"),
    Objective.EVENNESS: gettext_noop("大小均衡"),
    Objective.BORDERS: gettext_noop("少拆开相邻对象"),
    Objective.CHANGE: gettext_noop("与现有方案的变动"),
}
UNKNOWN_GRADES: Mapping[str, str] = {
    "allowed": gettext_noop("信用等级不详的可以承接"),
    "refused": gettext_noop("信用等级不详的不得承接"),
}
STATUSES: Mapping[str, str] = {
    "in_force": gettext_noop("现行"),
    "pilot": gettext_noop("试点"),
    "planned": gettext_noop("计划中"),
    "reported_case": gettext_noop("个案"),
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of a policy, in words."""

    text: str
    is_default: bool
    """Whether the city's document leaves it open, so that the default applies."""


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """Rules that belong together."""

    title: str
    rules: tuple[Rule, ...]


def chapters_of(policy: Policy, *, translate: Translate = str) -> list[Chapter]:
    """Return the rules of a policy as sentences, in the language of `translate`."""
    said = {
        gettext_noop("怎样分片"): _bundling(policy),
        gettext_noop("片区大小"): _thresholds(policy),
        gettext_noop("怎样算相邻"): _links(policy),
        gettext_noop("谁可以承接"): _providers(policy),
        gettext_noop("收支测算（筛查用，不是账单）"): _money(policy),
        gettext_noop("数据不全时的推算"): _derive(policy),
    }
    return [
        Chapter(
            title=translate(title),
            rules=tuple(
                Rule(
                    text=translate(text).format(**values),
                    is_default=key in policy.taken_from_default,
                )
                for key, text, values in rules
            ),
        )
        for title, rules in said.items()
    ]


_Said = Iterator[tuple[str, str, Mapping[str, object]]]
"""Key of the policy file, sentence, values."""


def _bundling(policy: Policy) -> _Said:
    rules = policy.bundling
    yield "bundling.strategy", STRATEGIES[rules.strategy], {}
    yield "bundling.contiguity", CONTIGUITIES[rules.contiguity], {}
    yield "bundling.scope", SCOPES[rules.scope], {}
    yield "bundling.below_minimum", BELOW_MINIMUM[rules.below_minimum], {}
    yield "bundling.count", COUNTS[rules.count], {"target": rules.target_count}
    order = "、".join(OBJECTIVES[objective] for objective in rules.objectives)
    yield "bundling.objectives", gettext_noop("依次比较：{order}"), {"order": order}
    yield "bundling.effort", EFFORTS[rules.effort], {}


def _thresholds(policy: Policy) -> _Said:
    limits = policy.thresholds
    bounds = {
        "floor_area_min_m2": gettext_noop("建筑面积下限 {limit:,.2f} 万㎡"),
        "floor_area_max_m2": gettext_noop("建筑面积上限 {limit:,.2f} 万㎡"),
        "households_min": gettext_noop("户（套）下限 {limit:,.0f}"),
        "households_max": gettext_noop("户（套）上限 {limit:,.0f}"),
        "diameter_max_m": gettext_noop("直径上限 {limit:,.0f} 米"),
        "walk_max_m": gettext_noop("片区内步行网总长上限 {limit:,.0f} 米"),
        "subsidy_max_yuan": gettext_noop("每个片区每年所需补贴上限 {limit:,.0f} 元"),
        "leads_min": gettext_noop("每个片区至少有带动小区 {limit:,.0f} 个（大带小）"),
        "leads_max": gettext_noop("每个片区至多有带动小区 {limit:,.0f} 个"),
        "lead_reach_m": gettext_noop("带动小区带动范围 {limit:,.0f} 米"),
    }
    for name, text in bounds.items():
        limit = getattr(limits, name)
        if limit is not None:
            per = M2_IN_WAN if name.endswith("_m2") else 1
            yield f"thresholds.{name}", text, {"limit": limit / per}


def _links(policy: Policy) -> _Said:
    links = policy.links
    yield "links.reach_m", gettext_noop("间隔不超过 {m:,.0f} 米"), {"m": links.reach_m}
    barriers = "、".join(BarrierKind.label_of(kind) for kind in links.hard)
    yield (
        "links.hard",
        gettext_noop("被{barriers}隔开的不算相邻，有通道的除外"),
        {"barriers": barriers},
    )
    for kind, metres in links.impedance_m.items():
        values = {"barrier": BarrierKind.label_of(kind), "m": metres}
        yield "links.impedance_m", gettext_noop("隔{barrier}的，间隔按加 {m:,.0f} 米计"), values
    reach = {"m": links.crossing_reach_m}
    yield "links.crossing_reach_m", gettext_noop("通道连接其两端 {m:,.0f} 米以内的纳管对象"), reach


def _providers(policy: Policy) -> _Said:
    rules = policy.providers
    if rules.grade_min is not None:
        values = {"grade": rules.grade_min}
        yield "providers.grade_min", gettext_noop("信用等级不低于 {grade} 级"), values
    yield "providers.grade_unknown", UNKNOWN_GRADES[rules.grade_unknown], {}
    bonus = {"bonus": rules.incumbent_bonus}
    yield "providers.incumbent_bonus", gettext_noop("已在片区内服务的优先（{bonus:g} 分）"), bonus
    per_km = {"cost": rules.cost_per_km}
    yield "providers.cost_per_km", gettext_noop("驻地每远 1 公里减 {cost:g} 分"), per_km
    per_grade = {"cost": rules.cost_per_grade}
    yield "providers.cost_per_grade", gettext_noop("信用等级每低一级减 {cost:g} 分"), per_grade
    yield "providers.backstop_cost", gettext_noop("无人可承接时才由兜底主体承接"), {}
    weights = {
        "cost_per_km_running": gettext_noop("距其现有服务项目每远 1 公里减 {value:g} 分"),
        "cost_when_full": gettext_noop("占满其剩余承接能力的减 {value:g} 分，占用较少的按比例减"),
        "continuity_bonus": gettext_noop("重新划定时，沿用现方案服务主体的优先（{value:g} 分）"),
        "share_max": gettext_noop("一家承接的建筑面积不超过各片区合计的 {value:.0%}"),
        "per_area_max": gettext_noop("同一辖区内的服务主体不超过 {value} 家"),
    }
    for name, text in weights.items():
        if value := getattr(rules, name):
            yield f"providers.{name}", text, {"value": value}


def _money(policy: Policy) -> _Said:
    money = policy.money
    sentences = {
        "fee": gettext_noop("物业费不详的，按每月每平方米 {value:.2f} 元计"),
        "collection": gettext_noop("收缴率按 {value:.0%} 计"),
        "cost_per_zone": gettext_noop("每个片区每年固定成本 {value:,.0f} 元"),
        "cost_per_m2": gettext_noop("每平方米每年成本 {value:.2f} 元"),
        "parking": gettext_noop("停车收入每片区每年 {value:,.0f} 元"),
        "concessions": gettext_noop("经营收入每片区每年 {value:,.0f} 元"),
        "subsidy": gettext_noop("补贴每片区每年 {value:,.0f} 元"),
    }
    for name, text in sentences.items():
        yield f"money.{name}", text, {"value": getattr(money, name)}


def _derive(policy: Policy) -> _Said:
    derive = policy.derive
    yield (
        "old.year",
        gettext_noop("未认定的，{year} 年以前建成的推定为老旧小区"),
        {"year": policy.old_year},
    )
    per = {"m2": derive.floor_area_per_household_m2}
    yield (
        "derive.floor_area_per_household_m2",
        gettext_noop("户数不详的，按每户（套）{m2:g} 平方米推算"),
        per,
    )
    reach = {"m": derive.courtyard_reach_m}
    yield (
        "derive.courtyard_reach_m",
        gettext_noop("相距 {m:g} 米以内的零散楼栋合为一个院落"),
        reach,
    )
