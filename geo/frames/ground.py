"""Frames of what has a place of its own: areas, compounds, buildings, barriers, crossings."""

from datetime import date, datetime

import geopandas
from django.db.models import Exists, OuterRef, Q

from geo.frames.past import managing_tree, records
from geo.frames.said import (
    WISHES,
    committees_of_compounds,
    conditions,
    holders,
    providers_of_compounds,
    wishes,
)
from geo.frames.tables import SEPARATOR, geoframe
from geo.models import (
    Barrier,
    Building,
    Compound,
    Courtyard,
    Crossing,
    ManagementArea,
    ManagingArea,
    Member,
)
from geo.words import Condition


def areas(*, area: str | None, valid: date, known: datetime) -> geopandas.GeoDataFrame:
    """Return managing areas: the one asked for and all below it."""
    tree = managing_tree(area=area, known=known)
    inside = tree.inside()
    columns = ["name", "level", "parent_id", "valid_from", "geometry"]
    rows = [
        row | {"parent": tree.codes.get(row["parent_id"])}
        for row in records(ManagingArea, columns, valid=valid, known=known)
        if inside is None or row["id"] in inside
    ]
    wkb = [row["geometry"] for row in rows]
    return geoframe(rows, ["name", "level", "parent", "code", "valid_from"], wkb)


def compounds(*, area: str | None, valid: date, known: datetime) -> geopandas.GeoDataFrame:
    """Return compounds with who serves them, their committee and their conditions on the day."""
    tree = managing_tree(area=area, known=known)
    columns = [
        *("code", "name", "area", "address", "built", "households", "floor_area_m2", "buildings"),
        *("old_list", "title_area", "provider", "fee_low", "fee_high", "committee", "renovation"),
        *Condition,
        *WISHES,
    ]
    own = [
        *("name", "area_id", "address", "built", "households", "floor_area_m2"),
        *("buildings_reported", "old_list", "title_area", "fee_low", "fee_high", "renovation"),
        *("geometry", "point"),
    ]
    found = records(Compound, own, valid=valid, known=known, inside=tree.inside())
    of_areas = holders(valid=valid, known=known)
    said = conditions(valid=valid, known=known)
    wanted = wishes("compound", valid=valid, known=known)
    serving = providers_of_compounds(of_areas, valid=valid, known=known)
    deciding = committees_of_compounds(of_areas, valid=valid, known=known)
    rows = [
        row
        | said.get(row["id"], {})
        | wanted.get(row["id"], {})
        | {
            "area": tree.codes.get(row["area_id"]),
            "buildings": row["buildings_reported"],
            "provider": serving.get(row["id"]),
            "committee": deciding.get(row["id"]),
        }
        for row in found
    ]
    return geoframe(rows, columns, [row["geometry"] or row["point"] for row in rows])


def buildings(*, area: str | None, valid: date, known: datetime) -> geopandas.GeoDataFrame:
    """Return buildings; `compound` holds the compound's code, "" = scattered."""
    tree = managing_tree(area=area, known=known)
    plain = [
        *("name", "storeys", "height_m", "use", "households", "floor_area_m2"),
        *("built", "address"),
    ]
    own = [*plain, "area_id", "compound_id", "geometry"]
    found = records(Building, own, valid=valid, known=known, inside=tree.inside())
    codes = dict(Compound.objects.values_list("id", "code"))
    rows = [row | {"compound": codes.get(row["compound_id"])} for row in found]
    columns = ["code", "name", "compound", *plain[1:]]
    return geoframe(rows, columns, [row["geometry"] for row in rows])


def management_areas(*, area: str | None, valid: date, known: datetime) -> geopandas.GeoDataFrame:
    """Return management areas with the codes of their members."""
    tree = managing_tree(area=area, known=known)
    own = ["name", "area_id", "decided_on", "document", "geometry"]
    found = records(ManagementArea, own, valid=valid, known=known, inside=tree.inside())
    members: dict[int, list[str]] = {}
    facts = Member.objects.as_of(valid=valid, known=known)
    for held, compound, building in facts.values_list(
        "management_area_id", "compound__code", "building__code"
    ):
        members.setdefault(held, []).append(compound or building)
    wanted = wishes("management_area", valid=valid, known=known)
    rows = [
        row
        | wanted.get(row["id"], {})
        | {"members": SEPARATOR.join(sorted(members.get(row["id"], [])))}
        for row in found
    ]
    columns = ["code", "name", "members", "decided_on", "document", *WISHES]
    return geoframe(rows, columns, [row["geometry"] for row in rows])


def courtyards(*, area: str | None, valid: date, known: datetime) -> geopandas.GeoDataFrame:
    """Return stored courtyards with the codes of their buildings, in the columns of an area."""
    tree = managing_tree(area=area, known=known)
    own = ["name", "area_id", "geometry"]
    found = records(Courtyard, own, valid=valid, known=known, inside=tree.inside())
    members: dict[int, list[str]] = {}
    grouped = Q(courtyard__isnull=False)
    for building in records(Building, ["courtyard_id"], valid=valid, known=known, where=grouped):
        members.setdefault(building["courtyard_id"], []).append(building["code"])
    rows = [
        row
        | {"members": SEPARATOR.join(members.get(row["id"], [])), "decided_on": row["valid_from"]}
        for row in found
    ]
    columns = ["code", "name", "members", "decided_on", "document"]
    return geoframe(rows, columns, [row["geometry"] for row in rows])


def barriers(*, area: str | None, valid: date, known: datetime) -> geopandas.GeoDataFrame:
    """Return the barriers that meet the box around the area."""
    rows = records(
        Barrier,
        ["kind", "name", "geometry"],
        valid=valid,
        known=known,
        where=_near(area, known),
    )
    return geoframe(rows, ["kind", "name"], [row["geometry"] for row in rows])


def crossings(*, area: str | None, valid: date, known: datetime) -> geopandas.GeoDataFrame:
    """Return the crossings that meet the box around the area."""
    rows = records(
        Crossing,
        ["kind", "note", "geometry"],
        valid=valid,
        known=known,
        where=_near(area, known),
    )
    return geoframe(rows, ["kind", "note"], [row["geometry"] for row in rows])


def _near(area: str | None, known: datetime) -> Q:
    """Return what keeps to the box of an area; one whose ground is not drawn keeps nothing out."""
    managing_tree(area=area, known=known)
    asked = ManagingArea.objects.filter(code=area, geometry__isnull=False)
    if area is None or not asked.exists():
        return Q()
    return Q(Exists(asked.filter(geometry__bboverlaps=OuterRef("geometry"))))
