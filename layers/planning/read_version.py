"""Read how far the tables have come: equal versions, equal rows."""

from typing import NamedTuple

from django.db import connection, models

from geo.models import (
    BaseRow,
    Building,
    Committee,
    Compound,
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
FACTS = (Member, ContractItem, Committee, OwnersDecision, BaseRow)
MODELS: tuple[type[models.Model], ...] = (*REGISTERED, *FACTS)


class TableVersion(NamedTuple):
    """How far one table has come.

    No row is ever deleted. A registered thing that is changed leaves a revision, a fact that is
    corrected is superseded: whatever happens to a table, one of these moves.
    """

    rows: int
    newest: int
    changes: int
    changed: str


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
        cursor.execute(" UNION ALL ".join(tables))
        told = {name: TableVersion(*version) for name, *version in cursor.fetchall()}
    return Version(tuple(told[_table(model)] for model in MODELS))


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table  # noqa: SLF001 (the public way to a model's table)


def _registered(model: type[models.Model]) -> str:
    table, past = _table(model), _table(Revision)
    return f"""
        SELECT '{table}', (SELECT count(*) FROM {table}),
            (SELECT coalesce(max(id), 0) FROM {table}),
            count(*), coalesce(max(id)::text, '')
        FROM {past} WHERE "table" = '{table}'
    """  # noqa: S608 (names of our own tables)


def _fact(model: type[models.Model]) -> str:
    table = _table(model)
    return f"""
        SELECT '{table}', count(*), coalesce(max(id), 0),
            count(superseded_at), coalesce(max(superseded_at)::text, '')
        FROM {table}
    """  # noqa: S608 (names of our own tables)
