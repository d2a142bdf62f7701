"""What every test may lean on: the versions in the header, the cluster, the real data's folder."""

import os
import shutil
from pathlib import Path

import pyogrio
import pytest
import shapely
from django.contrib.gis.gdal import gdal_version
from django.contrib.gis.geos import geos_version

from maps.site import local_postgres

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = Path(os.environ.get("LIANPIAN_REAL_DATA", ROOT.parent / "shared" / "data"))


def pytest_report_header() -> list[str]:
    gdal = f"GDAL {pyogrio.__gdal_version_string__} (pyogrio), {gdal_version().decode()} (Django)"
    geos = f"GEOS {shapely.geos_version_string} (shapely), {geos_version().decode()} (Django)"
    return [gdal, geos]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):  # noqa: ARG001 (a fixture by name)
    """Start the project's own cluster for the first test that needs a database."""
    if "DATABASE_URL" not in os.environ:
        local_postgres.start()


@pytest.fixture(scope="session")
def real_data() -> Path:
    if not REAL_DATA.is_dir():
        pytest.skip(f"real data is not at {REAL_DATA}; set LIANPIAN_REAL_DATA to its folder")
    return REAL_DATA


@pytest.fixture
def has_ogrinfo() -> str:
    return shutil.which("ogrinfo") or pytest.fail("ogrinfo is missing: run make setup")
