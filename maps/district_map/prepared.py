"""Statements that PostgreSQL plans once for a connection and not anew for every tile.

Django's cursor writes the values into the statement, and reads bytes as text.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg import Cursor


def answer_of(sql: str, parameters: Mapping[str, Any] | None = None) -> tuple[Any, ...]:
    """Return the one row that a statement answers."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(sql, parameters, prepare=True, binary=True)
        row: tuple[Any, ...] = cursor.fetchone() or ()
    return row
