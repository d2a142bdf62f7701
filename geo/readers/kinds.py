"""The kinds of input, and the geometries that each may have."""

from collections.abc import Mapping
from enum import StrEnum

from geo.errors import gettext_noop
from geo.readers.fields import Shape


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
    EVENT = "event"
    SCORE = "score"
    QUARTER_GRADE = "quarter_grade"
    CHECK = "check"
    TREATMENT = "treatment"
    SUBSIDY = "subsidy"
    COLLECTION = "collection"


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
    Kind.EVENT: gettext_noop("投诉与巡查"),
    Kind.SCORE: gettext_noop("评议得分"),
    Kind.QUARTER_GRADE: gettext_noop("季度等次"),
    Kind.CHECK: gettext_noop("五好检查"),
    Kind.TREATMENT: gettext_noop("处理决定"),
    Kind.SUBSIDY: gettext_noop("补贴"),
    Kind.COLLECTION: gettext_noop("物业费收缴"),
}

SHAPES: Mapping[Kind, frozenset[Shape]] = {
    Kind.AREA: frozenset({Shape.POLYGON}),
    Kind.COMPOUND: frozenset({Shape.POLYGON, Shape.POINT}),
    Kind.BUILDING: frozenset({Shape.POLYGON}),
    Kind.MANAGEMENT_AREA: frozenset({Shape.POLYGON}),
    Kind.BARRIER: frozenset({Shape.LINE, Shape.POLYGON}),
    Kind.CROSSING: frozenset({Shape.LINE}),
    Kind.PROVIDER: frozenset({Shape.POINT}),
    Kind.EVENT: frozenset({Shape.POINT}),
}
"""Geometries that a kind may have; a kind that is absent here has none."""
MAY_LACK_PLACE = frozenset({Kind.COMPOUND, Kind.MANAGEMENT_AREA, Kind.PROVIDER, Kind.EVENT})
SITE_KINDS = frozenset({Kind.COMPOUND, Kind.BUILDING, Kind.MANAGEMENT_AREA})
"""Kinds whose rows are sites: they are told apart by code."""
