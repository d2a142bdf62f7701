"""Read the ledger that rates are made from: rows as they were on a day, as known at a moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geo.frames.past import columns
from geo.models import (
    BaseList,
    BaseRow,
    Committee,
    Compound,
    ContractItem,
    Courtyard,
    Fact,
    ManagementArea,
    ManagingArea,
    Member,
    Provider,
    Registered,
)
from geo.models.contracts import COVERED
from layers.coverage import NOWHERE, Base, Committees, Items, Ledger, Things, Tree, Unit
from layers.planning.count_buildings import DIGITS, building_rows, existing
from layers.sites import SiteKind

MODELS: Mapping[SiteKind, type[Registered]] = {
    SiteKind.MANAGEMENT_AREA: ManagementArea,
    SiteKind.COMPOUND: Compound,
    SiteKind.COURTYARD: Courtyard,
}
COLUMNS: Mapping[SiteKind, Sequence[str]] = {
    SiteKind.MANAGEMENT_AREA: ["area_id", "merged_into_id"],
    SiteKind.COMPOUND: ["area_id", "merged_into_id", "households", "floor_area_m2", "old_list"],
    SiteKind.COURTYARD: ["area_id"],
}

_Columns = Mapping[str, Sequence[Any]]
_Places = Mapping[int, int]
"""Row ids → positions."""


def coverage_ledger(*, valid: date, known: datetime) -> Ledger:
    """Return all that rates on the day are made from, as known at the moment."""
    said = Said.of(valid=valid, known=known)
    areas = columns(ManagingArea, ["code", "name", "level", "parent_id"], known=known)
    rows: dict[SiteKind, _Columns] = {
        kind: _rows(kind, valid=valid, known=known) for kind in MODELS
    }
    rows[SiteKind.BUILDING] = building_rows(said.buildings, valid=valid, known=known)
    places = {kind: _places(rows[kind]["id"]) for kind in SiteKind}
    buildings, held_by = rows[SiteKind.BUILDING], places[SiteKind.MANAGEMENT_AREA]
    held = said.holders("building_id")
    of_area = _places(areas["id"])
    things = {kind: _things(rows[kind], places[kind], of_area) for kind in SiteKind}
    inside = _positions(buildings["compound_id"], places[SiteKind.COMPOUND])
    compounds = things[SiteKind.COMPOUND]
    things[SiteKind.COMPOUND] = _filled(compounds, things[SiteKind.BUILDING], inside)
    return Ledger(
        on=valid,
        tree=_tree(areas),
        things=things,
        compound_holder=_holders(rows[SiteKind.COMPOUND], said.holders("compound_id"), held_by),
        building_holder=_holders(buildings, held, held_by),
        building_compound=inside,
        building_courtyard=_positions(buildings["courtyard_id"], places[SiteKind.COURTYARD]),
        # Whoever drew a building into a management area says that people live in it.
        building_is_home=np.array(
            [
                is_home or one in held
                for one, is_home in zip(buildings["id"], buildings["is_home"], strict=True)
            ],
            dtype=bool,
        ),
        is_old=_numbers(rows[SiteKind.COMPOUND]["old_list"]),
        items=_items(said.items, places, known=known),
        committees=_committees(said.committees, places),
        bases=_bases(said.bases, places),
    )


def _rows(kind: SiteKind, *, valid: date, known: datetime) -> _Columns:
    rows = columns(MODELS[kind], [*COLUMNS[kind], "valid_from", "valid_to"], known=known)
    return rows | {"exists": existing(rows, valid)}


def _places(ids: Sequence[int]) -> dict[int, int]:
    return {row: position for position, row in enumerate(ids)}


def _positions(ids: Iterable[int | None], places: _Places) -> NDArray[np.int64]:
    return np.array([places.get(row, NOWHERE) for row in ids], dtype=np.int64)  # type: ignore[arg-type]


def _holders(rows: _Columns, holder: Mapping[int, int], places: _Places) -> NDArray[np.int64]:
    return _positions([holder.get(row) for row in rows["id"]], places)


def _numbers(values: Sequence[Any]) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)


def _tree(areas: _Columns) -> Tree:
    return Tree(
        codes=np.array(areas["code"], dtype=np.str_),
        names=np.array(areas["name"], dtype=np.str_),
        levels=np.array(areas["level"], dtype=np.str_),
        parent=_positions(areas["parent_id"], _places(areas["id"])),
    )


def _things(rows: _Columns, own: _Places, of_area: _Places) -> Things:
    nothing = [None] * len(rows["id"])
    return Things(
        area=_positions(rows["area_id"], of_area),
        exists=np.array(rows["exists"], dtype=bool),
        merged_into=_positions(rows.get("merged_into_id", nothing), own),
        count=_numbers(rows.get("count", [1] * len(nothing))),
        households=_numbers(rows.get("households", nothing)),
        floor_area_m2=_numbers(rows.get("floor_area_m2", nothing)),
    )


def _filled(compounds: Things, buildings: Things, inside: NDArray[np.int64]) -> Things:
    """Give compounds without a number of their own the sum over their buildings, if all tell it."""
    return replace(
        compounds,
        households=_summed(compounds.households, buildings.households, inside),
        floor_area_m2=_summed(compounds.floor_area_m2, buildings.floor_area_m2, inside),
    )


def _summed(
    own: NDArray[np.float64], of_buildings: NDArray[np.float64], inside: NDArray[np.int64]
) -> NDArray[np.float64]:
    size = len(own) + 1
    sums = np.bincount(inside + 1, weights=of_buildings, minlength=size)[1:]
    is_told = np.isnan(own) & (np.bincount(inside + 1, minlength=size)[1:] > 0)
    return np.where(is_told, np.round(sums, DIGITS), own)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What facts say on the day, as known at the moment, in columns."""

    members: _Columns
    items: _Columns
    committees: _Columns
    bases: _Columns

    @classmethod
    def of(cls, *, valid: date, known: datetime) -> Self:
        """Read it: one query for each kind of fact."""

        def told(model: type[Fact], *names: str) -> _Columns:
            wanted = [f"{thing}_id" for thing in COVERED if hasattr(model, thing)]
            rows = list(model.objects.as_of(valid=valid, known=known).values_list(*wanted, *names))
            found = zip(*rows, strict=True) if rows else [()] * (len(wanted) + len(names))
            return dict(zip((*wanted, *names), found, strict=True))

        return cls(
            members=told(Member),
            items=told(ContractItem, "contract__provider_id", "signed_on", "in_service_from"),
            committees=told(Committee, "kind"),
            bases=told(BaseRow, "base_list_id"),
        )

    @property
    def buildings(self) -> set[int]:
        """Return the row ids of the buildings that any of it names."""
        told = (self.members, self.items, self.bases)
        return {one for said in told for one in said["building_id"] if one is not None}

    def holders(self, column: str) -> dict[int, int]:
        """Return the management area that holds each compound or building."""
        pairs = zip(self.members[column], self.members["management_area_id"], strict=True)
        return {one: area for one, area in pairs if one is not None}


def _covered(
    said: _Columns, places: Mapping[SiteKind, _Places]
) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """Return kind and position of the one thing that each fact is about."""
    ids = {kind: said[f"{kind}_id"] for kind in SiteKind if f"{kind}_id" in said}
    told = [
        next((kind, one) for kind, one in zip(ids, row, strict=True) if one is not None)
        for row in zip(*ids.values(), strict=True)
    ]
    kinds = np.array([str(kind) for kind, _ in told], dtype=np.str_)
    positions = [places[kind].get(one, NOWHERE) for kind, one in told]
    return kinds, np.array(positions, dtype=np.int64)


def _items(said: _Columns, places: Mapping[SiteKind, _Places], *, known: datetime) -> Items:
    providers = columns(Provider, ["kind"], known=known)
    kinds = dict(zip(providers["id"], providers["kind"], strict=True))
    kind, position = _covered(said, places)
    return Items(
        kind=kind,
        position=position,
        provider_kind=np.array(
            [kinds.get(provider, "") for provider in said["contract__provider_id"]], dtype=np.str_
        ),
        signed_on=_days(said["signed_on"]),
        in_service_from=_days(said["in_service_from"]),
    )


def _days(days: Iterable[date | None]) -> NDArray[np.datetime64]:
    return np.array([day or "NaT" for day in days], dtype="datetime64[D]")


def _committees(said: _Columns, places: Mapping[SiteKind, _Places]) -> Committees:
    kind, position = _covered(said, places)
    return Committees(kind=kind, position=position, committee=np.array(said["kind"], dtype=np.str_))


def _bases(said: _Columns, places: Mapping[SiteKind, _Places]) -> tuple[Base, ...]:
    """Return the base lists that have rows, by name."""
    lists = np.array(said["base_list_id"], dtype=np.int64)
    _, position = _covered(said, places)
    on_record = position != NOWHERE
    return tuple(
        Base(
            name=one.name,
            unit=next(unit for unit in Unit if unit == one.unit),
            document=one.document,
            frozen_on=one.frozen_on,
            positions=position[on_record & (lists == one.pk)],
        )
        for one in BaseList.objects.filter(pk__in=np.unique(lists).tolist()).order_by("name")
    )
