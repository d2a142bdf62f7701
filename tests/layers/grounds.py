"""Places drawn in the test as frames: what readers and the database hand to `Ground`."""

import geopandas as gpd
import pandas as pd
import shapely

from geo.readers import Kind, columns_of
from layers.ground import Ground
from tests.grid import city

METRIC_SRID = 4548
EAST_OF, NORTH_OF = 500_000, 4_000_000
"""117° E, 36° N."""


def placed(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.affinity.translate(shape, EAST_OF, NORTH_OF)


def rows_of(kind: Kind, *rows: dict) -> gpd.GeoDataFrame:
    """Return a frame of a kind in EPSG:4490; geometries of rows are metres on the drawing."""
    columns = {
        name: pd.Series(
            [row.get(name, "" if dtype == "str" else None) for row in rows], dtype=dtype
        )
        for name, dtype in columns_of(kind).items()
    }
    shapes = [row.get("geometry") and placed(row["geometry"]) for row in rows]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=METRIC_SRID).to_crs(4490)


def compounds_of(drawing: str, *, cell_m: float = 200.0, **columns) -> gpd.GeoDataFrame:
    """Return a compound of 20,000 m² per letter; columns are values by letter."""
    rows = [
        {"code": code, "name": f"{code}小区", "floor_area_m2": 20_000.0, "geometry": shape}
        | {key: by_code[code] for key, by_code in columns.items() if code in by_code}
        for code, shape in city(drawing, cell_m=cell_m, street_m=20).items()
    ]
    return rows_of(Kind.COMPOUND, *rows)


def area(shape, *, name="东街道", code="D1", level="subdistrict", **values) -> dict:
    return {"name": name, "code": code, "level": level, "geometry": shape, **values}


def ground_of(drawing: str = "A B", **columns) -> Ground:
    """Return compounds inside one subdistrict that holds them all."""
    compounds = compounds_of(drawing, **columns)
    around = area(shapely.box(-1_000, -1_000, 5_000, 5_000))
    return Ground(compounds=compounds, areas=rows_of(Kind.AREA, around))
