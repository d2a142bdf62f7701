"""未覆盖热力图: how densely households or sites lie that nobody serves, in metres on the ground."""

import base64
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext
from numpy.typing import NDArray
from pyproj import Transformer

from geo.crs import STORAGE_SRID, metric_srid
from geo.errors import Fault, InputError, gettext_noop
from geo.models import Building, Compound
from geo.words import AreaLevel, Word
from layers.coverage import NOWHERE, Flags, Measure, Positions, places_of
from layers.planning.read_version import TableVersion
from layers.planning.report_history import Coverage
from layers.sites import SiteKind
from maps.coverage_map.density import Picture, mercator_picture, png, quartic_density
from maps.coverage_map.heat import BANDS, paint

RADII_M = (150, 300, 500, 1000, 2000)
OWN_RADIUS_M = {AreaLevel.CITY: 1000, AreaLevel.DISTRICT: 500}
"""Of a level, where the address names none; 300 m below."""
NO_SUCH_RADIUS = gettext_noop("没有半径“{given}”。")
NO_SUCH_WEIGHT = gettext_noop("没有权重“{given}”。")
ALLOWED = gettext_noop("可用：{allowed}。")
KEPT = 32

PLACES = """
    SELECT id, ST_X(place), ST_Y(place) FROM (
        SELECT id, coalesce(point, ST_PointOnSurface(geometry)) AS place FROM geo_compound
    ) AS placed WHERE place IS NOT NULL ORDER BY id
"""
BUILDING_PLACES = """
    SELECT id, ST_X(ST_Centroid(geometry)), ST_Y(ST_Centroid(geometry)) FROM geo_building
    WHERE compound_id IS NULL AND geometry IS NOT NULL ORDER BY id
"""

Numbers = NDArray[np.float64]


class Weight(Word):
    """What is added up."""

    HOUSEHOLDS = "households", gettext_noop("户（套）")
    SITES = "sites", gettext_noop("处")


@dataclass(frozen=True, kw_only=True)
class HeatChoice:
    """What of the heat map is asked for."""

    radius_m: int
    weight: Weight


class Places(NamedTuple):
    """Where things of one kind stand today."""

    ids: Positions
    lonlat: Numbers
    """(n, 2) degrees."""


def heat_choice(request: HttpRequest, level: str) -> HeatChoice:
    """Return what the address asks for.

    Raises
    ------
    InputError
        Where `radius` or `weight` is none.
    """
    faults = []
    own = next((radius for name, radius in OWN_RADIUS_M.items() if name == level), 300)
    radius = request.GET.get("radius") or str(own)
    weight = request.GET.get("weight") or str(Weight.HOUSEHOLDS)
    for given, allowed, sentence in (
        (radius, [str(each) for each in RADII_M], NO_SUCH_RADIUS),
        (weight, [str(each) for each in Weight], NO_SUCH_WEIGHT),
    ):
        if given not in allowed:
            fix = gettext(ALLOWED).format(allowed="、".join(allowed))
            faults.append(Fault(sentence, {"given": given[:40]}, fix=fix))
    if faults:
        raise InputError(*faults)
    return HeatChoice(radius_m=int(radius), weight=next(each for each in Weight if each == weight))


@lru_cache(maxsize=KEPT)
def heat(coverage: Coverage, day: date, code: str, chosen: HeatChoice) -> dict[str, Any]:
    """Return the heat map of an area as JSON: a picture, where it lies, what its colours mean."""
    bare = _bare(coverage, day, coverage.position(code))
    told = {"radius_m": chosen.radius_m, "weight": str(chosen.weight), "sites": len(bare.weights)}
    told |= {"unplaced": bare.unplaced, "guessed": bare.guessed}
    if not len(bare.weights):
        return told | {"image": None, "bands": [], "extent": None}
    weights = bare.weights if chosen.weight is Weight.HOUSEHOLDS else np.ones(len(bare.weights))
    picture = _picture(bare.lonlat, weights, radius_m=chosen.radius_m)
    peak = float(picture.per_hectare.max()) or 1.0
    image = base64.b64encode(png(paint(picture.per_hectare / peak))).decode()
    return told | {
        "image": f"data:image/png;base64,{image}",
        "extent": [round(degree, 7) for degree in picture.bounds],
        "bands": _bands(peak),
    }


def _picture(lonlat: Numbers, weights: Numbers, *, radius_m: float) -> Picture:
    srid = metric_srid(float(lonlat[:, 0].mean()))
    there = Transformer.from_crs(STORAGE_SRID, srid, always_xy=True)
    xy_m = np.column_stack(there.transform(*lonlat.T))
    density = quartic_density(xy_m, weights, radius_m=radius_m)
    low, high = xy_m.min(axis=0) - radius_m, xy_m.max(axis=0) + radius_m
    back = Transformer.from_crs(srid, STORAGE_SRID, always_xy=True)
    corners = back.transform_bounds(*low.tolist(), *high.tolist())
    return mercator_picture(density, bounds=corners, to_metric=there.transform)


def _bands(peak: float) -> list[dict[str, Any]]:
    """Return the colours of the picture with the densities that they stand for."""
    shares = np.arange(2, BANDS + 1) / BANDS
    return [
        {
            "colour": f"rgb({red} {green} {blue} / {opacity / 255:.2f})",
            "low": peak * (share - 1 / BANDS),
            "high": peak * share,
        }
        for share, (red, green, blue, opacity) in zip(
            shares.tolist(), paint(shares).tolist(), strict=True
        )
    ]


class _Bare(NamedTuple):
    """What nobody serves: n places."""

    lonlat: Numbers
    weights: Numbers
    """Households; unknown ones with the median of the others."""
    guessed: int
    unplaced: int


def _bare(coverage: Coverage, day: date, position: int) -> _Bare:
    """Return the compounds and scattered homes of an area that nobody serves on a day."""
    timeline, held = coverage.timeline, coverage.held(day, Measure.ANY)
    ledger, inside = timeline.on(day), timeline.inside(position)
    scattered = (timeline.building_compound == NOWHERE) & ledger.building_is_home
    counted = {SiteKind.COMPOUND: ledger.things[SiteKind.COMPOUND].exists}
    counted[SiteKind.BUILDING] = ledger.things[SiteKind.BUILDING].exists & scattered
    places, households = [], []
    for kind, flags in counted.items():
        things = timeline.things[kind]
        chosen: Flags = flags & ~held[kind] & inside[things.area]
        places.append(_located(coverage, kind, things.ids[chosen]))
        households.append(things.households[chosen])
    lonlat, known = np.concatenate(places), np.concatenate(households)
    is_placed = ~np.isnan(lonlat[:, 0])
    return _weighed(lonlat[is_placed], known[is_placed], unplaced=int((~is_placed).sum()))


def _weighed(lonlat: Numbers, households: Numbers, *, unplaced: int) -> _Bare:
    unknown = np.isnan(households)
    guess = float(np.median(households[~unknown])) if not unknown.all() else 1.0
    return _Bare(
        lonlat=lonlat,
        weights=np.where(unknown, guess, households),
        guessed=int(unknown.sum()),
        unplaced=unplaced,
    )


def _located(coverage: Coverage, kind: SiteKind, ids: Positions) -> Numbers:
    """Return where things stand today, (n, 2) degrees; NaN where nobody knows."""
    model, sql = (Compound, PLACES) if kind is SiteKind.COMPOUND else (Building, BUILDING_PLACES)
    places = _places(sql, coverage.version.of(model))
    found = places_of(places.ids, ids)
    nowhere = np.full((1, 2), np.nan)
    located: Numbers = np.concatenate([places.lonlat, nowhere])[found]
    return located


@lru_cache(maxsize=4)
def _places(sql: str, version: TableVersion) -> Places:  # noqa: ARG001 (the key it is kept under)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
    told = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return Places(ids=told[:, 0].astype(np.int64), lonlat=told[:, 1:])
