"""Words that clerks write → what is stored; the first word of each is the one that forms show.

The words of OpenStreetMap are understood too. Its columns are tags: `highway` calls footpaths and
trunk roads alike, so words that mean no barrier are known as well, and such rows are left out.
"""

from collections.abc import Mapping

from geo.words import (
    AreaLevel,
    BarrierKind,
    BaseUnit,
    CommitteeKind,
    CrossingKind,
    EventCategory,
    EventKind,
    EventResult,
    ProviderKind,
    QuarterMark,
    SubsidyBasis,
    Verdict,
    Word,
)


def _understood(others: Mapping[Word, tuple[str, ...]]) -> dict[str, str]:
    """Return the code of every word: each code's own label first, then what else is written."""
    return {text: str(word) for word, more in others.items() for text in (word.label, *more)}


LEVELS = _understood(
    {
        AreaLevel.CITY: ("地级市", "城市"),
        AreaLevel.DISTRICT: ("区", "县", "县级市", "区市县", "先导区", "旗"),
        AreaLevel.SUBDISTRICT: ("乡镇", "镇", "乡", "街道办", "街道办事处"),
        AreaLevel.COMMUNITY: ("村", "居委会", "村委会"),
        AreaLevel.GRID: ("基础网格",),
    }
)
COMMITTEES = {
    text: CommitteeKind.label_of(code)
    for text, code in _understood(
        {
            CommitteeKind.OWNERS: ("业委会",),
            CommitteeKind.MANAGEMENT: ("物管会", "物管委", "小区管理委员会", "小区管委会"),
            CommitteeKind.NONE: ("未成立", "未组建", "没有"),
        }
    ).items()
}
"""Frames carry who decides in Chinese, as a ledger shows it."""
BARRIERS = _understood(
    {
        BarrierKind.RIVER: (
            *("河", "江", "水系"),
            *("water", "riverbank", "canal", "dock", "lake", "basin", "reservoir"),
        ),
        BarrierKind.RAILWAY: ("轨道", "rail", "light_rail", "narrow_gauge"),
        BarrierKind.EXPRESSWAY: (
            *("高速公路", "高速", "高架"),
            *("motorway", "motorway_link", "trunk", "trunk_link"),
        ),
        BarrierKind.ARTERIAL: (
            *("主干道", "干道"),
            *("primary", "primary_link", "secondary", "secondary_link"),
        ),
        BarrierKind.WALL: ("墙", "隔离墙", "city_wall", "retaining_wall", "fence"),
    }
)
NO_BARRIERS = frozenset(
    {
        *("footway", "path", "pedestrian", "steps", "cycleway", "bridleway", "corridor", "track"),
        *("service", "residential", "living_street", "unclassified", "road", "busway"),
        *("tertiary", "tertiary_link", "construction", "proposed", "platform", "crossing"),
        *("subway", "tram", "monorail", "funicular", "abandoned", "disused", "razed", "station"),
        *("stream", "ditch", "drain", "swimming_pool", "fountain", "pond", "wetland"),
        *("pier", "ferry", "gate", "bollard", "kerb", "hedge"),
    }
)
"""What a map draws and people walk along or over: side streets, paths, what runs underground."""
UNDERGROUND = frozenset({"是", "1", "yes", "true", "culvert", "building_passage"})
CROSSINGS = _understood(
    {
        CrossingKind.BRIDGE: ("桥梁", "天桥", "过街天桥", "人行天桥"),
        CrossingKind.UNDERPASS: ("地下通道", "过街地道", "涵洞"),
        CrossingKind.GATE: ("门", "出入口", "开口"),
        CrossingKind.ZEBRA: ("斑马线",),
    }
)
BRIDGES = dict.fromkeys(("yes", "true", "1", "viaduct", "movable", "boardwalk"), "bridge")
NO_CROSSINGS = frozenset({"no", "false", "0", "aqueduct"})
NOT_FOR_WALKERS = frozenset(
    {"motorway", "motorway_link", "trunk", "trunk_link", "rail", "light_rail", "subway"}
)
PROVIDERS = _understood(
    {
        ProviderKind.STATE: ("国有企业", "国企"),
        ProviderKind.PRIVATE: ("民营企业", "民企", "私营"),
        ProviderKind.SUBDISTRICT: ("街属", "街道企业"),
        ProviderKind.JOINT: ("合资企业",),
        ProviderKind.SERVICE_CENTRE: ("服务中心",),
        ProviderKind.NON_PROFIT: ("非营利组织", "民办非企业"),
        ProviderKind.OWNER_UNIT: ("产权单位",),
        ProviderKind.SELF_GOVERNING: ("业主自治", "自治"),
        ProviderKind.OTHER: ("其它",),
    }
)
UNITS = _understood(
    {
        BaseUnit.COMPOUND: (),
        BaseUnit.MANAGEMENT_AREA: (),
        BaseUnit.BUILDING: ("楼栋(幢)", "幢", "栋"),
    }
)
GRADES = {letter + ending: letter for letter in "ABCD" for ending in ("", "级")}
EVENT_KINDS = _understood(
    {
        EventKind.COMPLAINT: ("信访", "投诉举报", "诉求", "报修"),
        EventKind.INSPECTION: ("检查", "巡检", "抽查", "采集"),
    }
)
EVENT_CATEGORIES = _understood(
    {
        EventCategory.SANITATION: ("卫生", "保洁", "绿化", "私搭乱建", "乱堆乱放"),
        EventCategory.ORDER: ("秩序", "停车", "安保", "治安", "飞线"),
        EventCategory.FACILITIES: ("设施设备", "设施", "电梯", "消防", "路灯", "下水", "管网"),
        EventCategory.REFUSE: ("垃圾处置", "垃圾", "垃圾分类", "垃圾清运"),
        EventCategory.SERVICE: ("服务质量", "物业管理", "服务态度", "物业"),
        EventCategory.REPAIR: ("维修", "报修", "房屋维修", "漏水"),
        EventCategory.FEES: ("物业费", "乱收费", "收费问题"),
        EventCategory.LEGACY: ("历史遗留", "遗留问题"),
        EventCategory.DISPUTE: ("纠纷", "矛盾", "业主纠纷"),
        EventCategory.OTHER: ("其它",),
    }
)
EVENT_RESULTS = _understood(
    {
        EventResult.OPEN: ("未办结", "处理中", "待处理", "待整改", "整改中"),
        EventResult.SETTLED: ("办结", "已处理", "已整改", "已解决", "属实已办结"),
        EventResult.UNFOUNDED: ("查无此事", "撤诉", "重复"),
    }
)
MARKS = _understood(
    {
        QuarterMark.EXCELLENT: ("优",),
        QuarterMark.GOOD: ("良",),
        QuarterMark.PASSED: ("中", "达标"),
        QuarterMark.FAILED: ("差", "不达标"),
    }
)
VERDICTS = _understood({Verdict.ADOPTED: ("同意",), Verdict.DECLINED: ("不同意",)})
BASES = _understood(
    {
        SubsidyBasis.LUMP: ("定额", "元"),
        SubsidyBasis.AREA_MONTH: ("按面积", "元/m2·月", "元/m2/月"),
        SubsidyBasis.HOUSEHOLD_MONTH: ("按户", "元/户/月"),
        SubsidyBasis.SITE_MONTH: ("按处", "元/处/月"),
    }
)
