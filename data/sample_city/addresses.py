"""Where every parcel stands: its community and district, its street and number."""

from dataclasses import dataclass

import numpy as np
import shapely

from data.sample_city import names
from data.sample_city.areas import Areas
from data.sample_city.blocks import Cells, Ints
from data.sample_city.parcels import Parcels
from data.sample_city.streets import Streets

NEAR_M = 150.0
"""A parcel that lies so near to an arterial has its number there."""


@dataclass(frozen=True)
class Addresses:
    """One row per parcel, and the names of the arterials."""

    parcels: list[str]
    communities: Ints
    districts: Ints
    arterials: list[str]
    """By the numbers in `Streets.roads`."""


def number_parcels(
    parcels: Parcels, cells: Cells, streets: Streets, areas: Areas, rng: np.random.Generator
) -> Addresses:
    """Give each parcel a number in its arterial or in the lane of its quarter."""
    is_arterial = streets.roads >= 0
    arterials = names.street_names(rng, int(streets.roads.max()) + 1)
    lanes = names.lane_names(rng, int(cells.superblocks.max()) + 1)
    nearest, metres = _nearest(parcels, streets.lines[is_arterial])
    roads = streets.roads[is_arterial][nearest]
    quarters = cells.superblocks[parcels.cells]
    used: dict[str, int] = {}
    numbered = []
    for road, quarter, away in zip(roads.tolist(), quarters.tolist(), metres.tolist(), strict=True):
        street = arterials[road] if away < NEAR_M else lanes[quarter]
        used[street] = used.get(street, 0) + int(rng.integers(1, 4))
        numbered.append(f"{street}{used[street]}号")
    community = areas.cells[parcels.cells]
    district = areas.subdistricts[areas.communities[community]]
    return Addresses(numbered, community, district, arterials)


def _nearest(
    parcels: Parcels, lines: np.ndarray[tuple[int], np.dtype[np.object_]]
) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    (_, nearest), metres = shapely.STRtree(lines).query_nearest(
        parcels.shapes, return_distance=True, all_matches=False
    )
    return nearest, metres
