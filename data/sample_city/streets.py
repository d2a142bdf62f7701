"""From the ground to blocks: superblocks between main lines, then streets, then building land."""

from dataclasses import dataclass

import numpy as np
import shapely

from .ground import Ground
from .shapes import Floats, Indices, Shapes, parts_of
from .subdivision import Cutting, cut_until
from .tiling import borders_of, faces_of, largest_connected, without_slivers

CORRIDOR_M = {
    "river": 56.0,
    "railway": 24.0,
    "expressway": 38.0,
    "arterial": 23.0,
    "secondary": 13.0,
    "local": 7.5,
}
"""Half the width that stays free of building land."""
LEAST_SUPERBLOCK_M2 = 90_000.0
LEAST_COMMUNITY_M2 = 60_000.0
LEAST_BLOCK_M2 = 2_500.0
LEAST_BLOCK_BREADTH_M = 30.0
STREETS = Cutting(gap_m=(0.0, 0.0), off_centre=0.10, skew=0.06)
LANES = Cutting(gap_m=(0.0, 0.0), off_centre=0.16, skew=0.09)


@dataclass(frozen=True, kw_only=True)
class Streets:
    """The built city's ground, cut by streets."""

    superblocks: Shapes
    """Faces between main lines; they tile the city."""
    communities: Shapes
    """Faces between main lines and secondary streets; they tile the city too."""
    superblock_of_community: Indices
    secondary: Shapes
    local: Shapes
    blocks: Shapes
    """Building land between all streets."""


def lay_streets(ground: Ground, rng: np.random.Generator) -> Streets:
    """Cut the ground into superblocks, communities and blocks."""
    superblocks = _superblocks(ground)
    limit = _by_remoteness(ground, superblocks, core=200_000.0, rim=620_000.0)
    secondary = cut_until(superblocks, limit, STREETS, rng)
    communities, owner = _communities(superblocks, secondary.cuts)
    limit = _by_remoteness(ground, communities, core=80_000.0, rim=320_000.0)
    limit *= rng.lognormal(0.0, 0.50, len(limit))
    local = cut_until(communities, limit, LANES, rng)
    return Streets(
        superblocks=superblocks,
        communities=communities,
        superblock_of_community=owner,
        secondary=secondary.cuts,
        local=local.cuts,
        blocks=_blocks(ground, communities, secondary.cuts, local.cuts),
    )


def remoteness(ground: Ground, points: Floats) -> Floats:
    """Return 0 at the old core and about 1 at the rim for (n, 2) points."""
    stretched = points / (ground.radius_m * np.array([1.05, 0.95]))
    wobble = 0.07 * np.sin(7.0 * stretched[:, 0] + 1.0) * np.cos(6.0 * stretched[:, 1])
    away: Floats = np.hypot(*stretched.T) + wobble
    return away


def centres_of(polygons: Shapes) -> Floats:
    """Return (n, 2) points, each inside its polygon."""
    points: Floats = shapely.get_coordinates(shapely.point_on_surface(polygons))
    return points


def _superblocks(ground: Ground) -> Shapes:
    lines = [*ground.arterials, ground.river_line, *ground.railways, *ground.expressways]
    lines.append(shapely.boundary(ground.outline))
    faces = faces_of(np.array(lines))
    faces = faces[shapely.contains_xy(ground.outline, centres_of(faces))]
    faces = faces[largest_connected(len(faces), borders_of(faces))]
    return without_slivers(faces, LEAST_SUPERBLOCK_M2, np.zeros(len(faces), dtype=np.int64))[0]


def _by_remoteness(ground: Ground, polygons: Shapes, *, core: float, rim: float) -> Floats:
    """Return an area limit in m² that grows from the core to the rim."""
    share = np.clip(remoteness(ground, centres_of(polygons)) * 1.15 - 0.15, 0.0, 1.0)
    limit: Floats = core * (rim / core) ** share
    return limit


def _communities(superblocks: Shapes, cuts: Shapes) -> tuple[Shapes, Indices]:
    faces = faces_of(np.concatenate([shapely.boundary(superblocks), cuts]))
    inside, owner = shapely.STRtree(superblocks).query(
        shapely.point_on_surface(faces), predicate="within"
    )
    return without_slivers(faces[inside], LEAST_COMMUNITY_M2, owner)


def _blocks(ground: Ground, communities: Shapes, secondary: Shapes, local: Shapes) -> Shapes:
    corridors = [shapely.buffer(ground.river, CORRIDOR_M["river"])]
    for kind, lines in (
        ("railway", ground.railways),
        ("expressway", ground.expressways),
        ("arterial", ground.arterials),
        ("secondary", secondary),
        ("local", local),
    ):
        corridors.extend(shapely.buffer(lines, CORRIDOR_M[kind], quad_segs=3, cap_style="square"))
    # The rim is no street, yet nothing is built right against it.
    city = shapely.coverage_union_all(communities)
    corridors.append(shapely.buffer(shapely.boundary(city), CORRIDOR_M["local"], quad_segs=1))
    land = shapely.difference(city, shapely.union_all(np.array(corridors)))
    blocks, _ = parts_of(np.array([land]))
    breadth_m = 2.0 * shapely.area(blocks) / shapely.length(blocks)
    is_land = (shapely.area(blocks) > LEAST_BLOCK_M2) & (breadth_m > LEAST_BLOCK_BREADTH_M / 2)
    return blocks[is_land]
