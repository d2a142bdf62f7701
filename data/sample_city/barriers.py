"""The tables of barriers and of the crossings that reopen them."""

import numpy as np
import shapely

from data.sample_city.contracts import Columns
from data.sample_city.corridors import Corridor, crossings
from data.sample_city.ground import Shapes
from data.sample_city.streets import Streets

NAMES = {"river": "清溪河", "railway": "示例铁路", "expressway": "环城快速路"}
KIND_OF_CROSSING = {"river": "bridge", "railway": "underpass", "expressway": "underpass"}
NOTES = {"river": "公路桥", "railway": "下穿铁路", "expressway": "下穿快速路"}


def barrier_rows(
    corridors: list[Corridor], streets: Streets, roads: list[str]
) -> tuple[Columns, Shapes]:
    """Return columns and shapes of water, tracks, expressways and arterial roads."""
    kinds: list[object] = []
    titles: list[object] = []
    shapes: list[shapely.Geometry] = []
    for corridor in corridors:
        for part in corridor.barrier(streets.extent):
            kinds.append(corridor.kind)
            titles.append(NAMES[corridor.kind])
            shapes.append(part)
    water = shapely.union_all([shape for shape in shapes if isinstance(shape, shapely.Polygon)])
    for number, name in enumerate(roads):
        for stretch in _road(streets, number, water):
            kinds.append("arterial")
            titles.append(name)
            shapes.append(stretch)
    return {"kind": kinds, "name": titles}, np.array(shapes, dtype=object)


def _road(streets: Streets, number: int, water: shapely.Geometry) -> Shapes:
    """Return one arterial in as few stretches as it has on land inside the city."""
    stub_m = 5.0
    joined = shapely.union_all(streets.lines[streets.roads == number])
    on_land = shapely.difference(
        shapely.intersection(joined, shapely.buffer(streets.extent, 1)), water
    )
    stretches = shapely.get_parts(shapely.line_merge(on_land))
    return stretches[shapely.length(stretches) > stub_m]


def crossing_rows(corridors: list[Corridor], streets: Streets) -> tuple[Columns, Shapes]:
    """Return columns and lines of the bridges and underpasses."""
    kinds: list[object] = []
    notes: list[object] = []
    found = []
    for corridor in corridors:
        lines = crossings(corridor, streets)
        found.append(lines)
        kinds += [KIND_OF_CROSSING[corridor.kind]] * len(lines)
        notes += [NOTES[corridor.kind]] * len(lines)
    return {"kind": kinds, "note": notes}, np.concatenate([*found, np.zeros(0, dtype=object)])
