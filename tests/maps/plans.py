"""Plans made from files by the real command, and the sample city they are made of."""

import io
import json
import re
from pathlib import Path

import geopandas as gpd
from django.core.management import call_command

from data.sample_city import make_city
from geo.readers import Kind
from layers.ground import PLACES
from maps.sample_files import write_city

DAY = "2026-06-01"


def hamlet(folder: Path) -> dict[Kind, Path]:
    """Write the smallest sample city; return the file of each kind."""
    return write_city(make_city("hamlet", seed=1), folder)


def options_of(files: dict[Kind, Path], out: Path, *more: str) -> list[str]:
    """Return the arguments of `plan_files`; kinds that no plan needs are left out."""
    given = [
        (f"--{PLACES[kind].replace('_', '-')}", str(files[kind]))
        for kind in files
        if kind in PLACES
    ]
    return [*(word for pair in given for word in pair), "--date", DAY, "--out", str(out), *more]


def plan_files(files: dict[Kind, Path], out: Path, *more: str) -> str:
    """Run the command in this process; return what it says."""
    said = io.StringIO()
    call_command("plan_files", *options_of(files, out, *more), stdout=said)
    return said.getvalue()


def summary_of(out: Path) -> dict:
    return json.loads((out / "plan.json").read_text("utf-8"))


def hash_in(said: str) -> str:
    return re.search(r"^plan_hash ([0-9a-f]{64})$", said, re.MULTILINE)[1]


def hard_barriers(path: Path) -> gpd.GeoDataFrame:
    """Return what separates; kinds stand in the file as clerks write them."""
    barriers = gpd.read_file(path)
    return barriers[barriers["类型"].isin(["河流", "铁路", "快速路"])]
