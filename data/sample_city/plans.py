"""How large a sample city is asked for: plans, and the presets among them."""

import re
from dataclasses import dataclass
from datetime import date

from geo.errors import Fault, InputError, gettext_noop


@dataclass(frozen=True, kw_only=True)
class CityPlan:
    """What a sample city shall hold; lengths in metres, shares from 0 to 1."""

    districts: tuple[str, ...]
    compounds: int
    land_per_compound_m2: float = 105_000.0
    """All land of the city, streets and water included, for each compound."""
    rivers: int = 1
    river_width_m: float = 90.0
    railways: int = 1
    expressways: int = 1
    centre: tuple[float, float] = (512_000.0, 4_195_000.0)
    """Easting and northing of the old core in `srid`."""
    srid: int = 4547
    division_code: str = "990100"
    """Six digits of the city; 99 is no province of GB/T 2260."""
    as_of: date = date(2026, 1, 1)
    """The day that the ledgers are kept up to."""
    unknown_share: float = 0.1
    """Share of the values that nobody recorded, where a ledger has gaps."""
    villages: float = 0.45
    """How much of the land of the outskirts is dense village housing, against 1 = an eighth."""
    has_scattered: bool = True
    """Whether there are buildings outside the compounds."""
    exact_buildings: int | None = None
    exact_old: int | None = None
    """Compounds on the dated list of old ones; None = by year, with gaps."""
    exact_floor_area_m2: int | None = None
    """Recorded floor area of all compounds together."""
    exact_served: int | None = None
    """Compounds served by a company on `as_of`, all of them by contract."""
    exact_committees: tuple[int, int] | None = None
    """Owners' committees and property management committees."""
    base_list: str = "示例底数"
    base_unit: str = "小区"
    weak_district: str = ""
    """District in which one firm holds `weak_compounds` weak compounds."""
    weak_compounds: int = 0

    def __post_init__(self) -> None:
        """Refuse a plan that no city can follow."""
        if self.compounds < 1 or not self.districts:
            raise InputError(
                Fault(
                    gettext_noop(
                        "至少要有 1 个区和 1 个小区，给出 {districts} 个区、{compounds} 个小区。"
                    ),
                    {"districts": len(self.districts), "compounds": self.compounds},
                )
            )


_NAMES = "中和 东城门 西津 南屏 北固 江湾 临江 长宁 新城 高岭 桃源 平江 白云湖 龙首 开元 滨海"
_METROPOLIS = tuple(f"{name}区" for name in re.findall(r"\S+", _NAMES))

PRESETS: dict[str, CityPlan] = {
    "small": CityPlan(districts=("新华区", "桥东区", "裕丰区"), compounds=300),
    "hamlet": CityPlan(districts=("新华区",), compounds=20, river_width_m=40.0, expressways=0),
    "yangquan": CityPlan(
        districts=("城区", "矿区", "郊区", "平定县", "盂县", "高新区"),
        compounds=961,
        centre=(465_000.0, 4_195_000.0),
        railways=2,
        as_of=date(2025, 9, 22),
        exact_old=401,
        exact_served=881,
        exact_committees=(288, 673),
        base_list="建成区小区",
        weak_district="矿区",
        weak_compounds=51,
    ),
    "xigang": CityPlan(
        districts=("西岗区（示例）",),
        compounds=199,
        centre=(379_500.0, 4_308_000.0),
        srid=4550,
        as_of=date(2021, 5, 21),
        has_scattered=False,
        exact_buildings=279,
        exact_floor_area_m2=6_360_000,
        exact_served=199,
        base_list="物业管理区域",
        base_unit="物业管理区域",
    ),
    "metropolis": CityPlan(
        districts=_METROPOLIS,
        compounds=12_000,
        land_per_compound_m2=110_000.0,
        rivers=2,
        river_width_m=180.0,
        railways=3,
        expressways=4,
        villages=1.0,
    ),
}
"""Cities to ask for by name; yangquan and xigang hold the totals that were published there."""


def plan_named(preset: str) -> CityPlan:
    """Return the preset of that name, or say which there are."""
    if preset not in PRESETS:
        raise InputError(
            Fault(
                gettext_noop("没有名为“{given}”的示例城市。"),
                {"given": preset, "allowed": "、".join(PRESETS)},
                fix=gettext_noop("可选：{allowed}。"),
            )
        )
    return PRESETS[preset]
