"""What each layer of vector tiles draws, as SQL with the tile as parameters."""

from collections.abc import Callable, Mapping, Sequence

from geo.crs import MERCATOR_SRID, STORAGE_SRID, WGS84_SRID
from maps.district_map.standing import WINDOWS, standing
from maps.district_map.then import AMONG, IN_WINDOW, INSIDE, SHAPE, as_known, holds, statement
from maps.statuses import ServiceStatus

EDGES = "%(tile_west)s, %(tile_south)s, %(tile_east)s, %(tile_north)s"
EXTENT = 4096
BUFFER = 64
"""Units of a tile beyond its edge, so that outlines are not drawn along it."""
CELL = 256
"""Units of a tile that one cluster gathers: 32 pixels."""
COMPOUNDS_FROM = 11
"""Zoom from which compounds are drawn one by one; before, clusters."""
SCATTERED_FROM = 11
"""Zoom from which scattered buildings are shown, as clusters."""
BUILDINGS_FROM = 14
"""Zoom from which buildings can be told apart and are drawn one by one."""
STRAIGHT_FROM = 12
"""Zoom from which a tile is drawn in degrees."""
NOTHING = ""
AREAS = as_known("area_then", "geo_managingarea", level="text", geometry=SHAPE)


def _geom(shape: str) -> str:
    """Return a shape in the tile's own units."""
    # Web Mercator is defined on WGS84; PROJ knows no parameters between that and CGCS2000.
    mercator = f"ST_Transform(ST_SetSRID({shape}, {WGS84_SRID}), {MERCATOR_SRID})"
    envelope = "ST_TileEnvelope(%(z)s, %(x)s, %(y)s)"
    return f"ST_AsMVTGeom({mercator}, {envelope}, {EXTENT}, {BUFFER}, true)"


def _geom_straight(shape: str) -> str:
    """Return a shape in the units of a tile so small that its degrees lie evenly.

    From `STRAIGHT_FROM` on no corner is off by more than sin φ · π / 4 units, which is a twelfth of
    a pixel in the north of China, and less by half with every zoom; to reproject costs a fifth of
    drawing.
    """
    corners = (
        "ST_MakePoint(%(tile_west)s, %(tile_south)s), ST_MakePoint(%(tile_east)s, %(tile_north)s)"
    )
    return f"ST_AsMVTGeom({shape}, ST_MakeBox2D({corners}), {EXTENT}, {BUFFER}, true)"


def _is_named_here(shape: str) -> str:
    """Return whether the tile holds the middle of a shape, where its name stands."""
    return f"ST_Centroid({shape}) && ST_MakeEnvelope({EDGES}, {STORAGE_SRID})"


def _coarse(shape: str) -> str:
    """Return a large shape without what no eye sees at the zoom."""
    return f"ST_Simplify({shape}, %(half_a_pixel)s, true)"


def _packed(layer: str, rows: str) -> str:
    """Return the selection of rows (id, geom and properties) as one tile.

    OFFSET keeps PostgreSQL from drawing every shape twice: to see whether there is one, and to
    have it.
    """
    return f"""
        SELECT ST_AsMVT(seen, '{layer}', {EXTENT}, 'geom', 'id')
        FROM ({rows} OFFSET 0) seen WHERE geom IS NOT NULL
    """  # noqa: S608 (constants)


def _clustered(layer: str, parts: Sequence[str], rows: str, *counts: str) -> str:
    """Return the statement of rows (shape and more) gathered by the cells of a grid."""
    placed = f"""
        placed AS MATERIALIZED (
            SELECT *,
                ((ST_XMin(shape) + ST_XMax(shape)) / 2 + 180) / 360 * 2 ^ %(z)s - %(x)s AS x,
                (1 - asinh(tan(radians((ST_YMin(shape) + ST_YMax(shape)) / 2))) / pi())
                    / 2 * 2 ^ %(z)s - %(y)s AS y
            FROM ({rows}) them
        )
    """  # noqa: S608 (constants)
    select = f"""
        SELECT ST_AsMVT(seen, '{layer}', {EXTENT}, 'geom')
        FROM (
            SELECT ST_MakePoint(round(avg(x) * {EXTENT}), round(avg(y) * {EXTENT})) AS geom,
                {", ".join(["count(*) AS n", *counts])}
            FROM placed
            WHERE x >= 0 AND x < 1 AND y >= 0 AND y < 1
            GROUP BY floor(x * {EXTENT // CELL}), floor(y * {EXTENT // CELL})
            ORDER BY floor(x * {EXTENT // CELL}), floor(y * {EXTENT // CELL})
        ) seen
    """  # noqa: S608 (constants)
    return statement(*parts, placed, select=select)


def _compounds(geom: Callable[[str], str]) -> str:
    rows = f"""
        SELECT id, code, name, status, named, {geom("shape")} AS geom
        FROM standing ORDER BY id
    """  # noqa: S608 (constants)
    return statement(
        *standing("compounds", WINDOWS["compounds"]), select=_packed("compounds", rows)
    )


def _compound_clusters() -> str:
    counts = [
        f"count(*) FILTER (WHERE status = '{status}') AS {status}" for status in ServiceStatus
    ]
    parts = [*standing("compounds", WINDOWS["compounds"])]
    return _clustered("compounds", parts, "SELECT shape, status FROM standing", *counts)


def _buildings(geom: Callable[[str], str]) -> str:
    rows = f"""
        SELECT id, code, name, address, compound_id IS NULL AS scattered, status,
            {geom("shape")} AS geom
        FROM standing ORDER BY id
    """  # noqa: S608 (constants)
    return statement(
        *standing("buildings", WINDOWS["buildings"]), select=_packed("buildings", rows)
    )


def _building_clusters() -> str:
    table = as_known(
        *("building_then", "geo_building"),
        area_id="bigint",
        compound_id="bigint",
        geometry=SHAPE,
    )
    rows = f"""
        SELECT it.geometry AS shape FROM building_then it
        WHERE it.compound_id IS NULL AND {INSIDE.format("it")}
            AND {holds("it")} AND {IN_WINDOW.format("it")}
    """  # noqa: S608 (constants)
    return _clustered("buildings", [table], rows)


def _areas() -> str:
    rows = f"""
        SELECT it.id, it.code, it.name, it.level, it.code = %(area)s AS is_asked,
            {_geom(_coarse("it.geometry"))} AS geom
        FROM area_then it
        WHERE {AMONG.format("it.id")}
            AND {holds("it")} AND {IN_WINDOW.format("it")}
            AND it.level = ANY(%(levels)s)
        ORDER BY it.id
    """  # noqa: S608 (constants)
    return statement(AREAS, select=_packed("areas", rows))


def _barriers() -> str:
    """Return the barriers that meet the box round the area, as `geo.frames` finds them."""
    table = as_known("barrier_then", "geo_barrier", kind="text", geometry=SHAPE)
    rows = f"""
        SELECT it.id, it.kind, it.name, {_geom(_coarse("it.geometry"))} AS geom
        FROM barrier_then it
        WHERE {holds("it")} AND {IN_WINDOW.format("it")} AND EXISTS (
            SELECT FROM area_then asked
            WHERE asked.code = %(area)s
                AND (asked.geometry IS NULL OR asked.geometry && it.geometry)
        )
        ORDER BY it.id
    """  # noqa: S608 (constants)
    return statement(AREAS, table, select=_packed("barriers", rows))


WHOLE_PLAN = INSIDE.format("plan")
"""A plan of the area itself or of one below; of one above, only what lies inside is shown."""


def _zones() -> str:
    cut = """
        ST_CollectionExtract(ST_Intersection(
            zone.geometry, (SELECT geometry FROM area_then WHERE code = %(area)s)
        ), 3)
    """
    shape = _coarse(f"CASE WHEN {WHOLE_PLAN} THEN zone.geometry ELSE {cut} END")
    rows = f"""
        SELECT zone.id, zone.number, zone.plan_id AS plan,
            {_is_named_here("zone.geometry")} AS named, {_geom(shape)} AS geom
        FROM layers_zone zone JOIN layers_plan plan ON plan.id = zone.plan_id
        WHERE zone.plan_id = ANY(%(plans)s) AND {IN_WINDOW.format("zone")}
            AND ({WHOLE_PLAN} OR EXISTS (
                SELECT FROM layers_plansite site
                WHERE site.zone_id = zone.id AND {INSIDE.format("site")}
            ))
        ORDER BY zone.id
    """  # noqa: S608 (constants)
    return statement(AREAS, select=_packed("zones", rows))


def _links() -> str:
    """Return the links with both ends inside, each drawn between the sites where they are near."""
    rows = f"""
        SELECT link.id, link.a, link.b, link.gap_m, link.kind, link.barrier, link.is_open,
            {_geom("ST_ShortestLine(a.geometry, b.geometry)")} AS geom
        FROM layers_plansite a
        JOIN layers_neighbourlink link ON link.plan_id = a.plan_id AND link.a = a.site
        JOIN layers_plansite b ON b.plan_id = a.plan_id AND b.site = link.b
        WHERE a.plan_id = ANY(%(plans)s)
            AND {INSIDE.format("a")} AND {INSIDE.format("b")}
            AND ({IN_WINDOW.format("a")} OR {IN_WINDOW.format("b")})
        ORDER BY link.id
    """  # noqa: S608 (constants)
    return _packed("links", rows)


LAYERS: Mapping[str, Sequence[tuple[int, str]]] = {
    "areas": [(0, _areas())],
    "barriers": [(0, NOTHING), (9, _barriers())],
    "buildings": [
        (0, NOTHING),
        (SCATTERED_FROM, _building_clusters()),
        (BUILDINGS_FROM, _buildings(_geom_straight)),
    ],
    "compounds": [
        (0, _compound_clusters()),
        (COMPOUNDS_FROM, _compounds(_geom)),
        (STRAIGHT_FROM, _compounds(_geom_straight)),
    ],
    "links": [(0, NOTHING), (12, _links())],
    "zones": [(0, _zones())],
}
"""For each layer what it draws from which zoom on."""


def layer_sql(layer: str, z: int) -> str:
    """Return what draws a layer at a zoom; "" = nothing is to be seen there."""
    return [sql for least, sql in LAYERS[layer] if z >= least][-1]
