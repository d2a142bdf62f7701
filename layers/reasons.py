"""Why something was decided: a key with values, and the Chinese sentence of each key."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from geo.errors import gettext_noop

NAMES_SHOWN = 6
"""A sentence names this many sites; the rest are counted."""

SENTENCES: Mapping[str, str] = {
    # one line a key, sorted; `str.format_map(values)` fills it
    "case.crossing": gettext_noop("打通“{a}”与“{b}”之间的{barrier}（间距 {gap_m:,.0f} m）。"),
    "case.minimum": gettext_noop("下限降低 {percent:.0f}%。"),
    "case.own": gettext_noop("现行政策（相邻距离 {reach_m:,.0f} m）。"),
    "case.reach": gettext_noop("相邻距离改为 {reach_m:,.0f} m。"),
    "edit.assigned": gettext_noop("将 {count} 处纳管对象划入{zone}号片区。"),
    "edit.assigned_new": gettext_noop("将 {count} 处纳管对象划为新的{zone}号片区。"),
    "edit.chosen": gettext_noop("为{zone}号片区选定服务主体“{provider}”。"),
    "edit.chosen_because": gettext_noop("为{zone}号片区选定服务主体“{provider}”，理由：{why}。"),
    "edit.locked": gettext_noop("锁定 {count} 处纳管对象。"),
    "edit.locked_stayed": gettext_noop("另有 {count} 处已锁定，没有移动。"),
    "edit.merged": gettext_noop("将{zones}号片区并入{zone}号片区。"),
    "edit.redone": gettext_noop("重做已撤销的修改。"),
    "edit.released": gettext_noop("{zone}号片区不再选定“{provider}”，交回系统推荐。"),
    "edit.split": gettext_noop("从{zone}号片区拆出 {count} 处纳管对象，成为{zones}号片区。"),
    "edit.taken_out": gettext_noop("将 {count} 处纳管对象移出片区。"),
    "edit.undone": gettext_noop("撤销一次修改。"),
    "edit.unlocked": gettext_noop("解锁 {count} 处纳管对象。"),
    "plan.site_lost": gettext_noop("“{site}”既不在任何片区内，也没有说明不划入的原因。"),
    "plan.site_twice": gettext_noop("“{site}”同时划入 {zones} 号片区，一处只能划入一个片区。"),
    "plan.zone_twice": gettext_noop("{zone}号片区出现了两次，片区编号不能重复。"),
    "provider.backstop_by": gettext_noop("兜底依据：{document}。"),
    "provider.banned": gettext_noop("依据“{document}”禁入至 {until}（{why}）。"),
    "provider.banned_without_end": gettext_noop(
        "依据“{document}”自 {since} 起禁入，未定截止日期（{why}）。"
    ),
    "provider.capacity_households": gettext_noop(
        "可承接户数不足：尚可承接 {free:,.0f} 户（套），还差 {short:,.0f} 户（套）。"
    ),
    "provider.capacity_m2": gettext_noop(
        "可承接面积不足：尚可承接 {free:,.0f} ㎡，还差 {short:,.0f} ㎡。"
    ),
    "provider.distance": gettext_noop("驻地距片区 {km:,.1f} km。"),
    "provider.distance_running": gettext_noop("距其现有服务项目最近 {km:,.1f} km。"),
    "provider.grade": gettext_noop("信用等级 {grade} 级。"),
    "provider.grade_below": gettext_noop("信用等级 {grade} 级，低于要求的 {minimum} 级。"),
    "provider.grade_unknown": gettext_noop("信用等级不详，政策要求不低于 {minimum} 级。"),
    "provider.held": gettext_noop("现方案已拟推荐其服务本片区内 {count} 处纳管对象。"),
    "provider.incumbent": gettext_noop("现已服务本片区内 {count} 处纳管对象。"),
    "provider.not_company": gettext_noop("不是物业服务企业，不计入本政策的物业企业服务覆盖率。"),
    "provider.other_kind": gettext_noop("本政策的片区只由{kinds}承接。"),
    "provider.outside_service_area": gettext_noop("服务区域不含“{site}”等 {count} 处纳管对象。"),
    "provider.over_share": gettext_noop("承接份额将超过政策规定的单家上限，超出 {short:,.0f} ㎡。"),
    "provider.own_compound_only": gettext_noop("业主自治组织只管理本小区，不承接其他纳管对象。"),
    "provider.signed_below_grade": gettext_noop(
        "{day} 签约时信用等级为 {grade} 级，低于要求的 {minimum} 级。"
    ),
    "provider.signed_grade_unknown": gettext_noop(
        "{day} 签约时信用等级不详，政策要求不低于 {minimum} 级。"
    ),
    "provider.signed_outside": gettext_noop("{day} 签约时，所服务的对象不在其服务区域内。"),
    "provider.signed_while_banned": gettext_noop(
        "{day} 签约时处于禁入期（依据“{document}”：{why}）。"
    ),
    "provider.too_many_here": gettext_noop("本辖区的服务主体已达政策规定的 {most} 家。"),
    "site.alone": gettext_noop("没有与其相邻、可以连片的纳管对象，单独成片。"),
    "site.alone_after_edit": gettext_noop("规划人员调整片区后，单独成片。"),
    "site.barrier": gettext_noop(
        "与“{neighbour}”（{zone}号片区）相距 {gap_m:,.0f} m，中间有{barrier}阻隔，不相连。"
    ),
    "site.connector": gettext_noop("{zone}号片区的锁定对象须经此处才能相连。"),
    "site.crossing": gettext_noop("经通道与同片的“{neighbour}”相连，步行 {walk_m:,.0f} m。"),
    "site.cut": gettext_noop("与“{neighbour}”（{zone}号片区）的邻接关系已由规划人员断开，不相连。"),
    "site.floor_area_unknown": gettext_noop("建筑面积不详，未计入片区合计，请核实。"),
    "site.households_unknown": gettext_noop("户数不详，未计入片区合计，请核实。"),
    "site.left_out_below_minimum": gettext_noop(
        "相连的 {count} 处纳管对象合计仍低于下限，未划入片区。"
    ),
    "site.left_out_no_room": gettext_noop(
        "没有找到既达到下限、又不超过上限和最大跨度的划法，未划入片区。"
    ),
    "site.locked": gettext_noop("由规划人员锁定在{zone}号片区。"),
    "site.locked_out": gettext_noop("由规划人员锁定为不划入任何片区。"),
    "site.neighbour": gettext_noop("与同片的“{neighbour}”相邻，间距 {gap_m:,.0f} m。"),
    "site.no_strategy": gettext_noop("本政策不作连片，每处单独管理。"),
    "site.not_connected": gettext_noop("与同片其他纳管对象不相连，本政策允许。"),
    "site.oversize": gettext_noop("单处已超过片区上限，单独成片。"),
    "site.placed_by_planner": gettext_noop("由{by}于 {on} 划入{zone}号片区。"),
    "site.planner_link": gettext_noop("按规划人员确认的邻接关系与同片的“{neighbour}”相连。"),
    "site.removed_by_planner": gettext_noop("由{by}于 {on} 移出片区。"),
    "site.same_community": gettext_noop("与同片 {count} 处纳管对象同属一个社区。"),
    "site.second_breaks": gettext_noop("也与{zone}号片区相邻，但划入后该片区将违反{rule}。"),
    "site.second_costs_more": gettext_noop(
        "也可划入{zone}号片区，但步行距离与最大跨度合计将增加 {more_m:,.0f} m。"
    ),
    "site.second_fewer_zones": gettext_noop("也可划入{zone}号片区，但片区数量将不合政策取向。"),
    "site.second_leaves_minimum": gettext_noop("也与{zone}号片区相邻，但划出后本片区将低于下限。"),
    "site.second_leaves_parts": gettext_noop(
        "也与{zone}号片区相邻，但划出后本片区将分成不相连的几部分。"
    ),
    "site.second_locked": gettext_noop("也与{zone}号片区相邻，但该片区已锁定且不能扩展。"),
    "site.second_more_households": gettext_noop(
        "也与{zone}号片区相邻，但划入后户数将达 {households:,.0f} 户（套），"
        "超过上限 {maximum:,.0f} 户（套）。"
    ),
    "site.second_more_subsidy": gettext_noop(
        "也可划入{zone}号片区，但每年所需补贴将增加 {more_yuan:,.0f} 元。"
    ),
    "site.second_no_worse": gettext_noop("也可划入{zone}号片区，各项指标相当。"),
    "site.second_other_scope": gettext_noop(
        "也与{zone}号片区相邻，但分属不同管理辖区，片区不跨辖区。"
    ),
    "site.second_over_maximum": gettext_noop(
        "也与{zone}号片区相邻，但划入后建筑面积将达 {floor_area_m2:,.0f} ㎡，"
        "超过上限 {maximum_m2:,.0f} ㎡。"
    ),
    "site.second_too_wide": gettext_noop(
        "也与{zone}号片区相邻，但划入后最大跨度将达 {diameter_m:,.0f} m，"
        "超过上限 {maximum_m:,.0f} m。"
    ),
    "site.second_torn": gettext_noop("也与{zone}号片区相邻，但须与本片区内的其他对象同区。"),
    "variant.against_first": gettext_noop(
        "与第一方案相比：片区 {zones:+,.0f} 个，低于下限或未归入的建筑面积 {short_m2:+,.0f} ㎡，"
        "年需补贴 {subsidy_yuan:+,.0f} 元，步行距离与最大跨度合计 {spread_m:+,.0f} m；"
        "{moved:,.0f} 处纳管对象划法不同。"
    ),
    "variant.arterial": gettext_noop("片区不跨主干路。"),
    "variant.few": gettext_noop("片区尽量少、每片尽量大。"),
    "variant.many": gettext_noop("片区尽量多、每片尽量小。"),
    "variant.narrow": gettext_noop("最大跨度收紧到 {maximum_m:,.0f} m。"),
    "variant.own": gettext_noop("按政策原有取向划分。"),
    "variant.scope": gettext_noop("片区不出{level}。"),
    "variant.seed": gettext_noop("换一组随机起点（种子 {seed}）。"),
    "zone.below_minimum": gettext_noop(
        "建筑面积合计 {floor_area_m2:,.0f} ㎡，低于下限 {minimum_m2:,.0f} ㎡。"
    ),
    "zone.below_minimum_unknown": gettext_noop(
        "各处建筑面积均不详，无法判断是否达到下限 {minimum_m2:,.0f} ㎡，请核实。"
    ),
    "zone.beyond_spare": gettext_noop(
        "带动小区的服务主体尚可承接 {spare_m2:,.0f} ㎡，片区内其余合计 {floor_area_m2:,.0f} ㎡。"
    ),
    "zone.carries_itself": gettext_noop(
        "年收支差额 {margin_wan:,.1f} 万元，收支可以平衡（测算，非账单）。"
    ),
    "zone.cheaper_provider_full": gettext_noop(
        "“{provider}”更合适，但可承接面积或户数已用于其他片区。"
    ),
    "zone.cheaper_provider_not_here": gettext_noop(
        "“{provider}”更合适，但同一辖区内的服务主体已达政策规定的家数。"
    ),
    "zone.cheaper_provider_share": gettext_noop(
        "“{provider}”更合适，但其承接份额已达政策规定的上限。"
    ),
    "zone.chosen": gettext_noop("人工选定“{provider}”（{by}，{on}）。"),
    "zone.chosen_against_rules": gettext_noop("违反规则仍予选定，理由：{why}。"),
    "zone.chosen_because": gettext_noop("选定的理由：{why}。"),
    "zone.chosen_instead": gettext_noop(
        "按规则本应推荐“{provider}”，综合评分少 {less:,.1f}（少者优先）。"
    ),
    "zone.chosen_not_allowed": gettext_noop(
        "人工选定的“{provider}”不合规则，又没有记录理由：请写明理由、改选或交回系统推荐。"
    ),
    "zone.chosen_unknown": gettext_noop(
        "{by}选定的“{provider}”已不在名录中，请改选或交回系统推荐。"
    ),
    "zone.far_from_lead": gettext_noop("{names}距片区内的带动小区超过 {maximum_m:,.0f} m。"),
    "zone.floor_area_unknown": gettext_noop("另有 {count} 处建筑面积不详，未计入合计。"),
    "zone.households_unknown": gettext_noop("另有 {count} 处户数不详，未计入合计。"),
    "zone.in_parts": gettext_noop(
        "{zone}号片区分为 {parts} 个不相连的部分：{names}与其余部分不相连。"
    ),
    "zone.kept_provider": gettext_noop(
        "片区调整后保留原拟推荐的服务主体；按调整后的片区，"
        "“{provider}”综合评分少 {less:,.1f}（少者优先）。"
    ),
    "zone.lacks": gettext_noop(
        "年收支差额 {margin_wan:,.1f} 万元；要收支平衡，每年需补贴 {yuan:,.0f} 元，"
        "或增加建筑面积约 {floor_area_m2:,.0f} ㎡（约 {households:,.0f} 户（套））。"
    ),
    "zone.lacks_whatever_size": gettext_noop(
        "年收支差额 {margin_wan:,.1f} 万元；每平方米收费不抵成本，扩大片区不能收支平衡，"
        "每年需补贴 {yuan:,.0f} 元。"
    ),
    "zone.lock_missing": gettext_noop("锁定在{zone}号片区的{names}不在该片区内。"),
    "zone.locked_elsewhere": gettext_noop("{names}已锁定在其他片区，不能划入{zone}号片区。"),
    "zone.locked_out": gettext_noop("{names}已锁定为不划入任何片区，不能划入{zone}号片区。"),
    "zone.margin_unknown": gettext_noop("各处建筑面积均不详，无法测算年收支差额。"),
    "zone.mend_nearest": gettext_noop(
        "最省的补救：认定“{site}”与“{neighbour}”（间距 {gap_m:,.0f} m）可以连片，"
        "即可并入{zone}号片区。"
    ),
    "zone.mend_none": gettext_noop("附近没有可并入的片区，补救只有补贴、兜底或放宽上限。"),
    "zone.mend_open_link": gettext_noop(
        "最省的补救：打通“{site}”与“{neighbour}”之间的{barrier}（间距 {gap_m:,.0f} m），"
        "即可并入{zone}号片区。"
    ),
    "zone.mend_subsidy": gettext_noop("若单独管理，每年需补贴约 {yuan:,.0f} 元。"),
    "zone.no_capacity_left": gettext_noop(
        "有 {count} 家符合条件，但可承接面积或户数已用于其他片区。"
    ),
    "zone.no_provider": gettext_noop("名录中 {count} 家服务主体均不能承接，主要原因：{rule}。"),
    "zone.no_provider_known": gettext_noop("名录中没有服务主体，无法拟推荐。"),
    "zone.no_provider_within_limits": gettext_noop(
        "有 {count} 家符合条件，但受单家份额上限或每辖区服务主体家数所限。"
    ),
    "zone.not_apart": gettext_noop("{names}不得划入同一片区，却同在{zone}号片区。"),
    "zone.not_connected": gettext_noop("由 {parts} 个不相连的部分组成，本政策允许。"),
    "zone.out_of_scope": gettext_noop("{zone}号片区跨越 {count} 个管理辖区（{areas}），不得跨越。"),
    "zone.over_maximum": gettext_noop(
        "建筑面积合计 {floor_area_m2:,.0f} ㎡，超过上限 {maximum_m2:,.0f} ㎡。"
    ),
    "zone.provider": gettext_noop("拟推荐“{provider}”。"),
    "zone.provider_backstop": gettext_noop(
        "拟推荐兜底服务主体“{provider}”：没有其他服务主体可以承接。"
    ),
    "zone.provider_backstop_first": gettext_noop(
        "片区低于下限，按政策拟推荐兜底服务主体“{provider}”。"
    ),
    "zone.provider_lost": gettext_noop("原拟推荐的“{provider}”不能承接调整后的片区。"),
    "zone.provider_mend_backstop": gettext_noop(
        "最省的补救：以文件授予“{provider}”本片区的兜底角色。"
    ),
    "zone.provider_mend_capacity_households": gettext_noop(
        "最省的补救：将“{provider}”的可承接户数提高 {short:,.0f} 户（套）。"
    ),
    "zone.provider_mend_capacity_m2": gettext_noop(
        "最省的补救：将“{provider}”的可承接面积提高 {short:,.0f} ㎡。"
    ),
    "zone.provider_mend_none": gettext_noop(
        "没有只改一处的补救：请补充服务主体名录，或由街道临时托管。"
    ),
    "zone.provider_mend_per_area": gettext_noop(
        "最省的补救：准许本辖区再增加一家服务主体“{provider}”。"
    ),
    "zone.provider_mend_service_area": gettext_noop(
        "最省的补救：将“{provider}”的服务区域扩大到“{site}”等 {count} 处纳管对象所在辖区。"
    ),
    "zone.provider_mend_share": gettext_noop("最省的补救：放宽单家份额上限，由“{provider}”承接。"),
    "zone.provider_not_proposed": gettext_noop("片区经规划人员调整，尚未重新拟推荐服务主体。"),
    "zone.second_provider": gettext_noop(
        "其次为“{provider}”，综合评分多 {more:,.1f}（少者优先）。"
    ),
    "zone.subsidy_unknown": gettext_noop(
        "各处建筑面积均不详，无法判断每年所需补贴是否超过上限 {maximum_yuan:,.0f} 元，请核实。"
    ),
    "zone.too_few_households": gettext_noop(
        "合计 {households:,.0f} 户（套），低于下限 {minimum:,.0f} 户（套）。"
    ),
    "zone.too_few_households_unknown": gettext_noop(
        "各处户数均不详，无法判断是否达到下限 {minimum:,.0f} 户（套），请核实。"
    ),
    "zone.too_few_leads": gettext_noop("片区内有带动小区 {count} 个，少于 {minimum} 个。"),
    "zone.too_long_a_walk": gettext_noop(
        "片区内步行网总长 {walk_m:,.0f} m，超过上限 {maximum_m:,.0f} m。"
    ),
    "zone.too_many_households": gettext_noop(
        "合计 {households:,.0f} 户（套），超过上限 {maximum:,.0f} 户（套）。"
    ),
    "zone.too_many_leads": gettext_noop("带动小区{names}同在一个片区，至多 {maximum} 个。"),
    "zone.too_much_subsidy": gettext_noop(
        "每年需补贴 {yuan:,.0f} 元，超过上限 {maximum_yuan:,.0f} 元。"
    ),
    "zone.too_wide": gettext_noop("最大跨度 {diameter_m:,.0f} m，超过上限 {maximum_m:,.0f} m。"),
    "zone.torn": gettext_noop("须与{zone}号片区同区的{names}不在该片区内。"),
    "zone.totals": gettext_noop("共 {sites} 处纳管对象，建筑面积 {floor_area}，{households}。"),
}


@dataclass(frozen=True)
class Reason:
    """One reason as data. `key` is stable and part of the plan's hash; the sentence is not."""

    key: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """Return the reason in Chinese, or in the language of `translate`."""
        return translate(SENTENCES[self.key]).format_map(self.values)


def listed(names: Iterable[str]) -> str:
    """Return names in Chinese quotation marks; beyond `NAMES_SHOWN` the rest are counted."""
    given = list(names)
    shown = "、".join(f"“{name}”" for name in given[:NAMES_SHOWN])
    return shown if len(given) <= NAMES_SHOWN else f"{shown}等 {len(given)} 处"
