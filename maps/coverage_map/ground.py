"""Metres on the ground beneath a map in Web Mercator."""

import math

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

WEB_MERCATOR = 3857
EARTH_RADIUS_M = 6_378_137.0


def ground_scale(lat: float) -> float:
    """Return how many metres on the ground one Mercator metre is at a latitude (degrees).

    Inside one district it changes by less than one per cent: enough for a picture, and the only
    grid that lies square under the map. Areas and distances of record are never taken from it.
    """
    return math.cos(math.radians(lat))


def ground_metres(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return the geometries in metres on the ground, for a frame the size of a district."""
    middle = frame.to_crs(4490).total_bounds[[1, 3]].mean()
    factor = ground_scale(float(np.nan_to_num(middle)))
    shapes: NDArray[np.object_] = shapely.transform(
        frame.to_crs(WEB_MERCATOR).geometry.to_numpy(), lambda xy: xy * factor
    )
    return shapes


def latitude(northing_m: float) -> float:
    """Return the latitude (degrees) of a Web Mercator northing."""
    return math.degrees(math.atan(math.sinh(northing_m / EARTH_RADIUS_M)))


def longitude(easting_m: float) -> float:
    """Return the longitude (degrees) of a Web Mercator easting."""
    return math.degrees(easting_m / EARTH_RADIUS_M)
