"""An independent judge of a plan's files: it imports nothing of the product.

`read_plan(folder)` reads plan.gpkg and plan.json; `violations(plan, …)` says in words everything
that is wrong with them, and an empty list means that nothing was found. Every rule is written anew
from the definitions (links and barriers by brute force in `tests.checker_links`, managing areas in
`tests.checker_areas`, connection by networkx, lengths in the Gauss-Krüger zone of the place), so
that a mistake of the product and one of the judge would have to be the same mistake to go unseen.

plan.gpkg   zones [zone, floor_area_m2, households, diameter_m, provider, exception],
            sites [site, zone, floor_area_m2, households, area_code, exception, reason] with
            polygons; a site in no zone has "" or null as its zone,
            links [a, b, gap_m, cost_m, kind, barrier, open], refusals [zone, provider, reason]
plan.json   plan_hash, contiguity, thresholds {floor_area_min_m2 …}, totals {zones, sites,
            left_out, floor_area_m2, households}, left_out [{site, reasons}], scope, strategy
            (optional; "none" = thresholds do not apply), reach_m (optional)
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
import pandas as pd
import shapely

from tests.checker_areas import misplaced, out_of_scope
from tests.checker_links import unlawful_links, unverified_links, wrong_links

LENGTH_TOLERANCE_M = 0.1
"""Coordinates in degrees are rounded, and come back through another projection."""
SUM_TOLERANCE = 1.0
ROUNDED = 0.5
"""A file may hold whole m² and households: that much a site may be off."""
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
        (sites, ["site", "zone", "area_code"]),
        (layers["zones"], ["zone", "provider", "exception"]),
    ):
        for column in columns:
            frame[column] = frame[column].fillna("").astype(str)
    layers["refusals"]["zone"] = layers["refusals"]["zone"].astype(str)
    layers["links"]["open"] = layers["links"]["open"].astype(bool)
    summary = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    return Plan(sites=sites.to_crs(metric_epsg(sites)), summary=summary, **layers)


def violations(
    plan,
    *,
    barriers=None,
    crossings=None,
    areas=None,
    providers=None,
    site_ids=None,
    decided=(),
    reach_m=None,
    crossing_reach_m=150.0,
) -> list[str]:
    """Return everything that is wrong with a plan, in words.

    Parameters
    ----------
    barriers
        Frame of hard barriers (lines or polygons) with a CRS; without it open and closed links are
        believed. Where it has a column `kind`, only the kinds that a closed link names count.
    crossings
        Frame of lines with a CRS; without it links over crossings are believed.
    areas
        Frame of the managing areas of the day: area (its code, else its name), level and parent;
        without it the scope is believed. Where it has shapes, sites must lie where they say.
    providers
        Frame with id, capacity_m2 and capacity_households; unknown capacities are NaN.
    site_ids
        The sites that went in; without them a site that is missing altogether cannot be told.
    decided
        Pairs of sites that a planner joined or cut.
    reach_m
        Longest gap of a link; else as plan.json says, else 60 m.
    crossing_reach_m
        How far from an end of a crossing the sites that it joins may lie.
    """
    reach_m = reach_m or plan.summary.get("reach_m") or 60.0
    found = [
        *_lost_or_doubled(plan, site_ids),
        *_left_out_without_reason(plan),
        *_wrong_zones(plan),
        *wrong_links(plan, reach_m, decided),
        *_wrong_totals(plan),
    ]
    if areas is not None:
        found += out_of_scope(plan, areas)
    if isinstance(areas, gpd.GeoDataFrame):
        found += misplaced(plan, areas.to_crs(plan.sites.crs))
    if barriers is not None:
        found += unlawful_links(plan, barriers.to_crs(plan.sites.crs), reach_m)
    if crossings is not None:
        found += unverified_links(plan, crossings.to_crs(plan.sites.crs), crossing_reach_m)
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
    reasons = {str(row["site"]): row["reasons"] for row in plan.summary["left_out"]}
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
        if abs(true - told) > SUM_TOLERANCE + ROUNDED * len(members):
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
    rounded = ROUNDED * len(members)
    slack = {"floor_area": rounded, "households": rounded, "diameter": LENGTH_TOLERANCE_M}
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
        elif told is not None and abs(told - value) > _slack(key, len(plan.sites)):
            yield f"the total of {key} is said to be {told}, it is {value}"
    if not re.fullmatch("[0-9a-f]{64}", str(plan.summary.get("plan_hash"))):
        yield "the plan has no hash"


def _slack(key, sites):
    is_sum = key in {"floor_area_m2", "households"}
    return SUM_TOLERANCE + ROUNDED * sites if is_sum else 0


def _overburdened(plan, providers):
    known = set(providers["id"])
    for row in plan.zones.itertuples():
        if row.provider and row.provider not in known:
            yield f"zone {row.zone} goes to {row.provider}, whom nobody knows"
    for key in ("floor_area_m2", "households"):
        capacity_key = "capacity_m2" if key == "floor_area_m2" else "capacity_households"
        capacity = dict(zip(providers["id"], pd.to_numeric(providers[capacity_key]), strict=True))
        for provider, taken in plan.zones[plan.zones.provider != ""].groupby("provider")[key]:
            limit = capacity.get(provider)
            if (
                limit is not None
                and not pd.isna(limit)
                and _sum(taken) > limit + SUM_TOLERANCE + ROUNDED * len(plan.sites)
            ):
                yield f"{provider} takes {key} {_sum(taken):.0f}, its capacity is {limit:.0f}"
    refused = set(zip(plan.refusals.zone.astype(str), plan.refusals.provider, strict=True))
    for row in plan.zones.itertuples():
        if row.provider and (row.zone, row.provider) in refused:
            yield f"{row.provider} is proposed for zone {row.zone} and refused for it"
