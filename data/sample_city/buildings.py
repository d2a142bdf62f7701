"""Buildings on every parcel, by its use and year: footprints and storeys."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_city.blocks import Ints, subtract
from data.sample_city.draws import chance
from data.sample_city.ground import Floats, Shapes
from data.sample_city.land_use import (
    COMPOUND,
    EMPTY,
    HOSPITAL,
    HOUSES,
    MALL,
    OFFICE,
    SCHOOL,
    VILLAGE,
    WORKS,
    LandUse,
)
from data.sample_city.parcels import Parcels
from data.sample_city.plans import CityPlan
from data.sample_city.rows import Footprints, RowStyle, slab_rows, street_strips
from data.sample_city.wings import with_cut_corners, with_wings

STOREY_M = 3.0
WALKED_UP = 8
"""Above so many storeys: lifts, and wider spacing."""
APART_M = 2.0
"""No two buildings stand nearer to each other."""


@dataclass(frozen=True)
class Buildings:
    """m buildings, those of one parcel together."""

    shapes: Shapes
    parcel: Ints
    storeys: Ints
    is_shop: NDArray[np.bool_]


def raise_buildings(
    plan: CityPlan, parcels: Parcels, uses: LandUse, rng: np.random.Generator
) -> Buildings:
    """Return the buildings of all parcels; none touches another, every compound has one."""
    storeys = _storeys(uses, rng)
    shops = street_strips(parcels.shapes, _shop_share(uses, rng), _shop_style(uses, rng), rng)
    inside = parcels.shapes
    if len(shops.shapes):
        inside = subtract(inside, shapely.buffer(shops.shapes, 7.0, join_style="mitre"))
    style = _slab_style(uses, storeys, rng)
    slabs = slab_rows(inside, parcels.angle, style, rng)
    shapes = np.r_[shops.shapes, _shaped(slabs, parcels.shapes, uses, style, rng)]
    owner = np.r_[shops.owner, slabs.owner]
    is_shop = np.r_[np.ones(len(shops.owner), dtype=bool), np.zeros(len(slabs.owner), dtype=bool)]
    floors = np.where(is_shop, rng.integers(1, 4, len(owner)), _varied(storeys[owner], rng))
    order = np.flatnonzero(_apart(shapes))
    order = order[np.argsort(owner[order], kind="stable")]
    built = Buildings(shapes[order], owner[order], floors[order], is_shop[order])
    built = _with_first_houses(built, parcels, uses)
    return _chosen(plan, built, uses)


def _shaped(
    slabs: Footprints, parcels: Shapes, uses: LandUse, style: RowStyle, rng: np.random.Generator
) -> Shapes:
    """Return the slabs with wings and cut corners, by use."""
    share = np.array([0.12, 0.16, 0.1, 0.5, 0.0, 0.1, 0.12, 0.4, 0.0])[uses.use]
    reach = np.where(np.isin(uses.use, [SCHOOL, HOSPITAL]), 34.0, 15.0)
    reach = np.where(uses.use == VILLAGE, 3.0, reach)
    deep_m, few = 18.0, 0.6
    is_deep = (style.depth > deep_m)[slabs.owner] & (uses.use != WORKS)[slabs.owner]
    is_cut = is_deep & chance(rng, few, len(slabs.owner))
    shapes = with_cut_corners(slabs.shapes, is_cut, 0.22)
    plain = Footprints(slabs.shapes[~is_cut], slabs.owner[~is_cut])
    shapes[~is_cut] = with_wings(plain, parcels, share, reach, rng)
    return shapes


def _with_first_houses(built: Buildings, parcels: Parcels, uses: LandUse) -> Buildings:
    """Add one house in the middle of each compound that no row fitted into."""
    bare = np.setdiff1d(uses.compounds, built.parcel[~built.is_shop])
    if not len(bare):
        return built
    free = subtract(parcels.shapes[bare], shapely.buffer(built.shapes, APART_M + 1))
    circles = shapely.maximum_inscribed_circle(free)
    centre = shapely.get_coordinates(shapely.get_point(circles, 0))
    half = np.minimum(shapely.length(circles) * 0.6, 8.0)
    low, high = centre - half[:, None], centre + half[:, None]
    houses = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    shapes, parcel = np.r_[built.shapes, houses], np.r_[built.parcel, bare]
    storeys = np.r_[built.storeys, np.full(len(bare), 3)]
    is_shop = np.r_[built.is_shop, np.zeros(len(bare), dtype=bool)]
    order = np.argsort(parcel, kind="stable")
    return Buildings(shapes[order], parcel[order], storeys[order], is_shop[order])


def _chosen(plan: CityPlan, built: Buildings, uses: LandUse) -> Buildings:
    """Keep the buildings that the plan counts: all, those of compounds, or an exact number."""
    keep = np.ones(len(built.shapes), dtype=bool)
    if not plan.has_scattered:
        keep = np.isin(built.parcel, uses.compounds)
    if plan.exact_buildings is not None:
        # The largest of each compound first, then the next largest anywhere.
        by_size = np.lexsort((-shapely.area(built.shapes), ~keep))
        rank = np.empty(len(keep), dtype=np.int64)
        firsts = np.unique(built.parcel[by_size], return_index=True)[1]
        is_later = np.ones(len(keep), dtype=bool)
        is_later[by_size[firsts]] = False
        rank[np.lexsort((-shapely.area(built.shapes), is_later, ~keep))] = np.arange(len(keep))
        keep &= rank < plan.exact_buildings
    return Buildings(
        built.shapes[keep], built.parcel[keep], built.storeys[keep], built.is_shop[keep]
    )


def _apart(shapes: Shapes) -> NDArray[np.bool_]:
    """Keep of every two buildings that nearly touch the one that comes first."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=APART_M)
    keep = np.ones(len(shapes), dtype=bool)
    keep[second[first < second]] = False
    return keep


def _storeys(uses: LandUse, rng: np.random.Generator) -> Ints:
    """Return the usual number of storeys on each parcel."""
    count = len(uses.use)
    dice = rng.random(count)
    age = np.searchsorted([1985, 2000, 2006, 2012], uses.built, side="left")
    low = np.array([3, 5, 6, 8, 15])[age]
    high = np.array([6, 7, 8, 18, 33])[age]
    storeys = np.rint(low + (high - low) * dice ** np.array([0.7, 0.8, 2.5, 1, 1])[age])
    fixed = {
        VILLAGE: (2, 3),
        SCHOOL: (3, 5),
        MALL: (3, 6),
        OFFICE: (8, 28),
        WORKS: (1, 2),
        HOSPITAL: (5, 14),
    }
    for use, (least, most) in fixed.items():
        is_use = uses.use == use
        storeys[is_use] = np.rint(least + (most - least) * dice[is_use] ** 1.5)
    whole: Ints = storeys.astype(np.int64)
    return whole


def _varied(storeys: Ints, rng: np.random.Generator) -> Ints:
    """Let one building in five be lower than its neighbours."""
    less = np.where(chance(rng, 0.2, len(storeys)), rng.uniform(0.55, 1, len(storeys)), 1.0)
    return np.maximum(np.rint(storeys * less), 1).astype(np.int64)


_STYLES = {
    # use: depth, length, gap, pitch (0 = by the sun), setback, share built, loose
    COMPOUND: (12.0, 46.0, 7.0, 0.0, 5.0, 0.97, 0.6),
    HOUSES: (12.0, 38.0, 8.0, 0.0, 4.5, 0.75, 1.5),
    VILLAGE: (9.5, 12.0, 4.0, 16.5, 4.0, 0.82, 2.4),
    SCHOOL: (15.0, 62.0, 18.0, 58.0, 10.0, 0.6, 3.0),
    MALL: (58.0, 85.0, 22.0, 95.0, 10.0, 0.8, 0.0),
    OFFICE: (30.0, 38.0, 26.0, 58.0, 10.0, 0.85, 3.0),
    WORKS: (26.0, 78.0, 14.0, 42.0, 10.0, 0.65, 3.0),
    HOSPITAL: (20.0, 68.0, 18.0, 46.0, 10.0, 0.75, 2.0),
    EMPTY: (10.0, 20.0, 30.0, 90.0, 20.0, 0.02, 8.0),
}


def _slab_style(uses: LandUse, storeys: Ints, rng: np.random.Generator) -> RowStyle:
    table = np.array([_STYLES[use] for use in sorted(_STYLES)])[uses.use]
    count = len(table)
    depth, length, gap, pitch, setback, kept, loose = table.T.copy()
    is_home = (uses.use == COMPOUND) | (uses.use == HOUSES)
    is_new = is_home & (storeys > WALKED_UP)
    is_tower = is_new & chance(rng, 0.38, count)
    depth += rng.uniform(-1, 1.5, count) + np.where(is_new, 2.5, 0) + np.where(is_tower, 7, 0)
    length *= rng.uniform(0.75, 1.3, count)
    length = np.where(is_tower, rng.uniform(24, 32, count), length)
    gap = np.where(is_new, rng.uniform(12, 18, count), gap * rng.uniform(0.75, 1.5, count))
    gap = np.where(is_tower, rng.uniform(18, 28, count), gap)
    shade = np.minimum(1.2 * STOREY_M * storeys, 56)
    pitch = np.where(pitch > 0, pitch, depth + shade * np.where(is_tower, 0.8, 1.0))
    setback = np.where(is_new, 10.0, setback)
    return RowStyle(depth, length, gap, pitch, setback, kept, loose)


def _shop_share(uses: LandUse, rng: np.random.Generator) -> Floats:
    """Return the share of its edges that each parcel lines with shops."""
    likely = np.array([0.28, 0.5, 0.1, 0.05, 0.0, 0.1, 0.08, 0.08, 0.0])[uses.use]
    share: Floats = likely * rng.uniform(0, 2, len(likely))
    return share


def _shop_style(uses: LandUse, rng: np.random.Generator) -> RowStyle:
    count = len(uses.use)
    return RowStyle(
        rng.uniform(8, 13, count),
        rng.uniform(22, 55, count),
        rng.uniform(4, 9, count),
        np.full(count, 20.0),
        np.full(count, 2.5),
        np.full(count, 0.9),
        np.zeros(count),
    )
