"""What every test may lean on: the versions in the header, the cluster, the real data's folder."""

import io
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pyogrio
import pytest
import shapely
from django.contrib.gis.gdal import gdal_version
from django.contrib.gis.geos import geos_version
from django.core.management import call_command
from django.db import connections, transaction
from django.test import override_settings
from django.utils import translation
from playwright.sync_api import sync_playwright

from maps.site import local_postgres

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox"]}
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


@pytest.fixture(autouse=True)
def in_chinese():
    """Speak Chinese again after a test in which somebody asked for English."""
    yield
    translation.deactivate()


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium, for as long as a module runs: a process holds one Playwright at a time.

    Playwright's loop runs in this thread. Django refuses its database beside a loop, and keeps a
    connection of its own there, which has to end before the loop does.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**CHROMIUM)
        yield chromium
        chromium.close()
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def real_data() -> Path:
    if not REAL_DATA.is_dir():
        pytest.skip(f"real data is not at {REAL_DATA}; set LIANPIAN_REAL_DATA to its folder")
    return REAL_DATA


@pytest.fixture
def has_ogrinfo() -> str:
    return shutil.which("ogrinfo") or pytest.fail("ogrinfo is missing: run make setup")


@pytest.fixture(scope="module")
def hamlet(django_db_setup, django_db_blocker, tmp_path_factory):  # noqa: ARG001 (set-up by name)
    """The demo of the smallest sample city, made once for a module and rolled back after it."""
    var = tmp_path_factory.mktemp("var")
    said = io.StringIO()
    with django_db_blocker.unblock(), override_settings(VAR_DIR=var), transaction.atomic():
        call_command("prepare_demo", preset="hamlet", out=var / "out", stdout=said)
        yield SimpleNamespace(var=var, out=var / "out", said=said.getvalue())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def published(request, django_db_setup, django_db_blocker, tmp_path_factory):  # noqa: ARG001
    """A sample city with published totals, imported from its files; rolled back after the module.

    Used with the name of the preset as indirect parameter.
    """
    folder = tmp_path_factory.mktemp(request.param)
    call_command("make_sample", preset=request.param, out=folder, stdout=io.StringIO())
    files = sorted(str(path) for path in folder.iterdir() if path.name != "README.txt")
    with django_db_blocker.unblock(), transaction.atomic():
        kinds = [each for file in files for each in ("--as", Path(file).stem)]
        call_command("load_city", *files, *kinds, "--sample", stdout=io.StringIO())
        yield request.param
        transaction.set_rollback(True)
