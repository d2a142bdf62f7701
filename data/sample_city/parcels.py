"""From blocks to parcels: compounds of an age, and all the land that is none."""

from dataclasses import dataclass

import numpy as np
import shapely

from .ground import Ground
from .plan import CityPlan
from .shapes import Floats, Indices, Shapes, Texts, frames_of, parts_of, rectangles, rotated
from .streets import centres_of, remoteness
from .subdivision import Cutting, cut_until

LANES = Cutting(gap_m=(4.0, 12.0), off_centre=0.17, skew=0.05)
PAVEMENT_M = (2.0, 6.0)
COMPOUND_M2 = (135_000.0, 210_000.0)
"""Usual land of a compound in the core and at the rim, before lanes are cut."""
LEAST_PARCEL_M2 = 900.0
LEAST_COMPOUND_M2 = 1_700.0
LEAST_BREADTH_M = 26.0
FULLNESS = 0.62
"""Least share of its turned rectangle that a compound fills."""
BUILT_QUANTILES = (
    (0.0, 0.10, 0.25, 0.50, 0.75, 0.90, 1.0),
    (1954, 1988, 1992, 2000, 2006, 2010, 2023),
)
"""Years built of 2,826 compounds of Dalian."""
OLD_UNTIL = 2000
BITTEN_SHARE = 0.26
"""Share of old compounds that lack a corner."""

# Share of the parcels in the core, half way out and at the rim.
PUBLIC_USES: dict[str, tuple[float, float, float]] = {
    "hutong": (0.30, 0.02, 0.0),
    "mall": (0.05, 0.025, 0.012),
    "office": (0.045, 0.035, 0.015),
    "school": (0.045, 0.05, 0.04),
    "hospital": (0.02, 0.015, 0.01),
    "park": (0.03, 0.035, 0.04),
    "market": (0.012, 0.008, 0.006),
    "works": (0.005, 0.045, 0.13),
    "village": (0.0, 0.015, 0.12),
    "field": (0.0, 0.01, 0.10),
}
EMPTY_USES = ("park", "market", "field")


@dataclass(frozen=True)
class Parcels:
    """Pieces of land that share no point."""

    polygons: Shapes
    use: Texts
    """"compound", a public use, or "street" for housing that belongs to no compound."""
    built: Indices
    """Year built of a compound; 0 elsewhere."""
    remoteness: Floats
    lanes: Shapes
    """LineStrings along the middle of the lanes between parcels of one block."""


def cut_parcels(
    blocks: Shapes, ground: Ground, plan: CityPlan, rng: np.random.Generator
) -> Parcels:
    """Cut blocks into parcels by lanes and choose the plan's compounds, if there is room."""
    land = shapely.buffer(blocks, -rng.uniform(*PAVEMENT_M, len(blocks)), join_style="mitre")
    land, _ = parts_of(land)
    away = np.clip(remoteness(ground, centres_of(land)), 0.0, 1.1)
    core_m2, rim_m2 = COMPOUND_M2
    largest_m2 = plan.land * core_m2 * (rim_m2 / core_m2) ** away
    largest_m2 *= rng.lognormal(0.0, plan.land_spread, len(land))
    cut = cut_until(land, np.maximum(largest_m2, 2.0 * LEAST_COMPOUND_M2), LANES, rng)
    polygons = cut.polygons[shapely.area(cut.polygons) > LEAST_PARCEL_M2]
    away = remoteness(ground, centres_of(polygons))
    use = _draw_uses(away, rng)
    chosen = _choose_compounds(polygons, use, away, plan, rng)
    use[use == "housing"] = "street"
    use[chosen] = "compound"
    built = np.zeros(len(polygons), dtype=np.int64)
    built[chosen] = _years(polygons[chosen], away[chosen], plan, rng)
    return _with_bites(Parcels(polygons, use, built, away, cut.cuts), rng)


def _draw_uses(away: Floats, rng: np.random.Generator) -> Texts:
    """Draw a public use for each parcel by remoteness; "housing" for all others."""
    draw = rng.random(len(away))
    use = np.full(len(away), "housing", dtype="<U8")
    threshold = np.zeros(len(away))
    for name, shares in PUBLIC_USES.items():
        share = np.interp(away, (0.1, 0.55, 1.0), shares)
        use[(draw >= threshold) & (draw < threshold + share)] = name
        threshold += share
    return use


def _choose_compounds(
    polygons: Shapes,
    use: Texts,
    away: Floats,
    plan: CityPlan,
    rng: np.random.Generator,
) -> Indices:
    frames = frames_of(polygons)
    is_fit = shapely.area(polygons) > LEAST_COMPOUND_M2
    is_fit &= frames.width_m > LEAST_BREADTH_M
    is_fit &= shapely.area(polygons) > FULLNESS * frames.length_m * frames.width_m
    fit = np.flatnonzero(is_fit)
    # Land of public use gives way only when all housing land is taken.
    wanted = rng.random(len(fit)) + 1.1 * away[fit] + 9.0 * (use[fit] != "housing")
    order = np.argsort(wanted, kind="stable")
    return np.sort(fit[order[: plan.compounds]])


def _years(polygons: Shapes, away: Floats, plan: CityPlan, rng: np.random.Generator) -> Indices:
    """Return years with the known quantiles; small land near the core is old."""
    count = len(polygons)
    age = away + 0.05 * np.log(shapely.area(polygons) / plan.land) + rng.normal(0.0, 0.20, count)
    rank = np.empty(count)
    rank[np.argsort(age, kind="stable")] = (np.arange(count) + 0.5) / count
    years = np.floor(np.interp(rank, *BUILT_QUANTILES)).astype(np.int64)
    return np.minimum(years, plan.latest_built)


def _with_bites(parcels: Parcels, rng: np.random.Generator) -> Parcels:
    """Take a corner from some old compounds; what is taken becomes housing along the street."""
    is_old = (parcels.built > 0) & (parcels.built <= OLD_UNTIL)
    bitten = np.flatnonzero(is_old & (rng.random(len(is_old)) < BITTEN_SHARE))
    corner = _corners(parcels.polygons[bitten], rng)
    grown = shapely.buffer(corner, 5.0, join_style="mitre")
    left = shapely.difference(parcels.polygons[bitten], grown)
    is_whole = shapely.get_type_id(left) == shapely.GeometryType.POLYGON
    is_whole &= shapely.area(left) > LEAST_COMPOUND_M2
    polygons = parcels.polygons.copy()
    polygons[bitten[is_whole]] = left[is_whole]
    pieces, owner = parts_of(
        shapely.intersection(parcels.polygons[bitten[is_whole]], corner[is_whole])
    )
    return Parcels(
        np.concatenate([polygons, pieces]),
        np.concatenate([parcels.use, np.full(len(pieces), "street", dtype="<U8")]),
        np.concatenate([parcels.built, np.zeros(len(pieces), dtype=np.int64)]),
        np.concatenate([parcels.remoteness, parcels.remoteness[bitten[is_whole]][owner]]),
        parcels.lanes,
    )


def _corners(polygons: Shapes, rng: np.random.Generator) -> Shapes:
    """Return a turned rectangle over one corner of each polygon."""
    frames = frames_of(polygons)
    share = rng.uniform(0.28, 0.55, (len(polygons), 2))
    size = np.column_stack([frames.length_m, frames.width_m]) * share
    sign = rng.choice([-1.0, 1.0], (len(polygons), 2))
    offset = sign * (np.column_stack([frames.length_m, frames.width_m]) - size) / 2.0
    centre = frames.centre + rotated(offset, frames.angle)
    return rectangles(centre, frames.angle, size[:, 0], size[:, 1])
