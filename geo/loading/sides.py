"""Management areas of a file with members on two sides of a road or a river: told, not refused."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB

from geo.crs import metric_srid, to_metric
from geo.loading.job import Job, Row
from geo.models import Barrier, Building, Compound
from geo.sides import PARTING, parted_by, why_across

_Thing = tuple[str, int]
"""Kind and row id."""


def tell_across(rows: Sequence[Row], members: Sequence[Sequence[_Thing]], job: Job) -> None:
    """Note each management area whose members barriers on record leave on two sides."""
    known = _drawn({thing for things in members for thing in things})
    listed = [[thing for thing in things if thing in known] for things in members]
    barriers = list(
        Barrier.objects.filter(valid_to__isnull=True, kind__in=PARTING)
        .order_by("code")
        .values_list("kind", AsWKB("geometry"))
    )
    if not known or not barriers:
        return
    lon = float(shapely.get_x(shapely.point_on_surface(next(iter(known.values()))[1])))
    srid = metric_srid(lon)
    things = [_metric([known[thing][1] for thing in own], srid) for own in listed]
    kinds = np.array([kind for kind, _ in barriers], dtype=np.str_)
    lines = _metric([shapely.from_wkb(bytes(wkb)) for _, wkb in barriers], srid)
    for parted in parted_by(things, kinds, lines):
        names = [known[thing][0] for thing in listed[parted.thing]]
        row = rows[parted.thing]
        job.notices.append(why_across(parted, name=row["name"], code=row["code"], parts=names))


def _drawn(things: set[_Thing]) -> Mapping[_Thing, tuple[str, Any]]:
    """Return name and shape of the things that are drawn."""
    found = {}
    for kind, model in (("compound", Compound), ("building", Building)):
        rows: Any = model.objects
        wanted = rows.filter(pk__in=[pk for own, pk in things if own == kind])
        drawn = wanted.filter(geometry__isnull=False).order_by("pk")
        for pk, name, code, wkb in drawn.values_list("pk", "name", "code", AsWKB("geometry")):
            found[kind, pk] = (name or code, shapely.from_wkb(bytes(wkb)))
    return found


def _metric(shapes: Sequence[Any], srid: int) -> Any:
    held = np.empty(len(shapes), dtype=object)
    held[:] = shapes
    return to_metric(held, srid) if len(held) else held
