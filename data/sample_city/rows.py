"""Rows of buildings: parallel slabs facing south, and strips of shops along the streets."""

from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_city.blocks import Ints
from data.sample_city.draws import chance
from data.sample_city.ground import Floats, Shapes


@dataclass(frozen=True)
class RowStyle:
    """How the rows of n parcels are built; every field is (n,), in metres."""

    depth: Floats
    length: Floats
    gap: Floats
    """Between two buildings of one row."""
    pitch: Floats
    """From one row to the next: depth and the sun's spacing."""
    setback: Floats
    kept: Floats
    """Share of the buildings that were in fact built."""
    loose: Floats
    """How far a building may stand out of its row."""

    def of(self, index: NDArray[np.intp] | Ints) -> "RowStyle":
        """Return the styles of some parcels."""
        return RowStyle(*(getattr(self, field.name)[index] for field in fields(self)))


@dataclass(frozen=True)
class Footprints:
    """m rectangles and the number of the parcel that each stands on."""

    shapes: Shapes
    owner: Ints


def slab_rows(
    parcels: Shapes, angle: Floats, style: RowStyle, rng: np.random.Generator
) -> Footprints:
    """Fill each parcel with rows that run at its angle, inside its setback."""
    inner = shapely.buffer(
        parcels, -(style.setback + style.loose + style.depth / 2), join_style="mitre"
    )
    lines, owner = _row_lines(inner, angle, style, rng)
    pieces, index = shapely.get_parts(shapely.intersection(inner[owner], lines), return_index=True)
    is_line = shapely.length(pieces) > 0
    start, end = (
        shapely.get_coordinates(shapely.get_point(pieces[is_line], end)) for end in (0, -1)
    )
    return fill(start, end, owner[index[is_line]], style, rng)


def _row_lines(
    inner: Shapes, angle: Floats, style: RowStyle, rng: np.random.Generator
) -> tuple[Shapes, Ints]:
    """Return the middle lines of all rows, evenly spread over each parcel."""
    along = np.c_[np.cos(angle), np.sin(angle)]
    aside = np.c_[-np.sin(angle), np.cos(angle)]
    low, high = _span(inner, aside)
    left, right = _span(inner, along)
    room = high - low
    count = np.where(room > 0, np.floor(room / style.pitch) + 1, 0).astype(np.int64)
    owner = np.repeat(np.arange(len(inner)), count)
    turn = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    spread = np.minimum(room / np.maximum(count - 1, 1), style.pitch * 1.25)
    start = low + (room - spread * (count - 1)) / 2 * rng.uniform(0.6, 1.4, len(inner))
    # A touch off the outermost line, where an intersection would be a matter of rounding.
    at = np.clip(start[owner] + turn * spread[owner], low[owner] + 0.05, high[owner] - 0.05)
    middle = aside[owner] * at[:, None]
    ends = [middle + along[owner] * side[owner, None] for side in (left - 1, right + 1)]
    lines: Shapes = np.asarray(shapely.linestrings(np.stack(ends, axis=1)))
    return lines, owner


def _span(shapes: Shapes, direction: Floats) -> tuple[Floats, Floats]:
    """Return the least and greatest coordinate of each shape along its direction."""
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    at = (points * direction[owner]).sum(axis=1)
    low, high = np.full(len(shapes), np.inf), np.full(len(shapes), -np.inf)
    np.minimum.at(low, owner, at)
    np.maximum.at(high, owner, at)
    is_empty = ~np.isfinite(low)
    low[is_empty], high[is_empty] = 0.0, -1.0
    return low, high


def fill(
    start: Floats, end: Floats, owner: Ints, style: RowStyle, rng: np.random.Generator
) -> Footprints:
    """Set as many buildings as fit along each line (m, 2) to (m, 2), evenly."""
    row = style.of(owner)
    room = np.linalg.norm(end - start, axis=1)
    count = np.floor((room + row.gap) / (row.length + row.gap)).astype(np.int64)
    count = np.maximum(count, (room > 0.6 * row.length) & (room > row.depth))
    fitted = (room + row.gap) / np.maximum(count, 1) - row.gap
    length = np.minimum(fitted, 1.3 * row.length)
    spare = room - count * length
    between = np.where(count > 1, spare / np.maximum(count - 1, 1), 0.0)
    lead = np.where(count == 1, spare * rng.random(len(room)), 0.0)
    index = np.repeat(np.arange(len(room)), count)
    turn = np.arange(len(index)) - np.repeat(np.cumsum(count) - count, count)
    shorter = np.where(chance(rng, 0.3, len(index)), rng.uniform(0.7, 1, len(index)), 1.0)
    middle = lead[index] + turn * (length + between)[index] + length[index] / 2
    out = rng.uniform(-1, 1, len(index)) * row.loose[index]
    size = np.c_[length[index] * shorter, row.depth[index]]
    shapes = _rectangles(start, end, index, np.c_[middle, out], size)
    is_kept = rng.random(len(index)) < row.kept[index]
    return Footprints(shapes[is_kept], owner[index][is_kept])


def _rectangles(
    start: Floats, end: Floats, index: NDArray[np.intp], place: Floats, size: Floats
) -> Shapes:
    """Return rectangles of a size (n, 2) at a place (n, 2) along and beside their line."""
    along = (end - start) / np.linalg.norm(end - start, axis=1)[:, None]
    e = along[index]
    n = np.c_[-e[:, 1], e[:, 0]]
    centre = start[index] + e * place[:, :1] + n * place[:, 1:]
    half_e, half_n = e * size[:, :1] / 2, n * size[:, 1:] / 2
    corners = [centre - half_e - half_n, centre + half_e - half_n, centre + half_e + half_n]
    corners.append(centre - half_e + half_n)
    rectangles: Shapes = np.asarray(shapely.polygons(np.stack(corners, axis=1)))
    return rectangles


def street_strips(
    parcels: Shapes, share: Floats, style: RowStyle, rng: np.random.Generator
) -> Footprints:
    """Line a share of each parcel's longer edges with shallow buildings."""
    corner_m = 20.0
    ring, owner = shapely.get_coordinates(
        shapely.get_exterior_ring(
            shapely.orient_polygons(shapely.simplify(parcels, 3.0), exterior_cw=False)
        ),
        return_index=True,
    )
    is_edge = owner[1:] == owner[:-1]
    start, end, owner = ring[:-1][is_edge], ring[1:][is_edge], owner[:-1][is_edge]
    length = np.linalg.norm(end - start, axis=1)
    is_lined = (length > 3 * corner_m) & (rng.random(len(length)) < share[owner])
    start, end, owner, length = (part[is_lined] for part in (start, end, owner, length))
    along = (end - start) / length[:, None]
    inward = np.c_[-along[:, 1], along[:, 0]] * (style.setback + style.depth / 2)[owner, None]
    lined = fill(
        start + along * corner_m + inward, end - along * corner_m + inward, owner, style, rng
    )
    is_inside = shapely.contains_properly(parcels[lined.owner], lined.shapes)
    return Footprints(lined.shapes[is_inside], lined.owner[is_inside])
