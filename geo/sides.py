"""What lies on two sides of a road or a river: no one management area may."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import Fault, gettext_noop
from geo.words import BarrierKind

ACROSS = gettext_noop(
    "“{name}”（{code}）的{one}与{other}分处{kinds}两侧。物业管理区域不应跨越，请核实其组成或范围。"
)
SEVERAL = gettext_noop("“{name}”等 {count} 处")
PARTING = tuple(sorted(kind for kind in BarrierKind if kind is not BarrierKind.WALL))
"""Kinds that no management area lies across. Walls stand between the compounds of many."""
LINE_M = 0.1
"""So wide is a line, for what lies on its two sides to be two."""


@dataclass(frozen=True)
class Parted:
    """Parts of a thing on two sides of barriers."""

    thing: int
    """Position of the thing."""
    sides: tuple[tuple[int, ...], ...]
    """Positions of the parts on each side, the side of the first part first."""
    kinds: tuple[str, ...]
    """What lies between: the one kind that parts them, or all that do so together."""


def why_across(parted: Parted, *, name: str, code: str, parts: Sequence[str]) -> Fault:
    """Return what is wrong with a thing that lies across, by its name and those of its parts."""
    one, *others = ([parts[part] for part in side] for side in parted.sides)
    kinds = "、".join(BarrierKind.label_of(kind) for kind in parted.kinds)
    told = {"one": _listed(one), "other": _listed([part for side in others for part in side])}
    return Fault(ACROSS, {"name": name or code, "code": code, "kinds": kinds, **told})


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"“{names[0]}”"
    return SEVERAL.format(name=names[0], count=len(names))


def parted_by(
    things: Sequence[NDArray[np.object_]], kinds: NDArray[np.str_], barriers: NDArray[np.object_]
) -> list[Parted]:
    """Return the things whose parts barriers leave on two sides.

    A barrier that ends between the parts leaves a way round it, and parts nothing.

    Parameters
    ----------
    things
        For each thing the shapes of its parts, metric.
    kinds
        (m,) kinds of the barriers; others than `PARTING` part nothing.
    barriers
        (m,) lines or polygons, metric.
    """
    is_parting = np.isin(kinds, PARTING)
    kinds, barriers = kinds[is_parting], barriers[is_parting]
    several = [thing for thing, parts in enumerate(things) if len(parts) > 1]
    around = [_around(things[thing]) for thing in several]
    hull, barrier = shapely.STRtree(barriers).query(
        np.array(around, dtype=object), predicate="intersects"
    )
    found = []
    for row in np.unique(hull).tolist():
        met = barrier[hull == row]
        parted = _parted(things[several[row]], around[row], kinds[met], barriers[met])
        if parted is not None:
            found.append(Parted(several[row], *parted))
    return found


def _around(parts: NDArray[np.object_]) -> shapely.Geometry:
    return shapely.convex_hull(shapely.GeometryCollection(parts.tolist()))


def _parted(
    parts: NDArray[np.object_],
    around: shapely.Geometry,
    kinds: NDArray[np.str_],
    barriers: NDArray[np.object_],
) -> tuple[tuple[tuple[int, ...], ...], tuple[str, ...]] | None:
    """Return the parts on each side with what parts them: one kind alone, else all together."""
    present = sorted(set(kinds.tolist()))
    for among in (*([kind] for kind in present), present):
        sides = _sides(parts, around, barriers[np.isin(kinds, among)])
        if len(sides) > 1:
            return sides, tuple(among)
    return None


def _sides(
    parts: NDArray[np.object_], around: shapely.Geometry, barriers: NDArray[np.object_]
) -> tuple[tuple[int, ...], ...]:
    """Return the positions of the parts in each piece that barriers cut the ground round them into.

    A part lies where most of it lies, or where it is nearest, if it has no area.
    """
    wall = shapely.union_all(shapely.buffer(barriers, LINE_M / 2, cap_style="flat"))
    ground = shapely.get_parts(shapely.difference(shapely.buffer(around, LINE_M), wall))
    if len(ground) < 2:  # noqa: PLR2004 (one piece is one side)
        return (tuple(range(len(parts))),)
    held_m2 = shapely.area(shapely.intersection(parts[:, None], ground))
    gap_m = shapely.distance(parts[:, None], ground)
    side_of = np.lexsort((gap_m, -held_m2))[:, 0]
    sides: dict[int, list[int]] = {}
    for part, side in enumerate(side_of.tolist()):
        sides.setdefault(side, []).append(part)
    return tuple(map(tuple, sides.values()))
