"""Read a stored plan as the frames that maps and files are made from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from django.contrib.gis.db.models.functions import AsWKB

from geo.crs import STORAGE_SRID
from geo.errors import Fault
from layers.models import NeighbourLink, Plan, PlanSite, Refusal, Zone
from layers.plan_frames import (
    LINK_COLUMNS,
    SITE_COLUMNS,
    ZONE_COLUMNS,
    PlanFrames,
    Translate,
    told,
    told_choice,
)
from layers.planning.read_choices import read_choices
from layers.planning.read_refusals import each_refused, names_of_refused
from layers.reasons import Reason


def read_plan(plan: Plan, *, translate: Translate = str) -> PlanFrames:
    """Return the frames of a stored plan, reasons as sentences in the language of `translate`."""
    return PlanFrames(
        zones=_zones(plan, translate),
        sites=_sites(plan, translate),
        links=_links(plan),
        refusals=_refusals(plan, translate),
        summary=summary_of_stored(plan),
    )


def sentences(reasons: Iterable[Mapping[str, Any]], translate: Translate) -> str:
    """Return stored reasons as one text."""
    return told([Reason(each["key"], each["values"]) for each in reasons], translate)


def _zones(plan: Plan, translate: Translate) -> gpd.GeoDataFrame:
    zones = list(
        Zone.objects.filter(plan=plan)
        .select_related("assignment__provider", "chosen")
        .prefetch_related("sites")
        .annotate(wkb=AsWKB("geometry"))
        .order_by("number")
    )
    rows = [_zone_row(zone, translate) for zone in zones]
    return _framed(rows, ZONE_COLUMNS, [zone.wkb for zone in zones])


def _zone_row(zone: Any, translate: Translate) -> dict[str, object]:
    assignment = getattr(zone, "assignment", None)
    return {
        "zone": str(zone.number),
        "floor_area_m2": zone.floor_area_m2,
        "households": zone.households,
        "households_unknown": zone.households_unknown,
        "sites": len(zone.sites.all()),
        "diameter_m": zone.diameter_m,
        "walk_m": zone.walk_m,
        "margin_yuan": zone.margin_yuan,
        "provider": assignment.provider.name if assignment else "",
        "is_backstop": bool(assignment and assignment.is_backstop),
        "choice": told_choice(zone.choice, [w["key"] for w in zone.provider_reasons], translate),
        "exception": zone.exception,
        "reason": sentences([*zone.reasons, *zone.provider_reasons], translate),
    }


def _sites(plan: Plan, translate: Translate) -> gpd.GeoDataFrame:
    sites = list(
        PlanSite.objects.filter(plan=plan)
        .select_related("zone", "area")
        .annotate(wkb=AsWKB("geometry"))
        .order_by("site")
    )
    rows = [
        {
            "site": site.site,
            "name": site.name,
            "kind": site.kind,
            "zone": str(site.zone.number) if site.zone else "",
            "floor_area_m2": site.floor_area_m2,
            "households": site.households,
            "area_code": site.area.code if site.area else "",
            "mode": site.mode,
            "exception": site.exception,
            "reason": sentences(site.reasons, translate),
        }
        for site in sites
    ]
    return _framed(rows, SITE_COLUMNS, [site.wkb for site in sites])


def _links(plan: Plan) -> gpd.GeoDataFrame:
    """Return the links, each drawn as the shortest line between its two sites."""
    shapes = {
        site: shapely.from_wkb(bytes(wkb)) if wkb else None
        for site, wkb in PlanSite.objects.filter(plan=plan).values_list("site", AsWKB("geometry"))
    }
    rows = [
        dict(zip(LINK_COLUMNS, row, strict=True))
        for row in NeighbourLink.objects.filter(plan=plan)
        .order_by("a", "b")
        .values_list("a", "b", "gap_m", "cost_m", "kind", "barrier", "is_open")
    ]
    between = [shapely.shortest_line(shapes[row["a"]], shapes[row["b"]]) for row in rows]
    table = pd.DataFrame(rows, columns=list(LINK_COLUMNS))
    return gpd.GeoDataFrame(table, geometry=between, crs=STORAGE_SRID)


def _refusals(plan: Plan, translate: Translate) -> pd.DataFrame:
    refusals = list(
        Refusal.objects.filter(zone__plan=plan).select_related("zone").defer("zone__geometry")
    )
    names = names_of_refused(refusals)
    told = sorted(
        (refusal.zone.number, name, sentences(reasons, translate))
        for refusal in refusals
        for name, reasons in each_refused([refusal], names)
    )
    rows = [(str(number), name, reason) for number, name, reason in told]
    return pd.DataFrame(rows, columns=["zone", "provider", "reason"])


def _framed(
    rows: Sequence[Mapping[str, object]], columns: tuple[str, ...], wkb: list[Any]
) -> gpd.GeoDataFrame:
    shapes = [shapely.from_wkb(bytes(each)) if each else None for each in wkb]
    table = pd.DataFrame(rows, columns=list(columns))
    return gpd.GeoDataFrame(table, geometry=shapes, crs=STORAGE_SRID)


def summary_of_stored(plan: Plan) -> dict[str, object]:
    """Return what plan.json says of a stored plan."""
    return {
        **plan.summary,
        "plan": plan.pk,
        "version": plan.version,
        "area": plan.area.code,
        "state": plan.status,
        "choices": {label: one.as_json() for label, one in read_choices(plan).items()},
        "known_at": plan.known_at.isoformat(),
        "checked": told_check(plan.checked),
        "rank": plan.rank,
        "difference": sentences(plan.difference, str),
        "sensitivity": told_sensitivity(plan.sensitivity),
    }


def told_check(checked: Mapping[str, Any], translate: Translate = str) -> dict[str, Any]:
    """Return the independent check of a plan with a sentence for each finding."""
    return {**checked, "faults": _told(checked.get("faults", ()), translate)} if checked else {}


def told_notices(plan: Plan, translate: Translate = str) -> list[str]:
    """Return what the ground that the plan was made of left to be looked into."""
    return _told(plan.summary.get("notices", ()), translate)


def _told(faults: Iterable[Mapping[str, Any]], translate: Translate) -> list[str]:
    return [Fault(each["key"], each["values"]).sentence(translate) for each in faults]


def told_sensitivity(
    rows: Iterable[Mapping[str, Any]], translate: Translate = str
) -> list[dict[str, Any]]:
    """Return the table of sensitivity with a sentence in each row for what differs."""
    return [{"what": Reason(row["key"], row["values"]).sentence(translate), **row} for row in rows]
