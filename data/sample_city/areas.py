"""Districts, subdistricts and communities that tile the city along streets and the river."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely

from data.sample_city import names
from data.sample_city.blocks import Cells, Ints
from data.sample_city.corridors import Corridor
from data.sample_city.ground import Floats, Ground, Shapes
from data.sample_city.growing import Pairs, grow, shared_borders, spread_seeds
from data.sample_city.plans import CityPlan

DETOUR = {"river": 6.0, "railway": 2.5, "expressway": 2.5}
"""How much further the other side seems: borders come to lie along the corridor."""


@dataclass(frozen=True)
class Areas:
    """Three levels below the city; `subdistricts` and `communities` say which holds which."""

    districts: list[str]
    subdistricts: Ints
    """Per subdistrict, its district."""
    communities: Ints
    """Per community, its subdistrict."""
    cells: Ints
    """Per cell, its community."""
    shapes: Shapes
    """Per community."""


def tile_areas(
    plan: CityPlan,
    cells: Cells,
    corridors: list[Corridor],
    ground: Ground,
    rng: np.random.Generator,
) -> Areas:
    """Group cells into communities, superblocks into subdistricts and districts."""
    middles = shapely.get_coordinates(shapely.point_on_surface(cells.cells))
    pairs = shared_borders(cells.cells)
    cost = _costs(middles, pairs, corridors)
    quarters, quarter_pairs, quarter_cost = _quarters(middles, pairs, cost, cells.superblocks)
    seats = ground.cores[:, :2] + ground.centre
    seeds = np.linalg.norm(quarters - seats[:, None], axis=2).argmin(axis=1)
    district = grow(quarters, quarter_pairs, quarter_cost, seeds)
    wanted = max(plan.compounds // 35, 2), max(plan.compounds // 6, 4)
    subdistrict = _regrouped(quarters, quarter_pairs, quarter_cost, district, wanted[0], rng)
    of_cell = subdistrict[cells.superblocks]
    community = _regrouped(middles, pairs, cost, of_cell, wanted[1], rng)
    return Areas(
        list(plan.districts[: len(seeds)]),
        _holders(subdistrict, district),
        _holders(community, of_cell),
        community,
        _outlines(cells.cells, community),
    )


def _costs(middles: Floats, pairs: Pairs, corridors: list[Corridor]) -> Floats:
    """Return the metres between neighbouring faces, more across a corridor."""
    ways = shapely.linestrings(middles[pairs])
    cost: Floats = np.asarray(shapely.length(ways))
    for corridor in corridors:
        shapely.prepare(corridor.line)
        cost = np.where(shapely.intersects(corridor.line, ways), DETOUR[corridor.kind] * cost, cost)
    return cost


def _quarters(
    middles: Floats, pairs: Pairs, cost: Floats, holder: Ints
) -> tuple[Floats, Pairs, Floats]:
    """Return middles, pairs and costs of the superblocks instead of their cells."""
    count = np.bincount(holder)
    sums = [np.bincount(holder, weights=middles[:, axis]) for axis in (0, 1)]
    quarters = np.column_stack(sums) / np.maximum(count, 1)[:, None]
    between = np.sort(holder[pairs], axis=1)
    metres = np.linalg.norm(quarters[between[:, 0]] - quarters[between[:, 1]], axis=1)
    detour = cost / np.linalg.norm(middles[pairs[:, 0]] - middles[pairs[:, 1]], axis=1)
    is_across = between[:, 0] != between[:, 1]
    return quarters, between[is_across], (metres * detour)[is_across]


def _regrouped(
    middles: Floats, pairs: Pairs, cost: Floats, holder: Ints, wanted: int, rng: np.random.Generator
) -> Ints:
    """Split each group into connected smaller ones, about as many in all as wanted."""
    label = np.zeros(len(middles), dtype=np.int64)
    used = 0
    for group in range(holder.max() + 1):
        inside = np.flatnonzero(holder == group)
        place = np.full(len(middles), -1)
        place[inside] = np.arange(len(inside))
        is_inner = (place[pairs] >= 0).all(axis=1)
        count = max(round(wanted * len(inside) / len(middles)), 1)
        seeds = spread_seeds(middles[inside], count, rng)
        grown = grow(middles[inside], place[pairs[is_inner]], cost[is_inner], seeds)
        label[inside] = used + grown
        used += len(seeds)
    return label


def _holders(inner: Ints, outer: Ints) -> Ints:
    holders = np.zeros(inner.max() + 1, dtype=np.int64)
    holders[inner] = outer
    return holders


def _outlines(cells: Shapes, community: Ints) -> Shapes:
    order = np.argsort(community, kind="stable")
    groups = np.split(cells[order], np.flatnonzero(np.diff(community[order])) + 1)
    joined = np.array([shapely.coverage_union_all(group) for group in groups], dtype=object)
    return shapely.coverage_simplify(joined, 1.0)


def area_rows(
    areas: Areas, plan: CityPlan, rng: np.random.Generator
) -> tuple[dict[str, list[object]], Shapes]:
    """Return the columns of the area table and its outlines, city first."""
    codes, titles = area_codes(areas, plan), area_names(areas, rng)
    outlines = [areas.shapes]
    for holder, count in (
        (areas.communities, len(areas.subdistricts)),
        (areas.subdistricts, len(areas.districts)),
    ):
        below = outlines[0]
        outlines.insert(
            0, np.array([shapely.coverage_union_all(below[holder == i]) for i in range(count)])
        )
    outlines.insert(0, np.array([shapely.coverage_union_all(outlines[0])]))
    parents: list[list[str | None]] = [[None], [plan.division_code] * len(areas.districts)]
    parents.append([codes[1][i] for i in areas.subdistricts])
    parents.append([codes[2][i] for i in areas.communities])
    levels = ("city", "district", "subdistrict", "community")
    columns: dict[str, list[object]] = {
        "name": [name for level in titles for name in level],
        "level": [level for level, part in zip(levels, codes, strict=True) for _ in part],
        "parent": [parent for level in parents for parent in level],
        "code": [code for level in codes for code in level],
    }
    columns["valid_from"] = [date(2020, 1, 1)] * len(columns["code"])
    return columns, np.concatenate(outlines)


def area_codes(areas: Areas, plan: CityPlan) -> list[list[str]]:
    """Return codes of 6, 6, 9 and 12 digits: city, districts, subdistricts, communities."""
    districts = [str(int(plan.division_code) + 2 + i) for i in range(len(areas.districts))]
    subdistricts = _numbered(districts, areas.subdistricts)
    return [
        [plan.division_code],
        districts,
        subdistricts,
        _numbered(subdistricts, areas.communities),
    ]


def _numbered(holders: list[str], holder: Ints) -> list[str]:
    used: dict[int, int] = {}
    codes = []
    for i in holder.tolist():
        used[i] = used.get(i, 0) + 1
        codes.append(f"{holders[i]}{used[i]:03d}")
    return codes


def area_names(areas: Areas, rng: np.random.Generator) -> list[list[str]]:
    """Return the names of the city, its districts, subdistricts and communities."""
    pairs = names.pairs(rng, len(areas.subdistricts) + len(areas.communities))
    first, rest = pairs[: len(areas.subdistricts)], pairs[len(areas.subdistricts) :]
    return [["示例市"], areas.districts, [f"{p}街道" for p in first], [f"{p}社区" for p in rest]]
