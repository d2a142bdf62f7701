"""Kernel density in metres: how much lies around each place, per hectare.

The quartic kernel weighs what lies at a distance d below the radius r with 3/(πr²)·(1 − d²/r²)²:
one at the place itself fades to nothing at the radius, and the sum over the ground is what was
there. It is summed on a metric grid, so the radius means the same on the ground everywhere; the
picture is then drawn on the grid of the map.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from maps.coverage_map.ground import EARTH_RADIUS_M, latitude, longitude

M2_PER_HECTARE = 10_000
CELLS_OF_RADIUS = 8
CELLS_MAX = 600
PIXELS_MAX = 700

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Density:
    """Density on a metric grid."""

    per_hectare: Numbers
    """(rows, columns), the first row is the southern one."""
    west_m: float
    """Easting of the centres of the first column."""
    south_m: float
    """Northing of the centres of the first row."""
    cell_m: float

    def at(self, x_m: Numbers, y_m: Numbers) -> Numbers:
        """Return the density per hectare at places, linear between the cells; 0 outside."""
        rows, columns = (y_m - self.south_m) / self.cell_m, (x_m - self.west_m) / self.cell_m
        found: Numbers = ndimage.map_coordinates(
            self.per_hectare, [rows, columns], order=1, mode="constant"
        )
        return found


def quartic_density(xy_m: Numbers, weights: Numbers, *, radius_m: float) -> Density:
    """Return the density around n weighted places.

    Parameters
    ----------
    xy_m
        (n, 2), n > 0, metres in a projected system.
    weights
        (n,), what lies at each place.
    radius_m
        Beyond this distance nothing is felt.
    """
    low, high = xy_m.min(axis=0) - radius_m, xy_m.max(axis=0) + radius_m
    cell_m = max(radius_m / CELLS_OF_RADIUS, float((high - low).max()) / CELLS_MAX)
    columns, rows = (np.ceil((high - low) / cell_m).astype(int) + 2).tolist()
    spread = _binned((xy_m - low) / cell_m, weights, rows=rows, columns=columns)
    kernel = quartic_kernel(radius_m / cell_m)
    mass = convolved(spread, kernel)
    return Density(
        per_hectare=np.maximum(mass, 0) / cell_m**2 * M2_PER_HECTARE,
        west_m=float(low[0]),
        south_m=float(low[1]),
        cell_m=cell_m,
    )


def quartic_kernel(radius_cells: float) -> Numbers:
    """Return the kernel on cells; its sum is 1, so nothing is lost or won."""
    reach = int(np.floor(radius_cells))
    steps = np.arange(-reach, reach + 1)
    squares = (steps[:, np.newaxis] ** 2 + steps**2) / radius_cells**2
    kernel: Numbers = np.where(squares < 1, (1 - squares) ** 2, 0.0)
    kernel /= kernel.sum()
    return kernel


def convolved(grid: Numbers, kernel: Numbers) -> Numbers:
    """Return the grid with every cell spread as the kernel says, in the same place."""
    shape = [
        fft.next_fast_len(n + m - 1, real=True)
        for n, m in zip(grid.shape, kernel.shape, strict=True)
    ]
    wide = fft.irfft2(fft.rfft2(grid, shape) * fft.rfft2(kernel, shape), shape)
    reach = len(kernel) // 2
    found: Numbers = wide[reach : reach + grid.shape[0], reach : reach + grid.shape[1]]
    return found


def _binned(cells: Numbers, weights: Numbers, *, rows: int, columns: int) -> Numbers:
    """Return the weights on the grid, each shared by the four cells around it."""
    corner = np.floor(cells).astype(int)
    right, up = (cells - corner).T
    grid = np.zeros((rows, columns))
    for row, of_row in ((0, 1 - up), (1, up)):
        for column, of_column in ((0, 1 - right), (1, right)):
            where = (corner[:, 1] + row, corner[:, 0] + column)
            np.add.at(grid, where, weights * of_row * of_column)
    return grid


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The density where the pixels of a map in Web Mercator lie."""

    per_hectare: Numbers
    """(rows, columns), the first row is the northern one."""
    bounds: tuple[float, float, float, float]
    """West, south, east, north in degrees."""


def mercator_picture(
    density: Density,
    *,
    bounds: tuple[float, float, float, float],
    to_metric: Callable[[Numbers, Numbers], tuple[Numbers, Numbers]],
) -> Picture:
    """Return the density on a grid that lies square in Web Mercator.

    Parameters
    ----------
    density
        On its metric grid.
    bounds
        West, south, east, north of the picture in degrees.
    to_metric
        Degrees (longitudes, latitudes) → easting and northing of the metric grid.
    """
    west, east = (EARTH_RADIUS_M * np.radians(bounds[i]) for i in (0, 2))
    south, north = (EARTH_RADIUS_M * np.arcsinh(np.tan(np.radians(bounds[i]))) for i in (1, 3))
    pixel = max(east - west, north - south) / PIXELS_MAX
    xs = np.arange(west + pixel / 2, east, pixel)
    ys = np.arange(south + pixel / 2, north, pixel)[::-1]
    lon = np.degrees(xs / EARTH_RADIUS_M)
    lat = np.degrees(np.arctan(np.sinh(ys / EARTH_RADIUS_M)))
    lons, lats = np.meshgrid(lon, lat)
    x_m, y_m = to_metric(lons, lats)
    right, bottom = west + pixel * len(xs), south + pixel * len(ys)
    return Picture(
        per_hectare=density.at(x_m, y_m),
        bounds=(longitude(west), latitude(south), longitude(right), latitude(bottom)),
    )


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a PNG of (rows, columns, 4) red, green, blue and opacity."""
    rows, columns = pixels.shape[:2]
    lines = np.concatenate(
        [np.zeros((rows, 1), dtype=np.uint8), pixels.reshape(rows, columns * 4)], axis=1
    )
    header = struct.pack(">2I5B", columns, rows, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes())), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
