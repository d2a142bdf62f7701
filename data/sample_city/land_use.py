"""What stands on each parcel: compounds of their year, other houses, works, schools, parks."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_city.blocks import Ints
from data.sample_city.ground import Floats
from data.sample_city.parcels import Parcels
from data.sample_city.plans import CityPlan
from geo.errors import Fault, InputError, gettext_noop

YEAR_SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
YEARS = (1972, 1988, 1992, 2000, 2006, 2010, 2022)
"""Year built by quantile, as among the 2,826 listed compounds of Dalian."""

COMPOUND, HOUSES, VILLAGE, SCHOOL, MALL, OFFICE, WORKS, HOSPITAL, EMPTY = range(9)
USE_WORDS = ("住宅", "住宅", "住宅", "学校", "商场", "写字楼", "厂房", "医院", "")

_SHARES_IN_THE_CORE = (0.46, 0.03, 0.09, 0.1, 0.14, 0.02, 0.02, 0.14)
_SHARES_OUTSIDE = (0.12, 0.12, 0.05, 0.02, 0.03, 0.16, 0.01, 0.49)


@dataclass(frozen=True)
class LandUse:
    """One row per parcel."""

    use: Ints
    built: Ints
    """Year of the compound or of what else stands there."""
    compounds: Ints
    """Numbers of the parcels that are compounds, in order."""


def assign_uses(plan: CityPlan, parcels: Parcels, rng: np.random.Generator) -> LandUse:
    """Return exactly as many compounds as planned, the rest mixed by distance from the cores."""
    count = len(parcels.shapes)
    if count < plan.compounds:
        raise InputError(
            Fault(
                gettext_noop("{land} 平方米土地容不下 {compounds} 个小区。"),
                {"land": plan.land_per_compound_m2, "compounds": plan.compounds},
                fix=gettext_noop("请加大每个小区的平均占地。"),
            )
        )
    chosen = np.sort(np.argsort(-_liking(parcels, rng))[: plan.compounds])
    use = _other_uses(parcels.newness, plan.villages, rng)
    use[chosen] = COMPOUND
    return LandUse(use, _years(parcels, chosen, rng), chosen)


def _liking(parcels: Parcels, rng: np.random.Generator) -> Floats:
    """Return how readily each becomes a compound: whole quarters of them, mid-sized plots."""
    middles = shapely.get_coordinates(shapely.centroid(parcels.shapes))
    area = shapely.area(parcels.shapes)
    compactness = area / shapely.area(shapely.oriented_envelope(parcels.shapes))
    least_m2, roomy_m2, wedge = 4_000.0, 160_000.0, 0.6
    liking: Floats = (
        0.55 * _quarters(middles, rng)
        + 0.5 * rng.random(len(area))
        + 0.25 * np.minimum(area / 20_000.0, 1)
        - 1.1 * np.maximum(parcels.newness - 0.75, 0)
        - 2.0 * (area < least_m2)
        - 0.5 * (area > roomy_m2)
        - 1.0 * (compactness < wedge)
    )
    return liking


def _quarters(middles: Floats, rng: np.random.Generator) -> Floats:
    """Return a smooth field, 0 to 1, that makes quarters of one kind."""
    length_m = rng.uniform(700, 1_800, 6)
    heading = rng.uniform(0, 2 * np.pi, 6)
    vectors = (2 * np.pi / length_m)[:, None] * np.c_[np.cos(heading), np.sin(heading)]
    field: Floats = np.sin((middles - middles.mean(axis=0)) @ vectors.T + heading * 3).mean(axis=1)
    return np.clip(0.5 + field, 0, 1)


def _other_uses(newness: Floats, villages: float, rng: np.random.Generator) -> Ints:
    outside = np.interp(newness, [0.3, 1.1], [0, 1])[:, None]
    shares = (1 - outside) * np.array(_SHARES_IN_THE_CORE) + outside * np.array(_SHARES_OUTSIDE)
    shares[:, VILLAGE - 1] *= villages
    steps = np.cumsum(shares, axis=1)
    uses: Ints = 1 + (rng.random(len(newness))[:, None] > steps / steps[:, -1:]).sum(axis=1)
    return uses


def _years(parcels: Parcels, chosen: Ints, rng: np.random.Generator) -> Ints:
    """Give the years by rank, so that the quantiles hold: older inside, newer outside."""
    late = (
        parcels.newness
        + 0.16 * np.log(shapely.area(parcels.shapes) / 20_000)
        + rng.normal(0, 0.16, len(parcels.shapes))
    )
    rank = np.empty(len(chosen))
    rank[np.argsort(late[chosen])] = (np.arange(len(chosen)) + 0.5) / len(chosen)
    years = np.interp(np.interp(late, *_sorted(late[chosen], rank)), YEAR_SHARES, YEARS)
    years[chosen] = np.interp(rank, YEAR_SHARES, YEARS)
    return np.rint(years).astype(np.int64)


def _sorted(values: Floats, others: Floats) -> tuple[Floats, Floats]:
    order = np.argsort(values)
    return values[order], others[order]


def is_old(years: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether the year alone makes a compound old (推定)."""
    last_old_year = 2000
    old: NDArray[np.bool_] = years <= last_old_year
    return old
