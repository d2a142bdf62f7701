"""How many sites and households have each mode, with the colour of each on the map."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext

from layers.coverage import Flags
from layers.modes import Standing
from layers.planning.report_modes import SiteModes
from maps.mode_sheet.looks import NONE, OPEN, look_of


@dataclass(frozen=True, kw_only=True)
class Count:
    """One mode of a policy in an area."""

    key: str
    """Its place in the policy's list, or OPEN or NONE."""
    name: str
    colour: str
    sites: int
    households: float
    households_unknown: int
    """Sites whose households are not known."""
    floor_area_m2: float


def keys_of(found: SiteModes) -> list[str]:
    """Return the key of each site's mode."""
    count = len(found.modes.modes)
    told: Mapping[int, str] = {-1: OPEN, count: NONE}
    return [told.get(which, str(which)) for which in found.modes.which.tolist()]


def counts_of(found: SiteModes, inside: Flags) -> list[Count]:
    """Return every mode of the policy in its order, then what has none, with what is inside."""
    keys = np.array(keys_of(found), dtype=np.str_)
    names = [
        *((str(at), mode.name) for at, mode in enumerate(found.modes.modes)),
        (OPEN, gettext(Standing.TO_VERIFY.label)),
        (NONE, gettext(Standing.UNPROVIDED.label)),
    ]
    return [_count(key, name, found, inside & (keys == key)) for key, name in names]


def _count(key: str, name: str, found: SiteModes, chosen: Flags) -> Count:
    households = found.households[chosen]
    return Count(
        key=key,
        name=name,
        colour=look_of(key)[0],
        sites=int(np.count_nonzero(chosen)),
        households=float(np.nansum(households)),
        households_unknown=int(np.isnan(households).sum()),
        floor_area_m2=float(np.nansum(found.floor_area_m2[chosen])),
    )
