"""Buildings on parcels: which development stands where, and every footprint."""

from dataclasses import dataclass

import numpy as np
import shapely

from .fronts import clear_of_earlier, line_fronts
from .parcels import EMPTY_USES, Parcels
from .plan import CityPlan
from .rows import Slots, fill_rows, join_slots
from .schemes import OUTLINES, SCHEMES, Drawn, draw_schemes
from .shapes import (
    Flags,
    Floats,
    Indices,
    Shapes,
    Texts,
    facing_south,
    frames_of,
    placed,
    running_count,
)

LEAST_GAP_M = 1.0
CENTRAL_USES = ("school", "hospital", "mall", "office")
FRONT_STOREYS = (3, 8)

# Shares of developments by the year from which they were built.
ERAS: tuple[tuple[int, dict[str, float]], ...] = (
    (0, {"lane": 0.16, "works_yard": 0.84}),
    (1978, {"lane": 0.03, "works_yard": 0.42, "slab": 0.55}),
    (1990, {"works_yard": 0.14, "slab": 0.80, "tower": 0.06}),
    (1999, {"slab": 0.24, "garden_slab": 0.46, "high_slab": 0.14, "tower": 0.16}),
    (2004, {"garden_slab": 0.36, "high_slab": 0.32, "tower": 0.32}),
    (2010, {"garden_slab": 0.10, "high_slab": 0.40, "tower": 0.50}),
)


@dataclass(frozen=True)
class Footprints:
    """n buildings."""

    polygons: Shapes
    parcel: Indices
    use: Texts
    storeys: Indices


def build(parcels: Parcels, plan: CityPlan, rng: np.random.Generator) -> Footprints:
    """Build parcels over, compounds first, as far as the plan's number of buildings goes."""
    key = _developments(parcels, rng)
    drawn = draw_schemes(key, shapely.area(parcels.polygons), rng)
    fronts, behind = line_fronts(parcels.polygons, drawn.fronts, rng)
    rows = fill_rows(behind, frames_of(parcels.polygons), drawn, rng)
    is_front = np.repeat([True, False], [len(fronts.owner), len(rows.owner)])
    slots = join_slots([fronts, rows])
    lone = _lone_buildings(parcels, slots, drawn)
    slots, is_front = (
        join_slots([slots, lone]),
        np.append(is_front, np.zeros(len(lone.owner), bool)),
    )
    order = _building_order(parcels, slots, rng)
    slots, is_front = slots.chosen(order), is_front[order]
    polygons = _outlined(slots, key, is_front, rng)
    stands = clear_of_earlier(polygons, gap_m=LEAST_GAP_M)
    kept = np.flatnonzero(stands)[: plan.buildings]
    return _footprints(polygons, slots, drawn, is_front, kept, rng)


def _developments(parcels: Parcels, rng: np.random.Generator) -> Texts:
    key = np.where(np.isin(parcels.use, EMPTY_USES), "empty", parcels.use).astype("<U12")
    draw = rng.random(len(key))
    for since, shares in ERAS:
        # A later era overrides what an earlier one drew.
        is_era = (parcels.use == "compound") & (parcels.built >= since)
        edges = np.cumsum(list(shares.values()))
        names = np.array(list(shares))
        pick = np.minimum(np.searchsorted(edges, draw[is_era]), len(names) - 1)
        key[is_era] = names[pick]
    return key


def _lone_buildings(parcels: Parcels, slots: Slots, drawn: Drawn) -> Slots:
    """Return one place in each compound whose land has room for no row."""
    owner = np.setdiff1d(np.flatnonzero(parcels.use == "compound"), slots.owner)
    circles = shapely.maximum_inscribed_circle(parcels.polygons[owner], 0.5)
    ends = shapely.get_coordinates(circles).reshape(-1, 2, 2)
    radius_m = np.hypot(*(ends[:, 1] - ends[:, 0]).T) - LEAST_GAP_M
    depth_m = np.minimum(drawn.depth_m[owner], radius_m)
    # Its corners lie on the circle at most.
    length_m = np.minimum(drawn.length_m[owner], np.sqrt(4.0 * radius_m**2 - depth_m**2))
    angle = facing_south(frames_of(parcels.polygons[owner]).angle)
    return Slots(owner, ends[:, 0], angle, length_m, depth_m, np.ones(len(owner)))


def _building_order(parcels: Parcels, slots: Slots, rng: np.random.Generator) -> Indices:
    """Return places so that, cut short, the list leaves whole parcels at the rim unbuilt.

    The first place of every compound comes first, then the compounds' others, then schools,
    hospitals, shops and offices, then the rest from the core outwards.
    """
    is_compound = parcels.use[slots.owner] == "compound"
    place = np.arange(len(slots.owner))
    first = np.full(len(parcels.use), len(place))
    area_m2 = slots.length_m * slots.depth_m
    largest_first = np.lexsort((-area_m2, slots.owner))
    np.minimum.at(first, slots.owner[largest_first], np.arange(len(place)))
    is_first = np.zeros(len(place), dtype=bool)
    is_first[largest_first[first[first < len(place)]]] = True
    is_public = np.isin(parcels.use, CENTRAL_USES)[slots.owner]
    rank = np.where(is_compound, np.where(is_first, 0, 1), np.where(is_public, 2, 3))
    away = parcels.remoteness + rng.normal(0.0, 0.12, len(parcels.use))
    return np.lexsort((place, np.where(is_compound, 0.0, away[slots.owner]), rank))


def _outlined(
    slots: Slots,
    key: Texts,
    is_front: Flags,
    rng: np.random.Generator,
) -> Shapes:
    """Return each place's footprint, in an outline of its development."""
    draw = rng.random(len(slots.owner))
    names = np.full(len(slots.owner), "rectangle", dtype="<U12")
    for scheme, spec in SCHEMES.items():
        is_own = (key[slots.owner] == scheme) & ~is_front
        choice = (draw[is_own] * len(spec.outlines)).astype(np.int64)
        names[is_own] = np.array(spec.outlines)[choice]
    polygons = np.empty(len(names), dtype=object)
    for name, outline in OUTLINES.items():
        some = slots.chosen(names == name)
        polygons[names == name] = placed(
            outline, some.centre, some.angle, some.length_m, some.depth_m
        )
    return polygons


def _footprints(
    polygons: Shapes,
    slots: Slots,
    drawn: Drawn,
    is_front: Flags,
    kept: Indices,
    rng: np.random.Generator,
) -> Footprints:
    parcel = slots.owner[kept]
    use = np.array([SCHEMES[key].use for key in drawn.key], dtype="<U4")[parcel]
    # The first building of a parcel always has flats, so that nobody's compound is all shops.
    is_shop = (rng.random(len(kept)) < FRONT_SHOPS) & (running_count(parcel) > 1)
    use[is_front[kept]] = np.where(is_shop, "商业", "商住")[is_front[kept]]
    storeys = _storeys(drawn.storeys[parcel], slots.northing[kept], rng)
    low = rng.integers(*FRONT_STOREYS, len(kept))
    storeys = np.where(is_front[kept], np.minimum(low, storeys), storeys)
    return Footprints(polygons[kept], parcel, use, storeys)


FRONT_SHOPS = 0.25
"""Share of street buildings that hold shops and no flats."""
TALL = 8.0


def _storeys(usual: Floats, northing: Floats, rng: np.random.Generator) -> Indices:
    """Return storeys; tall estates rise to the north, out of one another's shade."""
    rise = np.where(usual > TALL, 0.78 + 0.38 * northing, 1.0)
    drawn = usual * rise + rng.normal(0.0, 0.04 * usual + 0.15)
    return np.clip(np.round(drawn - 0.5), 1, 34).astype(np.int64)
