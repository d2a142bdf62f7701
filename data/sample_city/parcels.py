"""Parcels: blocks split by lanes into the plots that one owner or works once held."""

from dataclasses import dataclass

import numpy as np
import shapely

from data.sample_city.blocks import Cells, Ints
from data.sample_city.draws import chance
from data.sample_city.ground import Floats, Ground, Shapes

LEAST_M2 = 1_500.0


@dataclass(frozen=True)
class Parcels:
    """n parcels; nothing of one lies on another."""

    shapes: Shapes
    cells: Ints
    newness: Floats
    angle: Floats
    """Direction in which its rows run, in radians from the east, at most 45° off."""


def split_blocks(cells: Cells, ground: Ground, rng: np.random.Generator) -> Parcels:
    """Return the blocks, halved across their longer side until each is a parcel."""
    shapes, owners = cells.blocks, cells.block_cells
    done: list[tuple[Shapes, Ints]] = []
    while len(shapes):
        newness = ground.newness(_middles(shapes))
        target = np.interp(newness, [0.1, 0.45, 0.75, 1.0], [1.9e4, 3.4e4, 5.6e4, 9e4])
        limit = target * np.exp(rng.normal(0, 0.55, len(shapes))) * 1.5
        is_open = shapely.area(shapes) > limit
        done.append((shapes[~is_open], owners[~is_open]))
        lane_m = rng.uniform(4, 12, len(shapes))
        shapes, owners = _halved(shapes[is_open], owners[is_open], lane_m[is_open], rng)
    whole = np.concatenate([part[0] for part in done])
    cell = np.concatenate([part[1] for part in done])
    order = np.lexsort((*_middles(whole).T, cell))
    whole, cell = _notched(whole[order], cell[order], rng)
    return Parcels(whole, cell, ground.newness(_middles(whole)), row_angles(whole))


def _notched(shapes: Shapes, owners: Ints, rng: np.random.Generator) -> tuple[Shapes, Ints]:
    """Cut corner lots out of some parcels, so that outlines get steps; each follows its parcel."""
    least_m2 = 12_000.0
    chosen = np.flatnonzero((shapely.area(shapes) > least_m2) & chance(rng, 0.34, len(shapes)))
    origin, along, aside = envelope_frames(shapes[chosen])
    is_far = chance(rng, 0.5, (len(chosen), 2))
    corner = origin + along * is_far[:, :1] + aside * is_far[:, 1:]
    sign = np.where(is_far, -1, 1)
    one = along * sign[:, :1] * rng.uniform(0.22, 0.45, (len(chosen), 1))
    other = aside * sign[:, 1:] * rng.uniform(0.25, 0.5, (len(chosen), 1))
    start = corner - 0.2 * (one + other)
    corners = shapely.polygons(
        np.stack([start, corner + one, corner + one + other, corner + other], axis=1)
    )
    lots: Shapes = np.asarray(shapely.convex_hull(corners))
    inner = shapely.intersection(shapes[chosen], lots)
    rest = shapely.difference(shapes[chosen], shapely.buffer(lots, 5.0, join_style="mitre"))
    is_good = (
        (shapely.get_type_id(inner) == shapely.GeometryType.POLYGON)
        & (shapely.get_type_id(rest) == shapely.GeometryType.POLYGON)
        & (shapely.area(inner) > LEAST_M2)
    )
    shapes = shapes.copy()
    shapes[chosen[is_good]] = rest[is_good]
    place = np.r_[np.arange(len(shapes)), chosen[is_good]]
    order = np.argsort(place, kind="stable")
    return np.r_[shapes, inner[is_good]][order], owners[place][order]


def _middles(shapes: Shapes) -> Floats:
    middles: Floats = shapely.get_coordinates(shapely.centroid(shapes))
    return middles


def _halved(
    shapes: Shapes, owners: Ints, lane_m: Floats, rng: np.random.Generator
) -> tuple[Shapes, Ints]:
    """Cut each shape across its longer side, leaving a lane; return the parts large enough."""
    origin, along, aside = envelope_frames(shapes)
    share = rng.uniform(0.36, 0.64, len(shapes))
    halves = [
        _strip(origin, along, aside, np.zeros(len(shapes)) - 0.1, share, -lane_m / 2),
        _strip(origin, along, aside, share, np.ones(len(shapes)) + 0.1, lane_m / 2),
    ]
    parts, index = shapely.get_parts(
        np.concatenate([shapely.intersection(shapes, half) for half in halves]), return_index=True
    )
    is_large = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (
        shapely.area(parts) > LEAST_M2
    )
    return parts[is_large], np.tile(owners, 2)[index[is_large]]


def _strip(
    origin: Floats, along: Floats, aside: Floats, start: Floats, end: Floats, move_m: Floats
) -> Shapes:
    """Return the part of each envelope between two shares of its length, the cut end moved."""
    unit = along / np.linalg.norm(along, axis=1)[:, None]
    start_m = np.where(move_m > 0, move_m, 0)[:, None] * unit
    end_m = np.where(move_m < 0, move_m, 0)[:, None] * unit
    near, far = origin + along * start[:, None] + start_m, origin + along * end[:, None] + end_m
    corners = [near - 0.1 * aside, far - 0.1 * aside, far + 1.1 * aside, near + 1.1 * aside]
    strips: Shapes = np.asarray(shapely.polygons(np.stack(corners, axis=1)))
    return strips


def envelope_frames(shapes: Shapes) -> tuple[Floats, Floats, Floats]:
    """Return a corner, the long side and the short side (n, 2) of each smallest envelope."""
    ring = shapely.get_coordinates(shapely.oriented_envelope(shapes)).reshape(-1, 5, 2)
    one, other = ring[:, 1] - ring[:, 0], ring[:, 3] - ring[:, 0]
    is_one = (np.linalg.norm(one, axis=1) >= np.linalg.norm(other, axis=1))[:, None]
    return ring[:, 0], np.where(is_one, one, other), np.where(is_one, other, one)


def row_angles(shapes: Shapes) -> Floats:
    """Return the direction of each envelope's side that is nearest to east-west."""
    _, along, _ = envelope_frames(shapes)
    angle = np.arctan2(along[:, 1], along[:, 0])
    quarter = np.pi / 2
    turned: Floats = (angle + quarter / 2) % quarter - quarter / 2
    return turned
