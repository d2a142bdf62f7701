"""What every exported field is called: its key, its short shapefile name, its Chinese heading."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from geo.errors import gettext_noop
from geo.words import (
    AreaLevel,
    BarrierKind,
    BaseUnit,
    CommitteeKind,
    Condition,
    CrossingKind,
    DecisionWay,
    ProviderKind,
    ProviderRole,
    Word,
)
from maps import statuses

SHORT_NAME_BYTES = 10
"""A .dbf holds no longer field name; GDAL would cut it, even inside a Chinese character."""


@dataclass(frozen=True)
class Field:
    """One exported field. `short` is ASCII, at most 10 bytes; `heading` is what people read."""

    short: str
    heading: str
    unit: str = ""
    """What stands behind the number, "" for text and plain numbers."""
    decimals: int = 0
    is_text: bool = False
    """Codes and names: written as text even when they look like numbers."""
    words: Mapping[str, str] = field(default_factory=dict)
    """The Chinese word of each stored key; a value without one is written as it stands."""
    parts: int = 1
    """In how many fields a shapefile may write a text that one does not hold."""

    @property
    def title(self) -> str:
        """Return the heading with its unit, for a place that shows no unit behind the number."""
        return f"{self.heading}（{self.unit}）" if self.unit else self.heading


LINK_KINDS = {
    "near": gettext_noop("相近"),
    "crossing": gettext_noop("经通道"),
    "planner": gettext_noop("人工设定"),
}

CONDITION_NAMES: Mapping[Condition, str] = {
    Condition.AREA_CLEAR: "C_CLEAR",
    Condition.PREMISES: "C_PREMISES",
    Condition.FUND: "C_FUND",
    Condition.FACILITIES: "C_FACILITY",
    Condition.HAS_FIRM: "C_FIRM",
    Condition.CAN_SELF_GOVERN: "C_SELF",
    Condition.PROFESSIONAL_READY: "C_PROF",
    Condition.BASIC_READY: "C_BASIC",
    Condition.AFTER_REPAIR: "C_REPAIR",
}
M2 = "㎡"
HOUSEHOLDS = "户（套）"
YUAN = "元"


def _text(short: str, heading: str, words: Mapping[str, str] | None = None) -> Field:
    return Field(short, heading, is_text=True, words=words or {})


def _long_text(short: str, heading: str) -> Field:
    return Field(short, heading, is_text=True, parts=3)


def _labels(*kinds: type[Word]) -> dict[str, str]:
    return {str(word): word.label for kind in kinds for word in kind}


KINDS = LINK_KINDS | _labels(BarrierKind, CrossingKind, ProviderKind)

ASSESSED = {
    "basis": _text("BASIS", gettext_noop("计算方式")),
    "category": _text("CATEGORY", gettext_noop("问题类别")),
    "channel": _text("CHANNEL", gettext_noop("来源渠道")),
    "due": Field("DUE_YUAN", gettext_noop("应收"), YUAN, decimals=2),
    "factor": Field("FACTOR", gettext_noop("等次系数"), decimals=4),
    "is_met": _text("IS_MET", gettext_noop("是否达标")),
    "item": _text("ITEM", gettext_noop("创建项")),
    "line": _text("LINE", gettext_noop("补贴名称")),
    "party": _text("PARTY", gettext_noop("评议主体")),
    "policy": _text("POLICY", gettext_noop("政策")),
    "quantity": Field("QUANTITY", gettext_noop("数量"), decimals=4),
    "quarter": _text("QUARTER", gettext_noop("季度")),
    "received": Field("PAID_YUAN", gettext_noop("实收"), YUAN, decimals=2),
    "result": _text("RESULT", gettext_noop("处理结果")),
    "score": Field("SCORE", gettext_noop("得分"), gettext_noop("分"), decimals=2),
    "standard": Field("STANDARD", gettext_noop("补贴标准"), decimals=4),
    "treatment": _text("TREATMENT", gettext_noop("处理方式")),
    "verdict": _text("VERDICT", gettext_noop("决定")),
    "vote": _text("VOTE_DOC", gettext_noop("业主表决文号")),
    "voters": Field("VOTERS", gettext_noop("参评人数"), gettext_noop("人")),
}
"""What is assessed: events, scores, checks, treatments, subsidies and fees."""

FIELDS: Mapping[str, Field] = (
    {
        "address": _text("ADDRESS", gettext_noop("地址")),
        "area": _text("AREA_NAME", gettext_noop("所属社区/街道")),
        "area_code": _text("AREA_CODE", gettext_noop("所属区划代码")),
        "a": _text("SITE_A", gettext_noop("对象一")),
        "area_in_favour": Field("AREA_YES", gettext_noop("同意面积占比"), decimals=4),
        "area_share": Field("AREA_SHARE", gettext_noop("参与面积占比"), decimals=4),
        "apart": _text("APART", gettext_noop("不得同片")),
        "b": _text("SITE_B", gettext_noop("对象二")),
        "barrier": _text("BARRIER", gettext_noop("阻隔")),
        "buildings": Field("BUILDINGS", gettext_noop("楼栋数"), gettext_noop("幢")),
        "built": Field("BUILT", gettext_noop("建成年代")),
        "choice": _long_text("CHOICE", gettext_noop("人工选定")),
        "code": _text("CODE", gettext_noop("编码")),
        "capacity_households": Field("CAP_HOUSES", gettext_noop("可承接户数"), HOUSEHOLDS),
        "capacity_m2": Field("CAP_M2", gettext_noop("可承接面积"), M2),
        "committee": _text("COMMITTEE", gettext_noop("业主组织"), _labels(CommitteeKind)),
        "compound": _text("COMPOUND", gettext_noop("所属小区")),
        "cost_m": Field("COST_M", gettext_noop("折算距离"), "m", 1),
        "count_in_favour": Field("COUNT_YES", gettext_noop("同意人数占比"), decimals=4),
        "count_share": Field("CNT_SHARE", gettext_noop("参与人数占比"), decimals=4),
        "credit_code": _text("CREDITCODE", gettext_noop("统一社会信用代码")),
        "date": _text("DATE", gettext_noop("日期")),
        "decided_on": _text("DECIDED_ON", gettext_noop("决定日期")),
        "diameter_m": Field("DIAMETER_M", gettext_noop("片区直径"), "m"),
        "document": _text("DOCUMENT", gettext_noop("文号")),
        "ends_on": _text("ENDS_ON", gettext_noop("终止日期")),
        "exception": _text("EXCEPTION", gettext_noop("例外"), statuses.EXCEPTIONS),
        "fee_high": Field("FEE_HIGH", gettext_noop("物业费上限"), gettext_noop("元/㎡/月"), 2),
        "fee_low": Field("FEE_LOW", gettext_noop("物业费下限"), gettext_noop("元/㎡/月"), 2),
        "filed_on": _text("FILED_ON", gettext_noop("备案日期")),
        "frozen_on": _text("FROZEN_ON", gettext_noop("冻结日期")),
        "floor_area_m2": Field("FLOOR_M2", gettext_noop("建筑面积"), M2),
        "gap_m": Field("GAP_M", gettext_noop("间隔"), "m", 1),
        "grade": _text("GRADE", gettext_noop("信用等级")),
        "height_m": Field("HEIGHT_M", gettext_noop("高度"), "m", 1),
        "households": Field("HOUSEHOLDS", gettext_noop("户数"), HOUSEHOLDS),
        "households_unknown": Field(
            "HH_UNKNOWN", gettext_noop("户数不详的对象"), gettext_noop("处")
        ),
        "in_service_from": _text("SERVE_FROM", gettext_noop("进驻日期")),
        "is_backstop": Field("BACKSTOP", gettext_noop("兜底服务")),
        "is_lead": Field("IS_LEAD", gettext_noop("带动小区")),
        "kind": _text("KIND", gettext_noop("类型"), KINDS),
        "lat": Field("LAT", gettext_noop("纬度"), decimals=7),
        "level": _text("LEVEL", gettext_noop("层级"), _labels(AreaLevel)),
        "list": _text("LIST_NAME", gettext_noop("底数名称")),
        "lon": Field("LON", gettext_noop("经度"), decimals=7),
        "management_area": _text("MGMT_AREA", gettext_noop("物业管理区域")),
        "margin_yuan": Field("MARGIN_Y", gettext_noop("年收支差额"), YUAN),
        "members": _long_text("MEMBERS", gettext_noop("所含对象")),
        "mode": _text("MODE", gettext_noop("管理模式")),
        "name": _text("NAME", gettext_noop("名称")),
        "note": _long_text("NOTE", gettext_noop("说明")),
        "old_list": Field("OLD_LIST", gettext_noop("老旧小区认定")),
        "open": Field("IS_OPEN", gettext_noop("相连")),
        "parent": _text("PARENT", gettext_noop("上级")),
        "provider": _text("PROVIDER", gettext_noop("物业服务企业")),
        "reason": _long_text("REASON", gettext_noop("理由")),
        "renovation": _text("RENOVATION", gettext_noop("改造")),
        "role": _text("ROLE", gettext_noop("角色"), _labels(ProviderRole)),
        "service_areas": _text("SERVE_AREA", gettext_noop("服务区域")),
        "signed_on": _text("SIGNED_ON", gettext_noop("签约日期")),
        "site": _text("SITE", gettext_noop("纳管对象")),
        "sites": Field("SITES", gettext_noop("纳管对象数"), gettext_noop("处")),
        "spare_m2": Field("SPARE_M2", gettext_noop("可带动面积"), M2),
        "status": _text("STATUS", gettext_noop("服务状态"), statuses.WORDS),
        "storeys": Field("STOREYS", gettext_noop("层数"), gettext_noop("层"), 1),
        "title_area": _text("TITLE_AREA", gettext_noop("产权单位所在区")),
        "together": _text("TOGETHER", gettext_noop("须同片")),
        "unit": _text("UNIT", gettext_noop("单位"), _labels(BaseUnit)),
        "use": _text("USE", gettext_noop("用途")),
        "valid_from": _text("VALID_FROM", gettext_noop("启用日期")),
        "valid_to": _text("VALID_TO", gettext_noop("截止日期")),
        "walk_m": Field("WALK_M", gettext_noop("步行连接长度"), "m"),
        "way": _text("WAY", gettext_noop("决定方式"), _labels(DecisionWay)),
        "what": _text("COVERS", gettext_noop("服务对象")),
        "zone": _text("ZONE", gettext_noop("片区")),
    }
    | {str(key): Field(short, key.label) for key, short in CONDITION_NAMES.items()}
    | ASSESSED
)
"""Every known field by its key: the one table of short names and headings."""

PROPOSED_PROVIDER = _text("PROVIDER", gettext_noop("拟推荐服务主体"))
"""In a zone or a refusal the provider is proposed; in a ledger the provider is there."""

LAYER_FIELDS: Mapping[str, Mapping[str, Field]] = {
    "zones": {"provider": PROPOSED_PROVIDER},
    "refusals": {"provider": PROPOSED_PROVIDER},
}


def field_of(key: str, *, layer: str = "") -> Field:
    """Return the field of a key as `layer` means it; an unknown key is its own heading."""
    known = LAYER_FIELDS.get(layer, {}).get(key) or FIELDS.get(key)
    return known or Field(_ascii(key), key)


def short_names(keys: Iterable[str], *, layer: str = "") -> dict[str, str]:
    """Return a short name per key, unique whatever the case; known names are given out first."""
    keys = list(keys)
    names: dict[str, str] = {}
    taken: set[str] = set()
    for key in sorted(keys, key=lambda key: key not in FIELDS):
        names[key] = _unique(field_of(key, layer=layer).short, taken)
        taken.add(names[key].upper())
    return {key: names[key] for key in keys}


def _ascii(key: str) -> str:
    return re.sub(r"\W", "", key, flags=re.ASCII).upper()[:SHORT_NAME_BYTES] or "FIELD"


def _unique(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name.upper() in taken:
        number += 1
        name = f"{wanted[: SHORT_NAME_BYTES - len(str(number)) - 1]}_{number}"
    return name
