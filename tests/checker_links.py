"""The judge of neighbour links: gaps, barriers and crossings by brute force.

Two sites are joined unless hard barriers stop every straight way of at most the reach between
their outlines. Both sides are judged: an open link that a barrier stops, and a closed one that
none does. Where coordinates were rounded the two judgements leave each other a decimetre.
"""

import numpy as np
import shapely

LENGTH_TOLERANCE_M = 0.1
"""Coordinates in degrees are rounded, and come back through another projection."""
ALONG_M = 0.5
"""A barrier this near to an outline runs along it; deeper inside a site it does not count."""
TOUCHING_M = 0.01
STEP_M = 5.0
"""Ways begin at every corner and at most this far apart; a shorter shared edge is a corner."""


def wrong_links(plan, reach_m, decided):
    """Name the links whose own words cannot be true, and those that are missing."""
    shapes = plan.shape_of
    decided = {frozenset(pair) for pair in decided}
    listed = set()
    for row in plan.links.itertuples():
        name = f"link {row.a}–{row.b}"
        if row.a not in shapes or row.b not in shapes or row.a == row.b:
            yield f"{name} does not join two known sites"
            continue
        if (pair := frozenset((row.a, row.b))) in listed:
            yield f"{name} occurs twice"
        listed.add(pair)
        gap = shapely.distance(shapes[row.a], shapes[row.b])
        yield from (f"{name} {fault}" for fault in _wrong_words(row, gap, reach_m))
        if row.kind == "planner" and pair not in decided:
            yield f"{name} is called a planner's, but nobody decided it"
    for pair in _near_pairs(shapes, reach_m - LENGTH_TOLERANCE_M):
        if frozenset(pair) not in listed:
            yield f"link {pair[0]}–{pair[1]} is missing"


def _wrong_words(row, gap, reach_m):
    if abs(gap - row.gap_m) > LENGTH_TOLERANCE_M:
        yield f"says gap_m {row.gap_m:.2f}, it is {gap:.2f}"
    if row.kind not in {"near", "crossing", "planner"}:
        yield f"is of a kind that nobody knows: {row.kind}"
    if row.open and row.kind == "near" and gap > reach_m + LENGTH_TOLERANCE_M:
        yield f"is open over {gap:.1f} m, farther than the reach"
    if row.cost_m < row.gap_m - LENGTH_TOLERANCE_M:
        yield "costs less than its gap"
    if not row.open and row.kind != "planner" and not row.barrier:
        yield "is closed by nothing"


def _near_pairs(shapes, distance_m):
    names, geometries = list(shapes), np.array(list(shapes.values()), dtype=object)
    a, b = shapely.STRtree(geometries).query(geometries, predicate="dwithin", distance=distance_m)
    return [(names[i], names[j]) for i, j in zip(a.tolist(), b.tolist(), strict=True) if i < j]


def unlawful_links(plan, barriers, reach_m):
    """Name the links that are open through a barrier, and those that are closed without need."""
    shapes, walls = plan.shape_of, barriers.geometry.to_numpy()
    kinds = barriers["kind"].to_numpy() if "kind" in barriers else None
    tree = shapely.STRtree(walls)
    for row in plan.links.itertuples():
        if row.a not in shapes or row.b not in shapes:
            continue
        a, b = shapes[row.a], shapes[row.b]
        near = np.sort(tree.query(a, predicate="dwithin", distance=reach_m))
        if row.open and row.kind == "near" and is_blocked(a, b, walls[near], reach_m):
            yield f"link {row.a}–{row.b} is open through a barrier"
        if row.open or row.kind == "planner" or shapely.distance(a, b) > reach_m:
            continue
        if kinds is not None:
            near = near[np.isin(kinds[near], str(row.barrier or "").split("+"))]
        if is_clearly_open(a, b, walls[near], reach_m):
            cause = row.barrier or "nothing"
            yield f"link {row.a}–{row.b} is closed by {cause}, which leaves a straight way free"


def is_clearly_open(a, b, barriers, reach_m) -> bool:
    """Tell whether a straight way avoids the barriers even where they are a decimetre thicker."""
    thick = shapely.buffer(barriers, LENGTH_TOLERANCE_M)
    return not is_blocked(a, b, thick, reach_m - LENGTH_TOLERANCE_M, steps_m=(STEP_M,))


def is_blocked(a, b, barriers, reach_m, *, steps_m=(STEP_M, STEP_M / 2)) -> bool:
    """Tell whether no straight way of at most `reach_m` between two outlines avoids the barriers.

    Parts of a barrier inside either site do not count. Sites that share an edge are blocked where
    the barriers cover over half of it.
    """
    if not len(barriers):
        return False
    barrier = shapely.union_all(barriers)
    if shapely.distance(a, b) < TOUCHING_M:
        shared = shapely.intersection(a.boundary, shapely.buffer(b, 0.05))
        if shapely.length(shared) >= STEP_M:
            covered = shapely.intersection(shared, shapely.buffer(barrier, ALONG_M))
            return bool(shapely.length(covered) > shapely.length(shared) / 2)
    inside = shapely.union_all([shapely.buffer(shape, -ALONG_M) for shape in (a, b)])
    outside = shapely.difference(barrier, inside)
    shapely.prepare(outside)
    return bool(shapely.intersects(outside, _ways(a, b, reach_m, steps_m)).all())


def _ways(a, b, reach_m, steps_m):
    """Return the shortest way between two outlines and every other between points on them."""
    starts, ends = _outline_points(a, steps_m), _outline_points(b, steps_m)
    at, to = np.meshgrid(np.arange(len(starts)), np.arange(len(ends)), indexing="ij")
    length_m = np.hypot(*(starts[at] - ends[to]).T).T
    is_way = (length_m <= reach_m) & (length_m > 0)
    ways = shapely.linestrings(np.stack((starts[at[is_way]], ends[to[is_way]]), axis=1))
    shortest = shapely.shortest_line(a, b)
    # a line from a point to itself is invalid
    is_line = shapely.length(shortest) > 0
    return np.append(ways, shortest if is_line else shapely.get_point(shortest, 0))


def _outline_points(shape, steps_m):
    """Return every corner, and points between that are at most each of the steps apart."""
    outline = shape.boundary if shapely.get_dimensions(shape) == 2 else shape
    return np.concatenate(
        [shapely.get_coordinates(shapely.segmentize(outline, step)) for step in steps_m]
    )


def unverified_links(plan, crossings, crossing_reach_m):
    """Name the links over a crossing without one whose two ends lie near the two sites."""
    shapes = plan.shape_of
    lines = [shapely.get_coordinates(shapely.line_merge(line)) for line in crossings.geometry]
    first, last = (shapely.points([line[end] for line in lines]) for end in (0, -1))
    reach_m = crossing_reach_m + LENGTH_TOLERANCE_M
    for row in plan.links[plan.links.kind == "crossing"].itertuples():
        if row.a not in shapes or row.b not in shapes:
            continue
        ends = [
            [shapely.distance(shapes[site], points) <= reach_m for points in (first, last)]
            for site in (row.a, row.b)
        ]
        (a_first, a_last), (b_first, b_last) = ends
        if not np.any((a_first & b_last) | (a_last & b_first)):
            yield f"link {row.a}–{row.b} leads over a crossing that is not there"
