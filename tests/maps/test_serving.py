"""The site as it runs: its processes are killed and its database falls, and nothing is lost."""

import http.cookiejar
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import psycopg
import pytest
from django.conf import settings

from maps.site import local_postgres
from tests.maps.drawer import Drawer
from tests.maps.ports import free_port

PATIENCE_S = 240.0
"""Long enough for a machine that does much else; each step takes seconds."""
# Processes are killed at moments that a busy machine chooses: a fault fails twice.
# One process serves the site for all of them: to prepare it takes a minute and more.
pytestmark = [pytest.mark.flaky(reruns=1), pytest.mark.xdist_group("serving")]
ASK = """
    INSERT INTO maps_job (kind, area_id, arguments, state, step, share, asked_at, started_at,
        heartbeat_at, attempts, is_cancel_asked, outcome, fault)
    SELECT 'propose', area.id,
        json_build_object('policy', 'default', 'seed', 5, 'valid', current_date, 'known', now()),
        %(state)s, '', 0, now(), now(), now(), %(attempts)s, false, '{}', ''
    FROM geo_managingarea area WHERE area.level = 'district'
    RETURNING id
"""


def until(ask, *, patience_s=PATIENCE_S, said=str):
    """Wait for an answer that is not empty, and return it."""
    deadline = time.monotonic() + patience_s
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"it did not come about\n{said()}"
        time.sleep(0.01)
    return answer


class Database:
    """The cluster of a clone of its own, spoken to from outside."""

    def __init__(self, checkout):
        self.checkout = checkout
        folder = local_postgres.socket_folder(checkout)
        self.url = f"postgres://{local_postgres.USER}@/{local_postgres.DATABASE}?host={folder}"

    def ask(self, question, **values):
        with psycopg.connect(self.url) as connection:
            return connection.execute(question, values).fetchone()

    def all(self, question, **values):
        with psycopg.connect(self.url) as connection:
            return connection.execute(question, values).fetchall()

    def fall_and_rise(self):
        """Kill the server as a power cut does, and start it again."""
        held = local_postgres.data_folder(self.checkout) / "postmaster.pid"
        os.kill(int(held.read_text().splitlines()[0]), signal.SIGKILL)
        until(lambda: not local_postgres.answers(self.checkout))
        until(self.rises)

    def rises(self):
        """Start the server; the processes of the killed one take a moment to be gone."""
        try:
            local_postgres.start(self.checkout)
        except SystemExit:
            time.sleep(0.5)
        return local_postgres.answers(self.checkout)

    def job(self, number):
        question = "SELECT state, attempts, plan_id, fault FROM maps_job WHERE id = %(number)s"
        state, attempts, plan, fault = self.ask(question, number=number)
        return SimpleNamespace(state=state, attempts=attempts, plan=plan, fault=fault)

    def plans(self):
        return self.ask("SELECT count(*) FROM layers_plan")[0]


@pytest.fixture(scope="module")
def database():
    with TemporaryDirectory(dir="/var/tmp", prefix="lianpian-clone-") as name:
        checkout = Path(name)
        checkout.chmod(0o755)
        named = os.environ.pop("DATABASE_URL", None)
        try:
            local_postgres.start(checkout)
            yield Database(checkout)
            local_postgres.remove(checkout)
        finally:
            if named is not None:
                os.environ["DATABASE_URL"] = named


class Site:
    """The site with the smallest sample city, served as `make demo` does."""

    def __init__(self, database, var):
        self._database, self.var = database, var
        self._said = var / "said.txt"
        self.process = None

    def said(self):
        return self._said.read_text(errors="replace")

    def start(self):
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        with self._said.open("w") as out:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "maps.site.serve", "--demo", "--preset", "hamlet"),
                    *("--port", str(port)),
                ],
                cwd=local_postgres.CHECKOUT,
                env=os.environ
                | {"DATABASE_URL": self._database.url, "LIANPIAN_VAR": str(self.var)},
                stdout=out,
                stderr=out,
            )
        until(
            lambda: "连片已启动" in self.said() or not self.is_up(),
            patience_s=2 * PATIENCE_S,
            said=self.said,
        )
        assert self.is_up(), self.said()

    def is_up(self):
        return self.process is not None and self.process.poll() is None

    def end(self):
        if self.is_up():
            self.process.terminate()
            self.process.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def served(database, tmp_path_factory):
    var = tmp_path_factory.mktemp("var")
    (var / "static").symlink_to(settings.STATIC_ROOT)
    # As set-up does: without a key that stays, nobody is signed in any more after a new start.
    (var / "secret_key").write_text(secrets.token_urlsafe(50))
    site = Site(database, var)
    yield site
    site.end()


@pytest.fixture
def site(served):
    """The site, started anew where the test before ended it: tests run in any order."""
    if not served.is_up():
        served.start()
    return served


class Browser:
    """A person who is signed in."""

    def __init__(self, site, name):
        self.address = site.address
        self.cookies = http.cookiejar.CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))
        password = json.loads((site.var / "sign_ins.json").read_text())[name]
        self.get("/sign-in/")
        self.post("/sign-in/", username=name, password=password, next="/jobs/")

    def get(self, path):
        with self._opener.open(self.address + path, timeout=PATIENCE_S) as answer:
            return answer.url, answer.read().decode()

    def post(self, path, **fields):
        data = urlencode({"csrfmiddlewaretoken": self._token, **fields}).encode()
        with self._opener.open(self.address + path, data, timeout=PATIENCE_S) as answer:
            return answer.status

    def ask(self, path, body=None, *, patience_s=PATIENCE_S):
        """Send JSON as a page's script does, and return the answer; refusals are raised."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-CSRFToken": self._token, "Content-Type": "application/json"}
        question = Request(self.address + path, data, headers)  # noqa: S310 (the site's own)
        with self._opener.open(question, timeout=patience_s) as answer:
            return json.loads(answer.read())

    @property
    def _token(self):
        return next(each.value for each in self.cookies if each.name == "csrftoken")


@pytest.fixture
def planner(site):
    until(lambda: health(site), said=site.said)
    return Browser(site, "demo-planner")


def children(pid):
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(each): Path(f"/proc/{each}/cmdline").read_bytes().decode() for each in found}


def worker_of(site):
    found = children(site.process.pid)
    return next((pid for pid, command in found.items() if "manage.py\0work" in command), None)


def health(site):
    try:
        with build_opener().open(f"{site.address}/health/", timeout=PATIENCE_S) as answer:
            return answer.status
    except HTTPError as error:
        return error.code
    except URLError:
        return None


def ended(database, number):
    def is_over():
        job = database.job(number)
        return job if job.state not in {"waiting", "running"} else None

    return until(is_over)


def test_site_worker_and_database_are_up_and_well(site):
    until(lambda: health(site) == 200, said=site.said)


def test_a_proposal_whose_worker_is_killed_resumes_and_makes_one_plan(site, database):
    until(lambda: worker_of(site))
    before = database.plans()
    (number,) = database.ask(ASK, state="waiting", attempts=0)
    until(lambda: database.job(number).state == "running")
    os.kill(worker_of(site), signal.SIGKILL)
    job = ended(database, number)
    assert (job.state, job.attempts, job.fault) == ("done", 2, "")
    assert database.plans() == before + 1
    assert "后台任务进程意外停止，1 秒后重新启动。" in site.said()


def test_a_proposal_outlives_the_fall_of_the_database(site, database):
    before = database.plans()
    until(lambda: worker_of(site))
    (number,) = database.ask(ASK, state="waiting", attempts=0)
    until(lambda: database.job(number).state == "running")
    database.fall_and_rise()
    job = ended(database, number)
    assert job.state == "done", job.fault
    assert database.plans() == before + 1


LINES = 20_000
KEEP_FILE = """
    INSERT INTO maps_upload (area_id, file_name, size_bytes, options, state, understood, notices,
        faults, uploaded_at)
    SELECT area.id, %(name)s, 1, '{"kind": "barrier", "datum": "cgcs2000"}', 'loading', '{}', '[]',
        '[]', now()
    FROM geo_managingarea area WHERE area.parent_id IS NULL
    RETURNING id, area_id
"""
LOAD = """
    INSERT INTO maps_job (kind, area_id, arguments, state, step, share, asked_at, attempts,
        is_cancel_asked, outcome, fault)
    VALUES ('load', %(area)s, json_build_object('upload', %(upload)s::int), 'waiting', '', 0, now(),
        0, false, '{}', '')
    RETURNING id
"""
WRITING = """
    SELECT 1 FROM pg_locks held JOIN pg_class it ON it.oid = held.relation
    WHERE it.relname = 'geo_barrier' AND held.mode = 'RowExclusiveLock'
"""
STORED = """
    SELECT count(*), count(DISTINCT batch.id) FROM geo_barrier it
    JOIN geo_importbatch batch ON batch.id = it.batch_id WHERE batch.file_name = %(name)s
"""


def importing(site, database, name):
    """Have a file of walls, far from everything, stored in the background; return the job."""
    upload, area = database.ask(KEEP_FILE, name=name)
    folder = site.var / "uploads" / str(upload)
    folder.mkdir(parents=True)
    day = name.removesuffix(".csv")
    rows = [
        f'墙,{day},"LINESTRING (90.{n:06} 35.{len(day)}, 90.{n:06} 35.9)"' for n in range(LINES)
    ]
    folder.joinpath(name).write_text("\n".join(["类型,名称,边界WKT", *rows]))
    return database.ask(LOAD, area=area, upload=upload)[0]


@pytest.mark.parametrize("what", ["worker", "database"])
def test_an_import_that_is_broken_off_is_stored_once_and_whole(site, database, what):
    until(lambda: worker_of(site))
    name = f"{what}.csv"
    number = importing(site, database, name)
    until(lambda: database.ask(WRITING))
    (kill_worker if what == "worker" else kill_database)(site, database)
    assert database.ask(STORED, name=name) in {(0, 0), (LINES, 1)}
    job = ended(database, number)
    assert (job.state, job.fault) == ("done", "")
    assert database.ask(STORED, name=name) == (LINES, 1)


def test_what_was_acknowledged_is_there_after_the_fall_of_the_database(database, planner):
    """The job runs at a worker that never was: nobody but the person changes it."""
    (number,) = database.ask(ASK, state="running", attempts=1)
    assert planner.post(f"/jobs/{number}/cancel/") == 200
    database.fall_and_rise()
    url, page = planner.get(f"/jobs/{number}/")
    assert "sign-in" not in url
    assert re.search("正在取消|已取消", page)
    assert ended(database, number).state == "cancelled"


def kill_site(site, _database):
    """Kill the process that answers; gunicorn starts another."""
    own = children(site.process.pid)
    (server,) = [pid for pid, command in own.items() if "gunicorn" in command]
    for pid in children(server):
        os.kill(pid, signal.SIGKILL)


def kill_worker(site, _database):
    os.kill(until(lambda: worker_of(site)), signal.SIGKILL)


def kill_database(_site, database):
    database.fall_and_rise()


def test_no_acknowledged_edit_is_lost_or_doubled_whatever_is_killed(site, database, planner):
    (plan,) = database.ask("SELECT id FROM layers_plan WHERE status = 'draft' ORDER BY id LIMIT 1")
    drawer = Drawer(planner, plan)
    with ThreadPoolExecutor(1) as thread:
        drawing = thread.submit(drawer.draw)
        try:
            for kill in (kill_database, kill_worker, kill_site, kill_database):
                before = len(drawer.acknowledged)
                until(lambda n=before: drawing.done() or len(drawer.acknowledged) >= n + 8)
                kill(site, database)
            before = len(drawer.acknowledged)
            until(lambda: drawing.done() or len(drawer.acknowledged) >= before + 8)
        finally:
            drawer.is_done.set()
        drawing.result()
    state = planner.ask(f"/plans/{plan}/state/")
    assert state["placement"] == drawer.placement
    assert state["revision"] == drawer.begun["revision"] + len(drawer.acknowledged)
    kept = database.all(
        "SELECT request::text, revision FROM layers_planedit"
        " WHERE plan_id = %(plan)s AND revision > %(begun)s ORDER BY revision",
        plan=plan,
        begun=drawer.begun["revision"],
    )
    assert kept == drawer.acknowledged


def test_the_first_request_after_a_fall_succeeds(database, planner):
    for _ in range(3):
        database.fall_and_rise()
        url, page = planner.get("/jobs/")
        assert url.endswith("/jobs/")
        assert "我的任务" in page


def test_the_end_of_the_one_command_is_the_end_of_all(site):
    until(lambda: worker_of(site))
    begun = time.monotonic()
    own = children(site.process.pid)
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(PATIENCE_S) == 0
    assert time.monotonic() - begun < PATIENCE_S
    assert not [pid for pid in own if Path(f"/proc/{pid}").exists()]
    assert "已停止。" in site.said()
