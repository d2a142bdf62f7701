"""The words of the map: numbers with units, rows of cards, names of kinds."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from geo.errors import gettext_noop
from geo.words import BarrierKind, CrossingKind
from maps import statuses

Row = Mapping[Hashable, Any]

UNKNOWN = gettext_noop("不详")
TEN_THOUSAND = 10_000
BARRIERS = {str(kind): kind.label for kind in BarrierKind}
CROSSINGS = {str(kind): kind.label for kind in CrossingKind}
SIGNS: Mapping[str, str] = {
    CrossingKind.BRIDGE: gettext_noop("桥"),
    CrossingKind.UNDERPASS: gettext_noop("地"),
    CrossingKind.GATE: gettext_noop("门"),
    CrossingKind.ZEBRA: gettext_noop("斑"),
}
"""One character in a circle marks a crossing on the map."""

MINOR_CROSSINGS = frozenset({CrossingKind.GATE, CrossingKind.ZEBRA})
"""A city has hundreds of them: they are drawn where streets can be told apart."""
SCREEN = {
    "zoom_in": gettext_noop("放大"),
    "zoom_out": gettext_noop("缩小"),
    "whole": gettext_noop("全图"),
    "close": gettext_noop("关闭"),
    "nothing_found": gettext_noop("没有找到"),
    "map": gettext_noop("地图：方向键移动，加减号缩放"),
}
"""What the script says; it holds no Chinese of its own."""


def value(row: Row, key: str) -> Any:
    """Return a value of the row, None when it is unknown or the column is missing."""
    found = row.get(key)
    return None if pd.isna(found) or found == "" else found


def text(row: Row, key: str) -> str:
    """Return a value as text, "" when it is unknown."""
    found = value(row, key)
    return "" if found is None else str(found)


def floor_area(area_m2: float | None) -> str:
    """Return a floor area with its unit, 万㎡ from 10,000 up."""
    if area_m2 is None:
        return UNKNOWN
    if area_m2 >= TEN_THOUSAND:
        return f"{area_m2 / TEN_THOUSAND:,.2f} 万㎡"
    return f"{area_m2:,.0f} ㎡"


def households(count: float | None) -> str:
    """Return households with their unit."""
    return UNKNOWN if count is None else f"{count:,.0f} 户（套）"


def margin(yuan: float | None) -> str:
    """Return a yearly margin with its sign in 万元."""
    if yuan is None:
        return UNKNOWN
    sign = "−" if yuan < 0 else "+"
    return f"{sign}{abs(yuan) / TEN_THOUSAND:,.1f} 万元"


def zone_name(zone: str) -> str:
    """Return 7号片区 for "7"; a zone that has a name of its own keeps it."""
    return f"{zone}号片区" if zone.isdigit() else zone


def site_card(row: Row) -> list[tuple[str, str]]:
    """Return label and text of a site's card, facts first; unknown facts say so."""
    status = statuses.ServiceStatus(text(row, "status"))
    nobody = gettext_noop("无") if status in statuses.NOT_COVERED else UNKNOWN
    zone, built = text(row, "zone"), value(row, "built")
    facts = [
        (gettext_noop("服务状态"), statuses.WORDS[status]),
        (gettext_noop("管理模式"), text(row, "mode")),
        (gettext_noop("服务主体"), text(row, "provider") or nobody),
        (gettext_noop("户数"), households(value(row, "households"))),
        (gettext_noop("建筑面积"), floor_area(value(row, "floor_area_m2"))),
        (gettext_noop("建成年代"), UNKNOWN if built is None else f"{built:.0f}"),
        (gettext_noop("地址"), text(row, "address")),
        (gettext_noop("片区"), zone_name(zone) if zone else gettext_noop("未归入片区")),
        (gettext_noop("例外"), exception(row)),
        (gettext_noop("理由"), text(row, "reason")),
    ]
    return [(label, told) for label, told in facts if told]


def zone_facts(row: Row, *, sites: int) -> list[tuple[str, str]]:
    """Return label and text of what the list tells of a zone."""
    return [
        (gettext_noop("建筑面积"), floor_area(value(row, "floor_area_m2"))),
        (gettext_noop("户数"), households(value(row, "households"))),
        (gettext_noop("纳管对象"), f"{sites} 处"),
        (gettext_noop("年收支差额"), margin(value(row, "margin_yuan"))),
        (gettext_noop("拟推荐服务主体"), text(row, "provider") or gettext_noop("暂无")),
    ]


def zone_remarks(row: Row) -> list[tuple[str, str]]:
    """Return label and text of what its card on the map tells besides."""
    diameter_m = value(row, "diameter_m")
    facts = [
        (gettext_noop("直径"), "" if diameter_m is None else f"{diameter_m:,.0f} m"),
        (gettext_noop("例外"), exception(row)),
    ]
    return [(label, told) for label, told in facts if told]


def building_card(row: Row) -> list[tuple[str, str]]:
    """Return label and text of a building's card."""
    storeys = value(row, "storeys")
    facts = [
        (gettext_noop("所属小区"), text(row, "compound") or gettext_noop("零散楼栋")),
        (gettext_noop("层数"), UNKNOWN if storeys is None else f"{storeys:g} 层"),
    ]
    return [(label, told) for label, told in facts if told]


def exception(row: Row) -> str:
    """Return the word of an exception; one without a word stands as it is."""
    return statuses.EXCEPTIONS.get(text(row, "exception"), text(row, "exception"))
