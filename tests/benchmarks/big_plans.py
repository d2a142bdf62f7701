"""A stored plan as large as a district's, made of rows and no search."""

import numpy as np
import shapely
from django.test import Client

from geo.crs import to_storage
from geo.frames.outlines import stored_outline
from geo.models import Compound
from layers.measures import places
from layers.models import NeighbourLink, Plan, PlanSite, Zone
from layers.planning.keep_zones import HOW_GOOD
from maps.models import Membership, Role, User
from tests.layers.towns import METRIC_SRID, voronoi_town
from tests.rows import area, at, day, recorded

ZONE_SIDE_M = 900
EAST, NORTH = 500_000, 4_000_000


def big_plan(n: int, *, seed: int) -> Plan:
    """Store a plan of n sites, in zones by the square of 900 m that they lie in."""
    place = voronoi_town(n, seed=seed)
    sites, links = place.sites, place.links
    shapes = shapely.transform(sites.polygons, lambda corners: np.add(corners, (EAST, NORTH)))
    shapes = to_storage(shapes, METRIC_SRID)
    district = area("210299", level="district", name="大区")
    compounds = Compound.objects.bulk_create(
        Compound(**recorded(code=f"big-{site}", name=str(site), area=district))
        for site in sites.ids
    )
    plan = Plan.objects.create(
        area=district,
        version=1,
        policy="default",
        seed=seed,
        valid_on=day(2026),
        known_at=at(2026),
        plan_hash="0" * 64,
        register={"on": "2026-01-01", "known": at(2026).isoformat(), "used": {}},
        summary={
            **dict.fromkeys(HOW_GOOD),
            "gap_objective": "",
            "metric_srid": METRIC_SRID,
        },
    )
    squares = (places(sites.polygons) // ZONE_SIDE_M).astype(int)
    _, number = np.unique(squares, axis=0, return_inverse=True)
    zones = Zone.objects.bulk_create(
        Zone(plan=plan, number=each + 1) for each in range(int(number.max()) + 1)
    )
    PlanSite.objects.bulk_create(
        PlanSite(
            plan=plan,
            zone=zones[number[row]],
            site=str(sites.ids[row]),
            name=str(sites.ids[row]),
            kind="compound",
            compound=compounds[row],
            geometry=stored_outline(shapes[row]),
            floor_area_m2=float(sites.floor_area_m2[row]),
            households=float(sites.households[row]),
            district=sites.district[row],
            subdistrict=sites.subdistrict[row],
            proposed_zone=zones[number[row]].number,
        )
        for row in range(n)
    )
    NeighbourLink.objects.bulk_create(
        NeighbourLink(
            plan=plan,
            a=str(sites.ids[links.a[row]]),
            b=str(sites.ids[links.b[row]]),
            gap_m=float(links.gap_m[row]),
            cost_m=float(links.cost_m[row]),
            kind="near",
            is_open=bool(links.is_open[row]),
        )
        for row in range(len(links.a))
    )
    return plan


def planner_of(plan: Plan) -> Client:
    """Return a client that is signed in as the planner of the plan's area."""
    user = User.objects.create_user("planner-of-a-big-plan")
    Membership.objects.create(user=user, role=Role.PLANNER, area=plan.area, valid_from=day(2020))
    client = Client(headers={"accept": "application/json"})
    client.force_login(user)
    return client
