"""Boundary points as land offices exchange them (界址点坐标交换格式): TXT with X to the north.

`[属性描述]` says datum, zone and unit; under `[地块坐标]` each plot has a line that ends in @, and
under it its points as `J1,圈号,X,Y`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from geo.errors import Fault, InputError, gettext_noop

from .figures import figure_of
from .inside import inside
from .parsed import Cell, Figure, Format, Job, Parsed

NOT_A_POINT = gettext_noop("第 {line} 行不是界址点：“{given}”。应为 点号,圈号,X,Y。")
POINT_WITHOUT_PLOT = gettext_noop("第 {line} 行的界址点之前没有地块（以 @ 结尾的行）。")
NO_PLOTS = gettext_noop("界址点文件中没有地块。")
NORTH_FIRST = gettext_noop("界址点的 X 为北、Y 为东，已按此读取。")
EAST_FIRST = gettext_noop("界址点的 X 像是东坐标、Y 像是北坐标，与规定相反，已按数值判断。")
WHICH_AXIS = gettext_noop(
    "界址点坐标（{x}, {y}）无法判断哪个是北坐标，可能是地方独立坐标系。"
    "请由测绘主管部门转换为 CGCS2000 后再导入。"
)

COLUMNS = ("地块编号", "地块名称", "地块用途", "地块面积(公顷)")
_POSITIONS = (2, 3, 6, 1)
"""Where these stand in a plot's line: 点数,面积,编号,名称,属性,图幅号,用途,地类编码,@."""
_SECTION = re.compile(r"^\s*\[(?P<name>[^\]]+)\]\s*$")
_SAYS_DATUM = ("坐标系", "坐标系统")
_SAYS_ZONE = "带号"
_SAYS_WIDTH = "几度分带"
_FIRST_NORTH_M, _LAST_NORTH_M = 1_000_000.0, 6_200_000.0
"""Northings of China; south of Hainan there is no compound."""
_ZONE_M = 1_000_000
_FEWEST_CELLS = 4


@dataclass
class _Plot:
    row: int
    told: list[str]
    rings: dict[str, list[tuple[float, float]]] = field(default_factory=dict)


def is_exchange(text: str) -> bool:
    """Tell whether a text is of this format."""
    return re.search(r"^\s*\[地块坐标\]\s*$", text, re.MULTILINE) is not None


def parse_exchange(text: str, job: Job, encoding: str, notices: list[Fault]) -> Parsed:
    """Read the plots of a text of this format."""
    said: dict[str, str] = {}
    plots = list(_plots(text, said))
    if not plots:
        raise InputError(NO_PLOTS)
    north_first, how = axes([p for plot in plots for ring in plot.rings.values() for p in ring])
    figures = [_figure(plot, north_first=north_first) for plot in plots]
    return Parsed(
        format=Format.BOUNDARY_POINTS,
        layer=job.stem,
        encoding=encoding,
        columns=list(COLUMNS),
        cells=[[_cell(plot.told, at) for plot in plots] for at in _POSITIONS],
        rows=[plot.row for plot in plots],
        figures=figures,
        crs=_crs(said, plots, north_first=north_first),
        notices=[*notices, *how],
    )


def axes(points: list[tuple[float, float]]) -> tuple[bool, list[Fault]]:
    """Tell whether the first of two coordinates is the northing, from their size.

    Northings in China lie between 1,000 and 6,200 km, eastings below 1,000 km or, with the number
    of their zone before them, above 13,000 km: the one can never be the other.
    """
    if not points:
        return True, []
    values = np.array(points, dtype=float)
    can_be = (values > _FIRST_NORTH_M) & (values < _LAST_NORTH_M)
    x_is_north, y_is_north = bool(can_be[:, 0].all()), bool(can_be[:, 1].all())
    if x_is_north == y_is_north:
        x, y = points[0]
        raise InputError(Fault(WHICH_AXIS, {"x": f"{x:.10g}", "y": f"{y:.10g}"}))
    return x_is_north, [Fault(NORTH_FIRST if x_is_north else EAST_FIRST)]


def rings_as_polygon(rings: list[list[tuple[float, float]]]) -> Figure:
    """Return the polygon of rings, closed: those within an earlier one are its holes."""
    parts: list[list[list[tuple[float, float]]]] = []
    for ring in rings:
        closed = ring if ring[0] == ring[-1] else [*ring, ring[0]]
        around = [p for p in parts if inside(np.array(closed[:1]), np.array(p[0]))[0]]
        if around:
            around[0].append(closed)
        else:
            parts.append([closed])
    listed = [[[list(point) for point in ring] for ring in part] for part in parts]
    return figure_of("MultiPolygon", listed) if len(parts) > 1 else figure_of("Polygon", listed[0])


def _plots(text: str, said: dict[str, str]) -> Iterator[_Plot]:
    section = ""
    plot: _Plot | None = None
    for line, raw in enumerate(text.splitlines(), 1):
        row = raw.strip()
        if found := _SECTION.match(row):
            section = found["name"]
        elif row and section == "属性描述":
            name, _, value = row.partition("=")
            said[name.strip()] = value.strip()
        elif row and section == "地块坐标":
            cells = [cell.strip() for cell in re.split(r"[,，]", row)]
            if cells[-1] == "@":
                if plot is not None:
                    yield plot
                plot = _Plot(line, cells[:-1])
            else:
                _add_point(plot, cells, line)
    if plot is not None:
        yield plot


def _add_point(plot: _Plot | None, cells: list[str], line: int) -> None:
    if plot is None:
        raise InputError(Fault(POINT_WITHOUT_PLOT, {"line": line}))
    try:
        x, y = (float(cell) for cell in cells[2:_FEWEST_CELLS])
    except ValueError:
        given = ",".join(cells)[:40]
        raise InputError(Fault(NOT_A_POINT, {"line": line, "given": given})) from None
    plot.rings.setdefault(cells[1], []).append((x, y))


def _figure(plot: _Plot, *, north_first: bool) -> Figure:
    if not plot.rings:
        return Figure()
    turned = [[(y, x) if north_first else (x, y) for x, y in ring] for ring in plot.rings.values()]
    return rings_as_polygon(turned)


def _cell(told: list[str], at: int) -> Cell:
    return (told[at] or None) if at < len(told) else None


def _crs(said: dict[str, str], plots: list[_Plot], *, north_first: bool) -> str:
    """Return the CRS that the head of the file says, "" where that is not all."""
    datum = next((said[name] for name in _SAYS_DATUM if name in said), "")
    if not re.search(r"2000|CGCS", datum, re.IGNORECASE):
        return f"坐标系 {datum}" if datum else ""
    width, zone = _digits(said.get(_SAYS_WIDTH, "")), _digits(said.get(_SAYS_ZONE, ""))
    points = [point for plot in plots for ring in plot.rings.values() for point in ring]
    easting = max((point[1 if north_first else 0] for point in points), default=0.0)
    if easting >= _ZONE_M:
        return f"EPSG:{_with_prefix(int(easting // _ZONE_M))}"
    if width == 3 and zone:  # noqa: PLR2004 (degrees)
        return f"EPSG:{4509 + zone}"
    return f"EPSG:{4489 + zone}" if width == 6 and zone else ""  # noqa: PLR2004 (degrees)


def _with_prefix(zone: int) -> int:
    """Return the SRID of eastings with the number of their zone: 3 degrees from 25, else 6."""
    return (4488 if zone >= 25 else 4478) + zone  # noqa: PLR2004 (the first zone of 3 degrees in China)


def _digits(text: str) -> int:
    found = re.search(r"\d+", text)
    return int(found[0]) if found else 0
