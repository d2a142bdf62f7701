"""How every compound of a scope is served, worked out once and kept until the data change.

Who serves follows from contracts, members and mergers, over a whole city in one statement; a tile
then only looks its compounds up.
"""

from collections.abc import Mapping

from django.core.cache import cache
from django.db import connection

from maps.scope import Scope
from maps.served import compounds
from maps.statuses import ServiceStatus
from maps.then import INSIDE, SHAPE, as_known, holds, statement

_STATUSES = statement(
    *compounds("true"),
    select="SELECT status, array_agg(id ORDER BY id) FROM compound GROUP BY status",
)
_CASES = " ".join(
    f"WHEN it.id = ANY(%({status})s::bigint[]) THEN '{status}'" for status in ServiceStatus
)


def standing_of(scope: Scope) -> Mapping[str, list[int]]:
    """Return the rows of compounds by status; these are parameters of `standing`."""
    key = f"standing-{scope.tag()}"
    held: dict[str, list[int]] | None = cache.get(key)
    if held is None:
        with connection.cursor() as cursor:
            cursor.execute(_STATUSES, scope.parameters)
            found = dict(cursor.fetchall())
        held = {str(status): found.get(status, []) for status in ServiceStatus}
        cache.set(key, held)
    return held


def standing(where: str) -> list[str]:
    """Return the expressions up to `compound`: what `served.compounds` says, looked up."""
    table = as_known(
        "compound_then",
        "geo_compound",
        area_id="bigint",
        households="integer",
        floor_area_m2="float",
        address="text",
        geometry=SHAPE,
        point=SHAPE,
    )
    result = f"""
        compound AS NOT MATERIALIZED (
            SELECT it.*, coalesce(geometry, point) AS shape, CASE {_CASES} END AS status
            FROM compound_then it
            WHERE {INSIDE.format("it")} AND {holds("it")} AND {where}
        )
    """  # noqa: S608 (constants)
    return [table, result]
