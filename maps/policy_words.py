"""The numbers of a policy as sentences, each with its key; and words for its choices."""

from collections.abc import Iterator, Mapping

from geo.errors import gettext_noop
from geo.words import AreaLevel, BarrierKind, ProviderKind
from layers.policy import (
    BundlingRules,
    Contiguity,
    Count,
    Effort,
    Objective,
    Policy,
    Strategy,
    TakesPart,
)
from layers.rules import NO_LIMITS, limits_of
from layers.sites import Scope

M2_IN_WAN = 10_000
STRATEGIES: Mapping[str, str] = {
    Strategy.CONTIGUOUS: gettext_noop("相邻的纳管对象连成片区"),
    Strategy.ADJACENT: gettext_noop("相邻的一个或多个纳管对象共管，不设下限"),
    Strategy.WHOLE_AREA: gettext_noop("同一辖区的纳管对象整体打包，超过上限才拆分"),
    Strategy.LEAD: gettext_noop("以大带小：每个片区由带动小区带动周边纳管对象"),
    Strategy.NONE: gettext_noop("不连片，每个纳管对象自成一片"),
}
ONE_A_ZONE = gettext_noop("同一辖区的纳管对象整体打包")
TAKES_PART: Mapping[str, str] = {
    TakesPart.OLD: gettext_noop("老旧小区"),
    TakesPart.SMALL: gettext_noop("规模小的"),
    TakesPart.NO_MARKET: gettext_noop("未具备专业物业管理条件的"),
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
UNITS: Mapping[str, str] = {
    "compound": gettext_noop("小区"),
    "management_area": gettext_noop("物业管理区域"),
    "building": gettext_noop("楼栋（幢）"),
    "household": gettext_noop("户（套）"),
    "floor_area": gettext_noop("建筑面积"),
}
MEASURES: Mapping[str, str] = {
    "firm": gettext_noop("先列物业企业服务覆盖率"),
    "any": gettext_noop("先列物业服务覆盖率（含自治、托管）"),
    "signed": gettext_noop("先列签约率"),
    "in_service": gettext_noop("先列进驻率"),
}
STATUSES: Mapping[str, str] = {
    "in_force": gettext_noop("现行"),
    "pilot": gettext_noop("试点"),
    "planned": gettext_noop("计划中"),
    "reported_case": gettext_noop("个案"),
}


Said = Iterator[tuple[str, str, Mapping[str, object]]]
"""Key of the policy file, sentence, values."""


def bundling_said(policy: Policy) -> Said:
    """Yield the sentences of that part of a policy."""
    rules = policy.bundling
    is_one = rules.one_provider_per_area
    yield "bundling.strategy", ONE_A_ZONE if is_one else STRATEGIES[rules.strategy], {}
    if rules.strategy is Strategy.NONE:
        return
    yield "bundling.contiguity", CONTIGUITIES[rules.contiguity], {}
    yield "bundling.scope", SCOPES[rules.scope], {}
    if rules.scopes is not None:
        levels = "、".join(AreaLevel.label_of(scope) for scope in rules.scopes)
        yield "bundling.scopes", gettext_noop("文件可选的范围：{levels}"), {"levels": levels}
    if is_one:
        text = gettext_noop("每个辖区确定一家服务主体，片区大小不设上下限")
        yield "bundling.one_provider_per_area", text, {}
    yield from _taking_part(rules)
    limits = limits_of(policy)
    if limits.floor_area_min_m2 or limits.households_min:
        yield "bundling.below_minimum", BELOW_MINIMUM[rules.below_minimum], {}
    yield "bundling.count", COUNTS[rules.count], {"target": rules.target_count}
    order = "、".join(OBJECTIVES[objective] for objective in rules.objectives)
    yield "bundling.objectives", gettext_noop("依次比较：{order}"), {"order": order}
    yield "bundling.effort", EFFORTS[rules.effort], {}


def _taking_part(rules: BundlingRules) -> Said:
    if rules.takes_part:
        kinds = "、".join(TAKES_PART[asked] for asked in rules.takes_part)
        text = gettext_noop("参加连片的只有：{kinds}")
        yield "bundling.takes_part", text, {"kinds": kinds}
    if TakesPart.SMALL in rules.takes_part:
        text = gettext_noop("规模小：建筑面积不到 {limit:,.2f} 万㎡")
        yield "bundling.small_below_m2", text, {"limit": rules.small_below_m2 / M2_IN_WAN}
    if rules.mode is not None:
        yield "bundling.mode", gettext_noop("打包后实行{mode}"), {"mode": rules.mode}


def thresholds_said(policy: Policy) -> Said:
    """Yield the sentences of that part of a policy."""
    limits = limits_of(policy)
    if limits == NO_LIMITS:
        yield "", gettext_noop("本政策不设片区上下限"), {}
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


def coverage_said(policy: Policy) -> Said:
    """Yield what a rate counts (口径)."""
    rules = policy.coverage
    yield "coverage.unit", gettext_noop("按{unit}计"), {"unit": UNITS[rules.unit]}
    yield "coverage.measure", MEASURES[rules.measure], {}
    if rules.base is not None:
        yield "coverage.base", gettext_noop("底数：{base}"), {"base": rules.base}
        if rules.base_date is None:
            yield "coverage.base_date", gettext_noop("底数日期：文件未规定"), {}
        else:
            day = {"day": rules.base_date}
            yield "coverage.base_date", gettext_noop("底数日期：{day}"), day


def links_said(policy: Policy) -> Said:
    """Yield the sentences of that part of a policy."""
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
        key = f"links.impedance_m.{kind}"
        yield key, gettext_noop("隔{barrier}的，间隔按加 {m:,.0f} 米计"), values
    reach = {"m": links.crossing_reach_m}
    yield "links.crossing_reach_m", gettext_noop("通道连接其两端 {m:,.0f} 米以内的纳管对象"), reach


def providers_said(policy: Policy) -> Said:
    """Yield the sentences of that part of a policy."""
    rules = policy.providers
    if rules.kinds:
        kinds = "、".join(ProviderKind.label_of(kind) for kind in rules.kinds)
        yield (
            "providers.kinds",
            gettext_noop("片区由这些性质的服务主体承接：{kinds}"),
            {"kinds": kinds},
        )
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


def money_said(policy: Policy) -> Said:
    """Yield the sentences of that part of a policy."""
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


def assessment_said(policy: Policy) -> Said:
    """Yield the numbers that evaluations and treatments are reckoned with."""
    rules = policy.assessment
    many = {"count": rules.many_events, "months": rules.within_months}
    yield "assessment.many_events", gettext_noop("一个小区 {count} 件及以上为“多”"), many
    yield "assessment.within_months", gettext_noop("投诉、巡查按最近 {months} 个月计"), many
    lead = {"share": rules.lead_share}
    text = gettext_noop("未规定权重的，为主的一方占 {share:.0%}，其余平分")
    yield "assessment.lead_share", text, lead
    for name, text in {
        "excellent_from": gettext_noop("{marks:g} 分及以上为优秀"),
        "good_from": gettext_noop("{marks:g} 分及以上为良好"),
        "passed_from": gettext_noop("{marks:g} 分及以上为合格，其余不合格"),
    }.items():
        yield f"assessment.{name}", text, {"marks": getattr(rules, name)}


def old_said(policy: Policy) -> Said:
    """Yield the sentence of what is old."""
    yield (
        "old.year",
        gettext_noop("未认定的，{year} 年以前建成的推定为老旧小区"),
        {"year": policy.old_year},
    )


def derive_said(policy: Policy) -> Said:
    """Yield the sentences of that part of a policy."""
    derive = policy.derive
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
