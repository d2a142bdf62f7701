"""The site as a person starts and stops it: processes, a port, the test's own database."""

import json
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from django.db import connection
from django.urls import reverse

from maps.site import local_postgres, serve
from maps.site.supervision import Process
from tests.conftest import ROOT
from tests.maps.ports import free_port

START = """
import sys
from pathlib import Path
import maps.site.serve as site
site.PID_FILE = Path(sys.argv[1])
site.main(sys.argv[2:])
"""
"""The command with its note of the process elsewhere: a developer's own site may be running."""


@pytest.fixture
def pid_file(tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "PID_FILE", tmp_path / "serve.pid")
    return serve.PID_FILE


@pytest.fixture
def database(monkeypatch, django_db_setup):  # noqa: ARG001 (set-up by name)
    """Name the test's database, as the environment of a server with its own PostGIS does."""
    known = {key: quote(str(value), safe="") for key, value in connection.settings_dict.items()}
    port = f":{known['PORT']}" if known["PORT"] else ""
    who = f"{known['USER']}:{known['PASSWORD']}"
    monkeypatch.setenv("DATABASE_URL", f"postgres://{who}@{known['HOST']}{port}/{known['NAME']}")


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def asleep():
    """A server that neither answers nor ends by itself."""
    server = Process("网站", "-c", "import time; time.sleep(600)")
    server.start()
    yield server
    server.ask_to_end()
    server.end(patience_s=10.0)


@pytest.mark.usefixtures("database")
def test_the_site_answers_until_it_is_stopped(pid_file, port):
    command = [sys.executable, "-c", START, str(pid_file), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as site:
        # A process that ended stays in the list until its parent asks for it.
        threading.Thread(target=site.wait).start()
        try:
            assert any(f"连片已启动：http://127.0.0.1:{port}" in line for line in site.stdout)
            with urlopen(f"http://{serve.HOST}:{port}{reverse('sign_in')}") as answer:
                page = answer.read().decode()
        finally:
            serve.main(["--stop"])
        assert site.stdout.read().endswith("已停止。\n")
    assert "登录" in page
    assert (site.returncode, pid_file.exists()) == (0, False)
    with socket.socket() as probe:
        assert probe.connect_ex((serve.HOST, port)) != 0


def test_a_server_that_dies_ends_the_start(port):
    server = Process("网站", "-c", "raise SystemExit(1)")
    server.start()
    server.end(patience_s=60.0)
    with pytest.raises(SystemExit, match="网站未能启动，原因见上。"):
        serve.wait_until_up(server, port)


def test_a_server_that_never_answers_ends_the_start(monkeypatch, port, asleep):
    monkeypatch.setattr(serve, "PATIENCE_S", 1.0)
    with pytest.raises(SystemExit, match="网站在 1 秒内没有响应。"):
        serve.wait_until_up(asleep, port)
    assert asleep.is_up()


def test_another_program_at_the_port_is_not_taken_for_the_site(monkeypatch, port, asleep):
    monkeypatch.setattr(serve, "PATIENCE_S", 1.0)
    other = HTTPServer((serve.HOST, port), BaseHTTPRequestHandler)
    threading.Thread(target=other.serve_forever).start()
    try:
        with pytest.raises(SystemExit, match="网站在 1 秒内没有响应。"):
            serve.wait_until_up(asleep, port)
    finally:
        other.shutdown()
        other.server_close()


@pytest.mark.usefixtures("database")
def test_where_nothing_serves_there_is_nothing_to_stop(pid_file):
    serve.main(["--stop"])
    assert (serve.read_pid(), pid_file.exists()) == (None, False)


@pytest.mark.usefixtures("database")
def test_an_old_note_ends_no_process_of_somebody_else(pid_file):
    with subprocess.Popen(["sleep", "600"]) as other:
        pid_file.write_text(json.dumps({"pid": other.pid, "port": 8000}))
        serve.main(["--stop"])
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.5)
        other.kill()


@pytest.mark.usefixtures("django_db_setup")
def test_a_named_database_leaves_the_project_s_own_as_it_is(monkeypatch):
    with monkeypatch.context() as environment:
        environment.delenv("DATABASE_URL", raising=False)
        before = local_postgres.is_running()
    with monkeypatch.context() as environment:
        environment.setenv("DATABASE_URL", "postgres://somewhere/else")
        assert (local_postgres.main(["start"]), local_postgres.main(["stop"])) == (0, 0)
    with monkeypatch.context() as environment:
        environment.delenv("DATABASE_URL", raising=False)
        assert local_postgres.is_running() is before
