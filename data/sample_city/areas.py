"""Districts, subdistricts and communities that tile the city without a gap."""

from dataclasses import dataclass

import numpy as np
import shapely

from .ground import Ground
from .names import place_names
from .plan import CityPlan
from .shapes import Floats, Indices, Shapes
from .streets import Streets, centres_of
from .tiling import Borders, borders_of, dissolved, grown_regions

CITY_CODE = "990100"
"""No city has this code."""
SUPERBLOCKS_PER_SUBDISTRICT = 5
DIVIDING = 6.0
"""A step over a river, railway or expressway costs this many times its length."""
ON_LINE_M = 2.0


@dataclass(frozen=True, kw_only=True)
class Areas:
    """The managing tree. Arrays of communities carry the index of what they lie in."""

    communities: Shapes
    subdistricts: Shapes
    districts: Shapes
    subdistrict_of: Indices
    """(communities,)"""
    district_of: Indices
    """(subdistricts,)"""
    community_names: list[str]
    subdistrict_names: list[str]
    district_names: list[str]
    community_codes: list[str]
    subdistrict_codes: list[str]
    district_codes: list[str]


def divide(streets: Streets, ground: Ground, plan: CityPlan, rng: np.random.Generator) -> Areas:
    """Group superblocks into districts and subdistricts along rivers, railways and expressways."""
    places = centres_of(streets.superblocks)
    borders = borders_of(streets.superblocks)
    cost = _costs(places, borders, ground)
    everything = np.arange(len(places))
    region = grown_regions(places, borders, cost, everything, len(plan.districts))
    district = _from_the_middle(region, places)
    subdistrict, district_of = _subdistricts(places, borders, cost, district)
    subdistrict_of = subdistrict[streets.superblock_of_community]
    subdistricts = dissolved(streets.communities, subdistrict_of)
    district_codes = [f"{CITY_CODE[:4]}{i + 1:02d}" for i in range(len(plan.districts))]
    subdistrict_codes = _numbered(district_of, district_codes)
    return Areas(
        communities=streets.communities,
        subdistricts=subdistricts,
        districts=dissolved(subdistricts, district_of),
        subdistrict_of=subdistrict_of,
        district_of=district_of,
        community_names=place_names(len(streets.communities), suffix="社区", rng=rng),
        subdistrict_names=place_names(len(subdistricts), suffix="街道", rng=rng),
        district_names=list(plan.districts),
        community_codes=_numbered(subdistrict_of, subdistrict_codes),
        subdistrict_codes=subdistrict_codes,
        district_codes=district_codes,
    )


def _from_the_middle(region: Indices, places: Floats) -> Indices:
    """Renumber regions, the one nearest to the city's centre first."""
    away = np.bincount(region, weights=np.hypot(*places.T)) / np.bincount(region)
    number = np.argsort(np.argsort(away, kind="stable"), kind="stable")
    return number[region]


def _costs(places: Floats, borders: Borders, ground: Ground) -> Floats:
    step_m = np.hypot(*(places[borders.left] - places[borders.right]).T)
    dividers = shapely.union_all(
        np.array([ground.river_line, *ground.railways, *ground.expressways])
    )
    middles = shapely.line_interpolate_point(
        shapely.line_merge(borders.lines), 0.5, normalized=True
    )
    is_divided = shapely.distance(middles, dividers) < ON_LINE_M
    cost: Floats = step_m * np.where(is_divided, DIVIDING, 1.0)
    return cost


def _subdistricts(
    places: Floats, borders: Borders, cost: Floats, district: Indices
) -> tuple[Indices, Indices]:
    """Return the subdistrict of every superblock and the district of every subdistrict."""
    subdistrict = np.zeros(len(places), dtype=np.int64)
    district_of: list[int] = []
    for number in range(int(district.max()) + 1):
        members = np.flatnonzero(district == number)
        count = max(1, round(len(members) / SUPERBLOCKS_PER_SUBDISTRICT))
        region = grown_regions(places, borders, cost, members, count)
        subdistrict[members] = len(district_of) + region
        district_of.extend([number] * (int(region.max()) + 1))
    return subdistrict, np.array(district_of)


def _numbered(parent: Indices, parent_codes: list[str]) -> list[str]:
    """Return three-digit codes counted within each parent."""
    given = [0] * len(parent_codes)
    codes = []
    for index in parent.tolist():
        given[index] += 1
        codes.append(f"{parent_codes[index]}{given[index]:03d}")
    return codes
