"""Browser journeys: the site runs on the demo of the smallest city, the network is off but for it.

`site` serves committed data to a module and empties the database after it; `open_as` gives a page
of a signed-in person that fails the test on errors in the console and on requests to anywhere else.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from maps.models import User

# Files as they lie in the sources: nothing has to be collected before a journey.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Machines are shared: a page may take its time, and no journey asserts how long.
expect.set_options(timeout=20_000)
DESKTOP, PHONE = (1440, 900), (390, 844)


def pytest_collection_modifyitems(items):
    """Mark every journey, and keep those of one module in one process."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db)
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
            # On a busy machine a browser may lose a race once; a fault fails twice.
            item.add_marker(pytest.mark.flaky(reruns=1))


def committed(work):
    """Return what `work` does to the database, committed; a test's own changes are rolled back."""

    def alone():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(alone).result()


@dataclass(frozen=True)
class Site:
    """A running site."""

    url: str

    def session_of(self, name):
        """Sign a person in; return the session's key."""

        def sign_in():
            client = Client()
            client.force_login(User.objects.get(username=name))
            return client.cookies["sessionid"].value

        return committed(sign_in)


@pytest.fixture(scope="module")
def preset():
    """Name the sample city that a module's site serves."""
    return "hamlet"


@pytest.fixture(scope="module")
def site(preset, django_db_setup, django_db_blocker, tmp_path_factory):  # noqa: ARG001 (set-up by name)
    """The site on the demo of a sample city, made once for a module."""
    var = tmp_path_factory.mktemp("var")
    settings = override_settings(VAR_DIR=var, STORAGES=STORAGES)
    with django_db_blocker.unblock(), settings:
        server = None
        try:
            call_command("prepare_demo", preset=preset, out=var / "out", stdout=io.StringIO())
            server = LiveServer("127.0.0.1")
            yield Site(url=server.url)
        finally:
            if server:
                server.stop()
            end_other_connections()
            call_command("flush", interactive=False, verbosity=0)


def end_other_connections():
    """End what the server's threads leave open: a database in use cannot be emptied."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def open_as(site, browser):
    """Return what opens a page of the site as a role: `open_as("planner", "/areas/99/map/")`.

    `tolerates` names what the journey provokes on purpose: statuses, such as 412, or words of the
    console, such as ERR_FAILED.
    """
    contexts, faults = [], []

    def open_page(role, path="", *, viewport=DESKTOP, tolerates=(), **options):
        width, height = viewport
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        contexts.append(context)
        context.route(lambda url: not url.startswith(site.url), refuse)
        if role:
            session = site.session_of(f"demo-{role}")
            context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
        page = context.new_page()
        page.on("console", lambda said: note_console(said, tolerates))
        page.on("pageerror", lambda error: faults.append(f"error in the page: {error}"))
        if path:
            page.goto(path)
        return page

    def refuse(route):
        faults.append(f"asked for {route.request.url}")
        route.abort()

    def note_console(said, tolerates):
        known = (f"status of {each}" if isinstance(each, int) else each for each in tolerates)
        if said.type == "error" and not any(each in said.text for each in known):
            faults.append(f"console: {said.text} ({said.location['url']})")

    yield open_page
    for context in contexts:
        context.close()
    assert not faults
