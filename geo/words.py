"""The words of the field: codes as they are stored, with the Chinese word that a person sees."""

from enum import StrEnum
from typing import Self

from geo.errors import gettext_noop


class Word(StrEnum):
    """A code with its Chinese word; `str(word)` is the code."""

    label: str

    def __new__(cls, code: str, label: str) -> Self:
        """Make a member from code and label."""
        word = str.__new__(cls, code)
        word._value_ = code
        word.label = label
        return word

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """Return the word that a person wrote, as code or in Chinese; None where it is none."""
        return next((word for word in cls if text in {str(word), word.label}), None)

    @classmethod
    def label_of(cls, code: str) -> str:
        """Return the Chinese word of a code; "" has none."""
        return next((word.label for word in cls if word == code), "")


class AreaLevel(Word):
    """A step of the managing tree, from the top."""

    CITY = "city", gettext_noop("市")
    DISTRICT = "district", gettext_noop("区县")
    SUBDISTRICT = "subdistrict", gettext_noop("街道")
    COMMUNITY = "community", gettext_noop("社区")
    GRID = "grid", gettext_noop("网格")


class BarrierKind(Word):
    """What separates two sites."""

    RIVER = "river", gettext_noop("河流")
    RAILWAY = "railway", gettext_noop("铁路")
    EXPRESSWAY = "expressway", gettext_noop("快速路")
    ARTERIAL = "arterial", gettext_noop("主干路")
    WALL = "wall", gettext_noop("围墙")


class CrossingKind(Word):
    """What reopens a barrier."""

    BRIDGE = "bridge", gettext_noop("桥")
    UNDERPASS = "underpass", gettext_noop("地道")
    GATE = "gate", gettext_noop("大门")
    ZEBRA = "zebra", gettext_noop("人行横道")


class ProviderKind(Word):
    """What a provider is by law."""

    STATE = "state", gettext_noop("国有")
    PRIVATE = "private", gettext_noop("民营")
    SUBDISTRICT = "subdistrict", gettext_noop("街道所属")
    JOINT = "joint", gettext_noop("合资")
    SERVICE_CENTRE = "service_centre", gettext_noop("社区服务中心")
    NON_PROFIT = "non_profit", gettext_noop("非营利")
    OWNER_UNIT = "owner_unit", gettext_noop("原产权单位")
    SELF_GOVERNING = "self_governing", gettext_noop("自治组织")
    OTHER = "other", gettext_noop("其他")


FIRM_KINDS = frozenset(
    {ProviderKind.STATE, ProviderKind.PRIVATE, ProviderKind.SUBDISTRICT, ProviderKind.JOINT}
)
"""Providers that are companies (物业服务企业)."""


class CommitteeKind(Word):
    """Who decides for the owners; `NONE` is a finding, not a gap in what we know."""

    OWNERS = "owners_committee", gettext_noop("业主委员会")
    MANAGEMENT = "management_committee", gettext_noop("物业管理委员会")
    NONE = "none", gettext_noop("无")


class DecisionWay(Word):
    """In which way the owners decided."""

    ASSEMBLY = "assembly", gettext_noop("业主大会")
    COMMITTEE = "committee", gettext_noop("物管会代行")
    TEMPORARY = "temporary", gettext_noop("街道临时托管")


class ExitReason(Word):
    """Why a provider left; only the last is a fault of the provider."""

    EXPIRED = "expired", gettext_noop("到期")
    DISMISSED = "dismissed", gettext_noop("业主解聘")
    AGREED = "agreed", gettext_noop("协商")
    WALKED_AWAY = "walked_away", gettext_noop("擅自退出")


class ProviderRole(Word):
    """A role granted by a document."""

    BACKSTOP = "backstop", gettext_noop("兜底")


class Condition(Word):
    """A condition that a policy's modes ask for."""

    AREA_CLEAR = "area_clear", gettext_noop("物业管理区域明确")
    PREMISES = "premises", gettext_noop("物业服务用房齐备")
    FUND = "fund", gettext_noop("专项维修资金到位")
    FACILITIES = "facilities", gettext_noop("设施设备齐全完好")
    HAS_FIRM = "has_firm", gettext_noop("有物业服务企业")
    CAN_SELF_GOVERN = "can_self_govern", gettext_noop("能实施自治管理")
    PROFESSIONAL_READY = "professional_ready", gettext_noop("具备专业物业管理条件")
    BASIC_READY = "basic_ready", gettext_noop("具备基础物业管理条件")
    AFTER_REPAIR = "after_repair", gettext_noop("经整治可达到")


class BaseUnit(Word):
    """What a frozen list counts."""

    COMPOUND = "compound", gettext_noop("小区")
    MANAGEMENT_AREA = "management_area", gettext_noop("物业管理区域")
    BUILDING = "building", gettext_noop("楼栋")


class Secrecy(Word):
    """Who may see what a file brought; the product holds nothing above 内部."""

    PUBLIC = "public", gettext_noop("公开")
    INTERNAL = "internal", gettext_noop("内部")


class EventKind(Word):
    """What happened: somebody complained, or somebody looked."""

    COMPLAINT = "complaint", gettext_noop("投诉")
    INSPECTION = "inspection", gettext_noop("巡查")


class EventCategory(Word):
    """What a complaint or a finding is about; the first five are those of 五好小区."""

    SANITATION = "sanitation", gettext_noop("环境卫生")
    ORDER = "order", gettext_noop("社会秩序")
    FACILITIES = "facilities", gettext_noop("公共设施")
    REFUSE = "refuse", gettext_noop("垃圾管理")
    SERVICE = "service", gettext_noop("物业服务")
    REPAIR = "repair", gettext_noop("维修不及时")
    FEES = "fees", gettext_noop("收费")
    LEGACY = "legacy", gettext_noop("历史遗留问题")
    DISPUTE = "dispute", gettext_noop("矛盾纠纷")
    OTHER = "other", gettext_noop("其他")


class EventResult(Word):
    """What came of it; what was unfounded is kept, and not counted."""

    OPEN = "open", gettext_noop("办理中")
    SETTLED = "settled", gettext_noop("已办结")
    UNFOUNDED = "unfounded", gettext_noop("不属实")


class QuarterMark(Word):
    """The grade of a quarter's evaluation, the best first."""

    EXCELLENT = "excellent", gettext_noop("优秀")
    GOOD = "good", gettext_noop("良好")
    PASSED = "passed", gettext_noop("合格")
    FAILED = "failed", gettext_noop("不合格")


class Verdict(Word):
    """What the office decided about a proposed treatment."""

    ADOPTED = "adopted", gettext_noop("采纳")
    DECLINED = "declined", gettext_noop("不采纳")


class SubsidyBasis(Word):
    """What a subsidy's standard is paid for."""

    LUMP = "lump", gettext_noop("定额（元）")
    AREA_MONTH = "area_month", gettext_noop("元/㎡·月")
    HOUSEHOLD_MONTH = "household_month", gettext_noop("元/户·月")
    SITE_MONTH = "site_month", gettext_noop("元/处·月")
