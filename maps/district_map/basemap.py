"""The map below the map: nothing, or one address that the site's administrator has set.

LIANPIAN_BASEMAP   none | xyz:ADDRESS | wmts4490:ADDRESS | pmtiles:ADDRESS

Addresses hold {z}, {x} and {y}. `wmts4490` is a WMTS in degrees of CGCS2000 as Chinese map services
offer it: the whole earth is two tiles wide at {z} = 1, rows count from the north.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from geo.errors import gettext_noop

KINDS = ("xyz", "wmts4490")
NOT_THERE = gettext_noop("底图设为 PMTiles，但本系统没有安装 PMTiles 组件，未显示底图。")
NOT_UNDERSTOOD = gettext_noop(
    "底图设置“{given}”无法识别，未显示底图。请由系统管理员改为 none、xyz:地址 或 wmts4490:地址，"
    "地址中须有 {{z}}、{{x}}、{{y}}。"
)


@dataclass(frozen=True, kw_only=True)
class Basemap:
    """What lies below the layers."""

    kind: str = "none"
    address: str = ""
    problem: str = ""
    """Why there is none, where one was wanted."""

    @property
    def host(self) -> str:
        """Return the host that the browser asks for pictures; "" for our own."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    @property
    def told(self) -> Mapping[str, str]:
        """Return what the page's script needs."""
        return {"kind": self.kind, "address": self.address}


def basemap_of(setting: str) -> Basemap:
    """Return the base map of a setting."""
    kind, _, address = setting.strip().partition(":")
    if kind in {"", "none"}:
        return Basemap()
    if kind == "pmtiles":
        return Basemap(problem=NOT_THERE)
    if kind not in KINDS or not all(part in address for part in ("{z}", "{x}", "{y}")):
        return Basemap(problem=NOT_UNDERSTOOD.format(given=setting[:80]))
    return Basemap(kind=kind, address=address)
