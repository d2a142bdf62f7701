"""A plan as frames: zones with outlines, sites, links and refusals, and its summary."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import STORAGE_SRID, to_storage
from geo.errors import gettext_noop
from layers.assignment import RULE_WORDS
from layers.chosen import Choice
from layers.draft import Draft
from layers.outlines import zone_outlines
from layers.proposal import ProposedZone, plan_hash
from layers.reasons import Reason
from layers.rules import limits_of

Translate = Callable[[str], str]

ZONE_COLUMNS = (
    *("zone", "floor_area_m2", "households", "households_unknown", "sites", "diameter_m"),
    *("walk_m", "margin_yuan", "provider", "is_backstop", "choice", "exception", "reason"),
)
SITE_COLUMNS = (
    *("site", "name", "kind", "zone", "floor_area_m2", "households"),
    *("area_code", "mode", "exception", "reason"),
)
CHOSEN = gettext_noop("人工选定")
CHOSEN_AGAINST = gettext_noop("人工选定（违反规则：{rules}，理由：{why}）")
CHOSEN_UNREASONED = gettext_noop("人工选定（违反规则：{rules}，未记录理由）")
DECIMALS = 2
"""Of m², households and yuan: so many that the sums of thousands of sites still agree with the
totals, and no more than anybody would read."""
LINK_COLUMNS = ("a", "b", "gap_m", "cost_m", "kind", "barrier", "open")


@dataclass(frozen=True, kw_only=True)
class PlanFrames:
    """What a plan says, ready for maps and files. Geometries are in EPSG:4490.

    zones       zone, floor_area_m2, households, households_unknown, sites, diameter_m, walk_m,
                margin_yuan, provider, is_backstop, choice, exception, reason; outline
    sites       site, name, kind, zone, floor_area_m2, households, area_code, mode, exception,
                reason; polygon
    links       a, b, gap_m, cost_m, kind, barrier, open; shortest line between the two
    refusals    zone, provider, reason
    """

    zones: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    links: gpd.GeoDataFrame
    refusals: pd.DataFrame
    summary: Mapping[str, object]


def plan_frames(draft: Draft, *, translate: Translate = str) -> PlanFrames:
    """Return the frames of a drafted plan, reasons as sentences in the language of `translate`."""
    return PlanFrames(
        zones=_zones(draft, translate),
        sites=_sites(draft, translate),
        links=_links(draft),
        refusals=_refusals(draft, translate),
        summary=summary_of(draft, translate=translate),
    )


def told(reasons: Sequence[Reason], translate: Translate) -> str:
    """Return reasons as one text."""
    return " ".join(reason.sentence(translate) for reason in reasons)


def told_choice(choice: Choice | None, keys: Iterable[str], translate: Translate) -> str:
    """Return in a few words that a planner chose the provider, and against which rules.

    `keys` are those of the reasons that are told of the provider.
    """
    if choice is None:
        return ""
    rules = list(dict.fromkeys(translate(RULE_WORDS[key]) for key in keys if key in RULE_WORDS))
    if not rules:
        return translate(CHOSEN)
    key = CHOSEN_AGAINST if choice.reason else CHOSEN_UNREASONED
    return translate(key).format(rules="、".join(rules), why=choice.reason)


def _zones(draft: Draft, translate: Translate) -> gpd.GeoDataFrame:
    sites, zones = draft.sites, draft.proposal.zones
    zone_of = np.array([site.zone for site in draft.proposal.sites], dtype=np.str_)
    reach_m = draft.policy.links.reach_m
    outlines = zone_outlines(sites.polygons, zone_of, reach_m=reach_m)
    rows = [_zone_row(zone, translate) for zone in zones]
    drawn = np.array([outlines[zone.label] for zone in zones], dtype=object)
    return gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=list(ZONE_COLUMNS)),
        geometry=to_storage(drawn, sites.srid),
        crs=STORAGE_SRID,
    )


def _zone_row(zone: ProposedZone, translate: Translate) -> dict[str, object]:
    return {
        "zone": zone.label,
        "floor_area_m2": _known(zone.floor_area_m2),
        "households": _known(zone.households),
        "households_unknown": zone.account.unknown_households,
        "sites": len(zone.members),
        "diameter_m": round(zone.diameter_m, 1),
        "walk_m": round(zone.walk_m, 1),
        "margin_yuan": _known(zone.margin),
        "provider": zone.provider,
        "is_backstop": zone.is_backstop,
        "choice": told_choice(zone.choice, [why.key for why in zone.provider_reasons], translate),
        "exception": str(zone.exception),
        "reason": told((*zone.reasons, *zone.provider_reasons), translate),
    }


def _sites(draft: Draft, translate: Translate) -> gpd.GeoDataFrame:
    sites, proposed = draft.sites, draft.proposal.sites
    # The finest area that holds the site: what an official looks for first.
    area = np.where(sites.community != "", sites.community, sites.subdistrict)
    area = np.where(area != "", area, sites.district)
    columns = {
        "site": sites.ids,
        "name": sites.names,
        "kind": sites.kinds,
        "zone": [site.zone for site in proposed],
        "floor_area_m2": np.round(sites.floor_area_m2, DECIMALS),
        "households": np.round(sites.households, DECIMALS),
        "area_code": area,
        "mode": "",
        "exception": [str(site.exception) for site in proposed],
        "reason": [told(site.reasons, translate) for site in proposed],
    }
    geometry = to_storage(sites.polygons, sites.srid)
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=STORAGE_SRID)


def _links(draft: Draft) -> gpd.GeoDataFrame:
    sites, links = draft.sites, draft.links
    columns = {
        "a": sites.ids[links.a],
        "b": sites.ids[links.b],
        "gap_m": np.round(links.gap_m, 3),
        "cost_m": np.round(links.cost_m, 3),
        "kind": links.kind,
        "barrier": links.barrier,
        "open": links.is_open,
    }
    between = shapely.shortest_line(sites.polygons[links.a], sites.polygons[links.b])
    return gpd.GeoDataFrame(columns, geometry=to_storage(between, sites.srid), crs=STORAGE_SRID)


def _refusals(draft: Draft, translate: Translate) -> pd.DataFrame:
    rows = [
        {
            "zone": refusal.zone,
            "provider": refusal.provider,
            "reason": told(refusal.reasons, translate),
        }
        for refusal in draft.proposal.refusals
    ]
    return pd.DataFrame(rows, columns=["zone", "provider", "reason"])


def summary_of(draft: Draft, *, translate: Translate = str) -> dict[str, object]:
    """Return what plan.json says, but for the seconds, which only the caller knows."""
    proposal, policy = draft.proposal, draft.policy
    limits = limits_of(policy)
    return {
        "plan_hash": plan_hash(proposal),
        "seed": proposal.seed,
        "effort": str(policy.bundling.effort),
        "policy": policy.id,
        "policy_name": policy.name,
        "taken_from_default": list(policy.taken_from_default),
        "on_date": proposal.on_date.isoformat(),
        "metric_srid": draft.sites.srid,
        "strategy": str(policy.bundling.strategy),
        "contiguity": str(policy.bundling.contiguity),
        "scope": str(policy.bundling.scope),
        "reach_m": policy.links.reach_m,
        "thresholds": {
            "floor_area_min_m2": limits.floor_area_min_m2,
            "floor_area_max_m2": limits.floor_area_max_m2,
            "households_min": limits.households_min,
            "households_max": limits.households_max,
            "diameter_max_m": limits.diameter_max_m,
        },
        "totals": {name: _known(value) for name, value in proposal.totals.items()},
        "left_out": [
            {
                "site": site.id,
                "reason": told(site.reasons, translate),
                "reasons": [reason.key for reason in site.reasons],
            }
            for site in proposal.left_out
        ],
        "status": proposal.status,
        "gap_percent": proposal.gap_percent,
        "gap_objective": proposal.gap_objective,
        "objectives": {name: _known(value) for name, value in proposal.objectives.items()},
        "bounds": {name: _known(value) for name, value in proposal.bounds.items()},
        "assignment_gap_percent": proposal.assignment_gap_percent,
        "work": proposal.work,
        "choices": {zone.label: zone.choice.as_json() for zone in proposal.zones if zone.choice},
        "notices": [
            {
                "key": notice.text,
                "values": dict(notice.values),
                "said": notice.sentence(translate),
            }
            for notice in draft.derived.notices
        ],
    }


def _known(number: float) -> float | None:
    """Return a number as JSON and tables hold it; unknown is nothing, never 0."""
    if isinstance(number, int):
        return number
    return None if math.isnan(number) else round(number, DECIMALS)


def no_plan() -> PlanFrames:
    """Return the frames of an area that has no plan."""

    def without_rows(columns: tuple[str, ...]) -> gpd.GeoDataFrame:
        table = pd.DataFrame(columns=list(columns))
        return gpd.GeoDataFrame(table, geometry=[], crs=STORAGE_SRID)

    return PlanFrames(
        zones=without_rows(ZONE_COLUMNS),
        sites=without_rows(SITE_COLUMNS),
        links=without_rows(LINK_COLUMNS),
        refusals=pd.DataFrame(columns=["zone", "provider", "reason"]),
        summary={},
    )
