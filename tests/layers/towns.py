"""Towns drawn in the test: sites on a grid with streets between, and a policy to vary."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import shapely

from layers.adjacency import Links
from layers.policy import Policy, load_policy
from layers.sites import Sites
from tests.grid import city

STREET_M = 10.0
METRIC_SRID = 4548


@dataclass(frozen=True)
class Town:
    sites: Sites
    links: Links

    def at(self, *names):
        return tuple(int(np.flatnonzero(self.sites.ids == name)[0]) for name in names)


def policy_with(**values) -> Policy:
    """Return the default policy with values changed wherever their name is known."""
    policy = load_policy("default")
    parts = {}
    for part in ("bundling", "thresholds", "money", "providers", "coverage", "derive", "links"):
        known = {k: v for k, v in values.items() if k in vars(getattr(policy, part))}
        parts[part] = replace(getattr(policy, part), **known)
        values = {k: v for k, v in values.items() if k not in known}
    assert not values, f"no such policy values: {values}"
    return replace(policy, **parts)


def town(drawing, *, cell_m=100.0, blocked=(), cut=(), crossings=(), **columns) -> Town:
    """Return sites with 10 m streets, linked where their sides face each other.

    `blocked` are pairs of names with a river between, `cut` are cut by a planner, `crossings` are
    joined however far apart. Columns are a value for all, or a mapping by name over a default.
    """
    shapes = city(drawing, cell_m=cell_m, street_m=STREET_M)
    return linked_town(
        list(shapes),
        list(shapes.values()),
        blocked=blocked,
        cut=cut,
        crossings=crossings,
        **columns,
    )


def linked_town(names, polygons, *, blocked=(), cut=(), crossings=(), **columns) -> Town:
    sites = sites_of(names, polygons, **columns)
    return Town(sites, links_between(sites, blocked=blocked, cut=cut, crossings=crossings))


def sites_of(names, polygons, **columns) -> Sites:
    order = np.argsort(np.array(names))
    names = np.array(names)[order]

    def column(key, default):
        value = columns.pop(key, default)
        by_name = value if isinstance(value, Mapping) else dict.fromkeys(names, value)
        return np.array([by_name.get(str(name), default) for name in names])

    sites = Sites(
        srid=METRIC_SRID,
        ids=names.astype(np.str_),
        names=names.astype(np.str_),
        kinds=column("kinds", "compound"),
        polygons=np.array(polygons, dtype=object)[order],
        floor_area_m2=column("floor_area_m2", 10_000.0).astype(float),
        households=column("households", 125.0).astype(float),
        district=column("district", "D"),
        subdistrict=column("subdistrict", "D1"),
        community=column("community", ""),
        fee=column("fee", np.nan).astype(float),
        is_served=column("is_served", default=False).astype(bool),
        is_lead=column("is_lead", default=False).astype(bool),
        provider=column("provider", "").astype("U16"),
        lock=column("lock", "").astype("U16"),
        together=column("together", "").astype("U16"),
        apart=column("apart", "").astype("U16"),
        present=column("present", "").astype("U16"),
        held=column("held", "").astype("U16"),
        spare_m2=column("spare_m2", np.nan).astype(float),
    )
    assert not columns, f"no such columns: {columns}"
    return sites


def links_between(sites, *, blocked=(), cut=(), crossings=()) -> Links:
    blocked, cut = {frozenset(pair) for pair in blocked}, {frozenset(pair) for pair in cut}
    crossings = {frozenset(pair) for pair in crossings}
    tree = shapely.STRtree(sites.polygons)
    a, b = tree.query(sites.polygons, predicate="dwithin", distance=STREET_M * 1.2)
    near = {(i, j) for i, j in zip(a.tolist(), b.tolist(), strict=True) if i < j}
    row = {name: number for number, name in enumerate(sites.ids.tolist())}
    near |= {tuple(sorted(row[name] for name in pair)) for pair in blocked | cut | crossings}
    pairs = sorted(near)
    named = [frozenset(sites.ids[list(pair)].tolist()) for pair in pairs]
    a, b = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    gap_m = shapely.distance(sites.polygons[a], sites.polygons[b])
    kinds = {True: "crossing", False: "near"}
    return Links(
        a=a,
        b=b,
        gap_m=gap_m,
        walk_m=np.array([40.0 if pair in crossings else np.nan for pair in named]),
        cost_m=gap_m.copy(),
        kind=np.array(
            ["planner" if p in cut else kinds[p in crossings] for p in named], dtype="U8"
        ),
        barrier=np.array(["river" if pair in blocked else "" for pair in named], dtype="U16"),
        is_open=np.array([pair not in blocked | cut for pair in named], dtype=bool),
    )


def voronoi_town(n, *, seed, mean_m2=9_000.0, sigma=0.8, **columns) -> Town:
    """Return n sites that tile a square but for streets, with log-normal floor areas."""
    rng = np.random.default_rng(seed)
    side = 170 * np.sqrt(n)
    square = shapely.box(0, 0, side, side)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(rng.random((n, 2)) * side), extend_to=square)
    )
    cells = shapely.intersection(cells, square)
    polygons = shapely.buffer(cells, -STREET_M / 2, join_style="mitre")
    names = [f"s{number:04d}" for number in range(n)]
    areas = np.exp(rng.normal(np.log(mean_m2) - sigma**2 / 2, sigma, n)).round(1)
    columns.setdefault("floor_area_m2", dict(zip(names, areas.tolist(), strict=True)))
    return linked_town(names, polygons.tolist(), **columns)
