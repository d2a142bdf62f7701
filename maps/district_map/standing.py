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
import shapely
from django.db import connection
from numpy.typing import NDArray

from maps.district_map.scope import Scope
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
    SELECT id, status, ST_XMin({shape}), ST_YMin({shape}), ST_XMax({shape}), ST_YMax({shape}),
        ST_X({middle}), ST_Y({middle})
    FROM {thing} WHERE status IS NOT NULL ORDER BY id
"""
STATUSES = {
    "compounds": statement(
        *compounds("true"),
        select=_STANDING.format(thing="compound", shape="shape", middle="ST_Centroid(shape)"),
    ),
    "buildings": statement(
        *buildings("it.compound_id IS NULL"),
        select=_STANDING.format(thing="building", shape="geometry", middle="NULL::geometry"),
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
    middles: NDArray[np.float64]
    """(n, 2) where names stand; NaN where none does."""

    @cached_property
    def _tree(self) -> shapely.STRtree:
        west, south, east, north = self.boxes.T
        return shapely.STRtree(shapely.box(west, south, east, north))

    def within(self, window: Mapping[str, float]) -> NDArray[np.int64]:
        """Return the positions of the things whose boxes meet a window, rising."""
        west, south, east, north = (window[edge] for edge in ("west", "south", "east", "north"))
        found = self._tree.query(shapely.box(west, south, east, north))
        positions: NDArray[np.int64] = np.sort(found)
        return positions

    def named_in(self, tile: Mapping[str, float], positions: NDArray[np.int64]) -> list[bool]:
        """Tell of each of these things whether its name stands on a tile."""
        lon, lat = self.middles[positions].T
        is_named = (lon >= tile["tile_west"]) & (lon <= tile["tile_east"])
        is_named &= (lat >= tile["tile_south"]) & (lat <= tile["tile_north"])
        named: list[bool] = is_named.tolist()
        return named


@lru_cache(maxsize=KEPT)
def _answer(question: _Question) -> Standing:
    with connection.cursor() as cursor:
        cursor.execute(STATUSES[question.layer], question.scope.parameters)
        found = cursor.fetchall()
    rows, statuses, *places = zip(*found, strict=True) if found else ((),) * 8
    told = np.array(places, dtype=np.float64).T
    return Standing(
        rows=np.array(rows, dtype=np.int64),
        statuses=np.array(statuses, dtype=np.str_),
        boxes=told[:, :4],
        middles=told[:, 4:],
    )


def standing_of(layer: str, scope: Scope) -> Standing:
    """Return how every compound, or every scattered building that has a status, is served."""
    return _answer(_Question(layer, scope.tag(), scope))


def counts_by_status(scope: Scope) -> dict[str, int]:
    """Return how many compounds of the area have each status."""
    counts = Counter(standing_of("compounds", scope).statuses.tolist())
    return {str(status): counts[status] for status in ServiceStatus}


def standing(layer: str, where: str) -> list[str]:
    """Return the expressions up to `standing`: what `maps.district_map.served` says, looked up."""
    result = f"""
        looked_up AS NOT MATERIALIZED (
            SELECT * FROM unnest(
                %(rows)s::bigint[], %(statuses)s::text[], %(named)s::boolean[]
            ) AS told(id, status, named)
        ),
        standing AS NOT MATERIALIZED (
            SELECT it.*, {_SHAPES[layer]} AS shape, looked_up.status, looked_up.named
            FROM thing it LEFT JOIN looked_up ON looked_up.id = it.id WHERE {where}
        )
    """  # noqa: S608 (constants)
    return [TABLES[layer], result]


def looked_up(layer: str, scope: Scope, tile: Mapping[str, float]) -> dict[str, str]:
    """Return the parameters of `standing` for what a tile holds."""
    known = standing_of(layer, scope)
    positions = known.within(tile)
    return {
        "rows": listed(known.rows[positions].tolist()),
        "statuses": listed(known.statuses[positions].tolist()),
        "named": listed(known.named_in(tile, positions)),
    }


def all_looked_up(layer: str, scope: Scope) -> dict[str, str]:
    """Return the parameters of `standing` for all that the scope holds."""
    known = standing_of(layer, scope)
    rows, statuses = listed(known.rows.tolist()), listed(known.statuses.tolist())
    return {"rows": rows, "statuses": statuses, "named": "{}"}


def listed(values: Iterable[object]) -> str:
    """Return values as the text of an array: thousands would be written out one by one."""
    return f"{{{','.join(map(str, values))}}}"
