"""How everything in a scope is served, worked out once and kept until the data change.

Who serves follows from contracts, members and mergers, over a whole city in one statement; a tile
then only looks up what lies in its window.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connection

from maps.scope import Scope
from maps.served import buildings, compounds
from maps.statuses import ServiceStatus
from maps.then import IN_WINDOW, INSIDE, OR_POINT_IN_WINDOW, SHAPE, as_known, holds, statement

KEPT = 8
"""Scopes whose statuses a process remembers."""
STATUSES = {
    "compounds": statement(*compounds("true"), select="SELECT id, status FROM compound"),
    "buildings": statement(
        *buildings("it.compound_id IS NULL"),
        select="SELECT id, status FROM building WHERE status IS NOT NULL",
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
WINDOWS = {
    "compounds": OR_POINT_IN_WINDOW.format("it"),
    "buildings": IN_WINDOW.format("it"),
}
_SHAPES = {"compounds": "coalesce(it.geometry, it.point)", "buildings": "it.geometry"}
_CASES = " ".join(
    f"WHEN it.id = ANY(%({status})s::bigint[]) THEN '{status}'" for status in ServiceStatus
)


@dataclass(frozen=True)
class _Question:
    layer: str
    tag: str
    scope: Scope = field(compare=False)


@lru_cache(maxsize=KEPT)
def _answer(question: _Question) -> Mapping[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(STATUSES[question.layer], question.scope.parameters)
        return dict(cursor.fetchall())


def standing_of(layer: str, scope: Scope) -> Mapping[int, str]:
    """Return the status of every compound, or of every scattered building that has one, by row."""
    return _answer(_Question(layer, scope.tag(), scope))


def counts_by_status(scope: Scope) -> dict[str, int]:
    """Return how many compounds of the area have each status."""
    counts = Counter(standing_of("compounds", scope).values())
    return {str(status): counts[status] for status in ServiceStatus}


def status_parameters(
    layer: str, scope: Scope, rows: Iterable[int] | None = None
) -> dict[str, list[int]]:
    """Return the parameters of `standing`: rows by status, of all or of these rows alone."""
    statuses = standing_of(layer, scope)
    by_status: dict[str, list[int]] = {str(status): [] for status in ServiceStatus}
    for row in statuses if rows is None else rows:
        if status := statuses.get(row):
            by_status[status].append(row)
    return by_status


def _shown(where: str) -> str:
    """Return the condition that `it` lies in the area, exists on the day, and `where`."""
    return f"{INSIDE.format('it')} AND {holds('it')} AND {where}"


def standing(layer: str, where: str) -> list[str]:
    """Return the expressions up to `standing`: what `maps.served` says, looked up."""
    result = f"""
        standing AS NOT MATERIALIZED (
            SELECT it.*, {_SHAPES[layer]} AS shape, CASE {_CASES} END AS status
            FROM thing it WHERE {_shown(where)}
        )
    """  # noqa: S608 (constants)
    return [TABLES[layer], result]


_ROWS = {
    layer: statement(
        TABLES[layer],
        select=f"SELECT it.id FROM thing it WHERE {_shown(WINDOWS[layer])}",  # noqa: S608 (constants)
    )
    for layer in TABLES
}


def looked_up(layer: str, scope: Scope, window: Mapping[str, Any]) -> dict[str, list[int]]:
    """Return the parameters of `standing` for what a window holds."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS[layer], {**scope.parameters, **window})
        rows = [row for (row,) in cursor.fetchall()]
    return status_parameters(layer, scope, rows)
