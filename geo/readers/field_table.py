"""Every field of every kind: one truth for readers, forms and exports."""

from collections.abc import Mapping

from geo.readers import words
from geo.readers.assessment_fields import ASSESSMENT_FIELDS
from geo.readers.fields import Field, Reads
from geo.readers.grant_fields import GRANT_FIELDS
from geo.readers.kinds import SHAPES, Kind
from geo.readers.shared_fields import (
    ADDRESS,
    BUILT,
    CONDITIONS,
    DOCUMENT,
    FEES,
    FLOOR_AREA,
    PLACE_FIELDS,
    PROVIDER,
    WISHES,
    flag,
    households,
)

FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.AREA: (
        Field(
            key="name",
            heading="名称",
            synonyms=(
                *("区划名称", "社区名称", "街道名称", "社区", "乡", "街道", "乡镇", "镇"),
                *("区县名称", "区县", "县"),
            ),
            is_required=True,
        ),
        Field(
            key="level",
            heading="层级",
            synonyms=("级别", "区划级别"),
            reads=Reads.CHOICE,
            is_required=True,
            choices=words.LEVELS,
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
            key="code",
            heading="小区编码",
            synonyms=("编码", "小区编号", "id", "地块编号", "宗地号", "宗地代码"),
            reads=Reads.CODE,
        ),
        Field(
            key="name",
            heading="小区名称",
            synonyms=(
                *("名称", "plot_name", "小区", "小区(院落)名称", "院落名称"),
                *("地块名称", "宗地名称", "注记"),
            ),
        ),
        Field(
            key="area",
            heading="所属社区/街道",
            synonyms=("所属社区", "社区", "所在社区", "所属街道", "街道", "所在街道"),
        ),
        ADDRESS,
        BUILT,
        households("总户数", "房屋总数", "住户数", "总套数"),
        FLOOR_AREA,
        Field(
            key="buildings",
            heading="楼栋数",
            synonyms=("楼栋总数", "楼栋", "栋数", "幢数", "楼幢数"),
            reads=Reads.COUNT,
            unit="栋",
        ),
        flag("old_list", "老旧小区认定", "老旧小区", "是否老旧小区"),
        Field(key="title_area", heading="产权单位所在区"),
        Field(
            key="provider",
            heading="物业公司",
            synonyms=("物业服务企业", "管理单位", "服务主体", "物业企业", "物业公司名称"),
            means_none=frozenset({"无", "没有", "无物业", "无人管理", "无物业管理"}),
        ),
        *FEES,
        Field(
            key="committee",
            heading="业主组织",
            synonyms=("业主组织类型",),
            reads=Reads.CHOICE,
            choices=words.COMMITTEES,
        ),
        Field(key="renovation", heading="改造", synonyms=("改造情况", "改造年份及状态")),
        *CONDITIONS,
        *WISHES,
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
        households("总户数", "住户数"),
        FLOOR_AREA,
        BUILT,
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
        DOCUMENT,
        *WISHES,
    ),
    Kind.BARRIER: (
        Field(
            key="kind",
            heading="类型",
            synonyms=("阻隔类型", "类别"),
            reads=Reads.CHOICE,
            is_required=True,
            choices=words.BARRIERS,
            aside=words.NO_BARRIERS,
        ),
        Field(key="name", heading="名称"),
        Field(
            key="tunnel",
            heading="隧道",
            synonyms=("is_tunnel", "是否隧道"),
            aside=words.UNDERGROUND,
            is_filter=True,
        ),
    ),
    Kind.CROSSING: (
        Field(
            key="kind",
            heading="类型",
            synonyms=("通道类型", "类别"),
            reads=Reads.CHOICE,
            choices=words.CROSSINGS,
            tags=words.BRIDGES,
            aside=words.NO_CROSSINGS,
        ),
        Field(key="note", heading="备注", synonyms=("说明",)),
        Field(
            key="road",
            heading="道路等级",
            synonyms=("highway", "railway"),
            aside=words.NOT_FOR_WALKERS,
            is_filter=True,
        ),
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
            choices=words.PROVIDERS,
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
            choices=words.GRADES,
        ),
        Field(key="capacity_m2", heading="可承接面积", reads=Reads.AREA, unit="㎡"),
        Field(key="capacity_households", heading="可承接户数", reads=Reads.COUNT, unit="户"),
        Field(key="service_areas", heading="服务区域", synonyms=("服务范围",)),
    ),
    Kind.CONTRACT: (
        PROVIDER,
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
        *FEES,
        Field(key="grade", heading="服务等级", synonyms=("等级",)),
        DOCUMENT,
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
        DOCUMENT,
    ),
    Kind.BASE: (
        Field(key="list", heading="底数名称", synonyms=("名录", "名录名称"), is_required=True),
        Field(
            key="unit",
            heading="单位",
            synonyms=("统计单位",),
            reads=Reads.CHOICE,
            is_required=True,
            choices=words.UNITS,
        ),
        Field(
            key="code",
            heading="编码",
            synonyms=("小区编码", "区域编码", "楼栋编码"),
            reads=Reads.CODE,
            is_required=True,
        ),
        DOCUMENT,
        Field(key="frozen_on", heading="冻结日期", reads=Reads.DATE),
    ),
    **GRANT_FIELDS,
    **ASSESSMENT_FIELDS,
}
"""Every field of every kind, in the order of its form."""


def readable_fields(kind: Kind) -> tuple[Field, ...]:
    """Return the fields of a kind with those that tell a place in a table."""
    return FIELDS[kind] + (PLACE_FIELDS if kind in SHAPES else ())


def columns_of(kind: Kind) -> dict[str, str]:
    """Return the frame's columns of a kind with their types, geometry apart."""
    return {column: field.dtype for field in FIELDS[kind] for column in field.columns}
