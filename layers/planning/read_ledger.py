"""Read the ledger that rates are made from: rows as they were on a day, as known at a moment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.frames.past import records
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
    Provider,
    Registered,
)
from geo.models.contracts import COVERED
from layers.coverage import NOWHERE, Base, Committees, Items, Ledger, Things, Tree, Unit
from layers.sites import SiteKind

HOME_WORDS = ("住", "宿舍", "公寓")
"""A scattered building whose use says one of these is a home."""

MODELS: Mapping[SiteKind, type[Registered]] = {
    SiteKind.MANAGEMENT_AREA: ManagementArea,
    SiteKind.COMPOUND: Compound,
    SiteKind.COURTYARD: Courtyard,
    SiteKind.BUILDING: Building,
}
COLUMNS: Mapping[SiteKind, Sequence[str]] = {
    SiteKind.MANAGEMENT_AREA: ["area_id", "merged_into_id"],
    SiteKind.COMPOUND: ["area_id", "merged_into_id", "households", "floor_area_m2", "old_list"],
    SiteKind.COURTYARD: ["area_id"],
    SiteKind.BUILDING: [
        *("area_id", "compound_id", "courtyard_id"),
        *("use", "households", "floor_area_m2"),
    ],
}

_Rows = list[dict[str, Any]]
_Places = Mapping[int, int]
"""Row ids → positions."""


def coverage_ledger(*, valid: date, known: datetime) -> Ledger:
    """Return all that rates on the day are made from, as known at the moment."""
    areas = records(
        ManagingArea, ["id", "code", "name", "level", "parent_id"], valid=None, known=known
    )
    of_area = _places(areas)
    rows = {
        kind: records(MODELS[kind], COLUMNS[kind], valid=None, known=known) for kind in SiteKind
    }
    places = {kind: _places(rows[kind]) for kind in SiteKind}
    members = list(
        Member.objects.as_of(valid=valid, known=known).values_list(
            "management_area_id", "compound_id", "building_id"
        )
    )
    holder = {
        SiteKind.COMPOUND: {compound: area for area, compound, _ in members if compound},
        SiteKind.BUILDING: {building: area for area, _, building in members if building},
    }
    buildings, held = rows[SiteKind.BUILDING], holder[SiteKind.BUILDING]
    _fill_from_buildings(rows[SiteKind.COMPOUND], buildings)
    return Ledger(
        on=valid,
        tree=_tree(areas, of_area),
        things={kind: _things(rows[kind], places[kind], of_area, valid) for kind in SiteKind},
        compound_holder=_holders(
            rows[SiteKind.COMPOUND], holder[SiteKind.COMPOUND], places[SiteKind.MANAGEMENT_AREA]
        ),
        building_holder=_holders(buildings, held, places[SiteKind.MANAGEMENT_AREA]),
        building_compound=_positions(buildings, "compound_id", places[SiteKind.COMPOUND]),
        building_courtyard=_positions(buildings, "courtyard_id", places[SiteKind.COURTYARD]),
        building_is_home=np.array(
            [_is_home(row) or row["id"] in held for row in buildings], dtype=bool
        ),
        is_old=_numbers(rows[SiteKind.COMPOUND], "old_list"),
        items=_items(places, valid=valid, known=known),
        committees=_committees(places, valid=valid, known=known),
        bases=_bases(places, valid=valid, known=known),
    )


def _places(rows: _Rows) -> dict[int, int]:
    return {row["id"]: position for position, row in enumerate(rows)}


def _positions(rows: Iterable[Mapping[str, Any]], key: str, places: _Places) -> NDArray[np.int64]:
    found = [places.get(row.get(key), NOWHERE) for row in rows]  # type: ignore[arg-type]
    return np.array(found, dtype=np.int64)


def _holders(rows: _Rows, holder: Mapping[int, int], places: _Places) -> NDArray[np.int64]:
    return _positions([{"holder": holder.get(row["id"])} for row in rows], "holder", places)


def _numbers(rows: _Rows, key: str) -> NDArray[np.float64]:
    known = [np.nan if row.get(key) is None else float(row[key]) for row in rows]
    return np.array(known, dtype=np.float64)


def _tree(areas: _Rows, of_area: _Places) -> Tree:
    return Tree(
        codes=np.array([row["code"] for row in areas], dtype=np.str_),
        names=np.array([row["name"] for row in areas], dtype=np.str_),
        levels=np.array([row["level"] for row in areas], dtype=np.str_),
        parent=_positions(areas, "parent_id", of_area),
    )


def _things(rows: _Rows, own: _Places, of_area: _Places, valid: date) -> Things:
    exists = [
        (row["valid_from"] or date.min) <= valid <= (row["valid_to"] or date.max) for row in rows
    ]
    return Things(
        area=_positions(rows, "area_id", of_area),
        exists=np.array(exists, dtype=bool),
        merged_into=_positions(rows, "merged_into_id", own),
        households=_numbers(rows, "households"),
        floor_area_m2=_numbers(rows, "floor_area_m2"),
    )


def _fill_from_buildings(compounds: _Rows, buildings: _Rows) -> None:
    """Give compounds without a number of their own the sum over their buildings, if all tell it."""
    inside: dict[int, _Rows] = {}
    for building in buildings:
        inside.setdefault(building["compound_id"], []).append(building)
    for compound in compounds:
        for key in ("households", "floor_area_m2"):
            told = [building[key] for building in inside.get(compound["id"], [])]
            if compound[key] is None and told and None not in told:
                compound[key] = sum(told)


def _is_home(building: Mapping[str, Any]) -> bool:
    says_so = any(word in building["use"] for word in HOME_WORDS)
    return says_so or (building["households"] or 0) > 0


def _covered_places(
    rows: Iterable[Mapping[str, Any]], places: Mapping[SiteKind, _Places]
) -> list[tuple[str, int]]:
    """Return kind and position of the one thing that each row refers to."""
    return [
        next(
            (thing, places[SiteKind(thing)].get(row[f"{thing}_id"], NOWHERE))
            for thing in COVERED
            if row.get(f"{thing}_id")
        )
        for row in rows
    ]


def _items(places: Mapping[SiteKind, _Places], *, valid: date, known: datetime) -> Items:
    kinds = {row["id"]: row["kind"] for row in records(Provider, ["kind"], valid=None, known=known)}
    rows = list(
        ContractItem.objects.as_of(valid=valid, known=known).values(
            *(f"{thing}_id" for thing in COVERED),
            *("contract__provider_id", "signed_on", "in_service_from"),
        )
    )
    where = _covered_places(rows, places)
    return Items(
        kind=np.array([kind for kind, _ in where], dtype=np.str_),
        position=np.array([position for _, position in where], dtype=np.int64),
        provider_kind=np.array(
            [kinds.get(row["contract__provider_id"], "") for row in rows], dtype=np.str_
        ),
        signed_on=_days(rows, "signed_on"),
        in_service_from=_days(rows, "in_service_from"),
    )


def _days(rows: Sequence[Mapping[str, Any]], key: str) -> NDArray[np.datetime64]:
    return np.array([row[key] or "NaT" for row in rows], dtype="datetime64[D]")


def _committees(places: Mapping[SiteKind, _Places], *, valid: date, known: datetime) -> Committees:
    rows = list(
        Committee.objects.as_of(valid=valid, known=known).values(
            "management_area_id", "compound_id", "kind"
        )
    )
    where = _covered_places(rows, places)
    return Committees(
        kind=np.array([kind for kind, _ in where], dtype=np.str_),
        position=np.array([position for _, position in where], dtype=np.int64),
        committee=np.array([row["kind"] for row in rows], dtype=np.str_),
    )


def _bases(places: Mapping[SiteKind, _Places], *, valid: date, known: datetime) -> tuple[Base, ...]:
    rows = BaseRow.objects.as_of(valid=valid, known=known).values(
        *("compound_id", "management_area_id", "building_id"),
        *("base_list__name", "base_list__unit", "base_list__document", "base_list__frozen_on"),
    )
    lists: dict[str, list[dict[str, Any]]] = {}
    for row in rows.order_by("base_list__name"):
        lists.setdefault(row["base_list__name"], []).append(row)
    return tuple(
        Base(
            name=name,
            unit=next(unit for unit in Unit if unit == of[0]["base_list__unit"]),
            document=of[0]["base_list__document"],
            frozen_on=of[0]["base_list__frozen_on"],
            positions=_known_positions(of, places),
        )
        for name, of in lists.items()
    )


def _known_positions(
    rows: Iterable[Mapping[str, Any]], places: Mapping[SiteKind, _Places]
) -> NDArray[np.int64]:
    found = np.array([position for _, position in _covered_places(rows, places)], dtype=np.int64)
    known: NDArray[np.int64] = found[found != NOWHERE]
    return known
