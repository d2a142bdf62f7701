"""Fields of what is assessed: events, scores, grades, checks, treatments, subsidies, fees.

None of them holds a person: who complained, what was written and who owes have no field.
"""

from collections.abc import Mapping

from geo.readers import words
from geo.readers.fields import Field, Reads
from geo.readers.kinds import Kind
from geo.readers.shared_fields import DOCUMENT, PROVIDER

_YUAN = "元"
_COMPOUND = Field(
    key="compound", heading="小区", synonyms=("小区编码", "小区名称", "所属小区", "项目名称")
)
_WHICH_COMPOUND = Field(
    key="compound", heading="小区", synonyms=_COMPOUND.synonyms, is_required=True
)
_AREA = Field(key="area", heading="辖区", synonyms=("街道", "社区", "所属街道", "所属社区"))
_QUARTER = Field(
    key="quarter",
    heading="季度",
    synonyms=("评议季度", "考评季度", "考核季度"),
    reads=Reads.QUARTER,
    is_required=True,
)
_MARK = Field(
    key="grade",
    heading="等次",
    synonyms=("评定等次", "考评等次", "季度等次"),
    reads=Reads.CHOICE,
    choices=words.MARKS,
)
_PAPER = Field(
    key="document",
    heading=DOCUMENT.heading,
    synonyms=DOCUMENT.synonyms,
    is_required=True,
)
_MAYBE_PROVIDER = Field(key="provider", heading=PROVIDER.heading, synonyms=PROVIDER.synonyms)


def _day(key: str, heading: str, *synonyms: str) -> Field:
    return Field(key=key, heading=heading, synonyms=synonyms, reads=Reads.DATE, is_required=True)


def _decimal(
    key: str, heading: str, *synonyms: str, unit: str = "", is_required: bool = False
) -> Field:
    return Field(
        key=key,
        heading=heading,
        synonyms=synonyms,
        reads=Reads.DECIMAL,
        unit=unit,
        is_required=is_required,
    )


_PERIOD = (
    _day("valid_from", "起始日期", "期间起", "计费起始日期", "开始日期"),
    _day("valid_to", "截止日期", "期间止", "计费截止日期", "结束日期"),
)

ASSESSMENT_FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.EVENT: (
        _day("date", "发生日期", "投诉日期", "巡查日期", "受理日期", "受理时间", "日期"),
        Field(
            key="kind",
            heading="事件类型",
            synonyms=("事件类别", "类型"),
            reads=Reads.CHOICE,
            is_required=True,
            choices=words.EVENT_KINDS,
        ),
        Field(
            key="category",
            heading="问题类别",
            synonyms=("诉求类别", "投诉类别", "问题分类", "类别"),
            reads=Reads.CHOICE,
            choices=words.EVENT_CATEGORIES,
        ),
        _COMPOUND,
        Field(key="channel", heading="来源渠道", synonyms=("受理渠道", "渠道", "来源")),
        Field(
            key="document",
            heading="文号",
            synonyms=("工单号", "受理编号", "单号", "依据文号", "文件号"),
        ),
        Field(
            key="result",
            heading="处理结果",
            synonyms=("办理结果", "办理状态", "结果"),
            reads=Reads.CHOICE,
            choices=words.EVENT_RESULTS,
        ),
    ),
    Kind.SCORE: (
        PROVIDER,
        _COMPOUND,
        _AREA,
        _QUARTER,
        Field(
            key="party",
            heading="评议主体",
            synonyms=("评价主体", "评议方", "评价方", "考评主体"),
            is_required=True,
        ),
        _decimal("score", "得分", "评分", "分数", unit="分", is_required=True),
        Field(
            key="voters", heading="参评人数", synonyms=("参评户数",), reads=Reads.COUNT, unit="人"
        ),
        DOCUMENT,
    ),
    Kind.QUARTER_GRADE: (
        PROVIDER,
        _COMPOUND,
        _AREA,
        _QUARTER,
        Field(
            key=_MARK.key,
            heading=_MARK.heading,
            synonyms=_MARK.synonyms,
            reads=_MARK.reads,
            choices=_MARK.choices,
            is_required=True,
        ),
        _PAPER,
    ),
    Kind.CHECK: (
        _WHICH_COMPOUND,
        Field(
            key="item", heading="创建项", synonyms=("五好项", "检查项", "项目"), is_required=True
        ),
        Field(
            key="is_met",
            heading="是否达标",
            synonyms=("达标情况", "达标"),
            reads=Reads.FLAG,
            is_required=True,
        ),
        _day("date", "检查日期", "验收日期", "日期"),
        DOCUMENT,
    ),
    Kind.TREATMENT: (
        _WHICH_COMPOUND,
        Field(key="policy", heading="政策", synonyms=("政策编号",), is_required=True),
        Field(key="treatment", heading="处理方式", synonyms=("整治措施",), is_required=True),
        Field(
            key="verdict",
            heading="决定",
            synonyms=("处理决定",),
            reads=Reads.CHOICE,
            choices=words.VERDICTS,
            is_required=True,
        ),
        _day("date", "决定日期", "日期"),
        _PAPER,
    ),
    Kind.SUBSIDY: (
        PROVIDER,
        _COMPOUND,
        _AREA,
        Field(
            key="line",
            heading="补贴名称",
            synonyms=("资金名称", "补贴项目", "奖补项目"),
            is_required=True,
        ),
        Field(
            key="basis",
            heading="计算方式",
            synonyms=("标准单位",),
            reads=Reads.CHOICE,
            choices=words.BASES,
            is_required=True,
        ),
        _decimal("standard", "补贴标准", "标准", is_required=True),
        _decimal("quantity", "数量", "计补数量"),
        _MARK,
        _decimal("factor", "等次系数", "系数"),
        *_PERIOD,
        Field(key="vote", heading="业主表决文号", synonyms=("表决文号",)),
        _PAPER,
    ),
    Kind.COLLECTION: (
        _WHICH_COMPOUND,
        _MAYBE_PROVIDER,
        *_PERIOD,
        _decimal("due", "应收", "应收物业费", "应收金额", unit=_YUAN, is_required=True),
        _decimal("received", "实收", "实收物业费", "实收金额", unit=_YUAN, is_required=True),
        DOCUMENT,
    ),
}
"""In the order of each form."""
