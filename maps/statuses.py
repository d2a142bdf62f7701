"""How a site is served (服务状态): keys, words and colours for every map and table."""

from collections.abc import Mapping
from enum import StrEnum

from geo.errors import gettext_noop


class ServiceStatus(StrEnum):
    """The status of a site on the date of data, in the order of legends."""

    IN_SERVICE = "in_service"
    SELF_MANAGED = "self_managed"
    """Self-government or trusteeship (自治或托管)."""
    PLANNED = "planned"
    """Nobody serves yet, but a plan holds the site."""
    UNMANAGED = "unmanaged"
    UNKNOWN = "unknown"


WORDS: Mapping[str, str] = {
    ServiceStatus.IN_SERVICE: gettext_noop("进驻"),
    ServiceStatus.SELF_MANAGED: gettext_noop("自治或托管"),
    ServiceStatus.PLANNED: gettext_noop("已入方案"),
    ServiceStatus.UNMANAGED: gettext_noop("无物业管理"),
    ServiceStatus.UNKNOWN: gettext_noop("不详"),
}

COLOURS: Mapping[str, str] = {
    ServiceStatus.IN_SERVICE: "#0072B2",
    ServiceStatus.SELF_MANAGED: "#56B4E9",
    ServiceStatus.PLANNED: "#E69F00",
    ServiceStatus.UNMANAGED: "#D55E00",
    ServiceStatus.UNKNOWN: "#999999",
}
"""Okabe and Ito's colours, told apart by colour-blind people; a pattern goes with each."""

NOT_COVERED = (ServiceStatus.PLANNED, ServiceStatus.UNMANAGED)
"""Statuses without any service today; a plan alone serves nobody."""

EXCEPTIONS: Mapping[str, str] = {
    "oversize": gettext_noop("超过上限，单独成片"),
    "below_minimum": gettext_noop("低于下限"),
    "locked": gettext_noop("人工锁定"),
}
"""Why a zone lies outside the limits and stands all the same."""
