"""A file whose places all lie aside of what is known is told so before anything of it is stored."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from numpy.typing import NDArray

from geo.crs import Datum
from geo.errors import Fault, gettext_noop
from geo.loading.job import Job, Row
from geo.loading.registered import as_array
from geo.models import Compound, ManagingArea
from geo.offsets import Offset, common_offset, misplaced, misplaced_fault, offset_fault
from geo.readers import KIND_NAMES, Kind

COMPOUNDS = gettext_noop("已入库的小区")
AREAS = gettext_noop("已入库的辖区")
MOST_PLACES = 2_000
"""So many places tell as well as all."""

Drawn = type[Compound] | type[ManagingArea]
KNOWN: Mapping[Kind, Drawn] = {Kind.COMPOUND: Compound, Kind.AREA: ManagingArea}
"""Kinds whose things may be known already, under the same code or name."""


def tell_aside(
    kind: Kind, rows: Sequence[Row], shapes: Sequence[Any], datum: Datum | None, job: Job
) -> None:
    """Say how a file's places lie aside of known ones; refuse it where they were converted twice.

    Parameters
    ----------
    kind
        What the rows are; barriers and the like are known by their places alone.
    rows, shapes
        What the file says, in EPSG:4490.
    datum
        From which the file's coordinates were converted.
    job
        Takes the notice, or the fault.

    """
    placed = [n for n, shape in enumerate(shapes) if shape is not None]
    if kind not in {*KNOWN, Kind.BUILDING} or not placed:
        return
    points = _middles([shapes[n] for n in placed])
    found = _beside_the_same(kind, [rows[n] for n in placed], points)
    told = found or _beside_the_ground(kind, points)
    if told is not None:
        offset, fault = told
        is_shifted = datum is not None and datum.is_shifted
        (job.faults if is_shifted and offset.cause.is_twice else job.notices).append(fault)


def _beside_the_same(
    kind: Kind, rows: Sequence[Row], points: NDArray[np.float64]
) -> tuple[Offset, Fault] | None:
    """Compare things with themselves as they are known, by code or by a name that is unique."""
    if kind not in KNOWN:
        return None
    by_code, by_name = _known_places(KNOWN[kind])
    named = Counter(row["name"] for row in rows)
    pairs = [
        (points[n], known)
        for n, row in enumerate(rows)
        if (known := by_code.get(row["code"]) or _alone(by_name, row["name"], named)) is not None
    ]
    if not pairs:
        return None
    offset = common_offset(*(np.array(side) for side in zip(*pairs, strict=True)))
    if offset is None:
        return None
    return offset, offset_fault(offset, pairs=len(pairs), things=KIND_NAMES[kind])


_Place = tuple[float, float]


def _known_places(
    model: Drawn,
) -> tuple[dict[str, _Place], dict[str, list[_Place]]]:
    """Return the middles of known things by code, and by name."""
    known = model.objects.filter(valid_to__isnull=True, geometry__isnull=False).order_by("code")
    listed = list(known.values_list("code", "name", AsWKB("geometry")))
    places = _middles(shapely.from_wkb(as_array([bytes(wkb) for *_, wkb in listed]))).tolist()
    by_code: dict[str, _Place] = {}
    by_name: dict[str, list[_Place]] = defaultdict(list)
    for (code, name, _), (lon, lat) in zip(listed, places, strict=True):
        by_code[code] = (lon, lat)
        by_name[name].append((lon, lat))
    return by_code, by_name


def _alone(
    by_name: Mapping[str, list[_Place]], name: str, named: Mapping[str, int]
) -> _Place | None:
    """Return where the only thing of a name is known to be, if the file has it once too."""
    known = by_name.get(name, []) if name else []
    return known[0] if len(known) == 1 and named[name] == 1 else None


def _beside_the_ground(kind: Kind, points: NDArray[np.float64]) -> tuple[Offset, Fault] | None:
    """Compare buildings with compounds, and compounds with the areas, that should hold them."""
    if kind is Kind.AREA:
        return None
    grounds = _grounds(Compound if kind is Kind.BUILDING else ManagingArea)
    if not len(grounds):
        return None
    step = -(-len(points) // MOST_PLACES)
    found = misplaced(points[::step], grounds)
    if found is None:
        return None
    ground = COMPOUNDS if kind is Kind.BUILDING else AREAS
    return found.offset, misplaced_fault(found, ground=ground)


def _grounds(model: Drawn) -> NDArray[np.object_]:
    known = model.objects.filter(valid_to__isnull=True, geometry__isnull=False).order_by("code")
    drawn = [bytes(wkb) for wkb in known.values_list(AsWKB("geometry"), flat=True)]
    grounds: NDArray[np.object_] = np.atleast_1d(shapely.from_wkb(as_array(drawn)))
    return grounds


def _middles(shapes: Any) -> NDArray[np.float64]:
    middles: NDArray[np.float64] = shapely.get_coordinates(shapely.centroid(as_array(shapes)))
    return middles
