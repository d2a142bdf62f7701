"""Words that clerks write → what is stored; the first word of each is the one that forms show.

The words of OpenStreetMap are understood too. Its columns are tags: `highway` calls footpaths and
trunk roads alike, so words that mean no barrier are known as well, and such rows are left out.
"""

LEVELS = {
    **dict.fromkeys(("市", "地级市", "城市"), "city"),
    **dict.fromkeys(("区县", "区", "县", "县级市", "区市县", "先导区", "旗"), "district"),
    **dict.fromkeys(("街道", "乡镇", "镇", "乡", "街道办", "街道办事处"), "subdistrict"),
    **dict.fromkeys(("社区", "村", "居委会", "村委会"), "community"),
    **dict.fromkeys(("网格", "基础网格"), "grid"),
}
COMMITTEES = {
    **dict.fromkeys(("业主委员会", "业委会"), "业主委员会"),
    **dict.fromkeys(
        ("物业管理委员会", "物管会", "物管委", "小区管理委员会", "小区管委会"), "物业管理委员会"
    ),
    **dict.fromkeys(("无", "未成立", "未组建", "没有"), "无"),
}
BARRIERS = {
    **dict.fromkeys(("河流", "河", "江", "水系"), "river"),
    **dict.fromkeys(("water", "riverbank", "canal", "dock", "lake", "basin", "reservoir"), "river"),
    **dict.fromkeys(("铁路", "轨道", "rail", "light_rail", "narrow_gauge"), "railway"),
    **dict.fromkeys(("快速路", "高速公路", "高速", "高架"), "expressway"),
    **dict.fromkeys(("motorway", "motorway_link", "trunk", "trunk_link"), "expressway"),
    **dict.fromkeys(("主干路", "主干道", "干道"), "arterial"),
    **dict.fromkeys(("primary", "primary_link", "secondary", "secondary_link"), "arterial"),
    **dict.fromkeys(("围墙", "墙", "隔离墙", "city_wall", "retaining_wall", "fence"), "wall"),
}
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
CROSSINGS = {
    **dict.fromkeys(("桥", "桥梁", "天桥", "过街天桥", "人行天桥"), "bridge"),
    **dict.fromkeys(("地道", "地下通道", "过街地道", "涵洞"), "underpass"),
    **dict.fromkeys(("大门", "门", "出入口", "开口"), "gate"),
    **dict.fromkeys(("人行横道", "斑马线"), "zebra"),
}
BRIDGES = dict.fromkeys(("yes", "true", "1", "viaduct", "movable", "boardwalk"), "bridge")
NO_CROSSINGS = frozenset({"no", "false", "0", "aqueduct"})
NOT_FOR_WALKERS = frozenset(
    {"motorway", "motorway_link", "trunk", "trunk_link", "rail", "light_rail", "subway"}
)
PROVIDERS = {
    **dict.fromkeys(("国有", "国有企业", "国企"), "state"),
    **dict.fromkeys(("民营", "民营企业", "民企", "私营"), "private"),
    **dict.fromkeys(("街道所属", "街属", "街道企业"), "subdistrict"),
    **dict.fromkeys(("合资", "合资企业"), "joint"),
    **dict.fromkeys(("社区服务中心", "服务中心"), "service_centre"),
    **dict.fromkeys(("非营利", "非营利组织", "民办非企业"), "non_profit"),
    **dict.fromkeys(("原产权单位", "产权单位"), "owner_unit"),
    **dict.fromkeys(("自治组织", "业主自治", "自治"), "self_governing"),
    **dict.fromkeys(("其他", "其它"), "other"),
}
UNITS = {
    **dict.fromkeys(("小区",), "compound"),
    **dict.fromkeys(("物业管理区域",), "management_area"),
    **dict.fromkeys(("楼栋", "楼栋(幢)", "幢", "栋"), "building"),
}
GRADES = {letter + ending: letter for letter in "ABCD" for ending in ("", "级")}
