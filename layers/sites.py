"""Sites (纳管对象): what zones are made of, as arrays in one canonical order."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import Fault, InputError, gettext_noop

LOCKED_OUT = "-"
"""The lock of a site that a planner keeps out of every zone."""
WISHES = ("together", "apart", "present", "held", "spare_m2")
"""Columns that only sites have of which somebody wants something."""


class Scope(StrEnum):
    """The managing area that a zone must not leave."""

    CITY = "city"
    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"


class SiteKind(StrEnum):
    """What a site is on the ground."""

    MANAGEMENT_AREA = "management_area"
    COMPOUND = "compound"
    BUILDING = "building"
    COURTYARD = "courtyard"


def _no_words() -> NDArray[np.str_]:
    return np.empty(0, dtype="U1")


def _no_numbers() -> NDArray[np.float64]:
    return np.empty(0)


@dataclass(frozen=True, kw_only=True)
class Sites:
    """n sites, sorted by id. Polygons are in one metric CRS; NaN means unknown, never 0.

    A site whose boundary is not drawn yet has a point where others have a polygon.
    """

    srid: int
    """The metric Gauss-Krüger CRS of `polygons` (EPSG)."""
    ids: NDArray[np.str_]
    names: NDArray[np.str_]
    kinds: NDArray[np.str_]
    polygons: NDArray[np.object_]
    floor_area_m2: NDArray[np.float64]
    households: NDArray[np.float64]
    district: NDArray[np.str_]
    subdistrict: NDArray[np.str_]
    community: NDArray[np.str_]
    """Codes of the managing areas that hold the site; "" = outside all."""
    fee: NDArray[np.float64]
    """Yuan per m² and month; NaN = unknown, the policy's default applies."""
    is_served: NDArray[np.bool_]
    is_lead: NDArray[np.bool_]
    provider: NDArray[np.str_]
    """Id of the present provider; "" = none."""
    lock: NDArray[np.str_]
    """Label of the zone that the site is locked into; "" = free; LOCKED_OUT = in no zone."""
    together: NDArray[np.str_] = field(default_factory=_no_words)
    """Sites of one mark share a zone (同区编组), such as those renovated together; "" = none."""
    apart: NDArray[np.str_] = field(default_factory=_no_words)
    """Marks set off by spaces: no two sites of one mark share a zone (不得同区)."""
    present: NDArray[np.str_] = field(default_factory=_no_words)
    """Label of the site's zone in the plan that is planned anew; "" = in none."""
    held: NDArray[np.str_] = field(default_factory=_no_words)
    """Id of the provider that the plan that is planned anew proposes for the site; "" = none."""
    spare_m2: NDArray[np.float64] = field(default_factory=_no_numbers)
    """Of a lead site: floor area that its provider can take on besides; NaN = no limit known."""

    def __post_init__(self) -> None:
        self._fill_wishes()
        lengths = {name: len(getattr(self, name)) for name in _COLUMNS}
        if len(set(lengths.values())) > 1:
            message = f"Columns of sites must have one length, got {lengths}."
            raise ValueError(message)
        if np.any(self.ids[:-1] >= self.ids[1:]):
            message = "Ids of sites must be sorted and different."
            raise ValueError(message)
        if np.any(shapely.is_missing(self.polygons) | shapely.is_empty(self.polygons)):
            message = "Every site must have a polygon or a point."
            raise ValueError(message)

    def _fill_wishes(self) -> None:
        """Give every site the column of a wish that nobody has."""
        for name in WISHES:
            column = getattr(self, name)
            if not len(column):
                nothing = np.nan if name in _NUMBERS else ""
                object.__setattr__(self, name, np.full(len(self.ids), nothing, column.dtype))

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def places(self) -> NDArray[np.float64]:
        """One point inside each site, (n, 2) in the CRS of `polygons`."""
        points: NDArray[np.float64] = shapely.get_coordinates(
            shapely.point_on_surface(self.polygons)
        )
        return points

    @classmethod
    def from_frame(cls, frame: gpd.GeoDataFrame, *, srid: int) -> Self:
        """Return the rows of a site frame in canonical order, in the metric CRS `srid`.

        Parameters
        ----------
        frame
            Columns code, name, kind, floor_area_m2, households, district, subdistrict, community,
            fee, is_served, is_lead, provider, lock and geometry, in any declared CRS; those of
            `WISHES` where somebody has any.
        srid
            EPSG code of the metric CRS of the place.
        """
        faults = [*_why_not_placed(frame), *_why_not_told_apart(frame)]
        if faults:
            raise InputError(*faults)
        ordered = frame.assign(code=frame["code"].astype(str)).sort_values("code")
        given = [name for name in _COLUMNS if name in ordered or name not in WISHES]
        columns = {name: _column(ordered, name) for name in given if name not in _RENAMED}
        return cls(
            srid=srid,
            ids=ordered["code"].to_numpy(np.str_),
            names=_column(ordered, "name"),
            kinds=_column(ordered, "kind"),
            polygons=ordered.geometry.to_crs(srid).to_numpy(object),
            **columns,
        )

    def scope_codes(self, scope: Scope) -> NDArray[np.str_]:
        """Return, for each site, the code of the managing area that its zone must not leave."""
        if scope is Scope.CITY:
            return np.full(len(self), "", dtype=np.str_)
        codes: NDArray[np.str_] = getattr(self, scope.value)
        return codes

    def take(self, mask: NDArray[np.bool_]) -> Self:
        """Return the sites where the mask is true, in the same order."""
        return self._moved({name: getattr(self, name)[mask] for name in _COLUMNS}, mask)

    def having(self, **columns: NDArray[Any]) -> Self:
        """Return the same sites in the same places, with other columns, outlines among them."""
        if "polygons" in columns:
            _ = self.places  # they are worked out from these outlines, not from the others
        return self._moved(columns, np.ones(len(self), dtype=np.bool_))

    def _moved(self, columns: Mapping[str, NDArray[Any]], mask: NDArray[np.bool_]) -> Self:
        moved = replace(self, **dict[str, Any](columns))
        if "places" in vars(self):
            vars(moved)["places"] = self.places[mask]
        return moved


_COLUMNS = tuple(field.name for field in fields(Sites) if field.name != "srid")
_RENAMED = frozenset({"ids", "names", "kinds", "polygons"})
_NUMBERS = frozenset({"floor_area_m2", "households", "fee", "spare_m2"})
_FLAGS = frozenset({"is_served", "is_lead"})


def _column(frame: gpd.GeoDataFrame, name: str) -> NDArray[Any]:
    column: pd.Series = frame[name]
    if name in _NUMBERS:
        return column.astype("Float64").to_numpy(np.float64, na_value=np.nan)
    if name in _FLAGS:
        return column.to_numpy(np.bool_)
    return column.astype(str).to_numpy(np.str_)


def _why_not_placed(frame: gpd.GeoDataFrame) -> list[Fault]:
    nowhere = frame[frame.geometry.isna() | frame.geometry.is_empty]
    sentence = gettext_noop("纳管对象“{name}”（{code}）没有位置。请补充边界或坐标。")
    return [
        Fault(sentence, {"name": row.name_, "code": row.code})
        for row in nowhere.rename(columns={"name": "name_"}).itertuples()
    ]


def _why_not_told_apart(frame: gpd.GeoDataFrame) -> list[Fault]:
    codes = frame["code"].astype(str)
    sentence = gettext_noop("编码 {code} 用于 {count} 个纳管对象。编码应唯一。")
    counts = codes[codes.duplicated(keep=False)].value_counts().sort_index()
    return [Fault(sentence, {"code": code, "count": int(n)}) for code, n in counts.items()]
