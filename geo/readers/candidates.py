"""In which coordinate systems a file that names none may be, from how large its numbers are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import STORAGE_SRID, in_china, to_storage
from geo.errors import Fault, gettext_noop
from geo.readers.parsing.parsed import Figure

NO_CRS = gettext_noop("文件没有说明坐标系（缺少 .prj）。")
MAY_BE = gettext_noop("按坐标范围，可能是：{candidates}。请用 --crs 指明其一。")
MAY_BE_DEGREES = gettext_noop(
    "坐标是经纬度：请用 --crs 4490 指明；"
    "如来自百度或高德地图，请改为选择坐标基准（文件@bd09、文件@gcj02）。"
)
SAY_ANY = gettext_noop("请用 --crs EPSG 指明，例如 --crs 4490（经纬度）。")
LOCAL = gettext_noop(
    "坐标（{x}, {y}）不是国家坐标，像是地方独立坐标系。请由测绘主管部门转换为 CGCS2000 后再导入。"
)
NOWHERE_NEAR = gettext_noop(
    "按 CGCS2000 的任何一个分带换算，都不在本辖区附近，可能是地方独立坐标系。"
    "请由测绘主管部门转换为 CGCS2000 后再导入。"
)
TURNED = gettext_noop(
    "坐标（{x}, {y}）的北坐标像是写在东坐标之前。请在源软件中交换 x、y 后再导入。"
)

DEGREES = gettext_noop("4490（CGCS2000 经纬度）")
THREE_DEGREES = gettext_noop("{srid}（CGCS2000 三度带，中央经线 {meridian}°）")
SIX_DEGREES = gettext_noop("{srid}（CGCS2000 六度带，中央经线 {meridian}°）")
NEAR_KM = 50.0
_SHOWN = 4
_ZONE_M = 1_000_000
_EASTINGS_M = (100_000.0, 900_000.0)
_NORTHINGS_M = (300_000.0, 6_200_000.0)
_THREE, _SIX = range(25, 46), range(13, 24)
_KM_PER_DEGREE = 111.32


@dataclass(frozen=True)
class Candidate:
    """A coordinate system in which a file's numbers make sense."""

    srid: int
    meridian: int
    is_three: bool

    @property
    def words(self) -> str:
        """Return its number with what it is."""
        text = THREE_DEGREES if self.is_three else SIX_DEGREES
        return text.format(srid=self.srid, meridian=self.meridian)


def crs_fault(figures: Sequence[Figure], ground: shapely.Geometry | None) -> Fault:
    """Say that a file names no coordinate system, and which it may be in.

    Parameters
    ----------
    figures
        What the file holds, in its own numbers.
    ground
        Where its things should lie, EPSG:4490; None = nobody knows.

    """
    middle = _middle(figures)
    if middle is None:
        return Fault(NO_CRS, fix=SAY_ANY)
    x, y = middle
    told: dict[str, object] = {"x": f"{x:.8g}", "y": f"{y:.8g}"}
    if bool(in_china(np.array([middle]))[0]):
        return Fault(NO_CRS, {"choices": {"crs": [[STORAGE_SRID, DEGREES]]}}, MAY_BE_DEGREES)
    found = list(candidates(x, y))
    if not found:
        return Fault(NO_CRS, told, TURNED if list(candidates(y, x)) else LOCAL)
    near = found if ground is None else _near(found, middle, ground)
    if not near:
        return Fault(NO_CRS, told, NOWHERE_NEAR)
    more = "…" if len(near) > _SHOWN else ""
    shown = near[:_SHOWN]
    told["candidates"] = "、".join(candidate.words for candidate in shown) + more
    told["choices"] = {"crs": [[candidate.srid, candidate.words] for candidate in shown]}
    told["drawn"] = [[candidate.words, *_box(figures, candidate.srid)] for candidate in shown]
    return Fault(NO_CRS, told, MAY_BE)


def candidates(x: float, y: float) -> Iterator[Candidate]:
    """Yield the Gauss-Krüger zones of CGCS2000 that a place in metres can be in.

    An easting of eight digits begins with the number of its zone. One of six does not say it, so
    that it may be any; those in the middle of the country come first.
    """
    low, high = _NORTHINGS_M
    zone, easting = divmod(x, _ZONE_M)
    if not (low <= y <= high and _EASTINGS_M[0] <= easting <= _EASTINGS_M[1]):
        return
    if zone in _THREE:
        yield Candidate(4488 + int(zone), int(zone) * 3, is_three=True)
    elif zone in _SIX:
        yield Candidate(4478 + int(zone), int(zone) * 6 - 3, is_three=False)
    elif zone == 0:
        meridians = sorted(range(75, 136, 3), key=lambda each: abs(each - 114))
        for meridian in meridians:
            yield Candidate(4534 + (meridian - 75) // 3, meridian, is_three=True)
        for meridian in (each for each in meridians if (each - 75) % 6 == 0):
            yield Candidate(4502 + (meridian - 75) // 6, meridian, is_three=False)


def _middle(figures: Sequence[Figure]) -> tuple[float, float] | None:
    """Return the middle of all places, in the file's own numbers."""
    wkb = np.array([figure.wkb for figure in figures], dtype=object)
    bounds: NDArray[np.float64] = shapely.bounds(shapely.from_wkb(wkb, on_invalid="ignore"))
    known = bounds[~np.isnan(bounds[:, 0])]
    if not len(known):
        return None
    x, y = np.median((known[:, :2] + known[:, 2:]) / 2, axis=0).tolist()
    return x, y


def _box(figures: Sequence[Figure], srid: int) -> list[float]:
    """Return west, south, east and north of all places, if they are in this CRS, degrees."""
    wkb = np.array([figure.wkb for figure in figures], dtype=object)
    whole = shapely.box(*shapely.total_bounds(shapely.from_wkb(wkb, on_invalid="ignore")))
    (moved,) = to_storage(np.array([whole]), srid)
    return [round(edge, 6) for edge in moved.bounds]


def _near(
    found: Sequence[Candidate], middle: tuple[float, float], ground: shapely.Geometry
) -> list[Candidate]:
    """Return the candidates that bring the middle to the ground, the nearest first."""
    far = {}
    for candidate in found:
        (place,) = to_storage(np.array([shapely.Point(middle)]), candidate.srid)
        far[candidate] = float(shapely.distance(place, ground)) * _KM_PER_DEGREE
    nearest = sorted(found, key=lambda each: (far[each], not each.is_three))
    return [candidate for candidate in nearest if far[candidate] <= NEAR_KM]
