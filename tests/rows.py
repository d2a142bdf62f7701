"""Rows for tests, each with no more than the test names. Times are moments in Shanghai."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import shapely
from django.contrib.gis.geos import GEOSGeometry

from geo.models import (
    Building,
    Compound,
    Contract,
    ContractItem,
    ManagementArea,
    ManagingArea,
    Member,
    Provider,
)
from geo.models.providers import provider_code
from geo.words import AreaLevel, ProviderKind

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONG_AGO = datetime(2000, 1, 1, tzinfo=SHANGHAI)


def at(year, month=1, day=1, hour=12):
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


def day(year, month=1, number=1):
    return date(year, month, number)


def geos(shape):
    """Return a shapely geometry as Django wants it: polygons as multipolygons, EPSG:4490."""
    if shape.geom_type == "Polygon":
        shape = shapely.multipolygons([shape])
    return GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4490)


def square(column=0, row=0, *, side=0.001, lon=121.6, lat=38.9):
    """Return a square of about 100 m on a grid in Dalian."""
    west, south = lon + column * side, lat + row * side
    return shapely.box(west, south, west + side, south + side)


def recorded(**values):
    return {"recorded_at": LONG_AGO, "changed_at": LONG_AGO} | values


def area(code, *, level=AreaLevel.SUBDISTRICT, parent=None, name=None, **values):
    name = name or code
    row = recorded(code=code, name=name, level=level, parent=parent, **values)
    return ManagingArea.objects.create(**row)


def compound(code, **values):
    return Compound.objects.create(**recorded(code=code, name=values.pop("name", code), **values))


def building(code, **values):
    return Building.objects.create(**recorded(code=code, **values))


def management_area(code, members=(), **values):
    made = ManagementArea.objects.create(**recorded(code=code, name=code, **values))
    for member in members:
        kind = "building" if isinstance(member, Building) else "compound"
        Member.objects.create(management_area=made, recorded_at=LONG_AGO, **{kind: member})
    return made


def provider(name, *, kind=ProviderKind.STATE, **values):
    row = recorded(code=provider_code(name), name=name, kind=kind, **values)
    return Provider.objects.create(**row)


def covers(who, what, *, signed_on=None, recorded_at=LONG_AGO, document="", **values):
    """Let a provider serve a thing; the contract holds from its first dated step on."""
    thing = {
        Compound: "compound",
        Building: "building",
        ManagementArea: "management_area",
    }[type(what)]
    steps = [d for d in (signed_on, values.get("in_service_from")) if d]
    return ContractItem.objects.create(
        contract=Contract.objects.create(provider=who, document=document, recorded_at=recorded_at),
        valid_from=values.pop("valid_from", min(steps, default=None)),
        signed_on=signed_on,
        recorded_at=recorded_at,
        **{thing: what},
        **values,
    )
