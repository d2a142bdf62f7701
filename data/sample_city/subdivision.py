"""Cutting land in two across its long side, again and again, as streets and lanes do."""

from dataclasses import dataclass

import numpy as np
import shapely

from .shapes import Floats, Frames, Indices, Shapes, frames_of, parts_of, rectangles, rotated

SHORTEST_CUT_M = 20.0


@dataclass(frozen=True, kw_only=True)
class Cutting:
    """How land is cut."""

    gap_m: tuple[float, float]
    """Least and greatest width of the lane that a cut leaves; (0, 0) for a mere line."""
    off_centre: float
    """How far a cut may lie from the middle, as a share of the length."""
    skew: float
    """How far a cut may turn from the right angle, radians (standard deviation)."""


@dataclass(frozen=True)
class Pieces:
    """Land after cutting."""

    polygons: Shapes
    owner: Indices
    """Index of the polygon that each piece was cut from."""
    cuts: Shapes
    """LineStrings along the cuts."""
    cut_owner: Indices
    """Index of the polygon that each cut runs through."""
    cut_gap_m: Floats


def cut_until(
    polygons: Shapes, largest_m2: Floats, cutting: Cutting, rng: np.random.Generator
) -> Pieces:
    """Cut every polygon in two until no piece is larger than its limit (n,) in m²."""
    owner = np.arange(len(polygons))
    whole, whole_owner = [polygons[:0]], [owner[:0]]
    cuts, cut_owner, gaps = [polygons[:0]], [owner[:0]], [np.zeros(0)]
    while len(polygons):
        is_big = shapely.area(polygons) > largest_m2[owner]
        whole.append(polygons[~is_big])
        whole_owner.append(owner[~is_big])
        halves, half_owner, lines, line_owner, gap_m = _halved(polygons[is_big], cutting, rng)
        cuts.append(lines)
        cut_owner.append(owner[is_big][line_owner])
        gaps.append(gap_m[line_owner])
        polygons, owner = halves, owner[is_big][half_owner]
    return Pieces(
        np.concatenate(whole),
        np.concatenate(whole_owner),
        np.concatenate(cuts),
        np.concatenate(cut_owner),
        np.concatenate(gaps),
    )


def _halved(
    polygons: Shapes, cutting: Cutting, rng: np.random.Generator
) -> tuple[Shapes, Indices, Shapes, Indices, Floats]:
    """Return halves and their owners, cut lines and their owners, and the gap of every cut."""
    count = len(polygons)
    frames = frames_of(polygons)
    gap_m = rng.uniform(*cutting.gap_m, count)
    shift = rng.uniform(-1.0, 1.0, count) * cutting.off_centre * frames.length_m
    angle = frames.angle + rng.normal(0.0, cutting.skew, count)
    sides = [_side(frames, angle, shift, gap_m, sign) for sign in (-1.0, 1.0)]
    halves, owner = parts_of(
        np.column_stack([shapely.intersection(polygons, side) for side in sides]).ravel()
    )
    lines, line_owner = shapely.get_parts(
        shapely.intersection(polygons, _cut_lines(frames, angle, shift)), return_index=True
    )
    is_line = shapely.length(lines) > SHORTEST_CUT_M
    return halves, owner // 2, lines[is_line], line_owner[is_line], gap_m


def _side(frames: Frames, angle: Floats, shift: Floats, gap_m: Floats, sign: float) -> Shapes:
    """Return for each frame a box that covers all that lies on one side of its cut."""
    reach = 2.0 * frames.length_m
    offset = shift + sign * (gap_m + reach) / 2.0
    centre = frames.centre + rotated(np.column_stack([offset, np.zeros_like(offset)]), angle)
    return rectangles(centre, angle, reach, 2.0 * reach)


def _cut_lines(frames: Frames, angle: Floats, shift: Floats) -> Shapes:
    ends = [
        frames.centre + rotated(np.column_stack([shift, sign * frames.length_m]), angle)
        for sign in (-1.0, 1.0)
    ]
    lines: Shapes = np.asarray(shapely.linestrings(np.stack(ends, axis=1)))
    return lines
