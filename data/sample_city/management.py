"""Who manages each compound, and the management areas (物业管理区域) that compounds lie in."""

from dataclasses import dataclass

import numpy as np
import shapely

from .housing import Housing
from .providers import Providers
from .shapes import Flags, Indices, Texts
from .town import Town

# Shares of old and of new compounds in Dalian's list; "unknown" = nobody wrote it down.
WAYS: dict[str, tuple[float, float]] = {
    "nobody": (0.385, 0.04),
    "unknown": (0.12, 0.07),
    "subdistrict": (0.15, 0.05),
    "owner_unit": (0.02, 0.005),
    "self_governing": (0.02, 0.015),
    "firm": (0.305, 0.82),
}
KINDS_OF_WAY: dict[str, tuple[str, ...]] = {
    "firm": ("private", "state", "joint"),
    "subdistrict": ("service_centre", "non_profit", "subdistrict"),
    "owner_unit": ("owner_unit",),
    "self_governing": ("self_governing",),
}
UNSERVED_WAYS = ("nobody", "subdistrict", "self_governing", "nobody")
"""What the compounds without a firm have, in turn, where the firms' number is published."""
AGREED_WAYS, AGREED_SHARES = ("firm", "subdistrict", "owner_unit"), (0.62, 0.26, 0.12)
"""Where every management area has its agreement."""
SINGLE_AREA_SHARE = {"firm": 0.75, "other": 0.35}
COMPOUNDS_PER_PAIR = 40
LANE_M = 12.5
"""Two compounds of one management area lie no farther apart than a lane."""
RANK_POWER = 0.55
"""How steeply firms' sizes fall off from the largest."""


@dataclass(frozen=True)
class Management:
    """Who manages, by compound."""

    way: Texts
    provider: Indices
    """Number of the provider; -1 = none known."""
    area: Indices
    """Number of the management area; -1 = none delimited."""
    first_of_area: Indices
    """(management areas,) the compound that leads each."""

    def members(self, area: int) -> Indices:
        """Return the compounds of one management area."""
        return np.flatnonzero(self.area == area)


def manage(
    town: Town, housing: Housing, providers: Providers, rng: np.random.Generator
) -> Management:
    """Draw who manages each compound and which compounds have a delimited management area."""
    way = _ways(town, housing, rng)
    provider = _assigned(way, housing, providers, rng)
    _take_on_weak_compounds(town, housing, providers, way, provider)
    area, first = _areas(town, housing, way, rng)
    return Management(way, provider, area, first)


def _ways(town: Town, housing: Housing, rng: np.random.Generator) -> Texts:
    published, count = town.plan.published, len(housing.codes)
    if published.management_areas is not None:
        return rng.choice(AGREED_WAYS, count, p=AGREED_SHARES).astype("<U14")
    if published.served_by_firm is not None:
        way = np.full(count, "firm", dtype="<U14")
        # Those without a firm are mostly old.
        order = np.argsort(housing.built + rng.normal(0.0, 6.0, count), kind="stable")
        unserved = order[: count - published.served_by_firm]
        way[unserved] = np.resize(UNSERVED_WAYS, len(unserved))
        return way
    edges = np.cumsum(np.array(list(WAYS.values())), axis=0).T
    edge = np.where(housing.is_old[:, None], edges[0], edges[1])
    drawn = (rng.random(count)[:, None] >= edge[:, :-1]).sum(axis=1)
    ways: Texts = np.array(list(WAYS))[drawn]
    return ways


def _assigned(
    way: Texts, housing: Housing, providers: Providers, rng: np.random.Generator
) -> Indices:
    """Return a provider that serves the compound's district; a few firms have many compounds."""
    provider = np.full(len(way), -1)
    for name, kinds in KINDS_OF_WAY.items():
        for district in np.unique(housing.district).tolist():
            own = np.flatnonzero((way == name) & (housing.district == district))
            able = providers.serving(district, kinds)
            weight = (np.arange(len(able)) + 1.0) ** -RANK_POWER
            provider[own] = rng.choice(able, len(own), p=weight / weight.sum())
    return provider


def _take_on_weak_compounds(
    town: Town,
    housing: Housing,
    providers: Providers,
    way: Texts,
    provider: Indices,
) -> None:
    """Give the case's firm exactly its compounds: the oldest that a firm serves in its district."""
    case = town.plan.weak_case
    if case is None:
        return
    firm = providers.names.index(case.firm)
    district = town.areas.district_names.index(case.district)
    provider[provider == firm] = providers.names.index(
        f"{case.district}城投物业服务有限公司（示例）"
    )
    served = np.flatnonzero((way == "firm") & (housing.district == district))
    oldest = served[np.argsort(housing.built[served], kind="stable")[: case.compounds]]
    provider[oldest] = firm


def _areas(
    town: Town, housing: Housing, way: Texts, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Return the management area of each compound, and the compound that leads each area."""
    published, count = town.plan.published, len(way)
    if published.management_areas is not None:
        pair_count, has_own = count - published.management_areas, np.ones(count, dtype=bool)
    else:
        pair_count = 0 if published.served_by_firm is not None else count // COMPOUNDS_PER_PAIR
        share = np.where(way == "firm", SINGLE_AREA_SHARE["firm"], SINGLE_AREA_SHARE["other"])
        has_own = (rng.random(count) < share) & ~np.isin(way, ("nobody", "unknown"))
    leader = np.where(has_own, np.arange(count), -1)
    for one, other in _pairs(housing, has_own)[:pair_count]:
        leader[other] = one
    first, area = np.unique(leader[leader >= 0], return_inverse=True)
    numbered = np.full(count, -1)
    numbered[leader >= 0] = area
    return numbered, first


def _pairs(housing: Housing, has_own: Flags) -> list[tuple[int, int]]:
    """Return disjoint pairs of compounds across a lane in one community, nearest first."""
    tree = shapely.STRtree(housing.shapes)
    one, other = tree.query(housing.shapes, predicate="dwithin", distance=LANE_M)
    is_pair = (one < other) & (housing.community[one] == housing.community[other])
    is_pair &= has_own[one] & has_own[other]
    one, other = one[is_pair], other[is_pair]
    gap_m = shapely.distance(housing.shapes[one], housing.shapes[other])
    taken: set[int] = set()
    pairs = []
    for i in np.lexsort((other, one, np.round(gap_m, 2))).tolist():
        pair = (int(one[i]), int(other[i]))
        if taken.isdisjoint(pair):
            taken.update(pair)
            pairs.append(pair)
    return pairs
