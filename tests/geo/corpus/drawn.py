"""Drawings, maps of other programs and lists of boundary points, as their makers write them."""

import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import shapely

from tests.geo.upload import SQUARE

GRID = [(500000.0, 4420000.0), (500100.0, 4420000.0), (500100.0, 4420100.0), (500000.0, 4420100.0)]
"""A hundred metres square on the meridian of 117 degrees, without the number of a zone."""
NAMES, HOUSEHOLDS = ("幸福里", "和平里"), (120, 80)
PLACES = [shapely.Polygon(SQUARE), shapely.Polygon([(x + 0.002, y) for x, y in SQUARE])]


def written(path: Path, driver: str, *, srid: int = 4490, places=PLACES, **options) -> Path:
    """Write two compounds with GDAL, under headings that every driver writes."""
    pyogrio.raw.write(
        path,
        shapely.to_wkb(places),
        [
            np.array(NAMES[: len(places)], dtype=object),
            np.array(HOUSEHOLDS[: len(places)], dtype="int32"),
        ],
        ["name", "households"],
        geometry_type=places[0].geom_type,
        crs=f"EPSG:{srid}",
        driver=driver,
        **options,
    )
    return path


def packed(path: Path, *files: Path, folder: str = "") -> Path:
    """Zip files, those of folders too, under the names that they have."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            for part in sorted(file.iterdir()) if file.is_dir() else [file]:
                name = f"{file.name}/{part.name}" if file.is_dir() else part.name
                archive.write(part, f"{folder}{name}")
    return path


def geodatabase(path: Path, **options) -> Path:
    made = written(path.with_name("小区.gdb"), "OpenFileGDB", **options)
    (made / "_gdb.PC.1234.sr.lock").touch()
    return packed(path, made, folder="数据/")


def mapinfo(path: Path, *, charset: str = "Neutral") -> Path:
    """Write a zip of a MapInfo table with Chinese headings, its text in GBK."""
    made = written(path.with_name("小区.tab"), "MapInfo File", srid=4326, encoding="CP936")
    said = made.read_bytes().replace(b"Neutral", charset.encode())
    made.write_bytes(said.replace(b"name Char", "小区名称 Char".encode("gbk")))
    return packed(path, *sorted(path.parent.glob("小区.*")))


def mif(path: Path, *, charset: str = "WindowsSimpChinese", encoding: str = "gbk") -> Path:
    """Write a MapInfo exchange file with its MID beside it."""
    rings = "".join(
        f"Region 1\n  {len(ring)}\n" + "".join(f"{x} {y}\n" for x, y in ring)
        for ring in (list(place.exterior.coords) for place in PLACES)
    )
    head = f'Version 300\nCharset "{charset}"\nDelimiter ","\nCoordSys Earth Projection 1, 104\n'
    columns = "Columns 2\n  小区名称 Char(40)\n  户数 Integer\nData\n\n"
    path.write_bytes((head + columns + rings).encode(encoding))
    cells = zip(NAMES, HOUSEHOLDS, strict=True)
    rows = "".join(f'"{name}",{count}\n' for name, count in cells)
    path.with_suffix(".mid").write_bytes(rows.encode(encoding))
    return path


def geojson(path: Path) -> Path:
    """Write GeoJSON as geopandas does."""
    columns = {"小区名称": list(NAMES), "户数": list(HOUSEHOLDS)}
    geopandas.GeoDataFrame(columns, geometry=PLACES, crs=4326).to_file(path)
    return path


def parquet(path: Path, *, srid: int = 4490) -> Path:
    columns = {"小区名称": list(NAMES), "户数": list(HOUSEHOLDS)}
    geopandas.GeoDataFrame(columns, geometry=PLACES, crs=srid).to_parquet(path)
    return path


def kml(path: Path, *marks: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> Path:
    body = "".join(marks)
    text = f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
    path.write_bytes(text.encode("gbk" if "GBK" in head else "utf-8"))
    return path


def ring(points) -> str:
    spots = " ".join(f"{x},{y},0" for x, y in points)
    return f"<LinearRing><coordinates>{spots}</coordinates></LinearRing>"


def area(points=SQUARE, *holes) -> str:
    inner = "".join(f"<innerBoundaryIs>{ring(hole)}</innerBoundaryIs>" for hole in holes)
    return f"<Polygon><outerBoundaryIs>{ring(points)}</outerBoundaryIs>{inner}</Polygon>"


def mark(name: str, shape: str, **told) -> str:
    data = "".join(f'<Data name="{key}"><value>{text}</value></Data>' for key, text in told.items())
    return f"<Placemark><name>{name}</name><ExtendedData>{data}</ExtendedData>{shape}</Placemark>"


def folder(name: str, *marks: str) -> str:
    return f"<Folder><name>{name}</name>{''.join(marks)}</Folder>"


def dxf(
    path: Path, *entities, version="AC1015", codepage: str | None = "ANSI_936", encoding="gbk"
) -> Path:
    """Write a drawing of entities, each a list of group codes and values."""
    head = [9, "$ACADVER", 1, version] + ([9, "$DWGCODEPAGE", 3, codepage] if codepage else [])
    groups = [0, "SECTION", 2, "HEADER", *head, 0, "ENDSEC", 0, "SECTION", 2, "ENTITIES"]
    groups += [group for entity in entities for group in entity] + [0, "ENDSEC", 0, "EOF"]
    path.write_bytes("".join(f"{group}\r\n" for group in groups).encode(encoding))
    return path


def polyline(layer: str, points=GRID, *, is_closed: bool = True, bulge: float = 0.0) -> list:
    vertices = [group for x, y in points for group in (10, x, 20, y, 42, bulge)]
    return [0, "LWPOLYLINE", 8, layer, 90, len(points), 70, int(is_closed), *vertices]


def text(layer: str, said: str, at=(500050.0, 4420050.0)) -> list:
    return [0, "TEXT", 8, layer, 10, at[0], 20, at[1], 40, 2, 1, said]


def spot(layer: str) -> list:
    return [0, "POINT", 8, layer, 10, 500050.0, 20, 4420050.0, 30, 33.1]


def exchange(path: Path, *plots: str, datum="2000国家大地坐标系", zone="39", width="3") -> Path:
    """Write a list of boundary points as land offices exchange it."""
    head = f"[属性描述]\n格式版本号=1.01版本\n坐标系={datum}\n几度分带={width}\n带号={zone}\n"
    path.write_bytes((head + "[地块坐标]\n" + "\n".join(plots) + "\n").encode("gbk"))
    return path


def plot(*rings, name="幸福里", code="P1", prefix=0.0, is_turned: bool = False) -> str:
    """Return a plot of rings of easting and northing, written north first as the format wants."""
    lines = [f"4,1.0,{code},{name},面,,住宅,0701,@"]
    for number, points in enumerate(rings, 1):
        for i, (east, north) in enumerate(points, 1):
            pair = (east + prefix, north) if is_turned else (north, east + prefix)
            lines.append(f"J{i},{number},{pair[0]:.3f},{pair[1]:.3f}")
    return "\n".join(lines)


def corners(points, *told, number=1, is_turned: bool = False) -> list[tuple]:
    """Return the rows of a boundary in a table of its corners, told in the first row alone."""
    return [
        (*(told if i == 1 else [None] * len(told)), f"J{i}", number)
        + ((east, north) if is_turned else (north, east))
        for i, (east, north) in enumerate(points, 1)
    ]
