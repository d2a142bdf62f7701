"""The collections of the API: what each holds, and the SQL that finds it.

Every statement takes the ids of the managing areas that are open (`areas`), the roots of them
(`roots`), the plans that are told (`plans`), the day and the moment, and the window in degrees.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from geo.errors import gettext_noop
from maps.district_map.served import buildings, compounds
from maps.district_map.then import AMONG, INSIDE, SHAPE, WINDOW, as_known, holds, statement

AREA_THEN = as_known(
    "area_then", "geo_managingarea", level="text", parent_id="bigint", geometry=SHAPE
)
_AREA_CODE = "(SELECT code FROM area_then WHERE id = it.area_id)"
_ZONE_TOLD = """
    (SELECT zone.plan_id || '-' || zone.number FROM layers_zone zone WHERE zone.id = it.zone)
"""


_IN_THE_WINDOW = f"(%(west)s::float IS NULL OR ST_Intersects(shape, {WINDOW}))"
_OF_THE_CODE = "(%(code)s::text IS NULL OR code = %(code)s)"


@dataclass(frozen=True, kw_only=True)
class Collection:
    """Features of one kind."""

    name: str
    title: str
    about: str
    listed_by: tuple[str, ...]
    """Common table expressions before `listing`."""
    listing: str
    """A selection of the code and the shape of all features, cheap enough for a whole city."""
    told_by: tuple[str, ...]
    """Common table expressions before `telling`."""
    telling: str
    """A selection of code, shape and properties of the features whose `codes` are given."""
    properties: Mapping[str, str]
    """Name of a property → its type in JSON."""

    @property
    def count(self) -> str:
        """Return the statement that counts the features asked for."""
        return self._listed("count(*)", "")

    @property
    def page(self) -> str:
        """Return the statement that names one page of them."""
        return self._listed("code", "ORDER BY code LIMIT %(limit)s OFFSET %(offset)s")

    def _listed(self, select: str, order: str) -> str:
        found = f"""
            SELECT {select} FROM ({self.listing}) listed
            WHERE {_OF_THE_CODE} AND {_IN_THE_WINDOW} {order}
        """  # noqa: S608 (constants)
        return statement(AREA_THEN, *self.listed_by, select=found)

    @property
    def features(self) -> str:
        """Return the statement that tells the features of a page."""
        shaped = f"""
            SELECT told.*, ST_AsBinary(shape) AS wkb FROM ({self.telling}) told ORDER BY code
        """  # noqa: S608 (constants)
        return statement(AREA_THEN, *self.told_by, select=shaped)


def _registered(table: str, shape: str = "geometry", **types: str) -> tuple[tuple[str, ...], str]:
    """Return how the things of a table are listed that lie in the open areas."""
    then = as_known("thing", table, area_id="bigint", geometry=SHAPE, **types)
    listing = f"""
        SELECT it.code, {shape} AS shape FROM thing it
        WHERE {INSIDE.format("it")} AND {holds("it")}
    """  # noqa: S608 (constants)
    return (then,), listing


_COMPOUNDS_BY, _COMPOUNDS_LISTED = _registered(
    "geo_compound", "coalesce(it.geometry, it.point)", point=SHAPE
)
_BUILDINGS_BY, _BUILDINGS_LISTED = _registered("geo_building", "it.geometry")
_ZONES_LISTED = f"""
    SELECT zone.plan_id || '-' || zone.number AS code, zone.geometry AS shape
    FROM layers_zone zone JOIN layers_plan plan ON plan.id = zone.plan_id
    WHERE zone.plan_id = ANY(%(plans)s) AND {INSIDE.format("plan")}
"""  # noqa: S608 (constants)
_BARRIERS_BY = (as_known("barrier_then", "geo_barrier", kind="text", geometry=SHAPE),)
_BARRIERS_LISTED = f"""
    SELECT it.code, it.geometry AS shape FROM barrier_then it
    WHERE {holds("it")} AND EXISTS (
        SELECT FROM area_then root
        WHERE root.id = ANY(%(roots)s::bigint[])
            AND (root.geometry IS NULL OR root.geometry && it.geometry)
    )
"""  # noqa: S608 (constants)
_AREAS_LISTED = f"""
    SELECT it.code, it.geometry AS shape FROM area_then it
    WHERE {AMONG.format("it.id")} AND {holds("it")}
"""  # noqa: S608 (constants)

_COMPOUNDS = Collection(
    name="compounds",
    title=gettext_noop("小区"),
    about=gettext_noop("住宅小区及其服务状态；边界未绘的以点表示。"),
    listed_by=_COMPOUNDS_BY,
    listing=_COMPOUNDS_LISTED,
    told_by=tuple(compounds("it.code = ANY(%(codes)s)")),
    telling=f"""
        SELECT it.code, it.shape, it.name, {_AREA_CODE} AS area, it.status, it.households,
            it.floor_area_m2, it.address, {_ZONE_TOLD} AS zone, it.valid_from, it.valid_to
        FROM compound it
    """,  # noqa: S608 (constants)
    properties={
        "name": "string",
        "area": "string",
        "status": "string",
        "households": "integer",
        "floor_area_m2": "number",
        "address": "string",
        "zone": "string",
        "valid_from": "string",
        "valid_to": "string",
    },
)
_BUILDINGS = Collection(
    name="buildings",
    title=gettext_noop("楼栋"),
    about=gettext_noop("楼栋轮廓；零散楼栋有自己的服务状态，其余随所属小区。"),
    listed_by=_BUILDINGS_BY,
    listing=_BUILDINGS_LISTED,
    told_by=tuple(buildings("it.code = ANY(%(codes)s)")),
    telling=f"""
        SELECT it.code, it.geometry AS shape, it.name, {_AREA_CODE} AS area, it.status,
            (SELECT code FROM geo_compound WHERE id = it.compound_id) AS compound,
            it.scattered, it.households, it.address, it.use, {_ZONE_TOLD} AS zone,
            it.valid_from, it.valid_to
        FROM building it
    """,  # noqa: S608 (constants)
    properties={
        "name": "string",
        "area": "string",
        "status": "string",
        "compound": "string",
        "scattered": "boolean",
        "households": "integer",
        "address": "string",
        "use": "string",
        "zone": "string",
        "valid_from": "string",
        "valid_to": "string",
    },
)
_ZONES = Collection(
    name="zones",
    title=gettext_noop("连片管理片区"),
    about=gettext_noop(
        "方案的片区；未指明方案的，为各辖区最新方案。片区是工作单元，不改变物业管理区域。"
    ),
    listed_by=(),
    listing=_ZONES_LISTED,
    told_by=(),
    telling="""
        SELECT zone.plan_id || '-' || zone.number AS code, zone.geometry AS shape,
            zone.plan_id AS plan, plan.version, plan.status AS plan_status,
            (SELECT code FROM area_then WHERE id = plan.area_id) AS area, zone.number,
            zone.floor_area_m2, zone.households, zone.households_unknown, zone.diameter_m,
            zone.margin_yuan, zone.exception, zone.is_locked AS locked,
            provider.name AS proposed_provider
        FROM layers_zone zone
        JOIN layers_plan plan ON plan.id = zone.plan_id
        LEFT JOIN layers_assignment assigned ON assigned.zone_id = zone.id
        LEFT JOIN geo_provider provider ON provider.id = assigned.provider_id
        WHERE zone.plan_id || '-' || zone.number = ANY(%(codes)s) AND zone.plan_id = ANY(%(plans)s)
    """,
    properties={
        "plan": "integer",
        "version": "integer",
        "plan_status": "string",
        "area": "string",
        "number": "integer",
        "floor_area_m2": "number",
        "households": "integer",
        "households_unknown": "integer",
        "diameter_m": "number",
        "margin_yuan": "number",
        "exception": "string",
        "locked": "boolean",
        "proposed_provider": "string",
    },
)
_BARRIERS = Collection(
    name="barriers",
    title=gettext_noop("阻隔"),
    about=gettext_noop("河流、铁路、道路、围墙等把纳管对象隔开的线或面。"),
    listed_by=_BARRIERS_BY,
    listing=_BARRIERS_LISTED,
    told_by=_BARRIERS_BY,
    telling=f"""
        SELECT it.code, it.geometry AS shape, it.kind, it.name, it.valid_from, it.valid_to
        FROM barrier_then it WHERE it.code = ANY(%(codes)s) AND {holds("it")}
    """,  # noqa: S608 (constants)
    properties={
        "kind": "string",
        "name": "string",
        "valid_from": "string",
        "valid_to": "string",
    },
)
_AREAS = Collection(
    name="areas",
    title=gettext_noop("管理辖区"),
    about=gettext_noop("市、区县、街道、社区的管理范围。"),
    listed_by=(),
    listing=_AREAS_LISTED,
    told_by=(),
    telling=f"""
        SELECT it.code, it.geometry AS shape, it.name, it.level,
            (SELECT above.code FROM area_then above WHERE above.id = it.parent_id) AS parent,
            it.valid_from, it.valid_to
        FROM area_then it
        WHERE it.code = ANY(%(codes)s) AND {holds("it")}
    """,  # noqa: S608 (constants)
    properties={
        "name": "string",
        "level": "string",
        "parent": "string",
        "valid_from": "string",
        "valid_to": "string",
    },
)
COLLECTIONS: Mapping[str, Collection] = {
    each.name: each for each in (_COMPOUNDS, _BUILDINGS, _ZONES, _BARRIERS, _AREAS)
}
