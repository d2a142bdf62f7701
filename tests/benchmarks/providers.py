"""Districts of zones and providers from a seed, and each as a task for the peer."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import shapely

from layers.assignment import Providers, assign_providers
from layers.policy import Policy, load_policy
from layers.rules import ZoneException
from layers.sites import Sites
from tests.benchmarks.peer_highs import Task

TODAY = date(2026, 6, 1)
SIDE_M = 6_000.0
GRADES = "ABCD"


@dataclass(frozen=True)
class DrawnZone:
    """A zone of one site."""

    label: str
    members: tuple[int, ...]
    exception: ZoneException = ZoneException.NONE


@dataclass(frozen=True, kw_only=True)
class District:
    """What providers are proposed for, and who there is."""

    zones: tuple[DrawnZone, ...]
    sites: Sites
    providers: Providers


def district(*, zones: int, providers: int, slack: float, seed: int) -> District:
    """Return a district whose providers can take `slack` times what its zones hold.

    Zones have 30,000 to 100,000 m² and lie anywhere in six by six kilometres, in areas of about
    ten; a third of the providers serve one half of the district only, and each runs three places.
    """
    rng = np.random.default_rng(seed)
    at = rng.random((zones, 2)) * SIDE_M
    floor_area_m2 = rng.uniform(30_000, 100_000, zones).round()
    sites = _sites(at, floor_area_m2, areas=max(1, zones // 10))
    halves = rng.integers(0, 6, providers)
    weights = rng.uniform(0.5, 1.5, providers)
    capacity = (weights / weights.sum() * floor_area_m2.sum() * slack).round()
    unknown = np.zeros(providers)
    register = Providers(
        ids=np.array([f"p{number:03d}" for number in range(providers)]),
        names=np.array([f"p{number:03d}" for number in range(providers)]),
        kinds=np.full(providers, "private"),
        grades=rng.choice(list(GRADES), providers),
        capacity_m2=capacity,
        capacity_households=(capacity / 80).round(),
        used_m2=unknown,
        used_households=unknown,
        base=rng.random((providers, 2)) * SIDE_M,
        service_areas=tuple(
            frozenset({f"H{half}"}) if half < 2 else frozenset() for half in halves.tolist()
        ),
        running=tuple(rng.random((3, 2)) * SIDE_M for _ in range(providers)),
    )
    drawn = tuple(DrawnZone(str(z + 1), (z,)) for z in range(zones))
    return District(zones=drawn, sites=sites, providers=register)


def _sites(at: Any, floor_area_m2: Any, *, areas: int) -> Sites:
    count = len(at)
    words = np.full(count, "", dtype="U4")
    return Sites(
        srid=4548,
        ids=np.array([f"s{number:04d}" for number in range(count)]),
        names=np.array([f"s{number:04d}" for number in range(count)]),
        kinds=np.full(count, "compound"),
        polygons=shapely.points(at),
        floor_area_m2=floor_area_m2,
        households=(floor_area_m2 / 80).round(),
        district=np.where(at[:, 0] < SIDE_M / 2, "H0", "H1"),
        subdistrict=np.array([f"S{number % areas}" for number in range(count)]),
        community=words,
        fee=np.full(count, np.nan),
        is_served=np.zeros(count, dtype=bool),
        is_lead=np.zeros(count, dtype=bool),
        provider=words,
        lock=words,
    )


def weighed(**values: Any) -> Policy:
    """Return the default policy with weights and limits of providers changed."""
    policy = load_policy("default")
    return replace(policy, providers=replace(policy.providers, **values))


def task_of(place: District, policy: Policy) -> Task:
    """Return the same district as the peer sees it; costs and limits are reckoned anew."""
    zones, providers, sites, rules = place.zones, place.providers, place.sites, policy.providers
    middle = np.array([shapely.get_coordinates(shape)[0] for shape in sites.polygons])
    away = np.linalg.norm(middle[:, None] - providers.base[None], axis=2) / 1000
    running = np.stack(providers.running)
    beside = np.linalg.norm(middle[:, None, None] - running[None], axis=3).min(axis=2) / 1000
    grade = np.array([GRADES.index(each) for each in providers.grades])
    full = np.minimum(
        1.0,
        np.maximum(
            sites.floor_area_m2[:, None] / providers.capacity_m2[None],
            sites.households[:, None] / providers.capacity_households[None],
        ),
    )
    costs = rules.cost_per_km * away + rules.cost_per_km_running * beside
    costs += rules.cost_per_grade * grade[None] + rules.cost_when_full * full
    for p, served in enumerate(providers.service_areas):
        if served:
            costs[~np.isin(sites.district, list(served)), p] = np.nan
    too_much = sites.floor_area_m2[:, None] > providers.capacity_m2[None]
    costs[too_much | (sites.households[:, None] > providers.capacity_households[None])] = np.nan
    share = np.inf
    if rules.share_max is not None:
        share = max(sites.floor_area_m2.sum() * rules.share_max, sites.floor_area_m2.max())
    return Task(
        costs=costs,
        floor_area_m2=sites.floor_area_m2,
        households=sites.households,
        free_m2=providers.capacity_m2,
        free_households=providers.capacity_households,
        share_m2=share,
        area=tuple(sites.subdistrict[[zone.members[0] for zone in zones]].tolist()),
        per_area=rules.per_area_max,
    )


def ours(place: District, policy: Policy) -> Any:
    """Return what the product proposes."""
    return assign_providers(place.zones, place.sites, place.providers, policy, on_date=TODAY)
