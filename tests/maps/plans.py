"""Plans made from files by the real command, and the sample city they are made of."""

import io
import json
import re
import unicodedata
from pathlib import Path

import geopandas as gpd
import pandas as pd
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


HARD = {"河流": "river", "铁路": "railway", "快速路": "expressway"}
LEVELS = {"市": "city", "区县": "district", "街道": "subdistrict", "社区": "community"}


def hard_barriers(path: Path) -> gpd.GeoDataFrame:
    """Return what separates; kinds stand in the file as clerks write them."""
    barriers = gpd.read_file(path)
    return barriers.assign(kind=barriers["类型"].map(HARD)).dropna(subset="kind")


def area_tree(path: Path) -> gpd.GeoDataFrame:
    """Return the managing areas of a sample city, which all have codes and parents."""
    areas = gpd.read_file(path)
    tree = areas.assign(level=areas["层级"].map(LEVELS), parent=areas["上级"].fillna(""))
    return tree.rename(columns={"区划代码": "area"})[["area", "level", "parent", "geometry"]]


def register(path: Path) -> pd.DataFrame:
    """Return who may serve and how much, from a workbook whose first row is its title."""
    rows = pd.read_excel(path, header=1)
    return pd.DataFrame(
        {
            "id": [unicodedata.normalize("NFKC", name) for name in rows["名称"]],
            "capacity_m2": rows["可承接面积"],
            "capacity_households": rows["可承接户数"],
        }
    )


def known_from(files: dict[Kind, Path]) -> dict:
    """Return what the files of a sample city tell the independent judge of plans."""
    return {
        "barriers": hard_barriers(files[Kind.BARRIER]),
        "crossings": gpd.read_file(files[Kind.CROSSING]),
        "areas": area_tree(files[Kind.AREA]),
        "providers": register(files[Kind.PROVIDER]),
    }
