"""Sites (纳管对象): what zones are made of, as arrays in one canonical order."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

LOCKED_OUT = "-"
"""The lock of a site that a planner keeps out of every zone."""


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


@dataclass(frozen=True, kw_only=True)
class Sites:
    """n sites, sorted by id. Polygons are in one metric CRS; NaN means unknown, never 0."""

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
