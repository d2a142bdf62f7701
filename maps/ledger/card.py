"""What a row said before: every change with its day, its person and both values."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from geo.models import Compound, Fact, ManagingArea, Registered
from geo.readers import Kind
from maps.ledger.columns import COLUMNS
from maps.ledger.origins import (
    STORED,
    Origin,
    differ,
    facts_called,
    origin_of_fact,
    versions_of,
)
from maps.ledger.page import MODELS

UNKNOWN = "—"
REFERENCES = frozenset({"area", "compound"})
"""Columns of the table that hold a row id, which says nothing to a person."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value that changed."""

    heading: str
    before: str
    after: str
    origin: Origin


def history_of(kind: Kind, pk: int) -> list[Change]:
    """Return what changed in a row, the newest first."""
    model = MODELS[kind]
    changes = _of_fact(model, kind, pk) if issubclass(model, Fact) else _of_thing(model, kind, pk)
    return list(reversed(changes))


def _of_thing(model: type[Registered], kind: Kind, pk: int) -> list[Change]:
    versions = versions_of(model, [pk])[pk]
    return [
        change
        for before, after in pairwise(versions)
        for change in _changes(kind, before.values, after.values, after.origin)
    ]


def rows_before(kind: Kind, pk: int) -> list[int]:
    """Return the rows that a fact took the place of, the oldest first; a thing keeps its row."""
    model = MODELS[kind]
    return [each.pk for each in _chain(model, pk)[:-1]] if issubclass(model, Fact) else []


def _chain(model: type[Fact], pk: int) -> list[Fact]:
    """Return a fact after all that it took the place of."""
    chain = [facts_called(model, [pk])[pk]]
    while older := _predecessor(model, chain[0]):
        chain.insert(0, facts_called(model, [older])[older])
    return chain


def _of_fact(model: type[Fact], kind: Kind, pk: int) -> list[Change]:
    chain = _chain(model, pk)
    return [
        change
        for before, after in pairwise(chain)
        for change in _changes(kind, vars(before), vars(after), origin_of_fact(after))
    ]


def _predecessor(model: type[Fact], fact: Fact) -> int | None:
    about = {
        name: getattr(fact, name)
        for name in ("management_area_id", "compound_id", "building_id", "courtyard_id")
        if hasattr(fact, name)
    }
    older = model.objects.filter(superseded_at=fact.recorded_at, **about)
    return older.order_by("-pk").values_list("pk", flat=True).first()


def _changes(
    kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any], origin: Origin
) -> list[Change]:
    names = {"date": "valid_from", "ends_on": "valid_to"} | STORED
    told = []
    for column in COLUMNS[kind]:
        name = names.get(column.key, column.key)
        if name in after and differ(before.get(name), after[name]):
            first, last = (_text(values.get(name), column.key) for values in (before, after))
            heading = column.heading
            told.append(Change(heading=heading, before=first, after=last, origin=origin))
    return told


def _text(value: Any, key: str) -> str:
    if value in {None, ""}:
        return UNKNOWN
    if key in REFERENCES:
        return _named(key, value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _named(key: str, pk: int) -> str:
    return str((ManagingArea if key == "area" else Compound).objects.get(pk=pk))
