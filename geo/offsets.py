"""Whether all places of a file lie aside of where they are known to be, how far, and likely why.

Web maps of China shift their coordinates by some hundred metres (GCJ-02), Baidu's again (BD-09). A
file that is read without undoing that, or with undoing it twice, lies aside as a whole. Each way of
getting there moves places in its own direction, by which it is told from the others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import Datum, from_wgs84, to_wgs84
from geo.errors import Fault, gettext_noop

OFFSET = gettext_noop("与已入库的 {pairs} 个{things}相比，整体偏移约 {size} 米，向{direction}。")
MISPLACED = gettext_noop(
    "{count} 个位置中只有 {inside} 个落在{ground}内；如换算约 {size} 米，则有 {better} 个落在其中。"
)
SMALLEST_M = 50.0
"""Below this a compound may simply be drawn anew."""
_FEWEST_PAIRS = 3
_SPREAD_SHARE, _SPREAD_M = 0.25, 20.0
"""How far the offsets of single places may lie from the common one: a share of it, at least so."""
_FIT_SHARE, _FIT_M = 0.2, 25.0
"""How far the common offset may lie from what a cause makes of the places."""
_FEWEST_GAINED = 5
_CLEARLY_MORE, _DEVIATIONS = 1.3, 4
"""So many times as many lie inside, and by so many deviations of chance more."""
_NEARLY_ALL, _NOT_ALL = 0.98, 0.9
"""Or nearly all do, where before so few did."""
_METRES_PER_DEGREE = 111_320.0
_OLD_DATUM_M = 200.0
_DIRECTIONS = (
    *(gettext_noop("东"), gettext_noop("东北"), gettext_noop("北"), gettext_noop("西北")),
    *(gettext_noop("西"), gettext_noop("西南"), gettext_noop("南"), gettext_noop("东南")),
)

Points = NDArray[np.float64]
Shift = Callable[[Points], Points]


class Cause(StrEnum):
    """How places may have come to lie aside."""

    GCJ02 = "gcj02"
    BD09 = "bd09"
    BD09_AS_GCJ02 = "bd09_as_gcj02"
    GCJ02_AS_BD09 = "gcj02_as_bd09"
    GCJ02_TWICE = "gcj02_twice"
    BD09_TWICE = "bd09_twice"
    OLD_DATUM = "old_datum"
    UNKNOWN = "unknown"

    @property
    def is_twice(self) -> bool:
        """Tell whether coordinates were converted that had been converted before."""
        return self in {Cause.GCJ02_TWICE, Cause.BD09_TWICE}


CAUSE_WORDS: Mapping[Cause, str] = {
    Cause.GCJ02: gettext_noop(
        "疑为 GCJ-02（高德、腾讯）坐标未经换算。请核对来源，选择坐标基准 GCJ-02 后重新检查。"
    ),
    Cause.BD09: gettext_noop(
        "疑为 BD-09（百度）坐标未经换算。请核对来源，选择坐标基准 BD-09 后重新检查。"
    ),
    Cause.BD09_AS_GCJ02: gettext_noop("疑为百度坐标当作 GCJ-02 换算。请改选坐标基准 BD-09。"),
    Cause.GCJ02_AS_BD09: gettext_noop("疑为高德、腾讯坐标当作 BD-09 换算。请改选坐标基准 GCJ-02。"),
    Cause.GCJ02_TWICE: gettext_noop(
        "疑为已换算过的坐标又按 GCJ-02 换算了一次。请改选坐标基准 CGCS2000 或 WGS84。"
    ),
    Cause.BD09_TWICE: gettext_noop(
        "疑为已换算过的坐标又按 BD-09 换算了一次。请改选坐标基准 CGCS2000 或 WGS84。"
    ),
    Cause.OLD_DATUM: gettext_noop(
        "可能是北京54、西安80 或地方坐标系的坐标。请由测绘主管部门转换为 CGCS2000 后再导入。"
    ),
    Cause.UNKNOWN: gettext_noop("请核对坐标系和坐标来源。"),
}


def _shifted(datum: Datum) -> Shift:
    return lambda true: from_wgs84(true, datum)


def _restored(datum: Datum) -> Shift:
    return lambda shown: to_wgs84(shown, datum)


def _after(first: Shift, second: Shift) -> Shift:
    return lambda points: second(first(points))


_MADE_BY: Mapping[Cause, tuple[Shift, Shift]] = {
    Cause.GCJ02: (_shifted(Datum.GCJ02), _restored(Datum.GCJ02)),
    Cause.BD09: (_shifted(Datum.BD09), _restored(Datum.BD09)),
    Cause.BD09_AS_GCJ02: (
        _after(_shifted(Datum.BD09), _restored(Datum.GCJ02)),
        _after(_shifted(Datum.GCJ02), _restored(Datum.BD09)),
    ),
    Cause.GCJ02_AS_BD09: (
        _after(_shifted(Datum.GCJ02), _restored(Datum.BD09)),
        _after(_shifted(Datum.BD09), _restored(Datum.GCJ02)),
    ),
    Cause.GCJ02_TWICE: (_restored(Datum.GCJ02), _shifted(Datum.GCJ02)),
    Cause.BD09_TWICE: (_restored(Datum.BD09), _shifted(Datum.BD09)),
}
"""What each cause makes of true places, and what makes true places of its own again."""


@dataclass(frozen=True, kw_only=True)
class Offset:
    """How the places of a file lie aside of known ones."""

    east_m: float
    north_m: float
    cause: Cause

    @property
    def size_m(self) -> float:
        """Return how far aside."""
        return float(np.hypot(self.east_m, self.north_m))

    @property
    def direction(self) -> str:
        """Return the word for where the file's places lie, seen from the known ones."""
        eighth = round(float(np.degrees(np.arctan2(self.north_m, self.east_m))) / 45)
        return _DIRECTIONS[eighth % len(_DIRECTIONS)]


def common_offset(given: Points, known: Points) -> Offset | None:
    """Return how places lie aside of where the same things are known to be; None = they do not.

    Parameters
    ----------
    given, known
        Shape (n, 2), degrees in EPSG:4490; each row is one thing.

    """
    if len(given) < _FEWEST_PAIRS:
        return None
    aside = _metres(given - known, known)
    common = np.median(aside, axis=0)
    size = float(np.hypot(*common))
    spread = float(np.median(np.hypot(*(aside - common).T)))
    if size < SMALLEST_M or spread > max(_SPREAD_M, _SPREAD_SHARE * size):
        return None
    return Offset(east_m=common[0], north_m=common[1], cause=_cause(known, common))


def _cause(known: Points, common: Points) -> Cause:
    """Return what moves the known places most like that."""
    size = float(np.hypot(*common))
    misses = {
        cause: float(np.hypot(*(np.median(_metres(make(known) - known, known), axis=0) - common)))
        for cause, (make, _) in _MADE_BY.items()
    }
    best = min(misses, key=lambda cause: misses[cause])
    if misses[best] <= max(_FIT_M, _FIT_SHARE * size):
        return best
    return Cause.OLD_DATUM if size <= _OLD_DATUM_M else Cause.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Misplaced:
    """Places of which more lie where they should, once they are moved."""

    count: int
    inside: int
    better: int
    offset: Offset


def misplaced(points: Points, grounds: NDArray[np.object_]) -> Misplaced | None:
    """Return what would bring clearly more of the places into the grounds; None where nothing.

    Parameters
    ----------
    points
        Shape (n, 2), degrees in EPSG:4490, of things that mostly lie in the grounds.
    grounds
        Polygons in EPSG:4490: compounds for buildings, the district for compounds.

    """
    tree = shapely.STRtree(grounds)
    now = _count_inside(tree, points)
    counts = {cause: _count_inside(tree, undo(points)) for cause, (_, undo) in _MADE_BY.items()}
    best = max(counts, key=lambda cause: counts[cause])
    if not _is_clear(now, counts[best], len(points)):
        return None
    true = _MADE_BY[best][1](points)
    east_m, north_m = np.median(_metres(points - true, true), axis=0)
    offset = Offset(east_m=float(east_m), north_m=float(north_m), cause=best)
    return Misplaced(count=len(points), inside=now, better=counts[best], offset=offset)


def _is_clear(now: int, better: int, count: int) -> bool:
    """Tell whether so many more lie inside that it is no chance."""
    if better - now < _FEWEST_GAINED:
        return False
    is_more = better >= _CLEARLY_MORE * now and better - now >= _DEVIATIONS * np.sqrt(now)
    return bool(is_more) or (better >= _NEARLY_ALL * count and now <= _NOT_ALL * count)


def offset_fault(offset: Offset, *, pairs: int, things: str) -> Fault:
    """Say how places lie aside of known things."""
    told = {
        "pairs": pairs,
        "things": things,
        "size": _rounded(offset.size_m),
        "direction": offset.direction,
    }
    return Fault(OFFSET, told, CAUSE_WORDS[offset.cause])


def misplaced_fault(found: Misplaced, *, ground: str) -> Fault:
    """Say that places would lie better if they were moved."""
    told = {
        "count": found.count,
        "inside": found.inside,
        "better": found.better,
        "ground": ground,
        "size": _rounded(found.offset.size_m),
    }
    return Fault(MISPLACED, told, CAUSE_WORDS[found.offset.cause])


def _rounded(metres: float) -> int:
    return int(round(metres, -1))


def _count_inside(tree: shapely.STRtree, points: Points) -> int:
    hits, _ = tree.query(shapely.points(points), predicate="intersects")
    return len(np.unique(hits))


def _metres(degrees: Points, at: Points) -> Points:
    """Return differences of longitude and latitude as metres to the east and north."""
    east = degrees[:, 0] * np.cos(np.radians(at[:, 1]))
    metres: Points = np.column_stack([east, degrees[:, 1]]) * _METRES_PER_DEGREE
    return metres
