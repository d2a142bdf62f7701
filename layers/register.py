"""The register of providers: frames with the keys of the formats → `Providers` on a day.

A provider's id is its name: that is what every other table calls it by.
"""

import re
from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import Fault, InputError, gettext_noop
from layers.area_codes import day_of
from layers.assignment.providers import EVERYWHERE, Backstop, Ban, Providers
from layers.ground import Ground
from layers.sites import Scope, Sites

BETWEEN_AREAS = re.compile(r"[、;,；，]")


def register_of(ground: Ground, sites: gpd.GeoDataFrame, *, srid: int) -> Providers:
    """Return every provider with what it can take and where, bans and roles with their days.

    Parameters
    ----------
    ground
        Its providers, bans, roles and areas are read.
    sites
        The frame of all sites of the day, served ones included: what a provider serves takes up
        its capacity.
    srid
        The metric CRS that the bases are put in.

    Raises
    ------
    InputError
        Where an area is named that is not among the areas, or a provider twice; all such faults.
    """
    register = ground.providers.sort_values("name", kind="stable", ignore_index=True)
    names = register["name"].to_numpy(np.str_)
    areas = _Areas(ground)
    served = [areas.codes_of(text) for text in register["service_areas"]]
    bans = [
        Ban(**_granted(row, area), reason=str(row["reason"]))
        for row in ground.bans.to_dict("records")
        for area in sorted(areas.codes_of(row["area"]))
    ]
    roles = [
        Backstop(**_granted(row, area))
        for row in ground.roles.to_dict("records")
        for area in sorted(areas.codes_of(row["area"]))
    ]
    faults = [*_why_twice(register["name"]), *areas.why_unknown()]
    if faults:
        raise InputError(*faults)
    used = sites.groupby("provider")[["floor_area_m2", "households"]].sum()
    return Providers(
        ids=names,
        names=names,
        kinds=register["kind"].to_numpy(np.str_),
        grades=register["grade"].to_numpy(np.str_),
        capacity_m2=_numbers(register["capacity_m2"]),
        capacity_households=_numbers(register["capacity_households"]),
        used_m2=_numbers(used["floor_area_m2"].reindex(names).fillna(0)),
        used_households=_numbers(used["households"].reindex(names).fillna(0)),
        base=_bases(register, srid=srid),
        service_areas=tuple(frozenset() if EVERYWHERE in each else each for each in served),
        running=_running(sites, names, srid=srid),
        bans=tuple(bans),
        backstops=tuple(roles),
    )


def within_call(register: Providers, sites: Sites) -> Providers:
    """Return the providers that have to do with the place of these sites.

    They serve everywhere or in one of its areas, hold a backstop's role there, or serve one of the
    sites today. A city's register holds thousands: the firms of other districts are no candidates
    that a plan would have to refuse one by one.
    """
    columns = (sites.district, sites.subdistrict, sites.community)
    here = {EVERYWHERE}.union(*(set(column.tolist()) for column in columns))
    called = {role.provider for role in register.backstops if role.area in here}
    called |= set(sites.provider.tolist())
    is_called = [
        not areas or bool(areas & here) or name in called
        for name, areas in zip(register.ids.tolist(), register.service_areas, strict=True)
    ]
    return register.take(np.array(is_called, dtype=np.bool_))


def with_spare(sites: Sites, register: Providers) -> Sites:
    """Return the sites with what the provider of each lead can take on besides.

    What is recorded of the lead itself goes before what its provider has left.
    """
    left_m2 = np.maximum(register.capacity_m2 - register.used_m2, 0.0)
    by_name = dict(zip(register.ids.tolist(), left_m2.tolist(), strict=True))
    spare_m2 = np.array([by_name.get(name, np.nan) for name in sites.provider.tolist()])
    is_asked = sites.is_lead & np.isnan(sites.spare_m2)
    return sites.having(spare_m2=np.where(is_asked, spare_m2, sites.spare_m2))


class _Areas:
    """The codes of managing areas by code and by name; the city's own is everywhere."""

    def __init__(self, ground: Ground) -> None:
        self.by_word: dict[str, set[str]] = {}
        self.unknown: set[str] = set()
        for row in ground.areas.to_dict("records"):
            self._know(row["code"], row["name"], level=row["level"], code=row["code"])
        for code, level in ground.elsewhere.items():
            self._know(code, level=level, code=code)

    def _know(self, *words: str, level: str, code: str) -> None:
        for word in set(words) - {""}:
            held = EVERYWHERE if level == Scope.CITY else code
            self.by_word.setdefault(word, set()).add(held)

    def codes_of(self, text: object) -> frozenset[str]:
        """Return the areas that a text names; an empty text names everywhere."""
        words = {word.strip() for word in BETWEEN_AREAS.split(str(text))} - {""}
        self.unknown |= words - set(self.by_word)
        known = {code for word in words for code in self.by_word.get(word, ())}
        return frozenset(known) if words else frozenset({EVERYWHERE})

    def why_unknown(self) -> list[Fault]:
        """Return a fault for each word that names no area, however often it stands there."""
        sentence = gettext_noop("服务主体数据提到的区域“{area}”不在辖区数据之中。")
        remedy = gettext_noop("请核对名称，或补充该辖区。")
        return [
            Fault(sentence, {"area": word}, fix=remedy, given=word) for word in sorted(self.unknown)
        ]


def _granted(row: dict[Any, Any], area: str) -> dict[str, Any]:
    """Return what bans and roles have in common."""
    return {
        "provider": str(row["provider"]),
        "area": area,
        "valid_from": day_of(row["valid_from"]),
        "valid_to": day_of(row["valid_to"]),
        "document": str(row["document"]),
    }


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    return np.asarray(column.astype("Float64").to_numpy(na_value=np.nan), dtype=np.float64)


def _bases(register: gpd.GeoDataFrame, *, srid: int) -> NDArray[np.float64]:
    """Return the bases (k, 2) in the metric CRS; NaN where unknown."""
    points = register.geometry.to_crs(srid).to_numpy(object)
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def _running(
    sites: gpd.GeoDataFrame, names: NDArray[np.str_], *, srid: int
) -> tuple[NDArray[np.float64], ...]:
    """Return a point inside each site that a provider serves, (m, 2) in the metric CRS."""
    is_known = sites["provider"].isin(names) & ~(sites.geometry.isna() | sites.geometry.is_empty)
    served = sites[is_known]
    points = shapely.point_on_surface(served.geometry.to_crs(srid).to_numpy(object))
    at = shapely.get_coordinates(points)
    rows = served["provider"].to_numpy(np.str_)
    return tuple(at[rows == name] for name in names)


def _why_twice(names: Iterable[str]) -> list[Fault]:
    counts = pd.Series(list(names), dtype=str).value_counts().sort_index()
    sentence = gettext_noop("服务主体“{name}”出现了 {count} 次。名称应唯一。")
    return [
        Fault(sentence, {"name": name, "count": int(count)})
        for name, count in counts.items()
        if count > 1
    ]
