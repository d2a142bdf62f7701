"""Places to plan: a district of the sample city, the preset of Xigang, and real Beijing.

Nobody serves anything there yet: contracts are left away, whereby every compound is to be planned.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from data.sample_city import CityPlan, make_city
from geo.crs import Datum
from geo.readers import Kind, read_file
from layers.adjacency import Links, neighbour_links
from layers.derived import barriers_from_frame, crossings_from_frame
from layers.draft import metric_ground
from layers.ground import PLACES, Ground, no_rows
from layers.policy import Policy
from layers.sites import Sites
from maps.sample_files import write_city
from tests.benchmarks.tables import timed

REAL_DATA = Path(
    os.environ.get("LIANPIAN_REAL_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
)
ON = date(2026, 6, 30)
DISTRICT = CityPlan(districts=("示例区",), compounds=228, buildings=4_250, land=0.9)
"""A district of the preset `small`, with as many compounds as make about 250 sites."""


@dataclass(frozen=True)
class Place:
    """Sites with their links, ready to be planned."""

    name: str
    sites: Sites
    links: Links
    link_seconds: float


def sample_place(name: str, plan: str | CityPlan, policy: Policy) -> Place:
    """Return the sites of a sample city, written to files and read back like anybody's."""
    with TemporaryDirectory() as folder:
        files = write_city(make_city(plan), Path(folder))
        frames = {
            kind: read_file(file, kind=kind).frame for kind, file in files.items() if kind in PLACES
        }
    return _place(name, frames, policy)


def chaoyang(policy: Policy) -> Place | None:
    """Return the compounds and courtyards of Chaoyang; None where the files are not here."""
    folder = REAL_DATA / "beijing_chaoyang"
    if not folder.is_dir():
        return None
    frames = {
        Kind.COMPOUND: read_file(
            folder / "compounds_bd09.geojson", kind=Kind.COMPOUND, datum=Datum.BD09
        ).frame,
        Kind.BUILDING: read_file(
            folder / "buildings_wgs84.geojson",
            kind=Kind.BUILDING,
            datum=Datum.WGS84,
            fields={"height": "storeys"},
        ).frame,
        Kind.BARRIER: read_file(
            folder / "bus_lines_gcj02.geojson",
            kind=Kind.BARRIER,
            datum=Datum.GCJ02,
            constants={"kind": "arterial"},
        ).frame,
        Kind.AREA: read_file(
            folder / "street_offices_wgs84.geojson", kind=Kind.AREA, datum=Datum.WGS84
        ).frame,
    }
    return _place("Chaoyang", frames, policy)


def _place(name: str, frames: Mapping[Kind, object], policy: Policy) -> Place:
    ground = replace(Ground.from_kinds(frames), contracts=no_rows(Kind.CONTRACT))
    metric = metric_ground(ground, policy, on_date=ON)
    links, seconds = timed(
        lambda: neighbour_links(
            metric.sites,
            barriers_from_frame(ground.barriers, srid=metric.srid),
            crossings_from_frame(ground.crossings, srid=metric.srid),
            policy.links,
        )
    )
    return Place(name, metric.sites, links, seconds)
