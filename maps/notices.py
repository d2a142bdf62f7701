"""What must be said with every map and table that leaves the house."""

from dataclasses import dataclass
from datetime import date, datetime

from geo.errors import gettext_noop

NOTICES: tuple[str, ...] = (
    gettext_noop("内部资料 不得公开"),
    gettext_noop("界线仅为示意，不作划界、权属依据"),
    gettext_noop("片区仅为工作范围，不等同于依法划定的物业管理区域"),
)
SAMPLE_MARK = gettext_noop("示例数据：虚构，不代表任何真实小区、企业或合同")


@dataclass(frozen=True, kw_only=True)
class Notices:
    """Where an export comes from. Every writer puts the notices and these facts into its file."""

    title: str
    source: str
    data_date: date
    """The day that the data describe (数据日期)."""
    written_at: datetime
    """When the export was asked for; the only time that may stand in the file."""
    measure: str = ""
    """口径: unit, base list, numerator and area of the rates."""
    policy: str = ""
    plan_hash: str = ""
    is_sample: bool = False

    def rows(self) -> list[tuple[str, str]]:
        """Return label and text, a row each, the warnings first."""
        facts = [
            (gettext_noop("名称"), self.title),
            (gettext_noop("来源"), self.source),
            (gettext_noop("数据日期"), self.data_date.isoformat()),
            (gettext_noop("口径"), self.measure),
            (gettext_noop("政策"), self.policy),
            (gettext_noop("方案指纹"), self.plan_hash),
            (gettext_noop("导出时间"), self.written_at.isoformat(sep=" ", timespec="minutes")),
            (gettext_noop("坐标"), gettext_noop("CGCS2000；几何另有坐标系时以文件所载为准")),
        ]
        warnings = [(gettext_noop("注意"), text) for text in self.warnings()]
        return warnings + [(label, text) for label, text in facts if text]

    def warnings(self) -> tuple[str, ...]:
        """Return the notices, with the mark of invented data in front of them."""
        return (SAMPLE_MARK, *NOTICES) if self.is_sample else NOTICES

    def text(self, remarks: tuple[str, ...] = ()) -> str:
        """Return 说明.txt; `remarks` are what the writer had to change."""
        lines = [f"{label}：{text}" for label, text in self.rows()]
        told = [gettext_noop("导出提示："), *(f"- {remark}" for remark in remarks)]
        return "\r\n".join([*lines, *(told if remarks else []), ""])
