"""What `plan_files` leaves behind: plan.gpkg, plan.json and zones_shp.zip, all or none."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.errors import Fault
from maps.exports.geopackage import write_geopackage
from maps.exports.shapefile import write_shapefile_zip
from maps.notices import Notices


def write_plan_files(  # noqa: PLR0913 (an argument per layer of the plan, and its two descriptions)
    out_dir: Path,
    *,
    zones: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    links: gpd.GeoDataFrame | pd.DataFrame,
    refusals: pd.DataFrame,
    summary: Mapping[str, object],
    notices: Notices,
) -> tuple[Fault, ...]:
    """Write the three files into `out_dir`; return what the shapefile had to change.

    Parameters
    ----------
    out_dir
        Made when missing. Files of an earlier plan are replaced once all new ones are complete.
    zones
        zone, floor_area_m2, households, diameter_m, provider, exception and outline.
    sites
        site, zone, floor_area_m2, households, area_code, mode, exception, reason and polygon.
    links
        a, b, gap_m, cost_m, kind, barrier, open.
    refusals
        zone, provider and reason of every provider that was not proposed.
    summary
        The content of plan.json; plain values only, NaN refused.
    notices
        What every file says about itself.
    """
    layers = {"zones": zones, "sites": sites, "links": links, "refusals": refusals}
    out_dir.mkdir(parents=True, exist_ok=True)
    # beside the goal, so that os.replace never crosses a file system
    with tempfile.TemporaryDirectory(dir=out_dir, prefix=".writing-") as folder:
        fresh = Path(folder)
        write_geopackage(layers, fresh / "plan.gpkg", notices)
        (fresh / "plan.json").write_text(canonical_json(summary), encoding="utf-8", newline="\n")
        faults = write_shapefile_zip(zones, fresh / "zones_shp.zip", notices)
        for name in ("plan.gpkg", "zones_shp.zip", "plan.json"):
            os.replace(fresh / name, out_dir / name)  # noqa: PTH105 (the call that is atomic)
    return faults


def canonical_json(values: Mapping[str, object]) -> str:
    """Return JSON that is the same text for the same values: sorted keys, UTF-8, no NaN."""
    return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True) + "\n"
