"""How everything in a scope is served, worked out once and kept until the data change.

Who serves follows from contracts, members and mergers, over a whole city in one statement. What
comes of it is kept with the box of each thing, so that a tile looks up what lies in its window
without asking the database.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from maps.district_map.scope import Scope, listed
from maps.district_map.served import buildings, compounds
from maps.district_map.then import (
    IN_WINDOW,
    INSIDE,
    SHAPE,
    as_known,
    holds,
    statement,
)
from maps.statuses import ServiceStatus

KEPT = 8
"""Scopes whose statuses a process remembers."""
_STANDING = """
    SELECT id, status, ST_XMin({shape}), ST_YMin({shape}), ST_XMax({shape}), ST_YMax({shape})
    FROM {thing} WHERE status IS NOT NULL ORDER BY id
"""
STATUSES = {
    "compounds": statement(
        *compounds("true"), select=_STANDING.format(thing="compound", shape="shape")
    ),
    "buildings": statement(
        *buildings("it.compound_id IS NULL"),
        select=_STANDING.format(thing="building", shape="geometry"),
    ),
}
TABLES = {
    "compounds": as_known(
        "thing",
        "geo_compound",
        area_id="bigint",
        households="integer",
        floor_area_m2="float",
        address="text",
        geometry=SHAPE,
        point=SHAPE,
    ),
    "buildings": as_known(
        "thing",
        "geo_building",
        area_id="bigint",
        compound_id="bigint",
        address="text",
        geometry=SHAPE,
    ),
}
SHOWN = f"{INSIDE.format('it')} AND {holds('it')}"
"""That `it` lies in the area and exists on the day."""
WINDOWS = {
    "compounds": "it.id = ANY(%(rows)s::bigint[])",
    "buildings": f"{SHOWN} AND {IN_WINDOW.format('it')}",
}
"""Which rows a tile holds: of compounds every one has a status, and is known by that already."""
_SHAPES = {"compounds": "coalesce(it.geometry, it.point)", "buildings": "it.geometry"}
_CASES = " ".join(
    f"WHEN it.id = ANY(%({status})s::bigint[]) THEN '{status}'" for status in ServiceStatus
)


@dataclass(frozen=True)
class _Question:
    layer: str
    tag: str
    scope: Scope = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How each of n things is served, and where it lies."""

    rows: NDArray[np.int64]
    """(n,) rows of the things, rising."""
    statuses: NDArray[np.str_]
    boxes: NDArray[np.float64]
    """(n, 4) west, south, east and north in degrees of EPSG:4490; NaN where there is no outline."""

    @cached_property
    def by_row(self) -> Mapping[int, str]:
        """The status of each thing by its row."""
        return dict(zip(self.rows.tolist(), self.statuses.tolist(), strict=True))

    def within(self, window: Mapping[str, float]) -> list[int]:
        """Return the rows of the things whose boxes meet a window."""
        west, south, east, north = self.boxes.T
        is_met = (west <= window["east"]) & (east >= window["west"])
        is_met &= (south <= window["north"]) & (north >= window["south"])
        rows: list[int] = self.rows[is_met].tolist()
        return rows


@lru_cache(maxsize=KEPT)
def _answer(question: _Question) -> Standing:
    with connection.cursor() as cursor:
        cursor.execute(STATUSES[question.layer], question.scope.parameters)
        found = cursor.fetchall()
    rows, statuses, *edges = zip(*found, strict=True) if found else ((),) * 6
    return Standing(
        rows=np.array(rows, dtype=np.int64),
        statuses=np.array(statuses, dtype=np.str_),
        boxes=np.array(edges, dtype=np.float64).T,
    )


def standing_of(layer: str, scope: Scope) -> Standing:
    """Return how every compound, or every scattered building that has a status, is served."""
    return _answer(_Question(layer, scope.tag(), scope))


def counts_by_status(scope: Scope) -> dict[str, int]:
    """Return how many compounds of the area have each status."""
    counts = Counter(standing_of("compounds", scope).statuses.tolist())
    return {str(status): counts[status] for status in ServiceStatus}


def status_parameters(
    layer: str, scope: Scope, rows: Iterable[int] | None = None
) -> dict[str, str]:
    """Return the parameters of `standing`: rows by status, of all or of these rows alone."""
    statuses = standing_of(layer, scope).by_row
    by_status: dict[str, list[int]] = {str(status): [] for status in ServiceStatus}
    for row in statuses if rows is None else rows:
        if status := statuses.get(row):
            by_status[status].append(row)
    return {status: listed(held) for status, held in by_status.items()}


def standing(layer: str, where: str) -> list[str]:
    """Return the expressions up to `standing`: what `maps.district_map.served` says, looked up."""
    result = f"""
        standing AS NOT MATERIALIZED (
            SELECT it.*, {_SHAPES[layer]} AS shape, CASE {_CASES} END AS status
            FROM thing it WHERE {where}
        )
    """  # noqa: S608 (constants)
    return [TABLES[layer], result]


def looked_up(layer: str, scope: Scope, window: Mapping[str, float]) -> dict[str, str]:
    """Return the parameters of `standing` for what a window holds."""
    rows = standing_of(layer, scope).within(window)
    return {"rows": listed(rows), **status_parameters(layer, scope, rows)}
