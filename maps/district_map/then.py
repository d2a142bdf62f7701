"""Rows as they stood on a day, as known at a moment: the parts of SQL that maps are drawn from.

Python asks `geo.frames.past` for the same; a map asks for a small window of it many times a second,
so here PostGIS finds the rows by their index and draws them itself. Every statement is made of
constants of this package; what a person asks for goes in as parameters.
"""

from geo.crs import STORAGE_SRID

HOLDS = """
    ({0}.valid_from IS NULL OR {0}.valid_from <= %(valid)s)
    AND ({0}.valid_to IS NULL OR {0}.valid_to >= %(valid)s)
"""
BELIEVED = """
    {0}.recorded_at <= %(known)s
    AND ({0}.superseded_at IS NULL OR {0}.superseded_at > %(known)s)
"""
SHAPE = "geometry"


WINDOW = f"ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, {STORAGE_SRID})"
IN_WINDOW = f"{{0}}.geometry && {WINDOW}"
"""On the stored column, so that its index answers."""


def holds(row: str) -> str:
    """Return the condition that a row holds (or a thing exists) on the day."""
    return HOLDS.format(row)


def believed(fact: str) -> str:
    """Return the condition that a fact was believed at the moment."""
    return BELIEVED.format(fact)


def as_known(name: str, table: str, **types: str) -> str:
    """Return the common table expression `name`: the rows of a registered table as then known.

    `types` are the columns wanted beside id, code, name and the days, with their SQL type. Where
    the moment is now, PostgreSQL leaves out the past before it plans anything.
    """
    columns = {"name": "text", "valid_from": "date", "valid_to": "date"} | types
    before = ", ".join(_before(column, kind) for column, kind in columns.items())
    return f"""
        {name} AS NOT MATERIALIZED (
            SELECT id, code, {", ".join(columns)}
            FROM {table}
            WHERE NOT %(is_past)s OR (recorded_at <= %(known)s AND changed_at <= %(known)s)
            UNION ALL
            SELECT object_id, code, {before}
            FROM geo_revision
            WHERE %(is_past)s AND "table" = '{table}'
                AND recorded_at <= %(known)s AND superseded_at > %(known)s
        )
    """  # noqa: S608 (names of our own tables)


def _before(column: str, kind: str) -> str:
    if kind == SHAPE:
        shape = f"ST_GeomFromWKB(decode(before->>'{column}', 'hex'), {STORAGE_SRID})"
        return f"{shape} AS {column}"
    return f"(before->>'{column}')::{kind} AS {column}"


AMONG = "CASE WHEN %(areas)s::int8multirange @> {0} THEN true ELSE false END"
"""That an area is the asked one or lies below it. As ranges of rows: a city has thousands of areas,
mostly numbered one after the other; to read their list would take longer than to draw a tile. As a
case, of which the planner expects one half; of the bare operator it expects next to nothing."""
INSIDE = AMONG.format("{0}.area_id")
"""That a thing lies in the asked area or below it."""


def statement(*parts: str, select: str) -> str:
    """Return one statement of common table expressions and what is selected from them."""
    return f"WITH RECURSIVE {', '.join(parts)} {select}"
