"""What stands beside the map: counts for the legend, the list of compounds, what a word finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from maps.district_map.scope import Scope
from maps.district_map.standing import SHOWN, all_looked_up, standing
from maps.district_map.then import AMONG, INSIDE, SHAPE, as_known, believed, holds, statement
from maps.statuses import ServiceStatus

PAGE = 50
HITS = 20
WORST_FIRST = (
    ServiceStatus.UNMANAGED,
    ServiceStatus.UNKNOWN,
    ServiceStatus.PLANNED,
    ServiceStatus.SELF_MANAGED,
    ServiceStatus.IN_SERVICE,
)
_BUILDING = as_known(
    *("building_then", "geo_building"),
    area_id="bigint",
    compound_id="bigint",
    address="text",
    geometry=SHAPE,
)
_SCATTERED = f"""
    SELECT count(*) FROM building_then it
    WHERE it.compound_id IS NULL AND {INSIDE.format("it")} AND {holds("it")}
"""  # noqa: S608 (constants)
_PLACE = """
    ST_XMin(shape) AS west, ST_YMin(shape) AS south, ST_XMax(shape) AS east, ST_YMax(shape) AS north
"""
_ORDER = " ".join(f"WHEN '{status}' THEN {at}" for at, status in enumerate(WORST_FIRST))
_LISTED = statement(
    *standing("compounds", SHOWN),
    select=f"""
        SELECT id, code, name, status, households, floor_area_m2, {_PLACE}
        FROM standing
        WHERE %(status)s = '' OR status = %(status)s
        ORDER BY CASE status {_ORDER} END, name, code
        LIMIT {PAGE + 1} OFFSET %(offset)s
    """,  # noqa: S608 (constants)
)
_ONE = statement(
    *standing("compounds", f"{SHOWN} AND it.code = %(site)s"),
    select=f"SELECT id, code, name, status, {_PLACE} FROM standing",  # noqa: S608 (constants)
)
_LIKE = "({0}.name ILIKE %(like)s OR {0}.code ILIKE %(like)s OR {0}.address ILIKE %(like)s)"
_FOUND_COMPOUNDS = statement(
    *standing("compounds", f"{SHOWN} AND {_LIKE.format('it')}"),
    select=f"""
        SELECT code, name, address, status, {_PLACE} FROM standing
        ORDER BY name <> %(word)s, name, code LIMIT {HITS}
    """,  # noqa: S608 (constants)
)
_FOUND_BUILDINGS = statement(
    _BUILDING,
    select=f"""
        SELECT code, name, address, {_PLACE.replace("shape", "geometry")} FROM building_then it
        WHERE {INSIDE.format("it")} AND {holds("it")} AND {_LIKE.format("it")}
        ORDER BY name <> %(word)s, name, code LIMIT {HITS}
    """,  # noqa: S608 (constants)
)
_AREA = "coalesce(compound.area_id, managed.area_id, building.area_id, courtyard.area_id)"
_FOUND_PROVIDERS = f"""
        SELECT provider.code, provider.name, count(DISTINCT item.id) FILTER (WHERE {holds("item")})
        FROM geo_provider provider
        JOIN geo_contract contract ON contract.provider_id = provider.id
        JOIN geo_contractitem item ON item.contract_id = contract.id
        LEFT JOIN geo_compound compound ON compound.id = item.compound_id
        LEFT JOIN geo_managementarea managed ON managed.id = item.management_area_id
        LEFT JOIN geo_building building ON building.id = item.building_id
        LEFT JOIN geo_courtyard courtyard ON courtyard.id = item.courtyard_id
        WHERE provider.name ILIKE %(like)s AND {believed("item")}
            AND {AMONG.format(_AREA)}
        GROUP BY provider.code, provider.name
        ORDER BY provider.name LIMIT {HITS}
"""  # noqa: S608 (constants)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A thing of the list, with the box round it in degrees."""

    code: str
    name: str
    west: float | None
    south: float | None
    east: float | None
    north: float | None
    id: int = 0
    status: str = ""
    address: str = ""
    households: int | None = None
    floor_area_m2: float | None = None

    @property
    def box(self) -> str:
        """Return the box as a script reads it; "" where the place is not known."""
        edges = (self.west, self.south, self.east, self.north)
        return "" if self.west is None else ",".join(f"{edge:.7f}" for edge in edges)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider that the search found."""

    code: str
    name: str
    sites: int
    """What it serves in the area on the day."""


def count_scattered(scope: Scope) -> int:
    """Return how many buildings of the area belong to no compound."""
    ((count,),) = _rows(statement(_BUILDING, select=_SCATTERED), scope.parameters)
    return int(count)


def listed(scope: Scope, *, status: str, page: int) -> tuple[list[Place], bool]:
    """Return a page of compounds, worst first, and whether more follow."""
    asked = {**_all(scope), "status": status, "offset": (page - 1) * PAGE}
    places = _places(_LISTED, asked)
    return places[:PAGE], len(places) > PAGE


def compound_called(scope: Scope, code: str) -> Place | None:
    """Return the compound of that code in the area, with its status."""
    return next(iter(_places(_ONE, {**_all(scope), "site": code})), None)


def found(scope: Scope, word: str) -> tuple[list[Place], list[Place], list[Provider]]:
    """Return the compounds, buildings and providers whose name, code or address holds a word.

    Providers are those that serve, or served, something in the area.
    """
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    asked = {**_all(scope), "word": word, "like": f"%{escaped}%"}
    rows = _rows(_FOUND_PROVIDERS, asked)
    providers = [Provider(code=code, name=name, sites=sites) for code, name, sites in rows]
    return _places(_FOUND_COMPOUNDS, asked), _places(_FOUND_BUILDINGS, asked), providers


def _all(scope: Scope) -> dict[str, Any]:
    return {**scope.parameters, **all_looked_up("compounds", scope)}


def _rows(sql: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _places(sql: str, parameters: Mapping[str, Any]) -> list[Place]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        return [Place(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
