"""What can be asked of the sample city: its size, its names, the totals its rows must add up to."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geo.errors import Fault, InputError, gettext_noop

from .shapes import Shapes

LEAST_COMPOUNDS = 10
"""Fewest compounds of a district."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """Totals that counting rows must give; None is drawn from the usual shares instead."""

    old_compounds: int | None = None
    """Compounds on the list of old ones (老旧小区认定名录)."""
    served_by_firm: int | None = None
    """Compounds with a firm's contract in service on the plan's date."""
    owners_committees: int | None = None
    property_management_committees: int | None = None
    management_areas: int | None = None
    """Management areas; together they hold every compound, and every one has its agreement."""
    floor_area_m2: int | None = None
    """Sum of the compounds' recorded floor area."""


@dataclass(frozen=True, kw_only=True)
class WeakCase:
    """Old compounds of one district that one firm has taken on together."""

    district: str
    firm: str
    compounds: int


@dataclass(frozen=True, kw_only=True)
class CityPlan:
    """One sample city; any size may be asked for."""

    name: str = "示例市"
    districts: tuple[str, ...]
    """Names from the middle outwards."""
    compounds: int
    """Exact number of compounds."""
    buildings: int
    """Number of buildings, inside compounds and outside."""
    known_on: date = date(2026, 6, 30)
    """The day on which contracts run, run out or have run out."""
    latest_built: int = 2022
    land: float = 1.0
    """Compounds' usual land is multiplied by this."""
    land_spread: float = 1.15
    """How much compounds' land differs (standard deviation of its logarithm)."""
    land_share: float = 0.46
    """Share of the city's ground that lies inside compounds; gives the city its extent."""
    central_meridian: int = 117
    centre_m: tuple[float, float] = (498_000.0, 4_061_000.0)
    """Easting and northing of the city's centre, CGCS2000 3-degree Gauss-Krüger, no zone prefix."""
    base_unit: str = "小区"
    base_list: str = "建成区小区"
    published: Published = field(default_factory=Published)
    weak_case: WeakCase | None = None

    def __post_init__(self) -> None:
        faults = [*self._faults_of_size(), *self._faults_of_totals()]
        if faults:
            raise InputError(*faults)

    def _faults_of_size(self) -> list[Fault]:
        faults = []
        least = LEAST_COMPOUNDS * len(self.districts)
        if not self.districts or self.compounds < least:
            faults.append(
                Fault(
                    gettext_noop("{districts} 个区、{compounds} 个小区。"),
                    {"districts": len(self.districts), "compounds": self.compounds},
                    gettext_noop("至少要有一个区，每个区至少 10 个小区。"),
                )
            )
        if self.buildings < self.compounds:
            faults.append(
                Fault(
                    gettext_noop("{compounds} 个小区只有 {buildings} 栋楼。"),
                    {"compounds": self.compounds, "buildings": self.buildings},
                    gettext_noop("楼栋数不能少于小区数。"),
                )
            )
        return faults

    def _faults_of_totals(self) -> list[Fault]:
        published = self.published
        totals = {
            gettext_noop("老旧小区"): published.old_compounds,
            gettext_noop("企业服务小区"): published.served_by_firm,
            gettext_noop("业主组织"): (published.owners_committees or 0)
            + (published.property_management_committees or 0),
            gettext_noop("物业管理区域"): published.management_areas,
        }
        return [
            Fault(
                gettext_noop("{what}公布数为 {total}，多于小区总数 {compounds}。"),
                {"what": what, "total": total, "compounds": self.compounds},
                gettext_noop("请核对公布数。"),
            )
            for what, total in totals.items()
            if total is not None and total > self.compounds
        ]

    @property
    def srid(self) -> int:
        """EPSG code of the metric CRS (CGCS2000 3-degree Gauss-Krüger without zone prefix)."""
        return 4534 + (self.central_meridian - 75) // 3


@dataclass(frozen=True)
class Table:
    """Rows of one kind: equally long columns by key, and one geometry per row where it has any."""

    columns: dict[str, list[Any]]
    geometries: Shapes | None = None

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


@dataclass(frozen=True)
class City:
    """An invented city, marked 示例数据 throughout."""

    name: str
    srid: int
    tables: dict[str, Table]


PRESETS: dict[str, CityPlan] = {
    "hamlet": CityPlan(districts=("示例区",), compounds=20, buildings=260),
    "small": CityPlan(
        districts=("城中区", "河东区", "高新区"), compounds=300, buildings=5_500, land=0.9
    ),
    "yangquan": CityPlan(
        name="示例市（阳泉口径）",
        districts=("城区", "矿区", "郊区", "高新区", "平定县", "盂县"),
        compounds=961,
        buildings=18_000,
        known_on=date(2025, 9, 22),
        central_meridian=114,
        centre_m=(463_000.0, 4_191_000.0),
        published=Published(
            old_compounds=401,
            served_by_firm=881,
            owners_committees=288,
            property_management_committees=673,
        ),
        weak_case=WeakCase(district="矿区", firm="矿城共建物业服务有限公司（示例）", compounds=51),
    ),
    "xigang": CityPlan(
        name="示例市（西岗口径）",
        districts=("示例区",),
        compounds=210,
        buildings=279,
        known_on=date(2021, 5, 21),
        latest_built=2020,
        land=0.16,
        land_spread=0.3,
        land_share=0.36,
        central_meridian=123,
        centre_m=(379_000.0, 4_309_500.0),
        base_unit="物业管理区域",
        base_list="物业管理区域",
        published=Published(management_areas=199, floor_area_m2=6_360_000),
    ),
    "metropolis": CityPlan(
        districts=(
            "中心区", "河东区", "河西区", "城南区", "城北区", "东湖区",
            "西山区", "高新区", "经开区", "新城区", "南岭区", "北滩区",
        ),
        compounds=12_000,
        buildings=300_000,
        central_meridian=114,
        centre_m=(468_000.0, 3_846_000.0),
    ),
}  # fmt: skip
