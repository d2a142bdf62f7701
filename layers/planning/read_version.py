"""Read how far the tables have come: equal versions, equal rows."""

from typing import NamedTuple

from django.db import connection, models

from geo.models import (
    BaseRow,
    Building,
    Committee,
    Compound,
    ConditionFact,
    ContractItem,
    Courtyard,
    ManagementArea,
    ManagingArea,
    Member,
    OwnersDecision,
    Provider,
    Revision,
)

REGISTERED = (ManagingArea, ManagementArea, Compound, Courtyard, Building, Provider)
FACTS = (Member, ContractItem, Committee, OwnersDecision, ConditionFact, BaseRow)
MODELS: tuple[type[models.Model], ...] = (*REGISTERED, *FACTS)
WRITERS = """
    writers("table", who) AS MATERIALIZED (
        SELECT relation, string_agg(virtualtransaction, ' ' ORDER BY virtualtransaction)
        FROM pg_locks
        WHERE mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        GROUP BY relation
    )
"""
"""Whoever writes to a table holds this lock on it until the end of the transaction."""


class TableVersion(NamedTuple):
    """How far one table has come.

    No row is ever deleted. A registered thing that is changed leaves a revision, a fact that is
    corrected is superseded: whatever happens to a table, one of these moves. Nothing that grows
    with the table is counted.
    """

    newest: int
    changes: int
    writers: str
    """Who is writing to it and not done. A row numbered before the newest may be committed after
    it: then its writer is gone."""


class Version(NamedTuple):
    """How far all tables have come that rates are made from."""

    tables: tuple[TableVersion, ...]
    """In the order of `MODELS`."""

    def of(self, model: type[models.Model]) -> TableVersion:
        """Return the version of one table."""
        return self.tables[MODELS.index(model)]


def data_version() -> Version:
    """Return the version of every table that rates are made from. One query."""
    tables = [_registered(model) for model in REGISTERED] + [_fact(model) for model in FACTS]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {WRITERS} {' UNION ALL '.join(tables)}")
        told = {name: TableVersion(*version) for name, *version in cursor.fetchall()}
    return Version(tuple(told[_table(model)] for model in MODELS))


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table  # noqa: SLF001 (the public way to a model's table)


def _registered(model: type[models.Model]) -> str:
    table, past = _table(model), _table(Revision)
    changes = f"""SELECT count(*) FROM {past} WHERE "table" = '{table}'"""  # noqa: S608 (our own)
    return _told(table, changes)


def _fact(model: type[models.Model]) -> str:
    table = _table(model)
    changes = f"SELECT count(*) FROM {table} WHERE superseded_at IS NOT NULL"  # noqa: S608 (our own)
    return _told(table, changes)


def _told(table: str, changes: str) -> str:
    return f"""
        SELECT '{table}', (SELECT coalesce(max(id), 0) FROM {table}), ({changes}),
            coalesce((SELECT who FROM writers WHERE "table" = '{table}'::regclass), '')
    """  # noqa: S608 (names of our own tables)
