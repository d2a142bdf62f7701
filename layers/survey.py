"""What is recorded, in one shape: tables with every column, buildings in compounds, measures.

Frames come in with the keys of the input formats as columns. Geopandas is at home here: every step
is a join or a sum over rows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import Fault, InputError, gettext_noop
from layers.area_codes import day_of
from layers.ground import Ground
from layers.policy import Policy
from layers.service import Thing
from layers.sites import SiteKind

STORAGE_CRS = 4490
MOST = 0.5
"""A building belongs to the compound that holds at least half of its footprint: outlines are off
by metres, so "all of it" would scatter buildings that a line merely grazes; and where compounds
keep apart, only one can hold more than half."""
RECORDED, DERIVED, UNKNOWN = "recorded", "derived", "unknown"

_TEXT, _COUNT, _NUMBER, _YES_NO, _ANY = "str", "Int64", "Float64", "boolean", "object"
_WISHES = {"is_lead": _YES_NO, "spare_m2": _NUMBER, "together": _TEXT, "apart": _TEXT}
_UNIT = {"code": _TEXT, "name": _TEXT, "lock": _TEXT} | _WISHES
_MEASURED = {"built": _COUNT, "households": _NUMBER, "floor_area_m2": _NUMBER}
_PRICE = {"fee_low": _NUMBER, "fee_high": _NUMBER}
_COMPOUND = _UNIT | _MEASURED | _PRICE | {"area": _TEXT, "old_list": _YES_NO, "provider": _TEXT}
_BUILDING = _UNIT | _MEASURED | {"compound": _TEXT, "storeys": _NUMBER, "use": _TEXT}
_GROUP = _UNIT | {"members": _TEXT, "decided_on": _ANY}
_AREA = dict.fromkeys(("name", "level", "parent", "code"), _TEXT) | {"valid_from": _ANY}
_BARRIER = {"kind": _TEXT}
_CONTRACT = (
    dict.fromkeys(("provider", "what"), _TEXT)
    | dict.fromkeys(("in_service_from", "signed_on", "filed_on", "ends_on"), _ANY)
    | _PRICE
)
_BETWEEN_MEMBERS = re.compile(r"[、;,；，]")


@dataclass(frozen=True, kw_only=True)
class Survey:
    """The ground in one shape: frames in CGCS2000 sorted by code, every column present.

    Compounds and buildings carry floor_area_m2, floor_area_source, households and
    households_source; buildings footprint_m2 and held_by, the code of their compound.
    """

    compounds: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    groups: gpd.GeoDataFrame
    """Management areas and stored courtyards, with their kind."""
    areas: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    contracts: pd.DataFrame
    claims: Mapping[Thing, Thing]
    """The group that each member compound or building belongs to."""
    notices: tuple[Fault, ...]


def take_stock(ground: Ground, *, policy: Policy, on_date: date, srid: int) -> Survey:
    """Return what is recorded on a day, matched and measured."""
    compounds = _table(ground.compounds, _COMPOUND).sort_values("code", ignore_index=True)
    buildings = _table(ground.buildings, _BUILDING).sort_values("code", ignore_index=True)
    groups = _groups(ground, on_date=on_date)
    _refuse_twice({"小区": compounds, "楼栋": buildings, "物业管理区域或院落": groups})
    per_household_m2 = policy.derive.floor_area_per_household_m2
    buildings = _measured_buildings(buildings, per_household_m2=per_household_m2, srid=srid)
    buildings["held_by"] = _compound_of(buildings, compounds, srid=srid)
    claims, notices = _claims(groups, compounds, buildings, srid=srid)
    compounds, incomplete = _measured_compounds(
        compounds, _own_buildings(buildings, claims), per_household_m2=per_household_m2
    )
    return Survey(
        compounds=compounds,
        buildings=buildings,
        groups=groups,
        areas=_table(ground.areas, _AREA),
        barriers=_table(ground.barriers, _BARRIER),
        contracts=_plain(ground.contracts, _CONTRACT),
        claims=claims,
        notices=(*notices, *incomplete),
    )


def metric(frame: gpd.GeoDataFrame, srid: int) -> NDArray[np.object_]:
    """Return the geometries of a frame in the metric CRS; None where there is none."""
    geometries: NDArray[np.object_] = frame.geometry.to_crs(srid).to_numpy(object)
    return geometries


def _plain(given: pd.DataFrame | None, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return a table with just the columns, those that were not given all unknown."""
    rows = pd.DataFrame(given if given is not None else {})
    return pd.DataFrame({name: _column(rows, name, kind) for name, kind in columns.items()})


def _column(rows: pd.DataFrame, name: str, kind: str) -> pd.Series:
    column = rows[name] if name in rows else pd.Series([None] * len(rows), rows.index, dtype=object)
    if kind == _TEXT:
        column = column.astype(object).where(column.notna(), "")
    typed: pd.Series = column.astype(kind)  # type: ignore[call-overload]  # the stubs want literals
    return typed


def _table(given: gpd.GeoDataFrame | None, columns: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Return a table with just the columns and its geometries in the storage CRS."""
    rows = _plain(given, columns)
    if isinstance(given, gpd.GeoDataFrame):
        geometry = given.geometry.to_crs(STORAGE_CRS)
    else:
        geometry = gpd.GeoSeries([None] * len(rows), index=rows.index, crs=STORAGE_CRS)
    return gpd.GeoDataFrame(rows, geometry=geometry)


def _groups(ground: Ground, *, on_date: date) -> gpd.GeoDataFrame:
    """Return the management areas decided by the day, and the stored courtyards."""
    kinds = {
        SiteKind.MANAGEMENT_AREA: _table(ground.management_areas, _GROUP),
        SiteKind.COURTYARD: _table(ground.courtyards, _GROUP),
    }
    tables = [table.assign(kind=str(kind)) for kind, table in kinds.items() if len(table)]
    if not tables:
        return _table(None, _GROUP | {"kind": _TEXT})
    groups = pd.concat(tables)
    is_decided = [(day_of(day) or date.min) <= on_date for day in groups["decided_on"]]
    return groups[is_decided].sort_values(["kind", "code"], ignore_index=True)


def _refuse_twice(tables: Mapping[str, gpd.GeoDataFrame]) -> None:
    sentence = gettext_noop("{kind}编码 {code} 出现了 {count} 次。编码应唯一。")
    faults = [
        Fault(sentence, {"kind": kind, "code": code, "count": int(count)})
        for kind, table in tables.items()
        for code, count in table["code"].value_counts().sort_index().items()
        if count > 1
    ]
    if faults:
        raise InputError(*faults)


def _known(column: pd.Series) -> pd.Series:
    """Return the numbers above 0; a recorded 0 is a gap in the table, not a quantity."""
    return column.where(column > 0)


def _with_measures(
    units: gpd.GeoDataFrame, derived_m2: pd.Series, *, per_household_m2: float
) -> gpd.GeoDataFrame:
    """Fill floor area and households where they are not recorded, and say where each is from."""
    area_m2, households = _known(units["floor_area_m2"]), _known(units["households"])
    filled_m2 = area_m2.fillna(derived_m2)
    filled = households.fillna(filled_m2 / per_household_m2)
    return units.assign(
        floor_area_m2=filled_m2,
        floor_area_source=_sources(area_m2, filled_m2),
        households=filled,
        households_source=_sources(households, filled),
    )


def _sources(recorded: pd.Series, filled: pd.Series) -> NDArray[np.str_]:
    known = np.where(filled.notna(), DERIVED, UNKNOWN)
    sources: NDArray[np.str_] = np.where(recorded.notna(), RECORDED, known)
    return sources


def _measured_buildings(
    buildings: gpd.GeoDataFrame, *, per_household_m2: float, srid: int
) -> gpd.GeoDataFrame:
    footprint_m2 = shapely.area(metric(buildings, srid))
    derived_m2 = _known(buildings["storeys"]) * footprint_m2
    measured = _with_measures(buildings, derived_m2, per_household_m2=per_household_m2)
    return measured.assign(footprint_m2=footprint_m2)


def _measured_compounds(
    compounds: gpd.GeoDataFrame, own: gpd.GeoDataFrame, *, per_household_m2: float
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Fill the compounds' measures from their buildings; note where that leaves a building out."""
    by_compound = own.groupby("held_by")["floor_area_m2"]
    sums_m2 = compounds["code"].map(by_compound.sum(min_count=1)).astype("Float64")
    measured = _with_measures(compounds, sums_m2, per_household_m2=per_household_m2)
    gaps = compounds["code"].map(by_compound.apply(lambda areas: areas.isna().any()))
    is_low = gaps.eq(True) & (measured["floor_area_source"] == DERIVED)  # noqa: FBT003 (a value)
    if not is_low.any():
        return measured, []
    sentence = gettext_noop("{count} 个小区有层数不详的楼栋，推算的建筑面积偏低：{names}。")
    names = "、".join(compounds.loc[is_low, "name"])
    return measured, [Fault(sentence, {"count": int(is_low.sum()), "names": names})]


def _own_buildings(buildings: gpd.GeoDataFrame, claims: Mapping[Thing, Thing]) -> gpd.GeoDataFrame:
    """Return the buildings that count for their compound: none that a group took out of it."""
    is_own = [(str(SiteKind.BUILDING), code) not in claims for code in buildings["code"]]
    return buildings[np.array(is_own, dtype=np.bool_)]


def _by_word(table: gpd.GeoDataFrame) -> dict[str, str]:
    """Return the code for each code and for each name that only one row has."""
    names = table.loc[(table["name"] != "") & ~table["name"].duplicated(keep=False)]
    by_name = dict(zip(names["name"], names["code"], strict=True))
    return by_name | dict(zip(table["code"], table["code"], strict=True))


def _compound_of(
    buildings: gpd.GeoDataFrame, compounds: gpd.GeoDataFrame, *, srid: int
) -> NDArray[np.object_]:
    """Return each building's compound, as recorded, else by position; "" = scattered."""
    by_word = _by_word(compounds)
    recorded = [by_word.get(word, "") for word in buildings["compound"]]
    holders = _holders(metric(buildings, srid), metric(compounds, srid))
    codes = np.append(compounds["code"].to_numpy(object), "")
    held: NDArray[np.object_] = np.where(
        np.array(recorded, dtype=object) != "", np.array(recorded, dtype=object), codes[holders]
    )
    return held


def _holders(units: NDArray[np.object_], holders: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the position of the holder of most of each unit, or -1; the first of equals."""
    found = np.full(len(units), -1, dtype=np.int64)
    unit, holder = shapely.STRtree(holders).query(units, predicate="intersects")
    size_m2 = shapely.area(units[unit])
    held_m2 = shapely.area(shapely.intersection(units[unit], holders[holder]))
    # what has no size, a point, lies in the holder that it meets
    share = np.divide(held_m2, size_m2, out=np.ones(len(unit)), where=size_m2 > 0)
    is_area = shapely.get_dimensions(holders[holder]) == 2  # noqa: PLR2004 (areas have two dimensions)
    is_most = (share >= MOST) & is_area
    unit, holder, share = unit[is_most], holder[is_most], share[is_most]
    for row in np.lexsort((-holder, share)):
        found[unit[row]] = holder[row]
    return found


def _claims(
    groups: gpd.GeoDataFrame,
    compounds: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    *,
    srid: int,
) -> tuple[dict[Thing, Thing], list[Fault]]:
    """Return which group each member belongs to: as listed, else as its polygon holds them."""
    claims: dict[Thing, Thing] = {}
    notices: list[Fault] = []
    named = _Members(groups, compounds, buildings, srid=srid)
    for row, (kind, code) in enumerate(zip(groups["kind"], groups["code"], strict=True)):
        for word, member in named.of(row):
            if member is None:
                sentence = gettext_noop("“{group}”的成员“{member}”不在小区或楼栋之中。")
                notices.append(Fault(sentence, {"group": code, "member": word}))
            elif claims.setdefault(member, (kind, code)) != (kind, code):
                sentence = gettext_noop("“{member}”同时列入“{first}”和“{group}”，按前者计。")
                first = claims[member][1]
                notices.append(Fault(sentence, {"member": word, "first": first, "group": code}))
    return _without_inner(claims, buildings), notices


def _without_inner(
    claims: Mapping[Thing, Thing], buildings: gpd.GeoDataFrame
) -> dict[Thing, Thing]:
    """Leave out buildings that come with their compound anyway."""
    compound_of = dict(zip(buildings["code"], buildings["held_by"], strict=True))
    return {
        (kind, code): group
        for (kind, code), group in claims.items()
        if kind != SiteKind.BUILDING
        or claims.get((str(SiteKind.COMPOUND), compound_of[code])) != group
    }


class _Members:
    """Finds the members of a group."""

    def __init__(
        self,
        groups: gpd.GeoDataFrame,
        compounds: gpd.GeoDataFrame,
        buildings: gpd.GeoDataFrame,
        *,
        srid: int,
    ) -> None:
        self.listed: list[str] = groups["members"].tolist()
        self.words = {
            str(SiteKind.COMPOUND): _by_word(compounds),
            str(SiteKind.BUILDING): _by_word(buildings),
        }
        shapes = metric(groups, srid)
        scattered = buildings[buildings["held_by"] == ""]
        self.inside = {
            str(SiteKind.COMPOUND): _codes_held(compounds, shapes, srid=srid),
            str(SiteKind.BUILDING): _codes_held(scattered, shapes, srid=srid),
        }

    def of(self, row: int) -> Iterator[tuple[str, Thing | None]]:
        """Yield the words that name the members of a group, with what they name."""
        words = [word.strip() for word in _BETWEEN_MEMBERS.split(self.listed[row]) if word.strip()]
        for word in words:
            found = [(kind, by[word]) for kind, by in self.words.items() if word in by]
            yield word, found[0] if found else None
        if not words:
            for kind, held in self.inside.items():
                yield from ((code, (kind, code)) for code in held.get(row, []))


def _codes_held(
    units: gpd.GeoDataFrame, shapes: NDArray[np.object_], *, srid: int
) -> dict[int, list[str]]:
    held: dict[int, list[str]] = {}
    for code, holder in zip(units["code"], _holders(metric(units, srid), shapes), strict=True):
        held.setdefault(int(holder), []).append(code)
    return held
