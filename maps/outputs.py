"""What a plan leaves behind for one area: coverage map, zone shapefile, plan.gpkg and plan.json."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import Fault, gettext_noop
from geo.words import FIRM_KINDS, AreaLevel
from layers.derived import DerivedSites
from layers.ground import Ground
from layers.plan_frames import PlanFrames
from layers.sites import SiteKind
from maps.coverage_map import MapFacts, MapFrames, Rate, coverage_map
from maps.exports import canonical_json, write_plan_files
from maps.notices import Notices
from maps.statuses import ServiceStatus

MAP = "coverage.html"
ZONES = "zones_shp.zip"
GEOPACKAGE = "plan.gpkg"
SUMMARY = "plan.json"
FILES = (MAP, ZONES, GEOPACKAGE, SUMMARY)
FROM_FILES = gettext_noop("按所给文件中的小区计，服务状况不详的留在分母")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where the data of an output come from, for its title block and its notices."""

    area: str
    source: str
    data_date: date
    written_at: datetime
    policy: str
    is_sample: bool


def write_outputs(
    out: Path, *, map_frames: MapFrames, plan: PlanFrames, rates: tuple[Rate, ...], origin: Origin
) -> tuple[Fault, ...]:
    """Write the four files of an area; return what the shapefile could not hold."""
    notices = notices_of(origin, plan_hash=str(plan.summary["plan_hash"]), rates=rates)
    page = drawn_map(map_frames, rates=rates, origin=origin, notices=notices)
    faults = write_plan_files(
        out,
        zones=plan.zones,
        sites=plan.sites,
        links=plan.links,
        refusals=plan.refusals,
        summary=plan.summary,
        notices=notices,
    )
    replace_text(out / MAP, page)
    return faults


def write_summary(out: Path, summary: Mapping[str, object]) -> None:
    """Write plan.json anew, with what is known only after everything else is written."""
    replace_text(out / SUMMARY, canonical_json(summary))


def write_map(
    path: Path, frames: MapFrames, *, rates: tuple[Rate, ...], origin: Origin, notices: Notices
) -> None:
    """Write the coverage map alone."""
    replace_text(path, drawn_map(frames, rates=rates, origin=origin, notices=notices))


def drawn_map(
    frames: MapFrames, *, rates: tuple[Rate, ...], origin: Origin, notices: Notices
) -> str:
    """Return the coverage map as an HTML document."""
    title = f"{origin.area}物业服务覆盖与连片管理片区图"
    facts = MapFacts(title=title, district=origin.area, rates=rates, notices=notices)
    return coverage_map(frames, facts)


def replace_text(path: Path, text: str) -> None:
    """Write a file; an older one stays until the new one is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".writing")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)  # noqa: PTH105 (the call that is atomic)


def notices_of(origin: Origin, *, plan_hash: str, rates: tuple[Rate, ...]) -> Notices:
    """Return what every file of the area says about itself."""
    return Notices(
        title=f"{origin.area}连片方案",
        source=origin.source,
        data_date=origin.data_date,
        written_at=origin.written_at,
        measure="；".join(f"{rate.name}：{rate.measure}" for rate in rates),
        policy=origin.policy,
        plan_hash=plan_hash,
        is_sample=origin.is_sample,
    )


def place_of(ground: Ground) -> str:
    """Return the name of the highest managing area; "" where several are equally high, or none."""
    areas = ground.areas
    for level in AreaLevel:
        names = areas.loc[areas["level"] == level, "name"].unique()
        if len(names):
            return str(names[0]) if len(names) == 1 else ""
    return ""


def map_frames_of(ground: Ground, derived: DerivedSites, plan: PlanFrames) -> MapFrames:
    """Return the layers of the map: all sites of the day with their status and zone."""
    sites = derived.frame.rename(columns={"code": "site"})
    planned = plan.sites.set_index("site")
    for column in ("zone", "exception", "reason"):
        said = planned[column].to_dict()
        sites[column] = [said.get(site, "") for site in sites["site"]]
    sites["mode"] = ""
    sites["address"] = _addresses(sites, ground)
    sites["status"] = statuses_of(sites, ground)
    buildings = ground.buildings[["name", "compound", "storeys", "geometry"]].assign(
        compound=_holders(ground, derived)
    )
    return MapFrames(
        areas=ground.areas[["name", "level", "geometry"]],
        sites=sites,
        zones=plan.zones,
        barriers=ground.barriers,
        crossings=ground.crossings,
        buildings=buildings,
    )


def statuses_of(sites: gpd.GeoDataFrame, ground: Ground) -> list[ServiceStatus]:
    """Return how each site is served: a plan alone serves nobody, and unknown is not "nobody"."""
    kinds = dict(zip(ground.providers["name"], ground.providers["kind"], strict=True))
    noted = dict(zip(ground.compounds["code"], ground.compounds["provider"], strict=True))
    return [
        _status(row, kind=kinds.get(row.provider, ""), noted=str(noted.get(row.site, "")))
        for row in sites.itertuples()
    ]


def _status(row: object, *, kind: str, noted: str) -> ServiceStatus:
    if row.is_served:  # type: ignore[attr-defined]
        is_firm = kind in FIRM_KINDS
        return ServiceStatus.IN_SERVICE if is_firm else ServiceStatus.SELF_MANAGED
    if row.zone:  # type: ignore[attr-defined]
        return ServiceStatus.PLANNED
    is_told = bool(noted) or row.kind != SiteKind.COMPOUND  # type: ignore[attr-defined]
    return ServiceStatus.UNMANAGED if is_told else ServiceStatus.UNKNOWN


def _addresses(sites: gpd.GeoDataFrame, ground: Ground) -> pd.Series:
    known = ground.compounds.drop_duplicates("code").set_index("code")["address"]
    addresses: pd.Series = sites["site"].map(known).fillna("")
    return addresses


def _holders(ground: Ground, derived: DerivedSites) -> np.ndarray:
    """Return a mark for every building that belongs to no scattered site: its site's code."""
    of_compounds = derived.frame[
        derived.frame["kind"].isin([SiteKind.COMPOUND, SiteKind.MANAGEMENT_AREA])
    ]
    scattered = derived.frame.drop(of_compounds.index)
    codes = {code for members in scattered["members"] for code in members}
    codes |= set(derived.set_aside["code"])
    return np.where(ground.buildings["code"].isin(codes), "", "held")


def tells_service(ground: Ground) -> bool:
    """Return whether contracts, or notes beside compounds, say who serves or that nobody does."""
    has_contracts = ground.contracts is not None and not ground.contracts.empty
    return has_contracts or bool((ground.compounds["provider"] != "").any())


def rates_from_files(ground: Ground, derived: DerivedSites) -> tuple[Rate, ...]:
    """Return what files alone can tell: how many of their compounds are served, and by whom.

    Files that say nothing of who serves give no rate at all: 0 % would be a statement.
    """
    if not tells_service(ground):
        return ()
    served_by = ground.compounds["code"].map(_providers_of_compounds(derived))
    counted = {gettext_noop("物业服务覆盖率（含自治、托管）"): served_by.notna()}
    if not ground.providers.empty:  # else nothing says who of those that serve is a firm
        firms = ground.providers.loc[ground.providers["kind"].isin(FIRM_KINDS), "name"]
        counted = {gettext_noop("物业企业服务覆盖率"): served_by.isin(firms), **counted}
    return tuple(
        Rate(
            name=name,
            numerator=int(flags.sum()),
            denominator=len(ground.compounds),
            unit=gettext_noop("小区"),
            measure=FROM_FILES,
        )
        for name, flags in counted.items()
    )


def _providers_of_compounds(derived: DerivedSites) -> dict[str, str]:
    """Return who serves, by compound: its own provider, or that of its management area."""
    sites = derived.frame
    holds_compounds = sites["kind"].isin([SiteKind.COMPOUND, SiteKind.MANAGEMENT_AREA])
    served = sites[holds_compounds & sites["is_served"]]
    return {code: site.provider for site in served.itertuples() for code in site.members}
