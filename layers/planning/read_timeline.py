"""Read the timeline that rates on any day are made from, and keep it until a row changes.

A building more or less does not make contracts be read again: what was read of each table is kept
by the version of that table, and what is put together from them by the versions of all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from django.db import models
from django.utils import timezone
from numpy.typing import NDArray

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
    Registered,
    Revision,
)
from geo.models.contracts import COVERED
from layers.coverage import (
    NOWHERE,
    Committees,
    DatedBase,
    DatedCommittees,
    DatedConditions,
    DatedDecisions,
    DatedItems,
    DatedMembers,
    DatedThings,
    Items,
    Spans,
    Timeline,
    Tree,
    Unit,
    places_of,
)
from layers.planning.count_buildings import HOME_WORDS
from layers.planning.read_version import TableVersion, Version
from layers.sites import SiteKind

KEPT = 2
"""Timelines kept in a process: the one of today, and one as known before."""
KEPT_TABLES = 24
SPAN = ("valid_from", "valid_to")

THINGS: Mapping[SiteKind, tuple[type[Registered], Sequence[str]]] = {
    SiteKind.MANAGEMENT_AREA: (ManagementArea, ("area_id", "merged_into_id")),
    SiteKind.COMPOUND: (
        Compound,
        ("area_id", "merged_into_id", "households", "floor_area_m2", "old_list", "built"),
    ),
    SiteKind.COURTYARD: (Courtyard, ("area_id",)),
    SiteKind.BUILDING: (
        Building,
        ("area_id", "compound_id", "courtyard_id", "use", "households", "floor_area_m2"),
    ),
}
"""The table of each kind, and what is read of it."""

DAYS = frozenset({*SPAN, "signed_on", "filed_on", "in_service_from", "frozen_on"})
WORDS = frozenset({"code", "name", "level", "use", "kind", "key", "unit", "document"})

Positions = NDArray[np.int64]


class Words(NamedTuple):
    """A column of words: which word stands in each row."""

    which: Positions
    words: Sequence[str]

    def texts(self) -> NDArray[np.str_]:
        """Return the column written out."""
        return np.array(self.words or [""], dtype=np.str_)[self.which]

    def where(self, chosen: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Tell in which rows a word stands that is chosen."""
        return np.array([chosen(word) for word in self.words] or [False], dtype=bool)[self.which]


Columns = Mapping[str, Any]
"""Names → arrays: ids with NOWHERE for none, days with NaT, numbers with NaN, and `Words`."""


@lru_cache(maxsize=KEPT)
def read_timeline(version: Version, known: datetime | None) -> Timeline:
    """Return all that rates are made from, as known at a moment; None = now."""

    def rows(model: type[models.Model], *columns: str) -> Columns:
        return _columns(model, columns, version.of(model), known)

    areas = rows(ManagingArea, "code", "name", "level", "parent_id")
    of_area = _Places(areas["id"])
    told = {kind: rows(model, *columns) for kind, (model, columns) in THINGS.items()}
    places = {kind: _Places(told[kind]["id"]) for kind in SiteKind}
    buildings = told[SiteKind.BUILDING]
    things = {kind: _things(told[kind], places[kind], of_area) for kind in SiteKind}
    building_compound = places[SiteKind.COMPOUND].find(buildings["compound_id"])
    things[SiteKind.COMPOUND] = _filled(
        things[SiteKind.COMPOUND], things[SiteKind.BUILDING], building_compound
    )
    decisions = rows(OwnersDecision, "management_area_id")
    return Timeline(
        area_ids=of_area.ids,
        tree=Tree(
            codes=areas["code"].texts(),
            names=areas["name"].texts(),
            levels=areas["level"].texts(),
            parent=of_area.find(areas["parent_id"]),
        ),
        things=things,
        members=_members(rows(Member, "management_area_id", "compound_id", "building_id"), places),
        building_compound=building_compound,
        building_courtyard=places[SiteKind.COURTYARD].find(buildings["courtyard_id"]),
        building_is_home=_are_homes(buildings),
        is_old=told[SiteKind.COMPOUND]["old_list"],
        built=told[SiteKind.COMPOUND]["built"],
        items=_items(
            rows(ContractItem, *_THINGS, "contract__provider_id", *_STEPS),
            rows(Provider, "kind"),
            places,
        ),
        committees=_committees(
            rows(Committee, "management_area_id", "compound_id", "kind"), places
        ),
        decisions=DatedDecisions(
            area=places[SiteKind.MANAGEMENT_AREA].find(decisions["management_area_id"]),
            spans=_spans(decisions),
        ),
        conditions=_conditions(rows(ConditionFact, "compound_id", "key", "is_met"), places),
        bases=_bases(rows(BaseRow, *_BASE_THINGS, *_BASE_KEYS), places),
    )


_THINGS = tuple(f"{thing}_id" for thing in COVERED)
_STEPS = ("signed_on", "filed_on", "in_service_from")
_BASE_THINGS = ("compound_id", "management_area_id", "building_id")
_BASE_WORDS = ("name", "unit", "document")
_BASE_KEYS = (*(f"base_list__{key}" for key in _BASE_WORDS), "base_list__frozen_on")


@lru_cache(maxsize=KEPT_TABLES)
def _columns(
    model: type[models.Model],
    columns: tuple[str, ...],
    version: TableVersion,  # noqa: ARG001 (the key under which the answer is kept)
    known: datetime | None,
) -> Columns:
    """Return columns of a table as known at a moment, sorted by row."""
    moment, names = known or timezone.now(), ("id", *columns, *SPAN)
    believed = model.objects.known_at(moment)  # type: ignore[attr-defined]
    rows = list(believed.order_by("id").values_list(*names))
    if issubclass(model, Registered) and (before := _revisions(model, moment)):
        rows = [_as_known(names, row, before) for row in rows]
    columns_ = list(zip(*rows, strict=True)) or [()] * len(names)
    return {name: _array(name, told) for name, told in zip(names, columns_, strict=True)}


def _revisions(model: type[models.Model], moment: datetime) -> dict[int, Mapping[str, Any]]:
    past = Revision.objects.filter(
        table=model._meta.db_table,  # noqa: SLF001 (the public way to a model's table)
        recorded_at__lte=moment,
        superseded_at__gt=moment,
    )
    return dict(past.values_list("object_id", "before"))


def _as_known(
    names: Sequence[str], row: Sequence[Any], before: Mapping[int, Mapping[str, Any]]
) -> Sequence[Any]:
    then = before.get(row[0])
    return row if then is None else [then[name] for name in names]


def _array(name: str, told: Sequence[Any]) -> Any:
    """Return a column as what its name says it is."""
    last = name.rpartition("__")[2]
    if last.endswith("id"):
        return np.array([each or NOWHERE for each in told], dtype=np.int64)
    if last in DAYS:
        return np.array(told, dtype="datetime64[D]")
    if last in WORDS:
        seen: dict[str, int] = {}
        which = [seen.setdefault(word, len(seen)) for word in told]
        return Words(np.array(which, dtype=np.int64), list(seen))
    return np.array(told, dtype=np.float64)


class _Places:
    """Positions of rows by what the database calls them."""

    def __init__(self, ids: Positions) -> None:
        self.ids = ids

    def find(self, wanted: Positions) -> Positions:
        """Return the position of each; NOWHERE for none, or one that is not on record."""
        return places_of(self.ids, wanted)


def _spans(rows: Columns) -> Spans:
    return Spans(first=rows["valid_from"], last=rows["valid_to"])


def _things(rows: Columns, own: _Places, of_area: _Places) -> DatedThings:
    nobody, nothing = np.full(len(own.ids), NOWHERE), np.full(len(own.ids), np.nan)
    return DatedThings(
        ids=own.ids,
        area=of_area.find(rows["area_id"]),
        merged_into=own.find(rows.get("merged_into_id", nobody)),
        households=rows.get("households", nothing),
        floor_area_m2=rows.get("floor_area_m2", nothing),
        spans=_spans(rows),
    )


def _filled(
    compounds: DatedThings, buildings: DatedThings, building_compound: Positions
) -> DatedThings:
    """Give compounds without a number of their own the sum over their buildings, if all tell it."""
    inside = building_compound != NOWHERE
    holder, size = building_compound[inside], len(compounds.ids)

    def filled(own: NDArray[np.float64], each: NDArray[np.float64]) -> NDArray[np.float64]:
        told = np.bincount(holder, weights=np.nan_to_num(each[inside]), minlength=size)
        silent = np.bincount(holder, weights=np.isnan(each[inside]), minlength=size)
        count = np.bincount(holder, minlength=size)
        return np.where(np.isnan(own) & (count > 0) & (silent == 0), told, own)

    return replace(
        compounds,
        households=filled(compounds.households, buildings.households),
        floor_area_m2=filled(compounds.floor_area_m2, buildings.floor_area_m2),
    )


def _are_homes(rows: Columns) -> NDArray[np.bool_]:
    says_so: NDArray[np.bool_] = rows["use"].where(
        lambda use: any(word in use for word in HOME_WORDS)
    )
    has_households: NDArray[np.bool_] = np.nan_to_num(rows["households"]) > 0
    return says_so | has_households


class _Where(NamedTuple):
    """Kind and position of what each row names."""

    kind: NDArray[np.str_]
    position: Positions


def _where(rows: Columns, places: Mapping[SiteKind, _Places], kinds: Sequence[SiteKind]) -> _Where:
    """Return the one thing that each row names among several columns."""
    count = len(rows["id"])
    kind = np.full(count, "", dtype="U20")
    position = np.full(count, NOWHERE, dtype=np.int64)
    for each in kinds:
        column = rows[f"{each}_id"]
        named = column != NOWHERE
        kind[named] = str(each)
        position[named] = places[each].find(column[named])
    return _Where(kind, position)


def _members(rows: Columns, places: Mapping[SiteKind, _Places]) -> DatedMembers:
    where = _where(rows, places, [SiteKind.COMPOUND, SiteKind.BUILDING])
    return DatedMembers(
        kind=where.kind,
        position=where.position,
        area=places[SiteKind.MANAGEMENT_AREA].find(rows["management_area_id"]),
        spans=_spans(rows),
    )


def _items(rows: Columns, providers: Columns, places: Mapping[SiteKind, _Places]) -> DatedItems:
    kinds = np.append(providers["kind"].texts(), "")
    who = places_of(providers["id"], rows["contract__provider_id"])
    where = _where(rows, places, [*SiteKind])
    return DatedItems(
        ids=rows["id"],
        items=Items(
            kind=where.kind,
            position=where.position,
            provider_kind=kinds[who],
            signed_on=rows["signed_on"],
            in_service_from=rows["in_service_from"],
        ),
        filed_on=rows["filed_on"],
        spans=_spans(rows),
    )


def _committees(rows: Columns, places: Mapping[SiteKind, _Places]) -> DatedCommittees:
    where = _where(rows, places, [SiteKind.MANAGEMENT_AREA, SiteKind.COMPOUND])
    return DatedCommittees(
        committees=Committees(
            kind=where.kind,
            position=where.position,
            committee=rows["kind"].texts(),
        ),
        spans=_spans(rows),
    )


def _conditions(rows: Columns, places: Mapping[SiteKind, _Places]) -> DatedConditions:
    return DatedConditions(
        compound=places[SiteKind.COMPOUND].find(rows["compound_id"]),
        key=rows["key"].texts(),
        is_met=rows["is_met"] == 1,
        spans=_spans(rows),
    )


def _bases(rows: Columns, places: Mapping[SiteKind, _Places]) -> tuple[DatedBase, ...]:
    where, spans = _where(rows, places, _BASE_KINDS), _spans(rows)
    names, units, documents = (rows[f"base_list__{key}"].texts() for key in _BASE_WORDS)
    found = []
    for name in np.unique(names).tolist() if len(names) else ():
        chosen = names == name
        first = int(np.flatnonzero(chosen)[0])
        found.append(
            DatedBase(
                name=name,
                unit=next(each for each in Unit if each == units[first]),
                document=str(documents[first]),
                frozen_on=rows["base_list__frozen_on"][first].astype(object),
                positions=where.position[chosen],
                spans=Spans(first=spans.first[chosen], last=spans.last[chosen]),
            )
        )
    return tuple(found)


_BASE_KINDS = (SiteKind.COMPOUND, SiteKind.MANAGEMENT_AREA, SiteKind.BUILDING)
