"""An independent judge of a plan's files: it imports nothing of the product.

`read_plan(folder)` reads plan.gpkg and plan.json; `violations(plan, …)` says in words everything
that is wrong with them, and an empty list means that nothing was found. Every rule is written anew
from the definitions (links and barriers by brute force, connection by networkx, lengths in the
Gauss-Krüger zone of the place), so that a mistake of the product and one of the judge would have
to be the same mistake to go unseen.

plan.gpkg   zones [zone, floor_area_m2, households, diameter_m, provider, exception],
            sites [site, zone, floor_area_m2, households, exception, reason] with polygons; a site
            in no zone has "" or null as its zone,
            links [a, b, gap_m, cost_m, kind, barrier, open], refusals [zone, provider, reason]
plan.json   plan_hash, contiguity, thresholds {floor_area_min_m2 …}, totals {zones, sites,
            left_out, floor_area_m2, households}, left_out [{site, reason}] or {site: reason};
            strategy (optional; "none" = thresholds do not apply)
"""

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely

LENGTH_TOLERANCE_M = 0.1
"""Coordinates in degrees are rounded, and come back through another projection."""
SUM_TOLERANCE = 1.0
"""m² and households: sums may have been rounded."""
ALONG_M = 0.5
"""A barrier this near to an outline runs along it; deeper inside a site it does not count."""
STEPS_M = (5.0, 2.5)
MAXIMA = {"floor_area_max_m2", "households_max", "diameter_max_m"}
MINIMA = {"floor_area_min_m2", "households_min"}


@dataclass
class Plan:
    """The files of a plan; geometries in one metric CRS."""

    zones: pd.DataFrame
    sites: gpd.GeoDataFrame
    links: pd.DataFrame
    refusals: pd.DataFrame
    summary: dict

    @property
    def placed(self):
        return self.sites[self.sites.zone != ""]

    @property
    def shape_of(self):
        return dict(zip(self.sites.site, self.sites.geometry, strict=True))

    @property
    def thresholds(self):
        if self.summary.get("strategy") == "none":
            return {}
        return {
            key: value for key, value in self.summary["thresholds"].items() if value is not None
        }


def metric_epsg(frame):
    """Return the 3-degree Gauss-Krüger zone (CGCS2000) of the middle of a frame."""
    west, _, east, _ = frame.to_crs(4490).total_bounds
    meridian = 3 * round((west + east) / 2 / 3)
    return 4534 + (meridian - 75) // 3


def read_plan(folder: Path) -> Plan:
    file = folder / "plan.gpkg"
    sites = gpd.read_file(file, layer="sites")
    layers = {
        name: pd.DataFrame(gpd.read_file(file, layer=name))
        for name in ("zones", "links", "refusals")
    }
    for frame, columns in (
        (sites, ["site", "zone"]),
        (layers["zones"], ["zone", "provider", "exception"]),
    ):
        for column in columns:
            frame[column] = frame[column].fillna("").astype(str)
    layers["links"]["open"] = layers["links"]["open"].astype(bool)
    summary = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    return Plan(sites=sites.to_crs(metric_epsg(sites)), summary=summary, **layers)


def violations(plan, *, barriers=None, providers=None, site_ids=None, reach_m=60.0) -> list[str]:
    """Return everything that is wrong with a plan, in words.

    Parameters
    ----------
    barriers
        Frame of hard barriers (lines or polygons) with a CRS; without it open links are believed.
    providers
        Frame with name, capacity_m2 and capacity_households; unknown capacities are NaN.
    site_ids
        The sites that went in; without them a site that is missing altogether cannot be told.
    reach_m
        Longest gap of a link.
    """
    found = [
        *_lost_or_doubled(plan, site_ids),
        *_left_out_without_reason(plan),
        *_wrong_zones(plan),
        *_wrong_links(plan, reach_m),
        *_wrong_totals(plan),
    ]
    if barriers is not None:
        found += _links_through_barriers(plan, barriers.to_crs(plan.sites.crs), reach_m)
    if providers is not None:
        found += _overburdened(plan, providers)
    return found


def _lost_or_doubled(plan, site_ids):
    counts = Counter(plan.sites.site)
    yield from (f"site {site} occurs {n} times" for site, n in counts.items() if n > 1)
    for site in sorted(set(site_ids or ()) - set(counts)):
        yield f"site {site} is lost"
    for site in sorted(set(counts) - set(site_ids or counts)):
        yield f"site {site} was never given"
    for zone, n in Counter(plan.zones.zone).items():
        if n > 1:
            yield f"zone {zone} occurs {n} times"
    known = set(plan.zones.zone)
    for site, zone in zip(plan.placed.site, plan.placed.zone, strict=True):
        if zone not in known:
            yield f"site {site} is in zone {zone}, which does not exist"


def _left_out_without_reason(plan):
    left_out = plan.summary["left_out"]
    reasons = (
        left_out
        if isinstance(left_out, dict)
        else {str(row["site"]): row.get("reason") for row in left_out}
    )
    outside = set(plan.sites.site[plan.sites.zone == ""])
    for site in sorted(outside):
        if not reasons.get(site):
            yield f"site {site} is left out without a reason"
    for site in sorted(set(reasons) - outside):
        yield f"site {site} is said to be left out, but is in a zone"
    for site, reason in zip(plan.sites.site, plan.sites.reason, strict=True):
        if not isinstance(reason, str) or not reason.strip():
            yield f"site {site} has no reason"


def _wrong_zones(plan):
    graph = nx.Graph()
    graph.add_nodes_from(plan.sites.site)
    is_open = plan.links.open
    graph.add_edges_from(zip(plan.links.a[is_open], plan.links.b[is_open], strict=True))
    for row in plan.zones.itertuples():
        members = plan.sites[plan.sites.zone == row.zone]
        if members.empty:
            yield f"zone {row.zone} holds no site"
            continue
        yield from _wrong_sums(row, members)
        yield from _broken_limits(row, members, plan.thresholds)
        asks = plan.summary["contiguity"] == "required" and row.exception != "locked"
        if asks and not nx.is_connected(graph.subgraph(members.site)):
            parts = nx.number_connected_components(graph.subgraph(members.site))
            yield f"zone {row.zone} is in {parts} parts"


def _wrong_sums(row, members):
    for key in ("floor_area_m2", "households"):
        true, told = _sum(members[key]), float(getattr(row, key) or 0)
        told = 0.0 if math.isnan(told) else told
        if abs(true - told) > SUM_TOLERANCE:
            yield f"zone {row.zone} says {key} {told:.2f}, its sites sum to {true:.2f}"
    true = _diameter_m(members.geometry)
    if abs(true - row.diameter_m) > LENGTH_TOLERANCE_M:
        yield f"zone {row.zone} says diameter_m {row.diameter_m:.2f}, it is {true:.2f}"


def _sum(values):
    return float(pd.to_numeric(values).sum(skipna=True))


def _diameter_m(shapes):
    corners = shapely.get_coordinates(list(shapes))
    hull = shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(corners)))
    return max((math.dist(a, b) for a, b in combinations(hull.tolist(), 2)), default=0.0)


def _broken_limits(row, members, thresholds):
    measured = {
        "floor_area": _sum(members.floor_area_m2),
        "households": _sum(members.households),
        "diameter": _diameter_m(members.geometry),
    }
    slack = {"floor_area": 0.05, "households": 0.05, "diameter": LENGTH_TOLERANCE_M}
    broken = set()
    for key, limit in thresholds.items():
        what = next(name for name in measured if key.startswith(name))
        over = measured[what] - limit if key in MAXIMA else limit - measured[what]
        if over > slack[what]:
            broken.add(key)
    if row.exception == "locked":
        return
    excused = {"": set(), "oversize": MAXIMA | MINIMA, "below_minimum": MINIMA}
    if row.exception not in excused:
        yield f"zone {row.zone} has an exception that nobody knows: {row.exception}"
        return
    for key in sorted(broken - excused[row.exception]):
        yield f"zone {row.zone} breaks {key} without an exception"
    if row.exception == "oversize" and len(members) != 1:
        yield f"zone {row.zone} is called oversize, but holds {len(members)} sites"
    if row.exception == "oversize" and not broken & MAXIMA:
        yield f"zone {row.zone} is called oversize, but keeps every maximum"
    if row.exception == "below_minimum" and not broken & MINIMA:
        yield f"zone {row.zone} is called below_minimum, but reaches it"


def _wrong_links(plan, reach_m):
    shapes = plan.shape_of
    listed = set()
    for row in plan.links.itertuples():
        name = f"link {row.a}–{row.b}"
        if row.a not in shapes or row.b not in shapes or row.a == row.b:
            yield f"{name} does not join two known sites"
            continue
        if (pair := frozenset((row.a, row.b))) in listed:
            yield f"{name} occurs twice"
        listed.add(pair)
        gap = shapely.distance(shapes[row.a], shapes[row.b])
        if abs(gap - row.gap_m) > LENGTH_TOLERANCE_M:
            yield f"{name} says gap_m {row.gap_m:.2f}, it is {gap:.2f}"
        if row.open and row.kind == "near" and gap > reach_m + LENGTH_TOLERANCE_M:
            yield f"{name} is open over {gap:.1f} m, farther than the reach"
        if row.cost_m < row.gap_m - LENGTH_TOLERANCE_M:
            yield f"{name} costs less than its gap"
        if not row.open and row.kind == "near" and not row.barrier:
            yield f"{name} is closed by nothing"
    names, geometries = list(shapes), np.array(list(shapes.values()), dtype=object)
    a, b = shapely.STRtree(geometries).query(
        geometries, predicate="dwithin", distance=reach_m - LENGTH_TOLERANCE_M
    )
    for i, j in zip(a.tolist(), b.tolist(), strict=True):
        if i < j and frozenset((names[i], names[j])) not in listed:
            yield f"link {names[i]}–{names[j]} is missing"


def _links_through_barriers(plan, barriers, reach_m):
    shapes, walls = plan.shape_of, barriers.geometry.to_numpy()
    tree = shapely.STRtree(walls)
    for row in plan.links.itertuples():
        if not row.open or row.kind != "near" or row.a not in shapes or row.b not in shapes:
            continue
        a, b = shapes[row.a], shapes[row.b]
        near = walls[np.sort(tree.query(a, predicate="dwithin", distance=reach_m))]
        if len(near) and is_blocked(a, b, shapely.union_all(near), reach_m):
            yield f"link {row.a}–{row.b} is open through a barrier"


def is_blocked(a, b, barrier, reach_m) -> bool:
    """Tell whether no straight way of at most `reach_m` between two outlines avoids the barrier.

    Parts of the barrier inside either site do not count. Sites that touch are blocked where the
    barrier covers over half of the edge that they share.
    """
    if shapely.distance(a, b) < 0.01:
        shared = shapely.intersection(a.boundary, shapely.buffer(b, 0.05))
        covered = shapely.intersection(shared, shapely.buffer(barrier, ALONG_M))
        return bool(shapely.length(covered) > shapely.length(shared) / 2)
    inside = shapely.union_all([shapely.buffer(shape, -ALONG_M) for shape in (a, b)])
    outside = shapely.difference(barrier, inside)
    starts, ends = _outline_points(a), _outline_points(b)
    at, to = np.meshgrid(np.arange(len(starts)), np.arange(len(ends)), indexing="ij")
    length_m = np.hypot(*(starts[at] - ends[to]).T).T
    short = length_m <= reach_m
    ways = shapely.linestrings(np.stack((starts[at[short]], ends[to[short]]), axis=1))
    shapely.prepare(outside)
    return bool(shapely.intersects(outside, ways).all())


def _outline_points(shape):
    """Return every corner, and points between that are at most 5 m and at most 2.5 m apart."""
    outline = shape.boundary if shapely.get_dimensions(shape) == 2 else shape
    return np.concatenate(
        [shapely.get_coordinates(shapely.segmentize(outline, step)) for step in STEPS_M]
    )


def _wrong_totals(plan):
    totals = plan.summary["totals"]
    true = {
        "zones": len(plan.zones),
        "sites": len(plan.sites),
        "left_out": int((plan.sites.zone == "").sum()),
        "floor_area_m2": _sum(plan.sites.floor_area_m2),
        "households": _sum(plan.sites.households),
    }
    for key, value in true.items():
        told = totals.get(key)
        if told is None and value:
            yield f"the total of {key} is missing"
        elif told is not None and abs(told - value) > (SUM_TOLERANCE if "_" in key else 0.5):
            yield f"the total of {key} is said to be {told}, it is {value}"
    if not re.fullmatch("[0-9a-f]{64}", str(plan.summary.get("plan_hash"))):
        yield "the plan has no hash"


def _overburdened(plan, providers):
    known = set(providers["name"])
    for row in plan.zones.itertuples():
        if row.provider and row.provider not in known:
            yield f"zone {row.zone} goes to {row.provider}, whom nobody knows"
    for key in ("floor_area_m2", "households"):
        capacity_key = "capacity_m2" if key == "floor_area_m2" else "capacity_households"
        capacity = dict(zip(providers["name"], pd.to_numeric(providers[capacity_key]), strict=True))
        for provider, taken in plan.zones[plan.zones.provider != ""].groupby("provider")[key]:
            limit = capacity.get(provider)
            if limit is not None and not pd.isna(limit) and _sum(taken) > limit + SUM_TOLERANCE:
                yield f"{provider} takes {key} {_sum(taken):.0f}, its capacity is {limit:.0f}"
    refused = set(zip(plan.refusals.zone.astype(str), plan.refusals.provider, strict=True))
    for row in plan.zones.itertuples():
        if row.provider and (row.zone, row.provider) in refused:
            yield f"{row.provider} is proposed for zone {row.zone} and refused for it"
