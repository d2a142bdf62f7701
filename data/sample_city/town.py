"""The town as it stands: ground, streets, parcels, buildings, areas and addresses together."""

from dataclasses import dataclass

import numpy as np
import shapely

from .areas import Areas, divide
from .barriers import Barriers, lay_barriers
from .footprints import Footprints, build
from .ground import Ground, lay_ground
from .names import street_names
from .parcels import LANES, Parcels, cut_parcels
from .plan import CityPlan
from .shapes import Indices, Shapes
from .streets import Streets, lay_streets

COMPOUND_M2 = 50_000.0
"""Mean land of a compound, from which the city's extent follows."""
GROWTH = 1.25
NUMBER_EVERY_M = 12.0


@dataclass(frozen=True)
class Addresses:
    """Where parcels are: community, nearest street, number on it."""

    community: Indices
    street: list[str]
    number: Indices


@dataclass(frozen=True, kw_only=True)
class Town:
    """All that stands; coordinates in metres from the centre."""

    plan: CityPlan
    areas: Areas
    barriers: Barriers
    parcels: Parcels
    footprints: Footprints
    addresses: Addresses


def build_town(plan: CityPlan, rng: np.random.Generator) -> Town:
    """Lay out and build the town that the plan asks for."""
    extent_m2 = plan.compounds * COMPOUND_M2 * plan.land / plan.land_share
    ground, streets, parcels = _lay_out(plan, extent_m2, rng)
    # What was drawn is at times cut up badly: then the town needs more ground.
    while np.count_nonzero(parcels.use == "compound") < plan.compounds:
        extent_m2 *= GROWTH
        ground, streets, parcels = _lay_out(plan, extent_m2, rng)
    areas = divide(streets, ground, plan, rng)
    city = shapely.coverage_union_all(areas.districts)
    barriers = lay_barriers(ground, city, _lanes_beside_compounds(parcels), rng)
    return Town(
        plan=plan,
        areas=areas,
        barriers=barriers,
        parcels=parcels,
        footprints=build(parcels, plan, rng),
        addresses=_addresses(parcels, areas, barriers, streets.secondary, rng),
    )


def _lanes_beside_compounds(parcels: Parcels) -> Shapes:
    """Return the lanes that a compound's wall may run along."""
    compounds = parcels.polygons[parcels.use == "compound"]
    beside, _ = shapely.STRtree(compounds).query(
        parcels.lanes, predicate="dwithin", distance=LANES.gap_m[1]
    )
    lanes: Shapes = parcels.lanes[np.unique(beside)]
    return lanes


def _lay_out(
    plan: CityPlan, extent_m2: float, rng: np.random.Generator
) -> tuple[Ground, Streets, Parcels]:
    ground = lay_ground(float(np.sqrt(extent_m2 / np.pi)), rng)
    streets = lay_streets(ground, rng)
    return ground, streets, cut_parcels(streets.blocks, ground, plan, rng)


def _addresses(
    parcels: Parcels,
    areas: Areas,
    barriers: Barriers,
    secondary: Shapes,
    rng: np.random.Generator,
) -> Addresses:
    """Give every parcel its community, and a number on the nearest named street."""
    points = shapely.point_on_surface(parcels.polygons)
    inside, community = shapely.STRtree(areas.communities).query(points, predicate="within")
    found = np.zeros(len(points), dtype=np.int64)
    found[inside] = community
    roads = [row for row in barriers.barriers if row.kind == "arterial"]
    names = [row.text for row in roads]
    names.extend(street_names(len(secondary), suffix="街", rng=rng))
    lines = np.concatenate([np.array([row.shape for row in roads]), secondary])
    nearest = shapely.STRtree(lines).nearest(points)
    along_m = shapely.line_locate_point(lines[nearest], points)
    number = 1 + (along_m / NUMBER_EVERY_M).astype(np.int64)
    return Addresses(found, [names[i] for i in nearest.tolist()], number)
