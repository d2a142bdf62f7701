"""One command in the foreground: database cluster, demo data where asked, web server and worker.

What ends by accident is started again (see `supervision`). Ctrl-C, or `make stop` from elsewhere,
ends all that was started here.
"""

import argparse
import json
import os
import signal
import socket
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

import django
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

from maps.site import local_postgres
from maps.site.supervision import Cluster, Process, Service, end_all, keep_running

HOST = "127.0.0.1"
PID_FILE = local_postgres.var_folder() / "serve.pid"
PATIENCE_S = 20.0
"""How long a server may take to come up or to end."""


def main(arguments: list[str]) -> None:
    """Serve, or stop what serves."""
    parser = argparse.ArgumentParser(prog="serve", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--demo", action="store_true", help="make the sample city first")
    parser.add_argument("--preset", default="small")
    parser.add_argument("--stop", action="store_true")
    options = parser.parse_args(arguments)
    if options.stop:
        stop()
        return
    must_be_free(options.port)
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, interrupt)
    PID_FILE.write_text(json.dumps({"pid": os.getpid(), "port": options.port}))
    try:
        serve(options.port, preset=options.preset if options.demo else None)
    except KeyboardInterrupt:
        say("已停止。")
    except CommandError as error:
        sys.exit(str(error))
    finally:
        PID_FILE.unlink(missing_ok=True)
        local_postgres.stop()


def serve(port: int, *, preset: str | None) -> None:
    """Bring everything up and keep it up until interrupted."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maps.site.settings")
    local_postgres.start()
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    if preset:
        call_command("prepare_demo", preset=preset)
    connections.close_all()
    site, worker = site_at(port), Process("后台任务进程", "manage.py", "work")
    own = [Cluster()] if local_postgres.is_needed() else []
    services: list[Service] = [*own, worker, site]
    try:
        worker.start()
        site.start()
        wait_until_up(site, port)
        say(f"连片已启动：http://{HOST}:{port}　（Ctrl-C 或 make stop 结束）")
        keep_running(services, say=say)
    finally:
        end_all(services, patience_s=PATIENCE_S)


def site_at(port: int) -> Process:
    """Return gunicorn with threads: GeoDjango leaks memory with every thread that ends."""
    return Process(
        "网站",
        *("-m", "gunicorn", "maps.site.wsgi", "--bind", f"{HOST}:{port}"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", str(settings.WEB_THREADS)),
        *("--graceful-timeout", "5", "--log-level", "warning"),
    )


def wait_until_up(site: Process, port: int) -> None:
    """Return when the site answers; end where the server died instead."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if not site.is_up():
            sys.exit("网站未能启动，原因见上。")
        if answers(port):
            return
        time.sleep(0.1)
    sys.exit(f"网站在 {PATIENCE_S:.0f} 秒内没有响应。")


def answers(port: int) -> bool:
    """Tell whether gunicorn answers at the port: while it starts, another program may hold it."""
    connection = HTTPConnection(HOST, port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/health/")
        server = connection.getresponse().getheader("Server", "")
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return server.startswith("gunicorn")


def must_be_free(port: int) -> None:
    """End with a remedy where something else holds the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            remedy = f"请换一个端口，例如 make demo PORT={port + 1}，或先 make stop。"
            sys.exit(f"端口 {port} 已被占用；{remedy}")


def stop() -> None:
    """End the site that this checkout serves, and its cluster."""
    if (running := read_pid()) and is_alive(running):
        os.kill(running, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_S
        while is_alive(running) and time.monotonic() < deadline:
            time.sleep(0.1)
    local_postgres.stop()


def read_pid() -> int | None:
    """Return the process that serves this checkout, if it is one of ours."""
    if not PID_FILE.exists():
        return None
    pid = int(json.loads(PID_FILE.read_text())["pid"])
    command = Path(f"/proc/{pid}/cmdline")
    # Numbers of processes are used again: a stale file must not end somebody else's.
    return pid if command.exists() and b"maps.site.serve" in command.read_bytes() else None


def is_alive(pid: int) -> bool:
    """Tell whether the process still runs."""
    return Path(f"/proc/{pid}").exists()


def interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Treat `make stop` like Ctrl-C, also where a shell that runs us behind it ignores that."""
    raise KeyboardInterrupt


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
