"""Pictures of the screen as PNG files of few colours, small enough to stand in a repository."""

import struct
import zlib
from tempfile import NamedTemporaryFile

import numpy as np
from django.contrib.gis.gdal import GDALRaster
from scipy.spatial import cKDTree

COLOURS = 256
STEP = 8
"""Colours that differ by less than this in each channel are first taken for one."""


def paletted(png: bytes) -> bytes:
    """Return a PNG with its most frequent colours; every other pixel gets the nearest of them."""
    pixels = pixels_of(png)
    coarse, places, counts = np.unique(
        pixels // STEP, axis=0, return_inverse=True, return_counts=True
    )
    total = np.zeros(coarse.shape)
    np.add.at(total, places.ravel(), pixels)
    means = total / counts[:, None]
    palette = np.round(means[np.argsort(-counts, kind="stable")[:COLOURS]])
    nearest = cKDTree(palette).query(means)[1].astype(np.uint8)
    width, height = size_of(png)
    return indexed(nearest[places.ravel()].reshape(height, width), palette.astype(np.uint8))


def pixels_of(png):
    """Return (pixels, 3) red, green and blue."""
    with NamedTemporaryFile(suffix=".png") as file:  # PNG files are read, never written, by GDAL
        file.write(png)
        file.flush()
        bands = GDALRaster(file.name).bands
        return np.stack([bands[channel].data().ravel() for channel in range(3)], axis=1)


def size_of(png: bytes) -> tuple[int, int]:
    """Return width and height in pixels."""
    return struct.unpack(">II", png[16:24])


def indexed(rows, palette) -> bytes:
    """Return a PNG whose (height, width) pixels are positions in a (colours, 3) palette."""
    height, width = rows.shape
    unfiltered = np.zeros((height, 1), dtype=np.uint8)
    data = zlib.compress(np.hstack([unfiltered, rows]).tobytes(), 9)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", data),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, told) for kind, told in parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
