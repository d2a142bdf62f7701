"""Rows of buildings that face south, fitted into land of any shape."""

from dataclasses import dataclass

import numpy as np
import shapely

from .schemes import Drawn
from .shapes import (
    Flags,
    Floats,
    Frames,
    Indices,
    Shapes,
    facing_south,
    rectangles,
    rotated,
    turned,
)

CHORDS = (0.15, 0.38, 0.62, 0.85)
"""Where, from west to east, land is measured from south to north."""
SQUEEZED = 0.3
"""One row more is squeezed in where this share of a row would be left over."""
EDGE_M = 0.05
"""A hair inside a row's edge, which may lie on the land's own."""
SHORTEST_STRETCH_M = 5.0
SHORTEST_SHARE = 0.45
"""A building is no shorter than this share of its land's usual length."""


@dataclass(frozen=True)
class Slots:
    """Places for buildings: turned rectangles, and the land that each stands on."""

    owner: Indices
    centre: Floats
    angle: Floats
    length_m: Floats
    depth_m: Floats
    northing: Floats
    """0 in the southernmost row of the land, 1 in the northernmost."""

    def chosen(self, which: Indices | Flags) -> "Slots":
        """Return some of the places, in the order asked for."""
        return Slots(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    def shapes(self) -> Shapes:
        """Return the places as polygons."""
        return rectangles(self.centre, self.angle, self.length_m, self.depth_m)


def join_slots(groups: list[Slots]) -> Slots:
    """Return the places of all groups, one after another."""
    names = Slots.__dataclass_fields__
    return Slots(*(np.concatenate([getattr(group, name) for group in groups]) for name in names))


def fill_rows(land: Shapes, middle: Frames, drawn: Drawn, rng: np.random.Generator) -> Slots:
    """Fit rows of buildings along the frame of each polygon, clear of its rim by the setback."""
    angle = facing_south(middle.angle)
    usable = shapely.buffer(
        turned(land, angle, middle.centre), -drawn.setback_m, join_style="mitre"
    )
    owner, base, northing = _row_bases(usable, drawn)
    depth_m = drawn.depth_m[owner]
    stretch, west, east = _stretches(usable, owner, base, depth_m)
    owner, base, northing = owner[stretch], base[stretch], northing[stretch]
    row, x, length_m = _along_rows(owner, east - west, drawn, rng)
    owner, base, northing = owner[row], base[row], northing[row]
    local = np.column_stack([west[row] + x, base + drawn.depth_m[owner] / 2.0])
    is_inside = _fits(usable, owner, local, length_m, drawn.depth_m[owner])
    is_kept = is_inside & (rng.random(len(owner)) >= drawn.missing[owner])
    is_kept &= ~_in_garden(usable, owner, local, drawn.garden[owner])
    world = rotated(local, angle[owner]) + middle.centre[owner]
    slots = Slots(owner, world, angle[owner], length_m, drawn.depth_m[owner], northing)
    return slots.chosen(is_kept)


def _row_bases(usable: Shapes, drawn: Drawn) -> tuple[Indices, Floats, Floats]:
    """Return for each row its land, its southern edge and how far north it lies."""
    south, north = _row_range(usable)
    room_m = np.nan_to_num(north - south - drawn.depth_m, nan=-1.0)
    pitch_m = drawn.depth_m + drawn.row_gap_m
    more = np.floor(np.maximum(room_m, 0.0) / pitch_m + SQUEEZED)
    count = np.where(room_m >= 0.0, more + 1, 0)
    count = count.astype(np.int64)
    owner = np.repeat(np.arange(len(usable)), count)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    # Rows share the room that is left over; a single row stands to the north, its yard in the sun.
    steps = np.maximum(count - 1, 1)
    wide_m = np.where(count > 1, room_m / steps, 0.0)
    first = np.where(count > 1, south, north - drawn.depth_m)
    return owner, first[owner] + number * wide_m[owner], number / steps[owner]


def _row_range(usable: Shapes) -> tuple[Floats, Floats]:
    """Return from where to where land is broad enough for rows, leaving out its wedges."""
    west, south, east, north = shapely.bounds(usable).T
    lows, highs = [], []
    for share in CHORDS:
        x = west + share * (east - west)
        ends = np.stack([np.column_stack([x, south]), np.column_stack([x, north])], axis=1)
        chord = shapely.intersection(shapely.linestrings(np.nan_to_num(ends)), usable)
        _, bottom, _, top = shapely.bounds(chord).T
        lows.append(bottom)
        highs.append(top)
    # Land is broad enough where two of the chords pass.
    return np.sort(lows, axis=0)[1], -np.sort(-np.array(highs), axis=0)[1]


def _stretches(
    usable: Shapes, owner: Indices, base: Floats, depth_m: Floats
) -> tuple[Indices, Floats, Floats]:
    """Return the unbroken stretches of rows: the row of each, where it begins and where it ends.

    An angled piece of land breaks a row in two; corners of the row must stay on the land as well.
    """
    left, _, right, _ = shapely.bounds(usable[owner]).T
    middle = _level_lines(left - 1.0, right + 1.0, base + depth_m / 2.0)
    parts, row = shapely.get_parts(shapely.intersection(middle, usable[owner]), return_index=True)
    west, _, east, _ = shapely.bounds(parts).T
    for edge in (EDGE_M, depth_m - EDGE_M):
        is_open = east - west > SHORTEST_STRETCH_M
        row, west, east = row[is_open], west[is_open], east[is_open]
        line = _level_lines(west, east, (base + edge)[row])
        start, _, stop, _ = shapely.bounds(shapely.intersection(line, usable[owner[row]])).T
        west, east = np.fmax(west, start), np.fmin(east, stop)
    return row, west, np.fmax(east, west)


def _level_lines(west: Floats, east: Floats, y: Floats) -> Shapes:
    ends = np.stack([np.column_stack([west, y]), np.column_stack([east, y])], axis=1)
    lines: Shapes = np.asarray(shapely.linestrings(ends))
    return lines


def _along_rows(
    owner: Indices, room_m: Floats, drawn: Drawn, rng: np.random.Generator
) -> tuple[Indices, Floats, Floats]:
    """Return for each place its row, its middle from the row's start, and its length."""
    usual_m = drawn.length_m[owner] * rng.uniform(0.85, 1.15, len(owner))
    gap_m = drawn.side_gap_m[owner]
    count = np.maximum(np.round((room_m + gap_m) / (usual_m + gap_m)), 1).astype(np.int64)
    length_m = (room_m - (count - 1) * gap_m) / count
    is_long_enough = length_m >= SHORTEST_SHARE * usual_m
    count = np.where(is_long_enough, count, 0)
    row = np.repeat(np.arange(len(owner)), count)
    number = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    longest_m = 1.3 * usual_m[row]
    x = (number + 0.5) * length_m[row] + number * gap_m[row]
    trimmed_m = length_m[row] * rng.uniform(0.88, 1.0, len(row)) - 0.1
    return row, x, np.minimum(trimmed_m, longest_m)


def _fits(
    usable: Shapes, owner: Indices, local: Floats, length_m: Floats, depth_m: Floats
) -> Flags:
    boxes = rectangles(local, np.zeros(len(local)), length_m, depth_m - 0.1)
    shapely.prepare(usable)
    inside: Flags = shapely.covers(usable[owner], boxes)
    return inside


def _in_garden(usable: Shapes, owner: Indices, local: Floats, garden: Floats) -> Flags:
    middle = shapely.get_coordinates(shapely.centroid(usable[owner]))
    radius_m = garden * np.sqrt(shapely.area(usable[owner]))
    near: Flags = np.hypot(*(local - middle).T) < radius_m
    return near
