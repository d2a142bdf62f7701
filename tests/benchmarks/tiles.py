"""Our tiles against bare ST_AsMVT on the same rows, in the same run, one after the other.

    python -m tests.benchmarks.tiles [AREA] [ROUNDS]

For every zoom: what Python and PostgreSQL work for a tile in the middle of what there is and for
four around it, ours and bare, each the median of its rounds. "Bare" is what PostGIS needs where
nothing but the rows themselves is asked for: no area, no day, no status; and each shape drawn once,
since ST_AsMVTGeom in the condition and in the answer would be worked out twice. The last column is
the whole answer of the site: who asks, what they may see, whether it has changed, and the tile.
"""

import logging
import math
import os
import sys

import django

from tests.benchmarks.effort import MILLISECONDS, Effort, effort, middle, work_alone
from tests.benchmarks.tables import Table, machine, say, verdict

BARE = """
    SELECT ST_AsMVT(seen, 'bare', 4096, 'geom', 'id') FROM (
        SELECT id, code, name, ST_AsMVTGeom(
            ST_Transform(ST_SetSRID({shape}, 4326), 3857),
            ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true
        ) AS geom
        FROM {table} it
        WHERE it.geometry && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490)
        OFFSET 0
    ) seen WHERE geom IS NOT NULL
"""
LAYERS = {"compounds": (11, 12, 13, 14, 15, 16), "buildings": (14, 15, 16)}
MOST = 1.5
PLACES = ((0.5, 0.5), (0.35, 0.35), (0.35, 0.65), (0.65, 0.35), (0.65, 0.65))


def main(code, rounds):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maps.site.settings")
    django.setup()
    logging.disable(logging.INFO)
    from django.contrib.gis.db.models import Extent  # noqa: PLC0415 (after the set-up)

    from geo.models import Compound, ManagingArea  # noqa: PLC0415

    area = ManagingArea.objects.filter(**{"code": code} if code else {"parent": None}).first()
    if area is None:
        say("no city is loaded: make demo first")
        return
    work_alone()
    box = Compound.objects.aggregate(box=Extent("geometry"))["box"]
    table = Table(machine(), (" layer  ", "zoom", "bytes", "ours ms", "bare ms", "×", "whole ms"))
    table.begin()
    ratios = {}
    for layer, zooms in LAYERS.items():
        for zoom in zooms:
            squares = {square_at(zoom, box, *place) for place in PLACES}
            found = [measured(layer, square, area, rounds) for square in sorted(squares)]
            size = sum(each[0] for each in found) // len(found)
            ours, bare, whole = (sum(each[at] for each in found) / len(found) for at in (1, 2, 3))
            ratios[layer, zoom] = ours / bare
            table.row(layer, zoom, size, ours, bare, ours / bare, whole)
    worst = max(ratios.values())
    verdict(f"every zoom at most {MOST} × bare", f"{worst:.2f}", is_reached=worst <= MOST)


def square_at(zoom, box, across, up):
    """Return z, x and y of the tile at a share of the way across and up a box in degrees."""
    west, south, east, north = box
    lon, lat = west + across * (east - west), south + up * (north - south)
    mercator = math.asinh(math.tan(math.radians(lat)))
    x, y = (lon + 180) / 360, (1 - mercator / math.pi) / 2
    return zoom, int(x * 2**zoom), int(y * 2**zoom)


def measured(layer, square, area, rounds):
    """Return bytes of a tile, and milliseconds of work: ours, bare, and all that the site does."""
    from django.db import connection  # noqa: PLC0415
    from django.test import RequestFactory  # noqa: PLC0415

    from maps.district_map.scope import scope_of  # noqa: PLC0415
    from maps.tiles import Tile, tile_of  # noqa: PLC0415

    z, x, y = square
    tile, scope = Tile(z=z, x=x, y=y), scope_of(RequestFactory().get("/"), area)
    bare = BARE.format(table=f"geo_{layer[:-1]}", shape="it.geometry")
    client = signed_in(area)

    def draw_bare():
        with connection.cursor() as cursor:
            cursor.execute(bare, tile.parameters)
            return bytes(cursor.fetchone()[0])

    calls = (
        lambda: tile_of(layer, tile, scope),
        draw_bare,
        lambda: client.get(f"/tiles/{area.code}/{layer}/{z}/{x}/{y}.mvt"),
    )
    spent = [[] for _ in calls]
    for call in calls * 6:  # until PostgreSQL keeps the plan of a prepared statement
        call()
    for _ in range(rounds):
        for call, efforts in zip(calls, spent, strict=True):
            efforts.append(effort(call))
    return len(calls[0]()), *(worked_ms(efforts) for efforts in spent)


def worked_ms(efforts: list[Effort]) -> float:
    return middle(efforts).worked * MILLISECONDS


def signed_in(area):
    """Return a client of somebody who may see the area."""
    from django.test import Client  # noqa: PLC0415

    from maps.models import Membership, Role, User  # noqa: PLC0415

    user, _made = User.objects.get_or_create(username="benchmark")
    Membership.objects.get_or_create(user=user, role=Role.VIEWER, area=area)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    return client


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "", int(sys.argv[2]) if len(sys.argv) > 2 else 9)
