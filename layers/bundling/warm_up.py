"""The loops compiled before anybody waits for them: it takes a minute, once for each version."""

import numpy as np
import shapely

from layers.adjacency import Barriers, Crossings, neighbour_links
from layers.bundling.bundle import bundle_sites
from layers.policy import aimed_policy, load_policy
from layers.sites import Sites

SIDE = 5
CELL_M, STREET_M = 100.0, 10.0
ZONES = 5
METRIC_SRID = 4548
FLOOR_AREA_M2, HOUSEHOLDS = 16_000.0, 200.0


def warm_up() -> None:
    """Bundle a small town of squares: too large to list all zones, so that every loop is run.

    Once for as many zones as can be, and once for a number of them.
    """
    sites, policy = _town(), load_policy("default")
    no_kinds, no_shapes = np.empty(0, dtype="U1"), np.empty(0, dtype=object)
    barriers = Barriers(kinds=no_kinds, geometries=no_shapes)
    crossings = Crossings(kinds=no_kinds, lines=no_shapes)
    links = neighbour_links(sites, barriers, crossings, policy.links)
    for each in (policy, aimed_policy(policy, target_count=ZONES)):
        bundle_sites(sites, links, each)


def _town() -> Sites:
    n = SIDE * SIDE
    blank, no = np.full(n, "", dtype="U1"), np.zeros(n, dtype=np.bool_)
    corner = np.array([(x, y) for y in range(SIDE) for x in range(SIDE)]) * CELL_M
    size = CELL_M - STREET_M
    names = np.array([f"{number:02}" for number in range(n)])
    return Sites(
        srid=METRIC_SRID,
        ids=names,
        names=names,
        kinds=np.full(n, "compound"),
        polygons=np.asarray(shapely.box(*corner.T, *(corner + size).T), dtype=object),
        floor_area_m2=np.full(n, FLOOR_AREA_M2),
        households=np.full(n, HOUSEHOLDS),
        district=blank,
        subdistrict=blank,
        community=blank,
        fee=np.full(n, np.nan),
        is_served=no,
        is_lead=no,
        provider=blank,
        lock=blank,
    )
