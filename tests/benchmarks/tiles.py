"""Our tiles against bare ST_AsMVT on the same rows, in the same run.

    python -m tests.benchmarks.tiles [AREA] [ROUNDS]

Prints, for every zoom, the median of both and their ratio. "Bare" is what PostGIS needs where
nothing but the rows themselves is asked for: no area, no day, no status.
"""

import math
import os
import statistics
import sys
import time

import django

BARE = """
    SELECT ST_AsMVT(seen, 'bare', 4096, 'geom', 'id') FROM (
        SELECT id, code, name, ST_AsMVTGeom(
            ST_Transform(ST_SetSRID({shape}, 4326), 3857),
            ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true
        ) AS geom
        FROM {table} it
        WHERE it.geometry && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490)
    ) seen WHERE geom IS NOT NULL
"""
LAYERS = {"compounds": (11, 12, 13, 14, 15, 16), "buildings": (14, 15, 16)}


def main(code, rounds):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maps.site.settings")
    django.setup()
    from django.contrib.gis.db.models import Extent  # noqa: PLC0415 (after the set-up)
    from django.test import RequestFactory  # noqa: PLC0415

    from geo.models import Compound, ManagingArea  # noqa: PLC0415
    from maps.district_map.scope import scope_of  # noqa: PLC0415

    area = ManagingArea.objects.filter(**{"code": code} if code else {"parent": None}).first()
    if area is None:
        sys.stdout.write("no city is loaded: make demo first\n")
        return
    scope = scope_of(RequestFactory().get("/"), area)
    west, south, east, north = Compound.objects.aggregate(box=Extent("geometry"))["box"]
    middle = (west + east) / 2, (south + north) / 2
    for layer, zooms in LAYERS.items():
        for zoom in zooms:
            report(layer, zoom, middle, scope, rounds)


def report(layer, zoom, middle, scope, rounds):
    from django.db import connection  # noqa: PLC0415

    from maps.tiles import Tile, tile_of  # noqa: PLC0415

    square = Tile(z=zoom, **column_and_row(zoom, *middle))
    bare = BARE.format(table=f"geo_{layer[:-1]}", shape="it.geometry")

    def draw_bare():
        with connection.cursor() as cursor:
            cursor.execute(bare, square.parameters)
            return len(cursor.fetchone()[0])

    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(timed(lambda: tile_of(layer, square, scope)))
        theirs.append(timed(draw_bare))
    mine, base = statistics.median(ours), statistics.median(theirs)
    sys.stdout.write(
        f"{layer:10} z{zoom:<3} ours {1000 * mine:7.1f} ms   bare {1000 * base:7.1f} ms"
        f"   × {mine / base:.2f}   {draw_bare():,} bytes\n"
    )


def timed(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def column_and_row(zoom, lon, lat):
    mercator = math.asinh(math.tan(math.radians(lat)))
    return {
        "x": int((lon + 180) / 360 * 2**zoom),
        "y": int((1 - mercator / math.pi) / 2 * 2**zoom),
    }


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "", int(sys.argv[2]) if len(sys.argv) > 2 else 9)
