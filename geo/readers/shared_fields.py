"""Fields that several kinds share."""

from geo.readers.fields import Field, Reads


def _place(key: str, heading: str, *synonyms: str) -> Field:
    return Field(key=key, heading=heading, synonyms=synonyms, is_place=True)


PLACE_FIELDS = (
    _place("lon", "经度", "百度经度", "高德经度", "longitude", "lng", "x坐标", "东经", "x"),
    _place("lat", "纬度", "百度纬度", "高德纬度", "latitude", "y坐标", "北纬", "y"),
    _place("lonlat", "经纬度", "坐标", "驻地坐标", "longitude_latitude", "百度坐标", "高德坐标"),
    _place("wkt", "边界WKT", "WKT", "geometry", "geom", "the_geom", "边界", "几何"),
)
"""Where a table's place stands; read only from tables, as other files have their own geometry."""

DOCUMENT = Field(key="document", heading="文号", synonyms=("依据文号", "文件号", "依据文件"))
PROVIDER = Field(
    key="provider",
    heading="服务主体",
    synonyms=("物业公司", "物业服务企业", "管理单位", "物业企业", "物业名称", "企业名称"),
    is_required=True,
)
FEES = (
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
VALID_FROM = Field(key="valid_from", heading="起始日期", synonyms=("生效日期",), reads=Reads.DATE)
VALID_TO = Field(key="valid_to", heading="截止日期", synonyms=("失效日期",), reads=Reads.DATE)
BUILT = Field(
    key="built",
    heading="建成年代",
    synonyms=("建筑年代", "竣工年份", "建成年份", "建造年代", "建成时间", "竣工时间"),
    reads=Reads.YEAR,
    unit="年",
)
FLOOR_AREA = Field(
    key="floor_area_m2",
    heading="建筑面积",
    synonyms=("总建筑面积", "floor_area"),
    reads=Reads.AREA,
    unit="㎡",
)
ADDRESS = Field(key="address", heading="地址", synonyms=("门牌地址", "详细地址", "坐落"))


NOBODY_ELSE = frozenset({"无", "没有"})


def households(*synonyms: str) -> Field:
    """Return the field of a count of households."""
    return Field(key="households", heading="户数", synonyms=synonyms, reads=Reads.COUNT, unit="户")


def flag(key: str, heading: str, *synonyms: str) -> Field:
    """Return a field of 是, 否 or 不详."""
    return Field(key=key, heading=heading, synonyms=synonyms, reads=Reads.FLAG)


WISHES = (
    flag("is_lead", "带动小区", "带动项目", "是否带动", "中心小区"),
    Field(
        key="spare_m2",
        heading="可带动面积",
        synonyms=("带动能力", "可带动建筑面积"),
        reads=Reads.AREA,
        unit="㎡",
    ),
    Field(
        key="together",
        heading="须同片",
        synonyms=("须同片对象", "同片编组", "改造批次", "同批改造"),
        means_none=NOBODY_ELSE,
    ),
    Field(
        key="apart",
        heading="不得同片",
        synonyms=("不得同片对象", "分片编组"),
        means_none=NOBODY_ELSE,
    ),
)
"""What is wanted of a thing in zones: whether it leads others, with whom it must be, with whom not.

The others are named by code or by name; what names nothing is a group's name, such as a batch of
renovation, and stands beside each that belongs to it."""
CONDITIONS = (
    flag("area_clear", "物业管理区域明确", "区域明确"),
    flag("premises", "物业服务用房齐备", "办公和经营用房齐备", "物业服务用房"),
    flag("fund", "专项维修资金到位", "维修资金到位", "专项维修资金"),
    flag("facilities", "设施设备齐全完好", "设施设备齐全"),
    flag("has_firm", "有物业服务企业"),
    flag("can_self_govern", "能实施自治管理", "能自治"),
    flag("professional_ready", "具备专业物业管理条件"),
    flag("basic_ready", "具备基础物业管理条件"),
    flag("after_repair", "经整治可达到"),
)
