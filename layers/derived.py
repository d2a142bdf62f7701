"""Derived values (推算): from what is recorded on the ground to the sites of a plan.

The site frame that leaves here is what `Sites.from_frame` reads. Geopandas is at home here, as in
`layers.survey`: every step is a join or a sum over rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault, gettext_noop
from layers.adjacency import Barriers, Crossings
from layers.area_codes import CODED, AreaTree
from layers.courtyards import cluster, courtyard_code, why_not_residential
from layers.ground import Ground
from layers.pieces import cut_barriers
from layers.policy import Policy
from layers.service import Contract, Service, Thing, middle, service_on
from layers.sides import tell_across
from layers.sites import SiteKind
from layers.survey import (
    DERIVED,
    RECORDED,
    STORAGE_CRS,
    UNKNOWN,
    Survey,
    metric,
    take_stock,
)
from layers.wishes import wishes_of

NOBODY = frozenset({"", "无", "无物业", "无物业管理", "无人管理", "没有"})
"""What clerks write for the provider where there is none."""

_MANAGEMENT_AREA, _COMPOUND, _COURTYARD, _BUILDING = (
    str(kind)
    for kind in (
        SiteKind.MANAGEMENT_AREA,
        SiteKind.COMPOUND,
        SiteKind.COURTYARD,
        SiteKind.BUILDING,
    )
)
_COLUMNS = (
    *("code", "name", "kind", "own_code", "members", *CODED),
    *("floor_area_m2", "floor_area_source", "households", "households_source"),
    *("fee", "is_served", "provider", "is_lead", "spare_m2", "lock", "together", "apart"),
    *("built", "is_old", "is_old_source", "geometry"),
)


@dataclass(frozen=True, kw_only=True)
class DerivedSites:
    """The site frame, what was set aside, and what a person should know."""

    frame: gpd.GeoDataFrame
    set_aside: gpd.GeoDataFrame
    """Scattered buildings taken not to be homes (非住宅（推定）), each with its reason."""
    notices: tuple[Fault, ...]


def site_frame(  # noqa: PLR0913 (one argument for each kind of input, all optional)
    *,
    compounds: gpd.GeoDataFrame | None = None,
    buildings: gpd.GeoDataFrame | None = None,
    areas: gpd.GeoDataFrame | None = None,
    management_areas: gpd.GeoDataFrame | None = None,
    courtyards: gpd.GeoDataFrame | None = None,
    contracts: pd.DataFrame | None = None,
    barriers: gpd.GeoDataFrame | None = None,
    policy: Policy,
    on_date: date,
    srid: int,
) -> gpd.GeoDataFrame:
    """Return the frame of `derive_sites`, whose inputs stand here one by one."""
    ground = Ground(
        compounds=compounds,
        buildings=buildings,
        areas=areas,
        management_areas=management_areas,
        courtyards=courtyards,
        contracts=contracts,
        barriers=barriers,
    )
    return derive_sites(ground, policy=policy, on_date=on_date, srid=srid).frame


def derive_sites(ground: Ground, *, policy: Policy, on_date: date, srid: int) -> DerivedSites:
    """Return the sites (纳管对象) of a day with every derived value and its source.

    A site is a management area with its members, else a compound, else a courtyard, else a
    scattered residential building. Frames may be in any declared CRS; the site frame is in
    CGCS2000 longitude and latitude (EPSG:4490). Areas and distances are measured in `srid`.

    Returns
    -------
    DerivedSites
        Its frame has the columns code, name, kind, own_code (what the thing itself is called,
        which another kind of thing may be called too), members (the codes of what it is made of),
        district, subdistrict, community,
        floor_area_m2, floor_area_source, households, households_source, fee (yuan per m² and
        month), is_served, provider, is_lead, spare_m2, lock, together, apart, built, is_old,
        is_old_source and geometry, sorted by code. Sources are recorded | derived |
        unknown. Households stay unrounded.
    """
    survey = take_stock(ground, policy=policy, on_date=on_date, srid=srid)
    service = _service(survey, on_date=on_date)
    homes, set_aside = _scattered(survey, policy)
    courtyards = _courtyards(homes, service, survey, policy=policy, srid=srid)
    units = _units(survey, homes, courtyards, old_year=policy.old_year)
    sites = _merged(units, survey.groups)
    parts = _parts(units, survey.buildings)
    sites = _with_service(sites, [_covering(thing, service, parts) for thing in sites.index])
    tree = AreaTree(survey.areas.to_crs(srid), on_date=on_date)
    codes = tree.codes_of(metric(sites, srid), sites["area"].tolist())
    wishes = wishes_of(survey, units, list(sites.index))
    kinds = [kind for kind, _ in sites.index]
    told_apart = _told_apart(list(sites.index))
    own_codes = [code for _, code in sites.index]
    frame = sites.reset_index(drop=True).assign(
        **codes,
        kind=kinds,
        code=told_apart,
        own_code=own_codes,
        together=[wishes.together.get(thing, "") for thing in sites.index],
        apart=[wishes.apart.get(thing, "") for thing in sites.index],
    )
    frame = frame.sort_values("code", ignore_index=True)
    return DerivedSites(
        frame=frame[list(_COLUMNS)],
        set_aside=set_aside,
        notices=(
            *survey.notices,
            *service.notices,
            *_half_served(sites, service, parts),
            *wishes.notices,
            *tell_across(survey, units, srid=srid),
        ),
    )


def planned_population(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites that a plan is made for: those without service, and the lead sites.

    Where there are no contracts at all nothing is served, so these are all sites.
    """
    return frame[~frame["is_served"] | frame["is_lead"]]


def barriers_from_frame(frame: gpd.GeoDataFrame, *, srid: int) -> Barriers:
    """Return the barriers of a frame (columns kind and geometry) in the metric CRS."""
    return Barriers(kinds=frame["kind"].to_numpy(np.str_), geometries=metric(frame, srid))


def crossings_from_frame(frame: gpd.GeoDataFrame, *, srid: int) -> Crossings:
    """Return the crossings of a frame (columns kind and geometry) in the metric CRS."""
    return Crossings(kinds=frame["kind"].to_numpy(np.str_), lines=metric(frame, srid))


def _service(survey: Survey, *, on_date: date) -> Service:
    """Return the contracts in force, and the providers noted beside compounds without any."""
    tables = {_COMPOUND: survey.compounds, _BUILDING: survey.buildings}
    tabled = [table.assign(kind=kind) for kind, table in tables.items()]
    things = [
        ((kind, code), name)
        for table in (survey.groups, *tabled)
        for kind, code, name in zip(table["kind"], table["code"], table["name"], strict=True)
    ]
    service = service_on(survey.contracts, things, on_date=on_date)
    noted = {
        (_COMPOUND, code): Contract(provider=provider, fee=None)
        for code, provider in zip(
            survey.compounds["code"], survey.compounds["provider"], strict=True
        )
        if provider not in NOBODY and (_COMPOUND, code) not in service.named
    }
    return Service(
        by_thing={**noted, **service.by_thing}, named=service.named, notices=service.notices
    )


def _scattered(survey: Survey, policy: Policy) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the scattered buildings that are homes, and those set aside with their reason."""
    buildings = survey.buildings
    scattered = buildings[(buildings["held_by"] == "") & ~_is_claimed(buildings, survey.claims)]
    reasons = np.array(why_not_residential(scattered, rules=policy.derive), dtype=object)
    return scattered[reasons == ""], scattered.assign(reason=reasons)[reasons != ""]


def _courtyards(
    homes: gpd.GeoDataFrame, service: Service, survey: Survey, *, policy: Policy, srid: int
) -> dict[str, Thing]:
    """Return the site of each scattered home: a courtyard, or the building itself.

    A building that a contract names stands for itself, because a courtyard round it would be
    served in part.
    """
    is_named = np.array([(_BUILDING, code) in service.named for code in homes["code"]], dtype=bool)
    free = homes[~is_named]
    barriers = barriers_from_frame(survey.barriers, srid=srid)
    labels = cluster(
        metric(free, srid),
        free["floor_area_m2"].to_numpy(np.float64, na_value=np.nan),
        cut_barriers(barriers.kinds, barriers.geometries),
        rules=policy.derive,
    )
    site_of = {code: (_BUILDING, code) for code in homes["code"]}
    for members in free["code"].groupby(labels).agg(list):
        if len(members) > 1:
            site_of |= dict.fromkeys(members, (_COURTYARD, courtyard_code(members)))
    return site_of


def _units(
    survey: Survey, homes: gpd.GeoDataFrame, courtyards: Mapping[str, Thing], *, old_year: int
) -> gpd.GeoDataFrame:
    """Return the compounds and buildings that sites are made of, each with its site."""
    compounds = survey.compounds[~_is_divided(survey)]
    taken = survey.buildings[_is_claimed(survey.buildings, survey.claims)]
    tables = {_COMPOUND: compounds, _BUILDING: pd.concat([taken, homes])}
    units = pd.concat([table.assign(kind=kind) for kind, table in tables.items()])
    units = units.reset_index(drop=True)
    things = list(zip(units["kind"], units["code"], strict=True))
    sites = [
        survey.claims.get(t) or courtyards.get(t[1], t)
        if t[0] == _BUILDING
        else survey.claims.get(t, t)
        for t in things
    ]
    by_year = units["built"] <= old_year
    listed = units["old_list"].astype("boolean")
    known = pd.Series(np.where(by_year.notna(), DERIVED, UNKNOWN), units.index)
    fee_ends = zip(units["fee_low"], units["fee_high"], strict=True)
    return units.assign(
        site_kind=[kind for kind, _ in sites],
        site_code=[code for _, code in sites],
        area=units["area"].fillna(""),
        fee=pd.array([middle(*ends) for ends in fee_ends], dtype="Float64"),
        is_old=listed.fillna(by_year),
        is_old_source=known.where(listed.isna(), RECORDED),
    )


def _is_claimed(buildings: gpd.GeoDataFrame, claims: Mapping[Thing, Thing]) -> pd.Series:
    is_claimed = [(_BUILDING, code) in claims for code in buildings["code"]]
    return pd.Series(is_claimed, buildings.index, dtype=bool)


def _is_divided(survey: Survey) -> pd.Series:
    """Return which compounds are nothing but buildings that groups took out of them."""
    held = survey.buildings[survey.buildings["held_by"] != ""]
    is_all_taken = _is_claimed(held, survey.claims).groupby(held["held_by"]).all()
    divided = set(is_all_taken.index[is_all_taken.astype(bool)])
    is_divided: pd.Series = survey.compounds["code"].isin(divided)
    return is_divided


def _merged(units: gpd.GeoDataFrame, groups: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row per site, indexed by kind and code, with what its units add up to."""
    by_site = units.groupby(["site_kind", "site_code"])
    sites = pd.DataFrame(
        {
            "name": by_site["name"].first(),
            "members": by_site["code"].agg(tuple),
            "area": by_site["area"].max(),
            "floor_area_m2": by_site["floor_area_m2"].sum(min_count=1),
            "households": by_site["households"].sum(min_count=1),
            "fee": _mean_fee(units),
            "is_lead": by_site["is_lead"].max(),
            "spare_m2": by_site["spare_m2"].max(),
            "lock": by_site["lock"].max(),
            "built": by_site["built"].min(),
            "is_old": by_site["is_old"].max(),
            "geometry": by_site["geometry"].first(),
        }
    )
    for column in ("floor_area_source", "households_source", "is_old_source"):
        sites[column] = _source_of_sum(units, column)
    # only few sites have several units, and a union over each of them would cost the most
    shapes, names = sites["geometry"].to_dict(), sites["name"].to_dict()
    unit_shapes, unit_names = units["geometry"].to_numpy(object), units["name"].to_numpy(object)
    for thing, rows in by_site.indices.items():
        if len(rows) > 1:
            shapes[thing] = shapely.union_all(unit_shapes[rows])
            names[thing] = _name_of(unit_names[rows].tolist())
    sites = sites.assign(name=list(names.values()), geometry=list(shapes.values()))
    return _with_groups(sites, groups)


def _source_of_sum(units: gpd.GeoDataFrame, column: str) -> pd.Series:
    """Return recorded where every part is, unknown where no part is known, else derived."""
    keys = [units["site_kind"], units["site_code"]]
    is_recorded = (units[column] == RECORDED).groupby(keys).all()
    is_unknown = (units[column] == UNKNOWN).groupby(keys).all()
    sources: pd.Series = is_recorded.map({True: RECORDED, False: DERIVED})
    return sources.where(~is_unknown, UNKNOWN)


def _mean_fee(units: gpd.GeoDataFrame) -> pd.Series:
    """Return the mean of the known fees by floor area; the plain mean where no area is known."""
    keys = [units["site_kind"], units["site_code"]]
    weights = units["floor_area_m2"].where(units["fee"].notna())
    paid = (units["fee"] * weights).groupby(keys).sum(min_count=1)
    mean: pd.Series = paid / weights.groupby(keys).sum(min_count=1)
    return mean.fillna(units["fee"].groupby(keys).mean())


def _name_of(names: list[str]) -> str:
    """Return a name for buildings that form a courtyard."""
    first = next(filter(None, names), "")
    sentence = gettext_noop("{name}等 {count} 栋") if first else gettext_noop("零散楼栋 {count} 栋")
    return sentence.format(name=first, count=len(names))


def _with_groups(sites: pd.DataFrame, groups: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Let a group's own name, polygon, lead and lock go before those of its members."""
    own = groups.set_index(["kind", "code"])
    sites = sites.reindex(sites.index.union(own.index)).rename_axis(["kind", "code"])
    own = own.reindex(sites.index)
    filled = sites.assign(
        name=own["name"].replace("", None).fillna(sites["name"]).fillna(""),
        area=sites["area"].fillna(""),
        is_lead=own["is_lead"].eq(other=True) | sites["is_lead"].eq(other=True),
        spare_m2=own["spare_m2"].fillna(sites["spare_m2"]),
        lock=own["lock"].replace("", None).fillna(sites["lock"]).fillna(""),
        geometry=own.geometry.where(own.geometry.notna(), sites["geometry"]),
        **{str(name): sites[name].fillna(UNKNOWN) for name in sites if "_source" in str(name)},
    )
    filled["is_lead"] = filled["is_lead"].fillna(value=False).astype(bool)
    return gpd.GeoDataFrame(filled, geometry="geometry", crs=STORAGE_CRS)


def _parts(units: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> dict[Thing, list[Thing]]:
    """Return what each site, and each compound, is made of."""
    parts: dict[Thing, list[Thing]] = {}
    columns = (units[name] for name in ("site_kind", "site_code", "kind", "code"))
    for site_kind, site_code, kind, code in zip(*columns, strict=True):
        if (site_kind, site_code) != (kind, code):
            parts.setdefault((site_kind, site_code), []).append((kind, code))
    standing_alone = set(units.loc[units["kind"] == _BUILDING, "code"])
    for code, compound in zip(buildings["code"], buildings["held_by"], strict=True):
        if compound and code not in standing_alone:
            parts.setdefault((_COMPOUND, compound), []).append((_BUILDING, code))
    return parts


def _covering(
    thing: Thing, service: Service, parts: Mapping[Thing, list[Thing]]
) -> Contract | None:
    """Return the contract that covers a thing: its own, or those of all its parts together."""
    own = service.by_thing.get(thing)
    if own or thing not in parts:
        return own
    found = [_covering(part, service, parts) for part in parts[thing]]
    covering = [contract for contract in found if contract]
    if len(covering) < len(found):
        return None
    fees = [contract.fee for contract in covering if contract.fee is not None]
    fee = sum(fees) / len(fees) if fees else None
    return Contract(provider=covering[0].provider, fee=fee)


def _with_service(
    sites: gpd.GeoDataFrame, contracts: Iterable[Contract | None]
) -> gpd.GeoDataFrame:
    """Add provider and fee; an agreed fee goes before the one noted beside the compound."""
    found = list(contracts)
    fees = pd.Series([c.fee if c else None for c in found], sites.index, dtype="Float64")
    return sites.assign(
        is_served=np.array([c is not None for c in found], dtype=np.bool_),
        provider=[c.provider if c else "" for c in found],
        fee=fees.fillna(sites["fee"]),
    )


def _half_served(
    sites: gpd.GeoDataFrame, service: Service, parts: Mapping[Thing, list[Thing]]
) -> list[Fault]:
    """Note the sites that count as without service although a part of them is served."""
    sentence = gettext_noop("“{name}”（{code}）只有一部分有物业服务，按无物业管理计。")
    return [
        Fault(sentence, {"name": name, "code": thing[1]})
        for thing, name in sites.loc[~sites["is_served"], "name"].items()
        if any(_covering(part, service, parts) for part in parts.get(thing, []))
    ]


def _told_apart(things: list[Thing]) -> list[str]:
    """Return the codes; where two kinds of site share one, all but the first get their kind."""
    first: dict[str, str] = {}
    for kind in (_MANAGEMENT_AREA, _COMPOUND, _COURTYARD, _BUILDING):
        for own_kind, code in things:
            if own_kind == kind:
                first.setdefault(code, kind)
    return [code if first[code] == kind else f"{kind}-{code}" for kind, code in things]
