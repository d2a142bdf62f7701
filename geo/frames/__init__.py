"""Rows → frames: the one place where geometries leave the database, as WKB.

Every function takes the code of a managing area (None = everywhere), the day `valid` on which the
answer shall hold and the moment `known` up to which records count. It returns a frame in EPSG:4490
with the columns that a reader makes from a file of the same kind (formats.md), sorted by code, with
a fixed number of queries. Columns that name areas hold their codes.
"""

from geo.frames.facts import bans, bases, contracts, decisions, providers, roles
from geo.frames.ground import (
    areas,
    barriers,
    buildings,
    compounds,
    courtyards,
    crossings,
    management_areas,
)

__all__ = [
    "areas",
    "bans",
    "barriers",
    "bases",
    "buildings",
    "compounds",
    "contracts",
    "courtyards",
    "crossings",
    "decisions",
    "management_areas",
    "providers",
    "roles",
]
