"""The planar subdivision: cells between street centre lines, and the blocks left inside them."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_city.corridors import Corridor
from data.sample_city.ground import Shapes
from data.sample_city.streets import ARTERIAL, HALF_WIDTH_M, Streets

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Cells tile the extent exactly; blocks are what streets and corridors leave of them."""

    cells: Shapes
    superblocks: Ints
    """Per cell, the superblock (between arterials and corridors) that holds it."""
    blocks: Shapes
    block_cells: Ints
    """Per block, the cell that it lies in."""


def lay_blocks(streets: Streets, corridors: list[Corridor]) -> Cells:
    """Return the cells between all lines, and the blocks inside."""
    cuts = np.array([corridor.line for corridor in corridors], dtype=object)
    cells = _faces(np.r_[streets.lines, cuts], streets.extent)
    big = _faces(np.r_[streets.lines[streets.ranks == ARTERIAL], cuts], streets.extent)
    blocks, block_cells = _blocks(cells, streets, corridors)
    return Cells(cells, _holders(cells, big), blocks, block_cells)


def _faces(lines: Shapes, extent: shapely.Polygon) -> Shapes:
    """Return the faces between the lines inside the extent; they share every border exactly."""
    noded = shapely.get_parts(shapely.union_all(lines))
    faces = shapely.get_parts(shapely.polygonize(noded))
    shapely.prepare(extent)
    return faces[shapely.contains(extent, shapely.point_on_surface(faces))]


def _holders(cells: Shapes, big: Shapes) -> Ints:
    """Return per cell the number of the face that holds it."""
    inside, holder = shapely.STRtree(big).query(shapely.point_on_surface(cells), predicate="within")
    holders = np.zeros(len(cells), dtype=np.int64)
    holders[inside] = holder
    return holders


def _blocks(cells: Shapes, streets: Streets, corridors: list[Corridor]) -> tuple[Shapes, Ints]:
    """Take streets and corridors off the cells; keep the parts that are large enough."""
    half_m = HALF_WIDTH_M[streets.ranks]
    surfaces = shapely.buffer(streets.lines, half_m, cap_style="square", quad_segs=2)
    taken = np.r_[surfaces, [corridor.kept_free() for corridor in corridors]]
    rest = subtract(cells, taken)
    rest = shapely.buffer(shapely.buffer(rest, -8, join_style="mitre"), 8, join_style="mitre")
    parts, cell = shapely.get_parts(shapely.simplify(rest, 0.5), return_index=True)
    least_m2 = 1_200.0
    is_block = shapely.area(parts) > least_m2
    return parts[is_block], cell[is_block]


def subtract(shapes: Shapes, taken: Shapes) -> Shapes:
    """Return each shape without all of `taken` that lies upon it."""
    rest = shapes.copy()
    pairs = shapely.STRtree(taken).query(shapes, predicate="intersects")
    turn = _turns(pairs[0])
    for number in range(int(turn.max(initial=-1)) + 1):
        shape, other = pairs[:, turn == number]
        rest[shape] = shapely.difference(rest[shape], taken[other])
    return rest


def _turns(keys: NDArray[np.intp]) -> Ints:
    """Return for sorted keys how often each has come before."""
    starts = np.r_[True, keys[1:] != keys[:-1]] if len(keys) else np.zeros(0, dtype=bool)
    first = np.maximum.accumulate(np.where(starts, np.arange(len(keys)), 0))
    turns: Ints = np.arange(len(keys)) - first
    return turns
