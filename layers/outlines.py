"""Outlines of zones, derived from their sites, and how far a zone stretches.

A zone is a set of sites; its outline is drawn round them for maps and shapefiles and decides
nothing. All coordinates are in one metric CRS.
"""

from collections.abc import Mapping
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import pdist

Outline = shapely.Polygon | shapely.MultiPolygon

CORRIDOR_M = 6.0
"""Width of the strip that joins sites which closing the gaps leaves apart: that of a lane."""
DETAIL_M = 0.5
"""Detail of the drawn outline: half a millimetre on a map of 1:1000."""
POINT_M = 5.0
"""Radius drawn round a site whose boundary is not known."""
HOLE_M2 = 25.0
"""A smaller hole is a leftover of closing gaps: no building stands in it."""


def zone_outline(polygons: NDArray[np.object_], *, reach_m: float) -> Outline:
    """Return one outline round the sites of a zone.

    Gaps up to the reach are closed, sites within the reach that still lie apart (corner to corner)
    are joined by a corridor, and every site lies inside. The outline has several parts where the
    sites lie farther apart, as over a bridge, and holes where the zone surrounds other ground.

    Parameters
    ----------
    polygons
        (n,) polygons or points of the sites, metric; at least one.
    reach_m
        Greatest gap that is closed.
    """
    own = _ground(polygons)
    # Part by part: hundreds of buildings as one shape take tens of times as long.
    widened = shapely.union_all(shapely.buffer(shapely.get_parts(own), reach_m / 2))
    closed = shapely.buffer(widened, -reach_m / 2)
    drawn = shapely.union(shapely.simplify(closed, DETAIL_M), own)
    return _clean(_joined(drawn, reach_m=reach_m))


def zone_outlines(
    polygons: NDArray[np.object_], zone_of: NDArray[np.str_], *, reach_m: float
) -> Mapping[str, Outline]:
    """Return an outline for each zone, such that outlines overlap only where sites do.

    Every site lies in the outline of its own zone and, but for overlaps of the sites themselves,
    in no other. Ground that two zones both could close goes to the zone whose label comes first;
    a part that thereby loses every site of its zone is dropped.

    Parameters
    ----------
    polygons
        (n,) polygons or points of all sites, metric.
    zone_of
        (n,) label of each site's zone; "" = in none.
    reach_m
        Greatest gap that is closed.
    """
    labels = sorted(set(zone_of.tolist()) - {""})
    members = {label: np.flatnonzero(zone_of == label) for label in labels}
    each = {label: zone_outline(polygons[rows], reach_m=reach_m) for label, rows in members.items()}
    return kept_apart(each, members, polygons)


def kept_apart(
    each: Mapping[str, Outline],
    members: Mapping[str, NDArray[np.int64]],
    polygons: NDArray[np.object_],
) -> Mapping[str, Outline]:
    """Return outlines that were drawn one by one, such that they overlap only where sites do.

    Parameters
    ----------
    each
        What `zone_outline` drew for each zone; the zone whose label comes first keeps its ground.
    members
        Positions in `polygons` of the sites of each of these zones, sorted.
    polygons
        (n,) polygons or points of all sites, metric, those of other zones and of none included.
    """
    labels = sorted(each)
    raw = np.empty(len(labels), dtype=object)
    raw[:] = [each[label] for label in labels]
    sites, zones = shapely.STRtree(polygons), shapely.STRtree(raw)
    drawn: list[Outline] = []
    for number, label in enumerate(labels):
        rows = members[label]
        near = sites.query(raw[number], predicate="dwithin", distance=POINT_M)
        strangers = np.setdiff1d(near, rows)
        earlier = [drawn[zone] for zone in sorted(zones.query(raw[number])) if zone < number]
        taken = shapely.union_all([*earlier, _ground(polygons[strangers])])
        own = _ground(polygons[rows])
        free = shapely.union(shapely.difference(raw[number], taken), own)
        drawn.append(_clean(_parts_with(free, polygons[rows])))
    return dict(zip(labels, drawn, strict=True))


def diameter_m(polygons: NDArray[np.object_]) -> float:
    """Return the greatest distance between two outline vertices of the sites, in metres."""
    # the two farthest vertices of any set are corners of its convex hull
    hull = shapely.convex_hull(shapely.geometrycollections(polygons))
    distances_m = pdist(shapely.get_coordinates(hull))
    return float(distances_m.max(initial=0.0))


def walk_m(polygons: NDArray[np.object_], links: NDArray[np.int64]) -> float:
    """Return the length of the shortest net of open links that joins the sites, in metres.

    It is the minimum spanning tree, each link as long as the straight line between the two sites'
    representative points; where the links leave the sites in several parts, the sum over the parts.

    Parameters
    ----------
    polygons
        (n,) polygons or points of the sites of a zone, metric.
    links
        (m, 2) positions in `polygons` of the two ends of each open link between them.
    """
    points = shapely.point_on_surface(polygons)
    a, b = links.reshape(-1, 2).T
    return float(
        _spanning_tree(a, b, shapely.distance(points[a], points[b]), n=len(points))[2].sum()
    )


def _spanning_tree(
    a: NDArray[np.int64], b: NDArray[np.int64], length_m: NDArray[np.float64], *, n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the links of the minimum spanning tree over n nodes, with their lengths."""
    # one metre more for every link changes no tree, but keeps links of length 0, which a sparse
    # matrix takes for none
    graph = coo_array((length_m + 1, (a, b)), shape=(n, n))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    return tree.row, tree.col, tree.data - 1


def _ground(polygons: NDArray[np.object_]) -> shapely.Geometry:
    """Return the ground of the sites as one shape; a point gets a small circle."""
    is_point = shapely.get_dimensions(polygons) < 2  # noqa: PLR2004 (areas have two dimensions)
    ground = polygons.copy()
    ground[is_point] = shapely.buffer(polygons[is_point], POINT_M)
    return shapely.union_all(ground)


def _joined(shape: shapely.Geometry, *, reach_m: float) -> shapely.Geometry:
    """Add corridors between parts that lie within the reach."""
    parts = shapely.get_parts(shape)
    a, b = np.triu_indices(len(parts), k=1)
    gap_m = shapely.distance(parts[a], parts[b])
    is_near = gap_m <= reach_m
    a, b, _ = _spanning_tree(a[is_near], b[is_near], gap_m[is_near], n=len(parts))
    ways = shapely.shortest_line(parts[a], parts[b])
    return shapely.union_all([shape, *shapely.buffer(ways, CORRIDOR_M / 2)])


def _parts_with(shape: shapely.Geometry, sites: NDArray[np.object_]) -> shapely.Geometry:
    """Return the parts of the shape that hold something of the sites."""
    parts = shapely.get_parts(shape)
    kept = parts[np.unique(shapely.STRtree(parts).query(sites, predicate="intersects")[1])]
    return shapely.union_all(kept)


def _clean(shape: shapely.Geometry) -> Outline:
    """Return the areas of the shape without leftover holes, in canonical order of vertices."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    filled = shapely.union_all(
        [
            shapely.Polygon(
                part.exterior, [hole for hole in part.interiors if _area_m2(hole) >= HOLE_M2]
            )
            for part in parts
        ]
    )
    return cast("Outline", shapely.normalize(filled))


def _area_m2(ring: shapely.LinearRing) -> float:
    return float(shapely.area(shapely.Polygon(ring)))
