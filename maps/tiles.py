"""Vector tiles: what lies in an area, drawn by PostGIS, for the maps of the site.

Tiles follow the OGC's WebMercatorQuad; on a screen one is 512 pixels wide. A tile of an area holds
only what lies in it and below it, on the day and as known at the moment that the address says.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from geo.models import ManagingArea
from geo.words import AreaLevel
from maps.asked import Asked, asked_of
from maps.drawn import BUFFER, EXTENT, LAYERS, layer_sql
from maps.shown_plans import shown_plans

FINEST = 18
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
LEVELS_FROM = {
    AreaLevel.CITY: 0,
    AreaLevel.DISTRICT: 0,
    AreaLevel.SUBDISTRICT: 10,
    AreaLevel.COMMUNITY: 12,
    AreaLevel.GRID: 14,
}
"""Zoom from which the boundaries of a level do not crowd the map."""
VERSION = """
    SELECT (SELECT max(id) FROM geo_revision), (SELECT max(id) FROM geo_managingarea),
        (SELECT max(id) FROM geo_compound), (SELECT max(id) FROM geo_building),
        (SELECT max(id) FROM geo_managementarea), (SELECT max(id) FROM geo_barrier),
        (SELECT max(id) FROM geo_provider),
        (SELECT (max(id), max(superseded_at)) FROM geo_contractitem)::text,
        (SELECT (max(id), max(superseded_at)) FROM geo_member)::text,
        (SELECT (max(id), max(superseded_at)) FROM geo_conditionfact)::text,
        (SELECT md5(string_agg(plan::text, ' ' ORDER BY id))
            FROM layers_plan plan WHERE id = ANY(%(plans)s))
"""
"""What changes whenever something that a tile shows does: rows are never deleted, and never written
in place without a trace (see `geo.models`)."""


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A square of the world in WebMercatorQuad."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Tell whether there is such a tile."""
        return self.z <= FINEST and max(self.x, self.y) < 2**self.z

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Return what statements take: the tile, and its window with a margin in degrees."""
        margin = BUFFER / EXTENT
        return {
            "z": self.z,
            "x": self.x,
            "y": self.y,
            "west": self._longitude(self.x - margin),
            "east": self._longitude(self.x + 1 + margin),
            "north": self._latitude(self.y - margin),
            "south": self._latitude(self.y + 1 + margin),
            "tile_west": self._longitude(self.x),
            "tile_east": self._longitude(self.x + 1),
            "tile_north": self._latitude(self.y),
            "tile_south": self._latitude(self.y + 1),
            "half_a_pixel": 360 / 2**self.z / 1024,
            "levels": [str(level) for level, least in LEVELS_FROM.items() if self.z >= least],
        }

    def _longitude(self, column: float) -> float:
        return 360 * column / 2**self.z - 180

    def _latitude(self, row: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**self.z))))


def parameters_of(request: HttpRequest, area: ManagingArea, asked: Asked) -> dict[str, Any]:
    """Return what every statement about an area takes: area, day, moment and plans."""
    plans = shown_plans(request, area, known=asked.known)
    return {
        "area": area.code,
        "valid": asked.valid,
        "known": asked.known,
        "plans": [plan.pk for plan in plans],
    }


def version(parameters: Mapping[str, Any], *more: object) -> str:
    """Return what changes with the data that the parameters ask for, as an entity tag."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION, parameters)
        held = cursor.fetchone()
    told = repr((held, more)).encode()
    return f'"{hashlib.sha256(told).hexdigest()[:32]}"'


def _tag(request: HttpRequest, area: ManagingArea, layer: str, **tile: int) -> str:
    if layer not in LAYERS or not Tile(**tile).exists:
        raise Http404
    asked = asked_of(request)
    request.tile = parameters_of(request, area, asked)  # type: ignore[attr-defined]
    days = (asked.valid, asked.known_on, request.tile["plans"])  # type: ignore[attr-defined]
    return version(request.tile, area.code, layer, tile, days)  # type: ignore[attr-defined]


@require_safe
@condition(etag_func=_tag)
def tile(
    request: HttpRequest, _area: ManagingArea, layer: str, *, z: int, x: int, y: int
) -> HttpResponse:
    square = Tile(z=z, x=x, y=y)
    drawn = tile_of(layer, square, request.tile)  # type: ignore[attr-defined]
    # The browser asks each time whether the tile still holds, and whether one may still see it.
    headers = {"Cache-Control": "private, no-cache"}
    return HttpResponse(drawn, content_type=MEDIA_TYPE, headers=headers)


def tile_of(layer: str, square: Tile, parameters: Mapping[str, Any]) -> bytes:
    """Return a tile; empty where nothing is to be seen at its zoom."""
    sql = layer_sql(layer, square.z)
    if not sql:
        return b""
    with connection.cursor() as cursor:
        cursor.execute(sql, {**parameters, **square.parameters})
        (drawn,) = cursor.fetchone()
    return bytes(drawn)
