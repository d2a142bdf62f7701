"""Words that clerks write → what is stored; the first word of each is the one that forms show."""

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
    **dict.fromkeys(("铁路", "轨道"), "railway"),
    **dict.fromkeys(("快速路", "高速公路", "高速", "高架"), "expressway"),
    **dict.fromkeys(("主干路", "主干道", "干道"), "arterial"),
    **dict.fromkeys(("围墙", "墙", "隔离墙"), "wall"),
}
CROSSINGS = {
    **dict.fromkeys(("桥", "桥梁", "天桥", "过街天桥", "人行天桥"), "bridge"),
    **dict.fromkeys(("地道", "地下通道", "过街地道", "涵洞"), "underpass"),
    **dict.fromkeys(("大门", "门", "出入口", "开口"), "gate"),
    **dict.fromkeys(("人行横道", "斑马线"), "zebra"),
}
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
