"""The layers in their groups, each with the label that is its legend: mark, word, count."""

from dataclasses import dataclass

import geopandas as gpd
from folium.map import Layer
from markupsafe import Markup, escape

from geo.errors import gettext_noop
from maps import statuses
from maps.coverage_map import drawing, words
from maps.coverage_map.drawing import ZoneCard
from maps.coverage_map.elements import DrawnLayer, HeatLayer
from maps.coverage_map.heat import RADIUS_M, Heat
from maps.coverage_map.subject import MapFrames

Group = tuple[str, list[Layer]]
UNITS = {"household": gettext_noop("户（套）/公顷"), "site": gettext_noop("处/公顷")}
SCATTERED_FROM_ZOOM = 15.0
FOOTPRINTS_FROM_ZOOM = 15.5


@dataclass(frozen=True, kw_only=True)
class StatusCount:
    """How many sites and households one status has."""

    status: str
    word: str
    sites: int
    households: int
    unknown: int
    """Sites whose households are unknown: they are in `sites`, not in `households`."""

    @property
    def told(self) -> str:
        """Return the counts in words."""
        unknown = f"，{self.unknown:,} 处户数不详" if self.unknown else ""
        return f"{self.sites:,} 处 · {self.households:,} 户（套）{unknown}"


def status_counts(sites: gpd.GeoDataFrame) -> list[StatusCount]:
    """Return the counts of every status in the order of the legend."""
    counts = []
    for status in statuses.ServiceStatus:
        households = sites.loc[sites["status"] == status, "households"].astype("Float64")
        counts.append(
            StatusCount(
                status=status,
                word=statuses.WORDS[status],
                sites=len(households),
                households=round(float(households.sum())),
                unknown=int(households.isna().sum()),
            )
        )
    return counts


def veil(frames: MapFrames) -> DrawnLayer:
    """Return the veil over the land outside the district."""
    return DrawnLayer("veil", drawing.veil_features(frames), name="")


def layer_groups(frames: MapFrames, cards: list[ZoneCard], heat: Heat | None) -> list[Group]:
    """Return the groups of the legend with their layers."""
    return [
        (gettext_noop("服务状态"), _status_layers(frames)),
        (gettext_noop("片区与热力"), _plan_layers(frames, cards, heat)),
        (gettext_noop("阻隔、楼栋与辖区"), _ground_layers(frames)),
    ]


def _status_layers(frames: MapFrames) -> list[Layer]:
    by_status = drawing.site_features(frames.sites)
    return [
        DrawnLayer(
            "sites",
            by_status[count.status],
            name=_label(_swatch(f"url(#status-{count.status})"), count.word, count.told),
            key=count.status,
            look={"fill": f"url(#status-{count.status})", "line": statuses.COLOURS[count.status]},
        )
        for count in status_counts(frames.sites)
    ]


def _plan_layers(frames: MapFrames, cards: list[ZoneCard], heat: Heat | None) -> list[Layer]:
    outline = _swatch("#762A8322", line="#762A83")
    zones = DrawnLayer(
        "zones",
        drawing.zone_features(frames.zones, cards),
        name=_label(outline, gettext_noop("连片管理片区"), f"{len(cards)} 个，相邻不同色"),
    )
    if heat is None:
        return [zones]
    unit = UNITS[heat.unit]
    told = f"0 – {heat.peak_per_hectare:,.0f} {unit}，半径 {RADIUS_M:.0f} m"
    guessed = f"；{heat.guessed} 处户数不详，按中位数计" if heat.guessed else ""
    ramp = Markup('<span class="ramp" aria-hidden="true"></span>')
    return [zones, HeatLayer(heat, name=_label(ramp, gettext_noop("未覆盖热力图"), told + guessed))]


def _ground_layers(frames: MapFrames) -> list[Layer]:
    scattered = drawing.building_features(frames.buildings, scattered=True)
    inside = drawing.building_features(frames.buildings, scattered=False)
    places = drawing.area_features(frames)
    barriers, crossings = frames.barriers, frames.crossings
    layers = [
        (
            DrawnLayer(
                "barriers",
                drawing.barrier_features(barriers),
                name=_label(_line("barrier"), gettext_noop("阻隔"), _kinds_told(barriers)),
            ),
            len(barriers),
        ),
        (
            DrawnLayer(
                "crossings",
                drawing.crossing_features(crossings),
                name=_label(_line("crossing"), gettext_noop("通道"), f"{len(crossings)} 处"),
            ),
            len(crossings),
        ),
        (
            DrawnLayer(
                "buildings",
                scattered,
                name=_label(
                    _swatch("#C9B79C", line="#7A6A52"),
                    gettext_noop("零散楼栋"),
                    f"{len(scattered):,} 幢，放大后显示",
                ),
                key="scattered",
                look={"fill": "#C9B79C", "line": "#7A6A52", "from": SCATTERED_FROM_ZOOM}
                | {"pane": "scattered", "colours": statuses.COLOURS},
            ),
            len(scattered),
        ),
        (
            DrawnLayer(
                "buildings",
                inside,
                name=_label(
                    _swatch("#DDDAD3", line="#8E8A80"),
                    gettext_noop("小区内楼栋"),
                    f"{len(inside):,} 幢，放大后显示",
                ),
                key="footprints",
                look={"fill": "#33333322", "line": "#33333388", "from": FOOTPRINTS_FROM_ZOOM}
                | {"pane": "footprints"},
            ),
            len(inside),
        ),
        (
            DrawnLayer(
                "areas",
                places,
                name=_label(_line("area"), gettext_noop("辖区界线"), f"{len(places)} 个"),
            ),
            len(places),
        ),
    ]
    return [layer for layer, count in layers if count]


def _kinds_told(barriers: gpd.GeoDataFrame) -> str:
    kinds = barriers["kind"].unique() if len(barriers) else []
    return "、".join(words.BARRIERS[kind] for kind in words.BARRIERS if kind in kinds)


def _label(mark: Markup, word: str, told: str) -> Markup:
    text = escape(word) + Markup(' <span class="count">') + escape(told) + Markup("</span>")
    return mark + Markup('<span class="layer-name">') + text + Markup("</span>")


def _swatch(fill: str, *, line: str = "#44444466") -> Markup:
    return Markup(
        '<svg class="swatch" width="26" height="16" aria-hidden="true">'
        '<rect x=".75" y=".75" width="24.5" height="14.5" fill="{}" stroke="{}"/></svg>'
    ).format(fill, line)


def _line(kind: str) -> Markup:
    return Markup('<span class="line-mark {}" aria-hidden="true"></span>').format(kind)
