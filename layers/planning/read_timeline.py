"""Read the timeline that rates on any day are made from, and keep it until a row changes.

A building more or less does not make contracts be read again: what was read of each table is kept
by the version of that table, and what is put together from them by the versions of all.
"""

from collections.abc import Mapping, Sequence
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
    ContractItem,
    Courtyard,
    Fact,
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
from layers.planning.read_ledger import HOME_WORDS
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
        ("area_id", "merged_into_id", "households", "floor_area_m2", "old_list"),
    ),
    SiteKind.COURTYARD: (Courtyard, ("area_id",)),
    SiteKind.BUILDING: (
        Building,
        ("area_id", "compound_id", "courtyard_id", "use", "households", "floor_area_m2"),
    ),
}
"""The table of each kind, and what is read of it."""

Columns = Mapping[str, Sequence[Any]]
Positions = NDArray[np.int64]


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
            codes=np.array(areas["code"], dtype=np.str_),
            names=np.array(areas["name"], dtype=np.str_),
            levels=np.array(areas["level"], dtype=np.str_),
            parent=of_area.find(areas["parent_id"]),
        ),
        things=things,
        members=_members(rows(Member, "management_area_id", "compound_id", "building_id"), places),
        building_compound=building_compound,
        building_courtyard=places[SiteKind.COURTYARD].find(buildings["courtyard_id"]),
        building_is_home=_are_homes(buildings),
        is_old=_numbers(told[SiteKind.COMPOUND]["old_list"]),
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
        bases=_bases(rows(BaseRow, *_BASE_THINGS, *_BASE_KEYS), places),
    )


_THINGS = tuple(f"{thing}_id" for thing in COVERED)
_STEPS = ("signed_on", "filed_on", "in_service_from")
_BASE_THINGS = ("compound_id", "management_area_id", "building_id")
_BASE_KEYS = (
    *("base_list__name", "base_list__unit"),
    *("base_list__document", "base_list__frozen_on"),
)


@lru_cache(maxsize=KEPT_TABLES)
def _columns(
    model: type[models.Model],
    columns: tuple[str, ...],
    version: TableVersion,  # noqa: ARG001 (the key under which the answer is kept)
    known: datetime | None,
) -> Columns:
    """Return columns of a table as known at a moment, sorted by row."""
    moment = known or timezone.now()
    names = ("id", *columns, *SPAN)
    if issubclass(model, Fact):
        rows = model.objects.known_at(moment).order_by("id").values_list(*names)
        return _turned(names, rows.iterator())
    if issubclass(model, Registered):
        now = model.objects.known_at(moment).order_by("id").values_list(*names)
        before = _revisions(model, moment)
        return _turned(names, (_as_known(names, row, before) for row in now.iterator()))
    raise TypeError(model)


def _turned(names: Sequence[str], rows: Any) -> Columns:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return dict(zip(names, columns, strict=True))


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


class _Places:
    """Positions of rows by what the database calls them."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.ids = np.array(ids, dtype=np.int64)

    def find(self, wanted: Sequence[int | None]) -> Positions:
        """Return the position of each; NOWHERE for none, or one that is not on record."""
        return places_of(self.ids, np.array([each or NOWHERE for each in wanted], dtype=np.int64))


def _numbers(values: Sequence[Any]) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)


def _days(values: Sequence[Any]) -> NDArray[np.datetime64]:
    return np.array(values, dtype="datetime64[D]")


def _spans(rows: Columns) -> Spans:
    return Spans(first=_days(rows["valid_from"]), last=_days(rows["valid_to"]))


def _things(rows: Columns, own: _Places, of_area: _Places) -> DatedThings:
    nothing = [None] * len(own.ids)
    return DatedThings(
        ids=own.ids,
        area=of_area.find(rows["area_id"]),
        merged_into=own.find(rows.get("merged_into_id", nothing)),
        households=_numbers(rows.get("households", nothing)),
        floor_area_m2=_numbers(rows.get("floor_area_m2", nothing)),
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

    return DatedThings(
        ids=compounds.ids,
        area=compounds.area,
        merged_into=compounds.merged_into,
        households=filled(compounds.households, buildings.households),
        floor_area_m2=filled(compounds.floor_area_m2, buildings.floor_area_m2),
        spans=compounds.spans,
    )


def _are_homes(rows: Columns) -> NDArray[np.bool_]:
    homes = {use for use in set(rows["use"]) if any(word in use for word in HOME_WORDS)}
    says_so = np.array([use in homes for use in rows["use"]], dtype=bool)
    return says_so | (np.nan_to_num(_numbers(rows["households"])) > 0)


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
        named = np.array([value is not None for value in column], dtype=bool)
        kind[named] = str(each)
        position[named] = places[each].find(column)[named]
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
    kinds = dict(zip(providers["id"], providers["kind"], strict=True))
    where = _where(rows, places, [*SiteKind])
    return DatedItems(
        ids=np.array(rows["id"], dtype=np.int64),
        items=Items(
            kind=where.kind,
            position=where.position,
            provider_kind=np.array(
                [kinds.get(provider, "") for provider in rows["contract__provider_id"]],
                dtype=np.str_,
            ),
            signed_on=_days(rows["signed_on"]),
            in_service_from=_days(rows["in_service_from"]),
        ),
        filed_on=_days(rows["filed_on"]),
        spans=_spans(rows),
    )


def _committees(rows: Columns, places: Mapping[SiteKind, _Places]) -> DatedCommittees:
    where = _where(rows, places, [SiteKind.MANAGEMENT_AREA, SiteKind.COMPOUND])
    return DatedCommittees(
        committees=Committees(
            kind=where.kind,
            position=where.position,
            committee=np.array(rows["kind"], dtype=np.str_),
        ),
        spans=_spans(rows),
    )


def _bases(rows: Columns, places: Mapping[SiteKind, _Places]) -> tuple[DatedBase, ...]:
    where, spans = _where(rows, places, _BASE_KINDS), _spans(rows)
    lists = list(zip(*(rows[key] for key in _BASE_KEYS), strict=True))
    found = []
    for one in sorted(set(lists)):
        name, unit, document, frozen_on = one
        chosen = np.array([each == one for each in lists], dtype=bool)
        found.append(
            DatedBase(
                name=name,
                unit=next(each for each in Unit if each == unit),
                document=document,
                frozen_on=frozen_on,
                positions=where.position[chosen],
                spans=Spans(first=spans.first[chosen], last=spans.last[chosen]),
            )
        )
    return tuple(found)


_BASE_KINDS = (SiteKind.COMPOUND, SiteKind.MANAGEMENT_AREA, SiteKind.BUILDING)
