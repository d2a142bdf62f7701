"""Outlines by the thousand: each in a turned frame of its own, all in one call (metres)."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]
Shape: TypeAlias = BaseGeometry
Shapes: TypeAlias = NDArray[np.object_]
Flags: TypeAlias = NDArray[np.bool_]
Texts: TypeAlias = NDArray[np.str_]

RECTANGLE = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])


@dataclass(frozen=True)
class Frames:
    """The smallest turned rectangle around each of n polygons."""

    centre: Floats
    """(n, 2), metres."""
    angle: Floats
    """(n,), radians, of the long side against east, in [-π/2, π/2)."""
    length_m: Floats
    width_m: Floats


def frames_of(polygons: Shapes) -> Frames:
    """Return the turned rectangle of every polygon."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(polygons)).reshape(-1, 5, 2)
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]
    first_m, second_m = np.hypot(*first.T), np.hypot(*second.T)
    along = np.where((first_m >= second_m)[:, None], first, second)
    angle = _half_turn(np.arctan2(along[:, 1], along[:, 0]))
    longer, shorter = np.maximum(first_m, second_m), np.minimum(first_m, second_m)
    return Frames(corners[:, :4].mean(axis=1), angle, longer, shorter)


def facing_south(angle: Floats) -> Floats:
    """Return the angle of the side that runs nearest to east and west, in [-π/4, π/4]."""
    return angle - np.round(angle / (np.pi / 2)) * (np.pi / 2)


def rotated(points: Floats, angle: Floats) -> Floats:
    """Return (n, 2) points turned about the origin, each by its own angle in radians."""
    cosine, sine = np.cos(angle), np.sin(angle)
    x, y = points[:, 0], points[:, 1]
    return np.column_stack([x * cosine - y * sine, x * sine + y * cosine])


def turned(polygons: Shapes, angle: Floats, about: Floats) -> Shapes:
    """Return polygons moved so that `about` (n, 2) is the origin, then turned by -angle (n,)."""
    points, owner = shapely.get_coordinates(polygons, return_index=True)
    local = rotated(points - about[owner], -angle[owner])
    result: Shapes = shapely.set_coordinates(polygons.copy(), local)
    return result


def placed(
    outline: Floats, centre: Floats, angle: Floats, length_m: Floats, depth_m: Floats
) -> Shapes:
    """Return n copies of an outline (k, 2) of the unit square, stretched, turned and moved."""
    size = np.column_stack([length_m, depth_m])
    points = (outline[None, :, :] * size[:, None, :]).reshape(-1, 2)
    world = rotated(points, np.repeat(angle, len(outline))) + np.repeat(
        centre, len(outline), axis=0
    )
    copies: Shapes = np.asarray(shapely.polygons(world.reshape(len(centre), len(outline), 2)))
    return copies


def rectangles(centre: Floats, angle: Floats, length_m: Floats, depth_m: Floats) -> Shapes:
    """Return n turned rectangles."""
    return placed(RECTANGLE, centre, angle, length_m, depth_m)


def parts_of(polygons: Shapes) -> tuple[Shapes, Indices]:
    """Return the single polygons within n geometries, and the index of the whole of each."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    is_area = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (
        shapely.area(parts) > 0
    )
    return parts[is_area], owner[is_area]


def _half_turn(angle: Floats) -> Floats:
    return (angle + np.pi / 2) % np.pi - np.pi / 2


def running_count(owner: Indices) -> Indices:
    """Return for each item how many items of the same owner stand before it, plus one."""
    order = np.argsort(owner, kind="stable")
    ranked = owner[order]
    count = np.empty(len(owner), dtype=np.int64)
    count[order] = np.arange(len(owner)) - np.searchsorted(ranked, ranked) + 1
    return count
