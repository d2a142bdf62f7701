"""The kinds of input and their fields: one truth for readers, forms and exports."""

from collections.abc import Mapping
from enum import StrEnum

from geo.errors import gettext_noop
from geo.readers.fields import Field, Reads, Shape


class Kind(StrEnum):
    """What the rows of a file are."""

    AREA = "area"
    COMPOUND = "compound"
    BUILDING = "building"
    MANAGEMENT_AREA = "management_area"
    BARRIER = "barrier"
    CROSSING = "crossing"
    PROVIDER = "provider"
    CONTRACT = "contract"
    DECISION = "decision"
    BASE = "base"
    BAN = "ban"
    ROLE = "role"


KIND_NAMES: Mapping[Kind, str] = {
    Kind.AREA: gettext_noop("区划"),
    Kind.COMPOUND: gettext_noop("小区"),
    Kind.BUILDING: gettext_noop("楼栋"),
    Kind.MANAGEMENT_AREA: gettext_noop("物业管理区域"),
    Kind.BARRIER: gettext_noop("阻隔"),
    Kind.CROSSING: gettext_noop("通道"),
    Kind.PROVIDER: gettext_noop("服务主体"),
    Kind.CONTRACT: gettext_noop("物业服务合同"),
    Kind.DECISION: gettext_noop("业主决定"),
    Kind.BASE: gettext_noop("底数"),
    Kind.BAN: gettext_noop("禁入"),
    Kind.ROLE: gettext_noop("兜底"),
}

SHAPES: Mapping[Kind, frozenset[Shape]] = {
    Kind.AREA: frozenset({Shape.POLYGON}),
    Kind.COMPOUND: frozenset({Shape.POLYGON, Shape.POINT}),
    Kind.BUILDING: frozenset({Shape.POLYGON}),
    Kind.MANAGEMENT_AREA: frozenset({Shape.POLYGON}),
    Kind.BARRIER: frozenset({Shape.LINE, Shape.POLYGON}),
    Kind.CROSSING: frozenset({Shape.LINE}),
    Kind.PROVIDER: frozenset({Shape.POINT}),
}
"""Geometries that a kind may have; a kind that is absent here has none."""
MAY_LACK_PLACE = frozenset({Kind.COMPOUND, Kind.MANAGEMENT_AREA, Kind.PROVIDER})
SITE_KINDS = frozenset({Kind.COMPOUND, Kind.BUILDING, Kind.MANAGEMENT_AREA})
"""Kinds whose rows are sites: they are told apart by code."""

_LEVELS = {
    **dict.fromkeys(("市", "地级市", "城市"), "city"),
    **dict.fromkeys(("区县", "区", "县", "县级市", "区市县", "先导区", "旗"), "district"),
    **dict.fromkeys(("街道", "乡镇", "镇", "乡", "街道办", "街道办事处"), "subdistrict"),
    **dict.fromkeys(("社区", "村", "居委会", "村委会"), "community"),
    **dict.fromkeys(("网格", "基础网格"), "grid"),
}
_COMMITTEES = {
    **dict.fromkeys(("业主委员会", "业委会"), "业主委员会"),
    **dict.fromkeys(
        ("物业管理委员会", "物管会", "物管委", "小区管理委员会", "小区管委会"), "物业管理委员会"
    ),
    **dict.fromkeys(("无", "未成立", "未组建", "没有"), "无"),
}
_BARRIERS = {
    **dict.fromkeys(("河流", "河", "江", "水系"), "river"),
    **dict.fromkeys(("铁路", "轨道"), "railway"),
    **dict.fromkeys(("快速路", "高速公路", "高速", "高架"), "expressway"),
    **dict.fromkeys(("主干路", "主干道", "干道"), "arterial"),
    **dict.fromkeys(("围墙", "墙", "隔离墙"), "wall"),
}
_CROSSINGS = {
    **dict.fromkeys(("桥", "桥梁", "天桥", "过街天桥", "人行天桥"), "bridge"),
    **dict.fromkeys(("地道", "地下通道", "过街地道", "涵洞"), "underpass"),
    **dict.fromkeys(("大门", "门", "出入口", "开口"), "gate"),
    **dict.fromkeys(("人行横道", "斑马线"), "zebra"),
}
_PROVIDERS = {
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
_UNITS = {
    **dict.fromkeys(("小区",), "compound"),
    **dict.fromkeys(("物业管理区域",), "management_area"),
    **dict.fromkeys(("楼栋", "楼栋(幢)", "幢", "栋"), "building"),
}
_GRADES = {letter + ending: letter for letter in "ABCD" for ending in ("", "级")}


def _place(key: str, heading: str, *synonyms: str) -> Field:
    return Field(key=key, heading=heading, synonyms=synonyms, is_place=True)


PLACE_FIELDS = (
    _place("lon", "经度", "百度经度", "高德经度", "longitude", "lng", "x坐标", "东经", "x"),
    _place("lat", "纬度", "百度纬度", "高德纬度", "latitude", "y坐标", "北纬", "y"),
    _place("lonlat", "经纬度", "坐标", "驻地坐标", "longitude_latitude", "百度坐标", "高德坐标"),
    _place("wkt", "边界WKT", "WKT", "geometry", "geom", "the_geom", "边界", "几何"),
)
"""Where a table's place stands; read only from tables, as other files have their own geometry."""

_DOCUMENT = Field(key="document", heading="文号", synonyms=("依据文号", "文件号", "依据文件"))
_PROVIDER = Field(
    key="provider",
    heading="服务主体",
    synonyms=("物业公司", "物业服务企业", "管理单位", "物业企业", "物业名称", "企业名称"),
    is_required=True,
)
_FEES = (
    Field(
        key="fee",
        heading="物业费",
        synonyms=("物业费用", "物业费标准", "收费标准", "物业服务费"),
        reads=Reads.FEE,
        unit="元/㎡/月",
        fills=("fee_low", "fee_high"),
    ),
    Field(key="fee_low", heading="物业费下限", reads=Reads.FEE, unit="元/㎡/月"),
    Field(key="fee_high", heading="物业费上限", reads=Reads.FEE, unit="元/㎡/月"),
)
_VALID_FROM = Field(key="valid_from", heading="起始日期", synonyms=("生效日期",), reads=Reads.DATE)
_VALID_TO = Field(key="valid_to", heading="截止日期", synonyms=("失效日期",), reads=Reads.DATE)
_BUILT = Field(
    key="built",
    heading="建成年代",
    synonyms=("建筑年代", "竣工年份", "建成年份", "建造年代", "建成时间", "竣工时间"),
    reads=Reads.YEAR,
    unit="年",
)
_FLOOR_AREA = Field(
    key="floor_area_m2",
    heading="建筑面积",
    synonyms=("总建筑面积", "floor_area"),
    reads=Reads.AREA,
    unit="㎡",
)
_ADDRESS = Field(key="address", heading="地址", synonyms=("门牌地址", "详细地址", "坐落"))


def _households(*synonyms: str) -> Field:
    return Field(key="households", heading="户数", synonyms=synonyms, reads=Reads.COUNT, unit="户")


def _flag(key: str, heading: str, *synonyms: str) -> Field:
    return Field(key=key, heading=heading, synonyms=synonyms, reads=Reads.FLAG)


CONDITIONS = (
    _flag("area_clear", "物业管理区域明确", "区域明确"),
    _flag("premises", "物业服务用房齐备", "办公和经营用房齐备", "物业服务用房"),
    _flag("fund", "专项维修资金到位", "维修资金到位", "专项维修资金"),
    _flag("facilities", "设施设备齐全完好", "设施设备齐全"),
    _flag("has_firm", "有物业服务企业"),
    _flag("can_self_govern", "能实施自治管理", "能自治"),
    _flag("professional_ready", "具备专业物业管理条件"),
    _flag("basic_ready", "具备基础物业管理条件"),
    _flag("after_repair", "经整治可达到"),
)

FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.AREA: (
        Field(
            key="name",
            heading="名称",
            synonyms=("区划名称", "社区名称", "街道名称", "社区", "乡", "街道", "乡镇", "区县名称"),
            is_required=True,
        ),
        Field(
            key="level",
            heading="层级",
            synonyms=("级别", "区划级别"),
            reads=Reads.CHOICE,
            is_required=True,
            choices=_LEVELS,
        ),
        Field(
            key="parent",
            heading="上级",
            synonyms=("上级区划", "上级名称", "所属区县", "县", "区县"),
        ),
        Field(
            key="code",
            heading="区划代码",
            synonyms=("ADMINCODE", "adcode", "代码", "编码"),
            reads=Reads.CODE,
        ),
        Field(
            key="valid_from",
            heading="启用日期",
            synonyms=("生效日期",),
            reads=Reads.DATE,
            unknown="",
        ),
    ),
    Kind.COMPOUND: (
        Field(
            key="code", heading="小区编码", synonyms=("编码", "小区编号", "id"), reads=Reads.CODE
        ),
        Field(
            key="name",
            heading="小区名称",
            synonyms=("名称", "plot_name", "小区", "小区(院落)名称", "院落名称"),
        ),
        Field(
            key="area",
            heading="所属社区/街道",
            synonyms=("所属社区", "社区", "所在社区", "所属街道", "街道", "所在街道"),
        ),
        _ADDRESS,
        _BUILT,
        _households("总户数", "房屋总数", "住户数", "总套数"),
        _FLOOR_AREA,
        Field(
            key="buildings",
            heading="楼栋数",
            synonyms=("楼栋总数", "楼栋", "栋数", "幢数", "楼幢数"),
            reads=Reads.COUNT,
            unit="栋",
        ),
        _flag("old_list", "老旧小区认定", "老旧小区", "是否老旧小区"),
        Field(key="title_area", heading="产权单位所在区"),
        Field(
            key="provider",
            heading="物业公司",
            synonyms=("物业服务企业", "管理单位", "服务主体", "物业企业", "物业公司名称"),
            means_none=frozenset({"无", "没有", "无物业", "无人管理", "无物业管理"}),
        ),
        *_FEES,
        Field(
            key="committee",
            heading="业主组织",
            synonyms=("业主组织类型",),
            reads=Reads.CHOICE,
            choices=_COMMITTEES,
        ),
        Field(key="renovation", heading="改造", synonyms=("改造情况", "改造年份及状态")),
        *CONDITIONS,
    ),
    Kind.BUILDING: (
        Field(
            key="code",
            heading="楼栋编码",
            synonyms=("楼幢号", "楼栋编号", "幢号", "编码"),
            reads=Reads.CODE,
        ),
        Field(key="name", heading="名称", synonyms=("楼栋名称", "楼名")),
        Field(key="compound", heading="所属小区", synonyms=("小区编码", "小区名称", "小区")),
        Field(
            key="storeys",
            heading="层数",
            synonyms=("楼层", "floors", "总层数", "地上层数", "楼层数"),
            reads=Reads.NUMBER,
            unit="层",
        ),
        Field(
            key="height_m",
            heading="高度",
            synonyms=("建筑高度", "楼高"),
            reads=Reads.NUMBER,
            unit="米",
        ),
        Field(key="use", heading="用途", synonyms=("规划用途", "房屋用途", "使用性质")),
        _households("总户数", "住户数"),
        _FLOOR_AREA,
        _BUILT,
        Field(key="address", heading="门牌地址", synonyms=("地址", "坐落")),
    ),
    Kind.MANAGEMENT_AREA: (
        Field(
            key="code",
            heading="物业管理区域编码",
            synonyms=("区域编码", "编码"),
            reads=Reads.CODE,
        ),
        Field(key="name", heading="物业管理区域名称", synonyms=("区域名称", "名称")),
        Field(key="members", heading="包含小区", synonyms=("组成", "包含小区编码", "成员")),
        Field(key="decided_on", heading="划定日期", synonyms=("决定日期",), reads=Reads.DATE),
        _DOCUMENT,
    ),
    Kind.BARRIER: (
        Field(
            key="kind",
            heading="类型",
            synonyms=("阻隔类型", "类别"),
            reads=Reads.CHOICE,
            is_required=True,
            choices=_BARRIERS,
        ),
        Field(key="name", heading="名称"),
    ),
    Kind.CROSSING: (
        Field(
            key="kind",
            heading="类型",
            synonyms=("通道类型", "类别"),
            reads=Reads.CHOICE,
            choices=_CROSSINGS,
        ),
        Field(key="note", heading="备注", synonyms=("说明",)),
    ),
    Kind.PROVIDER: (
        Field(
            key="name",
            heading="名称",
            synonyms=("服务主体名称", "企业名称", "单位名称", "物业公司名称"),
            is_required=True,
        ),
        Field(
            key="kind",
            heading="性质",
            synonyms=("企业性质", "单位性质"),
            reads=Reads.CHOICE,
            choices=_PROVIDERS,
        ),
        Field(
            key="credit_code",
            heading="统一社会信用代码",
            synonyms=("信用代码", "社会信用代码"),
            reads=Reads.CREDIT_CODE,
        ),
        Field(
            key="grade",
            heading="信用等级",
            synonyms=("等级", "信用评价等级"),
            reads=Reads.CHOICE,
            choices=_GRADES,
        ),
        Field(key="capacity_m2", heading="可承接面积", reads=Reads.AREA, unit="㎡"),
        Field(key="capacity_households", heading="可承接户数", reads=Reads.COUNT, unit="户"),
        Field(key="service_areas", heading="服务区域", synonyms=("服务范围",)),
    ),
    Kind.CONTRACT: (
        _PROVIDER,
        Field(
            key="what",
            heading="对象编码",
            synonyms=("纳管对象", "物业管理区域", "小区编码", "楼栋编码", "管理对象"),
            reads=Reads.CODE,
            is_required=True,
        ),
        Field(key="mode", heading="模式", synonyms=("管理模式",)),
        Field(key="signed_on", heading="签约日期", synonyms=("签订日期",), reads=Reads.DATE),
        Field(key="filed_on", heading="备案日期", reads=Reads.DATE),
        Field(key="in_service_from", heading="进驻日期", reads=Reads.DATE),
        Field(key="ends_on", heading="终止日期", synonyms=("到期日期",), reads=Reads.DATE),
        *_FEES,
        Field(key="grade", heading="服务等级", synonyms=("等级",)),
        _DOCUMENT,
    ),
    Kind.DECISION: (
        Field(
            key="management_area",
            heading="物业管理区域",
            synonyms=("物业管理区域编码", "区域编码"),
            reads=Reads.CODE,
            is_required=True,
        ),
        Field(key="way", heading="方式", synonyms=("决定方式",)),
        Field(key="date", heading="日期", synonyms=("决定日期",), reads=Reads.DATE),
        Field(key="area_share", heading="参与面积占比", reads=Reads.SHARE),
        Field(key="count_share", heading="参与人数占比", reads=Reads.SHARE),
        Field(key="area_in_favour", heading="同意面积占比", reads=Reads.SHARE),
        Field(key="count_in_favour", heading="同意人数占比", reads=Reads.SHARE),
        _DOCUMENT,
    ),
    Kind.BASE: (
        Field(key="list", heading="底数名称", synonyms=("名录", "名录名称"), is_required=True),
        Field(
            key="unit",
            heading="单位",
            synonyms=("统计单位",),
            reads=Reads.CHOICE,
            is_required=True,
            choices=_UNITS,
        ),
        Field(
            key="code",
            heading="编码",
            synonyms=("小区编码", "区域编码", "楼栋编码"),
            reads=Reads.CODE,
            is_required=True,
        ),
        _DOCUMENT,
        Field(key="frozen_on", heading="冻结日期", reads=Reads.DATE),
    ),
    Kind.BAN: (
        _PROVIDER,
        Field(key="area", heading="区域", synonyms=("禁入区域",), is_required=True),
        Field(key="reason", heading="原因"),
        _DOCUMENT,
        _VALID_FROM,
        _VALID_TO,
    ),
    Kind.ROLE: (
        _PROVIDER,
        Field(
            key="role",
            heading="角色",
            reads=Reads.CHOICE,
            is_required=True,
            choices={"兜底": "backstop", "兜底企业": "backstop"},
        ),
        Field(key="area", heading="区域", synonyms=("兜底区域",), is_required=True),
        _DOCUMENT,
        _VALID_FROM,
        _VALID_TO,
    ),
}
"""Every field of every kind, in the order of its form."""


def readable_fields(kind: Kind) -> tuple[Field, ...]:
    """Return the fields of a kind with those that tell a place in a table."""
    return FIELDS[kind] + (PLACE_FIELDS if kind in SHAPES else ())


def columns_of(kind: Kind) -> dict[str, str]:
    """Return the frame's columns of a kind with their types, geometry apart."""
    return {column: field.dtype for field in FIELDS[kind] for column in field.columns}
