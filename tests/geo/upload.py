"""Files as people send them, good and nasty, written by the test that reads them."""

import json
import struct
import zipfile
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pyogrio
import shapely

from geo.errors import InputError
from geo.readers import Reading, read_file, sandbox
from geo.readers.parsing.main import run

SQUARE = [[116.45, 39.93], [116.451, 39.93], [116.451, 39.931], [116.45, 39.931], [116.45, 39.93]]
OTHER = [[x + 0.002, y] for x, y in SQUARE]
BOWTIE = [[116.45, 39.93], [116.451, 39.931], [116.451, 39.93], [116.45, 39.931], [116.45, 39.93]]


def read_here(path: Path, **wishes) -> Reading:
    """Read in this process: fast, and seen by the coverage; the sandbox has tests of its own."""
    with patch.object(sandbox, "run_child", run):
        return read_file(path, **wishes)


def faults_of(path: Path, **wishes) -> list[str]:
    """Return the sentences of every fault for which a file is refused."""
    try:
        reading = read_here(path, **wishes)
    except InputError as error:
        return [fault.sentence() for fault in error.faults]
    message = f"{path.name} was read: {len(reading.frame)} rows"
    raise AssertionError(message)


def notices_of(reading: Reading) -> list[str]:
    return [notice.sentence() for notice in reading.notices]


def polygon(*rings) -> dict:
    return {"type": "Polygon", "coordinates": list(rings or (SQUARE,))}


def feature(geometry: dict | None, **properties) -> dict:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def geojson(path: Path, *features, **members) -> Path:
    document = {"type": "FeatureCollection", **members, "features": list(features)}
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return path


def csv(path: Path, text: str, encoding: str = "utf-8-sig") -> Path:
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def xlsx(path: Path, *rows, merged=(), title="台账", other_sheets=()) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for reference in merged:
        sheet.merge_cells(reference)
    for name, other_rows in other_sheets:
        other = book.create_sheet(name)
        for row in other_rows:
            other.append(row)
    book.save(path)
    return path


def zipped(path: Path, members: dict[str, bytes], **options) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def dbf(
    columns: list[tuple[bytes, str, int]], rows: list[list[bytes]], language: int = 0, struck=()
) -> bytes:
    """Return a .dbf of columns (name, type, width) with cells as bytes."""
    width = 1 + sum(size for _, _, size in columns)
    header = 32 + 32 * len(columns) + 1
    head = struct.pack("<B3sIHH17xB2x", 3, b"\x7a\x01\x01", len(rows), header, width, language)
    fields = b"".join(
        struct.pack("<11sc4xBB14x", name, kind.encode(), size, 0) for name, kind, size in columns
    )
    body = b"".join(
        (b"*" if i in struck else b" ")
        + b"".join(
            cell.rjust(size) if kind in "NF" else cell.ljust(size)
            for cell, (_, kind, size) in zip(row, columns, strict=True)
        )
        for i, row in enumerate(rows)
    )
    return head + fields + b"\r" + body + b"\x1a"


def shapes(folder: Path, *geometries, srid: int | None = 4490) -> dict[str, bytes]:
    """Return the .shp, .shx and .prj of geometries."""
    target = folder / "made.shp"
    pyogrio.raw.write(
        target,
        shapely.to_wkb(list(geometries)),
        [],
        [],
        geometry_type=geometries[0].geom_type,
        crs=f"EPSG:{srid or 4490}",
        driver="ESRI Shapefile",
    )
    parts = {part.suffix: part.read_bytes() for part in folder.glob("made.*")}
    wanted = {".shp", ".shx", ".prj"} if srid else {".shp", ".shx"}
    return {ending: content for ending, content in parts.items() if ending in wanted}


def shapefile(path: Path, *geometries, table: bytes, srid: int | None = 4490, **extra) -> Path:
    """Write a zip of one shapefile; `extra` are further parts by ending, None leaves one out."""
    parts = shapes(path.parent, *geometries, srid=srid) | {".dbf": table}
    parts |= {f".{ending}": content for ending, content in extra.items()}
    members = {f"layer{end}": content for end, content in parts.items() if content is not None}
    return zipped(path, members)
