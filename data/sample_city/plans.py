"""How large a sample city is asked for: plans, and the presets among them."""

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
                        "示例城市至少要有 1 个区和 1 个小区，给出的是 {districts} 个区、{compounds} 个小区。"
                    ),
                    {"districts": len(self.districts), "compounds": self.compounds},
                )
            )


_SMALL = CityPlan(districts=("新华区", "桥东区", "裕丰区"), compounds=300)

PRESETS: dict[str, CityPlan] = {
    "hamlet": CityPlan(districts=("新华区",), compounds=20, river_width_m=40.0, expressways=0),
    "small": _SMALL,
}


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
