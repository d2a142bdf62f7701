"""What the preview of a selection costs the server, against networkx and shapely as found.

Run as `python -m tests.benchmarks.selection_preview`; pytest does not. A plan of 2,000 sites in
zones of about 28 is stored in the test database and rolled back; half of its sites are selected and
previewed as one zone, through Django's client. In the same run the same answer is reckoned naively:
a networkx graph of all links, unions of outlines, distances between all vertices.
"""

import logging
import os
from dataclasses import replace

import django
import numpy as np

from tests.benchmarks.effort import MILLISECONDS, effort, middle, work_alone
from tests.benchmarks.tables import verdict

SITES, SELECTED, ROUNDS = 2_000, 1_000, 7
MOST_MS = 100


def main() -> None:
    """Print the middle of several rounds."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maps.site.settings")
    django.setup()
    from django.db import connection, transaction  # noqa: PLC0415 (Django is set up first)
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    from maps.site import local_postgres  # noqa: PLC0415

    if "DATABASE_URL" not in os.environ:
        local_postgres.start()
    logging.disable(logging.INFO)
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0, keepdb=True, serialize=False)
    with transaction.atomic():
        work_alone()
        measure()
        transaction.set_rollback(True)


def measure() -> None:
    """Store the plan, preview the selection both ways, and compare what they say."""
    from layers.planning.read_sites import ground_of, read_drawing  # noqa: PLC0415
    from tests.benchmarks.big_plans import big_plan, planner_of  # noqa: PLC0415

    plan = big_plan(SITES, seed=1)
    drawing = read_drawing(plan)
    every = sorted(drawing.zone_of)
    client = planner_of(plan)
    client.get(f"/plans/{plan.pk}/")  # imports the pages

    def ask(start: int = 0) -> dict:
        body = {"sites": every[start : start + SELECTED], "to": drawing.zone_of[every[start]]}
        return client.post(
            f"/plans/{plan.pk}/preview/", body, content_type="application/json"
        ).json()

    def ask_anew() -> dict:
        ground_of(plan)._known.clear()  # noqa: SLF001 (as if no zone had been judged yet)
        return ask()

    def ask_another() -> dict:
        return ask(next(starts))

    starts = iter(range(0, SITES - SELECTED, (SITES - SELECTED) // ROUNDS))
    first = timed("first preview of a plan in a process", ask, rounds=1)
    timed(f"another {SELECTED} sites each time", ask_another, most_ms=MOST_MS)
    ours = timed(f"the same {SELECTED} sites, no zone judged before", ask_anew, most_ms=MOST_MS)
    timed("the same once more", ask)
    ground, selected = ground_of(plan), every[:SELECTED]
    to = drawing.zone_of[every[0]]
    naive = timed(
        "networkx and shapely, naively, without database and page",
        lambda: naively(ground, drawing, selected, to),
    )
    told = {zone["zone"]: zone["after"] for zone in ours["zones"] if zone["after"]}
    assert ours == first
    assert told.keys() == naive.keys()
    for label, (floor_area_m2, diameter_m, parts) in naive.items():
        assert abs(told[label]["floor_area_m2"] - floor_area_m2) < 1
        assert abs(told[label]["diameter_m"] - diameter_m) < 0.01
        rules = [problem["rule"] for problem in told[label]["problems"]]
        assert ("connected" in rules) == (parts > 1)
    print(f"both agree on {len(naive)} zones")  # noqa: T201


def naively(ground, drawing, selected, to) -> dict[str, tuple[float, float, int]]:
    """Return floor area, diameter and parts of each zone that the selection concerns."""
    import networkx as nx  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    graph = nx.Graph()
    graph.add_nodes_from(range(len(ground.sites)))
    linked = ground.links
    graph.add_edges_from(
        (a, b)
        for a, b, is_open in zip(
            linked.a.tolist(), linked.b.tolist(), linked.is_open.tolist(), strict=True
        )
        if is_open
    )
    after = replace(drawing, zone_of={**drawing.zone_of, **dict.fromkeys(selected, to)})
    labels = {to, *(drawing.zone_of[site] for site in selected)}
    found = {}
    for label in labels:
        members = [ground.at[site] for site in after.members(label)]
        if not members:
            continue
        union = shapely.union_all(ground.sites.polygons[members])
        corners = shapely.get_coordinates(union.convex_hull)
        diameter_m = max(np.hypot(*(corners - corner).T).max() for corner in corners)
        parts = nx.number_connected_components(graph.subgraph(members))
        floor_area_m2 = float(np.nansum(ground.sites.floor_area_m2[members]))
        found[label] = floor_area_m2, float(diameter_m), parts
    return found


def timed(what, call, *, rounds=ROUNDS, most_ms=None):
    """Print what a call costs, and return what it gave."""
    given = []
    cost = middle([effort(lambda: given.append(call())) for _ in range(rounds)])
    print(f"{what}: {cost}")  # noqa: T201
    if most_ms:
        measured = f"{cost.worked * MILLISECONDS:.0f} ms"
        verdict(f"in {most_ms} ms", measured, is_reached=cost.worked * MILLISECONDS <= most_ms)
    return given[-1]


if __name__ == "__main__":
    main()
