"""Boundaries that cannot all be right: drawn over one another, twice, or as a splinter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import metric_srid, to_metric, to_storage
from geo.errors import Fault, gettext_noop

OVERLAP = gettext_noop(
    "“{one}”（第 {row} 行）与“{other}”（第 {other_row} 行）的边界重叠约 {area} ㎡，"
    "占较小者的 {percent}%，位置 {lon}, {lat}。"
)
SAME = gettext_noop(
    "“{one}”（第 {row} 行）与“{other}”（第 {other_row} 行）的边界几乎相同，可能是同一处重复录入。"
)
SPLINTER = gettext_noop(
    "“{one}”（第 {row} 行）是宽约 {width} 米、面积 {area} ㎡ 的狭长碎片，可能是制图残余。"
)
GAPS = gettext_noop("{count} 处边界之间有不足 {width} 米的缝隙或错位，例如 {lon}, {lat}。")
MORE = gettext_noop("另有 {count} 处重叠没有逐一列出。")

MOST_TOLD = 20
LEAST_M2, LEAST_SHARE = 20.0, 0.005
"""Smaller overlaps are the width of a line."""
SAME_SHARE = 0.95
SPLINTER_M = 2.0
GAP_M = 5.0

Shapes = NDArray[np.object_]


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Ground that two boundaries both claim."""

    first: int
    second: int
    """Positions, the first before the second."""
    area_m2: float
    share: float
    """Of the smaller one."""
    is_same: bool
    """Whether both claim almost nothing else."""
    place: tuple[float, float]


def overlaps(shapes: Shapes) -> list[Overlap]:
    """Return the pairs of polygons that cover common ground, by position.

    Parameters
    ----------
    shapes
        Polygons in EPSG:4490; what is None or no polygon has no ground.

    """
    ground = _metric(shapes)
    first, second = shapely.STRtree(ground).query(ground, predicate="intersects")
    first, second = (side[first < second] for side in (first, second))
    common = shapely.intersection(ground[first], ground[second])
    area_m2, areas = shapely.area(common), shapely.area(ground)
    smaller = np.minimum(areas[first], areas[second])
    larger = np.maximum(areas[first], areas[second])
    clear = (area_m2 >= LEAST_M2) & (area_m2 >= LEAST_SHARE * smaller)
    order = sorted(np.flatnonzero(clear), key=lambda n: (first[n], second[n]))
    return [
        Overlap(
            first=int(first[n]),
            second=int(second[n]),
            area_m2=float(area_m2[n]),
            share=float(area_m2[n] / smaller[n]),
            is_same=bool(area_m2[n] >= SAME_SHARE * larger[n]),
            place=_place(shapes[first[n]], shapes[second[n]]),
        )
        for n in order
    ]


def overlap_faults(shapes: Shapes, names: Sequence[str], rows: Sequence[int]) -> Iterator[Fault]:
    """Yield what to tell of boundaries over one another, and of splinters.

    Parameters
    ----------
    shapes
        Polygons in EPSG:4490.
    names, rows
        What each is called, and its row or number in the file.

    """
    found = overlaps(shapes)
    for each in found[:MOST_TOLD]:
        told = {
            "one": names[each.first],
            "row": rows[each.first],
            "other": names[each.second],
            "other_row": rows[each.second],
            "area": f"{each.area_m2:.0f}",
            "percent": f"{each.share * 100:.2g}" if each.share < 1 else "100",
            "lon": each.place[0],
            "lat": each.place[1],
        }
        yield Fault(SAME if each.is_same else OVERLAP, told, place=each.place)
    if len(found) > MOST_TOLD:
        yield Fault(MORE, {"count": len(found) - MOST_TOLD})
    yield from _splinters(shapes, names, rows)


def gap_faults(shapes: Shapes) -> Iterator[Fault]:
    """Yield what to tell of boundaries that should meet and do not quite."""
    ground = _metric(shapes)
    edges = shapely.coverage_invalid_edges(ground, gap_width=GAP_M)
    bad = np.flatnonzero(~shapely.is_empty(edges))
    if len(bad):
        (edge,) = to_storage(edges[bad[:1]], _srid(shapes))
        x, y = (round(ordinate, 6) for ordinate in shapely.get_coordinates(edge)[0])
        told = {"count": len(bad), "width": f"{GAP_M:g}", "lon": x, "lat": y}
        yield Fault(GAPS, told, place=(x, y))


def _splinters(shapes: Shapes, names: Sequence[str], rows: Sequence[int]) -> Iterator[Fault]:
    ground = _metric(shapes)
    area_m2, around_m = shapely.area(ground), shapely.length(ground)
    with np.errstate(invalid="ignore", divide="ignore"):
        width_m = 2 * area_m2 / around_m
    for n in np.flatnonzero((around_m > 0) & (width_m < SPLINTER_M)).tolist():
        told = {"one": names[n], "row": rows[n]}
        yield Fault(SPLINTER, told | {"width": f"{width_m[n]:.2g}", "area": f"{area_m2[n]:.0f}"})


def _metric(shapes: Shapes) -> Shapes:
    """Return the polygons in metres; everything else is empty ground."""
    is_polygon = np.isin(shapely.get_type_id(shapes), (3, 6))
    kept = shapes.copy()
    kept[~is_polygon] = shapely.Polygon()
    return to_metric(kept, _srid(shapes)) if is_polygon.any() else kept


def _srid(shapes: Shapes) -> int:
    """Return the zone of the middle of all."""
    return metric_srid(float(np.nanmedian(shapely.bounds(shapes)[:, 0])))


def _place(one: shapely.Geometry, other: shapely.Geometry) -> tuple[float, float]:
    point = shapely.point_on_surface(shapely.intersection(one, other))
    return round(point.x, 6), round(point.y, 6)
