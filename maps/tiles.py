"""Vector tiles: what lies in an area, drawn by PostGIS, for the maps of the site.

Tiles follow the OGC's WebMercatorQuad; on a screen one is 512 pixels wide. A tile of an area holds
only what lies in it and below it, on the day and as known at the moment that the address says.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from geo.models import ManagingArea
from geo.words import AreaLevel
from maps.district_map.drawn import BUFFER, EXTENT, LAYERS, layer_sql
from maps.district_map.prepared import answer_of
from maps.district_map.scope import Scope, scope_of
from maps.district_map.standing import STATUSES, looked_up

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
        return 360 * column / float(2**self.z) - 180

    def _latitude(self, row: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**self.z))))


def _tag(request: HttpRequest, area: ManagingArea, layer: str, **tile: int) -> str:
    if layer not in LAYERS or not Tile(**tile).exists:
        raise Http404
    request.scope = scope_of(request, area)  # type: ignore[attr-defined]
    return request.scope.tag(layer, tile)  # type: ignore[attr-defined,no-any-return]


@require_safe
@condition(etag_func=_tag)
def tile(
    request: HttpRequest, _area: ManagingArea, layer: str, *, z: int, x: int, y: int
) -> HttpResponse:
    square = Tile(z=z, x=x, y=y)
    drawn = tile_of(layer, square, request.scope)  # type: ignore[attr-defined]
    # The browser asks each time whether the tile still holds, and whether one may still see it.
    headers = {"Cache-Control": "private, no-cache"}
    return HttpResponse(drawn, content_type=MEDIA_TYPE, headers=headers)


def tile_of(layer: str, square: Tile, scope: Scope) -> bytes:
    """Return a tile; empty where nothing is to be seen at its zoom."""
    sql = layer_sql(layer, square.z)
    if not sql:
        return b""
    parameters = {**scope.parameters, **square.parameters}
    if layer in STATUSES:
        parameters |= looked_up(layer, scope, square.parameters)
    (drawn,) = answer_of(sql, parameters)
    return bytes(drawn)
